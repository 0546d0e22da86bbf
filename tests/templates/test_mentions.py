"""Where a template speaks of a vault."""

from __future__ import annotations

from typing import Any

import pytest
from support import make_deployment, make_template, make_vault, make_workspace

from armguard.evaluation.facts import DeploymentScope, root_facts
from armguard.evaluation.runtime import NoRuntime
from armguard.evaluation.scope import Session
from armguard.finding import Location
from armguard.keyvault.declared import declared_in
from armguard.templates.deployment import Deployment
from armguard.templates.mentions import Mention, mentions_of

ID = "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"
LIST = {"type": "Contoso.Store/lists", "apiVersion": "2020-01-01", "name": "list"}


def mentions_in(template: Any, scope: DeploymentScope | None = None) -> list[Mention]:
    """Those of its only vault."""
    facts = root_facts(scope or DeploymentScope(), "resourceGroup")
    session = Session(strict=False, runtime=NoRuntime())
    deployment = Deployment(template, Location("main.json"), {}, facts, session)
    return mentions_of(declared_in(deployment).vaults)


def told(mention: Mention) -> tuple[str, str]:
    """Its kind, and the part of the text that it is."""
    call = mention.call
    text = mention.text if call is None else mention.text[call.start : call.end]
    return mention.kind, text


def in_list(value: Any, **more: Any) -> Any:
    return make_template(make_vault(policies=[]), {**LIST, "properties": {"asked": value}}, **more)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain", []),
        ("[resourceId('Microsoft.KeyVault/vaults', 'kv2')]", []),
        (ID, [("id", ID[1:-1])]),
        (f"[string({ID[1:-1]})]", [("id", ID[1:-1])]),
        (f"[if(true(), {ID[1:-1]}, 'none')]", [("id", ID[1:-1])]),
        ("[if(true(), variables('v'), variables('v'))]", [("id", "variables('v')")] * 2),
        ("[variables('both').id]", []),
        ("[reference('kv').vaultUri]", [("reference", "reference('kv')")]),
        (f"[reference({ID[1:-1]}).x]", [("id", ID[1:-1]), ("reference", f"reference({ID[1:-1]})")]),
    ],
)
def test_in_an_expression(written: str, expected: list[tuple[str, str]]) -> None:
    template = in_list(written, variables={"v": ID, "both": {"id": ID}})
    assert [told(each) for each in mentions_in(template)] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["kv", "other", ID], ["/resources/1/dependsOn/0", "/resources/1/dependsOn/2"]),
        ("[createArray('other', 'kv')]", ["/resources/1/dependsOn"]),
        ("[createArray('other')]", []),
    ],
)
def test_in_depends_on(written: Any, expected: list[str]) -> None:
    template = make_template(make_vault(policies=[]), {**LIST, "dependsOn": written})
    found = sorted(mentions_in(template), key=lambda each: each.place.pointer)
    assert [(each.kind, each.place.pointer) for each in found] == [
        ("depends-on", each) for each in expected
    ]


def test_what_a_vault_says_of_itself_is_none() -> None:
    vault = make_vault(policies=[], tags={"id": ID}, dependsOn=["list"])
    assert mentions_in(make_template(vault, LIST)) == []


@pytest.mark.parametrize(("scope", "expected"), [("outer", 3), ("inner", 0)])
def test_a_template_of_outer_scope_means_what_is_around_it(scope: str, expected: int) -> None:
    """Names are those around it: the vault, the workspace and the output use one variable."""
    of_variable = "[resourceId('Microsoft.KeyVault/vaults', variables('name'))]"
    inside = make_template(
        make_vault("kv", policies=[]), make_workspace(vault=of_variable, dependsOn=[of_variable])
    )
    template = make_template(
        make_deployment(template=inside, evaluation=scope),
        variables={"name": "kv"},
        outputs={"id": {"type": "string", "value": of_variable}},
    )
    found = mentions_in(template)
    assert len(found) == expected
    assert {each.resource.type for each in found if each.resource is not None} <= {
        "Microsoft.MachineLearningServices/workspaces"
    }


