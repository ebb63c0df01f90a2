"""Keys with which stores call the hub: shown once, kept as a hash, several at a time so that they can be changed over.

A key reads `hub_NAME_SECRET`. Its name is public: people recognise the key by it, and the hub finds it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared_core.kernel.codes import hash_token
from shared_core.supply.gateway import Terms
from shared_core.supply.tenancy import tenants
from shared_core.supply.tenancy.errors import BadApiKey, ScopeMissing, UnknownApiKey, UnknownScope
from shared_core.supply.tenancy.tenant_models import ApiKey, KeyView, Tenant
from shared_core.supply.tenancy.timeline import NEWEST

LOOKS_LIKE_A_KEY = re.compile(r"hub_([0-9A-Za-z]{1,32})_([0-9A-Za-z_-]{20,100})")


class Scope(StrEnum):
    OFFERS_READ = "offers:read"
    ORDERS_WRITE = "orders:write"
    EVENTS_READ = "events:read"
    STATEMENT_READ = "statement:read"
    STATEMENT_OBJECT = "statement:object"


ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the store's terms, what the key may do, and whether its use is worth noting down.

    `timeline` is the hub's history, empty for a hub that never began one.
    """

    terms: Terms
    scopes: frozenset[Scope]
    key: str
    note_use: bool
    timeline: str = ""

    @property
    def queue(self) -> str:
        """With whom it takes turns: nobody but its own store."""
        return f"store {self.terms.store}"

    def require(self, scope: Scope) -> None:
        """Raises ScopeMissing."""
        if scope not in self.scopes:
            raise ScopeMissing(scope=scope)


def issue_key(
    session: Session,
    tenant: str,
    *,
    name: str,
    secret: str,
    scopes: Iterable[str] = ALL_SCOPES,
    expires_at: datetime | None = None,
    actor: str,
    at: datetime,
) -> str:
    """A new key, whole, for the only time. `name` and `secret` are new random codes. UnknownTenant, UnknownScope."""
    granted = sorted(_scope(each) for each in scopes)
    row = tenants.locked(session, tenant)
    session.add(
        ApiKey(
            tenant_id=row.id,
            name=name,
            secret_hash=hash_token(secret),
            scopes=granted,
            issued_at=at,
            expires_at=expires_at,
        )
    )
    tenants.note(session, row, "key_issued", actor=actor, details={"key": name, "scopes": granted}, at=at)
    key = f"hub_{name}_{secret}"
    assert LOOKS_LIKE_A_KEY.fullmatch(key), "a name of letters and digits, and a long secret"
    return key


def revoke_key(session: Session, tenant: str, name: str, *, actor: str, at: datetime) -> None:
    """From the next call on the key is worth nothing. Again: no-op. Raises UnknownTenant, UnknownApiKey."""
    row = tenants.locked(session, tenant)
    key = session.scalars(select(ApiKey).where(ApiKey.tenant_id == row.id, ApiKey.name == name)).one_or_none()
    if key is None:
        raise UnknownApiKey(tenant=tenant, key=name)
    if key.revoked_at is None:
        key.revoked_at = at
        tenants.note(session, row, "key_revoked", actor=actor, details={"key": name}, at=at)


def keys_of(session: Session, tenant: str) -> list[KeyView]:
    """A tenant's keys, the oldest first."""
    query = select(ApiKey).join(Tenant).where(Tenant.code == tenant).order_by(ApiKey.id)
    return [row.view for row in session.scalars(query)]


def authenticate(session: Session, key: str, *, at: datetime) -> Caller:
    """Whose key this is. One query. Raises BadApiKey."""
    parts = LOOKS_LIKE_A_KEY.fullmatch(key)
    if parts is None:
        raise BadApiKey()
    query = (
        select(ApiKey, Tenant, NEWEST.scalar_subquery())
        .join(Tenant, Tenant.id == ApiKey.tenant_id)
        .where(ApiKey.name == parts[1])
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise BadApiKey()
    row, tenant, timeline = found
    if not row.opens(parts[2], at=at):
        raise BadApiKey()
    return Caller(
        terms=tenants.supply_terms(tenant),
        scopes=frozenset(Scope(each) for each in row.scopes if each in ALL_SCOPES),
        key=row.name,
        note_use=row.worth_noting(at),
        timeline=timeline or "",
    )


def note_key_use(session: Session, caller: Caller, *, at: datetime) -> None:
    """Write down that the key was used just now."""
    session.execute(update(ApiKey).where(ApiKey.name == caller.key).values(last_used_at=at))


def _scope(text: str) -> Scope:
    if text not in ALL_SCOPES:
        raise UnknownScope(scope=text, known=", ".join(Scope))
    return Scope(text)
