"""An earning in words: how it came about, step by step, for whoever earned it and for staff."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import BPS_WHOLE, Money, exponent
from shared_core.kernel.reader import Reader
from shared_core.plan import Chapter, Cut, Table, percent, period_in_words, rule_in_words
from shared_core.rewards.explaining import Explanation
from shared_core.rewards.rules import EarningState

TEAM_FUND = N_("Team fund")
"""Whose an earning is that is nobody's in person."""
_CUTS = {
    "rule": N_("The rule gives at most {most} on one order line: {left}."),
    "margin": N_(
        "The shares of the margin came to {together}, the margin is {most}; they shrink in proportion: {left}."
    ),
    "person": N_("One person gets at most {most} of this order line and had {together}: {left}."),
    "line": N_(
        "All shares of this order line get at most {most} and came to {together}; they shrink in proportion: {left}."
    ),
}
_CLAIMED = {
    "link": N_("A link led to this order."),
    "room": N_("It was made in a live room."),
    "lock": N_("The buyer was somebody's fan."),
    "own": N_("The buyer is a promoter, and what promoters buy is their own sale."),
}
_CLAIMED_BY = {
    "link": N_("The link of {name} led to this order."),
    "room": N_("It was made in the live room of {name}."),
    "lock": N_("The buyer was a fan of {name}."),
    "own": N_("The buyer, {name}, is a promoter, and what promoters buy is their own sale."),
}
_WON = {
    "link": N_("The link decided who is the seller."),
    "room": N_("The live room decided who is the seller."),
    "lock": N_("Whose fan the buyer was decided who is the seller."),
    "own": N_("That went before everything else."),
}
_BESIDE = {
    "host": N_("The host of the room is paid beside the seller, whoever that is."),
    "host_inviter": N_("Who invited the host of the room is paid beside the seller, whoever that is."),
    "traffic_referrer": N_("Who first brought the buyer into the room is paid beside the seller, whoever that is."),
}
_ENTERED = N_("It was entered for the buyer from a chat group; that counts like a link.")
_ENTERED_BY = N_("{name} entered it for the buyer from a chat group; that counts like a link.")
_ORDER = {"link": N_("link"), "room": N_("live room"), "lock": N_("fan")}


def tell(found: Explanation, reader: Reader, *, names: Mapping[int, str] | None = None) -> tuple[Chapter, ...]:
    """The explanation, chapter by chapter. `names` of members are for staff; without them nobody else is named."""
    chapters = (
        ("rule", N_("By which rule"), _rule(found, reader)),
        ("amount", N_("How the amount came about"), _amount(found, reader)),
        ("seller", N_("Why the sale counted for this seller"), _seller(found, reader, names)),
        ("promise", N_("What was promised"), _promise(found, reader)),
        ("state", N_("Where it is now"), _state(found, reader)),
    )
    told = [Chapter(key, reader.say(title), (*lines,)) for key, title, lines in chapters]
    return (*told, _refunds(found, reader), _books(found, reader))


def _money(found: Explanation, minor: int) -> Money:
    return Money(minor, found.earning.currency)


def _rule(found: Explanation, reader: Reader) -> Iterator[str]:
    row, plan = found.earning, found.plan
    if plan is None:
        yield reader.say(N_("The rule {rule} of the plan {name}, version {version}."), **_plan_names(found))
        yield reader.say(N_("Its words were not kept: this earning is older than the keeping of plans."))
        yield reader.say(N_("The rank then was {rank}."), rank=row.rank_then)
        return
    yield rule_in_words(plan, reader, row.rule_id)
    begun = N_("This is the rule {rule} of the plan {name}, version {version}, in force from {day}.")
    yield reader.say(begun, **_plan_names(found), day=plan.effective_from)
    yield reader.say(
        N_("The order was placed on {day}; what the plan said that day counts for it for ever."), day=row.quoted_at
    )
    if row.member_id is None:
        return
    known = row.rank_then in plan.places
    yield reader.say(N_("The rank then was {rank}."), rank=plan.rank(row.rank_then).name if known else row.rank_then)


def _plan_names(found: Explanation) -> dict[str, object]:
    row = found.earning
    return {"rule": row.rule_id, "name": row.plan_name, "version": row.plan_version}


