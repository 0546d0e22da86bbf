"""IP addresses as .NET's IPAddress reads and writes them.

An IPv4 address may have one to four parts, each decimal, octal (leading 0) or hexadecimal (0x), the
last one filling what is left: '10.1' is 10.0.0.1, and '010.0.0.0' is 8.0.0.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = re.compile(r"(0[xX][0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Address:
    value: int
    bits: int
    """32 or 128"""

    def __str__(self) -> str:
        return _ipv4_text(self.value) if self.bits == 32 else _ipv6_text(self.value)


def read_address(text: str) -> Address | None:
    """The address in `text` (no scope, no brackets); None: it is none."""
    if ":" in text:
        value = _read_ipv6(text)
        return None if value is None else Address(value, 128)
    value = read_ipv4(text)
    return None if value is None else Address(value, 32)


def read_ipv4(text: str) -> int | None:
    """The 32 bits of an IPv4 address in any of the forms above; None: it is none."""
    parts = text.split(".")
    if len(parts) > 4:
        return None
    numbers = []
    for part in parts:
        match = _PART.fullmatch(part)
        if match is None or len(part) > 16:
            return None
        hexadecimal, octal, decimal = match.groups()
        base = 16 if hexadecimal else 8 if octal else 10
        numbers.append(int(hexadecimal or octal or decimal, base))
    result = 0
    for number in numbers[:-1]:
        if number > 255:
            return None
        result = result << 8 | number
    room = 8 * (5 - len(numbers))
    if numbers[-1] >= 1 << room:
        return None
    return result << room | numbers[-1]


def _read_ipv6(text: str) -> int | None:
    from ipaddress import AddressValueError, IPv6Address

    try:
        return int(IPv6Address(text))
    except AddressValueError:
        return None


def _ipv4_text(value: int) -> str:
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def _ipv6_text(value: int) -> str:
    words = [value >> shift & 0xFFFF for shift in range(112, -1, -16)]
    if not _ends_as_ipv4(words):
        return _compressed(words)
    leading = _compressed(words[:6])
    return f"{leading}{'' if leading.endswith(':') else ':'}{_ipv4_text(value & 0xFFFFFFFF)}"


def _ends_as_ipv4(words: list[int]) -> bool:
    """Whether .NET writes the last 32 bits with dots: addresses that stand for an IPv4 address."""
    if words[:4] == [0, 0, 0, 0] and words[6] != 0:
        return words[4:6] in ([0, 0], [0, 0xFFFF], [0xFFFF, 0])
    return words[4] == 0 and words[5] == 0x5EFE


def _compressed(words: list[int]) -> str:
    """Groups in hexadecimal, the first of the longest runs of two or more zeros as '::'."""
    longest, start, position = 1, -1, 0
    while position < len(words):
        end = position
        while end < len(words) and words[end] == 0:
            end += 1
        if end - position > longest:
            longest, start = end - position, position
        position = end + 1
    if start < 0:
        return ":".join(f"{word:x}" for word in words)
    before = ":".join(f"{word:x}" for word in words[:start])
    after = ":".join(f"{word:x}" for word in words[start + longest :])
    return f"{before}::{after}"
