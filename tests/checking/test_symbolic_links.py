"""A symbolic link is another name of a template, not another template."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Ran, make_deployment, make_template, make_vault, run_armguard, write_file

EMPTIED = "access-policies-emptied"
TEMPLATE = make_template(
    make_vault(policies="[parameters('policies')]"),
    parameters={"policies": {"type": "array", "defaultValue": []}},
)
VALUES = {"parameters": {"policies": {"value": []}}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_file("shared/main.json", TEMPLATE)


def link(path: str, target: str) -> None:
    Path(path).parent.mkdir(exist_ok=True, parents=True)
    Path(path).symlink_to(target)


def beside() -> None:
    link("shared/azuredeploy.json", "main.json")


def in_another_folder() -> None:
    link("prod/main.json", "../shared/main.json")


def of_a_link() -> None:
    link("prod/main.json", "../a/main.json")
    link("a/main.json", "../shared/main.json")


def to_a_folder() -> None:
    link("prod", "shared")


def to_a_folder_above() -> None:
    link("shared/deeper/up", "../..")


def absolute() -> None:
    link("prod/main.json", str(Path("shared/main.json").resolve()))


def checked(*arguments: str) -> Ran:
    return run_armguard("check", "--format=json", *arguments)


def deployments(ran: Ran) -> list[tuple[str, tuple[str, ...]]]:
    return [(each["template"], tuple(each["parameters"])) for each in ran.document["deployments"]]


@pytest.mark.parametrize(
    ("make", "paths", "shown"),
    [
        (beside, (), "shared/main.json"),
        (beside, ("shared/azuredeploy.json", "shared/main.json"), "shared/main.json"),
        (beside, ("shared/azuredeploy.json",), "shared/azuredeploy.json"),
        (beside, (".", "shared/azuredeploy.json"), "shared/azuredeploy.json"),
        (beside, ("--force-exclude", "shared/azuredeploy.json", "shared/main.json"), None),
        (in_another_folder, (), "shared/main.json"),
        (in_another_folder, ("prod/main.json", "shared"), "prod/main.json"),
        (in_another_folder, ("prod/main.json", "shared/main.json"), "shared/main.json"),
        (of_a_link, (), "shared/main.json"),
        (of_a_link, ("a/main.json", "prod/main.json"), "a/main.json"),
        (to_a_folder, (), "shared/main.json"),
        (to_a_folder, ("prod", "shared"), "shared/main.json"),
        (to_a_folder, ("prod",), "prod/main.json"),
        (to_a_folder, ("prod/main.json", "shared/main.json"), "shared/main.json"),
        (to_a_folder_above, (), "shared/main.json"),
        (to_a_folder_above, ("shared/deeper/up/shared", "shared"), "shared/main.json"),
        (absolute, (), "shared/main.json"),
    ],
)
def test_a_file_is_checked_once_under_its_own_name_or_the_one_that_was_given(
    make: Callable[[], None], paths: tuple[str, ...], shown: str | None
) -> None:
    make()
    ran = checked(*paths)
    shown = shown or "shared/main.json"
    assert deployments(ran) == [(shown, ())]
    assert [(each["rule"], each["path"]) for each in ran.document["findings"]] == [(EMPTIED, shown)]
    assert ran.document["summary"]["skipped"] == 0


def test_a_broken_file_is_told_of_once() -> None:
    write_file("shared/main.json", json.dumps(TEMPLATE)[:-3])
    in_another_folder()
    ran = checked()
    assert [each["path"] for each in ran.document["findings"]] == ["shared/main.json"]


def test_parameter_files_beside_any_name_are_found() -> None:
    """Environments that share a template by links have their values beside the link."""
    for name in ("dev", "prod"):
        link(f"{name}/main.json", "../shared/main.json")
        write_file(f"{name}/main.parameters.json", VALUES)
    link("test", "prod")
    found = [("shared/main.json", (f"{name}/main.parameters.json",)) for name in ("dev", "prod")]
    assert deployments(checked()) == found
    assert deployments(checked(".", "test")) == found
    named = checked("dev/main.parameters.json", "prod/main.parameters.json")
    assert {parameters for _, parameters in deployments(named)} == {
        parameters for _, parameters in found
    }
    assert named.rules() == {EMPTIED}


def test_environments_may_name_it_by_its_links() -> None:
    text = ""
    for name in ("dev", "prod"):
        link(f"{name}/main.json", "../shared/main.json")
        write_file(f"{name}/values.json", VALUES)
        text += f'[[environment]]\nname = "{name}"\ntemplates = ["{name}/main.json"]\n'
        text += f'parameters = ["{name}/values.json"]\nresource-group = "{name}"\n'
    write_file("armguard.toml", text)
    expected = [("dev/values.json",), ("prod/values.json",)]
    assert [parameters for _, parameters in deployments(checked())] == expected
    assert deployments(checked("--environment", "prod")) == [("prod/main.json", expected[1])]


def test_what_is_linked_by_its_other_name_is_no_second_writer() -> None:
    link("prod/vault.json", "../shared/main.json")
    deployment = make_deployment("vault", link={"relativePath": "vault.json"})
    write_file("prod/main.json", make_template(deployment))
    assert checked().rules() == {EMPTIED}


def test_a_copy_is_a_second_template() -> None:
    write_file("prod/main.json", TEMPLATE)
    assert checked().rules() == {EMPTIED, "vault-written-twice"}
