"""A template that another one links is judged there, and not once more by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import Ran, make_deployment, make_template, make_vault, run_armguard, write_file

PARAMETERS = {"list": {"type": "array"}}
MODULE = make_template(make_vault("kv", "[parameters('list')]"), parameters=PARAMETERS)
VALUES = {"parameters": {"list": {"value": []}}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def link(path: str, name: str = "module", **more: Any) -> dict[str, Any]:
    return make_deployment(name, link={"relativePath": path}, parameters={"list": []}, **more)


def checked(*arguments: str) -> Ran:
    return run_armguard("check", "--format=json", *arguments)


def roots(ran: Ran) -> list[tuple[str, tuple[str, ...]]]:
    return [(each["template"], tuple(each["parameters"])) for each in ran.document["deployments"]]


def test_a_linked_template_is_no_root() -> None:
    write_file("main.json", make_template(link("parts/kv.json")))
    write_file("parts/kv.json", MODULE)
    write_file("parts/other.json", MODULE)
    ran = checked()
    assert roots(ran) == [("main.json", ()), ("parts/other.json", ())]
    assert ran.document["summary"]["templates"] == 3


def test_one_that_is_linked_by_a_linked_one_is_none_either() -> None:
    write_file("main.json", make_template(link("parts/middle.json")))
    write_file("parts/middle.json", make_template(link("kv.json")))
    write_file("parts/kv.json", MODULE)
    assert roots(checked()) == [("main.json", ())]


def test_one_that_is_named_is_one() -> None:
    write_file("main.json", make_template(link("parts/kv.json")))
    write_file("parts/kv.json", MODULE)
    both = [("main.json", ()), ("parts/kv.json", ())]
    assert roots(checked("main.json", "parts/kv.json")) == both
    assert roots(checked(".", "parts/kv.json")) == both
    assert roots(checked("parts/kv.json")) == both[1:]
    assert roots(checked("--force-exclude", "main.json", "parts/kv.json")) == both[:1]


def test_one_with_parameter_files_of_its_own_is_one() -> None:
    write_file("main.json", make_template(link("parts/kv.json")))
    write_file("parts/kv.json", MODULE)
    write_file("parts/kv.parameters.json", VALUES)
    both = [("main.json", ()), ("parts/kv.json", ("parts/kv.parameters.json",))]
    assert roots(checked()) == both
    assert roots(checked("--no-discover-parameters")) == both[:1]


def test_a_parameter_file_for_all_is_not_its_own() -> None:
    write_file("main.json", make_template(link("parts/kv.json"), parameters=PARAMETERS))
    write_file("parts/kv.json", MODULE)
    write_file("values.json", VALUES)
    assert roots(checked("--parameters", "values.json")) == [("main.json", ("values.json",))]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ('"main.json"', ["main.json"]),
        ('"*.json", "parts/*.json"', ["main.json"]),
        ('"main.json", "parts/kv.json"', ["main.json", "parts/kv.json"]),
    ],
)
def test_one_that_an_environment_names_is_one(patterns: str, expected: list[str]) -> None:
    write_file("main.json", make_template(link("parts/kv.json"), parameters=PARAMETERS))
    write_file("parts/kv.json", MODULE)
    write_file("values/all.json", VALUES)
    text = f'[[environment]]\nname = "x"\ntemplates = [{patterns}]\n'
    Path("armguard.toml").write_text(text + 'parameters = ["values/all.json"]\n')
    for arguments in ((), ("--environment", "x")):
        assert [template for template, _ in roots(checked(*arguments))] == expected


def test_of_templates_that_link_each_other_the_first_is_a_root() -> None:
    write_file("a.json", make_template(link("b.json")))
    write_file("b.json", make_template(link("a.json"), make_vault("kv", [])))
    ran = checked()
    assert roots(ran) == [("a.json", ())]
    assert ran.rules() == {"access-policies-emptied", "undecided-vault"}


def test_a_template_that_links_itself_is_a_root() -> None:
    write_file("a.json", make_template(link("a.json"), make_vault("kv", [])))
    assert roots(checked()) == [("a.json", ())]


def test_what_is_switched_off_is_linked_too() -> None:
    write_file("main.json", make_template(link("kv.json", condition=False)))
    write_file("kv.json", make_template(make_vault("kv", [])))
    ran = checked()
    assert roots(ran) == [("main.json", ())]
    assert ran.vault("kv")["verdict"] == "not-written"
    assert ran.document["findings"] == []


def test_another_name_of_a_linked_template_is_no_root() -> None:
    write_file("shared/kv.json", MODULE)
    Path("prod").mkdir()
    Path("prod/kv.json").symlink_to("../shared/kv.json")
    write_file("main.json", make_template(link("prod/kv.json")))
    assert roots(checked()) == [("main.json", ())]


def test_a_file_that_only_might_have_been_linked_is_a_root() -> None:
    """Without the default of the parameter it would be the one beside; that is no link to it."""
    address = "[uri(parameters('from'), 'kv.json')]"
    module = make_deployment(link={"uri": address}, parameters={"list": []})
    parameters = {"from": {"type": "string", "defaultValue": "https://example.com/"}}
    write_file("main.json", make_template(module, parameters=parameters))
    write_file("shared/kv.json", MODULE)
    write_file("kv.json", make_template(make_vault("kv-beside", [])))
    Path("armguard.toml").write_text('[links]\n"https://example.com/" = "shared"\n')
    ran = checked()
    assert roots(ran) == [("kv.json", ()), ("main.json", ())]
    assert ran.vault("kv")["certainty"] == "default"
    assert ran.vault("kv-beside")["certainty"] == "certain"


def test_what_others_name_is_judged_last() -> None:
    from armguard.checking.judging import roots_first
    from armguard.checking.loading import Template
    from armguard.checking.planning import Job
    from armguard.evaluation.facts import DeploymentScope

    def job(path: str) -> Job:
        return Job(Template(path, {}), (), {}, DeploymentScope(), "incremental")

    link = '{"templateLink": {"relativePath": "%s"}}'
    texts = {
        "a.json": '{"self": "a.json", "templateLink": 1}',
        "b.json": link % "sub/c.json",
        "sub/c.json": link % "../d.json",
        "d.json": "{}",
        "e.json": '{"text": "a.json"}',
    }
    paths = ["sub/c.json", "a.json", "d.json", "b.json", "e.json"]
    order = [paths[position] for position in roots_first([*map(job, paths)], texts)]
    assert order == ["a.json", "b.json", "e.json", "sub/c.json", "d.json"]
