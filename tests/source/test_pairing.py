"""Which parameter file belongs to which template, by its name and by what it sets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.source.json_files import JsonFiles
from armguard.source.pairing import (
    Beside,
    Pairing,
    _Entries,
    _Folder,
    is_parameters_name,
    template_of_parameters,
)

CASES: list[tuple[dict[str, str | None], str]] = [
    (
        {
            "x.json": None,
            "x.parameters.json": "x.json",
            "x.parameters.dev.json": "x.json",
            "x.parameters.dev.eu.json": "x.json",
            "x.prod.parameters.json": "x.json",
            "x.PROD.Parameters.JSON": "x.json",
            "x.parameters.jsonc": "x.json",
            "x.parametersdev.json": None,
            "x.params.json": None,
            "xparameters.json": None,
            "parameters.json": None,
            ".parameters.json": None,
            "y.parameters.json": None,
            "x.parameters.txt": None,
            "x.parameters.bicepparam": None,
        },
        "the forms of a name",
    ),
    (
        {
            "x.json": None,
            "x.dev.json": None,
            "x.dev.parameters.json": "x.dev.json",
            "x.dev.eu.parameters.json": "x.dev.json",
            "x.parameters.json": "x.json",
            "x.parameters.dev.json": "x.json",
            "x.test.parameters.json": "x.json",
        },
        "the longest stem wins",
    ),
    (
        {
            "azuredeploy.json": None,
            "azuredeploy.parameters.json": "azuredeploy.json",
            "azuredeploy.parameters-dev.json": "azuredeploy.json",
            "azuredeploy.parametersUS.json": "azuredeploy.json",
            "prereq.azuredeploy.json": None,
            "prereq.azuredeploy.parameters.json": "prereq.azuredeploy.json",
        },
        "quickstart templates",
    ),
    (
        {
            "x.json": None,
            "x.jsonc": None,
            "x.parameters.json": "x.json",
            "x.parameters.jsonc": "x.jsonc",
            "x.parameters.JSONC": "x.jsonc",
        },
        "the nearest extension wins",
    ),
    ({"x.JSON": None, "x.parameters.json": "x.JSON"}, "extensions in any case"),
    ({"x.parameters.json": None, "x.parameters.dev.json": None}, "parameters are no template"),
    (
        {"x.parameters.json": "x.json", "x.parameters.parameters.json": "x.json", "x.json": None},
        "parameters of parameters",
    ),
    ({"a b.json": None, "a b.parameters.json": "a b.json"}, "spaces"),
    (
        {
            "x.template.json": None,
            "x.parameters.json": "x.template.json",
            "x.parameters.dev.json": "x.template.json",
            "x.template.parameters.json": "x.template.json",
            "y.template.json": None,
            "y.json": None,
            "y.parameters.json": "y.json",
        },
        "templates that say so in their names",
    ),
    (
        {
            "template.json": None,
            "parameters.json": "template.json",
            "template.parameters.json": "template.json",
            "parameters.dev.json": None,
        },
        "what the portal exports",
    ),
]


@pytest.mark.parametrize(("names", "case"), CASES, ids=[case for _, case in CASES])
def test_both_directions_agree(tmp_path: Path, names: dict[str, str | None], case: str) -> None:
    for name in names:
        (tmp_path / name).write_text("{}")
    pairing = Pairing()
    for name, template in names.items():
        expected = None if template is None else f"{tmp_path}/{template}"
        assert template_of_parameters(f"{tmp_path}/{name}") == expected
        belonging = sorted(f"{tmp_path}/{n}" for n, template in names.items() if template == name)
        assert list(pairing.beside(f"{tmp_path}/{name}").by_name) == belonging


def test_names_of_parameter_files() -> None:
    assert is_parameters_name("a/x.parameters.json")
    assert is_parameters_name("a/x.dev.parameters.jsonc")
    assert not is_parameters_name("x.parameters/x.json")
    assert is_parameters_name("parameters.json")
    assert not is_parameters_name("parameters.dev.json")


def test_paths_stay_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    for name in ("x.json", "x.parameters.json", "infra/x.json", "infra/x.parameters.json"):
        (tmp_path / name).write_text("{}")
    assert Pairing().beside("x.json").by_name == ("x.parameters.json",)
    assert Pairing().beside("infra/x.json").by_name == ("infra/x.parameters.json",)
    assert template_of_parameters("infra/x.parameters.json") == "infra/x.json"


def test_what_is_no_file_is_no_parameter_file(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    (tmp_path / "x.parameters.json").mkdir()
    (tmp_path / "x.parameters.dev.json").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    (tmp_path / "x.parameters.eu.json").symlink_to("folder")
    # somebody has to be told of the link
    found = Pairing().beside(f"{tmp_path}/x.json").by_name
    assert found == (f"{tmp_path}/x.parameters.dev.json",)


@pytest.mark.parametrize("path", ["<stdin>", "no/such/folder/x.json", ""])
def test_paths_without_a_folder_have_no_partners(path: str) -> None:
    assert Pairing().beside(path) == Beside()
    assert template_of_parameters(path) is None


def test_a_parameter_file_that_is_not_there_has_a_template_too(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    assert template_of_parameters(f"{tmp_path}/x.new.parameters.json") == f"{tmp_path}/x.json"


NAMES = st.lists(
    st.builds(
        lambda parts, extension: ".".join(parts) + extension,
        st.lists(
            st.sampled_from(
                ["x", "y", "dev", "parameters", "azuredeploy", "parametersEU", "template", ""]
            ),
            min_size=1,
            max_size=4,
        ),
        st.sampled_from([".json", ".jsonc", ".JSON", ".txt"]),
    ),
    unique=True,
)


@given(NAMES)
def test_no_file_is_template_and_parameters_at_once(names: list[str]) -> None:
    folder = _Folder("nowhere/", _Entries(tuple(sorted(names))), JsonFiles())
    paired = [name for group in folder.parameters.values() for name in group]
    assert len(paired) == len(set(paired))
    assert set(folder.parameters).isdisjoint(paired)
    assert set(folder.parameters) <= set(names)
    for template, parameters in folder.parameters.items():
        stem = template.rpartition(".")[0].removesuffix("template").removesuffix(".")
        for name in parameters:
            assert name.startswith(stem)
            assert folder.template_named_by(name) == template
