"""target('full') is the resource in which it stands: in the vault that has the live list, among the
parameters of a module that is the module, which has no list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment

import armguard
from armguard.evaluation.facts import DeploymentScope

Ask = Callable[..., Any]
LIVE = "target('full').properties.accessPolicies"
SAFE = "coalesce(tryGet(target('full'), 'properties', 'accessPolicies'), createArray())"
SCOPES = [None, DeploymentScope(subscription_id="s", resource_group="rg")]


def module(template: Any, **parameters: Any) -> dict[str, Any]:
    return make_deployment("m", template, parameters=parameters)


def judged(document: Any, scope: Any = None) -> tuple[str, Any]:
    report = armguard.check({**document, "languageVersion": "2.0"}, scope=scope)
    (vault,) = report.deployments[0].vaults
    return vault.verdict, vault.certainty


@pytest.mark.parametrize("scope", SCOPES, ids=["anywhere", "somewhere"])
@pytest.mark.parametrize("text", [LIVE, SAFE, f"union({LIVE}, createArray(1))"])
@pytest.mark.parametrize("depth", [1, 2])
def test_among_the_parameters_of_a_module_it_is_never_kept(
    text: str, depth: int, scope: Any, template: Ask, vault: Ask
) -> None:
    declared = {"list": {"type": "array"}}
    inner = template([vault(accessPolicies="[parameters('list')]")], parameters=declared)
    if depth == 2:
        inner = template([module(inner, list="[parameters('list')]")], parameters=declared)
    document = {**template([]), "resources": {"m": module(inner, list=f"[{text}]")}}
    assert judged(document, scope) == ("undecided", None)


@pytest.mark.parametrize("text", [LIVE, SAFE, f"union({LIVE}, createArray(1))"])
def test_in_the_vault_of_a_module_it_is_kept(text: str, template: Ask, vault: Ask) -> None:
    inner = template([vault(accessPolicies=f"[{text}]")])
    document = {**template([]), "resources": {"m": module(inner)}}
    assert judged(document)[0] == "kept"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"flatten(createArray({SAFE}, createArray(1)))", "kept"),
        (f"flatten(createArray(parameters('more'), {LIVE}))", "kept"),
        (f"json(string({LIVE}))", "kept"),
        (f"if(empty({LIVE}), createArray(), {LIVE})", "kept"),
        (f"if(not(empty({LIVE})), {LIVE}, parameters('more'))", "kept"),
        (f"if(greater(length({LIVE}), 0), {LIVE}, createArray())", "kept"),
        (f"if(equals({SAFE}, null()), createArray(), {LIVE})", "kept"),
        (f"if(parameters('flag'), {LIVE}, union({SAFE}, parameters('more')))", "kept"),
        (f"if(empty({LIVE}), {LIVE}, createArray())", "emptied"),
        (f"if(parameters('flag'), {LIVE}, createArray())", "emptied"),
        (f"if(less(length({LIVE}), 3), createArray(), {LIVE})", "emptied"),
        ("flatten(createArray(parameters('more'), createArray()))", "undecided"),
    ],
)
def test_what_is_built_around_the_live_list(
    text: str, expected: str, template: Ask, vault: Ask
) -> None:
    """With an empty live list there is nothing to lose."""
    parameters = {"more": {"type": "array"}, "flag": {"type": "bool"}}
    document = template({"kv": vault(accessPolicies=f"[{text}]")}, parameters=parameters)
    assert judged(document)[0] == expected


def test_in_every_vault_of_a_loop_it_is_kept(template: Ask, vault: Ask) -> None:
    looped = {
        **vault(accessPolicies=f"[{SAFE}]"),
        "name": "[format('kv{0}', copyIndex())]",
        "copy": {"name": "vaults", "count": "[parameters('count')]"},
    }
    document = {**template([], parameters={"count": {"type": "int"}}), "resources": {"kv": looped}}
    assert judged(document)[0] == "kept"


def test_a_guard_among_the_parameters_of_a_module_is_not_decided(template: Ask, vault: Ask) -> None:
    """Whether the module was deployed before says nothing of the vault."""
    mode = "[if(parameters('exists'), 'recover', 'default')]"
    inner = template(
        [vault(createMode=mode, accessPolicies=[])], parameters={"exists": {"type": "bool"}}
    )
    exists = module(inner, exists="[not(empty(target('full')))]")
    assert judged({**template([]), "resources": {"m": exists}}) == ("emptied", "possible")
