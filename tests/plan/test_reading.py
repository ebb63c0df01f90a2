"""plan.toml is refused with file, line, key and remedy, or read exactly."""

import re
from pathlib import Path

import pytest

from shared_core import plan
from shared_core.kernel.findings import ConfigError, Finding
from tests.plan.plans import LADDER, read, rule
from tests.plan.spoiling import spoilt

PARTICIPANTS = plan.preset("participants")
FAN_LOCK = plan.preset("fan-lock")


def findings(text: str, currency: str = "CNY") -> list[Finding]:
    with pytest.raises(ConfigError) as refused:
        plan.loads(text, currency=currency, file="plan.toml")
    return refused.value.findings


def the_finding(text: str, currency: str = "CNY") -> Finding:
    found = findings(text, currency)
    assert len(found) == 1, found
    return found[0]


def line_with(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def test_rates_are_read_as_basis_points_and_amounts_as_minor_units_of_the_shops_currency():
    text = LADDER + rule("a", rate="12.5%", at_most="9.90") + '[settlement]\npayout_min = "10"\n'
    read_plan = read(text)
    assert read_plan.shares[0].rate == 1250
    assert read_plan.shares[0].at_most == 990
    assert read_plan.settlement.payout_min == 1000
    assert read_plan.currency == "CNY"
    assert read_plan.ranks[1].criteria[0].at_least == 10_000


def test_the_same_text_means_whole_yen_in_a_yen_shop():
    read_plan = read(LADDER + '[settlement]\npayout_min = "100"\n', currency="JPY")
    assert read_plan.settlement.payout_min == 100


def test_a_yen_amount_has_no_decimals():
    found = the_finding('name = "a"\n[settlement]\npayout_min = "100.50"\n', "JPY")
    assert (found.key, found.line) == ("settlement.payout_min", 3)
    assert found.text(str).endswith('an amount is written in quotes, like "99".')


@pytest.mark.parametrize("wrong", ["0.1", "10", '"10"', '"12.345%"', '"-5%"', '"101%"', '"ten percent"', "true"])
def test_a_rate_that_is_not_a_percentage_in_quotes_is_refused_with_its_line(wrong: str):
    text = 'name = "a"\n' + rule("a", rate="7%").replace('"7%"', wrong)
    found = the_finding(text)
    assert (found.code, found.key, found.line) == ("bad_value", "shares[1].rate", line_with(text, "rate"))
    assert "%" in found.text(str)


@pytest.mark.parametrize("wrong", ["3000", "30.5", '"-1"', '"3,000"', '"3000.123"', "[]"])
def test_an_amount_that_is_not_a_decimal_in_quotes_is_refused(wrong: str):
    text = PARTICIPANTS.replace('at_least = "3000"', f"at_least = {wrong}")
    assert the_finding(text).key == "ranks[2].criteria[1].at_least"


@pytest.mark.parametrize("wrong", ['"10"', "10.0", "0", "-3", "true"])
def test_a_head_count_is_a_whole_positive_number_without_quotes(wrong: str):
    assert the_finding(FAN_LOCK.replace('"fans", at_least = 10', f'"fans", at_least = {wrong}')).code == "bad_value"


def test_an_unknown_key_is_refused_with_the_nearest_right_name():
    text = PARTICIPANTS.replace('lasts = "30 days"', 'last = "30 days"')
    found = the_finding(text)
    assert (found.code, found.line) == ("unknown_key", line_with(text, 'last = "30 days"'))
    assert "'lasts'" in found.text(str)


def test_a_typing_error_in_a_metric_is_told_once_and_not_twice():
    found = the_finding(PARTICIPANTS.replace('"own_retail_sales", at_least = "3000"', '"own_sale", at_least = "1"'))
    assert found.key == "ranks[2].criteria[1].metric"


@pytest.mark.parametrize("wrong", ['"30"', "30", '"1 month"', '"0 days"', '"for ever"'])
def test_a_lock_lasts_for_ever_or_for_days(wrong: str):
    found = the_finding(PARTICIPANTS.replace('lasts = "30 days"', f"lasts = {wrong}"))
    assert "forever" in found.text(str)


def test_a_window_is_a_lifetime_a_month_or_days():
    wrong = PARTICIPANTS.replace('at_least = "3000"', 'at_least = "3000", window = "week"')
    assert "30 days" in the_finding(wrong).text(str)
    right = plan.loads(wrong.replace('"week"', '"1 day"'), currency="CNY")
    assert right.ranks[1].criteria[0].window == "1 days"


@pytest.mark.parametrize(
    ("old", "new", "code", "marked"),
    [
        ('id = "gold"', 'id = "shopkeeper"', "duplicate_id", 'id = "shopkeeper"'),
        ('id = "traffic"', 'id = "host"', "duplicate_id", ""),
        ('ranks = ["gold"]', 'ranks = ["glod"]', "unknown_rank", "glod"),
        ('can_host = true', 'from_rank = "chief"', "unknown_rank", "chief"),
        ('ranks = ["gold"]', 'ranks = ["shopkeeper"]', "same_conditions", ""),
        ('at_least = "30000"', 'at_least = "3000"', "skipped_rank", 'id = "shopkeeper"'),
        ('rate = "15%"', 'rate = "95%"', "rate_above_cap", "95%"),
        ('person = "30%"', 'person = "1%"', "rate_above_cap", ""),
        ('payee = "host"', 'payee = "second_inviter"', "second_inviter_without_inviter", "second_inviter"),
        ("enabled = true", "enabled = false", "dead_share", ""),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_with_its_line(old: str, new: str, code: str, marked: str):
    assert old in PARTICIPANTS
    text = PARTICIPANTS.replace(old, new, 1)
    found = findings(text)
    assert code in {each.code for each in found}
    first = next(each for each in found if each.code == code)
    assert first.remedy and first.key and first.line
    if marked and code != "skipped_rank":
        assert marked in text.splitlines()[first.line - 1]


def test_shares_above_one_hundred_percent_are_refused_with_the_worst_case_spelled_out():
    text = LADDER + "[live]\nenabled = true\n"
    text += rule("a", ranks=("bronze",), rate="40%") + rule("b", ranks=("gold",), rate="60%")
    text += rule("c", "host", channels=("live",), rate="41%")
    found = the_finding('name = "a"\n' + text)
    assert found.code == "shares_above_price"
    assert "101%" in found.text(str) and "60%" in found.text(str) and "live" in found.text(str)


@pytest.mark.parametrize(
    "criterion", ['metric = "fans", at_least = 1', 'metric = "members", rank = "bronze", at_least = 1']
)
def test_a_rank_that_alone_makes_fans_cannot_be_reached_by_fans(criterion: str):
    text = LADDER.partition('[[ranks]]\nid = "gold"')[0].replace(
        'metric = "own_retail_sales", at_least = "100"', criterion
    )
    lock = '[invites]\ninviter_is = "lock"\n[binding]\nfrom_rank = '
    found = the_finding(f'name = "a"\n{text}{lock}"silver"\n')
    assert (found.code, found.key) == ("unreachable_rank", "ranks[2].criteria")
    assert read(f'{text}{lock}"bronze"\n').binding.from_rank == "bronze"


def test_nobody_is_taken_over_where_only_newcomers_are_bound():
    found = the_finding('name = "a"\n[binding]\nwhom = "new"\nrebind = "always"\n')
    assert (found.code, found.key, found.line) == ("rebind_of_nobody", "binding.rebind", 4)


def test_a_rank_that_needs_itself_is_unreachable():
    found = the_finding(FAN_LOCK.replace('rank = "shopkeeper", scope', 'rank = "senior", scope'))
    assert (found.code, found.key) == ("unreachable_rank", "ranks[3].criteria")


def test_two_ranks_that_need_each_other_are_both_unreachable():
    text = FAN_LOCK.replace('metric = "fans", at_least = 10', 'metric = "members", rank = "senior", at_least = 1')
    assert [each.code for each in findings(text)] == ["unreachable_rank"] * 2


def test_a_rank_that_needs_itself_is_reachable_when_another_criterion_is_enough():
    text = FAN_LOCK.replace(
        'criteria = [{ metric = "members", rank = "shopkeeper", scope = "direct", at_least = 10 }]',
        'match = "any"\ncriteria = [{ metric = "members", rank = "senior", at_least = 1 }, '
        '{ metric = "own_sales", at_least = "1000" }]',
    )
    assert plan.loads(text, currency="CNY").first_rank == "fan"


@pytest.mark.parametrize(
    "criterion",
    [
        '{ metric = "packs_sold", at_least = 3 }',
        '{ metric = "live_sales", at_least = "3" }',
    ],
)
def test_a_rank_that_counts_what_cannot_happen_is_unreachable(criterion: str):
    text = FAN_LOCK.replace('{ metric = "fans", at_least = 10 }', criterion)
    assert "unreachable_rank" in {each.code for each in findings(text)}


def test_a_fraction_of_a_percent_survives_being_shown():
    assert [plan.percent(bps) for bps in (0, 1, 50, 1250, 10_000)] == ["0%", "0.01%", "0.5%", "12.5%", "100%"]


def test_the_tax_rule_of_one_currency_cannot_be_used_in_another():
    text = PARTICIPANTS.replace('"by_jurisdiction"', '"cn-labour"')
    assert plan.loads(text, currency="CNY").withholding == "cn-labour"
    assert the_finding(text, "JPY").code == "tax_currency"
    assert plan.loads(PARTICIPANTS, currency="JPY").withholding == "none"


def test_fixed_and_rate_exclude_each_other():
    both = the_finding('name = "a"\n' + rule("a", rate="1%", fixed="1"))
    assert "either a rate or a fixed amount" in both.text(str)
    assert "either a rate or a fixed amount" in the_finding('name = "a"\n' + rule("a")).text(str)


def test_differences_cannot_be_taken_between_different_bases():
    text = 'name = "a"\n' + rule("a", rate="10%") + rule("b", "inviter", rate="12%", basis="margin", differential=True)
    assert the_finding(text).code == "mixed_differences"


def test_the_plan_in_a_file_is_read_with_the_files_name_in_errors(tmp_path: Path):
    path = tmp_path / "plan.toml"
    path.write_text(PARTICIPANTS, encoding="utf-8-sig")
    assert plan.load(path, currency="CNY").name == "participants"
    path.write_text(PARTICIPANTS.replace('ranks = ["gold"]', 'ranks = ["x"]'), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        plan.load(path, currency="CNY")
    assert str(refused.value.findings[0].file) == str(path)
    assert re.search(r"plan\.toml:\d+: shares\[3\]\.ranks", refused.value.findings[0].text(str))


def test_a_plan_is_never_changed_after_reading():
    with pytest.raises(ValueError, match="frozen"):
        read(LADDER).name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("name", [each.name for each in plan.presets()])
def test_whatever_is_written_wrongly_the_line_the_key_and_what_to_write_are_told(name: str) -> None:
    """Each line of a preset, spoilt in every way."""
    seen: set[str] = set()
    for text in spoilt(plan.preset(name)):
        for found in told(text):
            said = found.text(str)
            seen.add(found.code)
            assert found.line and (found.key or found.code == "not_toml"), said
            assert found.remedy or str(found.params["reason"]), said
            assert not re.search(r"(?<!\.)\.\.$|\^\[|Input should|Value error", said), said
            assert len(said) < 400, said
    assert {"bad_value", "missing_key", "not_toml", "unknown_key"} <= seen


def told(text: str) -> list[Finding]:
    try:
        plan.loads(text, currency="CNY")
    except ConfigError as error:
        return error.findings
    return []
