"""Between an order and its goods: buy them from the supply side once paid, follow the parcels, give goods back.

Everything here runs after a commit, through the outbox or a sweep, and may run again at any time: each step asks the
gateway by reference and writes its answer down once.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import ledger, supply
from shared_core.kernel.calendar import add_days
from shared_core.kernel.database import Database, insert_or_ignore, lock
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.events import announce
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.orders import reads, return_desk
from shared_core.orders.checkout import SYSTEM
from shared_core.orders.errors import NothingToRefund, SupplyNotSettled, UnknownParcel
from shared_core.orders.events import (
    NewsUnapplied,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderRefunded,
    ParcelCancelled,
    ParcelShort,
)
from shared_core.orders.models import Order, Parcel, ParcelShipment, Refund, SupplyCursor
from shared_core.orders.refunds import RefundItem, RefundOrder, refund, refund_all
from shared_core.orders.rules import SOLD, State
from shared_core.orders.steps import move
from shared_core.orders.supply_books import book_supply, book_withdrawal

SUPPLY_CURSOR = "supply"
"""The cursor of the events that have always been followed: of the supply in the same database."""
PAGES_PER_SWEEP_MAX = 50
GIVES_BACK = ("supply-withdraw", "supply-withdraw-short", "supply-withdraw-missing", "supply-release")
"""The subscribers that give goods back to the supply side."""


@dataclass(frozen=True)
class SupplyDesk:
    """Speaks with the supply side on behalf of this shop's orders.

    `feeds` are the events it follows, by the name of the cursor that says how far.
    """

    database: Database
    gateway: supply.SupplyGateway
    clock: Callable[[], datetime]
    zone: str
    feeds: Mapping[str, supply.SupplyGateway] = field(default_factory=dict)

    def subscribe(self, listeners: Listeners) -> None:
        """Names are kept in outbox rows; they stay as they are."""
        listeners.after_commit(OrderPaid, "supply-confirm", self.confirm)
        refunded, cancelled, short, released = GIVES_BACK
        listeners.after_commit(OrderRefunded, refunded, self.withdraw)
        listeners.after_commit(ParcelCancelled, cancelled, self.withdraw_short)
        listeners.after_commit(ParcelShort, short, self.withdraw_missing)
        listeners.after_commit(OrderCancelled, released, self.release)
        listeners.after_commit(NewsUnapplied, "supply-news", self.apply_again)
        for event, name, step in return_desk.STEPS:
            listeners.after_commit(event, name, self._of_return(step))

    def confirm(self, event: OrderPaid) -> None:
        """Buy the paid goods; when they are gone for good, give the money back."""
        self._buy(event.order_id)

    def _buy(self, order_id: int) -> None:
        with self.database.glance() as session:
            row = reads.order(session, order_id)
        if row.supply_state != "none" or (row.state not in SOLD and self._let_go(row)):
            return
        ship_to, goods = supply.Address.from_json(row.address), Money(row.goods_minor, row.currency)
        try:
            bought = self.gateway.confirm(row.number, ship_to=ship_to, at=self.clock(), goods=goods)
        except (supply.OutOfStock, supply.HoldReleased, supply.UnknownHold):
            self._give_up(row, refund_too=True)
            return
        with self.database.transaction() as session:
            _settle_supply(session, row.number, bought, at=self.clock())

    def withdraw(self, event: OrderRefunded) -> None:
        """Give a refund's goods back to the supply side, so that the store no longer owes for them: at once for what
        never left, by a return for the rest.
        """
        with self.database.reading() as session:
            made = session.get_one(Refund, event.refund_id)
            row = reads.order(session, event.order_id)
            skus = {line.id: line.sku for line in reads.lines(session, row.id)}
            parts = reads.refund_lines(session, made.id)
        if row.supply_state == "given_up" or not made.goods_back:
            return
        if row.supply_state == "none":
            raise SupplyNotSettled(number=row.number)
        lines = [supply.HoldLine(skus[part.line_id], part.quantity) for part in parts if part.quantity]
        if not lines:
            return
        back = self.gateway.withdraw(row.number, lines, withdrawal=made.number, restock=made.restock, at=self.clock())
        returns = [self.gateway.view_return(row.number, number=each) for each in back.returns]
        with self.database.transaction() as session:
            book_withdrawal(session, back.withdrawal, back, memo="never left", at=self.clock())
            for each in returns:
                return_desk.hear_return(session, each, at=self.clock())

    def withdraw_short(self, event: ParcelCancelled) -> None:
        """Give pieces of a cancelled parcel back to the supply side that no refund brings back: their money went back
        without them, by a bank or because the customer was to keep them.
        """
        with self.database.reading() as session:
            row, parcel = reads.order(session, event.order_id), session.get_one(Parcel, event.parcel_id)
            back_already = _coming_back(session, row)
        for _, sku, _, unrefunded in parcel.short:
            back_already[sku] += unrefunded
        short = [supply.HoldLine(sku, pieces - back_already[sku]) for sku, pieces in parcel.lines]
        self._withdraw_unrefunded(row, short, number=f"{row.number}-short-{parcel.id}")

    def withdraw_missing(self, event: ParcelShort) -> None:
        """The same for single pieces of a parcel that never come."""
        with self.database.reading() as session:
            row, parcel = reads.order(session, event.order_id), session.get_one(Parcel, event.parcel_id)
        missing = [supply.HoldLine(sku, unrefunded) for news, sku, _, unrefunded in parcel.short if news == event.news]
        self._withdraw_unrefunded(row, missing, number=f"{row.number}-short-{parcel.id}-{event.news}")

    def _withdraw_unrefunded(self, row: Order, lines: Sequence[supply.HoldLine], *, number: str) -> None:
        gone = [line for line in lines if line.quantity > 0]
        if gone:
            back = self.gateway.withdraw(row.number, gone, withdrawal=number, restock=False, at=self.clock())
            with self.database.transaction() as session:
                book_withdrawal(session, back.withdrawal, back, memo="never left", at=self.clock())

    def _of_return(self, step: return_desk.Step) -> Callable[[Any], None]:
        return lambda event: step(self.database, self.gateway, event.return_id, at=self.clock())

    def release(self, event: OrderCancelled) -> None:
        """An order was given up before payment: its goods are free again."""
        with self.database.reading() as session:
            row = reads.order(session, event.order_id)
        if row.state in (State.CANCELLED, State.REFUSED):
            self.gateway.release(row.number, at=self.clock())

    def follow(self) -> int:
        """Apply what happened to our goods since last time; the number of events. Safe to run in several workers."""
        feeds = self.feeds or {SUPPLY_CURSOR: self.gateway}
        return sum(self._follow(name, gateway) for name, gateway in feeds.items())

    def _follow(self, name: str, gateway: supply.SupplyGateway) -> int:
        applied = 0
        for _ in range(PAGES_PER_SWEEP_MAX):
            with self.database.glance() as session:
                position = session.scalar(select(SupplyCursor.position).where(SupplyCursor.name == name)) or 0
            page = gateway.events(after=position)
            if not page.events:
                break
            self._settle_what_was_bought(page)
            returns = {each.id: return_desk.asked_of(gateway, each) for each in page.events if each.return_number}
            with self.database.transaction() as session:
                if _advance(session, name, position, page.cursor):
                    for each in page.events:
                        self._hear(session, each, returns.get(each.id))
                    applied += len(page.events)
        return applied

    def _hear(self, session: Session, news: supply.SupplyEvent, told: supply.ReturnView | None) -> None:
        """What cannot be applied (the order is not known here, or not its parcel) keeps nobody else's news waiting: it
        is tried again, and shown in the books when it is given up.
        """
        try:
            with session.begin_nested():
                _apply(session, news, told, zone=self.zone)
        except PlatformError:
            announce(session, NewsUnapplied(news, self.clock()))

    def apply_again(self, event: NewsUnapplied) -> None:
        told = return_desk.asked_of(self.gateway, event.news)
        with self.database.transaction() as session:
            _apply(session, event.news, told, zone=self.zone)

    def _settle_what_was_bought(self, page: supply.EventPage) -> None:
        """What is sent was bought, although the answer may have been lost: ask again, before the news is applied."""
        numbers = {each.reference for each in page.events}
        with self.database.glance() as session:
            query = select(Order.id).where(Order.number.in_(numbers), Order.supply_state == "none")
            unsettled = session.scalars(query).all()
        for order_id in unsettled:
            self._buy(order_id)

    def _let_go(self, row: Order) -> bool:
        """The money is gone back before the goods were bought; False when they were, and only the answer was lost."""
        try:
            self.gateway.release(row.number, at=self.clock())
        except supply.HoldConfirmed:
            return False
        self._give_up(row, refund_too=False)
        return True

    def _give_up(self, row: Order, *, refund_too: bool) -> None:
        """The goods will never come: nothing is owed for them, and paid money goes back."""
        with self.database.transaction() as session:
            fresh = reads.locked(session, row.number)
            if fresh.supply_state != "none":
                return
            fresh.supply_state = "given_up"
            if refund_too and fresh.state in SOLD:
                refund_all(
                    session,
                    row.number,
                    reason="out_of_stock",
                    actor=SYSTEM,
                    goods_back=False,
                    refund_number=f"{row.number}-gone",
                    at=self.clock(),
                    disputed_too=True,
                )
        self.gateway.release(row.number, at=self.clock())


def hear_supply(session: Session, news: supply.SupplyEvent | None, *, zone: str) -> None:
    """Apply news of a supply in this very database in the transaction in which it happens.

    Following it later changes nothing any more. An order that does not know the parcel yet is left to that, and so is
    news of what does not come: the refund is named by the number that the news has in the feed.
    """
    if news is not None and news.kind in (supply.EventKind.SHORT, supply.EventKind.CANCELLED):
        return
    known = news and session.scalar(select(Parcel.id).where(Parcel.supplier_order == news.supplier_order))
    if news is not None and known is not None:
        _apply(session, news, None, zone=zone)


def _settle_supply(session: Session, number: str, bought: supply.Confirmation, *, at: datetime) -> None:
    """Write the answer of the supply side down once: parcels to come, and what the store owes."""
    row = reads.locked(session, number)
    if row.supply_state != "none":
        return
    row.supply_state, row.supply_minor = "confirmed", bought.supply.minor
    for part in bought.supplier_orders:
        session.add(
            Parcel(
                order_id=row.id,
                supplier_order=part.number,
                supplier=part.supplier,
                lines=[[line.sku, line.quantity] for line in part.lines],
            )
        )
    book_supply(session, number, bought, at=at)


def _advance(session: Session, name: str, seen: int, position: int) -> bool:
    """Move the cursor `name` from `seen` to `position`; False when another worker was faster."""
    lock(session, "supply-cursor")
    insert_or_ignore(session, SupplyCursor, {"name": name, "position": 0}, conflict=["name"])
    cursor = session.get_one(SupplyCursor, name, populate_existing=True)
    if cursor.position != seen:
        return False
    cursor.position = position
    return True


def _apply(session: Session, news: supply.SupplyEvent, told: supply.ReturnView | None, *, zone: str) -> None:
    if told is not None:
        return_desk.hear_return(session, told, at=news.at)
        return
    row = reads.locked(session, news.reference)
    parcels = reads.parcels(session, row.id)
    mine = next((parcel for parcel in parcels if parcel.supplier_order == news.supplier_order), None)
    if mine is None:
        raise UnknownParcel(number=news.supplier_order)
    if news.tracking_number:
        _note_box(session, mine, news)
    if news.kind == supply.EventKind.SHIPPED:
        mine.shipped_at = news.at
    elif news.kind == supply.EventKind.DELIVERED:
        mine.delivered_at = news.at
        mine.shipped_at = mine.shipped_at or news.at
    elif news.kind in (supply.EventKind.PART_SHIPPED, supply.EventKind.PART_DELIVERED):
        pass  # the order moves on with the last of its boxes
    elif news.kind == supply.EventKind.SHORT:
        _note_short(session, row, mine, news)
    else:
        mine.cancelled_at = news.at
        none_comes = all(parcel.cancelled_at for parcel in parcels)
        _refund_missing(session, row, dict(mine.lines), news, freight=none_comes)
        announce(session, ParcelCancelled(row.id, mine.id, news.at))
    coming = [parcel for parcel in parcels if parcel.cancelled_at is None]
    if row.state not in SOLD or not coming:
        return
    if all(parcel.delivered_at for parcel in coming):
        _deliver(session, row, zone=zone, at=max(parcel.delivered_at for parcel in coming if parcel.delivered_at))
    elif all(parcel.shipped_at for parcel in coming) and row.state == State.PAID:
        move(session, row, State.SHIPPED, actor="supplier", at=news.at)


def _note_box(session: Session, parcel: Parcel, news: supply.SupplyEvent) -> None:
    """A box of the parcel is on its way, or has arrived; hearing of it again changes nothing."""
    key = {"parcel_id": parcel.id, "carrier": news.carrier, "tracking_number": news.tracking_number}
    box = session.scalars(select(ParcelShipment).filter_by(**key)).one_or_none()
    if box is None:
        lines = [[line.sku, line.quantity] for line in news.lines]
        box = ParcelShipment(**key, lines=lines, shipped_at=news.at)
        session.add(box)
        parcel.carrier, parcel.tracking_number = news.carrier, news.tracking_number
    if news.kind in (supply.EventKind.DELIVERED, supply.EventKind.PART_DELIVERED):
        box.delivered_at = box.delivered_at or news.at


def _deliver(session: Session, row: Order, *, zone: str, at: datetime) -> None:
    """All parcels have arrived: the customer's deposit becomes income, and the return window starts."""
    if row.state not in (State.PAID, State.SHIPPED):
        return
    move(session, row, State.DELIVERED, actor="supplier", at=at)
    row.delivered_at, row.due_at = at, add_days(at, row.return_days, zone)
    freight = Money(row.freight_minor - row.refunded_freight_minor, row.currency)
    goods = Money(row.total_minor - row.refunded_minor, row.currency) - freight
    earned = [
        ledger.entry(debit=accounts.customer_deposit(), credit=accounts.sales(), amount=goods),
        ledger.entry(debit=accounts.customer_deposit(), credit=accounts.shipping_income(), amount=freight),
    ]
    ledger.post(session, f"rev:{row.number}", earned, at=at, memo=f"order {row.number} delivered")
    announce(session, OrderDelivered(row.id, at))


