"""Several suppliers ship one order, and not all that was ordered comes: the money on all sides, reckoned by hand."""

from typing import Any

import httpx2
import pytest

from shared_core import ledger, orders, supply
from shared_core.kernel.database import Database
from shared_core.supply import wire
from tests.hub.far import Far
from tests.hub.hubs import Served, add, key_of, tenant_gateway
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, discrepancies, lines, stocked, where


def shop_book(far: Far) -> dict[str, int]:
    with far.shop.database.reading() as session:
        found = ledger.trial_balance(session, book=ledger.STORE)
    return {address: minor for (address, _), minor in found.items() if minor}


def short(far: Far, number: str, **missing: int) -> None:
    with far.hub.transaction() as session:
        supply.short_ship(session, number=number, missing=lines(**missing), at=far.shop.now, reason="broken")
    far.shop.settle_down()


def test_of_three_suppliers_two_ship_and_one_is_short(far: Far) -> None:
    """A 89.00 + B 2 × 20.00 + C 3 × 50.00 = 279.00, no freight over 200.00; two C never come.

    The store pays 40.00 + 2 × 10.00 + 3 × 30.00 = 150.00, three freights of 8.00, and a fee of 2 % of 279.00, 5.58.
    Back go 100.00 to the customer, 60.00 of the goods to the store, and of the fee 60/150: 2.23.
    """
    number = far.shop.place(far.shop.visitor(), [("A", 1), ("B", 2), ("C", 3)])
    far.shop.pay(number)
    assert far.owes() == (17_958, 17_958)

    short(far, f"north.{number}-3", C=2)
    assert far.owes() == (11_735, 11_735) and far.shop.state(number) == "paid"
    for place in (1, 2, 3):
        with far.hub.transaction() as session:
            name = f"north.{number}-{place}"
            supply.ship(session, number=name, carrier="Local", tracking_number=f"SF{place}", at=far.shop.now)
            supply.deliver(session, number=name, at=far.shop.now)
    far.shop.settle_down()

    assert far.shop.state(number) == "delivered" and far.owes() == (11_735, 11_735)
    assert [each for each in far.shop.broken() if not each.startswith("I3")] == []  # I3 needs both books: just above
    assert shop_book(far) == {
        "assets:clearing:till": 27_900,
        "liabilities:refund-payable": -10_000,
        "income:sales": -17_900,
        "expenses:supply": 9_000,
        "expenses:shipping": 2_400,
        "expenses:platform-fee": 335,
        "liabilities:hub:supply": -11_400,
        "liabilities:hub:payable": -335,
    }
    assert far.hub_book() == {
        "assets:store:north": 11_735,
        "liabilities:supplier:acme": -3_600,
        "liabilities:supplier:bestco": -1_600,
        "liabilities:supplier:carol": -2_500,
        "liabilities:carrier": -2_400,
        "income:supply-margin": -1_300,
        "income:platform-fee": -335,
    }
    assert where(far.hub, "C") == (10, 7, 0, 3) and not discrepancies(far.hub)


def test_a_short_piece_is_told_once_however_often_it_is_reported(far: Far) -> None:
    number = far.shop.place(far.shop.visitor(), [("C", 3)])
    far.shop.pay(number)
    for _ in range(2):
        short(far, f"north.{number}-1", C=1)
    assert shop_book(far)["liabilities:refund-payable"] == -5_000
    short(far, f"north.{number}-1", C=3)
    assert far.shop.state(number) == "refunded" and far.owes() == (0, 0)
    assert shop_book(far)["liabilities:refund-payable"] == -16_000  # with 10.00 of freight


