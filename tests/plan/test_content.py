"""What tells one plan's content from another's, and what a plan on trial may do."""

from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.plan import TRIAL_MEMBERS_MAX, TRIAL_MONTH_MINOR_MAX, Plan
from tests.plan.plans import LADDER, plans, read, rule


@given(plans(), plans())
def test_plans_have_the_same_hash_exactly_when_they_say_the_same(one: Plan, other: Plan):
    same = one.model_dump() == other.model_dump()
    assert (plan.content_hash(one) == plan.content_hash(other)) == same


def test_the_layout_of_the_file_changes_nothing():
    tidy = read(LADDER + rule("seller", rate="10%"))
    laid_out = read("# hello\n" + LADDER.replace("\n", "\n\n") + "# more\n" + rule("seller", rate="10.00%"))
    assert plan.canonical(tidy) == plan.canonical(laid_out)


def test_another_currency_is_another_content():
    text = LADDER + rule("seller", rate="10%")
    assert plan.content_hash(read(text)) != plan.content_hash(read(text, currency="USD"))


def test_a_key_that_is_left_at_its_default_is_not_part_of_the_content():
    text = LADDER + rule("seller", rate="10%")
    spelt_out = read(text + "[self_purchase]\ncounts = false\n")
    assert plan.content_hash(read(text)) == plan.content_hash(spelt_out)
    assert "shared_outside" not in plan.canonical(read(text))


COUNTS = st.integers(0, 2 * TRIAL_MEMBERS_MAX)
AMOUNTS = st.integers(0, 2 * TRIAL_MONTH_MINOR_MAX)


@given(st.booleans(), COUNTS, AMOUNTS, AMOUNTS)
def test_a_trial_never_goes_beyond_its_limits(known: bool, earners: int, month: int, amount: int):
    reason = plan.trial_refusal(earns_already=known, earners=earners, month_minor=month, amount_minor=amount)
    too_many = not known and earners + 1 > TRIAL_MEMBERS_MAX
    too_much = month + amount > TRIAL_MONTH_MINOR_MAX
    assert (reason is not None) == (too_many or too_much)
    assert reason in {None, *plan.TRIAL_REASONS}


@given(st.booleans(), COUNTS, AMOUNTS, AMOUNTS)
def test_what_a_trial_refuses_it_refuses_for_more_too(known: bool, earners: int, month: int, amount: int):
    if plan.trial_refusal(earns_already=known, earners=earners, month_minor=month, amount_minor=amount):
        assert plan.trial_refusal(
            earns_already=known, earners=earners + 1, month_minor=month + 1, amount_minor=amount + 1
        )
