"""Tables of this room. One row per person or visitor; ties between them are rows of their own."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.members.rules import NAME_LENGTH_MAX

CODE_LENGTH = 16
HASH_LENGTH = 64
PHONE_LENGTH = 20
EMAIL_LENGTH = 254
EXTERNAL_KEY_LENGTH = 255
LOCALE_LENGTH = 16
VIA_LENGTH = 16
DEVICE_LENGTH = 200
GIVER_LENGTH = 40


def _unique_where_set(column: str) -> Index:
    """Rows without the value stay out of the index: most visitors have no login, most members no visitor cookie."""
    given = text(f"{column} IS NOT NULL")
    return Index(f"uq_member_{column}", column, unique=True, postgresql_where=given, sqlite_where=given)


class Member(Base):
    """A person or a visitor; the same row from the first click to the promoter with a team.

    `identified_at` is empty for somebody known by a cookie only. `joined_at` is when they became a promoter.
    A visitor who turned out to be a known member keeps the row, so that links they shared go on working:
    `merged_into_id` says who they are.
    """

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("inviter_id <> id", name="invited_by_another"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        CheckConstraint("merged_into_id IS NULL OR identified_at IS NULL", name="only_visitors_are_merged"),
        CheckConstraint("joined_at IS NULL OR identified_at IS NOT NULL", name="promoters_are_identified"),
        CheckConstraint("inviter_id IS NULL OR joined_at IS NOT NULL", name="invited_have_joined"),
        CheckConstraint("staff_role IN ('owner', 'staff')", name="staff_role"),
        _unique_where_set("phone"),
        _unique_where_set("email"),
        _unique_where_set("external_key"),
        _unique_where_set("visitor_token_hash"),
        Index(
            "ix_member_inviter_id",
            "inviter_id",
            postgresql_where=text("inviter_id IS NOT NULL"),
            sqlite_where=text("inviter_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), default="")
    phone: Mapped[str | None] = mapped_column(String(PHONE_LENGTH))
    email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))
    external_key: Mapped[str | None] = mapped_column(String(EXTERNAL_KEY_LENGTH))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    visitor_token_hash: Mapped[str | None] = mapped_column(String(HASH_LENGTH))
    locale: Mapped[str | None] = mapped_column(String(LOCALE_LENGTH))
    staff_role: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime]
    identified_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    inviter_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("member.id"))
    merged_into_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("member.id"))


class BindingRow(Base):
    """A fan's newest binding. It is in force until `ends_at` (empty: for ever); who left has none."""

    __tablename__ = "member_binding"
    __table_args__ = (
        CheckConstraint("fan_id <> sponsor_id", name="bound_to_another"),
        Index("ix_member_binding_sponsor_id_fan_id", "sponsor_id", "fan_id"),
    )

    fan_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), primary_key=True, autoincrement=False)
    sponsor_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"))
    bound_at: Mapped[datetime]
    protected_until: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    via: Mapped[str] = mapped_column(String(VIA_LENGTH))


class BindingHistoryRow(Base):
    """A binding that is over; rows are only added. With `BindingRow` this is everything that ever bound anybody.

    `reason`: expired or taken (and the fan bound anew), left, freed or merged (see merging.py), moved (the sponsor's
    visitor row became part of an account). Members are named by number without a constraint: history outlives
    whoever asks to be erased.
    """

    __tablename__ = "member_binding_history"
    __table_args__ = (Index("ix_member_binding_history_fan_id", "fan_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    fan_id: Mapped[int] = mapped_column(BigId)
    sponsor_id: Mapped[int] = mapped_column(BigId)
    bound_at: Mapped[datetime]
    protected_until: Mapped[datetime | None]
    ended_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(8))
    via: Mapped[str] = mapped_column(String(VIA_LENGTH))


class FirstLinkRow(Base):
    """The first link a visitor followed, where the policy binds only at sign-up or at the first order."""

    __tablename__ = "member_first_link"

    fan_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), primary_key=True, autoincrement=False)
    sponsor_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"))
    at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class HeadRow(Base):
    """An identified fan counted for a sponsor; the key is what keeps anybody from being counted twice."""

    __tablename__ = "member_head"

    sponsor_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), primary_key=True, autoincrement=False)
    fan_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class AccessLinkRow(Base):
    """A link with which a member who cannot log in sets how; used or taken back, it stays as a record.

    Only the hash of its token is kept.
    """

    __tablename__ = "member_access_link"
    __table_args__ = (
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="used_or_revoked"),
        Index(
            "uq_member_access_link_open",
            "member_id",
            unique=True,
            postgresql_where=text("used_at IS NULL AND revoked_at IS NULL"),
            sqlite_where=text("used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), unique=True)
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"))
    given_by: Mapped[str] = mapped_column(String(GIVER_LENGTH))
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LoginSessionRow(Base):
    """A device that is logged in. Only the hash of its token is kept."""

    __tablename__ = "member_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), unique=True)
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), index=True)
    device: Mapped[str] = mapped_column(String(DEVICE_LENGTH))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
