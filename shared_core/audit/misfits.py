"""Rows of the other rooms that contradict each other, or of which the books must know and do not."""

from collections.abc import Iterator

from sqlalchemy import case, func, not_, select
from sqlalchemy.orm import Session

from shared_core import orders, rewards
from shared_core.audit.figures import SHOP, same_money
from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_


def handouts(session: Session) -> Iterator[Phrase]:
    """Hand-outs that are not what their parts add up to."""
    handout, part = rewards.Handout, rewards.HandoutPart
    parts = func.coalesce(func.sum(part.amount_minor), 0)
    query = (
        select(handout.code, handout.amount_minor, parts)
        .join(part, part.handout_id == handout.id, isouter=True)
        .group_by(handout.code, handout.amount_minor)
        .having(parts != handout.amount_minor)
    )
    for code, whole, minor in session.execute(query):
        yield Phrase(N_("hand-out {code} is {whole}, its parts are {parts}"), code=code, whole=whole, parts=minor)


def refunds(session: Session) -> Iterator[Phrase]:
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


def lines(session: Session) -> Iterator[Phrase]:
    """Orders that are not what their lines add up to."""
    order, line = orders.Order, orders.OrderLine
    goods = func.coalesce(func.sum(line.goods_net_minor), 0)
    query = (
        select(order.number, order.goods_minor, goods)
        .join(line, line.order_id == order.id, isouter=True)
        .group_by(order.number, order.goods_minor)
        .having(goods != order.goods_minor)
    )
    for number, whole, minor in session.execute(query):
        differ = N_("order {number}: goods for {whole}, its lines are {lines}")
        yield Phrase(differ, number=number, whole=whole, lines=minor)


def tails(session: Session) -> Iterator[Phrase]:
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


def disputes(session: Session) -> Iterator[Phrase]:
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


def reversals(session: Session) -> Iterator[Phrase]:
    """Earnings of which refunds did not take back their part, or of which disputes do not keep theirs back.

    A buyer's own, and what a host earned for bringing somebody into their own room, may be reversed wholly without any
    refund.
    """
    earning, line, order = rewards.Earning, orders.OrderLine, orders.Order
    disowned = (rewards.of_own_purchase() | rewards.of_own_room()) & (earning.reversed_minor == earning.amount_minor)
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


def evidence(session: Session) -> Iterator[Phrase]:
    """Orders for which more, or less, was seen than they cost, and receipts of another order than their money's."""
    order, seen, receipt, wanted = orders.Order, orders.Evidence, orders.Receipt, orders.Expectation
    came = select(seen.order_id, func.sum(seen.amount_minor).label("minor")).group_by(seen.order_id).subquery()
    found = func.coalesce(came.c.minor, 0)
    due = case((order.paid_at.is_not(None), order.total_minor - func.coalesce(wanted.tail_minor, 0)), else_=0)
    unlike = (
        select(order.number, found, due)
        .join(came, came.c.order_id == order.id, isouter=True)
        .join(wanted, wanted.order_id == order.id, isouter=True)
        .where(order.origin == SHOP, found != due)
    )
    for number, minor, price in session.execute(unlike):
        differ = N_("order {number}: {seen} was seen by evidence, {due} was to be paid")
        yield Phrase(differ, number=number, seen=minor, due=price)
    strayed = (
        select(receipt.transaction_no)
        .join(seen, same_money(), isouter=True)
        .where(receipt.order_id.is_distinct_from(seen.order_id))
    )
    for transaction in session.scalars(strayed):
        stray = N_("transaction {transaction}: its receipt names another order than its evidence")
        yield Phrase(stray, transaction=transaction)
