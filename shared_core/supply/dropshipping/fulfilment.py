"""A supplier's answer to an order: it will ship, it cannot, or it cannot ship all of it. For parcels see `parcels`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.i18n import N_
from shared_core.supply import rules
from shared_core.supply.dropshipping import pieces
from shared_core.supply.dropshipping.opened import accepted, lines_of, locked, pieces_of, step, tell, write_pieces
from shared_core.supply.dropshipping.parcels import close_if_all_sent
from shared_core.supply.errors import ShortTooMuch, StepRefused, UnknownSku
from shared_core.supply.models import TEXT_LENGTH_MAX, StockHold, StockHoldLine, SupplierOrder
from shared_core.supply.views import EventKind, HoldLine, SupplyEvent


def accept(session: Session, *, number: str, at: datetime, actor: str = "") -> None:
    """The supplier will ship. Again: no-op. Raises UnknownSupplierOrder, StepRefused."""
    order, _ = locked(session, number)
    if order.accepted_at is None:
        step(order, "accepted", after=("placed",))
        order.accepted_at, order.accepted_by = at, actor


def cancel(session: Session, *, number: str, at: datetime, reason: str = "", actor: str = "") -> None:
    """The supplier cannot ship, or will not; of what was sent in part, the rest is short. Again: no-op.

    The store hears of it, refunds its customer and withdraws the goods; only then the money is given back.
    Raises UnknownSupplierOrder, StepRefused, Invalid.
    """
    order, hold = locked(session, number)
    lines = lines_of(session, order)
    left = [HoldLine(line.sku, pieces_of(line).to_send) for line in lines if pieces_of(line).to_send]
    if order.cancelled_at is not None or (not left and any(line.short for line in lines)):
        return
    _never_come(session, order, hold, lines, left, at=at, reason=reason, wanted="cancelled", actor=actor)


def short_ship(
    session: Session,
    *,
    number: str,
    missing: Sequence[HoldLine],
    at: datetime,
    reason: str = "",
    actor: str = "",
) -> SupplyEvent | None:
    """`missing` are all pieces of these SKUs that never come, those reported before counted in; the rest is shipped.

    So the same again is a no-op. Pieces of which nothing is left to send cancel the supplier order. The store hears
    of it, refunds its customer and withdraws the pieces; only then the money is given back. They are not on sale
    again: what the supplier still has, its next feed says.
    Raises UnknownSupplierOrder, UnknownSku, BadQuantity, ShortTooMuch, StepRefused, Invalid.
    """
    order, hold = locked(session, number)
    lines = lines_of(session, order)
    more = _more_missing(order, {line.sku: line for line in lines}, missing)
    if not more:
        return None
    return _never_come(session, order, hold, lines, more, at=at, reason=reason, wanted="short", actor=actor)


def _never_come(
    session: Session,
    order: SupplierOrder,
    hold: StockHold,
    lines: Sequence[StockHoldLine],
    missing: Sequence[HoldLine],
    *,
    at: datetime,
    reason: str,
    wanted: str,
    actor: str,
) -> SupplyEvent:
    """These pieces are short; where nothing comes at all, and nothing came, the supplier order is cancelled."""
    if order.state not in ("placed", "accepted"):
        raise StepRefused(number=order.number, state=order.state, wanted=wanted)
    order.reason = reason_said(reason)
    by_sku = {line.sku: line for line in lines}
    for each in missing:
        write_pieces(by_sku[each.sku], pieces.report_short(pieces_of(by_sku[each.sku]), each.quantity))
    if not any(pieces_of(line).coming or line.sent for line in lines):
        order.state, order.cancelled_at = "cancelled", at
        return tell(session, EventKind.CANCELLED, order, hold, at=at, actor=actor)
    accepted(order, at=at, actor=actor)
    news = tell(session, EventKind.SHORT, order, hold, at=at, lines=missing, actor=actor)
    close_if_all_sent(session, order, hold, lines, at=at)
    return news


def _more_missing(order: SupplierOrder, lines: dict[str, StockHoldLine], missing: Sequence[HoldLine]) -> list[HoldLine]:
    """What is missing beyond what was reported before."""
    more = []
    for each in rules.merge_lines(missing):
        if each.sku not in lines:
            raise UnknownSku(sku=each.sku)
        now = pieces_of(lines[each.sku])
        if not 0 <= each.quantity - now.short <= now.to_send:
            raise ShortTooMuch(
                sku=each.sku, number=order.number, reported=now.short, to_send=now.to_send, wanted=each.quantity
            )
        if each.quantity > now.short:
            more.append(HoldLine(each.sku, each.quantity - now.short))
    return more


def reason_said(said: str) -> str:
    """Raises Invalid."""
    if len(said.strip()) > TEXT_LENGTH_MAX:
        raise Invalid(field="reason", reason=Phrase(N_("write at most {most} characters"), most=TEXT_LENGTH_MAX))
    return said.strip()
