"""Planning sale events, withdrawing them, and what they look like to the hub and to one store."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, and_, delete, func, not_, select
from sqlalchemy.orm import Session

from shared_core.kernel.database import lock
from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.supply import rules
from shared_core.supply.errors import BadSale, SaleBegun, SaleChanged, SaleTaken, UnknownSale, UnknownSku
from shared_core.supply.gateway import CODE_PATTERN, Terms
from shared_core.supply.models import TEXT_LENGTH_MAX, Product, Supplier, Variant
from shared_core.supply.sales.quota import taken_by_store
from shared_core.supply.sales.sale_models import Sale, SaleLine
from shared_core.supply.sales.sale_rules import SaleState, Taken, left, state_at
from shared_core.supply.views import SaleGoods, SaleView

GOODS_PER_SALE_MAX = 200
SALES_OPEN_MAX = 50
QUANTITY_MAX = 1_000_000
LASTS_MAX = timedelta(days=366)
NOT_BEGUN = frozenset({SaleState.PLANNED, SaleState.PREVIEW})


@dataclass(frozen=True, slots=True)
class SaleGoodsSpec:
    """One SKU of a sale, prices per piece. `cost`: what the supplier gets for it in the sale; None: as otherwise."""

    sku: str
    supply_price: Money
    retail: Money
    quantity: int
    cost: Money | None = None
    floor: Money | None = None
    per_customer_max: int | None = None
    per_store_max: int | None = None


@dataclass(frozen=True, slots=True)
class SaleSpec:
    """What a sale shall be. It is shown from `preview_at` on and sold from `starts_at` until before `ends_at`."""

    code: str
    title: str
    brand: str
    currency: str
    preview_at: datetime
    starts_at: datetime
    ends_at: datetime
    goods: tuple[SaleGoodsSpec, ...]


@dataclass(frozen=True, slots=True)
class SaleReport:
    """A sale as the hub sees it; `taken` are the pieces that are held or sold, by SKU.

    `added_by` said it as it is now, at `added_at`; `withdrawn_by` ended it for `reason`, each "" where nobody did.
    `version` names exactly what it says.
    """

    sale: SaleSpec
    state: SaleState
    taken: dict[str, int]
    added_by: str
    added_at: datetime
    withdrawn_by: str
    withdrawn_at: datetime | None
    reason: str
    version: str


@dataclass(frozen=True, slots=True)
class SaleOverlap:
    """Another sale in which a SKU is at the same time."""

    sku: str
    sale: str
    title: str


def add_sale(session: Session, wanted: SaleSpec, *, actor: str, at: datetime) -> SaleReport:
    """Plan a sale. The same again changes nothing. Raises BadSale, UnknownSku, SaleTaken."""
    digest = rules.content_hash(_content(wanted))
    lock(session, "supply-sales")
    known = _row(session, wanted.code)
    if known is not None:
        if known.content_hash != digest:
            raise SaleTaken(sale=wanted.code)
        return _report(session, known, at)
    _check(wanted, at=at)
    open_sales = select(func.count()).select_from(Sale).where(Sale.ends_at > at, Sale.withdrawn_at.is_(None))
    if (session.scalar(open_sales) or 0) >= SALES_OPEN_MAX:
        raise _bad("code", wanted.code, N_("{most} sales are planned or running already"), most=SALES_OPEN_MAX)
    row = Sale(code=wanted.code)
    _write(session, row, wanted, digest, actor=actor, at=at)
    return _report(session, row, at)


def change_sale(session: Session, wanted: SaleSpec, *, opened: str, actor: str, at: datetime) -> SaleReport:
    """A sale that has not begun says from now on what is `wanted`, where it is still the version `opened`.

    The same again changes nothing. Raises UnknownSale, SaleBegun, SaleChanged, BadSale, UnknownSku.
    """
    digest = rules.content_hash(_content(wanted))
    lock(session, "supply-sales")
    row = _row(session, wanted.code)
    if row is None:
        raise UnknownSale(sale=wanted.code)
    if row.content_hash == digest:
        return _report(session, row, at)
    if state_at(row.window, at) not in NOT_BEGUN:
        raise SaleBegun(sale=wanted.code)
    if row.content_hash != opened:
        raise SaleChanged(sale=wanted.code)
    _check(wanted, at=at)
    untouched = delete(SaleLine).where(SaleLine.sale_id == row.id, SaleLine.taken == 0)
    session.execute(untouched)
    if _goods(session, [row])[row.id]:  # somebody whose clock is ahead of ours buys already
        raise SaleBegun(sale=wanted.code)
    _write(session, row, wanted, digest, actor=actor, at=at)
    return _report(session, row, at)


def withdraw_sale(session: Session, code: str, *, actor: str, reason: str, at: datetime) -> SaleReport:
    """Nothing is sold at its price any more; what is held or bought stays. Again: no-op. Raises UnknownSale."""
    lock(session, "supply-sales")
    row = _row(session, code)
    if row is None:
        raise UnknownSale(sale=code)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by, row.reason = at, actor, reason[:TEXT_LENGTH_MAX]
        session.flush()
    return _report(session, row, at)


def sale(session: Session, code: str, *, at: datetime) -> SaleReport:
    """Raises UnknownSale."""
    row = _row(session, code)
    if row is None:
        raise UnknownSale(sale=code)
    return _report(session, row, at)


def all_sales(
    session: Session, *, at: datetime, over: bool | None = None, limit: int = 10 * SALES_OPEN_MAX
) -> list[SaleReport]:
    """The last to begin first. `over`: those that are over or withdrawn; False: those that run or are to come."""
    query = select(Sale).order_by(Sale.starts_at.desc(), Sale.id.desc()).limit(limit)
    if over is not None:
        still = and_(Sale.ends_at > at, Sale.withdrawn_at.is_(None))
        query = query.where(not_(still) if over else still)
    rows = session.scalars(query).all()
    goods = _goods(session, rows)
    return [_told(row, goods[row.id], at) for row in rows]


def overlaps(session: Session, wanted: SaleSpec) -> list[SaleOverlap]:
    """Where its goods are sold at other prices at the same time; which one a shop asks is the shop's affair."""
    query = (
        select(Variant.sku, Sale.code, Sale.title)
        .join(SaleLine, SaleLine.variant_id == Variant.id)
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(Variant.sku.in_([each.sku for each in wanted.goods]), Sale.code != wanted.code)
        .where(Sale.withdrawn_at.is_(None), Sale.starts_at < wanted.ends_at, Sale.ends_at > wanted.starts_at)
    )
    return [SaleOverlap(*row) for row in session.execute(query.order_by(Variant.sku, Sale.starts_at))]


