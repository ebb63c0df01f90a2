"""Asking a stranger's server without being led astray.

A name is resolved once and the connection goes to the number that was checked, so no second answer can send it
elsewhere. Nothing of the environment (proxies, .netrc) is used, no cookie is kept, no redirect is followed, and the
whole takes at most `Patience.total`, however slowly an answer drips in.
"""

import socket
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx2

from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_

URL_LENGTH_MAX = 2_000
PORTS = {"http": 80, "https": 443}
_NOBODY = tuple(
    map(
        ip_network,
        ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "fec0::/10"),
    )
)
"""Numbers that pass for public and are not for us: services of clouds (Azure, Oracle), IPv4 by gateway, sites."""

Resolve = Callable[[str, int], Collection[str]]
"""The numeric addresses of a host. Raises OSError where it has none."""


class BadAddress(Exception):
    """It is no address that can be asked."""


class NotPublic(Exception):
    """`place`, host and port, is not on the public internet."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


class NoAnswer(Exception):
    """`host` gave none, or not all of it."""

    def __init__(self, host: str, reason: object) -> None:
        super().__init__(f"{host}: {reason}")
        self.host, self.reason = host, reason


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a stranger's server."""

    connect: timedelta = timedelta(seconds=5)
    read: timedelta = timedelta(seconds=5)
    total: timedelta = timedelta(seconds=20)


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
    """Scheme, host and port of an address; "" where it is none that can be asked."""
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


def host_of(url: str) -> str:
    return urlsplit(origin(url)).hostname or ""


def resolve(host: str, port: int) -> Collection[str]:
    """By the machine's own resolver."""
    return {str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}


@dataclass(frozen=True)
class Outgoing:
    """Requests that belong together: they share the time there is. Use it as a context manager, once.

    `private` are origins ("http://pictures.lan:8080") that may be asked although they are not public.
    """

    client: httpx2.Client
    watch: "_Watch"
    private: Collection[str]
    resolve: Resolve

    @contextmanager
    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Iterator[httpx2.Response]:
        """The answer while it comes in; read it inside. Raises BadAddress, NotPublic, NoAnswer."""
        asked, address = self._checked(url)
        host = host_of(url)
        try:
            with self.client.stream(
                method,
                address,
                headers={**(headers or {}), "Host": asked.netloc.decode("ascii")},
                content=content,
                extensions={"sni_hostname": host, "trace": self.watch.trace},
            ) as response:
                yield response
        except httpx2.RequestError as failure:
            reason = self.watch.reason or (failure if str(failure) else type(failure).__name__)
            raise NoAnswer(host, reason) from failure
        if self.watch.reason:  # a body without a stated length ends well where it was cut
            raise NoAnswer(host, self.watch.reason)

    def _checked(self, url: str) -> tuple[httpx2.URL, httpx2.URL]:
        """The address as it is meant, and with the checked number to connect to."""
        place = urlsplit(origin(url))
        try:
            asked = httpx2.URL(url)
        except (httpx2.InvalidURL, UnicodeError):
            place = urlsplit("")
        if not place.hostname or not place.port:
            raise BadAddress(url)
        try:
            numbers = sorted(self.resolve(place.hostname, place.port))
        except (OSError, UnicodeError) as failure:
            raise NoAnswer(place.hostname, Phrase(N_("there is no such host"))) from failure
        if not may_connect(url, numbers, private=self.private):
            raise NotPublic(place.netloc)
        number = next((each for each in numbers if ":" not in each), numbers[0])
        return asked, asked.copy_with(host=number, port=place.port)


@contextmanager
def outgoing(
    agent: str, *, private: Collection[str] = (), resolve: Resolve = resolve, patience: Patience | None = None
) -> Iterator[Outgoing]:
    """Ask as `agent`."""
    patience = patience or Patience()
    timeout = httpx2.Timeout(patience.read.total_seconds(), connect=patience.connect.total_seconds())
    headers = {"User-Agent": agent, "Accept-Encoding": "identity"}
    with (
        _Watch(patience.total) as watch,
        httpx2.Client(headers=headers, timeout=timeout, trust_env=False, follow_redirects=False) as client,
    ):
        yield Outgoing(client, watch, private, resolve)


class _Watch:
    """Cuts the connection at hand when the time is over."""

    def __init__(self, total: timedelta) -> None:
        self.reason: Phrase | None = None
        """Why it was cut; None before."""
        self._too_long = Phrase(N_("it takes longer than {seconds} seconds"), seconds=int(total.total_seconds()))
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(total.total_seconds(), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "_Watch":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, found: dict[str, Any]) -> None:
        """Told by the client what it does; remembers what it has connected."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = found["return_value"].get_extra_info("socket")
            if self.reason:
                self._cut()

    def _cut(self) -> None:
        self.reason = self._too_long
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:  # it has ended by itself
                return


def _carries_secrets(parts: SplitResult) -> bool:
    return parts.username is not None or parts.password is not None
