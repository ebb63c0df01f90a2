"""invite quotas, codes and acceptances"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0006"
down_revision: str | Sequence[str] | None = "core_0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = sa.text("used_at IS NULL AND returned_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "invite_quota",
        sa.Column("member_id", BigId, autoincrement=False, nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_invite_quota_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_invite_quota")),
    )
    op.create_table(
        "invite_code",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("issuer_id", BigId, nullable=False),
        sa.Column("request_key", sa.String(length=80), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("returned_at", UtcDateTime(), nullable=True),
        sa.Column("returned_why", sa.String(length=12), nullable=False),
        sa.CheckConstraint("used_at IS NULL OR returned_at IS NULL", name=op.f("ck_invite_code_used_or_returned")),
        sa.ForeignKeyConstraint(["issuer_id"], ["member.id"], name=op.f("fk_invite_code_issuer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite_code")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_invite_code_fingerprint")),
        sa.UniqueConstraint("issuer_id", "request_key", name=op.f("uq_invite_code_issuer_id_request_key")),
        sa.UniqueConstraint("number", name=op.f("uq_invite_code_number")),
    )
    op.create_index(
        "ix_invite_code_open",
        "invite_code",
        ["expires_at"],
        unique=False,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
    op.create_table(
        "invite_quota_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("sales_minor", sa.BigInteger(), nullable=False),
        sa.Column("plan_version", sa.String(length=60), nullable=False),
        sa.Column("code_id", BigId, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("codes > 0", name=op.f("ck_invite_quota_entry_codes")),
        sa.ForeignKeyConstraint(["code_id"], ["invite_code.id"], name=op.f("fk_invite_quota_entry_code_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_invite_quota_entry_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite_quota_entry")),
        sa.UniqueConstraint("member_id", "reference", name=op.f("uq_invite_quota_entry_member_id_reference")),
    )
    op.create_table(
        "invite_acceptance",
        sa.Column("member_id", BigId, autoincrement=False, nullable=False),
        sa.Column("inviter_id", BigId, nullable=False),
        sa.Column("code_id", BigId, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("inviter_id <> member_id", name=op.f("ck_invite_acceptance_by_another")),
        sa.ForeignKeyConstraint(["code_id"], ["invite_code.id"], name=op.f("fk_invite_acceptance_code_id")),
        sa.ForeignKeyConstraint(["inviter_id"], ["member.id"], name=op.f("fk_invite_acceptance_inviter_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_invite_acceptance_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_invite_acceptance")),
        sa.UniqueConstraint("code_id", name=op.f("uq_invite_acceptance_code_id")),
    )
    op.create_index(op.f("ix_invite_acceptance_inviter_id"), "invite_acceptance", ["inviter_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("invite_acceptance")
    op.drop_table("invite_quota_entry")
    op.drop_table("invite_code")
    op.drop_table("invite_quota")
