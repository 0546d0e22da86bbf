"""Which names are those of one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from armguard.source.one_file import RealPaths


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("real").mkdir()
    Path("real/a.json").write_text("{}")
    Path("real/link.json").symlink_to("a.json")
    Path("other").symlink_to("real")
    Path("twice.json").symlink_to("other/link.json")
    Path("copy.json").hardlink_to("real/a.json")
    return tmp_path.resolve()


@pytest.mark.parametrize(
    ("path", "is_link"),
    [
        ("real/a.json", False),
        ("real/../real/a.json", False),
        ("real/link.json", True),
        ("other/a.json", True),
        ("other/link.json", True),
        ("twice.json", True),
    ],
)
def test_links_are_names_of_one_file(folder: Path, path: str, is_link: bool) -> None:
    assert RealPaths().of(path) == str(folder / "real/a.json")
    assert RealPaths().is_link(path) is is_link


@pytest.mark.parametrize("path", ["copy.json", "none.json", "none/none.json"])
def test_what_is_no_link_is_a_file_of_its_own(folder: Path, path: str) -> None:
    assert RealPaths().of(path) == str(folder / path)


def test_of_each_file_the_first_name_is_kept() -> None:
    names = ["copy.json", "other/a.json", "real/a.json", "twice.json"]
    assert RealPaths().distinct(names) == ("copy.json", "other/a.json")
