"""The storefront's own tables: answers to requests that carried an idempotency key, and plans that were published."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId

KEY_LENGTH_MAX = 80
SCOPE_LENGTH_MAX = 64
HASH_LENGTH = 64
PUBLISHER_LENGTH_MAX = 120


class IdempotencyRow(Base):
    """One key of one viewer. `status` and `body` are empty only inside the transaction that does the work."""

    __tablename__ = "shop_idempotency"
    __table_args__ = (UniqueConstraint("scope", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    scope: Mapped[str] = mapped_column(String(SCOPE_LENGTH_MAX))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH_MAX))
    request_hash: Mapped[str] = mapped_column(String(HASH_LENGTH))
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    written_at: Mapped[datetime]


class Publication(Base):
    """A plan that was made live: its content, what the rules said, who answered for what. Never changed, never removed.

    `valid_until`: the last day on which somebody answers for everything; None when nothing needed answering.
    """

    __tablename__ = "shop_plan_publication"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(60))
    effective_from: Mapped[date]
    content_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), index=True)
    content: Mapped[str] = mapped_column(Text)
    rule_set: Mapped[str] = mapped_column(String(20))
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    overrides: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    valid_until: Mapped[date | None]
    published_by: Mapped[str] = mapped_column(String(PUBLISHER_LENGTH_MAX))
    published_at: Mapped[datetime]
