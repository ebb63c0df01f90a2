"""What a report says, in both languages, and what it never says."""

import re

import pytest

from shared_core import plan
from shared_core.kernel import tomlfile
from tests.plan.lint.cases import FIRES, LOUD, QUIET, made

BLESSINGS = re.compile(r"lawful|legal|合法|合规|compliant", re.IGNORECASE)
FAN_LOCK = plan.loads(plan.preset("fan-lock"), currency="CNY")


def texts(report: plan.Report) -> list[str]:
    return [report.text(locale) for locale in ("zh-CN", "en")]


@pytest.mark.parametrize("number", range(len(FIRES)))
def test_no_report_ever_blesses_a_plan(number: int):
    for report in (FIRES[number].report(), FIRES[number].report(mended=True)):
        for text in texts(report):
            assert BLESSINGS.findall(text) == []


def test_silence_names_the_rule_set_and_its_date():
    found = plan.review(made(), copy=QUIET)
    assert found.headline("en") == "No rule fired, rule set v1, 2026-11-22."
    assert found.headline("zh-CN") == "没有规则触发，规则集 v1，2026-11-22。"
    assert "Not evaluated: X-FREEZE needs to know a simulation in which recruiting stops." in found.text("en")
    assert "未评估：X-FREEZE" in found.text("zh-CN")


def test_a_finding_shows_the_line_the_figures_the_remedy_and_the_source():
    text = plan.preset("fan-lock")
    report = plan.review(FAN_LOCK).located("brand/plan.toml", tomlfile.key_lines(text))
    shown = report.text("en")
    line = text.splitlines().index('id = "inviter-shopkeeper"')
    assert f"brand/plan.toml:{line} shares[3]: inviter 3% (rule inviter-shopkeeper), edge depth 1" in shown
    assert "禁止传销条例 art. 7(3)" in shown and "(confidence H)" in shown
    assert "Pay only those who took part in the sale" in shown
    assert "no crime does not mean permitted" in shown


def test_findings_come_worst_first():
    found = plan.review(FAN_LOCK).findings
    order = ["block", "override", "warn", "info"]
    assert [each.severity for each in found] == sorted((each.severity for each in found), key=order.index)


def test_a_finding_in_a_text_keeps_its_own_place():
    report = plan.review(made(), copy=LOUD).located("brand/plan.toml", {})
    assert [each.place for each in report.findings] == ["brand.toml:7"]


def test_the_worst_of_a_rule_is_kept():
    both = (*LOUD, plan.ShopText("a.html", 2, "月入 20000 元"))
    report = plan.review(made(), copy=both)
    assert {each.severity for each in report.findings} == {"block", "warn"}
    assert report.worst == {"CN-CLAIM": "block"}


def test_the_record_holds_everything_a_reader_needs():
    record = plan.review(FAN_LOCK).as_dict()
    assert record["rule_set"] == "1" and record["rule_set_date"] == "2026-11-22"
    assert {"rule": "X-FREEZE", "needs": "payout_gap_bps"} in record["not_evaluated"]
    finding = record["findings"][0]
    assert (finding["rule"], finding["severity"], finding["key"]) == ("CN-TEAM", "block", "shares[3]")
    assert finding["fact"] == "inviter 3% (rule inviter-shopkeeper), edge depth 1"
    assert finding["notes"] == ["CN-TEAM-NOCRIME"]
    assert set(finding["statement"]) == {"zh", "en"}


def test_facts_are_told_in_the_readers_language():
    found = next(each for each in plan.review(FAN_LOCK).findings if each.rule.id == "CN-CRIM")
    assert found.fact_text("zh-CN") == "含顶层共 3 级"
    assert found.fact_text("en") == "3 levels, the top one included"
