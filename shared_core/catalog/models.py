"""What the shop shows: a mirror of the offers, and the shop's own prices and choices."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.kernel.searching import SearchColumns


class Product(Base):
    """What is shown. `pictures`: of each the digest and what is on it, in their order. `category_path` is like
    "Clothing > Shirts", and ends with the category. `search_text` is for shops of the release before: see `SearchText`.
    """

    __tablename__ = "catalog_product"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    slug: Mapped[str] = mapped_column(String(120), index=True)
    title: Mapped[str] = mapped_column(String(300))
    brand: Mapped[str] = mapped_column(String(200), index=True)
    category: Mapped[str] = mapped_column(String(200), index=True)
    category_path: Mapped[str] = mapped_column(Text, default="", server_default="")
    description: Mapped[str] = mapped_column(Text)
    image_urls: Mapped[list[str]] = mapped_column(JSON)
    pictures: Mapped[list[list[str]]] = mapped_column(JSON, default=list, server_default="[]")
    search_text: Mapped[str] = mapped_column(Text)


class SearchText(SearchColumns, Base):
    """What a product is found by; its codes are SKUs and barcodes."""

    __tablename__ = "catalog_search_text"

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True, autoincrement=False)


class Listing(Base):
    """One SKU. `price_minor` is what a customer pays, NULL while it cannot be sold.

    It is `override_minor` where the shop has set a price of its own, else `rule_minor`. `offered` is the supply
    side's word, `unlisted` the shop's. `unsound`: at that price a sale could lose money, so there is no price to pay.
    `picture` is the digest of its own picture, empty without one. The index is of what is for sale, in the words in
    which each database asks for it: SQLite knows no others.
    """

    __tablename__ = "catalog_listing"
    __table_args__ = (
        CheckConstraint("price_minor IS NULL OR supply_price_minor IS NOT NULL", name="cost_known"),
        CheckConstraint("price_minor >= supply_price_minor", name="never_below_supply"),
        CheckConstraint("price_minor >= floor_minor", name="never_below_floor"),
        CheckConstraint("price_minor IS NULL OR NOT unsound", name="never_at_a_loss"),
        CheckConstraint("available >= 0", name="available_not_negative"),
        Index(
            "ix_catalog_listing_for_sale",
            "product_id",
            postgresql_where=text("offered AND NOT unlisted AND price_minor IS NOT NULL"),
            sqlite_where=text("offered = 1 AND unlisted = 0 AND price_minor IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sku: Mapped[str] = mapped_column(String(64), unique=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), index=True)
    options: Mapped[list[list[str]]] = mapped_column(JSON)
    currency: Mapped[str] = mapped_column(String(3))
    supply_price_minor: Mapped[int | None] = mapped_column(BigId)
    suggested_minor: Mapped[int | None] = mapped_column(BigId)
    floor_minor: Mapped[int | None] = mapped_column(BigId)
    """The lowest price the supply side allows."""
    rule_minor: Mapped[int | None] = mapped_column(BigId)
    override_minor: Mapped[int | None] = mapped_column(BigId)
    price_minor: Mapped[int | None] = mapped_column(BigId)
    available: Mapped[int]
    offered: Mapped[bool]
    unlisted: Mapped[bool]
    unsound: Mapped[bool] = mapped_column(default=False)
    picture: Mapped[str] = mapped_column(String(64), default="", server_default="")
    barcode: Mapped[str] = mapped_column(String(64), default="", server_default="")
    supplier: Mapped[str] = mapped_column(String(64), default="")
    freight_minor: Mapped[int | None] = mapped_column(BigId)
    changed_at: Mapped[datetime]

    @property
    def wanted_minor(self) -> int | None:
        """The shop's own price before the rule's, whether it can be asked or not."""
        return self.rule_minor if self.override_minor is None else self.override_minor


class OfferCursor(Base):
    """How far the offers feed has been read, and under which price rule the prices were made."""

    __tablename__ = "catalog_offer_cursor"

    feed: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[int] = mapped_column(BigId)
    rule: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime]


class SaleMirror(Base):
    """A sale event of the supply side as it was last heard of."""

    __tablename__ = "catalog_sale"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    brand: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class SaleListing(Base):
    """One SKU of a sale. `price_minor` is what a customer pays in it, NULL where the shop does not take part.

    `wanted_minor`: the price by the shop's rule. `charged_minor`: the lowest price that was really charged in the days
    before the sale, NULL where nothing was sold; nothing else is ever struck out beside the price of a sale.
    """

    __tablename__ = "catalog_sale_listing"
    __table_args__ = (
        CheckConstraint("price_minor >= supply_price_minor", name="never_below_supply"),
        CheckConstraint('"left" >= 0', name="left_not_negative"),
    )

    sale: Mapped[str] = mapped_column(ForeignKey(SaleMirror.code, ondelete="CASCADE"), primary_key=True)
    sku: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    currency: Mapped[str] = mapped_column(String(3))
    supply_price_minor: Mapped[int] = mapped_column(BigId)
    suggested_minor: Mapped[int] = mapped_column(BigId)
    floor_minor: Mapped[int | None] = mapped_column(BigId)
    wanted_minor: Mapped[int | None] = mapped_column(BigId)
    price_minor: Mapped[int | None] = mapped_column(BigId)
    charged_minor: Mapped[int | None] = mapped_column(BigId)
    left: Mapped[int]
    per_customer_max: Mapped[int | None]
