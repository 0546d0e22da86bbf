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


def mentions_in(template: Any) -> list[Mention]:
    """Those of its only vault."""
    facts = root_facts(DeploymentScope(), "resourceGroup")
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
