"""Customers who say that they have paid. Nothing is booked: it tells staff where to look first."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.orders import matching, reads
from shared_core.orders.errors import StepNotAllowed
from shared_core.orders.models import Expectation, Order, PaymentClaim
from shared_core.orders.red_packets import Way, require_red_packet
from shared_core.orders.rules import State

CLAIMS_LISTED_MAX = 100
CLAIM_LIFE = timedelta(days=7)
"""How long staff look for the money of an order that was given up, from when it was first said to be paid."""
PAYER_LENGTH_MAX = 40
OPEN = (State.PLACED, State.CANCELLED)
"""States in which money still makes an order paid."""

_LAST4 = re.compile(r"[0-9A-Za-z]{4}")
_GIVEN_UP = case((Order.state == State.PLACED, 0), else_=1)


class Claimed(NamedTuple):
    """What a customer says, of which order, and what it waits for."""

    claim: PaymentClaim
    order: Order
    wanted: Expectation


class ClaimPlace(NamedTuple):
    """Where a claim stands among all: those of open orders come first, then those of orders given up."""

    given_up: bool
    claim_id: int


def claim_payment(
    session: Session,
    number: str,
    *,
    buyer_id: int,
    payer: str = "",
    last4: str = "",
    way: Way = Way.TRANSFER,
    at: datetime,
) -> PaymentClaim:
    """The customer says that they have paid, and perhaps under which name or number. Saying it again corrects it.

    Nothing is booked. Raises StepNotAllowed unless the order waits for money, RedPacketTooLarge and NoRedPackets where
    it cannot have been one, UnknownOrder, Invalid.
    """
    payer, last4 = payer.strip(), matching.bare_number(last4)
    if len(payer) > PAYER_LENGTH_MAX:
        raise Invalid(field="payer", reason=Phrase(N_("write at most {most} characters"), most=PAYER_LENGTH_MAX))
    if last4 and not _LAST4.fullmatch(last4):
        raise Invalid(field="last4", reason=Phrase(N_("write the last four characters of the transaction number")))
    row = reads.get(session, number, buyer_id=buyer_id)
    row = reads.locked(session, row.number)
    wanted = reads.expectation(session, row.id)
    if row.state not in OPEN or wanted is None:
        raise StepNotAllowed(number=number, state=row.state, wanted=State.PAID)
    if way is Way.RED_PACKET:
        require_red_packet(Money(wanted.amount_minor, row.currency))
    said = reads.payment_claim(session, row.id)
    if said is None:
        said = PaymentClaim(order_id=row.id, at=at)
        session.add(said)
    said.payer, said.last4, said.way = payer, last4, way
    if way is Way.RED_PACKET and said.red_packet_at is None:
        said.red_packet_at = at
    session.flush()
    return said


def payment_claims(
    session: Session, *, at: datetime, after: ClaimPlace | None = None, limit: int = CLAIMS_LISTED_MAX
) -> Sequence[Claimed]:
    """Customers whose money was not seen yet: those of open orders, then of orders given up, the oldest first.

    `after` is the place of the last one seen.
    """
    query = (
        select(PaymentClaim, Order, Expectation)
        .join(Order, Order.id == PaymentClaim.order_id)
        .join(Expectation, Expectation.order_id == Order.id)
        .where(_waiting(at))
    )
    given_up = _GIVEN_UP
    if after is not None:
        later = and_(given_up == int(after.given_up), PaymentClaim.id > after.claim_id)
        query = query.where(or_(given_up > int(after.given_up), later))
    query = query.order_by(given_up, PaymentClaim.id).limit(limit)
    return [Claimed(*each) for each in session.execute(query)]


def count_claims(session: Session, *, at: datetime, collector: str | None = None) -> int:
    """How many `payment_claims` there are, of all collectors or of one."""
    query = (
        select(func.count(PaymentClaim.id))
        .join(Order, Order.id == PaymentClaim.order_id)
        .join(Expectation, Expectation.order_id == Order.id)
        .where(_waiting(at))
    )
    if collector is not None:
        query = query.where(Expectation.collector == collector)
    return int(session.scalar(query) or 0)


def place(each: Claimed) -> ClaimPlace:
    """Where it stands in the list."""
    return ClaimPlace(each.order.state != State.PLACED, each.claim.id)


def _waiting(at: datetime) -> ColumnElement[bool]:
    young = and_(Order.state == State.CANCELLED, PaymentClaim.at > at - CLAIM_LIFE)
    return or_(Order.state == State.PLACED, young)
