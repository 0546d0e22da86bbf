"""Baselines, and the fingerprints that they know findings by."""

import json
from pathlib import Path
from typing import Any

import pytest
from support import Ran, make_deployment, make_request, make_template, make_vault, run_armguard

from armguard.acceptance.baseline import baseline_text, read_baseline
from armguard.acceptance.fingerprints import WrittenPlace, written_place
from armguard.analysis import check_paths
from armguard.errors import UsageError
from armguard.finding.report import Report

EMPTIED = "access-policies-emptied"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def vault(name: str = "kv", policies: Any = ()) -> dict[str, Any]:
    """An emptied vault of an API version that retires, so that one more rule speaks."""
    return make_vault(name, policies, apiVersion="2023-07-01")


def storage(name: str) -> dict[str, Any]:
    return {
        "type": "Microsoft.Storage/storageAccounts",
        "apiVersion": "2023-01-01",
        "name": name,
        "location": "westeurope",
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
        "properties": {},
    }


def write(document: dict[str, Any], path: str = "t.json", indent: int | None = 2) -> None:
    Path(path).write_text(json.dumps(document, indent=indent))


def checked(*paths: str, **options: Any) -> Report:
    return check_paths(make_request(*paths, **options), lambda: b"")


def fingerprints(report: Report, rule: str = EMPTIED) -> list[str]:
    return [each.fingerprint for each in report.findings if each.rule == rule]


def test_fingerprints_survive_reformatting_and_resources_above() -> None:
    write(make_template(vault("kv-a"), vault("kv-b")))
    before = fingerprints(checked())
    assert len(set(before)) == 2
    write(make_template(vault("kv-a"), vault("kv-b")), indent=None)
    assert fingerprints(checked()) == before
    text = "// moved\n\n\n" + json.dumps(make_template(vault("kv-a"), vault("kv-b")), indent=7)
    Path("t.json").write_text(text)
    assert fingerprints(checked()) == before
    write(make_template(storage("st"), vault("kv-new"), vault("kv-a"), storage("x"), vault("kv-b")))
    assert fingerprints(checked())[1:] == before
    write(make_template(vault("kv-b"), vault("kv-a")))
    assert fingerprints(checked()) == before[::-1]


def test_fingerprints_survive_other_parameter_files_and_values() -> None:
    parameters = {
        "vaultName": {"type": "string", "defaultValue": "kv"},
        "policies": {"type": "array", "defaultValue": []},
    }
    document = make_template(
        vault("[parameters('vaultName')]", "[parameters('policies')]"), parameters=parameters
    )
    write(document)
    before = fingerprints(checked())
    write({"parameters": {"vaultName": {"value": "kv-dev"}}}, "t.dev.parameters.json")
    assert fingerprints(checked()) == before
    write({"parameters": {"vaultName": {"value": "kv-prod"}}}, "t.prod.parameters.json")
    report = checked()
    assert len(report.deployments) == 2
    assert fingerprints(report) == before


def outer(name: str, *resources: dict[str, Any]) -> dict[str, Any]:
    return make_deployment(name, make_template(*resources), evaluation=None)


def test_fingerprints_of_outer_nested_vaults_are_made_of_what_is_written() -> None:
    parameters = {"vaultName": {"type": "string", "defaultValue": "kv"}}
    nested = outer("nested", storage("st"), vault("[parameters('vaultName')]"))
    write(make_template(nested, parameters=parameters))
    before = fingerprints(checked())
    assert len(before) == 1
    write({"parameters": {"vaultName": {"value": "kv-dev"}}}, "t.parameters.json")
    assert fingerprints(checked()) == before
    write(make_template(storage("other"), nested, parameters=parameters))
    assert fingerprints(checked()) == before


