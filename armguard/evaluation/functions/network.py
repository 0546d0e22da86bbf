"""IP networks in CIDR notation: parseCidr, cidrSubnet and cidrHost, for IPv4 and IPv6.

Azure's reader is lenient: characters that no address holds are dropped before anything else, so
'10.0.0.0/-1' is 10.0.0.0/1; addresses may be short, octal or a single number, as in .NET.
"""

from __future__ import annotations

import re

from armguard.dotnet.ip import address_text, read_address
from armguard.errors import EvaluationError
from armguard.evaluation.functions.registry import INTEGER, STRING, function
from armguard.evaluation.unknown import Value
from armguard.record import record

_WHITE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DROPPED = re.compile(rf"[^0-9a-fA-F./:{_WHITE}]+")
_WHITE_RUN = re.compile(rf"[{_WHITE}]{{2,}}")


@record
class Network:
    """The `first` address as a number, the `prefix` length, and the `width` in bits: 32 or 128."""

    first: int
    prefix: int
    width: int

    @property
    def size(self) -> int:
        """How many addresses it holds."""
        return 1 << (self.width - self.prefix)

    @property
    def last(self) -> int:
        return self.first + self.size - 1

    @property
    def mask(self) -> int:
        return (1 << self.width) - self.size


@function("parseCidr", STRING)
def parse_cidr(network: str) -> Value:
    """parseCidr(network)

    network, netmask, broadcast, firstUsable, lastUsable and cidr; no broadcast for IPv6. Without a
    prefix length an IPv4 address has that of its class (8, 16 or 24), an IPv6 address 64. Networks
    of one or two IPv4 addresses have their first address as firstUsable and lastUsable.
    """
    read = read_network(network)
    parts: dict[str, Value] = {
        "network": address_text(read.first, read.width),
        "netmask": address_text(read.mask, read.width),
    }
    first, last = read.first, read.last
    if read.width == 32:
        parts["broadcast"] = address_text(read.last, read.width)
        first, last = (first, first) if read.prefix > 30 else (first + 1, last - 1)
    parts["firstUsable"] = address_text(first, read.width)
    parts["lastUsable"] = address_text(last, read.width)
    parts["cidr"] = read.prefix
    return parts


@function("cidrSubnet", STRING, INTEGER, INTEGER)
def cidr_subnet(network: str, prefix: int, index: int) -> str:
    """cidrSubnet(network, cidr, subnetIndex)

    cidr must not be less than the network's own; subnetIndex counts from 0.
    """
    read = read_network(network)
    if not read.prefix <= prefix <= read.width:
        raise EvaluationError(
            f"the subnets of '{network}' must have a prefix length from {read.prefix} to"
            f" {read.width}, but it is {prefix}"
        )
    count = 1 << (prefix - read.prefix)
    if not 0 <= index < count:
        raise EvaluationError(
            f"'{network}' has {count} subnets with the prefix length {prefix}, so the index must"
            f" be from 0 to {count - 1}, but is {index}"
        )
    first = read.first + (index << (read.width - prefix))
    return f"{address_text(first, read.width)}/{prefix}"


@function("cidrHost", STRING, INTEGER)
def cidr_host(network: str, index: int) -> str:
    """cidrHost(network, hostIndex)

    hostIndex 0 is the address after the network's first one, the last index of IPv4 the one before
    the broadcast address; a negative one gives an address before the network.
    """
    if not -(2**31) <= index < 2**31:
        raise EvaluationError(f"cidrHost() takes an index of 32 bits, but got {index}")
    read = read_network(network)
    hosts = max(read.size - (2 if read.width == 32 else 1), 0)
    if index >= hosts:
        raise EvaluationError(
            f"'{network}' has {hosts} addresses for hosts, so the index of one must be less than"
            f" {hosts}, but is {index}"
        )
    address = read.first + index + 1
    # Before the first address of all comes the last one.
    return address_text(address & (1 << read.width) - 1, read.width)


def read_network(text: str) -> Network:
    """'10.0.0.0/8', '10.0.0.0 255.0.0.0', '10.0.0.0', 'fd00::/8' ...; host bits are cleared."""
    cleaned = _WHITE_RUN.sub(" ", _DROPPED.sub("", text)).strip()
    parts = [part for part in re.split("[ /]", cleaned) if part]
    if not parts:
        raise EvaluationError(f"'{text}' is no network; write it as '10.0.0.0/16' or 'fd00::/48'")
    address = read_address(parts[0])
    if address is None:
        raise EvaluationError(f"'{text}' does not begin with an IP address")
    value, width = address
    prefix = _prefix(text, parts[1]) if len(parts) > 1 else _class_prefix(value, width)
    if prefix > width:
        raise EvaluationError(
            f"the prefix length of '{text}' must be from 0 to {width}, but is {prefix}"
        )
    host_bits = width - prefix
    return Network(value >> host_bits << host_bits, prefix, width)


def _prefix(text: str, part: str) -> int:
    digits = part.strip()
    if digits.isascii() and digits.isdigit():
        significant = digits.lstrip("0") or "0"
        if len(significant) <= 3 and int(significant) <= 255:
            return int(significant)
    mask = read_address(part)
    if mask is None:
        raise EvaluationError(f"'{part}' in '{text}' is neither a prefix length nor a netmask")
    value, width = mask
    inverted = ~value & ((1 << width) - 1)
    if inverted & (inverted + 1):
        raise EvaluationError(f"'{part}' in '{text}' is not a netmask: its one bits have gaps")
    return value.bit_count()


def _class_prefix(value: int, width: int) -> int:
    """Classes A, B and C; what lies beyond them (224.0.0.0 and up) counts as class C."""
    if width == 128:
        return 64
    leading = value >> 30
    return 8 if leading <= 1 else 16 if leading == 2 else 24
