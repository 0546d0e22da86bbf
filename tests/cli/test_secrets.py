"""No format shows a secret, wherever it is declared and wherever it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import make_deployment, make_policy, make_template, make_vault, run_armguard

from armguard.reporters import FORMATS

WORD = "quietHeron5290"
NAMED = "[concat('kv-', string(parameters('p')))]"


def secure(kind: str = "securestring", **more: Any) -> dict[str, Any]:
    return {"type": kind, **more}


def members(**types: Any) -> dict[str, Any]:
    return {"type": "object", "properties": types}


def union(**variants: Any) -> dict[str, Any]:
    kinds = {tag: {"$ref": f"#/definitions/{tag}"} for tag in variants}
    return {"type": "object", "discriminator": {"propertyName": "kind", "mapping": kinds}}


LOGIN = members(kind={"type": "string", "allowedValues": ["login"]}, word=secure())
NONE = members(kind={"type": "string", "allowedValues": ["none"]}, word={"type": "string"})
NESTED = {"type": "object", "discriminator": {"propertyName": "kind", "mapping": {"login": LOGIN}}}
DEFINITIONS = {
    "login": LOGIN,
    "none": NONE,
    "hidden": secure(),
    "outer": members(kind={"type": "string"}, inner={"$ref": "#/definitions/login"}),
}
TAGGED = union(login=LOGIN, none=NONE)

LOGGED_IN = {"kind": "login", "word": WORD}

DECLARATIONS: dict[str, tuple[Any, Any]] = {
    "securestring": (secure(), WORD),
    "secure object": (secure("secureObject"), {"a": [WORD]}),
    "member": (members(word=secure()), {"WORD": WORD}),
    "ref": ({"$ref": "#/definitions/hidden"}, WORD),
    "items": ({"type": "array", "items": secure()}, [WORD]),
    "items of refs": ({"type": "array", "items": {"$ref": "#/definitions/login"}}, [LOGGED_IN]),
    "prefixItems": ({"type": "array", "prefixItems": [{"type": "int"}, secure()]}, [1, WORD]),
    "additionalProperties": ({"type": "object", "additionalProperties": secure()}, {"x": WORD}),
    "tagged union": (TAGGED, LOGGED_IN),
    "tagged union, inline": (NESTED, LOGGED_IN),
    "tagged union, another case": (TAGGED, {"KIND": "login", "Word": WORD}),
    "tagged union, unknown tag": (TAGGED, {"kind": "LOGIN", "word": WORD}),
    "tagged union, no tag": (TAGGED, {"word": WORD}),
    "tagged union in a list": ({"type": "array", "items": TAGGED}, [LOGGED_IN]),
    "tagged union in a map": ({"type": "object", "additionalProperties": TAGGED}, {"x": LOGGED_IN}),
    "tagged union in a member": (members(x=TAGGED), {"x": LOGGED_IN}),
    "tagged union of members": (union(outer={}), {"kind": "outer", "inner": LOGGED_IN}),
    "not allowed": (secure(allowedValues=["a"]), WORD),
    "not allowed as a whole": (
        {**members(word=secure()), "allowedValues": [{"word": "a"}]},
        {"word": WORD},
    ),
    "allowed": (secure(allowedValues=[WORD]), "a"),
    "too short": (secure(minLength=90), WORD),
    "of another type": (secure("secureObject"), WORD),
    "in a list of another type": (secure(), [WORD]),
    "of no type": ({}, {"word": WORD}),
    "a type that is not there": ({"$ref": "#/definitions/nowhere"}, WORD),
    "not declared": (None, WORD),
}


def every_format(folder: Path, *arguments: str) -> str:
    """What all formats and the report files say, standard error too."""
    said = []
    for name in FORMATS:
        ran = run_armguard("check", *arguments, "--format", name, folder=folder)
        assert ran.exit in (1, 2), ran.stderr
        said += [ran.stdout, ran.stderr]
    return "".join(said)


def write(folder: Path, parameters: Any, name: Any = NAMED) -> None:
    template = make_template(
        make_vault("[variables('name')]", policies=[]),
        parameters=parameters,
        variables={"name": name},
        definitions=DEFINITIONS,
        languageVersion="2.0",
    )
    template["resources"] = {"vault": template["resources"][0]}
    (folder / "main.json").write_text(json.dumps(template, indent=1), "utf-8")


def write_values(folder: Path, text: str) -> None:
    (folder / "values.json").write_text(text, "utf-8")


def values(**entries: Any) -> str:
    return json.dumps({"contentVersion": "1.0.0.0", "parameters": entries}, indent=1)


@pytest.mark.parametrize(("declaration", "value"), DECLARATIONS.values(), ids=DECLARATIONS)
@pytest.mark.parametrize("way", ["file", "set", "default", "module", "no value member"])
def test_a_declared_secret_is_hidden(
    way: str, declaration: Any, value: Any, tmp_path: Path
) -> None:
    declared = {} if declaration is None else {"p": declaration}
    if way == "default" and declared:
        declared = {"p": {**declaration, "defaultValue": value}}
    write(tmp_path, declared, NAMED if declared else "kv-plain")
    arguments = ["main.json", "--parameters", "values.json"]
    if way == "set":
        text = value if isinstance(value, str) else json.dumps(value)
        arguments = ["main.json", "--set", f"p={text}"]
    if way == "default":
        arguments = ["main.json"]
    if way == "no value member":
        write_values(tmp_path, values(p=value))
    else:
        write_values(tmp_path, values(p={"value": value}))
    if way == "module":
        inner = json.loads((tmp_path / "main.json").read_text("utf-8"))
        passed = {"p": "[parameters('p')]"} if declared else None
        module = make_deployment(template=inner, parameters=passed)
        whole = {**inner, "resources": {"module": module}}
        (tmp_path / "main.json").write_text(json.dumps(whole, indent=1), "utf-8")
    said = every_format(tmp_path, *arguments)
    # what a template itself says is no secret unless it is declared as one
    assert WORD not in said or (way, declaration) == ("default", {})


POSITIONS = {
    "no quotes": f'{{"parameters": {{"p": {{"value": {WORD}}}}}}}',
    "one quote": f'{{"parameters": {{"p": {{"value": "{WORD}}}}}}}',
    "a quote inside": f'{{"parameters": {{"p": {{"value": "a"{WORD}"}}}}}}',
    "no comma": f'{{"parameters": {{"p": {{"value": "a" "{WORD}"}}}}}}',
    "in front": f'{WORD} {{"parameters": {{"p": {{"value": "a"}}}}}}',
    "behind": f'{{"parameters": {{"p": {{"value": "a"}}}}}} {WORD}',
    "an escape that is none": f'{{"parameters": {{"p": {{"value": "\\{WORD}"}}}}}}',
    "escaped keys": f'{{"par\\u0061meters": {{"p": {{"v\\u0061lue": "{WORD}"}}}}}}',
    "a list": f'["{WORD}"]',
    "a text": f'"{WORD}"',
    "twice": f'{{"parameters": {{"p": {{"value": "{WORD}", "value": "{WORD}"}}}}}}',
    "a reference that is none": f'{{"parameters": {{"p": {{"reference": "{WORD}"}}}}}}',
    "beside a reference": f'{{"parameters": {{"p": {{"reference": {{}}, "value": "{WORD}"}}}}}}',
    "another member": f'{{"parameters": {{"p": {{"valeu": "{WORD}"}}}}}}',
    "values that are none": f'{{"parameters": "{WORD}"}}',
    "a comment": f'{{"parameters": {{"p": {{"value": 5 /* {WORD} */}}}}}}',
    "a number": f'{{"parameters": {{"p": {{"value": 08{WORD}}}}}}}',
}


@pytest.mark.parametrize("text", POSITIONS.values(), ids=POSITIONS)
@pytest.mark.parametrize("declaration", [secure(), {"type": "string"}, None])
def test_no_word_of_a_broken_parameter_file_is_shown(
    declaration: Any, text: str, tmp_path: Path
) -> None:
    write(tmp_path, {} if declaration is None else {"p": declaration}, "kv-plain")
    write_values(tmp_path, text)
    assert WORD not in every_format(tmp_path, "main.json", "--parameters", "values.json")
    (tmp_path / "values.json").rename(tmp_path / "main.parameters.json")
    assert WORD not in every_format(tmp_path)


@pytest.mark.parametrize(
    "value", [WORD, f"{{{WORD}", f'"{WORD}', f"[{WORD}]", f'{{"a": {WORD}}}', f'["{WORD}"]']
)
@pytest.mark.parametrize("kind", ["secureObject", "securestring", "int", "bool", "array", None])
def test_no_word_of_a_value_on_the_command_line_is_shown(
    kind: str | None, value: str, tmp_path: Path
) -> None:
    write(tmp_path, {} if kind is None else {"p": {"type": kind}}, "kv-plain")
    said = every_format(tmp_path, "main.json", "--set", f"p={value}")
    assert WORD not in said or kind in ("int", "bool")


def test_members_that_are_no_secret_are_shown(tmp_path: Path) -> None:
    shown = "[concat('kv-', parameters('p').kind, parameters('q').word)]"
    write(tmp_path, {"p": TAGGED, "q": TAGGED}, shown)
    plain = {"value": {"kind": "none", "word": "shown"}}
    write_values(tmp_path, values(p={"value": LOGGED_IN}, q=plain))
    said = every_format(tmp_path, "main.json", "--parameters", "values.json")
    assert "kv-loginshown" in said


@pytest.mark.parametrize(
    "uri", [f"https://ann:{WORD}@a.invalid/b.json", f"https://a.invalid/b?sig={WORD}"]
)
def test_keys_in_the_address_of_a_link_are_cut(uri: str, tmp_path: Path) -> None:
    link = make_deployment("linked", link={"uri": uri})
    document = make_template(link, make_vault(policies=[make_policy()]), make_vault("kv-two", []))
    (tmp_path / "main.json").write_text(json.dumps(document, indent=1), "utf-8")
    assert WORD not in every_format(tmp_path, "main.json")


@pytest.mark.parametrize("name", ["main.json", "values.json"])
def test_of_bytes_that_are_no_text_nothing_is_shown(name: str, tmp_path: Path) -> None:
    write(tmp_path, {}, "kv-plain")
    write_values(tmp_path, values(p={"value": WORD}))
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[:-20] + b"\xff" + data[-20:])
    said = every_format(tmp_path, "main.json", "--parameters", "values.json")
    assert "byte 0xff is not valid UTF-8" in said
    assert WORD not in said


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (f'"{WORD}"', WORD),
        (f'"{WORD}"', f'{WORD}"'),
        (f'"{WORD}"', f'"a"{WORD}"'),
        (f': "{WORD}"', f' {WORD}"'),
        (f'"{WORD}"', f'"{WORD}'),
        (f'"{WORD}"', f"'{WORD}'"),
    ],
)
@pytest.mark.parametrize("kind", ["securestring", "string"])
def test_no_word_of_a_template_that_lost_a_quote_is_shown(
    kind: str, right: str, wrong: str, tmp_path: Path
) -> None:
    write(tmp_path, {"p": {"type": kind, "defaultValue": WORD}}, "kv-plain")
    text = (tmp_path / "main.json").read_text("utf-8")
    (tmp_path / "main.json").write_text(text.replace(right, wrong, 1), "utf-8")
    said = every_format(tmp_path, "main.json")
    assert "unreadable-template" in said
    # an excerpt may show what is declared as a plain text
    assert WORD not in said or kind == "string"
