"""Tables of this room: rooms, what they show, and who was in them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.livestream.rules import RoomState, state_of

CODE_LENGTH = 16
TITLE_COLUMN_LENGTH = 120
PRODUCT_CODE_LENGTH = 120
ACTOR_LENGTH = 40


class LiveRoom(Base):
    """A host's room. `closed_by` ("member:7", "staff:1") ended it before its time.

    `age_declared`: the age from which the host declared to be when opening it.
    """

    __tablename__ = "live_room"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("ix_live_room_host_id_ends_at", "host_id", "ends_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_somebody"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    host_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"))
    title: Mapped[str] = mapped_column(String(TITLE_COLUMN_LENGTH))
    age_declared: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(ACTOR_LENGTH))

    def state(self, at: datetime) -> RoomState:
        return state_of(starts_at=self.starts_at, ends_at=self.ends_at, closed_at=self.closed_at, at=at)


class LiveGoods(Base):
    """A product on show in a room, at its place."""

    __tablename__ = "live_goods"

    room_id: Mapped[int] = mapped_column(BigId, ForeignKey("live_room.id"), primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_code: Mapped[str] = mapped_column(String(PRODUCT_CODE_LENGTH))


class LiveVisit(Base):
    """That somebody was in a room, first and last; `referrer_id` is who first brought them there."""

    __tablename__ = "live_visit"
    __table_args__ = (
        Index("ix_live_visit_viewer_id_last_at", "viewer_id", "last_at"),
        Index("ix_live_visit_referrer_id", "referrer_id"),
        CheckConstraint("referrer_id <> viewer_id", name="brought_by_another"),
    )

    room_id: Mapped[int] = mapped_column(BigId, ForeignKey("live_room.id"), primary_key=True, autoincrement=False)
    viewer_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), primary_key=True, autoincrement=False)
    referrer_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("member.id"))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
