"""Orders entered for people in a chat group."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from shared_core import orders
from shared_core.kernel.calendar import month_of, month_span
from shared_core.storefront import entering
from shared_core.storefront.api.purchases import NumberInPath, Order, order_of
from shared_core.storefront.api.shapes import NOTE_LENGTH_MAX, Address, Input, Line, Money, MoneyInput, Output
from shared_core.storefront.api.statements import MONTH
from shared_core.storefront.idempotency import KeyHeader, OnceDep
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(tags=["group orders"], route_class=AnswerRoute)

Group = Annotated[str, Field(min_length=1, max_length=orders.GROUP_NAME_LENGTH_MAX, examples=["楼下的群"])]


class Entering(Input):
    lines: Annotated[list[Line], Field(min_length=1, max_length=orders.LINES_MAX)]
    """What the buyer wants; a SKU once."""
    address: Address
    """The buyer's. The phone number tells buyers apart; it opens nothing to an account with that number."""
    group: Group
    note: Annotated[str, Field(max_length=NOTE_LENGTH_MAX)] = ""
    seen_total: MoneyInput | None = None
    """When given and the total is another one now, nothing is ordered."""


class GroupOrder(Output):
    order: Order
    group: str
    buyer: str
    claimed: bool
    """Whether the buyer says that it is paid, while it waits for the money."""
    link: str
    """For the buyer alone: whoever has it sees the order and its address."""


class GroupOrderSummary(Output):
    number: str
    group: str
    buyer: str
    state: str
    placed_at: datetime | None
    total: Money


class GroupOrderPage(Output):
    orders: list[GroupOrderSummary]
    next: int | None
    """Give this as `before` to get the page after; empty on the last one."""


class GroupStanding(Output):
    """The orders of one group placed in a calendar month. `taken` was seen to be paid, `refunded` is promised back."""

    group: str
    orders: int
    waiting: int
    claimed: int
    given_up: int
    paid: int
    expected: Money
    taken: Money
    refunded: Money
    kept: Money


class GroupStandings(Output):
    groups: list[GroupStanding]


@router.post("/me/group-orders", status_code=201, responses=responses(401, 403, 404, 409, 422, 429, 503))
def enter_order(body: Entering, request: Request, viewer: MemberDep, key: KeyHeader, shop: ShopDep) -> GroupOrder:
    """Enter an order for somebody in a chat group. Its goods are held for a day; the buyer pays by the link.

    The same key again returns the same order.
    """
    number = entering.enter(
        request,
        lines=[(each.sku, each.quantity) for each in body.lines],
        address=body.address.value(),
        group=body.group,
        key=key,
        note=body.note,
        seen_total=body.seen_total.value() if body.seen_total else None,
    )
    with shop.database.glance() as session:
        return _entered(request, session, shop, *orders.entered_order(session, number, member_id=viewer.known_id))


@router.get("/me/group-orders", responses=responses(401, 503))
def list_entered(
    session: ReadDep,
    viewer: MemberDep,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> GroupOrderPage:
    """Orders you entered for others, the newest first."""
    rows = orders.entered_orders(session, viewer.known_id, limit=limit, before=before)
    shown = [
        GroupOrderSummary(
            number=row.number,
            group=made.group_name,
            buyer=str(row.address.get("name", "")),
            state=row.state,
            placed_at=row.placed_at,
            total=Money.of_minor(row.total_minor, row.currency),
        )
        for row, made in rows
    ]
    return GroupOrderPage(orders=shown, next=rows[-1][0].id if len(rows) == limit else None)


@router.get("/me/group-orders/{number}", responses=responses(401, 404, 503))
def get_entered(
    number: NumberInPath, request: Request, session: ReadDep, viewer: MemberDep, shop: ShopDep
) -> GroupOrder:
    """One of the orders you entered."""
    return _entered(request, session, shop, *orders.entered_order(session, number, member_id=viewer.known_id))


@router.post(
    "/me/group-orders/{number}/cancellation",
    response_model=GroupOrder,
    responses=responses(401, 404, 409, 422, 503),
)
def cancel_entered(
    number: NumberInPath, request: Request, session: SessionDep, viewer: MemberDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Give up an order that you entered and that is not paid yet."""

    def cancel() -> GroupOrder:
        orders.cancel_entered(session, number, member_id=viewer.known_id, at=shop.clock())
        return _entered(request, session, shop, *orders.entered_order(session, number, member_id=viewer.known_id))

    return once(cancel)


@router.get("/me/groups", responses=responses(401, 422, 503))
def my_groups(
    session: ReadDep,
    viewer: MemberDep,
    shop: ShopDep,
    month: Annotated[str | None, Query(pattern=MONTH)] = None,
) -> GroupStandings:
    """How your groups stand in a calendar month, the current one unless told otherwise."""
    began, ended = month_span(month or month_of(shop.clock(), shop.brand.shop.zone), shop.brand.shop.zone)
    standings = orders.group_standings(
        session, currency=shop.currency, since=began, until=ended, entered_by=viewer.known_id
    )
    return GroupStandings(groups=[standing_of(each) for each in standings])


def standing_of(row: orders.GroupStanding) -> GroupStanding:
    return GroupStanding(
        group=row.group,
        orders=row.orders,
        waiting=row.waiting,
        claimed=row.claimed,
        given_up=row.given_up,
        paid=row.paid,
        expected=Money.of(row.expected),
        taken=Money.of(row.taken),
        refunded=Money.of(row.refunded),
        kept=Money.of(row.kept),
    )


def _entered(request: Request, session: Session, shop: Shop, row: orders.Order, made: orders.Entry) -> GroupOrder:
    return GroupOrder(
        order=order_of(session, shop, row),
        group=made.group_name,
        buyer=str(row.address.get("name", "")),
        claimed=row.state == orders.State.PLACED and orders.payment_claim(session, row.id) is not None,
        link=entering.link_of(request, row),
    )
