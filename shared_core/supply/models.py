"""Tables of the supply side. Amounts are minor units of the supplier's currency."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.kernel.regions import CODE_LENGTH_MAX as REGION_LENGTH_MAX
from shared_core.kernel.searching import SearchColumns
from shared_core.media import PictureSource

CODE_LENGTH_MAX = 64
PRODUCT_CODE_LENGTH_MAX = 120
REFERENCE_LENGTH_MAX = 100
TEXT_LENGTH_MAX = 200
TITLE_LENGTH_MAX = 300


def _code(length: int = CODE_LENGTH_MAX) -> String:
    return String(length)


class Supplier(Base):
    """Who ships, is paid in one currency, and costs `freight_minor` for each supplier order.

    Only goods of one whose `state` is live are on offer: see `aboard`. Whoever is simply put in is live.
    """

    __tablename__ = "supply_supplier"
    __table_args__ = (
        CheckConstraint("freight_minor >= 0", name="freight_not_negative"),
        CheckConstraint(
            "state IN ('applied', 'documents', 'terms', 'first_feed', 'sample_order', 'live', 'suspended', 'ended')",
            name="state_known",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(_code(), unique=True)
    name: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    currency: Mapped[str] = mapped_column(String(3))
    freight_minor: Mapped[int] = mapped_column(BigId)
    state: Mapped[str] = mapped_column(String(16), default="live", server_default="live")
    region: Mapped[str] = mapped_column(_code(REGION_LENGTH_MAX), default="", server_default="")
    """Where its goods lie that are in no warehouse of a name, by a code of `kernel.regions`; empty: not told."""
    created_at: Mapped[datetime]


class SupplierChange(Base):
    """What a supplier became, who decided it, and why."""

    __tablename__ = "supply_supplier_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), index=True)
    state: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    at: Mapped[datetime]


class SupplierPromise(Base):
    """Until when a supplier sends what is ordered: see `promises`. Without a row it promises nothing.

    `cut_off_minute` counts from midnight on the wall; `working_days` are ISO digits, "12345" for Monday to Friday.
    """

    __tablename__ = "supply_promise"
    __table_args__ = (
        CheckConstraint("cut_off_minute BETWEEN 0 AND 1439", name="cut_off_minute"),
        CheckConstraint("ship_days >= 0", name="ship_days_not_negative"),
    )

    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), primary_key=True, autoincrement=False)
    cut_off_minute: Mapped[int]
    zone: Mapped[str] = mapped_column(_code())
    working_days: Mapped[str] = mapped_column(String(7))
    ship_days: Mapped[int]


class Product(Base):
    __tablename__ = "supply_product"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(_code(PRODUCT_CODE_LENGTH_MAX), unique=True)
    slug: Mapped[str] = mapped_column(_code(PRODUCT_CODE_LENGTH_MAX), unique=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    brand: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    category: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    category_path: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    description: Mapped[str] = mapped_column(Text)
    image_urls: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool]
    freight_template_id: Mapped[int | None] = mapped_column(ForeignKey("supply_freight_template.id"))
    """Its own, in place of its supplier's standard one."""
    created_at: Mapped[datetime]


class Variant(Base):
    """What can be bought. `cost_minor` is what the supplier gets, `supply_price_minor` what the store pays."""

    __tablename__ = "supply_variant"
    __table_args__ = (
        CheckConstraint("cost_minor >= 0 AND cost_minor <= supply_price_minor", name="no_loss"),
        CheckConstraint("(cost_minor IS NULL) = (supply_price_minor IS NULL)", name="cost_and_price_together"),
        CheckConstraint("suggested_minor >= 0", name="suggested_not_negative"),
        CheckConstraint("weight_grams >= 0", name="weight_not_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sku: Mapped[str] = mapped_column(_code(), unique=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), index=True)
    options: Mapped[list[list[str]]] = mapped_column(JSON)
    barcode: Mapped[str] = mapped_column(_code())
    picture_id: Mapped[int | None] = mapped_column(ForeignKey(PictureSource.id))
    cost_minor: Mapped[int | None] = mapped_column(BigId)
    supply_price_minor: Mapped[int | None] = mapped_column(BigId)
    suggested_minor: Mapped[int | None] = mapped_column(BigId)
    weight_grams: Mapped[int | None]
    active: Mapped[bool]
    preferred_supplier_id: Mapped[int | None] = mapped_column(ForeignKey(Supplier.id))
    """Who is asked first, as the core team decided; NULL: the rule of `routing` decides."""


class ProductPicture(Base):
    """The pictures of a product in the order in which they are shown; `alt` says what is on it, empty: not told.

    Those that somebody put there by hand (`own`) stand before those of feeds, which leave them alone.
    """

    __tablename__ = "supply_product_picture"

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey(PictureSource.id), index=True)
    alt: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    own: Mapped[bool] = mapped_column(default=False, server_default=false())


class GoodsText(SearchColumns, Base):
    """What a product is found by in a hub; its codes are SKUs and barcodes."""

    __tablename__ = "supply_goods_text"

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True, autoincrement=False)


