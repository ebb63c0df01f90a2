"""A member's money month by month."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path

from shared_core import rewards
from shared_core.rewards import Entry
from shared_core.storefront.api.shapes import Money, Output
from shared_core.storefront.viewer import MemberDep, ReadDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

MONTH = r"^20\d{2}-(0[1-9]|1[0-2])$"

router = APIRouter(prefix="/me/statements", tags=["me"], route_class=AnswerRoute)
MonthInPath = Annotated[str, Path(pattern=MONTH, examples=["2026-03"])]


class Standing(Output):
    """What the shop owes you at an instant; `total` is the other three together."""

    pending: Money
    held: Money
    available: Money
    total: Money


class Line(Output):
    """One entry in the books. `change` is of all your money together, `held` of what is kept back for disputes."""

    at: datetime
    kind: str
    subject: str
    """The order, the payout or the hand-out."""
    change: Money
    held: Money


class Statement(Output):
    """A calendar month in the shop's zone: the opening and the six sums (less is negative) make the closing."""

    month: str
    opening: Standing
    earned: Money
    clawed_back: Money
    paid_out: Money
    tax: Money
    team_fund: Money
    """Handed out of the team fund."""
    other: Money
    held: Money
    """What was kept back in the month less what was let go: part of the closing, not one of the sums."""
    closing: Standing
    lines: list[Line]


@router.get("/{month}", responses=responses(401, 404, 422, 503))
def get_my_statement(month: MonthInPath, session: ReadDep, viewer: MemberDep, shop: ShopDep) -> Statement:
    """Your money in one month, to the cent as the books have it."""
    found = rewards.statement(
        session, viewer.known_id, month, currency=shop.currency, zone=shop.brand.shop.zone, at=shop.clock()
    )
    return Statement(
        month=found.month,
        opening=_standing(found.opening),
        **{entry.value: Money.of(found.total(entry)) for entry in Entry},
        held=Money.of(found.held),
        closing=_standing(found.closing),
        lines=[
            Line(
                at=each.at,
                kind=each.kind,
                subject=each.subject,
                change=Money.of(each.change),
                held=Money.of(each.held),
            )
            for each in found.lines
        ],
    )


def _standing(wallet: rewards.Wallet) -> Standing:
    return Standing(
        pending=Money.of(wallet.pending),
        held=Money.of(wallet.held),
        available=Money.of(wallet.available),
        total=Money.of(wallet.total),
    )
