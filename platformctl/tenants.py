"""The storefronts of the hub in the current folder: who is supplied, on what terms, with which keys."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from platformctl import output
from platformctl.failures import BadAnswer
from platformctl.messages import N_, translate
from shared_core import hub, supply
from shared_core.kernel.codes import new_code, new_token
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money, decimal_text, parse_money
from shared_core.kernel.settings import read
from shared_core.supply import tenancy

KEY_NAME_LENGTH = 8
STATES = {tenancy.TenantState.ACTIVE: N_("active"), tenancy.TenantState.SUSPENDED: N_("suspended")}


@dataclass(frozen=True)
class Wanted:
    """Terms as they are typed; what is None stays as it is. A `credit` of "none" knows no limit."""

    fee: int | None = None
    credit: str | None = None
    open_holds: int | None = None
    unpaid_per_sku: int | None = None
    tier: str | None = None

    def laid_over(self, terms: tenancy.TenantTerms, currency: str) -> tenancy.TenantTerms:
        """Raises BadAnswer for an amount that is none."""
        limits = terms.store_limits
        if self.credit is not None:
            limits = replace(limits, credit_limit_minor=_amount(self.credit, currency))
        if self.open_holds is not None:
            limits = replace(limits, open_holds_max=self.open_holds)
        if self.unpaid_per_sku is not None:
            limits = replace(limits, unpaid_units_per_sku_max=self.unpaid_per_sku)
        fee = terms.platform_fee_bps if self.fee is None else self.fee
        tier = terms.tier if self.tier is None else self.tier
        return replace(terms, platform_fee_bps=fee, store_limits=limits, tier=tier)


@dataclass(frozen=True)
class Account:
    """One storefront and what it owes."""

    tenant: tenancy.TenantView
    owes: Money

    def as_dict(self) -> dict[str, object]:
        terms = self.tenant.terms
        limit = terms.store_limits.credit_limit_minor
        return {
            "code": self.tenant.code,
            "name": self.tenant.name,
            "state": self.tenant.state.value,
            "currency": self.tenant.currency,
            "platform_fee_bps": terms.platform_fee_bps,
            "credit_limit": None if limit is None else decimal_text(Money(limit, self.tenant.currency)),
            "tier": terms.tier,
            "open_holds_max": terms.store_limits.open_holds_max,
            "unpaid_units_per_sku_max": terms.store_limits.unpaid_units_per_sku_max,
            "owes": decimal_text(self.owes),
            "created_at": self.tenant.created_at.isoformat(),
        }


def add(code: str, *, name: str, currency: str, wanted: Wanted, actor: str) -> tuple[Account, str | None]:
    """Supply one more storefront; its first key, None when it was supplied already and has one."""
    with _books() as (session, at):
        own = currency or hub.load_config().hub.currency
        terms = wanted.laid_over(tenancy.TenantTerms(), own)
        made = tenancy.add_tenant(session, code, name=name or code, currency=own, terms=terms, actor=actor, at=at)
        known = tenancy.keys_of(session, code)
        key = None if known else _issue(session, code, scopes=tenancy.ALL_SCOPES, days=None, actor=actor, at=at)
        return _account(session, made), key


def accounts() -> list[Account]:
    with _books() as (session, _):
        return [_account(session, each) for each in tenancy.all_tenants(session)]


def set_terms(code: str, wanted: Wanted, *, actor: str) -> Account:
    with _books() as (session, at):
        now = tenancy.tenant(session, code)
        agreed = wanted.laid_over(now.terms, now.currency)
        return _account(session, tenancy.set_terms(session, code, agreed, actor=actor, at=at))


def suspend(code: str, *, actor: str, reason: str) -> None:
    with _books() as (session, at):
        tenancy.suspend(session, code, actor=actor, reason=reason, at=at)


def resume(code: str, *, actor: str, reason: str) -> None:
    with _books() as (session, at):
        tenancy.resume(session, code, actor=actor, reason=reason, at=at)


def new_key(code: str, *, scopes: list[str], days: int | None, actor: str) -> str:
    with _books() as (session, at):
        return _issue(session, code, scopes=scopes or tenancy.ALL_SCOPES, days=days, actor=actor, at=at)


def keys(code: str) -> list[tenancy.KeyView]:
    with _books() as (session, _):
        tenancy.tenant(session, code)
        return tenancy.keys_of(session, code)


def revoke(code: str, name: str, *, actor: str) -> None:
    with _books() as (session, at):
        tenancy.revoke_key(session, code, name, actor=actor, at=at)


def tell(account: Account) -> None:
    """One storefront in three lines."""
    tenant, limits = account.tenant, account.tenant.terms.store_limits
    print(f"{tenant.code}  {tenant.name}  {translate(STATES[tenant.state])}")
    credit = translate("no limit")
    if limits.credit_limit_minor is not None:
        credit = decimal_text(Money(limits.credit_limit_minor, tenant.currency))
    output.say(
        "    owes {owes} {currency}, credit {credit}, platform fee {fee:.2f}%",
        owes=decimal_text(account.owes),
        currency=tenant.currency,
        credit=credit,
        fee=tenant.terms.platform_fee_bps / 100,
    )
    if tenant.terms.tier != supply.DEFAULT_TIER:
        output.say("    price list {tier}", tier=tenant.terms.tier)
    output.say(
        "    unpaid at a time: {holds} orders, {units} pieces of one SKU",
        holds=limits.open_holds_max,
        units=limits.unpaid_units_per_sku_max,
    )


@contextmanager
def _books() -> Iterator[tuple[Session, datetime]]:
    """A transaction on the database of the hub in this folder, and the present."""
    database = Database(read(hub.HubSettings).database_url)
    try:
        with database.transaction() as session:
            yield session, datetime.now(UTC)
    finally:
        database.dispose()


def _issue(session: Session, code: str, *, scopes: Iterable[str], days: int | None, actor: str, at: datetime) -> str:
    expires = None if days is None else at + timedelta(days=days)
    return tenancy.issue_key(
        session,
        code,
        scopes=scopes,
        name=new_code(KEY_NAME_LENGTH),
        secret=new_token(),
        expires_at=expires,
        actor=actor,
        at=at,
    )


def _account(session: Session, tenant: tenancy.TenantView) -> Account:
    return Account(tenant, tenancy.tenant_owes(session, tenant.code, tenant.currency))


def _amount(text: str, currency: str) -> int | None:
    if text == "none":
        return None
    try:
        return parse_money(text, currency).minor
    except PlatformError as error:
        raise BadAnswer(key="credit", value=text, reason=error.text(translate)) from error
