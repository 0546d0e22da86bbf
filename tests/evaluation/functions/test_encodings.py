"""json, base64 and data URIs: what is kept, what is lenient and what is refused."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.functions.encodings import (
    base64,
    base64_to_json,
    base64_to_string,
    data_uri,
    data_uri_to_string,
    json,
)

PLAIN = st.text(st.characters(exclude_categories=["Cs"]))
JSON_HEADER = "data:application/json;charset=utf-8;base64,"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("é", "w6k="),
        ("àéî", "w6DDqcOu"),
        ("😀", "8J+YgA=="),
        ("\ud83d\ude00", "8J+YgA=="),
        ("\ud83d", "77+9"),
    ],
)
def test_base64_is_of_utf_8(text: str, expected: str) -> None:
    assert base64(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" ", ""),
        ("w6k=", "é"),
        ("SGVsbG8= ", "Hello"),
        ("SGVs\nbG8=", "Hello"),
        ("SG k\t=\r", "Hi"),
        ("QR==", "A"),
        ("/w==", "\ufffd"),
        ("77u/QQ==", "\ufeffA"),
    ],
)
def test_base64_to_string(text: str, expected: str) -> None:
    assert base64_to_string(text) == expected


@pytest.mark.parametrize(
    "text",
    ["x", "SGVsbG8", "item-2", "_-8=", "SGk=SGk=", "=", "====", "A===", "SGk=\u00a0", "é==="],
)
def test_base64_to_string_refuses(text: str) -> None:
    with pytest.raises(EvaluationError, match="is not Base64"):
        base64_to_string(text)


@given(PLAIN)
def test_base64_reads_back(text: str) -> None:
    assert base64_to_string(base64(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eyJhIjoxfQ==", {"a": 1}),
        ("e2E6MX0=", {"a": 1}),
        ("bnVsbA==", None),
        ("LTM=", -3),
        ("WzEuNSwgMl0=", [1.5, 2]),
    ],
)
def test_base64_to_json(text: str, expected: Any) -> None:
    assert base64_to_json(text) == expected


@pytest.mark.parametrize("text", ["eA==", "4pyT", "_-8="])
def test_base64_to_json_refuses(text: str) -> None:
    with pytest.raises(EvaluationError):
        base64_to_json(text)


def test_json_reads_and_refuses() -> None:
    assert json('{"a": [1, 2]}') == {"a": [1, 2]}
    with pytest.raises(EvaluationError):
        json("tru")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" Fizz ", "data:text/plain;charset=utf-8;base64,IEZpenog"),
        ({"a": 1}, JSON_HEADER + "eyJhIjoxfQ=="),
        ({"a": 100.0}, JSON_HEADER + "eyJhIjoxMDAuMH0="),
        (["a", "A", "a"], JSON_HEADER + "WyJhIiwiQSIsImEiXQ=="),
        (512, JSON_HEADER + "NTEy"),
        (1000.0, JSON_HEADER + "MTAwMA=="),
    ],
)
def test_data_uri(value: Any, expected: str) -> None:
    assert data_uri(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data:;base64,SGVsbG8sIFdvcmxkIQ==", "Hello, World!"),
        ("DATA:;BASE64,SGk=", "Hi"),
        ("data:text/plain;charset=UTF8;base64,SGk=", "Hi"),
        ("data:application/json;base64,eyJhIjoxfQ==", '{"a":1}'),
        ("data:text/plain,Hello%20World", "Hello World"),
        ("data:,x", "x"),
        ("data:,a,b", "a,b"),
    ],
)
def test_data_uri_to_string(text: str, expected: str) -> None:
    assert data_uri_to_string(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nope", "'nope' is no data URI"),
        ("data:text/plain", "is no data URI"),
        ("data:;base64,!", "'!' is not Base64"),
        ("data:text/html;charset=iso-8859-1;base64,6Q==", "charset 'iso-8859-1'"),
        ("data:text/plain;charset=us-ascii;base64,SGk=", "charset 'us-ascii'"),
    ],
)
def test_data_uri_to_string_refuses(text: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        data_uri_to_string(text)


@given(PLAIN)
def test_data_uri_reads_back(text: str) -> None:
    assert data_uri_to_string(data_uri(text)) == text


@given(st.text("data:;,base64=%SGk \n", max_size=30))
def test_any_text_is_decoded_or_refused(text: str) -> None:
    for decode in (base64_to_string, data_uri_to_string):
        with suppress(EvaluationError):
            assert isinstance(decode(text), str)


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(BudgetSpentError):
        base64("x" * 3_000_001)
