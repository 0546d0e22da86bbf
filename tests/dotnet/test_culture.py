"""Order, search and case by the invariant culture; the values are those of ICU 72."""

# ruff: noqa: RUF001  letters that look alike are what is tested

from functools import cmp_to_key

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.dotnet import culture, utf16
from armguard.errors import BudgetSpentError


@pytest.mark.parametrize(
    "ordered",
    [
        ["a", "A", "b", "B"],
        ["a", "A", "á", "Á", "ä", "æ", "b"],
        ["co op", "co_op", "co-op", "coop"],
        ["_", "-", ",", ";", ":", "!", "?", ".", "'", '"', "(", ")", "[", "{", "@", "*", "/"],
        ["\\", "&", "#", "%", "`", "^", "+", "<", "=", ">", "|", "~", "$", "0", "9", "a"],
        ["", "\t", "\n", " ", "-", "1", "a"],
        ["a10", "A10", "a10x", "a2"],
        ["ab", "aB", "Ab", "AB", "abc"],
        ["ae", "AE", "æ", "Æ", "aez"],
        ["ss", "SS", "ß", "ẞ", "sß"],
        ["fin", "ﬁn", "Fin", "finz"],
        ["resume", "Resume", "résumé", "resumed"],
        ["o", "ö", "ø", "oe", "œ", "p"],
        ["z", "α", "ω", "Ω", "а", "я", "あ"],
        ["1", "a", "я", "日"],
        ["日", "日本", "日本1", "日本2", "日本a"],
        ["-", "😀", "😁", "1"],
        ["$", "€", "0"],
        ["i", "ı", "j"],
    ],
)
def test_order(ordered: list[str]) -> None:
    shuffled = [*ordered[1::2], *ordered[::2]]
    assert sorted(shuffled, key=cmp_to_key(culture.compare)) == ordered


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("あ", "ア"),
        ("あ", "日"),
        ("日", "本"),
        ("a日", "a本"),
        ("日b", "本a"),
        ("a", "ա"),
        ("ა", "Ა"),
        ("ꟻ", "a"),
        ("क", "क\u094d"),
        ("เ", "เก"),
        ("á", "a\u05b0"),
        ("\U0001fae8", "a"),
    ],
)
def test_an_order_that_is_not_known(first: str, second: str) -> None:
    assert culture.compare(first, second) is None
    assert culture.compare(second, first) is None
    assert culture.compare(first, first) == 0
    assert culture.compare(f"a{first}", f"b{second}") == -1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", "\u00ad"),
        ("a", "a\x00"),
        ("coop", "co\u00adop"),
        ("\x00a\x01", "a"),
        ("é", "e\u0301"),
        ("zero\u200bwidth", "zerowidth"),
        ("한", "\u1112\u1161\u11ab"),
    ],
)
def test_what_counts_for_nothing(first: str, second: str) -> None:
    assert culture.compare(first, second) == 0
    assert culture.compare(f"{first}x", f"{second}y") < 0


@pytest.mark.parametrize(
    ("text", "part", "first", "last"),
    [
        ("abcdef", "CD", 2, 2),
        ("abcABC", "b", 1, 4),
        ("abc", "z", -1, -1),
        ("abc", "", 0, 2),
        ("", "", 0, 0),
        ("", "a", -1, -1),
        ("", "\u00ad", 0, 0),
        ("abc", "\u00ad", 0, 3),
        ("a\x00b", "b", 2, 2),
        ("a\x00b", "AB", 0, 0),
        ("straße", "SS", -1, -1),
        ("SS", "ß", -1, -1),
        ("æz", "AE", -1, -1),
        ("Æon", "æ", 0, 0),
        ("İ", "i", -1, -1),
        ("S", "ſ", -1, -1),
        ("résumé", "É", 1, 5),
        ("résumé", "e", -1, -1),
        ("re\u0301sume\u0301", "e", -1, -1),
        ("re\u0301sume\u0301", "É", 1, 6),
        ("ﬁn", "FI", 0, 0),
        ("ﬁn", "i", -1, -1),
        ("finz", "ﬁn", 0, 0),
        ("\uff57ide", "wi", -1, -1),
        ("ＡＢ", "ｂ", 1, 1),
        ("\r\n", "\n", 1, 1),
        ("😀a😀a", "A", 2, 5),
        ("😀", "😁", -1, -1),
        ("\U0001f468\u200d\U0001f469", "\U0001f469", -1, -1),
        ("🇩🇪🇩", "🇩", 4, 4),
        ("Ωmega", "ω", 0, 0),
        ("σς", "Σ", 0, 1),
        ("本日", "日本", -1, -1),
        ("aaa", "aa", 0, 1),
    ],
)
def test_search(text: str, part: str, first: int, last: int) -> None:
    assert culture.index_of(text, part) == first
    assert culture.last_index_of(text, part) == last


