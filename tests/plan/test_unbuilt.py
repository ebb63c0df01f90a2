"""Every key of plan.toml is followed by the shop, states a fact for the rules of law, or is refused."""

import re
from pathlib import Path

import pytest

from shared_core import plan
from shared_core.kernel.findings import ConfigError
from tests.plan.plans import read, rule

ROOT = Path(__file__).parents[2]
FACTS = {
    "jurisdictions",
    "surfaces",
    "join.required_purchase.amount",
    "join.starter_kit.price",
    "join.starter_kit.at_cost",
    "join.members_hold_stock",
    "roles[].identity_required",
    "returns.excepted",
    "returns.buyback.rate",
    "returns.buyback.days",
    "tax.reporting",
    "live.verify_host",
    "live.record_days",
    "retention.trade_days",
    "retention.binding_days",
    "agreement.written",
    "agreement.cooling_off_days",
    "agreement.exit",
    "agreement.licences",
    "disclosure.operator",
    "disclosure.typical_income",
}
"""What the shop does nothing with: docs/plan.md lists them, and some rule of law or the plan in words reads each."""
REFUSED = {
    "join.fee": '[join]\nfee = "99"\n',
    "join.deposit": '[join]\ndeposit = "99"\n',
    "join.subscription": '[join]\nsubscription = "99"\n',
    "join.starter_kit.required": '[join.starter_kit]\nprice = "20"\nrequired = true\n',
    "binding.fan_details_shown": "[binding]\nfan_details_shown = true\n",
    "binding.shared_outside": "[binding]\nshared_outside = true\n",
    "invites.buyable": "[invites]\nbuyable = true\n",
    "invites.depth_visible": "[invites]\ndepth_visible = 3\n",
    "shares[].trigger": rule("a", "inviter", fixed="50", trigger="member_joined"),
    "returns.starts": '[returns]\nstarts = "shipment"\n',
    "settlement.rail": '[settlement]\nrail = "stripe"\n',
    "funds.collector": '[funds]\ncollector = "platform"\n',
    "funds.split_rail": '[funds]\nsplit_rail = "wechat"\n',
    "live.simulated_viewers": "[live]\nsimulated_viewers = true\n",
    "disclosure.price_by_profile": "[disclosure]\nprice_by_profile = true\n",
}
"""What says more than a shop does, where it says so."""
FOLLOWED_AS = {"binding.lasts": "days"}
"""Keys whose value is read under another name."""
CANNOT_BE_OTHERWISE = {"settlement.clawback": "[settlement]\nclawback = false\n"}
NOT_THE_SHOP = ("plan/schema", "plan/words", "plan/lint", "plan/simulation", "plan/unbuilt", "migrations")


def keys() -> set[str]:
    return {each.path for each in plan.reference() if not each.section}


def source(*folders: str, without: tuple[str, ...] = ()) -> str:
    files = [file for folder in folders for file in (ROOT / "shared_core" / folder).rglob("*.py")]
    return "\n".join(file.read_text("utf-8") for file in files if not any(each in file.as_posix() for each in without))


def reads(text: str, key: str) -> bool:
    return re.search(rf"\.{FOLLOWED_AS.get(key, key.rpartition('.')[2])}\b", text) is not None


def test_a_key_is_followed_states_a_fact_or_is_refused() -> None:
    shop = source("", without=NOT_THE_SHOP)
    others = keys() - FACTS - REFUSED.keys() - CANNOT_BE_OTHERWISE.keys()
    assert {key for key in others if not reads(shop, key)} == set()
    assert FACTS | REFUSED.keys() | CANNOT_BE_OTHERWISE.keys() <= keys()
    assert not FACTS & REFUSED.keys()


def test_facts_are_read_by_the_rules_of_law_or_in_words_and_listed_for_partners() -> None:
    readers = source("plan/lint", "plan/words")
    page = (ROOT / "docs/plan.md").read_text("utf-8")
    told = page[page.index("## The law") : page.index("## Every key")]
    assert {key for key in FACTS if not reads(readers, key)} == set()
    assert {key for key in FACTS if f"`{key}`" not in told} == set()
    assert {key for key in REFUSED if f"`{key}`" not in told} == set()


@pytest.mark.parametrize("key", REFUSED)
def test_what_no_shop_does_is_refused_at_its_key(key: str) -> None:
    [fault] = plan.unbuilt(read(REFUSED[key]))
    path = "".join("[]" if isinstance(part, int) else f".{part}" for part in fault.path).lstrip(".")
    assert (fault.code, path) == ("unbuilt", key)


def test_a_clawback_cannot_be_switched_off() -> None:
    for text in CANNOT_BE_OTHERWISE.values():
        with pytest.raises(ConfigError):
            read(text)


def test_the_remedy_names_what_a_shop_follows() -> None:
    [fault] = plan.unbuilt(read(REFUSED["returns.starts"]))
    told = fault.finding("plan.toml", {}).text(str)
    assert told == (
        "plan.toml: returns.starts: No shop can follow this: a shop counts the days from delivery. "
        'Write "delivery" or leave it out; a plan that says this can only be linted and simulated.'
    )


@pytest.mark.parametrize("name", [each.name for each in plan.presets()])
def test_every_preset_and_its_variant_can_be_run(name: str) -> None:
    for text in (plan.preset(name), plan.publishable(name)):
        assert plan.unbuilt(plan.loads(text, currency="CNY")) == []
