"""Which machines of strangers may be asked."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.kernel import outgoing

NOT_PUBLIC = (
    "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
    "168.63.129.16", "192.0.0.192", "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:53aa:64c:0:fffe:3f57:fffe", "2001:db8::1",
    "fec0::1", "192.88.99.1",
    "", "localhost", "0x7f.1", "127.1",
)  # fmt: skip
PRIVATE = [ip_network(text) for text in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16")]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_on_the_public_internet_is_refused(address: str) -> None:
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_what_is_on_it_may_be_asked(address: str) -> None:
    assert outgoing.is_public(address)


@given(st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(network=network)))
def test_a_private_address_stays_one_however_it_is_dressed(address: IPv4Address) -> None:
    whole = int(address)
    mapped, six_to_four = IPv6Address((0xFFFF << 32) | whole), IPv6Address((0x2002 << 112) | (whole << 80))
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) | whole)
    assert not any(outgoing.is_public(str(each)) for each in (address, mapped, six_to_four, translated))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_what_it_stands_for(address: IPv4Address) -> None:
    assert outgoing.is_public(f"::ffff:{address}") == outgoing.is_public(str(address))


def test_one_private_number_among_public_ones_is_enough_to_refuse() -> None:
    assert outgoing.may_connect("http://img.example/a", ["1.1.1.1"], private=())
    assert not outgoing.may_connect("http://img.example/a", ["1.1.1.1", "10.0.0.1"], private=())
    assert not outgoing.may_connect("http://img.example/a", [], private=())


def test_other_ports_are_for_those_who_are_named() -> None:
    assert not outgoing.may_connect("http://img.example:6379/a", ["1.1.1.1"], private=())
    assert outgoing.may_connect("http://img.example:8080/a", ["10.0.0.1"], private=("http://img.example:8080",))
    assert not outgoing.may_connect("http://img.example:8081/a", ["10.0.0.1"], private=("http://img.example:8080",))
    assert not outgoing.may_connect("https://img.example:8080/a", ["10.0.0.1"], private=("http://img.example:8080",))


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a/b", "file:///etc/passwd", "//a/b", "http://", "http://u:p@a/b", "http://u@a/", "http://a:99999/",
     "gopher://a/", "http://[::1", "data:image/png;base64,AA", "http://a/" + "x" * 2_000],
)  # fmt: skip
def test_what_cannot_be_asked_has_no_origin(url: str) -> None:
    assert outgoing.origin(url) == ""


def test_an_origin_names_its_port() -> None:
    assert outgoing.origin("HTTP://Img.Example/a?b#c") == "http://img.example:80"
    assert outgoing.origin("https://[2606:4700::1]/a") == "https://[2606:4700::1]:443"
