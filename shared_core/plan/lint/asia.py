"""Japan, Malaysia, Singapore."""

from collections.abc import Iterator

from shared_core.kernel.i18n import N_
from shared_core.plan.lint import derived
from shared_core.plan.lint.china import cost_hit, criterion_hits, is_licensed, recruiting_hits, share_hit
from shared_core.plan.lint.evidence import Answer, Case, Hit, RuleTest
from shared_core.plan.lint.west import BUYBACK_BPS, buyback_hit, stocks_up, takes_back
from shared_core.plan.schema.ladder import Metric

JP_COOLING_OFF_DAYS = 20
JP_BUYBACK_DAYS = 90
MY_COOLING_OFF_DAYS = 14
"""Ten working days."""
SG_BUYBACK_DAYS = 60
SELLING_OR_BUYING: frozenset[Metric] = frozenset(
    {"own_retail_sales", "own_sales", "own_purchases", "team_sales", "live_sales", "packs_sold"}
)
KIT = ("join", "starter_kit")


def chain_sales(case: Case) -> Iterator[Answer]:
    """連鎖販売取引: a burden, and a gain from those one brings in."""
    plan = case.plan
    if derived.upline_shares(plan) or derived.recruit_triggers(plan):
        for part in derived.entry_costs(plan):
            yield cost_hit(plan, part)


def chain_exit(case: Case) -> Iterator[Answer]:
    plan = case.plan
    if not any(chain_sales(case)):
        return
    if plan.agreement.cooling_off_days < JP_COOLING_OFF_DAYS:
        days = plan.agreement.cooling_off_days
        yield Hit(("agreement", "cooling_off_days"), N_("joining can be undone for {days} days"), {"days": days})
    if not plan.agreement.exit:
        yield Hit(("agreement", "exit"), N_("members cannot leave"))
    if not takes_back(plan.returns.buyback, bps=BUYBACK_BPS, days=JP_BUYBACK_DAYS):
        yield buyback_hit(plan)


def money_chain(case: Case) -> Iterator[Answer]:
    if not derived.order_shares(case.plan):
        yield from recruiting_hits(case)


def schedule(case: Case) -> Iterator[Answer]:
    """Each feature of the Schedule is enough by itself; without people who earn there is no scheme."""
    plan = case.plan
    if not derived.pays_people(plan):
        return
    yield from recruiting_hits(case)
    if not plan.agreement.written:
        yield Hit(("agreement", "written"), N_("members get no written contract"))
    for part in derived.entry_costs(plan):
        yield cost_hit(plan, part)
    yield from criterion_hits([each for each in derived.rank_criteria(plan) if each[2].metric in SELLING_OR_BUYING])
    if plan.invites.mode == "code" and plan.invites.own_sales_per_code is not None:
        yield Hit(("invites", "own_sales_per_code"), N_("invitations ask for a minimum of sales"))
    if plan.join.members_hold_stock:
        yield Hit(("join", "members_hold_stock"), N_("members sell goods of their own stock"))
    if plan.returns.days == 0:
        yield Hit(("returns", "days"), N_("goods can come back for {days} days"), {"days": 0})
    if stocks_up(plan) and plan.returns.buyback is None:
        yield buyback_hit(plan)


def licence(case: Case) -> Iterator[Answer]:
    plan = case.plan
    if not derived.pays_people(plan):
        return
    if not is_licensed(plan, "MY"):
        yield Hit(("agreement", "licences"), N_("no licence for {where} is named"), {"where": "MY"})
    if plan.agreement.cooling_off_days < MY_COOLING_OFF_DAYS:
        days = plan.agreement.cooling_off_days
        yield Hit(("agreement", "cooling_off_days"), N_("joining can be undone for {days} days"), {"days": days})


def exclusion(case: Case) -> Iterator[Answer]:
    """Only where somebody gains from those below is there a scheme that needs the exclusion."""
    plan = case.plan
    if not derived.rewards_recruiting(plan):
        return
    kit = plan.join.starter_kit
    for part in derived.entry_costs(plan):
        if not (part.path == KIT and kit and kit.at_cost):
            yield cost_hit(plan, part)
    yield from recruiting_hits(case)
    if plan.self_purchase.pays == "everybody":
        for place, rule in derived.upline_shares(plan)[:1]:
            yield share_hit(plan, place, rule)
    if not takes_back(plan.returns.buyback, bps=BUYBACK_BPS, days=SG_BUYBACK_DAYS):
        yield buyback_hit(plan)


TESTS: dict[str, RuleTest] = {
    "JP-33": chain_sales,
    "JP-40": chain_exit,
    "JP-無限": money_chain,
    "MY-SCHED": schedule,
    "MY-LIC": licence,
    "SG-EXCL": exclusion,
}