def shown(session: Session, *, terms: Terms, at: datetime) -> tuple[SaleView, ...]:
    """See `SupplyGateway.sales`."""
    query = select(Sale).where(
        Sale.currency == terms.currency, Sale.withdrawn_at.is_(None), Sale.preview_at <= at, Sale.ends_at > at
    )
    rows = session.scalars(query.order_by(Sale.starts_at, Sale.id).limit(SALES_OPEN_MAX)).all()
    goods = _goods(session, rows)
    limited = [line.id for lines in goods.values() for _, line in lines if line.per_store_max is not None]
    of_store = taken_by_store(session, limited, store=terms.store) if limited else {}
    return tuple(
        SaleView(
            code=row.code,
            title=row.title,
            brand=row.brand,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            goods=tuple(_seen(sku, line, row.currency, of_store) for sku, line in goods[row.id]),
        )
        for row in rows
    )


def _seen(sku: str, line: SaleLine, currency: str, of_store: dict[int, int]) -> SaleGoods:
    return SaleGoods(
        sku=sku,
        supply_price=Money(line.supply_price_minor, currency),
        suggested=Money(line.retail_minor, currency),
        floor=None if line.floor_minor is None else Money(line.floor_minor, currency),
        left=left(line.limits, Taken(line.taken, of_store.get(line.id, 0), of_customer=0)),
        per_customer_max=line.per_customer_max,
    )