def test_more_than_reading_it_by_its_symbol() -> None:
    resources = {
        "vault": make_vault(policies=[]),
        "list": {**LIST, "properties": {"asked": "[resourceInfo('vault').id]"}},
    }
    template = make_template(resources=resources, languageVersion="2.0")
    (found,) = mentions_in(template)
    assert told(found) == ("reference", "resourceInfo('vault')")
    assert found.by_symbol


CALL = ID[1:-1]
IN_GROUP = "/providers/Microsoft.KeyVault/vaults/kv"


@pytest.mark.parametrize(
    "written",
    [
        f"[concat(resourceGroup().id, '{IN_GROUP}')]",
        f"[format('{{0}}{IN_GROUP}', resourceGroup().id)]",
        "[resourceId('microsoft.keyvault/VAULTS', 'KV')]",
        "[resourceId(resourceGroup().name, 'Microsoft.KeyVault/vaults', variables('name'))]",
        "[resourceId(subscription().subscriptionId, resourceGroup().name,"
        " 'Microsoft.KeyVault/vaults', 'kv')]",
        "[resourceId('Microsoft.KeyVault/vaults', concat('k', 'v'))]",
        "[resourceId('Microsoft.KeyVault/vaults', format('{0}v', 'k'))]",
        "[resourceId('Microsoft.KeyVault/vaults', parameters('name'))]",
        "[variables('id')]",
        "[variables('idOfId')]",
        f"[toLower({CALL})]",
    ],
)
def test_in_every_spelling_of_its_id(written: str) -> None:
    names = {"name": "kv", "id": ID, "idOfId": "[variables('id')]"}
    given = {"name": {"type": "string", "defaultValue": "kv"}}
    (found,) = mentions_in(in_list(written, variables=names, parameters=given))
    assert (found.kind, found.place.pointer) == ("id", "/resources/1/properties/asked")
    (read,) = (
        each
        for each in mentions_in(
            in_list(f"[reference({written[1:-1]}).x]", variables=names, parameters=given)
        )
        if each.kind == "reference"
    )
    assert not read.by_symbol


@pytest.mark.parametrize(
    "written",
    [
        "kv",
        "'kv'",
        CALL,
        f"[[{CALL}]",
        "Microsoft.KeyVault/vaults/kv",
        "[concat('kv', '')]",
        "[resourceId('Microsoft.KeyVault/vaults/secrets', 'kv', 's')]",
        "[resourceId('Microsoft.KeyVault/vaults', 'kv', 's')]",
        "[resourceId('other', 'Microsoft.KeyVault/vaults', 'kv')]",
        "[subscriptionResourceId('Microsoft.KeyVault/vaults', 'kv')]",
        "[reference(resourceId('Microsoft.KeyVault/vaults', 'kv2')).x]",
        "[reference(resourceId('Microsoft.KeyVault/vaults/secrets', 'kv', 's')).x]",
        "[reference('kv'",
        "[nobody('kv')]",
        "[variables('nothing')]",
        "[parameters('nothing')]",
    ],
)
def test_what_is_no_mention(written: str) -> None:
    assert mentions_in(in_list(written)) == []


def test_the_id_inside_of_another_one() -> None:
    lock = f"[extensionResourceId({CALL}, 'Microsoft.Authorization/locks', 'l')]"
    secret = f"[concat({CALL}, '/secrets/s')]"
    found = mentions_in(in_list([lock, secret]))
    assert sorted(map(told, found)) == [("id", CALL), ("id", CALL)]


def test_in_every_part_of_a_resource() -> None:
    resource = {
        **LIST,
        "condition": f"[not(empty({CALL}))]",
        "scope": ID,
        "tags": {"of": ID},
        "properties": {
            "copy": [
                {
                    "name": "entries",
                    "count": 2,
                    "input": {"n": "[copyIndex('entries')]", "uri": "[reference('kv').vaultUri]"},
                },
                {"name": "mixed", "count": 2, "input": f"[concat({CALL}, copyIndex('mixed'))]"},
            ],
            "deep": [[{"id": ID}]],
        },
    }
    outputs = {
        "plain": {"type": "string", "value": ID},
        "many": {"type": "array", "copy": {"count": 2, "input": f"[concat({CALL}, copyIndex())]"}},
    }
    found = mentions_in(make_template(make_vault(policies=[]), resource, outputs=outputs))
    assert sorted((each.kind, each.place.pointer) for each in found) == [
        ("id", "/outputs/many/copy/input"),
        ("id", "/outputs/plain/value"),
        ("id", "/resources/1/condition"),
        ("id", "/resources/1/properties/copy/1/input"),
        ("id", "/resources/1/properties/deep/0/0/id"),
        ("id", "/resources/1/scope"),
        ("id", "/resources/1/tags/of"),
        ("reference", "/resources/1/properties/copy/0/input/uri"),
    ]
    assert all(
        each.text[each.call.start : each.call.end] in (CALL, "reference('kv')")
        for each in found
        if each.call is not None
    )


