"""What the rows of the other rooms say, to be held against the books."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, exists, func, not_, select
from sqlalchemy.orm import Session

from shared_core import orders, rewards
from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_

SHOP = "shop"
TAKEN = (orders.DisputeState.OPEN, orders.DisputeState.LOST)
"""In these states the money of a dispute is with the customer's bank."""


@dataclass(frozen=True)
class Totals:
    """Sums in minor units by currency."""

    currencies: tuple[str, ...]
    earned: dict[str, int]
    """Allocated less reversed, of everything that was booked."""
    payouts_gross: dict[str, int]
    """Of payouts that were asked for and have not failed."""
    payouts_tax: dict[str, int]


def totals(session: Session) -> Totals:
    earning, payout, order = rewards.Earning, rewards.Payout, orders.Order
    net = func.sum(earning.amount_minor - earning.reversed_minor)
    booked = select(earning.currency, net).where(earning.booked_at.is_not(None)).group_by(earning.currency)
    live = payout.state != rewards.PayoutState.FAILED
    gross = select(payout.currency, func.sum(payout.gross_minor)).where(live).group_by(payout.currency)
    tax = select(payout.currency, func.sum(payout.tax_minor)).where(live).group_by(payout.currency)
    return Totals(
        currencies=tuple(session.scalars(select(order.currency).distinct().order_by(order.currency))),
        earned={currency: int(minor) for currency, minor in session.execute(booked)},
        payouts_gross={currency: int(minor) for currency, minor in session.execute(gross)},
        payouts_tax={currency: int(minor) for currency, minor in session.execute(tax)},
    )


def cash_by_collector(session: Session) -> dict[tuple[str, str], int]:
    """What each collector took in less what they sent back and what disputes took, by (collector, currency)."""
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
    totals: dict[tuple[str, str], int] = {}
    for query in (taken, nobodys.group_by(receipt.collector, receipt.currency), sent, disputed):
        for collector, currency, minor in session.execute(query):
            totals[collector, currency] = totals.get((collector, currency), 0) + int(minor)
    return totals


def unidentified(session: Session) -> dict[str, int]:
    """Money that waits for its owner, by currency; zero where all was settled."""
    receipt = orders.Receipt
    waits = func.sum(case((receipt.outcome.is_(None), receipt.amount_minor), else_=0))
    query = select(receipt.currency, waits).group_by(receipt.currency)
    return {currency: int(minor) for currency, minor in session.execute(query)}


def _was_unidentified() -> ColumnElement[bool]:
    """Evidence whose money a statement brought in before it was anybody's: it came in once."""
    seen, receipt = orders.Evidence, orders.Receipt
    return exists().where(
        receipt.rail == seen.rail,
        receipt.collector == seen.collector,
        receipt.transaction_no == seen.transaction_no,
    )


def _charged_back() -> Select[int | None]:
    """The refunds that lost disputes are: no collector sent them."""
    return select(orders.Dispute.refund_id).where(orders.Dispute.refund_id.is_not(None))


def disputed(session: Session) -> dict[str, int]:
    """What open disputes have taken, by currency."""
    dispute, order = orders.Dispute, orders.Order
    query = (
        select(order.currency, func.sum(dispute.amount_minor))
        .join(order, order.id == dispute.order_id)
        .where(dispute.state == orders.DisputeState.OPEN)
        .group_by(order.currency)
    )
    return {currency: int(minor) for currency, minor in session.execute(query)}


def held(session: Session) -> dict[tuple[int | None, str], int]:
    """What earnings say is kept back of them, by (member, currency); the team fund is None."""
    earning = rewards.Earning
    query = select(earning.member_id, earning.currency, func.sum(earning.held_minor))
    query = query.where(earning.held_minor != 0).group_by(earning.member_id, earning.currency)
    return {(member_id, currency): int(minor) for member_id, currency, minor in session.execute(query)}


