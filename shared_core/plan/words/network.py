"""Who gets in and what it costs, whose fan one becomes, who counts as the seller, who may invite."""

from collections.abc import Iterator, Mapping

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.kernel.reader import Reader
from shared_core.plan.claims import sells_by_joining_only
from shared_core.plan.inviting import purchases_admit
from shared_core.plan.schema.network import Claim, Role
from shared_core.plan.schema.plan import Plan
from shared_core.plan.words.chapter import clauses, days

CLAIMS: Mapping[Claim, str] = {
    "link": N_("the person whose link led to it"),
    "room": N_("the host of the live room it was made in"),
    "lock": N_("the person whose fan the buyer is"),
}
_ACTS = {
    "sign_up": N_("Whoever signs up is a member."),
    "invite_code": N_("Whoever signs up with an invite code is a member."),
    "first_order": N_("Whoever has bought something and can no longer return it is a member."),
    "spend": N_("Whoever has bought goods for {spend} and can no longer return them is a member."),
}
_MOMENTS = {
    ("click", "everyone"): N_("Whoever opens somebody's link becomes that person's fan. The first link wins."),
    ("click", "members"): N_("Whoever opens a member's link becomes that member's fan. The first link wins."),
    ("sign_up", "everyone"): N_("Whoever signs up becomes the fan of the person whose link they opened first."),
    ("sign_up", "members"): N_("Whoever signs up becomes the fan of the member whose link they opened first."),
    ("first_order", "everyone"): N_("A first order makes the buyer the fan of the person whose link came first."),
    ("first_order", "members"): N_("A first order makes the buyer the fan of the member whose link came first."),
}


def joining(plan: Plan, reader: Reader) -> Iterator[str]:
    join = plan.join
    yield reader.say(_ACTS[join.how], spend=Money(join.spend, plan.currency))
    yield from _costs(plan, reader)
    if sells_by_joining_only(plan):
        yield reader.say(N_("Who is no member yet sells nothing and earns nothing."))
    if join.members_hold_stock:
        yield reader.say(N_("Members buy goods to sell them on."))
    else:
        yield reader.say(N_("Members hold no stock; the suppliers ship every order."))
    for role in plan.roles:
        yield _role(plan, reader, role)


def _costs(plan: Plan, reader: Reader) -> Iterator[str]:
    join = plan.join
    fee, deposit, subscription = (Money(each, plan.currency) for each in (join.fee, join.deposit, join.subscription))
    kit, goods = join.starter_kit, join.required_purchase
    bought = goods or (kit and kit.required) or purchases_admit(plan)
    if not (fee or deposit or subscription or bought):
        yield reader.say(N_("It costs nothing, and nothing has to be bought."))
    if fee:
        yield reader.say(N_("Getting in costs {fee}, once."), fee=fee)
    if deposit:
        yield reader.say(N_("A deposit of {deposit} is paid on entry and given back on leaving."), deposit=deposit)
    if subscription:
        yield reader.say(N_("Staying in costs {subscription} a year."), subscription=subscription)
    if goods:
        amount = Money(goods.amount, plan.currency)
        yield reader.say(N_("To get in one has to buy {sku} for {amount}."), sku=goods.sku, amount=amount)
    if kit:
        must = N_("Every new member has to take a demonstration set for {price}, {profit}.")
        may = N_("New members may take a demonstration set for {price}, {profit}.")
        profit = reader.say(N_("sold at cost") if kit.at_cost else N_("sold with a profit"))
        yield reader.say(must if kit.required else may, price=Money(kit.price, plan.currency), profit=profit)


def _role(plan: Plan, reader: Reader, role: Role) -> str:
    rights = [
        N_("earns shares") if role.can_earn else N_("earns nothing"),
        *([N_("invites others")] if role.can_invite else []),
        *([N_("opens live rooms")] if role.can_host else []),
    ]
    parts = [reader.say(each) for each in rights]
    if role.from_rank:
        parts.append(reader.say(N_("from the rank {rank} on"), rank=plan.rank(role.from_rank).name))
    parts.append(reader.say(N_("at least {age} years old"), age=role.min_age))
    if role.guardian_consent_below > role.min_age:
        consent = N_("below {age} with a guardian's consent")
        parts.append(reader.say(consent, age=role.guardian_consent_below))
    known, unknown = N_("identity checked before money is paid out"), N_("paid without a check of identity")
    parts.append(reader.say(known if role.identity_required else unknown))
    return reader.say(N_("{role}: {rights}."), role=role.name, rights=clauses(reader, parts))