def _note_short(session: Session, row: Order, parcel: Parcel, news: supply.SupplyEvent) -> None:
    """Pieces of the parcel never come: their money goes back, and the shop owes nothing for them.

    Pieces whose money went back before without them are counted, so that they are withdrawn by themselves.
    """
    refunded = _refund_missing(session, row, {line.sku: line.quantity for line in news.lines}, news, freight=False)
    back = _coming_back(session, row)
    for _, sku, _, unrefunded in parcel.short:
        back[sku] += unrefunded
    ordered = dict(parcel.lines)
    parcel.short = [
        *parcel.short,
        *(
            [
                news.id,
                line.sku,
                line.quantity,
                max(min(line.quantity - refunded[line.sku], ordered[line.sku] - back[line.sku]), 0),
            ]
            for line in news.lines
        ),
    ]
    announce(session, ParcelShort(row.id, parcel.id, news.id, news.at))


def _coming_back(session: Session, row: Order) -> Counter[str]:
    """The pieces per SKU that refunds bring back to the supply side."""
    skus = {line.id: line.sku for line in reads.lines(session, row.id)}
    back = Counter[str]()
    for made in reads.refunds(session, row.id):
        for part in reads.refund_lines(session, made.id) if made.goods_back else ():
            back[skus[part.line_id]] += part.quantity
    return back


def _refund_missing(
    session: Session, row: Order, missing: Mapping[str, int], news: supply.SupplyEvent, *, freight: bool
) -> Counter[str]:
    """What the customer paid for pieces that never come goes back, as far as it has not already; with the freight,
    when no parcel comes at all. The pieces per SKU whose money went back now.
    """
    refunded = Counter[str]()
    if row.state not in SOLD:
        return refunded
    items = []
    for line in reads.lines(session, row.id):
        pieces = min(missing.get(line.sku, 0) - refunded[line.sku], line.quantity - line.refunded_quantity)
        if pieces > 0:
            items.append(RefundItem(line.id, pieces))
            refunded[line.sku] += pieces
    wanted = RefundOrder(
        items,
        reason="short_shipped",
        actor="supplier",
        goods_back=True,
        restock=False,
        freight=freight,
        disputed_too=True,
    )
    try:
        refund(session, row.number, wanted, refund_number=f"{row.number}-{news.id}", at=news.at)
    except NothingToRefund:  # all of it went back before
        return Counter()
    return refunded
