"""Patterns of many stars are compared at once, and mean what they mean to pathspec."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from armguard.errors import UsageError
from armguard.source.folder import list_folder
from armguard.source.git_ignore import git_ignore_spec, without_retrying
from armguard.source.path_patterns import PathPatterns

LONG = "a" * 200 + ".json"
DEEP = "a/" * 100 + "a.json"

# (pattern, a path that it fits)
COSTLY = [
    ("*a" * 40 + "b", "a" * 40 + "b"),
    ("*" * 5_000 + "b", "xb"),
    ("**/a/" * 40 + "b", "a/" * 40 + "b"),
    ("*[ab]?" * 30 + "c", "ab" * 30 + "c"),
    ("*[!b]" * 30 + "c", "a" * 30 + "c"),
    ("a/" + "*a" * 30 + "x/" + "*b" * 20 + "y", f"a/{'a' * 30}x/{'b' * 20}y"),
    ("*a" * 9 + "/**/" + "*a" * 9 + "/**/b", f"{'a' * 9}/{'a' * 9}/b"),
]


@pytest.mark.usefixtures("ends")
@pytest.mark.parametrize(("pattern", "fitting"), COSTLY)
def test_many_stars(pattern: str, fitting: str) -> None:
    patterns = PathPatterns((pattern,))
    assert patterns.match(fitting)
    assert not patterns.match(LONG)
    assert not patterns.match(DEEP)


@pytest.mark.usefixtures("ends")
def test_many_stars_where_git_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / LONG).write_text("{}")
    (tmp_path / "bbb.json").write_text("{}")
    lines = [pattern for pattern, _ in COSTLY]
    (tmp_path / ".gitignore").write_text("\n".join([*lines, "*b*b*"]))
    assert list_folder(str(tmp_path)).files == (LONG,)


PIECE = st.sampled_from(["a", "b", ".", "*", "*", "**", "?", "[ab]", "[a-c]", "\\\\*"])
SEGMENT = st.one_of(st.just("**"), st.lists(PIECE, min_size=1, max_size=6).map("".join))
PATTERN = st.tuples(
    st.sampled_from(["", "", "/", "!"]),
    st.lists(SEGMENT, min_size=1, max_size=5).map("/".join),
    st.sampled_from(["", "", "/"]),
).map("".join)
NAME = st.text(alphabet="abc.*", min_size=1, max_size=5)
PATH = st.lists(NAME, min_size=1, max_size=5).map("/".join)


@given(PATTERN, st.lists(PATH, min_size=1, max_size=8))
def test_patterns_mean_the_same(pattern: str, paths: list[str]) -> None:
    try:
        before = GitIgnoreSpec.from_lines(["*", pattern])
    except ValueError:
        return
    after = git_ignore_spec(["*", pattern])
    for path in paths:
        assert before.match_file(path) == after.match_file(path)


def test_a_class_of_others_is_no_slash() -> None:
    assert git_ignore_spec(["a[!b]c"]).match_file("axc")
    assert not git_ignore_spec(["a[!b]c"]).match_file("a/c")


def test_what_is_not_understood_is_refused_if_it_is_costly() -> None:
    assert without_retrying("^(x)[^/]*(y)$") == "^(x)[^/]*(y)$"
    with pytest.raises(ValueError, match="too many wildcards"):
        without_retrying("^" + "(?:x)[^/]*" * 9 + "$")


def test_what_is_no_pattern_is_refused() -> None:
    with pytest.raises(UsageError, match="not a pattern"):
        PathPatterns(("!",)).match("a")


@pytest.mark.parametrize("pattern", ['/x[a-"z]a', "[z-a]"])
def test_a_range_that_runs_backwards_is_no_pattern(pattern: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="bad character range"):
        git_ignore_spec([pattern])
    (tmp_path / ".gitignore").write_text(f"{pattern}\nb.json\n")
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text("{}")
    assert list_folder(str(tmp_path)).files == ("a.json",)
