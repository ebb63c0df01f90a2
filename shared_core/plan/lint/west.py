"""United States, European Union, United Kingdom."""

from collections.abc import Iterator

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.plan.check import percent
from shared_core.plan.lint import derived
from shared_core.plan.lint.china import cost_hit, criterion_hits, recruiting_hits
from shared_core.plan.lint.evidence import Answer, Case, Hit, RuleTest
from shared_core.plan.lint.wording import claim_hits
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.settling import Buyback

RETAIL_BPS_BLOCKED = 5_000
RETAIL_BPS_MIN = 6_667
COMPANY_RETAIL_BPS_MIN = 8_000
BUYBACK_BPS = 9_000
BUYBACK_DAYS = 365
RECRUIT_INCOME_BPS_MAX = 5_000
UK_COOLING_OFF_DAYS = 14
UK_ENTRY_MINOR_MAX = 20_000
BUYING = {("join", "required_purchase"), ("join", "spend"), ("join", "how"), ("join", "subscription")}


def money_in(case: Case) -> Iterator[Answer]:
    """Koscot: both halves must be there."""
    if derived.entry_costs(case.plan):
        yield from recruiting_hits(case)


def loading(case: Case) -> Iterator[Answer]:
    for part in derived.join_cost(case.plan):
        if part.path in BUYING:
            yield cost_hit(case.plan, part)
    yield from criterion_hits(derived.bought_ranks(case.plan))


def retail(case: Case) -> Iterator[Answer]:
    if not derived.upline_shares(case.plan):
        return
    downline, company = case.measured.downline_retail_bps, case.measured.company_retail_bps
    path = ("shares", derived.upline_shares(case.plan)[0][0])
    if downline is None:
        yield "downline_retail_bps"
    elif downline < RETAIL_BPS_MIN:
        yield Hit(
            path,
            N_("{part} of the sales that pay uplines were to people outside the plan"),
            {"part": percent(downline)},
            severity="block" if downline <= RETAIL_BPS_BLOCKED else "warn",
        )
    if company is None:
        yield "company_retail_bps"
    elif company < COMPANY_RETAIL_BPS_MIN:
        part = percent(company)
        yield Hit(path, N_("{part} of all sales were to people outside the plan"), {"part": part}, severity="warn")


def claims(case: Case) -> Iterator[Answer]:
    if derived.pays_people(case.plan) and not case.plan.disclosure.typical_income:
        yield Hit(("disclosure", "typical_income"), N_("no table says what members typically earn"))
    if not case.texts:
        yield "shop_texts"
    for hit in claim_hits(case.texts):
        yield Hit(hit.path, hit.fact, hit.params, text=hit.text)


def repurchase(case: Case) -> Iterator[Answer]:
    plan = case.plan
    if stocks_up(plan) and not takes_back(plan.returns.buyback, bps=BUYBACK_BPS, days=BUYBACK_DAYS):
        yield buyback_hit(plan)


def stocks_up(plan: Plan) -> bool:
    """Whether members are left with goods of their own: for resale, or because they had to buy."""
    kit = plan.join.starter_kit
    return bool(plan.join.members_hold_stock or plan.join.required_purchase or (kit and kit.required))


def takes_back(buyback: Buyback | None, *, bps: int, days: int) -> bool:
    """Whether unsold goods can be given back on at least these terms."""
    return buyback is not None and buyback.rate >= bps and buyback.days >= days


def buyback_hit(plan: Plan) -> Hit:
    """The terms on which unsold goods are taken back, as a fact."""
    terms = plan.returns.buyback
    if terms is None:
        return Hit(("returns", "buyback"), N_("unsold goods are not taken back"))
    shown = {"rate": percent(terms.rate), "days": terms.days}
    return Hit(("returns", "buyback"), N_("unsold goods are taken back at {rate} for {days} days"), shown)


def introductions(case: Case) -> Iterator[Answer]:
    """Consideration, an opportunity, and income mainly from introducing others.

    Where nothing is earned on one's own sales all income comes from others; where nothing comes from others none
    does; in between it has to be measured.
    """
    plan = case.plan
    costs = derived.entry_costs(plan)
    recruiting = [*derived.upline_shares(plan), *derived.recruit_triggers(plan)]
    if not costs or not recruiting:
        return
    own = len(derived.order_shares(plan)) > len(derived.upline_shares(plan))
    ratio = case.measured.recruit_income_bps if own else 10_000
    if ratio is None:
        yield "recruit_income_bps"
    elif ratio > RECRUIT_INCOME_BPS_MAX:
        yield Hit(
            ("shares", recruiting[0][0]),
            N_("entry costs something, and {part} of the income comes from bringing in others"),
            {"part": percent(ratio)},
        )


def trading_scheme(case: Case) -> Iterator[Answer]:
    """Amounts in other currencies than the pound cannot be compared, so any entry cost counts."""
    plan = case.plan
    if not derived.rewards_recruiting(plan):
        return
    limit = UK_ENTRY_MINOR_MAX if plan.currency == "GBP" else 0
    costs = derived.entry_costs(plan)
    total = sum(part.minor or 0 for part in costs)
    if total > limit or any(part.minor is None for part in costs):
        amount = Money(total, plan.currency)
        yield Hit(costs[0].path, N_("{amount} or more before the seventh day"), {"amount": amount})
    if plan.agreement.cooling_off_days < UK_COOLING_OFF_DAYS:
        days = plan.agreement.cooling_off_days
        yield Hit(("agreement", "cooling_off_days"), N_("joining can be undone for {days} days"), {"days": days})
    if not plan.agreement.written:
        yield Hit(("agreement", "written"), N_("members get no written contract"))


TESTS: dict[str, RuleTest] = {
    "US-KOSCOT": money_in,
    "US-LOAD": loading,
    "US-RETAIL": retail,
    "US-CLAIM": claims,
    "US-BUYBACK": repurchase,
    "EU-14": introductions,
    "UK-DMCC": introductions,
    "UK-TS": trading_scheme,
}
