"""format(): composite formatting and the numbers in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.functions.composite_format import format_text

LARGEST, SMALLEST = 2**63 - 1, -(2**63)


@pytest.mark.parametrize(
    ("pattern", "arguments", "expected"),
    [
        ("", [], ""),
        ("plain", [1], "plain"),
        ("{0}", [None], ""),
        ("{1}{0}{1}", ["a", "b"], "bab"),
        ("{{0}}", [1], "{0}"),
        ("{{{0}}}", [1], "{1}"),
        ("{0}/{1}", [True, False], "True/False"),
        ("{0,6}|", [42], "    42|"),
        ("{0,-6}|", [42], "42    |"),
        ("{0 , -6 :D3}|", [42], "042   |"),
        ("{0,1}", ["wide"], "wide"),
        ("{0,4}|{0,-4}|", ["😀"], "  😀|😀  |"),
        ("{00}", ["a"], "a"),
        # Only numbers obey a format.
        ("{0:D5}", ["7"], "7"),
        ("{0:Q}", ["red"], "red"),
        ("{0:D1000000000}", ["zone01"], "zone01"),
        ("{0:#}", [True], "True"),
        ("{0:D5}", [[1]], "[1]"),
        ("{0}", [{"a": "b", "!c": 2}], "{'a':'b','!c':2}"),
        ("{0}", [[True, 2893, "abc", None]], "[true,2893,'abc',null]"),
        ("{0}", [{"settings": "'"}], "{'settings':'''}"),
        ("{0}", [['say "x"', "a\\b", "é\n"]], r"['say \'x\'','a\\b','é\n']"),
        ("{0}", [[1.0, 1.5, 1e21]], "[1.0,1.5,1E+21]"),
        ("{0}{1}", [[], {}], "[]{}"),
    ],
)
def test_items(pattern: str, arguments: list[Any], expected: str) -> None:
    assert format_text(pattern, *arguments) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        *("{", "}", "{0", "{0}}", "{}", "{a}", "{-1}", "{ 0 }", "{ 0}", "{0,}", "{0,x}", "{0,-}"),
        *("{0:{1}}", "{0;D}", "{0,+5}", "{0,- 5}", "a}b", "{0,2,3}"),
    ],
)
def test_bad_items(pattern: str) -> None:
    with pytest.raises(EvaluationError, match="format string"):
        format_text(pattern, 1, 2)


@pytest.mark.parametrize("pattern", ["{2}", "{999999}", "{1000000}"])
def test_index_without_an_argument(pattern: str) -> None:
    with pytest.raises(EvaluationError, match="more than the 2 arguments"):
        format_text(pattern, 1, 2)


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        ("", 42, "42"),
        ("G", SMALLEST, "-9223372036854775808"),
        ("D3", 7, "007"),
        ("d3", -7, "-007"),
        ("D", -2, "-2"),
        ("X", 255, "FF"),
        ("x4", 255, "00ff"),
        ("X2", -1, "FFFFFFFFFFFFFFFF"),
        ("X", SMALLEST, "8000000000000000"),
        ("B8", 5, "00000101"),
        ("b", -1, "1" * 64),
        ("N", 1234567, "1,234,567.00"),
        ("N0", -1234567, "-1,234,567"),
        ("n1", 999, "999.0"),
        ("F", -5, "-5.00"),
        ("F0", 5, "5"),
        ("C", 5, "¤5.00"),
        ("C0", -1234, "(¤1,234)"),
        ("P", 1, "100.00 %"),
        ("P0", -147, "-14,700 %"),
        ("E2", 12345, "1.23E+004"),
        ("e", 12345, "1.234500e+004"),
        ("E0", 15, "2E+001"),
        ("E1", 0, "0.0E+000"),
        ("E1", 995, "1.0E+003"),
        ("G2", 12345, "1.2E+04"),
        ("g2", 12345, "1.2e+04"),
        ("G0", 12345, "12345"),
        ("G5", 12345, "12345"),
        ("R", -1200, "-1200"),
        ("D0005", 1, "00001"),
        # Custom.
        ("000", 7, "007"),
        ("0", 1234, "1234"),
        ("#", 0, ""),
        ("0.00", 3, "3.00"),
        ("#.##", 3, "3"),
        ("00-00", 1234, "12-34"),
        ("00-00", -100, "-01-00"),
        ("(###) ###-####", 5551234567, "(555) 123-4567"),
        ("#,##0", 1234567, "1,234,567"),
        ("#,##0", -1, "-1"),
        ("0,0", 7, "07"),
        ("000,000", 7, "000,007"),
        ("0,,", 1234567, "1"),
        ("0.0,", 1500, "1500.0"),
        ("0,.0", 1550, "1.6"),
        ("0%", 1, "100%"),
        ("0‰", 1, "1000‰"),
        ("0E0", 1500, "2E3"),
        ("0.0e+00", 1500, "1.5e+03"),
        ("0.0E-0", 1500, "1.5E3"),
        ("00E+0", 15, "15E+0"),
        ("0E", 5, "5E"),
        ("0E0E0", 5, "5E0E0"),
        ("'n'0", -1, "-n1"),
        ('"a;b"0', 1, "a;b1"),
        (r"\#0\;", 1, "#1;"),
        ("0;(0);zero", 5, "5"),
        ("0;(0);zero", -5, "(5)"),
        ("0;(0);zero", 0, "zero"),
        ("0;neg", 0, "0"),
        ("0;;zero", -5, "-5"),
        ("0,,;(0,,);none", -5, "none"),
        ("abc", 5, "abc"),
        ("A1B", -5, "-A1B"),
        ("0.0.0", 1, "1.00"),
    ],
)
def test_integers(spec: str, value: int, expected: str) -> None:
    assert format_text(f"{{0:{spec}}}", value) == expected


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        ("", 1.5, "1.5"),
        ("", 2.0, "2"),
        ("", 1e21, "1E+21"),
        ("", 0.0001, "0.0001"),
        ("", 0.00001, "1E-05"),
        ("", 123456789012345680.0, "1.2345678901234568E+17"),
        ("", -0.0, "-0"),
        ("R5", 3.14159, "3.14159"),
        ("G3", 3.14159, "3.14"),
        ("G4", 1234.5, "1234"),
        ("N2", 1234.567, "1,234.57"),
        ("N1", 1234567.0, "1,234,567.0"),
        ("F2", 0.0046, "0.00"),
        ("F0", 2.5, "2"),
        ("F2", 2.675, "2.67"),
        ("F1", -0.04, "-0.0"),
        ("P1", 0.1234, "12.3 %"),
        ("C", -1.5, "(¤1.50)"),
        ("E3", 0.000123456, "1.235E-004"),
        ("0", 2.5, "3"),
        ("0.00", 2.675, "2.68"),
        ("#.##", 0.5, ".5"),
        ("0.###", 1.25, "1.25"),
        ("0.0", -0.04, "-0.0"),
        ("0.0;(0.0);nil", -0.04, "nil"),
        ("0.00E+00", 0.00123, "1.23E-03"),
        ("#,##0.00", 1e15, "1,000,000,000,000,000.00"),
    ],
)
def test_floats(spec: str, value: float, expected: str) -> None:
    assert format_text(f"{{0:{spec}}}", value) == expected


@pytest.mark.parametrize(
    ("spec", "value"), [("Z", 5), ("Q3", 5), ("D", 1.5), ("X", 1.5), ("B", 1.5), ("D1000000000", 5)]
)
def test_bad_number_formats(spec: str, value: float) -> None:
    with pytest.raises(EvaluationError, match="number format"):
        format_text(f"{{0:{spec}}}", value)


@pytest.mark.parametrize(
    "pattern",
    ["{0,9999999}", "{0:D999999999}", "{0:N999999999}", "{0:X300000}", "{0,150000}" * 40],
)
def test_absurd_sizes_are_refused_before_they_are_built(pattern: str) -> None:
    with pytest.raises(BudgetSpentError):
        format_text(pattern, 1)


def test_width_beyond_what_dotnet_reads_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="at most 9999999"):
        format_text("{0,1000000000}", 1)


@given(st.integers(SMALLEST, LARGEST))
def test_integer_formats_agree_with_python(value: int) -> None:
    assert (
        format_text("{0:N0}|{0:D}|{0:#,##0}|{0:R}", value) == f"{value:,}|{value}|{value:,}|{value}"
    )
    assert int(format_text("{0:X}", value), 16) == value % 2**64
    assert float(format_text("{0:E18}", value)) == float(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_written_so_that_it_reads_back(value: float) -> None:
    assert float(format_text("{0}", value)) == value
    assert format_text("{0:F3}", value) == f"{value:.3f}"
    assert format_text("{0:N1}", value) == f"{value:,.1f}"


@given(st.text("{}0123,:-D x", max_size=12))
def test_any_pattern_is_a_text_or_a_plain_error(pattern: str) -> None:
    try:
        assert isinstance(format_text(pattern, 7, "a"), str)
    except EvaluationError:
        return


@given(st.text("0#.,%‰E+-;'\"\\ aX", max_size=14), st.integers(-(10**6), 10**6))
def test_any_number_format_is_a_text_or_a_plain_error(spec: str, value: int) -> None:
    for number in (value, value / 7):
        try:
            assert isinstance(format_text(f"{{0:{spec}}}", number), str)
        except EvaluationError:
            return
