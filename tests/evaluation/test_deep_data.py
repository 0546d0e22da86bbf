"""Data as deep as JSON is read, wherever it stands: judged or undecided, never a crash."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import make_template, make_vault, run_armguard

from armguard.source.json_text import MAXIMUM_DEPTH

SPARE = 8
"""Levels around the data."""
VALUE = "[parameters('x')]"
KINDS: dict[str, Callable[[Any], Any]] = {
    "arrays": lambda inner: [inner],
    "objects": lambda inner: {"a": inner},
}


def deep(kind: str, levels: int = MAXIMUM_DEPTH - SPARE) -> Any:
    value: Any = []
    for _ in range(levels):
        value = KINDS[kind](value)
    return value


def variable(data: Any) -> dict[str, Any]:
    vaults = [vault_of("[variables('x')]"), vault_of([], "kv-fine")]
    return make_template(*vaults, variables={"x": data})


def default(data: Any) -> dict[str, Any]:
    declared = {"type": type_of(data), "defaultValue": data}
    return make_template(vault_of(VALUE), parameters={"x": declared})


def allowed(data: Any) -> dict[str, Any]:
    declared = {"type": type_of(data), "defaultValue": data, "allowedValues": [data, data]}
    return make_template(vault_of(VALUE), parameters={"x": declared})


def compared(data: Any) -> dict[str, Any]:
    variables = {"x": data, "y": data}
    condition = "[equals(variables('x'), variables('y'))]"
    return make_template({**vault_of([]), "condition": condition}, variables=variables)


def merged(data: Any) -> dict[str, Any]:
    value = "[union(variables('x'), variables('x'))]"
    return make_template(vault_of(value), variables={"x": data})


def left(data: Any) -> dict[str, Any]:
    """In a residual, beside something that is not known."""
    value = "[createArray(if(equals(parameters('p'), variables('x')), variables('x'), 1))]"
    parameters = {"p": {"type": type_of(data)}}
    return make_template(vault_of(value), variables={"x": data}, parameters=parameters)


def policies(data: Any) -> dict[str, Any]:
    return make_template(vault_of(data))


def output(data: Any) -> dict[str, Any]:
    return make_template(vault_of([]), outputs={"o": {"type": type_of(data), "value": data}})


def supplied(data: Any) -> dict[str, Any]:
    declared = {"type": type_of(data), "allowedValues": [data]}
    return make_template(vault_of(VALUE), parameters={"x": declared})


def typed(data: Any) -> dict[str, Any]:
    """By a type that refers to itself, so that all levels are looked at."""
    inner = {"$ref": "#/definitions/t"}
    member = "items" if isinstance(data, list) else "additionalProperties"
    return {
        **make_template(parameters={"x": inner}),
        "languageVersion": "2.0",
        "definitions": {"t": {"type": type_of(data), member: inner}},
        "resources": {"kv": vault_of(VALUE)},
    }


def vault_of(policies: Any, name: str = "kv") -> dict[str, Any]:
    properties = {"enableRbacAuthorization": False, "accessPolicies": policies}
    return make_vault(name, properties=properties)


def type_of(data: Any) -> str:
    return "array" if isinstance(data, list) else "object"


PLACES = [variable, default, allowed, compared, merged, left, policies, output, supplied, typed]


@pytest.mark.usefixtures("ends")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_deep_data(
    place: Callable[[Any], Any], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = deep(kind)
    Path("main.json").write_text(json.dumps(place(data)))
    arguments = ["main.json"]
    if place in (supplied, typed):
        given = {"parameters": {"x": {"value": data}}}
        Path("given.json").write_text(json.dumps(given))
        arguments += ["--parameters", "given.json"]
    run = run_armguard("check", *arguments, "--format", "json", "--pack", "redeploy")
    assert run.exit in (0, 1)
    verdicts = {
        vault["name"]: vault["verdict"]
        for deployment in json.loads(run.stdout)["deployments"]
        for vault in deployment["vaults"]
    }
    expected = "emptied" if place is output else "undecided"
    assert verdicts.pop("kv") == expected
    assert set(verdicts.values()) <= {"emptied"}
    assert run_armguard("expand", *arguments).exit in (0, 1)
