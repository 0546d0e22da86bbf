"""Bicep compiled with other texts: the files stay, and nothing is left behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import small_bicep_cli, write_file

from armguard.errors import UnreadableFileError
from armguard.source.bicep.compiled_files import CompiledFiles
from armguard.source.bicep.compiling import Compiler
from armguard.source.bicep.trying import ChangedFiles, own_files

MAIN = """\
module one 'modules/one.bicep' = {
  name: 'one'
  params: { size: 1 }
}
output size int = one.outputs.size
"""
ONE = "param size int\noutput size int = size\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CompiledFiles]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    folder = tmp_path / "project"
    write_file(folder / "main.bicep", MAIN)
    write_file(folder / "modules" / "one.bicep", ONE)
    write_file(folder / "main.bicepparam", "using 'main.bicep'\n")
    monkeypatch.chdir(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with Compiler(str(small_bicep_cli(tmp_path / "bin")), 60) as compiler:
        yield CompiledFiles(lambda: compiler)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert [*temporary.iterdir()] == []


def test_a_module_that_is_changed(files: CompiledFiles) -> None:
    changed = ChangedFiles(files, {"modules/one.bicep": ONE.replace("= size", "= 7")})
    inner = changed.document("main.bicep")["resources"][0]["properties"]["template"]
    assert inner["outputs"]["size"]["value"] == 7
    unchanged = files.of("main.bicep").document["resources"][0]["properties"]["template"]
    assert unchanged["outputs"]["size"]["value"] == "[parameters('size')]"


def test_places_are_those_of_the_new_text(files: CompiledFiles) -> None:
    changed = ChangedFiles(files, {"modules/one.bicep": f"// new\n{ONE}"})
    pointer = "/resources/0/properties/template/outputs/size"
    place = changed.places("main.bicep").of(pointer)
    assert place.path == "modules/one.bicep"
    assert place.extent is not None
    text = changed.text_of(place.path)
    assert text is not None
    assert text[place.extent.start : place.extent.end] == "output size int = size"


def test_what_is_not_affected_is_not_compiled_again(
    files: CompiledFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file("other.bicep", "output a int = 1\n")
    files.of("other.bicep")
    monkeypatch.setenv("SMALL_BICEP_LOG", str(tmp_path / "log"))
    changed = ChangedFiles(files, {"main.bicep": MAIN})
    assert changed.document("other.bicep")["outputs"]["a"]["value"] == 1
    assert not (tmp_path / "log").exists()
    Path("other.bicep").unlink()


def test_what_the_compiler_says_is_told(files: CompiledFiles) -> None:
    changed = ChangedFiles(files, {"main.bicep": MAIN.replace("size: 1", "length: 1")})
    with pytest.raises(UnreadableFileError) as refused:
        changed.document("main.bicep")
    said = 'the Bicep compiler says BCP037: The property "length" is not allowed'
    assert str(refused.value) == f"{said}, at line 1 of 'main.bicep'"


def test_a_parameter_file_is_compiled_with_its_changed_template(files: CompiledFiles) -> None:
    template = {"main.bicep": f"param stage string\n{MAIN}"}
    with pytest.raises(UnreadableFileError, match="BCP258"):
        ChangedFiles(files, template).document("main.bicepparam")
    given = {"main.bicepparam": "using 'main.bicep'\nparam stage = 'dev'\n"}
    both = ChangedFiles(files, {**template, **given})
    assert both.document("main.bicepparam")["parameters"]["stage"]["value"] == "dev"


def test_the_files_that_have_a_say(files: CompiledFiles) -> None:
    write_file("base.bicepparam", "using none\n")
    write_file("dev.bicepparam", "using 'main.bicep'\nextends 'base.bicepparam'\n")
    assert own_files("dev.bicepparam") == {
        "dev.bicepparam",
        "base.bicepparam",
        "main.bicep",
        "modules/one.bicep",
    }
    os.remove("base.bicepparam")
    os.remove("dev.bicepparam")


def test_relative_paths_and_a_configuration_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compiler is to find what it finds here: also above the folder of the root."""
    write_file(tmp_path / "bicepconfig.json", {})
    write_file(tmp_path / "shared" / "one.bicep", ONE)
    write_file(tmp_path / "app" / "infra" / "main.bicep", MAIN.replace("modules", "../../shared"))
    seen = tmp_path / "seen"
    cli = small_bicep_cli(tmp_path / "bin")
    look = f'[ "$1" = build ] && ls "$(dirname "$2")/../../bicepconfig.json" > "{seen}"\nexec'
    words = cli.read_text("utf-8").replace("exec", look)
    cli.write_text(words, "utf-8")
    monkeypatch.chdir(tmp_path / "app" / "infra")
    with Compiler(str(cli), 60) as compiler:
        changed = ChangedFiles(
            CompiledFiles(lambda: compiler),
            {"main.bicep": "// new\n" + (MAIN.replace("modules", "../../shared"))},
        )
        assert changed.document("main.bicep")["outputs"]["size"]
    assert seen.read_text("utf-8").endswith("bicepconfig.json\n")
