"""What rules of law ask of a plan, computed from the plan alone: levels, the price of entry, pay for recruiting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_core.kernel.tomlfile import KeyPath
from shared_core.plan.ceiling import worst_case
from shared_core.plan.schema.ladder import AMOUNT_METRICS, Criterion, Rank
from shared_core.plan.schema.network import Role
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import Payee, Words

EDGES: Mapping[Payee, int] = {
    "seller": 0,
    "host": 0,
    "traffic_referrer": 0,
    "inviter": 1,
    "host_inviter": 1,
    "team_fund": 1,
    "second_inviter": 2,
}
"""Recruiting edges between the person whose act made the sale and the payee. A team exists by recruiting only."""

PlacedCriterion = tuple[KeyPath, Rank, Criterion]
"""A criterion, the rank that asks for it, and where it is written."""


@dataclass(frozen=True, slots=True)
class CostPart:
    """One thing to be paid or bought on the way in. `minor` is None for a first order of any size."""

    path: KeyPath
    minor: int | None


def pays(rule: ShareRule) -> bool:
    """Whether the rule ever gives anything."""
    return bool(rule.rate or rule.fixed or rule.same_rank_bonus)


def edge_depth(rule: ShareRule) -> int:
    """How many recruiting edges lie between who made the sale and who is paid for it."""
    return EDGES[rule.payee]


def order_shares(plan: Plan) -> list[tuple[int, ShareRule]]:
    """Shares of sales, with their places in the file."""
    return [(place, rule) for place, rule in enumerate(plan.shares) if rule.trigger == "order" and pays(rule)]


def upline_shares(plan: Plan) -> list[tuple[int, ShareRule]]:
    """Shares of sales that other people made."""
    return [(place, rule) for place, rule in order_shares(plan) if edge_depth(rule) >= 1]


def recruit_triggers(plan: Plan) -> list[tuple[int, ShareRule]]:
    """Shares that are due because somebody was brought in, rose, used an invitation or bought what lets them in."""
    return [(place, rule) for place, rule in enumerate(plan.shares) if pays(rule) and _for_recruits(plan, rule)]


def _for_recruits(plan: Plan, rule: ShareRule) -> bool:
    """A share of the sale of entry goods is paid per newcomer, whatever sets it off."""
    required = plan.join.required_purchase
    if rule.trigger != "order" or required is None:
        return rule.trigger != "order"
    goods = {*rule.products, *rule.skus}
    return bool(goods) and goods <= {*plan.packs.products, required.sku}


def pays_people(plan: Plan) -> bool:
    """Whether anybody earns anything. What a team fund earns is handed out to people."""
    return any(pays(rule) for rule in plan.shares)


def pay_levels(plan: Plan) -> int:
    """Levels of people paid for one sale, who made it included; 0 when nobody is paid."""
    return max((1 + edge_depth(rule) for _, rule in order_shares(plan)), default=0)


def tree_levels(plan: Plan) -> int | None:
    """1 + the longest chain along which anything derived from those below flows up; None without a limit.

    The level of the person at the top counts, as the PRC counts it.
    """
    shares = [edge_depth(rule) for _, rule in order_shares(plan)]
    recruiting = [max(edge_depth(rule), 1) for _, rule in recruit_triggers(plan)]
    chains: list[int | None] = [0, *shares, *recruiting, *(_chain(plan, rank) for rank in plan.ranks)]
    known = [chain for chain in chains if chain is not None]
    return 1 + max(known) if len(known) == len(chains) else None


def _chain(plan: Plan, rank: Rank) -> int | None:
    """How far below somebody at `rank` the people stand on whom the rank rests."""
    chains = [_below(plan, rank, criterion) for criterion in rank.criteria]
    known = [chain for chain in chains if chain is not None]
    return max(known, default=0) if len(known) == len(chains) else None


def _below(plan: Plan, rank: Rank, criterion: Criterion) -> int | None:
    if criterion.metric == "team_sales" or criterion.scope == "team":
        return None
    if criterion.rank is not None:
        if plan.places[criterion.rank] >= plan.places[rank.id]:
            return None
        chain = _chain(plan, plan.rank(criterion.rank))
        return None if chain is None else 1 + chain
    return 1 if is_headcount(plan, criterion) else 0


def is_headcount(plan: Plan, criterion: Criterion) -> bool:
    """Whether a criterion counts people brought in. Packs count as heads where one buys something to get in."""
    if criterion.metric == "packs_sold":
        return bool(join_cost(plan))
    return criterion.metric not in AMOUNT_METRICS


def rank_criteria(plan: Plan) -> list[PlacedCriterion]:
    """Every criterion of every rank, with its place."""
    return [
        (("ranks", place, "criteria", number), rank, criterion)
        for place, rank in enumerate(plan.ranks)
        for number, criterion in enumerate(rank.criteria)
    ]


def headcounts(plan: Plan) -> list[PlacedCriterion]:
    """Criteria that count people brought in."""
    return [found for found in rank_criteria(plan) if is_headcount(plan, found[2])]


def bought_ranks(plan: Plan) -> list[PlacedCriterion]:
    """Criteria that one's own purchases meet."""
    bought = {"own_purchases", *(("own_sales",) if plan.self_purchase.counts else ())}
    return [found for found in rank_criteria(plan) if found[2].metric in bought]


