"""Tables of the stores that a hub supplies. Amounts are minor units of the tenant's currency."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.codes import hash_token
from shared_core.kernel.database import Base, BigId
from shared_core.supply.gateway import DEFAULT_TIER
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX

ACTOR_LENGTH_MAX = 80
LAST_USED_EVERY = timedelta(minutes=10)
"""How exactly it is known when a key was last used."""


class Tenant(Base):
    """A store on the terms that hold now. Its row lock makes the holds of one store take turns."""

    __tablename__ = "supply_tenant"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'suspended')", name="state_known"),
        CheckConstraint("platform_fee_bps BETWEEN 0 AND 10000", name="fee_within"),
        CheckConstraint("credit_limit_minor >= 0", name="credit_not_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    name: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(16))
    platform_fee_bps: Mapped[int]
    lines_per_hold_max: Mapped[int]
    quantity_per_line_max: Mapped[int]
    open_holds_per_customer_max: Mapped[int]
    ttl_max_seconds: Mapped[int]
    open_holds_max: Mapped[int]
    unpaid_units_per_sku_max: Mapped[int]
    credit_limit_minor: Mapped[int | None] = mapped_column(BigId)
    tier: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), default=DEFAULT_TIER, server_default=DEFAULT_TIER)
    """Whose price list it is supplied by."""
    created_at: Mapped[datetime]


class TenantChange(Base):
    """What was decided about a tenant, by whom and when; `details` say from what to what."""

    __tablename__ = "supply_tenant_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id), index=True)
    what: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class KeyView:
    name: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class KeyColumns:
    """What is kept of a key, whoever has it: its public name, and the hash of its secret."""

    name: Mapped[str] = mapped_column(String(32), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    @property
    def view(self) -> KeyView:
        return KeyView(
            self.name, tuple(self.scopes), self.issued_at, self.expires_at, self.revoked_at, self.last_used_at
        )

    def opens(self, secret: str, *, at: datetime) -> bool:
        """Whether this is its secret, and it holds at `at`."""
        genuine = hmac.compare_digest(self.secret_hash, hash_token(secret))
        return genuine and self.revoked_at is None and (self.expires_at is None or self.expires_at > at)

    def worth_noting(self, at: datetime) -> bool:
        """Whether its use is to be written down again."""
        return self.last_used_at is None or self.last_used_at <= at - LAST_USED_EVERY


class ApiKey(KeyColumns, Base):
    """A key of one tenant."""

    __tablename__ = "supply_api_key"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id), index=True)