def test_fingerprints_tell_files_rules_and_equal_resources_apart() -> None:
    write(make_template(vault("kv"), vault("kv")), "a.json")
    write(make_template(vault("kv")), "b.json")
    report = checked()
    every = [each.fingerprint for each in report.findings]
    assert len(set(every)) == len(every) > 3
    assert all(len(each) == 32 for each in every)


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", WrittenPlace()),
        ("/parameters/a", WrittenPlace("", "", ("parameters", "a"))),
        (
            "/resources/1/properties/AccessPolicies",
            WrittenPlace("T/vaults", "[name]", ("properties", "accesspolicies")),
        ),
        (
            "/resources/1/properties/accessPolicies/1/objectId",
            WrittenPlace(
                "T/vaults",
                "[name]",
                ("properties", "accesspolicies", "t", "o", "", "objectid"),
            ),
        ),
        (
            "/resources/1/resources/0/properties",
            WrittenPlace("T/vaults/accessPolicies", "[name]/add", ("properties",)),
        ),
        (
            "/resources/0/properties/template/resources/0/name",
            WrittenPlace("T/inner", "in", ("name",)),
        ),
        (
            "/resources/0/properties/template/parameters/p",
            WrittenPlace(
                "Microsoft.Resources/deployments",
                "nested",
                ("properties", "template", "parameters", "p"),
            ),
        ),
        ("/resources/7/properties", WrittenPlace("", "", ("resources", "properties"))),
        ("/x~1y/0", WrittenPlace("", "", ("x/y", "text"))),
    ],
)
def test_written_places(pointer: str, expected: WrittenPlace) -> None:
    document = {
        "parameters": {"a": {}},
        "x/y": ["text"],
        "resources": [
            {
                "type": "Microsoft.Resources/deployments",
                "name": "nested",
                "properties": {
                    "template": {
                        "parameters": {"p": {}},
                        "resources": [{"type": "T/inner", "name": "in"}],
                    }
                },
            },
            {
                "type": "T/vaults",
                "name": "[name]",
                "properties": {"accessPolicies": [{}, {"tenantId": "t", "objectId": "o"}]},
                "resources": [{"type": "accessPolicies", "name": "add", "properties": {}}],
            },
        ],
    }
    assert written_place(document, pointer) == expected


def test_symbolic_resources_are_known_by_their_written_names() -> None:
    document = {"resources": {"kv": {"type": "T/vaults", "name": "n"}}}
    assert written_place(document, "/resources/kv/name") == WrittenPlace("T/vaults", "n", ("name",))


def run(*arguments: str, exit_code: int) -> Ran:
    return run_armguard("check", *arguments, exit_code=exit_code)


def test_what_is_in_the_baseline_does_not_count() -> None:
    write(make_template(vault("kv-old")))
    run("--write-baseline", "known.json", exit_code=0)
    lines = run("--baseline", "known.json", "--fail-on", "note", exit_code=0).stdout.splitlines()
    assert lines[-1].endswith("0 errors, 0 warnings, 0 notes; 0 undecided, 1 skipped")
    write(make_template(vault("kv-new"), vault("kv-old")))
    document = json.loads(run("--baseline", "known.json", "--format", "json", exit_code=1).stdout)
    emptied = [each for each in document["findings"] if each["rule"] == EMPTIED]
    assert [(each["resource"]["name"], each["baselined"]) for each in emptied] == [
        ("kv-new", False),
        ("kv-old", True),
    ]
    assert document["summary"]["errors"] == 1
    assert document["summary"]["baselined"] >= 1


def test_the_file_is_sorted_and_the_same_each_time() -> None:
    write(make_template(vault("kv-b"), vault("kv-a")), "b.json")
    write(make_template(vault("kv-a")), "a.json")
    first = baseline_text(checked())
    assert baseline_text(checked()) == first
    document = json.loads(first)
    assert document["version"] == 1
    assert document["findings"][0].keys() == {"fingerprint", "rule", "path", "message"}
    keys = [(each["path"], each["rule"], each["fingerprint"]) for each in document["findings"]]
    assert keys == sorted(keys)
    assert first.count("\n") == len(keys) + 5


