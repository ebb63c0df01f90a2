"""Bringing a feed's products into the supply: again and again, with nothing changed when nothing is new."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core.kernel.money import Money, exponent, parse_money, share_of
from shared_core.supply import products, stock
from shared_core.supply.errors import SkuTaken, SlugTaken
from shared_core.supply.feeds.errors import CostAboveSupplyPrice, PriceTooFine, RowError, RowRemark
from shared_core.supply.feeds.reading import Feed, FeedProduct, FeedVariant
from shared_core.supply.models import Supplier
from shared_core.supply.products import Change, ProductSpec, VariantSpec


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`created` + `updated` + `unchanged` = `variants`, the variants that were taken in, of `products`.

    `skus_given` had no SKU and got one by the rule; `without_cost` can not be listed until they have a cost;
    `rejected` rows are those of the feed and those that this supplier's currency or other products rule out.
    """

    products: int
    variants: int
    created: int
    updated: int
    unchanged: int
    skus_given: int
    without_cost: int
    rejected: tuple[RowRemark, ...]
    notes: tuple[RowRemark, ...]


@dataclass(slots=True)
class _Tally:
    products: int = 0
    skus_given: int = 0
    without_cost: int = 0
    changes: dict[int, Change] = field(default_factory=dict)
    quantities: dict[int, int] = field(default_factory=dict)
    rejected: list[RowRemark] = field(default_factory=list)


def import_products(
    session: Session, feed: Feed, *, supplier: str, supply_ratio_bps: int | None, at: datetime
) -> ImportReport:
    """Make the supplier's products what the feed says; what it does not name stays as it is.

    A variant without a cost is taken to cost `supply_ratio_bps` of its price, rounded down; without a ratio it has
    no supply price. Free units become the feed's quantity only where that has changed since the last import.
    Raises UnknownSupplier.
    """
    source = products.supplier_row(session, supplier)
    tally = _Tally(rejected=list(feed.rejected))
    for product in feed.products:
        _import_product(session, product, source, supply_ratio_bps, at, tally)
    counted = stock.set_from_feed(session, tally.quantities, reference=f"feed:{at.isoformat()}", at=at)
    for variant_id in counted:
        if tally.changes[variant_id] is Change.UNCHANGED:
            tally.changes[variant_id] = Change.UPDATED
    outcomes = list(tally.changes.values())
    return ImportReport(
        products=tally.products,
        variants=len(outcomes),
        created=outcomes.count(Change.CREATED),
        updated=outcomes.count(Change.UPDATED),
        unchanged=outcomes.count(Change.UNCHANGED),
        skus_given=tally.skus_given,
        without_cost=tally.without_cost,
        rejected=tuple(sorted(tally.rejected, key=lambda remark: remark.line)),
        notes=feed.notes,
    )


def _import_product(
    session: Session, product: FeedProduct, supplier: Supplier, ratio_bps: int | None, at: datetime, tally: _Tally
) -> None:
    specs: dict[str, VariantSpec] = {}
    taken: list[FeedVariant] = []
    for variant in product.variants:
        try:
            specs[variant.sku] = _spec(variant, supplier.currency, ratio_bps)
            taken.append(variant)
        except RowError as error:
            tally.rejected.append(RowRemark(variant.line, error))
    if not taken:
        return
    wanted = ProductSpec(
        code=product.code,
        title=product.title,
        variants=tuple(specs.values()),
        brand=product.brand,
        category=product.category,
        description=product.description,
        image_urls=product.image_urls,
        active=product.active,
    )
    try:
        change = products.put(session, wanted, supplier=supplier, at=at)
    except (SkuTaken, SlugTaken) as error:
        tally.rejected += [RowRemark(variant.line, error) for variant in taken]
        return
    tally.products += 1
    for variant in taken:
        variant_id, outcome = change.variants[variant.sku].variant_id, change.variants[variant.sku].change
        product_changed = change.product is Change.UPDATED and outcome is Change.UNCHANGED
        tally.changes[variant_id] = Change.UPDATED if product_changed else outcome
        tally.skus_given += variant.sku_given
        tally.without_cost += specs[variant.sku].cost is None
        if variant.quantity is not None:
            tally.quantities[variant_id] = variant.quantity


def _spec(variant: FeedVariant, currency: str, ratio_bps: int | None) -> VariantSpec:
    price = _money(variant.price, "price", currency)
    cost = _money(variant.cost, "cost", currency)
    supply_price = _money(variant.supply_price, "supply_price", currency)
    if cost is None and supply_price is None and price is not None and ratio_bps is not None:
        cost = share_of(price, ratio_bps)
    cost = cost if cost is not None else supply_price
    if cost is not None and supply_price is not None and cost > supply_price:
        raise CostAboveSupplyPrice(field="cost", value=cost, supply_price=supply_price)
    return VariantSpec(
        sku=variant.sku,
        options=variant.options,
        barcode=variant.barcode,
        cost=cost,
        supply_price=supply_price,
        suggested=price,
    )


def _money(text: str | None, field: str, currency: str) -> Money | None:
    if text is None:
        return None
    decimals = len(text.partition(".")[2])
    if decimals > exponent(currency):
        raise PriceTooFine(field=field, value=text, currency=currency)
    return parse_money(text, currency)
