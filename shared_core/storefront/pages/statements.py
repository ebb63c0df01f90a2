"""A member's statement of one month: to read, and as a table to take away."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from babel.dates import format_skeleton
from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import rewards
from shared_core.kernel.calendar import month_of, month_span
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import decimal_text
from shared_core.rewards import Entry, Statement, StatementLine
from shared_core.storefront.api.statements import MONTH
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.tables import taken_away
from shared_core.storefront.viewer import MemberDep, ReadDep, ShopDep, current
from shared_core.storefront.who import Viewer
from shared_core.web.going import go

LINES_SHOWN_MAX = 200
COLUMNS = ("at", "kind", "subject", *(each.value for each in Entry), "change", "balance", "held", "currency")

SUMS: Mapping[Entry, str] = {
    Entry.EARNED: N_("Earned"),
    Entry.CLAWED_BACK: N_("Taken back for refunds"),
    Entry.PAID_OUT: N_("Paid out"),
    Entry.TAX: N_("Tax withheld"),
    Entry.TEAM_FUND: N_("From the team fund"),
    Entry.OTHER: N_("Other"),
}
KINDS: Mapping[str, str] = {
    "alloc": N_("Earned on the order {subject}"),
    "claw": N_("Taken back: money of the order {subject} was refunded"),
    "own": N_("Taken back: the order {subject} is your own"),
    "hold": N_("Kept back: the payment of the order {subject} is disputed"),
    "unhold": N_("Let go: the dispute about the order {subject} is over"),
    "po": N_("Payout {subject}"),
    "pof": N_("Payout {subject} failed and was given back"),
    "fund": N_("From the team fund: {reason}"),
    "merge": N_("Brought along from before you logged in"),
}
"""By the kind of booking."""
SOMETHING_ELSE = N_("Booked by the shop: {subject}")

router = APIRouter(include_in_schema=False)
Month = Annotated[str, Path(pattern=MONTH)]


@router.get("/me/statements")
def newest(shop: ShopDep, viewer: MemberDep) -> Response:
    return go(f"/me/statements/{month_of(shop.clock(), shop.brand.shop.zone)}")


@router.get("/me/statements/{month}.csv")
def table(month: Month, shop: ShopDep, session: ReadDep, viewer: MemberDep) -> Response:
    """Amounts as decimal text, instants in UTC; the balance of the last row is the closing."""
    rows = _rows(_read(session, shop, viewer, month), shop.currency)
    return taken_away(f"statement-{month}.csv", rows)


@router.get("/me/statements/{month}")
def one(request: Request, month: Month, shop: ShopDep, session: ReadDep, viewer: MemberDep) -> HTMLResponse:
    found, zone, locale = _read(session, shop, viewer, month), shop.brand.shop.zone, current(request).locale
    began, ended = month_span(month, zone)
    first_day = began.astimezone(shop.brand.zone)
    newest_first = found.lines[::-1]
    return page(
        request,
        "statement.html",
        statement=found,
        title=format_skeleton("yMMMM", first_day, locale=locale.replace("-", "_"), tzinfo=first_day.tzinfo),
        sums=[(translate(request, label), found.total(entry)) for entry, label in SUMS.items() if found.total(entry)],
        lines=[_told(request, each) for each in newest_first[:LINES_SHOWN_MAX]],
        more=max(len(newest_first) - LINES_SHOWN_MAX, 0),
        earlier=month_of(began - timedelta(days=1), zone),
        later=month_of(ended, zone) if ended <= shop.clock() else "",
    )


def _read(session: Session, shop: Shop, viewer: Viewer, month: str) -> Statement:
    zone = shop.brand.shop.zone
    return rewards.statement(session, viewer.known_id, month, currency=shop.currency, zone=zone, at=shop.clock())


def _told(request: Request, line: StatementLine) -> dict[str, object]:
    """`whole` when all the member's money together changed; else `amount` was kept back or let go, as `text` says."""
    text = translate(request, KINDS.get(line.kind, SOMETHING_ELSE)).format(subject=line.subject, reason=line.memo)
    shown = line.change or max(line.held, -line.held)
    return {"text": text, "at": line.at, "amount": shown, "whole": bool(line.change)}


def _rows(found: Statement, currency: str) -> Iterator[tuple[str, ...]]:
    nothing = [""] * len(Entry)
    balance = found.opening.total
    yield COLUMNS
    yield ("", "opening", "", *nothing, "", decimal_text(balance), decimal_text(found.opening.held), currency)
    for line in found.lines:
        changes = dict(line.changes)
        balance += line.change
        amounts = [decimal_text(changes[entry]) if entry in changes else "" for entry in Entry]
        rest = (decimal_text(line.change), decimal_text(balance), decimal_text(line.held), currency)
        yield (_instant(line.at), line.kind, line.subject, *amounts, *rest)
    closing = (decimal_text(found.closing.total), decimal_text(found.closing.held), currency)
    yield ("", "closing", "", *nothing, "", *closing)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
