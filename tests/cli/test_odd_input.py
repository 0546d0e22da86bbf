"""What nobody should write stops neither the run nor the check of the other files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import make_deployment

from armguard.cli import main

Make = Callable[..., dict[str, Any]]


def check(folder: Path, *options: str) -> tuple[int, Any]:
    report = folder.parent / "report.json"
    code = main(["check", str(folder), "--isolated", f"--output=json={report}", *options])
    return code, json.loads(report.read_text("utf-8"))


@pytest.mark.parametrize(
    "members",
    [
        {"apiVersion": "[nope()]"},
        {"apiVersion": "[copyIndex()]"},
        {"apiVersion": 5},
        {"resourceGroup": 5},
        {"resourceGroup": {}, "subscriptionId": True},
        {"name": None},
        {"name": {"a": 1}},
        {"scope": []},
        {"copy": 5},
    ],
)
def test_other_templates_are_still_checked(
    members: Any, tmp_path: Path, template: Make, vault: Make
) -> None:
    folder = tmp_path / "infra"
    folder.mkdir()
    entry = {"tenantId": "t", "objectId": "o", "permissions": {"secrets": ["get"]}}
    odd = {**vault("odd", accessPolicies=[entry]), **members}
    (folder / "a.json").write_text(json.dumps(template([odd])), "utf-8")
    (folder / "b.json").write_text(json.dumps(template([vault(accessPolicies=[])])), "utf-8")
    code, report = check(folder, "--subscription", "11111111-1111-4111-8111-111111111111")
    assert code == 1
    rules = {each["rule"] for each in report["findings"] if each["path"].endswith("b.json")}
    assert "access-policies-emptied" in rules


@pytest.mark.parametrize("parameters", [5, True, [[]], [{}], "x"])
def test_parameters_of_another_kind(
    parameters: Any, tmp_path: Path, template: Make, vault: Make
) -> None:
    folder = tmp_path / "infra"
    folder.mkdir()
    written = template([vault(accessPolicies=[])], parameters=parameters)
    (folder / "a.json").write_text(json.dumps(written), "utf-8")
    code, report = check(folder)
    assert (code, report["crashes"]) == (1, [])


@pytest.fixture
def linking(tmp_path: Path, template: Make) -> Callable[..., Path]:
    """A folder with one template that links another one."""

    def write(**link: str) -> Path:
        folder = tmp_path / "infra"
        folder.mkdir()
        document = template([make_deployment("n", link=link)])
        (folder / "a.json").write_text(json.dumps(document), "utf-8")
        return folder

    return write


def test_link_with_a_null_character(linking: Callable[..., Path]) -> None:
    code, report = check(linking(relativePath="a\0b.json"))
    assert (code, report["crashes"]) == (0, [])
    assert [each["rule"] for each in report["findings"]] == ["undecided-vault"]


def test_a_deployment_that_nobody_looked_into(linking: Callable[..., Path]) -> None:
    folder = linking(uri="https://example.com/a")
    assert check(folder)[0] == 0
    assert check(folder, "--fail-on-undecided")[0] == 3


@pytest.mark.parametrize("resources", [5, True, "x", "[parameters('r')]"])
def test_resources_of_another_kind(resources: Any, tmp_path: Path, template: Make) -> None:
    folder = tmp_path / "infra"
    folder.mkdir()
    written = {**template(), "resources": resources, "metadata": {"about": "keyvault"}}
    (folder / "a.json").write_text(json.dumps(written), "utf-8")
    code, report = check(folder)
    assert code == 1
    assert [each["rule"] for each in report["findings"]] == ["invalid-expression"]
    assert report["findings"][0]["pointer"] == "/resources"
