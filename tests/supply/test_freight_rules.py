"""What parcels cost, by template and region: laws, and the bugs that they find."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from shared_core.supply import NotDelivered
from shared_core.supply.freight import freight_rules
from shared_core.supply.freight.freight_rules import (
    ChargedBy,
    FreightRule,
    FreightTemplate,
    Goods,
    rules_as_json,
    rules_from_json,
)

REGIONS = ("CN-GD", "CN-XZ", "DE")
AMOUNT = st.integers(0, 3_000)
UNITS = st.integers(1, 2_000)
RULE = st.builds(
    FreightRule,
    regions=st.frozensets(st.sampled_from(REGIONS)),
    first_units=UNITS,
    first_minor=AMOUNT,
    further_units=UNITS,
    further_minor=AMOUNT,
    free_pieces=st.none() | st.integers(1, 20),
    free_minor=st.none() | st.integers(0, 9_000),
)
EVERYWHERE = st.builds(replace, RULE, regions=st.just(frozenset()))


@st.composite
def templates(draw: st.DrawFn, code: str = "t") -> FreightTemplate:
    rules = (
        *draw(st.lists(RULE.filter(lambda each: each.joins), max_size=3)),
        draw(EVERYWHERE.filter(lambda r: r.joins)),
    )
    return FreightTemplate(code, draw(st.sampled_from(list(ChargedBy))), rules)


GOODS = st.builds(
    Goods,
    sku=st.sampled_from("ABCDEF"),
    quantity=st.integers(1, 12),
    grams=st.none() | st.integers(0, 3_000),
    supply_minor=st.integers(0, 5_000),
)
PLACE = st.sampled_from((*REGIONS, "CN-SH", ""))


def of(template: FreightTemplate, goods: list[Goods], region: str) -> int:
    return freight_rules.freight_of([replace(each, template=template) for each in goods], flat_minor=0, region=region)


def order_never_matters() -> None:
    @settings(phases=[Phase.generate])
    @given(templates("s"), templates("t"), st.lists(st.tuples(GOODS, st.integers(0, 2)), min_size=1, max_size=5), PLACE)
    def law(one: FreightTemplate, other: FreightTemplate, goods: list[tuple[Goods, int]], region: str) -> None:
        mixed = [replace(each, template=(one, other, None)[choice]) for each, choice in goods]
        charge = partial(freight_rules.freight_of, flat_minor=800, region=region)
        assert charge(mixed) == charge(mixed[::-1]) == charge(sorted(mixed, key=repr))

    law()


def more_never_costs_less_until_it_travels_free() -> None:
    @settings(phases=[Phase.generate])
    @given(templates(), st.lists(GOODS, min_size=1, max_size=4), GOODS, PLACE)
    def law(template: FreightTemplate, goods: list[Goods], more: Goods, region: str) -> None:
        together = of(template, [*goods, more], region)
        rule = template.rule_for(region)
        assert rule is not None
        pieces = sum(each.quantity for each in [*goods, more])
        value = sum(each.supply_minor for each in [*goods, more])
        free = (rule.free_pieces is not None and pieces >= rule.free_pieces) or (
            rule.free_minor is not None and value >= rule.free_minor
        )
        assert together == 0 if free else together >= of(template, goods, region)

    law()


def one_parcel_never_costs_more_than_two() -> None:
    @settings(phases=[Phase.generate])
    @given(templates(), st.lists(GOODS, min_size=1, max_size=4), st.lists(GOODS, min_size=1, max_size=4), PLACE)
    def law(template: FreightTemplate, here: list[Goods], there: list[Goods], region: str) -> None:
        assert of(template, here + there, region) <= of(template, here, region) + of(template, there, region)

    law()


def what_is_not_delivered_is_refused_by_name() -> None:
    @settings(phases=[Phase.generate])
    @given(templates(), st.lists(GOODS, min_size=1, max_size=4), st.sampled_from(REGIONS))
    def law(template: FreightTemplate, goods: list[Goods], region: str) -> None:
        closed = replace(template, excluded=frozenset({region}))
        with pytest.raises(NotDelivered) as refused:
            of(closed, goods, region)
        assert refused.value.params["skus"] == ", ".join(sorted({each.sku for each in goods}))
        assert of(closed, goods, "CN-SH") == of(template, goods, "CN-SH")

    law()


def a_bundle_by_hand() -> None:
    first, rest = (
        FreightRule(frozenset({"CN-XZ"}), 1_000, 2_000, 500, 800),
        FreightRule(frozenset(), 1_000, 600, 500, 300),
    )
    template = FreightTemplate("heavy", ChargedBy.WEIGHT, (first, rest), frozenset({"DE"}))
    goods = [Goods("A", 3, 400, 9_000)]  # 1,200 g: the first kilogram and one begun half
    assert (of(template, goods, "CN-XZ"), of(template, goods, "CN-GD"), of(template, goods, "")) == (2_800, 900, 900)
    assert of(template, [Goods("A", 2, None, 0)], "CN-GD") == 1_200, "a kilogram each where nobody said"
    by_piece = FreightTemplate("small", ChargedBy.PIECE, (FreightRule(frozenset(), 1, 800, 1, 200, 4, 10_000),))
    assert [of(by_piece, [Goods("A", n, 1, 100)], "CN-GD") for n in (1, 2, 3, 4)] == [800, 1_000, 1_200, 0]
    assert of(by_piece, [Goods("A", 1, 1, 10_000)], "CN-GD") == 0
    assert freight_rules.freight_of([Goods("A", 9, 1, 0), Goods("B", 1, 1, 0)], flat_minor=800, region="DE") == 800


LAWS = (
    order_never_matters,
    more_never_costs_less_until_it_travels_free,
    one_parcel_never_costs_more_than_two,
    what_is_not_delivered_is_refused_by_name,
    a_bundle_by_hand,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda each: each.__name__)
def test_freight_keeps_its_laws(law: Callable[[], None]) -> None:
    law()


@given(RULE)
def test_a_rule_that_does_not_join_has_two_parcels_cheaper_than_one(rule: FreightRule) -> None:
    assume(not rule.joins and rule.free_pieces is None and rule.free_minor is None)
    template = FreightTemplate("t", ChargedBy.PIECE, (replace(rule, regions=frozenset()),))
    full = Goods("A", rule.first_units, 0, 0)
    assert of(template, [full, full], "") > 2 * of(template, [full], "")


@given(templates())
def test_a_template_is_kept_as_it_is(template: FreightTemplate) -> None:
    assert rules_from_json(rules_as_json(template)) == template.rules


def each_line_is_a_parcel(planted: pytest.MonkeyPatch) -> None:
    """The first units are charged again for every line."""
    charge = freight_rules._charge
    planted.setattr(freight_rules, "_charge", lambda rule, by, goods: sum(charge(rule, by, [each]) for each in goods))


def a_begun_unit_is_not_charged(planted: pytest.MonkeyPatch) -> None:
    """What goes beyond the first units is rounded down."""

    def floored(rule: FreightRule, by: ChargedBy, goods: list[Goods]) -> int:
        units = freight_rules._units(by, goods, sum(each.quantity for each in goods))
        return rule.first_minor + rule.further_minor * (max(units - rule.first_units, 0) // rule.further_units)

    planted.setattr(freight_rules, "_charge", floored)


def all_is_sent_everywhere(planted: pytest.MonkeyPatch) -> None:
    """Regions that are left out are charged like the rest."""
    rule_for = FreightTemplate.rule_for
    planted.setattr(
        FreightTemplate, "rule_for", lambda self, region: rule_for(replace(self, excluded=frozenset()), region)
    )


def the_first_line_decides(planted: pytest.MonkeyPatch) -> None:
    """All goods go by the template of whichever stands first."""
    freight_of = freight_rules.freight_of
    planted.setattr(
        freight_rules,
        "freight_of",
        lambda goods, **named: freight_of([replace(each, template=goods[0].template) for each in goods], **named),
    )


BUGS = (each_line_is_a_parcel, a_begun_unit_is_not_charged, all_is_sent_everywhere, the_first_line_decides)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        for law in LAWS:
            law()
