"""The stores a hub supplies: on what terms, and how much of the goods and of credit their unpaid holds may take.

A store that is supplied by its own database is no tenant and has no row here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, insert, literal_column, select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.database import lock
from shared_core.kernel.money import BPS_WHOLE, MINOR_MAX, Money, known_currency
from shared_core.supply import rules
from shared_core.supply.errors import TenantSuspended, UnknownTier
from shared_core.supply.gateway import CODE_PATTERN, DEFAULT_TIER, HoldLimits, Terms
from shared_core.supply.models import TEXT_LENGTH_MAX, OfferMark, StockHold, StockHoldLine
from shared_core.supply.price_models import TierPrice
from shared_core.supply.rules import TenantLimits
from shared_core.supply.tenancy.errors import BadTenantCode, BadTerms, TenantTaken, UnknownTenant
from shared_core.supply.tenancy.tenant_models import Tenant, TenantChange
from shared_core.supply.views import HoldState

COUNT_MAX = 10**9
TTL_LONGEST = timedelta(days=366)
_HELD = StockHold.state == literal_column(f"'{HoldState.HELD}'")
"""Said in words, so that every plan can use the index of unpaid holds."""


class TenantState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class TenantTerms:
    """What can be agreed with a tenant anew at any time; what is held already stays as it is."""

    platform_fee_bps: int = 0
    limits: HoldLimits = field(default_factory=HoldLimits)
    store_limits: TenantLimits = field(default_factory=TenantLimits)
    tier: str = DEFAULT_TIER
    """Whose price list holds; one that is not there is refused, but for the default."""

    def columns(self) -> dict[str, int | str | None]:
        """As the row keeps them."""
        kept = {**asdict(self.limits), **asdict(self.store_limits), "platform_fee_bps": self.platform_fee_bps}
        kept["ttl_max_seconds"] = kept.pop("ttl_max") // timedelta(seconds=1)
        return kept | {"tier": self.tier}


@dataclass(frozen=True, slots=True)
class TenantView:
    code: str
    name: str
    currency: str
    state: TenantState
    terms: TenantTerms
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeView:
    """`details`: by name of a term, what it was and what it is; for a key, its name."""

    what: str
    actor: str
    details: Mapping[str, Any]
    at: datetime


def add_tenant(
    session: Session, code: str, *, name: str, currency: str, terms: TenantTerms, actor: str, at: datetime
) -> TenantView:
    """Supply one more store. The same again changes nothing. Raises BadTenantCode, BadTerms, TenantTaken."""
    if not re.fullmatch(CODE_PATTERN, code):
        raise BadTenantCode(tenant=code)
    if not known_currency(currency):
        raise BadTerms(field="currency", value=currency)
    if not 1 <= len(name) <= TEXT_LENGTH_MAX:
        raise BadTerms(field="name", value=name[:TEXT_LENGTH_MAX])
    _check(session, terms)
    lock(session, "supply-tenants")
    known = _locked(session, code)
    if known is not None:
        if (known.name, known.currency, _terms(known)) != (name, currency, terms):
            raise TenantTaken(tenant=code)
        return _view(known)
    row = Tenant(code=code, name=name, currency=currency, state=TenantState.ACTIVE, created_at=at, **terms.columns())
    session.add(row)
    session.flush()
    ledger.keep(session, ledger.accounts.due_store(code), currency, book=ledger.HUB)
    note(session, row, "added", actor=actor, at=at, details={"name": name, "currency": currency, **terms.columns()})
    return _view(row)


def set_terms(session: Session, code: str, terms: TenantTerms, *, actor: str, at: datetime) -> TenantView:
    """Agree on these terms from now on. Raises UnknownTenant, BadTerms, UnknownTier."""
    _check(session, terms)
    row = locked(session, code)
    before, after = _terms(row).columns(), terms.columns()
    changed = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    for name, (_, value) in changed.items():
        setattr(row, name, value)
    if changed:
        note(session, row, "terms", actor=actor, at=at, details=changed)
    if "tier" in changed:
        _tell_prices(session, changed["tier"])
    return _view(row)


def suspend(session: Session, code: str, *, actor: str, reason: str, at: datetime) -> None:
    """No new holds; what is held already can be confirmed, released and withdrawn. Raises UnknownTenant."""
    _become(session, code, TenantState.SUSPENDED, actor=actor, reason=reason, at=at)


def resume(session: Session, code: str, *, actor: str, reason: str, at: datetime) -> None:
    """The store may hold goods again. Raises UnknownTenant."""
    _become(session, code, TenantState.ACTIVE, actor=actor, reason=reason, at=at)


def all_tenants(session: Session) -> list[TenantView]:
    """Every store the hub supplies, by code."""
    return [_view(row) for row in session.scalars(select(Tenant).order_by(Tenant.code))]


def tenant(session: Session, code: str) -> TenantView:
    """Raises UnknownTenant."""
    row = session.scalars(select(Tenant).where(Tenant.code == code)).one_or_none()
    if row is None:
        raise UnknownTenant(tenant=code)
    return _view(row)


def tenant_changes(session: Session, code: str) -> list[ChangeView]:
    """What was decided about a tenant, oldest first."""
    query = select(TenantChange).join(Tenant).where(Tenant.code == code).order_by(TenantChange.id)
    return [ChangeView(row.what, row.actor, row.details, row.at) for row in session.scalars(query)]


def tenant_owes(session: Session, code: str, currency: str) -> Money:
    """What the store owes the hub for goods, freight and fees; negative when it has paid in advance."""
    return ledger.balance(session, ledger.accounts.due_store(code), currency, book=ledger.HUB)


def admit(session: Session, code: str, *, hold_id: int, units: Mapping[int, int], value_minor: int) -> None:
    """Let a tenant's new hold of `units` (by variant) pass, or raise TenantSuspended, HoldLimitReached, CreditUsedUp.

    The tenant's other new holds wait until this transaction ends, so no two of them take the same last of a limit.
    What is held is counted before what is owed: a hold that is confirmed in between counts twice, never not at all.
    """
    row = locked(session, code)
    if row.state == TenantState.SUSPENDED:
        raise TenantSuspended()
    open_holds = (StockHold.store == code, _HELD, StockHold.id != hold_id)
    count = select(func.count()).select_from(StockHold).where(*open_holds)
    value = StockHoldLine.supply_price_minor * StockHoldLine.quantity
    per_sku = (
        select(
            StockHoldLine.variant_id,
            func.sum(StockHoldLine.quantity).label("units"),
            func.sum(value + func.coalesce(StockHoldLine.freight_minor, 0)).label("minor"),
            func.sum(value * func.coalesce(StockHold.fee_bps, 0)).label("fees"),
        )
        .join(StockHold)
        .where(*open_holds)
        .group_by(StockHoldLine.variant_id)
    )
    kept = session.execute(per_sku).all()
    fees = sum(int(each.fees) for each in kept)
    units_kept = {each.variant_id: int(each.units) for each in kept}
    limits = _terms(row).store_limits
    standing = rules.Standing(
        open_holds=(session.scalar(count) or 0) + 1,
        units_of_one_sku=max(quantity + units_kept.get(variant_id, 0) for variant_id, quantity in units.items()),
        open_minor=sum(int(each.minor) for each in kept) + fees // BPS_WHOLE + value_minor,
        owed_minor=0 if limits.credit_limit_minor is None else tenant_owes(session, code, row.currency).minor,
    )
    rules.check_standing(standing, limits)


def supply_terms(row: Tenant) -> Terms:
    """The tenant's terms as the gateway takes them."""
    agreed = _terms(row)
    return Terms(row.code, row.currency, agreed.platform_fee_bps, agreed.limits, tenant=True, tier=row.tier)


