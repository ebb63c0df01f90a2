"""One contract for every gateway: over the same database, for one of many stores, and over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.supply import tenancy
from shared_core.supply.models import StockHold
from tests.databases import Databases, PostgresDatabases
from tests.hub.histories import ALL, CALLS, Step, one, play, steps
from tests.hub.hubs import Served, add, key_of, reaching, tenant_gateway
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, discrepancies, gateway, lines, stocked, where, yuan

REFERENCE = "群 a/1.2?#%~"
Kind = Callable[[Database], AbstractContextManager[Any]]


def kinds(server: Served) -> dict[str, Kind]:
    return {
        "local": lambda database: nullcontext(gateway(database)),
        "tenant": lambda database: nullcontext(tenant_gateway(database, add(database, "north"))),
        "hub": lambda database: _over_http(server, database),
    }


def _over_http(server: Served, database: Database) -> AbstractContextManager[Any]:
    add(database, "north")
    return reaching(server.over(database), key_of(database, "north"))


@pytest.fixture(params=["local", "tenant", "hub"])
def shop(request: pytest.FixtureRequest, server: Served, database: Database) -> Iterator[Any]:
    stocked(database, {"A": 5, "B": 5})
    with kinds(server)[request.param](database) as opened:
        yield opened


def test_goods_are_held_confirmed_and_withdrawn(database: Database, shop: Any) -> None:
    held = shop.hold(REFERENCE, lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    assert held == supply.HoldView(
        REFERENCE,
        supply.HoldState.HELD,
        NOON + HALF_AN_HOUR,
        (supply.HeldLine("A", 2, yuan(4000)), supply.HeldLine("B", 1, yuan(4000))),
        tuple(supply.HeldFreight(each.supplier, each.freight) for each in held.freights),
        held.fee_bps,
    )
    assert shop.view(REFERENCE) == held
    bought = shop.confirm(REFERENCE, ship_to=HOME, at=NOON, goods=yuan(20_000))
    assert [each.number for each in bought.supplier_orders] == [f"{REFERENCE}-1", f"{REFERENCE}-2"]
    assert held.freights == tuple(supply.HeldFreight(each.supplier, each.freight) for each in bought.supplier_orders)
    assert (bought.reference, bought.supply, bought.freight) == (REFERENCE, yuan(12_000), yuan(1_600))
    back = shop.withdraw(REFERENCE, lines(B=1), withdrawal="退/1", restock=True, at=NOON)
    assert (back.withdrawal, back.reference, back.supply, back.freight) == ("退/1", REFERENCE, yuan(4_000), yuan(800))
    [event] = shop.events().events
    assert (event.kind, event.reference, event.supplier_order) == ("cancelled", REFERENCE, f"{REFERENCE}-2")
    assert shop.events(after=event.id).events == ()
    assert where(database, "A") == (5, 3, 0, 2) and where(database, "B") == (5, 5, 0, 0)
    assert not discrepancies(database)


def test_goods_are_held_at_the_price_of_a_sale_or_not_at_all(database: Database, shop: Any) -> None:
    goods = supply.sales.SaleGoodsSpec("A", yuan(3000), yuan(5900), 3, cost=yuan(2500), per_customer_max=2)
    hour = HALF_AN_HOUR * 2
    with database.transaction() as session:
        wanted = supply.sales.SaleSpec("spring", "Spring", "", "CNY", NOON, NOON, NOON + hour, (goods,))
        supply.sales.add_sale(session, wanted, actor="op", at=NOON)

    def hold(reference: str, customer: str, quantity: int = 1, *, minutes: int = 0, sale: str = "spring") -> Any:
        at = NOON + minutes * HALF_AN_HOUR / 30
        return shop.hold(reference, lines(A=quantity, B=1), customer=customer, ttl=2 * hour, at=at, sales={"A": sale})

    seen = supply.SaleGoods("A", yuan(3000), yuan(5900), None, 3, 2)
    assert shop.sales(at=NOON) == (supply.SaleView("spring", "Spring", "", NOON, NOON + hour, (seen,)),)
    held = hold(REFERENCE, "c", 2)
    assert held.lines == (supply.HeldLine("A", 2, yuan(3000), "spring"), supply.HeldLine("B", 1, yuan(4000)))
    assert shop.view(REFERENCE) == held == hold(REFERENCE, "c", 2)
    with pytest.raises(supply.ReferenceReused):
        shop.hold(REFERENCE, lines(A=2, B=1), customer="c", ttl=2 * hour, at=NOON)
    with pytest.raises(supply.SaleLimitReached) as limited:
        hold("o2", "c")
    assert limited.value.params == {"sku": "A", "maximum": 2}
    with pytest.raises(supply.SaleSoldOut) as sold_out:
        hold("o2", "d", 2)
    assert sold_out.value.params == {"sku": "A", "available": 1}
    for late in (lambda: hold("o2", "d", minutes=60), lambda: hold("o2", "d", sale="autumn")):
        with pytest.raises(supply.SaleNotRunning):
            late()
    assert shop.sales(at=NOON + hour) == ()
    assert shop.confirm(REFERENCE, ship_to=HOME, at=NOON + hour).supply == yuan(10_000)
    assert not discrepancies(database)


def test_a_hold_says_where_its_goods_go(database: Database, shop: Any) -> None:
    def hold(region: str) -> Any:
        return shop.hold(REFERENCE, lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON, region=region)

    with pytest.raises(supply.BadRegion):
        hold("CN-XX")
    assert hold("CN-GD") == hold("CN-GD")
    with pytest.raises(supply.ReferenceReused):
        hold("CN-SH")
    with database.reading() as session:
        assert session.scalars(select(StockHold.region)).all() == ["CN-GD"]


def test_every_call_again_answers_the_same(database: Database, shop: Any) -> None:
    calls = [
        lambda: shop.hold("o", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON).lines,
        lambda: shop.confirm("o", ship_to=HOME, at=NOON, goods=yuan(9_000)),
        lambda: shop.withdraw("o", None, withdrawal="w", restock=False, at=NOON),
        lambda: shop.release("never held", at=NOON),
    ]
    assert [call() for call in calls for _ in range(2)][::2] == [call() for call in calls]
    assert where(database, "A") == (5, 3, 0, 2)


def test_what_was_sent_comes_back_and_is_looked_at(database: Database, shop: Any) -> None:
    shop.hold(REFERENCE, lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm(REFERENCE, ship_to=HOME, at=NOON)
    with database.transaction() as session:
        [order] = supply.supplier_orders(session)
        supply.returns.set_terms(session, supplier="acme", terms=supply.returns.ReturnTerms(HOME, send_days=7))
        supply.ship(session, number=order.number, carrier="Local", tracking_number="1", at=NOON)
    asked = {"number": "退/7", "reason": supply.ReturnReason.WRONG, "remedy": supply.Remedy.REPLACEMENT, "words": "红"}
    back = [shop.request_return(REFERENCE, lines(A=2), **asked, at=NOON) for _ in range(2)]
    assert back[0] == back[1] == shop.view_return(REFERENCE, number="退/7")
    assert (back[0].number, back[0].reference, back[0].supplier_order) == ("退/7", REFERENCE, f"{REFERENCE}-1")
    assert (back[0].state, back[0].address, back[0].send_by) == ("authorised", HOME, NOON + timedelta(days=7))
    sent = [
        shop.ship_return(REFERENCE, number="退/7", carrier="SF", tracking_number="SF1234567890123", at=NOON)
        for _ in range(2)
    ]
    assert sent[0] == sent[1] and sent[0].state == "sent"
    with database.transaction() as session:
        [found] = supply.returns.listed(session)
        number = found.returned.number
        supply.returns.receive(session, number, actor="ann", at=NOON)
        supply.returns.inspect(session, number, [supply.Inspected("A", 0, 1, 1)], actor="ann", at=NOON)
        supply.returns.ship_new(session, number, carrier="Local", tracking_number="2", at=NOON)
    told = shop.view_return(REFERENCE, number="退/7")
    assert (told.state, told.replaced, told.new_box) == ("settled", True, supply.NewBox("Local", "2", None))
    assert told.inspected == (supply.Inspected("A", 0, 1, 1),)
    heard = shop.events().events
    assert [each.kind for each in heard] == [
        "shipped",
        "return_approved",
        "return_received",
        "return_settled",
        "return_replaced",
    ]
    assert {each.return_number for each in heard[1:]} == {"退/7"}


def test_what_is_wrong_with_a_return_is_said_in_the_same_words(shop: Any) -> None:
    shop.hold("o", lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)

    def refused(kind: type[Exception], call: Callable[[], object], **params: object) -> None:
        with pytest.raises(kind) as refusal:
            call()
        assert refusal.value.params == params  # type: ignore[attr-defined]

    def ask(reference: str = "o", remedy: str = "money", **quantities: int) -> object:
        how = {"reason": supply.ReturnReason.NO_REASON, "remedy": supply.Remedy(remedy), "words": ""}
        return shop.request_return(reference, lines(**quantities), number="r", **how, at=NOON)

    refused(supply.HoldNotConfirmed, lambda: ask(A=1), reference="o")
    shop.confirm("o", ship_to=HOME, at=NOON)
    refused(supply.UnknownHold, lambda: ask("p", A=1), reference="p")
    refused(supply.UnknownSku, lambda: ask(Z=1), sku="Z")
    refused(supply.returns.OneSupplierOnly, lambda: ask(A=1, B=1))
    refused(supply.returns.ReturnTooMuch, lambda: ask(A=1), sku="A", left=0)
    refused(supply.returns.ReturnPointless, lambda: ask(A=1, remedy="replacement"))
    refused(supply.returns.UnknownReturn, lambda: shop.view_return("o", number="r"), number="r")
    refused(supply.returns.UnknownReturn, lambda: shop.cancel_return("o", number="r", at=NOON), number="r")


def test_refusals_are_the_same_errors(shop: Any) -> None:
    def refused(kind: type[Exception], call: Callable[[], object], **params: object) -> None:
        with pytest.raises(kind) as refusal:
            call()
        assert refusal.value.params == params  # type: ignore[attr-defined]

    def hold(reference: str, **quantities: int) -> object:
        return shop.hold(reference, lines(**quantities), customer="c", ttl=HALF_AN_HOUR, at=NOON)

    refused(supply.OutOfStock, lambda: hold("o", A=6), sku="A", available=5)
    refused(supply.UnknownSku, lambda: hold("o", Z=1), sku="Z")
    refused(supply.BadQuantity, lambda: hold("o", A=0), sku="A")
    refused(supply.NothingToHold, lambda: hold("o"))
    refused(supply.HoldLimitReached, lambda: hold("o", A=1000), limit="quantity_per_line_max", maximum=999)
    refused(supply.UnknownHold, lambda: shop.confirm("o", ship_to=HOME, at=NOON), reference="o")
    refused(supply.UnknownHold, lambda: shop.view("o"), reference="o")
    hold("o", A=1)
    refused(supply.ReferenceReused, lambda: hold("o", A=2), reference="o")
    refused(
        supply.HoldNotConfirmed,
        lambda: shop.withdraw("o", None, withdrawal="w", restock=True, at=NOON),
        reference="o",
    )
    shop.confirm("o", ship_to=HOME, at=NOON)
    refused(supply.HoldConfirmed, lambda: shop.release("o", at=NOON), reference="o")
    refused(
        supply.WithdrawnTooMuch,
        lambda: shop.withdraw("o", lines(A=2), withdrawal="w", restock=True, at=NOON),
        sku="A",
        left=1,
    )
    hold("p", A=1)
    shop.release("p", at=NOON)
    refused(supply.HoldReleased, lambda: shop.confirm("p", ship_to=HOME, at=NOON), reference="p")


def test_offers_come_whole_and_page_by_page(database: Database, shop: Any) -> None:
    whole = shop.offers()
    assert [offer.sku for offer in whole.offers] == ["A", "B"] and not whole.more
    first = shop.offers(limit=1)
    assert first.more and shop.offers(first.cursor) == supply.OfferPage(whole.offers[1:], whole.cursor, False)
    assert whole == gateway(database).offers()


# --- laws -----------------------------------------------------------------------------------------------------------


def examples(databases: Databases) -> int:
    return 4 if isinstance(databases, PostgresDatabases) else 20


def world(stack: ExitStack, databases: Databases) -> Database:
    """A hub's database with plenty of B and four of A."""
    database = Database(stack.enter_context(databases.fresh()))
    stack.callback(database.dispose)
    stocked(database, {"A": 4, "B": 999})
    return database