def fund(session: Session) -> dict[tuple[str, str], int]:
    """What earnings and hand-outs say is in the team fund's accounts, by (address, currency)."""
    earning, handout, part, end = rewards.Earning, rewards.Handout, rewards.HandoutPart, rewards.HandoutEnd
    own = rewards.purse(None)
    address = {rewards.EarningState.PENDING: own.pending, rewards.EarningState.AVAILABLE: own.available}
    left = func.sum(earning.amount_minor - earning.reversed_minor - earning.held_minor)
    earned = (
        select(earning.state, earning.currency, left)
        .where(earning.member_id.is_(None), earning.state.in_(address))
        .group_by(earning.state, earning.currency)
    )
    inside = {(address[state], currency): int(minor) for state, currency, minor in session.execute(earned)}
    given = (
        select(handout.currency, func.sum(part.amount_minor))
        .join(part, part.handout_id == handout.id)
        .join(end, end.handout_id == handout.id)
        .where(end.state == rewards.HandoutState.GIVEN)
        .group_by(handout.currency)
    )
    for currency, minor in session.execute(given):
        inside[own.available, currency] = inside.get((own.available, currency), 0) - int(minor)
    return inside


def payees_with_clawback(session: Session) -> set[int | None]:
    """Payees of whom something was taken or is kept back: only they may be in debt. The team fund is None."""
    earning = rewards.Earning
    lessened = (earning.reversed_minor > 0) | (earning.held_minor > 0)
    return set(session.scalars(select(earning.member_id).where(lessened).distinct()))


def misfitting_refunds(session: Session) -> Iterator[Phrase]:
    """Orders and lines whose refunds do not add up, or exceed what was paid."""
    order, refund = orders.Order, orders.Refund
    promised = select(refund.order_id, func.sum(refund.goods_minor + refund.freight_minor)).group_by(refund.order_id)
    by_order = {order_id: int(minor) for order_id, minor in session.execute(promised)}
    for row in session.execute(
        select(order.id, order.number, order.refunded_minor, order.total_minor).where(
            (order.refunded_minor != 0) | order.id.in_(by_order)
        )
    ):
        if row.refunded_minor != by_order.get(row.id, 0) or not 0 <= row.refunded_minor <= row.total_minor:
            yield Phrase(
                N_("order {number}: refunded {refunded} of {total}, promised {promised}"),
                number=row.number,
                refunded=row.refunded_minor,
                total=row.total_minor,
                promised=by_order.get(row.id, 0),
            )
    line, part = orders.OrderLine, orders.RefundLine
    parts = select(part.line_id, func.sum(part.goods_minor), func.sum(part.quantity)).group_by(part.line_id)
    for line_id, minor, pieces in session.execute(parts):
        whole = session.get_one(line, line_id)
        if (int(minor), int(pieces)) != (whole.refunded_minor, whole.refunded_quantity):
            differ = N_("line {line}: refunded {refunded}, by its refunds {minor}")
            yield Phrase(differ, line=line_id, refunded=whole.refunded_minor, minor=minor)


def misfitting_tails(session: Session) -> Iterator[Phrase]:
    """Orders of whose refunds more, or less, would be sent than was paid."""
    order, refund, wanted = orders.Order, orders.Refund, orders.Expectation
    kept = select(refund.order_id, func.sum(refund.tail_minor).label("kept")).group_by(refund.order_id).subquery()
    query = (
        select(order.number, order.refunded_minor, order.total_minor, wanted.tail_minor, kept.c.kept)
        .join(kept, kept.c.order_id == order.id)
        .join(wanted, wanted.order_id == order.id)
    )
    for number, refunded, total, tail, found in session.execute(query):
        never_paid = max(refunded - (total - tail), 0)
        if int(found) != never_paid:
            differ = N_("order {number}: {found} of its refunds is not sent, {never_paid} was never paid")
            yield Phrase(differ, number=number, found=found, never_paid=never_paid)


