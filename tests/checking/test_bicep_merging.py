"""One cause, one finding: a place in a Bicep file is one, whatever modules lead to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support import (
    make_bicep_cli,
    make_deployment,
    make_template,
    make_vault,
    run_armguard,
    write_bicep,
    write_file,
)

from armguard.checking.merging import merged
from armguard.finding import (
    Certainty,
    Detail,
    Finding,
    Location,
    Position,
    Related,
    ResourceName,
    Severity,
)

GENERATED = {"_generator": {"name": "bicep", "version": "0.49.2", "templateHash": "1"}}
VAULT = """\
param name string
param policies array = []
resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  properties: { accessPolicies: policies }
}
"""
MODULE = make_template(
    make_vault("[parameters('name')]", policies="[parameters('policies')]"),
    metadata=GENERATED,
    parameters={"name": {"type": "string"}, "policies": {"type": "array", "defaultValue": []}},
)


@pytest.fixture
def checked(tmp_path: Path) -> Any:
    """What is found of the list in the module, by roots and by the values for each of their
    modules."""
    cli = make_bicep_cli(tmp_path)
    write_file(tmp_path / "vault.bicep", VAULT)

    def check(roots: dict[str, dict[str, dict[str, Any]]], format_: str = "json") -> Any:
        for root, modules in roots.items():
            head = "param given array = []\n"
            source = "".join(f"module {name} 'vault.bicep' = {{}}\n" for name in modules)
            template = make_template(
                *(make_deployment(name, MODULE, parameters=p) for name, p in modules.items()),
                metadata=GENERATED,
                parameters={"given": {"type": "array", "defaultValue": []}},
            )
            write_bicep(tmp_path / root, head + source, template)
        arguments = (*roots, f"--bicep={cli}", f"--format={format_}", "--ignore=undecided-vault")
        ran = run_armguard("check", *arguments, folder=tmp_path)
        assert not ran.stderr
        if format_ == "sarif":
            return ran.document["runs"][0]["results"]
        return ran.document["findings"] if format_ == "json" else ran.stdout.splitlines()

    return check


def labelled(lines: list[str], label: str) -> list[str]:
    head = f"  {label}: "
    return [each.removeprefix(head) for each in lines if each.startswith(head)]


def test_modules_with_other_origins(checked: Any) -> None:
    modules = {
        "first": {"name": "kv1", "policies": "[parameters('given')]"},
        "second": {"name": "kv2", "policies": []},
        "third": {"name": "kv3", "policies": []},
    }
    lines = checked({"main.bicep": modules}, "text")
    (headline,) = (each for each in lines if each.startswith("vault.bicep:"))
    # that of the surest
    assert headline.startswith("vault.bicep:5:17: error[access-policies-emptied]: vault 'kv2' is")
    assert headline.endswith("(certain)")
    assert labelled(lines, "module") == [
        "'second' (main.bicep:3:1)",
        "'first' (main.bicep:2:1)",
        "'third' (main.bicep:4:1)",
    ]
    given = "accessPolicies is [parameters('policies')] and parameter 'policies' of module"
    assert labelled(lines, "because") == [
        f"{given} 'second' is given [] (main.bicep:3:1)",
        f"{given} 'first' is given [parameters('given')] (main.bicep:2:1) and parameter 'given'"
        " defaults to [] (main.bicep:1:1)",
        f"{given} 'third' is given [] (main.bicep:4:1)",
    ]
    assert labelled(lines, "also") == ["kv1, kv3"]
    assert lines[-1].startswith("checked 1 template (1 deployment, 3 vaults): 1 error,")


def test_the_same_origin_is_told_once(checked: Any) -> None:
    modules = {name: {"name": f"kv-{name}"} for name in "abcdefghijklm"}
    lines = checked({"main.bicep": modules}, "text")
    told = labelled(lines, "module")
    assert len(told) == 11
    assert (told[0], told[-1]) == ("'a' (main.bicep:2:1)", "and 3 more")
    assert len(labelled(lines, "because")) == 11
    assert not labelled(checked({"main.bicep": modules}, "pretty"), "see")


def test_two_roots_with_one_module(checked: Any, tmp_path: Path) -> None:
    for name in "ab":
        given = {"parameters": {"given": {"value": []}}}
        write_bicep(tmp_path / f"{name}.bicepparam", f"using '{name}.bicep'\n", given)
    (finding,) = checked(
        {
            "a.bicep": {"one": {"name": "kv1", "policies": []}},
            "b.bicep": {"two": {"name": "kv2", "policies": []}},
        }
    )
    assert (finding["path"], finding["start"]) == ("vault.bicep", {"line": 5, "column": 17})
    assert finding["parameters"] == ["a.bicepparam", "b.bicepparam"]
    modules = [
        (each["path"], each["message"])
        for each in finding["related"]
        if each["message"].startswith("module ")
    ]
    assert modules == [("a.bicep", "module 'one'"), ("b.bicep", "module 'two'")]


def test_a_place_is_told_once(checked: Any) -> None:
    """Two pointers lead to the parameter of the module; only one of them is among what is related,
    and no line or location is added for the other one."""
    modules = {"one": {"name": "kv1"}, "two": {"name": "kv2"}}
    (finding,) = checked({"main.bicep": modules})
    places = [(each["path"], each["start"]["line"]) for each in finding["related"]]
    assert places == [("vault.bicep", 2), ("main.bicep", 2), ("vault.bicep", 2), ("main.bicep", 3)]
    lines = checked({"main.bicep": modules}, "pretty")
    assert not [each for each in lines if each.strip().startswith("see:")]
    (result,) = checked({"main.bicep": modules}, "sarif")
    links = re.findall(r"\]\((\d+)\)", result["message"]["text"])
    assert {*map(int, links)} == {each["id"] for each in result["relatedLocations"]}


def found(pointer: str, **more: Any) -> Finding:
    place = Location("m.bicep", pointer, Position(1, 1), Position(2, 1), "main.bicep")
    values = {"severity": Severity.ERROR, "certainty": Certainty.CERTAIN, **more}
    return Finding("rule", message=f"m {pointer}", location=place, **values)


def test_what_is_only_near_stays_apart() -> None:
    """Two entries of a list of which the text shows only the whole."""
    inside = "/resources/kv/properties/accessPolicies"
    pointers = [
        f"/resources/{name}/properties/template{inside}/{index}"
        for name in ("one", "two")
        for index in (0, 1)
    ]
    assert [each.message for each in merged(map(found, pointers))] == [
        f"m {pointers[0]}",
        f"m {pointers[1]}",
    ]


def test_subjects_stay_apart() -> None:
    assert len(merged([found("/a", subject="x"), found("/a", subject="y")])) == 2


def test_the_worst_is_told_with_all_that_breaks() -> None:
    place = Location("main.bicep", "/x")
    module = Detail("module", ("'x' (", place, ")"))
    doubtful = found(
        "/a",
        severity=Severity.WARNING,
        certainty=Certainty.POSSIBLE,
        resource=ResourceName("t", "kv1"),
        related=(Related("module 'x'", place),),
        details=(module, Detail("breaks", ("ml1",)), Detail("fix", ("one",))),
    )
    sure = found("/a", resource=ResourceName("t", "kv2"), details=(Detail("fix", ("two",)),))
    (one,) = merged([doubtful, sure])
    assert (one.severity, one.certainty) == (Severity.ERROR, Certainty.CERTAIN)
    assert one.details == (
        Detail("also", ("kv1",)),
        module,
        Detail("breaks", ("ml1",)),
        Detail("fix", ("two",)),
    )
    assert one.related == doubtful.related


def test_places_of_json_stay_apart() -> None:
    places = [
        Location("m.json", pointer, Position(1, 1), Position(2, 1)) for pointer in ("/a", "/b")
    ]
    findings = [Finding("rule", Severity.ERROR, Certainty.CERTAIN, "m", place) for place in places]
    assert merged(findings) == findings
