"""What no place allows a plan to be: a game with oneself, a tree that can be rearranged, pay that lives on recruits."""

from collections.abc import Iterator

from shared_core.kernel.i18n import N_
from shared_core.plan.check import percent
from shared_core.plan.lint import derived
from shared_core.plan.lint.evidence import Answer, Case, Hit, RuleTest

PAYOUT_GAP_BPS_MAX = 500
COUNTS_OWN = {"own_sales", "team_sales"}


def self_dealing(case: Case) -> Iterator[Answer]:
    plan = case.plan
    policy = plan.self_purchase
    if derived.pays_people(plan) and policy.pays == "everybody":
        yield Hit(("self_purchase", "pays"), N_("who buys from themselves earns on it"))
    if policy.counts and any(criterion.metric in COUNTS_OWN for _, _, criterion in derived.rank_criteria(plan)):
        yield Hit(("self_purchase", "counts"), N_("own purchases lift the rank"))
    for place, role in enumerate(plan.roles):
        if role.can_earn and not role.identity_required and derived.pays_people(plan):
            path = ("roles", place, "identity_required")
            yield Hit(path, N_("{role} is paid without being identified"), {"role": role.id})


def moving_tree(case: Case) -> Iterator[Answer]:
    """Loops are refused by the shop, whatever a plan says, and invitations never move; locks do.

    What a plan decides is whether a fan can change hands, and how long one can still see who had them.
    """
    plan, binding = case.plan, case.plan.binding
    moves = binding.by != "nobody" and (binding.days is not None or binding.exit or binding.rebind != "after_expiry")
    if moves and plan.retention.binding_days < plan.retention.trade_days:
        yield Hit(
            ("retention", "binding_days"),
            N_("fans can change hands; who had them is kept for {days} days, their orders for {trade_days}"),
            {"days": plan.retention.binding_days, "trade_days": plan.retention.trade_days},
        )


def frozen_recruiting(case: Case) -> Iterator[Answer]:
    plan, gap = case.plan, case.measured.payout_gap_bps
    if not derived.pays_people(plan):
        return
    if gap is None:
        yield "payout_gap_bps"
    elif gap > PAYOUT_GAP_BPS_MAX:
        yield Hit(("shares",), N_("without new recruits payouts per sale differ by {gap}"), {"gap": percent(gap)})


TESTS: dict[str, RuleTest] = {
    "X-SELF": self_dealing,
    "X-CYCLE": moving_tree,
    "X-FREEZE": frozen_recruiting,
}
