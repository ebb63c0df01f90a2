"""Orders that a member enters for people in a chat group: the form, what to send the buyer, how each group does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import orders
from shared_core.kernel.calendar import month_of, month_span
from shared_core.kernel.codes import new_token
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, format_money
from shared_core.storefront import entering
from shared_core.storefront.pages import addresses, words
from shared_core.storefront.pages.bag import Bag, read_bag
from shared_core.storefront.pages.page import page, refused, translate
from shared_core.storefront.pages.sharing import qr_code
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep
from shared_core.storefront.who import Viewer
from shared_core.web import forms
from shared_core.web.going import go
from shared_core.web.problems import calmed

HOME = "/me/group"
PER_PAGE = 20
KEY_LENGTH_MAX = 80
ID_MAX = 2**62
FIELDS: dict[type[PlatformError], str] = {entering.OwnOrder: "phone", entering.PhoneUnreadable: "phone"}
"""Beside which field an error stands."""

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
Number = Annotated[str, Path(max_length=24)]


@dataclass(frozen=True)
class Line:
    """An order as who entered it sees it. `waits` for money; `claimed`: the buyer says it is paid."""

    number: str
    name: str
    group: str
    placed_at: datetime
    to_pay: Money
    state_label: str
    tone: str
    waits: bool
    claimed: bool
    deadline: datetime | None


@router.get(HOME)
def entered(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: MemberDep,
    before: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    entering.require(shop, viewer)
    rows = orders.entered_orders(session, viewer.known_id, limit=PER_PAGE + 1, before=before)
    began, ended = month_span(month_of(shop.clock(), shop.brand.shop.zone), shop.brand.shop.zone)
    return page(
        request,
        "group.html",
        orders=[_line(request, session, row, made) for row, made in rows[:PER_PAGE]],
        groups=orders.group_standings(
            session, currency=shop.currency, since=began, until=ended, entered_by=viewer.known_id
        ),
        listing={
            "previous_url": HOME if before else "",
            "next_url": f"{HOME}?before={rows[PER_PAGE - 1][0].id}" if len(rows) > PER_PAGE else "",
        },
    )


@router.get(HOME + "/new")
def blank(request: Request, shop: ShopDep, session: ReadDep, viewer: MemberDep) -> HTMLResponse:
    entering.require(shop, viewer)
    known = orders.group_names(session, viewer.known_id)
    values = {"group": known[0] if known else "", "country": addresses.home_country(shop.brand)}
    return _form(request, session, shop, viewer, forms.Form(values), key=new_token())


@router.post(HOME)
def enter(
    request: Request,
    shop: ShopDep,
    viewer: MemberDep,
    key: Annotated[str, Form(min_length=8, max_length=KEY_LENGTH_MAX)],
    sku: Annotated[list[str], Form(max_length=orders.LINES_MAX)],
    quantity: Annotated[list[int], Form(max_length=orders.LINES_MAX)],
    values: addresses.TypedDep,
    group: Text = "",
) -> Response:
    """Goods of which nobody wants a piece are left out. The bag stays as it is, for the next person in the group."""
    entering.require(shop, viewer)
    asked = {code: pieces for code, pieces in zip(sku, quantity, strict=False) if pieces}
    faults = {field: translate(request, text) for field, text in addresses.faults(values).items()}
    if not group.strip():
        faults["group"] = translate(request, N_("Which group?"))
    values["group"] = group.strip()
    if faults:
        return _again(request, shop, viewer, forms.Form(values, faults), asked, key=key)
    try:
        number = entering.enter(
            request, lines=list(asked.items()), address=addresses.address(values), group=group, key=key
        )
    except PlatformError as error:
        fresh = new_token() if isinstance(error, orders.NEW_CHECKOUT) else key
        told = calmed(error)
        form = refused(request, told, values, FIELDS)
        return _again(request, shop, viewer, form, asked, key=fresh, status=told.status)
    return go(f"{HOME}/{number}", done="entered")


@router.get(HOME + "/{number}")
def one(request: Request, number: Number, shop: ShopDep, session: ReadDep, viewer: MemberDep) -> HTMLResponse:
    """What to send to the buyer, and how the order stands."""
    row, made = orders.entered_order(session, number, member_id=viewer.known_id)
    line = _line(request, session, row, made)
    url = entering.link_of(request, row)
    told = translate(request, N_("{name}, your order at {shop} comes to {amount}. See it and pay here: {url}"))
    amount = format_money(line.to_pay, viewer.locale)
    return page(
        request,
        "group_order.html",
        order=line,
        items=orders.lines(session, row.id),
        url=url,
        qr=qr_code(url),
        message=told.format(name=line.name, shop=shop.brand.shop.name, amount=amount, url=url),
    )


@router.post(HOME + "/{number}/cancel")
def cancel(number: Number, shop: ShopDep, session: SessionDep, viewer: MemberDep) -> Response:
    orders.cancel_entered(session, number, member_id=viewer.known_id, at=shop.clock())
    return go(f"{HOME}/{number}", done="cancelled")


def _again(
    request: Request,
    shop: Shop,
    viewer: Viewer,
    form: forms.Form,
    asked: dict[str, int],
    *,
    key: str,
    status: int = 422,
) -> Response:
    with shop.database.reading() as session:
        return _form(request, session, shop, viewer, form, key=key, asked=asked, status=status)


def _form(
    request: Request,
    session: Session,
    shop: Shop,
    viewer: Viewer,
    form: forms.Form,
    *,
    key: str,
    asked: dict[str, int] | None = None,
    status: int = 200,
) -> HTMLResponse:
    bag: Bag = read_bag(request, session, shop, viewer)
    return page(
        request,
        "group_new.html",
        status_code=status,
        cart=bag,
        asked=asked or {line.sku: line.quantity for line in bag.lines},
        quantity_max=orders.QUANTITY_MAX,
        form=form,
        key=key,
        groups=orders.group_names(session, viewer.known_id),
        countries=addresses.countries(viewer.locale),
        provinces=addresses.provinces(viewer.locale),
    )


def _line(request: Request, session: Session, row: orders.Order, made: orders.Entry) -> Line:
    said = words.ORDER[orders.State(row.state)]
    expected = orders.expectation(session, row.id)
    waits = row.state == orders.State.PLACED
    return Line(
        number=row.number,
        name=str(row.address.get("name", "")),
        group=made.group_name,
        placed_at=row.placed_at or row.written_at,
        to_pay=Money(expected.amount_minor if expected else row.total_minor, row.currency),
        state_label=translate(request, said.label),
        tone=said.tone,
        waits=waits,
        claimed=waits and orders.payment_claim(session, row.id) is not None,
        deadline=row.due_at if waits else None,
    )
