"""Names from hashes: uniqueString() and guid(), which give the same for the same texts for ever.

Both hash their arguments joined by '-', so ('a', 'b') and ('a-b') are the same.
"""

from __future__ import annotations

from functools import lru_cache

from armguard.dotnet import utf16
from armguard.dotnet.murmur import murmur_hash_64
from armguard.evaluation.functions.registry import STRING, function

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]
_NAMESPACE = bytes.fromhex("11fb06fb712d4ddd98c7e71bbd588830")
"""Azure Resource Manager's own name space for guid()"""


@function("uniqueString", STRING, rest=STRING)
def unique_string(*texts: str) -> str:
    """uniqueString(baseString, ...)

    13 letters and digits, the same for the same arguments everywhere.
    """
    return _unique("-".join(texts))


@function("guid", STRING, rest=STRING)
def guid(*texts: str) -> str:
    """guid(baseString, ...)

    A version 5 GUID of the arguments joined by '-'.
    """
    from hashlib import sha1

    text = utf16.to_utf8("-".join(texts))
    digest = bytearray(sha1(_NAMESPACE + text, usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    digits = digest.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@lru_cache(maxsize=4096)
def _unique(text: str) -> str:
    # The topmost bits come first; the 13th letter holds the last 4 bits and a zero.
    value = murmur_hash_64(utf16.to_utf8(text)) << 1
    pairs = [_PAIRS[value >> shift & 1023] for shift in (55, 45, 35, 25, 15, 5)]
    return "".join(pairs) + _LETTERS[value & 31]