def binding(plan: Plan, reader: Reader) -> Iterator[str]:
    rules = plan.binding
    if rules.by == "nobody":
        yield reader.say(N_("Nobody becomes anybody's fan."))
        return
    yield reader.say(_MOMENTS[rules.by, rules.lockers])
    if rules.from_rank:
        named = N_("Only links of members bind who have the rank {rank} or a higher one when the link is opened.")
        yield reader.say(named, rank=plan.rank(rules.from_rank).name)
    if rules.whom == "new":
        yield reader.say(N_("Only people are bound whom the shop has never seen before they open the link."))
    else:
        yield reader.say(N_("Everybody who is nobody's fan can be bound."))
    yield _lasting(plan, reader)
    if rules.consent:
        yield reader.say(N_("The fan is asked before being bound."))
    told = N_("The fan is told whose fan they are, and can see it at any time.")
    yield reader.say(told if rules.notice else N_("The fan is not told."))
    yield reader.say(N_("The fan can leave.") if rules.exit else N_("The fan cannot leave."))
    hidden = N_("The person they are a fan of sees neither their phone number nor their address nor their orders.")
    shown = N_("The person they are a fan of sees their phone number, their address and their orders.")
    yield reader.say(shown if rules.fan_details_shown else hidden)
    if rules.shared_outside:
        yield reader.say(N_("Who is whose fan is told to other shops without asking the fan."))


def _lasting(plan: Plan, reader: Reader) -> str:
    rules = plan.binding
    lasts = reader.say(N_("It lasts for ever"))
    if rules.days is not None:
        lasts = reader.say(N_("It lasts {days}"), days=days(reader, rules.days))
    change = {
        "after_expiry": N_("{lasts}; until then no other link changes it."),
        "after_protection": N_("{lasts}; after {days} another person's link may take the fan over."),
        "always": N_("{lasts}, or until another person's link takes the fan over."),
    }[rules.rebind]
    if rules.whom == "new" and rules.days is not None:
        change = N_("{lasts}; afterwards no link binds the same person again, for they are no longer new.")
    elif rules.rebind == "after_expiry" and rules.days is None:
        change = N_("{lasts}; no other link changes it.")
    return reader.say(change, lasts=lasts, days=days(reader, rules.protected_days))


def claims(plan: Plan, reader: Reader) -> Iterator[str]:
    wanted = plan.claims.seller
    if not wanted:
        yield reader.say(N_("Nobody counts as the seller of an order; the shop itself sells."))
        return
    first, *others = (reader.say(CLAIMS[each]) for each in wanted)
    yield reader.say(N_("The seller of an order is {claim}."), claim=first)
    for each in others:
        yield reader.say(N_("If there is none, it is {claim}."), claim=each)
    for claim, said in CLAIMS.items():
        if claim not in wanted:
            yield reader.say(N_("It is never {claim}."), claim=reader.say(said))


def inviting(plan: Plan, reader: Reader) -> Iterator[str]:
    rules = plan.invites
    if rules.mode == "closed":
        yield reader.say(N_("Members invite nobody."))
    elif rules.mode == "open":
        yield reader.say(N_("Every member may invite others."))
    else:
        yield from _codes(plan, reader)
    if rules.inviter_is == "lock":
        yield reader.say(N_("A member's inviter is the person whose fan the member is."))
    elif rules.mode != "closed":
        yield reader.say(N_("A member's inviter is the person whose invitation was used."))
    levels = N_("A member sees one level of the team below.")
    if rules.depth_visible != 1:
        levels = N_("A member sees {levels} levels of the team below.")
    yield reader.say(levels, levels=rules.depth_visible)


def _codes(plan: Plan, reader: Reader) -> Iterator[str]:
    rules = plan.invites
    yield reader.say(N_("Members invite with codes. Everybody starts with {base} of them."), base=rules.base)
    if rules.own_sales_per_code is not None:
        earned = Money(rules.own_sales_per_code, plan.currency)
        yield reader.say(N_("{amount} of goods sold to others earn one more code."), amount=earned)
        if rules.counts_self_purchase:
            yield reader.say(N_("Own purchases count for it, too."))
    else:
        yield reader.say(N_("Sales earn no codes."))
    if rules.codes_max is not None:
        yield reader.say(N_("Nobody has more than {most} unused codes."), most=rules.codes_max)
    yield reader.say(N_("An unused code goes back after {days}."), days=days(reader, rules.expire_days))
    if rules.buyable:
        yield reader.say(N_("Codes can be bought."))
