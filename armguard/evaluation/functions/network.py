"""Networks in CIDR notation, IPv4 and IPv6, as the engine's library for them reads and cuts them.

It is generous: characters that can't be in an address are dropped first, so '10.0.0.0/-1' is
'10.0.0.0/1'; a netmask may stand instead of the prefix length; and an IPv4 address alone is taken
as a class A, B or C network (an IPv6 address: /64).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from armguard.errors import EvaluationError
from armguard.evaluation.functions.ip_addresses import Address, read_address
from armguard.evaluation.functions.registry import INTEGER, STRING, function

_IMPOSSIBLE = re.compile(r"[^0-9a-fA-F./\s:]+")
_BLANKS = re.compile(r"\s{2,}")
_SEPARATOR = re.compile(r"[ /]+")
_LARGEST_INDEX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class _Network:
    first: int
    prefix: int
    bits: int
    """32 or 128"""

    @property
    def last(self) -> int:
        return self.first + (1 << self.bits - self.prefix) - 1

    @property
    def mask(self) -> int:
        return (1 << self.bits) - (1 << self.bits - self.prefix)

    def text(self, value: int) -> str:
        return str(Address(value & (1 << self.bits) - 1, self.bits))


@function("parseCidr", STRING)
def parse_cidr(network: str) -> dict[str, str | int]:
    """parseCidr(network)

    IPv6 has no broadcast, and there the first and the last address are usable. A /31 and a /32 have
    no usable addresses; both properties are the network's address then.
    """
    parsed = _read_network(network)
    result: dict[str, str | int] = {
        "network": parsed.text(parsed.first),
        "netmask": parsed.text(parsed.mask),
    }
    first, last = parsed.first, parsed.last
    if parsed.bits == 32:
        result["broadcast"] = parsed.text(last)
        first, last = (first + 1, last - 1) if parsed.prefix < 31 else (first, first)
    result["firstUsable"] = parsed.text(first)
    result["lastUsable"] = parsed.text(last)
    result["cidr"] = parsed.prefix
    return result


@function("cidrSubnet", STRING, INTEGER, INTEGER)
def cidr_subnet(network: str, cidr: int, index: int) -> str:
    """cidrSubnet(network, cidr, subnetIndex)

    The subnet number subnetIndex (from 0) of those with prefix length cidr.
    """
    parsed = _read_network(network)
    if not parsed.prefix <= cidr <= parsed.bits:
        raise EvaluationError(
            f"the prefix length of a subnet of '{network}' must be between {parsed.prefix} and"
            f" {parsed.bits}, but is {cidr}"
        )
    count = 1 << cidr - parsed.prefix
    if not 0 <= index < count or index > _LARGEST_INDEX:
        raise EvaluationError(
            f"'{network}' has {count} subnets of prefix length {cidr}, but the index is {index}"
        )
    first = parsed.first + (index << parsed.bits - cidr)
    return f"{parsed.text(first)}/{cidr}"


@function("cidrHost", STRING, INTEGER)
def cidr_host(network: str, index: int) -> str:
    """cidrHost(network, hostIndex)

    hostIndex 0 is the address after the network's own. A negative one leads out of the network, and
    the last one may be the broadcast address: neither is refused.
    """
    parsed = _read_network(network)
    if abs(index) > _LARGEST_INDEX or index + 1 > parsed.last - parsed.first:
        raise EvaluationError(
            f"'{network}' has {parsed.last - parsed.first} addresses after its own, but the index"
            f" is {index}"
        )
    return parsed.text(parsed.first + index + 1)


def _read_network(text: str) -> _Network:
    cleaned = _BLANKS.sub(" ", _IMPOSSIBLE.sub("", text)).strip()
    parts = [part for part in _SEPARATOR.split(cleaned) if part]
    address = read_address(parts[0]) if parts else None
    if address is None:
        raise EvaluationError(f"'{text[:100]}' is no network such as '10.0.0.0/16' or 'fd00::/48'")
    prefix = _classful_prefix(address) if len(parts) == 1 else _prefix_length(parts[1])
    if prefix is None or prefix > address.bits:
        raise EvaluationError(
            f"the prefix length of the network '{text[:100]}' must be between 0 and {address.bits}"
        )
    host_bits = address.bits - prefix
    return _Network(address.value >> host_bits << host_bits, prefix, address.bits)


def _classful_prefix(address: Address) -> int:
    if address.bits == 128:
        return 64
    leading = address.value >> 30
    return 8 if leading <= 1 else 16 if leading == 2 else 24


def _prefix_length(text: str) -> int | None:
    """From a number up to 255 or a netmask; None for anything else."""
    digits = text.strip()
    if digits.isdecimal() and len(digits) <= 1000 and int(digits) <= 255:
        return int(digits)
    netmask = read_address(text)
    if netmask is None:
        return None
    host = netmask.value ^ (1 << netmask.bits) - 1
    return netmask.bits - host.bit_length() if host & host + 1 == 0 else None