@pytest.mark.parametrize(
    ("text", "part", "starts", "ends"),
    [
        ("abcdef", "AB", True, False),
        ("abcdef", "EF", False, True),
        ("abc", "", True, True),
        ("", "a", False, False),
        ("", "\u00ad", True, True),
        ("\u00ad", "", True, True),
        ("-X", "x", False, True),
        ("zero\u200bwidth", "ZEROW", True, False),
        ("\u00adabc\u00ad", "A", True, False),
        ("\u00adabc\u00ad", "C", False, True),
        ("straße", "STRASSE", False, False),
        ("straße", "STRAß", True, False),
        ("ß", "ss", False, False),
        ("finz", "ﬁn", True, False),
        ("ﬁn", "FIN", True, True),
        ("e\u0301", "e", False, False),
        ("é", "e", False, False),
        ("Ω", "ω", True, True),
        ("本日", "日本", False, False),
    ],
)
def test_start_and_end(text: str, part: str, starts: bool, ends: bool) -> None:
    assert culture.starts_with(text, part) is starts
    assert culture.ends_with(text, part) is ends


LETTERS = st.text("aAbBzéÉe\u0301ßsSæﬁfi-_ .1\x00\u00ad😀Ωω", max_size=8)


@given(LETTERS, LETTERS, LETTERS)
def test_order_is_transitive(first: str, second: str, third: str) -> None:
    one, two, three = sorted((first, second, third), key=cmp_to_key(culture.compare))
    assert culture.compare(one, two) <= 0
    assert culture.compare(two, three) <= 0
    assert culture.compare(one, three) <= 0
    assert culture.compare(three, one) >= 0


@given(st.text("aAbB19-_ .$\x00\x7f", max_size=8), st.text("aAbB19-_ .$\x00\x7f", max_size=8))
def test_ascii_is_a_short_cut_only(first: str, second: str) -> None:
    # An Ω in front sends both the long way round.
    assert culture.compare(first, second) == culture.compare(f"Ω{first}", f"Ω{second}")
    found = culture.index_of(first, second)
    if any(sign > " " for sign in second.replace("\x7f", "")):
        assert culture.index_of(f"Ω{first}", second) == (found + 1 if found >= 0 else -1)


@given(LETTERS, LETTERS)
def test_what_is_found_is_between_first_and_last(text: str, part: str) -> None:
    first, last = culture.index_of(text, part), culture.last_index_of(text, part)
    assert (first < 0) == (last < 0)
    assert first <= last <= utf16.length(text)
    if culture.starts_with(text, part) and part.isascii() and text.isascii():
        assert first >= 0


@pytest.mark.parametrize(
    ("text", "upper", "lower"),
    [
        ("One Two", "ONE TWO", "one two"),
        ("straße", "STRAßE", "straße"),
        ("ıŉ", "ıŉ", "ıŉ"),
        ("İ", "İ", "İ"),
        ("Zürich", "ZÜRICH", "zürich"),
        ("ﬁn", "ﬁN", "ﬁn"),
        ("ΑΣ", "ΑΣ", "ας".replace("ς", "σ")),
        ("ǆ", "Ǆ", "ǆ"),
        ("ᾳ", "ᾼ", "ᾳ"),
        ("µ", "Μ", "µ"),
        ("𐐨", "𐐀", "𐐨"),
    ],
)
def test_case(text: str, upper: str, lower: str) -> None:
    assert culture.to_upper(text) == upper
    assert culture.to_lower(text) == lower


@given(st.text())
def test_case_keeps_the_length(text: str) -> None:
    assert len(culture.to_upper(text)) == len(text) == len(culture.to_lower(text))


def test_half_a_pair_is_harmless() -> None:
    assert culture.compare("a\ud83d", "a\ud83d") == 0
    assert culture.index_of("a\ud83db", "B") == 2


def test_a_huge_text_is_refused() -> None:
    with pytest.raises(BudgetSpentError):
        culture.compare("é" * 600_000, "è")
    assert culture.index_of("a" * 3_000_000 + "b", "B") == 3_000_000