def _amount(found: Explanation, reader: Reader) -> Iterator[str]:
    row, line = found.earning, found.line
    goods, base = _money(found, line.goods_net_minor), _money(found, row.base_minor)
    unit = _money(found, line.unit_minor)
    paid = N_("{quantity} × {unit} were paid for {title}: {goods}.")
    yield reader.say(paid, quantity=line.quantity, unit=unit, title=line.title or line.sku, goods=goods)
    if row.basis == "margin":
        supply = _money(found, line.supply_minor)
        yield reader.say(N_("They cost the shop {supply}; the margin is {base}."), supply=supply, base=base)
    yield from _difference(found, reader)
    uncapped = _money(found, row.uncapped_minor)
    if row.fixed_minor is not None:
        each = _money(found, row.fixed_minor)
        yield reader.say(N_("{quantity} × {each} is {amount}."), quantity=line.quantity, each=each, amount=uncapped)
    else:
        yield _product(found, reader, base, uncapped)
    for cut in found.working.cuts if found.working else ():
        yield _cut(found, reader, cut)
    if found.working is None and row.uncapped_minor > row.amount_minor:
        yield reader.say(N_("The plan's limits made {amount} of it."), amount=_money(found, row.amount_minor))


def _difference(found: Explanation, reader: Reader) -> Iterator[str]:
    """Where the rate is a difference: what was reached below."""
    row, plan, working = found.earning, found.plan, found.working
    if plan is None or working is None or working.reached_bps is None:
        return
    own = next(each for each in plan.shares if each.id == row.rule_id).rate or 0
    rates = {"own": percent(own), "reached": percent(working.reached_bps), "rate": percent(row.rate_bps)}
    if own > working.reached_bps:
        yield reader.say(
            N_("The inviter's own rate is {own}, and {reached} was reached below: the difference is {rate}."), **rates
        )
    else:
        equal = N_(
            "The inviter's own rate is {own}, and {reached} was reached below on the same rank: {rate} is paid instead."
        )
        yield reader.say(equal, **rates)


def _product(found: Explanation, reader: Reader, base: Money, uncapped: Money) -> str:
    """Rate times base, exactly, and what rounding down to the smallest unit made of it."""
    row = found.earning
    exact = Decimal(row.base_minor * row.rate_bps).scaleb(-4 - exponent(row.currency)).normalize()
    rate = percent(row.rate_bps)
    if row.base_minor * row.rate_bps % BPS_WHOLE == 0:
        return reader.say(N_("{rate} of {base} is {amount}."), rate=rate, base=base, amount=uncapped)
    rounded = N_("{rate} of {base} is {exact}, rounded down to {amount}.")
    return reader.say(rounded, rate=rate, base=base, exact=exact, amount=uncapped)


def _cut(found: Explanation, reader: Reader, cut: Cut) -> str:
    if cut.limit == "period":
        return _cut_by_period(found, reader, cut)
    amounts = {name: _money(found, getattr(cut, name)) for name in ("most", "together", "left")}
    return reader.say(_CUTS[cut.limit], **amounts)


def _cut_by_period(found: Explanation, reader: Reader, cut: Cut) -> str:
    """Decided when the order was paid: by which limit, how much of it was used up, what was left of the share."""
    row, working = found.earning, found.working
    assert working is not None and working.period is not None and row.booked_at is not None, "paid under a limit"
    return reader.say(
        N_("{limit} When this order was paid, on {day}, {before} of that were used up: {left} of this share are paid."),
        limit=period_in_words(working.period, row.currency, reader),
        day=row.booked_at,
        before=_money(found, cut.together),
        left=_money(found, cut.left),
    )


def _seller(found: Explanation, reader: Reader, names: Mapping[int, str] | None) -> Iterator[str]:
    if not found.claims:
        yield reader.say(N_("Who else could have claimed the sale was not noted with this order."))
        return
    for claim, member_id in found.claims.items():
        entered = found.entered and claim == "link"
        if names is not None:
            told = _ENTERED_BY if entered else _CLAIMED_BY[claim]
            yield reader.say(told, name=names.get(member_id, str(member_id)))
        else:
            yield reader.say(_ENTERED if entered else _CLAIMED[claim])
    if len(found.claims) == 1:
        yield reader.say(N_("Nobody else could have claimed the sale."))
    elif len(set(found.claims.values())) == 1:
        yield reader.say(N_("All of it leads to the same person."))
    if found.plan is not None and found.claim != "own":
        order = reader.say(N_(", then ")).join(reader.say(_ORDER[each]) for each in found.plan.claims.seller)
        yield reader.say(N_("The plan asks in this order: {order}."), order=order)
    if found.claim is not None:
        yield reader.say(_WON[found.claim])
    if found.earning.payee in _BESIDE:
        yield reader.say(_BESIDE[found.earning.payee])


