"""Orders carry their parcels: exactly for one SKU alone, by a bound for baskets."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared_core import plan
from shared_core.plan import Offered, Plan, SaleTerms
from tests.plan import oracle
from tests.plan.plans import percents, read, rule
from tests.plan.test_solvency import offered, offers, yuan

FREIGHT = st.builds(
    lambda rail, charged, free, let_off: SaleTerms(
        rail,
        quantity_max=4,
        freight_charged=yuan(charged),
        free_over=None if free is None else yuan(free),
        let_off=None if let_off is None else yuan(let_off),
    ),
    st.sampled_from([0, 60, 300]),
    st.integers(0, 60),
    st.none() | st.integers(0, 900),
    st.none() | st.integers(0, 30),
)
SHIPPED = st.builds(
    lambda item, supplier, freight: replace(item, supplier=supplier, freight=yuan(freight)),
    offers,
    st.just("acme"),
    st.integers(0, 80),
)


@st.composite
def some_plans(draw: st.DrawFn) -> Plan:
    """A seller, perhaps an inviter: what is paid on lines is proven elsewhere."""
    seller, inviter = draw(percents(3_000)), draw(percents(1_000))
    return read(rule("s", rate=seller) + rule("i", "inviter", rate=inviter, differential=draw(st.booleans())))


@settings(deadline=None)
@given(some_plans(), SHIPPED, FREIGHT)
def test_the_worst_order_of_one_sku_is_what_trying_every_order_finds(tested: Plan, item: Offered, terms: SaleTerms):
    worst = plan.Prover(tested, terms).worst_order(item)
    assert worst.left.minor == oracle.least_of_orders(tested, [item], terms)
    assert worst.left == worst.left_of_line + worst.freight_kept - worst.freight - worst.let_off


@settings(deadline=None)
@given(some_plans(), SHIPPED, SHIPPED, st.sampled_from(["acme", "other"]), FREIGHT)
def test_no_basket_leaves_less_than_the_bound(
    tested: Plan, first: Offered, second: Offered, supplier: str, terms: SaleTerms
):
    freight = first.freight if supplier == first.supplier else second.freight
    items = [first, replace(second, sku="s2", supplier=supplier, freight=freight)]
    proof = plan.prove(tested, items, terms)
    assume(not proof.losses)
    assert proof.basket_least is not None
    assert proof.basket_least.minor <= oracle.least_of_orders(tested, items, terms)


def shipped(price: int, supply: int, freight: int, supplier: str = "acme") -> Offered:
    return replace(offered(price, supply), supplier=supplier, freight=yuan(freight))


NOBODY = read(rule("a", rate="0%"))


def test_goods_that_do_not_carry_their_parcel_alone_are_found():
    """10.00 with 5.00 supply: a parcel of 8.00 needs 3.00 of freight."""
    item = shipped(1_000, 500, 800)
    assert plan.prove(NOBODY, [item], SaleTerms(freight_charged=yuan(300))).solvent
    losses = plan.prove(NOBODY, [item], SaleTerms(freight_charged=yuan(299))).freight_losses
    assert [(loss.left, loss.quantity, loss.left_of_line) for loss in losses] == [(yuan(-1), 1, yuan(500))]


def test_what_may_be_let_off_has_to_be_left():
    """10.00 with 9.80 supply leave 0.20: an order that is let off 0.20 loses nothing, with 0.21 a cent."""
    item = offered(1_000, 980)
    assert plan.prove(NOBODY, [item], SaleTerms(let_off=yuan(20))).solvent
    proof = plan.prove(NOBODY, [item], SaleTerms(let_off=yuan(21)))
    assert [(loss.left, loss.quantity) for loss in proof.freight_losses] == [(yuan(-1), 1)]
    assert proof.basket_least == yuan(-1)


def test_free_carriage_is_proven_from_where_it_begins():
    """Free from 30.00 on: three pieces leave 3.00 for a parcel of 4.00; one leaves 1.00 and 3.00 are charged."""
    terms = SaleTerms(freight_charged=yuan(300), free_over=yuan(3_000))
    (loss,) = plan.prove(NOBODY, [shipped(1_000, 900, 400)], terms).freight_losses
    assert (loss.left, loss.quantity, loss.freight_kept) == (yuan(-100), 3, yuan(0))


def test_two_suppliers_send_two_parcels_where_one_carriage_is_paid():
    """Each alone leaves 2.00 + 3.00 for 4.00; together 4.00 + 3.00 for 8.00."""
    items = [shipped(1_000, 800, 400), replace(shipped(1_000, 800, 400, "other"), sku="s2")]
    proof = plan.prove(NOBODY, items, SaleTerms(freight_charged=yuan(300)))
    assert (proof.freight_losses, proof.basket_least) == ((), yuan(-100))
    assert not proof.solvent


def test_what_travels_free_leaves_its_part_of_the_amount_from_which_it_does():
    """Half of 30.00 and more is left for two parcels of 4.00."""
    items = [shipped(100, 50, 400), replace(shipped(100, 50, 400, "other"), sku="s2")]
    terms = SaleTerms(freight_charged=yuan(700), free_over=yuan(3_000))
    assert plan.prove(NOBODY, items, terms).solvent