@pytest.mark.parametrize("kind", ["tenant", "hub"])
def test_any_history_goes_as_it_would_in_the_same_database(kind: str, server: Served, databases: Databases) -> None:
    @settings(max_examples=examples(databases))
    @given(steps(ALL))
    def law(history: list[Step]) -> None:
        with ExitStack() as stack:
            near, far = world(stack, databases), world(stack, databases)
            shop = stack.enter_context(kinds(server)[kind](far))
            assert play(shop, far, history, prefix="north.") == play(gateway(near), near, history)
            assert [where(far, sku) for sku in "AB"] == [where(near, sku) for sku in "AB"]
            assert owed(far, "north") == owed(near, "north")

    law()


def test_two_stores_with_the_same_numbers_never_meet(databases: Databases) -> None:
    """Interleaved over one hub, each fares as if it were alone there."""

    @settings(max_examples=examples(databases))
    @given(steps(CALLS, quantity_max=3), st.lists(st.booleans(), min_size=10, max_size=10))
    def law(history: list[Step], turns: list[bool]) -> None:
        plenty = [replaced(step) for step in history]
        whose = ["east" if turn else "west" for turn in turns]
        with ExitStack() as stack:
            shared = world(stack, databases)
            apart = {code: world(stack, databases) for code in ("east", "west")}
            together = {code: tenant_gateway(shared, add(shared, code)) for code in apart}
            alone = {code: tenant_gateway(apart[code], add(apart[code], code)) for code in apart}
            for turn, (code, step) in enumerate(zip(whose, plenty, strict=False)):
                there = one(together[code], shared, step, minute=turn)
                assert there == one(alone[code], apart[code], step, minute=turn)
            for code in apart:
                assert owed(shared, code) == owed(apart[code], code)
                assert happened(together[code]) == happened(alone[code])

    law()


