"""The generated templates beside the project say the same in other words, and get the same answer.

`tests/keyvault/test_written_otherwise.py` does more of this with templates of its own.
"""

from __future__ import annotations

import json
import lzma
import random
from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SHARED, make_deployment

import armguard
from armguard import DeploymentScope
from armguard.source.json_text import parse_json

FILE = SHARED / "conformance" / "fuzz" / "vaults.jsonl.xz"
pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason="the generated templates (../shared/conformance/fuzz) are not here"
)
COUNT = 1518
EXAMPLES = settings(max_examples=40)

KEYS = {
    *("resources", "outputs", "type", "apiVersion", "name", "location", "condition"),
    *("properties", "accessPolicies", "enableRbacAuthorization", "createMode", "dependsOn"),
    *("tenantId", "objectId", "permissions", "mode", "template", "keyVault", "identity"),
    *("expressionEvaluationOptions", "scope"),
}
"""Of the keys whose casing doesn't matter; those of data may be read as texts."""


@cache
def templates() -> list[dict[str, Any]]:
    with lzma.open(FILE, "rt", encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    return [{**each, "template": parse_json(each["template"].lstrip("\ufeff"))} for each in cases]


def said(template: Any, parameters: Any, scope: DeploymentScope | None = None) -> Counter[Any]:
    report = armguard.check(template, parameters, scope=scope)
    return Counter(
        (vault.verdict, vault.certainty, len(vault.workspaces))
        for each in report.deployments
        for vault in each.vaults
    )


def rewritten(value: Any, choose: random.Random, *, inside: bool = False) -> Any:
    """The same with keys in another order, and outside of data in another casing."""
    if isinstance(value, list):
        return [rewritten(each, choose, inside=inside) for each in value]
    if not isinstance(value, dict):
        return value
    members = [
        (
            choose.choice([name, name.upper(), name.lower()])
            if inside and name in KEYS and sum(name.lower() == each.lower() for each in value) == 1
            else name,
            rewritten(each, choose, inside=inside or name.lower() == "resources"),
        )
        for name, each in value.items()
    ]
    choose.shuffle(members)
    return dict(members)


@given(number=st.integers(0, COUNT - 1), choose=st.randoms(use_true_random=False))
@EXAMPLES
def test_keys_in_another_order_and_casing(number: int, choose: random.Random) -> None:
    case = templates()[number]
    other = {
        name: rewritten(value, choose, inside=name.lower() == "resources")
        # symbolic names and variables may depend on their order only where something is wrong
        for name, value in case["template"].items()
        if name.lower() != "functions"
    }
    other |= {name: each for name, each in case["template"].items() if name.lower() == "functions"}
    assert said(other, case["parameters"]) == said(case["template"], case["parameters"])


@given(number=st.integers(0, COUNT - 1))
@EXAMPLES
def test_what_is_certain_without_a_place_is_so_with_one(number: int) -> None:
    case = templates()[number]
    scope = DeploymentScope(
        tenant_id="00000000-0000-0000-0000-00000000aaaa",
        subscription_id="00000000-0000-0000-0000-000000000001",
        resource_group="oracle-rg",
        location="westeurope",
    )
    anywhere = said(case["template"], case["parameters"])
    there = said(case["template"], case["parameters"], scope)
    decided = {kind: count for kind, count in anywhere.items() if kind[1] in ("certain", "default")}
    assert all(there[kind] >= count for kind, count in decided.items())


@given(number=st.integers(0, COUNT - 1))
@EXAMPLES
def test_a_template_as_a_module(number: int) -> None:
    """With inner scope, and its parameters passed on; what its defaults decide is fixed then."""
    case = templates()[number]
    passed = case["parameters"] or {}
    module = make_deployment(template=case["template"], properties={"parameters": passed})
    around = {
        "$schema": case["template"].get("$schema") or case["template"]["$SCHEMA"],
        "contentVersion": "1.0.0.0",
        "resources": [module],
    }
    alone, inside = said(case["template"], passed), said(around, None)
    kinds = [Counter((v, w) for v, _, w in each.elements()) for each in (alone, inside)]
    assert kinds[0] == kinds[1]
