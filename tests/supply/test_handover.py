"""A shop that leaves its own supply for a hub, and goods that have other names there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_core import supply
from shared_core.kernel.database import Database
from tests.databases import Databases
from tests.hub.histories import ALL, CALLS, Step, one, play, steps
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, discrepancies, gateway, lines, stocked, where

NAMES = {"A": "AA", "B": "BB"}


@given(history=steps(ALL))
@settings(max_examples=40)
def test_goods_under_other_names_behave_as_under_ours(databases: Databases, history: list[Step]) -> None:
    with databases.fresh() as ours, databases.fresh() as theirs:
        plain, renamed = Database(ours), Database(theirs)
        try:
            stocked(plain, {"A": 5, "B": 5})
            stocked(renamed, {"AA": 5, "BB": 5})
            as_ours = supply.Renamed(gateway(renamed), NAMES)
            assert play(as_ours, renamed, history) == play(gateway(plain), plain, history)
            assert [where(renamed, theirs) for theirs in NAMES.values()] == [where(plain, ours) for ours in NAMES]
        finally:
            plain.dispose()
            renamed.dispose()


def test_a_name_we_use_for_other_goods_is_not_offered_twice(database: Database) -> None:
    """Theirs is called A and so is what we call B: our A is their B, and their A has no name here."""
    stocked(database, {"A": 1, "B": 2})
    offered = supply.Renamed(gateway(database), {"A": "B"}).offers().offers
    assert [(each.sku, each.available) for each in offered] == [("A", 2)]


@given(history=steps(CALLS), moves_at=st.integers(0, 10))
@settings(max_examples=40)
def test_what_began_at_the_old_supply_ends_there(databases: Databases, history: list[Step], moves_at: int) -> None:
    """Every reference lives its whole life at one supply, as if there were no other."""
    with (
        databases.fresh() as old,
        databases.fresh() as new,
        databases.fresh() as lonely_old,
        databases.fresh() as lonely_new,
    ):
        opened = [Database(each) for each in (old, new, lonely_old, lonely_new)]
        try:
            for each in opened:
                stocked(each, {"A": 5, "B": 5})
            former, present, alone_before, alone_after = map(gateway, opened)
            moving = supply.Handover(former, present)
            at_old: set[str] = set()
            for turn, step in enumerate(history):
                before = turn < moves_at
                said = one(former if before else moving, opened[0], step, minute=10 * turn)
                if before and step.what == "hold" and isinstance(said, supply.HoldView):
                    at_old.add(step.reference)
                alone = alone_before if before or step.reference in at_old else alone_after
                assert one(alone, opened[0], step, minute=10 * turn) == said
            assert not any(discrepancies(each) for each in opened)
        finally:
            for each in opened:
                each.dispose()


def test_an_order_of_before_is_confirmed_and_taken_back_where_it_was_held(databases: Databases) -> None:
    with databases.fresh() as old, databases.fresh() as new:
        former, present = Database(old), Database(new)
        try:
            stocked(former, {"A": 5})
            stocked(present, {"A": 5})
            gateway(former).hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
            moving = supply.Handover(gateway(former), gateway(present))
            moving.hold("o2", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
            for reference in ("o1", "o2"):
                moving.confirm(reference, ship_to=HOME, at=NOON)
            moving.withdraw("o1", lines(A=1), withdrawal="w1", restock=True, at=NOON)
            assert where(former, "A") == (5, 4, 0, 1)
            assert where(present, "A") == (5, 4, 0, 1)
            with pytest.raises(supply.UnknownHold):
                moving.view("o3")
        finally:
            former.dispose()
            present.dispose()
