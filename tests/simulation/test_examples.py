"""Small histories worked by hand, each on the day it matters; and bugs planted there, which they notice."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shared_core.plan import Plan
from shared_core.plan.simulation import counts, engine, live, locks, standings, trade
from tests.plan.plans import read, rule
from tests.rewards.shops import preset
from tests.simulation.told import told

SELLER, BUYER, OTHER = 0, 1, 2


def ladder(criterion: str, *, policy: str = "keep", bound: str = "forever") -> Plan:
    """Two ranks, 10 % and 20 % for sellers; members' locks decide."""
    return read(
        f'[binding]\nlasts = "{bound}"\n[invites]\ninviter_is = "lock"\n[ladder]\npolicy = "{policy}"\n'
        '[[ranks]]\nid = "low"\nname = "Low"\n[[ranks]]\nid = "high"\nname = "High"\n'
        f"criteria = [{criterion}]\n[settlement]\ndays = 9\n"
        + rule("low", ranks=["low"], rate="10%")
        + rule("high", ranks=["high"], rate="20%")
    )


SOLD_200 = ladder('{ metric = "own_retail_sales", at_least = "200" }')
IN_30_DAYS = ladder('{ metric = "own_retail_sales", at_least = "200", window = "30 days" }')
IN_A_MONTH = ladder('{ metric = "own_retail_sales", at_least = "200", window = "month" }', policy="requalify")


def test_a_rank_counts_from_the_order_after_the_one_that_earned_it():
    """Two pieces are delivered on day 1 and complete on day 9; what was placed before keeps 10 %, later is 20 %."""
    run = live(SOLD_200, told([None, 0], orders=[(0, BUYER, 2), (8, BUYER, 1), (9, BUYER, 1)]))
    assert run.reached[1, SELLER] == 9
    assert run.daily["shares"][[0, 8, 9]].tolist() == [2_000, 1_000, 2_000]


def test_a_share_is_available_when_both_the_window_and_the_days_of_settlement_are_over():
    """Delivered on day 1: the window closes after day 8, settlement after day 10; the month ends on day 30."""
    run = live(SOLD_200, told([None, 0], orders=[(0, BUYER, 1)]))
    assert np.flatnonzero(run.daily["matured"]).tolist() == [11]
    assert np.flatnonzero(run.daily["taken"]).tolist() == [30]


def test_a_refund_takes_the_share_back_before_and_after_it_was_taken_out():
    orders = [(0, BUYER, 1), (0, BUYER, 1)]
    run = live(SOLD_200, told([None, 0], orders=orders, refunds=[(5, 0), (40, 1)]))
    assert run.daily["reversed"][[5, 40]].tolist() == [1_000, 1_000]
    assert (run.members["available"][SELLER], run.members["taken"][SELLER]) == (-1_000, 1_000)


def test_thirty_days_include_the_first_and_the_last():
    """100.00 complete on day 9 and on day 38, which are the first and the last of thirty; on day 39 it is too late."""
    for second, rises in ((29, True), (30, False)):
        run = live(IN_30_DAYS, told([None, 0], orders=[(0, BUYER, 1), (second, BUYER, 1)]))
        assert run.reached[1, SELLER] == (second + 9 if rises else -1)


def test_a_month_begins_anew_and_a_rank_not_earned_again_is_lost_when_the_next_is_over():
    """200.00 complete on 10 January; the review of 1 February finds them in January, that of 1 March nothing."""
    run = live(IN_A_MONTH, told([None, 0], orders=[(0, BUYER, 2)]))
    high = run.daily["standing"][1]
    assert np.flatnonzero(np.diff(high)).tolist() == [8, 58]


def test_what_is_refunded_no_longer_counts_but_takes_no_rank():
    orders = [(0, BUYER, 1), (1, BUYER, 1), (20, BUYER, 1)]
    run = live(SOLD_200, told([None, 0], orders=orders, refunds=[(9, 0)]))
    assert run.reached[1, SELLER] == 29
    kept = live(SOLD_200, told([None, 0], orders=orders, refunds=[(12, 0)]))
    assert (kept.reached[1, SELLER], kept.members["place"][SELLER]) == (10, 1)


