"""options as bought

What was ordered before gets the options that its SKU has now: nobody wrote down what they were then.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0003"
down_revision: str | Sequence[str] | None = "core_0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SOURCES = {"order_line": "catalog_listing", "supply_stock_hold_line": "supply_variant"}


def upgrade() -> None:
    """Apply."""
    for table, source in SOURCES.items():
        op.add_column(table, sa.Column("options", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        known = f"SELECT options FROM {source} WHERE {source}.sku = {table}.sku"
        op.execute(f"UPDATE {table} SET options = ({known}) WHERE EXISTS ({known})")
