"""The shipped packs: their examples, and what they must leave alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from armguard import policy as policies
from armguard.errors import UsageError
from armguard.finding import Severity
from armguard.policy.definition import EXAMPLE_KINDS, Policy
from armguard.rules import all_rules
from armguard.templates.deployment import Deployment

SHIPPED = policies.load(policies.shipped_packs())


def test_the_shipped_packs() -> None:
    assert policies.shipped_packs() == ("keyvault", "redeploy")


@pytest.mark.parametrize("policy", SHIPPED, ids=lambda each: each.id)
def test_a_policy_has_examples_of_every_kind_that_come_out_right(policy: Policy) -> None:
    assert {each.kind for each in policy.examples} == set(EXAMPLE_KINDS)
    assert list(policies.wrong_examples((policy,))) == []
    assert policy.references
    assert policy.title[:1].islower() or policy.title.split()[0].isupper()
    assert not policy.title.endswith(".")


def test_a_file_is_named_after_its_policy_and_no_rule_has_the_name(project: Path) -> None:
    files = {file.stem for file in (project / "policies").rglob("*.yaml")}
    assert files == {policy.id for policy in SHIPPED}
    assert files.isdisjoint(rule.id for rule in all_rules())


def test_conflicting_reports_are_notes_that_say_so() -> None:
    conflicting = [each for each in SHIPPED if "conflict" in each.why]
    assert conflicting
    for policy in conflicting:
        assert policy.severity is Severity.NOTE
        assert "reports conflict" in policy.title


def test_wrong_examples_are_told_with_their_line(tmp_path: Path) -> None:
    text = (Path(SHIPPED[0].path)).read_text("utf-8").replace("violating:", "swapped:")
    text = text.replace("compliant:", "violating:").replace("swapped:", "compliant:")
    (tmp_path / "swapped.yaml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"swapped\.yaml:\d+: this violating example of"):
        policies.load((), (str(tmp_path),), tested=True)
    (policy,) = policies.load((), (str(tmp_path),))
    told = list(policies.wrong_examples((policy,)))
    decided = [each for each in policy.examples if each.kind != "undecided"]
    assert len(told) == len(decided)
    assert f"{policy.path}:{decided[0].line}: this violating example of" in told[0]
    assert told[0].endswith("is compliant")


HARMLESS = [
    # the network rules of a storage account that the template leaves out are kept
    {"type": "Microsoft.Storage/storageAccounts", "name": "account", "properties": {}},
    # node pools that are left out are not deleted
    {
        "type": "Microsoft.ContainerService/managedClusters",
        "name": "cluster",
        "properties": {"dnsPrefix": "cluster"},
    },
    {
        "type": "Microsoft.ContainerService/managedClusters",
        "name": "cluster",
        "properties": {"agentPoolProfiles": []},
    },
    # record sets, keys and secrets are resources of their own
    {"type": "Microsoft.Network/dnsZones", "name": "example.org", "properties": {}},
    {
        "type": "Microsoft.Network/dnsZones/A",
        "name": "example.org/www",
        "properties": {"TTL": 60, "ARecords": [{"ipv4Address": "203.0.113.1"}]},
    },
    {"type": "Microsoft.KeyVault/vaults/secrets", "name": "kv/secret", "properties": {}},
    {"type": "Microsoft.KeyVault/vaults/keys", "name": "kv/key", "properties": {}},
    # a vault without keys or secrets beside it keeps those that it has
    {
        "type": "Microsoft.KeyVault/vaults",
        "name": "kv",
        "properties": {"enableRbacAuthorization": True},
    },
    # no evidence either way
    {"type": "Microsoft.Network/routeTables", "name": "routes", "properties": {"routes": []}},
    # parts of a site that are no settings
    {"type": "Microsoft.Web/sites/config", "name": "app/web", "properties": {"alwaysOn": True}},
    {"type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "name": "a/b"},
]


@pytest.mark.parametrize("resource", HARMLESS, ids=lambda each: each["type"])
def test_what_is_no_hazard_is_left_alone(
    resource: dict[str, Any], deploy: Callable[..., Deployment]
) -> None:
    deployment = deploy({"resources": [{"apiVersion": "2024-05-01", **resource}]})
    assert list(policies.find(policies.load(("redeploy",)), deployment)) == []


@pytest.mark.parametrize("policy", policies.load(("redeploy",)), ids=lambda each: each.id)
def test_a_resource_that_is_written_once_only_is_left_alone(
    policy: Policy, deploy: Callable[..., Deployment]
) -> None:
    """`@onlyIfNotExists()`: no redeployment writes it."""
    for example in policy.examples:
        if example.kind == "violating" and "type" in example.written:
            once = {**example.written, "@options": {"onlyIfNotExists": []}}
            deployment = deploy({"resources": [once]})
            found = list(policies.find((policy,), deployment))
            assert found == [] or policy.id == "tags-replaced"


@pytest.mark.parametrize(
    ("version", "properties", "rules"),
    [
        ("2022-07-01", {}, {"virtual-network-without-subnets"}),
        ("2023-09-01", {}, {"virtual-network-without-subnets"}),
        ("2023-11-01", {}, set()),
        ("2024-05-01", {"subnets": []}, {"virtual-network-subnets"}),
        (
            "2022-07-01",
            {"subnets": [{"name": "default"}]},
            {"virtual-network-subnets", "inline-subnet-associations"},
        ),
    ],
)
def test_virtual_networks(
    version: str, properties: Any, rules: set[str], deploy: Callable[..., Deployment]
) -> None:
    network = {
        "type": "Microsoft.Network/virtualNetworks",
        "apiVersion": version,
        "name": "vnet",
        "properties": properties,
    }
    found = policies.find(policies.load(("redeploy",)), deploy({"resources": [network]}))
    assert {each.rule for each in found} == rules


def test_pages_print_the_examples() -> None:
    pages = policies.policy_pages(SHIPPED)
    assert [page.id for page in pages] == [policy.id for policy in SHIPPED]
    for page, policy in zip(pages, SHIPPED, strict=True):
        assert page.page.startswith(f"# {policy.id}\n")
        assert page.page.count("```json\n") == len(policy.examples) + 1  # how to suppress
        assert page.summary == policy.title
        for heading in (
            "What it checks",
            "Why",
            "Example",
            "Use instead",
            "When it can't know",
            "Suppress",
        ):
            assert f"\n## {heading}\n" in page.page


def test_nothing_is_imported_where_no_pack_is_asked_for(project: Path) -> None:
    program = (
        "import sys; from armguard import policy; policy.load((), ());"
        "list(policy.find((), None));"
        "print([m for m in sys.modules if m.split('.')[0] in ('yaml', 'jsonpath_ng', 'logging')"
        " or m.startswith('armguard.policy.')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert result.stdout == "[]\n"
