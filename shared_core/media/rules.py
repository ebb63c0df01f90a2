"""What a picture may be, from where it may come, and when it is asked for again."""

import re
from collections.abc import Collection
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

BYTES_MAX = 20 * 2**20
PIXELS_MAX = 50_000_000
"""Enough for any telephone's camera."""
WIDTHS = (480, 960, 1600)
"""Widths that are kept: a card on a phone, the whole of one, a desk. The last is the picture itself."""
ATTEMPTS_MAX = 8
RETRY_FIRST = timedelta(minutes=1)
RETRY_LONGEST = timedelta(hours=12)
URL_LENGTH_MAX = 2_000
PORTS = {"http": 80, "https": 443}

DIGEST = re.compile(r"[0-9a-f]{64}")
_NOBODY = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "64:ff9b::/96", "64:ff9b:1::/48")))
"""Numbers that pass for public and are not for us: services of clouds (Azure, Oracle), and IPv4 through a gateway."""


def is_digest(text: str) -> bool:
    """Whether it names a picture by its content."""
    return DIGEST.fullmatch(text) is not None


def is_public(address: str) -> bool:
    """Whether a numeric address is a machine of the public internet.

    IPv6 addresses that stand for an IPv4 one are what that one is; those that a gateway translates are refused.
    """
    try:
        number: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(number, IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if inner is not None:
            return is_public(str(inner))
        if number.teredo is not None:
            return False
    odd = number.is_multicast or number.is_reserved or any(number in network for network in _NOBODY)
    return number.is_global and not odd


def origin(url: str) -> str:
    """Scheme, host and port of an address; "" where it is none that a picture can have."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in PORTS or not parts.hostname or _carries_secrets(parts) or len(url) > URL_LENGTH_MAX:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port or PORTS[parts.scheme]}"


def may_connect(url: str, addresses: Collection[str], *, private: Collection[str]) -> bool:
    """Whether the address may be asked, which has these numbers.

    All of them are public and the port is the usual one; or its origin is one of the `private` ones.
    """
    if origin(url) in {origin(each) for each in private}:
        return bool(addresses)
    usual = urlsplit(origin(url)).port in PORTS.values()
    return usual and bool(addresses) and all(is_public(each) for each in addresses)


def retry_in(attempts: int) -> timedelta | None:
    """How long to wait after so many failures; None: it is given up."""
    return None if attempts >= ATTEMPTS_MAX else min(RETRY_FIRST * 4 ** (attempts - 1), RETRY_LONGEST)


def fitting(width: int, height: int, widest: int) -> tuple[int, int]:
    """The size at which a picture is kept: never wider than `widest` or higher than twice that, never enlarged."""
    if width <= widest and height <= 2 * widest:
        return width, height
    if width * 2 >= height:
        return widest, max(1, height * widest // width)
    return max(1, width * 2 * widest // height), 2 * widest


def kept_width(wanted: int) -> int:
    """The least of our widths that is not below the wanted one, else the widest."""
    return next((each for each in WIDTHS if each >= wanted), WIDTHS[-1])


def _carries_secrets(parts: SplitResult) -> bool:
    return parts.username is not None or parts.password is not None
