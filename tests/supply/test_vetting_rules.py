"""Laws of what is asked of suppliers, and of how their documents stand."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared_core.supply.vetting import rules
from shared_core.supply.vetting.rules import (
    DOES,
    REQUIRED,
    DocumentKind,
    DocumentState,
    Paper,
    Requirements,
    Sector,
    Standing,
    standing,
    standings,
)

DAY = date(2026, 3, 15)
days = st.integers(-40, 40).map(lambda count: DAY + timedelta(days=count))
kinds = st.sampled_from(DocumentKind)
papers = st.lists(st.builds(Paper, kinds, st.sampled_from(DocumentState), st.none() | days), max_size=8)
sectors = st.frozensets(st.sampled_from(Sector))
asked = st.builds(Requirements, st.dictionaries(kinds, sectors), st.integers(0, 60))

LICENCE = DocumentKind.BUSINESS_LICENCE
LICENSED = Requirements({LICENCE: frozenset({Sector.ANYTHING})}, 30)


def does(requirements: Requirements, theirs: frozenset[Sector], handed_in: list[Paper], today: date = DAY) -> bool:
    return DOES.issuperset(standings(requirements, theirs, handed_in, today=today).values())


@given(asked, sectors, papers)
@example(LICENSED, frozenset(), [Paper(LICENCE, DocumentState.REFUSED)])
@example(LICENSED, frozenset(), [Paper(LICENCE, DocumentState.ACCEPTED, DAY - timedelta(days=1))])
def law_of_what_does(requirements: Requirements, theirs: frozenset[Sector], handed_in: list[Paper]) -> None:
    """It does exactly when a document of each kind that is asked for was accepted and its last day is not over."""
    valid = set()
    for each in handed_in:
        if each.state is DocumentState.ACCEPTED and (each.valid_until is None or (each.valid_until - DAY).days >= 0):
            valid.add(each.kind)
    wanted = set()
    for kind, of in requirements.asked_of.items():
        if Sector.ANYTHING in of or of & theirs:
            wanted.add(kind)
    assert does(requirements, theirs, handed_in) == (wanted <= valid)


def test_what_does_is_accepted_and_not_over() -> None:
    law_of_what_does()


@given(asked, sectors, papers, st.integers(0, 60))
def test_time_alone_never_mends_anything(
    requirements: Requirements, theirs: frozenset[Sector], handed_in: list[Paper], later: int
) -> None:
    if does(requirements, theirs, handed_in, DAY + timedelta(days=later)):
        assert does(requirements, theirs, handed_in)


@given(asked, sectors, papers, kinds)
def test_handing_in_and_being_refused_changes_nothing_of_what_does(
    requirements: Requirements, theirs: frozenset[Sector], handed_in: list[Paper], kind: DocumentKind
) -> None:
    before = does(requirements, theirs, handed_in)
    for state in (DocumentState.WAITING, DocumentState.REFUSED, DocumentState.REPLACED):
        assert does(requirements, theirs, [*handed_in, Paper(kind, state)]) == before


@given(asked, sectors, sectors, papers)
def test_who_sells_more_is_never_asked_for_less(
    requirements: Requirements, some: frozenset[Sector], more: frozenset[Sector], handed_in: list[Paper]
) -> None:
    few, many = (standings(requirements, each, handed_in, today=DAY) for each in (some, some | more))
    assert few.items() <= many.items()


def law_of_the_last_days() -> None:
    """Good until the warning begins, said to expire until its last day, over the day after."""
    paper = [Paper(DocumentKind.FOOD_PERMIT, DocumentState.ACCEPTED, DAY)]
    told = [standing(paper, today=DAY - timedelta(days=left), warn_days=30) for left in (31, 30, 0, -1)]
    assert told == [Standing.GOOD, Standing.EXPIRING, Standing.EXPIRING, Standing.EXPIRED]


def test_a_document_is_good_on_its_last_day_and_not_after() -> None:
    law_of_the_last_days()


def test_a_new_one_ends_the_warning_once_it_is_accepted() -> None:
    old, day = Paper(DocumentKind.FOOD_PERMIT, DocumentState.ACCEPTED, DAY), DAY - timedelta(days=5)
    for state, told in (
        (DocumentState.WAITING, Standing.EXPIRING),
        (DocumentState.REFUSED, Standing.EXPIRING),
        (DocumentState.ACCEPTED, Standing.GOOD),
    ):
        new = Paper(DocumentKind.FOOD_PERMIT, state, DAY + timedelta(days=365))
        assert standing([old, new], today=day, warn_days=30) is told


def test_by_default_food_needs_a_permit_and_clothes_do_not() -> None:
    both = [DocumentKind.BUSINESS_LICENCE, DocumentKind.BRAND_AUTHORISATION]
    assert rules.required(REQUIRED, ()) == both
    assert rules.required(REQUIRED, {Sector.FOOD}) == [*both, DocumentKind.FOOD_PERMIT]


@given(st.booleans(), days)
def law_of_terms(accepted: bool, accept_by: date) -> None:
    """Nobody sells under terms that were not accepted, once the day that was given is over."""
    assert rules.terms_hold(accepted=accepted, accept_by=accept_by, today=DAY) == (accepted or accept_by >= DAY)


def test_terms_hold_until_the_day_that_was_given() -> None:
    law_of_terms()


def a_refused_document_does(planted: pytest.MonkeyPatch) -> None:
    """Whatever was handed in counts."""

    def anything(papers: list[Paper], *, today: date, warn_days: int) -> Standing:
        return Standing.GOOD if papers else Standing.MISSING

    planted.setattr(rules, "standing", anything)


def nothing_expires(planted: pytest.MonkeyPatch) -> None:
    """A permit of ten years ago still opens the shop."""
    planted.setattr(rules, "expired", lambda until, *, today: False)


def it_expires_a_day_early(planted: pytest.MonkeyPatch) -> None:
    """On its last day a document is told to be over."""
    planted.setattr(rules, "expired", lambda until, *, today: until is not None and until <= today)


def sectors_are_not_asked(planted: pytest.MonkeyPatch) -> None:
    """Who sells food needs no permit for it."""
    planted.setattr(rules, "required", lambda requirements, sectors: [DocumentKind.BUSINESS_LICENCE])


@pytest.mark.parametrize(
    ("bug", "killer"),
    [
        (a_refused_document_does, law_of_what_does),
        (nothing_expires, law_of_what_does),
        (it_expires_a_day_early, law_of_the_last_days),
        (sectors_are_not_asked, law_of_what_does),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], killer: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        killer()
