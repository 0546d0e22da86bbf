"""Regular expressions that could run for ages are refused, all others are not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.errors import UsageError
from armguard.policy.patterns import check_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "^kv-[a-z0-9]+$",
        r"(\d{4}-){2}\d{2}",
        "(abc)+",
        "a|b",
        "(a|b)",
        "(a|b)?",
        "(a+)?",
        r"\(a+\)+",
        "[(a+]+",
        "[]a(+]*",
        "(?i)prod.*",
        "(?:dev|prod)-.+",
        "a{,b",
        "(?P<stage>dev)",
    ],
)
def test_harmless_patterns(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|aa)+$",
        "(?:a*)*",
        "((a+))*",
        "(a?){50}",
        "(a{1,50}){2,}",
        "(x(y|z))+",
        "(a+?)+?",
    ],
)
def test_nested_repetitions_are_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="can take for ever"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(", "[a", "*a", "[[a]b]"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="is no regular expression"):
        check_pattern(pattern)


@given(pattern=st.text(alphabet="ab()|*+?{}2,[]", max_size=12))
def test_what_is_accepted_ends(pattern: str, ends: None) -> None:
    try:
        check_pattern(pattern)
    except UsageError:
        return
    assert re.search(f"(?:{pattern})!", "ab" * 20) is None
