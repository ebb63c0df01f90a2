"""Earnings with all it takes to explain them, counts, ranks held, payouts. Amounts in minor units."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.kernel.money import Money
from shared_core.rewards.rules import EarningState, HandoutState, PayoutState


class Earning(Base):
    """One payee's share of one order line, frozen when the order was placed. `member_id` is None for the team fund."""

    __tablename__ = "reward_earning"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("line_id", "payee"),
        Index("ix_reward_earning_member_id_id", "member_id", "id"),
        Index("ix_reward_earning_member_id_booked_at", "member_id", "booked_at"),
        Index("ix_reward_earning_state_matures_at", "state", "matures_at"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint("reversed_minor >= 0 AND reversed_minor <= amount_minor", name="reversed"),
        CheckConstraint("held_minor >= 0 AND reversed_minor + held_minor <= amount_minor", name="held"),
        CheckConstraint("(member_id IS NULL) = (payee = 'team_fund')", name="payee"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), index=True)
    order_number: Mapped[str] = mapped_column(String(24))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    sku: Mapped[str] = mapped_column(String(64))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    payee: Mapped[str] = mapped_column(String(20))
    rule_id: Mapped[str] = mapped_column(String(40))
    plan_name: Mapped[str] = mapped_column(String(40))
    plan_version: Mapped[str] = mapped_column(String(60))
    plan_hash: Mapped[str | None] = mapped_column(ForeignKey("reward_plan.hash"))
    """The plan it was earned under, as it was then; None for what is older than the keeping of plans."""
    working: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The steps that led to the amount; see the plan room's `Working`."""
    rank_then: Mapped[str] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(String(8))
    base_minor: Mapped[int] = mapped_column(BigInteger)
    """What the rate was taken of."""
    rate_bps: Mapped[int]
    """The rate paid: for a share by difference the difference. 0 for a fixed one."""
    fixed_minor: Mapped[int | None] = mapped_column(BigInteger)
    """The amount per piece of a fixed share."""
    uncapped_minor: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """What the order promised; once it is paid, what the limit of a period left of that, perhaps nothing."""
    reversed_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    held_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """Kept back of what is left while a dispute is open."""
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[EarningState] = mapped_column(String(12))
    quote: Mapped[str] = mapped_column(String(16))
    """Names the promise: the same as beside the price when nothing had changed in between."""
    settle_days: Mapped[int]
    quoted_at: Mapped[datetime]
    booked_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    matures_at: Mapped[datetime | None]
    matured_at: Mapped[datetime | None]

    @property
    def net_minor(self) -> int:
        """What is left of it after refunds."""
        return self.amount_minor - self.reversed_minor

    @property
    def net(self) -> Money:
        """The same as an amount."""
        return Money(self.net_minor, self.currency)


class KeptPlan(Base):
    """A version of the plan under which something was earned, whole: what explanations are read from."""

    __tablename__ = "reward_plan"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(60))
    effective_from: Mapped[date]
    content: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime]


class RefusedShare(Base):
    """A share that a plan on trial promised and its limits refused; nothing was booked for it."""

    __tablename__ = "reward_refused_share"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_number: Mapped[str] = mapped_column(String(24))
    sku: Mapped[str] = mapped_column(String(64))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    payee: Mapped[str] = mapped_column(String(20))
    rule_id: Mapped[str] = mapped_column(String(40))
    plan_version: Mapped[str] = mapped_column(String(60))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(12))
    """A key of the plan room's TRIAL_REASONS."""
    at: Mapped[datetime]


class Standing(Base):
    """A member's rank. Whoever changes what is counted for a member locks this row first."""

    __tablename__ = "reward_standing"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    rank: Mapped[str] = mapped_column(String(40))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    """The account that took over what was counted for this visitor."""


