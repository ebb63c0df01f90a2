"""Between a shop's returns and the supply side. What is known of a return is what the supply side answers when it is
asked: news only says that there is something to ask, so that it may come late, twice, or in another order.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.orders import reads
from shared_core.orders.errors import OrderDisputed
from shared_core.orders.events import ReturnAccepted, ReturnCalledOff, ReturnSent
from shared_core.orders.models import Order
from shared_core.orders.return_models import OrderReturn
from shared_core.orders.return_rules import ENDED, RefundWhen, ReturnState, refunded_pieces
from shared_core.orders.returns import give_money_back
from shared_core.orders.supply_books import book_withdrawal
from shared_core.supply import Remedy, ReturnReason

Step = Callable[..., None]
SUPPLIER = "supplier"
PARAM_LENGTH_MAX = 200
REFUSED_BY_SUPPLY = (
    supply.HoldNotConfirmed,
    supply.returns.OneSupplierOnly,
    supply.returns.ReturnPointless,
    supply.returns.ReturnTooMuch,
    supply.UnknownHold,
    supply.UnknownSku,
)
"""What the supply side says no with for good."""
_KINDS = {each.code: each for each in REFUSED_BY_SUPPLY}


def request(database: Database, gateway: supply.SupplyGateway, return_id: int, *, at: datetime) -> None:
    """Ask the supply side for what the shop has accepted; what it says no to is declined."""
    row, found = _load(database, return_id)
    pieces = Counter[str]()
    for _, sku, count in found.lines:
        pieces[sku] += count
    try:
        told = gateway.request_return(
            row.number,
            [supply.HoldLine(sku, count) for sku, count in pieces.items()],
            number=found.number,
            reason=ReturnReason(found.reason),
            remedy=Remedy(found.remedy),
            words=found.words,
            at=at,
        )
    except REFUSED_BY_SUPPLY as refusal:
        with database.transaction() as session:
            reads.locked(session, row.number)
            declined = session.get_one(OrderReturn, return_id, populate_existing=True)
            if declined.state == ReturnState.ACCEPTED:  # it may have been called off meanwhile
                declined.state, declined.refusal = ReturnState.DECLINED, _kept(refusal)
        return
    with database.transaction() as session:
        hear_return(session, told, at=at)


def refusal_of(found: OrderReturn) -> PlatformError | None:
    """Why the supply side would not take the request; None when it did, and where this version does not know why."""
    kept = found.refusal or {}
    kind = _KINDS.get(kept.get("code", ""))
    return kind(**kept["params"]) if kind else None


def _kept(refusal: PlatformError) -> dict[str, Any]:
    params = {
        name: value if isinstance(value, int) else str(value)[:PARAM_LENGTH_MAX]
        for name, value in refusal.params.items()
    }
    return {"code": refusal.code, "params": params}


def send(database: Database, gateway: supply.SupplyGateway, return_id: int, *, at: datetime) -> None:
    """Tell the supply side that the goods are on their way."""
    row, found = _load(database, return_id)
    try:
        told = gateway.ship_return(
            row.number, number=found.number, carrier=found.carrier, tracking_number=found.tracking_number, at=at
        )
    except supply.returns.ReturnStepRefused:  # they are there already, or it was too late
        told = gateway.view_return(row.number, number=found.number)
    with database.transaction() as session:
        hear_return(session, told, at=at)


def call_off(database: Database, gateway: supply.SupplyGateway, return_id: int, *, at: datetime) -> None:
    """Tell the supply side that nothing comes; what has come meanwhile is looked at after all."""
    row, found = _load(database, return_id)
    try:
        gateway.cancel_return(row.number, number=found.number, at=at)
    except supply.returns.ReturnStepRefused:
        told = gateway.view_return(row.number, number=found.number)
        with database.transaction() as session:
            again = session.get_one(OrderReturn, return_id)
            again.state = ReturnState.ACCEPTED
            hear_return(session, told, at=at)


STEPS = (
    (ReturnAccepted, "supply-request-return", request),
    (ReturnSent, "supply-ship-return", send),
    (ReturnCalledOff, "supply-cancel-return", call_off),
)
"""What is asked of the supply side after a commit; names are kept in outbox rows and stay as they are."""


def _load(database: Database, return_id: int) -> tuple[Order, OrderReturn]:
    with database.reading() as session:
        found = session.get_one(OrderReturn, return_id)
        return reads.order(session, found.order_id), found


def asked_of(gateway: supply.SupplyGateway, news: supply.SupplyEvent) -> supply.ReturnView | None:
    """The return that the news tells of, as it is by now."""
    return gateway.view_return(news.reference, number=news.return_number) if news.return_number else None


def hear_return(session: Session, told: supply.ReturnView, *, at: datetime) -> None:
    """Write down what the supply side knows of a return; settled, it changes what is owed, and by the shop's decision
    what the customer gets back. Again: no-op. Raises UnknownOrder.
    """
    row = reads.locked(session, told.reference)
    query = select(OrderReturn).where(OrderReturn.number == told.number)
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none() or _begun(
        session, row, told, at=at
    )
    _copy(found, told)
    if _newer(ReturnState(found.state), ReturnState(told.state)):
        found.state = ReturnState(told.state)
        if found.state is ReturnState.SETTLED:
            _settle(session, row, found, told, at=at)
    _note_new_box(found, told)
    session.flush()


def _newer(now: ReturnState, told: ReturnState) -> bool:
    """Whether an answer is of a later step than what is known; an older answer may be heard after it."""
    order = list(ReturnState)
    return now not in ENDED and order.index(told) > order.index(now)


def _copy(found: OrderReturn, told: supply.ReturnView) -> None:
    found.address = told.address.as_json() if told.address else found.address
    found.send_by = told.send_by or found.send_by
    found.said = told.said or found.said
    if told.tracking_number:
        found.carrier, found.tracking_number = told.carrier, told.tracking_number


def _settle(session: Session, row: Order, found: OrderReturn, told: supply.ReturnView, *, at: datetime) -> None:
    found.inspected = [[each.sku, each.sellable, each.unsellable, each.refused] for each in told.inspected]
    found.replaced, found.bearer = told.replaced, told.bearer
    if told.supply or told.freight or told.fee:
        book_withdrawal(session, told.number, told, memo="returned and looked at", at=at)
    if found.refund == RefundWhen.INSPECTED:
        bearer = told.bearer or ReturnReason(found.reason).at_fault
        pieces = refunded_pieces(told.inspected, replaced=told.replaced, bearer=bearer)
        try:
            with session.begin_nested():
                give_money_back(session, row, found, pieces, actor=SUPPLIER, at=at)
        except OrderDisputed:  # the bank decides first; then staff do
            found.refund = RefundWhen.APART


def _note_new_box(found: OrderReturn, told: supply.ReturnView) -> None:
    if told.new_box is not None:
        found.new_carrier, found.new_tracking = told.new_box.carrier, told.new_box.tracking_number
        found.new_delivered_at = told.new_box.delivered_at or found.new_delivered_at


def _begun(session: Session, row: Order, told: supply.ReturnView, *, at: datetime) -> OrderReturn:
    """A return that the supply side began by itself: of pieces that were withdrawn after they had left."""
    lines, left = [], Counter({each.sku: each.quantity for each in told.lines})
    for line in reads.lines(session, row.id):
        pieces = min(left[line.sku], line.quantity)
        left[line.sku] -= pieces
        if pieces:
            lines.append([line.id, line.sku, pieces])
    found = OrderReturn(
        number=told.number,
        order_id=row.id,
        supplier_order=told.supplier_order,
        lines=lines,
        state=ReturnState.ACCEPTED,
        reason=told.reason,
        remedy=told.remedy,
        asked_at=at,
        decided_at=at,
        refund=RefundWhen.APART,
        said="",
        inspected=[],
    )
    session.add(found)
    session.flush()
    return found
