"""documents of suppliers, what is asked of them, and the terms to which they agree"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0029"
down_revision: str | Sequence[str] | None = "core_0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "supply_document_rules",
        sa.Column("id", BigId, nullable=False),
        sa.Column("asked_of", sa.JSON(), nullable=False),
        sa.Column("warn_days", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_document_rules")),
    )
    op.create_table(
        "supply_declaration",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("sectors", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_declaration_supplier_id_supply_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_declaration")),
    )
    op.create_index(op.f("ix_supply_declaration_supplier_id"), "supply_declaration", ["supplier_id"])
    op.create_table(
        "supply_document",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("suffix", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'refused', 'replaced')", name=op.f("ck_supply_document_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_document_supplier_id_supply_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_document")),
    )
    op.create_index(op.f("ix_supply_document_supplier_id"), "supply_document", ["supplier_id"])
    op.create_index(
        "uq_supply_document_waiting",
        "supply_document",
        ["supplier_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "supply_document_decision",
        sa.Column("id", BigId, nullable=False),
        sa.Column("document_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["supply_document.id"],
            name=op.f("fk_supply_document_decision_document_id_supply_document"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_document_decision")),
    )
    op.create_index(op.f("ix_supply_document_decision_document_id"), "supply_document_decision", ["document_id"])
    op.create_table(
        "supply_supplier_terms",
        sa.Column("id", BigId, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("accept_by", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_supplier_terms")),
    )
    op.create_table(
        "supply_terms_acceptance",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_terms_acceptance_supplier_id_supply_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_terms_acceptance")),
        sa.UniqueConstraint("supplier_id", "digest", name=op.f("uq_supply_terms_acceptance_supplier_id_digest")),
    )


def downgrade() -> None:
    """Undo."""
    for table in (
        *("supply_terms_acceptance", "supply_supplier_terms", "supply_document_decision", "supply_document"),
        *("supply_declaration", "supply_document_rules"),
    ):
        op.drop_table(table)
