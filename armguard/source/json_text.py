"""Text to plain Python data: JSON with the liberties that ARM allows, at the speed of C `json`.

Comments and trailing commas are blanked in place, never cut out, so every offset in an error is
one into the text that was given; a byte order mark counts as its first character.
"""

from __future__ import annotations

import json
import os
import re
import stat
from itertools import accumulate
from math import isinf
from typing import Any

from armguard.errors import UnreadableFileError
from armguard.source.tokens import BYTE_ORDER_MARK, next_bracket

MAXIMUM_DEPTH = 512
"""Levels of nesting that Azure's own reader accepts (`JsonSerializationMaxDepth`)."""

MAXIMUM_BYTES = 6 * 1024 * 1024
"""Azure takes 4 MB without blanks; what Python makes of more could take hundreds of MB."""

_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

_HAS_NULLS: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
"""Most of JSON is ASCII: which of four bytes are often null tells an encoding without a mark."""

_BRACKETS = b"{}[]"
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
_BLANKS = re.compile(r"[ \t\r\n]*+")
_SECTIONS = ('"parameters"', '"variables"', '"resources"', '"outputs"')
_ROUNDS = 3
_STEPS = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}


def read_text(path: str | os.PathLike[str], most: int = MAXIMUM_BYTES) -> str:
    """The text of a regular file, line ends as they are, without byte order mark.

    Raises UnreadableFileError for what can't be opened, is no regular file (a FIFO would block),
    is larger than `most` bytes, or is not text. What is no template may be larger than one.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFileError("can't be read: it is not a regular file")
        _refuse_size(status.st_size, most)
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnreadableFileError(f"can't be read: {reason}") from error
    return decode(data, most=most)


def read_head(path: str | os.PathLike[str], size: int = 2048) -> str:
    """The first `size` bytes of a file that may be no text, as far as they are; "" where it can't
    be opened: enough to see what the file says that it is."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return ""
        with open(path, "rb") as file:
            return decode(file.read(size), replace_invalid=True)
    except OSError:
        return ""


def decode(data: bytes, *, replace_invalid: bool = False, most: int = MAXIMUM_BYTES) -> str:
    """Bytes as text: what the byte order mark says, which is left out of the result; without one
    UTF-8, or UTF-16 or UTF-32 where the null bytes tell.

    Raises UnreadableFileError for too many bytes, and where some are not valid in that encoding.
    With `replace_invalid` there may be any number, and those become U+FFFD instead: enough to look
    for a `$schema`.
    """
    if not replace_invalid:
        _refuse_size(len(data), most)
    mark, encoding = _encoding_of(data)
    body = data[len(mark) :]
    try:
        return body.decode(encoding, "replace" if replace_invalid else "strict")
    except UnicodeDecodeError as error:
        found = f"byte 0x{body[error.start]:02x}"
        raise UnreadableFileError(
            f"{found} is not valid {encoding.upper()}: save the file as UTF-8"
        ) from error


def encode_like(text: str, data: bytes) -> bytes:
    """A text as the bytes of a file that was `data`: its encoding, and its mark if it has one."""
    mark, encoding = _encoding_of(data)
    return mark + text.encode(encoding)


class RepeatedKeys(dict[str, Any]):
    """The object that a whole text is, where it has a section of a template more than once: the
    last one wins."""

    __slots__ = ("earlier",)

    def __init__(self, members: list[tuple[str, Any]]) -> None:
        super().__init__(members)
        last = {key: index for index, (key, _) in enumerate(members)}
        self.earlier = tuple(each for i, each in enumerate(members) if last[each[0]] != i)
        """(key, value) of those that did not win, in their order"""


def parse_json(text: str) -> Any:
    """One JSON value: dict, list, str, int, float, bool or None; of equal keys the last wins.
    Where the outermost object has a section of a template more than once, it is `RepeatedKeys`.

    Allowed beyond JSON: a byte order mark, `//` and `/* */` comments, trailing commas, white
    space as .NET knows it, raw line breaks and control characters in strings. Integers have any
    size up to Python's limit of digits, and 1 stays distinct from 1.0. NaN and Infinity are
    refused. Raises UnreadableFileError with the offset, in characters, into `text`.
    """
    shift = 1 if text.startswith(BYTE_ORDER_MARK) else 0
    try:
        return _parse(text[shift:] if shift else text)
    except UnreadableFileError as error:
        if shift and error.offset is not None:
            error.offset += shift
        raise


