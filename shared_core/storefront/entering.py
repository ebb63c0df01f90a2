"""Orders for people in a chat group: a seller enters them, the buyer gets a link to see the order and to pay it.

The buyer is a visitor whom only the shop knows by the phone number: one person for all who enter orders for it. It is
never an account with that number, because nobody has proved that the number is theirs. Nobody gets that visitor's
cookie; the link shows one order and no more. The sale is claimed by who entered it, as by a link of theirs.
"""

import hmac
import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import members, orders, plan, supply
from shared_core.kernel.codes import hash_token, new_code
from shared_core.kernel.errors import Forbidden, Invalid
from shared_core.kernel.money import Money
from shared_core.storefront import share_links
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import current, the_shop
from shared_core.storefront.who import Viewer
from shared_core.web import limits

PATH = "/o/"
LINK_LIFE = timedelta(days=180)
"""How long a buyer's link shows the order."""
OWN_ORDERS_MAX = 100
"""So many of a seller's own orders are asked for their phone numbers."""
MOBILE_DIGITS = 11
"""Of a mobile number in China, without its country."""
_IN_CHINA = re.compile(r"\+86(?:86(?=1[3-9]|\d{11}$))?0*(\d+)")
"""The country may have been written without + or 00 and so stand there twice, or be followed by a 0."""
_MOBILE = re.compile(r"1[3-9]\d*")


class MayNotEnter(Forbidden):
    code = "may_not_enter"
    message = "Only who may sell in this shop can enter orders for others."


class PhoneUnreadable(Invalid):
    code = "phone_unreadable"
    message = "This phone number cannot be read. Write it in full, from another country with its code, like +44."


class OwnOrder(Invalid):
    code = "own_order"
    message = "This number is your own. Order for yourself in the shop, where your own purchases are known as such."


def may_enter(shop: Shop, viewer: Viewer) -> bool:
    """Whether the viewer may enter orders for others: staff, and everybody who may sell."""
    if not viewer.signed_in:
        return False
    return bool(viewer.staff) or viewer.promoter or not plan.sells_by_joining_only(shop.plan_at(shop.clock()))


def require(shop: Shop, viewer: Viewer) -> None:
    """Raises MayNotEnter."""
    if not may_enter(shop, viewer):
        raise MayNotEnter


def enter(
    request: Request,
    *,
    lines: Sequence[tuple[str, int]],
    address: supply.Address,
    group: str,
    key: str,
    note: str = "",
    seen_total: Money | None = None,
) -> str:
    """The number of the order that this key made, now or before.

    Opens its own short transactions, so it must be called without one. Raises MayNotEnter, OwnOrder, TooManyRequests,
    PhoneUnreadable, Invalid, and what `orders.Counter.place` raises.
    """
    shop, viewer, at = the_shop(request), current(request), the_shop(request).clock()
    require(shop, viewer)
    shop.limiter.spend(limits.CHECKOUT_BY_VIEWER, viewer.scope)
    entered = orders.Entered(viewer.known_id, orders.group_name(group), key)
    phone = _phone(address.phone)
    if phone is None:
        raise PhoneUnreadable
    with shop.database.transaction() as session:
        buyer_id = orders.buyer_entered(session, entered.by, key)
        if buyer_id is None:
            if _is_own(session, entered.by, phone):
                raise OwnOrder
            buyer_id = _buyer(session, shop, phone)
    purchase = orders.Purchase(
        buyer_id=buyer_id,
        lines=lines,
        address=address,
        checkout_key=f"{orders.GROUP}{entered.by}:{sha256(key.encode()).hexdigest()[:32]}",
        channel=orders.GROUP,
        note=note,
        seen_total=seen_total,
        claims={"link": entered.by},
        entered=entered,
    )
    return shop.counter.place(purchase, number=new_code(), at=at)


def link_of(request: Request, row: orders.Order) -> str:
    """The address at which whoever has it sees the order and says that it is paid."""
    shop = the_shop(request)
    claims = members.ShareClaims(code="", about=row.number, expires_at=row.written_at + LINK_LIFE)
    token = members.sign_share_token(claims, purpose="order", audience=share_links.AUDIENCE, keys=shop.keys)
    return share_links.absolute(request, PATH + token)


def order_of_link(session: Session, shop: Shop, token: str) -> orders.Order:
    """The order a link shows. Raises TokenUnreadable and TokenExpired."""
    claims = members.read_share_token(
        token, purpose="order", audience=share_links.AUDIENCE, keys=shop.keys, at=shop.clock()
    )
    return orders.get(session, claims.about)


def _buyer(session: Session, shop: Shop, phone: members.Login) -> int:
    newest, *older = [hash_token(_secret(key, phone)) for key in shop.keys]
    for token_hash in older:
        made_before = members.visitor(session, token_hash)
        if made_before is not None:
            return made_before.member_id
    return members.create_visitor(session, token_hash=newest, code=new_code(), at=shop.clock())


def _secret(key: str, phone: members.Login) -> str:
    """Stands where a visitor has the token of a cookie: the same for the same number, and nobody can guess it."""
    return hmac.new(key.encode(), f"buyer {phone.value}".encode(), sha256).hexdigest()


def _is_own(session: Session, member_id: int, phone: members.Login) -> bool:
    """Whether it is the member's log-in or a number their own purchases went to, whatever else is written around it."""
    own = [str(row.address.get("phone", "")) for row in orders.orders_of(session, member_id, limit=OWN_ORDERS_MAX)]
    login = members.account(session, member_id).login
    if login is not None:
        own.append(login.value)
    digits = phone.value.removeprefix("+")[-MOBILE_DIGITS:]
    return any(_phone(text) == phone or digits in _digits(text) for text in own)


def _digits(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", text) if each in "0123456789")


def _phone(text: str) -> members.Login | None:
    """A phone number in the one form in which buyers are told apart.

    None when it is none, and for a mobile number in China with too few digits or with some more behind it.
    """
    try:
        found = members.normalise_login(text)
    except members.LoginUnreadable:
        return None
    if found.kind != "phone":
        return None
    home = _IN_CHINA.fullmatch(found.value)
    if home is None:
        return found
    if _MOBILE.fullmatch(home[1]) and len(home[1]) != MOBILE_DIGITS:
        return None
    return members.Login("phone", f"+86{home[1]}")
