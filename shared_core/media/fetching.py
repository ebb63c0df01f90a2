"""Asking a stranger's server for a picture: see `kernel.outgoing` for why it cannot lead us astray. Each redirect is
checked like the first address, and no more is read than a picture may weigh.
"""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urljoin

import httpx2

from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.outgoing import (
    URL_LENGTH_MAX,
    BadAddress,
    NoAnswer,
    NotPublic,
    Outgoing,
    Patience,
    Resolve,
    host_of,
    outgoing,
    resolve,
)
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
PATIENCE = Patience()
WANTED = {"Accept": "image/*"}


class Fetch(Protocol):
    """Gets the bytes behind an address."""

    def __call__(self, url: str, /) -> bytes: ...


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
    patience: Patience = PATIENCE

    def __call__(self, url: str, /) -> bytes:
        with outgoing(AGENT, private=self.private, resolve=self.resolve, patience=self.patience) as asking:
            for _ in range(REDIRECTS_MAX + 1):
                answer = self._ask(asking, url)
                if isinstance(answer, bytes):
                    return answer
                url = answer
        raise TooManyRedirects(host=host_of(url), maximum=REDIRECTS_MAX)

    def _ask(self, asking: Outgoing, url: str) -> bytes | str:
        """What the address has, or where it sends us."""
        try:
            with asking.send("GET", url, headers=WANTED) as response:
                if response.status_code in REDIRECTS and "location" in response.headers:
                    return _joined(url, response.headers["location"])
                _require_found(response, url)
                return _body(response)
        except BadAddress as error:
            raise BadPictureAddress(url=url[:URL_LENGTH_MAX]) from error
        except NotPublic as error:
            raise AddressNotPublic(host=error.place, setting=self.setting) from error
        except NoAnswer as error:
            raise PictureAway(host=error.host, reason=error.reason, retry_after=RETRY_SECONDS) from error


def _require_found(response: httpx2.Response, url: str) -> None:
    status = response.status_code
    if status in LATER:
        reason = Phrase(N_("it answers {status}"), status=status)
        raise PictureAway(host=host_of(url), reason=reason, retry_after=RETRY_SECONDS)
    if status != httpx2.codes.OK:
        raise PictureRefused(host=host_of(url), status=status)


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
