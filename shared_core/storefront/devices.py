"""Devices on which an account has logged in before.

A cookie, signed for one login, says so for as long as browsers keep cookies. It opens nothing: a log-in asks for the
password as ever. It only spares its holder the limit on attempts from anywhere (see limits.py), so that strangers who
guess passwords cannot keep the owner of an account out (OWASP: "device cookies").
"""

from fastapi import Request
from itsdangerous import BadSignature

from shared_core import members
from shared_core.kernel.codes import new_code
from shared_core.storefront.viewer import the_shop
from shared_core.web import cookies
from shared_core.web.security import signer

MARK_LENGTH_MAX = 200
PURPOSE = "device"


def known_device(request: Request, login: members.Login) -> str | None:
    """The mark of this device when it has logged in to this account before."""
    shop = the_shop(request)
    shown = cookies.read(request, cookies.DEVICE, secure=shop.secure) or ""
    if len(shown) > MARK_LENGTH_MAX or not shown.isascii():
        return None
    try:
        return signer(shop.keys, purpose=PURPOSE, bound_to=login.value).unsign(shown).decode()
    except BadSignature:
        return None


def remember_device(request: Request, login: members.Login) -> None:
    """Mark this device as one of the account's; the mark it has already is kept and lasts longer."""
    shop = the_shop(request)
    mark = known_device(request, login) or new_code()
    signed = signer(shop.keys, purpose=PURPOSE, bound_to=login.value).sign(mark).decode()
    cookies.remember(request, cookies.DEVICE, signed, seconds=cookies.DEVICE_SECONDS, secure=shop.secure)