def replaced(step: Step) -> Step:
    """Of what there is plenty, so that stores do not compete."""
    return Step(step.what, step.reference, tuple(("B", n) for _, n in step.quantities[:1]), step.goods, step.name)


def happened(shop: supply.SupplyGateway) -> list[tuple[str, str, str]]:
    return [(each.kind, each.reference, each.supplier_order) for each in shop.events().events]


def owed(database: Database, code: str) -> int:
    with database.reading() as session:
        return tenancy.tenant_owes(session, code, "CNY").minor


# --- planted bugs ---------------------------------------------------------------------------------------------------


def the_store_s_code_is_forgotten_in_withdrawals(planted: pytest.MonkeyPatch) -> None:
    """Two stores that use the same number for a withdrawal get each other's."""
    withdraw = supply.TenantGateway.withdraw

    def forgetful(self: Any, reference: str, lines: Any, **named: Any) -> Any:
        hubs = supply.TenantGateway._hubs
        with pytest.MonkeyPatch.context() as once:
            once.setattr(
                supply.TenantGateway,
                "_hubs",
                lambda shop, name: name if name == named["withdrawal"] else hubs(shop, name),
            )
            return withdraw(self, reference, lines, **named)

    planted.setattr(supply.TenantGateway, "withdraw", forgetful)


