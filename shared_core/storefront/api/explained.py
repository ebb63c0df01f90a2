"""An earning with everything that made it what it is, as the API says it."""

from datetime import date, datetime

from shared_core import ledger, plan, rewards
from shared_core.kernel.reader import Reader
from shared_core.storefront.api.shapes import Money, Output


class Earning(Output):
    code: str
    order_number: str
    sku: str
    payee: str
    state: str
    amount: Money
    reversed: Money
    held: Money
    """Kept back while a dispute is open."""
    at: datetime
    matures_at: datetime | None


class Booking(Output):
    """One transfer in the books, out of `source` into `destination`."""

    reference: str
    source: str
    destination: str
    amount: Money


class Cap(Output):
    """A limit that was reached: the concerned shares `together` became `most`, and `left` was left of this one.

    Of the limit `period` `together` is what the same person was paid in the period before.
    """

    limit: str
    most: Money
    together: Money
    left: Money


class Clawback(Output):
    """One refund: `taken` = ⌊share × `refunded` ÷ goods of the line⌋ less what was taken before."""

    refund: str
    at: datetime
    back: Money
    refunded: Money
    target: Money
    taken: Money


class Chapter(Output):
    """Sentences in your language, then a table, then notes to it."""

    key: str
    title: str
    lines: list[str]
    table_head: list[str]
    table: list[list[str]]
    notes: list[str]


class Explanation(Output):
    """Why an earning is what it is, as it was decided when the order was placed, and every entry in the books.

    `claims`: the ways in which somebody could have claimed the sale; `claim` is the one that won. `promise` names what
    the order promised, `shown_promise` what stood beside the price of one piece then.
    """

    earning: Earning
    rule: str
    plan: str
    plan_version: str
    effective_from: date | None
    rank_then: str
    basis: str
    price_paid: Money
    base: Money
    rate_bps: int
    reached_bps: int | None
    fixed: Money | None
    before_limits: Money
    limits: list[Cap]
    claim: str | None
    claims: list[str]
    promise: str
    shown_promise: str | None
    settle_days: int
    clawbacks: list[Clawback]
    bookings: list[Booking]
    told: list[Chapter]


def earning_of(row: rewards.Earning) -> Earning:
    return Earning(
        code=row.code,
        order_number=row.order_number,
        sku=row.sku,
        payee=row.payee,
        state=row.state,
        amount=Money.of_minor(row.amount_minor, row.currency),
        reversed=Money.of_minor(row.reversed_minor, row.currency),
        held=Money.of_minor(row.held_minor, row.currency),
        at=row.quoted_at,
        matures_at=row.matures_at,
    )


def explanation_of(found: rewards.Explanation, reader: Reader) -> Explanation:
    """`reader` is whoever it is told to."""
    row, steps = found.earning, found.working
    return Explanation(
        earning=earning_of(row),
        rule=row.rule_id,
        plan=row.plan_name,
        plan_version=row.plan_version,
        effective_from=found.plan.effective_from if found.plan else None,
        rank_then=row.rank_then,
        basis=row.basis,
        price_paid=Money.of_minor(found.line.goods_net_minor, row.currency),
        base=Money.of_minor(row.base_minor, row.currency),
        rate_bps=row.rate_bps,
        reached_bps=steps.reached_bps if steps else None,
        fixed=None if row.fixed_minor is None else Money.of_minor(row.fixed_minor, row.currency),
        before_limits=Money.of_minor(row.uncapped_minor, row.currency),
        limits=[_cap(each, row.currency) for each in steps.cuts] if steps else [],
        claim=found.claim,
        claims=[*found.claims],
        promise=row.quote,
        shown_promise=steps.shown.code if steps and steps.shown else None,
        settle_days=row.settle_days,
        clawbacks=[_clawback(each) for each in found.clawbacks],
        told=[_chapter(each) for each in rewards.tell(found, reader)],
        bookings=[_booking(reference, each) for reference, postings in found.bookings for each in postings],
    )


def _cap(cut: plan.Cut, currency: str) -> Cap:
    most, together, left = (Money.of_minor(each, currency) for each in (cut.most, cut.together, cut.left))
    return Cap(limit=cut.limit, most=most, together=together, left=left)


def _clawback(each: rewards.Clawback) -> Clawback:
    return Clawback(
        refund=each.refund,
        at=each.at,
        back=Money.of(each.back),
        refunded=Money.of(each.refunded),
        target=Money.of(each.target),
        taken=Money.of(each.taken),
    )


def _chapter(each: plan.Chapter) -> Chapter:
    return Chapter(
        key=each.key,
        title=each.title,
        lines=[*each.lines],
        table_head=[*each.table.head] if each.table else [],
        table=[[*row] for row in each.table.rows] if each.table else [],
        notes=[*each.notes],
    )


def _booking(reference: str, posting: ledger.Posting) -> Booking:
    return Booking(
        reference=reference,
        source=posting.source,
        destination=posting.destination,
        amount=Money.of(posting.amount),
    )
