"""Codes given out, what moved the quota, invitations accepted. Entries and acceptances are only ever added."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.invites.rules import Kind
from shared_core.kernel.database import Base, BigId

NUMBER_LENGTH = 16
KEY_LENGTH = 80
REFERENCE_LENGTH = 80


class Quota(Base):
    """A member with a quota. Whoever moves codes of theirs holds this row."""

    __tablename__ = "invite_quota"

    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime]


class InviteCode(Base):
    """A code given out. `number` names it and is no secret; the code itself is not kept (see codes.py).

    It ends once: used, or returned to the quota because it `expired` or was `revoked`.
    """

    __tablename__ = "invite_code"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("fingerprint"),
        UniqueConstraint("issuer_id", "request_key"),
        CheckConstraint("used_at IS NULL OR returned_at IS NULL", name="used_or_returned"),
        Index(
            "ix_invite_code_open",
            "expires_at",
            postgresql_where=text("used_at IS NULL AND returned_at IS NULL"),
            sqlite_where=text("used_at IS NULL AND returned_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH))
    fingerprint: Mapped[str] = mapped_column(String(64))
    issuer_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"))
    request_key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    returned_why: Mapped[str] = mapped_column(String(12), default="")


class QuotaEntry(Base):
    """Codes that moved, and why; `reference` keeps one cause from moving them twice."""

    __tablename__ = "invite_quota_entry"
    __table_args__ = (
        UniqueConstraint("member_id", "reference"),
        CheckConstraint("codes > 0", name="codes"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"))
    kind: Mapped[Kind] = mapped_column(String(12))
    codes: Mapped[int]
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH))
    sales_minor: Mapped[int] = mapped_column(BigInteger)
    """Own net sales that counted then."""
    plan_version: Mapped[str] = mapped_column(String(60))
    code_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("invite_code.id"))
    at: Mapped[datetime]


class Acceptance(Base):
    """Whose invitation somebody accepted, by which code (None: by the inviter's own). One for each person.

    It names the inviter when they become a promoter, which may be later.
    """

    __tablename__ = "invite_acceptance"
    __table_args__ = (UniqueConstraint("code_id"), CheckConstraint("inviter_id <> member_id", name="by_another"))

    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), primary_key=True, autoincrement=False)
    inviter_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), index=True)
    code_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("invite_code.id"))
    at: Mapped[datetime]
