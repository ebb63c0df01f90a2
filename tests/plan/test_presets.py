"""Every preset can be started from, in any currency, and is what it promises."""

import re
from pathlib import Path

import pytest

from shared_core import plan
from shared_core.plan import INVITER_PAYEES

DOCS = Path(__file__).parents[2] / "docs/presets"
NAMES = [each.name for each in plan.presets()]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("currency", ["CNY", "JPY", "MYR", "KWD"])
def test_a_preset_runs_in_any_currency(name: str, currency: str):
    loaded = plan.loads(plan.preset(name), currency=currency)
    assert (loaded.name, loaded.currency) == (name, currency)
    assert plan.faults(loaded) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_one_readable_page_with_comments(name: str):
    text = plan.preset(name)
    assert len(text.splitlines()) <= 141
    assert text.startswith("#:schema ") and text.splitlines()[1].startswith("# ") and text.count("#") >= 6


def test_the_default_comes_first_and_says_what_it_is_in_both_languages():
    assert NAMES[0] == plan.DEFAULT == "participants"
    assert all(each.summary_zh and each.summary_en for each in plan.presets())


def test_an_unknown_preset_names_those_there_are():
    with pytest.raises(plan.UnknownPreset, match="participants, fan-lock, invite-quota"):
        plan.preset("pyramid")


def test_participants_pays_only_those_who_took_part_and_binds_for_a_month():
    loaded = plan.loads(plan.preset("participants"), currency="CNY")
    assert {rule.payee for rule in loaded.shares} == {"seller", "host", "traffic_referrer"}
    assert all(rule.trigger == "order" for rule in loaded.shares)
    assert loaded.binding.days is not None and loaded.binding.days <= 30
    assert loaded.binding.notice and loaded.binding.exit
    assert {key.metric for key in loaded.metric_keys} == {"own_retail_sales"}
    assert loaded.caps.person <= 3_000 and plan.worst_case(loaded).total_bps == 2_300
    assert loaded.returns.days >= 7 and loaded.settlement.days >= loaded.returns.days
    assert loaded.join.fee == loaded.join.deposit == loaded.join.subscription == 0
    assert loaded.withholding == "cn-labour"


def test_fan_lock_binds_for_ever_and_pays_inviters():
    loaded = plan.loads(plan.preset("fan-lock"), currency="CNY")
    assert loaded.binding.days is None and loaded.binding.lockers == "everyone"
    assert loaded.invites.inviter_is == "lock"
    assert {rule.payee for rule in loaded.shares} & INVITER_PAYEES


def test_outlet_has_no_network_at_all():
    loaded = plan.loads(plan.preset("outlet"), currency="CNY")
    assert loaded.binding.by == "nobody" and loaded.shares == () and len(loaded.ranks) == 1
    assert loaded.claims.seller == () and loaded.invites.mode == "closed"


STOPPED_BY = {
    "fan-lock": {"CN-TEAM", "CN-CRIM", "CN-RANK-HEAD", "CN-DIRECT", "CN-WX", "CN-BIND"},
    "invite-quota": {"CN-TEAM", "CN-DIRECT", "CN-WX", "MY-SCHED"},
    "gift-pack": {"CN-ENTRY", "CN-HEAD", "CN-RANK-HEAD", "CN-DIRECT", "CN-WX", "CN-STACK"},
    "membership": {"CN-ENTRY", "X-SELF"},
}
"""The rules that fire on each preset; on those not named none does."""


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_trips_what_it_deserves_and_its_page_says_so(name: str):
    fired = {finding.rule.id for finding in plan.review(plan.loads(plan.preset(name), currency="CNY")).findings}
    assert fired == STOPPED_BY.get(name, set())
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`((?:CN|US|EU|UK|JP|MY|SG|X)-[A-Z0-9-]+)`", page)) == fired
    assert ("No rule fires" in page) == (not fired)
    for part in ("**The story.**", "**How it works here.**", "**The money.**", "**The risks.**"):
        assert part in page
