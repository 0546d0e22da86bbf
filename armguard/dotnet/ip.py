"""IP addresses as .NET reads and writes them."""

from __future__ import annotations

import re

_PART = re.compile(r"0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*)")


def read_address(text: str) -> tuple[int, int] | None:
    """The address as a number and its width in bits; None if .NET reads no IP address here."""
    if ":" not in text:
        value = _read_version_4(text)
        return None if value is None else (value, 32)
    from ipaddress import AddressValueError, IPv6Address

    try:
        return int(IPv6Address(text)), 128
    except AddressValueError:
        return None


def _read_version_4(text: str) -> int | None:
    """One to four numbers, decimal, 0octal or 0xhexadecimal; the last fills the rest."""
    parts = text.split(".")
    values = []
    for part in parts:
        match = _PART.fullmatch(part)
        if match is None or len(part) > 64:
            return None
        hexadecimal, octal, decimal = match.groups()
        values.append(
            int(hexadecimal, 16) if hexadecimal else int(octal, 8) if octal else int(decimal)
        )
    *leading, last = values
    if len(values) > 4 or any(value > 255 for value in leading) or last >> 8 * (5 - len(values)):
        return None
    for index, value in enumerate(leading):
        last |= value << 8 * (3 - index)
    return last


def address_text(value: int, width: int) -> str:
    """As .NET writes it: IPv6 is compressed, with a dotted end where it embeds IPv4."""
    if width == 32:
        return ".".join(str(value >> shift & 0xFF) for shift in (24, 16, 8, 0))
    groups = [value >> shift & 0xFFFF for shift in range(112, -1, -16)]
    if not _embeds_version_4(groups):
        return _compressed(groups)
    head = _compressed(groups[:6])
    return head + ("" if head.endswith(":") else ":") + address_text(value & 0xFFFFFFFF, 32)


def _compressed(groups: list[int]) -> str:
    """The first of the longest runs of two or more zero groups becomes '::'."""
    start, length = 0, 1
    for index in range(len(groups)):
        zeros = next((i for i, group in enumerate(groups[index:]) if group), len(groups) - index)
        if zeros > length:
            start, length = index, zeros
    texts = [f"{group:x}" for group in groups]
    if length == 1:
        return ":".join(texts)
    return ":".join(texts[:start]) + "::" + ":".join(texts[start + length :])


def _embeds_version_4(groups: list[int]) -> bool:
    if groups[:4] == [0, 0, 0, 0] and groups[6] != 0:
        return groups[4:6] in ([0, 0], [0, 0xFFFF], [0xFFFF, 0])
    return groups[4:6] == [0, 0x5EFE]
