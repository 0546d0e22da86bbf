"""GitHub workflow commands, parsed as the runner parses them."""

import pytest

from armguard.cli.origin import read_origin
from armguard.finding import Certainty, Detail, Finding, Location, Position, Severity
from armguard.finding.report import Crash, Origin, Report
from armguard.record import replace
from armguard.reporters.github import render


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


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """(command, properties, message) of each line that the runner takes for a command."""
    result = []
    for line in text.splitlines():
        if not line.lstrip().startswith("::"):
            continue
        head, _, message = line.lstrip()[2:].partition("::")
        command, _, written = head.partition(" ")
        properties = dict(each.split("=", 1) for each in written.split(","))
        for code, character in (
            ("%2C", ","),
            ("%3A", ":"),
            ("%0A", "\n"),
            ("%0D", "\r"),
            ("%25", "%"),
        ):
            properties = {name: v.replace(code, character) for name, v in properties.items()}
            message = message.replace(code, character)
        result.append((command, properties, message))
    return result


def one(report: Report, folder: str = "") -> tuple[str, dict[str, str], str]:
    (command,) = commands(render(replace(report, origin=Origin(workspace_folder=folder))))
    return command


def test_a_command() -> None:
    details = (Detail("because", ("50%0A of ", Location("u.json", "", Position(1, 2)))),)
    assert one(Report(findings=(finding(details=details),))) == (
        "error",
        {
            "file": "t.json",
            "line": "3",
            "endLine": "3",
            "col": "5",
            "endColumn": "9",
            "title": "emptied",
        },
        "m (certain)\nbecause: 50%0A of u.json:1:2",
    )


@pytest.mark.parametrize(
    ("severity", "command"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTE, "notice")],
)
def test_severities(severity: Severity, command: str) -> None:
    assert one(Report(findings=(finding(severity=severity),)))[0] == command


def test_columns_only_for_a_span_in_one_line() -> None:
    place = Location("t.json", "", Position(3, 5), Position(4, 2))
    properties = one(Report(findings=(finding(location=place),)))[1]
    assert properties == {"file": "t.json", "line": "3", "endLine": "4", "title": "emptied"}


def test_a_finding_without_a_position() -> None:
    properties = one(Report(findings=(finding(location=Location("t.json", "")),)))[1]
    assert properties == {"file": "t.json", "title": "emptied"}


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("t.json", "infra", "infra/t.json"),
        ("../t.json", "infra/dev", "infra/t.json"),
        ("a,b:c%2C.json", "", "a,b:c%2C.json"),
        ("a\nline=1,x.json", "", r"a\u000aline=1,x.json"),
    ],
)
def test_paths(path: str, folder: str, expected: str) -> None:
    text = render(Report(findings=(finding(path=path),), origin=Origin(workspace_folder=folder)))
    written = text[len("::error file=") :].partition(",line=")[0]
    assert not set(written) & set(",:\r\n")
    decoded = written.replace("%2C", ",").replace("%3A", ":").replace("%25", "%")
    assert decoded == expected


def test_paths_count_from_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getcwd", lambda: "/work/repository/infra")

    def file_of(origin: Origin) -> str:
        (command,) = commands(render(Report(findings=(finding(),), origin=origin)))
        return command[1]["file"]

    for workspace, expected in (("/work/repository", "infra/t.json"), ("/else", "t.json")):
        assert file_of(read_origin({"GITHUB_WORKSPACE": workspace}, ("github",))) == expected
    assert file_of(read_origin({}, ("github",))) == "t.json"


def test_the_worst_come_first_and_the_rest_is_text() -> None:
    findings = [finding(f"w{n}", severity=Severity.WARNING) for n in range(12)]
    findings += [finding(f"e{n}") for n in range(13)]
    text = render(Report(findings=tuple(findings)))
    shown = commands(text)
    assert [command for command, _, _ in shown] == ["error"] * 10 + ["warning"] * 10
    lines = text.splitlines()
    assert lines[20] == "and 3 more errors, 2 more warnings, not shown as annotations:"
    assert lines[21].startswith("t.json:3:5: error[emptied]: e10")
    assert sum("[emptied]: " in line for line in lines) == 5
    assert lines[-1].startswith("checked ")


def test_a_crash_is_the_first_error() -> None:
    first, _ = commands(
        render(Report(findings=(finding(),), crashes=(Crash("c.json", "TypeError"),)))
    )
    assert first[:2] == ("error", {"file": "c.json", "title": "internal-error"})
    assert "bug in armguard" in first[2]


def test_known_findings_are_not_annotated() -> None:
    assert commands(render(Report(findings=(finding(baselined=True),)))) == []
