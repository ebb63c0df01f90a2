"""Bringing a feed's products into the supply: again and again, with nothing changed when nothing is new."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.database import lock
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money, exponent, parse_money, share_of
from shared_core.supply.catalogue import deltas, products
from shared_core.supply.catalogue.feeds.errors import (
    CostAboveSupplyPrice,
    OtherCurrency,
    PriceTooFine,
    RowError,
    RowRemark,
)
from shared_core.supply.catalogue.feeds.reading import Feed, FeedDelta, FeedProduct, FeedVariant
from shared_core.supply.catalogue.products import Change, ProductChange, ProductSpec, VariantSpec
from shared_core.supply.inventory import stock
from shared_core.supply.models import TEXT_LENGTH_MAX, FeedColumn, Supplier

PRODUCTS_AT_ONCE = 500
VARIANTS_AT_ONCE = 5_000
SAID_BY = {
    "brand": "brand",
    "category": "category",
    "description": "description",
    "images": "image_urls",
    "active": "active",
    "options": "options",
    "barcode": "barcode",
    "price": "suggested_minor",
}
"""Columns of our tables by the column of a sheet that alone says what is in them."""

_T = TypeVar("_T")

Progress = Callable[[int, int], None]
"""Told how many products of how many are done."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`created` + `updated` + `unchanged` = `variants`, the variants that were taken in, of `products`.

    `skus_given` had no SKU and got one by the rule; `without_cost` can not be listed until they have a cost;
    `rejected` rows are those of the feed and those that this supplier's currency or other products rule out.
    Of a feed of new prices and quantities the variants are those it names, and `products` is 0.
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


@dataclass(frozen=True, slots=True)
class FeedTerms:
    """What to tell the reader of a supplier's feed: their currency, and what their sheets call our columns."""

    currency: str
    columns: Mapping[str, str]


@dataclass(slots=True)
class _Tally:
    products: int = 0
    skus_given: int = 0
    without_cost: int = 0
    changes: dict[int, Change] = field(default_factory=dict)
    quantities: dict[int, int] = field(default_factory=dict)
    rejected: list[RowRemark] = field(default_factory=list)

    def refuse(self, row: FeedVariant | FeedDelta, error: PlatformError) -> None:
        self.rejected.append(RowRemark(row.line, error, getattr(row, "file", "")))


def feed_terms(session: Session, *, supplier: str) -> FeedTerms | None:
    """None for a supplier who is not known yet."""
    source = session.scalars(select(Supplier).where(Supplier.code == supplier)).one_or_none()
    if source is None:
        return None
    rows = session.scalars(select(FeedColumn).where(FeedColumn.supplier_id == source.id))
    return FeedTerms(source.currency, {row.name: row.theirs for row in rows})


def import_products(
    session: Session,
    feed: Feed,
    *,
    supplier: str,
    supply_ratio_bps: int | None,
    at: datetime,
    progress: Progress | None = None,
) -> ImportReport:
    """Make the supplier's products what the feed says; what it does not name stays as it is.

    A variant without a cost is taken to cost `supply_ratio_bps` of its price, rounded down; without a ratio it has
    no supply price. What a sheet has no column for stays as it is, in goods that are there already. Free units become
    the feed's quantity only where that has changed since the last import. What the feed's columns were read as is
    remembered for the supplier's next. What belongs to another supplier is refused. Raises UnknownSupplier.
    """
    lock(session, "supply-import")
    source = products.supplier_row(session, supplier)
    tally, total = _Tally(rejected=list(feed.rejected)), len(feed.products) + len(feed.deltas)
    done = 0
    for some in _pieces(feed.products, lambda product: len(product.variants)):
        _import_products(session, some, source, supply_ratio_bps, _kept(feed.silent), at, tally)
        done += len(some)
        _tell(progress, done, total)
    for rows in _pieces(feed.deltas, lambda _: 1):
        _import_deltas(session, rows, source, tally)
        done += len(rows)
        _tell(progress, done, total)
    counted = stock.set_from_feed(session, tally.quantities, reference=f"feed:{at.isoformat()}", at=at)
    for variant_id in counted:
        if tally.changes[variant_id] is Change.UNCHANGED:
            tally.changes[variant_id] = Change.UPDATED
    _remember(session, source, dict(feed.columns))
    outcomes = list(tally.changes.values())
    return ImportReport(
        products=tally.products,
        variants=len(outcomes),
        created=outcomes.count(Change.CREATED),
        updated=outcomes.count(Change.UPDATED),
        unchanged=outcomes.count(Change.UNCHANGED),
        skus_given=tally.skus_given,
        without_cost=tally.without_cost,
        rejected=tuple(sorted(tally.rejected, key=lambda remark: (remark.file, remark.line))),
        notes=feed.notes,
    )


