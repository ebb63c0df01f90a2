"""an index of the listings that are for sale"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0031"
down_revision: str | Sequence[str] | None = "core_0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        op.f("ix_catalog_listing_for_sale"),
        "catalog_listing",
        ["product_id"],
        postgresql_where=sa.text("offered AND NOT unlisted AND price_minor IS NOT NULL"),
        sqlite_where=sa.text("offered = 1 AND unlisted = 0 AND price_minor IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_catalog_listing_for_sale"), "catalog_listing")
