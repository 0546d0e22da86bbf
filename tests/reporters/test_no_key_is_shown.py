"""No format shows a key in the address of a link, nor what may be secret inside of a parameter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import make_deployment, make_template, make_vault, run_armguard

from armguard.reporters import FORMATS

WORD = "S3cr3tW0rdXyz"
LINKS: list[dict[str, Any]] = [
    {"uri": f"https://user:{WORD}@h/x.json"},
    {"uri": f"HTTPS:\\\\u:{WORD}@h\\x.json"},
    {"uri": f"//u:{WORD}@h/x.json"},
    {"uri": f"https:/u:{WORD}@h/x.json"},
    {"uri": f"https://u:{WORD}%40h/x.json"},
    {"uri": f"https://h/x.json?sig={WORD}"},
    {"uri": f"https://h/x.json#sig={WORD}"},
    {"uri": f"https://h/x.json%3Fsig={WORD}"},
    {"uri": f"[concat('https://h/', parameters('a'), '/x.json?sig={WORD}')]"},
    {"uri": f"[uri('https://u:{WORD}@h/a/', 'x.json')]"},
    {"uri": "https://h/x.json", "queryString": f"sig={WORD}"},
    {"uri": "https://h/x.json", "queryString": WORD},
    {"relativePath": f"https://user:{WORD}@h/x.json?sig={WORD}"},
    {"relativePath": f"sub/x.json?{WORD}"},
]
SECURE_INSIDE: dict[str, Any] = {
    "type": "array",
    "items": {"type": "object", "properties": {"objectId": {"type": "securestring"}}},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown() -> str:
    every = []
    for name in FORMATS:
        ran = run_armguard("check", "--format", name, "main.json", exit_code=None)
        every.append(ran.stdout + ran.stderr)
    return "".join(every)


@pytest.mark.parametrize("link", LINKS, ids=str)
def test_the_address_of_a_link(link: Any, folder: Path) -> None:
    template = make_template(make_deployment(link=link), parameters={"a": {"type": "string"}})
    (folder / "main.json").write_text(json.dumps(template, indent=2))
    said = shown()
    assert "was not looked into" in said
    assert WORD not in said


@pytest.mark.parametrize(
    "value", [WORD, f'${{X=[{{"objectId":"{WORD}"}}]}}', [{"objectId": WORD}], {"a": WORD}]
)
@pytest.mark.parametrize(
    "name", ["main.parameters.json", "params.dev.json"], ids=["by-name", "by-parameters"]
)
def test_what_is_given_for_a_type_with_something_secure_inside(
    value: Any, name: str, folder: Path
) -> None:
    template = make_template(languageVersion="2.0", parameters={"p": SECURE_INSIDE})
    template["resources"] = {"vault": make_vault(policies="[parameters('p')]")}
    (folder / "main.json").write_text(json.dumps(template, indent=2))
    (folder / name).write_text(json.dumps({"parameters": {"p": {"value": value}}}, indent=2))
    said = shown()
    assert "kv" in said
    assert WORD not in said


def test_a_template_in_a_text(folder: Path) -> None:
    inner = make_template(
        make_vault(policies=[]),
        parameters={"pw": {"type": "securestring", "defaultValue": WORD}},
    )
    definition = {
        "type": "Microsoft.Solutions/applicationDefinitions",
        "apiVersion": "2021-07-01",
        "name": "app",
        "properties": {"mainTemplate": json.dumps(inner)},
    }
    (folder / "main.json").write_text(json.dumps(make_template(definition), indent=2))
    said = shown()
    assert "access-policies-emptied" in said
    assert WORD not in said


def test_the_links_of_a_configuration(folder: Path) -> None:
    (folder / "main.json").write_text(json.dumps(make_template()))
    for line in (
        f'"https://u:{WORD}@h/" = 5',
        f'"u:{WORD}@h/base" = "x"',
        f'"https://u:{WORD}@h/?sig={WORD}" = "x"',
    ):
        (folder / "armguard.toml").write_text(f"[links]\n{line}\n")
        for options in ((), ("--show-config",)):
            ran = run_armguard("check", *options, "main.json", exit_code=None)
            assert WORD not in ran.stdout + ran.stderr