def test_a_secret_that_a_deployment_takes_from_it() -> None:
    deployment = make_deployment(template=make_template())
    secret = {"keyVault": {"id": ID}, "secretName": "s"}
    deployment["properties"]["parameters"] = {"p": {"reference": secret}}
    (found,) = mentions_in(make_template(make_vault(policies=[]), deployment))
    assert found.place.pointer == "/resources/1/properties/parameters/p/reference/keyVault/id"


@pytest.mark.parametrize(
    "written",
    [
        "kv",
        "KV",
        "Microsoft.KeyVault/vaults/kv",
        ID,
        "[variables('name')]",
        "[concat('Microsoft.KeyVault/vaults/', variables('name'))]",
        "[format('{0}', resourceId('Microsoft.KeyVault/vaults', 'kv'))]",
    ],
)
def test_a_dependency_in_every_spelling(written: str) -> None:
    waiting = {**LIST, "dependsOn": ["another", written]}
    template = make_template(make_vault(policies=[]), waiting, variables={"name": "kv"})
    (found,) = mentions_in(template)
    assert (found.kind, found.place.pointer) == ("depends-on", "/resources/1/dependsOn/1")
    assert found.resource is not None


@pytest.mark.parametrize(
    "written",
    [
        "kv2",
        "Microsoft.KeyVault/vaults/secrets/kv",
        "[resourceId('Microsoft.KeyVault/vaults', 'kv2')]",
        "[resourceId('Microsoft.KeyVault/vaults/secrets', 'kv', 's')]",
        "[variables('nothing')]",
        7,
        None,
        {"kv2": "x"},
    ],
)
def test_a_dependency_on_something_else(written: Any) -> None:
    waiting = {**LIST, "dependsOn": [written]}
    assert mentions_in(make_template(make_vault(policies=[]), waiting)) == []


@pytest.mark.parametrize(
    ("group", "expected"), [(None, True), ("shared", True), ("SHARED", True), ("mine", False)]
)
def test_one_of_this_name_in_another_group(group: str | None, expected: bool) -> None:
    """Where it is not known to which group is deployed, it may be the same."""
    other = "resourceId('shared', 'Microsoft.KeyVault/vaults', 'kv')"
    reading = {"uri": f"[reference({other}, '2026-02-01').vaultUri]"}
    waiting = {**LIST, "dependsOn": [f"[{other}]"], "properties": reading}
    scope = DeploymentScope(subscription_id="1" * 8, resource_group=group)
    found = mentions_in(make_template(make_vault(policies=[]), waiting), scope)
    kinds = {each.kind for each in found}
    assert kinds - {"id"} == ({"depends-on", "reference"} if expected else set())


def test_vaults_of_a_loop() -> None:
    loop = {"copy": {"name": "vaults", "count": 3}}
    vault = make_vault("[concat('kv', copyIndex())]", policies=[], **loop)
    own = "resourceId('Microsoft.KeyVault/vaults', concat('kv', copyIndex()))"
    follower = {
        **LIST,
        "name": "[concat('list', copyIndex())]",
        "copy": {"name": "lists", "count": 3},
        "dependsOn": ["vaults", f"[{own}]"],
        "properties": {"id": f"[{own}]", "uri": f"[reference({own}).vaultUri]"},
    }
    last = {**LIST, "properties": {"id": "[resourceId('Microsoft.KeyVault/vaults', 'kv2')]"}}
    none = {**LIST, "properties": {"id": "[resourceId('Microsoft.KeyVault/vaults', 'kv3')]"}}
    found = mentions_in(make_template(vault, follower, last, none))
    assert sorted((each.kind, each.place.pointer) for each in found) == [
        ("depends-on", "/resources/1/dependsOn/0"),
        ("depends-on", "/resources/1/dependsOn/1"),
        ("id", "/resources/1/properties/id"),
        ("id", "/resources/1/properties/uri"),
        ("id", "/resources/2/properties/id"),
        ("reference", "/resources/1/properties/uri"),
    ]