def test_ten_fans_make_a_shopkeeper_and_ten_shopkeepers_a_senior_on_the_same_day():
    below = [0] * 10
    run = live(preset("fan-lock"), told([None, *below, *(1 + each // 10 for each in range(100))]))
    assert run.members["place"].tolist() == [2, *[1] * 10, *[0] * 100]
    assert run.reached[2, 0] == 0


def test_a_lock_of_ten_days_lives_to_the_end_of_the_tenth():
    plan = ladder('{ metric = "fans", at_least = 9 }', bound="10 days")
    for day, holder in ((10, SELLER), (11, OTHER)):
        run = live(plan, told([None, 0, None], visits=[(day, BUYER, OTHER)]))
        assert run.members["sponsor"][BUYER] == holder


def test_a_link_that_would_close_a_loop_binds_nobody():
    run = live(SOLD_200, told([None, 0, 1], visits=[(1, 0, 2)]))
    assert run.members["sponsor"].tolist() == [-1, 0, 1]


def test_inviters_are_paid_by_who_holds_whom_on_the_day_of_the_order():
    plan = read('[invites]\ninviter_is = "lock"\n' + rule("s", rate="10%") + rule("i", "inviter", rate="5%"))
    run = live(plan, told([None, 0, 1], orders=[(29, 2, 1), (31, 2, 1)]))
    assert run.daily["network"][[29, 31]].tolist() == [500, 0]
    assert run.daily["shares"][[29, 31]].tolist() == [1_500, 0]


def test_a_bounty_is_paid_for_who_joins_and_the_fee_is_charged():
    plan = read('[join]\nfee = "99"\n' + rule("b", "inviter", fixed="20", trigger="member_joined"))
    run = live(plan, told([None, 0, 0]))
    assert (run.daily["fees"].sum(), run.daily["bounties"].sum(), run.members["network"][0]) == (29_700, 4_000, 4_000)


def test_codes_run_out():
    plan = read('[join]\nhow = "invite_code"\n[invites]\nmode = "code"\nbase = 2')
    run = live(plan, told([None, 0, 0, 0, None]))
    assert (run.members["joined_on"] >= 0).tolist() == [True, False, False, False, True]


def test_who_hosts_and_who_brings_viewers_earn_beside_the_seller():
    """Preset `live`, a lamp at 100.00. 1 came by 0 and hosts; 3 came by 2; 4 brings.

    - 3 buys in 1's room, brought by 4: 2 sells (8.00), 1 hosts (10.00), 0 invited the host (2.00), 4 has 5.00.
    - 5, nobody's fan, buys there alone: the room sells, so 1 gets 8.00 and 10.00, 0 has 2.00.
    - 1 buys in their own room: that is no room, and 0, whose fan 1 is, sells: 8.00.
    """
    orders = [(1, 3, 1), (1, 5, 1), (1, 1, 1)]
    run = live(
        preset("live"), told([None, 0, None, 2, None, None], orders=orders, rooms={0: (1, 4), 1: (1, -1), 2: (1, 4)})
    )
    assert run.members["retail"].tolist() == [800, 2_800, 800, 0, 500, 0, 0]
    assert run.members["network"].tolist() == [400, 0, 0, 0, 0, 0, 0]
    assert run.daily["network"].sum() == 400


def test_nobody_is_paid_above_the_limit_of_a_month_and_the_next_begins_anew():
    """10 % of 100.00 a piece, 25.00 a month: three pieces on the 1st leave 20.00 and 5.00, a refund no room."""
    plan = read('[binding]\nlasts = "forever"\n' + rule("s", rate="10%") + '[caps.period]\nat_most = "25"\n')
    orders = [(0, BUYER, 2), (0, BUYER, 1), (30, BUYER, 1), (31, BUYER, 3)]
    run = live(plan, told([None, 0], orders=orders, refunds=[(20, 0)]))
    assert run.daily["shares"][[0, 30, 31]].tolist() == [2_500, 0, 2_500]
    assert run.daily["reversed"][20] == 2_000


def test_only_newcomers_are_bound_and_only_by_who_has_the_rank():
    """1 came by 0, who has no rank yet; 0 sells 200.00 to 1 by the link and rises; 2 came alone and comes back."""
    plan = ladder('{ metric = "own_retail_sales", at_least = "200" }')
    narrow = plan.model_copy(update={"binding": plan.binding.model_copy(update={"whom": "new", "from_rank": "high"})})
    run = live(narrow, told([None, 0, None], orders=[(0, BUYER, 2)], visits=[(20, BUYER, SELLER), (20, OTHER, SELLER)]))
    assert run.reached[1, SELLER] == 9
    assert run.members["sponsor"].tolist() == [-1, -1, -1]
    first = narrow.model_copy(update={"binding": narrow.binding.model_copy(update={"from_rank": "low"})})
    assert live(first, told([None, 0, None], visits=[(20, OTHER, 0)])).members["sponsor"].tolist() == [-1, 0, -1]


def whoever_comes_back_is_new(planted: pytest.MonkeyPatch) -> None:
    follow = locks.Locks.follow
    planted.setattr(locks.Locks, "follow", lambda it, *asked, new, **named: follow(it, *asked, new=True, **named))


def every_rank_locks(planted: pytest.MonkeyPatch) -> None:
    def ranked_high(it: locks.Locks, *asked: Any, places: Any, **named: Any) -> Any:
        return follow(it, *asked, places=np.full_like(places, 99), **named)

    follow = locks.Locks.follow
    planted.setattr(locks.Locks, "follow", ranked_high)


def the_limit_of_a_month_never_ends(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(trade.Trade, "turn", lambda it, day, month_began: None)


def every_day_has_the_room_of_a_month(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(trade, "within_period", lambda takers, amounts, room: np.minimum(amounts, 2_500))


def hosts_buy_in_their_own_rooms(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(engine._Life, "_hosts", lambda it, orders, buyers: it.history.orders["host"][orders])


def clawback_forgotten(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(trade, "reversal_targets", lambda allocated, refunded, goods: np.zeros_like(allocated))


def ranks_of_the_end_of_the_day(planted: pytest.MonkeyPatch) -> None:
    """Whoever rises is paid as if they had always stood there."""
    place = trade.Trade.place
    planted.setattr(trade.Trade, "place", lambda it, day, orders, takers, places, live: place(
        it, day, orders, takers, np.ones_like(places), live
    ))  # fmt: skip


def windows_one_day_short(planted: pytest.MonkeyPatch) -> None:
    begin = counts.Window.begin
    planted.setattr(counts.Window, "begin", lambda it, day: begin(it, day + 1))


def windows_one_day_long(planted: pytest.MonkeyPatch) -> None:
    begin = counts.Window.begin
    planted.setattr(counts.Window, "begin", lambda it, day: begin(it, day - 1))


def locks_one_day_short(planted: pytest.MonkeyPatch) -> None:
    end = locks.Locks._end
    planted.setattr(locks.Locks, "_end", staticmethod(lambda days, day: end(days, day - 1)))


def loops_not_looked_for(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(locks.Locks, "_is_below", lambda *asked: False)


def promotions_do_not_spread(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(standings.Standings, "uplines", lambda it, members: iter(()))


def refunds_still_count(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(engine._Life, "_give_back", lambda it: it.trade.refund(it.day))


PLANTED = [
    (clawback_forgotten, test_a_refund_takes_the_share_back_before_and_after_it_was_taken_out),
    (ranks_of_the_end_of_the_day, test_a_rank_counts_from_the_order_after_the_one_that_earned_it),
    (windows_one_day_short, test_thirty_days_include_the_first_and_the_last),
    (windows_one_day_long, test_thirty_days_include_the_first_and_the_last),
    (locks_one_day_short, test_a_lock_of_ten_days_lives_to_the_end_of_the_tenth),
    (loops_not_looked_for, test_a_link_that_would_close_a_loop_binds_nobody),
    (promotions_do_not_spread, test_ten_fans_make_a_shopkeeper_and_ten_shopkeepers_a_senior_on_the_same_day),
    (hosts_buy_in_their_own_rooms, test_who_hosts_and_who_brings_viewers_earn_beside_the_seller),
    (the_limit_of_a_month_never_ends, test_nobody_is_paid_above_the_limit_of_a_month_and_the_next_begins_anew),
    (
        every_day_has_the_room_of_a_month,
        test_nobody_is_paid_above_the_limit_of_a_month_and_the_next_begins_anew,
    ),
    (whoever_comes_back_is_new, test_only_newcomers_are_bound_and_only_by_who_has_the_rank),
    (every_rank_locks, test_only_newcomers_are_bound_and_only_by_who_has_the_rank),
    (refunds_still_count, test_what_is_refunded_no_longer_counts_but_takes_no_rank),
]


@pytest.mark.parametrize(("plant", "example"), PLANTED, ids=lambda each: each.__name__)
def test_a_planted_bug_is_noticed(
    monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None], example: Callable[[], None]
):
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        example()