class FeedColumn(Base):
    """What a supplier's sheets call one of our columns, or in which unit their amounts are, as they were last read."""

    __tablename__ = "supply_feed_column"

    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), primary_key=True)
    name: Mapped[str] = mapped_column(_code(), primary_key=True)
    theirs: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))


class OfferMark(Base):
    """The offer of a variant has changed, and no reader of the offers feed has numbered the change yet."""

    __tablename__ = "supply_offer_mark"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id))


class OfferPlace(Base):
    """The place of a variant's offer in the offers feed: behind every place given out before its last change."""

    __tablename__ = "supply_offer_place"

    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigId, unique=True)


class StockHold(Base):
    """Goods kept for one order of one store, and what became of them."""

    __tablename__ = "supply_stock_hold"
    __table_args__ = (
        CheckConstraint("state IN ('held', 'confirmed', 'released', 'expired')", name="state_known"),
        CheckConstraint("fee_returned_minor BETWEEN 0 AND fee_minor", name="fee_returned_within"),
        Index("ix_supply_stock_hold_due", "state", "expires_at"),
        Index("ix_supply_stock_hold_open", "store", "customer", "state"),
        Index(
            "ix_supply_stock_hold_unpaid",
            "store",
            postgresql_where=text("state = 'held'"),
            sqlite_where=text("state = 'held'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX), unique=True)
    store: Mapped[str] = mapped_column(_code())
    customer: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX))
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(16))
    content_hash: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(_code(REGION_LENGTH_MAX), default="", server_default="")
    """Where the goods go, by a code of `kernel.regions`; empty: not told."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_hash: Mapped[str | None] = mapped_column(String(64))
    ship_to: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    fee_bps: Mapped[int | None]
    """The part that the platform takes, as it was agreed then; NULL: held before that was fixed."""
    fee_minor: Mapped[int] = mapped_column(BigId, default=0)
    fee_returned_minor: Mapped[int] = mapped_column(BigId, default=0)


class SupplierOrder(Base):
    """What one supplier ships for one hold; `freight_returned` once the store owes no freight for it."""

    __tablename__ = "supply_supplier_order"
    __table_args__ = (
        CheckConstraint("state IN ('placed', 'accepted', 'shipped', 'delivered', 'cancelled')", name="state_known"),
        UniqueConstraint("hold_id", "supplier_id"),
        Index(None, "supplier_id", "seq"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seq: Mapped[int | None] = mapped_column(BigId, index=True)
    """Its place among the orders that changed, given out by `numbering`; empty since it changed last."""
    number: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX + 8), unique=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey(StockHold.id))
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    cost_minor: Mapped[int] = mapped_column(BigId)
    supply_minor: Mapped[int] = mapped_column(BigId)
    freight_minor: Mapped[int] = mapped_column(BigId)
    freight_returned: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """Until when the supplier promised to have sent it, as it was when the order was placed."""
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX), default="", server_default="")
    """Why it was cancelled, or some of it is short, in the supplier's words."""


class SupplierOrderMove(Base):
    """A supplier order was given to another supplier: who decided it, and why. Costs are all of its pieces'."""

    __tablename__ = "supply_supplier_order_move"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier_order_id: Mapped[int] = mapped_column(ForeignKey(SupplierOrder.id), index=True)
    from_supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id))
    to_supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id))
    cost_before_minor: Mapped[int] = mapped_column(BigId)
    cost_minor: Mapped[int] = mapped_column(BigId)
    actor: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    at: Mapped[datetime]