def _pieces(values: Sequence[_T], weight: Callable[[_T], int]) -> Iterator[list[_T]]:
    """The values in pieces whose products and variants fit into one statement."""
    piece: list[_T] = []
    variants = 0
    for value in values:
        if piece and (len(piece) >= PRODUCTS_AT_ONCE or variants + weight(value) > VARIANTS_AT_ONCE):
            yield piece
            piece, variants = [], 0
        piece.append(value)
        variants += weight(value)
    if piece:
        yield piece


def _kept(silent: Collection[str]) -> set[str]:
    """Columns of our tables of which a sheet without these columns says nothing."""
    kept = {column for name, column in SAID_BY.items() if name in silent}
    return kept | ({"cost_minor", "supply_price_minor"} if {"cost", "supply_price"} <= set(silent) else set())


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _remember(session: Session, supplier: Supplier, columns: Mapping[str, str]) -> None:
    for name, theirs in columns.items():
        if len(theirs) > TEXT_LENGTH_MAX:
            continue  # it can be named each time
        session.merge(FeedColumn(supplier_id=supplier.id, name=name, theirs=theirs))
    session.flush()


def _import_products(
    session: Session,
    some: Sequence[FeedProduct],
    supplier: Supplier,
    ratio_bps: int | None,
    keep: Collection[str],
    at: datetime,
    tally: _Tally,
) -> None:
    specs: dict[str, VariantSpec] = {}
    for variant in (variant for product in some for variant in product.variants):
        try:
            specs[variant.sku] = _spec(variant, supplier.currency, ratio_bps)
        except RowError as error:
            tally.refuse(variant, error)
    wanted = [_product(product, specs) for product in some if any(each.sku in specs for each in product.variants)]
    changes = products.put_all(session, wanted, supplier=supplier, moving=False, keep=keep, at=at)
    outcomes = {spec.code: change for spec, change in zip(wanted, changes, strict=True)}
    for product in some:
        if product.code in outcomes:
            _count(product, specs, outcomes[product.code], tally)


def _product(product: FeedProduct, specs: Mapping[str, VariantSpec]) -> ProductSpec:
    return ProductSpec(
        code=product.code,
        title=product.title,
        variants=tuple(specs[each.sku] for each in product.variants if each.sku in specs),
        brand=product.brand,
        category=product.category,
        category_path=product.category_path,
        description=product.description,
        image_urls=product.image_urls,
        image_alts=product.image_alts,
        active=product.active,
    )


def _count(
    product: FeedProduct, specs: Mapping[str, VariantSpec], change: ProductChange | PlatformError, tally: _Tally
) -> None:
    taken = [variant for variant in product.variants if variant.sku in specs]
    if isinstance(change, PlatformError):
        for variant in taken:
            tally.refuse(variant, change)
        return
    tally.products += 1
    for variant in taken:
        variant_id, outcome = change.variants[variant.sku].variant_id, change.variants[variant.sku].change
        product_changed = change.product is Change.UPDATED and outcome is Change.UNCHANGED
        tally.changes[variant_id] = Change.UPDATED if product_changed else outcome
        tally.skus_given += variant.sku_given
        tally.without_cost += not change.variants[variant.sku].has_cost
        if variant.quantity is not None:
            tally.quantities[variant_id] = variant.quantity


def _import_deltas(session: Session, some: Sequence[FeedDelta], supplier: Supplier, tally: _Tally) -> None:
    prices: dict[str, deltas.Prices] = {}
    for row in some:
        try:
            prices[row.sku] = deltas.Prices(*_amounts(row, supplier.currency))
        except RowError as error:
            tally.refuse(row, error)
    outcomes = deltas.apply(session, prices, supplier=supplier)
    for row in some:
        outcome = outcomes.get(row.sku)
        if isinstance(outcome, RowError):
            tally.refuse(row, outcome)
        elif outcome is not None:
            tally.changes[outcome.variant_id] = outcome.change
            if row.quantity is not None:
                tally.quantities[outcome.variant_id] = row.quantity


def _spec(variant: FeedVariant, currency: str, ratio_bps: int | None) -> VariantSpec:
    price, cost, supply_price = _amounts(variant, currency)
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
        picture=variant.picture,
        grams=variant.grams,
    )


def _amounts(row: FeedVariant | FeedDelta, currency: str) -> tuple[Money | None, Money | None, Money | None]:
    """Price, cost and supply price in the supplier's currency. Raises RowError."""
    priced = (row.price, row.cost, row.supply_price) != (None, None, None)
    if priced and row.currency and row.currency != currency:
        raise OtherCurrency(field="currency", value=row.currency, currency=currency)
    price, cost = _money(row.price, "price", currency), _money(row.cost, "cost", currency)
    return price, cost, _money(row.supply_price, "supply_price", currency)


def _money(text: str | None, field: str, currency: str) -> Money | None:
    return None if text is None else amount(text, field, currency)


def amount(text: str, field: str, currency: str) -> Money:
    """Raises PriceTooFine."""
    decimals = len(text.partition(".")[2])
    if decimals > exponent(currency):
        raise PriceTooFine(field=field, value=text, currency=currency)
    return parse_money(text, currency)
