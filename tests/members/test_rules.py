"""The binding decision and the forest, without a database."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.members.forest import Forest
from shared_core.members.rules import (
    Binding,
    BindingPolicy,
    Outcome,
    Sponsor,
    binds_at_once,
    decide,
    may_lock,
    new_binding,
)
from tests.members.people import NOON, days

links = st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=60)
policies = st.builds(
    BindingPolicy,
    days=st.none() | st.integers(0, 12),
    protected_days=st.none() | st.integers(0, 6),
)


def claim(forest: Forest, fan_id: int, sponsor_id: int, *, policy: BindingPolicy, at: datetime) -> Outcome:
    return forest.claim(fan_id, sponsor_id, policy=policy, entitled=True, at=at)[0]


def naive_loop(forest: Forest, members: range, *, at: datetime) -> bool:
    """Whether somebody is above themselves at `at`, found by following every binding as often as there are people."""
    above = {}
    for member in members:
        live = [each for each in forest.history(member) if each.bound_at <= at and each.outlives(at)]
        assert len(live) <= 1
        if live:
            above[member] = live[0].sponsor_id
    for start in members:
        here: int | None = start
        for _ in members:
            here = above.get(here) if here is not None else None
            if here == start:
                return True
    return False


@given(links, policies)
def test_no_history_of_links_ever_makes_a_loop(pairs: list[tuple[int, int]], policy: BindingPolicy) -> None:
    forest = Forest()

    for day, (fan_id, sponsor_id) in enumerate(pairs):
        claim(forest, fan_id, sponsor_id, policy=policy, at=days(day))

        assert not naive_loop(forest, range(1, 9), at=days(day))


@given(links, policies)
def test_telling_the_same_history_again_binds_nobody(pairs: list[tuple[int, int]], policy: BindingPolicy) -> None:
    forest = Forest()
    for day, (fan_id, sponsor_id) in enumerate(pairs):
        claim(forest, fan_id, sponsor_id, policy=policy, at=days(day))

    again = [claim(forest, *pair, policy=policy, at=days(day)) for day, pair in enumerate(pairs)]

    assert Outcome.BOUND not in again


@given(links)
def test_for_ever_means_that_the_first_link_that_bound_is_the_last(pairs: list[tuple[int, int]]) -> None:
    forest, first = Forest(), {}

    for day, (fan_id, sponsor_id) in enumerate(pairs):
        if claim(forest, fan_id, sponsor_id, policy=BindingPolicy(), at=days(day)) is Outcome.BOUND:
            assert fan_id not in first
            first[fan_id] = sponsor_id

    for fan_id, sponsor_id in first.items():
        live = forest.live(fan_id, at=days(1000))
        assert live is not None and live.sponsor_id == sponsor_id


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=60))
def test_a_refused_loop_is_really_one(pairs: list[tuple[int, int]]) -> None:
    forest, above = Forest(), {}

    for day, (fan_id, sponsor_id) in enumerate(pairs):
        outcome = claim(forest, fan_id, sponsor_id, policy=BindingPolicy(), at=days(day))
        if outcome is Outcome.BOUND:
            above[fan_id] = sponsor_id
        if outcome is Outcome.REFUSED_LOOP:
            here = sponsor_id
            while here != fan_id:
                here = above[here]


def test_a_link_to_oneself_is_refused_even_when_bound() -> None:
    outcome = decide(fan_id=1, sponsor_id=1, withstood=True, entitled=True, welcome=True, closes_loop=lambda: False)

    assert outcome is Outcome.REFUSED_SELF


def test_the_loop_is_asked_for_only_when_the_answer_depends_on_it() -> None:
    def never() -> bool:
        raise AssertionError

    facts = {"fan_id": 1, "sponsor_id": 2, "withstood": False, "entitled": True, "welcome": True}
    for hindrance, outcome in (
        ({"withstood": True, "welcome": False}, Outcome.ALREADY_BOUND),
        ({"welcome": False, "entitled": False}, Outcome.REFUSED_KNOWN),
        ({"entitled": False}, Outcome.REFUSED_SPONSOR),
    ):
        assert decide(**{**facts, **hindrance}, closes_loop=never) is outcome


def test_thirty_days_end_with_the_thirtieth_day_in_the_shops_zone() -> None:
    binding = new_binding(7, policy=BindingPolicy(days=30, zone="Asia/Shanghai"), at=NOON)

    assert binding.ends_at is not None
    assert binding.ends_at.isoformat() == "2026-04-01T16:00:00+00:00"
    assert binding.protected_until is None


def test_a_protected_binding_withstands_and_an_unprotected_one_gives_way() -> None:
    binding = Binding(7, NOON, protected_until=days(3), ends_at=days(9))

    assert binding.withstands(8, at=days(2))
    assert not binding.withstands(8, at=days(3))
    assert binding.withstands(7, at=days(3))
    assert not binding.withstands(7, at=days(9))


def test_a_binding_that_began_later_withstands_a_late_link() -> None:
    assert Binding(7, days(5), protected_until=days(5)).withstands(8, at=NOON)


@pytest.mark.parametrize(
    ("who", "identified", "joined", "allowed"),
    [
        ("anyone", False, False, True),
        ("members", False, False, False),
        ("members", True, False, True),
        ("promoters", True, False, False),
        ("promoters", True, True, True),
    ],
)
def test_the_policy_says_whose_links_lock(who: str, identified: bool, joined: bool, allowed: bool) -> None:
    policy = BindingPolicy(who_may_lock=who)  # type: ignore[arg-type]

    assert may_lock(Sponsor(1, identified, joined), policy) is allowed


@pytest.mark.parametrize(
    ("on", "identified", "at_once"),
    [
        ("click", False, True),
        ("sign_up", False, False),
        ("sign_up", True, True),
        ("first_order", True, False),
    ],
)
def test_a_link_binds_at_once_or_waits_for_the_policys_moment(on: str, identified: bool, at_once: bool) -> None:
    assert binds_at_once(BindingPolicy(on=on), identified=identified) is at_once  # type: ignore[arg-type]
