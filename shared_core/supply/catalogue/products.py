"""Suppliers, products and their variants: what is on offer and for how much."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeGuard, cast

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from shared_core import media
from shared_core.kernel.bulk import among, insert_all
from shared_core.kernel.database import insert_or_ignore
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money
from shared_core.supply.catalogue import finding, picturing
from shared_core.supply.errors import (
    BadCost,
    BadSupplierCode,
    ProductTaken,
    SkuTaken,
    SlugTaken,
    SupplierChanged,
    UnknownSupplier,
    WrongCurrency,
)
from shared_core.supply.gateway import CODE_PATTERN
from shared_core.supply.inventory import stock
from shared_core.supply.inventory.stock_models import Stock
from shared_core.supply.models import TITLE_LENGTH_MAX, Product, Supplier, Variant


@dataclass(frozen=True, slots=True)
class VariantSpec:
    """What a variant shall be. `cost`: what the supplier gets; `supply_price`: what the store pays (default: cost)."""

    sku: str
    options: tuple[tuple[str, str], ...] = ()
    barcode: str = ""
    cost: Money | None = None
    supply_price: Money | None = None
    suggested: Money | None = None
    active: bool = True
    picture: str = ""
    """The address of the picture that shows it alone; one of its product's."""
    grams: int | None = None
    """What one piece weighs; None: not said, so what is known stays."""


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """What a product shall be. `slug` defaults to the code; `description` is plain text."""

    code: str
    title: str
    variants: tuple[VariantSpec, ...]
    slug: str = ""
    brand: str = ""
    category: str = ""
    description: str = ""
    image_urls: tuple[str, ...] = ()
    active: bool = True
    image_alts: Mapping[str, str] = field(default_factory=dict)
    """What is on a picture, by its address."""
    category_path: tuple[str, ...] = ()