def _promise(found: Explanation, reader: Reader) -> Iterator[str]:
    row, line = found.earning, found.line
    shown = found.working.shown if found.working else None
    if shown is None:
        yield reader.say(
            N_("No figure beside a price promised this. The order froze it as promise {code}."), code=row.quote
        )
        return
    amount = _money(found, shown.minor)
    if shown.code == row.quote:
        same = N_("Beside the price it said {amount}, promise {code}. This is exactly that promise.")
        yield reader.say(same, amount=amount, code=shown.code)
        if found.working and found.working.period_cut:
            yield reader.say(N_("What the limit leaves of it is decided when the order is paid."))
        return
    beside = N_("Beside the price it said {amount} for one piece, promise {shown}. The order froze promise {code}.")
    yield reader.say(beside, amount=amount, shown=shown.code, code=row.quote)
    if line.quantity > 1:
        yield reader.say(N_("{quantity} pieces were sold."), quantity=line.quantity)
    if found.order.channel != "shop":
        yield reader.say(N_("It was sold elsewhere than in the shop, where other rules may fit and others take part."))
    own, told = _money(found, found.own_minor), _money(found, shown.minor * line.quantity)
    if own == told:
        yield reader.say(N_("That makes {told}, as promised."), told=told)
    else:
        differs = N_(
            "The same person has {own} of this line in all and not {told}: limits and rounding hold for the line."
        )
        yield reader.say(differs, own=own, told=told)


def _state(found: Explanation, reader: Reader) -> Iterator[str]:
    row = found.earning
    left = _money(found, row.net_minor)
    match EarningState(row.state):
        case EarningState.QUOTED:
            yield reader.say(N_("It counts once the order is paid."))
            if found.working and found.working.period:
                yield period_in_words(found.working.period, row.currency, reader)
                yield reader.say(N_("What the limit leaves of it is decided when the order is paid."))
        case EarningState.PENDING if row.member_id is None:
            waits = N_("{left} wait in the team fund until the goods can no longer be returned.")
            yield reader.say(waits, left=left)
        case EarningState.PENDING if row.matures_at is not None:
            waits = N_("{left} wait until the goods can no longer be returned: they can be taken out from {day} on.")
            yield reader.say(waits, left=left, day=row.matures_at)
        case EarningState.PENDING:
            waits = N_(
                "{left} wait for the delivery. {days} days after it, once the time for returns is over, they can be "
                "taken out."
            )
            yield reader.say(waits, left=left, days=row.settle_days)
        case EarningState.AVAILABLE if row.member_id is None:
            yield reader.say(N_("{left} are the team fund's for good and can be handed out."), left=left)
        case EarningState.AVAILABLE:
            assert row.matured_at is not None, "what is available became so at some time"
            yield reader.say(N_("{left} can be taken out since {day}."), left=left, day=row.matured_at)
        case EarningState.VOID if not row.amount_minor:
            yield reader.say(N_("Nothing is left of it: the limit was reached before."))
        case EarningState.VOID:
            yield reader.say(N_("Nothing is left of it: the order was not paid, or all of it was refunded."))
    if row.held_minor:
        held = _money(found, row.held_minor)
        yield reader.say(N_("{held} of it are kept back until a dispute is decided."), held=held)
    if row.state == EarningState.AVAILABLE and not row.net_minor:
        yield reader.say(N_("Nothing is left of it: the order was not paid, or all of it was refunded."))


def _refunds(found: Explanation, reader: Reader) -> Chapter:
    title, share = reader.say(N_("What refunds took back")), _money(found, found.earning.amount_minor)
    if not found.clawbacks:
        return Chapter("refunds", title, (reader.say(N_("No refund has touched it.")),))
    goods = _money(found, found.line.goods_net_minor)
    rows = []
    for each in found.clawbacks:
        formula = reader.say(
            N_("{share} × {refunded} ÷ {goods}, rounded down: {target}"),
            share=share,
            refunded=each.refunded,
            goods=goods,
            target=each.target,
        )
        rows.append((each.refund, reader.show(each.at), reader.show(each.back), formula, reader.show(each.taken)))
    heads = (N_("Refund"), N_("Day"), N_("Goods back"), N_("In all by then"), N_("Taken back"))
    head = tuple(reader.say(each) for each in heads)
    explained = reader.say(
        N_("A refund takes back the same part of a share as of the goods; what was taken before counts.")
    )
    return Chapter("refunds", title, (explained,), Table(head, tuple(rows)))


def _books(found: Explanation, reader: Reader) -> Chapter:
    title = reader.say(N_("In the books"))
    if not found.bookings:
        return Chapter("books", title, (reader.say(N_("Nothing is booked yet.")),))
    rows = tuple(
        (reference, posting.source, posting.destination, reader.show(posting.amount))
        for reference, postings in found.bookings
        for posting in postings
    )
    head = tuple(reader.say(each) for each in (N_("Reference"), N_("Out of"), N_("Into"), N_("Amount")))
    note = reader.say(N_("Entries of the same order and person stand here together."))
    return Chapter("books", title, (), Table(head, rows), (note,))
