"""Every rule fires on what it is about, falls silent when that is mended, and is the same in data and in code."""

import pytest

from shared_core import plan
from shared_core.plan.lint.evidence import NEEDS
from shared_core.plan.lint.report import TESTS
from tests.plan.lint.cases import FIRES, LIVE, QUIET, Fires, made

RULES = plan.rule_set().rules
NAMES = [f"{each.rule}-{number}" for number, each in enumerate(FIRES)]


def test_data_and_computations_name_the_same_rules():
    computed = [rule.id for rule in RULES if not rule.attached_to]
    assert sorted(computed) == sorted(TESTS)
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_an_attached_rule_belongs_to_one_that_is_computed():
    assert [rule.id for rule in RULES if rule.attached_to] == ["CN-TEAM-NOCRIME"]
    assert all(rule.attached_to in TESTS for rule in RULES if rule.attached_to)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_means_in_both_languages_and_on_what_authority(rule: plan.LintRule):
    assert rule.statement.zh.endswith("。") and rule.statement.en.endswith(".")
    assert rule.remedy or rule.severities == ("info",)
    assert rule.source


def test_every_rule_and_every_severity_of_it_has_been_seen_to_fire():
    seen = {(each.rule, each.severity) for each in FIRES}
    known = {(rule.id, severity) for rule in RULES for severity in rule.severities if not rule.attached_to}
    assert seen == known


@pytest.mark.parametrize("case", FIRES, ids=NAMES)
def test_the_rule_fires(case: Fires):
    assert (case.rule, case.severity) in set(plan.fired(case.report()))


@pytest.mark.parametrize("case", FIRES, ids=NAMES)
def test_the_rule_is_silent_when_it_is_mended(case: Fires):
    found = case.report(mended=True)
    assert case.rule in found.asked
    assert (case.rule, case.severity) not in set(plan.fired(found))


def test_a_careful_plan_trips_nothing_anywhere_but_in_malaysia():
    careful = made({"jurisdictions": ["CN", "US", "EU", "UK", "JP", "SG"], "surfaces": ["web", "wechat", "app"]})
    found = plan.review(careful, copy=QUIET)
    assert list(plan.fired(found)) == []


def test_rules_of_other_places_are_not_asked():
    found = plan.review(made({"jurisdictions": ["US"]}), copy=QUIET)
    assert {rule_id.split("-")[0] for rule_id in found.asked} == {"US", "X"}


def test_a_plan_that_names_no_place_is_asked_every_rule():
    found = plan.review(made({"jurisdictions": [], "surfaces": ["wechat"]}))
    assert set(found.asked) == set(TESTS)


def test_rules_of_a_surface_are_asked_wherever_the_shop_is():
    assert "CN-WX" in plan.review(made({"jurisdictions": ["JP"], "surfaces": ["wechat"]})).asked


def test_a_licence_answers_for_recruiting_but_not_for_the_rate():
    licensed = {"agreement": {"licences": ["CN 直销 1"]}, "join": {"members_hold_stock": True}}
    assert "CN-DIRECT" not in plan.review(made(licensed)).worst
    paid = {**licensed, "shares": [{"id": "s", "payee": "seller", "rate": "31%"}], "caps": {"person": "31%"}}
    assert plan.review(made({**paid, "caps": {"person": "31%", "line": "31%"}})).worst["CN-DIRECT"] == "override"


def test_what_was_not_measured_is_said_and_not_passed_over():
    entry_and_uplines = made(
        {"jurisdictions": ["US", "EU", "UK", "CN"], "join": {"fee": "9"}},
        add=({"id": "up", "payee": "inviter", "rate": "1%"},),
    )
    found = plan.review(entry_and_uplines)
    assert {(each.rule.id, each.need) for each in found.unasked} == {
        ("CN-STACK", "cost_bps"),
        ("CN-CLAIM", "shop_texts"),
        ("US-RETAIL", "downline_retail_bps"),
        ("US-RETAIL", "company_retail_bps"),
        ("US-CLAIM", "shop_texts"),
        ("EU-14", "recruit_income_bps"),
        ("UK-DMCC", "recruit_income_bps"),
        ("X-FREEZE", "payout_gap_bps"),
    }
    assert {each.need for each in found.unasked} == set(NEEDS)


def test_broadcasting_names_the_rules_that_the_plan_trips():
    found = plan.review(made({"live": LIVE, "join": {"fee": "9"}}))
    assert [each.fact_text("en") for each in found.findings if each.rule.id == "CN-LIVE18"] == [
        "live rooms serve a plan that trips CN-ENTRY"
    ]
