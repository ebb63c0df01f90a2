"""Devices on which an account has logged in before, and how often somebody may try to.

A cookie, signed for one account, says so for as long as browsers keep cookies. It opens nothing: a log-in asks for the
password as ever. It only spares its holder the limit on attempts from anywhere (see limits.py), so that strangers who
guess passwords cannot keep the owner of an account out (OWASP: "device cookies").
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from itsdangerous import BadSignature

from shared_core.kernel.codes import new_code
from shared_core.web import cookies, limits
from shared_core.web.limits import Limiter
from shared_core.web.security import signer

MARK_LENGTH_MAX = 200
BROWSER_NAME_LENGTH_MAX = 200
PURPOSE = "device"


@dataclass(frozen=True)
class Devices:
    """The marks that an app signs with its `keys`."""

    keys: Sequence[str]
    secure: bool

    def known(self, request: Request, account: str) -> str | None:
        """The mark of this device when it has logged in to this account before."""
        shown = cookies.read(request, cookies.DEVICE, secure=self.secure) or ""
        if len(shown) > MARK_LENGTH_MAX or not shown.isascii():
            return None
        try:
            return signer(self.keys, purpose=PURPOSE, bound_to=account).unsign(shown).decode()
        except BadSignature:
            return None

    def remember(self, request: Request, account: str) -> None:
        """Mark this device as one of the account's; the mark it has already is kept and lasts longer."""
        mark = self.known(request, account) or new_code()
        signed = signer(self.keys, purpose=PURPOSE, bound_to=account).sign(mark).decode()
        cookies.remember(request, cookies.DEVICE, signed, seconds=cookies.DEVICE_SECONDS, secure=self.secure)

    def count_attempt(self, request: Request, limiter: Limiter, account: str, *, address: str) -> str:
        """One more attempt at an account; the key to forget once it came to a good end. Raises TooManyRequests."""
        mark = self.known(request, account)
        place = f"{account} {mark or address}"
        limiter.spend(limits.LOGIN_BY_ACCOUNT_AND_PLACE, place)
        if mark is None:
            limiter.spend(limits.LOGIN_BY_ACCOUNT, account)
        return place


def browser_name(request: Request) -> str:
    """What the browser calls itself, to recognise it in the list of devices."""
    return request.headers.get("user-agent", "")[:BROWSER_NAME_LENGTH_MAX]
