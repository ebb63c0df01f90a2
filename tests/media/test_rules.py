"""Which machines may be asked for a picture, how often, and how large one is kept."""

from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.media import rules

NOT_PUBLIC = (
    "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
    "168.63.129.16", "192.0.0.192", "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:53aa:64c:0:fffe:3f57:fffe", "2001:db8::1",
    "", "localhost", "0x7f.1", "127.1",
)  # fmt: skip
PRIVATE = [ip_network(text) for text in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16")]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_on_the_public_internet_is_refused(address: str) -> None:
    assert not rules.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_what_is_on_it_may_be_asked(address: str) -> None:
    assert rules.is_public(address)


@given(st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(network=network)))
def test_a_private_address_stays_one_however_it_is_dressed(address: IPv4Address) -> None:
    whole = int(address)
    mapped, six_to_four = IPv6Address((0xFFFF << 32) | whole), IPv6Address((0x2002 << 112) | (whole << 80))
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) | whole)
    assert not any(rules.is_public(str(each)) for each in (address, mapped, six_to_four, translated))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_what_it_stands_for(address: IPv4Address) -> None:
    assert rules.is_public(f"::ffff:{address}") == rules.is_public(str(address))


def test_one_private_number_among_public_ones_is_enough_to_refuse() -> None:
    assert rules.may_connect("http://img.example/a", ["1.1.1.1"], private=())
    assert not rules.may_connect("http://img.example/a", ["1.1.1.1", "10.0.0.1"], private=())
    assert not rules.may_connect("http://img.example/a", [], private=())


def test_other_ports_are_for_those_who_are_named() -> None:
    assert not rules.may_connect("http://img.example:6379/a", ["1.1.1.1"], private=())
    assert rules.may_connect("http://img.example:8080/a", ["10.0.0.1"], private=("http://img.example:8080",))
    assert not rules.may_connect("http://img.example:8081/a", ["10.0.0.1"], private=("http://img.example:8080",))
    assert not rules.may_connect("https://img.example:8080/a", ["10.0.0.1"], private=("http://img.example:8080",))


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a/b", "file:///etc/passwd", "//a/b", "http://", "http://u:p@a/b", "http://u@a/", "http://a:99999/",
     "gopher://a/", "http://[::1", "data:image/png;base64,AA", "http://a/" + "x" * 2_000],
)  # fmt: skip
def test_what_is_no_address_of_a_picture_has_no_origin(url: str) -> None:
    assert rules.origin(url) == ""


def test_an_origin_names_its_port() -> None:
    assert rules.origin("HTTP://Img.Example/a?b#c") == "http://img.example:80"
    assert rules.origin("https://[2606:4700::1]/a") == "https://[2606:4700::1]:443"


@given(st.integers(1, 50_000), st.integers(1, 50_000), st.sampled_from(rules.WIDTHS))
def test_a_kept_picture_fits_is_never_enlarged_and_keeps_its_shape(width: int, height: int, widest: int) -> None:
    wide, high = rules.fitting(width, height, widest)
    assert 1 <= wide <= min(width, widest) and 1 <= high <= min(height, 2 * widest)
    if min(wide, high) > 100:
        assert abs(wide * height - high * width) <= max(width, height)


def test_waiting_grows_and_ends() -> None:
    waits = [rules.retry_in(attempts) for attempts in range(1, rules.ATTEMPTS_MAX + 1)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=16)]
    assert waits[-2] == rules.RETRY_LONGEST and waits[-1] is None
