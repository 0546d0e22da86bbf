"""What is a template its `$schema` says, whatever the bytes, the name and the spelling; and what
says so and can't be read is told of."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import SCHEMA, Ran, make_template, make_vault, run_armguard

from armguard.checking.loading import _may_concern_vaults
from armguard.source.json_text import MAXIMUM_BYTES, parse_json

EMPTIED = "access-policies-emptied"
UNREADABLE = "unreadable-template"

TEMPLATE = json.dumps(make_template(make_vault(policies=[])))
HARMLESS = json.dumps(make_template())
WAYS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "folder": lambda name: (),
    "named": lambda name: (name, "other.json"),
    "hook": lambda name: ("--force-exclude", "--", name, "other.json"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("other.json").write_text(HARMLESS)
    return tmp_path


@pytest.fixture(params=WAYS)
def checked(request: pytest.FixtureRequest) -> Callable[..., Ran]:
    """Write a file and have it checked: met in its folder, named, and passed on by a hook."""

    def check(name: str, content: str | bytes, *options: str) -> Ran:
        Path(name).parent.mkdir(exist_ok=True, parents=True)
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return run_armguard("check", "--format=json", *options, *WAYS[request.param](name))

    return check


def told(ran: Ran) -> list[tuple[str, str]]:
    return [(each["rule"], each["path"]) for each in ran.document["findings"]]


def padded(text: str, *, before: bool = False) -> str:
    """More than can be read, by a member at the end, or at the beginning, of an object."""
    padding = f'"metadata": "{"x" * MAXIMUM_BYTES}"'
    return f"{{{padding}, {text[1:]}" if before else f"{text[:-1]}, {padding}}}"


COMMENTED = TEMPLATE.replace("{", '{ // "übernommen", {\n', 1)

NOT_TO_BE_READ: dict[str, bytes] = {
    "Windows-1252": TEMPLATE.replace('"kv"', '"kvä"').encode("cp1252"),
    "Windows-1252 before it": COMMENTED.encode("cp1252"),
    "Windows-1252 in a name": TEMPLATE.replace('"sku"', '"ä"').encode("cp1252"),
    "a lone byte at the end": TEMPLATE.encode() + b"\xff",
    "the schema last": b'{"a": "\xe4", ' + TEMPLATE[1:].encode(),
    "half a character of UTF-16 with a mark": b"\xff\xfe" + TEMPLATE.encode("utf-16-le") + b"}",
    "half a character of UTF-16": TEMPLATE.encode("utf-16-be") + b"\0",
    "too large": padded(TEMPLATE).encode(),
    "too large, the schema last": padded(TEMPLATE, before=True).encode(),
    "too large and UTF-16": padded(TEMPLATE).encode("utf-16"),
    "too large and Windows-1252": padded(COMMENTED).encode("cp1252"),
    "an escaped schema": TEMPLATE.replace("$schema", "\\u0024schema").encode() + b"\xff",
    "cut": TEMPLATE[:-5].encode(),
}


@pytest.mark.parametrize("content", NOT_TO_BE_READ.values(), ids=NOT_TO_BE_READ)
@pytest.mark.parametrize("name", ["infra/main.json", "infra/main.parameters.json"])
def test_a_template_that_cannot_be_read_is_told_of(
    checked: Callable[..., Ran], name: str, content: bytes
) -> None:
    ran = checked(name, content)
    assert told(ran) == [(UNREADABLE, name)]
    assert ran.exit == 1
    assert "the file can't be read as a template: " in ran.document["findings"][0]["message"]
    assert [each["template"] for each in ran.document["deployments"]] == ["other.json"]


NO_TEMPLATES: dict[str, bytes] = {
    "data in Windows-1252": '{"name": "Müller"}'.encode("cp1252"),
    "much data": padded('{"name": "x"}').encode(),
    "parameters": TEMPLATE.replace("deploymentTemplate", "deploymentParameters").encode() + b"\xff",
    "much data with a template inside": padded(json.dumps({"a": make_template()})).encode(),
    "a template in a text": json.dumps({"a": TEMPLATE}).encode() + b"\xff",
    "nothing but null bytes": b"\0" * 100,
}


@pytest.mark.parametrize("way", ["folder", "hook"])
@pytest.mark.parametrize("content", NO_TEMPLATES.values(), ids=NO_TEMPLATES)
def test_what_does_not_say_that_it_is_a_template_is_counted(content: bytes, way: str) -> None:
    Path("data.json").write_bytes(content)
    ran = run_armguard("check", "--format=json", *WAYS[way]("data.json"), exit_code=0)
    assert ran.document["findings"] == []
    assert [each["path"] for each in ran.document["skipped"]] == ["data.json"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_an_encoding_without_its_mark_is_read(checked: Callable[..., Ran], encoding: str) -> None:
    ran = checked("main.json", TEMPLATE.replace('"kv"', '"kv-über"').encode(encoding))
    assert told(ran) == [(EMPTIED, "main.json")]


@pytest.mark.parametrize(
    "name",
    [
        "main.parameters.json",
        "main.Parameters.jsonc",
        "parameters.json",
        "main.parameters.module.json",
        "main.dev.parameters.json",
        "azuredeploy.parameters-dev.json",
    ],
)
@pytest.mark.parametrize("beside", [None, "main.json", "azuredeploy.json"])
def test_a_template_named_like_a_parameter_file(
    checked: Callable[..., Ran], name: str, beside: str | None
) -> None:
    """Nor is it what its name says to the template that would be its own."""
    if beside:
        Path("infra").mkdir()
        Path("infra", beside).write_text(HARMLESS)
    ran = checked(f"infra/{name}", TEMPLATE)
    assert told(ran) == [(EMPTIED, f"infra/{name}")]
    assert {tuple(each["parameters"]) for each in ran.document["deployments"]} == {()}


def test_such_a_template_has_parameter_files_of_its_own(checked: Callable[..., Ran]) -> None:
    vault = make_vault(policies="[parameters('policies')]")
    written = make_template(vault, parameters={"policies": {"type": "array"}})
    values = "main.parameters.module.parameters.json"
    Path(values).write_text('{"parameters": {"policies": {"value": []}}}')
    Path("main.json").write_text(HARMLESS)
    ran = checked("main.parameters.module.json", json.dumps(written))
    assert ran.vault("kv")["verdict"] == "emptied"
    (finding,) = ran.document["findings"]
    assert (finding["rule"], finding["parameters"]) == (EMPTIED, [values])
    named = run_armguard("check", "--format=json", values)
    assert named.vault("kv")["verdict"] == "emptied"


def test_an_environment_takes_it_for_a_template() -> None:
    Path("infra").mkdir()
    Path("infra/main.parameters.json").write_text(TEMPLATE)
    Path("armguard.toml").write_text('[[environment]]\nname = "e"\ntemplates = ["infra/*.json"]')
    ran = run_armguard("check", "--format=json", "--environment", "e")
    assert told(ran) == [(EMPTIED, "infra/main.parameters.json")]


@pytest.mark.parametrize("content", ["{}", "[]", '{"parameters": ', '{"parameters": 5}', b"\xe4{"])
@pytest.mark.parametrize("name", ["main.parameters.json", "main.parameters.dev.json"])
def test_a_bad_parameter_file_is_told_of_and_the_run_goes_on(
    checked: Callable[..., Ran], name: str, content: str | bytes
) -> None:
    Path("main.json").write_text(TEMPLATE)
    ran = checked(name, content)
    assert told(ran) == [(EMPTIED, "main.json"), (UNREADABLE, name)]
    assert {each["template"] for each in ran.document["deployments"]} == {"main.json", "other.json"}


SCHEMA_MEMBER = f'"$schema": "{SCHEMA}"'
PARAMETERS_SCHEMA = SCHEMA.replace("deploymentTemplate", "deploymentParameters")

SPELLINGS = {
    "an escaped letter of the name": SCHEMA_MEMBER.replace("$s", "$\\u0073"),
    "the escaped first character of the name": SCHEMA_MEMBER.replace("$", "\\u0024"),
    "an escaped letter of the address": SCHEMA_MEMBER.replace("deploy", "d\\u0065ploy"),
    "an escaped full stop": SCHEMA_MEMBER.replace("Template.", "Template\\u002E"),
    "escaped slashes": SCHEMA_MEMBER.replace("/", "\\/"),
    "all of it escaped": ": ".join(
        '"' + "".join(f"\\u{ord(each):04x}" for each in text) + '"' for text in ("$schema", SCHEMA)
    ),
    "written twice": f'"$schema": "{PARAMETERS_SCHEMA}", "a": [{{}}], {SCHEMA_MEMBER}',
    "written twice and escaped": f'"$schema": 5, {SCHEMA_MEMBER.replace("$", chr(92) + "u0024")}',
    "a comment around the colon": SCHEMA_MEMBER.replace(": ", '/* "{ */ : // }\n', 1),
    "upper case": SCHEMA_MEMBER.upper(),
}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
def test_a_schema_as_every_reader_of_json_sees_it(
    checked: Callable[..., Ran], spelled: str, last: bool
) -> None:
    rest = TEMPLATE.replace(SCHEMA_MEMBER + ", ", "")
    text = f"{rest[:-1]}, {spelled}}}" if last else f"{{{spelled}, {rest[1:]}"
    assert told(checked("main.json", text)) == [(EMPTIED, "main.json")]


def test_of_two_schemas_the_last_one_counts() -> None:
    text = f'{{{SCHEMA_MEMBER}, "$\\u0073chema": "{PARAMETERS_SCHEMA}", {TEMPLATE[1:]}'
    text = text.replace(f", {TEMPLATE[1:]}", ', "resources": []}')
    Path("data.json").write_text(text)
    ran = run_armguard("check", "--format=json")
    assert [each["path"] for each in ran.document["skipped"]] == ["data.json"]


COMMENTS = ["/**/", "/* : */ ", "// [\n", "\n/* a */// b\n", "\xa0"]


@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("key", ["resources", "Resources", "template", "PROPERTIES"])
@pytest.mark.parametrize("behind", [False, True], ids=["before", "behind"])
def test_a_comment_around_a_colon_changes_nothing(
    checked: Callable[..., Ran], key: str, comment: str, behind: bool
) -> None:
    """What is deployed comes from a parameter file, so no word of the template tells of it."""
    nested = make_template(make_vault(policies=[]))
    around = {"mode": "Incremental", "template": nested}
    spot = "[parameters('r')]"
    written: Any = {
        "resources": {**around, "template": make_template(resources=spot)},
        "template": {**around, "template": spot},
        "properties": spot,
    }
    given = {"resources": nested["resources"], "template": nested, "properties": around}
    deployment = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "store",
        "properties": written[key.lower()],
    }
    kind = "array" if key.lower() == "resources" else "object"
    template = make_template(deployment, parameters={"r": {"type": kind}})
    value = given[key.lower()]
    Path("main.parameters.json").write_text(json.dumps({"parameters": {"r": {"value": value}}}))
    colon = f": {comment}" if behind else f" {comment}:"
    text = json.dumps(template)
    plain = f'"{key.lower()}": "{spot}"'
    assert plain in text
    ran = checked("main.json", text.replace(plain, f'"{key}"{colon} "{spot}"'))
    assert ran.vault("kv")["verdict"] == "emptied"


def _holding(properties: str, kind: str = "Microsoft.Resources/deployments") -> str:
    return f'{{"resources": [{{"type": "{kind}", "properties": {properties}}}]}}'


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ('{"tags": ["[b]"], "resources": [{"name": "[a]", "type": "a"}]}', False),
        ('{"resources": {"a": {"type": "a/b", "properties": {"c": "[d]"}}}}', False),
        ('{"resources": ["[a]"]}', True),
        ('{"resources": [{"type": "a/b"}, "[a]"]}', True),
        ('{"resources": [/* a */ "[a]"]}', True),
        ('{"resources": {"a": "[b]"}}', True),
        ('{"resources": {"[a]": {}}}', True),
        ('{"RESOURCES": "[a]"}', True),
        ('{"resources": [{"type": "[a]"}]}', True),
        ('{"resources": [{"type": "a", "Resources": [{"Type": "[a]"}]}]}', True),
        ('{"resources": [{"type": "a", "properties": "[b]"}]}', False),
        (_holding('"[b]"'), True),
        (_holding('{"[b]": {}}'), True),
        (_holding('{"template": "[b]"}'), True),
        (_holding('{"Template": {"resources": 5}}'), True),
        (_holding('{"template": {"resources": []}}'), False),
        (_holding('{"templateLink": {"relativePath": "a.json"}}'), True),
        (_holding('{"mainTemplate": "[b]"}', "Microsoft.Resources/templateSpecs/versions"), True),
        (_holding('{"packageFileUri": "a"}', "Microsoft.Solutions/applicationDefinitions"), True),
        ('{"[a]": []}', True),
        ('{"resources": [{"type": "Microsoft.Key\\u0056ault/vaults"}]}', True),
    ],
)
def test_what_comes_from_elsewhere_may_be_a_vault(text: str, may: bool) -> None:
    assert _may_concern_vaults(text, parse_json(text)) is may


@pytest.mark.parametrize(
    "broken",
    [
        "<<<<<<< HEAD\n{text}\n=======\n{text}\n>>>>>>> x\n",
        '{{"contentVersion": "1,\n' + "{rest}",
        "[{text}",
        "x {text}",
        "\0{text}",
    ],
)
def test_a_text_that_claims_to_be_a_template_is_told_of(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = json.dumps(make_template(make_vault(policies=[])))
    Path("main.json").write_text(broken.format(text=text, rest=text[1:]))
    Path("good.json").write_text(json.dumps(make_template()))
    for words in (["check"], ["check", "main.json"], ["check", "good.json", "main.json"]):
        ran = run_armguard(*words, "--format", "json", exit_code=1)
        assert ran.rules() == {"unreadable-template"}
