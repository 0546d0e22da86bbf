"""Regular expressions that could run for ages are refused, all others are not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.errors import UsageError
from armguard.policy.patterns import check_pattern, is_found
from armguard.policy.retries import retries


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


# (pattern, how many of its repetitions can match the same text)
SHARING = [
    ("abc", 0),
    ("a*b", 1),
    ("a*ba*", 1),
    ("[^/]+/[^/]+/[^/]+", 1),
    (r"^\d{1,3}\.\d{1,3}\.\d{1,3}$", 0.5),
    ("(dev|test)-(weu|neu)-[a-z]+-[0-9]+$", 2),
    (".*a.*b.*", 2),
    (r"\S+@\S+\.\S+", 3),
    ("a*(?:a*)(?P<x>a*)b", 3),
    ("a*b*a*b*a*c", 3),
    ("(ab)*(ab)*c", 2),
    ("a?a?a?b", 1.5),
]


@pytest.mark.parametrize(("pattern", "count"), SHARING)
def test_repetitions_that_share_a_text(pattern: str, count: float) -> None:
    assert retries(pattern) == count
    check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "a*a*a*a*a*a*b",
        "a*b*a*b*a*b*a*b*a*c",
        "^.*-.*-.*-.*-.*-.*$",
        "(?:a+)(?:a+)(?:a+)(?:a+)(?:a+)b",
        "a{0,50}" * 6 + "b",
        "a?" * 30 + "a" * 30,
        "(a|ab)" * 20 + "c",
        "(a*){8}b",
    ],
)
def test_repetitions_after_each_other_are_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="match the same text"):
        check_pattern(pattern)


@pytest.mark.usefixtures("ends")
@pytest.mark.parametrize(("pattern", "count"), SHARING)
def test_what_is_allowed_is_answered_or_left_open(pattern: str, count: float) -> None:
    assert is_found(pattern, "x") is False
    for size in (90, 200, 600, 10_000, 1_000_000):
        assert is_found(pattern, "a" * size) in (True, False, None)
    assert is_found(pattern, "a" * 20_000) is None
