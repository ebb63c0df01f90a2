"""PRC: pyramid selling (禁止传销条例), direct selling (直销管理条例), and what WeChat allows."""

from collections.abc import Iterator

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.plan.check import percent
from shared_core.plan.lint import derived
from shared_core.plan.lint.derived import CostPart
from shared_core.plan.lint.evidence import Answer, Case, Hit, RuleTest
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule

CRIME_LEVELS = 3
DIRECT_PAY_BPS_MAX = 3_000
WECHAT_SPLIT_BPS_MAX = 3_000
WECHAT_LEVELS_BLOCKED = 3


def cost_hit(plan: Plan, part: CostPart) -> Hit:
    """What entry costs, as a fact."""
    if part.minor is None:
        return Hit(part.path, N_("one becomes a member by buying"))
    return Hit(part.path, N_("entry costs {amount}"), {"amount": Money(part.minor, plan.currency)})


def share_hit(plan: Plan, place: int, rule: ShareRule) -> Hit:
    """A share of other people's sales, as a fact."""
    return Hit(
        ("shares", place),
        N_("{payee} {pay} (rule {rule}), edge depth {depth}"),
        {
            "payee": rule.payee,
            "pay": pay_text(plan, rule),
            "rule": rule.id,
            "depth": derived.edge_depth(rule),
        },
    )


def pay_text(plan: Plan, rule: ShareRule) -> str:
    """What a rule gives: "3%" or an amount a piece."""
    return percent(rule.rate or 0) if rule.fixed is None else str(Money(rule.fixed, plan.currency))


def recruiting_hits(case: Case) -> Iterator[Hit]:
    """Shares that are due for bringing in people."""
    for place, rule in derived.recruit_triggers(case.plan):
        entry_goods = N_("{payee} gets {pay} on goods one buys to get in (rule {rule})")
        yield Hit(
            ("shares", place),
            entry_goods if rule.trigger == "order" else N_("{payee} gets {pay} on {trigger} (rule {rule})"),
            {"payee": rule.payee, "pay": pay_text(case.plan, rule), "trigger": rule.trigger, "rule": rule.id},
        )


def criterion_hits(found: list[derived.PlacedCriterion]) -> Iterator[Hit]:
    """Criteria of ranks, as facts."""
    for path, rank, criterion in found:
        yield Hit(path, N_("the rank {rank} asks for {metric}"), {"rank": rank.id, "metric": criterion.metric})


def entry(case: Case) -> Iterator[Answer]:
    for part in derived.entry_costs(case.plan):
        yield cost_hit(case.plan, part)


def headcount_pay(case: Case) -> Iterator[Answer]:
    yield from recruiting_hits(case)


def team_pay(case: Case) -> Iterator[Answer]:
    for place, rule in derived.upline_shares(case.plan):
        yield share_hit(case.plan, place, rule)


def criminal_line(case: Case) -> Iterator[Answer]:
    """No key of a plan limits the number of people, so every plan may pass thirty."""
    plan, levels = case.plan, derived.tree_levels(case.plan)
    if levels is not None and levels < CRIME_LEVELS:
        return
    if derived.entry_costs(plan) or derived.recruit_triggers(plan) or derived.headcounts(plan):
        shown = N_("levels without a limit") if levels is None else N_("{levels} levels, the top one included")
        yield Hit(_deepest(plan), shown, {"levels": levels})


def _deepest(plan: Plan) -> tuple[str | int, ...]:
    """The key that reaches down furthest."""
    ranks = [path for path, _, _ in derived.headcounts(plan)]
    ranks += [path for path, _, criterion in derived.rank_criteria(plan) if criterion.metric == "team_sales"]
    shares = sorted(derived.upline_shares(plan), key=lambda each: -derived.edge_depth(each[1]))
    return ranks[-1] if ranks else ("shares", shares[0][0]) if shares else ("shares",)


