"""Who takes part in a sale in a room, and that the proof of solvency covers whoever it is."""

from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import plan, rewards
from shared_core.plan import LineFacts, Plan, SaleTerms
from shared_core.rewards.models import Standing
from tests.plan.plans import LADDER, RANKS, read, rule
from tests.plan.test_solvency import offers, small_plans
from tests.rewards.shops import NOON, Shop

PEOPLE = 4
somebody = st.none() | st.integers(0, PEOPLE - 1)


def test_the_host_stands_below_whoever_invited_them(session: Session):
    tested = read(LADDER + rule("h", "host_inviter", rate="1%") + "[live]\nenabled = true\n")
    shop = Shop(session, tested)
    above, inviter, host = shop.members(3)
    shop.joins(inviter, above)
    shop.joins(host, inviter)
    who = rewards.parties(session, tested, seller_id=None, host_id=host, buyer_id=None, at=NOON).by_payee
    assert {payee: party.member_id for payee, party in who.items()} == {"host": host, "host_inviter": inviter}


def test_nobody_brings_viewers_where_there_is_no_host(session: Session):
    tested = read(LADDER)
    member = Shop(session, tested).member()
    who = rewards.parties(session, tested, seller_id=None, referrer_id=member, buyer_id=None, at=NOON)
    assert who.by_payee == {}


@settings(max_examples=40, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tested=small_plans(),
    item=offers,
    roles=st.tuples(somebody, somebody, somebody, somebody),
    ranks=st.lists(st.sampled_from(RANKS), min_size=PEOPLE, max_size=PEOPLE),
    channel=st.sampled_from(["live", "shop"]),
)
def test_whoever_takes_part_and_in_how_many_roles_no_sale_leaves_less_than_was_proven(
    session: Session,
    tested: Plan,
    item: plan.Offered,
    roles: tuple[int | None, ...],
    ranks: list[str],
    channel: plan.Channel,
):
    shop = Shop(session, read(LADDER))
    people = shop.members(PEOPLE)
    for member, inviter in pairwise(people):
        shop.joins(member, inviter)
    session.flush()
    for member, rank in zip(people, ranks, strict=True):
        session.merge(Standing(member_id=member, rank=rank))
    session.flush()
    seller, host, referrer, buyer = (None if each is None else people[each] for each in roles)
    who = rewards.parties(
        session, tested, seller_id=seller, host_id=host, referrer_id=referrer, buyer_id=buyer, at=NOON
    )
    assert item.supply_price is not None
    facts = LineFacts(item.price, item.price - item.supply_price, channel, brand=item.brand, sku=item.sku)
    terms = SaleTerms(quantity_max=1)
    left = plan.line_left(item.price, item.supply_price, plan.share_line(tested, facts, who), terms)
    assert left >= plan.Prover(tested, terms).worst_sale(item).left
