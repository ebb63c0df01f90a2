"""A customer gives goods back: they ask, the shop decides, they send. What is found is the supply side's to say, and
what the customer is refunded the shop's.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.events import announce
from shared_core.kernel.i18n import N_
from shared_core.orders import reads
from shared_core.orders.errors import (
    NothingToReturn,
    RefusalUnexplained,
    ReturnStepNotAllowed,
    ReturnWindowClosed,
    StepNotAllowed,
    UnknownReturn,
)
from shared_core.orders.events import ReturnAccepted, ReturnCalledOff, ReturnSent
from shared_core.orders.models import Order, OrderLine, Parcel
from shared_core.orders.refunds import RefundItem, RefundOrder, refund
from shared_core.orders.return_models import OrderReturn
from shared_core.orders.return_rules import (
    MAY_CALL_OFF,
    MAY_SEND,
    OPEN,
    VOID,
    RefundWhen,
    ReturnState,
    new_pieces,
    within_window,
)
from shared_core.orders.rules import SOLD
from shared_core.supply import Remedy, ReturnReason

WORDS_LENGTH_MAX = 200
RETURNS_LISTED_MAX = 100
BY_RETURN = "returned"
"""Why money of a return went back."""


def ask_return(
    session: Session,
    number: str,
    pieces: Mapping[int, int],
    *,
    buyer_id: int,
    reason: ReturnReason,
    remedy: Remedy,
    words: str,
    at: datetime,
) -> list[OrderReturn]:
    """The customer wants to give back so many pieces of these lines; one return for each parcel they came in.

    Raises UnknownOrder, StepNotAllowed, ReturnWindowClosed, NothingToReturn, Invalid, supply.returns.ReturnPointless.
    """
    reads.get(session, number, buyer_id=buyer_id)
    row = reads.locked(session, number)
    if row.state not in SOLD:
        raise StepNotAllowed(number=number, state=row.state, wanted="returned")
    if not within_window(
        reason, delivered_at=row.delivered_at, closes_at=row.due_at, return_days=row.return_days, at=at
    ):
        raise ReturnWindowClosed(number=number)
    if remedy is Remedy.REPLACEMENT and reason.at_fault is supply.Bearer.STORE:
        raise supply.returns.ReturnPointless()
    said = _text(words, "words")
    left = returnable(session, row)
    by_parcel: dict[str, list[list[object]]] = {}
    lines = reads.lines(session, row.id)
    if pieces.keys() - {line.id for line in lines}:
        raise Invalid(field="pieces", reason=Phrase(N_("the order {number} has no such line"), number=number))
    for line in lines:
        wanted = pieces.get(line.id, 0)
        if not 0 <= wanted <= sum(left.get(line.id, Counter()).values()):
            raise NothingToReturn(sku=line.sku, left=sum(left.get(line.id, Counter()).values()))
        for parcel, there in left.get(line.id, Counter()).items():
            going = min(wanted, there)
            wanted -= going
            if going:
                by_parcel.setdefault(parcel, []).append([line.id, line.sku, going])
    if not by_parcel:
        raise Invalid(field="pieces", reason=Phrase(N_("choose at least one piece")))
    count = len(returns_of(session, row.id))
    asked = [
        OrderReturn(
            number=f"{number}-R{place}",
            order_id=row.id,
            supplier_order=parcel,
            lines=going_back,
            state=ReturnState.ASKED,
            reason=reason,
            remedy=remedy,
            words=said,
            asked_at=at,
        )
        for place, (parcel, going_back) in enumerate(sorted(by_parcel.items()), start=count + 1)
    ]
    session.add_all(asked)
    session.flush()
    return asked


def accept_return(
    session: Session, number: str, *, refund_when: RefundWhen, actor: str, at: datetime, answer: str = ""
) -> OrderReturn:
    """The shop lets the goods come back, and says when their money goes back. Again: no-op.

    Raises UnknownReturn, ReturnStepNotAllowed, Invalid, and what `refund` raises.
    """
    row, found = _locked(session, number)
    if found.state == ReturnState.ACCEPTED and found.refund == refund_when:
        return found
    if found.state != ReturnState.ASKED:
        raise ReturnStepNotAllowed(number=number, state=found.state, wanted=ReturnState.ACCEPTED)
    later = found.remedy == Remedy.REPLACEMENT and refund_when is RefundWhen.NOW
    found.refund = RefundWhen.INSPECTED if later else refund_when
    _decide(found, ReturnState.ACCEPTED, answer=answer, actor=actor, at=at)
    if found.refund is RefundWhen.NOW:
        give_money_back(session, row, found, {sku: pieces for _, sku, pieces in found.lines}, actor=actor, at=at)
    announce(session, ReturnAccepted(row.id, found.id, at))
    return found


def refuse_return(session: Session, number: str, *, answer: str, actor: str, at: datetime) -> OrderReturn:
    """The shop says no, and why. Again: no-op. Raises UnknownReturn, ReturnStepNotAllowed, RefusalUnexplained."""
    _, found = _locked(session, number)
    if found.state == ReturnState.REFUSED:
        return found
    if found.state != ReturnState.ASKED:
        raise ReturnStepNotAllowed(number=number, state=found.state, wanted=ReturnState.REFUSED)
    if not answer.strip():
        raise RefusalUnexplained
    _decide(found, ReturnState.REFUSED, answer=answer, actor=actor, at=at)
    return found


def note_sent(
    session: Session, number: str, *, carrier: str, tracking_number: str, at: datetime, buyer_id: int | None = None
) -> OrderReturn:
    """The goods are on their way back. The same again: no-op.

    Raises UnknownReturn, ReturnStepNotAllowed, supply.BadTrackingNumber.
    """
    the_return(session, number, buyer_id=buyer_id)
    _, found = _locked(session, number)
    mark = supply.parcel_mark(carrier, tracking_number)
    if (found.carrier, found.tracking_number) == mark:
        return found
    if found.state not in MAY_SEND:
        raise ReturnStepNotAllowed(number=number, state=found.state, wanted=ReturnState.SENT)
    found.carrier, found.tracking_number = mark
    found.state = ReturnState.SENT
    session.flush()
    announce(session, ReturnSent(found.order_id, found.id, at))
    return found


def call_off(session: Session, number: str, *, actor: str, at: datetime, buyer_id: int | None = None) -> OrderReturn:
    """Nothing comes back after all. Again: no-op. What was refunded stays refunded.

    Raises UnknownReturn, ReturnStepNotAllowed.
    """
    the_return(session, number, buyer_id=buyer_id)
    row, found = _locked(session, number)
    if found.state == ReturnState.CANCELLED:
        return found
    if found.state not in MAY_CALL_OFF:
        raise ReturnStepNotAllowed(number=number, state=found.state, wanted=ReturnState.CANCELLED)
    if found.state != ReturnState.ASKED:
        announce(session, ReturnCalledOff(row.id, found.id, at))
    found.state, found.decided_by = ReturnState.CANCELLED, found.decided_by or actor
    session.flush()
    return found


def the_return(session: Session, number: str, *, buyer_id: int | None = None) -> OrderReturn:
    """With `buyer_id`, only if it is theirs. Raises UnknownReturn either way alike."""
    found = session.scalars(select(OrderReturn).where(OrderReturn.number == number)).one_or_none()
    if found is None or (buyer_id is not None and reads.order(session, found.order_id).buyer_id != buyer_id):
        raise UnknownReturn(number=number)
    return found


def returns_of(session: Session, order_id: int) -> Sequence[OrderReturn]:
    """Of one order, oldest first."""
    query = select(OrderReturn).where(OrderReturn.order_id == order_id).order_by(OrderReturn.id)
    return session.scalars(query).all()


def list_returns(
    session: Session, *, only_open: bool = False, after: int | None = None, limit: int = RETURNS_LISTED_MAX
) -> Sequence[OrderReturn]:
    """Of all orders: the open ones oldest first, or all of them newest first. `after`: those behind this one."""
    query = select(OrderReturn).limit(min(limit, RETURNS_LISTED_MAX))
    if only_open:
        query = query.where(OrderReturn.state.in_(OPEN)).order_by(OrderReturn.id)
        query = query if after is None else query.where(OrderReturn.id > after)
    else:
        query = query.order_by(OrderReturn.id.desc())
        query = query if after is None else query.where(OrderReturn.id < after)
    return session.scalars(query).all()


def returnable(session: Session, row: Order) -> dict[int, Counter[str]]:
    """Per line, how many pieces of which parcel can be asked back: what has left, is in no return and not refunded.

    New pieces that came for others can be given back as those could.
    """
    sent = _sent(session, row)
    live, refunded_by_return = Counter[tuple[str, int]](), Counter[int]()
    found = [each for each in returns_of(session, row.id) if each.state not in VOID]
    for each in found:
        anew = _new_pieces(each)
        for line_id, sku, pieces in each.lines:
            live[each.supplier_order, line_id] += pieces - anew[sku]
    numbers = {each.number.partition(":")[0] for each in found}
    for made in reads.refunds(session, row.id):
        for part in reads.refund_lines(session, made.id) if made.number in numbers else ():
            refunded_by_return[part.line_id] += part.quantity
    left: dict[int, Counter[str]] = {}
    for line in reads.lines(session, row.id):
        in_return = sum(count for (_, line_id), count in live.items() if line_id == line.id)
        most = line.quantity - (line.refunded_quantity - refunded_by_return[line.id]) - in_return
        for parcel, pieces in sent.items():
            there = min(pieces[line.sku] - live[parcel, line.id], most)
            if there > 0:
                left.setdefault(line.id, Counter())[parcel] = there
                most -= there
    return left


def give_money_back(
    session: Session, row: Order, found: OrderReturn, pieces: Mapping[str, int], *, actor: str, at: datetime
) -> None:
    """Refund these pieces of the return as far as they are not; what the store owes for them is the return's matter.

    Where nothing of the order ever arrived, the freight goes back with the last of them. Raises OrderDisputed.
    """
    lines: dict[int, OrderLine] = {line.id: line for line in reads.lines(session, row.id)}
    left, items = Counter(pieces), []
    for line_id, sku, asked in found.lines:
        line = lines[line_id]
        going = min(asked, left[sku], line.quantity - line.refunded_quantity)
        left[sku] -= going
        worth = line.goods_net_minor - line.refunded_minor
        if going and worth:
            items.append(RefundItem(line_id, going))
    if items and row.state in SOLD:
        freight = found.reason == ReturnReason.NEVER_ARRIVED and _nothing_came(session, row, items)
        wanted = RefundOrder(items, reason=BY_RETURN, actor=actor, goods_back=False, freight=freight)
        refund(session, row.number, wanted, refund_number=found.number, at=at)


def _nothing_came(session: Session, row: Order, last: Sequence[RefundItem]) -> bool:
    """Whether the customer never got a box, and nothing is left to come once these are refunded."""
    going = {each.line_id: each.pieces for each in last}
    all_of_it = all(
        line.refunded_quantity + going.get(line.id, 0) == line.quantity for line in reads.lines(session, row.id)
    )
    arrived = [each.delivered_at for each in reads.shipments(session, row.id)]
    arrived += [each.delivered_at for each in reads.parcels(session, row.id)]
    return all_of_it and not any(arrived)


def _sent(session: Session, row: Order) -> dict[str, Counter[str]]:
    """The pieces per SKU that have left, by parcel."""
    boxes = reads.shipments(session, row.id)
    sent: dict[str, Counter[str]] = {}
    for parcel in reads.parcels(session, row.id):
        own = [each for each in boxes if each.parcel_id == parcel.id]
        there = Counter[str]()
        for each in own:
            for sku, pieces in each.lines:
                there[sku] += pieces
        if (own and not there) or (not own and parcel.shipped_at is not None):
            there = _all_of(parcel)
        sent[parcel.supplier_order] = there
    return sent


def _all_of(parcel: Parcel) -> Counter[str]:
    """What comes of a parcel whose boxes do not say what is in them."""
    there = Counter[str](dict(parcel.lines))
    for _, sku, pieces, _ in parcel.short:
        there[sku] -= pieces
    return there


def _new_pieces(found: OrderReturn) -> Counter[str]:
    """By SKU, which stands in an order once."""
    seen = [supply.Inspected(*each) for each in found.inspected]
    bearer = supply.Bearer(found.bearer) if found.bearer else ReturnReason(found.reason).at_fault
    return Counter(new_pieces(seen, replaced=found.replaced, bearer=bearer))


def _locked(session: Session, number: str) -> tuple[Order, OrderReturn]:
    """The return as it is now, and its order; whoever else decides waits. Raises UnknownReturn."""
    found = the_return(session, number)
    row = reads.locked(session, reads.order(session, found.order_id).number)
    session.refresh(found)
    return row, found


def _decide(found: OrderReturn, state: ReturnState, *, answer: str, actor: str, at: datetime) -> None:
    found.answer = _text(answer, "answer")
    found.state, found.decided_by, found.decided_at = state, actor, at


def _text(said: str, field: str) -> str:
    if len(said.strip()) > WORDS_LENGTH_MAX:
        raise Invalid(field=field, reason=Phrase(N_("write at most {most} characters"), most=WORDS_LENGTH_MAX))
    return said.strip()
