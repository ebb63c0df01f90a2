"""Asking a stranger's server for a picture without being led astray.

A name is resolved once and the connection goes to the number that was checked, so no second answer can send it
elsewhere; each redirect is checked like the first address. Nothing of the environment (proxies, .netrc) is used, no
cookie is kept, and the whole takes at most `Patience.total`, however slowly an answer drips in.
"""

import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx2

from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_
from shared_core.media import rules
from shared_core.media.errors import (
    AddressNotPublic,
    BadPictureAddress,
    PictureAway,
    PictureRefused,
    PictureTooHeavy,
    TooManyRedirects,
)

REDIRECTS_MAX = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
RETRY_SECONDS = 60
AGENT = "platform-in-a-box pictures"

Resolve = Callable[[str, int], Collection[str]]
"""The numeric addresses of a host. Raises OSError where it has none."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a stranger's server."""

    connect: timedelta = timedelta(seconds=5)
    read: timedelta = timedelta(seconds=5)
    total: timedelta = timedelta(seconds=20)


class Fetch(Protocol):
    """Gets the bytes behind an address."""

    def __call__(self, url: str, /) -> bytes: ...


def resolve(host: str, port: int) -> Collection[str]:
    """By the machine's own resolver."""
    return {str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}


@dataclass(frozen=True)
class SafeFetch:
    """Implements `Fetch`. Raises BadPictureAddress, AddressNotPublic, TooManyRedirects, PictureRefused,
    PictureTooHeavy, PictureAway.

    `private` are origins ("http://pictures.lan:8080") that may be asked although they are not public; `setting` is
    what to name in the message to whoever wants one more.
    """

    private: tuple[str, ...] = ()
    setting: str = "MEDIA_PRIVATE_ORIGINS"
    resolve: Resolve = resolve
    patience: Patience = Patience()

    def __call__(self, url: str, /) -> bytes:
        with _Watch(self.patience.total) as watch, _client(self.patience) as client:
            for _ in range(REDIRECTS_MAX + 1):
                answer = self._ask(client, watch, url)
                if isinstance(answer, bytes):
                    return answer
                url = answer
        raise TooManyRedirects(host=_host(url), maximum=REDIRECTS_MAX)

    def _ask(self, client: httpx2.Client, watch: "_Watch", url: str) -> bytes | str:
        """What the address has, or where it sends us."""
        asked, address = self._checked(url)
        extensions = {"sni_hostname": _host(url), "trace": watch.trace}
        headers = {"Host": asked.netloc.decode("ascii")}
        try:
            with client.stream("GET", address, headers=headers, extensions=extensions) as response:
                if response.status_code in REDIRECTS and "location" in response.headers:
                    return _joined(url, response.headers["location"])
                _require_found(response, url)
                body = _body(response)
        except httpx2.RequestError as failure:
            reason = watch.reason or (failure if str(failure) else type(failure).__name__)
            raise PictureAway(host=_host(url), reason=reason, retry_after=RETRY_SECONDS) from failure
        if watch.reason:  # a body without a stated length ends well where it was cut
            raise PictureAway(host=_host(url), reason=watch.reason, retry_after=RETRY_SECONDS)
        return body

    def _checked(self, url: str) -> tuple[httpx2.URL, httpx2.URL]:
        """The address as it is meant, and with the checked number to connect to."""
        origin = urlsplit(rules.origin(url))
        try:
            asked = httpx2.URL(url)
        except (httpx2.InvalidURL, UnicodeError):
            origin = urlsplit("")
        if not origin.hostname or not origin.port:
            raise BadPictureAddress(url=url[: rules.URL_LENGTH_MAX])
        try:
            numbers = sorted(self.resolve(origin.hostname, origin.port))
        except (OSError, UnicodeError) as failure:
            reason = Phrase(N_("there is no such host"))
            raise PictureAway(host=origin.hostname, reason=reason, retry_after=RETRY_SECONDS) from failure
        if not rules.may_connect(url, numbers, private=self.private):
            raise AddressNotPublic(host=origin.netloc, setting=self.setting)
        number = next((each for each in numbers if ":" not in each), numbers[0])
        return asked, asked.copy_with(host=number, port=origin.port)


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


@contextmanager
def _client(patience: Patience) -> Iterator[httpx2.Client]:
    timeout = httpx2.Timeout(patience.read.total_seconds(), connect=patience.connect.total_seconds())
    headers = {"User-Agent": AGENT, "Accept": "image/*", "Accept-Encoding": "identity"}
    with httpx2.Client(headers=headers, timeout=timeout, trust_env=False, follow_redirects=False) as client:
        yield client


def _require_found(response: httpx2.Response, url: str) -> None:
    status = response.status_code
    if status in LATER:
        reason = Phrase(N_("it answers {status}"), status=status)
        raise PictureAway(host=_host(url), reason=reason, retry_after=RETRY_SECONDS)
    if status != httpx2.codes.OK:
        raise PictureRefused(host=_host(url), status=status)


def _body(response: httpx2.Response) -> bytes:
    """As it was sent: nothing is unpacked, so nothing can grow."""
    size = response.headers.get("content-length", "")
    body = bytearray()
    if size.isdecimal() and int(size[:20]) > rules.BYTES_MAX:
        raise PictureTooHeavy(maximum=rules.BYTES_MAX // 2**20)
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > rules.BYTES_MAX:
            raise PictureTooHeavy(maximum=rules.BYTES_MAX // 2**20)
    return bytes(body)


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; "" where that is no address."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _host(url: str) -> str:
    return urlsplit(rules.origin(url)).hostname or ""
