"""Orders entered from chat groups, by who entered them and by group, and what each collector has in hand, as tables."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated

from babel.dates import format_skeleton
from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import members, orders
from shared_core.kernel.calendar import month_of, month_span
from shared_core.kernel.csvfile import plain
from shared_core.kernel.money import decimal_text, zero
from shared_core.storefront import collecting
from shared_core.storefront.api.statements import MONTH
from shared_core.storefront.pages.page import page
from shared_core.storefront.shop import Shop
from shared_core.storefront.tables import taken_away
from shared_core.storefront.viewer import OrdersDep, ReadDep, ShopDep, current
from shared_core.web.going import go

GROUP_COLUMNS = (
    *("month", "entered_by", "group", "orders", "waiting", "claimed", "given_up", "paid"),
    *("expected", "taken", "refunded", "kept", "currency"),
)
COLLECTOR_COLUMNS = (
    *("collector", "payments", "taken", "sent_back", "in_hand"),
    *(f"in_hand_{days}_days" for days in orders.AGES),
    *("in_hand_older", "oldest_days", "unidentified", "unidentified_payments", "expected", "expected_orders"),
    *("claimed_orders", "currency"),
)

router = APIRouter()
Month = Annotated[str, Path(pattern=MONTH)]


@router.get("/groups")
def newest(shop: ShopDep, viewer: OrdersDep) -> Response:
    return go(f"/admin/groups/{month_of(shop.clock(), shop.brand.shop.zone)}")


@router.get("/groups/{month}.csv")
def groups_table(month: Month, shop: ShopDep, session: ReadDep, viewer: OrdersDep) -> Response:
    """Amounts as decimal text."""
    standings = _standings(session, shop, month)
    return taken_away(f"groups-{month}.csv", _group_rows(session, shop, month, standings))


@router.get("/groups/{month}")
def groups(request: Request, month: Month, shop: ShopDep, session: ReadDep, viewer: OrdersDep) -> HTMLResponse:
    standings, zone, locale = _standings(session, shop, month), shop.brand.shop.zone, current(request).locale
    began, ended = month_span(month, zone)
    first_day = began.astimezone(shop.brand.zone)
    nothing = zero(shop.currency)
    return page(
        request,
        "admin/groups.html",
        title=format_skeleton("yMMMM", first_day, locale=locale.replace("-", "_"), tzinfo=first_day.tzinfo),
        month=month,
        standings=standings,
        names=members.names(session, {each.entered_by for each in standings}),
        expected=sum((each.expected for each in standings), nothing),
        taken=sum((each.taken for each in standings), nothing),
        kept=sum((each.kept for each in standings), nothing),
        earlier=month_of(began - timedelta(days=1), zone),
        later=month_of(ended, zone) if ended <= shop.clock() else "",
    )


@router.get("/receipts/collectors.csv")
def collectors_table(shop: ShopDep, session: ReadDep, viewer: OrdersDep) -> Response:
    """How every collector stands now. Amounts as decimal text."""
    return taken_away("collectors.csv", _collector_rows(collecting.standings(shop, session), shop.currency))


def _standings(session: Session, shop: Shop, month: str) -> Sequence[orders.GroupStanding]:
    began, ended = month_span(month, shop.brand.shop.zone)
    return orders.group_standings(session, currency=shop.currency, since=began, until=ended)


def _group_rows(
    session: Session, shop: Shop, month: str, standings: Sequence[orders.GroupStanding]
) -> Iterator[Sequence[str]]:
    names = members.names(session, {each.entered_by for each in standings})
    yield GROUP_COLUMNS
    for row in standings:
        counts = (row.orders, row.waiting, row.claimed, row.given_up, row.paid)
        sums = (row.expected, row.taken, row.refunded, row.kept)
        yield (
            *(month, plain(names.get(row.entered_by, "")), plain(row.group)),
            *(str(each) for each in counts),
            *(decimal_text(each) for each in sums),
            shop.currency,
        )


def _collector_rows(standings: Sequence[orders.Standing], currency: str) -> Iterator[Sequence[str]]:
    yield COLLECTOR_COLUMNS
    for row in standings:
        sums = (row.taken, row.sent_back, row.in_hand, *row.ages)
        yield (
            *(plain(row.collector), str(row.seen)),
            *(decimal_text(each) for each in sums),
            "" if row.oldest_days is None else str(row.oldest_days),
            *(decimal_text(row.unidentified), str(row.unidentified_count)),
            *(decimal_text(row.expected), str(row.expected_count), str(row.claimed_count), currency),
        )