class Change(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class VariantChange:
    variant_id: int
    change: Change
    has_cost: bool


@dataclass(frozen=True, slots=True)
class ProductChange:
    """What putting a product did, to it and to each variant by SKU."""

    product: Change
    variants: dict[str, VariantChange]


def create_supplier(session: Session, *, code: str, name: str, freight: Money, at: datetime) -> None:
    """A supplier who is paid in the currency of `freight`, the charge for each supplier order.

    Again with the same terms: no-op. Raises BadSupplierCode, SupplierChanged (other terms).
    """
    if not re.fullmatch(CODE_PATTERN, code):
        raise BadSupplierCode(supplier=code)
    terms = {"name": name, "currency": freight.currency, "freight_minor": freight.minor}
    if insert_or_ignore(session, Supplier, {"code": code, "created_at": at, **terms}, conflict=["code"]):
        return
    known = supplier_row(session, code)
    if any(getattr(known, key) != value for key, value in terms.items()):
        raise SupplierChanged(supplier=code)


def put_product(session: Session, product: ProductSpec, *, supplier: str, at: datetime) -> Change:
    """Make the product and its variants what `product` says; variants it does not name stay as they are.

    Idempotent by the product's code. Raises UnknownSupplier, SkuTaken, SlugTaken, WrongCurrency, BadCost.
    """
    change = put(session, product, supplier=supplier_row(session, supplier), at=at)
    updated = any(each.change is not Change.UNCHANGED for each in change.variants.values())
    return Change.UPDATED if updated and change.product is Change.UNCHANGED else change.product


def put(session: Session, product: ProductSpec, *, supplier: Supplier, at: datetime) -> ProductChange:
    """Like `put_product`, telling what became of each variant."""
    [change] = put_all(session, [product], supplier=supplier, moving=True, at=at)
    if isinstance(change, PlatformError):
        raise change
    return change


def put_all(
    session: Session,
    wanted: Sequence[ProductSpec],
    *,
    supplier: Supplier,
    moving: bool,
    keep: Collection[str] = (),
    at: datetime,
) -> list[ProductChange | PlatformError]:
    """Like `put` for many products, in a few statements; for each what became of it, or SkuTaken, SlugTaken or,
    unless products of other suppliers are `moving` to this one, ProductTaken.

    No code and no SKU is there twice. `keep` names columns of our tables that stay as they are in rows that exist.
    Raises WrongCurrency, BadCost.
    """
    silent = "image_urls" in keep
    keep = {*keep, "picture_id"} if silent else keep
    keep = {*keep, "category_path"} if "category" in keep else keep
    sources = {} if silent else _sources(session, wanted, at)
    fields = [{spec.sku: _variant_fields(spec, supplier, sources) for spec in product.variants} for product in wanted]
    known = _variants(session, [sku for each in fields for sku in each])
    shelf = _Shelf(session, wanted, None if moving else supplier)
    found: list[Product | PlatformError] = []
    changes: list[Change] = []
    for product, variants in zip(wanted, fields, strict=True):
        taken = next((known[sku] for sku in variants if sku in known and known[sku][1] != product.code), None)
        error = SkuTaken(sku=taken[0].sku, product=taken[1]) if taken else shelf.refusal(product)
        row, change = (error, Change.UNCHANGED) if error else shelf.put(session, product, supplier, keep, at)
        found.append(row)
        changes.append(change)
    session.flush()
    if not silent:
        _note_pictures(session, wanted, found, changes, sources)
    rows = {sku: variant for sku, (variant, _) in known.items()}
    told = _put_variants(session, found, changes, fields, rows, keep)
    finding.index(session, [row.id for row, each in zip(found, told, strict=True) if _is_new(row, each)])
    return told


def _is_new(row: Product | PlatformError, told: ProductChange | PlatformError) -> TypeGuard[Product]:
    """Whether anything of the product has changed."""
    if isinstance(row, PlatformError) or isinstance(told, PlatformError):
        return False
    return any(each is not Change.UNCHANGED for each in (told.product, *(v.change for v in told.variants.values())))


def _sources(session: Session, wanted: Sequence[ProductSpec], at: datetime) -> dict[str, int]:
    """The rows of all pictures that are named, by address."""
    return media.want(session, [url for product in wanted for url in product.image_urls], at=at)


def _note_pictures(
    session: Session,
    wanted: Sequence[ProductSpec],
    found: Sequence[Product | PlatformError],
    changes: list[Change],
    sources: Mapping[str, int],
) -> None:
    """Give the products their pictures; in `changes`, those that had others are updated."""
    places = {
        row.id: [(sources[url], spec.image_alts.get(url, "")[:TITLE_LENGTH_MAX]) for url in spec.image_urls]
        for row, spec in zip(found, wanted, strict=True)
        if isinstance(row, Product)
    }
    changed = picturing.note(session, places)
    for number, row in enumerate(found):
        if isinstance(row, Product) and row.id in changed and changes[number] is Change.UNCHANGED:
            changes[number] = Change.UPDATED


class _Shelf:
    """The products that are there already under any of the codes and addresses that are wanted.

    With `only`, products of others are not to be touched.
    """

    def __init__(self, session: Session, wanted: Sequence[ProductSpec], only: Supplier | None) -> None:
        codes, slugs = [each.code for each in wanted], [_slug(each) for each in wanted]
        query = select(Product).where(or_(among(session, Product.code, codes), among(session, Product.slug, slugs)))
        rows = session.scalars(query).all()
        self._by_code = {row.code: row for row in rows}
        self._by_slug = {row.slug: row.code for row in rows}
        others = {row.supplier_id for row in rows if only is not None and row.supplier_id != only.id}
        self._others = {each: session.get_one(Supplier, each).code for each in others}

    def refusal(self, spec: ProductSpec) -> PlatformError | None:
        owner, row = self._by_slug.get(_slug(spec), spec.code), self._by_code.get(spec.code)
        if row is not None and row.supplier_id in self._others:
            return ProductTaken(product=spec.code, supplier=self._others[row.supplier_id])
        return SlugTaken(slug=_slug(spec), product=owner) if owner != spec.code else None

    def put(
        self, session: Session, spec: ProductSpec, supplier: Supplier, keep: Collection[str], at: datetime
    ) -> tuple[Product, Change]:
        wanted = {
            "slug": _slug(spec),
            "supplier_id": supplier.id,
            "title": spec.title,
            "brand": spec.brand,
            "category": spec.category,
            "category_path": list(spec.category_path),
            "description": spec.description,
            "image_urls": list(spec.image_urls),
            "active": spec.active,
        }
        row = self._by_code.get(spec.code)
        if row is None:
            row = self._by_code[spec.code] = Product(code=spec.code, created_at=at, **wanted)
            self._by_slug[row.slug] = spec.code
            session.add(row)
            return row, Change.CREATED
        if row.supplier_id != supplier.id:
            _same_currency(session, row, supplier)
            row.freight_template_id = None  # its own one was its former supplier's
        return row, _set(row, wanted, keep)


def _slug(spec: ProductSpec) -> str:
    return spec.slug or spec.code


def _put_variants(
    session: Session,
    found: Sequence[Product | PlatformError],
    changes: Sequence[Change],
    fields: Sequence[dict[str, dict[str, object]]],
    known: dict[str, Variant],
    keep: Collection[str],
) -> list[ProductChange | PlatformError]:
    """The variants of products that have their rows; offers that have changed are marked."""
    outcomes: dict[str, Change] = {}
    fresh: list[Variant] = []
    for row, wanted in zip(found, fields, strict=True):
        if isinstance(row, Product):
            for sku, values in wanted.items():
                outcomes[sku] = _set(known[sku], values, keep) if sku in known else Change.CREATED
                fresh += [] if sku in known else [Variant(sku=sku, product_id=row.id, **values)]
    _add_with_stock(session, fresh)
    rows = known | {variant.sku: variant for variant in fresh}
    done: list[ProductChange | PlatformError] = []
    for row, change, wanted in zip(found, changes, fields, strict=True):
        if isinstance(row, Product):
            told = {sku: VariantChange(rows[sku].id, outcomes[sku], rows[sku].cost_minor is not None) for sku in wanted}
            done.append(ProductChange(change, told))
        else:
            done.append(row)
    renamed = [
        row.id
        for row, change in zip(found, changes, strict=True)
        if isinstance(row, Product) and change is Change.UPDATED
    ]
    touched = {rows[sku].id for sku, change in outcomes.items() if change is not Change.UNCHANGED}
    if renamed:
        touched |= set(session.scalars(select(Variant.id).where(among(session, Variant.product_id, renamed))))
    stock.touch(session, sorted(touched))
    return done


def supplier_row(session: Session, code: str) -> Supplier:
    """The supplier; raises UnknownSupplier."""
    row = session.scalars(select(Supplier).where(Supplier.code == code)).one_or_none()
    if row is None:
        raise UnknownSupplier(supplier=code)
    return row


def _variants(session: Session, skus: Sequence[str]) -> dict[str, tuple[Variant, str]]:
    """The variants that exist already, each with the code of its product."""
    query = select(Variant, Product.code).join(Product, Product.id == Variant.product_id)
    found = session.execute(query.where(among(session, Variant.sku, skus)))
    return {variant.sku: (variant, owner) for variant, owner in found}


def _same_currency(session: Session, product: Product, supplier: Supplier) -> None:
    """A product may move to another supplier, but its prices keep their currency."""
    former = session.get_one(Supplier, product.supplier_id)
    if former.currency != supplier.currency:
        raise WrongCurrency(sku=product.code, found=former.currency, supplier=supplier.code, expected=supplier.currency)


def _variant_fields(spec: VariantSpec, supplier: Supplier, sources: Mapping[str, int]) -> dict[str, object]:
    cost = spec.cost if spec.cost is not None else spec.supply_price
    supply_price = spec.supply_price if spec.supply_price is not None else spec.cost
    for amount in (cost, supply_price, spec.suggested):
        if amount is not None and amount.currency != supplier.currency:
            raise WrongCurrency(sku=spec.sku, found=amount.currency, supplier=supplier.code, expected=supplier.currency)
        if amount is not None and amount.minor < 0:
            raise BadCost(sku=spec.sku)
    if cost is not None and supply_price is not None and supply_price < cost:
        raise BadCost(sku=spec.sku)
    weight = {} if spec.grams is None else {"weight_grams": spec.grams}
    return weight | {
        "options": [list(pair) for pair in spec.options],
        "barcode": spec.barcode,
        "picture_id": sources.get(spec.picture),
        "cost_minor": _minor(cost),
        "supply_price_minor": _minor(supply_price),
        "suggested_minor": _minor(spec.suggested),
        "active": spec.active,
    }


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _set(row: Product | Variant, wanted: dict[str, object], keep: Collection[str]) -> Change:
    different = {key: value for key, value in wanted.items() if key not in keep and getattr(row, key) != value}
    for key, value in different.items():
        setattr(row, key, value)
    return Change.UPDATED if different else Change.UNCHANGED


def _add_with_stock(session: Session, variants: Iterable[Variant]) -> None:
    fresh = list(variants)
    session.add_all(fresh)
    session.flush()
    insert_all(session, cast(Table, Stock.__table__), [{"variant_id": variant.id} | stock.EMPTY for variant in fresh])
