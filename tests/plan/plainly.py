"""The share rules read aloud, one line and one payee after the other: an opinion the array kernel is compared with."""

from collections import defaultdict
from dataclasses import replace

from shared_core.kernel.money import Money, share_of
from shared_core.plan import PAYEES, LineFacts, Parties, Party, Payee, Plan, Share
from shared_core.plan.chains import Due, dues
from shared_core.plan.selection import Goods


def share_line(plan: Plan, line: LineFacts, parties: Parties) -> list[Share]:
    """Every share on one line, in the order of `PAYEES`. Amounts are positive; together never above the goods paid.

    Shares taken of the margin are together never above the margin.
    """
    assert plan.currency == line.goods_net.currency, "the plan was read for another currency"
    ranks = {payee: party.rank for payee, party in parties.by_payee.items()}
    if any(rule.payee == "team_fund" for rule in plan.shares):
        ranks.setdefault("team_fund", "")
    goods = Goods(line.channel, line.brand, line.category, line.product, line.sku)
    earning = [each for each in dues(plan, goods, ranks) if _may_earn(plan, each.payee, parties)]
    shares = [_share(each, line, parties.by_payee.get(each.payee, Party(None))) for each in earning]
    capped = _within_caps(plan, line, shares)
    return sorted((each for each in capped if each.amount), key=lambda share: PAYEES.index(share.payee))


def _may_earn(plan: Plan, payee: Payee, parties: Parties) -> bool:
    policy = plan.self_purchase.pays
    buyer, seller = parties.buyer_id, parties.by_payee.get("seller")
    if policy == "everybody" or buyer is None:
        return True
    if policy == "nobody" and seller is not None and seller.member_id == buyer:
        return False
    party = parties.by_payee.get(payee)
    return party is None or party.member_id != buyer


def _share(due: Due, line: LineFacts, party: Party) -> Share:
    rule, currency = due.rule, line.goods_net.currency
    base = line.goods_net if rule.basis == "price" else max(line.margin, Money(0, currency))
    fixed = None if rule.fixed is None else Money(rule.fixed, currency)
    full = share_of(base, due.rate_bps) if fixed is None else fixed * line.quantity
    amount = full if rule.at_most is None else min(full, Money(rule.at_most, currency))
    return Share(
        payee=due.payee,
        member_id=party.member_id,
        rank=party.rank,
        rule_id=rule.id,
        basis=rule.basis,
        base=base,
        rate_bps=due.rate_bps,
        fixed=fixed,
        uncapped=full,
        amount=amount,
    )


def _within_caps(plan: Plan, line: LineFacts, shares: list[Share]) -> list[Share]:
    """Margin first, then each person, then the whole line; what is above a limit shrinks in proportion."""
    margin = max(line.margin, Money(0, plan.currency))
    per_person = share_of(line.goods_net, plan.caps.person)
    people: dict[int | None, list[Share]] = defaultdict(list)
    for share in _shrink([each for each in shares if each.basis == "margin"], margin):
        people[share.member_id].append(share)
    for share in shares:
        if share.basis == "price":
            people[share.member_id].append(share)
    fund = people.pop(None, [])
    kept = [share for group in people.values() for share in _shrink(group, per_person)]
    return _shrink(kept + fund, share_of(line.goods_net, plan.caps.line))


def _shrink(shares: list[Share], limit: Money) -> list[Share]:
    total = sum(share.amount.minor for share in shares)
    if total <= limit.minor:
        return shares
    return [replace(each, amount=Money(each.amount.minor * limit.minor // total, limit.currency)) for each in shares]
