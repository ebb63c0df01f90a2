"""What a rank may do is what one of its roles may do; a plan without roles leaves everything to everybody."""

from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.kernel.money import Money
from shared_core.plan import LineFacts, Offered, Parties, Party, SaleTerms
from tests.plan.plans import LADDER, read, rule

LIVE = "[live]\nenabled = true\n"
RANKS = st.sampled_from(["bronze", "silver", "gold", "a rank the plan no longer has"])


def role(name: str, **keys: object) -> str:
    written = {key: str(each).lower() if isinstance(each, bool) else repr(each) for key, each in keys.items()}
    told = "".join(f"{key} = {value}\n" for key, value in written.items())
    return f'[[roles]]\nid = "{name}"\nname = "{name}"\n{told}'


@given(RANKS, st.sampled_from(["earn", "invite", "host"]))
def test_without_roles_everybody_may(rank: str, ability: plan.Ability):
    assert plan.may(read(LADDER + LIVE), ability, rank=rank)


def test_nobody_hosts_where_there_are_no_rooms():
    assert not plan.may(read(LADDER), "host", rank="gold")


def test_a_role_begins_at_its_rank():
    tested = read(LADDER + role("fan", can_earn=False) + role("host", can_host=True, from_rank="silver") + LIVE)
    may = {rank: plan.may(tested, "host", rank=rank) for rank in tested.places}
    assert may == {"bronze": False, "silver": True, "gold": True}
    assert {rank for rank in tested.places if plan.may(tested, "earn", rank=rank)} == {"silver", "gold"}


def test_one_of_several_roles_is_enough():
    tested = read(LADDER + role("fan", can_earn=False) + role("seller"))
    assert plan.may(tested, "earn", rank="bronze") and not plan.may(tested, "invite", rank="gold")


def test_who_needs_a_guardian_hosts_only_from_the_age_without_one():
    tested = read(LADDER + role("host", can_host=True, min_age=16, guardian_consent_below=20) + LIVE)
    assert plan.host_age_min(tested, rank="gold") == 20
    assert plan.host_age_min(read(LADDER + LIVE), rank="gold") == 18


@given(RANKS, st.sampled_from(["seller", "host", "traffic_referrer"]))
def test_who_may_not_earn_is_never_paid(rank: str, payee: plan.Payee):
    tested = read(LADDER + role("seller", from_rank="silver") + rule("r", payee, rate="10%") + LIVE)
    facts = LineFacts(Money(1_000, "CNY"), Money(500, "CNY"), "live")
    paid = sum(each.amount.minor for each in plan.share_line(tested, facts, Parties({payee: Party(1, rank)})))
    assert paid == (100 if rank in ("silver", "gold") else 0)


def test_the_proof_pays_only_who_may_earn():
    """10 % of 10.00 for who may earn; nobody reaches the role, so nothing is paid."""
    sold = Offered("s", Money(1_000, "CNY"), Money(900, "CNY"))
    earning = read(LADDER + rule("r", rate="10%"))
    barred = read(LADDER + role("fan", can_earn=False) + rule("r", rate="10%"))
    left = [plan.Prover(each, SaleTerms(quantity_max=1)).worst_sale(sold).left.minor for each in (earning, barred)]
    assert left == [0, 100]


def test_the_team_fund_has_no_role():
    tested = read(LADDER + role("fan", can_earn=False) + rule("pot", "team_fund", rate="10%"))
    facts = LineFacts(Money(1_000, "CNY"), Money(500, "CNY"))
    assert [each.amount.minor for each in plan.share_line(tested, facts, Parties({}))] == [100]
