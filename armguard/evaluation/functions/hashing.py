"""uniqueString() and guid(): the same texts as Azure computes from the same arguments.

uniqueString is a 64-bit variant of MurmurHash3 over the arguments joined by '-', written as 13
letters of base 32; guid is a version 5 UUID in a namespace of its own.
"""

from __future__ import annotations

from functools import lru_cache

from armguard.evaluation.functions.registry import STRING, function

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_FIRST, _SECOND = 597399067, 2869860233
_MASK = 0xFFFFFFFF
_NAMESPACE = "11fb06fb-712d-4ddd-98c7-e71bbd588830"


@function("uniqueString", STRING, rest=STRING)
def unique_string(*values: str) -> str:
    """uniqueString(baseString, ...)

    13 letters and digits; with regard to case.
    """
    return _unique("-".join(values))


@lru_cache(maxsize=4096)
def _unique(text: str) -> str:
    number = murmur_hash_64(text.encode("utf-8", "surrogatepass"))
    return (
        "".join(_ALPHABET[number >> shift & 31] for shift in range(59, 0, -5))
        + (_ALPHABET[(number << 1) & 31])
    )


def murmur_hash_64(data: bytes) -> int:
    """The hash of Azure's engine: two interleaved 32-bit lanes, seed 0."""
    low = high = 0
    whole = len(data) & ~7
    for index in range(0, whole, 8):
        low ^= _mixed(int.from_bytes(data[index : index + 4], "little"), _FIRST, 15, _SECOND)
        low = (_rotated(low, 19) + high) * 5 + 1444728091 & _MASK
        high ^= _mixed(int.from_bytes(data[index + 4 : index + 8], "little"), _SECOND, 17, _FIRST)
        high = (_rotated(high, 13) + low) * 5 + 197830471 & _MASK
    tail = data[whole:]
    if tail:
        low ^= _mixed(int.from_bytes(tail[:4], "little"), _FIRST, 15, _SECOND)
    if len(tail) > 4:
        high ^= _mixed(int.from_bytes(tail[4:], "little"), _SECOND, 17, _FIRST)
    low, high = low ^ len(data), high ^ len(data)
    low = low + high & _MASK
    high = high + low & _MASK
    low, high = _finished(low), _finished(high)
    low = low + high & _MASK
    high = high + low & _MASK
    return high << 32 | low


def _mixed(value: int, first: int, rotation: int, second: int) -> int:
    return _rotated(value * first & _MASK, rotation) * second & _MASK


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> 32 - bits) & _MASK


def _finished(value: int) -> int:
    value = (value ^ value >> 16) * 2246822507 & _MASK
    value = (value ^ value >> 13) * 3266489909 & _MASK
    return value ^ value >> 16


@function("guid", STRING, rest=STRING)
def guid(*values: str) -> str:
    """guid(baseString, ...)

    The same GUID for the same values; with regard to case.
    """
    from uuid import UUID, uuid5

    return str(uuid5(UUID(_NAMESPACE), "-".join(values)))
