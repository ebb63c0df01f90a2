"""Pictures that are elsewhere, and what became of bringing them here."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId


class PictureSource(Base):
    """An address of a picture. `promised`: the digest that it has to have, where that is known; `digest`: what is kept.

    `problem` is the code of the last failure, `params` what its message is filled with.
    """

    __tablename__ = "media_source"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'kept', 'failed')", name="state_known"),
        CheckConstraint("state <> 'kept' OR digest IS NOT NULL", name="kept_has_content"),
        Index("ix_media_source_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    url_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    promised: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    problem: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
