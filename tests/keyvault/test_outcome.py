"""What one deployment does to a vault: from the condition down to the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment, make_template, make_vault

import armguard

Ask = Callable[..., Any]
LIST = [{"tenantId": "t", "objectId": "o", "permissions": {}}]


@pytest.mark.parametrize(
    ("properties", "verdict"),
    [
        ({"accessPolicies": []}, "emptied"),
        ({"accessPolicies": "[createArray()]"}, "emptied"),
        ({"accessPolicies": "[json('[]')]"}, "emptied"),
        ({"ACCESSPOLICIES": []}, "emptied"),
        ({"accessPolicies": "[concat(createArray(), createArray())]"}, "emptied"),
        ({"accessPolicies": "[union(createArray(), createArray())]"}, "emptied"),
        ({"accessPolicies": "[coalesce(null(), createArray())]"}, "emptied"),
        ({"accessPolicies": "[map(createArray(), lambda('x', 1))]"}, "emptied"),
        ({"accessPolicies": "[filter(createArray(1), lambda('x', false()))]"}, "emptied"),
        ({"copy": [{"name": "accessPolicies", "count": 0, "input": {}}]}, "emptied"),
        ({"Copy": [{"name": "AccessPolicies", "count": 2, "input": LIST[0]}]}, "replaced"),
        ({"[concat('access', 'Policies')]": []}, "emptied"),
        ({}, "missing"),
        ({"accessPolicies": None}, "missing"),
        ({"accessPolicies": "[null()]"}, "missing"),
        ({"accessPolicies": LIST}, "replaced"),
        ({"accessPolicies": "[createArray(environment().name)]"}, "replaced"),
        ({"enableRbacAuthorization": True, "accessPolicies": []}, "dormant"),
        ({"enableRbacAuthorization": "[true()]", "accessPolicies": LIST}, "dormant"),
        ({"enableRbacAuthorization": True}, "dormant"),
        ({"enableRbacAuthorization": "true", "accessPolicies": []}, "emptied"),
        ({"enableRbacAuthorization": 1, "accessPolicies": []}, "emptied"),
        ({"enableRbacAuthorization": None, "accessPolicies": []}, "emptied"),
        ({"createMode": "recover", "accessPolicies": []}, "kept"),
        ({"createMode": "Recover"}, "kept"),
        ({"createMode": "default", "accessPolicies": []}, "emptied"),
        ({"createMode": "create", "accessPolicies": []}, "emptied"),
        ({"createMode": "recover", "enableRbacAuthorization": True}, "dormant"),
        ({"accessPolicies": "[environment().name]"}, "undecided"),
        ({"accessPolicies": "[nosuch()]"}, "undecided"),
        ({"enableRbacAuthorization": "[bool(environment().name)]"}, "undecided"),
    ],
)
def test_a_vault_that_is_written(properties: Any, verdict: str, verdict_on: Ask) -> None:
    assert verdict_on(properties)[0] == verdict


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({"condition": False}, "not-written"),
        ({"condition": "[equals(1, 2)]"}, "not-written"),
        ({"condition": True}, "emptied"),
        ({"condition": None}, "emptied"),
        ({"condition": "[nosuch()]"}, "undecided"),
        ({"existing": True}, "undecided"),
        ({"existing": False}, "emptied"),
        ({"@options": {"onlyIfNotExists": []}}, "undecided"),
        ({"condition": False, "@options": {"onlyIfNotExists": []}}, "not-written"),
        ({"@options": {}}, "emptied"),
    ],
)
def test_what_keeps_a_vault_from_being_written(headers: Any, verdict: str, verdict_on: Ask) -> None:
    assert verdict_on({"accessPolicies": []}, headers)[0] == verdict


@pytest.mark.parametrize(
    ("properties", "verdict"),
    [
        ("[variables('p')]", "emptied"),
        ("[union(variables('p'), createObject('accessPolicies', createArray(1)))]", "replaced"),
        ("[union(variables('p'), createObject('enableRbacAuthorization', true()))]", "dormant"),
        ("[createObject('tenantId', 'x')]", "missing"),
        ("[null()]", "missing"),
        ("[json(environment().name)]", "undecided"),
    ],
)
def test_properties_as_one_expression(
    properties: str, verdict: str, template: Ask, vault: Ask, judged: Ask
) -> None:
    variables = {"p": {"tenantId": "x", "accessPolicies": []}}
    document = template([{**vault(), "properties": properties}], variables=variables)
    assert judged(document).verdict == verdict


def test_what_settles_the_question_ends_it(verdict_on: Ask) -> None:
    """What comes after the step that decides is not even looked at."""
    broken = "[nosuch()]"
    assert verdict_on({"accessPolicies": broken}, {"condition": False})[0] == "not-written"
    assert verdict_on({"accessPolicies": broken, "enableRbacAuthorization": True})[0] == "dormant"
    assert verdict_on({"accessPolicies": broken, "createMode": "recover"})[0] == "kept"


@pytest.mark.parametrize("shape", ["enclosing false", "enclosing open", "enclosing true"])
def test_conditions_of_deployments_around_it_count(
    shape: str, template: Ask, vault: Ask, judged: Ask
) -> None:
    condition = {
        "enclosing false": False,
        "enclosing open": "[parameters('p')]",
        "enclosing true": True,
    }[shape]
    nested = make_deployment("n", template([vault(accessPolicies=[])]), condition=condition)
    document = template([nested], parameters={"p": {"type": "bool"}})
    got = judged(document)
    expected = {
        "enclosing false": ("not-written", "certain"),
        "enclosing open": ("emptied", "possible"),
        "enclosing true": ("emptied", "certain"),
    }[shape]
    assert (got.verdict, got.certainty) == expected


LIVE = "target('full').properties.accessPolicies"
OWN = "resourceId('Microsoft.KeyVault/vaults', 'kv')"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (LIVE, "kept"),
        ("target('full')['properties'].AccessPolicies", "kept"),
        ("tryGet(target('full'), 'properties', 'accessPolicies')", "kept"),
        (f"coalesce({LIVE}, createArray())", "kept"),
        ("coalesce(tryGet(target('full'), 'properties', 'accessPolicies'), createArray())", "kept"),
        (f"union({LIVE}, parameters('more'))", "kept"),
        (f"concat(createArray(parameters('one')), {LIVE})", "kept"),
        (f"coalesce(null(), {LIVE}, createArray())", "kept"),
        (f"coalesce(parameters('given'), {LIVE}, createArray())", "kept"),
        (f"coalesce(variables('nothing'), parameters('given'), {LIVE}, createArray())", "kept"),
        (f"coalesce(tryGet(variables('set'), 'policies'), {LIVE}, createArray())", "kept"),
        (f"coalesce(coalesce(null(), {LIVE}), createArray())", "kept"),
        (f"coalesce(null(), coalesce(null(), null(), {LIVE}, createArray()))", "kept"),
        (f"union(createArray(), coalesce(null(), {LIVE}, createArray()))", "kept"),
        (f"coalesce(createArray(), {LIVE})", "emptied"),
        (f"coalesce(variables('empty'), {LIVE})", "emptied"),
        (f"coalesce(null(), json('[]'), {LIVE})", "emptied"),
        (f"coalesce(null(), parameters('maybe'), {LIVE})", "undecided"),
        (f"reference({OWN}, '2023-07-01').networkAcls", "undecided"),
        (
            "reference(resourceId('Microsoft.KeyVault/vaults', 'another'), '2023-07-01')"
            ".accessPolicies",
            "undecided",
        ),
        (f"skip({LIVE}, 1)", "undecided"),
        (f"intersection({LIVE}, parameters('more'))", "undecided"),
        (f"filter({LIVE}, lambda('x', true()))", "undecided"),
        ("coalesce(parameters('maybe'), target('full').properties.accessPolicies)", "undecided"),
    ],
)
def test_the_live_list_written_back_keeps_everything(
    text: str, verdict: str, verdict_on: Ask
) -> None:
    parameters = {
        "more": {"type": "array"},
        "one": {"type": "object"},
        "maybe": {"type": "array", "nullable": True, "metadata": {}},
    }
    if "maybe" in text:
        parameters["maybe"] = {"type": "array"}
    if "given" in text:
        parameters["given"] = {"type": "array", "nullable": True}
    variables = {"nothing": None, "empty": [], "set": {}}
    listed = {"accessPolicies": f"[{text}]"}
    assert verdict_on(listed, parameters=parameters, variables=variables)[0] == verdict


def test_a_guard_on_what_is_deployed_is_decided(verdict_on: Ask) -> None:
    """The question is about a redeployment: the vault exists."""
    exists = "not(empty(target('full')))"
    mode = f"[if({exists}, 'recover', 'default')]"
    assert verdict_on({"createMode": mode, "accessPolicies": []})[0] == "kept"
    live = "target('full').properties.accessPolicies"
    listed = f"[if(contains(target('full'), 'properties'), {live}, createArray())]"
    assert verdict_on({"accessPolicies": listed})[0] == "kept"
    guarded = {"condition": "[empty(target('full'))]"}
    assert verdict_on({"accessPolicies": []}, guarded)[0] in ("not-written", "undecided")


@pytest.mark.parametrize(
    ("method", "properties", "verdict"),
    [
        ("PATCH", {}, "kept"),
        ("patch", {"enablePurgeProtection": True}, "kept"),
        ("PATCH", {"accessPolicies": []}, "emptied"),
        ("PATCH", {"accessPolicies": LIST}, "replaced"),
        ("PATCH", {"accessPolicies": None}, "undecided"),
        ("PATCH", {"accessPolicies": "[null()]"}, "undecided"),
        ("PATCH", {"enableRbacAuthorization": True}, "dormant"),
        ("PATCH", {"copy": [{"name": "accessPolicies", "count": 0, "input": {}}]}, "emptied"),
        ("PUT", {}, "missing"),
        (None, {}, "missing"),
        ("[environment().name]", {}, "undecided"),
    ],
)
def test_patch_leaves_alone_what_it_does_not_name(
    method: Any, properties: Any, verdict: str, verdict_on: Ask
) -> None:
    assert verdict_on(properties, {"method": method})[0] == verdict


def test_patch_with_properties_that_are_one_expression(verdict_on: Ask) -> None:
    for written, verdict in (
        ("[createObject('sku', 1)]", "kept"),
        ("[createObject('accessPolicies', createArray())]", "emptied"),
        ("[createObject('accessPolicies', null())]", "undecided"),
    ):
        assert verdict_on({}, {"method": "PATCH", "properties": written})[0] == verdict


@pytest.mark.parametrize(
    ("version", "rbac", "certainty"),
    [
        ("2026-02-01", None, "default"),
        ("2026-05-15", None, "default"),
        ("2026-02-01", False, "certain"),
        ("2026-02-01", "true", "default"),
        ("2025-05-01", None, "certain"),
    ],
)
@pytest.mark.parametrize("properties", [{}, {"accessPolicies": []}, {"accessPolicies": LIST}])
def test_a_new_version_leaves_the_model_to_the_vault(
    version: str, rbac: Any, certainty: str, properties: Any, verdict_on: Ask
) -> None:
    written = {**properties, "enableRbacAuthorization": rbac}
    assert verdict_on(written, {"apiVersion": version})[1] == certainty


def test_a_default_behind_a_default_decides() -> None:
    """Only both together can be overridden so that the list is another one."""
    parameters = {
        "keep": {"type": "bool", "defaultValue": False},
        "live": {"type": "array", "defaultValue": []},
    }
    listed = "[if(parameters('keep'), parameters('live'), createArray())]"
    template = make_template(make_vault("kv", listed), parameters=parameters)
    vault = armguard.check(template).deployments[0].vaults[0]
    assert (vault.verdict, vault.certainty) == ("emptied", "default")


OPEN_ENTRY = "createObject('tenantId', subscription().tenantId, 'objectId', parameters('who'))"


@pytest.mark.parametrize(
    ("listed", "verdict"),
    [
        (f"json(concat('[', string({OPEN_ENTRY}), ']'))", "replaced"),
        (f"json(format('[{{0}}, {{1}}]', string({OPEN_ENTRY}), string({OPEN_ENTRY})))", "replaced"),
        ("json(concat('[{\"tenantId\": \"', subscription().tenantId, '\"}]'))", "replaced"),
        ("json(format('{0}', string(createArray())))", "emptied"),
        ("json(concat('[', string(parameters('who')), ']'))", "undecided"),
        ("json(concat('[', parameters('who'), ']'))", "undecided"),
        (f"json(concat('[', string({OPEN_ENTRY}), ']')).open", "undecided"),
    ],
)
def test_json_of_a_text_that_is_put_together(listed: str, verdict: str) -> None:
    template = make_template(
        make_vault("kv", f"[{listed}]"), parameters={"who": {"type": "string"}}
    )
    assert armguard.check(template).deployments[0].vaults[0].verdict == verdict