def test_what_only_a_later_iteration_says() -> None:
    follower = {
        **LIST,
        "name": "[concat('list', copyIndex())]",
        "copy": {"name": "lists", "count": 3},
        "dependsOn": ["[variables('names')[copyIndex()]]"],
        "properties": {
            "id": "[resourceId('Microsoft.KeyVault/vaults', variables('names')[copyIndex()])]"
        },
    }
    names = {"names": ["one", "two", "kv"]}
    found = mentions_in(make_template(make_vault(policies=[]), follower, variables=names))
    assert sorted((each.kind, each.place.pointer) for each in found) == [
        ("depends-on", "/resources/1/dependsOn/0"),
        ("id", "/resources/1/properties/id"),
    ]


def test_what_is_written_inside_of_it_speaks_of_it() -> None:
    secret = {
        "type": "secrets",
        "apiVersion": "2026-02-01",
        "name": "s",
        "dependsOn": [ID],
        "properties": {"value": "[reference('kv').vaultUri]"},
    }
    vault = make_vault(policies=[], resources=[secret], tags={"self": ID})
    found = mentions_in(make_template(vault))
    assert sorted((each.kind, each.place.pointer) for each in found) == [
        ("depends-on", "/resources/0/resources/0/dependsOn/0"),
        ("reference", "/resources/0/resources/0/properties/value"),
    ]


@pytest.mark.parametrize(("evaluation", "expected"), [("outer", 1), (None, 1), ("inner", 0)])
def test_a_nested_template_of_outer_scope_is_a_part(evaluation: Any, expected: int) -> None:
    inside = make_template({**LIST, "properties": {"id": ID}})
    deployment = make_deployment(template=inside, evaluation=evaluation, parameters={"passed": ID})
    found = mentions_in(make_template(make_vault(policies=[]), deployment))
    base = "/resources/1/properties"
    assert sorted(each.place.pointer for each in found) == sorted(
        [f"{base}/parameters/passed/value"]
        + [f"{base}/template/resources/0/properties/id"] * expected
    )


def test_by_symbol_and_by_name_of_the_symbol() -> None:
    resources = {
        "vault": make_vault(policies=[]),
        "list": {
            **LIST,
            "dependsOn": ["vault"],
            "properties": {
                "symbol": "[reference('vault').vaultUri]",
                "upper": "[reference('VAULT').vaultUri]",
                "id": f"[reference({CALL}).vaultUri]",
                "text": "vault",
            },
        },
    }
    found = mentions_in(make_template(resources=resources, languageVersion="2.0"))
    by_symbol = {each.place.pointer: each.by_symbol for each in found if each.kind == "reference"}
    assert by_symbol == {
        "/resources/list/properties/symbol": True,
        "/resources/list/properties/upper": True,
        "/resources/list/properties/id": False,
    }
    (waits,) = (each for each in found if each.kind == "depends-on")
    assert waits.by_symbol


@pytest.mark.parametrize("member", ["dependsOn", "properties", "tags", "condition", "scope"])
@pytest.mark.parametrize("written", [None, 7, True, [], {}, [None], [[[]]], "[", "[]", "[f(]"])
def test_hostile_resources_are_survived(member: str, written: Any) -> None:
    template = make_template(make_vault(policies=[]), {**LIST, member: written})
    assert mentions_in(template) == []


@pytest.mark.parametrize("outputs", [None, 7, [], "[variables('x')]", {"o": None}, {"o": [ID]}])
def test_hostile_outputs_are_survived(outputs: Any) -> None:
    found = mentions_in(make_template(make_vault(policies=[]), outputs=outputs))
    assert len(found) == (outputs == {"o": [ID]})
