"""Flash sales of a feed as sale events of the hub, by the rules that every sale event is planned by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money, share_of
from shared_core.supply import sales
from shared_core.supply.catalogue import importing
from shared_core.supply.catalogue.feeds.errors import (
    FlashBelowSupply,
    FlashNotCheaper,
    FlashSaleOver,
    FlashTooFew,
    FlashTwice,
    ParentMissing,
    RowError,
    RowRemark,
    ValueMissing,
)
from shared_core.supply.catalogue.feeds.reading import Feed, FlashLine
from shared_core.supply.catalogue.flash_rules import Session, sessions, spread
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.models import Product, Supplier, Variant


@dataclass(frozen=True, slots=True)
class FlashReport:
    """`planned` are new, `unchanged` were planned before; `refused` lines are in neither, with why."""

    planned: tuple[sales.SaleReport, ...]
    unchanged: tuple[sales.SaleReport, ...]
    refused: tuple[RowRemark, ...]


@dataclass(slots=True)
class _Planned:
    title: str
    session: Session
    goods: list[sales.SaleGoodsSpec] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def plan_flash_sales(
    session: Transaction,
    feed: Feed,
    *,
    supplier: str,
    supply_ratio_bps: int | None,
    days: int,
    zone: str,
    actor: str,
    at: datetime,
) -> FlashReport:
    """Plan an event for each session of the next `days` days; the same feed again plans nothing twice.

    A line's pieces are spread over its product's SKUs, at its price for each. With a ratio the supplier gets that part
    of the price and the store pays it, otherwise both are as always. Raises UnknownSupplier.
    """
    source, refused = supplier_row(session, supplier), list[RowRemark]()
    wanted: dict[str, _Planned] = {}
    for line in feed.flash_lines:
        try:
            coming = list(sessions(line, days=days, zone=ZoneInfo(zone), at=at))
            goods = _goods(session, line, source, supply_ratio_bps)
            if not coming:
                raise FlashSaleOver(field="flash_promotion_id", value=line.sale, last_day=line.last_day.isoformat())
            _put(wanted, line, coming, goods)
        except RowError as error:
            refused.append(RowRemark(line.line, error))
    planned, unchanged = list[sales.SaleReport](), list[sales.SaleReport]()
    for code, each in sorted(wanted.items(), key=lambda item: (item[1].session.starts_at, item[0])):
        known = _is_planned(session, code, at)
        try:
            with session.begin_nested():
                told = sales.add_sale(session, _spec(each, source.currency), actor=actor, at=at)
        except PlatformError as error:
            refused += [RowRemark(line, error) for line in each.lines]
        else:
            (unchanged if known else planned).append(told)
    return FlashReport(tuple(planned), tuple(unchanged), tuple(sorted(refused, key=lambda remark: remark.line)))


def _is_planned(session: Transaction, code: str, at: datetime) -> bool:
    try:
        sales.sale(session, code, at=at)
    except sales.UnknownSale:
        return False
    return True


def _put(
    wanted: dict[str, _Planned], line: FlashLine, coming: Sequence[Session], goods: Sequence[sales.SaleGoodsSpec]
) -> None:
    """Raises FlashTwice where another line of the sale sells the product already."""
    skus = {each.sku for each in goods}
    for one in coming:
        if one.code in wanted and skus & {each.sku for each in wanted[one.code].goods}:
            raise FlashTwice(field="product_id", value=line.product)
    for one in coming:
        event = wanted.setdefault(one.code, _Planned(line.sale, one))
        event.goods += goods
        event.lines.append(line.line)


def _goods(session: Transaction, line: FlashLine, source: Supplier, ratio_bps: int | None) -> list[sales.SaleGoodsSpec]:
    """Raises ParentMissing, FlashTooFew, FlashNotCheaper, FlashBelowSupply, ValueMissing, PriceTooFine."""
    price = importing.amount(line.price, "flash_promotion_price", source.currency)
    query = select(Variant).join(Product, Product.id == Variant.product_id)
    own = query.where(Product.code == line.product, Product.supplier_id == source.id, Variant.active)
    variants = session.scalars(own.order_by(Variant.sku)).all()
    if not variants:
        raise ParentMissing(field="product_id", value=line.product)
    if line.quantity < 1:
        raise FlashTooFew(field="flash_promotion_count", value=line.quantity)
    for each in variants:
        _check_price(each, price, with_ratio=ratio_bps is not None)
    return list(_priced(variants, line, price, ratio_bps))


def _check_price(variant: Variant, price: Money, *, with_ratio: bool) -> None:
    """Raises FlashNotCheaper, ValueMissing, FlashBelowSupply."""
    field, ordinary, supply = "flash_promotion_price", variant.suggested_minor, variant.supply_price_minor
    if ordinary is not None and price.minor >= ordinary:
        raise FlashNotCheaper(field=field, value=price, ordinary=Money(ordinary, price.currency), sku=variant.sku)
    if with_ratio:
        return
    if supply is None:
        raise ValueMissing(field="cost")
    if price.minor < supply:
        raise FlashBelowSupply(field=field, value=price, supply=Money(supply, price.currency), sku=variant.sku)


def _priced(
    variants: Sequence[Variant], line: FlashLine, price: Money, ratio_bps: int | None
) -> Iterator[sales.SaleGoodsSpec]:
    for each, quantity in zip(variants, spread(line.quantity, len(variants)), strict=True):
        ordinary = Money(each.supply_price_minor or 0, price.currency)
        cost = None if ratio_bps is None else share_of(price, ratio_bps)
        if quantity:
            yield sales.SaleGoodsSpec(
                sku=each.sku,
                supply_price=ordinary if cost is None else cost,
                retail=price,
                quantity=quantity,
                cost=cost,
                per_customer_max=line.per_customer,
            )


def _spec(each: _Planned, currency: str) -> sales.SaleSpec:
    return sales.SaleSpec(
        code=each.session.code,
        title=each.title,
        brand="",
        currency=currency,
        preview_at=each.session.preview_at.astimezone(UTC),
        starts_at=each.session.starts_at.astimezone(UTC),
        ends_at=each.session.ends_at.astimezone(UTC),
        goods=tuple(each.goods),
    )
