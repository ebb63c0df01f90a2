"""What this room does when it hears what others announce. The shell makes one `Invites` and subscribes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core import members, orders
from shared_core.invites import joining, quota
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.members import MemberJoined, VisitorMerged
from shared_core.orders import OrderCompleted, OrderRefunded
from shared_core.plan import Plan

PlanAt = Callable[[datetime], Plan]


@dataclass(frozen=True)
class Invites:
    """In-transaction listeners that keep every quota at what sales earn. To be subscribed after those of rewards."""

    plan_at: PlanAt

    def subscribe(self, listeners: Listeners) -> None:
        listeners.listen(MemberJoined, self.on_joined)
        listeners.listen(OrderCompleted, self.on_completed)
        listeners.listen(OrderRefunded, self.on_refunded)
        listeners.listen(VisitorMerged, self.on_merged)

    def on_joined(self, session: Session, event: MemberJoined) -> None:
        """Give what every member starts with, and what they have sold enough for already."""
        self._settle(session, event.member_id, cause="joined", at=event.at)

    def on_completed(self, session: Session, event: OrderCompleted) -> None:
        """Give what the sale earns, and the buyer's purchase where it counts."""
        self._settle_order(session, event.order_id, cause=f"order:{event.order_id}", at=event.at)

    def on_refunded(self, session: Session, event: OrderRefunded) -> None:
        """Take back what is still there of what the sale had earned."""
        self._settle_order(session, event.order_id, cause=f"refund:{event.refund_id}", at=event.at)

    def on_merged(self, session: Session, event: VisitorMerged) -> None:
        """The visitor's sales are the account's. A visitor has no quota of their own: only promoters have."""
        self._settle(session, event.member_id, cause=f"merged:{event.visitor_id}", at=event.at)

    def _settle_order(self, session: Session, order_id: int, *, cause: str, at: datetime) -> None:
        plan = self.plan_at(at)
        if plan.invites.mode != "code":
            return
        order = orders.order(session, order_id)
        concerned = {order.seller_id, order.buyer_id if plan.invites.counts_self_purchase else None}
        for member_id in sorted({members.account_of(session, each) for each in concerned if each is not None}):
            quota.settle(session, plan, member_id, cause=cause, at=at)

    def _settle(self, session: Session, member_id: int, *, cause: str, at: datetime) -> None:
        quota.settle(session, self.plan_at(at), member_id, cause=cause, at=at)


@dataclass(frozen=True)
class JoinByPurchase:
    """Makes promoters of buyers after the commit: their standing is then free, which becoming one has to wait for."""

    database: Database
    plan_at: PlanAt

    def subscribe(self, listeners: Listeners) -> None:
        listeners.after_commit(OrderCompleted, "join-by-purchase", self.on_completed)
        listeners.after_commit(VisitorMerged, "join-by-merged-purchase", self.on_merged)

    def on_completed(self, event: OrderCompleted) -> None:
        with self.database.transaction() as session:
            buyer_id = orders.order(session, event.order_id).buyer_id
            joining.bought(session, self.plan_at(event.at), buyer_id, at=event.at)

    def on_merged(self, event: VisitorMerged) -> None:
        with self.database.transaction() as session:
            joining.bought(session, self.plan_at(event.at), event.member_id, at=event.at)
