"""Five plans, each with the exact list of rules it trips, and the presets with theirs."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from shared_core import plan
from tests.plan.lint.cases import QUIET

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.toml"))
PRESETS = [each.name for each in plan.presets()]
FAN_LOCK = {
    ("CN-TEAM", "block"),
    ("CN-CRIM", "block"),
    ("CN-RANK-HEAD", "block"),
    ("CN-DIRECT", "override"),
    ("CN-WX", "override"),
    ("CN-BIND", "override"),
}
LIVE = {("CN-TEAM", "block"), ("CN-LIVE18", "block"), ("CN-DIRECT", "override"), ("CN-WX", "override")}


def golden(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def preset(name: str) -> plan.Plan:
    return plan.loads(plan.preset(name), currency="CNY")


def tripped(tested: plan.Plan) -> set[tuple[str, str]]:
    return set(plan.fired(plan.review(tested, copy=QUIET)))


def test_there_are_five():
    assert [path.name[0] for path in GOLDEN] == list("abcde")


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_plan_trips_exactly_what_it_deserves(path: Path):
    case = golden(path)
    expected = {(each["rule"], each["severity"]) for each in case["expected"]}
    assert tripped(plan.loads(case["plan"], currency=case["currency"])) == expected


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_plan_says_why(path: Path):
    case = golden(path)
    assert case["why"] and all(each["why"] for each in case["expected"])
    assert len({(each["rule"], each["severity"]) for each in case["expected"]}) == len(case["expected"])


def test_participants_trips_nothing_in_the_prc():
    assert tripped(preset("participants")) == set()


def test_outlet_trips_nothing_anywhere():
    assert len(preset("outlet").jurisdictions) == 7
    assert tripped(preset("outlet")) == set()


def test_fan_lock_trips_all_that_it_deserves():
    assert tripped(preset("fan-lock")) == FAN_LOCK


def test_live_trips_what_a_share_of_invited_hosts_deserves():
    assert tripped(preset("live")) == LIVE


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_variant_that_trips_nothing_that_stops_it(name: str):
    variant = plan.loads(plan.publishable(name), currency="CNY")
    assert {severity for _, severity in tripped(variant)} <= {"warn", "info"}
    assert variant.jurisdictions == preset(name).jurisdictions


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_that_nothing_stops_is_its_own_variant(name: str):
    stopped = any(severity in {"block", "override"} for _, severity in tripped(preset(name)))
    assert (plan.publishable(name) == plan.preset(name)) == (not stopped)


def test_the_variant_of_fan_lock_still_locks_for_ever_and_still_has_shopkeepers():
    variant = plan.loads(plan.publishable("fan-lock"), currency="CNY")
    assert variant.binding.days is None and variant.binding.consent
    assert list(variant.places) == list(preset("fan-lock").places)
    assert {rule.payee for rule in variant.shares} == {"seller"}


def test_the_variant_of_live_still_pays_everybody_who_takes_part():
    variant = plan.loads(plan.publishable("live"), currency="CNY")
    assert {rule.payee for rule in variant.shares} == {"seller", "host", "traffic_referrer"}
    assert variant.claims == preset("live").claims and variant.roles == preset("live").roles


def test_an_unknown_preset_has_no_variant():
    with pytest.raises(plan.UnknownPreset):
        plan.publishable("pyramid")
