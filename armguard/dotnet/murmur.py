"""The hash behind uniqueString(): 64 bits by MurmurHash 3, as Azure uses it."""

from __future__ import annotations

from struct import unpack_from

_WORD = 0xFFFFFFFF


def murmur_hash_64(data: bytes) -> int:
    """64 bits in the manner of MurmurHash3 with two lanes of 32 bits each."""
    length = len(data)
    first = second = 0
    blocks = length >> 3
    words = unpack_from(f"<{blocks * 2}I", data)
    for index in range(0, blocks * 2, 2):
        word = words[index] * 0x239B961B & _WORD
        word = (word << 15 | word >> 17) & _WORD
        first ^= word * 0xAB0E9789 & _WORD
        first = (first << 19 | first >> 13) & _WORD
        first = ((first + second) * 5 + 0x561CCD1B) & _WORD
        word = words[index + 1] * 0xAB0E9789 & _WORD
        word = (word << 17 | word >> 15) & _WORD
        second ^= word * 0x239B961B & _WORD
        second = (second << 13 | second >> 19) & _WORD
        second = ((second + first) * 5 + 0x0BCAA747) & _WORD
    tail = data[blocks * 8 :]
    if tail:
        word = int.from_bytes(tail[:4], "little") * 0x239B961B & _WORD
        word = (word << 15 | word >> 17) & _WORD
        first ^= word * 0xAB0E9789 & _WORD
    if len(tail) > 4:
        word = int.from_bytes(tail[4:], "little") * 0xAB0E9789 & _WORD
        word = (word << 17 | word >> 15) & _WORD
        second ^= word * 0x239B961B & _WORD
    first ^= length
    second ^= length
    first = first + second & _WORD
    second = second + first & _WORD
    first, second = _mixed(first), _mixed(second)
    first = first + second & _WORD
    second = second + first & _WORD
    return second << 32 | first


def _mixed(word: int) -> int:
    word = (word ^ word >> 16) * 0x85EBCA6B & _WORD
    word = (word ^ word >> 13) * 0xC2B2AE35 & _WORD
    return word ^ word >> 16
