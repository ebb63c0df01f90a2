"""What a hold takes: from which shelf each line of it comes, at which price, and what sending it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from shared_core.kernel.money import Money
from shared_core.supply import rules
from shared_core.supply.errors import UnknownSku
from shared_core.supply.freight import charging
from shared_core.supply.freight.freight_models import FreightTemplateRow
from shared_core.supply.freight.freight_rules import Goods
from shared_core.supply.gateway import Terms
from shared_core.supply.inventory import shelves, stock
from shared_core.supply.inventory.routing import Shelf, route
from shared_core.supply.inventory.stock_models import Source, Stock, Warehouse
from shared_core.supply.models import Product, Supplier, Variant
from shared_core.supply.price_models import TierPrice
from shared_core.supply.sales import quota
from shared_core.supply.sales.sale_models import SaleLine
from shared_core.supply.views import HoldLine

_Own = aliased(Supplier)
_OFFERED = (
    select(
        Variant.sku,
        Variant.id,
        Product.supplier_id.label("own_supplier_id"),
        Supplier.id.label("supplier_id"),
        Variant.cost_minor,
        shelves.COST.label("source_cost_minor"),
        Variant.supply_price_minor,
        Variant.options,
        (Supplier.id == Variant.preferred_supplier_id).label("preferred"),
        Stock.free,
        Stock.warehouse_id,
        Warehouse.code.label("warehouse"),
        shelves.REGION.label("region"),
        func.coalesce(Warehouse.priority, 0).label("priority"),
        TierPrice.supply_price_minor.label("tier_price_minor"),
        *charging.COLUMNS,
    )
    .join(Product, Product.id == Variant.product_id)
    .join(_Own, _Own.id == Product.supplier_id)
    .join(Stock, Stock.variant_id == Variant.id)
    .outerjoin(Warehouse, Warehouse.id == Stock.warehouse_id)
    .join(Supplier, shelves.GIVES)
    .outerjoin(Source, shelves.SOURCE)
    .outerjoin(TierPrice, and_(TierPrice.variant_id == Variant.id, TierPrice.tier == bindparam("tier")))
    .outerjoin(FreightTemplateRow, charging.TEMPLATE)
    .where(
        Variant.sku.in_(bindparam("skus", expanding=True)),
        Variant.active,
        Product.active,
        _Own.state == rules.SupplierState.LIVE,
        Supplier.currency == bindparam("currency"),
        shelves.MAY_GIVE,
    )
)
"""Every shelf from which a SKU could come. What every hold asks is put together once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a hold. `choice`: whether there was more than one shelf for it."""

    units: stock.Units
    supplier_id: int
    cost_minor: int
    supply_price: Money
    options: list[list[str]]
    carried: charging.Carried
    choice: bool = False
    of_sale: quota.Piece | None = None

    @property
    def value_minor(self) -> int:
        return self.supply_price.minor * self.units.quantity

    def row(self, hold_id: int, freight_minor: int) -> dict[str, object]:
        return {
            "freight_minor": freight_minor,
            "hold_id": hold_id,
            "variant_id": self.units.variant_id,
            "supplier_id": self.supplier_id,
            "warehouse_id": self.units.warehouse_id,
            "sku": self.units.sku,
            "options": self.options,
            "quantity": self.units.quantity,
            "cost_minor": self.cost_minor,
            "supply_price_minor": self.supply_price.minor,
            "sale_line_id": None if self.of_sale is None else self.of_sale.line_id,
            "withdrawn": 0,
            "restocked": 0,
        }


def wanted(
    session: Session,
    lines: Sequence[HoldLine],
    *,
    terms: Terms,
    sales: Mapping[str, str],
    region: str,
    at: datetime,
) -> list[Wanted]:
    """Of each line the shelf, as shelves are at this moment, and today's price, or that of its sale event.

    What is on sale comes from the product's own supplier, who grants the price. Raises UnknownSku for what is not on
    offer to this store, OutOfStock, SaleNotRunning.
    """
    found: dict[str, dict[tuple[str, str], Row[Any]]] = {}
    asked = {"skus": [line.sku for line in lines], "currency": terms.currency, "tier": terms.tier}
    for row in session.execute(_OFFERED, asked):
        if row.sku not in sales or row.supplier_id == row.own_supplier_id:
            found.setdefault(row.sku, {})[row.supplier, row.warehouse or ""] = row
    open_now: list[Shelf] = []
    prices: dict[str, int] = {}
    for line in lines:
        if line.sku not in found:
            raise UnknownSku(sku=line.sku)
        rows = list(found[line.sku].values())
        prices[line.sku] = _supply_minor(rows[0])
        open_now += [_shelf(row, region) for row in rows if row.source_cost_minor <= prices[line.sku]]
    preferred = {row.sku: row.supplier for rows in found.values() for row in rows.values() if row.preferred}
    chosen = route(lines, open_now, region=region, preferred=preferred)
    taken = []
    for line in lines:
        shelf = chosen[line.sku]
        row = found[line.sku][shelf.supplier, shelf.warehouse]
        units = stock.Units(row.id, line.sku, line.quantity, row.warehouse_id)
        price = Money(prices[line.sku], terms.currency)
        taken.append(
            Wanted(
                units,
                row.supplier_id,
                row.source_cost_minor,
                price,
                row.options,
                charging.carried(row),
                choice=len(found[line.sku]) > 1,
            )
        )
    return _at_sale_prices(session, taken, sales, terms.currency, at) if sales else taken


def _supply_minor(row: Row[Any]) -> int:
    """What a store pays for a piece, whoever sends it. Raises UnknownSku of what has no price."""
    if row.cost_minor is None:
        raise UnknownSku(sku=row.sku)
    own, listed = rules.Prices(row.supply_price_minor), rules.Prices(row.tier_price_minor)
    supply_minor = rules.prices_of_tier(own, listed, cost=row.cost_minor).supply
    assert supply_minor is not None, "a variant has both cost and supply price, or neither"
    return supply_minor


def _shelf(row: Row[Any], region: str) -> Shelf:
    return Shelf(
        row.sku,
        row.supplier,
        row.warehouse or "",
        row.free,
        row.source_cost_minor,
        region=row.region,
        priority=row.priority,
        delivers=charging.carried(row).goes_to(region),
    )


def freights(wanted: Sequence[Wanted], *, region: str) -> dict[str, int]:
    """What each supplier charges, in minor units, by code. Raises NotDelivered."""
    parts = [
        (each.carried, Goods(each.units.sku, each.units.quantity, each.carried.grams, each.value_minor))
        for each in wanted
    ]
    return charging.freights(parts, region=region)


def _at_sale_prices(
    session: Session, wanted: Sequence[Wanted], sales: Mapping[str, str], currency: str, at: datetime
) -> list[Wanted]:
    """The same, those of a sale at its prices. Raises SaleNotRunning."""
    lines = quota.priced(session, sales, currency=currency, at=at)
    return [
        each if each.units.sku not in lines else _at_sale_price(each, lines[each.units.sku], currency)
        for each in wanted
    ]


def _at_sale_price(wanted: Wanted, line: SaleLine, currency: str) -> Wanted:
    return replace(
        wanted,
        cost_minor=line.cost_minor,
        supply_price=Money(line.supply_price_minor, currency),
        of_sale=quota.Piece(line.id, wanted.units.sku, wanted.units.quantity),
    )
