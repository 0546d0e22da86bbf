"""What keep-live makes of a list, and that the verdict afterwards is `kept` wherever it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import (
    make_deployment,
    make_policy,
    make_template,
    make_vault,
    run_armguard,
    write_file,
)

LIVE = "tryGet(tryGet(target('full'), 'properties'), 'accessPolicies')"
KEPT = f"[coalesce({LIVE}, createArray())]"


def symbolic(vault: Any, **more: Any) -> dict[str, Any]:
    return make_template(resources={"vault": vault}, languageVersion="2.0", **more)


def fixed(folder: Path, template: Any, *arguments: str) -> tuple[str, Any]:
    """What is told, and the template afterwards."""
    write_file(folder / "main.json", template)
    ran = run_armguard(
        "fix", "main.json", "--remedy", "keep-live", "--write", *arguments, folder=folder
    )
    return ran.stdout, json.loads((folder / "main.json").read_text("utf-8"))


def verdicts(folder: Path) -> list[tuple[str, str]]:
    document = run_armguard("check", "main.json", "--format", "json", folder=folder).document
    vaults = [vault for each in document["deployments"] for vault in each["vaults"]]
    return [(each["verdict"], each["certainty"]) for each in vaults]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"accessPolicies": []}, ("accessPolicies", KEPT)),
        ({}, ("accessPolicies", KEPT)),
        ({"accessPolicies": None}, ("accessPolicies", KEPT)),
        ({"ACCESSpolicies": []}, ("ACCESSpolicies", KEPT)),
        (
            {"accessPolicies": "[parameters('people')]"},
            ("accessPolicies", f"[coalesce({LIVE}, parameters('people'))]"),
        ),
        (
            {"accessPolicies": "[  if(true(), createArray(), json('[]'))\n ]"},
            ("accessPolicies", f"[coalesce({LIVE}, if(true(), createArray(), json('[]')))]"),
        ),
    ],
)
def test_a_list_is_kept(
    tmp_path: Path, properties: dict[str, Any], expected: tuple[str, str]
) -> None:
    people = {"people": {"type": "array", "defaultValue": []}}
    vault = make_vault(properties=properties)
    _, after = fixed(tmp_path, symbolic(vault, parameters=people))
    name, value = expected
    assert after["resources"]["vault"]["properties"][name] == value
    assert verdicts(tmp_path) == [("kept", "certain")]


def test_what_is_null_is_no_list_where_the_vault_does_not_exist(tmp_path: Path) -> None:
    people = {"people": {"type": "array", "nullable": True}}
    vault = make_vault(policies="[parameters('people')]")
    _, after = fixed(tmp_path, symbolic(vault, parameters=people))
    listed = after["resources"]["vault"]["properties"]["accessPolicies"]
    assert listed == f"[coalesce({LIVE}, parameters('people'), createArray())]"
    assert verdicts(tmp_path) == [("kept", "certain")]


def loop(vault: dict[str, Any]) -> dict[str, Any]:
    return {**vault, "copy": {"name": "vault", "count": 2}, "name": "[concat('kv', copyIndex())]"}


EMPTY = make_vault(policies=[])
PLACES = {
    "in the root": symbolic(EMPTY),
    "in a loop": symbolic(loop(EMPTY)),
    "behind a condition": symbolic({**EMPTY, "condition": "[not(empty(subscription().id))]"}),
    "in a module": make_template(make_deployment(template=symbolic(EMPTY))),
    "in a module of a module": make_template(
        make_deployment(template=make_template(make_deployment("inner", symbolic(loop(EMPTY)))))
    ),
    "in a module of a template with symbolic names": make_template(
        resources={"module": make_deployment(template=symbolic(EMPTY), evaluation=None)},
        languageVersion="2.0",
    ),
    "in a module in a loop": make_template(
        make_deployment(
            "[concat('module', copyIndex())]",
            symbolic(EMPTY),
            copy={"name": "modules", "count": 2},
        )
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_verdict_is_kept(tmp_path: Path, place: str) -> None:
    told, _ = fixed(tmp_path, PLACES[place])
    assert "keep-live: " in told
    assert {kind for kind, _ in verdicts(tmp_path)} == {"kept"}
    again = run_armguard("fix", "main.json", "--remedy", "keep-live", folder=tmp_path)
    assert again.stdout == "nothing to fix\n"


@pytest.mark.parametrize("scopes", [("outer",), ("outer", "inner"), ("inner", "outer")])
def test_what_is_evaluated_in_the_template_around_is_left_alone(
    tmp_path: Path, scopes: tuple[str, ...]
) -> None:
    template = symbolic(EMPTY)
    for number, scope in enumerate(reversed(scopes)):
        template = make_template(make_deployment(f"module{number}", template, evaluation=scope))
    told, after = fixed(tmp_path, template)
    assert after == template
    assert (
        "  not keep-live: in a nested template of outer scope target() means the nested deployment;"
        " give it inner scope first\n"
    ) in told


def test_a_template_that_is_linked_from_one_of_outer_scope_is_evaluated_by_itself(
    tmp_path: Path,
) -> None:
    write_file(tmp_path / "vault.json", symbolic(EMPTY))
    link = make_deployment("module", link={"relativePath": "vault.json"})
    outer = make_deployment("outer", make_template(link), evaluation="outer")
    told, _ = fixed(tmp_path, make_template(outer))
    assert "keep-live: " in told
    assert {kind for kind, _ in verdicts(tmp_path)} == {"kept"}


def test_what_an_expression_says_is_granted_only_once(tmp_path: Path) -> None:
    vault = make_vault(policies="[variables('people')]")
    told, _ = fixed(tmp_path, symbolic(vault, variables={"people": [make_policy()]}))
    assert (
        "then: what [variables('people')] says is granted where the vault does not exist yet; a"
        " vault that exists gets nothing new from it\n"
    ) in told


LOOP = {"name": "accessPolicies", "count": 1, "input": make_policy()}


@pytest.mark.parametrize(
    ("vault", "reason"),
    [
        (
            make_vault(policies=[make_policy()]),
            "a vault that does not exist yet would no longer get what its list says; move the"
            " entries into a child as well, as in --remedy keep-live,grant-by-child",
        ),
        (
            make_vault(properties={"copy": [LOOP]}),
            "a vault that does not exist yet would no longer get what its list says; move the"
            " entries into a child as well, as in --remedy keep-live,grant-by-child",
        ),
        (
            make_vault(properties={"copy": [LOOP, {"name": "tags", "count": 1, "input": 1}]}),
            None,
        ),
        (
            {**make_vault(), "properties": "[variables('settings')]"},
            "its properties are one expression; write accessPolicies out where that comes from",
        ),
        (
            make_vault(properties={"[concat('access', 'Policies')]": []}),
            "a property with a computed name, [concat('access', 'Policies')], among its properties"
            " makes, or may make, its accessPolicies; write the list out, or let a variable make"
            " it",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, vault: Any, reason: str | None) -> None:
    variables = {"settings": {"accessPolicies": []}}
    told, after = fixed(tmp_path, symbolic(vault, variables=variables))
    assert after["resources"]["vault"] == vault
    if reason is not None:
        assert f"  not keep-live: {reason}\n" in told


@pytest.mark.parametrize(
    "properties",
    [
        {"accessPolicies": [], "AccessPolicies": []},
        {"accessPolicies": "people"},
        {"accessPolicies": {}},
        {"accessPolicies": 7},
        {"accessPolicies": "[[parameters('people')]"},
        {"accessPolicies": "[parameters('people']"},
        {"copy": "accessPolicies"},
        {"copy": [{"name": "accessPolicies"}]},
        {"copy": [{"name": ["accessPolicies"]}]},
        {"copy": []},
        [],
        None,
        True,
    ],
)
def test_what_is_no_list_is_left_alone_or_mended(tmp_path: Path, properties: Any) -> None:
    vault = {**make_vault(), "properties": properties}
    write_file(tmp_path / "main.json", symbolic(vault))
    ran = run_armguard("fix", "main.json", "--remedy", "keep-live", "--write", folder=tmp_path)
    assert ran.exit in (0, 1)
    assert "bug in armguard" not in ran.stderr
    again = run_armguard("fix", "main.json", "--remedy", "keep-live", "--write", folder=tmp_path)
    assert "--- " not in again.stdout


def test_comments_in_an_empty_list_stay(tmp_path: Path) -> None:
    text = json.dumps(symbolic(EMPTY), indent=2).replace(
        '"accessPolicies": []', '"accessPolicies": [\r\n\t/* filled by\r\n\t   hand */ // yes\r\n]'
    )
    (tmp_path / "main.json").write_bytes(text.encode())
    run_armguard("fix", "main.json", "--remedy", "keep-live", "--write", folder=tmp_path)
    after = (tmp_path / "main.json").read_bytes().decode()
    assert (
        f'        /* filled by\r\n           hand */ // yes\r\n        "accessPolicies": "{KEPT}"'
    ) in after
