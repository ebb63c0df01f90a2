"""pictures of products, kept by content, and where they come from; paths of categories; what is looked through"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime
from shared_core.kernel.searching import plain

revision: str = "core_0020"
down_revision: str | Sequence[str] | None = "core_0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "media_source",
        sa.Column("id", BigId, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("promised", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'kept', 'failed')", name=op.f("ck_media_source_state_known")),
        sa.CheckConstraint("state <> 'kept' OR digest IS NOT NULL", name=op.f("ck_media_source_kept_has_content")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_source")),
        sa.UniqueConstraint("url_hash", name=op.f("uq_media_source_url_hash")),
    )
    op.create_index("ix_media_source_due", "media_source", ["state", "due_at"])
    op.create_table(
        "supply_product_picture",
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("own", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["supply_product.id"], name=op.f("fk_supply_product_picture_product_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["media_source.id"], name=op.f("fk_supply_product_picture_source_id")),
        sa.PrimaryKeyConstraint("product_id", "place", name=op.f("pk_supply_product_picture")),
    )
    op.create_index(op.f("ix_supply_product_picture_source_id"), "supply_product_picture", ["source_id"])
    with op.batch_alter_table("supply_variant") as variant:
        variant.add_column(sa.Column("picture_id", BigId, nullable=True))
        variant.create_foreign_key(op.f("fk_supply_variant_picture_id"), "media_source", ["picture_id"], ["id"])
    op.add_column("supply_product", sa.Column("category_path", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("catalog_product", sa.Column("pictures", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("catalog_product", sa.Column("category_path", sa.Text(), server_default="", nullable=False))
    op.add_column("catalog_listing", sa.Column("barcode", sa.String(length=64), server_default="", nullable=False))
    op.add_column("catalog_listing", sa.Column("picture", sa.String(length=64), server_default="", nullable=False))
    _create_texts("catalog_search_text", "catalog_product")
    _create_texts("supply_goods_text", "supply_product")
    op.execute("UPDATE catalog_product SET category_path = category")
    _look_through("catalog_search_text", "catalog_product", "SELECT product_id, sku FROM catalog_listing ORDER BY id")
    variants = "SELECT product_id, sku, barcode FROM supply_variant ORDER BY id"
    _look_through("supply_goods_text", "supply_product", variants)


def _create_texts(name: str, of: str) -> None:
    op.create_table(
        name,
        sa.Column("product_id", BigId, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], [f"{of}.id"], name=op.f(f"fk_{name}_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f(f"pk_{name}")),
    )


def _look_through(name: str, of: str, codes_query: str) -> None:
    """What is known of each product, as it is looked for."""
    connection = op.get_bind()
    codes: dict[int, str] = {}
    for product_id, *called in connection.execute(sa.text(codes_query)):
        codes[product_id] = codes.get(product_id, "") + "".join(f" {plain(code)}" for code in called if code)
    products = connection.execute(sa.text(f"SELECT id, title, brand, category, code, description FROM {of}"))
    texts = [
        {
            "product_id": row.id,
            "title": plain(row.title),
            "brand": plain(row.brand),
            "codes": codes.get(row.id, ""),
            "text": plain(" ".join((row.title, row.brand, row.category, row.code, row.description[:500]))),
        }
        for row in products
    ]
    if texts:
        columns, named = "product_id, title, brand, codes, text", ":product_id, :title, :brand, :codes, :text"
        connection.execute(sa.text(f"INSERT INTO {name} ({columns}) VALUES ({named})"), texts)


def downgrade() -> None:
    """Take back."""
    op.drop_table("supply_goods_text")
    op.drop_table("catalog_search_text")
    op.drop_column("catalog_listing", "barcode")
    op.drop_column("catalog_product", "category_path")
    op.drop_column("supply_product", "category_path")
    op.drop_column("catalog_listing", "picture")
    op.drop_column("catalog_product", "pictures")
    with op.batch_alter_table("supply_variant") as variant:
        variant.drop_constraint(op.f("fk_supply_variant_picture_id"), type_="foreignkey")
        variant.drop_column("picture_id")
    op.drop_table("supply_product_picture")
    op.drop_table("media_source")
