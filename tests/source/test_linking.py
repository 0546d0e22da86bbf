"""Where linked templates are looked for, and that nothing outside of the repository is read."""

from __future__ import annotations

import builtins
import os
from pathlib import Path
from typing import Any

import pytest
from support import make_template, write_file

from armguard.source.linking import Address, LinkedFile, Linker, Links

TEMPLATE = make_template()
MAIN = "infra/main.json"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a template, beside a file that is none of its business."""
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    write_file(tmp_path / "outside.json", TEMPLATE)
    for name in ("main.json", "beside.json", "nested/kv.json"):
        write_file(folder / "infra" / name, TEMPLATE)
    write_file(folder / "shared" / "kv.json", TEMPLATE)
    (folder / "infra" / "out.json").symlink_to("../../outside.json")
    (folder / "infra" / "up").symlink_to(tmp_path)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The real paths of all files that are opened."""
    real, paths = builtins.open, list[str]()

    def spy(file: Any, *arguments: Any, **named: Any) -> Any:
        if not isinstance(file, int):
            paths.append(os.path.realpath(file))
        return real(file, *arguments, **named)

    monkeypatch.setattr(builtins, "open", spy)
    return paths


def find(address: Address, **links: Any) -> LinkedFile | str | None:
    return Linker(MAIN, TEMPLATE, Links(**links)).find(address, (MAIN,))


def path_of(address: Address, **links: Any) -> tuple[str, bool] | None:
    found = find(address, **links)
    return (found.path, found.assumed) if isinstance(found, LinkedFile) else None


OUTSIDE = [
    "../../outside.json",
    "nested/../../../outside.json",
    "..\\..\\outside.json",
    "../infra/../../outside.json",
    "%2e%2e/%2e%2e/outside.json",
    "..%2f..%2foutside.json",
    "..%5c..%5coutside.json",
    "out.json",
    "up/outside.json",
    "up%2Foutside.json",
    "/etc/passwd",
    "//host/share/outside.json",
    "\\\\host\\share\\outside.json",
    "file:///etc/passwd",
    "file:../../outside.json",
    "C:\\outside.json",
    "c:/outside.json",
    "~/outside.json",
    "nested\0.json",
    "%00.json",
    "\ud800.json",
    "x" * 5_000 + ".json",
    "x/" * 5_000 + "outside.json",
    "../" * 5_000 + "etc/passwd",
    "",
    ".",
    "..",
    "nested",
    "%",
    "%zz.json",
]


@pytest.mark.parametrize("text", OUTSIDE)
@pytest.mark.parametrize("kind", ["beside", "whole", "web", "end", "mapped"])
def test_nothing_outside_is_read(text: str, kind: str, opened: list[str], repository: Path) -> None:
    links = {}
    if kind == "mapped":
        links = {"mapped": (("https://example.com/", "infra"),)}
    address = {
        "beside": Address(text, beside=MAIN),
        "whole": Address(text),
        "web": Address(f"https://example.com/{text}"),
        "end": Address(text, begins=""),
        "mapped": Address(f"https://example.com/{text}"),
    }[kind]
    assert not isinstance(find(address, **links), LinkedFile)
    assert [each for each in opened if not each.startswith(f"{repository}{os.sep}")] == []


def test_a_path_that_leads_outside_is_said_to() -> None:
    said = find(Address("../../outside.json", beside=MAIN))
    assert said == "its template '../../outside.json' is outside of this project, so it is not read"
    long = find(Address("../" * 500 + "a.json", beside=MAIN))
    assert isinstance(long, str)
    assert len(long) < 300


def test_a_mapped_folder_outside_is_not_read() -> None:
    said = find(
        Address("https://example.com/a/outside.json"), mapped=(("https://example.com/a/", ".."),)
    )
    assert said == "its template 'outside.json' is outside of this project, so it is not read"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://example.com/base/nested/kv.json", "infra/nested/kv.json"),
        ("http://EXAMPLE.com/base//nested/kv.json", "infra/nested/kv.json"),
        ("https://me:secret@example.com/base/nested%2Fkv.json", "infra/nested/kv.json"),
        ("https://example.com/base/deeper/kv.json", "shared/kv.json"),
    ],
)
def test_the_longest_beginning_of_the_configuration_counts(address: str, path: str) -> None:
    mapped = (
        ("https://Example.com/base", "infra/"),
        ("https://example.com/base/deeper/", "shared"),
    )
    assert path_of(Address(address), mapped=mapped) == (path, False)
    assert path_of(Address(address, sure=False), mapped=mapped) == (path, True)