def the_store_s_code_shows(planted: pytest.MonkeyPatch) -> None:
    """Events and errors name what no shop has ever heard of."""
    planted.setattr(supply.TenantGateway, "_stores", lambda self, name: name)


def stores_share_their_numbers(planted: pytest.MonkeyPatch) -> None:
    """The second store to use a number is told that it is taken."""
    planted.setattr(supply.TenantGateway, "_hubs", lambda self, name: name)


BUGS = [the_store_s_code_is_forgotten_in_withdrawals, the_store_s_code_shows, stores_share_their_numbers]


def two_lives(database: Database) -> None:
    """Two stores do the same under the same numbers, one after the other."""
    stocked(database, {"A": 20})
    for code in ("east", "west"):
        shop = tenant_gateway(database, add(database, code))
        shop.hold("o", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        with pytest.raises(supply.HoldNotConfirmed) as refused:
            shop.withdraw("o", None, withdrawal="w", restock=True, at=NOON)
        assert refused.value.params == {"reference": "o"}
        assert shop.confirm("o", ship_to=HOME, at=NOON).supplier_orders[0].number == "o-1"
        assert shop.withdraw("o", None, withdrawal="w", restock=True, at=NOON).lines == tuple(lines(A=2))
        assert happened(shop) == [("cancelled", "o", "o-1")]
        assert owed(database, code) == 0


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception, supply.ReferenceReused)):
        two_lives(database)


def test_without_a_bug_two_lives_go_well(database: Database) -> None:
    two_lives(database)
