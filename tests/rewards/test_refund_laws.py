"""Refunds of any lines, in any number and order, at any time: what a member is left with depends on none of it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import plan, rewards
from shared_core.kernel.database import Database
from tests.databases import undone
from tests.plan.plans import read, rule
from tests.rewards.shops import Shop

PLAN = read("[settlement]\ndays = 9\n" + rule("seller", rate="12.5%") + rule("inviter", "inviter", rate="3.33%"))
LINES = ((8_900, 4_000), (19_901, 3_000), (333, 1))
"""(paid for the goods, their supply cost)"""
MOMENTS = ("paid", "delivered", "completed", "taken")

parts = st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.integers(1, 20_000)), max_size=6)
moments = st.lists(st.sampled_from(MOMENTS), min_size=6, max_size=6)


def cut(refunds: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Refunds of (line, amount) cut down to what their lines still have, without empty ones."""
    left = [paid for paid, _ in LINES]
    kept = []
    for line, amount in refunds:
        amount = min(amount, left[line])
        left[line] -= amount
        if amount:
            kept.append((line, amount))
    return kept


def left_over(database: Database, refunds: Sequence[tuple[int, int]], when: Sequence[str]) -> list[tuple[int, int]]:
    """(in the wallet, taken out) of seller and inviter after a life in which each refund came at its moment."""
    with undone(database) as session:
        found = _live(Shop(session, PLAN), refunds, when)
    return found


def _live(shop: Shop, refunds: Sequence[tuple[int, int]], when: Sequence[str]) -> list[tuple[int, int]]:
    seller, inviter, buyer = shop.members(3)
    shop.joins(seller, inviter)
    order = shop.place(seller=seller, buyer=buyer, lines=LINES)
    taken = {seller: 0, inviter: 0}
    for moment in MOMENTS:
        if moment == "paid":
            shop.pay(order)
        elif moment == "delivered":
            shop.deliver(order)
            shop.later(days=11)
        elif moment == "completed":
            shop.complete(order)
        else:
            for member in taken:
                available = shop.owed(member)[1]
                if available > 0:
                    shop.request(member, available)
                    taken[member] = available
        for (line, amount), due in zip(refunds, when, strict=False):
            if due == moment:
                shop.refund(order, amount, line=line)
    return [(sum(shop.owed(member)), out) for member, out in taken.items()]


@given(refunds=parts, when=moments, shuffled=st.randoms(use_true_random=False))
def test_order_number_and_time_of_refunds_change_nothing(database: Database, refunds, when, shuffled):  # type: ignore[no-untyped-def]
    """Against the same goods refunded at once, one refund a line, right after payment."""
    refunds = cut(refunds)
    whole = [(line, sum(amount for each, amount in refunds if each == line)) for line in range(len(LINES))]
    at_once = left_over(database, [(line, amount) for line, amount in whole if amount], ["paid"] * len(LINES))
    others = list(refunds)
    shuffled.shuffle(others)
    piecewise = left_over(database, others, when)
    assert [sum(each) for each in piecewise] == [sum(each) for each in at_once]


@given(refunds=parts, when=moments)
def test_everybody_keeps_each_line_s_share_less_the_floor_of_its_refunded_part(database: Database, refunds, when):  # type: ignore[no-untyped-def]
    refunds = cut(refunds)
    expected = []
    for bps in (1_250, 333):
        kept = 0
        for line, (paid, _) in enumerate(LINES):
            share, back = paid * bps // 10_000, sum(amount for each, amount in refunds if each == line)
            kept += share - plan.reversal_target(share, back, paid)
        expected.append(kept)
    assert [sum(each) for each in left_over(database, refunds, when)] == expected


def test_a_debt_is_netted_by_the_next_earning_before_anything_can_be_taken(session: Session):
    """1,000.00 earned and taken, all refunded; 600.00 earned leave 400.00 of debt; 500.00 more leave 100.00."""
    shop = Shop(session, read(rule("seller", rate="10%")))
    seller, buyer = shop.members(2)
    first = shop.sale(seller=seller, buyer=buyer, goods=1_000_000)
    shop.later(days=30)
    rewards.mature_due(session, at=shop.at)
    earned = shop.owed(seller)[1]
    shop.request(seller, earned)
    shop.refund(first, 1_000_000)
    assert shop.owed(seller) == (0, -earned)
    for goods, available in ((600_000, -earned * 4 // 10), (500_000, earned // 10)):
        shop.sale(seller=seller, buyer=buyer, goods=goods)
        shop.later(days=30)
        rewards.mature_due(session, at=shop.at)
        assert shop.owed(seller) == (0, available)
        if available < 0:
            with pytest.raises(rewards.PayoutAboveAvailable):
                shop.request(seller, 1_000)
    assert shop.request(seller, earned // 10).gross_minor == earned // 10
