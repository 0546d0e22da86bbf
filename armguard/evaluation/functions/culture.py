"""Comparing and searching strings as .NET's invariant culture does, by Unicode's root collation.

Blanks and punctuation come before symbols, digits and letters; accents matter less than letters,
case less than accents (lower first); what has no width does not count. A small part of the real
tables, enough for the texts of templates.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_ORDER = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_RANKS = {character: rank for rank, character in enumerate(_ORDER)}
_EXPANSIONS = {
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "þ": "th",
    "Þ": "TH",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "Đ": "D",
    "ł": "l",
    "Ł": "L",
}
"""Letters that sort with others but never match them in a search."""


class _Element(NamedTuple):
    primary: tuple[int, int, str]
    secondary: str
    tertiary: tuple[int, int]
    position: int
    """where it starts in the text, in UTF-16 units"""


def compare(first: str, second: str) -> int:
    """Negative, 0 or positive as `first` sorts before, with or after `second`."""
    if first == second:
        return 0
    one, other = _elements(first), _elements(second)
    for level in range(3):
        left = [element[level] for element in one]
        right = [element[level] for element in other]
        if left != right:
            return -1 if left < right else 1
    return 0


def index_of(text: str, part: str) -> int:
    """The first position of `part` without regard to case, in UTF-16 units; -1: nowhere."""
    if text.isascii() and part.isascii() and _is_plain(text + part):
        return text.lower().find(part.lower())
    places = _matches(text, part)
    return places[0] if places else -1


def last_index_of(text: str, part: str) -> int:
    """The last position of `part` without regard to case, in UTF-16 units; -1: nowhere."""
    if text.isascii() and part.isascii() and _is_plain(text + part):
        return text.lower().rfind(part.lower())
    places = _matches(text, part)
    return places[-1] if places else -1


def starts_with(text: str, part: str) -> bool:
    """Whether `text` starts with `part` without regard to case."""
    wanted = _searched(part)
    return _searched(text)[: len(wanted)] == wanted


def ends_with(text: str, part: str) -> bool:
    """Whether `text` ends with `part` without regard to case."""
    wanted = _searched(part)
    return not wanted or _searched(text)[-len(wanted) :] == wanted


def to_upper(text: str) -> str:
    """Upper case character by character: 'ß' and 'ı' have none of their own."""
    return text.upper() if text.isascii() else "".join(map(_upper, text))


def to_lower(text: str) -> str:
    """Lower case character by character."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


def _upper(character: str) -> str:
    upper = character.upper()
    return upper if len(upper) == 1 and character not in "ıſ" else character


def _lower(character: str) -> str:
    lower = character.lower()
    return lower if len(lower) == 1 and character not in "İK" else character


def _is_plain(text: str) -> bool:
    return text.isprintable()


def _matches(text: str, part: str) -> list[int]:
    elements, wanted = _elements(text), _searched(part)
    if not wanted:
        return [0, _end(text)]
    keys = _searched(text)
    return [
        elements[index].position
        for index in range(len(keys) - len(wanted) + 1)
        if keys[index : index + len(wanted)] == wanted
    ]


def _end(text: str) -> int:
    from armguard.evaluation.functions import utf16

    return utf16.length(text)


def _searched(text: str) -> list[tuple[tuple[int, int, str], str]]:
    return [(element.primary, element.secondary) for element in _elements(text)]


@lru_cache(maxsize=4096)
def _elements(text: str) -> list[_Element]:
    from unicodedata import category, combining, normalize

    result: list[_Element] = []
    position = 0
    for character in text:
        here, position = position, position + (2 if character > "\uffff" else 1)
        expanded = _EXPANSIONS.get(character)
        for base in expanded or normalize("NFKD", character):
            if combining(base):
                if result:
                    last = result.pop()
                    result.append(last._replace(secondary=last.secondary + base))
                continue
            if category(base) in ("Cf", "Cc", "Cs", "Co", "Cn") and base not in "\t\n\v\f\r\x85":
                continue
            mark = character.lower() if expanded else ""
            compatible = int(normalize("NFC", character) != normalize("NFKC", character))
            case = (int(base != base.lower()), compatible)
            result.append(_Element(_primary(base), mark, case, here))
    return result


def _primary(character: str) -> tuple[int, int, str]:
    from unicodedata import category, digit

    folded = character.lower() if len(character.lower()) == 1 else character
    kind = category(folded)
    if folded.isspace():
        return 0, 0, folded
    if folded in _RANKS:
        return 1, _RANKS[folded], ""
    if kind[0] == "P":
        return 2, 0, folded
    if kind[0] == "S":
        return 3, 0, folded
    if kind == "Nd":
        return 4, digit(folded), ""
    return 5, 0, folded
