"""A share's life: frozen when the order is placed, owed when it is paid, taken back by refunds, available in the end.

The people, ranks and rates of an order are looked up once, when it is placed; nothing later asks the plan again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from shared_core import ledger, orders
from shared_core.kernel.calendar import add_days
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.plan import (
    CHANNELS,
    Channel,
    LineFacts,
    Parties,
    Plan,
    SaleTerms,
    Share,
    line_left,
    promises,
    quote_code,
    share_lines,
    show_working,
    whole_hash,
)
from shared_core.rewards import rules
from shared_core.rewards.errors import SaleAtLoss
from shared_core.rewards.kept_plans import keep_plan
from shared_core.rewards.models import Earning, Standing
from shared_core.rewards.people import parties
from shared_core.rewards.periods import keep_within_period, room
from shared_core.rewards.rules import EarningState

SWEEP_ORDERS_MAX = 200


def freeze(
    session: Session,
    plan: Plan,
    order_id: int,
    *,
    zone: str,
    at: datetime,
    within: Callable[[list[Earning]], list[Earning]],
    terms: SaleTerms | None = None,
) -> list[Earning]:
    """Decide who earns what on a placed order. Decided once: an order that has earnings keeps them.

    `within` keeps those of the shares that the plan's standing allows. With `terms`, raises SaleAtLoss for a line that
    would not carry its supply, fees and shares.
    """
    order = orders.order(session, order_id)
    if _of_order(session, order_id):
        return []
    who = _taking_part(session, plan, order, at=at)
    made: list[Earning] = []
    lines = orders.lines(session, order_id)
    sold = [line_facts(line, channel=order.channel, currency=order.currency) for line in lines]
    left = None if order.seller_id is None else room(session, plan, order.seller_id, zone=zone, at=at)
    shown = promises(plan, sold, who, room=left)
    for line, facts, shares, promise in zip(lines, sold, share_lines(plan, sold, who), shown, strict=True):
        if terms is not None and line_left(facts.goods_net, facts.goods_net - facts.margin, shares, terms).minor < 0:
            raise SaleAtLoss(sku=line.sku)
        for share in shares:
            promised = quote_code(plan, facts, _of_same_person(shares, share), share.member_id or 0)
            row = _earning(plan, order, line, share, number=len(made) + 1, promised=promised, at=at)
            row.working = show_working(
                plan, facts, who, share, promise if share.member_id == order.seller_id else None
            ).as_dict()
            made.append(row)
    kept = within(made)
    if kept:
        keep_plan(session, plan, at=at)
    session.add_all(kept)
    session.flush()
    return kept


def _taking_part(session: Session, plan: Plan, order: orders.Order, *, at: datetime) -> Parties:
    """Everybody in the sale: the seller, the host of its room, who brought the buyer there, those above."""
    claimed = order.claims or {}
    return parties(
        session,
        plan,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        host_id=claimed.get("room"),
        referrer_id=claimed.get("traffic"),
        at=at,
    )


def line_facts(line: orders.OrderLine, *, channel: Channel | str, currency: str) -> LineFacts:
    """What shares depend on, of an order line."""
    return LineFacts(
        goods_net=Money(line.goods_net_minor, currency),
        margin=Money(line.goods_net_minor - line.supply_minor, currency),
        channel=_channel(channel),
        brand=line.brand,
        category=line.category,
        product=line.product_code,
        sku=line.sku,
        quantity=line.quantity,
    )


def book(
    session: Session, order_id: int, *, zone: str, at: datetime, within: Callable[[list[Earning]], list[Earning]]
) -> None:
    """The order is paid: its shares are owed, pending, as far as the limit of a period leaves room for them.

    An order that was given up earns again, `within` what the plan's standing still allows; what it does not is noted as
    refused and leaves, as if it were placed now.
    """
    rows = [row for row in _locked(session, order_id) if rules.may_book(row.booked_at)]
    given_up = [row for row in rows if row.state == EarningState.VOID]
    refused = {row.id for row in given_up} - {row.id for row in within(given_up)}
    for row in given_up:
        if row.id in refused:
            session.delete(row)
    rows = [row for row in rows if row.id not in refused]
    keep_within_period(session, rows, zone=zone, at=at)
    ledger.post(session, *_allocation(rows), at=at)
    for row in rows:
        row.state, row.booked_at = EarningState.PENDING if row.net_minor else EarningState.VOID, at


def give_up(session: Session, order_id: int) -> None:
    """The order was cancelled unpaid: its shares come to nothing (until it is paid after all)."""
    for row in _locked(session, order_id):
        if row.booked_at is None:
            row.state = EarningState.VOID


def take_back(session: Session, order_id: int, refund_id: int, *, at: datetime) -> None:
    """Goods were refunded: each line takes its part of each of its shares back, out of whatever account it is in."""
    _follow(session, order_id, "claw", refund_id, at=at, memo="refund takes shares back")


def keep_back(session: Session, order_id: int, dispute_id: int, *, at: datetime) -> None:
    """A payment is disputed: what a refund of it would take back is held until it is decided."""
    _follow(session, order_id, "hold", dispute_id, at=at, memo="dispute keeps shares back")


def let_go(session: Session, order_id: int, dispute_id: int, *, at: datetime) -> None:
    """The dispute is over: what is still held for it goes back to where it was."""
    _follow(session, order_id, "unhold", dispute_id, at=at, memo="dispute is over")


def _follow(session: Session, order_id: int, kind: rules.Follows, cause_id: int, *, at: datetime, memo: str) -> None:
    """Let each share be what the order's refunds and open disputes say by now; the difference is booked once."""
    lines, disputed = _lines(session, order_id), orders.disputed_goods(session, order_id)
    rows = [row for row in _locked(session, order_id) if row.booked_at is not None]
    _stop_payouts(session, rows)
    shifts: list[ledger.Posting] = []
    for row in rows:
        line = lines[row.line_id]
        amount, refunded, goods = row.amount_minor, line.refunded_minor, line.goods_net_minor
        less = rules.to_reverse(amount, row.reversed_minor, refunded, goods)
        held = rules.to_hold(amount, row.reversed_minor + less, refunded + disputed.get(line.id, 0), goods)
        moved = [Money(minor, row.currency) for minor in (less, row.held_minor, held)]
        shifts += rules.shift_postings(EarningState(row.state), row.member_id, *moved)
        row.reversed_minor, row.held_minor = row.reversed_minor + less, held
        if row.net_minor == 0:
            row.state = EarningState.VOID
    if rows:
        reference = rules.following_reference(kind, rows[0].order_number, cause_id)
        ledger.post(session, reference, shifts, at=at, memo=memo)