def misfitting_disputes(session: Session) -> Iterator[Phrase]:
    """Lost disputes that the order does not show as refunded, as far as there was anything left of it."""
    dispute, order, refund = orders.Dispute, orders.Order, orders.Refund
    query = (
        select(dispute.number, dispute.amount_minor, func.coalesce(refund.goods_minor + refund.freight_minor, 0))
        .join(order, order.id == dispute.order_id)
        .join(refund, refund.id == dispute.refund_id, isouter=True)
        .where(dispute.state == orders.DisputeState.LOST, order.refunded_minor < order.total_minor)
    )
    for number, lost, back in session.execute(query):
        if back != lost:
            differ = N_("dispute {number}: {lost} was lost, the order shows {back} as refunded")
            yield Phrase(differ, number=number, lost=lost, back=back)


def misfitting_reversals(session: Session) -> Iterator[Phrase]:
    """Earnings of which refunds did not take back their part, or of which disputes do not keep theirs back.

    A buyer's own, and what a host earned for bringing somebody into their own room, may be reversed wholly without any
    refund.
    """
    earning, line, order = rewards.Earning, orders.OrderLine, orders.Order
    own = earning.member_id.is_not_distinct_from(order.buyer_id)  # the team fund never is the buyer
    disowned = (own | rewards.of_own_room()) & (earning.reversed_minor == earning.amount_minor)
    still = select(orders.Dispute.order_id).where(orders.Dispute.state == orders.DisputeState.OPEN)
    query = (
        select(earning, line)
        .join(line, line.id == earning.line_id)
        .join(order, order.id == earning.order_id)
        .where(earning.booked_at.is_not(None))
        .where((earning.reversed_minor != 0) | (line.refunded_minor != 0) | order.id.in_(still))
        .where(not_(disowned))
    )
    in_dispute = set(session.scalars(still))
    for row, sold in session.execute(query):
        disputed_too = orders.disputed_goods(session, row.order_id) if row.order_id in in_dispute else {}
        claimed = sold.refunded_minor + disputed_too.get(sold.id, 0)
        amount, paid, back, kept = row.amount_minor, sold.goods_net_minor, row.reversed_minor, row.held_minor
        if back != amount * sold.refunded_minor // paid:
            differ = N_("earning {code}: {back} of {amount} reversed, {refunded} of {paid} refunded")
            yield Phrase(differ, code=row.code, back=back, amount=amount, refunded=sold.refunded_minor, paid=paid)
        if back + kept != amount * claimed // paid:
            differ = N_("earning {code}: {kept} of {amount} kept back, {claimed} of {paid} refunded or disputed")
            yield Phrase(differ, code=row.code, kept=back + kept, amount=amount, claimed=claimed, paid=paid)


def captures_expected(session: Session) -> Iterator[str]:
    """The bookings that each payment that was seen, and each dispute, must have."""
    for seen in (orders.Evidence, orders.Receipt):
        for rail, collector, number in session.execute(select(seen.rail, seen.collector, seen.transaction_no)):
            yield f"cap:{rail}:{collector}:{number}"
    dispute = orders.Dispute
    for number, state in session.execute(select(dispute.number, dispute.state)):
        yield f"dsp:{number}"
        if state != orders.DisputeState.OPEN:
            yield f"dsp{'l' if state == orders.DisputeState.LOST else 'r'}:{number}"


def unallocated_orders(session: Session) -> Iterator[Phrase]:
    """Orders that were paid while their shares were not booked, or shared out without being paid."""
    order, earning = orders.Order, rewards.Earning
    waiting = (
        select(order.number)
        .join(earning, earning.order_id == order.id)
        .where((order.paid_at.is_(None)) != (earning.booked_at.is_(None)))
        .distinct()
    )
    for number in session.scalars(waiting):
        yield Phrase(N_("order {number} is paid or shared out, but not both"), number=number)
    evidence = orders.Evidence
    unseen = (
        select(order.number)
        .join(evidence, evidence.order_id == order.id, isouter=True)
        .where(order.paid_at.is_not(None), order.origin == SHOP, evidence.id.is_(None))
    )
    for number in session.scalars(unseen):
        yield Phrase(N_("order {number} is paid without evidence"), number=number)
