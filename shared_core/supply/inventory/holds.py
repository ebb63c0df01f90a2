"""Holding goods for an order, giving them back, and letting go of what nobody paid for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_new, lock
from shared_core.kernel.money import Money
from shared_core.kernel.regions import known_region
from shared_core.ledger import ReferenceReused
from shared_core.supply import rules
from shared_core.supply.errors import BadRegion, HoldConfirmed, HoldLimitReached, OutOfStock, UnknownHold
from shared_core.supply.gateway import NO_SALES, Terms
from shared_core.supply.inventory import choosing, stock
from shared_core.supply.inventory.choosing import Wanted
from shared_core.supply.models import StockHold, StockHoldLine, Supplier
from shared_core.supply.sales import quota
from shared_core.supply.tenancy import tenants
from shared_core.supply.views import HeldFreight, HeldLine, HoldLine, HoldState, HoldView

EXPIRED_AT_ONCE_MAX = 200
ATTEMPTS_MAX = 50
"""So often a hold looks for another shelf; each time somebody else has got what it wanted."""

_LOCKED = (
    select(StockHold)
    .where(StockHold.reference == bindparam("reference"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_LINE = insert(cast(Table, StockHoldLine.__table__))
_OPEN = select(func.count()).where(
    StockHold.store == bindparam("store"),
    StockHold.customer == bindparam("customer"),
    StockHold.state == HoldState.HELD,
    StockHold.expires_at > bindparam("at"),
)
"""What every hold asks is put together once."""


def hold(
    session: Session,
    reference: str,
    lines: Sequence[HoldLine],
    *,
    terms: Terms,
    customer: str,
    ttl: timedelta,
    at: datetime,
    sales: Mapping[str, str] = NO_SALES,
    region: str = "",
) -> HoldView:
    """See `SupplyGateway.hold`. What it raises must roll the transaction back: some lines may already be taken."""
    merged = rules.lines_to_hold(lines, ttl=ttl, limits=terms.limits)
    if region and not known_region(region):
        raise BadRegion(region=region)
    on_sale = {line.sku: sales[line.sku] for line in merged if line.sku in sales}
    content = [terms.store, customer, [[line.sku, line.quantity] for line in merged], *([on_sale] if on_sale else [])]
    digest = rules.content_hash([*content, {"region": region}] if region else content)
    lock(session, f"supply-customer:{terms.store}:{customer}")
    row = {
        "reference": reference,
        "store": terms.store,
        "customer": customer,
        "currency": terms.currency,
        "state": HoldState.HELD,
        "content_hash": digest,
        "region": region,
        "created_at": at,
        "expires_at": at + ttl,
        "fee_bps": terms.platform_fee_bps,
        "fee_minor": 0,
        "fee_returned_minor": 0,
    }
    hold_id = insert_new(session, StockHold, row, conflict=["reference"])
    if hold_id is None:
        return _known(session, reference, digest, without_region=rules.content_hash(content))
    _keep_within_limit(session, terms=terms, customer=customer, at=at)
    wanted, freights = _choose_and_take(
        session, hold_id, merged, terms=terms, customer=customer, sales=on_sale, region=region, at=at
    )
    held = tuple(
        HeldLine(each.units.sku, each.units.quantity, each.supply_price, on_sale.get(each.units.sku, ""))
        for each in wanted
    )
    return HoldView(reference, HoldState.HELD, at + ttl, held, _told(freights, terms.currency), terms.platform_fee_bps)


def view(session: Session, reference: str, *, terms: Terms) -> HoldView:
    """See `SupplyGateway.view`."""
    row = session.scalars(select(StockHold).where(StockHold.reference == reference)).one_or_none()
    if row is None or row.store != terms.store:
        raise UnknownHold(reference=reference)
    return _view(session, row)


def release(session: Session, reference: str, *, at: datetime) -> None:
    """See `SupplyGateway.release`."""
    row = locked_hold(session, reference)
    if row is None or row.state in (HoldState.RELEASED, HoldState.EXPIRED):
        return
    if row.state == HoldState.CONFIRMED:
        raise HoldConfirmed(reference=reference)
    _close(session, [row], state=HoldState.RELEASED, at=at)


def expire_holds(session: Session, *, at: datetime) -> int:
    """Give back what was held until `at` or before and is not paid; the number of holds, `EXPIRED_AT_ONCE_MAX` at most.

    A hold that is being confirmed at this moment is passed over, so its goods cannot be given back as well.
    """
    due = (
        select(StockHold)
        .where(StockHold.state == HoldState.HELD, StockHold.expires_at <= at)
        .order_by(StockHold.id)
        .limit(EXPIRED_AT_ONCE_MAX)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = session.scalars(due).all()
    _close(session, rows, state=HoldState.EXPIRED, at=at)
    return len(rows)


def locked_hold(session: Session, reference: str) -> StockHold | None:
    """The hold as it is now, and nobody else changes it until this transaction ends."""
    return session.scalars(_LOCKED, {"reference": reference}).one_or_none()


def lines_of(session: Session, holds: Iterable[int]) -> list[StockHoldLine]:
    """Lines of these holds in the order of SKUs; read after the holds are locked."""
    query = select(StockHoldLine).where(StockHoldLine.hold_id.in_(list(holds))).order_by(StockHoldLine.sku)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def units_of(lines: Iterable[StockHoldLine]) -> list[stock.Units]:
    """The units of the lines, one entry per shelf."""
    merged: dict[tuple[int, str, int | None], int] = {}
    for line in lines:
        key = (line.variant_id, line.sku, line.warehouse_id)
        merged[key] = merged.get(key, 0) + line.quantity
    return [stock.Units(variant, sku, quantity, place) for (variant, sku, place), quantity in merged.items()]


def freights_of(lines: Iterable[StockHoldLine]) -> dict[int, int] | None:
    """What each supplier will charge, in minor units, by its id; None of a hold that is older than that."""
    freights: dict[int, int] = {}
    for line in lines:
        if line.freight_minor is None:
            return None
        freights[line.supplier_id] = freights.get(line.supplier_id, 0) + line.freight_minor
    return freights


def _choose_and_take(
    session: Session,
    hold_id: int,
    lines: Sequence[HoldLine],
    *,
    terms: Terms,
    customer: str,
    sales: Mapping[str, str],
    region: str,
    at: datetime,
) -> tuple[list[Wanted], dict[str, int]]:
    """The lines with their shelves, and what each supplier charges.

    Where somebody was faster at a shelf, another one that has enough is chosen. See `choosing.wanted` and `_take`.
    """
    for attempt in range(1, ATTEMPTS_MAX + 1):
        wanted = choosing.wanted(session, lines, terms=terms, sales=sales, region=region, at=at)
        if not any(each.choice for each in wanted):
            return wanted, _take(session, hold_id, wanted, terms=terms, customer=customer, region=region)
        try:
            with session.begin_nested():
                return wanted, _take(session, hold_id, wanted, terms=terms, customer=customer, region=region)
        except OutOfStock:
            if attempt == ATTEMPTS_MAX:
                raise
    raise AssertionError("the last attempt returns or raises")


def _take(
    session: Session, hold_id: int, wanted: Sequence[Wanted], *, terms: Terms, customer: str, region: str
) -> dict[str, int]:
    """Write the lines of a hold and take their pieces; what each supplier charges, by code.

    Raises NotDelivered, what `tenants.admit` and `quota.take` raise, and OutOfStock.
    """
    freights = choosing.freights(wanted, region=region)
    if terms.tenant:
        units = {each.units.variant_id: each.units.quantity for each in wanted}
        value_minor = sum(each.value_minor for each in wanted)
        fee = rules.platform_fee(goods=None, supply=Money(value_minor, terms.currency), fee_bps=terms.platform_fee_bps)
        value_minor += sum(freights.values()) + fee.minor
        tenants.admit(session, terms.store, hold_id=hold_id, units=units, value_minor=value_minor)
    session.connection().execute(_LINE, _rows(hold_id, wanted, freights))
    taken = [each.of_sale for each in wanted if each.of_sale is not None]
    quota.take(session, taken, store=terms.store, customer=customer, hold_id=hold_id)
    stock.take(session, [each.units for each in wanted])  # last: others wait for these rows until the commit
    return freights


def _rows(hold_id: int, wanted: Sequence[Wanted], freights: Mapping[str, int]) -> list[dict[str, object]]:
    """Lines to be written; the first one of each supplier carries its freight."""
    left = dict(freights)
    return [each.row(hold_id, left.pop(each.carried.supplier, 0)) for each in wanted]


def _told(freights: Mapping[str, int], currency: str) -> tuple[HeldFreight, ...]:
    return tuple(HeldFreight(code, Money(minor, currency)) for code, minor in sorted(freights.items()))


def _close(session: Session, rows: Sequence[StockHold], *, state: HoldState, at: datetime) -> None:
    for row in rows:
        row.state, row.closed_at = state, at
    lines = lines_of(session, [row.id for row in rows])
    quota.give_back(session, quota.pieces_of(lines))
    stock.give_back(session, units_of(lines))
    session.flush()


def _known(session: Session, reference: str, digest: str, *, without_region: str) -> HoldView:
    """The hold that was asked for before; perhaps by a shop, or of a hub, that did not speak of regions yet."""
    row = locked_hold(session, reference)
    if row is None:
        raise UnknownHold(reference=reference)
    if row.content_hash not in (digest, without_region):
        raise ReferenceReused(reference=reference)
    return _view(session, row)


def _view(session: Session, row: StockHold) -> HoldView:
    lines = lines_of(session, [row.id])
    sales = quota.sales_of(session, lines)
    held = tuple(
        HeldLine(line.sku, line.quantity, Money(line.supply_price_minor, row.currency), sales.get(line.sku, ""))
        for line in lines
    )
    freights = freights_of(lines)
    if freights is None:
        return HoldView(row.reference, HoldState(row.state), row.expires_at, held)
    codes = select(Supplier.id, Supplier.code).where(Supplier.id.in_(freights))
    told = _told({code: freights[supplier_id] for supplier_id, code in session.execute(codes)}, row.currency)
    return HoldView(row.reference, HoldState(row.state), row.expires_at, held, told, row.fee_bps)


def _keep_within_limit(session: Session, *, terms: Terms, customer: str, at: datetime) -> None:
    """Count the customer's open holds, this new one among them."""
    maximum = terms.limits.open_holds_per_customer_max
    count = session.scalar(_OPEN, {"store": terms.store, "customer": customer, "at": at})
    if count is not None and count > maximum:
        raise HoldLimitReached(limit="open_holds_per_customer_max", maximum=maximum)
