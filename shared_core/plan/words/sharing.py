"""Who earns what on a sale: the share table in words, with what its terms mean."""

from collections.abc import Iterator, Mapping

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import BPS_WHOLE, Money
from shared_core.kernel.reader import Reader
from shared_core.plan.check import percent
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import PeriodCap, ShareRule
from shared_core.plan.schema.terms import Channel, Payee, window_days
from shared_core.plan.words.chapter import Chapter, Table, clauses, days
from shared_core.plan.working import PeriodLimit

PAYEES: Mapping[Payee, str] = {
    "seller": N_("Seller"),
    "inviter": N_("Inviter of the seller"),
    "second_inviter": N_("Inviter of the seller's inviter"),
    "host": N_("Host of the live room"),
    "host_inviter": N_("Inviter of the host"),
    "traffic_referrer": N_("Whoever brought the viewer into the live room"),
    "team_fund": N_("Team fund, nobody in person"),
}
CHANNELS: Mapping[Channel, str] = {
    "shop": N_("in the shop"),
    "group": N_("in chat groups"),
    "live": N_("in live rooms"),
}
_TRIGGERS = {
    "member_joined": N_("when somebody becomes a member"),
    "rank_up": N_("when somebody reaches a rank"),
    "invite_used": N_("when an invitation is used"),
    "pack_sold": N_("when a pack is sold"),
}
_WINDOWS = {
    "month": N_("One person is never paid more than {most} in a calendar month."),
    "lifetime": N_("One person is never paid more than {most} in all."),
}
_OWN = {
    "nobody": N_("When sellers buy from themselves, nobody earns on it."),
    "others": N_("Nobody earns on what they buy themselves; the others in the sale do."),
    "everybody": N_("What members buy is their own sale, whatever link led to it: they earn on it, like a discount."),
}


def shares(plan: Plan, reader: Reader) -> Chapter:
    """The table by payee, and how its amounts come about."""
    title = reader.say(N_("Who earns what on a sale"))
    if not plan.shares:
        return Chapter("shares", title, (reader.say(N_("Nobody earns anything on sales.")), *_caps(plan, reader)))
    head = (reader.say(N_("Who")), reader.say(N_("On what")), reader.say(N_("How much")))
    rows = tuple(
        (reader.say(PAYEES[rule.payee]), conditions(plan, reader, rule), pay(plan, reader, rule))
        for rule in plan.shares
    )
    notes = (
        *_terms(plan, reader),
        *_caps(plan, reader),
        reader.say(N_("What does not divide evenly stays with the shop.")),
    )
    return Chapter("shares", title, (), Table(head, rows), notes)


def rule_in_words(plan: Plan, reader: Reader, rule_id: str) -> str:
    """One rule as a sentence. Raises KeyError for a rule the plan does not have."""
    rule = {each.id: each for each in plan.shares}[rule_id]
    parts = {
        "who": reader.say(PAYEES[rule.payee]),
        "what": conditions(plan, reader, rule),
        "pay": pay(plan, reader, rule),
    }
    return reader.say(N_("{who}, {what}: {pay}."), **parts)


def conditions(plan: Plan, reader: Reader, rule: ShareRule) -> str:
    """When a rule applies: "as Gold, in live rooms, brand Acme"; "every sale" without conditions."""
    named: list[str] = []
    if rule.ranks:
        ranks = reader.either([plan.rank(each).name if each in plan.places else each for each in rule.ranks])
        named.append(reader.say(N_("as {ranks}"), ranks=ranks))
    if rule.channels:
        named.append(reader.either([reader.say(CHANNELS[each]) for each in rule.channels]))
    goods = (
        (N_("brand {names}"), rule.brands),
        (N_("category {names}"), rule.categories),
        (N_("product {names}"), rule.products),
        (N_("SKU {names}"), rule.skus),
    )
    named += [reader.say(text, names=reader.either(names)) for text, names in goods if names]
    if rule.trigger != "order":
        named.append(reader.say(_TRIGGERS[rule.trigger]))
    return clauses(reader, named) if named else reader.say(N_("every sale"))


def pay(plan: Plan, reader: Reader, rule: ShareRule) -> str:
    """What a rule gives: "12.5% of the price, at most ¥5.00 a line"."""
    if rule.fixed is not None:
        parts = [reader.say(N_("{amount} for every piece"), amount=Money(rule.fixed, plan.currency))]
    else:
        of = N_("{rate} of the margin") if rule.basis == "margin" else N_("{rate} of the price")
        parts = [reader.say(of, rate=percent(rule.rate or 0))]
    if rule.differential:
        parts.append(reader.say(N_("only the difference to those below")))
    if rule.same_rank_bonus:
        parts.append(reader.say(N_("between equal ranks {bonus} instead"), bonus=percent(rule.same_rank_bonus)))
    if rule.at_most is not None:
        parts.append(reader.say(N_("at most {most} on one order line"), most=Money(rule.at_most, plan.currency)))
    return clauses(reader, parts)


def own_purchases(plan: Plan, reader: Reader) -> Iterator[str]:
    yield reader.say(_OWN[plan.self_purchase.pays])
    counted, ignored = (
        N_("Own purchases count as sales for ranks."),
        N_("Own purchases do not count as sales for ranks."),
    )
    yield reader.say(counted if plan.self_purchase.counts else ignored)


def _terms(plan: Plan, reader: Reader) -> Iterator[str]:
    """The terms that the table uses."""
    rated = [rule for rule in plan.shares if rule.rate is not None]
    if any(rule.basis == "price" for rule in rated):
        yield reader.say(N_("The price is what was paid for the goods of the line, without delivery."))
    if any(rule.basis == "margin" for rule in rated):
        yield reader.say(N_("The margin is that price less what the goods cost the shop."))
    if any(rule.differential for rule in plan.shares):
        yield reader.say(
            N_("The difference: an inviter gets only what their own rate exceeds the highest rate reached below them.")
        )
    if len({rule.payee for rule in plan.shares}) < len(plan.shares):
        yield reader.say(
            N_("Where several lines fit, the one that names the goods, the place or the rank most closely counts.")
        )


def _caps(plan: Plan, reader: Reader) -> Iterator[str]:
    if plan.caps.person < BPS_WHOLE:
        most = percent(plan.caps.person)
        yield reader.say(
            N_("One person never gets more than {most} of the price of an order line, whatever the roles."), most=most
        )
    if plan.caps.line < BPS_WHOLE:
        most = percent(plan.caps.line)
        yield reader.say(N_("All shares of an order line together are never more than {most} of its price."), most=most)
    elif plan.shares:
        yield reader.say(N_("All shares of an order line together are never more than its price."))
    if plan.caps.period is not None:
        yield period_in_words(plan.caps.period, plan.currency, reader)
        yield reader.say(
            N_("It counts when an order is paid, and goods given back make no room; what is above stays with the shop.")
        )


def period_in_words(cap: PeriodCap | PeriodLimit, currency: str, reader: Reader) -> str:
    """What one person is paid at most in which time."""
    within = window_days(cap.window)
    said = _WINDOWS.get(cap.window, N_("One person is never paid more than {most} within {days}."))
    return reader.say(said, most=Money(cap.at_most, currency), days="" if within is None else days(reader, within))
