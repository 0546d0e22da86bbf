"""Functions on strings: case, culture and positions as in Azure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("concat('x', 7, false())", "x7False"),
        ("concat('', '')", ""),
        ("concat()", ""),
        ("length(concat())", 0),
        ("lastIndexOf('vault', '')", 4),
        ("concat(createArray(1), createArray(), createArray('a'))", [1, "a"]),
        ("toLower('ÀB1')", "àb1"),
        ("toUpper('maße')", "MAßE"),
        ("trim('  a b\t')", "a b"),
        ("length('a😀')", 3),
        ("substring('vault', 1)", "ault"),
        ("substring('vault', 1, 2)", "au"),
        ("substring('vault', 5)", ""),
        ("indexOf('Vault', 'AU')", 1),
        ("indexOf('vault', 'x')", -1),
        ("lastIndexOf('banana', 'AN')", 3),
        ("startsWith('Vault', 'vA')", True),
        ("endsWith('Vault', 'LT')", True),
        ("contains('Vault', 'v')", False),
        ("contains('Vault', 'aul')", True),
        ("replace('AaA', 'a', 'b')", "AbA"),
        ("split('a-b_c', '-')", ["a", "b_c"]),
        ("split('a-b_c', createArray('-', '_'))", ["a", "b", "c"]),
        ("split('', ',')", [""]),
        ("split('a-b', createArray('', ','))", ["a-b"]),
        ("split('a b', createArray())", ["a", "b"]),
        ("like('\xc5b', '\xe5*')", True),
        ("like('\u017f', 's')", False),
        ("join(createArray('a', 1, true()), '+')", "a+1+True"),
        ("padLeft('7', 3, '0')", "007"),
        ("padLeft('long', 2)", "long"),
        ("padLeft(7, 3)", "  7"),
        ("string(5)", "5"),
        ("string(true())", "True"),
        ("string(createObject('a', createArray(1, null())))", '{"a":[1,null]}'),
        ("first('vault')", "v"),
        ("last('vault')", "t"),
        ("first('')", ""),
        ("skip('vault', 2)", "ult"),
        ("take('vault', 2)", "va"),
        ("take('vault', -1)", ""),
        ("empty('')", True),
        ("empty(' ')", False),
    ],
)
def test_strings(text: str, value: Any, comes_to: Callable[..., None]) -> None:
    comes_to(text, value)


@pytest.mark.parametrize(
    "text",
    [
        "concat(null(), 'a')",
        "concat('a', createArray('b'))",
        "concat('a', createObject())",
        "toLower(1)",
        "length(1)",
        "length(null())",
        "substring('vault', 6)",
        "substring('vault', -1)",
        "substring('vault', 2, 4)",
        "indexOf('vault', 1)",
        "padLeft('a', 17)",
        "padLeft('a', 3, '00')",
        "split(1, ',')",
        "join('a', ',')",
        "replace('a', '', 'b')",
        "string(null())",
        "empty(0)",
        "trim(createArray())",
    ],
)
def test_what_strings_refuse(text: str, is_refused: Callable[..., None]) -> None:
    is_refused(text)
