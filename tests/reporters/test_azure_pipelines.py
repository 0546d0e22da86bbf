"""Azure Pipelines logging commands, parsed as the agent parses them."""

import pytest

from armguard.cli.origin import read_origin
from armguard.finding import Certainty, Detail, Finding, Location, Position, Severity
from armguard.finding.report import Crash, Origin, Report
from armguard.reporters.azure_pipelines import render

HERE = Origin(working_directory="/s")


def finding(message: str = "m", path: str = "t.json", **changes: object) -> Finding:
    members = {
        "rule": "emptied",
        "severity": Severity.ERROR,
        "certainty": Certainty.CERTAIN,
        "message": message,
        "location": Location(path, "", Position(3, 5), Position(3, 9)),
        **changes,
    }
    return Finding(**members)  # type: ignore[arg-type]


def commands(text: str) -> list[tuple[dict[str, str], str]]:
    """(properties, message) of each command; the agent finds them anywhere in a line."""
    result = []
    for line in text.splitlines():
        start = line.lower().find("##vso[")
        if start < 0:
            continue
        head, _, message = line[start + len("##vso[") :].partition("]")
        command, _, written = head.partition(" ")
        assert command == "task.logissue"
        properties = dict(each.split("=", 1) for each in written.split(";") if each)
        properties = {name: decoded(value) for name, value in properties.items()}
        result.append((properties, decoded(message)))
    return result


def decoded(text: str) -> str:
    for code, character in (("%3B", ";"), ("%5D", "]"), ("%0A", "\n"), ("%0D", "\r")):
        text = text.replace(code, character)
    return text.replace("%AZP25", "%")


def test_a_command() -> None:
    details = (Detail("because", ("[x]; 50%0A of ", Location("u.json", "", Position(1, 2)))),)
    (command,) = commands(render(Report(findings=(finding(details=details),), origin=HERE)))
    assert command == (
        {
            "type": "error",
            "sourcepath": "/s/t.json",
            "linenumber": "3",
            "columnnumber": "5",
            "code": "emptied",
        },
        "m (certain)\nbecause: [x]; 50%0A of u.json:1:2",
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("infra/t.json", "/s/infra/t.json"),
        ("../t.json", "/t.json"),
        ("/abs/t.json", "/abs/t.json"),
        ("a];type=warning;b%.json", "/s/a];type=warning;b%.json"),
    ],
)
def test_paths_are_absolute(path: str, expected: str) -> None:
    ((properties, _),) = commands(render(Report(findings=(finding(path=path),), origin=HERE)))
    assert properties["sourcepath"] == expected
    assert properties["type"] == "error"


def test_notes_are_text() -> None:
    text = render(Report(findings=(finding(severity=Severity.NOTE),), origin=HERE))
    assert text.startswith("t.json:3:5: note[emptied]: m (certain)\n")
    assert commands(text) == []


def test_the_worst_come_first_and_the_rest_is_text() -> None:
    findings = [finding(severity=Severity.NOTE)]
    findings += [finding(severity=Severity.WARNING) for _ in range(2)]
    findings += [finding() for _ in range(11)]
    text = render(Report(findings=tuple(findings), origin=HERE))
    assert [each["type"] for each, _ in commands(text)] == ["error"] * 10 + ["warning"] * 2
    assert "\nand 1 more error, not shown as annotations:\nt.json:3:5: error[" in text
    assert text.splitlines()[-1].startswith("checked ")


def test_the_working_directory_is_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getcwd", lambda: "/agent/s")
    origin = read_origin({}, ("azure-pipelines",))
    ((properties, _),) = commands(render(Report(findings=(finding(),), origin=origin)))
    assert properties["sourcepath"] == "/agent/s/t.json"


def test_a_crash_is_the_first_error() -> None:
    ((properties, message),) = commands(
        render(Report(crashes=(Crash("c.json", "TypeError"),), origin=HERE))
    )
    assert properties == {"type": "error", "sourcepath": "/s/c.json", "code": "internal-error"}
    assert "bug in armguard" in message
