"""Whether a secret is empty may decide something, its text never."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import make_deployment, make_policy, make_template, make_vault, run_armguard

WORD = "quietHeron5290"
TEXT = {"type": "secureString"}
OBJECT = {"type": "secureObject"}


def check(
    folder: Path, test: str, declared: dict[str, Any], *arguments: str, given: Any = None
) -> tuple[str, str | None]:
    """Verdict and certainty of a vault that has an empty list if `test` is true."""
    template = make_template(
        make_vault(policies=f"[if({test}, createArray(), variables('team'))]"),
        parameters={"p": declared},
        variables={"team": [make_policy()]},
    )
    (folder / "main.json").write_text(json.dumps(template), "utf-8")
    if given is not None:
        (folder / "main.parameters.json").write_text(
            json.dumps({"parameters": {"p": given}}), "utf-8"
        )
    for name in ("text", "sarif", "html", "json"):
        ran = run_armguard("check", *arguments, "--format", name, folder=folder)
        assert WORD not in ran.stdout + ran.stderr
    (deployment,) = json.loads(ran.stdout)["deployments"]
    (vault,) = deployment["vaults"]
    return vault["verdict"], vault["certainty"]


EMPTY = "empty(parameters('p'))"
TESTS = (
    EMPTY,
    "empty(string(parameters('p')))",
    "equals(parameters('p'), '')",
    "equals('', parameters('p'))",
    "equals(length(parameters('p')), 0)",
    "not(greater(length(parameters('p')), 0))",
)


@pytest.mark.parametrize("test", TESTS)
def test_an_empty_default_decides_by_default(test: str, tmp_path: Path) -> None:
    assert check(tmp_path, test, {**TEXT, "defaultValue": ""}) == ("emptied", "default")


@pytest.mark.parametrize("test", TESTS)
def test_an_empty_assignment_decides(test: str, tmp_path: Path) -> None:
    assert check(tmp_path, test, TEXT, "--set", "p=") == ("emptied", "certain")


@pytest.mark.parametrize(
    "test", [EMPTY, "equals(parameters('p'), '')", "equals('', parameters('p'))"]
)
def test_a_secret_that_is_not_empty_decides_too(test: str, tmp_path: Path) -> None:
    assert check(tmp_path, test, {**TEXT, "defaultValue": WORD}) == ("replaced", "default")
    assert check(tmp_path, test, TEXT, "--set", f"p={WORD}") == ("replaced", "certain")


def test_an_empty_object(tmp_path: Path) -> None:
    assert check(tmp_path, EMPTY, {**OBJECT, "defaultValue": {}}) == ("emptied", "default")
    given = {**OBJECT, "defaultValue": {"a": WORD}}
    assert check(tmp_path, EMPTY, given) == ("replaced", "default")
    assert check(tmp_path, EMPTY, OBJECT, "--set", f'p={{"a":"{WORD}"}}') == (
        "replaced",
        "certain",
    )


@pytest.mark.parametrize(
    "test", [f"equals(parameters('p'), '{WORD[:5]}')", "contains(parameters('p'), 'q')"]
)
def test_its_text_decides_nothing(test: str, tmp_path: Path) -> None:
    assert check(tmp_path, test, {**TEXT, "defaultValue": WORD}) == ("emptied", "possible")


@pytest.mark.parametrize(
    "given", [{"value": ""}, {"value": WORD}, {"reference": {"keyVault": {"id": "x"}}}]
)
def test_a_secret_in_a_parameter_file_is_not_looked_at(given: Any, tmp_path: Path) -> None:
    declared = {**TEXT, "defaultValue": ""}
    assert check(tmp_path, EMPTY, declared, given=given) == ("emptied", "possible")


def test_a_secret_that_is_not_supplied_is_not_known(tmp_path: Path) -> None:
    assert check(tmp_path, EMPTY, TEXT) == ("emptied", "possible")


@pytest.mark.parametrize(
    ("declared", "value", "expected"),
    [
        ({**TEXT, "defaultValue": ""}, None, ("emptied", "certain")),
        (TEXT, "", ("emptied", "certain")),
        (TEXT, "[parameters('p')]", ("emptied", "default")),
        ({**TEXT, "defaultValue": WORD}, None, ("replaced", "certain")),
    ],
    ids=["own-default", "written", "passed", "own-default-with-text"],
)
def test_in_a_module(declared: Any, value: Any, expected: Any, tmp_path: Path) -> None:
    policies = f"[if({EMPTY}, createArray(), createArray(createObject('objectId', 'a')))]"
    inner = make_template(make_vault(policies=policies), parameters={"p": declared})
    passed = None if value is None else {"p": value}
    module = make_deployment(template=inner, parameters=passed)
    template = make_template(module, parameters={"p": {**TEXT, "defaultValue": ""}})
    (tmp_path / "main.json").write_text(json.dumps(template), "utf-8")
    ran = run_armguard("check", "--format", "json", folder=tmp_path)
    (vault,) = json.loads(ran.stdout)["deployments"][0]["vaults"]
    assert (vault["verdict"], vault["certainty"]) == expected
    assert WORD not in ran.stdout