class RankStep(Base):
    """A change of rank: when, from what to what, under which version of the plan, and why."""

    __tablename__ = "reward_rank_history"
    __table_args__ = (Index("ix_reward_rank_history_member_id_id", "member_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    former: Mapped[str] = mapped_column(String(40))
    rank: Mapped[str] = mapped_column(String(40))
    plan_version: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(12))
    """"reached" or "reviewed"."""
    at: Mapped[datetime]


class Tie(Base):
    """Who brought a member in, as it counts for ranks: by a lock ("lock") or by an invitation ("code")."""

    __tablename__ = "reward_tie"
    __table_args__ = (Index("ix_reward_tie_kind_parent_id", "kind", "parent_id"),)

    kind: Mapped[str] = mapped_column(String(4), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    parent_id: Mapped[int] = mapped_column(ForeignKey("member.id"))


class Count(Base):
    """What is counted for a member: one row for each day with something to count, and one (day "") for the lifetime."""

    __tablename__ = "reward_metric"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    fans: Mapped[int] = mapped_column(BigInteger, default=0)
    retail_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Sold to others, completed, net of refunds."""
    self_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Bought from oneself."""
    purchases_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    live_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    team_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Own sales of everybody below."""
    packs: Mapped[int] = mapped_column(BigInteger, default=0)


class TeamCount(Base):
    """How many members at `rank` or above were brought in by a member: directly, and by the whole team below."""

    __tablename__ = "reward_team_metric"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(4), primary_key=True)
    rank: Mapped[str] = mapped_column(String(40), primary_key=True)
    direct: Mapped[int] = mapped_column(BigInteger, default=0)
    team: Mapped[int] = mapped_column(BigInteger, default=0)


class Sale(Base):
    """A completed order as it counts for ranks, net of refunds so far."""

    __tablename__ = "reward_sale"
    __table_args__ = (Index("ix_reward_sale_seller_id_day", "seller_id", "day"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), primary_key=True, autoincrement=False)
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    day: Mapped[str] = mapped_column(String(10))
    live: Mapped[bool]
    by_fan: Mapped[bool]
    """The buyer was the seller's fan."""
    goods_minor: Mapped[int] = mapped_column(BigInteger)
    packs: Mapped[int]


class Payout(Base):
    """Money on its way to a member. Asked for, then paid or failed, once."""

    __tablename__ = "reward_payout"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("evidence"),
        Index("ix_reward_payout_member_id_month", "member_id", "month"),
        CheckConstraint("gross_minor > 0 AND tax_minor >= 0 AND net_minor >= 0", name="amounts"),
        CheckConstraint("gross_minor = net_minor + tax_minor", name="gross"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    currency: Mapped[str] = mapped_column(String(3))
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    net_minor: Mapped[int] = mapped_column(BigInteger)
    tax_rule: Mapped[str] = mapped_column(String(40))
    tax_authority: Mapped[str] = mapped_column(String(16))
    month: Mapped[str] = mapped_column(String(7))
    """The calendar month (in the shop's zone) whose income it is for the tax."""
    state: Mapped[PayoutState] = mapped_column(String(12))
    requested_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    evidence: Mapped[str | None] = mapped_column(String(80))
    """The rail's transaction number; it settles one payout only."""
    reason: Mapped[str] = mapped_column(String(200), default="")


class PayoutStep(Base):
    """Who did what with a payout in the back office, and when, each once.

    `step`: "approved", "red_packet" (sent as one), "paid" or "failed".
    """

    __tablename__ = "reward_payout_step"
    __table_args__ = (UniqueConstraint("payout_id", "step"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("reward_payout.id"))
    step: Mapped[str] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class Handout(Base):
    """A part of the team fund for some members, as it was proposed, and why. Never changed; how it ended is a row."""

    __tablename__ = "reward_handout"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint("amount_minor > 0", name="amount"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """Of all its parts together."""
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class HandoutPart(Base):
    """What one member gets of a hand-out."""

    __tablename__ = "reward_handout_part"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    handout_id: Mapped[int] = mapped_column(ForeignKey("reward_handout.id"), primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class HandoutEnd(Base):
    """How a hand-out ended, once, and by whom: "given" or "dropped"."""

    __tablename__ = "reward_handout_end"

    handout_id: Mapped[int] = mapped_column(ForeignKey("reward_handout.id"), primary_key=True, autoincrement=False)
    state: Mapped[HandoutState] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
