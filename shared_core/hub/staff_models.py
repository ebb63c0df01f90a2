"""Tables of the people who work at a hub, or for one of its suppliers, and of where they are logged in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId

NAME_LENGTH_MAX = 40
CODE_LENGTH_MAX = 64


class StaffRow(Base):
    """Who may log in, by the name under which they do. `supplier`: for whom somebody with that role works.

    `one_time_until`: the password works once, until then; None when it is their own. Who has left stays, because
    histories name them: `ended_at`.
    """

    __tablename__ = "hub_staff"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'operator', 'accountant', 'supplier')", name="role_known"),
        CheckConstraint("(role = 'supplier') = (supplier IS NOT NULL)", name="supplier_named"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    supplier: Mapped[str | None] = mapped_column(String(CODE_LENGTH_MAX), ForeignKey("supply_supplier.code"))
    password_hash: Mapped[str] = mapped_column(String(200))
    one_time_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StaffChange(Base):
    """What was decided about somebody, by whom."""

    __tablename__ = "hub_staff_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(StaffRow.id), index=True)
    what: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class StaffSession(Base):
    """One log-in on one device; only the hash of its token is known."""

    __tablename__ = "hub_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(StaffRow.id), index=True)
    device: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