def roles_of(plan: Plan) -> Sequence[Role]:
    """The plan's roles; where it names none, everybody may earn, and invite unless nobody can."""
    anybody = Role(id="member", name=Words(zh="会员", en="Member"), can_invite=plan.invites.mode != "closed")
    return plan.roles or (anybody,)


def join_cost(plan: Plan) -> list[CostPart]:
    """What everybody pays or buys to become a member."""
    join = plan.join
    required, kit = join.required_purchase, join.starter_kit
    asked: list[tuple[KeyPath, int | None]] = [
        (("join", "fee"), join.fee),
        (("join", "deposit"), join.deposit),
        (("join", "subscription"), join.subscription),
        (("join", "required_purchase"), required.amount if required else 0),
        (("join", "starter_kit"), kit.price if kit and kit.required else 0),
        (("join", "spend"), join.spend if join.how == "spend" else 0),
        (("join", "how"), None if join.how == "first_order" else 0),
    ]
    return [CostPart(path, minor) for path, minor in asked if minor != 0]


def entry_cost(plan: Plan, role: Role) -> list[CostPart]:
    """The cheapest way to `role`: what is paid or bought on it. Empty: it costs nothing."""
    first = 0 if role.from_rank is None else plan.places[role.from_rank]
    ways = [_rank_cost(place, rank) for place, rank in enumerate(plan.ranks) if place >= first]
    cheapest = min(ways, key=lambda part: part.minor or 0)
    return [*join_cost(plan), *([cheapest] if cheapest.minor else [])]


def _rank_cost(place: int, rank: Rank) -> CostPart:
    """What one has to buy oneself to stand on a rank; one purchase counts for all criteria it meets."""
    costs = [each.at_least if each.metric == "own_purchases" else 0 for each in rank.criteria]
    worth = min(costs, default=0) if rank.match == "any" else max(costs, default=0)
    return CostPart(("ranks", place, "criteria"), worth)


def entry_costs(plan: Plan) -> list[CostPart]:
    """What the rights to earn and to invite cost, over all roles that have one."""
    found = [part for role in roles_of(plan) if role.can_earn or role.can_invite for part in entry_cost(plan, role)]
    return list(dict.fromkeys(found))


def stack(plan: Plan) -> int:
    """The most that all shares of one sale come to, in ten-thousandths of the price paid.

    A fixed amount on cheap goods reaches any cap.
    """
    if any(rule.fixed for _, rule in order_shares(plan)):
        return plan.caps.line
    return min(worst_case(plan).total_bps, plan.caps.line)


def person_stack(plan: Plan) -> int:
    """The most that one person gets of one sale, whatever the roles."""
    return min(stack(plan), plan.caps.person)


def rewards_recruiting(plan: Plan) -> bool:
    """Whether anybody is better off for whom they brought in: shares, pay for recruiting, ranks."""
    by_team = any(criterion.metric == "team_sales" for _, _, criterion in rank_criteria(plan))
    return bool(upline_shares(plan) or recruit_triggers(plan) or headcounts(plan) or by_team)