def parse_named(text: str, path: str, what: str = "") -> Any:
    """`parse_json` with errors that tell the place."""
    try:
        return parse_json(text)
    except UnreadableFileError as error:
        if error.offset is None:
            raise UnreadableFileError(f"{what}'{path}': {error}") from error
        from armguard.source.location import position_at

        line, column = position_at(text, error.offset)
        place = f"{what}'{path}', line {line}, column {column}"
        raise UnreadableFileError(
            f"{place}: {error}", error.offset, f"{place}: {error.discreet}"
        ) from error


def _encoding_of(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _ENCODINGS:
        if data.startswith(mark):
            return mark, encoding
    if b"\0" not in data:
        return b"", "utf-8"
    columns = [data[first::4] for first in range(4)]
    nulls = tuple(4 * column.count(0) > len(column) for column in columns)
    return b"", _HAS_NULLS.get(nulls, "utf-8")


def _refuse_size(size: int, most: int) -> None:
    if size <= most:
        return
    message = f"{size:,} bytes are too large: armguard reads at most {most:,}"
    if most == MAXIMUM_BYTES:
        message += ", and Azure takes templates and parameters of at most 4 MB"
    raise UnreadableFileError(message)


def _parse(text: str) -> Any:
    _refuse_deep_nesting(text)
    try:
        try:
            return _decode(text)
        except ValueError:
            return _parse_relaxed(text)
    except RecursionError as error:
        raise UnreadableFileError("nested too deeply to be read from here", 0) from error


def _decode(text: str) -> Any:
    """Plain JSON. Where a section of a template may be in it more than once, it is read member by
    member, which tells of that."""
    if not any(text.count(section) > 1 for section in _SECTIONS):
        return _DECODER.decode(text)
    position = _after_blanks(text, 0)
    members: list[tuple[Any, Any]] = []
    sign = "," if text.startswith("{", position) else ""
    while sign == ",":
        start = _after_blanks(text, position + 1)
        if not text.startswith('"', start):
            break
        key, position = _DECODER.raw_decode(text, start)
        position = _after_blanks(text, position)
        if not text.startswith(":", position):
            break
        value, position = _DECODER.raw_decode(text, _after_blanks(text, position + 1))
        members.append((key, value))
        position = _after_blanks(text, position)
        sign = text[position : position + 1]
    if sign != "}" or _after_blanks(text, position + 1) < len(text):
        return _DECODER.decode(text)  # it is no object, an empty one, or the error is told there
    result = dict(members)
    return result if len(result) == len(members) else RepeatedKeys(members)


def _after_blanks(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return match.end() if match else position


def _refuse_deep_nesting(text: str) -> None:
    """Done by counting, because C json stops at another depth in each version of Python."""
    brackets = text.encode("utf-8", "surrogatepass").translate(None, _NO_BRACKETS)
    if len(brackets) <= MAXIMUM_DEPTH:
        return
    # Each round takes one level off, and most of the brackets that there are to count.
    for _ in range(_ROUNDS):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    steps = map(_STEPS.__getitem__, brackets)
    if max(accumulate(steps), default=0) <= MAXIMUM_DEPTH - 2 * _ROUNDS:
        return
    # Brackets inside strings may have added up: only now look which ones are real.
    depth = 0
    position = next_bracket(text, 0)
    while position >= 0:
        depth += 1 if text[position] in "{[" else -1
        if depth > MAXIMUM_DEPTH:
            raise UnreadableFileError(f"nested deeper than {MAXIMUM_DEPTH} levels", position)
        position = next_bracket(text, position + 1)


def _parse_relaxed(text: str) -> Any:
    # Only a text that is no plain JSON pays for these modules and their patterns.
    from armguard.source import json_errors, relaxed_json

    plain = relaxed_json.without_trailing_commas(relaxed_json.without_comments(text))
    try:
        return _decode(plain)
    except json.JSONDecodeError as error:
        raise json_errors.explained(error, plain) from error
    except ValueError as error:
        raise json_errors.refused_number(plain) from error


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError(text)
    return number


def _refuse_constant(text: str) -> None:
    raise ValueError(text)


_DECODER = json.JSONDecoder(strict=False, parse_float=_finite, parse_constant=_refuse_constant)
