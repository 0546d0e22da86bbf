"""The diff of a repair: right for programs where it can be, and harmless everywhere."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.reporters._differences import difference

NO_END = r"\ No newline at end of file"
LINES = [f"line {number}" for number in range(1, 31)]


def diff(old: str, new: str, path: str = "main.json") -> list[str]:
    return list(difference(path, old, new))


def body(old: str, new: str) -> list[str]:
    """All but the names of the files."""
    return diff(old, new)[2:]


def test_equal_texts_have_none() -> None:
    assert diff("", "") == diff("a\n", "a\n") == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a\n", "b\n", ["@@ -1 +1 @@", "-a", "+b"]),
        ("a\nb\n", "a\nx\nb\n", ["@@ -1,2 +1,3 @@", " a", "+x", " b"]),
        ("a\n", "", ["@@ -1 +0,0 @@", "-a"]),
        ("", "a\n", ["@@ -0,0 +1 @@", "+a"]),
        ("a", "b", ["@@ -1 +1 @@", "-a", NO_END, "+b", NO_END]),
        ("a", "a\n", ["@@ -1 +1 @@", "-a", NO_END, "+a"]),
        ("a\n", "a", ["@@ -1 +1 @@", "-a", "+a", NO_END]),
        ("a\nb", "x\nb", ["@@ -1,2 +1,2 @@", "-a", "+x", " b", NO_END]),
        ("a\r\nb\r\n", "a\r\nx\r\n", ["@@ -1,2 +1,2 @@", " a", "-b", "+x"]),
        ("a\rb\r", "a\rx\r", ["@@ -1,2 +1,2 @@", " a", "-b", "+x"]),
        ("\ta\n\t\tb\n", "\ta\n\t\tx\n", ["@@ -1,2 +1,2 @@", " \ta", "-\t\tb", "+\t\tx"]),
    ],
)
def test_the_lines(old: str, new: str, expected: list[str]) -> None:
    assert body(old, new) == expected


def test_three_lines_are_shown_around_each_change() -> None:
    new = [*LINES]
    new[9], new[29] = "new 10", "new 30"
    assert body("\n".join(LINES) + "\n", "\n".join(new) + "\n") == [
        "@@ -7,7 +7,7 @@",
        *(f" line {number}" for number in (7, 8, 9)),
        "-line 10",
        "+new 10",
        *(f" line {number}" for number in (11, 12, 13)),
        "@@ -27,4 +27,4 @@",
        *(f" line {number}" for number in (27, 28, 29)),
        "-line 30",
        "+new 30",
    ]


# Hostile text.


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b[2J",
        "\x9b31m",
        "##vso[task.setvariable variable=x]",
        "##[error]x",
        "::error::x",
        " \t::error::x",
        "\u202egnirts",
        "\x00",
        "\u2028::error::x",
        "a\r::error::x",
        "\ud800",
    ],
)
def test_hostile_text_does_no_harm(hostile: str) -> None:
    around = [f"{hostile}{number}" for number in range(3)]
    old, new = "\n".join([*around, "a", *around]), "\n".join([*around, hostile, *around])
    for path in ("main.json", hostile):
        for each in diff(old, new, path):
            assert each.replace("\t", "").isprintable()
            assert each.isascii() or "\ufffd" not in each
            assert "##vso[" not in each
            assert "##[" not in each
            assert not each.lstrip().startswith("::")


def test_the_beginning_of_a_command_is_not_completed_by_a_cut() -> None:
    """What is left out of a line must not bring together what was apart."""
    old = "#" + "x," * 400 + "#vso[" + "y," * 400
    for each in diff(old + "1", old + "2"):
        assert "##vso[" not in each


# Long lines.


def test_of_a_long_line_only_the_part_that_differs_is_shown() -> None:
    pieces = [f'"member{number}":{number},' for number in range(1000)]
    changed = [*pieces[:500], '"new":1,', *pieces[500:]]
    removed, added = body("{" + "".join(pieces) + "}", "{" + "".join(changed) + "}")[1::2]
    assert max(len(removed), len(added)) < 200
    assert '"member499":499,"new":1,"member500":500' in added
    assert removed[1:].startswith("...")
    assert removed.endswith("...")


def test_of_a_long_line_with_two_changes_what_is_between_them_is_left_out() -> None:
    pieces = [f'"member{number}":{number},' for number in range(3000)]
    changed = ['"first":1,', *pieces, '"last":1,']
    removed, added = body("{" + "".join(pieces) + "}", "{" + "".join(changed) + "}")[1::2]
    assert max(len(removed), len(added)) < 300
    assert added.startswith('+{"first":1,"member0":0,')
    assert added.endswith('"last":1,}')
    assert " ... " in added


def test_a_long_line_that_is_new_is_cut_in_its_middle() -> None:
    (_, added) = body("", "x" * 5000 + "y" * 5000 + "\n")
    assert added == "+" + "x" * 300 + " ... " + "y" * 300


def test_a_line_of_one_long_text_is_shown_as_far_as_it_differs() -> None:
    removed, added = body("a" * 4000 + "\n", "a" * 2000 + "b" + "a" * 2000 + "\n")[1:]
    assert (removed[0], added[0]) == ("-", "+")
    assert max(len(removed), len(added)) <= 4002


@pytest.mark.usefixtures("ends")
def test_large_texts_with_lines_that_are_all_alike() -> None:
    lines = ["{", "}", "},"] * 20_000
    new = [*lines[:5], "new", *lines[5:30_000], "new", *lines[30_000:]]
    found = body("\n".join(lines), "\n".join(new))
    assert found.count("+new") == 2
    long = "".join(lines)
    assert body(long, f"{long[:90_001]}[{long[90_001:]}")


# Programs take it.

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
needs_patch = pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not there")


def applied(folder: Path, old: str, new: str, *command: str, path: str = "main.json") -> str:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(old.encode())
    text = "".join(f"{each}\n" for each in difference(path, old, new))
    subprocess.run(command, input=text.encode(), cwd=folder, check=True, capture_output=True)
    return file.read_bytes().decode()


@needs_git
@pytest.mark.parametrize("path", ["main.json", "infra/a b/main.json", "ü.json"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\n", "b\n"),
        ("a\nb", "a\nc"),
        ("a\nb", "a\nb\nc\n"),
        ("a\nb\n", "x\na\nb"),
        ("\ta\n\t\tb\n\n", "\ta\n\t\tb\nc\n\n"),
        ("\n".join(LINES), "\n".join(["first", *LINES[:15], *LINES[16:], "last"])),
    ],
)
def test_git_applies_it(old: str, new: str, path: str, tmp_path: Path) -> None:
    assert applied(tmp_path, old, new, "git", "apply", path=path) == new


@needs_patch
@pytest.mark.parametrize("end", ["", "\n"])
def test_patch_applies_it(end: str, tmp_path: Path) -> None:
    new = [*LINES[:2], "new", *LINES[2:20], *LINES[21:]]
    old_text, new_text = "\n".join(LINES) + end, "\n".join(new) + end
    assert applied(tmp_path, old_text, new_text, "patch", "-p1") == new_text


@given(st.text("ab\n", max_size=40), st.text("ab\n", max_size=40))
def test_the_new_text_is_told_by_the_old_one_and_the_diff(old: str, new: str) -> None:
    """Applied here, by the book."""
    lines, position, result = old.splitlines(keepends=True), 0, list[str]()
    last = ""
    for each in body(old, new):
        start = re.match(r"@@ -(\d+)(,0)?", each)
        if start:
            first = int(start[1]) - (0 if start[2] else 1)
            result += lines[position:first]
            position = first
        elif each == NO_END:
            if last in ("+", " "):
                result[-1] = result[-1].removesuffix("\n")
        else:
            last = each[0]
            if last in " -":
                assert lines[position].removesuffix("\n") == each[1:]
                position += 1
            if last in " +":
                result.append(each[1:] + "\n")
    assert "".join([*result, *lines[position:]]) == new


def test_random_edits_of_a_real_text_are_applied(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not there")
    source = Path(__file__).read_text("utf-8")
    source = "".join(
        each + "\n" for each in source.split("\n") if each.isascii() and "##" not in each
    )
    chance = random.Random(3)
    for number in range(10):
        lines = source.split("\n")
        for _ in range(4):
            lines[chance.randrange(len(lines))] = f"new {number}"
            del lines[chance.randrange(len(lines))]
        new = "\n".join(lines)
        assert applied(tmp_path, source, new, "git", "apply") == new