def _goods(session: Session, sales: Sequence[Sale]) -> dict[int, list[tuple[str, SaleLine]]]:
    """The lines of the sales with their SKUs, in the order they were written."""
    query = select(Variant.sku, SaleLine).join(SaleLine, SaleLine.variant_id == Variant.id)
    found: dict[int, list[tuple[str, SaleLine]]] = {row.id: [] for row in sales}
    rows = session.execute(
        query.where(SaleLine.sale_id.in_(found)).order_by(SaleLine.id).execution_options(populate_existing=True)
    )
    for sku, line in rows:
        found[line.sale_id].append((sku, line))
    return found


def _report(session: Session, row: Sale, at: datetime) -> SaleReport:
    return _told(row, _goods(session, [row])[row.id], at)


def _told(row: Sale, lines: Sequence[tuple[str, SaleLine]], at: datetime) -> SaleReport:
    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    goods = tuple(
        SaleGoodsSpec(
            sku=sku,
            supply_price=money(line.supply_price_minor),
            retail=money(line.retail_minor),
            quantity=line.quantity,
            cost=money(line.cost_minor),
            floor=None if line.floor_minor is None else money(line.floor_minor),
            per_customer_max=line.per_customer_max,
            per_store_max=line.per_store_max,
        )
        for sku, line in lines
    )
    told = SaleSpec(row.code, row.title, row.brand, row.currency, row.preview_at, row.starts_at, row.ends_at, goods)
    taken = {sku: line.taken for sku, line in lines}
    return SaleReport(
        sale=told,
        state=state_at(row.window, at),
        taken=taken,
        added_by=row.added_by,
        added_at=row.added_at,
        withdrawn_by=row.withdrawn_by or "",
        withdrawn_at=row.withdrawn_at,
        reason=row.reason,
        version=row.content_hash,
    )


def _write(session: Session, row: Sale, wanted: SaleSpec, digest: str, *, actor: str, at: datetime) -> None:
    """The sale and its goods as they are wanted. Raises UnknownSku, BadSale."""
    lines = list(_lines(session, wanted))
    row.title, row.brand, row.currency = wanted.title, wanted.brand, wanted.currency
    row.preview_at, row.starts_at, row.ends_at = wanted.preview_at, wanted.starts_at, wanted.ends_at
    row.content_hash, row.added_by, row.added_at = digest, actor, at
    session.add(row)
    session.flush()
    for line in lines:
        line.sale_id = row.id
    session.add_all(lines)
    session.flush()


def _row(session: Session, code: str) -> Sale | None:
    query = select(Sale).where(Sale.code == code).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def _check(wanted: SaleSpec, *, at: datetime) -> None:
    if not re.fullmatch(CODE_PATTERN, wanted.code):
        raise _bad("code", wanted.code, N_("use small letters, digits and hyphens"))
    for field, text in (("title", wanted.title), ("brand", wanted.brand)):
        if len(text) > TEXT_LENGTH_MAX or not text.isprintable():
            raise _bad(field, text[:TEXT_LENGTH_MAX], N_("write one line of {most} characters at most"), most=200)
    if not wanted.title.strip():
        raise _bad("title", repr(wanted.title), N_("say what the sale is called"))
    if not wanted.preview_at <= wanted.starts_at < wanted.ends_at:
        raise _bad("end", wanted.ends_at, N_("it is shown, begins and ends, in this order"))
    if wanted.ends_at <= at:
        raise _bad("end", wanted.ends_at, N_("the sale would be over already"))
    if wanted.ends_at - wanted.starts_at > LASTS_MAX:
        raise _bad("end", wanted.ends_at, N_("a sale lasts {most} days at most"), most=LASTS_MAX.days)
    skus = [each.sku for each in wanted.goods]
    if not 1 <= len(skus) <= GOODS_PER_SALE_MAX:
        raise _bad("goods", len(skus), N_("a sale has 1 to {most} SKUs"), most=GOODS_PER_SALE_MAX)
    twice = next((sku for sku in skus if skus.count(sku) > 1), None)
    if twice is not None:
        raise _bad("sku", twice, N_("it is there twice"))
    for each in wanted.goods:
        _check_goods(each, wanted.currency)


