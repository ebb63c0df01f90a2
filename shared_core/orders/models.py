"""Carts, orders, what was expected and received for them, parcels and refunds. Amounts in minor units."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared_core.kernel.database import Base, BigId
from shared_core.orders.dispute_rules import DisputeState
from shared_core.orders.matching import Match
from shared_core.orders.red_packets import RED_PACKET_LIFE, Way
from shared_core.orders.rules import State


class CartLine(Base):
    __tablename__ = "order_cart_line"
    __table_args__ = (UniqueConstraint("buyer_id", "sku"), CheckConstraint("quantity > 0", name="quantity"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    sku: Mapped[str] = mapped_column(String(64))
    quantity: Mapped[int]
    added_at: Mapped[datetime]


class Order(Base):
    """One purchase. Who sells it, prices and terms are frozen when it is placed."""

    __tablename__ = "order_order"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("buyer_id", "checkout_key"),
        Index("ix_order_order_state_due", "state", "due_at"),
        CheckConstraint("total_minor = goods_minor + freight_minor", name="total"),
        CheckConstraint("refunded_minor >= 0 AND refunded_minor <= total_minor", name="refunded"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(24))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    claim: Mapped[str | None] = mapped_column(String(16))
    """Why the seller is the seller: "link", "room", "lock" or "own"."""
    claims: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    """Everybody who could have claimed the sale, by claim: {"link": 7, "lock": 9}; beside them, as "traffic", who
    brought the buyer into the room. None where it was not noted."""
    room: Mapped[str | None] = mapped_column(String(16), index=True)
    """The code of the live room it was sold in."""
    origin: Mapped[str] = mapped_column(String(16), default="shop")
    """"shop", or "import" for settled history of another platform, which moves no money here."""
    channel: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[State] = mapped_column(String(16))
    goods_minor: Mapped[int] = mapped_column(BigInteger)
    freight_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded_freight_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    address: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(500), default="")
    checkout_key: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[str] = mapped_column(String(64))
    return_days: Mapped[int]
    supply_state: Mapped[str] = mapped_column(String(16), default="none")
    """"none", "confirmed" when the goods are bought from the hub, "given_up" when they never will be."""
    supply_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    written_at: Mapped[datetime]
    placed_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """When the next step happens by time alone: an unpaid order lapses, a delivered one completes."""
    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.id", viewonly=True)
    """Written with the order and never more nor fewer, so that a transaction reads them once."""


class OrderLine(Base):
    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("refunded_quantity >= 0 AND refunded_quantity <= quantity", name="refunded_quantity"),
        CheckConstraint("refunded_minor >= 0 AND refunded_minor <= goods_net_minor", name="refunded"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), index=True)
    sku: Mapped[str] = mapped_column(String(64))
    product_code: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    brand: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(120))
    options: Mapped[list[list[str]]] = mapped_column(JSON, server_default=text("'[]'"))
    """[[name, value], …] of the variant, as they were when it was bought."""
    quantity: Mapped[int]
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    goods_net_minor: Mapped[int] = mapped_column(BigInteger)
    """Paid for the line's goods after discount, freight not included."""
    supply_minor: Mapped[int] = mapped_column(BigInteger)
    """What the line's goods cost the store at the hub."""
    sale: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """The sale event at whose price it was bought; empty: at the ordinary one."""
    refunded_quantity: Mapped[int] = mapped_column(default=0)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)

    @property
    def choice(self) -> str:
        """The options as a person says them: "M / Red"."""
        return " / ".join(value for _, value in self.options)


class OrderStep(Base):
    """A state the order came to: when, and by whom ("system", "buyer", "staff:7")."""

    __tablename__ = "order_step"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), index=True)
    state: Mapped[State] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]


class Entry(Base):
    """An order that somebody entered for its buyer, from what was said in a chat group."""

    __tablename__ = "order_entry"
    __table_args__ = (
        UniqueConstraint("entered_by", "key"),
        Index("ix_order_entry_entered_by_group_name", "entered_by", "group_name"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), primary_key=True, autoincrement=False)
    entered_by: Mapped[int] = mapped_column(ForeignKey("member.id"))
    group_name: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(80))
    """Names the intention of who entered it."""


class Expectation(Base):
    """Money an order waits for: what to pay, to whom, with which memo."""

    __tablename__ = "order_expectation"
    __table_args__ = (
        UniqueConstraint("rail", "collector", "memo"),
        UniqueConstraint("rail", "collector", "held_minor"),
        CheckConstraint("tail_minor >= 0", name="tail"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), unique=True)
    rail: Mapped[str] = mapped_column(String(16))
    collector: Mapped[str] = mapped_column(String(40))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """What is to be paid: the order's total less its tail."""
    memo: Mapped[str] = mapped_column(String(24))
    match: Mapped[Match] = mapped_column(String(8), server_default="memo")
    tail_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    held_minor: Mapped[int | None] = mapped_column(BigInteger)
    """The amount, for as long as no other order may wait for it; only where it tells payments apart."""
    opened_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    """End of the quiet time; empty while payment is expected."""


