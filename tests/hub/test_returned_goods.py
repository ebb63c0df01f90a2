"""An order from three suppliers: two ship, one sends less, then of two pieces that come back one is accepted. Shop, hub
and suppliers agree to the cent, and every share follows the money.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared_core import orders, rewards, supply
from shared_core.kernel.calendar import month_of
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.orders import RefundWhen
from shared_core.supply import Inspected, Remedy, ReturnReason, settlement
from shared_core.supply.settlement import Party, PartyKind, Verdict
from tests.databases import Databases
from tests.hub.far import Far
from tests.hub.hubs import Served, add, key_of, reaching
from tests.rewards.shops import preset
from tests.supply.goods import HOME, discrepancies, lines, where
from tests.worlds import ZONE, World

B_RETURNED = 2


@pytest.fixture
def far(databases: Databases, database: Database, server: Served) -> Iterator[Far]:
    """A shop that pays its sellers, over a hub with three suppliers."""
    with databases.fresh() as url:
        listeners = Listeners()
        shop = World(Database(url, listeners), listeners, plans=(preset("participants"),))
        goods = World(database, Listeners(), numbers=iter(range(10_000, 20_000)))
        goods.stock_up("A")
        goods.stock_up("B", price=2000, supplied=1000, cost=800, by="bestco")
        goods.stock_up("C", price=5000, supplied=3000, cost=2500, by="carol")
        add(database, "north", platform_fee_bps=200)
        with database.transaction() as session:
            supply.returns.set_terms(session, supplier="bestco", terms=supply.returns.ReturnTerms(HOME))
        with reaching(server.over(database), key_of(database, "north")) as gateway:
            for each in (shop, shop.counter, shop.desk):
                object.__setattr__(each, "gateway", gateway)
            shop.show_window()
            yield Far(shop, database)
        shop.database.dispose()


def test_three_suppliers_one_short_piece_and_one_of_two_that_came_back(far: Far) -> None:
    """A 89.00 + 2 × B 20.00 + 3 × C 50.00 = 279.00. One C never comes, of two damaged B one is accepted."""
    shop = far.shop
    shop.seller_id = shop.promoter()
    number = shop.place(shop.visitor(), [("A", 1), ("B", 2), ("C", 3)])
    shop.pay(number)
    assert far.owes() == (17_958, 17_958)
    earned = shares(shop, number)
    assert earned == 2_790, "a tenth"

    with far.hub.transaction() as session:
        for place in (1, 2):
            supply.ship(session, number=name(number, place), carrier="Local", tracking_number=f"T{place}", at=shop.now)
        missing = lines(C=1)
        supply.short_ship(session, number=name(number, 3), missing=missing, reason="broken", at=shop.now)
        supply.ship(session, number=name(number, 3), carrier="Local", tracking_number="T3", at=shop.now)
        for place in (1, 2, 3):
            supply.deliver(session, number=name(number, place), at=shop.now)
    shop.settle_down()
    # 50.00 of 279.00 back; the store owes 30.00 less, and 30/150 of the fee of 5.58
    assert shop.state(number) == "delivered" and far.owes() == (14_847, 14_847)
    assert shares(shop, number) == 2_290

    back = ask(far, number)
    with shop.transaction() as session:
        orders.accept_return(session, back, refund_when=RefundWhen.INSPECTED, actor="staff:1", at=shop.now)
    shop.settle_down()
    with shop.transaction() as session:
        orders.note_sent(session, back, carrier="SF", tracking_number="SF1234567890123", at=shop.now)
    shop.settle_down()
    assert far.owes() == (14_847, 14_847), "on its way nothing has changed"
    with far.hub.transaction() as session:
        supply.returns.receive(session, f"north.{back}", actor="ann", at=shop.now)
        found = [Inspected("B", 1, 0, 1)]
        way = shop.money(600)
        supply.returns.inspect(session, f"north.{back}", found, freight=way, said="worn", actor="ann", at=shop.now)
    shop.settle_down()

    # one B: 10.00, its part of the fee (40/150 of 5.58 are 1.48, less 1.11), and 6.00 for the way back
    assert far.owes() == (13_210, 13_210)
    assert shares(shop, number) == 2_090
    with shop.database.reading() as session:
        row = orders.get(session, number)
        kept = orders.the_return(session, back)
        refunds = [(each.reason, each.goods_minor, each.goods_back) for each in orders.refunds(session, row.id)]
    assert refunds == [("short_shipped", 5_000, True), ("returned", 2_000, False)]
    assert (kept.state, kept.said, kept.inspected) == ("settled", "worn", [["B", 1, 0, 1]])
    assert where(far.hub, "B")[1] == where(far.hub, "B")[0] - 1, "one B is on sale again, one is with the customer"
    assert not discrepancies(far.hub)
    assert [each for each in shop.broken() if not each.startswith("I3")] == []  # I3 needs both books: just above
    statements_agree(far, {"acme": 3_600, "bestco": 800 - 600, "carol": 5_000})


def test_what_a_hub_refuses_reaches_the_shop_as_something_that_any_language_can_say(far: Far) -> None:
    shop = far.shop
    number = shop.place(shop.visitor(), [("B", 2)])
    shop.pay(number)
    with far.hub.transaction() as session:
        supply.ship(session, number=name(number, 1), carrier="Local", tracking_number="T1", at=shop.now)
    shop.settle_down()
    back = ask(far, number)
    how = {"reason": ReturnReason.DAMAGED, "remedy": Remedy.MONEY, "words": "", "at": shop.now}
    shop.gateway.request_return(number, lines(B=1), number="elsewhere", **how)  # type: ignore[arg-type]
    with shop.transaction() as session:
        orders.accept_return(session, back, refund_when=RefundWhen.INSPECTED, actor="staff:1", at=shop.now)
    shop.settle_down()
    with shop.database.reading() as session:
        kept = orders.the_return(session, back)
        why = orders.refusal_of(kept)
    assert (kept.state, kept.said) == ("declined", "")
    assert isinstance(why, supply.returns.ReturnTooMuch) and why.params == {"sku": "B", "left": 1}


def name(number: str, place: int) -> str:
    return f"north.{number}-{place}"


def ask(far: Far, number: str) -> str:
    with far.shop.transaction() as session:
        row = orders.get(session, number)
        [wanted] = [line.id for line in orders.lines(session, row.id) if line.sku == "B"]
        [asked] = orders.ask_return(
            session,
            number,
            {wanted: B_RETURNED},
            buyer_id=row.buyer_id,
            reason=ReturnReason.DAMAGED,
            remedy=Remedy.MONEY,
            words="both have a crack",
            at=far.shop.now,
        )
        return asked.number


def shares(shop: World, number: str) -> int:
    with shop.database.reading() as session:
        return sum(each.net_minor for each in rewards.earnings_on(session, orders.get(session, number).id))


def statements_agree(far: Far, owed: dict[str, int]) -> None:
    """Every line of the hub's statement is in the shop's book, and suppliers are owed what is left of their goods."""
    late, month = far.shop.now + timedelta(days=40), month_of(far.shop.now, ZONE)
    with far.hub.transaction() as session:
        settlement.close_months(session, zone=ZONE, at=late)
    with far.hub.reading() as session:
        assert settlement.statement_misfits(session) == []
        told = settlement.statement(session, Party(PartyKind.TENANT, "north"), month, zone=ZONE, at=late)
        assert told.closed and told.closing.minor == far.owes()[1]
        for supplier, minor in owed.items():
            theirs = settlement.statement(session, Party(PartyKind.SUPPLIER, supplier), month, zone=ZONE, at=late)
            assert theirs.closing.minor == minor
    with far.shop.database.reading() as session:
        compared = settlement.compare(session, told)
    assert {each.kind for each in compared} == {"charge", "withdrawal"} and len(compared) == 3
    assert {each.verdict for each in compared} == {Verdict.SAME}
