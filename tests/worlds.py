"""A whole small shop without a web server: every room wired as the shell wires it, with a clock that tests move."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from shared_core import audit, catalog, ledger, members, orders, plan, rewards, supply
from shared_core.kernel import outbox
from shared_core.kernel.codes import hash_token
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.money import Money
from tests.members import people

ZONE = "Asia/Shanghai"
ADDRESS = supply.Address(name="样例 收件人", phone="13800000000", street="样例路 1 号", city="杭州")


@dataclass
class World:
    """`now` is the time for everything that happens; `pass_days` moves it and runs what time brings.

    `return_days` None: what the plan in force says.
    """

    database: Database
    listeners: Listeners
    currency: str = "CNY"
    now: datetime = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    seller_id: int | None = None
    claims: dict[str, int] = field(default_factory=dict)
    in_room: orders.InRoom | None = None
    return_days: int | None = 7
    plans: tuple[plan.Plan, ...] = ()
    match: orders.Match = orders.Match.MEMO
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.gateway = supply.LocalGateway(
            self.database, supply.Terms(store="store", currency=self.currency, platform_fee_bps=200)
        )
        self.counter = orders.Counter(
            database=self.database,
            gateway=self.gateway,
            rail=orders.ManualRail(("till",), self.match),
            freight=orders.FreightRule(orders.Fare(self.money(1000), self.money(20000))),
            currency=self.currency,
            return_days=self._return_days,
            seller=lambda session, purchase, at: self._seller(),
            room=lambda session, purchase, at: self.in_room,
        )
        self.desk = orders.SupplyDesk(self.database, self.gateway, clock=lambda: self.now, zone=ZONE)
        self.desk.subscribe(self.listeners)
        if self.plans:
            rewards.listeners(self.plans, ZONE).subscribe(self.listeners)

    def _seller(self) -> orders.Seller | None:
        """The seller by a link, or whoever wins among `claims` by the plan."""
        chosen = self.claims and plan.choose_seller(self.growth, self.claims)  # type: ignore[arg-type]
        if chosen:
            return orders.Seller(chosen[1], chosen[0], self.claims)
        return orders.Seller(self.seller_id, "link") if self.seller_id else None

    def _return_days(self, at: datetime) -> int:
        return self.growth.returns.days if self.return_days is None else self.return_days

    @property
    def growth(self) -> plan.Plan:
        """The version in force now."""
        return plan.version_at(self.plans, self.now, zone=ZoneInfo(ZONE))

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    def unique(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers):08d}"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self.database.transaction() as session:
            yield session

    # --- people and goods ---

    def visitor(self) -> int:
        name = self.unique("v")
        with self.transaction() as session:
            return members.create_visitor(session, token_hash=hash_token(name), code=name, at=self.now)

    def promoter(self, inviter_id: int | None = None) -> int:
        """Somebody who signed up and joined."""
        with self.transaction() as session:
            member_id = people.person(session, at=self.now)
            members.join(session, member_id, inviter_id=inviter_id, at=self.now)
            return member_id

    def stock_up(
        self, sku: str, *, units: int = 10, price: int = 8900, cost: int = 3600, supplied: int = 4000, by: str = "acme"
    ) -> None:
        """One product with one SKU: the customer pays `price`, the store `supplied`, the supplier gets `cost`."""
        with self.transaction() as session:
            supply.create_supplier(session, code=by, name=by.title(), freight=self.money(800), at=self.now)
            variant = supply.VariantSpec(
                sku=sku,
                cost=self.money(cost),
                supply_price=self.money(supplied),
                suggested=self.money(price),
            )
            product = supply.ProductSpec(code=f"p-{sku.lower()}", title=f"Sample {sku}", variants=(variant,))
            supply.put_product(session, product, supplier=by, at=self.now)
            if units:
                supply.receive_stock(session, sku=sku, quantity=units, reference=self.unique("in"), at=self.now)
        self.show_window()

    def show_window(self) -> None:
        rule = catalog.PriceRule(basis=catalog.PriceBasis.SUGGESTED)
        catalog.pull(self.database, self.gateway, rule=rule, at=self.now)

    def show_sales(self) -> None:
        rule = catalog.PriceRule(basis=catalog.PriceBasis.SUGGESTED)
        catalog.pull_sales(self.database, self.gateway, rule=rule, charged=orders.lowest_charged, at=self.now)

    # --- the way of an order ---

    def purchase(
        self, buyer_id: int, lines: Sequence[tuple[str, int]], *, key: str = "", seen: int | None = None
    ) -> orders.Purchase:
        return orders.Purchase(
            buyer_id=buyer_id,
            lines=tuple(lines),
            address=ADDRESS,
            checkout_key=key or self.unique("key"),
            seen_total=None if seen is None else self.money(seen),
        )

    def place(self, buyer_id: int, lines: Sequence[tuple[str, int]], *, key: str = "") -> str:
        return self.counter.place(self.purchase(buyer_id, lines, key=key), number=self.unique("N"), at=self.now)

    def pay(self, number: str, *, transaction_no: str = "") -> None:
        """Staff confirm the payment, and everything that follows a commit is done."""
        with self.transaction() as session:
            wanted = orders.expectation(session, orders.get(session, number).id)
            asked = self.money(wanted.amount_minor if wanted else 0)
            orders.confirm_payment(
                session,
                number,
                transaction_no=transaction_no or self.unique("T"),
                amount=asked,
                entered_by="staff:1",
                at=self.now,
            )
        self.settle_down()

    def ship(self, number: str) -> None:
        with self.transaction() as session:
            for parcel in orders.parcels(session, orders.get(session, number).id):
                if parcel.shipped_at is None and parcel.cancelled_at is None:
                    supply.ship(
                        session,
                        number=parcel.supplier_order,
                        carrier="Local",
                        tracking_number=self.unique("Local"),
                        at=self.now,
                    )
        self.settle_down()

    def deliver(self, number: str) -> None:
        with self.transaction() as session:
            for parcel in orders.parcels(session, orders.get(session, number).id):
                if parcel.shipped_at and parcel.delivered_at is None:
                    supply.deliver(session, number=parcel.supplier_order, at=self.now)
        self.settle_down()

    def refund(
        self, number: str, pieces: dict[str, int] | None = None, *, goods_back: bool = True, freight: bool = False
    ) -> str:
        """Refund these pieces by SKU; everything when not said."""
        refund_number = self.unique("R")
        with self.transaction() as session:
            row = orders.get(session, number)
            if pieces is None:
                orders.refund_all(
                    session,
                    number,
                    reason="asked",
                    actor="staff:1",
                    goods_back=goods_back,
                    refund_number=refund_number,
                    at=self.now,
                )
            else:
                lines = orders.lines(session, row.id)
                items = [orders.RefundItem(each.id, pieces[each.sku]) for each in lines if each.sku in pieces]
                wanted = orders.RefundOrder(
                    items, reason="asked", actor="staff:1", goods_back=goods_back, freight=freight
                )
                orders.refund(session, number, wanted, refund_number=refund_number, at=self.now)
        self.settle_down()
        return refund_number

    def dispute(self, number: str, minor: int, *, fee: int = 1500, reference: str = "") -> str:
        """The customer's bank takes so much of the payment back."""
        reference = reference or self.unique("DP")
        claim = orders.DisputeClaim(self.money(minor), self.money(fee), "not_received", reference)
        with self.transaction() as session:
            made = orders.open_dispute(session, number, claim, actor="staff:1", at=self.now)
        self.settle_down()
        return made.number

    def end_dispute(self, dispute: str, outcome: str) -> None:
        """It is decided; the order's number is the part before the dispute's own."""
        with self.transaction() as session:
            orders.end_dispute(
                session,
                dispute.rpartition("-")[0],
                dispute,
                outcome=orders.DisputeState(outcome),
                actor="staff:2",
                at=self.now,
            )
        self.settle_down()

    def sold(self, buyer_id: int, lines: Sequence[tuple[str, int]]) -> str:
        """An order that was placed, paid, shipped and delivered."""
        number = self.place(buyer_id, lines)
        self.pay(number)
        self.ship(number)
        self.deliver(number)
        return number

    # --- time ---

    def settle_down(self) -> None:
        """Deliver the outbox and follow the supply side until nothing moves any more."""
        for _ in range(20):
            moved = outbox.deliver(self.database, at=self.now) + self.desk.follow()
            if not moved:
                return

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)
        with self.transaction() as session:
            supply.expire_holds(session, at=self.now)
            orders.lapse_unpaid(session, at=self.now)
            orders.give_up_drafts(session, at=self.now)
        with self.transaction() as session:
            orders.complete_due(session, at=self.now)
        with self.transaction() as session:
            rewards.mature_due(session, at=self.now)
        self.settle_down()

    # --- money to members ---

    def ask_payout(self, member_id: int, minor: int) -> str:
        code = self.unique("po")
        with self.transaction() as session:
            rewards.request_payout(
                session,
                self.growth,
                member_id=member_id,
                amount=self.money(minor),
                code=code,
                zone=ZONE,
                at=self.now,
            )
        return code

    def pay_out(self, code: str) -> None:
        with self.transaction() as session:
            rewards.mark_payout_paid(session, code, evidence=self.unique("W"), actor="staff:1", at=self.now)

    def fail_payout(self, code: str) -> None:
        with self.transaction() as session:
            rewards.mark_payout_failed(session, code, reason="expired", actor="staff:1", at=self.now)

    def hand_out(self, member_id: int, minor: int) -> None:
        """Out of the team fund."""
        with self.transaction() as session:
            parts = {member_id: self.money(minor)}
            rewards.hand_out(
                session, parts, reason="a good month", code=self.unique("H"), actor="staff:901", at=self.now
            )

    def fund_available(self) -> int:
        with self.database.reading() as session:
            return rewards.wallet(session, None, self.currency).available.minor

    def available(self, member_id: int) -> int:
        with self.database.reading() as session:
            return ledger.owed(session, ledger.accounts.member_available(member_id), self.currency).minor

    def broken(self) -> list[str]:
        """The invariants that do not hold."""
        with self.database.reading() as session:
            return [f"{each.code} {each.detail(str)}" for each in audit.check(session, at=self.now) if not each.ok]

    # --- looking ---

    def state(self, number: str) -> str:
        with self.database.reading() as session:
            return str(orders.get(session, number).state)
