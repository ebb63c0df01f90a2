"""payments between a hub, its stores and its suppliers, their statements; running balances of accounts that are asked often"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0017"
down_revision: str | Sequence[str] | None = "core_0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TENANTS_ACCOUNTS = """
    INSERT INTO ledger_account (book, address, currency)
    SELECT 'hub', 'assets:store:' || supply_tenant.code, supply_tenant.currency FROM supply_tenant
    WHERE NOT EXISTS (
        SELECT 1 FROM ledger_account WHERE book = 'hub' AND address = 'assets:store:' || supply_tenant.code
        AND currency = supply_tenant.currency
    )
"""
THEIR_BALANCES = """
    INSERT INTO ledger_running_balance (account_id, balance_minor)
    SELECT account.id,
        COALESCE((SELECT SUM(amount_minor) FROM ledger_posting WHERE destination_id = account.id), 0)
        - COALESCE((SELECT SUM(amount_minor) FROM ledger_posting WHERE source_id = account.id), 0)
    FROM ledger_account AS account
    JOIN supply_tenant ON account.address = 'assets:store:' || supply_tenant.code
        AND account.currency = supply_tenant.currency
    WHERE account.book = 'hub'
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "supply_payment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("party", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("amount_minor", BigId, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "party IN ('tenant', 'supplier', 'carrier', 'hub')", name=op.f("ck_supply_payment_party_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_supply_payment_moves_something")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_payment")),
        sa.UniqueConstraint("number", "entry", name=op.f("uq_supply_payment_number_entry")),
    )
    op.create_index("ix_supply_payment_party", "supply_payment", ["party", "code"])
    op.create_table(
        "supply_payment_reversal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("payment_id", BigId, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["supply_payment.id"], name=op.f("fk_supply_payment_reversal_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_payment_reversal")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_supply_payment_reversal_payment_id")),
    )
    op.create_table(
        "supply_statement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("party", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opening_minor", BigId, nullable=False),
        sa.Column("closing_minor", BigId, nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_statement")),
        sa.UniqueConstraint("party", "code", "month", name=op.f("uq_supply_statement_party_code_month")),
    )
    op.create_table(
        "supply_statement_line",
        sa.Column("statement_id", BigId, nullable=False),
        sa.Column("transaction_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["supply_statement.id"], name=op.f("fk_supply_statement_line_statement_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_supply_statement_line_transaction_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "transaction_id", name=op.f("pk_supply_statement_line")),
    )
    op.create_index(op.f("ix_supply_statement_line_transaction_id"), "supply_statement_line", ["transaction_id"])
    op.create_table(
        "supply_objection",
        sa.Column("id", BigId, nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("amount_minor", BigId, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("credit_minor", BigId, nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'accepted', 'rejected')", name=op.f("ck_supply_objection_state_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_supply_objection_about_something")),
        sa.CheckConstraint("credit_minor BETWEEN 0 AND amount_minor", name=op.f("ck_supply_objection_credit_within")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_objection")),
        sa.UniqueConstraint("store", "number", name=op.f("uq_supply_objection_store_number")),
    )
    op.create_table(
        "supply_objection_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("objection_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["supply_objection.id"], name=op.f("fk_supply_objection_step_objection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_objection_step")),
    )
    op.create_index(op.f("ix_supply_objection_step_objection_id"), "supply_objection_step", ["objection_id"])
    op.create_table(
        "ledger_running_balance",
        sa.Column("account_id", BigId, autoincrement=False, nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_running_balance_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_ledger_running_balance")),
    )
    op.execute(TENANTS_ACCOUNTS)
    op.execute(THEIR_BALANCES)


def downgrade() -> None:
    """Take back."""
    op.drop_table("ledger_running_balance")
    op.drop_table("supply_objection_step")
    op.drop_table("supply_objection")
    op.drop_table("supply_statement_line")
    op.drop_table("supply_statement")
    op.drop_table("supply_payment_reversal")
    op.drop_table("supply_payment")