class StockHoldLine(Base):
    """Options, and prices per unit, as they were when the goods were held; where its pieces are: see `pieces`."""

    __tablename__ = "supply_stock_hold_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("withdrawn BETWEEN 0 AND quantity", name="withdrawn_within"),
        CheckConstraint("restocked BETWEEN 0 AND withdrawn", name="restocked_within"),
        CheckConstraint("short_open BETWEEN 0 AND short AND withdrawn + short_open <= quantity", name="short_within"),
        CheckConstraint("sent BETWEEN 0 AND quantity", name="sent_within"),
        CheckConstraint(
            "coming_back >= 0 AND returned BETWEEN 0 AND withdrawn AND kept >= 0"
            " AND coming_back + returned + kept <= sent",
            name="returned_within",
        ),
        CheckConstraint("exchanged BETWEEN 0 AND replaced", name="exchanged_within"),
    )

    hold_id: Mapped[int] = mapped_column(ForeignKey(StockHold.id), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), primary_key=True, index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id))
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("supply_warehouse.id"))
    """All pieces of it are from here; NULL as in `Stock`."""
    supplier_order_id: Mapped[int | None] = mapped_column(ForeignKey(SupplierOrder.id), index=True)
    sale_line_id: Mapped[int | None] = mapped_column(ForeignKey("supply_sale_line.id"), index=True)
    """At the price of which line of a sale event; NULL: at the ordinary one."""
    sku: Mapped[str] = mapped_column(_code())
    options: Mapped[list[list[str]]] = mapped_column(JSON, server_default=text("'[]'"))
    quantity: Mapped[int]
    cost_minor: Mapped[int] = mapped_column(BigId)
    supply_price_minor: Mapped[int] = mapped_column(BigId)
    freight_minor: Mapped[int | None] = mapped_column(BigId)
    """What its supplier charges for all it sends of the hold, on its first line there; 0 on others, NULL: held before
    that was fixed."""
    withdrawn: Mapped[int] = mapped_column(default=0)
    restocked: Mapped[int] = mapped_column(default=0)
    short: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    short_open: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    sent: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    coming_back: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    returned: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    kept: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    replaced: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    exchanged: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class WithdrawalRow(Base):
    """Goods given back under a reference of their own, with what the store got back for them.

    What a return gave is one too, under the return's number; `freight_minor` is then what sending it back has cost.
    """

    __tablename__ = "supply_withdrawal"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX + 8), unique=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey(StockHold.id), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    lines: Mapped[list[list[Any]]] = mapped_column(JSON)
    supply_minor: Mapped[int] = mapped_column(BigId)
    freight_minor: Mapped[int] = mapped_column(BigId)
    fee_minor: Mapped[int] = mapped_column(BigId)
    restock: Mapped[bool]
    at: Mapped[datetime]


class Shipment(Base):
    """One parcel of a supplier order; `lines` are [[sku, pieces], …], or nothing where it is all of the order.

    One with a `return_id` has new pieces in it, in place of those of a return.
    """

    __tablename__ = "supply_shipment"
    __table_args__ = (UniqueConstraint("supplier_order_id", "carrier", "tracking_number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier_order_id: Mapped[int] = mapped_column(ForeignKey(SupplierOrder.id))
    carrier: Mapped[str] = mapped_column(_code())
    tracking_number: Mapped[str] = mapped_column(_code())
    lines: Mapped[list[list[Any]]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    shipped_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    return_id: Mapped[int | None] = mapped_column(ForeignKey("supply_return.id"), index=True)


class SupplyEventRow(Base):
    """One event for a store; `seq` is its place in the feed, NULL until a reader has numbered it.

    `lines` are [[sku, pieces], …] where it tells of some pieces. One that is `held_back` gets no number before the
    store has been heard to know of returns.
    """

    __tablename__ = "supply_event"
    __table_args__ = (
        Index("ix_supply_event_feed", "store", "seq"),
        Index("ix_supply_event_order", "supplier_order"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seq: Mapped[int | None] = mapped_column(BigId, unique=True)
    store: Mapped[str] = mapped_column(_code())
    kind: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX))
    supplier_order: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX + 8))
    carrier: Mapped[str] = mapped_column(_code())
    tracking_number: Mapped[str] = mapped_column(_code())
    lines: Mapped[list[list[Any]]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    reason: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX), default="", server_default="")
    return_number: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX + 8), default="", server_default="")
    held_back: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    actor: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """Who of the supply side did it; empty where that was not told, or the store did. No store hears of it."""
    at: Mapped[datetime]


class FeedCounter(Base):
    """The last number given out in a feed; its row lock makes those who number take turns."""

    __tablename__ = "supply_feed_counter"

    feed: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[int] = mapped_column(BigId)
