"""Reading and writing where the pieces of a supplier order's lines are."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.supply.dropshipping.pieces import Pieces
from shared_core.supply.models import StockHoldLine, SupplierOrder


def lines_of(session: Session, order: SupplierOrder) -> Sequence[StockHoldLine]:
    """The order's lines by SKU, as they are now; whoever changes them has locked the order's hold before."""
    query = select(StockHoldLine).where(StockHoldLine.supplier_order_id == order.id).order_by(StockHoldLine.sku)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def pieces_of(line: StockHoldLine) -> Pieces:
    return Pieces(
        ordered=line.quantity,
        withdrawn=line.withdrawn,
        restocked=line.restocked,
        short=line.short,
        short_open=line.short_open,
        sent=line.sent,
    )


def write_pieces(line: StockHoldLine, pieces: Pieces) -> None:
    line.withdrawn, line.restocked, line.sent = pieces.withdrawn, pieces.restocked, pieces.sent
    line.short, line.short_open = pieces.short, pieces.short_open
