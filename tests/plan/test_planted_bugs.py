"""Bugs planted in the plan's rules, each with the test that kills it: a law that cannot fail would prove nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared_core import plan
from shared_core.kernel.money import BPS_WHOLE, Money
from shared_core.plan import WorstOrder, ceiling, chains, climbing, payable, paying, selection, solvency
from tests.plan import test_ceiling, test_parcels, test_paying, test_ranks, test_shares, test_solvency
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


def shares_are_rounded_up(planted: pytest.MonkeyPatch) -> None:
    """The store does not keep what is left over."""
    planted.setattr(paying, "_part", lambda base, rates: -(-base * rates // BPS_WHOLE))


def a_second_role_escapes_the_limit(planted: pytest.MonkeyPatch) -> None:
    """The shares of one person are not limited, where there are several."""
    cap = paying._cap_people

    def forgetful(amounts: Any, people: Any, limit: Any) -> Any:
        alone = (people[:, :, None] == people[:, None, :]).sum(axis=2) == 1
        return np.where(alone, cap(amounts, people, limit), amounts)

    planted.setattr(paying, "_cap_people", forgetful)


def the_platform_fee_is_forgotten(planted: pytest.MonkeyPatch) -> None:
    """Only the rail takes its part."""
    with_fees = plan.SaleTerms.left

    def left(terms: plan.SaleTerms, goods: int, supply: int, paid: int) -> int:
        return with_fees(plan.SaleTerms(terms.rail_fee_bps), goods, supply, paid)

    planted.setattr(plan.SaleTerms, "left", left)


def a_fixed_share_is_proven_for_one_piece(planted: pytest.MonkeyPatch) -> None:
    """However many are sold."""
    exactly = payable.Pay.exactly
    planted.setattr(payable.Pay, "exactly", lambda pay, line: exactly(pay, payable.Amounts(line.goods, line.margin, 1)))


def the_proof_takes_no_differences(planted: pytest.MonkeyPatch) -> None:
    """It counts the whole rate of every inviter."""
    taken = chains.chain_dues

    def whole(*sale: Any) -> list[chains.Due]:
        return [chains.Due(due.payee, due.rule, due.rule.rate or 0) for due in taken(*sale)]

    planted.setattr(payable, "chain_dues", whole)


def the_proof_forgets_channels(planted: pytest.MonkeyPatch) -> None:
    """Only sales in the shop are proven."""
    planted.setattr(payable, "CHANNELS", ("shop",))


def parcels_cost_nothing(planted: pytest.MonkeyPatch) -> None:
    """The proof ends with the lines."""
    planted.setattr(solvency, "worst_order", lambda item, line: WorstOrder(item, 1, *[Money(0, "CNY")] * 5))


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
PROOF = (test_solvency.small_plans(), test_solvency.offers, test_solvency.terms)
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
    (shares_are_rounded_up, law(test_solvency.test_the_worst_sale_is_what_trying_every_sale_finds, *PROOF)),
    (a_second_role_escapes_the_limit, law(test_solvency.test_the_worst_sale_is_what_trying_every_sale_finds, *PROOF)),
    (the_platform_fee_is_forgotten, test_solvency.test_the_worked_example_leaves_what_the_hand_reckons),
    (a_fixed_share_is_proven_for_one_piece, test_solvency.test_a_fixed_share_is_paid_for_each_piece),
    (
        the_proof_takes_no_differences,
        test_solvency.test_an_inviter_who_gets_the_difference_adds_nothing_to_the_highest_rate,
    ),
    (the_proof_forgets_channels, test_solvency.test_the_channel_in_which_most_is_paid_is_found),
    (parcels_cost_nothing, test_parcels.test_goods_that_do_not_carry_their_parcel_alone_are_found),
    (a_threshold_has_to_be_exceeded, test_ranks.test_ten_fans_make_a_shopkeeper_and_ten_direct_shopkeepers_a_senior),
]


@pytest.mark.parametrize(("bug", "test"), KILLED_BY, ids=[bug.__name__ for bug, _ in KILLED_BY])
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], test: Test, monkeypatch: pytest.MonkeyPatch
):
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        test()