def of_own_room() -> ColumnElement[bool]:
    """Earned for bringing the buyer into a room of one's own; of a query that joins earnings and their orders."""
    host_id: ColumnElement[int] = orders.Order.claims["room"].as_integer()
    own: ColumnElement[bool] = Earning.member_id == host_id
    return own & (Earning.payee == "traffic_referrer")


def of_own_purchase() -> ColumnElement[bool]:
    """Earned on what one bought oneself, perhaps as a visitor whom nobody knew; of such a query, too."""
    buyer_id, was = orders.Order.buyer_id, Standing.member_id
    as_visitor = select(was).where(was == buyer_id, Standing.merged_into_id == Earning.member_id).exists()
    return Earning.member_id.is_not_distinct_from(buyer_id) | as_visitor  # the team fund never is the buyer


def disown(session: Session, *, visitor_id: int, member_id: int, purchases: bool, at: datetime) -> None:
    """The visitor turns out to be the member: what they earned for bringing buyers into the member's rooms comes to
    nothing, in any state; with `purchases` also what either earned on orders of the other.
    """
    order = orders.Order
    by_visitor = Earning.member_id == visitor_id
    own = by_visitor & (Earning.payee == "traffic_referrer") & (order.claims["room"].as_integer() == member_id)
    if purchases:
        own |= by_visitor & (order.buyer_id == member_id)
        own |= (Earning.member_id == member_id) & (order.buyer_id == visitor_id)
    query = select(Earning.id, Earning.order_id).join(order, order.id == Earning.order_id)
    found = session.execute(query.where(own)).all()
    ids = {row.id for row in found}
    for order_id in sorted({row.order_id for row in found}):
        rows = [row for row in _locked(session, order_id) if row.id in ids]
        back: list[ledger.Posting] = []
        for row in rows:
            if row.booked_at is not None:
                net, held, nothing = (Money(each, row.currency) for each in (row.net_minor, row.held_minor, 0))
                back += rules.shift_postings(EarningState(row.state), row.member_id, net, held, nothing)
        reference = rules.own_reference(rows[0].order_number, visitor_id)
        ledger.post(session, reference, back, at=at, memo="shares of one's own purchase or room")
        for row in rows:
            row.reversed_minor, row.held_minor, row.state = row.amount_minor, 0, EarningState.VOID
    session.flush()


def note_delivery(session: Session, order_id: int, *, zone: str, at: datetime) -> None:
    """The goods arrived: the days until the shares can be taken begin."""
    for row in _locked(session, order_id):
        row.matures_at = add_days(at, row.settle_days, zone)