def test_a_shop_that_does_not_know_the_news_hears_of_it_once_it_is_upgraded(database: Database, server: Served) -> None:
    stocked(database, {"A": 5, "B": 5})
    shop = tenant_gateway(database, add(database, "north"))
    shop.hold("o", lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o", ship_to=HOME, at=NOON)
    with database.transaction() as session:
        supply.ship(session, number="north.o-2", carrier="Local", tracking_number="SF1", at=NOON)
        supply.short_ship(session, number="north.o-1", missing=lines(A=1), at=NOON)
        supply.ship(session, number="north.o-1", carrier="Local", tracking_number="SF2", at=NOON)
    key = key_of(database, "north")

    def heard(protocol: int, after: int = 0) -> tuple[list[str], int]:
        headers = {"Authorization": f"Bearer {key}", wire.PROTOCOL_HEADER: str(protocol)}
        with httpx2.Client(base_url=server.over(database).url) as web:
            page = web.get("/api/v1/events", headers=headers, params={"after": after}).json()
        return [each["kind"] for each in page["events"]], page["cursor"]

    kinds, cursor = heard(1)
    assert kinds == ["shipped"] and heard(1, cursor) == ([], cursor)
    assert heard(2, cursor)[0] == ["short", "shipped"]


def test_a_shop_that_does_not_know_returns_gives_nothing_back_at_a_word_and_misses_no_other_news(
    database: Database, server: Served
) -> None:
    stocked(database, {"A": 5, "B": 5})
    shop = tenant_gateway(database, add(database, "north"))
    shop.hold("o", lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o", ship_to=HOME, at=NOON)
    with database.transaction() as session:
        supply.ship(session, number="north.o-1", carrier="Local", tracking_number="SF1", at=NOON)
    key = key_of(database, "north")

    def ask(protocol: int, method: str, path: str, **more: object) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {key}", wire.PROTOCOL_HEADER: str(protocol)}
        with httpx2.Client(base_url=server.over(database).url) as web:
            answer: dict[str, Any] = web.request(method, f"/api/v1{path}", headers=headers, **more).json()  # type: ignore[arg-type]
        return answer

    back = ask(2, "PUT", "/holds/o/withdrawals/w", json={"lines": None, "restock": True})
    assert (back["lines"], back["supply"]["minor"], back["returns"]) == ([{"sku": "B", "quantity": 1}], 4_000, ["w:1"])
    with database.transaction() as session:
        supply.returns.receive(session, "north.w:1", actor="ann", at=NOON)
        supply.returns.inspect(session, "north.w:1", [supply.Inspected("A", 2, 0, 0)], actor="ann", at=NOON)
        supply.deliver(session, number="north.o-1", at=NOON)
    older = ask(2, "GET", "/events")
    assert [each["kind"] for each in older["events"]] == ["shipped", "cancelled", "delivered"]
    upgraded = ask(3, "GET", "/events", params={"after": older["cursor"]})
    assert [each["kind"] for each in upgraded["events"]] == ["return_received", "return_settled"]
    assert ask(3, "GET", "/holds/o/returns/w~3A1")["supply"]["minor"] == 8_000
    assert not discrepancies(database)


@pytest.mark.parametrize("missing", [{"A": 3}, {"A": 0}, {"Z": 1}])
def test_what_cannot_be_short_is_refused_and_changes_nothing(database: Database, missing: dict[str, int]) -> None:
    stocked(database, {"A": 5})
    shop = tenant_gateway(database, add(database, "north"))
    shop.hold("o", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o", ship_to=HOME, at=NOON)
    with pytest.raises((supply.ShortTooMuch, supply.UnknownSku, supply.BadQuantity)), database.transaction() as session:
        supply.short_ship(session, number="north.o-1", missing=lines(**missing), at=NOON)
    assert shop.events().events == ()


def test_three_pieces_in_two_boxes_and_one_that_never_comes(far: Far) -> None:
    """3 × 50.00 + 10.00; the store owes 3 × 30.00 + 8.00 + 3.00, and for the last piece 30.00 and 1.00 less."""
    number = far.shop.place(far.shop.visitor(), [("C", 3)])
    far.shop.pay(number)
    name = f"north.{number}-1"
    for box in ("x1", "x2"):
        with far.hub.transaction() as session:
            one = lines(C=1)
            supply.ship(session, number=name, carrier="Local", tracking_number=box, lines=one, at=far.shop.now)
        far.shop.settle_down()
    assert far.shop.state(number) == "paid"
    short(far, name, C=1)
    assert far.shop.state(number) == "shipped" and far.owes() == (7_000, 7_000)
    for box, state in (("x2", "shipped"), ("x1", "delivered")):
        with far.hub.transaction() as session:
            supply.deliver(session, number=name, tracking_number=box, at=far.shop.now)
        far.shop.settle_down()
        assert far.shop.state(number) == state
    with far.shop.database.reading() as session:
        boxes = orders.shipments(session, orders.get(session, number).id)
        assert [(each.tracking_number, each.lines) for each in boxes] == [("x1", [["C", 1]]), ("x2", [["C", 1]])]
    assert shop_book(far)["income:sales"] == -10_000 and far.hub_book()["liabilities:supplier:carol"] == -5_000
