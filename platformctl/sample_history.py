"""Ten weeks in the life of a demo shop, lived through the shop's own services with a clock that we turn.

Nothing is written around the rooms: visitors follow links and sign up, orders are placed, paid, shipped, delivered,
refunded, and the worker does its chores between, so ranks, earnings and books are what they would be in earnest.
Every step bears a repeat: a history that was cut off is finished by living it again.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Literal

from sqlalchemy.orm import Session

from platformctl.sample_orders import CHAIR, RUG, WAITING, Deal, history
from platformctl.sample_people import Person
from shared_core import catalog, invites, livestream, members, orders, rewards, storefront, supply
from shared_core.kernel.codes import hash_token, new_code, new_token
from shared_core.kernel.money import Money
from shared_core.plan import Plan

DAYS = 75
STAFF = "demo"
CARRIER = "Sample Express"
ROOMS = ((19, "keeper1"), (40, "keeper2"), (51, "leader"), (DAYS - 1, "keeper1"))
"""On which day who hosts, where the plan has live rooms; the last room is open when the history ends."""
ROOM_TITLE, ROOM_TITLE_ZH = "Sample evening", "示例直播"
TRACKING_LENGTH = 20
INVITE_LENGTH = 12
ADDRESS = supply.Address(
    name="Demo", phone="555 0100", street="1 Sample Street", city="Sampleton", region="", country="US"
)
CHINESE_ADDRESS = supply.Address(
    name="示例", phone="13800000000", street="示例路 1 号", city="杭州", region="浙江", country="CN"
)
Step = Callable[[], None]
REACHED = {  # how far each fate goes along placed -> paid -> shipped -> delivered
    "placed": 0,
    "cancelled": 0,
    "paid": 1,
    "shipped": 2,
    "delivered": 3,
    "completed": 3,
    "partly refunded": 3,
    "refunded": 3,
}


@dataclass
class TurnedClock:
    """A clock that stands where it is put."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class SampleHistory:
    """One shop living through its history; `clock` is the shop's own."""

    shop: storefront.Shop
    clock: TurnedClock
    start: datetime
    password_hash: str
    chinese: bool
    _people: dict[str, Person] = field(default_factory=dict)
    _to_come: deque[Person] = field(default_factory=deque)
    _ids: dict[str, int] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)

    def live(self, people: list[Person], *, until: datetime) -> None:
        """Everything from `start` to `until`; the worker's chores are done at the end of every day with orders."""
        self._people = {person.key: person for person in people}
        self._to_come = deque(people)
        if self._is_over():
            return
        worker = storefront.Worker(self.shop)
        for _, day in groupby(self._calendar(until=until), key=lambda step: step[0].date()):
            for at, step in day:
                self._let_in(by=at)
                self.clock.now = at
                step()
            worker.settle()
        self._let_in(by=until)
        self.clock.now = until
        worker.settle()
        self._pay_out("leader", parts=2, settled=True)
        self._pay_out("keeper1", parts=1, settled=False)
        patient = replace(self.shop.counter, hold_ttl=supply.HoldLimits().ttl_max)
        for number, (buyer, lines) in enumerate(WAITING):
            self._place(Deal(f"waiting-{number}", DAYS, buyer, lines, "placed"), counter=patient)
        worker.settle()

    def _calendar(self, *, until: datetime) -> list[tuple[datetime, Step]]:
        """What happens to orders, and when."""
        with self.shop.database.reading() as session:
            prices = {sku: catalog.price(session, sku=sku).unit_price.minor for sku in (CHAIR, RUG)}
        steps = [step for deal in history(self.shop.plan_at(until), prices) for step in self._steps(deal)]
        steps += [(self._day(day), partial(self._host, host)) for day, host in ROOMS]
        return sorted((step for step in steps if step[0] <= until), key=lambda step: step[0])

    def _is_over(self) -> bool:
        """Whether this history was lived already: its last order is there."""
        login = members.normalise_login(self._people[WAITING[-1][0]].login)
        with self.shop.database.reading() as session:
            buyer_id = members.credentials(session, login).member_id
            return buyer_id is not None and bool(orders.orders_of(session, buyer_id, limit=1))

    def _let_in(self, *, by: datetime) -> None:
        """Whoever has come by then follows their sponsor's link and signs up, all of them or nobody."""
        with self.shop.database.transaction() as session:
            while self._to_come and (at := self.start + timedelta(days=self._to_come[0].day)) <= by:
                person, self.clock.now = self._to_come.popleft(), at
                known = members.credentials(session, members.normalise_login(person.login)).member_id
                sponsor_id = self._ids[person.sponsor] if person.sponsor else None
                self._ids[person.key] = known or self._sign_up(session, person, sponsor_id)

    def _sign_up(self, session: Session, person: Person, sponsor_id: int | None) -> int:
        at, book = self.clock.now, self.shop.plan_book
        visitor_id = members.create_visitor(session, token_hash=hash_token(new_token()), code=new_code(), at=at)
        self._follow_link(session, visitor_id, sponsor_id, new=True)
        member_id = members.sign_up(
            session,
            login=members.normalise_login(person.login),
            password_hash=self.password_hash,
            name=person.name,
            visitor_id=visitor_id,
            code=new_code(),
            policy=book.binding_policy(at),
            at=at,
        )
        self._join(session, member_id, sponsor_id, at=at)
        return member_id

    def _join(self, session: Session, member_id: int, sponsor_id: int | None, *, at: datetime) -> None:
        """With a code of the sponsor's where codes invite and there is one left; the first are let in by the shop."""
        rules, keys, code = self.shop.plan_at(at), self.shop.keys, ""
        if rules.invites.mode == "code" and sponsor_id and self._has_code(session, rules, sponsor_id):
            number, zone = new_code(INVITE_LENGTH), self.shop.brand.shop.zone
            given = invites.issue(
                session, rules, sponsor_id, request_key=number, number=number, keys=keys, zone=zone, at=at
            )
            code = given.text or ""
        invites.signed_up(session, rules, member_id, code=code, keys=keys, linked_id=sponsor_id, at=at)
        if sponsor_id is None and rules.join.how == "invite_code":
            invites.let_in(session, member_id, at=at)

    def _has_code(self, session: Session, rules: Plan, member_id: int) -> bool:
        may = invites.may_invite(session, rules, member_id)
        return may and invites.standing(session, rules, member_id).free > 0

    def _follow_link(self, session: Session, fan_id: int, sponsor_id: int | None, *, new: bool = False) -> None:
        """Opening the sponsor's link binds, or binds again where the lock has lapsed."""
        at, book = self.clock.now, self.shop.plan_book
        if sponsor_id is not None and book.binds(at):
            policy = book.binding_policy(at)
            members.bind(session, fan_id=fan_id, sponsor_id=sponsor_id, policy=policy, at=at, new=new)

    def _steps(self, deal: Deal) -> list[tuple[datetime, Step]]:
        """What happens to an order, and when. What will be refunded stays in the till."""
        placed = self._day(deal.day) + timedelta(hours=2 + len(deal.key) % 7)
        steps: list[tuple[datetime, Step]] = [(placed, lambda: self._place(deal))]
        reached = REACHED[deal.fate]
        if reached >= 1:
            steps.append((placed + timedelta(minutes=9), lambda: self._pay(deal)))
        if reached >= 2:
            steps.append((placed + timedelta(days=1), lambda: self._move_parcels(deal, supply_step="ship")))
        if reached >= 3:
            steps.append((placed + timedelta(days=3), lambda: self._move_parcels(deal, supply_step="deliver")))
            if deal.fate in ("delivered", "completed"):
                steps.append((placed + timedelta(days=3), lambda: self._bank(deal)))
        if deal.fate == "cancelled":
            steps.append((placed + timedelta(minutes=12), lambda: self._cancel(deal)))
        if deal.fate in ("refunded", "partly refunded"):
            steps.append((placed + timedelta(days=6), lambda: self._refund(deal)))
        return steps

    def _day(self, day: int) -> datetime:
        return self.start + timedelta(days=day)

    def _host(self, host: str) -> None:
        """Somebody opens a room for as long as rooms last, where the plan has rooms and lets them."""
        at, host_id = self.clock.now, self._ids[host]
        rules = self.shop.plan_at(at)
        with self.shop.database.transaction() as session:
            there = livestream.rooms_of(session, host_id)
            if any(room.starts_at == at for room in there) or not livestream.may_host(session, rules, host_id):
                return
            goods = catalog.newest(session, limit=livestream.GOODS_MAX)
            wanted = livestream.OpenRoom(
                title=ROOM_TITLE_ZH if self.chinese else ROOM_TITLE,
                slugs=[product.slug for product in goods],
                starts_at=at,
                ends_at=at + livestream.LENGTH_MAX,
                old_enough=True,
            )
            livestream.open_room(session, rules, wanted, host_id=host_id, code=new_code(), at=at)

    def _look_in(self, session: Session, buyer_id: int) -> None:
        """Whoever buys while a room is open has seen it, brought there by the leader."""
        for room in livestream.list_rooms(session, limit=1):
            leader_id = self._ids["leader"]
            livestream.record_visit(session, room.code, viewer_id=buyer_id, referrer_id=leader_id, at=self.clock.now)

    def _place(self, deal: Deal, *, counter: orders.Counter | None = None) -> None:
        """At the shop's own counter, or at one that waits longer for the money: the waiting orders of a demo are to
        be there still when somebody looks again days later.
        """
        buyer = self._people[deal.buyer]
        buyer_id, sponsor_id = self._ids[buyer.key], self._ids[buyer.sponsor] if buyer.sponsor else None
        with self.shop.database.transaction() as session:
            self._follow_link(session, buyer_id, sponsor_id)
            self._look_in(session, buyer_id)
        purchase = orders.Purchase(
            buyer_id=buyer_id,
            lines=deal.lines,
            address=replace(CHINESE_ADDRESS if self.chinese else ADDRESS, name=buyer.name),
            checkout_key=f"sample-{deal.key}",
            claims={"link": sponsor_id} if sponsor_id else {},
        )
        self._numbers[deal.key] = (counter or self.shop.counter).place(purchase, number=new_code(), at=self.clock.now)

    def _pay(self, deal: Deal) -> None:
        number = self._numbers[deal.key]
        with self.shop.database.transaction() as session:
            asked = self._expected(session, number)
            orders.confirm_payment(
                session,
                number,
                transaction_no=f"SAMPLE-{deal.key}",
                amount=Money(asked.amount_minor, self.shop.currency),
                entered_by=STAFF,
                at=self.clock.now,
            )

    def _bank(self, deal: Deal) -> None:
        """What was paid for the order goes from the till to the bank."""
        with self.shop.database.transaction() as session:
            asked = self._expected(session, self._numbers[deal.key])
            orders.hand_over(
                session,
                collector=asked.collector,
                amount=Money(asked.amount_minor, self.shop.currency),
                reference=f"SAMPLE-{deal.key}",
                at=self.clock.now,
            )

    def _expected(self, session: Session, number: str) -> orders.Expectation:
        """What the order is to be paid with, and to whom."""
        asked = orders.expectation(session, orders.get(session, number).id)
        assert asked is not None, "the order was placed"
        return asked

    def _move_parcels(self, deal: Deal, *, supply_step: Literal["ship", "deliver"]) -> None:
        """The supplier ships, or the carrier delivers, every parcel of the order."""
        with self.shop.database.transaction() as session:
            for parcel in orders.parcels(session, orders.get(session, self._numbers[deal.key]).id):
                number, at = parcel.supplier_order, self.clock.now
                if supply_step == "ship":
                    tracking = f"DEMO{number}"[:TRACKING_LENGTH]
                    supply.ship(session, number=number, carrier=CARRIER, tracking_number=tracking, at=at)
                else:
                    supply.deliver(session, number=number, at=at)

    def _cancel(self, deal: Deal) -> None:
        with self.shop.database.transaction() as session:
            orders.cancel(session, self._numbers[deal.key], actor="buyer", reason="changed_mind", at=self.clock.now)

    def _refund(self, deal: Deal) -> None:
        """All of it, or one piece of the first line."""
        number, at = self._numbers[deal.key], self.clock.now
        refund_number = f"R-{number}"
        with self.shop.database.transaction() as session:
            if deal.fate == "refunded":
                orders.refund_all(
                    session,
                    number,
                    reason="does_not_fit",
                    actor=STAFF,
                    goods_back=True,
                    refund_number=refund_number,
                    at=at,
                )
            else:
                line = orders.lines(session, orders.get(session, number).id)[0]
                wanted = orders.RefundOrder(
                    [orders.RefundItem(line.id, pieces=1)], reason="one_too_many", actor=STAFF, goods_back=True
                )
                orders.refund(session, number, wanted, refund_number=refund_number, at=at)
            orders.mark_refund_sent(session, refund_number, evidence=f"SAMPLE-BACK-{deal.key}", at=at)

    def _pay_out(self, key: str, *, parts: int, settled: bool) -> None:
        """Somebody asks for a part of what is available; nothing happens where that is too little."""
        member_id, at, wanted = self._ids[key], self.clock.now, self.shop.plan_at(self.clock.now)
        code = f"SAMPLE-{key}"
        with self.shop.database.transaction() as session:
            available = rewards.wallet(session, member_id, self.shop.currency).available.minor // parts
            if available < max(1, wanted.settlement.payout_min):
                return
            rewards.request_payout(
                session,
                wanted,
                member_id=member_id,
                amount=Money(available, self.shop.currency),
                code=code,
                zone=self.shop.brand.shop.zone,
                at=at,
            )
            if settled:
                rewards.mark_payout_paid(session, code, evidence=f"SAMPLE-PAID-{key}", actor=STAFF, at=at)
