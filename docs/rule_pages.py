"""The pages of rules and policies, and their examples run.

The first JSON or Bicep block below *Example* must make the rule speak, and those below *Use
instead* must not. A JSON block may be a template, the list of its resources, one resource, the
properties of a vault or one of its access policies: what is missing around it is made up here. The
rules that compare with deployed vaults can't be shown by a template alone; the scenarios in tests
show those.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from armguard.analysis import Request, check_paths
from armguard.checking.pages import pages_with_remedies as rule_pages
from armguard.evaluation.facts import DeploymentScope
from armguard.finding.report import RulePage
from armguard.policy import load, policy_pages, shipped_packs, wrong_examples

COMPARING = {
    "access-lost",
    "access-narrowed",
    "permission-model-flip",
    "stored-policies-erased",
    "vault-soft-deleted",
    "workspace-access-already-lost",
}
"""The rules that need deployed state."""

HEAD = """\
# Rules

Severities are the default ones; what is only possible is reported one step lower.
[Configuration](../configuration.md) says how to change and suppress them.
"""
PACK = """
## Policies of the pack `{pack}`

With `--pack {pack}`; see [policies](../policies.md).
"""
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
_SOMEBODY = "11111111-1111-1111-1111-111111111111"
_TENANT = re.compile(r"--tenant ([0-9a-f-]+)")
_BLOCK = re.compile(r"^```(json|bicep)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pages() -> Iterator[tuple[str, str]]:
    """File in docs/rules and its text, for each rule and each shipped policy, and the table."""
    packs = {pack: policy_pages(load((pack,))) for pack in shipped_packs()}
    for page in (*rule_pages(), *(page for group in packs.values() for page in group)):
        yield f"{page.id}.md", f"{page.page}\n"
    parts = [HEAD, _table(rule_pages())]
    for pack, group in packs.items():
        parts += [PACK.format(pack=pack), _table(group)]
    yield "README.md", "\n".join(parts)


def _table(group: tuple[RulePage, ...]) -> str:
    rows = (
        f"| [{page.id}]({page.id}.md) | {page.severity.value} | {page.summary} |" for page in group
    )
    return "\n".join(["| rule | severity | |", "|---|---|---|", *rows, ""])


def wrong() -> Iterator[str]:
    """One sentence for each example that does not come out as its page says."""
    for page in rule_pages():
        if page.id not in COMPARING:
            yield from _wrong_in(page)
    yield from wrong_examples(load(shipped_packs()))


def _wrong_in(page: RulePage) -> Iterator[str]:
    example = _section(page, "Example")
    mode = "complete" if "--mode complete" in example else "incremental"
    tenant = _TENANT.search(example)
    scope = DeploymentScope(tenant_id=None if tenant is None else tenant[1])
    found = {
        rule
        for language, block in _BLOCK.findall(example)[:1]
        for rule in rules_found(block, mode, scope, language)
    }
    if page.id not in found:
        yield f"{page.id}: its example is not found by it, but by {sorted(found)}"
    for language, block in _BLOCK.findall(_section(page, "Use instead")):
        if page.id in rules_found(block, mode, scope, language):
            yield f"{page.id}: what it says to use instead is found as well"


def _section(page: RulePage, name: str) -> str:
    return page.page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def rules_found(block: str, mode: str, scope: DeploymentScope, language: str = "json") -> set[str]:
    """The rules that speak about a block, checked as the only file of a folder."""
    with TemporaryDirectory() as folder:
        file = Path(folder, f"main.{language}")
        file.write_text(_template(block) if language == "json" else block, "utf-8")
        report = check_paths(Request(paths=(folder,), mode=mode, scope=scope), lambda: b"")
    return {finding.rule for finding in report.findings}


def _template(block: str) -> str:
    if '"resources":' in block:
        return block.replace("{", f'{{ "$schema": "{SCHEMA}",', 1)
    written = json.loads(block)
    resources = [_resource(each) for each in (written if isinstance(written, list) else [written])]
    return json.dumps({"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": resources})


def _resource(written: Mapping[str, Any]) -> dict[str, Any]:
    """A resource from one, from the properties of a vault, or from one of its access policies."""
    if "permissions" in written:
        anybody = {"tenantId": "[subscription().tenantId]", "objectId": _SOMEBODY}
        return _resource({"accessPolicies": [{**anybody, **written}]})
    if "type" not in written:
        return _resource({"type": "Microsoft.KeyVault/vaults", "properties": written})
    if written["type"] != "Microsoft.KeyVault/vaults":
        return {"name": "example", "apiVersion": "2026-02-01", **written}
    properties = {
        "tenantId": "[subscription().tenantId]",
        "sku": {"family": "A", "name": "standard"},
        "accessPolicies": [],
        **written.get("properties", {}),
    }
    if "apiVersion" not in written and "enableRbacAuthorization" not in properties:
        properties["enableRbacAuthorization"] = False
    if "apiVersion" in written and "properties" in written:
        properties = written["properties"]
    filled = {"name": "kv-example", "apiVersion": "2026-02-01", "location": "westeurope"}
    return {**filled, **written, "properties": properties}