class PaymentClaim(Base):
    """A customer says that they have paid. It posts nothing: it tells staff where to look first."""

    __tablename__ = "order_payment_claim"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), unique=True)
    payer: Mapped[str] = mapped_column(String(40))
    last4: Mapped[str] = mapped_column(String(4))
    """The last digits of the transaction number; may be empty."""
    way: Mapped[Way] = mapped_column(String(12), server_default=Way.TRANSFER)
    at: Mapped[datetime]
    """When it was first said."""
    red_packet_at: Mapped[datetime | None]
    """When it was first said to be a red packet; it may be called a transfer since."""

    @property
    def accept_by(self) -> datetime | None:
        """When the red packet goes back by itself."""
        if self.way != Way.RED_PACKET or self.red_packet_at is None:
            return None
        return self.red_packet_at + RED_PACKET_LIFE


class Receipt(Base):
    """Money seen on a collector's account that was nobody's when it was seen. Staff match it or send it back."""

    __tablename__ = "order_receipt"
    __table_args__ = (
        UniqueConstraint("rail", "transaction_no"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rail: Mapped[str] = mapped_column(String(16))
    collector: Mapped[str] = mapped_column(String(40))
    transaction_no: Mapped[str] = mapped_column(String(80))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    payer: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(String(80))
    """Why it matched nothing: a value of `Unmatched`."""
    paid_at: Mapped[datetime]
    """By the wallet's clock."""
    entered_by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(12))
    """"matched" to an order after all, or "returned" to who sent it."""
    settled_by: Mapped[str | None] = mapped_column(String(40))
    settled_at: Mapped[datetime | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order_order.id"))
    returned_by: Mapped[str | None] = mapped_column(String(80), unique=True)
    """The transaction number by which it was sent back; it sends one receipt only."""


class Evidence(Base):
    """A payment that was seen on a collector's account; each pays for one thing only."""

    __tablename__ = "order_evidence"
    __table_args__ = (UniqueConstraint("rail", "collector", "transaction_no"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), index=True)
    rail: Mapped[str] = mapped_column(String(16))
    collector: Mapped[str] = mapped_column(String(40))
    transaction_no: Mapped[str] = mapped_column(String(80))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    entered_by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class Parcel(Base):
    """What one supplier ships of an order, as the supply side reports it."""

    __tablename__ = "order_parcel"
    __table_args__ = (UniqueConstraint("supplier_order"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), index=True)
    supplier_order: Mapped[str] = mapped_column(String(64))
    supplier: Mapped[str] = mapped_column(String(64))
    lines: Mapped[list[Any]] = mapped_column(JSON)
    """[[sku, quantity], …]"""
    short: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    """[[news, sku, pieces, unrefunded], …]: pieces that never come, by the supply's event that said so, and how many
    of them no refund brings back."""
    carrier: Mapped[str] = mapped_column(String(60), default="")
    tracking_number: Mapped[str] = mapped_column(String(80), default="")
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class ParcelShipment(Base):
    """One of the boxes in which a supplier's part of the order comes; `lines` are [[sku, pieces], …], all if empty."""

    __tablename__ = "order_shipment"
    __table_args__ = (UniqueConstraint("parcel_id", "carrier", "tracking_number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("order_parcel.id"))
    carrier: Mapped[str] = mapped_column(String(64))
    tracking_number: Mapped[str] = mapped_column(String(80))
    lines: Mapped[list[Any]] = mapped_column(JSON)
    shipped_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]


class Refund(Base):
    """Money promised back to the customer, and sent when `sent_at` is set."""

    __tablename__ = "order_refund"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("goods_minor >= 0 AND freight_minor >= 0 AND goods_minor + freight_minor > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(32))
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), index=True)
    goods_minor: Mapped[int] = mapped_column(BigInteger)
    freight_minor: Mapped[int] = mapped_column(BigInteger)
    tail_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The part that was never paid, so that it is not sent."""
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(40))
    goods_back: Mapped[bool]
    """The goods return to the supply side (or never left it), so the store no longer owes for them."""
    restock: Mapped[bool]
    """They can be sold again."""
    at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_evidence: Mapped[str | None] = mapped_column(String(80), unique=True)
    """The transaction number by which it was sent; it sends one refund only."""
    request_hash: Mapped[str] = mapped_column(String(64))

    @property
    def cash_minor(self) -> int:
        """What is sent to the customer."""
        return self.goods_minor + self.freight_minor - self.tail_minor


class RefundLine(Base):
    __tablename__ = "order_refund_line"
    __table_args__ = (CheckConstraint("quantity >= 0 AND goods_minor >= 0", name="amounts"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("order_refund.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    quantity: Mapped[int]
    goods_minor: Mapped[int] = mapped_column(BigInteger)


class Dispute(Base):
    """Money that the customer's bank took back, and what became of it."""

    __tablename__ = "order_dispute"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("reference"),
        CheckConstraint("amount_minor > 0 AND fee_minor >= 0", name="amounts"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(32))
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), index=True)
    reference: Mapped[str] = mapped_column(String(80))
    """The rail's number of it."""
    reason: Mapped[str] = mapped_column(String(20))
    """A key of DISPUTE_REASONS."""
    collector: Mapped[str] = mapped_column(String(40))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    fee_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[DisputeState] = mapped_column(String(12))
    opened_by: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[datetime]
    ended_by: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("order_refund.id"), unique=True)
    """The refund that a lost dispute is."""


class RefundRequest(Base):
    """A customer asks; staff answers with a refund or a refusal."""

    __tablename__ = "order_refund_request"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(200), default="")


class SupplyCursor(Base):
    """How far this shop has followed the supply side's events."""

    __tablename__ = "order_supply_cursor"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
