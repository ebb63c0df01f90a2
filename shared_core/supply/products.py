"""Suppliers, products and their variants: what is on offer and for how much."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_or_ignore
from shared_core.kernel.money import Money
from shared_core.supply import stock
from shared_core.supply.errors import (
    BadCost,
    BadSupplierCode,
    SkuTaken,
    SlugTaken,
    SupplierChanged,
    UnknownSupplier,
    WrongCurrency,
)
from shared_core.supply.gateway import CODE_PATTERN
from shared_core.supply.models import Product, Stock, Supplier, Variant


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


class Change(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class VariantChange:
    variant_id: int
    change: Change


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
    wanted = {spec.sku: _variant_fields(spec, supplier) for spec in product.variants}
    known = _own_variants(session, product.code, wanted)
    row, product_change = _put_row(session, product, supplier, at)
    fresh = {sku: Variant(sku=sku, product_id=row.id, **wanted[sku]) for sku in wanted if sku not in known}
    changes = {sku: Change.CREATED if sku in fresh else _set(known[sku], wanted[sku]) for sku in wanted}
    _add_with_stock(session, fresh.values())
    everything = known | fresh
    variants = {sku: VariantChange(everything[sku].id, change) for sku, change in changes.items()}
    if product_change is Change.UPDATED:
        stock.touch(session, session.scalars(select(Variant.id).where(Variant.product_id == row.id)))
    else:
        stock.touch(session, (each.variant_id for each in variants.values() if each.change is not Change.UNCHANGED))
    return ProductChange(product_change, variants)


def supplier_row(session: Session, code: str) -> Supplier:
    """The supplier; raises UnknownSupplier."""
    row = session.scalars(select(Supplier).where(Supplier.code == code)).one_or_none()
    if row is None:
        raise UnknownSupplier(supplier=code)
    return row


def _own_variants(session: Session, code: str, skus: Iterable[str]) -> dict[str, Variant]:
    """The variants that exist already. Raises SkuTaken where one belongs to another product."""
    query = select(Variant, Product.code).join(Product, Product.id == Variant.product_id)
    found = session.execute(query.where(Variant.sku.in_(list(skus)))).all()
    for variant, owner in found:
        if owner != code:
            raise SkuTaken(sku=variant.sku, product=owner)
    return {variant.sku: variant for variant, _ in found}


def _put_row(session: Session, spec: ProductSpec, supplier: Supplier, at: datetime) -> tuple[Product, Change]:
    slug = spec.slug or spec.code
    found = session.scalars(select(Product).where(or_(Product.code == spec.code, Product.slug == slug))).all()
    for other in found:
        if other.code != spec.code:
            raise SlugTaken(slug=slug, product=other.code)
    wanted = {
        "slug": slug,
        "supplier_id": supplier.id,
        "title": spec.title,
        "brand": spec.brand,
        "category": spec.category,
        "description": spec.description,
        "image_urls": list(spec.image_urls),
        "active": spec.active,
    }
    if not found:
        row = Product(code=spec.code, created_at=at, **wanted)
        session.add(row)
        session.flush()
        return row, Change.CREATED
    row = found[0]
    if row.supplier_id != supplier.id:
        _same_currency(session, row, supplier)
    return row, _set(row, wanted)


def _same_currency(session: Session, product: Product, supplier: Supplier) -> None:
    """A product may move to another supplier, but its prices keep their currency."""
    former = session.get_one(Supplier, product.supplier_id)
    if former.currency != supplier.currency:
        raise WrongCurrency(sku=product.code, found=former.currency, supplier=supplier.code, expected=supplier.currency)


def _variant_fields(spec: VariantSpec, supplier: Supplier) -> dict[str, object]:
    cost = spec.cost if spec.cost is not None else spec.supply_price
    supply_price = spec.supply_price if spec.supply_price is not None else spec.cost
    for amount in (cost, supply_price, spec.suggested):
        if amount is not None and amount.currency != supplier.currency:
            raise WrongCurrency(sku=spec.sku, found=amount.currency, supplier=supplier.code, expected=supplier.currency)
        if amount is not None and amount.minor < 0:
            raise BadCost(sku=spec.sku)
    if cost is not None and supply_price is not None and supply_price < cost:
        raise BadCost(sku=spec.sku)
    return {
        "options": [list(pair) for pair in spec.options],
        "barcode": spec.barcode,
        "cost_minor": _minor(cost),
        "supply_price_minor": _minor(supply_price),
        "suggested_minor": _minor(spec.suggested),
        "active": spec.active,
    }


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _set(row: Product | Variant, wanted: dict[str, object]) -> Change:
    different = {key: value for key, value in wanted.items() if getattr(row, key) != value}
    for key, value in different.items():
        setattr(row, key, value)
    return Change.UPDATED if different else Change.UNCHANGED


def _add_with_stock(session: Session, variants: Iterable[Variant]) -> None:
    fresh = list(variants)
    session.add_all(fresh)
    session.flush()
    session.add_all(Stock(variant_id=variant.id) for variant in fresh)
    session.flush()
