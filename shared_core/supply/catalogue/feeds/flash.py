"""Lines of sales of limited time: which product, at which price, how many, on which days, at which hours."""

from collections.abc import Mapping, Sequence
from datetime import date, time

from shared_core.kernel.csvfile import Row
from shared_core.supply.catalogue.feeds.cells import Cells
from shared_core.supply.catalogue.feeds.dumps import MALL, Dump
from shared_core.supply.catalogue.feeds.errors import (
    BadInstant,
    NothingSaid,
    ParentMissing,
    RowError,
    RowRemark,
    SaleMissing,
    ValueMissing,
)
from shared_core.supply.catalogue.feeds.reading import FlashLine

SALES, SESSIONS = "sms_flash_promotion", "sms_flash_promotion_session"
LINES = "sms_flash_promotion_product_relation"


def read(dump: Dump) -> tuple[list[FlashLine], list[RowRemark]]:
    """The lines that can be sold by, and why the others cannot."""
    lines: list[FlashLine] = []
    refused: list[RowRemark] = []
    if LINES not in dump:
        return lines, refused
    sales, sessions = (_by_id(dump, SALES), _by_id(dump, SESSIONS))
    products = _by_id(dump, MALL)
    for row in dump[LINES].rows:
        try:
            lines.append(_line(Cells(row.cells), row.line, sales, sessions, products))
        except RowError as error:
            refused.append(RowRemark(row.line, error, dump[LINES].file))
    return lines, refused


def _line(
    cells: Cells, line: int, sales: Mapping[str, Row], sessions: Mapping[str, Row], products: Mapping[str, Row]
) -> FlashLine:
    sale = _pointed_at(cells, "flash_promotion_id", sales)
    session = _pointed_at(cells, "flash_promotion_session_id", sessions)
    product = cells.raw("product_id")
    if product not in products:
        raise ParentMissing(field="product_id", value=product)
    price, quantity = cells.price("flash_promotion_price"), cells.count("flash_promotion_count")
    if price is None and quantity is None:
        raise NothingSaid(field="product_id")
    if price is None or quantity is None:
        raise ValueMissing(field="flash_promotion_price" if price is None else "flash_promotion_count")
    return FlashLine(
        line=line,
        code=f"{sale.raw('id')}-{session.raw('id')}",
        sale=sale.raw("title"),
        product=f"mall-{product}",
        price=price,
        quantity=quantity,
        per_customer=cells.count("flash_promotion_limit"),
        first_day=_day(sale, "start_date"),
        last_day=_day(sale, "end_date"),
        from_hour=_hour(session, "start_time"),
        to_hour=_hour(session, "end_time"),
    )


def _pointed_at(cells: Cells, field: str, rows: Mapping[str, Row]) -> Cells:
    key = cells.raw(field)
    if key not in rows:
        raise SaleMissing(field=field, value=key)
    return Cells(rows[key].cells)


def _day(cells: Cells, field: str) -> date:
    try:
        return date.fromisoformat(cells.raw(field))
    except ValueError:
        raise BadInstant(field=field, value=cells.raw(field)) from None


def _hour(cells: Cells, field: str) -> time:
    try:
        return time.fromisoformat(cells.raw(field))
    except ValueError:
        raise BadInstant(field=field, value=cells.raw(field)) from None


def _by_id(dump: Dump, table: str) -> dict[str, Row]:
    rows: Sequence[Row] = dump[table].rows if table in dump else ()
    return {row.cells.get("id", ""): row for row in rows}
