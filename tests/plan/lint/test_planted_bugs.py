"""Bugs planted in the lint, each with the test that kills it: every rule, and everything rules are computed from."""

from collections.abc import Callable, Iterator

import pytest

from shared_core.plan.lint import asia, china, china_trade, derived, everywhere, report, west, wording
from shared_core.plan.lint.evidence import Answer, Case, Hit
from shared_core.plan.schema.ladder import Criterion
from shared_core.plan.schema.plan import Plan
from tests.plan.lint import test_derived, test_rules
from tests.plan.lint.cases import FIRES
from tests.plan.test_planted_bugs import Test, law

FAMILIES = {
    "pyramid": china.TESTS,
    "trade": china_trade.TESTS,
    "west": west.TESTS,
    "asia": asia.TESTS,
    "everywhere": everywhere.TESTS,
}


def silent(case: Case) -> Iterator[Answer]:
    """Never fires."""
    yield from ()


def test_every_rule_belongs_to_a_family():
    assert sorted(rule for family in FAMILIES.values() for rule in family) == sorted(report.TESTS)


@pytest.mark.parametrize("rule_id", report.TESTS)
def test_a_rule_that_fell_silent_is_noticed(rule_id: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(report, "TESTS", {**report.TESTS, rule_id: silent})
    for case in FIRES:
        if case.rule == rule_id:
            with pytest.raises(AssertionError):
                test_rules.test_the_rule_fires(case)


@pytest.mark.parametrize("rule_id", report.TESTS)
def test_a_rule_that_always_fires_is_noticed(rule_id: str, monkeypatch: pytest.MonkeyPatch):
    cases = [case for case in FIRES if case.rule == rule_id]

    def shouting(case: Case) -> Iterator[Answer]:
        yield Hit((), "always", severity=cases[0].severity)

    monkeypatch.setattr(report, "TESTS", {**report.TESTS, rule_id: shouting})
    with pytest.raises(AssertionError):
        test_rules.test_the_rule_is_silent_when_it_is_mended(cases[0])


def uplines_took_part(planted: pytest.MonkeyPatch) -> None:
    """Inviters count as people who made the sale."""
    planted.setattr(derived, "EDGES", dict.fromkeys(derived.EDGES, 0))


def only_the_fee_counts(planted: pytest.MonkeyPatch) -> None:
    """Deposits, packs and kits are forgotten."""
    whole = derived.join_cost
    planted.setattr(derived, "join_cost", lambda tested: [each for each in whole(tested) if each.path[-1] == "fee"])


def the_dearest_way_up_counts(planted: pytest.MonkeyPatch) -> None:
    """Whoever could sell is taken to buy."""
    first = derived._rank_cost
    planted.setattr(derived, "_rank_cost", lambda place, rank: first(place, rank.model_copy(update={"match": "all"})))


def only_members_are_heads(planted: pytest.MonkeyPatch) -> None:
    """Fans and buyers of packs are no people."""

    def counts_members(tested: Plan, criterion: Criterion) -> bool:
        return criterion.metric == "members"

    planted.setattr(derived, "is_headcount", counts_members)


def fixed_amounts_are_small(planted: pytest.MonkeyPatch) -> None:
    """Only rates are added up."""
    worst = derived.worst_case
    planted.setattr(derived, "stack", lambda tested: min(worst(tested).total_bps, tested.caps.line))


def teams_end_somewhere(planted: pytest.MonkeyPatch) -> None:
    """A whole team is one level."""
    planted.setattr(derived, "_below", lambda tested, rank, criterion: 1)


def promises_in_words_pass(planted: pytest.MonkeyPatch) -> None:
    """Only figures are looked for."""
    planted.setattr(wording, "promises", lambda text: [])


def fires(rule_id: str, number: int = 0) -> Test:
    """The test that one of the rule's plans trips it."""
    case = [each for each in FIRES if each.rule == rule_id][number]
    return lambda: test_rules.test_the_rule_fires(case)


def levels(number: int) -> Test:
    """The hand-worked levels that show the bug."""
    marks = test_derived.test_levels_by_hand.pytestmark  # type: ignore[attr-defined]
    return lambda: test_derived.test_levels_by_hand(*marks[0].args[1][number])


FREE_ENTRY = test_derived.test_entry_is_free_exactly_when_nothing_is_paid_and_nothing_bought
KILLED_BY: list[tuple[Callable[[pytest.MonkeyPatch], None], Test]] = [
    (uplines_took_part, fires("CN-TEAM")),
    (uplines_took_part, levels(1)),
    (
        only_the_fee_counts,
        law(test_derived.test_entry_is_free_exactly_when_nothing_is_paid_and_nothing_bought, test_derived.joins()),
    ),
    (the_dearest_way_up_counts, test_derived.test_the_cheapest_way_up_counts),
    (only_members_are_heads, fires("CN-RANK-HEAD")),
    (fixed_amounts_are_small, fires("CN-STACK", 1)),
    (teams_end_somewhere, levels(6)),
    (promises_in_words_pass, fires("CN-CLAIM")),
]


@pytest.mark.parametrize(("bug", "test"), KILLED_BY, ids=[bug.__name__ for bug, _ in KILLED_BY])
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], test: Test, monkeypatch: pytest.MonkeyPatch
):
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        test()
