"""What a return may become, and what comes of what was found."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared_core import supply
from shared_core.orders.return_rules import refunded_pieces
from shared_core.supply import Bearer, Inspected, Remedy, ReturnReason, ReturnState
from shared_core.supply.dropshipping import return_rules
from tests.supply.goods import HOME, NOON

FOUND = st.lists(
    st.builds(
        Inspected,
        sku=st.sampled_from(["A", "B", "C"]),
        sellable=st.integers(0, 3),
        unsellable=st.integers(0, 3),
        refused=st.integers(0, 3),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each.sku,
)
STATES = st.sampled_from(list(ReturnState))


@given(found=FOUND, bearer=st.sampled_from(Bearer), remedy=st.sampled_from(Remedy))
def test_no_piece_is_paid_for_and_replaced_or_on_sale_and_refused(
    found: Sequence[Inspected], bearer: Bearer, remedy: Remedy
) -> None:
    for each, said in zip(return_rules.outcomes(found, bearer=bearer, remedy=remedy), found, strict=True):
        assert each.pieces == said.sellable + said.unsellable + said.refused
        assert each.credited == 0 or each.new == 0
        accepted = each.credited + each.new
        assert said.sellable == each.sellable <= accepted <= each.pieces - said.refused
        assert (accepted == each.pieces - said.refused) or bearer is Bearer.STORE


@given(found=FOUND, bearer=st.sampled_from(Bearer), remedy=st.sampled_from(Remedy), there=st.booleans())
def test_for_each_piece_the_customer_gets_one_thing(
    found: Sequence[Inspected], bearer: Bearer, remedy: Remedy, there: bool
) -> None:
    """Its money, a new one, or the refused one back; whether or not the supplier has new ones."""
    results = return_rules.outcomes(found, bearer=bearer, remedy=remedy if there else Remedy.MONEY)
    replaced = any(each.new for each in results)
    money = refunded_pieces(found, replaced=replaced, bearer=bearer)
    for each, said in zip(results, found, strict=True):
        assert money[each.sku] >= each.credited, "the store does not keep what it gets back"
        assert money[each.sku] + each.new + said.refused == each.pieces


@given(steps=st.lists(STATES, max_size=12), comes_back=st.booleans())
@example(steps=[ReturnState.AUTHORISED, ReturnState.SENT, ReturnState.SETTLED], comes_back=True)
def test_whatever_is_tried_a_return_ends_once_and_never_without_being_seen(
    steps: Sequence[ReturnState], comes_back: bool
) -> None:
    history = [ReturnState.REQUESTED]
    for wanted in steps:
        if return_rules.may_become(history[-1], wanted, comes_back=comes_back):
            assert history[-1] not in return_rules.ENDED
            history.append(wanted)
    assert len(history) == len(set(history)), "no state comes twice"
    if history[-1] is ReturnState.SETTLED:
        assert (history[-2] is ReturnState.RECEIVED) == comes_back


def pay_for_what_was_refused(planted: pytest.MonkeyPatch) -> None:
    """The store owes less for pieces that go back to the customer."""
    real = return_rules.outcomes

    def generous(found: Sequence[Inspected], **named: Bearer | Remedy) -> list[return_rules.Outcome]:
        kind = [Inspected(each.sku, each.sellable, each.unsellable + each.refused, 0) for each in found]
        return real(kind, **named)  # type: ignore[arg-type]

    planted.setattr(return_rules, "outcomes", generous)


def settle_unseen(planted: pytest.MonkeyPatch) -> None:
    """What is on its way counts as looked at."""
    sent = return_rules.TRANSITIONS[ReturnState.SENT] | {ReturnState.SETTLED}
    planted.setattr(return_rules, "TRANSITIONS", {**return_rules.TRANSITIONS, ReturnState.SENT: sent})


@pytest.mark.parametrize(
    ("bug", "law"),
    [
        (pay_for_what_was_refused, test_no_piece_is_paid_for_and_replaced_or_on_sale_and_refused),
        (settle_unseen, test_whatever_is_tried_a_return_ends_once_and_never_without_being_seen),
    ],
    ids=lambda each: each.__name__,
)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], law: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        law()


@pytest.mark.parametrize(
    ("reason", "days", "at_once"),
    [
        (ReturnReason.NO_REASON, 7, True),
        (ReturnReason.NO_REASON, 8, False),
        (ReturnReason.DAMAGED, 300, True),
        (ReturnReason.MISSING, 0, False),
    ],
)
def test_terms_authorise_within_their_window_and_faults_at_any_time(
    reason: ReturnReason, days: int, at_once: bool
) -> None:
    terms = return_rules.ReturnTerms(HOME, no_reason_days=7)
    later = NOON + timedelta(days=days)
    assert return_rules.authorised_at_once(terms, reason=reason, delivered_at=NOON, at=later) is at_once


def test_without_terms_somebody_decides() -> None:
    asked = {"reason": ReturnReason.DAMAGED, "delivered_at": NOON, "at": NOON}
    assert not return_rules.authorised_at_once(None, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "found",
    [
        [],
        [Inspected("A", 1, 0, 0)],
        [Inspected("A", 1, 1, 1)],
        [Inspected("A", 3, -1, 0)],
        [Inspected("A", 1, 1, 0), Inspected("B", 0, 0, 0)],
        [Inspected("A", 1, 1, 0), Inspected("A", 1, 1, 0)],
    ],
)
def test_every_piece_is_said_one_thing_of(found: list[Inspected]) -> None:
    with pytest.raises(supply.returns.BadInspection):
        return_rules.inspected([supply.HoldLine("A", 2)], found, comes_back=True)


def test_what_never_came_back_cannot_be_sold() -> None:
    with pytest.raises(supply.returns.NothingCameBack):
        return_rules.inspected([supply.HoldLine("A", 1)], [Inspected("A", 1, 0, 0)], comes_back=False)
