"""A supplier's orders as a sheet, there and back: exported with what is to be sent and where, imported with carrier,
tracking number and missing pieces filled in.

The rows of one order stand together: where one of them cannot be taken none of them is, and the report says so for
each. Importing the same sheet again changes nothing.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core.kernel.csvfile import plain, read_table
from shared_core.kernel.errors import PlatformError
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.dropshipping import sheet_rows
from shared_core.supply.dropshipping.desk import TO_SEND
from shared_core.supply.dropshipping.fulfilment import short_ship
from shared_core.supply.dropshipping.opened import lines_of, locked, pieces_of
from shared_core.supply.dropshipping.parcels import ship
from shared_core.supply.dropshipping.sheet_rows import COLUMNS, Filled
from shared_core.supply.errors import NotTakenAlone, UnknownSku, UnknownSupplierOrder
from shared_core.supply.inventory.stock_models import Warehouse
from shared_core.supply.models import StockHold, StockHoldLine, SupplierOrder
from shared_core.supply.views import Address, HoldLine

SHEET_ROWS_MAX = 10_000
SHEET_BYTES_MAX = 10_000_000


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why the row on this line was not taken."""

    line: int
    order: str
    error: PlatformError


@dataclass(frozen=True, slots=True)
class SheetReport:
    """How many orders moved on, how many the sheet says nothing new of, and the rows that were not taken."""

    applied: int
    unchanged: int
    faults: tuple[RowFault, ...]


def orders_sheet(session: Session, *, supplier: str) -> bytes:
    """What the supplier has to send, oldest first: CSV in UTF-8 that spreadsheets open. Raises UnknownSupplier."""
    query = (
        select(SupplierOrder, StockHold, StockHoldLine, func.coalesce(Warehouse.code, ""))
        .join(StockHold, StockHold.id == SupplierOrder.hold_id)
        .join(StockHoldLine, StockHoldLine.supplier_order_id == SupplierOrder.id)
        .outerjoin(Warehouse, Warehouse.id == StockHoldLine.warehouse_id)
        .where(SupplierOrder.supplier_id == supplier_row(session, supplier).id, SupplierOrder.state.in_(TO_SEND))
        .order_by(SupplierOrder.placed_at, SupplierOrder.id, StockHoldLine.sku)
        .limit(SHEET_ROWS_MAX)
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for order, hold, line, warehouse in session.execute(query):
        if pieces_of(line).to_send:
            writer.writerow(plain(cell) for cell in (*_exported(order, hold, line), warehouse))
    return text.getvalue().encode("utf-8-sig")


def _exported(order: SupplierOrder, hold: StockHold, line: StockHoldLine) -> Sequence[str]:
    now, to = pieces_of(line), Address.from_json(hold.ship_to or {})
    options = ", ".join(f"{name}: {value}" for name, value in line.options)
    due = order.due_at.isoformat() if order.due_at else ""
    where = (to.name, to.phone, to.country, to.region, to.city, to.district, to.street, to.postcode)
    what = (order.number, order.placed_at.isoformat(), due, line.sku, options, str(now.to_send))
    return (*what, "", "", "", *where, str(now.short))


def take_sheet(
    session: Session, source: Path | bytes, *, supplier: str, at: datetime, name: str = "orders", actor: str = ""
) -> SheetReport:
    """Take what a supplier has filled in. Raises FileUnreadable, UnknownSupplier."""
    supplier_id = supplier_row(session, supplier).id
    table = read_table(source, bytes_max=SHEET_BYTES_MAX, rows_max=SHEET_ROWS_MAX, name=name)
    for column in sheet_rows.REQUIRED:
        table.require(column)
    orders: dict[str, list[Filled | RowFault]] = {}
    for row in table.rows:
        number = row.cells.get("order", "")
        try:
            filled = sheet_rows.filled(row, width=len(table.columns))
        except PlatformError as error:
            orders.setdefault(number, []).append(RowFault(row.line, number, error))
        else:
            if filled is not None:
                orders.setdefault(number, []).append(filled)
    outcomes = [
        _take_order(session, supplier_id, number, rows, actor=actor, at=at) for number, rows in sorted(orders.items())
    ]
    faults = [fault for each in outcomes if not isinstance(each, bool) for fault in each]
    return SheetReport(
        applied=sum(each is True for each in outcomes),
        unchanged=sum(each is False for each in outcomes),
        faults=tuple(sorted(faults, key=lambda fault: fault.line)),
    )


def _take_order(
    session: Session, supplier_id: int, number: str, rows: Sequence[Filled | RowFault], *, actor: str, at: datetime
) -> bool | list[RowFault]:
    """Whether the order moved on; or what is wrong, and then nothing of it has been taken."""
    faults = [each for each in rows if isinstance(each, RowFault)]
    good = [each for each in rows if isinstance(each, Filled)]
    if not faults:
        try:
            with session.begin_nested():
                return _apply(session, supplier_id, number, good, actor=actor, at=at)
        except PlatformError as error:
            at_fault = next((row for row in good if row.sku == error.params.get("sku")), good[0])
            faults = [RowFault(at_fault.line, number, error)]
            good.remove(at_fault)
    alone = [RowFault(row.line, number, NotTakenAlone(order=number, line=faults[0].line)) for row in good]
    return [*faults, *alone]


def _apply(
    session: Session, supplier_id: int, number: str, rows: Sequence[Filled], *, actor: str, at: datetime
) -> bool:
    order, _ = locked(session, number)
    if order.supplier_id != supplier_id:
        raise UnknownSupplierOrder(number=number)
    now = {plain(line.sku): line for line in lines_of(session, order)}
    for row in rows:
        if row.sku not in now:
            raise UnknownSku(sku=row.sku)
    news = []
    short = sheet_rows.short_in_all(rows)
    missing = [HoldLine(now[sku].sku, pieces) for sku, pieces in short.items() if pieces > now[sku].short]
    if missing:
        news.append(short_ship(session, number=number, missing=missing, at=at, actor=actor))
    for (carrier, tracking), inside in sheet_rows.boxes(rows).items():
        held = [HoldLine(now[sku].sku, pieces) for sku, pieces in inside.items()]
        news.append(
            ship(session, number=number, carrier=carrier, tracking_number=tracking, lines=held, at=at, actor=actor)
        )
    return any(news)
