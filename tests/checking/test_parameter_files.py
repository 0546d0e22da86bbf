"""Parameter files are found by their names, else by what they set; what is not used is counted."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import pytest
from support import SCHEMA, Ran, make_policy, make_template, make_vault, run_armguard, write_file

PARAMETERS_SCHEMA = SCHEMA.replace("deploymentTemplate", "deploymentParameters")
FITS_NONE = "a parameter file that belongs to no template of its folder"


def template(*names: str, schema: bool = True) -> dict[str, Any]:
    """One with a vault whose list is the first parameter; all of them are required."""
    vault = make_vault(policies=f"[parameters('{names[0]}')]")
    declared = {name: {"type": "array"} for name in names}
    written = make_template(vault, parameters=declared)
    if not schema:
        del written["$schema"]
    return written


def values(*names: str, schema: bool = True) -> dict[str, Any]:
    said = {"$schema": PARAMETERS_SCHEMA, "contentVersion": "1.0.0.0"} if schema else {}
    return {**said, "parameters": {name: {"value": [make_policy()]} for name in names}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(files: dict[str, Any]) -> None:
    for path, content in files.items():
        write_file(path, content)


def checked(*arguments: str, exit_code: int | None = None) -> Ran:
    return run_armguard("check", "--format=json", *arguments, exit_code=exit_code)


def pairs(ran: Ran) -> list[tuple[str, tuple[str, ...]]]:
    every = ran.document["deployments"]
    return [(each["template"], tuple(each["parameters"])) for each in every]


def skipped(ran: Ran) -> dict[str, str]:
    return {each["path"]: each["reason"] for each in ran.document["skipped"]}


@pytest.mark.parametrize(
    "file",
    [
        "infra/params.dev.json",
        "infra/main.test.param.json",
        "infra/dev.jsonc",
        "infra/parameters/main.dev.json",
        "infra/env/main.parameters.json",
        "infra/.env/x.json",
    ],
)
@pytest.mark.parametrize("schema", [True, False])
@pytest.mark.parametrize("path", [".", "infra", "infra/main.json"])
def test_the_only_template_that_declares_its_names(file: str, schema: bool, path: str) -> None:
    """Beside a template that is named only where the file is called parameters."""
    write(
        {
            "infra/main.json": template("policies", "tags"),
            "infra/other.json": template("other"),
            file: values("POLICIES", schema=schema),
        }
    )
    ran = checked(path)
    is_found = path != "infra/main.json" or "param" in file
    assert ("infra/main.json", (file,) if is_found else ()) in pairs(ran)
    assert ("infra/main.json", () if is_found else (file,)) not in pairs(ran)
    assert skipped(ran) == {}
    said = run_armguard("check", path).stdout
    assert (f"infra/main.json is checked with {file}\n" in said) is is_found


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"x.template.json": template("a"), "x.parameters.json": values("a")}, "x.template.json"),
        ({"template.json": template("a"), "parameters.json": values("a")}, "template.json"),
        (
            {
                "x.json": {"data": 1},
                "x.template.json": template("a"),
                "x.parameters.json": values("a"),
            },
            "x.template.json",
        ),
        (
            {
                "x.json": template("a"),
                "x.template.json": template("a"),
                "x.parameters.json": values("a"),
            },
            "x.json",
        ),
        (
            {"x.json": {"data": 1}, "y.json": template("a"), "x.parameters.json": values("a")},
            "y.json",
        ),
    ],
)
def test_names_that_belong_together(files: dict[str, Any], expected: str) -> None:
    write(files)
    (parameters,) = (path for path in files if path.endswith("parameters.json"))
    assert (expected, (parameters,)) in pairs(checked())
    assert pairs(checked(expected)) == [(expected, (parameters,))]
    assert pairs(checked(parameters)) == [(expected, (parameters,))]


def test_what_has_a_name_of_its_own_is_not_paired_again() -> None:
    write(
        {
            "a.json": template("x"),
            "b.json": template("x", "y"),
            "b.parameters.json": values("x"),
            "y.json": values("x", "y"),
        }
    )
    assert pairs(checked()) == [
        ("a.json", ()),
        ("b.json", ("b.parameters.json",)),
        ("b.json", ("y.json",)),
    ]


def test_what_fits_several_templates_is_a_candidate_only() -> None:
    write({"a.json": template("x"), "b.json": template("x", "y"), "dev.json": values("x")})
    ran = checked()
    assert pairs(ran) == [("a.json", ()), ("b.json", ())]
    assert skipped(ran) == {
        "dev.json": "a parameter file that fits several templates: a.json, b.json"
    }
    decide = (
        "  decide: name the parameter file with --parameters FILE, or the value with --set x=VALUE;"
        " what may belong to it: dev.json\n"
    )
    assert run_armguard("check").stdout.count(decide) == 2
    # the others of the folder count, whoever is named
    assert decide in run_armguard("check", "b.json").stdout
    assert pairs(checked("b.json")) == [("b.json", ())]
    assert "a.json, b.json" in run_armguard("check", "dev.json", exit_code=2).stderr


def test_what_a_default_decides_names_the_candidates_that_are_not_used() -> None:
    decided = template("x")
    decided["parameters"]["x"]["defaultValue"] = [make_policy()]
    write({"a.json": decided, "b.json": decided, "dev.json": values("x")})
    shown = run_armguard("check", "a.json").stdout
    assert "; not used is what may set it: dev.json" in shown
    assert "what may belong to it" not in shown


def test_a_parameter_file_that_is_named_beside_its_template_is_used() -> None:
    write({"main.json": template("x"), "dev.json": values("x")})
    for paths in (("main.json", "dev.json"), ("dev.json", "main.json"), ("dev.json",)):
        assert pairs(checked(*paths)) == [("main.json", ("dev.json",))]


@pytest.mark.parametrize(
    "content",
    [
        values("x", "surplus"),
        values("other"),
        values(),
        {"parameters": {"x": {"value": 1}}, "definition": {}},
        {"parameters": {"x": {"type": "array", "defaultValue": []}}},
        {"parameters": {"x": 5}},
        {"parameters": [{"value": 1}]},
        {"policyParameters": {"x": {"value": 1}}},
    ],
)
def test_what_fits_nothing_is_counted(content: Any) -> None:
    write({"main.json": template("x"), "some.json": content})
    ran = checked()
    assert pairs(ran) == [("main.json", ())]
    is_parameters = "$schema" in content
    assert skipped(ran) == {
        "some.json": FITS_NONE if is_parameters else "not a deployment template"
    }


def test_a_file_without_any_template_is_counted() -> None:
    write({"main.json": template("x"), "deep/er/some.parameters.json": values("x")})
    assert skipped(checked()) == {"deep/er/some.parameters.json": FITS_NONE}


def test_a_folder_with_templates_of_its_own_keeps_its_files() -> None:
    write(
        {
            "main.json": template("x"),
            "sub/sub.json": template("y"),
            "sub/dev.json": values("x"),
            "sub/params/dev.json": values("y"),
        }
    )
    ran = checked()
    assert pairs(ran) == [("main.json", ()), ("sub/sub.json", ("sub/params/dev.json",))]
    assert skipped(ran) == {"sub/dev.json": FITS_NONE}


def test_a_file_of_a_bicep_file_is_not_for_its_neighbour() -> None:
    write(
        {
            "data.json": template("x"),
            "main.bicep": "param x array\nparam y string\n",
            "main.parameters.json": values("x"),
            "dev.json": values("x"),
        }
    )
    ran = checked()
    assert pairs(ran) == [("data.json", ())]
    assert skipped(ran) == {
        "main.parameters.json": "a parameter file of main.bicep, which is not checked with it",
        "dev.json": "a parameter file that fits several templates: data.json, main.bicep",
    }


def test_an_excluded_file_is_not_found_by_what_it_sets() -> None:
    write({"main.json": template("x"), "old/dev.json": values("x")})
    write({"armguard.toml": 'exclude = ["old/"]'})
    assert pairs(checked()) == [("main.json", ())]


@pytest.mark.parametrize("options", [("--no-discover-parameters",), ("--parameters", "y.json")])
def test_nothing_is_found_where_nobody_looks(options: tuple[str, ...]) -> None:
    write({"main.json": template("x"), "x.json": values("x"), "elsewhere/z.json": template("q")})
    write({"y.json": values("x")})
    ran = checked("main.json", *options)
    assert [files for _, files in pairs(ran)] == [options[1:]]


def test_a_file_that_is_named_checks_its_template() -> None:
    write({"infra/main.json": template("x"), "infra/params/dev.json": values("x")})
    assert pairs(checked("infra/params/dev.json")) == [
        ("infra/main.json", ("infra/params/dev.json",))
    ]
    hook = ("--force-exclude", "--", "infra/params/dev.json")
    assert pairs(checked(*hook)) == [("infra/main.json", ("infra/params/dev.json",))]


def test_a_template_that_only_resources_tell_has_files_too() -> None:
    write({"main.json": template("x", schema=False), "dev.params.json": values("x")})
    assert pairs(checked("main.json")) == [("main.json", ("dev.params.json",))]
    assert pairs(checked("main.json", "dev.params.json")) == [("main.json", ("dev.params.json",))]


def test_what_fits_a_template_that_is_named_is_a_candidate() -> None:
    write({"main.json": template("x"), "given.json": values("x")})
    assert "what may belong to it: given.json" in run_armguard("check", "main.json").stdout
    assert pairs(checked("main.json")) == [("main.json", ())]
    assert pairs(checked()) == [("main.json", ("given.json",))]


def test_links_do_not_count_twice() -> None:
    write({"main.json": template("x"), "dev.json": values("x")})
    Path("alias.json").symlink_to("dev.json")
    assert [template for template, _ in pairs(checked("main.json"))] == ["main.json"]
    assert checked().document["summary"]["skipped"] == 0


def test_a_link_that_leads_nowhere_is_told_of() -> None:
    write({"main.json": template("x")})
    Path("main.parameters.json").symlink_to("nowhere")
    for path in (".", "main.json"):
        ran = checked(path)
        (finding,) = (each for each in ran.document["findings"] if each["severity"] != "note")
        assert (finding["rule"], finding["severity"]) == ("unreadable-template", "warning")
        assert finding["path"] == "main.parameters.json"
        assert pairs(ran) == [("main.json", ())]


@pytest.mark.parametrize("path", [".", "x.json", "params"])
def test_each_file_is_read_once(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        {
            "x.json": template("x"),
            "x.parameters.json": values("x"),
            "y.json": values("x"),
            "z.json": {"data": 1},
            "params/x.parameters.json": values("x"),
            "params/p.json": template("p"),
        }
    )
    opened: list[str] = []
    original = builtins.open

    def counted(file: Any, *arguments: Any, **more: Any) -> Any:
        if str(file).endswith(".json"):
            opened.append(str(file))
        return original(file, *arguments, **more)

    monkeypatch.setattr(builtins, "open", counted)
    checked(path)
    assert sorted(opened) == sorted(set(opened))


@pytest.mark.parametrize("first", [[], [make_policy()]])
def test_a_name_in_two_spellings_is_never_certain(first: list[Any]) -> None:
    write(
        {
            "main.json": template("x"),
            "main.parameters.json": {
                "parameters": {"x": {"value": first}, "X": {"value": [make_policy()]}}
            },
        }
    )
    vault = checked().vault("kv")
    assert (vault["verdict"], vault["certainty"]) == ("undecided", None)
    assert "it is written twice, as 'x' and 'X', and which one counts" in vault["reason"]
    given = run_armguard("check", "--format=json", "main.json", "--set", "x=[]")
    assert given.vault("kv")["verdict"] == "emptied"


def test_the_folder_above_is_read_in_the_same_repository_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"main.json": template("x"), "params/dev.json": values("x")})
    monkeypatch.chdir("params")
    assert skipped(checked()) == {"dev.json": FITS_NONE}
    assert skipped(checked("dev.json")) == {"dev.json": FITS_NONE}
    (tmp_path / ".git").mkdir()
    assert skipped(checked()) == {
        "dev.json": "a parameter file of ../main.json, which is not checked with it"
    }
    # the folder above finds it as it is called from there
    assert pairs(checked("dev.json")) == [("../main.json", ("dev.json",))]


def test_a_folder_of_parameter_files_alone_has_no_template() -> None:
    write({"infra/main.json": template("x"), "infra/params/dev.json": values("x")})
    said = run_armguard("check", "infra/params", exit_code=2).stderr
    assert "a parameter file of infra/main.json, which is not checked with it" in said


def test_an_environment_without_files_finds_them_too() -> None:
    write({"infra/main.json": template("x"), "infra/params/dev.json": values("x")})
    write({"armguard.toml": '[[environment]]\nname = "e"\ntemplates = ["infra/main.json"]'})
    assert pairs(checked()) == [("infra/main.json", ("infra/params/dev.json",))]
    text = run_armguard("check", "--environment", "e").stdout
    assert "infra/main.json is checked in environment 'e' with infra/params/dev.json" in text


def test_the_factory_and_its_parameters() -> None:
    write(
        {
            "ARMTemplateForFactory.json": template("factoryName", "other"),
            "ARMTemplateParametersForFactory.json": values("factoryName", "other"),
            "linkedTemplates/ArmTemplate_0.json": template("factoryName"),
            "linkedTemplates/ArmTemplate_master.json": template("factoryName", "other", "uri"),
            "linkedTemplates/ArmTemplateParameters_master.json": values(
                "factoryName", "other", "uri"
            ),
        }
    )
    assert pairs(checked()) == [
        ("ARMTemplateForFactory.json", ("ARMTemplateParametersForFactory.json",)),
        ("linkedTemplates/ArmTemplate_0.json", ()),
        (
            "linkedTemplates/ArmTemplate_master.json",
            ("linkedTemplates/ArmTemplateParameters_master.json",),
        ),
    ]


def test_a_broken_file_that_says_what_it_is_is_told_of() -> None:
    write({"main.json": template("x"), "params/dev.json": json.dumps(values("x"))[:-2]})
    for arguments in ((), ("params/dev.json",)):
        ran = checked(*arguments, exit_code=1)
        (finding,) = (each for each in ran.document["findings"] if each["severity"] == "error")
        assert (finding["rule"], finding["path"]) == ("unreadable-template", "params/dev.json")
        assert finding["message"].startswith("the file can't be read as a parameter file: ")
        assert finding["start"]["line"] == 1
    checked("--no-discover-parameters", exit_code=0)


def test_an_environment_takes_what_is_beside_its_templates() -> None:
    write({"infra/main.json": template("x"), "infra/dev.json": values("x")})
    Path("armguard.toml").write_text(
        '[[environment]]\nname = "dev"\ntemplates = ["infra/main.json"]\n'
    )
    for paths in ((), ("infra",), ("infra/main.json",)):
        assert pairs(checked(*paths)) == [("infra/main.json", ("infra/dev.json",))]
