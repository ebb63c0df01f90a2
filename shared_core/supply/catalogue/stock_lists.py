"""Stock lists: what a supplier has in its warehouses, of its own goods and of others that it sends too."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among
from shared_core.kernel.csvfile import Row, Table, read_table
from shared_core.kernel.database import lock
from shared_core.kernel.money import Money, exponent, parse_money
from shared_core.supply import rules
from shared_core.supply.catalogue.feeds.cells import Cells
from shared_core.supply.catalogue.feeds.errors import (
    CostAboveSupplyPrice,
    CostsDiffer,
    DuplicateSku,
    OwnCost,
    PriceTooFine,
    RaggedRow,
    RowError,
    RowRemark,
    SkuNotHere,
    SourceWithoutCost,
    SourceWithoutWarehouse,
    ValueMissing,
    WarehouseUnknown,
)
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.inventory import sourcing, stock
from shared_core.supply.inventory.stock_models import Source, Warehouse
from shared_core.supply.models import Product, Supplier, Variant

LIST_ROWS_MAX = 200_000
LIST_BYTES_MAX = 64 * 2**20


@dataclass(frozen=True, slots=True)
class StockListReport:
    """What became of the rows: shelves `counted` anew, offers of others' goods made or changed (`offered`)."""

    rows: int
    counted: int
    offered: int
    unchanged: int
    rejected: tuple[RowRemark, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    variant_id: int
    own: bool
    currency: str
    supply_minor: int | None
    offered: bool
    cost_minor: int | None


@dataclass(frozen=True, slots=True)
class _Told:
    sku: str
    warehouse: str
    quantity: int
    cost: Money | None


def put_stock(session: Session, source: Path | bytes, *, supplier: str, at: datetime) -> StockListReport:
    """Take a supplier's stock list in: CSV with sku and quantity, warehouse and cost, amounts in its currency.

    `quantity` is all that lies there. Goods of others need a warehouse, and a cost the first time; own goods have
    theirs from the feed. What is not in the file stays as it is, bad rows are told and left out.
    Raises FileUnreadable, UnknownSupplier.
    """
    giver = supplier_row(session, supplier)
    lock(session, f"supply-stock-list:{supplier}")
    table = read_table(source, bytes_max=LIST_BYTES_MAX, rows_max=LIST_ROWS_MAX, name="stock")
    for column in ("sku", "quantity"):
        table.require(column)
    rows = list(table.rows)
    known = _known(session, giver, [row.cells.get("sku", "") for row in rows])
    query = select(Warehouse.code, Warehouse.id).where(Warehouse.supplier_id == giver.id)
    places: dict[str, int | None] = {"": None, **dict(session.execute(query).all())}
    told: dict[tuple[str, str], _Told] = {}
    lines: dict[tuple[str, str], int] = {}
    costs: dict[str, Money] = {}
    rejected: list[RowRemark] = []
    for row in rows:
        try:
            each = _read(row, table, known, places, supplier)
            key = each.sku, each.warehouse
            if key in lines:
                raise DuplicateSku(field="sku", value=each.sku, first=lines[key])
            if each.cost is not None and costs.setdefault(each.sku, each.cost) != each.cost:
                raise CostsDiffer(field="cost", value=each.cost, sku=each.sku, first=costs[each.sku])
            told[key], lines[key] = each, row.line
        except RowError as error:
            rejected.append(RowRemark(row.line, error))
    offered = _offer(session, list(told.values()), known, supplier=supplier, at=at)
    counted: set[tuple[int, str]] = set()
    of_place: dict[str, dict[int, int]] = {}
    for each in told.values():
        of_place.setdefault(each.warehouse, {})[known[each.sku].variant_id] = each.quantity
    for place, said in of_place.items():
        stock.open_shelves(session, said, warehouse_id=places[place])
    stock.keep_places_still(session, chain.from_iterable(of_place.values()), [places[place] for place in of_place])
    for place, said in of_place.items():
        mark = rules.content_hash([supplier, place, at.isoformat()])[:32]
        moved = stock.set_from_feed(session, said, reference=f"list:{mark}", at=at, warehouse_id=places[place])
        counted |= {(variant_id, place) for variant_id in moved}
    touched = {(known[each.sku].variant_id, each.warehouse) for each in told.values() if each.sku in offered}
    unchanged = len(told) - len(counted | touched)
    return StockListReport(len(rows), len(counted), len(offered), unchanged, tuple(rejected))


def _read(row: Row, table: Table, known: dict[str, _Known], places: dict[str, int | None], supplier: str) -> _Told:
    if row.width != len(table.columns):
        raise RaggedRow(field="sku", found=row.width, expected=len(table.columns))
    cells = Cells(row.cells)
    sku, warehouse, quantity = cells.sku("sku"), cells.raw("warehouse").strip(), cells.count("quantity")
    if not sku or quantity is None:
        raise ValueMissing(field="quantity" if sku else "sku")
    if sku not in known:
        raise SkuNotHere(field="sku", value=sku)
    if warehouse not in places:
        raise WarehouseUnknown(field="warehouse", value=warehouse, supplier=supplier)
    variant, cost = known[sku], _cost(cells, known[sku])
    if variant.own and cost is not None:
        raise OwnCost(field="cost", value=cost, sku=sku)
    if not variant.own and not warehouse:
        raise SourceWithoutWarehouse(field="warehouse", sku=sku)
    if not variant.own and cost is None and not variant.offered:
        raise SourceWithoutCost(field="cost", sku=sku)
    return _Told(sku, warehouse, quantity, cost)


def _cost(cells: Cells, variant: _Known) -> Money | None:
    text = cells.written_price("cost")
    if text is None:
        return None
    if len(text.partition(".")[2]) > exponent(variant.currency):
        raise PriceTooFine(field="cost", value=text, currency=variant.currency)
    cost = parse_money(text, variant.currency)
    if variant.supply_minor is not None and cost.minor > variant.supply_minor:
        price = Money(variant.supply_minor, variant.currency)
        raise CostAboveSupplyPrice(field="cost", value=cost, supply_price=price)
    return cost


def _known(session: Session, giver: Supplier, skus: list[str]) -> dict[str, _Known]:
    """Goods that are priced in the supplier's currency."""
    query = (
        select(Variant, Product.supplier_id, Source.active, Source.cost_minor)
        .join(Product, Product.id == Variant.product_id)
        .join(Supplier, Supplier.id == Product.supplier_id)
        .outerjoin(Source, (Source.variant_id == Variant.id) & (Source.supplier_id == giver.id))
        .where(among(session, Variant.sku, skus), Supplier.currency == giver.currency)
    )
    return {
        variant.sku: _Known(
            variant.id,
            owner == giver.id,
            giver.currency,
            variant.supply_price_minor,
            bool(active),
            cost_minor,
        )
        for variant, owner, active, cost_minor in session.execute(query)
    }


def _offer(session: Session, told: list[_Told], known: dict[str, _Known], *, supplier: str, at: datetime) -> set[str]:
    """The SKUs whose offer is new, or has another cost."""
    offered = set()
    for each in told:
        variant = known[each.sku]
        if each.cost is not None and not (variant.offered and variant.cost_minor == each.cost.minor):
            sourcing.put_source(session, each.sku, supplier=supplier, cost=each.cost, at=at)
            offered.add(each.sku)
    return offered
