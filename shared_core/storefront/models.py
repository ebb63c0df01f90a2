"""The storefront's own table: what was answered to a request that carried an idempotency key."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId

KEY_LENGTH_MAX = 80
SCOPE_LENGTH_MAX = 64
HASH_LENGTH = 64


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