def _check_goods(each: SaleGoodsSpec, currency: str) -> None:
    for name, amount in (("supply_price", each.supply_price), ("retail", each.retail), ("cost", each.cost)):
        if amount is not None and (amount.currency != currency or amount.minor < 0):
            raise _bad(f"{each.sku} {name}", amount, N_("write an amount in {currency}"), currency=currency)
    if each.supply_price > each.retail:
        raise _bad(
            f"{each.sku} retail", each.retail, N_("it is below the supply price {price}"), price=each.supply_price
        )
    if each.floor is not None and each.floor > each.retail:
        raise _bad(f"{each.sku} floor", each.floor, N_("it is above the retail price {price}"), price=each.retail)
    counts = (("quantity", each.quantity), ("per_customer", each.per_customer_max), ("per_store", each.per_store_max))
    for name, count in counts:
        if count is not None and not 1 <= count <= QUANTITY_MAX:
            raise _bad(f"{each.sku} {name}", count, N_("write a number from 1 to {most}"), most=QUANTITY_MAX)


def _lines(session: Session, wanted: SaleSpec) -> Iterator[SaleLine]:
    query = (
        select(Variant.sku, Variant.id, Variant.cost_minor, Supplier.currency)
        .join(Product, Product.id == Variant.product_id)
        .join(Supplier, Supplier.id == Product.supplier_id)
        .where(Variant.sku.in_([each.sku for each in wanted.goods]), Supplier.currency == wanted.currency)
    )
    known = {row.sku: row for row in session.execute(query)}
    for each in wanted.goods:
        if each.sku not in known:
            raise UnknownSku(sku=each.sku)
        yield SaleLine(
            variant_id=known[each.sku].id,
            cost_minor=_cost(each, known[each.sku]).minor,
            supply_price_minor=each.supply_price.minor,
            retail_minor=each.retail.minor,
            floor_minor=None if each.floor is None else each.floor.minor,
            quantity=each.quantity,
            taken=0,
            per_customer_max=each.per_customer_max,
            per_store_max=each.per_store_max,
        )


def _cost(each: SaleGoodsSpec, variant: Row[str, int, int | None, str]) -> Money:
    """What the supplier gets for a piece. Raises BadSale where the hub would lose money, or it is not known."""
    cost = each.cost
    if cost is None:
        if variant.cost_minor is None:
            raise _bad(f"{each.sku} cost", "–", N_("say what the supplier gets for it"))
        cost = Money(variant.cost_minor, variant.currency)
    if cost > each.supply_price:
        reason = N_("the supplier gets {cost}; agree on a cost for the sale and write it down")
        raise _bad(f"{each.sku} supply_price", each.supply_price, reason, cost=cost)
    return cost


def _bad(field: str, value: object, reason: str, **params: object) -> BadSale:
    return BadSale(field=field, value=value, reason=Phrase(reason, **params))


def _content(wanted: SaleSpec) -> object:
    times = [each.isoformat() for each in (wanted.preview_at, wanted.starts_at, wanted.ends_at)]
    goods = [
        [each.sku, *(None if amount is None else amount.minor for amount in _amounts(each)), *_counts(each)]
        for each in wanted.goods
    ]
    return [wanted.code, wanted.title, wanted.brand, wanted.currency, times, goods]


def _amounts(each: SaleGoodsSpec) -> tuple[Money | None, ...]:
    return each.supply_price, each.retail, each.cost, each.floor


def _counts(each: SaleGoodsSpec) -> tuple[int | None, ...]:
    return each.quantity, each.per_customer_max, each.per_store_max
