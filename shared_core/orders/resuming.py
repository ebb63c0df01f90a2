"""After its supply went on from a backup: what the shop knows and the supply may not is said again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared_core import ledger, supply
from shared_core.kernel import outbox
from shared_core.kernel.errors import Away, Phrase, PlatformError
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, zero
from shared_core.ledger import accounts
from shared_core.orders import reads
from shared_core.orders.entries import holder
from shared_core.orders.fulfilment import GIVES_BACK, SupplyDesk
from shared_core.orders.models import Order, SupplyCursor
from shared_core.orders.return_models import OrderReturn
from shared_core.orders.return_rules import ENDED
from shared_core.orders.rules import SOLD, State
from shared_core.orders.supply_books import BOUGHT

SLACK = timedelta(hours=1)
"""As much as the clocks of shop and supply may differ, and a call may have been under way."""
TTL = timedelta(hours=1)
_WAITING = select(Order.number).where(Order.state.in_((State.PLACED, *SOLD)), Order.supply_state == "none")
"""Orders whose goods are held and not bought yet."""
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Unsaid:
    """An order that the supply would not take again, or not as it was; somebody has to look."""

    order: str
    reason: Phrase


@dataclass(frozen=True)
class SaidAgain:
    """`orders` that the supply knows again, `new` to it among them; `effects` that are delivered again from now on."""

    orders: int
    new: int
    effects: int
    unsaid: tuple[Unsaid, ...]


def say_again(desk: SupplyDesk, *, since: datetime, currency: str) -> SaidAgain:
    """Buy again what was bought after `since`, as far as the supply has forgotten it, hold again what waits for its
    money, and give back again what was given back. Every call is idempotent, so this may be done again at any time.

    What cannot be had again is left as it is: it may be on its way. Returns are compared, and not asked for again:
    the supply side must know first what left. Raises SupplyUnavailable and HubRefused; then only
    a part was said.
    """
    since, at = since - SLACK, desk.clock()
    with desk.database.reading() as session:
        bought = _bought(session, since, currency)
        waiting = session.scalars(_WAITING).all()
    known, new, unsaid = 0, 0, list[Unsaid]()
    for number in [*bought, *waiting]:
        paid = bought.get(number)
        try:
            new += _hold_again(desk, number)
            owed = None if paid is None else _buy_again(desk, number)
        except Away:
            raise
        except PlatformError as refusal:
            unsaid.append(Unsaid(number, Phrase(refusal.message, **refusal.params)))
            continue
        known += 1
        if owed != paid:
            differs = Phrase(N_("the supply side now asks {now} for it, {booked} is booked"), now=owed, booked=paid)
            unsaid.append(Unsaid(number, differs))
    unsaid += _returns_that_differ(desk, since)
    with desk.database.transaction() as session:
        effects = outbox.deliver_again(session, GIVES_BACK, since=since, at=at)
    return SaidAgain(known, new, effects, tuple(unsaid))


def _bought(session: Session, since: datetime, currency: str) -> Mapping[str, Money]:
    """What the shop booked since then as owed for orders, by their numbers."""
    owed_in = (accounts.due_hub_supply(), accounts.due_hub_payable())
    owed: dict[str, Money] = {}
    for row in ledger.movements(session, owed_in, currency, before=FOR_EVER, since=since):
        number = row.reference.removeprefix(BOUGHT)
        if number != row.reference:
            owed[number] = owed.get(number, zero(currency)) + row.amount
    return owed


def _hold_again(desk: SupplyDesk, number: str) -> bool:
    """Whether the supply had forgotten the order. Raises what the gateway refuses with."""
    at = desk.clock()
    try:
        desk.gateway.view(number)
    except supply.UnknownHold:
        with desk.database.reading() as session:
            row = reads.get(session, number)
            pieces, sales = Counter[str](), dict[str, str]()
            for line in reads.lines(session, row.id):
                pieces[line.sku] += line.quantity
                if line.sale:
                    sales[line.sku] = line.sale
            held_for = holder(session, row)
            where = supply.Address.from_json(row.address).where
        lines = [supply.HoldLine(sku, quantity) for sku, quantity in pieces.items()]
        ttl = max(TTL, row.due_at - at) if row.state == State.PLACED and row.due_at else TTL
        desk.gateway.hold(number, lines, customer=held_for, ttl=ttl, at=at, sales=sales, region=where)
        return True
    return False


def _buy_again(desk: SupplyDesk, number: str) -> Money:
    """What is owed for the order. Raises what the gateway refuses with."""
    with desk.database.reading() as session:
        row = reads.get(session, number)
    goods = Money(row.goods_minor, row.currency)
    bought = desk.gateway.confirm(number, ship_to=supply.Address.from_json(row.address), at=desk.clock(), goods=goods)
    return bought.supply + bought.freight + bought.fee


def _returns_that_differ(desk: SupplyDesk, since: datetime) -> list[Unsaid]:
    """Returns that are open, or were decided since then, and that the supply side knows otherwise or not at all."""
    asked = OrderReturn.state.in_([state.value for state in supply.ReturnState])
    lately = OrderReturn.decided_at >= since
    query = select(OrderReturn, Order.number).join(Order, Order.id == OrderReturn.order_id)
    with desk.database.reading() as session:
        found = session.execute(query.where(asked, lately | OrderReturn.state.not_in(ENDED))).all()
        theirs = [(row.number, row.state, number) for row, number in found]
    differ = []
    for number, state, order in theirs:
        try:
            there = desk.gateway.view_return(order, number=number).state.value
        except (supply.returns.UnknownReturn, supply.UnknownHold):
            there = ""
        if there != state:
            told = Phrase(
                N_("the return {number} is {here} here, {there} at the supply side"),
                number=number,
                here=str(state),
                there=there or "-",
            )
            differ.append(Unsaid(order, told))
    return differ


def follow_anew(session: Session, name: str) -> None:
    """The events under this cursor come from somebody else from now on: from their first one."""
    session.execute(delete(SupplyCursor).where(SupplyCursor.name == name))
