"""The proof of solvency is exact: what it finds is what trying every sale finds."""

import itertools
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared_core import plan
from shared_core.kernel.findings import ConfigError
from shared_core.kernel.money import MINOR_MAX, Money
from shared_core.plan import LineFacts, Offered, Parties, Payee, Plan, SaleTerms
from tests.plan import oracle
from tests.plan.plans import CONDITIONS, INVITERS, LADDER, lines, people, percents, plans, read, rule

PEOPLE = (
    ("seller", "inviter", "second_inviter"),
    ("seller", "inviter", "traffic_referrer"),
    ("seller", "host", "host_inviter"),
    ("seller", "team_fund", "traffic_referrer"),
)


def yuan(minor: int) -> Money:
    return Money(minor, "CNY")


def offered(price: int, supply: int | None, **named: str) -> Offered:
    return Offered("s1", yuan(price), None if supply is None else yuan(supply), **named)


@st.composite
def small_plans(draw: st.DrawFn) -> Plan:
    """Plans of every kind of pay over a few payees, so that everybody can be tried; limits often bite."""
    basis = draw(st.sampled_from(["price", "margin"]))
    differential = draw(st.booleans())
    payees = draw(st.sampled_from(PEOPLE))
    texts = []
    for number in range(draw(st.integers(1, 5))):
        payee = payees[number % 3] if number < 3 else draw(st.sampled_from(payees))
        named = {
            key: (draw(st.sampled_from(CONDITIONS[key])),)
            for key in ("ranks", "channels", "brands")
            if draw(st.integers(0, 2)) == 0 and not (key == "ranks" and payee == "team_fund")
        }
        pay: dict[str, object] = {"rate": draw(percents(2_500)), "basis": basis}
        if differential and payee in INVITERS:
            pay |= {"differential": True, "same_rank_bonus": draw(percents(300))}
        elif not differential and draw(st.booleans()):
            pay = {"fixed": f"0.{draw(st.integers(1, 60)):02d}"}
        if draw(st.integers(0, 2)) == 0:
            pay["at_most"] = f"{draw(st.integers(0, 2))}.{draw(st.integers(0, 99)):02d}"
        texts.append(rule(f"r{number}", payee, **named, **pay))
    caps = f'[caps]\nperson = "{draw(percents())}"\nline = "{draw(percents())}"\n'
    pays = draw(st.sampled_from(["nobody", "others", "everybody"]))
    try:
        return read(f'{LADDER}{"".join(texts)}{caps}[self_purchase]\npays = "{pays}"\n[live]\nenabled = true\n')
    except ConfigError:
        assume(False)
        raise


