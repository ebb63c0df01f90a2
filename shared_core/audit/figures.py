"""What the rows of the other rooms say, to be held against the books."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, select
from sqlalchemy.orm import Session

from shared_core import orders, rewards
from shared_core.ledger import accounts

SHOP = "shop"
TAKEN = (orders.DisputeState.OPEN, orders.DisputeState.LOST)
"""In these states the money of a dispute is with the customer's bank."""
UNDELIVERED = (orders.State.PAID, orders.State.SHIPPED)
"""In these states the shop still owes the customer the goods."""
Sums = Counter[tuple[str, str]]
"""Minor units by (address, currency)."""


@dataclass(frozen=True)
class Totals:
    """Sums in minor units by currency."""

    currencies: tuple[str, ...]
    earned: dict[str, int]
    """Allocated less reversed, of everything that was booked."""
    payouts_gross: dict[str, int]
    """Of payouts that were asked for and have not failed."""


def totals(session: Session) -> Totals:
    earning, payout, order = rewards.Earning, rewards.Payout, orders.Order
    net = func.sum(earning.amount_minor - earning.reversed_minor)
    booked = select(earning.currency, net).where(earning.booked_at.is_not(None)).group_by(earning.currency)
    live = payout.state != rewards.PayoutState.FAILED
    gross = select(payout.currency, func.sum(payout.gross_minor)).where(live).group_by(payout.currency)
    return Totals(
        currencies=tuple(session.scalars(select(order.currency).distinct().order_by(order.currency))),
        earned={currency: int(minor) for currency, minor in session.execute(booked)},
        payouts_gross={currency: int(minor) for currency, minor in session.execute(gross)},
    )


def _sums(rows: Iterable[tuple[str, str, int]]) -> Sums:
    sums = Sums()
    for address, currency, minor in rows:
        sums[address, currency] += int(minor)
    return sums


def cash_by_collector(session: Session) -> Sums:
    """What each collector took in less what they sent back and what disputes took."""
    seen, order, receipt = orders.Evidence, orders.Order, orders.Receipt
    refund, wanted, dispute = orders.Refund, orders.Expectation, orders.Dispute
    taken = (
        select(seen.collector, order.currency, func.sum(seen.amount_minor))
        .join(order, order.id == seen.order_id)
        .where(not_(_was_unidentified()))
        .group_by(seen.collector, order.currency)
    )
    nobodys = select(receipt.collector, receipt.currency, func.sum(receipt.amount_minor)).where(
        receipt.outcome.is_distinct_from("returned")
    )
    cash = refund.goods_minor + refund.freight_minor - refund.tail_minor
    sent = (
        select(wanted.collector, order.currency, -func.sum(cash))
        .join(order, order.id == refund.order_id)
        .join(wanted, wanted.order_id == order.id)
        .where(refund.sent_at.is_not(None), refund.id.not_in(_charged_back()))
        .group_by(wanted.collector, order.currency)
    )
    gone = case((dispute.state.in_(TAKEN), dispute.amount_minor), else_=0) + dispute.fee_minor
    disputed = (
        select(dispute.collector, order.currency, -func.sum(gone))
        .join(order, order.id == dispute.order_id)
        .group_by(dispute.collector, order.currency)
    )
    queries = (taken, nobodys.group_by(receipt.collector, receipt.currency), sent, disputed)
    return _sums(
        (accounts.clearing(collector), currency, minor)
        for query in queries
        for collector, currency, minor in session.execute(query)
    )


def paid_out(session: Session) -> Sums:
    """What payouts took out of the bank."""
    payout = rewards.Payout
    query = select(payout.currency, -func.sum(payout.net_minor)).where(payout.state == rewards.PayoutState.PAID)
    return _in(session, accounts.bank(), query.group_by(payout.currency))


def unidentified(session: Session) -> Sums:
    """Money that waits for its owner."""
    receipt = orders.Receipt
    query = select(receipt.currency, func.sum(receipt.amount_minor)).where(receipt.outcome.is_(None))
    return _in(session, accounts.unidentified_receipts(), query.group_by(receipt.currency))


def _in(session: Session, address: str, query: Select[str, int]) -> Sums:
    """Sums by currency, all in one account."""
    return _sums((address, currency, minor) for currency, minor in session.execute(query))


def _was_unidentified() -> ColumnElement[bool]:
    """Evidence whose money a statement brought in before it was anybody's: it came in once."""
    return exists().where(same_money())


def same_money() -> ColumnElement[bool]:
    """A receipt and the evidence that it became; of a query of both."""
    seen, receipt = orders.Evidence, orders.Receipt
    return and_(
        receipt.rail == seen.rail,
        receipt.collector == seen.collector,
        receipt.transaction_no == seen.transaction_no,
    )


def _charged_back() -> Select[int | None]:
    """The refunds that lost disputes are: no collector sent them."""
    return select(orders.Dispute.refund_id).where(orders.Dispute.refund_id.is_not(None))