def note_completion(session: Session, order_id: int, *, at: datetime) -> None:
    """The return window has closed: what is due matures now, the rest when its day comes."""
    rows = _locked(session, order_id)
    for row in rows:
        row.completed_at = at
        row.matures_at = row.matures_at or at
    _mature(session, rows, at=at)


def mature_due(session: Session, *, at: datetime, limit: int = SWEEP_ORDERS_MAX) -> int:
    """Let the shares of completed orders mature whose day has come; the number of orders. A worker repeats it."""
    due = (Earning.state == EarningState.PENDING) & (Earning.completed_at.is_not(None)) & (Earning.matures_at <= at)
    query = select(Earning.order_id).where(due).group_by(Earning.order_id).order_by(Earning.order_id).limit(limit)
    order_ids = list(session.scalars(query))
    for order_id in order_ids:
        _mature(session, _locked(session, order_id), at=at)
    return len(order_ids)


def _mature(session: Session, rows: Iterable[Earning], *, at: datetime) -> None:
    by_order: dict[str, list[Earning]] = defaultdict(list)
    for row in rows:
        if row.state == EarningState.PENDING and row.matures_at is not None and row.matures_at <= at:
            by_order[row.order_number].append(row)
    for number, due in by_order.items():
        moved = [
            ledger.entry(
                debit=rules.purse(row.member_id).pending,
                credit=rules.purse(row.member_id).available,
                amount=Money(rules.to_mature(row.amount_minor, row.reversed_minor, row.held_minor), row.currency),
            )
            for row in due
        ]
        ledger.post(session, f"mat:{number}", moved, at=at, memo=f"shares of order {number} are available")
        for row in due:
            row.state, row.matured_at = EarningState.AVAILABLE, at


def _of_same_person(shares: Sequence[Share], share: Share) -> list[Share]:
    """Somebody in several roles was shown one figure for all of them."""
    return [each for each in shares if each.member_id == share.member_id]


def _allocation(rows: Sequence[Earning]) -> tuple[str, list[ledger.Posting]]:
    """The reference and postings that make the shares of one order owed."""
    owed = [
        ledger.entry(
            debit=accounts.commission(),
            credit=rules.purse(row.member_id).pending,
            amount=Money(row.net_minor, row.currency),
        )
        for row in rows
    ]
    return rules.allocation_reference(rows[0].order_number if rows else ""), owed


def _stop_payouts(session: Session, rows: Sequence[Earning]) -> None:
    """Who asks for available money just now, or hands it out of the fund, waits and then sees what was taken of it."""
    settled = [row for row in rows if row.state == EarningState.AVAILABLE]
    if settled:
        own = {rules.purse(row.member_id).available for row in settled}
        ledger.lock_accounts(session, own, settled[0].currency)


def _lines(session: Session, order_id: int) -> dict[int, orders.OrderLine]:
    return {line.id: line for line in orders.lines(session, order_id)}


def _of_order(session: Session, order_id: int) -> bool:
    return session.scalar(_ANY, {"order_id": order_id}) is not None


def _locked(session: Session, order_id: int) -> Sequence[Earning]:
    """The order's earnings; others who would change them wait."""
    return session.scalars(_LOCKED, {"order_id": order_id}).all()


_ANY = select(Earning.id).where(Earning.order_id == bindparam("order_id")).limit(1)
_LOCKED = (
    select(Earning)
    .where(Earning.order_id == bindparam("order_id"))
    .order_by(Earning.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
"""What every order asks is put together once."""


def _channel(channel: str) -> Channel:
    """The order's channel as the plan knows it."""
    return next(each for each in CHANNELS if each == channel)


def _earning(
    plan: Plan,
    order: orders.Order,
    line: orders.OrderLine,
    share: Share,
    *,
    number: int,
    promised: str,
    at: datetime,
) -> Earning:
    return Earning(
        code=f"{order.number}-{number}",
        order_id=order.id,
        order_number=order.number,
        line_id=line.id,
        sku=line.sku,
        member_id=share.member_id,
        payee=share.payee,
        rule_id=share.rule_id,
        plan_name=plan.name,
        plan_version=plan.version,
        plan_hash=whole_hash(plan),
        rank_then=share.rank,
        basis=share.basis,
        base_minor=share.base.minor,
        rate_bps=share.rate_bps,
        fixed_minor=share.fixed.minor if share.fixed else None,
        uncapped_minor=share.uncapped.minor,
        amount_minor=share.amount.minor,
        reversed_minor=0,
        held_minor=0,
        currency=order.currency,
        state=EarningState.QUOTED,
        quote=promised,
        settle_days=plan.settlement.days,
        quoted_at=at,
    )
