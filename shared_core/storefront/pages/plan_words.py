"""The growth plan in words: what is counted, over which time, who earns as what, in which state a share is."""

from collections.abc import Mapping

from fastapi import Request

from shared_core import plan
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, format_money
from shared_core.plan import AMOUNT_METRICS, Criterion, Plan, window_days
from shared_core.rewards import EarningState, PayoutState
from shared_core.storefront.pages.page import translate
from shared_core.storefront.viewer import current

METRICS: Mapping[plan.Metric, str] = {
    "fans": N_("Fans"),
    "active_fans": N_("Fans who bought"),
    "members": N_("Brought in by you, as {rank} or above"),
    "own_retail_sales": N_("Sold to others"),
    "own_sales": N_("Sold"),
    "own_purchases": N_("Bought yourself"),
    "team_sales": N_("Sold by your team"),
    "live_sales": N_("Sold live"),
    "packs_sold": N_("Packs sold"),
    "pack_buyers": N_("People who bought a pack"),
    "repeat_buyers": N_("People who bought again"),
}

PAYEES: Mapping[str, str] = {
    "seller": N_("for selling"),
    "inviter": N_("for inviting the seller"),
    "second_inviter": N_("for inviting the seller's inviter"),
    "host": N_("for hosting"),
    "host_inviter": N_("for inviting the host"),
    "traffic_referrer": N_("for bringing viewers"),
    "team_fund": N_("for the team"),
}

EARNINGS: Mapping[EarningState, tuple[str, str]] = {
    EarningState.QUOTED: (N_("order not paid yet"), ""),
    EarningState.PENDING: (N_("waiting"), "warn"),
    EarningState.AVAILABLE: (N_("settled"), "good"),
    EarningState.VOID: (N_("came to nothing"), "bad"),
}
"""Label and tone."""

KEPT_BACK = (N_("kept back"), "warn")
"""Of an earning whose order is disputed."""

STORIES: Mapping[str, str] = {
    "seller": N_("You sold {title}."),
    "inviter": N_("Somebody you invited sold {title}."),
    "second_inviter": N_("Somebody invited by one of your invitees sold {title}."),
    "host": N_("{title} was sold in your live room."),
    "host_inviter": N_("A host you invited sold {title}."),
    "traffic_referrer": N_("A viewer you brought bought {title}."),
    "team_fund": N_("Your team sold {title}."),
}
"""What happened, by who is paid."""

SCHEDULES: Mapping[str, str] = {
    "on_request": N_("You ask whenever you like; the shop sends the money by hand."),
    "weekly": N_("You ask whenever you like; the shop sends the money once a week."),
    "monthly": N_("You ask whenever you like; the shop sends the money once a month."),
}
"""When payouts are made, by the plan's schedule."""

PAYOUTS: Mapping[PayoutState, tuple[str, str]] = {
    PayoutState.REQUESTED: (N_("being paid"), "warn"),
    PayoutState.PAID: (N_("paid out"), "good"),
    PayoutState.FAILED: (N_("failed"), "bad"),
}


def criterion_label(request: Request, rules: Plan, criterion: Criterion) -> str:
    """What is counted and over which time: "Sold to others, this month"."""
    label = translate(request, METRICS[criterion.metric])
    if criterion.rank is not None:
        label = label.format(rank=rules.rank(criterion.rank).name.in_locale(current(request).locale))
    if criterion.window == "month":
        return translate(request, N_("{what}, this month")).format(what=label)
    days = window_days(criterion.window)
    if days is None:
        return label
    return translate(request, N_("{what}, last {days} days")).format(what=label, days=days)


def criterion_amount(request: Request, rules: Plan, criterion: Criterion, count: int) -> str:
    """A count, or an amount of money where the metric counts sales."""
    if criterion.metric in AMOUNT_METRICS:
        return format_money(Money(count, rules.currency), current(request).locale)
    return str(count)
