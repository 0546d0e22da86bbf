"""parseCidr, cidrSubnet and cidrHost against values known from Azure and the ipaddress module."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.dotnet.ip import address_text, read_address
from armguard.errors import EvaluationError
from armguard.evaluation.functions.network import cidr_host, cidr_subnet, parse_cidr

VERSION_4 = ("network", "netmask", "broadcast", "firstUsable", "lastUsable", "cidr")


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("10.144.0.0/20", "10.144.0.0 255.255.240.0 10.144.15.255 10.144.0.1 10.144.15.254 20"),
        ("10.0.0.5/24", "10.0.0.0 255.255.255.0 10.0.0.255 10.0.0.1 10.0.0.254 24"),
        ("0.0.0.0/0", "0.0.0.0 0.0.0.0 255.255.255.255 0.0.0.1 255.255.255.254 0"),
        ("10.0.0.0/30", "10.0.0.0 255.255.255.252 10.0.0.3 10.0.0.1 10.0.0.2 30"),
        ("10.0.0.0/31", "10.0.0.0 255.255.255.254 10.0.0.1 10.0.0.0 10.0.0.0 31"),
        ("10.1.2.3/32", "10.1.2.3 255.255.255.255 10.1.2.3 10.1.2.3 10.1.2.3 32"),
        ("10.144.0.0", "10.0.0.0 255.0.0.0 10.255.255.255 10.0.0.1 10.255.255.254 8"),
        ("172.16.9.9", "172.16.0.0 255.255.0.0 172.16.255.255 172.16.0.1 172.16.255.254 16"),
        ("192.168.0.1", "192.168.0.0 255.255.255.0 192.168.0.255 192.168.0.1 192.168.0.254 24"),
        ("10.0.0.0/-1", "0.0.0.0 128.0.0.0 127.255.255.255 0.0.0.1 127.255.255.254 1"),
        ("10.0.0/24", "10.0.0.0 255.255.255.0 10.0.0.255 10.0.0.1 10.0.0.254 24"),
        ("010.0.0.0/8", "8.0.0.0 255.0.0.0 8.255.255.255 8.0.0.1 8.255.255.254 8"),
        ("10.1.0.0 255.255.0.0", "10.1.0.0 255.255.0.0 10.1.255.255 10.1.0.1 10.1.255.254 16"),
        ("10.1.0.0/255.255.0.0", "10.1.0.0 255.255.0.0 10.1.255.255 10.1.0.1 10.1.255.254 16"),
        ("10.1.0.0/0016", "10.1.0.0 255.255.0.0 10.1.255.255 10.1.0.1 10.1.255.254 16"),
    ],
)
def test_parse_cidr_of_version_4(network: str, expected: str) -> None:
    values = dict(zip(VERSION_4, expected.split(), strict=True))
    assert parse_cidr(network) == {**values, "cidr": int(values["cidr"])}


def test_parse_cidr_of_version_6_has_no_broadcast() -> None:
    assert parse_cidr("FDAD:3236:5555::/48") == {
        "network": "fdad:3236:5555::",
        "netmask": "ffff:ffff:ffff::",
        "firstUsable": "fdad:3236:5555::",
        "lastUsable": "fdad:3236:5555:ffff:ffff:ffff:ffff:ffff",
        "cidr": 48,
    }


def test_parse_cidr_of_version_6_without_prefix_takes_64() -> None:
    assert parse_cidr("fd00::1")["cidr"] == 64


@pytest.mark.parametrize(
    "network",
    [
        "",
        "/",
        "abc",
        "10.0.0.0/33",
        "10.0.0.0/256",
        "fd00::/129",
        "10.0.0.0/255.0.255.0",
        "10.0.0.0/abc",
        "10.0.0.256/8",
        "256.1/8",
        "1.2.3.4.5/8",
        "10..1/8",
        "08.0.0.0/8",
        "fd00:::/8",
        "10.0.0.0/ffff:ffff:ffff::",
    ],
)
def test_parse_cidr_refuses(network: str) -> None:
    with pytest.raises(EvaluationError):
        parse_cidr(network)


def test_message_quotes_the_network_and_says_what_is_allowed() -> None:
    with pytest.raises(EvaluationError) as error:
        parse_cidr("10.0.0.0/33")
    assert str(error.value) == (
        "the prefix length of '10.0.0.0/33' must be from 0 to 32, but is 33"
    )


@pytest.mark.parametrize(
    ("network", "prefix", "index", "expected"),
    [
        ("10.144.0.0/20", 24, 0, "10.144.0.0/24"),
        ("10.144.0.0/20", 24, 15, "10.144.15.0/24"),
        ("10.0.0.0/24", 24, 0, "10.0.0.0/24"),
        ("10.0.0.5/24", 26, 1, "10.0.0.64/26"),
        ("0.0.0.0/0", 4, 3, "48.0.0.0/4"),
        ("fdad:3236:5555::/48", 58, 3, "fdad:3236:5555:c0::/58"),
        ("::/0", 128, 2**127, "8000::/128"),
    ],
)
def test_cidr_subnet(network: str, prefix: int, index: int, expected: str) -> None:
    assert cidr_subnet(network, prefix, index) == expected


@pytest.mark.parametrize(
    ("network", "prefix", "index"),
    [
        ("10.144.0.0/20", 16, 0),
        ("10.144.0.0/20", 24, 16),
        ("10.144.0.0/20", 24, -1),
        ("10.0.0.0/8", -1, 0),
        ("10.0.0.0/8", 33, 0),
        ("fd00::/8", 129, 0),
    ],
)
def test_cidr_subnet_refuses(network: str, prefix: int, index: int) -> None:
    with pytest.raises(EvaluationError):
        cidr_subnet(network, prefix, index)


@pytest.mark.parametrize(
    ("network", "index", "expected"),
    [
        ("10.144.3.0/24", 0, "10.144.3.1"),
        ("10.0.0.0/24", 253, "10.0.0.254"),
        ("192.168.0.0/29", 5, "192.168.0.6"),
        ("192.168.8.0/31", -1, "192.168.8.0"),
        ("fd00::/126", 2, "fd00::3"),
        ("fd00::/8", 2**31 - 1, "fd00::8000:0"),
        ("172.16.5.4/22", 254, "172.16.4.255"),
        ("fdad:3236:5555:3000::/52", 4, "fdad:3236:5555:3000::5"),
        ("2001:DB8:0:0:1::/80", -1, "2001:db8:0:0:1::"),
        ("10.0.0.0/31", -10, "9.255.255.247"),
        ("0.0.0.0/0", -10, "255.255.255.247"),
        ("::/0", -2, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("::/0", 65535, "::0.1.0.0"),
    ],
)
def test_cidr_host(network: str, index: int, expected: str) -> None:
    assert cidr_host(network, index) == expected


@pytest.mark.parametrize(
    ("network", "index"),
    [
        ("10.0.0.0/32", 0),
        ("10.0.0.0/31", 0),
        ("10.0.0.0/30", 2),
        ("192.168.0.0/29", 6),
        ("10.0.0.0/24", 254),
        ("fd00::/126", 3),
        ("::1/128", 0),
    ],
)
def test_cidr_host_refuses_what_is_beyond_the_network(network: str, index: int) -> None:
    with pytest.raises(EvaluationError, match="must be less than"):
        cidr_host(network, index)


@pytest.mark.parametrize("index", [2**31, 4294967296, -(2**31) - 1])
def test_cidr_host_refuses_an_index_beyond_32_bits(index: int) -> None:
    for network in ("fd00::/8", "0.0.0.0/0"):
        with pytest.raises(EvaluationError, match="takes an index of 32 bits"):
            cidr_host(network, index)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("1:0:3:0:5:0:7:0", "1:0:3:0:5:0:7:0"),
        ("0:0:3::", "0:0:3::"),
        ("1:0:0:4:5:0:0:8", "1::4:5:0:0:8"),
        ("::1", "::1"),
        ("::102:304", "::1.2.3.4"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("::ffff:0:1.2.3.4", "::ffff:0:1.2.3.4"),
        ("fe80::5efe:102:304", "fe80::5efe:1.2.3.4"),
    ],
)
def test_version_6_is_written_as_dotnet_does(address: str, expected: str) -> None:
    assert address_text(int(IPv6Address(address)), 128) == expected


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_version_4_agrees_with_ipaddress(address: int, prefix: int) -> None:
    network = IPv4Network((address, prefix), strict=False)
    parts = parse_cidr(f"{ip_address(address)}/{prefix}")
    assert parts["network"] == str(network.network_address)
    assert parts["netmask"] == str(network.netmask)
    assert parts["broadcast"] == str(network.broadcast_address)


@given(st.integers(0, 2**128 - 1), st.integers(0, 128), st.data())
def test_version_6_subnets_lie_in_their_network(
    address: int, prefix: int, data: st.DataObject
) -> None:
    network = IPv6Network((address, prefix), strict=False)
    longer = data.draw(st.integers(prefix, 128))
    index = data.draw(st.integers(0, 2 ** (longer - prefix) - 1))
    subnet = ip_network(cidr_subnet(str(network), longer, index))
    assert isinstance(subnet, IPv6Network)
    assert subnet.subnet_of(network)
    assert int(subnet.network_address) == int(network.network_address) + index * 2 ** (128 - longer)


@given(st.integers(0, 2**128 - 1) | st.integers(0, 2**34))
def test_version_6_text_reads_back(address: int) -> None:
    assert read_address(address_text(address, 128)) == (address, 128)


@given(st.text("0123456789abf.:/ -xé", max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(EvaluationError):
        assert isinstance(parse_cidr(text), dict)


def test_long_numbers_are_refused_quickly() -> None:
    for text in ("1" * 200_000, "10.0.0.0/" + "9" * 200_000, "10.0.0.0/" + "1." * 100_000):
        with pytest.raises(EvaluationError):
            parse_cidr(text)