def rank_by_heads(case: Case) -> Iterator[Answer]:
    yield from criterion_hits(derived.headcounts(case.plan))


def rank_by_team(case: Case) -> Iterator[Answer]:
    yield from criterion_hits([each for each in derived.rank_criteria(case.plan) if each[2].metric == "team_sales"])


def rank_by_buying(case: Case) -> Iterator[Answer]:
    yield from criterion_hits(derived.bought_ranks(case.plan))


def invitations(case: Case) -> Iterator[Answer]:
    invites = case.plan.invites
    if invites.mode != "code":
        return
    if invites.buyable:
        yield Hit(("invites", "buyable"), N_("invitations can be bought"))
    if invites.counts_self_purchase and invites.own_sales_per_code is not None:
        yield Hit(("invites", "counts_self_purchase"), N_("one's own purchases earn invitations"))


def direct_selling(case: Case) -> Iterator[Answer]:
    """A licence for the PRC answers the first two questions, never the third."""
    plan = case.plan
    if not is_licensed(plan, "CN"):
        if derived.pays_people(plan) and derived.rewards_recruiting(plan):
            yield Hit(("shares",), N_("members gain by bringing in sellers, and no licence for CN is named"))
        if plan.join.members_hold_stock:
            yield Hit(("join", "members_hold_stock"), N_("members sell goods of their own stock"))
    most = derived.person_stack(plan)
    if derived.pays_people(plan) and most > DIRECT_PAY_BPS_MAX:
        yield Hit(("caps", "person"), N_("one person can get {most} of one sale"), {"most": percent(most)})


def is_licensed(plan: Plan, jurisdiction: str) -> bool:
    """Whether a licence for the place is named: licences begin with its letters."""
    return any(licence.split()[0] == jurisdiction for licence in plan.agreement.licences if licence.split())


def stacked(case: Case) -> Iterator[Answer]:
    plan, total = case.plan, derived.stack(case.plan)
    if not derived.order_shares(plan):
        return
    if total > WECHAT_SPLIT_BPS_MAX and (plan.funds.split_rail == "wechat" or "wechat" in plan.surfaces):
        yield Hit(
            ("caps", "line"),
            N_("shares come to {total} of a sale, WeChat divides up to {limit}"),
            {"total": percent(total), "limit": percent(WECHAT_SPLIT_BPS_MAX)},
            severity="block" if plan.funds.split_rail == "wechat" else "warn",
        )
    cost = case.measured.cost_bps
    if cost is None:
        yield "cost_bps"
    elif total + cost >= 10_000:
        yield Hit(
            ("caps", "line"),
            N_("shares of {total} and costs of {cost} leave nothing"),
            {"total": percent(total), "cost": percent(cost)},
            severity="block",
        )


def wechat(case: Case) -> Iterator[Answer]:
    levels = derived.pay_levels(case.plan)
    recruiting = list(recruiting_hits(case))
    if levels >= 2:
        yield Hit(
            ("shares", max(derived.upline_shares(case.plan), key=lambda each: derived.edge_depth(each[1]))[0]),
            N_("{levels} levels are paid for one sale"),
            {"levels": levels},
            severity="block" if levels >= WECHAT_LEVELS_BLOCKED else "override",
        )
    yield from recruiting


PYRAMID: dict[str, RuleTest] = {
    "CN-ENTRY": entry,
    "CN-HEAD": headcount_pay,
    "CN-TEAM": team_pay,
    "CN-CRIM": criminal_line,
    "CN-RANK-HEAD": rank_by_heads,
    "CN-RANK-TEAM": rank_by_team,
    "CN-RANK-BUY": rank_by_buying,
}
"""Rules about 传销; what breaks one of them may not be broadcast either."""

TESTS: dict[str, RuleTest] = {
    **PYRAMID,
    "CN-INVITE": invitations,
    "CN-DIRECT": direct_selling,
    "CN-STACK": stacked,
    "CN-WX": wechat,
}