def gone(report: Report) -> str:
    (notice,) = (each for each in report.notices if each.startswith("baseline "))
    return notice


def test_it_is_said_how_many_old_findings_are_gone() -> None:
    select = (EMPTIED,)
    write(make_template(vault("kv-a"), vault("kv-b")), "a.json")
    write(make_template(vault("kv")), "b.json")
    write(make_template(vault("kv")), "c.json")
    Path("known.json").write_text(baseline_text(checked(select=select)))
    baseline = read_baseline("known.json")
    report = checked(select=select, baseline=baseline)
    assert gone(report) == "baseline 'known.json': 4 known findings, 0 gone"
    assert report.summary.baselined == 4
    write(make_template(vault("kv-a")), "a.json")
    Path("c.json").unlink()
    report = checked(select=select, baseline=baseline)
    assert gone(report) == "baseline 'known.json': 2 known findings, 2 gone"
    report = checked("b.json", select=select, baseline=baseline)
    assert gone(report) == "baseline 'known.json': 1 known finding, 1 gone"
    report = checked(select=("undecided-vault",), baseline=baseline)
    assert gone(report) == "baseline 'known.json': 0 known findings, 0 gone"


def test_suppressed_findings_are_no_part_of_a_baseline() -> None:
    suppressed = vault("kv")
    suppressed["metadata"] = {"armguard": {"ignore": [{"rule": EMPTIED, "reason": "why"}]}}
    write(make_template(suppressed))
    report = checked(select=(EMPTIED,))
    assert json.loads(baseline_text(report))["findings"] == []
    write(make_template(vault("kv")))
    Path("known.json").write_text(baseline_text(checked(select=(EMPTIED,))))
    write(make_template(suppressed))
    report = checked(select=(EMPTIED,), baseline=read_baseline("known.json"))
    assert (report.summary.suppressed, report.summary.baselined) == (1, 0)
    assert gone(report).endswith("0 gone")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "baseline 'b.json': can't be read: no such file or directory; armguard check"),
        ("", "baseline 'b.json': "),
        ("[]", "'b.json' is no baseline; armguard check --write-baseline FILE writes one"),
        ('{"findings": {}}', "'b.json' is no baseline"),
        ('{"version": 1, "findings": [{"fingerprint": 1}]}', "'b.json' is no baseline"),
        (
            '{"version": 2, "findings": []}',
            "baseline 'b.json' has version 2, but this armguard reads version 1",
        ),
    ],
)
def test_a_baseline_that_is_none(text: str | None, sentence: str) -> None:
    if text is not None:
        Path("b.json").write_text(text)
    write(make_template(vault()))
    with pytest.raises(UsageError) as error:
        read_baseline("b.json")
    assert str(error.value).startswith(sentence)
    assert run("--baseline", "b.json", exit_code=2).stdout == ""


def test_a_baseline_that_can_not_be_written_is_wrong_usage() -> None:
    write(make_template(vault()))
    assert "create it first" in run("--write-baseline", "no/b.json", exit_code=2).stderr


def test_nothing_to_check_overwrites_no_baseline() -> None:
    Path("known.json").write_text("old")
    run("--write-baseline", "known.json", exit_code=2)
    assert Path("known.json").read_text() == "old"


def test_an_accepted_open_question_does_not_fail() -> None:
    parameters = {"policies": {"type": "array"}}
    write(make_template(vault("kv", "[parameters('policies')]"), parameters=parameters))
    run("t.json", "--fail-on", "never", "--fail-on-undecided", exit_code=3)
    run("t.json", "--write-baseline", "b.json", "--fail-on-undecided", exit_code=0)
    result = run("t.json", "--baseline", "b.json", "--fail-on-undecided", exit_code=0)
    assert "1 undecided" in result.stdout
    other = make_template(vault("x", "[parameters('policies')]"), parameters=parameters)
    write(other, "u.json")
    run("--baseline", "b.json", "--fail-on", "never", "--fail-on-undecided", exit_code=3)
