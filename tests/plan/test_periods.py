"""The limit of what one person is paid in a period: laws of the rule, and what a plan may say of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.kernel.findings import ConfigError
from shared_core.kernel.money import Money
from shared_core.kernel.reader import Reader
from shared_core.plan import paid_in_turn, periods
from shared_core.plan.table import FUND
from tests.plan.plans import line, parties, read, rule

SHARES = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 50)), max_size=12)
"""Members and amounts, in the order in which they are decided."""
ROOMS = st.fixed_dictionaries({member: st.integers(-5, 100) for member in (1, 2, 3)})
MONTH = '[caps.period]\nat_most = "100"\n'


def paid(shares: list[tuple[int, int]], room: dict[int, int]) -> dict[int, int]:
    """What each member gets in all."""
    found = paid_in_turn(shares, room) if shares else []
    return {who: sum(got for (each, _), got in zip(shares, found, strict=True) if each == who) for who in room}


def by_hand(shares: list[tuple[int, int]], room: dict[int, int]) -> list[int]:
    """One share after another, as one would do it with a purse for each member."""
    left, found = {who: max(each, 0) for who, each in room.items()}, []
    for who, wanted in shares:
        found.append(min(wanted, left[who]))
        left[who] -= found[-1]
    return found


@given(SHARES.filter(len), ROOMS)
def test_each_share_gets_what_room_is_left_when_its_turn_comes(shares: list[tuple[int, int]], room: dict[int, int]):
    assert paid_in_turn(shares, room) == by_hand(shares, room)


@given(SHARES, ROOMS)
def test_nobody_gets_more_than_the_room_or_less_than_nothing(shares: list[tuple[int, int]], room: dict[int, int]):
    wanted = {who: sum(each for owner, each in shares if owner == who) for who in room}
    assert paid(shares, room) == {who: min(wanted[who], max(room[who], 0)) for who in room}
    assert all(0 <= got <= asked for got, (_, asked) in zip(by_hand(shares, room), shares, strict=True))


@given(SHARES, ROOMS, st.randoms(use_true_random=False))
def test_what_somebody_gets_does_not_depend_on_who_comes_first(shares, room, chance):
    others = list(shares)
    chance.shuffle(others)
    assert paid(shares, room) == paid(others, room)


@given(SHARES, ROOMS, st.integers(0, 12), st.integers(0, 50))
def test_nothing_is_won_by_splitting(shares, room, place, part):
    """Neither an order into two, paid one after the other, nor a share into two."""
    now, later = shares[:place], shares[place:]
    first = paid(now, room)
    second = paid(later, {who: each - first[who] for who, each in room.items()})
    assert {who: first[who] + second[who] for who in room} == paid(shares, room)
    split = [piece for who, wanted in shares for piece in ((who, min(part, wanted)), (who, wanted - min(part, wanted)))]
    assert paid(split, room) == paid(shares, room)


@given(SHARES.filter(len), ROOMS)
def test_the_team_fund_is_nobody_and_has_no_limit(shares: list[tuple[int, int]], room: dict[int, int]):
    takers = np.array([FUND if who == 3 else who for who, _ in shares])
    amounts, rooms = np.array([each for _, each in shares]), np.array([room[who] for who, _ in shares])
    found = periods.within_period(takers, amounts, rooms)
    assert found[takers == FUND].tolist() == amounts[takers == FUND].tolist()


# --- what a plan may say --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "key", "line_number"),
    [
        ('[caps.period]\nat_most = "0"\n', "period_cap_of_nothing", "caps.period.at_most", 3),
        (rule("a", fixed="100.01") + MONTH, "fixed_above_cap", "shares[1].fixed", 5),
        ('[caps.period]\nat_most = "9"\nwindow = "year"\n', "bad_value", "caps.period.window", 4),
        ('[caps.period]\nwindow = "month"\n', "missing_key", "caps.period.at_most", 2),
        ("[caps.period]\nat_most = 100\n", "bad_value", "caps.period.at_most", 3),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_where_it_stands(text: str, code: str, key: str, line_number: int):
    with pytest.raises(ConfigError) as refused:
        read(text)
    [found] = refused.value.findings
    assert (found.code, found.key, found.line) == (code, key, line_number)
    assert found.remedy or found.params["reason"]


def test_yen_have_no_smaller_unit():
    yen = read(rule("a", fixed="100") + MONTH, currency="JPY")
    assert yen.caps.period == plan.PeriodCap.model_construct(at_most=100, window="month")
    told = plan.period_in_words(plan.PeriodLimit(100, "month"), "JPY", Reader("en", str))
    assert told == "One person is never paid more than ¥100 in a calendar month."


def test_a_fund_may_get_more_than_a_person():
    assert read(rule("a", "team_fund", fixed="100.01") + MONTH).caps.period is not None


@pytest.mark.parametrize(
    ("window", "said"),
    [("month", "in a calendar month."), ("30 days", "within 30 days."), ("lifetime", "in all.")],
)
def test_the_plan_says_the_limit_aloud(window: str, said: str):
    tested = read(rule("a", rate="5%") + f'{MONTH}window = "{window}"\n')
    [chapter] = [each for each in plan.describe(tested, Reader("en", str)) if each.key == "shares"]
    assert f"One person is never paid more than CN¥100.00 {said}" in chapter.notes


def test_a_quote_is_cut_to_the_room_and_keeps_its_code():
    tested = read(rule("a", rate="10%") + MONTH)
    who = parties(seller="member")
    [free] = plan.quotes(tested, [line(5_000)], who, 1)
    [cut] = plan.quotes(tested, [line(5_000)], who, 1, room=Money(120, "CNY"))
    assert (free.amount.minor, cut.amount.minor, cut.full.minor) == (500, 120, 500)
    assert free.code == cut.code


def test_a_kept_plan_of_an_older_core_has_no_such_limit():
    whole = read(rule("a", rate="10%")).whole
    assert '"period": null' in whole
    assert plan.restore(whole.replace(', "period": null', "")).caps.period is None
