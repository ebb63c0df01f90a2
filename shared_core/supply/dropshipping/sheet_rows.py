"""What a supplier filled into a row of its orders' sheet: values in, values out."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_core.kernel.csvfile import Row
from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_
from shared_core.supply.catalogue.feeds.errors import NotACount, RaggedRow, ValueMissing
from shared_core.supply.dropshipping.carriers import parcel_mark
from shared_core.supply.errors import BadTrackingNumber, ShortBeyondRow

REQUIRED = ("order", "sku", "quantity", "carrier", "tracking", "short", "short_before")
"""Columns without which a sheet means nothing."""
COLUMNS = (
    *("order", "placed", "due", "sku", "options", "quantity", "carrier", "tracking", "short"),
    *("name", "phone", "country", "region", "city", "district", "street", "postcode", "short_before", "warehouse"),
)
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Filled:
    """Of `quantity` pieces that were to be sent `short` never come, beside `short_before`; the rest is in the box.

    Without a carrier nothing of the row is sent yet.
    """

    line: int
    order: str
    sku: str
    quantity: int
    short: int
    short_before: int
    carrier: str
    tracking: str


def filled(row: Row, *, width: int) -> Filled | None:
    """None where nothing was filled in.

    Raises RaggedRow, ValueMissing, NotACount, BadTrackingNumber, ShortBeyondRow.
    """
    if row.width > width:
        raise RaggedRow(field="", found=row.width, expected=width)
    cells = {name: row.cells.get(name, "") for name in REQUIRED}
    if not (cells["carrier"] or cells["tracking"] or cells["short"]):
        return None
    for name in ("order", "sku", "quantity", "short_before"):
        if not cells[name]:
            raise ValueMissing(field=name)
    quantity, short, before = (_count(cells, name) for name in ("quantity", "short", "short_before"))
    if short > quantity:
        raise ShortBeyondRow(quantity=quantity, short=short)
    carrier, tracking = cells["carrier"], cells["tracking"]
    if carrier or tracking:
        if not (carrier and tracking):
            raise ValueMissing(field="tracking" if carrier else "carrier")
        if _ROUNDED.fullmatch(tracking):
            reason = Phrase(N_("the spreadsheet has rounded it; format the column as text and fill it in again"))
            raise BadTrackingNumber(number=tracking, carrier=carrier, reason=reason)
        carrier, tracking = parcel_mark(carrier, tracking)
    return Filled(row.line, cells["order"], cells["sku"], quantity, short, before, carrier, tracking)


def _count(cells: Mapping[str, str], name: str) -> int:
    if cells[name] and not _COUNT.fullmatch(cells[name]):
        raise NotACount(field=name, value=cells[name])
    return int(cells[name] or 0)


def short_in_all(rows: Sequence[Filled]) -> Mapping[str, int]:
    """The pieces per SKU of one order that never come, those that were reported before the sheet counted in."""
    more = Counter[str]()
    for row in rows:
        more[row.sku] += row.short
    before = {row.sku: row.short_before for row in rows}
    return {sku: before[sku] + pieces for sku, pieces in more.items() if pieces}


def boxes(rows: Sequence[Filled]) -> Mapping[tuple[str, str], Counter[str]]:
    """What is in each box of one order, by carrier and number."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        if row.carrier and row.quantity > row.short:
            found.setdefault((row.carrier, row.tracking), Counter())[row.sku] += row.quantity - row.short
    return found
