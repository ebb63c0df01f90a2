"""PRC: consumer protection, broadcasting, minors, personal information, tax and payment."""

from collections.abc import Iterator

from shared_core.kernel.i18n import N_
from shared_core.plan.lint import derived
from shared_core.plan.lint.china import PYRAMID
from shared_core.plan.lint.evidence import Answer, Case, Hit, RuleTest
from shared_core.plan.lint.wording import income_claims

RETURN_DAYS_MIN = 7
ADULT_AGE = 18
EARNING_AGE_MIN = 16
RECORD_DAYS_MIN = 1_095


def maturity(case: Case) -> Iterator[Answer]:
    """Clawback cannot be off in this schema, so it is not asked."""
    plan = case.plan
    if not derived.pays_people(plan):
        return
    wanted = max(plan.returns.days, RETURN_DAYS_MIN)
    if plan.settlement.days < wanted:
        yield Hit(
            ("settlement", "days"),
            N_("shares are free after {days} days, the goods can come back for {wanted}"),
            {"days": plan.settlement.days, "wanted": wanted},
        )
    if plan.returns.starts != "delivery":
        yield Hit(("returns", "starts"), N_("the return window begins at {starts}"), {"starts": plan.returns.starts})


def returns(case: Case) -> Iterator[Answer]:
    given = case.plan.returns
    if given.excepted:
        return
    if given.days < RETURN_DAYS_MIN:
        yield Hit(("returns", "days"), N_("goods can come back for {days} days"), {"days": given.days})
    if given.starts != "delivery":
        yield Hit(("returns", "starts"), N_("the return window begins at {starts}"), {"starts": given.starts})


def young_hosts(case: Case) -> Iterator[Answer]:
    live = case.plan.live
    if live.enabled:
        yield from _young(("live", "host_min_age"), live.host_min_age, live.guardian_consent_below)
    for place, role in enumerate(case.plan.roles):
        if role.can_host:
            yield from _young(("roles", place, "min_age"), role.min_age, role.guardian_consent_below)


def minors(case: Case) -> Iterator[Answer]:
    for place, role in enumerate(case.plan.roles):
        if role.can_earn:
            yield from _young(("roles", place, "min_age"), role.min_age, role.guardian_consent_below)


def _young(path: tuple[str | int, ...], age: int, consent_below: int) -> Iterator[Hit]:
    if age < EARNING_AGE_MIN:
        yield Hit(path, N_("from the age of {age}"), {"age": age})
    elif age < ADULT_AGE and consent_below < ADULT_AGE:
        yield Hit(path, N_("from the age of {age}, without a guardian's consent"), {"age": age})


def broadcast_pyramid(case: Case) -> Iterator[Answer]:
    live = case.plan.live
    if not live.enabled:
        return
    if live.simulated_viewers:
        yield Hit(("live", "simulated_viewers"), N_("viewers or likes that do not exist are shown"))
    fired = [rule_id for rule_id, test in PYRAMID.items() if any(isinstance(each, Hit) for each in test(case))]
    if fired:
        yield Hit(("live", "enabled"), N_("live rooms serve a plan that trips {rules}"), {"rules": ", ".join(fired)})


def broadcast_duties(case: Case) -> Iterator[Answer]:
    plan = case.plan
    if not plan.live.enabled:
        return
    if plan.live.record_days < RECORD_DAYS_MIN:
        yield Hit(("live", "record_days"), N_("records are kept for {days} days"), {"days": plan.live.record_days})
    if not plan.live.verify_host:
        yield Hit(("live", "verify_host"), N_("hosts are not verified"))
    if not plan.disclosure.operator:
        yield Hit(("disclosure", "operator"), N_("pages do not name who runs the shop"))


def sellers_known(case: Case) -> Iterator[Answer]:
    plan = case.plan
    for place, role in enumerate(plan.roles):
        if role.can_earn and not role.identity_required and derived.pays_people(plan):
            yield Hit(
                ("roles", place, "identity_required"),
                N_("{role} is paid without being identified"),
                {"role": role.id},
            )
    if plan.retention.trade_days < RECORD_DAYS_MIN:
        kept = plan.retention.trade_days
        yield Hit(("retention", "trade_days"), N_("records are kept for {days} days"), {"days": kept})


def binding_choice(case: Case) -> Iterator[Answer]:
    binding = case.plan.binding
    if binding.by == "nobody":
        return
    if not binding.notice:
        yield Hit(("binding", "notice"), N_("fans are bound without being told"))
    if not binding.exit:
        yield Hit(("binding", "exit"), N_("fans cannot leave"))
    if binding.days is None and not binding.consent:
        yield Hit(("binding", "lasts"), N_("fans are bound for ever without being asked"))


def binding_secrets(case: Case) -> Iterator[Answer]:
    if case.plan.binding.fan_details_shown:
        yield Hit(("binding", "fan_details_shown"), N_("sponsors see phone numbers, addresses and orders of fans"))
    if case.plan.binding.shared_outside:
        yield Hit(("binding", "shared_outside"), N_("other shops or the hub learn who is whose fan"))


def personal_prices(case: Case) -> Iterator[Answer]:
    if case.plan.disclosure.price_by_profile:
        yield Hit(("disclosure", "price_by_profile"), N_("prices depend on who is looking"))


def claims(case: Case) -> Iterator[Answer]:
    yield from income_claims(case)


def withholding(case: Case) -> Iterator[Answer]:
    plan = case.plan
    if not derived.pays_people(plan):
        return
    if plan.withholding == "none":
        yield Hit(("tax", "withholding"), N_("nothing is withheld from what people are paid"))
    if plan.tax.reporting == "none":
        yield Hit(("tax", "reporting"), N_("what people are paid is not reported"))


def others_money(case: Case) -> Iterator[Answer]:
    funds = case.plan.funds
    if funds.collector == "platform" and funds.split_rail == "none":
        yield Hit(("funds", "collector"), N_("the platform takes the money, and no licensed rail divides it"))


TESTS: dict[str, RuleTest] = {
    "CN-MATURE": maturity,
    "CN-REFUND": returns,
    "CN-HOST16": young_hosts,
    "CN-LIVE18": broadcast_pyramid,
    "CN-LIVE26": broadcast_duties,
    "CN-MINOR": minors,
    "CN-ECID": sellers_known,
    "CN-BIND": binding_choice,
    "CN-BINDPII": binding_secrets,
    "CN-PRICE": personal_prices,
    "CN-CLAIM": claims,
    "CN-TAX": withholding,
    "CN-FUNDS": others_money,
}
