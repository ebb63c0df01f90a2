"""Who may lift what: one named person an override, two of the core team a block, nobody for ever."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.kernel.findings import ConfigError
from shared_core.plan import NOBODY, Policy
from tests.plan.lint.cases import INVITER, QUIET, made

TODAY = date(2026, 3, 2)
STOPPED = plan.review(made(add=(INVITER,)), copy=QUIET)
"""Blocked by CN-TEAM, and CN-DIRECT needs an override."""


def policy(*overrides: dict[str, Any]) -> Policy:
    return Policy.model_validate({"overrides": list(overrides)})


def override(rule: str, **changes: Any) -> dict[str, Any]:
    """An override that lacks nothing."""
    whole = {
        "rule": rule,
        "persons": ["王小明", "Li Hua"],
        "reason": "Counsel has looked at it.",
        "legal_reference": "Opinion 7/2026",
        "expires": TODAY,
    }
    return whole | changes


def stopped(shop: Policy = NOBODY, core: Policy = NOBODY, *, today: date = TODAY) -> dict[str, str]:
    """Rule id -> why it stops the plan."""
    decided = plan.decide(STOPPED, shop=shop, core=core, today=today)
    return {each.rule: each.why.format(**each.params) for each in decided.stopped_by}


def test_nobody_answers_at_first():
    assert stopped() == dict.fromkeys(("CN-TEAM", "CN-DIRECT"), "nobody answers for it")


def test_a_named_person_of_the_shop_lifts_an_override_and_never_a_block():
    shop = policy(override("CN-TEAM"), override("CN-DIRECT", persons=["王小明"], legal_reference=""))
    assert stopped(shop) == {"CN-TEAM": "a shop's own policy cannot lift what stops a plan"}


def test_two_people_of_the_core_team_lift_a_block():
    core = policy(override("CN-TEAM"), override("CN-DIRECT"))
    decided = plan.decide(STOPPED, shop=NOBODY, core=core, today=TODAY)
    assert decided.may_publish and decided.valid_until == TODAY
    assert [(each.rule, each.granted_by) for each in decided.lifted] == [("CN-TEAM", "core"), ("CN-DIRECT", "core")]
    assert decided.lifted[0].as_dict()["persons"] == ["王小明", "Li Hua"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"persons": ["王小明"]}, "2 different people have to answer for it"),
        ({"persons": ["Li Hua", " li  hua "]}, "2 different people have to answer for it"),
        ({"legal_reference": " "}, "the override does not name what it rests on"),
        ({"reason": " "}, "the override gives no reason"),
        ({"expires": TODAY - timedelta(days=1)}, "the override expired on 2026-03-01"),
    ],
)
def test_what_lifts_a_block_may_lack_nothing(change: dict[str, Any], why: str):
    assert stopped(core=policy(override("CN-TEAM", **change)))["CN-TEAM"] == why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"persons": [" "]}, "1 different people have to answer for it"),
        ({"reason": " "}, "the override gives no reason"),
        ({"expires": TODAY - timedelta(days=1)}, "the override expired on 2026-03-01"),
    ],
)
def test_what_lifts_an_override_needs_a_person_a_reason_and_a_day(change: dict[str, Any], why: str):
    assert stopped(policy(override("CN-DIRECT", **change)))["CN-DIRECT"] == why


def test_a_second_override_helps_where_the_first_has_expired():
    old = override("CN-DIRECT", expires=TODAY - timedelta(days=1))
    assert "CN-DIRECT" not in stopped(policy(old, override("CN-DIRECT")))


def test_warnings_need_nobody():
    warned = plan.review(made({"disclosure": {"price_by_profile": True}}), copy=QUIET)
    decided = plan.decide(warned, shop=NOBODY, core=NOBODY, today=TODAY)
    assert warned.findings and decided.may_publish and decided.valid_until is None


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_a_plan_may_be_published_until_the_first_override_expires(team: int, direct: int):
    days = {"CN-TEAM": team, "CN-DIRECT": direct}
    core = policy(*(override(rule, expires=TODAY + timedelta(days=more)) for rule, more in days.items()))
    decided = plan.decide(STOPPED, shop=NOBODY, core=core, today=TODAY)
    assert {each.rule for each in decided.stopped_by} == {rule for rule, more in days.items() if more < 0}
    if decided.may_publish:
        assert decided.valid_until == TODAY + timedelta(days=min(team, direct))


# --- the file -------------------------------------------------------------------------------------------------------


def faults(tmp_path: Path, text: str) -> list[tuple[int | None, str]]:
    file = tmp_path / "policy.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as refused:
        plan.load_policy(file)
    return [(each.line, each.text(str)) for each in refused.value.findings]


FILE = """\
[[overrides]]
rule = "CN-DIRECT"
persons = ["王小明"]
reason = "Pilot in one district."
expires = 2026-12-31
"""


def test_a_policy_is_read(tmp_path: Path):
    file = tmp_path / "policy.toml"
    file.write_text(FILE, "utf-8")
    assert [(each.rule, each.expires) for each in plan.load_policy(file).overrides] == [
        ("CN-DIRECT", date(2026, 12, 31))
    ]


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_name(tmp_path: Path):
    [(line, text)] = faults(tmp_path, FILE + "expirs = 2026\n")
    assert line == 6 and "'expires'" in text


def test_an_unknown_rule_is_refused_with_its_line_and_the_nearest_rule(tmp_path: Path):
    [(line, text)] = faults(tmp_path, FILE.replace("CN-DIRECT", "CN-DIRCT"))
    assert line == 2 and "'CN-DIRECT'" in text


@pytest.mark.parametrize("key", ["rule", "persons", "reason", "expires"])
def test_nothing_may_be_left_out(tmp_path: Path, key: str):
    text = "\n".join(line for line in FILE.splitlines() if not line.startswith(key))
    [(_, told)] = faults(tmp_path, text)
    assert f"'{key}'" in told
