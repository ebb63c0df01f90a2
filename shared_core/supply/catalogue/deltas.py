"""New prices for SKUs that are known, and for nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among
from shared_core.kernel.money import Money
from shared_core.supply.catalogue.feeds.errors import CostAboveSupplyPrice, RowError, SkuUnknown
from shared_core.supply.catalogue.products import Change, VariantChange
from shared_core.supply.inventory import stock
from shared_core.supply.models import Product, Supplier, Variant


@dataclass(frozen=True, slots=True)
class Prices:
    """What is None stays as it is. A supply price that is the cost goes with it."""

    suggested: Money | None = None
    cost: Money | None = None
    supply_price: Money | None = None


def apply(session: Session, wanted: Mapping[str, Prices], *, supplier: Supplier) -> dict[str, VariantChange | RowError]:
    """The prices by SKU, in the supplier's currency, of the supplier's own SKUs; what became of each, or why not."""
    query = select(Variant).join(Product, Product.id == Variant.product_id).where(Product.supplier_id == supplier.id)
    known = {row.sku: row for row in session.scalars(query.where(among(session, Variant.sku, wanted)))}
    done: dict[str, VariantChange | RowError] = {}
    for sku, prices in wanted.items():
        if sku not in known:
            done[sku] = SkuUnknown(field="sku", value=sku)
            continue
        try:
            done[sku] = VariantChange(
                known[sku].id, _set(known[sku], prices, supplier.currency), known[sku].cost_minor is not None
            )
        except RowError as error:
            done[sku] = error
    session.flush()
    changed = (each for each in done.values() if isinstance(each, VariantChange) and each.change is Change.UPDATED)
    stock.touch(session, sorted(each.variant_id for each in changed))
    return done


def _set(row: Variant, prices: Prices, currency: str) -> Change:
    before = row.cost_minor, row.supply_price_minor, row.suggested_minor
    cost, supply, suggested = before
    if prices.cost is not None:
        cost, supply = prices.cost.minor, prices.cost.minor if supply in {None, cost} else supply
    if prices.supply_price is not None:
        supply = prices.supply_price.minor
        cost = supply if cost is None else cost
    if prices.suggested is not None:
        suggested = prices.suggested.minor
    if cost is not None and supply is not None and cost > supply:
        raise CostAboveSupplyPrice(field="cost", value=Money(cost, currency), supply_price=Money(supply, currency))
    if (cost, supply, suggested) == before:
        return Change.UNCHANGED
    row.cost_minor, row.supply_price_minor, row.suggested_minor = cost, supply, suggested
    return Change.UPDATED
