"""From which shelf each line of an order comes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared_core.supply import HoldLine, OutOfStock
from shared_core.supply.inventory import routing
from shared_core.supply.inventory.routing import Shelf

SUPPLIERS = ["east", "north", "west"]
SKUS = ["A", "B", "C"]
REGIONS = ["", "CN-GD", "CN-ZJ"]
SHELVES = st.lists(
    st.builds(
        Shelf,
        sku=st.sampled_from(SKUS),
        supplier=st.sampled_from(SUPPLIERS),
        warehouse=st.sampled_from(["", "1", "2"]),
        free=st.integers(0, 5),
        cost_minor=st.integers(1, 4),
        region=st.sampled_from(REGIONS),
        priority=st.integers(0, 2),
        delivers=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda each: (each.sku, each.supplier, each.warehouse),
)
LINES = st.lists(
    st.builds(HoldLine, sku=st.sampled_from(SKUS), quantity=st.integers(1, 5)),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each.sku,
)
PREFERRED = st.dictionaries(st.sampled_from(SKUS), st.sampled_from(SUPPLIERS))
TWO = [Shelf("A", "east", "1", 3, 1), Shelf("A", "west", "1", 3, 2), Shelf("B", "west", "1", 3, 2)]


def able(line: HoldLine, shelves: Sequence[Shelf]) -> list[Shelf]:
    """The shelves from which this line may come: all of it, and where some do, only those that deliver."""
    enough = [each for each in shelves if each.sku == line.sku and each.free >= line.quantity]
    return [each for each in enough if each.delivers] or enough


@given(lines=LINES, shelves=SHELVES, region=st.sampled_from(REGIONS), preferred=PREFERRED)
@example(lines=[HoldLine("A", 4)], shelves=TWO, region="", preferred={})
def test_every_line_comes_whole_from_one_shelf_or_none_does(
    lines: list[HoldLine], shelves: list[Shelf], region: str, preferred: Mapping[str, str]
) -> None:
    if not all(able(line, shelves) for line in lines):
        with pytest.raises(OutOfStock):
            routing.route(lines, shelves, region=region, preferred=preferred)
        return
    told = routing.route(lines, shelves, region=region, preferred=preferred)
    assert set(told) == {line.sku for line in lines}
    assert all(told[line.sku] in able(line, shelves) for line in lines)


@given(lines=LINES, shelves=SHELVES, region=st.sampled_from(REGIONS))
@example(lines=[HoldLine("A", 1), HoldLine("B", 1)], shelves=TWO, region="")
def test_no_order_comes_from_more_suppliers_than_it_must(
    lines: list[HoldLine], shelves: list[Shelf], region: str
) -> None:
    if not all(able(line, shelves) for line in lines):
        return
    used = {each.supplier for each in routing.route(lines, shelves, region=region).values()}
    for names in combinations(SUPPLIERS, len(used) - 1):
        assert not all(any(each.supplier in names for each in able(line, shelves)) for line in lines)


@given(lines=LINES, shelves=SHELVES, preferred=PREFERRED)
@example(lines=[HoldLine("A", 1)], shelves=TWO, preferred={"A": "west"})
def test_the_own_choice_of_the_core_team_comes_first(
    lines: list[HoldLine], shelves: list[Shelf], preferred: Mapping[str, str]
) -> None:
    if not all(able(line, shelves) for line in lines):
        return
    told = routing.route(lines, shelves, preferred=preferred)
    for line in lines:
        name = preferred.get(line.sku)
        if any(each.supplier == name for each in able(line, shelves)):
            assert told[line.sku].supplier == name


@given(lines=LINES, shelves=SHELVES, region=st.sampled_from(REGIONS), preferred=PREFERRED, chance=st.randoms())
def test_the_order_in_which_lines_and_shelves_are_read_never_matters(
    lines: list[HoldLine], shelves: list[Shelf], region: str, preferred: Mapping[str, str], chance: Random
) -> None:
    if not all(able(line, shelves) for line in lines):
        return
    told = routing.route(lines, shelves, region=region, preferred=preferred)
    chance.shuffle(lines)
    chance.shuffle(shelves)
    assert routing.route(lines, shelves, region=region, preferred=preferred) == told


NEAR = Shelf("A", "west", "1", 5, 9, region="CN-GD", priority=9)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (replace(NEAR, supplier="east", cost_minor=1, priority=0, delivers=False), NEAR),
        (replace(NEAR, supplier="east", cost_minor=1, priority=0, region="CN-ZJ"), NEAR),
        (replace(NEAR, supplier="east", priority=0), replace(NEAR, cost_minor=8)),
        (replace(NEAR, supplier="east"), replace(NEAR, priority=8)),
        (NEAR, replace(NEAR, supplier="east")),
        (replace(NEAR, warehouse="2"), NEAR),
    ],
    ids=["delivery", "region", "cost", "priority", "supplier", "warehouse"],
)
def test_delivery_then_region_then_cost_then_priority_then_code(worse: Shelf, better: Shelf) -> None:
    assert routing.route([HoldLine("A", 2)], [worse, better], region="CN-GD") == {"A": better}


def test_an_unknown_region_prefers_no_warehouse() -> None:
    nowhere = replace(NEAR, supplier="north", region="")
    cheaper = replace(NEAR, cost_minor=1)
    assert routing.route([HoldLine("A", 1)], [nowhere, cheaper], region="") == {"A": cheaper}


def test_fewer_parcels_count_more_than_the_region_and_the_region_more_than_cost() -> None:
    lines = [HoldLine("A", 1), HoldLine("B", 1)]
    apart = [replace(NEAR, sku=sku, supplier=supplier, cost_minor=1) for sku, supplier in (("A", "a"), ("B", "b"))]
    far = [replace(NEAR, sku=sku, supplier="far", region="CN-ZJ", cost_minor=2) for sku in "AB"]
    near = [replace(NEAR, sku=sku, supplier="near") for sku in "AB"]

    def suppliers(*shelves: Shelf) -> set[str]:
        return {each.supplier for each in routing.route(lines, shelves, region="CN-GD").values()}

    assert suppliers(*apart, *far) == {"far"}
    assert suppliers(*apart, *far, *near) == {"near"}


def test_what_no_single_shelf_has_is_refused_with_the_most_that_one_has() -> None:
    with pytest.raises(OutOfStock) as refused:
        routing.route([HoldLine("A", 5)], [replace(NEAR, free=3), replace(NEAR, warehouse="2", free=4)])
    assert refused.value.params == {"sku": "A", "available": 4}


def test_among_very_many_suppliers_none_is_idle() -> None:
    many = [Shelf(sku, f"s{number:02}", "1", 1, 1) for number in range(routing.CHOICES_MAX + 5) for sku in SKUS]
    lines = [HoldLine(sku, 1) for sku in SKUS]
    assert len({each.supplier for each in routing.route(lines, many).values()}) == 1


def oversell(planted: pytest.MonkeyPatch) -> None:
    """The first shelf gives all, whatever it has."""
    real = routing._line

    def any_shelf(line: HoldLine, shelves: Sequence[Shelf], region: str, preferred: str | None) -> routing._Line:
        return replace(
            real(line, shelves, region, preferred), shelves=tuple(sorted(shelves, key=lambda each: each.free))
        )

    planted.setattr(routing, "_line", any_shelf)


def every_supplier(planted: pytest.MonkeyPatch) -> None:
    """Nobody asks how many parcels come of it."""
    everyone = frozenset(SUPPLIERS)
    planted.setattr(routing, "_fewest", lambda _: [everyone])


def forget_the_choice(planted: pytest.MonkeyPatch) -> None:
    """What the core team prefers is not looked at."""
    real = routing.route
    planted.setattr(routing, "route", lambda lines, shelves, **_: real(lines, shelves))


@pytest.mark.parametrize(
    ("bug", "law"),
    [
        (oversell, test_every_line_comes_whole_from_one_shelf_or_none_does),
        (every_supplier, test_no_order_comes_from_more_suppliers_than_it_must),
        (forget_the_choice, test_the_own_choice_of_the_core_team_comes_first),
    ],
    ids=lambda each: each.__name__,
)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], law: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        law()
