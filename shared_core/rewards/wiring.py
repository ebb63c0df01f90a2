"""What this room does when it hears what others announce. The shell makes one `Rewards` and subscribes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from shared_core.kernel.calendar import day_of
from shared_core.kernel.listeners import Listeners
from shared_core.members import FanCounted, FanLeft, MemberJoined, VisitorMerged
from shared_core.orders import (
    DisputeClosed,
    DisputeOpened,
    OrderCancelled,
    OrderCompleted,
    OrderDelivered,
    OrderLapsed,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
)
from shared_core.plan import NoPlanYet, Plan, SaleTerms, version_at
from shared_core.rewards import earnings, ladder, merging, sales
from shared_core.rewards.board import Board
from shared_core.rewards.models import Earning
from shared_core.rewards.trial import TrialGate, keep_within, never_on_trial


def listeners(
    plans: Sequence[Plan], zone: str, *, terms: SaleTerms | None = None, on_trial: TrialGate = never_on_trial
) -> "Rewards":
    """The listeners for a shop's plan versions, in the shop's zone; the plans say nothing that no shop does.

    With `terms` no order is placed of which a line loses money. `on_trial` says whether a plan runs as a trial, within
    the plan room's limits.
    """
    return Rewards(tuple(plans), zone, terms, on_trial)


@dataclass(frozen=True)
class Rewards:
    """In-transaction listeners: each runs in the transaction of the announcer and is safe to run again."""

    plans: tuple[Plan, ...]
    zone: str
    terms: SaleTerms | None = None
    on_trial: TrialGate = never_on_trial

    def subscribe(self, listeners: Listeners) -> None:
        """Register with the shop's listeners."""
        listeners.listen(OrderPlaced, self.on_placed)
        listeners.listen(OrderPaid, self.on_paid)
        listeners.listen(OrderCancelled, self.on_cancelled)
        listeners.listen(OrderLapsed, self.on_cancelled)
        listeners.listen(OrderDelivered, self.on_delivered)
        listeners.listen(OrderCompleted, self.on_completed)
        listeners.listen(OrderRefunded, self.on_refunded)
        listeners.listen(DisputeOpened, self.on_disputed)
        listeners.listen(DisputeClosed, self.on_dispute_closed)
        listeners.listen_together(FanCounted, self.on_fans)
        listeners.listen(FanLeft, self.on_fan_left)
        listeners.listen(MemberJoined, self.on_joined)
        listeners.listen(VisitorMerged, self.on_merged)

    def on_placed(self, session: Session, event: OrderPlaced) -> None:
        """Freeze who earns what. Raises SaleAtLoss, and then the order is not placed."""
        plan = version_at(self.plans, event.at, zone=ZoneInfo(self.zone))
        within = partial(self._within, session, plan, event.at)
        earnings.freeze(session, plan, event.order_id, zone=self.zone, at=event.at, within=within, terms=self.terms)

    def on_paid(self, session: Session, event: OrderPaid) -> None:
        """Owe it."""
        within = partial(self._within, session, self._ranking(event.at), event.at)
        earnings.book(session, event.order_id, zone=self.zone, at=event.at, within=within)

    def on_cancelled(self, session: Session, event: OrderCancelled | OrderLapsed) -> None:
        """Nothing came of it."""
        earnings.give_up(session, event.order_id)

    def on_delivered(self, session: Session, event: OrderDelivered) -> None:
        """The days until it can be taken begin."""
        earnings.note_delivery(session, event.order_id, zone=self.zone, at=event.at)

    def on_completed(self, session: Session, event: OrderCompleted) -> None:
        """Let it mature, and count the sale for ranks."""
        earnings.note_completion(session, event.order_id, at=event.at)
        sales.count_sale(session, self._ranking(event.at), event.order_id, zone=self.zone, at=event.at)

    def on_refunded(self, session: Session, event: OrderRefunded) -> None:
        """Take the refund's part back, and uncount it."""
        earnings.take_back(session, event.order_id, event.refund_id, at=event.at)
        sales.recount_sale(session, self._ranking(event.at), event.order_id)

    def on_disputed(self, session: Session, event: DisputeOpened) -> None:
        """Keep back what may have to be taken back."""
        earnings.keep_back(session, event.order_id, event.dispute_id, at=event.at)

    def on_dispute_closed(self, session: Session, event: DisputeClosed) -> None:
        """Let go what was not lost."""
        earnings.let_go(session, event.order_id, event.dispute_id, at=event.at)

    def on_fans(self, session: Session, events: Sequence[FanCounted]) -> None:
        """One more head for each sponsor, with everybody the fan brought in."""
        for plan, fans in groupby(events, lambda event: self._ranking(event.at)):
            ladder.count_fans(session, plan, list(fans), zone=self.zone)

    def on_fan_left(self, session: Session, event: FanLeft) -> None:
        """What the fan reaches from now on counts for nobody."""
        ladder.untie(session, kind=ladder.LOCK, child_id=event.fan_id)

    def on_joined(self, session: Session, event: MemberJoined) -> None:
        """One more member for the inviter, with everybody the member brought in."""
        if event.inviter_id is None:
            return
        plan, day = self._ranking(event.at), day_of(event.at, self.zone)
        board = Board(session, plan)
        above = ladder.tie(board, kind=ladder.CODE, child_id=event.member_id, parent_id=event.inviter_id)
        ladder.climb(board, above, day=day, at=event.at)
        board.save()

    def on_merged(self, session: Session, event: VisitorMerged) -> None:
        """What was the visitor's is the account's."""
        plan = self._ranking(event.at)
        merging.merge(
            session, plan, visitor_id=event.visitor_id, member_id=event.member_id, zone=self.zone, at=event.at
        )

    def _within(self, session: Session, plan: Plan, at: datetime, wanted: list[Earning]) -> list[Earning]:
        """All that is wanted under a published plan, what the limits allow under one on trial."""
        if not wanted or not self.on_trial(session, plan, at):
            return wanted
        return keep_within(session, wanted, zone=self.zone, at=at)

    def _ranking(self, at: datetime) -> Plan:
        """The version by which ranks are decided; history from before the first version counts by the first."""
        try:
            return version_at(self.plans, at, zone=ZoneInfo(self.zone))
        except NoPlanYet:
            return min(self.plans, key=lambda plan: plan.effective_from)
