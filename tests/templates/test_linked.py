"""Templates linked by relativePath: read from disk, inside of the project, never in a circle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import make_deployment, write_file

from armguard.analysis import Request, check_paths
from armguard.finding.report import Report

Ask = Callable[..., Any]


def link(path: str, name: str = "linked", **parameters: Any) -> dict[str, Any]:
    return make_deployment(name, link={"relativePath": path}, parameters=parameters)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    return project


def check(path: str) -> Report:
    return check_paths(Request(paths=(path,)), lambda: b"")


def with_list(template: Ask, vault: Ask, **declaration: Any) -> Any:
    parameters = {"list": {"type": "array", **declaration}}
    return template([vault(accessPolicies="[parameters('list')]")], parameters=parameters)


@pytest.mark.parametrize(
    "path", ["modules/vault.json", "./modules/vault.json", "modules\\vault.json"]
)
def test_a_linked_template_is_read(path: str, folder: Path, template: Ask, vault: Ask) -> None:
    write_file(folder / "modules" / "vault.json", with_list(template, vault))
    parameters = {"policies": {"type": "array", "defaultValue": []}}
    resources = [link(path, list="[parameters('policies')]")]
    write_file(folder / "main.json", template(resources, parameters=parameters))
    report = check("main.json")
    assert [(f.rule, f.certainty) for f in report.findings] == [
        ("access-policies-emptied", "default")
    ]
    finding = report.findings[0]
    assert finding.location.path == "modules/vault.json"
    assert finding.location.pointer == "/resources/0/properties/accessPolicies"
    assert finding.location.start is not None
    assert {related.location.path for related in finding.related} == {"main.json"}


def test_paths_are_relative_to_the_linking_file(folder: Path, template: Ask, vault: Ask) -> None:
    write_file(folder / "c" / "vault.json", template([vault(accessPolicies=[])]))
    write_file(folder / "a" / "b" / "middle.json", template([link("../../c/vault.json")]))
    write_file(folder / "a" / "main.json", template([link("b/middle.json")]))
    report = check("a/main.json")
    assert [finding.location.path for finding in report.findings] == ["c/vault.json"]


@pytest.mark.parametrize(
    "path", ["../outside.json", "/etc/hostname", "a/../../outside.json", "..\\outside.json"]
)
def test_the_project_is_not_left(path: str, folder: Path, template: Ask, vault: Ask) -> None:
    write_file(folder.parent / "outside.json", template([vault(accessPolicies=[])]))
    write_file(folder / "main.json", template([link(path)]))
    report = check("main.json")
    assert [finding.rule for finding in report.findings] == ["undecided-vault"]
    assert "outside of this project" in report.findings[0].message


@pytest.mark.parametrize("path", ["\ud800.json", "a/\udfff\ud83d/b.json", "a\0.json"])
def test_no_file_has_such_a_name(path: str, folder: Path, template: Ask) -> None:
    write_file(folder / "main.json", template([link(path)]))
    report = check("main.json")
    assert report.crashes == ()
    assert "a character that no path of a file can hold" in report.findings[0].message


@pytest.mark.parametrize("path", ["\udc80.json", "a" * 300 + ".json", "a/" * 3000, "\u0085.json"])
def test_a_file_of_an_odd_name_is_not_found(path: str, folder: Path, template: Ask) -> None:
    write_file(folder / "main.json", template([link(path)]))
    report = check("main.json")
    assert report.crashes == ()
    assert "can't be read" in report.findings[0].message


def test_a_symbolic_link_does_not_lead_outside(folder: Path, template: Ask, vault: Ask) -> None:
    write_file(folder.parent / "outside.json", template([vault(accessPolicies=[])]))
    (folder / "inside.json").symlink_to(folder.parent / "outside.json")
    write_file(folder / "main.json", template([link("inside.json")]))
    assert "outside of this project" in check("main.json").findings[0].message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "can't be read"),
        ("{", "can't be read"),
        ("[]", "is not a JSON object"),
    ],
)
def test_what_can_not_be_read_is_said(
    text: str | None, message: str, folder: Path, template: Ask
) -> None:
    if text is not None:
        (folder / "part.json").write_text(text, "utf-8")
    write_file(folder / "main.json", template([link("part.json")]))
    report = check("main.json")
    assert [finding.rule for finding in report.findings] == ["undecided-vault"]
    assert message in report.findings[0].message
    assert report.crashes == ()


def test_a_circle_ends(folder: Path, template: Ask, vault: Ask) -> None:
    write_file(folder / "main.json", template([vault(accessPolicies=[]), link("other.json")]))
    write_file(folder / "other.json", template([link("main.json")]))
    report = check("main.json")
    assert report.crashes == ()
    assert "access-policies-emptied" in {finding.rule for finding in report.findings}
    assert {finding.rule for finding in report.findings} & {"undecided-vault", "invalid-expression"}


def test_a_template_that_links_itself_ends(folder: Path, template: Ask, vault: Ask) -> None:
    links = [link("main.json", "one"), link("main.json", "two")]
    write_file(folder / "main.json", template([vault(accessPolicies=[]), *links]))
    report = check("main.json")
    assert report.crashes == ()
    assert "access-policies-emptied" in {finding.rule for finding in report.findings}
