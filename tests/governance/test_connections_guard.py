"""Where connections may lead: nowhere inside, however it is written."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest
from pytest_django import Settings

from governance.connections.guard import AddressRefused, checked_addresses, is_allowed_by_setting, is_public
from governance.errors import OutsideError

INSIDE = [
    # IPv4: this machine, private, shared, link-local, documentation, benchmarks, multicast, reserved
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    # IPv6: the same ideas
    "::",
    "::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "100::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    # An IPv4 address inside an IPv6 one: mapped, compatible, NAT64 (both prefixes), 6to4, Teredo, ISATAP
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "::10.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001::1",
    "2a00:1450::5efe:127.0.0.1",
    "2a00:1450::200:5efe:10.0.0.1",
]
DISGUISED = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "10.1",
    "0",
    "0x0",
    "3232235777",
    "0xa9fea9fe",
    "169.254.43518",
    "127.0.0.1.",
    "1.1.1.0x1",
]
OUTSIDE = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001::1"]


def _resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def answer(_host: str, port: int, **_options: Any) -> list[Any]:
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        pairs = zip(families, addresses, strict=True)
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address in pairs]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_corpus_is_large_enough() -> None:
    assert len({*INSIDE, *DISGUISED}) >= 60


@pytest.mark.parametrize("address", INSIDE)
def test_inside_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(AddressRefused):
        checked_addresses(address, 443)
    _resolves_to(monkeypatch, address)
    with pytest.raises(AddressRefused):
        checked_addresses("harmless.example.com", 443)


@pytest.mark.parametrize("host", DISGUISED)
def test_disguised_address_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        checked_addresses(host, 443)


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_address_is_taken(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    _resolves_to(monkeypatch, address)
    assert checked_addresses("example.com", 443) == [address]


def test_one_inside_answer_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolves_to(monkeypatch, "1.1.1.1", "10.0.0.1")
    with pytest.raises(AddressRefused):
        checked_addresses("example.com", 443)


def test_address_with_a_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolves_to(monkeypatch, "fe80::1%eth0")
    with pytest.raises(AddressRefused):
        checked_addresses("example.com", 443)


@pytest.mark.parametrize(
    ("allowed", "address", "taken"),
    [
        (("wiki.corp.example",), "10.1.2.3", True),
        (("WIKI.corp.example",), "10.1.2.3", True),
        (("other.corp.example",), "10.1.2.3", False),
        (("10.1.0.0/16",), "10.1.2.3", True),
        (("10.1.0.0/16",), "10.2.2.3", False),
        (("10.1.2.3",), "10.1.2.3", True),
        (("corp.example",), "10.1.2.3", False),
        ((), "10.1.2.3", False),
    ],
)
def test_operator_allows_hosts_and_networks(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, allowed: tuple[str, ...], address: str, taken: bool
) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = allowed
    _resolves_to(monkeypatch, address)
    if taken:
        assert checked_addresses("wiki.corp.example", 443) == [address]
        return
    with pytest.raises(AddressRefused):
        checked_addresses("wiki.corp.example", 443)


def test_network_allows_a_host_only_when_all_its_addresses_are_inside_it(settings: Settings) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ("10.0.0.0/8", "fd00::/8")
    both = [ip_address("10.0.0.1"), ip_address("fd00::1")]
    assert is_allowed_by_setting("wiki.corp.example", both)
    assert not is_allowed_by_setting("wiki.corp.example", [*both, ip_address("192.168.0.1")])
    assert not is_allowed_by_setting("wiki.corp.example", [])


def test_unknown_host_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_details: Any, **_options: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(OutsideError, match="cannot be found"):
        checked_addresses("nowhere.example", 443)
