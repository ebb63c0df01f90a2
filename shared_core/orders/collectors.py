"""Who collects money by hand: what each has taken in and not yet handed over is what they owe the shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.orders.claims import count_claims
from shared_core.orders.models import Evidence, Expectation, Order, Receipt, Refund
from shared_core.orders.payments import MANUAL, RETURNED
from shared_core.orders.rules import State

AGES: tuple[int, ...] = (1, 7, 30)
"""Up to how many days old money in hand is shown together; what is older comes last."""


@dataclass(frozen=True)
class Standing:
    """How one collector stands. `in_hand` is the balance of the books, `ages` splits it by `AGES` and older."""

    collector: str
    seen: int
    """Payments seen on the account."""
    taken: Money
    sent_back: Money
    """Refunds and unidentified money sent from it."""
    in_hand: Money
    ages: tuple[Money, ...]
    oldest_days: int | None
    """Age of the oldest money in hand; empty when there is none."""
    unidentified: Money
    unidentified_count: int
    unidentified_days: int | None
    expected: Money
    """What open orders are to pay to them."""
    expected_count: int
    claimed_count: int


def hand_over(session: Session, *, collector: str, amount: Money, reference: str, at: datetime) -> bool:
    """The collector hands money over to the bank: what is left in clearing is the collector's debt."""
    moved = ledger.entry(debit=accounts.bank(), credit=accounts.clearing(collector), amount=amount)
    return ledger.post(session, f"handover:{reference}", [moved], at=at)


def by_age(arrivals: Sequence[tuple[date, int]], in_hand: int, today: date) -> tuple[tuple[int, ...], int | None]:
    """How old the money in hand is: what went away went in the order in which it had come, the oldest first.

    `arrivals` are days with minor units. The parts add up to `in_hand`; when it is negative or was never seen to
    arrive, the difference counts as new.
    """
    parts = [0] * (len(AGES) + 1)
    left = in_hand
    oldest: int | None = None
    for day, minor in sorted(arrivals, reverse=True):
        kept = min(minor, max(left, 0))
        if kept:
            days = max((today - day).days, 0)
            place = next((place for place, most in enumerate(AGES) if days <= most), len(AGES))
            parts[place] += kept
            left, oldest = left - kept, days
    parts[0] += left
    return tuple(parts), oldest


def collectors(session: Session, named: Sequence[str]) -> list[str]:
    """Those who are named, then whoever else was ever paid."""
    expected = session.scalars(select(Expectation.collector).where(Expectation.rail == MANUAL).distinct())
    paid = session.scalars(select(Receipt.collector).distinct())
    return list(dict.fromkeys((*named, *sorted({*expected, *paid}))))


def standings(session: Session, *, named: Sequence[str], currency: str, zone: str, at: datetime) -> list[Standing]:
    """How every collector stands, see `collectors`."""
    return [_standing(session, name, currency=currency, zone=zone, at=at) for name in collectors(session, named)]


def _standing(session: Session, collector: str, *, currency: str, zone: str, at: datetime) -> Standing:
    def money(minor: int | None) -> Money:
        return Money(int(minor or 0), currency)

    def day(moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(zone)).date()

    arrivals = _arrivals(session, collector)
    in_hand = ledger.balance(session, accounts.clearing(collector), currency)
    ages, oldest = by_age([(day(when), minor) for when, minor in arrivals], in_hand.minor, day(at))
    waiting = (Receipt.collector == collector, Receipt.outcome.is_(None))
    nobodys = session.execute(
        select(func.count(Receipt.id), func.sum(Receipt.amount_minor), func.min(Receipt.paid_at)).where(*waiting)
    ).one()
    open_ = (
        select(func.count(Expectation.id), func.sum(Expectation.amount_minor))
        .join(Order, Order.id == Expectation.order_id)
        .where(Expectation.collector == collector, Order.state == State.PLACED)
    )
    expected = session.execute(open_).one()
    return Standing(
        collector=collector,
        seen=len(arrivals),
        taken=money(sum(minor for _, minor in arrivals)),
        sent_back=money(_sent_back(session, collector)),
        in_hand=in_hand,
        ages=tuple(money(part) for part in ages),
        oldest_days=oldest,
        unidentified=money(nobodys[1]),
        unidentified_count=int(nobodys[0]),
        unidentified_days=max((day(at) - day(nobodys[2])).days, 0) if nobodys[0] else None,
        expected=money(expected[1]),
        expected_count=int(expected[0]),
        claimed_count=count_claims(session, at=at, collector=collector),
    )


def _arrivals(session: Session, collector: str) -> list[tuple[datetime, int]]:
    """Every payment seen on the account once: receipts by the wallet's clock, other evidence when it was entered."""
    receipts = session.execute(
        select(Receipt.transaction_no, Receipt.paid_at, Receipt.amount_minor).where(Receipt.collector == collector)
    ).all()
    known = {number for number, _, _ in receipts}
    evidence = session.execute(
        select(Evidence.transaction_no, Evidence.at, Evidence.amount_minor).where(Evidence.collector == collector)
    ).all()
    return [(when, minor) for _, when, minor in receipts] + [
        (when, minor) for number, when, minor in evidence if number not in known
    ]


def _sent_back(session: Session, collector: str) -> int:
    refunds = (
        select(func.sum(Refund.goods_minor + Refund.freight_minor - Refund.tail_minor))
        .join(Expectation, Expectation.order_id == Refund.order_id)
        .where(Expectation.collector == collector, Refund.sent_evidence.is_not(None))
    )
    returned = select(func.sum(Receipt.amount_minor)).where(Receipt.collector == collector, Receipt.outcome == RETURNED)
    return int(session.scalar(refunds) or 0) + int(session.scalar(returned) or 0)
