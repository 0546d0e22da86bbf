"""Line hashes against a second implementation: in one pass, unit by unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.reporters.sarif.line_hash import line_hashes

LINES = range(1, 400)
BLOCK, BASE, MODULUS = 100, 37, 2**64


def hashes_in_one_pass(text: str) -> dict[int, str]:
    """A window of 100 units slides over the text; a line is hashed when it leaves the window."""
    first = pow(BASE, BLOCK, MODULUS)
    window, lines = [0] * BLOCK, [0] * BLOCK
    value = index = number = 0
    at_start, after_return = True, False
    counts: dict[int, int] = {}
    result = {}

    def push(unit: int, line: int = 0) -> None:
        nonlocal value, index
        if lines[index]:
            counts[value] = counts.get(value, 0) + 1
            result[lines[index]] = f"{value:x}:{counts[value]}"
        value = (BASE * value + unit - first * window[index]) % MODULUS
        window[index], lines[index] = unit, line
        index = (index + 1) % BLOCK

    data = text.encode("utf-16-le", "surrogatepass")
    units = [data[i] + 256 * data[i + 1] for i in range(0, len(data), 2)]
    for unit in [*units, 65535]:
        if chr(unit) in " \t" or (after_return and chr(unit) == "\n"):
            after_return = False
            continue
        after_return = chr(unit) == "\r"
        unit = 10 if after_return else unit
        number += at_start
        push(unit, number if at_start else 0)
        at_start = unit == 10
    for _ in range(BLOCK):
        push(0)
    return result


PIECES = st.sampled_from(["}", "{", '"a": 1,', "\n", "\r\n", "\r", " ", "\t", "é", "\ud800", "🔑"])
TEXTS = st.one_of(
    st.lists(PIECES, max_size=250).map("".join),
    st.text(st.sampled_from("ab\n"), max_size=400),
    st.text(max_size=250),
)


@given(TEXTS)
def test_equal_to_one_pass_over_the_units(text: str) -> None:
    expected = hashes_in_one_pass(text)
    assert line_hashes(text, LINES) == {n: h for n, h in expected.items() if n in LINES}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {1: "c129715d7a2bc9a3:1"}),
        (" hello, world!\t", {1: "345b2cbf48ac5a5c:1"}),
    ],
)
def test_values(text: str, expected: dict[int, str]) -> None:
    assert line_hashes(text, LINES) == expected


def test_equal_lines_are_numbered_reported_or_not() -> None:
    text = "x\n" * 300
    first, second = line_hashes(text, (1, 2)).values()
    assert first.endswith(":1")
    assert second == first.replace(":1", ":2")
    assert line_hashes(text, (2,)) == {2: second}


def test_blanks_and_the_kind_of_line_break_do_not_count() -> None:
    assert line_hashes("a b\r\n\tc\rd", LINES) == line_hashes("ab\nc\nd", LINES)


def test_a_line_that_the_text_does_not_have_is_left_out() -> None:
    assert line_hashes("one\n", (0, 1, 2, 3)).keys() == {1, 2}
    assert line_hashes("one\n", ()) == {}
