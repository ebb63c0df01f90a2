"""A shop reduced to what rewards hears: orders as rows, their events told by hand. Amounts in minor units."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from shared_core import ledger, members, orders, plan, rewards
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.orders.dispute_rules import spread
from shared_core.plan import Plan
from tests.members import people

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"

numbers = itertools.count(1)


def preset(name: str, currency: str = "CNY") -> Plan:
    """A preset as it is shipped."""
    return plan.loads(plan.preset(name), currency=currency)


class Shop:
    """Tells rewards what happens to orders, the way the orders room does."""

    def __init__(self, session: Session, *plans: Plan) -> None:
        self.session = session
        self.plans = plans
        self.currency = plans[0].currency
        self.rewards = rewards.listeners(plans, ZONE)
        self.at = NOON

    def later(self, **more: int) -> None:
        """Let time pass."""
        self.at += timedelta(**more)

    def member(self) -> int:
        """Somebody new who has signed up."""
        return people.person(self.session, at=self.at)

    def visitor(self) -> int:
        """Somebody new known by a cookie only."""
        return people.visitor(self.session, at=self.at)

    def members(self, count: int) -> list[int]:
        return [self.member() for _ in range(count)]

    def place(
        self,
        *,
        seller: int | None,
        buyer: int,
        lines: Sequence[tuple[int, int]] = ((8_900, 4_000),),
        channel: str = "shop",
        product: str = "p1",
        quantity: int = 1,
    ) -> int:
        """An order of lines (goods paid, supply cost); its id."""
        number = f"T{next(numbers)}"
        goods = sum(paid for paid, _ in lines)
        order = orders.Order(
            number=number,
            buyer_id=buyer,
            seller_id=seller,
            claim="link" if seller else None,
            origin="shop",
            channel=channel,
            currency=self.currency,
            state=orders.State.PLACED,
            goods_minor=goods,
            freight_minor=0,
            total_minor=goods,
            refunded_minor=0,
            refunded_freight_minor=0,
            address={},
            note="",
            checkout_key=number,
            request_hash="",
            return_days=7,
            supply_state="none",
            supply_minor=0,
            written_at=self.at,
            placed_at=self.at,
        )
        self.session.add(order)
        self.session.flush()
        for place, (paid, supply) in enumerate(lines):
            line = orders.OrderLine(
                order_id=order.id,
                sku=f"sku{place}",
                product_code=product,
                title="",
                brand="",
                category="",
                quantity=quantity,
                unit_minor=paid,
                goods_net_minor=paid,
                supply_minor=supply,
            )
            self.session.add(line)
            self.session.flush()
        self.rewards.on_placed(self.session, orders.OrderPlaced(order.id, self.at))
        return order.id

    def pay(self, order_id: int) -> None:
        self.rewards.on_paid(self.session, orders.OrderPaid(order_id, self.at))

    def cancel(self, order_id: int) -> None:
        self.rewards.on_cancelled(self.session, orders.OrderCancelled(order_id, self.at))

    def deliver(self, order_id: int) -> None:
        self.rewards.on_delivered(self.session, orders.OrderDelivered(order_id, self.at))

    def complete(self, order_id: int) -> None:
        self.rewards.on_completed(self.session, orders.OrderCompleted(order_id, self.at))

    def refund(self, order_id: int, amount: int, *, line: int = 0) -> int:
        """Give `amount` of a line's goods back; the refund's id."""
        orders.lines(self.session, order_id)[line].refunded_minor += amount
        return self._refunded(order_id, amount)

    def _refunded(self, order_id: int, amount: int) -> int:
        made = orders.Refund(
            number=f"R{next(numbers)}",
            order_id=order_id,
            goods_minor=amount,
            freight_minor=0,
            reason="",
            actor="staff",
            goods_back=True,
            restock=True,
            request_hash="",
            at=self.at,
        )
        self.session.add(made)
        self.session.flush()
        self.rewards.on_refunded(self.session, orders.OrderRefunded(order_id, made.id, self.at))
        return made.id

    def dispute(self, order_id: int, amount: int) -> int:
        """The customer's bank takes so much back; the dispute's id."""
        number = f"D{next(numbers)}"
        made = orders.Dispute(
            number=number,
            order_id=order_id,
            reference=number,
            reason="other",
            collector="till",
            amount_minor=amount,
            fee_minor=0,
            state=orders.DisputeState.OPEN,
            opened_by="staff",
            opened_at=self.at,
        )
        self.session.add(made)
        self.session.flush()
        self.rewards.on_disputed(self.session, orders.DisputeOpened(order_id, made.id, self.at))
        return made.id

    def end_dispute(self, dispute_id: int, outcome: str) -> None:
        """It is decided; a lost one is a refund of its amount, spread over what is left of the lines."""
        made = self.session.get_one(orders.Dispute, dispute_id)
        made.state, made.ended_by, made.ended_at = orders.DisputeState(outcome), "staff", self.at
        self.session.flush()
        if outcome == "lost":
            lines = orders.lines(self.session, made.order_id)
            left = [line.goods_net_minor - line.refunded_minor for line in lines]
            for place, part in enumerate(spread(Money(made.amount_minor, self.currency), left)):
                lines[place].refunded_minor += part
            lost = min(made.amount_minor, sum(left))
            if lost:
                self._refunded(made.order_id, lost)
        self.rewards.on_dispute_closed(self.session, orders.DisputeClosed(made.order_id, made.id, self.at))

    def sale(self, *, seller: int | None, buyer: int, goods: int = 8_900, channel: str = "shop", **more: object) -> int:
        """A whole sale from placing to the closed return window."""
        order_id = self.place(seller=seller, buyer=buyer, lines=[(goods, goods // 2)], channel=channel, **more)  # type: ignore[arg-type]
        self.pay(order_id)
        self.deliver(order_id)
        self.later(days=8)
        self.complete(order_id)
        return order_id

    def fan(self, sponsor: int, fan: int | None = None) -> int:
        """One more identified fan of `sponsor`."""
        fan = self.member() if fan is None else fan
        self.rewards.on_fans(self.session, [members.FanCounted(sponsor, fan, self.at)])
        return fan

    def joins(self, member: int, inviter: int | None = None) -> None:
        """`member` becomes a promoter by the invitation of `inviter`."""
        members.join(self.session, member, inviter_id=inviter, at=self.at)
        self.rewards.on_joined(self.session, members.MemberJoined(member, inviter, self.at))

    def rank(self, member: int) -> str:
        return rewards.rank_of(self.session, self.plans[-1], member)

    def owed(self, member: int) -> tuple[int, int]:
        """(pending, available)"""
        wallet = rewards.wallet(self.session, member, self.currency)
        return wallet.pending.minor, wallet.available.minor

    def fund(self) -> tuple[int, int]:
        """(pending, available) of the team fund"""
        wallet = rewards.wallet(self.session, None, self.currency)
        return wallet.pending.minor, wallet.available.minor

    def hand_out(
        self,
        parts: Mapping[int, int],
        code: str | None = None,
        *,
        actor: str = "staff:901",
        reason: str = "the best month so far",
        two_people_above: int | None = None,
    ) -> rewards.HandoutFound:
        """Give members parts of the team fund."""
        return rewards.hand_out(
            self.session,
            {member: Money(minor, self.currency) for member, minor in parts.items()},
            reason=reason,
            code=code or f"H{next(numbers)}",
            actor=actor,
            at=self.at,
            two_people_above=None if two_people_above is None else Money(two_people_above, self.currency),
        )

    def request(self, member: int, amount: int, code: str | None = None) -> rewards.Payout:
        return rewards.request_payout(
            self.session,
            self.plans[-1],
            member_id=member,
            amount=Money(amount, self.currency),
            code=code or f"P{next(numbers)}",
            zone=ZONE,
            at=self.at,
        )

    def commission(self) -> int:
        """What shares have cost the shop so far."""
        return ledger.balance(self.session, accounts.commission(), self.currency).minor
