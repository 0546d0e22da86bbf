"""What somebody fills in before Azure sees it is no given fact: Azure Developer CLI, pipelines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import make_policy, make_template, make_vault, run_armguard

import armguard

TYPES: dict[str, dict[str, Any]] = {
    "list": {"type": "array"},
    "listed": {"type": "array", "defaultValue": []},
    "text": {"type": "string"},
    "option": {"type": "string", "allowedValues": ["new", "old"]},
    "word": {"type": "string", "defaultValue": "new"},
    "flag": {"type": "bool"},
    "on": {"type": "bool", "defaultValue": True},
    "number": {"type": "int"},
    "object": {"type": "object"},
    "free": {"type": "string", "nullable": True},
}


def judged(policies: Any, **given: Any) -> tuple[str, str | None]:
    """Verdict and certainty of a vault with these policies and these values in its file."""
    names = [name for name in TYPES if f"'{name}'" in json.dumps(policies)]
    document = make_template(
        make_vault(policies=policies),
        parameters={name: TYPES[name] for name in {*names, *given} if name in TYPES},
        variables={"team": [make_policy()]},
    )
    report = armguard.check(document, {name: {"value": value} for name, value in given.items()})
    ((vault,),) = (deployment.vaults for deployment in report.deployments)
    assert "parameters-rejected" not in {finding.rule for finding in report.findings}
    return vault.verdict, vault.certainty


def emptied_if(test: str) -> str:
    return f"[if({test}, createArray(), variables('team'))]"


LIST = "[parameters('list')]"
EMPTY_TEXT = emptied_if("equals(parameters('text'), '')")
UNDECIDED = ("undecided", None)
POSSIBLE = ("emptied", "possible")
DEFAULT = ("emptied", "default")
CERTAIN = ("emptied", "certain")
REPLACED = ("replaced", "certain")

PLACEHOLDERS = (
    "#{Policies}#",
    "#{ a list }#",
    "__Policies__",
    "__KEY_VAULT_LIST__",
    "$(Policies)",
    "$(group.policies-1)",
    "{{Policies}}",
    "{{ .Values.policies }}",
    "${{ variables.policies }}",
    "<your policies>",
    "${POLICIES}",
    "${POLICIES:0:2}",
)


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_a_placeholder_for_a_list_leaves_it_undecided(value: str) -> None:
    assert judged(LIST, list=value) == UNDECIDED


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_a_placeholder_in_a_longer_text_leaves_the_text_unknown(value: str) -> None:
    assert judged(EMPTY_TEXT, text=value) == POSSIBLE
    longer = judged(emptied_if("equals(parameters('text'), 'a')"), text=f"kv-{value}-1")
    assert longer == (("replaced", "certain") if value[0] == "<" else POSSIBLE)


@pytest.mark.parametrize(
    "value",
    [
        "C#",
        "$5 {net}",
        "#{",
        "#{}#",
        "$()",
        "$(date -u)",
        "{x}",
        "{{}}",
        "{{x}",
        "a__b",
        "____",
        "__x",
        "Logging__LogLevel__Default",
        "a < b > c",
        "<>",
        "<policies/>",
        "kv-<name>",
        "$HOME",
        "100$",
        "${",
        "${}",
        "#x#",
        "[parameters('x')]",
    ],
)
def test_what_only_looks_odd_is_a_value(value: str) -> None:
    quoted = value.replace("'", "''")
    assert judged(emptied_if(f"equals(parameters('text'), '{quoted}')"), text=value) == CERTAIN
    assert judged(EMPTY_TEXT, text=value) == REPLACED


@pytest.mark.parametrize(
    ("policies", "given", "expected"),
    [
        # what a pipeline fills in is something else than the default
        ("[parameters('listed')]", {"listed": "#{X}#"}, UNDECIDED),
        # what the Azure Developer CLI finds unset is left out
        ("[parameters('listed')]", {"listed": "${X}"}, DEFAULT),
        (emptied_if("equals(parameters('word'), 'new')"), {"word": "${X}"}, DEFAULT),
        (emptied_if("parameters('on')"), {"on": "${X}"}, DEFAULT),
        (emptied_if("empty(parameters('free'))"), {"free": "${X}"}, DEFAULT),
        (emptied_if("parameters('flag')"), {"flag": "${X}"}, POSSIBLE),
        (EMPTY_TEXT, {"text": "${X}"}, POSSIBLE),
        # one of the allowed values will be filled in
        (emptied_if("equals(parameters('option'), 'new')"), {"option": "${X}"}, POSSIBLE),
        (emptied_if("equals(parameters('option'), 'new')"), {"option": "#{X}#"}, POSSIBLE),
        (emptied_if("equals(parameters('option'), 'no')"), {"option": "#{X}#"}, REPLACED),
        # what stands behind the equals sign is the default
        (emptied_if("equals(parameters('text'), 'new')"), {"text": "${X=new}"}, DEFAULT),
        (emptied_if("equals(parameters('text'), 'new')"), {"text": "${X:-new}"}, DEFAULT),
        (emptied_if("equals(parameters('text'), 'new')"), {"text": "${A=${B=new}}"}, DEFAULT),
        (emptied_if("equals(parameters('text'), 'new')"), {"text": "${A=${B}}"}, POSSIBLE),
        (emptied_if("equals(parameters('text'), 'kv-a-b')"), {"text": "kv-${X=a}-${Y=b}"}, DEFAULT),
        (emptied_if("equals(parameters('text'), 'kv-a-b')"), {"text": "kv-${X=a}-${Y}"}, POSSIBLE),
        (emptied_if("equals(parameters('text'), 'a-b')"), {"text": "${X=a}-#{Y}#"}, POSSIBLE),
        (EMPTY_TEXT, {"text": "${X=}"}, DEFAULT),
        (emptied_if("equals(parameters('option'), 'new')"), {"option": "${X=new}"}, DEFAULT),
        # read by the declared type
        (emptied_if("parameters('flag')"), {"flag": "${X=true}"}, DEFAULT),
        (emptied_if("parameters('flag')"), {"flag": "${X=True}"}, DEFAULT),
        (emptied_if("parameters('flag')"), {"flag": "${X=0}"}, ("replaced", "default")),
        (emptied_if("parameters('on')"), {"on": "${X=}"}, DEFAULT),
        (emptied_if("equals(parameters('number'), 7)"), {"number": "${X=7}"}, DEFAULT),
        (LIST, {"list": "${X=[]}"}, DEFAULT),
        (LIST, {"list": '${X=[{"objectId": "a"}]}'}, ("replaced", "default")),
        # in a file of the Azure Developer CLI also what is written out
        (emptied_if("parameters('flag')"), {"flag": "true", "text": "${X}"}, CERTAIN),
        (emptied_if("equals(parameters('number'), 7)"), {"number": "7", "text": "${X}"}, CERTAIN),
        (emptied_if("parameters('on')"), {"on": "", "text": "${X}"}, DEFAULT),
        # and no surplus name is refused
        (LIST, {"list": [], "removedLongAgo": "${X}"}, CERTAIN),
        (LIST, {"list": [], "removedLongAgo": "x", "text": "${X}"}, CERTAIN),
        # inside of a list or an object only the place itself is unknown
        (LIST, {"list": [make_policy("${PRINCIPAL_ID}")]}, REPLACED),
        (LIST, {"list": [make_policy("${PRINCIPAL_ID=a}")]}, REPLACED),
        (LIST, {"list": [make_policy("#{PrincipalId}#")]}, REPLACED),
        (LIST, {"list": ["${ENTRY}"]}, REPLACED),
        ("[parameters('object').list]", {"object": {"list": [], "x": "$(X)"}}, CERTAIN),
        ("[parameters('object').list]", {"object": {"list": "$(X)"}}, UNDECIDED),
        ("[parameters('object').list]", {"object": {"list": [], "#{name}#": 1}}, UNDECIDED),
        (emptied_if("parameters('object').a"), {"object": {"a": "__A__"}}, POSSIBLE),
        (
            emptied_if("equals(parameters('object').a, 'new')"),
            {"object": {"a": "${X=new}", "b": "__B__"}},
            DEFAULT,
        ),
    ],
)
def test_a_placeholder(policies: str, given: dict[str, Any], expected: Any) -> None:
    assert judged(policies, **given) == expected


def write(folder: Path, parameters: dict[str, Any], *more: Any, **given: Any) -> None:
    template = make_template(make_vault(policies=LIST), *more, parameters=parameters)
    (folder / "main.json").write_text(json.dumps(template), "utf-8")
    entries = {name: {"value": value} for name, value in given.items()}
    file = folder / "main.parameters.json"
    file.write_text(json.dumps({"parameters": entries}, indent=1), "utf-8")


def test_the_placeholder_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"list": TYPES["list"]}, list="#{Policies}#")
    said = run_armguard("check", folder=tmp_path, exit_code=0).stdout
    assert (
        "accessPolicies is [parameters('list')]: parameter 'list' is not supplied yet:"
        " '#{Policies}#' is filled in before the deployment" in said
    )


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"list": TYPES["listed"]}, list="${POLICIES}")
    said = run_armguard("check", folder=tmp_path, exit_code=1).stdout
    assert (
        "parameter 'list' is given '${POLICIES}', taken for not set (main.parameters.json:3:3) and"
        " parameter 'list' defaults to [] (main.json:1:" in said
    )
    assert "no parameter file sets it" not in said


def test_of_a_secret_no_placeholder_is_named(tmp_path: Path) -> None:
    secure = {"type": "securestring", "minLength": 40}
    for written in ("<quietHeron>", "a#{quietHeron}#", "${X=quietHeron}", "{{quietHeron}}"):
        write(tmp_path, {"list": secure}, list=written)
        for name in ("text", "json", "sarif", "html"):
            ran = run_armguard("check", "--format", name, folder=tmp_path)
            assert "quietHeron" not in ran.stdout + ran.stderr


def test_an_assignment_on_the_command_line_wins(tmp_path: Path) -> None:
    write(tmp_path, {"list": TYPES["list"]}, list="#{Policies}#")
    ran = run_armguard("check", "--set", "list=[]", folder=tmp_path, exit_code=1)
    assert "with an empty accessPolicies list" in ran.stdout
    assert "(certain)" in ran.stdout


def test_expand_takes_a_placeholder_as_azure_does(tmp_path: Path) -> None:
    document = make_template(make_vault("[parameters('text')]"), parameters={"text": TYPES["text"]})
    expansion = armguard.expand(document, {"text": {"value": "kv-${ENV=dev}"}})
    assert expansion.resources[0]["name"] == "kv-${ENV=dev}"


@pytest.mark.parametrize("text", ["${A=" * 30_000, "{{" * 90_000, "__a" * 90_000, "$(a" * 90_000])
def test_a_hostile_value_ends_soon(text: str) -> None:
    for tail in ("", "}" * 30_000):
        assert judged(LIST, list=[text + tail]) == REPLACED
