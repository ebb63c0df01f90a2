"""Why an earning is what it is, read from what was kept with it: no plan of today is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import ledger, orders
from shared_core.kernel.money import Money
from shared_core.plan import Plan, Working
from shared_core.rewards import ladder, rules
from shared_core.rewards.errors import UnknownEarning
from shared_core.rewards.kept_plans import kept_plan
from shared_core.rewards.models import Earning, Standing


@dataclass(frozen=True, slots=True)
class Clawback:
    """One refund and its part of the earning.

    Once `refunded` of the line's goods had been refunded in all, `target` had to be taken back; it took `taken` more.
    """

    refund: str
    at: datetime
    back: Money
    refunded: Money
    target: Money
    taken: Money


@dataclass(frozen=True, slots=True)
class Explanation:
    """An earning and everything that made it what it is.

    `plan` and `working` are None for an earning that is older than the keeping of plans. `claims`: who could have
    claimed the sale, by claim, and `claim` the one that won; `own_minor`: what the same person earned on the line in
    all. `bookings` are (reference, postings of the payee), those of the same member and order together.
    """

    earning: Earning
    order: orders.Order
    line: orders.OrderLine
    plan: Plan | None
    working: Working | None
    claim: str | None
    claims: Mapping[str, int]
    entered: bool
    """Who claims it by "link" entered the order for the buyer."""
    own_minor: int
    clawbacks: tuple[Clawback, ...]
    bookings: "Bookings"


Bookings = tuple[tuple[str, tuple[ledger.Posting, ...]], ...]


def explain(session: Session, code: str, *, member_id: int | None = None) -> Explanation:
    """An earning explained; with `member_id`, only if it is theirs. Raises UnknownEarning."""
    row = session.scalars(select(Earning).where(Earning.code == code)).one_or_none()
    if row is None or (member_id is not None and row.member_id != member_id):
        raise UnknownEarning(earning=code)
    order = orders.order(session, row.order_id)
    line = next(each for each in orders.lines(session, row.order_id) if each.id == row.line_id)
    refunds = orders.refunds(session, row.order_id)
    bookings = _bookings(session, row, refunds)
    return Explanation(
        earning=row,
        order=order,
        line=line,
        plan=kept_plan(session, row.plan_hash),
        working=None if row.working is None else Working.of(row.working),
        claim=order.claim,
        claims=_claims(session, order),
        entered=orders.entry(session, order.id) is not None,
        own_minor=_own(session, row),
        clawbacks=_clawbacks(session, row, line, _concerning(row, refunds, bookings)),
        bookings=bookings,
    )


def _claims(session: Session, order: orders.Order) -> dict[str, int]:
    """Visitors that turned out to be members are those members. Who brought the buyer claims no sale."""
    claims = {claim: member_id for claim, member_id in (order.claims or {}).items() if claim != "traffic"}
    accounts = ladder.accounts_of(session, claims.values())
    return {claim: accounts[member_id] or member_id for claim, member_id in claims.items()}


def _own(session: Session, row: Earning) -> int:
    same = (Earning.line_id == row.line_id) & (Earning.member_id == row.member_id)
    return sum(session.scalars(select(Earning.amount_minor).where(same)))


def _clawbacks(
    session: Session, row: Earning, line: orders.OrderLine, refunds: Sequence[orders.Refund]
) -> tuple[Clawback, ...]:
    """What each refund of the line took back, in their order, by the cumulative floor."""
    found: list[Clawback] = []
    refunded = taken = 0
    for refund in refunds:
        parts = [each for each in orders.refund_lines(session, refund.id) if each.line_id == line.id]
        back = sum(part.goods_minor for part in parts)
        if not back:
            continue
        refunded += back
        less = rules.to_reverse(row.amount_minor, taken, refunded, line.goods_net_minor)
        taken += less
        amounts = (Money(each, row.currency) for each in (back, refunded, taken, less))
        found.append(Clawback(refund.number, refund.at, *amounts))
    return tuple(found)


def _concerning(row: Earning, refunds: Sequence[orders.Refund], bookings: Bookings) -> Sequence[orders.Refund]:
    """Refunds that could take something back: all of them, unless the share came to nothing before in another way."""
    moved = {reference for reference, _ in bookings}
    if not any(reference.startswith(rules.OWN) for reference in moved):
        return refunds
    return [each for each in refunds if rules.following_reference("claw", row.order_number, each.id) in moved]


def _bookings(session: Session, row: Earning, refunds: Sequence[orders.Refund]) -> Bookings:
    """What was booked for the payee, also while they were a visitor whom nobody knew."""
    visitors = _visitors(session, row.member_id)
    mine = {address for each in (row.member_id, *visitors) for address in rules.purse(each)}
    number, disputes = row.order_number, orders.disputes(session, row.order_id)
    references = [
        rules.allocation_reference(number),
        *(rules.following_reference("hold", number, each.id) for each in disputes),
        *(rules.following_reference("unhold", number, each.id) for each in disputes),
        *(rules.following_reference("claw", number, refund.id) for refund in refunds),
        *(rules.own_reference(number, visitor) for visitor in visitors),
        *(f"merge:{visitor}" for visitor in visitors),
        f"mat:{number}",
    ]
    found = []
    for reference in references:
        postings = ledger.posted(session, reference)
        own = tuple(each for each in postings if not mine.isdisjoint((each.source, each.destination)))
        if own:
            found.append((reference, own))
    return tuple(found)


def _visitors(session: Session, member_id: int | None) -> Sequence[int]:
    """As whom the member was known before; the team fund never was anybody."""
    if member_id is None:
        return []
    return session.scalars(select(Standing.member_id).where(Standing.merged_into_id == member_id)).all()
