"""A template that says the same in other words gets the same answer.

Small templates with one vault are made at random and then rewritten: its list moves elsewhere, ids
get other spellings, keys another casing or order, resources other names or places. What is said of
the vault stays.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support import (
    make_change,
    make_deployment,
    make_policy,
    make_template,
    make_vault,
    make_workspace,
)

import armguard
from armguard import DeploymentScope

PLACE = {
    "tenant_id": "00000000-0000-0000-0000-0000000000aa",
    "subscription_id": "00000000-0000-0000-0000-0000000000bb",
    "resource_group": "rg-one",
}
VAULTS = "Microsoft.KeyVault/vaults"
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
DEPLOYMENTS = "Microsoft.Resources/deployments"
TENANT = "00000000-0000-0000-0000-0000000000aa"

SPELLINGS = (
    "resourceId('{type}', '{name}')",
    "RESOURCEID('{type}', toLower('{name}'))",
    "resourceId(resourceGroup().name, '{type}', '{name}')",
    "resourceId(subscription().subscriptionId, resourceGroup().name, '{type}', '{name}')",
    "extensionResourceId(resourceGroup().id, '{type}', '{name}')",
    "concat(resourceGroup().id, '/providers/{type}/', '{name}')",
    "format('{{0}}/resourceGroups/{{1}}/providers/{type}/{name}', subscription().id,"
    " resourceGroup().name)",
    "concat('subscriptions/', subscription().subscriptionId, '/resourceGroups/',"
    " resourceGroup().name, '/providers/{type}/{name}')",
    "'{type}/{name}'",
    "'/{type}/{name}'",
    "format('{{0}}/{{1}}', '{type}', last(split(resourceId('{type}', '{name}'), '/')))",
    "concat('{type}/', split(resourceId('{type}', '{name}'), '/')[8])",
)
"""Of the id of something in the deployment's own group; the relative ones first for reference()."""


def id_of(resource_type: str, name: str, spelling: int) -> str:
    return SPELLINGS[spelling].format(type=resource_type, name=name)


@dataclass(frozen=True)
class Seed:
    """What a template says, and how its ids are spelled."""

    principals: tuple[str, ...]
    rbac: bool | None
    identity: str
    """of the workspace: system, user, none (there is no workspace)"""
    encrypts: bool
    """whether the workspace has its encryption key in this vault, not its own secrets"""
    child: str | None
    spelling: tuple[int, int, int]
    """of the ids in the list, of the identity in the workspace, of the vault"""
    vault: str = "kv"
    workspace: str = "ml"


def seeds(*principals: str) -> st.SearchStrategy[Seed]:
    return st.builds(
        Seed,
        principals=st.lists(st.sampled_from(principals), unique=True, max_size=3).map(tuple),
        rbac=st.sampled_from([False, False, True, None]),
        identity=st.sampled_from(["system", "user", "user", "none"]),
        encrypts=st.booleans(),
        child=st.sampled_from([None, None, "add", "replace"]),
        spelling=st.tuples(spelling, spelling, spelling),
    )


spelling = st.integers(0, len(SPELLINGS) - 1)
ANY = seeds("1", "2", "own", "other", "system", "deployer", "site")
WRITTEN_OUT = seeds("1", "2", "3")
"""Without what only the running deployment knows, which Azure refuses in variables and defaults."""


def object_id(principal: str, seed: Seed) -> str:
    where = seed.spelling[0]
    full = "'2024-04-01', 'Full').identity.principalId"
    match principal:
        case "own" | "other":
            return f"[reference({id_of(IDENTITIES, principal, where)}, '2023-01-31').principalId]"
        case "system":
            return f"[reference({id_of(WORKSPACES, seed.workspace, where)}, {full}]"
        case "site":
            return f"[reference({id_of('Microsoft.Web/sites', 'site', where)}, {full}]"
        case "deployer":
            return "[deployer().objectId]"
    return f"00000000-0000-0000-0000-00000000000{principal}"


def policies(seed: Seed) -> list[Any]:
    return [make_policy(object_id(each, seed), tenantId=TENANT) for each in seed.principals]


def vault_of(seed: Seed, written: Any) -> dict[str, Any]:
    vault = make_vault(seed.vault, written)
    vault["properties"]["enableRbacAuthorization"] = seed.rbac
    return vault


def around(seed: Seed, children: bool = True) -> list[dict[str, Any]]:
    """What stands beside the vault."""
    found = [
        {"type": IDENTITIES, "apiVersion": "2023-01-31", "name": name, "location": "westeurope"}
        for name in ("own", "other")
    ]
    vault_id = f"[{id_of(VAULTS, seed.vault, seed.spelling[2])}]"
    if seed.identity != "none":
        own = f"[{id_of(IDENTITIES, 'own', seed.spelling[1])}]"
        encryption = {"encryption": {"keyVaultProperties": {"keyVaultArmId": vault_id}}}
        user = {"type": "UserAssigned", "userAssignedIdentities": {own: {}}}
        found.append(
            make_workspace(
                seed.workspace,
                "elsewhere" if seed.encrypts else vault_id,
                properties=encryption if seed.encrypts else {},
                **({"identity": user} if seed.identity == "user" else {}),
            )
        )
    if children and seed.child is not None:
        found.append(make_change(f"{seed.vault}/{seed.child}", [make_policy()]))
    return found


def plain(seed: Seed) -> dict[str, Any]:
    return make_template(vault_of(seed, policies(seed)), *around(seed))


def said(document: Any, scope: DeploymentScope | None = None) -> tuple[Any, ...]:
    """Verdict, certainty and workspaces of the vault that is written, and what is found."""
    report = armguard.check(document, scope=scope)
    assert report.crashes == ()
    (vault,) = report.deployments[0].vaults
    found = sorted(
        {(each.rule, str(each.severity), str(each.certainty)) for each in report.findings}
    )
    return vault.verdict, vault.certainty, vault.workspaces, found


