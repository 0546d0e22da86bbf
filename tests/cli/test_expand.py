"""`armguard expand`: layered parameters, --set by declared type, JSON and exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from fake_bicep import FakeBicep, compiled, parameters
from support import make_template

from armguard.cli import main

TEMPLATE = make_template(
    parameters={
        "text": {"type": "string", "defaultValue": "default"},
        "count": {"type": "int", "defaultValue": 0},
        "flag": {"type": "bool", "defaultValue": False},
        "list": {"type": "Array", "defaultValue": []},
        "map": {"type": "object", "defaultValue": {}},
    },
    outputs={
        name: {"type": kind, "value": f"[parameters('{name}')]"}
        for name, kind in (
            ("text", "string"),
            ("count", "int"),
            ("flag", "bool"),
            ("list", "array"),
            ("map", "object"),
        )
    },
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("t.json").write_text(json.dumps(TEMPLATE))
    return tmp_path


def expand(
    capsys: pytest.CaptureFixture[str], *arguments: str, exit_code: int = 0
) -> dict[str, Any]:
    assert main(["expand", *arguments]) == exit_code, capsys.readouterr().err
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document.keys() == {"resources", "outputs", "problems"}
    return document


def outputs(document: dict[str, Any]) -> dict[str, Any]:
    return {
        name: output["value"] if isinstance(output, dict) and "value" in output else output
        for name, output in document["outputs"].items()
    }


def parameter_file(path: str, **values: Any) -> str:
    parameters = {name: {"value": value} for name, value in values.items()}
    Path(path).write_text(json.dumps({"contentVersion": "1.0.0.0", "parameters": parameters}))
    return path


def test_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    document = expand(capsys, "t.json")
    assert outputs(document)["text"] == "default"
    assert document["resources"] == []
    assert document["problems"] == []


@pytest.mark.parametrize(
    "arguments", [["--parameters", "a,b"], ["--parameters=a", "--parameters=b"]]
)
def test_later_layers_win_whatever_the_case(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    parameter_file("a", text="a", count=1)
    parameter_file("b", TEXT="b")
    values = outputs(expand(capsys, "t.json", *arguments))
    assert (values["text"], values["count"]) == ("b", 1)


def test_set_is_read_by_the_declared_type_and_wins(capsys: pytest.CaptureFixture[str]) -> None:
    parameter_file("a", text="a", count=1)
    assignments = ["text=3", "Count=3", "flag=True", "list=[1]", 'map={"a": "b=c"}']
    arguments = [part for assignment in assignments for part in ("--set", assignment)]
    assert outputs(expand(capsys, "t.json", "--parameters", "a", *arguments)) == {
        "text": "3",
        "count": 3,
        "flag": True,
        "list": [1],
        "map": {"a": "b=c"},
    }


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("count=x", "--set count=x: the value must be a whole number"),
        ("count=1.5", "--set count=1.5: the value must be a whole number"),
        ("count=true", "--set count=true: the value must be a whole number"),
        ("flag=1", "--set flag=1: the value must be true or false"),
        ("list={}", "--set list: the value must be a JSON array, as in '[1, 2]'"),
        ("map=[]", "--set map: the value must be a JSON object, as in '{\"a\": 1}'"),
        (
            "cuont=1",
            "--set cuont: no template declares a parameter 'cuont'; did you mean 'count'?",
        ),
    ],
)
def test_a_wrong_assignment_is_refused(
    assignment: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["expand", "t.json", "--set", assignment]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"error: {sentence}\n"


def test_a_file_that_is_no_parameter_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a").write_text("[]")
    assert main(["expand", "t.json", "--parameters", "a"]) == 2
    assert capsys.readouterr().err == (
        'error: \'a\' is no parameter file; it must hold {"parameters": {"NAME": {"value": ...}}}\n'
    )


def test_a_refused_template_is_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    document = expand(capsys, "t.json", "--parameters", parameter_file("a", count="x"), exit_code=1)
    assert "error" in [problem["severity"] for problem in document["problems"]]


@pytest.fixture(params=[True, False], ids=["one process for all", "a process for each"])
def bicep(request: pytest.FixtureRequest, tmp_path: Path) -> FakeBicep:
    template = compiled(
        parameters={"name": {"type": "string", "defaultValue": "kv"}},
        outputs={"name": {"type": "string", "value": "[parameters('name')]"}},
    )
    for name in ("main.bicep", "dev.bicepparam", "bad.bicep", "bad.bicepparam"):
        Path(name).write_text("param name string\nparam other string\n")
    answers = {
        "main.bicep": {"template": template},
        "dev.bicepparam": {"parameters": parameters(name="kv-dev"), "template": template},
        "bad.bicep": {"error": "no"},
        "bad.bicepparam": {"error": "no"},
    }
    return FakeBicep(tmp_path / "bin", answers, has_rpc=request.param)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "kv"),
        (["--parameters=dev.bicepparam"], "kv-dev"),
        (["--parameters=dev.bicepparam", "--set=name=kv-set"], "kv-set"),
        (["--parameters=t.parameters.json,dev.bicepparam"], "kv-dev"),
        (["--parameters=dev.bicepparam,t.parameters.json"], "kv-json"),
    ],
)
def test_bicep_is_compiled(
    capsys: pytest.CaptureFixture[str], bicep: FakeBicep, arguments: list[str], expected: str
) -> None:
    parameter_file("t.parameters.json", name="kv-json")
    document = expand(capsys, "main.bicep", f"--bicep={bicep.program}", *arguments)
    assert outputs(document) == {"name": expected}


def test_bicep_parameters_of_a_template(
    capsys: pytest.CaptureFixture[str], bicep: FakeBicep
) -> None:
    Path("t.json").write_text(json.dumps(bicep.answers["main.bicep"]["template"]))
    options = (f"--bicep={bicep.program}", "--parameters=dev.bicepparam")
    assert outputs(expand(capsys, "t.json", *options)) == {"name": "kv-dev"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bad.bicep"], "'bad.bicep' can't be compiled: BCP999: no"),
        (
            ["main.bicep", "--parameters=bad.bicepparam"],
            "parameter file 'bad.bicepparam': BCP999: no",
        ),
    ],
)
def test_bicep_that_can_not_be_compiled_is_a_problem(
    capsys: pytest.CaptureFixture[str], bicep: FakeBicep, arguments: list[str], message: str
) -> None:
    document = expand(capsys, *arguments, f"--bicep={bicep.program}", exit_code=1)
    problem = {"severity": "error", "message": message, "location": None}
    assert document == {"resources": [], "outputs": {}, "problems": [problem]}


def test_a_bicep_cli_that_takes_too_long_is_a_problem(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Path("main.bicep").write_text("")
    bicep = FakeBicep(tmp_path / "bin", {"main.bicep": {"hangs": True}})
    options = (f"--bicep={bicep.program}", "--bicep-timeout=0.5")
    (problem,) = expand(capsys, "main.bicep", *options, exit_code=1)["problems"]
    assert "the Bicep CLI did not answer within 0.5 seconds" in problem["message"]


def test_bicep_without_a_cli_is_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    Path("main.bicep").write_text("")
    (problem,) = expand(capsys, "main.bicep", exit_code=1)["problems"]
    assert "'az bicep install' gets one" in problem["message"]


def test_bicep_parameters_are_no_template(capsys: pytest.CaptureFixture[str]) -> None:
    Path("dev.bicepparam").write_text("using 'main.bicep'")
    assert main(["expand", "dev.bicepparam"]) == 2
    assert "write it as --parameters dev.bicepparam" in capsys.readouterr().err


def test_text_that_is_not_json_is_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    Path("t.json").write_text("{")
    (problem,) = expand(capsys, "t.json", exit_code=1)["problems"]
    assert problem["severity"] == "error"
