"""Percent-encoding as System.Uri of .NET does and undoes it.

An escape is undone only where its character means nothing special: '%7E' is '~', '%2F' stays.
"""

from __future__ import annotations

import re

from armguard.dotnet.utf16 import to_utf8

_HEX = "[0-9A-Fa-f]{2}"
MALFORMED = f"%(?!{_HEX})"
_MALFORMED = re.compile(MALFORMED)
_ESCAPES = re.compile(f"(?:%{_HEX})+")
_TO_ESCAPE = re.compile(rf"{MALFORMED}|[^A-Za-z0-9\-._~;/?:@&=+$,#\[\]!'()*%]+")
_KEPT_ESCAPED = frozenset(";/?:@&=+$,#[]!'()*%\\")
_REWRITTEN = re.compile(
    rf"[^\x00-\x7f]|{MALFORMED}..|%[89A-Fa-f][0-9A-Fa-f]"
    r"|%(?:2[DEde]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])",
    re.DOTALL,
)


def is_rewritten(text: str) -> bool:
    """Whether .NET normalises this URI: it has non-ASCII letters, needless or malformed escapes."""
    return _REWRITTEN.search(text) is not None


def normalised(text: str, *, in_query: bool = False) -> str:
    """Escapes of harmless characters undone; what is no letter of an IRI is escaped."""
    decoded = _ESCAPES.sub(lambda match: _decoded(match[0], "", in_query), text)
    return "".join(
        letter if letter <= "\x7f" or _in_iri(letter, in_query) else _percent(letter)
        for letter in decoded
    )


def _decoded(escapes: str, reserved: str, in_query: bool) -> str:
    """A run of escapes with those undone that .NET undoes."""
    written: list[str] = []
    data = bytes.fromhex(escapes.replace("%", ""))
    position = 0
    while position < len(data):
        byte = data[position]
        size = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
        try:
            letter = data[position : position + size].decode("utf-8")
        except UnicodeDecodeError:
            letter, size = "", 1
        keep = (
            letter in _KEPT_ESCAPED or letter in reserved or letter <= "\x1f" or letter == "\x7f"
            if len(letter) == 1 and letter <= "\x7f"
            else not letter or not _in_iri(letter, in_query)
        )
        written.append(escapes[3 * position : 3 * (position + size)] if keep else letter)
        position += size
    return "".join(written)


def _in_iri(letter: str, in_query: bool) -> bool:
    code = ord(letter)
    if code > 0xFFFF:
        private = code >= 0xF0000
        return (
            code & 0xFFFF < 0xFFFE and not 0xE0000 <= code <= 0xE0FFF and (in_query or not private)
        )
    return (
        0xA0 <= code <= 0xD7FF
        or 0xF900 <= code <= 0xFDCF
        or 0xFDF0 <= code <= 0xFFEF
        or (in_query and 0xE000 <= code <= 0xF8FF)
    )


def escape(text: str, forced: str = "") -> str:
    """What needs it escaped; escapes that are there stay; `forced` are escaped as well."""
    escaped = _TO_ESCAPE.sub(lambda match: _percent(match[0]), text)
    for letter in forced:
        escaped = escaped.replace(letter, _percent(letter))
    return escaped


def unescape(text: str, forced: str = "", *, in_query: bool = False) -> str:
    """Escapes undone as Uri.ToString() does; `forced` are escaped if they are not."""
    if "%" not in text and not any(letter in text for letter in forced):
        return text
    text = _MALFORMED.sub("%25", text)
    text = _ESCAPES.sub(lambda match: _decoded(match[0], forced, in_query), text)
    for letter in forced:
        text = text.replace(letter, _percent(letter))
    return text


def escape_all(text: str) -> str:
    """Uri.EscapeDataString(): everything but letters, digits and -._~."""
    from urllib.parse import quote

    return quote(to_utf8(text), safe="~")


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in to_utf8(text))
