"""A drawn history, done again in a real shop: members, orders, supply and rewards, with the clock moved day by day."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.orm import Session

from shared_core import invites, ledger, livestream, members, orders, rewards
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.plan import Plan
from shared_core.plan.simulation import EVERYTHING, Article, History
from shared_core.plan.table import ABSENT
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.wiring import PlanBook, join_by_purchase
from tests.worlds import ZONE, World

STOCK = 100_000
KEYS = ("a secret of the shop",)
DAWN, NOON = time(0, 30), time(12, 0)


def assortment(count: int = 6) -> tuple[Article, ...]:
    """Goods that a `World` can have in stock."""
    return tuple(
        Article(f"s{n}", f"p-s{n}", "", "", price=4_111 + 3_333 * n, supply=2_001 + 1_500 * n, weight=count - n)
        for n in range(count)
    )


@dataclass(frozen=True)
class Books:
    """What the shop says of every member in the end: rank, sponsor (ABSENT: nobody), pending and available money.

    `fund`: pending and available money of the team fund.
    """

    ranks: list[str]
    sponsors: list[int]
    pending: list[int]
    available: list[int]
    fund: tuple[int, int]


class Replay:
    """Does what the history says, in the order in which the simulation lets it happen."""

    def __init__(self, database: Database, plan: Plan, history: History) -> None:
        listeners = Listeners()
        opened = Database(str(database.engine.url.render_as_string(hide_password=False)), listeners)
        self.history, self.plan = history, plan
        self.world = World(opened, listeners, plans=(plan,), return_days=plan.returns.days)
        self.book = PlanBook((plan,), BrandConfig.model_validate({"shop": {"name": "Tested"}}))
        join_by_purchase(opened, self.book)
        invites.Invites(self.book.counting).subscribe(listeners)
        self.world.counter = replace(self.world.counter, seller=self.book.seller, room=self.book.room)
        self._settle, self.world.settle_down = self.world.settle_down, lambda: None  # once for many is enough
        self.ids: list[int] = []
        self.promoters: list[int] = []
        self.numbers: dict[int, str] = {}
        self.links: dict[int, int] = {}
        self._at(0, DAWN)
        for article in history.population.assortment:
            self.world.stock_up(
                article.sku, units=STOCK, price=article.price, cost=article.supply, supplied=article.supply
            )

    def run(self) -> Books:
        for day in range(self.history.population.days):
            self._at(day, DAWN)
            self._dawn(day)
            self._at(day, NOON)
            self.links.clear()
            self._come(day)
            self._visit(day)
            self._sign_up(day)
            self._order(day)
            self._deliver(day)
        books = self._books()
        assert self.world.broken() == []
        self.world.database.dispose()
        return books

    def _at(self, day: int, clock: time) -> None:
        begin = self.history.population.starts + timedelta(days=day)
        self.world.now = datetime.combine(begin, clock, tzinfo=ZoneInfo(ZONE))

    # --- what time brings ---

    def _dawn(self, day: int) -> None:
        if day and day in self.history.population.months_begin:
            with self.world.transaction() as session:
                rewards.review(session, self.plan, zone=ZONE, at=self.world.now, after=0, limit=1_000_000)
        with self.world.transaction() as session:
            orders.complete_due(session, at=self.world.now, limit=100_000)
        with self.world.transaction() as session:
            rewards.mature_due(session, at=self.world.now, limit=100_000)
        for row in np.flatnonzero(self.history.refunds["day"] == day):
            order = int(self.history.refunds["order"][row])
            first = int(self.history.orders["first_line"][order])
            piece = {self._sku(first): 1}
            whole = self.history.refunds["kind"][row] == EVERYTHING
            self.world.refund(self.numbers[order], None if whole else piece)
        self._settle()

    def _deliver(self, day: int) -> None:
        for order in np.flatnonzero(self.history.orders["delivered"] == day).tolist():
            if order in self.numbers:
                self.world.deliver(self.numbers[order])
        self._settle()

    # --- what people do ---

    def _come(self, day: int) -> None:
        come = np.flatnonzero(self.history.people["came"] == day)
        self.ids += [self.world.visitor() for _ in come]
        links = self.history.people["link"][come]
        self._follow(come[links >= 0].tolist(), links[links >= 0].tolist(), new=True)

    def _visit(self, day: int) -> None:
        rows = self.history.visits["day"] == day
        self._follow(self.history.visits["fan"][rows].tolist(), self.history.visits["sponsor"][rows].tolist())

    def _follow(self, fans: list[int], sponsors: list[int], *, new: bool = False) -> None:
        pairs = list(zip(fans, sponsors, strict=True))
        self.links |= {fan: self.ids[sponsor] for fan, sponsor in pairs}
        if not self.book.binds(self.world.now):
            return
        at = self.world.now
        claims = [members.Claim(self.ids[fan], self.ids[sponsor], at, new=new) for fan, sponsor in pairs]
        with self.world.transaction() as session:
            members.bind_many(session, claims, policy=self.book.binding_policy(self.world.now))

    def _sign_up(self, day: int) -> None:
        here_before = set(self.promoters)
        for person in np.flatnonzero(self.history.people["signs_up"] == day).tolist():
            with self.world.transaction() as session:
                member_id = members.sign_up(
                    session,
                    login=members.normalise_login(f"person{person}@example.com"),
                    password_hash="not a hash",
                    name="Anna",
                    visitor_id=self.ids[person],
                    code=self.world.unique("c"),
                    policy=self.book.binding_policy(self.world.now),
                    at=self.world.now,
                )
                self._join(session, member_id, self.links.get(person), here_before)

    def _join(self, session: Session, member_id: int, linked_id: int | None, here_before: set[int]) -> None:
        """With a code of the promoter whose link led here, while there is one; the first ones are let in."""
        plan, at, code = self.plan, self.world.now, ""
        invited = plan.invites.mode == "code" and linked_id in here_before
        if invited and invites.standing(session, plan, linked_id).free:
            number = self.world.unique("i")
            given = invites.issue(
                session, plan, linked_id, request_key=number, number=number, keys=KEYS, zone=ZONE, at=at
            )
            code = given.text or ""
        invites.signed_up(session, plan, member_id, code=code, keys=KEYS, linked_id=linked_id, at=at)
        if plan.join.how == "invite_code" and linked_id is None and not here_before:
            invites.let_in(session, member_id, at=at)
        if members.stage_of(session, member_id) == members.Stage.PROMOTER:
            self.promoters.append(member_id)

    def _order(self, day: int) -> None:
        today = np.flatnonzero(self.history.orders["day"] == day).tolist()
        hosting = self._rooms(today)
        for order in today:
            self._look_in(order, hosting)
            buyer, first = int(self.history.orders["buyer"][order]), int(self.history.orders["first_line"][order])
            lines = range(first, first + int(self.history.orders["lines"][order]))
            wanted = [(self._sku(line), int(self.history.lines["quantity"][line])) for line in lines]
            claims = {"link": self.links[buyer]} if buyer in self.links else None
            purchase = replace(self.world.purchase(self.ids[buyer], wanted), claims=claims)
            self.numbers[order] = self.world.counter.place(purchase, number=self.world.unique("N"), at=self.world.now)
        for order in today:
            self.world.pay(self.numbers[order])
        self._settle()
        for order in today:
            self.world.ship(self.numbers[order])
        self._settle()

    def _rooms(self, today: list[int]) -> dict[int, str]:
        """The rooms of those who host today and may, by host."""
        rooms: dict[int, str] = {}
        hosts = {host for host in self.history.orders["host"][today].tolist() if host != ABSENT}
        for host in sorted(hosts):
            with self.world.transaction() as session:
                promoter = members.stage_of(session, self.ids[host]) == members.Stage.PROMOTER
                if promoter and livestream.may_host(session, self.plan, self.ids[host]):
                    rooms[host] = self._open_room(session, self.ids[host])
        return rooms

    def _open_room(self, session: Session, host_id: int) -> str:
        at, goods = self.world.now, self.history.population.assortment
        wanted = livestream.OpenRoom(
            title="Tested",
            slugs=[each.product for each in goods],
            starts_at=at,
            ends_at=at + timedelta(hours=1),
            old_enough=True,
        )
        code = self.world.unique("r")
        livestream.open_room(session, self.plan, wanted, host_id=host_id, code=code, at=at)
        return code

    def _look_in(self, order: int, rooms: dict[int, str]) -> None:
        """The buyer of the order is in the room, perhaps brought there."""
        host, brought = int(self.history.orders["host"][order]), int(self.history.orders["referrer"][order])
        if host in rooms:
            buyer_id, referrer_id = self.ids[self.history.orders["buyer"][order]], None
            if brought != ABSENT:
                referrer_id = self.ids[brought]
            with self.world.transaction() as session:
                livestream.record_visit(
                    session, rooms[host], viewer_id=buyer_id, referrer_id=referrer_id, at=self.world.now
                )

    def _sku(self, line: int) -> str:
        return self.history.population.assortment[self.history.lines["article"][line]].sku

    # --- what came of it ---

    def _books(self) -> Books:
        number = {member_id: place for place, member_id in enumerate(self.ids)}
        with self.world.transaction() as session:
            chunks = [self.ids[begin : begin + 500] for begin in range(0, len(self.ids), 500)]
            found: dict[int, str] = {}
            for chunk in chunks:
                found |= rewards.ranks_of(session, self.plan, chunk)
            sponsors = [members.sponsor_of(session, each, at=self.world.now) for each in self.ids]
            accounts = ledger.accounts
            pending = [ledger.owed(session, accounts.member_pending(each), "CNY").minor for each in self.ids]
            available = [ledger.owed(session, accounts.member_available(each), "CNY").minor for each in self.ids]
            fund = rewards.wallet(session, None, "CNY")
        return Books(
            ranks=[found[each] for each in self.ids],
            sponsors=[ABSENT if each is None else number[each] for each in sponsors],
            pending=pending,
            available=available,
            fund=(fund.pending.minor, fund.available.minor),
        )
