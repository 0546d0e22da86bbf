"""Every remedy on hazardous templates of the recorded answers, looked at with `armguard.expand`.

The proof of armguard is checked by something that knows nothing of it: what Azure's engine would
deploy, before and after, as the public API tells it. A sample; benchmarks/remedies.py takes all.
"""

from __future__ import annotations

import json
import lzma
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from support import SHARED

import armguard
from armguard.analysis import Request, look_at_paths
from armguard.checking.fixing import choices_for, problems_in, tried
from armguard.evaluation.facts import DeploymentScope
from armguard.finding import Severity

CONFORMANCE = SHARED / "conformance"
PLACE = DeploymentScope(
    tenant_id="00000000-0000-0000-0000-00000000aaaa",
    subscription_id="00000000-0000-0000-0000-000000000001",
    resource_group="oracle-rg",
    location="westeurope",
)
EVERY = 12
ABOUT_VAULTS = (
    "microsoft.keyvault/vaults",
    "microsoft.keyvault/vaults/accesspolicies",
    "microsoft.authorization/roleassignments",
)
pytestmark = pytest.mark.skipif(
    not CONFORMANCE.is_dir(), reason=f"there are no recorded answers: no folder {CONFORMANCE}"
)


def recorded() -> Iterator[Mapping[str, Any]]:
    with lzma.open(CONFORMANCE / "templates.jsonl.xz", "rt", encoding="utf-8") as lines:
        cases = {each["id"]: each for each in map(json.loads, lines)}
    with open(CONFORMANCE / "keyvault.jsonl", encoding="utf-8") as lines:
        yield from (cases[each["id"]] for each in map(json.loads, lines))
    with lzma.open(CONFORMANCE / "fuzz" / "vaults.jsonl.xz", "rt", encoding="utf-8") as lines:
        yield from list(map(json.loads, lines))[::EVERY]


def others(template: str, parameters: Any) -> list[str] | None:
    """All that is deployed but for vaults and who may use them; None: Azure's engine refuses it."""
    expansion = armguard.expand(template, parameters, scope=PLACE)
    if any(each.severity == "error" for each in expansion.problems):
        return None
    kept = (each for each in expansion.resources if each["type"].lower() not in ABOUT_VAULTS)
    # a reference to the vault, or the casing of its id, may be another one afterwards
    texts = (json.dumps(each, sort_keys=True).lower() for each in kept)
    return sorted(re.sub(r'"\[[^"]*?reference\([^"]*"', '"a reference"', each) for each in texts)


def test_nothing_but_the_vault_is_changed(tmp_path: Path) -> None:
    compared: Counter[str] = Counter()
    left, different = [], []
    for case in recorded():
        folder = tmp_path / re.sub(r"\W+", "-", case["id"])
        folder.mkdir(exist_ok=True)
        given = case["parameters"] or {}
        text = (
            case["template"] if isinstance(case["template"], str) else json.dumps(case["template"])
        )
        main, parameters = folder / "main.json", folder / "main.parameters.json"
        main.write_text(text, "utf-8", newline="")
        parameters.write_text(json.dumps({"parameters": given}), "utf-8")
        request = Request(
            paths=(str(main),),
            parameter_sets=((str(parameters),),) if given else (),
            scope=PLACE,
            raise_bugs=True,
        )
        _, looked = look_at_paths(request, lambda: b"")
        before = others(text, given)
        for problem in problems_in(looked):
            if problem.is_version or all(f.severity is Severity.NOTE for f in problem.findings):
                continue
            choices = [*choices_for(looked, problem)]
            possible = [each.remedy for each in choices if each.reason is None]
            if not any(not each.unsafe for each in possible):
                left.append(f"{case['id']}: {[each.reason for each in choices]}")
            for remedy in possible:
                outcome, after = tried(looked, problem, (remedy,), unsafe=True)
                assert outcome.remedies == (remedy.name,)
                changed = after.texts.text(str(main))
                new = dict(given)
                if str(parameters) in after.texts.changed:
                    new = after.texts.document(str(parameters))["parameters"]
                if remedy.name in ("create-once", "use-existing") and not given:
                    continue  # nobody gives the new parameter, which Azure would refuse
                then = others(changed, new)
                if before is None or then is None:
                    continue
                compared[remedy.name] += 1
                if before != then:
                    different.append(f"{case['id']}: {remedy.name}")
    assert different == []
    assert compared["create-once"] > 20, compared
    assert len(left) < 10, "\n".join(left)
