"""The quota as numbers: laws, and the worked examples behind them."""

from hypothesis import given
from hypothesis import strategies as st

from shared_core.invites import codes, rules
from shared_core.invites.rules import Balances, Kind
from shared_core.plan import Invites

counts = st.integers(0, 30)


@st.composite
def quotas(draw: st.DrawFn) -> Invites:
    return Invites.model_construct(
        mode="code",
        base=draw(st.integers(0, 4)),
        own_sales_per_code=draw(st.sampled_from([None, 1, 7, 100, 10_000])),
        codes_max=draw(st.sampled_from([None, 1, 2, 5])),
    )


@st.composite
def books(draw: st.DrawFn) -> dict[Kind, int]:
    """Entries that may have been written: no place is below nothing."""
    granted, taken, issued = draw(counts), draw(counts), draw(counts)
    used, expired, revoked = draw(counts), draw(counts), draw(counts)
    issued += used + expired + revoked
    granted += issued + taken
    base = draw(st.integers(0, granted))
    return {
        Kind.BASE: base,
        Kind.EARNED: granted - base,
        Kind.TAKEN_BACK: taken,
        Kind.ISSUED: issued,
        Kind.USED: used,
        Kind.EXPIRED: expired,
        Kind.REVOKED: revoked,
    }


def free_by_counting(plan: Invites, there: Balances, sales: int) -> int:
    """Independent of the rule: hand codes out one by one while sales and room allow."""
    free = 0
    while True:
        wanted = there.open + there.used + free + 1
        allowed = wanted <= plan.base
        if not allowed and plan.own_sales_per_code is not None:
            allowed = sales >= plan.own_sales_per_code * (wanted - plan.base)
        if not allowed or (plan.codes_max is not None and there.open + free >= plan.codes_max):
            return free
        free += 1


@given(plan=quotas(), moved=books(), sales=st.integers(-500, 3_000))
def test_a_settlement_leaves_free_what_counting_one_by_one_gives(
    plan: Invites, moved: dict[Kind, int], sales: int
) -> None:
    if plan.own_sales_per_code == 1:
        sales //= 50
    before = rules.balances(moved)
    for change in rules.settlement(plan, moved, sales):
        moved[change.kind] += change.codes
    after = rules.balances(moved)
    assert after.free == free_by_counting(plan, before, sales)
    assert (after.open, after.used) == (before.open, before.used), "what was given out stays given out"
    assert rules.settlement(plan, moved, sales) == [], "settling twice changes nothing"


@given(plan=quotas(), moved=books(), sales=st.integers(0, 3_000))
def test_the_next_code_comes_exactly_when_it_was_said_to(plan: Invites, moved: dict[Kind, int], sales: int) -> None:
    there = rules.balances(moved)
    missing, now = rules.sales_to_next(plan, there, sales), rules.due(plan, there, sales)
    if missing is None:
        assert rules.due(plan, there, sales + 10**9) == now
    else:
        assert rules.due(plan, there, sales + missing) > now
        assert missing > 0 and rules.due(plan, there, sales + missing - 1) == now


@given(plan=quotas(), moved=books(), sales=st.integers(0, 3_000), more=st.integers(0, 3_000))
def test_selling_more_never_costs_a_code(plan: Invites, moved: dict[Kind, int], sales: int, more: int) -> None:
    there = rules.balances(moved)
    assert rules.due(plan, there, sales + more) >= rules.due(plan, there, sales)


def test_round_numbers() -> None:
    plan = Invites.model_construct(mode="code", base=1, own_sales_per_code=100, codes_max=3)
    assert rules.entitled(plan, 250) == 3
    assert rules.due(plan, Balances(), 250) == 3
    assert rules.due(plan, Balances(), 900) == 3, "codes_max"
    assert rules.due(plan, Balances(open=2, used=1), 900) == 1, "two of three wait to be used"
    assert rules.due(plan, Balances(open=1, used=2), 100) == 0
    assert rules.debt(plan, Balances(open=1, used=2), 100) == 1
    assert rules.sales_to_next(plan, Balances(open=1, used=2), 100) == 200, "one makes up for the debt"


@given(st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=4, max_size=16))
def test_a_code_is_made_again_from_its_number_and_found_however_it_is_typed(number: str) -> None:
    keys = ("new", "old")
    kept = codes.fingerprint(codes.code_of(number, "old"), "old")
    shown = codes.shown(number, kept, keys)
    assert shown is not None and kept in set(codes.fingerprints(shown, keys))
    assert kept in set(codes.fingerprints(shown.lower().replace("-", " "), keys))
    assert kept in set(codes.fingerprints(shown.replace("0", "o").replace("1", "l"), keys))
    assert codes.shown(number, kept, ("new",)) is None
    assert number not in shown or len(number) <= 4