offers = st.builds(
    lambda price, part, brand: offered(price, price * part // 100, brand=brand),
    st.integers(1, 400),
    st.integers(0, 110),
    st.sampled_from(["", "acme"]),
)
terms = st.builds(SaleTerms, st.integers(0, 300), st.integers(0, 300), st.integers(1, 4))


@settings(deadline=None, max_examples=40)
@given(small_plans(), offers, terms)
def test_the_worst_sale_is_what_trying_every_sale_finds(tested: Plan, item: Offered, known: SaleTerms):
    worst = plan.Prover(tested, known).worst_sale(item)
    tried = oracle.least_left(tested, item, known)
    if worst.bound:
        assert worst.left.minor <= tried
    else:
        assert worst.left.minor == tried


@settings(deadline=None)
@given(small_plans(), offers, terms)
def test_the_worst_sale_adds_up(tested: Plan, item: Offered, known: SaleTerms):
    worst = plan.Prover(tested, known).worst_sale(item)
    left = plan.line_left(worst.goods, worst.supply, worst.shares, known)
    assert worst.bound or left == worst.left
    assert worst.goods == item.price * worst.quantity
    assert worst.rail_fee + worst.platform_fee == yuan(oracle.fees(worst.goods.minor, known))


@settings(deadline=None)
@given(small_plans(), st.lists(offers, max_size=6), terms)
def test_a_whole_catalogue_is_proven_like_each_sku_alone(tested: Plan, items: list[Offered], known: SaleTerms):
    prover = plan.Prover(tested, known)
    worst = [prover.worst_sale(each) for each in items]
    proof = plan.prove(tested, [*items, offered(100, None)], known)
    assert sorted(proof.losses, key=repr) == sorted((each for each in worst if not each.solvent), key=repr)
    assert proof.unproven == (offered(100, None),)
    assert (proof.tightest.left if proof.tightest else None) == min((each.left for each in worst), default=None)
    assert [prover.is_solvent(each) for each in items] == [each.solvent for each in worst]


@settings(deadline=None)
@given(small_plans(), offers, terms)
def test_the_price_needed_is_solvent_and_one_minor_unit_less_is_not(tested: Plan, item: Offered, known: SaleTerms):
    prover = plan.Prover(tested, known)
    needed = prover.price_needed(item)
    if needed is None:
        assert not prover.is_solvent(item)
        return
    assert prover.is_solvent(replace(item, price=needed))
    assert needed == item.price or not prover.is_solvent(replace(item, price=needed - yuan(1)))


def with_those_below(who: Parties) -> Parties:
    """Nobody without everybody below them."""
    kept: set[Payee] = {"traffic_referrer"}
    for chain in oracle.CHAINS:
        kept |= set(itertools.takewhile(lambda payee: payee in who.by_payee, chain))
    return Parties({payee: party for payee, party in who.by_payee.items() if payee in kept}, who.buyer_id)


@given(plans(), lines(), people(), terms)
def test_no_sale_leaves_less_than_the_worst_one(tested: Plan, facts: LineFacts, who: Parties, known: SaleTerms):
    """Larger plans than can be tried: every condition, five people, some of them the same, the buyer among them."""
    price, supply = facts.goods_net, max(facts.goods_net - facts.margin, yuan(0))
    item = Offered(facts.sku, price, supply, facts.brand, facts.category, facts.product)
    one = replace(facts, quantity=1, margin=price - supply)
    shares = plan.share_line(tested, one, with_those_below(who))
    assert plan.line_left(price, supply, shares, known) >= plan.Prover(tested, known).worst_sale(item).left


FREE = SaleTerms()


def worst(tested: Plan, item: Offered, known: SaleTerms = FREE) -> plan.WorstSale:
    return plan.Prover(tested, known).worst_sale(item)


def test_the_worked_example_leaves_what_the_hand_reckons():
    """89.00, supply 40.00: fees 1.78 and 0.54, shares 15 % + 5 % + 3 % = 20.47; 26.21 are left."""
    tested = plan.loads(plan.preset("participants"), currency="CNY")
    sale = worst(tested, offered(8_900, 4_000), SaleTerms(rail_fee_bps=60, platform_fee_bps=200))
    assert (sale.left, sale.quantity, sale.bound) == (yuan(2_621), 1, False)
    assert (sale.platform_fee, sale.rail_fee) == (yuan(178), yuan(54))
    assert [share.amount.minor for share in sale.shares] == [1_335, 445, 267]


def test_a_share_is_rounded_down_and_a_fee_up():
    """Half of one cent is nothing to the seller, and a whole cent to the rail."""
    tested = read(rule("a", rate="50%"))
    assert worst(tested, offered(1, 0)).left == yuan(1)
    assert worst(tested, offered(1, 0), SaleTerms(rail_fee_bps=1, quantity_max=1)).left == yuan(0)


def test_a_fixed_share_is_paid_for_each_piece():
    """5.00 a piece where 4.00 are left before it: each of 999 pieces loses 1.00."""
    sale = worst(read(rule("a", fixed="5.00")), offered(1_000, 600))
    assert (sale.left, sale.quantity) == (yuan(-99_900), 999)


def test_what_is_limited_grows_less_than_the_line():
    """20 %, at most 3.00 a line, of 10.00 with 9.00 supply: one piece loses 1.00, two lose 1.00, three nothing."""
    tested = read(rule("a", rate="20%", at_most="3.00"))
    assert (worst(tested, offered(1_000, 900)).left, worst(tested, offered(1_000, 900)).quantity) == (yuan(-100), 1)


def test_an_inviter_who_gets_the_difference_adds_nothing_to_the_highest_rate():
    text = LADDER + rule("s", rate="10%", ranks=("bronze",)) + rule("g", rate="20%", ranks=("gold",))
    tested = read(text + rule("i", "inviter", rate="20%", differential=True))
    assert worst(tested, offered(1_000, 0)).left == yuan(800)


def test_somebody_above_is_there_only_with_everybody_below():
    """The seller, who is limited to 1.00, takes 10 % of the difference away from the inviter."""
    tested = read(rule("s", rate="10%", at_most="1.00") + rule("i", "inviter", rate="15%", differential=True))
    assert worst(tested, offered(10_000, 0)).left == yuan(10_000 - 100 - 500)


def test_the_channel_in_which_most_is_paid_is_found():
    tested = read("[live]\nenabled = true\n" + rule("s", rate="10%") + rule("l", rate="30%", channels=("live",)))
    sale = worst(tested, offered(1_000, 800))
    assert (sale.channel, sale.left) == ("live", yuan(-100 * 999))


def test_a_loss_says_which_price_would_do():
    """Supply 9.00, shares 30 %: from 12.86 on 70 % of it are 9.002."""
    tested = read(rule("s", rate="30%"))
    assert plan.Prover(tested, SaleTerms()).price_needed(offered(1_000, 900)) == yuan(1_286)


def test_no_price_helps_where_nothing_of_it_is_left():
    tested = read(rule("s", rate="99%"))
    assert plan.Prover(tested, SaleTerms(rail_fee_bps=100)).price_needed(offered(1_000, 900)) is None


def test_a_price_as_high_as_money_goes_is_proven_too():
    tested = read(rule("s", rate="99%"))
    item = offered(MINOR_MAX, MINOR_MAX // 2)
    sale = worst(tested, item)
    assert (sale.quantity, sale.left.minor) == (1, MINOR_MAX // 100 - MINOR_MAX // 2)
    assert plan.Prover(tested, FREE).price_needed(item) is None
    assert plan.Prover(tested, FREE).worst_order(item).left == sale.left
