"""Paths to candidates: what is looked into, what is reported, what is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import write_file

from armguard.errors import UsageError
from armguard.source import folder as folder_module
from armguard.source.discovery import STDIN, Candidate, Discovery, Unreadable, discover

TEMPLATE = '{"$schema": "https://x/2019-04-01/deploymentTemplate.json#", "resources": []}'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory outside any repository."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture(params=["git", "walk"])
def either(request: pytest.FixtureRequest, here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory that is a repository, once read by git and once by walking."""
    if request.param == "walk":
        monkeypatch.setattr(folder_module, "_find_git", lambda: None)
        (here / ".git").mkdir()
    else:
        repository(here)
    return here


def repository(place: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    place.mkdir(exist_ok=True)
    git(place, "init", "-q")


def git(place: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=place, check=True, capture_output=True)


def write(place: Path, *names: str, text: str = TEMPLATE) -> None:
    for name in names:
        write_file(place / name, text)


def found(discovery: Discovery) -> list[str]:
    return [candidate.path for candidate in discovery.candidates]


def test_named_files_and_folders_are_found_sorted_and_once(here: Path) -> None:
    write(here, "b.json", "a.json", "infra/x.json", "infra/y.jsonc", "infra/Z.JSON", "infra/n.txt")
    discovery = discover(["b.json", "./a.json", "infra", str(here / "b.json"), "infra/../b.json"])
    assert discovery.candidates == (
        Candidate("a.json", True),
        Candidate("b.json", True),
        Candidate("infra/Z.JSON", False),
        Candidate("infra/x.json", False),
        Candidate("infra/y.jsonc", False),
    )
    assert discovery.unreadable == discovery.skipped == ()


@pytest.mark.parametrize("order", [("x.json", "."), (".", "x.json")])
def test_a_named_file_stays_named_when_its_folder_is_too(here: Path, order: tuple[str]) -> None:
    write(here, "x.json")
    assert discover(order).candidates == (Candidate("x.json", True),)


def test_a_named_file_may_have_any_extension(here: Path) -> None:
    write(here, "main.template", "a b/é ü.txt")
    assert found(discover(["main.template", "a b/é ü.txt"])) == ["a b/é ü.txt", "main.template"]


def test_standard_input_is_a_candidate(here: Path) -> None:
    assert discover(["-"]).candidates == (Candidate(STDIN, True),)


def test_a_file_named_dash_can_be_given_with_its_folder(here: Path) -> None:
    write(here, "-")
    assert found(discover(["./-"])) == ["-"]


@pytest.mark.parametrize("path", ["none.json", "none/", "a.json/x", "", "x\0y", "*.json"])
def test_a_path_that_does_not_exist_is_wrong_usage(here: Path, path: str) -> None:
    write(here, "a.json")
    with pytest.raises(UsageError, match="no such file or folder"):
        discover(["a.json", path])


def test_paths_outside_keep_their_form(here: Path) -> None:
    write(here.parent, "x.json", "other/y.json")
    assert found(discover(["../x.json", "../other/./y.json"])) == ["../other/y.json", "../x.json"]
    assert found(discover([str(here.parent / "x.json")])) == [f"{here.parent}/x.json"]


def test_what_lies_inside_is_relative_even_from_the_folder_above(here: Path) -> None:
    write(here, "x.json")
    write(here.parent, "y.json")
    assert found(discover([".."])) == ["../y.json", "x.json"]


def test_a_folder_with_a_file_name_is_a_folder(here: Path) -> None:
    write(here, "x.json/y.json")
    assert found(discover(["x.json"])) == ["x.json/y.json"]
    assert found(discover(["."])) == ["x.json/y.json"]


def test_bicep_files_are_files_as_others(here: Path) -> None:
    write(here, "infra/main.bicep", "infra/Other.BICEP", "infra/main.bicepparam", "infra/a.txt")
    assert found(discover(["infra"])) == [
        "infra/Other.BICEP",
        "infra/main.bicep",
        "infra/main.bicepparam",
    ]
    named = discover(["infra/main.bicep", "infra"]).candidates
    assert Candidate("infra/main.bicep", True) in named
    assert Candidate("infra/Other.BICEP", False) in named


def test_a_folder_with_the_name_of_a_bicep_file_is_a_folder(here: Path) -> None:
    write(here, "x.bicep/y.bicep")
    assert found(discover(["x.bicep"])) == found(discover(["."])) == ["x.bicep/y.bicep"]


def strange_files(place: Path) -> dict[str, str]:
    os.mkfifo(place / "fifo.json")
    (place / "dangling.json").symlink_to("nowhere")
    (place / "loop.json").symlink_to("loop.json")
    (place / "device.json").symlink_to("/dev/zero")
    return {
        "dangling.json": "can't be read: it is a link to 'nowhere', which does not exist",
        "device.json": "can't be read: it is a device, not a regular file",
        "fifo.json": "can't be read: it is a FIFO, not a regular file",
        "loop.json": "can't be read: too many levels of symbolic links",
    }


def test_strange_files_are_reported_when_named(here: Path) -> None:
    expected = strange_files(here)
    write(here, "x.json")
    discovery = discover([*expected, "x.json"])
    assert {each.path: each.reason for each in discovery.unreadable} == expected
    assert found(discovery) == ["x.json"]
    assert discovery.skipped == ()


def test_strange_files_are_told_of_in_a_folder(either: Path) -> None:
    expected = strange_files(either)
    write(either, "x.json")
    discovery = discover(["."])
    links = {"dangling.json", "loop.json"}
    assert set(discovery.unreadable) == {
        Unreadable(path, expected[path], named=False) for path in links
    }
    others = {path: reason for path, reason in expected.items() if path not in links}
    # git does not list what can't be added to a repository.
    assert dict(discovery.skipped) | {"fifo.json": expected["fifo.json"]} == others
    assert found(discovery) == ["x.json"]


@pytest.mark.parametrize(
    "paths", [(".", "fifo.json", "loop.json"), ("fifo.json", "loop.json", ".")]
)
def test_a_strange_file_that_is_named_is_told_of_as_such(here: Path, paths: tuple[str]) -> None:
    strange_files(here)
    discovery = discover(paths)
    named = [each.path for each in discovery.unreadable if each.named]
    assert named == ["fifo.json", "loop.json"]
    assert [each.path for each in discovery.unreadable if not each.named] == ["dangling.json"]
    assert "fifo.json" not in dict(discovery.skipped)


def test_unreadable_files_and_folders(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, "x.json", "closed/y.json", "z.json")
    scandir, access = os.scandir, os.access

    def no_scandir(path: str) -> object:
        if "closed" in path:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    # Permissions do not bind the superuser that tests may run as.
    monkeypatch.setattr(os, "scandir", no_scandir)
    monkeypatch.setattr(os, "access", lambda path, mode: "x" not in path and access(path, mode))
    denied = "can't be read: permission denied"
    discovery = discover(["."])
    assert found(discovery) == ["z.json"]
    assert discovery.skipped == ()
    assert discovery.unreadable == (
        Unreadable("closed", denied, named=False),
        Unreadable("x.json", denied, named=False),
    )
    assert discover(["x.json", "closed"]).unreadable == (
        Unreadable("closed", denied),
        Unreadable("x.json", denied),
    )


@pytest.fixture
def nobody() -> Iterator[None]:
    """Run as somebody whom permissions bind, if this is the superuser."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_closed_folder_is_told_of_once(
    here: Path, request: pytest.FixtureRequest, mode: int
) -> None:
    write(here, "x.json", "closed/y.json", "closed/deeper/z.json")
    (here / "closed").chmod(mode)
    request.getfixturevalue("nobody")
    discovery = discover(["."])
    assert found(discovery) == ["x.json"]
    reason = "can't be read: permission denied"
    assert discovery.unreadable == (Unreadable("closed", reason, named=False),)


def test_git_names_the_folders_that_it_cannot_open() -> None:
    said = b"warning: could not open directory 'a b/it's/': Permission denied\nwarning: other\n"
    assert folder_module._complaints_in(said) == [("a b/it's", "permission denied")]
    assert folder_module._complaints_in(b"") == []


def test_links_to_folders_are_not_followed(either: Path) -> None:
    write(either.parent, "outside/secret.json")
    write(either, "real/x.json")
    (either / "out").symlink_to(either.parent / "outside")
    (either / "again").symlink_to("real")
    (either / "real/up").symlink_to("..")
    (either / "folder.json").symlink_to("real")
    discovery = discover(["."])
    assert found(discovery) == ["real/x.json"]
    assert discovery.skipped == (
        ("folder.json", "can't be read: it is a link to a folder, not a regular file"),
    )


def test_links_to_files_outside_are_skipped_unless_named(either: Path) -> None:
    write(either.parent, "secret.json")
    write(either, "x.json")
    (either / "out.json").symlink_to("../secret.json")
    (either / "alias.json").symlink_to("x.json")
    discovery = discover(["."])
    assert found(discovery) == ["alias.json", "x.json"]
    target = os.path.realpath(either.parent / "secret.json")
    assert discovery.skipped == (
        ("out.json", f"it is a link to '{target}', which is outside the folder"),
    )
    assert found(discover(["out.json"])) == ["out.json"]


def test_folders_without_sources_are_not_entered(either: Path) -> None:
    write(either, "node_modules/a.json", "a/.venv/b.json", "a/.terraform/c.json", "a/d.json")
    assert found(discover(["."])) == ["a/d.json"]


def test_a_folder_without_sources_is_entered_when_named(here: Path) -> None:
    write(here, "node_modules/a.json")
    assert found(discover(["node_modules"])) == ["node_modules/a.json"]


def test_ignored_files_are_left_out(either: Path) -> None:
    write(either, ".gitignore", text="build/\n*.generated.json\n!keep.generated.json\n/top.json\n")
    write(either, "sub/.gitignore", text="local.json\n!x.generated.json\n")
    write(either, "build/a.json", "sub/build/b.json", "c.generated.json", "keep.generated.json")
    write(either, "top.json", "sub/top.json", "sub/local.json", "local.json")
    write(either, "sub/x.generated.json", "sub/deep/local.json")
    assert found(discover(["."])) == [
        "keep.generated.json",
        "local.json",
        "sub/top.json",
        "sub/x.generated.json",
    ]


def test_ignore_files_above_the_folder_hold(either: Path) -> None:
    write(either, ".gitignore", text="*.local.json\n/infra/one.json\n")
    write(either, "infra/a.local.json", "infra/one.json", "infra/two.json")
    assert found(discover(["infra"])) == ["infra/two.json"]


@pytest.mark.parametrize("pattern", ["out/", "out/*\n!out/.gitkeep", "out"])
def test_an_ignored_folder_can_be_named(either: Path, pattern: str) -> None:
    write(either, ".gitignore", text=pattern + "\n")
    write(either, "out/main.json", "out/deep/other.json", "out/.gitkeep")
    assert found(discover(["out"])) == ["out/deep/other.json", "out/main.json"]
    assert found(discover(["."])) == []


def test_ignored_files_can_be_named(either: Path) -> None:
    write(either, ".gitignore", text="x.json\n")
    write(either, "x.json")
    assert found(discover(["x.json"])) == ["x.json"]
    assert found(discover(["."])) == []


def test_ignore_files_hold_outside_repositories(here: Path) -> None:
    write(here, ".gitignore", text="a.json\n!\n[\n\\\n")
    write(here, "a.json", "b.json")
    assert found(discover(["."])) == ["b.json"]


def test_an_ignore_file_that_would_block_is_not_opened(here: Path) -> None:
    os.mkfifo(here / ".gitignore")
    write(here, "a.json")
    assert found(discover(["."])) == ["a.json"]


def test_files_deleted_but_not_committed_are_gone(here: Path) -> None:
    repository(here)
    write(here, "a.json", "b.json")
    git(here, "add", ".")
    (here / "a.json").unlink()
    assert discover(["."]) == Discovery((Candidate("b.json", False),))


def test_names_that_git_would_quote(here: Path) -> None:
    repository(here)
    names = ["a b.json", "é.json", 'q"uote.json', "line\nbreak.json", "back\\slash.json"]
    write(here, *names)
    if sys.platform == "linux":
        with open(os.fsencode(here) + b"/\xff.json", "w") as file:
            file.write(TEMPLATE)
        names.append("\udcff.json")
    assert found(discover(["."])) == sorted(names)


def test_repositories_inside_the_repository_are_read_too(here: Path) -> None:
    repository(here)
    repository(here / "nested")
    write(here, "a.json", "nested/b.json", "nested/.gitignore")
    (here / "nested/.gitignore").write_text("c.json\n")
    write(here, "nested/c.json")
    assert found(discover(["."])) == ["a.json", "nested/b.json"]


def test_submodules_are_read_too(here: Path) -> None:
    library = here.parent / "library"
    repository(library)
    write(library, "b.json")
    git(library, "add", ".")
    git(library, "commit", "-qm", "x")
    repository(here)
    git(here, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "m")
    write(here, "a.json")
    assert found(discover(["."])) == ["a.json", "m/b.json"]


def test_a_hook_of_another_repository_does_not_confuse(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(here / "one")
    repository(here / "two")
    write(here, "one/a.json", "two/b.json")
    monkeypatch.setenv("GIT_DIR", str(here / "one/.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    assert found(discover(["two"])) == ["two/b.json"]


def test_no_program_of_the_checked_repository_is_run(here: Path) -> None:
    repository(here)
    program = here / "monitor"
    program.write_text(f"#!/bin/sh\ntouch {here}/ran\n")
    program.chmod(0o755)
    git(here, "config", "core.fsmonitor", str(program))
    write(here, "a.json")
    (here / "ran").unlink(missing_ok=True)
    assert found(discover(["."])) == ["a.json"]
    assert not (here / "ran").exists()


def test_git_is_only_taken_from_absolute_folders(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, "git")
    (here / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f".{os.pathsep}")
    assert folder_module._find_git() is None
    monkeypatch.setenv("PATH", str(here))
    assert folder_module._find_git() == str(here / "git")


def test_a_repository_that_git_refuses_is_walked(here: Path) -> None:
    (here / ".git").mkdir()
    write(here, "a.json")
    assert found(discover(["."])) == ["a.json"]


def test_with_force_named_files_in_folders_without_sources_are_excluded(here: Path) -> None:
    write(here, "node_modules/a.json")
    assert found(discover(["node_modules/a.json"])) == ["node_modules/a.json"]
    assert discover(["node_modules/a.json"], force_exclude=True).candidates == ()


def test_a_thousand_files(either: Path, ends: None) -> None:
    write(either, *(f"{i % 10}/{i}.json" for i in range(1000)))
    assert len(discover(["."]).candidates) == 1000


def test_named_files_load_no_heavy_modules(here: Path) -> None:
    write(here, "a.json")
    program = (
        "import sys; from armguard.source.discovery import discover; discover(['a.json']);"
        "print(*sorted({'pathspec', 'subprocess', 'shutil', 'typing_extensions', 'logging'}"
        " & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    answer = subprocess.run(
        [sys.executable, "-S", "-c", program], env=environment, capture_output=True, text=True
    )
    assert (answer.stdout, answer.stderr) == ("\n", "")
