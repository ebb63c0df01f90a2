"""Bugs planted in the plan's rules, each with the test that kills it: a law that cannot fail would prove nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared_core import plan
from shared_core.plan import ceiling, climbing, paying, selection
from tests.plan import test_ceiling, test_paying, test_ranks, test_shares
from tests.plan.plans import lines, people, plans

Test = Callable[..., None]


def first_in_the_file_wins(planted: pytest.MonkeyPatch) -> None:
    """Rules are taken in the order of the file, not by how specific they are."""
    planted.setattr(selection, "specificity", lambda rule: 0)


def nothing_is_capped(planted: pytest.MonkeyPatch) -> None:
    """Caps are read and forgotten."""
    planted.setattr(paying, "_shrink", lambda found, concerned, limit: found)
    planted.setattr(paying, "_cap_people", lambda found, people, limit: found)


def the_buyer_earns(planted: pytest.MonkeyPatch) -> None:
    """The self-purchase policy is not asked."""
    planted.setattr(paying, "_may_earn", lambda tested, who: who.members == who.members)


def differences_are_not_taken(planted: pytest.MonkeyPatch) -> None:
    """Every inviter gets the whole rate."""
    planted.setattr(paying, "_difference", lambda rate, reached: rate)


def a_difference_can_be_negative(planted: pytest.MonkeyPatch) -> None:
    """A lower rank above a higher one pays in."""
    planted.setattr(paying, "_difference", lambda rate, reached: rate - reached)


def the_worst_case_forgets_channels(planted: pytest.MonkeyPatch) -> None:
    """Only sales in the shop are looked at."""
    planted.setattr(ceiling, "CHANNELS", ("shop",))


def ranks_are_decided_without_what_is_held(planted: pytest.MonkeyPatch) -> None:
    """A rank once reached is lost when the counts no longer hold it."""
    decide = plan.evaluate_rank
    planted.setattr(plan, "evaluate_rank", lambda tested, counts, current: decide(tested, counts, None))


def a_threshold_has_to_be_exceeded(planted: pytest.MonkeyPatch) -> None:
    """Ten fans are not enough where ten are asked."""

    def more_than(rank: plan.Rank, counts: Any, many: int) -> Any:
        return meets(rank, {key: count - 1 for key, count in counts.items()}, many)

    meets = climbing.met
    planted.setattr(climbing, "met", more_than)


def law(test: Any, *strategies: st.SearchStrategy[Any]) -> Test:
    """A law of another module, tried often and stopped at the first failure without making it smaller."""
    tries = settings(
        max_examples=3000, phases=[Phase.generate], derandomize=True, suppress_health_check=list(HealthCheck)
    )
    tried: Test = tries(given(*strategies)(test.hypothesis.inner_test))
    return tried


def differences() -> None:
    """The gold seller takes all, nobody above gets anything."""
    test_shares.test_each_inviter_gets_the_difference_to_the_highest_rate_below(
        ("gold", "bronze", "silver"), (2000, 0, 0)
    )


SALE = (plans(), lines(), people())
KILLED_BY: list[tuple[Callable[[pytest.MonkeyPatch], None], Test]] = [
    (
        first_in_the_file_wins,
        law(
            test_shares.test_the_order_of_the_rules_in_the_file_changes_nothing,
            *SALE,
            st.randoms(use_true_random=False),
        ),
    ),
    (nothing_is_capped, law(test_shares.test_nobody_gets_more_than_the_cap_for_a_person, *SALE)),
    (the_buyer_earns, law(test_shares.test_the_buyer_earns_only_where_the_plan_says_so, *SALE)),
    (differences_are_not_taken, differences),
    (
        a_difference_can_be_negative,
        test_paying.test_a_lower_rank_above_gets_nothing_and_pays_nothing_in,
    ),
    (the_worst_case_forgets_channels, test_ceiling.test_trying_every_sale_finds_no_worse_case),
    (
        ranks_are_decided_without_what_is_held,
        law(
            test_ranks.test_a_rank_held_is_never_lost_by_counting_again,
            test_ranks.COUNTS,
            st.sampled_from(["one", "two", "three", "four"]),
        ),
    ),
    (a_threshold_has_to_be_exceeded, test_ranks.test_ten_fans_make_a_shopkeeper_and_ten_direct_shopkeepers_a_senior),
]


@pytest.mark.parametrize(("bug", "test"), KILLED_BY, ids=[bug.__name__ for bug, _ in KILLED_BY])
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], test: Test, monkeypatch: pytest.MonkeyPatch
):
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        test()