@pytest.mark.parametrize(
    "address", ["https://example.com/baseline/nope.json", "https://example.com/base/../nope.json"]
)
def test_what_begins_otherwise_is_not_mapped(address: str) -> None:
    assert find(Address(address), mapped=(("https://example.com/base", "infra/"),)) is None


def test_what_is_mapped_and_not_there_is_said() -> None:
    said = find(Address("https://h/nope.json"), mapped=(("https://h/", "infra/"),))
    assert said == "its template 'infra/nope.json' can't be read: no such file or directory"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (Address("https://raw.githubusercontent.com/t/r/main/shared/kv.json"), "shared/kv.json"),
        (
            Address("/shared/kv.json", begins="https://raw.githubusercontent.com/t/r/"),
            "shared/kv.json",
        ),
        (Address("https://raw.githubusercontent.com/t/r/main/infra/main.json"), MAIN),
        (Address("https://raw.githubusercontent.com/t/r/main/infra/out.json"), None),
        (Address("https://raw.githubusercontent.com/t/r/main/../../../../etc/passwd"), None),
        (Address("https://raw.githubusercontent.com/t/other/main/shared/kv.json"), None),
    ],
)
def test_the_own_address_of_the_repository(
    address: Address, expected: str | None, repository: Path
) -> None:
    asked = []

    def remote(folder: str) -> str:
        asked.append(folder)
        return "ssh://github.com/T/R.git"

    found = path_of(address, remote=remote)
    assert found == (None if expected is None else (expected, True))
    assert asked == [str(repository)]


def test_git_is_asked_for_addresses_only() -> None:
    def remote(folder: str) -> str:
        raise AssertionError(f"asked about {folder}")

    assert path_of(Address("nested/kv.json", beside=MAIN), remote=remote) == (
        "infra/nested/kv.json",
        False,
    )
    assert find(Address("kv.json", begins=""), remote=remote) is None


def test_files_around_the_linking_one_count_after_it() -> None:
    linker = Linker(MAIN, TEMPLATE)
    files = ("infra/nested/kv.json", MAIN)
    found = linker.find(Address("x/nested/kv.json", begins=""), files)
    assert found is None  # a file does not link itself
    beside = linker.find(Address("x/beside.json", begins=""), files)
    assert isinstance(beside, LinkedFile)
    assert beside.path == "infra/beside.json"


def test_what_is_no_template() -> None:
    write_file(Path("infra/values.json"), {"parameters": {}})
    said = find(Address("values.json", beside=MAIN))
    assert said == "its template 'infra/values.json' has no resources"
    assert find(Address("https://h/values.json")) is None


def test_without_a_repository_the_folder_that_was_named_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    write_file(other / "a" / "main.json", TEMPLATE)
    write_file(other / "kv.json", TEMPLATE)
    main = str(other / "a" / "main.json")
    address = Address("../kv.json", beside=main)
    alone = Linker(main, TEMPLATE).find(address, (main,))
    assert isinstance(alone, str)
    named = Linker(main, TEMPLATE, Links(folders=(str(other),))).find(address, (main,))
    assert isinstance(named, LinkedFile)


def test_a_folder_that_was_named_is_left_only_inside_of_a_repository(repository: Path) -> None:
    address = Address("../shared/kv.json", beside=MAIN)
    assert path_of(address, folders=("infra",)) == ("shared/kv.json", False)
    (repository / ".git").rmdir()
    assert path_of(address, folders=("infra",)) is None
    assert path_of(address, folders=(".",)) == ("shared/kv.json", False)
    assert path_of(address) == ("shared/kv.json", False)