def locked(session: Session, code: str) -> Tenant:
    """The tenant as it is now, and nobody else decides about it until this transaction ends. Raises UnknownTenant."""
    row = _locked(session, code)
    if row is None:
        raise UnknownTenant(tenant=code)
    return row


def note(session: Session, row: Tenant, what: str, *, actor: str, details: Mapping[str, Any], at: datetime) -> None:
    """Write down what was decided about a tenant."""
    session.add(TenantChange(tenant_id=row.id, what=what, actor=actor, details=dict(details), at=at))
    session.flush()


def _locked(session: Session, code: str) -> Tenant | None:
    query = select(Tenant).where(Tenant.code == code).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _become(session: Session, code: str, state: TenantState, *, actor: str, reason: str, at: datetime) -> None:
    row = locked(session, code)
    if row.state == state:
        return
    row.state = state
    what = "suspended" if state is TenantState.SUSPENDED else "resumed"
    note(session, row, what, actor=actor, at=at, details={"reason": reason})


def _tell_prices(session: Session, tiers: Sequence[object]) -> None:
    """What these price lists hold is offered anew: readers of the offers feed will see it again."""
    priced = select(TierPrice.variant_id).where(TierPrice.tier.in_(tiers)).distinct()
    session.execute(insert(OfferMark).from_select(["variant_id"], priced))


def _check(session: Session, terms: TenantTerms) -> None:
    listed = select(TierPrice.variant_id).where(TierPrice.tier == terms.tier).limit(1)
    if terms.tier != DEFAULT_TIER and session.scalar(listed) is None:
        raise UnknownTier(tier=terms.tier)
    for name, value in terms.columns().items():
        if isinstance(value, str):
            continue
        lowest, highest = 1, COUNT_MAX
        if name == "platform_fee_bps":
            lowest, highest = 0, BPS_WHOLE
        elif name == "ttl_max_seconds":
            highest = TTL_LONGEST // timedelta(seconds=1)
        elif name == "credit_limit_minor":
            lowest, highest = 0, MINOR_MAX
        if value is not None and not lowest <= value <= highest:
            raise BadTerms(field=name, value=value)


def _terms(row: Tenant) -> TenantTerms:
    return TenantTerms(
        platform_fee_bps=row.platform_fee_bps,
        limits=HoldLimits(
            lines_per_hold_max=row.lines_per_hold_max,
            quantity_per_line_max=row.quantity_per_line_max,
            open_holds_per_customer_max=row.open_holds_per_customer_max,
            ttl_max=timedelta(seconds=row.ttl_max_seconds),
        ),
        store_limits=TenantLimits(
            open_holds_max=row.open_holds_max,
            unpaid_units_per_sku_max=row.unpaid_units_per_sku_max,
            credit_limit_minor=row.credit_limit_minor,
        ),
        tier=row.tier,
    )


def _view(row: Tenant) -> TenantView:
    return TenantView(row.code, row.name, row.currency, TenantState(row.state), _terms(row), row.created_at)
