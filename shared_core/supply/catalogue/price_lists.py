"""Price lists: what the stores of a tier pay, what they are suggested to ask, and what they may not go below."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among, insert_all
from shared_core.kernel.csvfile import Row, read_table
from shared_core.kernel.database import lock
from shared_core.kernel.money import Money, exponent, parse_money
from shared_core.supply.catalogue.feeds.cells import Cells
from shared_core.supply.catalogue.feeds.errors import (
    CostAboveSupplyPrice,
    DuplicateSku,
    FloorAboveSuggested,
    PriceTooFine,
    RaggedRow,
    RowError,
    RowRemark,
    SkuNotHere,
    ValueMissing,
)
from shared_core.supply.errors import BadTier
from shared_core.supply.gateway import CODE_PATTERN
from shared_core.supply.inventory import stock
from shared_core.supply.models import Product, Supplier, Variant
from shared_core.supply.price_models import TierPrice
from shared_core.supply.rules import Prices

COLUMNS = ("sku", "supply_price", "suggested", "floor")
LIST_ROWS_MAX = 200_000
LIST_BYTES_MAX = 64 * 2**20


@dataclass(frozen=True, slots=True)
class PriceListReport:
    """What became of the rows; `removed` go by the variant's own prices again."""

    rows: int
    created: int
    updated: int
    removed: int
    unchanged: int
    rejected: tuple[RowRemark, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    variant_id: int
    currency: str
    cost_minor: int | None


def put_prices(session: Session, source: Path | bytes, *, tier: str) -> PriceListReport:
    """Take a price list in: CSV with sku, supply_price, suggested and floor, amounts in the supplier's currency.

    An empty cell goes by the variant's own price; a row with nothing but a SKU takes it off the list. SKUs that are
    not in the file stay as they are. Bad rows are told and left out. Raises FileUnreadable, BadTier.
    """
    if not re.fullmatch(CODE_PATTERN, tier):
        raise BadTier(tier=tier)
    table = read_table(source, bytes_max=LIST_BYTES_MAX, rows_max=LIST_ROWS_MAX, name="prices")
    table.require("sku")
    if not {column.casefold() for column in table.columns} & set(COLUMNS[1:]):
        table.require("supply_price")
    rows = list(table.rows)
    known = _known(session, [row.cells.get("sku", "") for row in rows])
    wanted: dict[int, Prices] = {}
    lines: dict[int, int] = {}
    rejected: list[RowRemark] = []
    for row in rows:
        try:
            variant, prices = _read(row, len(table.columns), known)
            if variant.variant_id in lines:
                raise DuplicateSku(field="sku", value=row.cells["sku"], first=lines[variant.variant_id])
            wanted[variant.variant_id], lines[variant.variant_id] = prices, row.line
        except RowError as error:
            rejected.append(RowRemark(row.line, error))
    lock(session, f"supply-prices:{tier}")
    counts = _write(session, tier, wanted)
    return PriceListReport(len(rows), *counts, tuple(rejected))


def _read(row: Row, width: int, known: Mapping[str, _Known]) -> tuple[_Known, Prices]:
    if row.width != width:
        raise RaggedRow(field="sku", found=row.width, expected=width)
    cells = Cells(row.cells)
    sku = cells.sku("sku")
    if not sku:
        raise ValueMissing(field="sku")
    if sku not in known:
        raise SkuNotHere(field="sku", value=sku)
    variant = known[sku]
    supply, suggested, floor = (_minor(cells, name, variant.currency) for name in COLUMNS[1:])
    if supply is not None and variant.cost_minor is not None and supply < variant.cost_minor:
        cost, price = (Money(each, variant.currency) for each in (variant.cost_minor, supply))
        raise CostAboveSupplyPrice(field="cost", value=cost, supply_price=price)
    if floor is not None and suggested is not None and floor > suggested:
        least, told = (Money(each, variant.currency) for each in (floor, suggested))
        raise FloorAboveSuggested(field="floor", value=least, suggested=told)
    return variant, Prices(supply, suggested, floor)


def _minor(cells: Cells, field: str, currency: str) -> int | None:
    text = cells.written_price(field)
    if text is None:
        return None
    if len(text.partition(".")[2]) > exponent(currency):
        raise PriceTooFine(field=field, value=text, currency=currency)
    return parse_money(text, currency).minor


def _known(session: Session, skus: Sequence[str]) -> dict[str, _Known]:
    query = (
        select(Variant.sku, Variant.id, Supplier.currency, Variant.cost_minor)
        .join(Product, Product.id == Variant.product_id)
        .join(Supplier, Supplier.id == Product.supplier_id)
        .where(among(session, Variant.sku, skus))
    )
    return {row.sku: _Known(row.id, row.currency, row.cost_minor) for row in session.execute(query)}


def _write(session: Session, tier: str, wanted: Mapping[int, Prices]) -> tuple[int, int, int, int]:
    """How many were created, updated, removed and unchanged; offers that have changed are marked."""
    listed = select(TierPrice).where(TierPrice.tier == tier)
    rows = {row.variant_id: row for row in session.scalars(listed.where(among(session, TierPrice.variant_id, wanted)))}
    before = {each: Prices(row.supply_price_minor, row.suggested_minor, row.floor_minor) for each, row in rows.items()}
    changed = {each: prices for each, prices in wanted.items() if before.get(each, Prices()) != prices}
    gone = [each for each, prices in changed.items() if prices == Prices()]
    put = {each: prices for each, prices in changed.items() if prices != Prices()}
    session.execute(
        delete(TierPrice).where(TierPrice.tier == tier, among(session, TierPrice.variant_id, changed)),
        execution_options={"synchronize_session": False},
    )
    insert_all(session, cast(Table, TierPrice.__table__), list(_rows(tier, put)))
    session.expire_all()
    stock.touch(session, sorted(changed))
    updated = len(put.keys() & before.keys())
    return len(put) - updated, updated, len(gone), len(wanted) - len(changed)


def _rows(tier: str, wanted: Mapping[int, Prices]) -> Iterator[dict[str, object]]:
    for variant_id, prices in wanted.items():
        amounts = {
            "supply_price_minor": prices.supply,
            "suggested_minor": prices.suggested,
            "floor_minor": prices.floor,
        }
        yield {"tier": tier, "variant_id": variant_id, **amounts}