@given(ANY, st.sets(st.sampled_from(list(PLACE))))
def test_the_place_of_the_deployment(seed: Seed, known: set[str]) -> None:
    place = DeploymentScope(**{name: PLACE[name] for name in known})
    assert said(plain(seed), place) == said(plain(seed))


@given(ANY, spelling, spelling, spelling)
def test_ids_in_another_spelling(seed: Seed, first: int, second: int, third: int) -> None:
    other = Seed(**{**seed.__dict__, "spelling": (first, second, third)})
    assert said(plain(other)) == said(plain(seed))


@given(WRITTEN_OUT)
def test_a_list_in_a_variable(seed: Seed) -> None:
    written = make_template(
        vault_of(seed, "[variables('list')]"), *around(seed), variables={"list": policies(seed)}
    )
    assert said(written) == said(plain(seed))


@given(WRITTEN_OUT)
def test_a_list_in_the_default_of_a_parameter(seed: Seed) -> None:
    """The same, but that somebody may override it: what was certain is so by default."""
    parameter = {"list": {"type": "array", "defaultValue": policies(seed)}}
    written = make_template(
        vault_of(seed, "[parameters('list')]"), *around(seed), parameters=parameter
    )
    verdict, certainty, workspaces, found = said(plain(seed))
    moved = said(written)
    assert (moved[0], moved[2]) == (verdict, workspaces)
    assert [each[0] for each in moved[3]] == [each[0] for each in found]
    hangs_on_list = verdict in ("emptied", "replaced")
    assert moved[1] == ("default" if hangs_on_list else certainty)


@given(ANY)
def test_a_vault_in_a_module(seed: Seed) -> None:
    inside = make_template(
        vault_of(seed, "[parameters('list')]"), parameters={"list": {"type": "array"}}
    )
    module = make_deployment(template=inside, parameters={"list": policies(seed)})
    moved = make_template(module, *around(seed))
    assert said(moved) == said(plain(seed))


@given(ANY)
def test_a_vault_in_a_module_whose_expressions_are_those_of_the_template_around(
    seed: Seed,
) -> None:
    inside = make_template(vault_of(seed, policies(seed)))
    module = make_deployment(template=inside, evaluation=None)
    moved = make_template(module, *around(seed))
    assert said(moved) == said(plain(seed))


@given(WRITTEN_OUT, spelling)
def test_a_list_in_the_output_of_a_module(seed: Seed, named: int) -> None:
    inside = make_template(outputs={"list": {"type": "array", "value": policies(seed)}})
    reference = f"reference({id_of(DEPLOYMENTS, 'module', named)}, '2022-09-01')"
    module = make_deployment(template=inside, parameters={})
    vault = vault_of(seed, f"[{reference}.outputs.list.value]")
    moved = make_template(module, vault, *around(seed))
    assert said(moved) == said(plain(seed))


@given(ANY, spelling, st.sampled_from([1, 2]))
def test_identities_in_a_module_that_puts_out_their_principals(
    seed: Seed, named: int, deep: int
) -> None:
    """Two deep the module puts out what the one in it puts out."""
    written = plain(seed)
    identities = [each for each in written["resources"] if each["type"] == IDENTITIES]
    others = [each for each in written["resources"] if each["type"] != IDENTITIES]
    outputs = {
        name: f"[reference({id_of(IDENTITIES, name, seed.spelling[0])}).principalId]"
        for name in ("own", "other")
    }
    moved = identities
    for _ in range(deep):
        template = make_template(
            *moved,
            outputs={name: {"type": "string", "value": each} for name, each in outputs.items()},
        )
        moved = [make_deployment(template=template, parameters={})]
        reference = f"reference({id_of(DEPLOYMENTS, 'module', named)}, '2022-09-01')"
        outputs = {name: f"[{reference}.outputs.{name}.value]" for name in outputs}
    vault = next(each for each in others if each["type"] == VAULTS)
    for principal, entry in zip(
        seed.principals, vault["properties"]["accessPolicies"], strict=True
    ):
        entry["objectId"] = outputs.get(principal, entry["objectId"])
    assert said(make_template(*moved, *others)) == said(plain(seed))


@given(ANY, st.randoms(use_true_random=False))
def test_keys_in_another_casing_and_order(seed: Seed, choose: random.Random) -> None:
    assert said(_other_keys(plain(seed), choose)) == said(plain(seed))


KEPT = {"$schema", "defaultValue"}


def _other_keys(written: Any, choose: random.Random) -> Any:
    if isinstance(written, list):
        return [_other_keys(each, choose) for each in written]
    if not isinstance(written, dict):
        return written
    items = [(key, _other_keys(value, choose)) for key, value in written.items()]
    choose.shuffle(items)
    change = (str.upper, str.lower, str.swapcase, str)
    return {
        key if key in KEPT or key.startswith("[") else choose.choice(change)(key): value
        for key, value in items
    }


@given(ANY, st.randoms(use_true_random=False))
def test_resources_in_another_order(seed: Seed, choose: random.Random) -> None:
    moved = plain(seed)
    choose.shuffle(moved["resources"])
    assert said(moved) == said(plain(seed))


@given(ANY)
def test_resources_with_other_names(seed: Seed) -> None:
    other = Seed(**{**seed.__dict__, "vault": "store-2", "workspace": "analysis"})
    verdict, certainty, workspaces, found = said(plain(seed))
    renamed = tuple("analysis" for _ in workspaces)
    assert said(plain(other)) == (verdict, certainty, renamed, found)
