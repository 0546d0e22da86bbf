"""What is wrong with a text that is no JSON, in one sentence and at one character.

The texts that come in have their comments blanked already, so blanks are all there is to skip.
"""

from __future__ import annotations

import re
import sys
from json import JSONDecodeError
from math import isinf

from armguard.errors import UnreadableFileError
from armguard.source.tokens import STRING

_EXPECTED = {
    "Expecting value": "a value",
    "Expecting property name enclosed in double quotes": "a property name in double quotes",
    "Expecting ':' delimiter": "':' after the property name",
    "Expecting ',' delimiter": "',' or a closing bracket",
    "Extra data": "nothing after the end of the JSON value",
}

_OTHER_LANGUAGES = ("True", "False", "None", "TRUE", "FALSE", "NULL", "undefined", "nil")
"""Words that stand for true, false and null elsewhere."""

_STRING_OR_WORD = re.compile(rf"({STRING})|[-+.\w]++")
_WORD = re.compile(r"[-+.\w]++|\S")


def explained(error: JSONDecodeError, text: str) -> UnreadableFileError:
    """The decoder's error as what was expected and what was found."""
    offset = error.pos
    while offset < len(text) and text[offset] in " \t\r\n":
        offset += 1
    if offset == len(text) and not text.strip(" \t\r\n"):
        message = "the file is empty" if not text else "the file holds only blanks and comments"
        return UnreadableFileError(f"{message}: a JSON value is missing", 0)
    if text.startswith("/*", offset):
        return UnreadableFileError("the comment that starts here with '/*' is never closed", offset)
    if error.msg.startswith("Unterminated string"):
        return UnreadableFileError("the string that starts here is never closed", offset)
    if error.msg.startswith("Invalid \\"):
        backslash = text.rfind("\\", 0, offset + 1)
        length = 6 if text.startswith("\\u", backslash) else 2
        escape = _quoted(text[backslash : backslash + length])
        return UnreadableFileError(
            f"{escape} is not an escape that JSON knows: write '\\\\' for a backslash, "
            "'\\u' with four hexadecimal digits for a character",
            backslash,
            "a backslash is followed by something that JSON does not know",
        )
    expected = _EXPECTED.get(error.msg, "a value")
    # a word where no name is expected may be the value of a secure parameter that lost its quotes
    is_name = error.msg.startswith("Expecting property name")
    found = _found(text, offset) if is_name else _harmless(text, offset)
    return UnreadableFileError(
        f"expected {expected}, found {found}{_advice(text, offset)}",
        offset,
        f"expected {expected}, found {_kind(text, offset)}{_advice(text, offset)}",
    )


def refused_number(text: str) -> UnreadableFileError:
    """Which number made the decoder stop: it does not say, but it is the first of its kind."""
    for match in _STRING_OR_WORD.finditer(text):
        word = match[0]
        if match[1] is not None:
            continue
        if word.lstrip("-") in ("NaN", "Infinity"):
            return UnreadableFileError(
                f"'{word}' is not a JSON value: numbers are written in digits",
                match.start(),
                "this is not a JSON value: numbers are written in digits",
            )
        if word.lstrip("-").isdecimal():
            digits = len(word.lstrip("-"))
            limit = sys.get_int_max_str_digits()
            if 0 < limit < digits:
                return UnreadableFileError(
                    f"the number '{word[:12]}...' has {digits:,} digits: at most {limit:,} "
                    "can be read",
                    match.start(),
                    f"a number has {digits:,} digits: at most {limit:,} can be read",
                )
            continue
        if _overflows(word):
            return UnreadableFileError(
                f"the number {_quoted(word)} is too large: a number with a fraction or exponent "
                "ends at about 1.8e308",
                match.start(),
                "a number is too large: one with a fraction or exponent ends at about 1.8e308",
            )
    return UnreadableFileError("a number can't be read", 0)


def _overflows(word: str) -> bool:
    try:
        return isinf(float(word))
    except ValueError:
        return False


def _found(text: str, offset: int) -> str:
    if offset >= len(text):
        return "the end of the text"
    match = _WORD.match(text, offset)
    return _quoted(match[0] if match else text[offset])


def _harmless(text: str, offset: int) -> str:
    """The same where it can be no value that somebody wrote."""
    found = _found(text, offset)
    return found if found[1:-1] in _OTHER_LANGUAGES else _kind(text, offset)


def _kind(text: str, offset: int) -> str:
    """The same without quoting a word."""
    is_word = text[offset : offset + 1].isalnum() or text[offset : offset + 1] in "-+._"
    return "a word" if is_word and offset < len(text) else _found(text, offset)


def _quoted(word: str) -> str:
    shown = word if len(word) <= 30 else word[:27] + "..."
    return "'" + "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in shown) + "'"


def _advice(text: str, offset: int) -> str:
    if text.startswith("'", offset):
        return ": strings stand in double quotes"
    if text.startswith(("<<<<<<<", "=======", ">>>>>>>"), offset):
        return ": this looks like an unresolved merge conflict"
    if "\0" in text[offset : offset + 2]:
        return ": is this UTF-16 without a byte order mark? save the file as UTF-8"
    if _follows_string_with_line_break(text, offset):
        return ": the string before it holds a line break, its closing quote may be missing"
    return ""


def _follows_string_with_line_break(text: str, offset: int) -> bool:
    end = offset
    while end > 0 and text[end - 1] in " \t\r\n":
        end -= 1
    for match in _STRING_OR_WORD.finditer(text):
        if match.end() >= end:
            return match.end() == end and match[1] is not None and "\n" in match[0]
    return False