def disputed(session: Session) -> Sums:
    """What open disputes have taken."""
    dispute, order = orders.Dispute, orders.Order
    query = (
        select(order.currency, func.sum(dispute.amount_minor))
        .join(order, order.id == dispute.order_id)
        .where(dispute.state == orders.DisputeState.OPEN)
        .group_by(order.currency)
    )
    return _in(session, accounts.dispute_receivable(), query)


def deposits(session: Session) -> Sums:
    """What customers paid, or were let off, for what has not arrived, less what was promised back."""
    order = orders.Order
    query = (
        select(order.currency, func.sum(order.total_minor - order.refunded_minor))
        .where(order.origin == SHOP, order.state.in_(UNDELIVERED))
        .group_by(order.currency)
    )
    return _in(session, accounts.customer_deposit(), query)


def promised_back(session: Session) -> Sums:
    """The cash of refunds that were not sent yet."""
    order, refund = orders.Order, orders.Refund
    query = (
        select(order.currency, func.sum(refund.goods_minor + refund.freight_minor - refund.tail_minor))
        .join(order, order.id == refund.order_id)
        .where(refund.sent_at.is_(None))
        .group_by(order.currency)
    )
    return _in(session, accounts.refund_payable(), query)


def let_off(session: Session) -> Sums:
    """The tails of paid orders less those that refunds took off again."""
    order, refund, wanted = orders.Order, orders.Refund, orders.Expectation
    given = (
        select(order.currency, func.sum(wanted.tail_minor))
        .join(order, order.id == wanted.order_id)
        .where(order.paid_at.is_not(None))
        .group_by(order.currency)
    )
    back = (
        select(order.currency, -func.sum(refund.tail_minor))
        .join(order, order.id == refund.order_id)
        .group_by(order.currency)
    )
    sums = _in(session, accounts.discounts(), given)
    sums.update(_in(session, accounts.discounts(), back))
    return sums


def purses(session: Session) -> Sums:
    """What earnings, hand-outs and payouts say is in the accounts of every member and of the team fund."""
    earning, payout, state = rewards.Earning, rewards.Payout, rewards.EarningState
    left = func.sum(earning.amount_minor - earning.reversed_minor - earning.held_minor)
    earned = select(earning.member_id, earning.currency, earning.state, left, func.sum(earning.held_minor))
    sums = Sums()
    for member_id, currency, at, minor, held in session.execute(
        earned.group_by(earning.member_id, earning.currency, earning.state)
    ):
        own = rewards.purse(member_id)
        sums[own.held, currency] += int(held)
        if at in (state.PENDING, state.AVAILABLE):
            sums[own.available if at == state.AVAILABLE else own.pending, currency] += int(minor)
    for member_id, currency, minor in session.execute(_given()):
        sums[rewards.purse(member_id).available, currency] += int(minor)
        sums[rewards.purse(None).available, currency] -= int(minor)
    taken = select(payout.member_id, payout.currency, func.sum(payout.gross_minor))
    live = taken.where(payout.state != rewards.PayoutState.FAILED).group_by(payout.member_id, payout.currency)
    for member_id, currency, minor in session.execute(live):
        sums[rewards.purse(member_id).available, currency] -= int(minor)
    return sums


def _given() -> Select[int, str, int]:
    """What each member got out of the team fund."""
    handout, part, end = rewards.Handout, rewards.HandoutPart, rewards.HandoutEnd
    return (
        select(part.member_id, handout.currency, func.sum(part.amount_minor))
        .join(handout, handout.id == part.handout_id)
        .join(end, end.handout_id == handout.id)
        .where(end.state == rewards.HandoutState.GIVEN)
        .group_by(part.member_id, handout.currency)
    )


def in_flight(session: Session) -> Sums:
    """What payouts that were asked for are to send, each in its own account."""
    payout = rewards.Payout
    query = select(payout.code, payout.currency, payout.net_minor)
    asked = session.execute(query.where(payout.state == rewards.PayoutState.REQUESTED))
    return _sums((accounts.payout_in_flight(code), currency, minor) for code, currency, minor in asked)


def withheld(session: Session) -> Sums:
    """The tax that live payouts withheld for each authority."""
    payout = rewards.Payout
    tax = select(payout.tax_authority, payout.currency, func.sum(payout.tax_minor))
    live = session.execute(
        tax.where(payout.state != rewards.PayoutState.FAILED).group_by(payout.tax_authority, payout.currency)
    )
    return _sums((accounts.tax_withheld(authority), currency, minor) for authority, currency, minor in live)


def payees_with_clawback(session: Session) -> set[int | None]:
    """Payees of whom something was taken or is kept back: only they may be in debt. The team fund is None."""
    earning = rewards.Earning
    lessened = (earning.reversed_minor > 0) | (earning.held_minor > 0)
    return set(session.scalars(select(earning.member_id).where(lessened).distinct()))
