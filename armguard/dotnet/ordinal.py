"""Names without regard to case as .NET's StringComparer.OrdinalIgnoreCase takes them.

Letters become capital one by one and count as UTF-16 units: 'ß' is not 'ss', the Kelvin sign is no
k, and an emoji sorts before the ligatures.
"""

from __future__ import annotations

from armguard.dotnet import culture

_LONG_S = "\u017f"
"""The only letter besides the dotless i that has a capital one, S, but is not compared as such."""


def fold(text: str) -> str:
    """The same for texts that differ in case only."""
    if text.isascii():
        return text.upper()
    return _LONG_S.join(map(culture.to_upper, text.split(_LONG_S)))


def rank(text: str) -> bytes:
    """What to sort texts by."""
    return fold(text).encode("utf-16-be", "surrogatepass")
