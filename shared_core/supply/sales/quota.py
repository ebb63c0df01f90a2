"""The pieces of a sale: taken by holds, given back by what was let go. One guarded UPDATE per line decides.

Whoever changes several lines does so in the order of their ids, and before the stock, so nobody waits in a circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from shared_core.supply.errors import SaleNotRunning
from shared_core.supply.models import StockHold, StockHoldLine, Variant
from shared_core.supply.sales.sale_models import Sale, SaleLine
from shared_core.supply.sales.sale_rules import SaleState, Taken, require_room, state_at
from shared_core.supply.views import HoldState

_LINES = cast(Table, SaleLine.__table__)
_TAKE = (
    update(_LINES)
    .where(_LINES.c.id == bindparam("line"), _LINES.c.taken + bindparam("pieces") <= _LINES.c.quantity)
    .values(taken=_LINES.c.taken + bindparam("pieces"))
)
_GIVE_BACK = update(_LINES).where(_LINES.c.id == bindparam("line")).values(taken=_LINES.c.taken - bindparam("pieces"))
_OPEN = StockHold.state.in_((HoldState.HELD, HoldState.CONFIRMED))
_KEPT = StockHoldLine.quantity - StockHoldLine.withdrawn


@dataclass(frozen=True, slots=True)
class Piece:
    """So many pieces of one SKU at the price of one line of a sale."""

    line_id: int
    sku: str
    pieces: int


@dataclass(frozen=True, slots=True)
class StorePieces:
    """Pieces of one SKU that one store has at the price of a sale: kept for unpaid orders, and bought."""

    sku: str
    store: str
    held: int
    sold: int


def priced(session: Session, wanted: Mapping[str, str], *, currency: str, at: datetime) -> dict[str, SaleLine]:
    """The lines of the sales at which these SKUs are wanted, by SKU; `wanted` is SKU to sale.

    Raises SaleNotRunning for what is not sold at that price now.
    """
    query = (
        select(Variant.sku, Sale, SaleLine)
        .join(SaleLine, SaleLine.variant_id == Variant.id)
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(Variant.sku.in_(wanted), Sale.code.in_(set(wanted.values())), Sale.currency == currency)
    )
    found = {
        sku: line
        for sku, sale, line in session.execute(query)
        if wanted[sku] == sale.code and state_at(sale.window, at) is SaleState.RUNNING
    }
    for sku in wanted:
        if sku not in found:
            raise SaleNotRunning(sku=sku, sale=wanted[sku])
    return found


def take(session: Session, pieces: Sequence[Piece], *, store: str, customer: str, hold_id: int) -> None:
    """The pieces are taken for this hold. Raises SaleSoldOut, SaleLimitReached; roll the transaction back then."""
    for each in sorted(pieces, key=lambda piece: piece.line_id):
        moved = session.connection().execute(_TAKE, {"line": each.line_id, "pieces": each.pieces})
        line = session.get_one(SaleLine, each.line_id, populate_existing=True)  # nobody else takes until the commit
        mine = each.pieces if moved.rowcount else 0
        of_store = (SaleLine.id == each.line_id, StockHold.store == store, StockHold.id != hold_id)
        taken = Taken(
            all=line.taken - mine,
            of_store=_count(session, *of_store),
            of_customer=_count(session, *of_store, StockHold.customer == customer),
        )
        require_room(line.limits, taken, each.pieces, sku=each.sku)


def give_back(session: Session, pieces: Iterable[Piece]) -> None:
    """The pieces are to be had again at the price of the sale, if it still runs."""
    back: dict[int, int] = {}
    for each in pieces:
        back[each.line_id] = back.get(each.line_id, 0) + each.pieces
    for line_id in sorted(back):
        session.connection().execute(_GIVE_BACK, {"line": line_id, "pieces": back[line_id]})


def free(session: Session, held: Mapping[str, StockHoldLine], going: Mapping[str, int]) -> None:
    """The store owes nothing any more for so many pieces per SKU of these lines: they are given back."""
    of_sales = ((held[sku].sale_line_id, sku, pieces) for sku, pieces in going.items())
    give_back(session, [Piece(line_id, sku, pieces) for line_id, sku, pieces in of_sales if line_id is not None])


def taken_by_store(session: Session, line_ids: Sequence[int], *, store: str) -> dict[int, int]:
    """How many pieces of each line one store holds or has bought."""
    query = select(StockHoldLine.sale_line_id, func.sum(_KEPT)).join(StockHold)
    counted = query.where(StockHoldLine.sale_line_id.in_(line_ids), StockHold.store == store, _OPEN)
    return {int(line_id or 0): int(n) for line_id, n in session.execute(counted.group_by(StockHoldLine.sale_line_id))}


def pieces_by_store(session: Session, sale: str) -> list[StorePieces]:
    """What of the sale with this code is gone, and where it went; together they are what its lines have `taken`."""
    held = case((StockHold.state == HoldState.HELD, _KEPT), else_=0)
    sold = case((StockHold.state == HoldState.CONFIRMED, _KEPT), else_=0)
    query = (
        select(StockHoldLine.sku, StockHold.store, func.sum(held), func.sum(sold))
        .join(StockHold, StockHold.id == StockHoldLine.hold_id)
        .join(SaleLine, SaleLine.id == StockHoldLine.sale_line_id)
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(Sale.code == sale, _OPEN, _KEPT > 0)
        .group_by(StockHoldLine.sku, StockHold.store)
        .order_by(StockHold.store, StockHoldLine.sku)
    )
    return [StorePieces(sku, store, int(kept), int(bought)) for sku, store, kept, bought in session.execute(query)]


def sales_of(session: Session, lines: Iterable[StockHoldLine]) -> dict[str, str]:
    """The codes of the sales at whose prices lines of a hold are, by SKU."""
    of_sales = {each.sku: each.sale_line_id for each in lines if each.sale_line_id is not None}
    if not of_sales:
        return {}
    query = select(SaleLine.id, Sale.code).join(Sale, Sale.id == SaleLine.sale_id)
    codes = {row.id: row.code for row in session.execute(query.where(SaleLine.id.in_(of_sales.values())))}
    return {sku: codes[line_id] for sku, line_id in of_sales.items()}


def pieces_of(lines: Iterable[StockHoldLine]) -> list[Piece]:
    """What the lines of a hold have taken of sales."""
    return [Piece(each.sale_line_id, each.sku, each.quantity) for each in lines if each.sale_line_id is not None]


def _count(session: Session, *which: ColumnElement[bool]) -> int:
    query = select(func.coalesce(func.sum(_KEPT), 0)).select_from(StockHoldLine).join(StockHold)
    return int(
        session.scalar(query.join(SaleLine, SaleLine.id == StockHoldLine.sale_line_id).where(_OPEN, *which)) or 0
    )
