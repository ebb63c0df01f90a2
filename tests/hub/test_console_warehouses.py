"""Warehouses, other suppliers and orders that change hands, in a hub's console."""

import pytest

from shared_core import supply
from shared_core.supply import sourcing
from tests.hub.consoles import Console
from tests.hub.test_console_work import add_north, buy
from tests.storefront.walker import Walker
from tests.supply.goods import NOON, stocked
from tests.supply.test_warehouses import source, warehouse


@pytest.fixture
def owner(console: Console) -> Walker:
    """Five pieces of A at its own supplier, three at another one; the storefront north."""
    stocked(console.database, {"A": 5})
    with console.database.transaction() as session:
        source(session, "A", "bestco", 3000)
        warehouse(session, "bestco", "bj", region="CN-BJ", A=3)
        sourcing.prefer(session, "A", supplier="acme")
    ann = console.person(name="ann")
    add_north(ann)
    return ann


def free(console: Console) -> dict[tuple[str, str], int]:
    with console.database.reading() as session:
        return {(each.supplier, each.warehouse): each.free for each in sourcing.shelves_of(session, ["A"])}


def test_a_warehouse_is_made_told_and_closed(console: Console, owner: Walker) -> None:
    page = owner.open("/console/suppliers/acme")
    assert "all of it counts as one place" in page.text
    path = "/console/suppliers/acme/warehouses"
    page = owner.send(path, having={"code": ""}, code="gz", name="Guangzhou South", region="CN-GD", priority="2")
    assert "Guangzhou South" in page.text and "0 SKUs, 0 free" in page.text
    page = owner.send(path, having={"code": "gz"})
    assert "closed" in page.text
    with console.database.reading() as session:
        [told] = sourcing.warehouses(session, supplier="acme")
    assert told.place == sourcing.Place("gz", "Guangzhou South", "CN-GD", 2, active=False)
    assert "closed" not in owner.send(path, having={"code": "gz"}).text.split("Where its goods lie")[1][:400]
    page = owner.send(path, having={"code": ""}, code="No Such", name="Typed")
    assert page.status == 422 and "No Such" in page.text and 'value="Typed"' in page.html


def test_goods_come_into_a_warehouse_of_who_sends_them(console: Console, owner: Walker) -> None:
    page = owner.open("/console/goods/of/p-a")
    assert "Where it lies" in page.text and "Beijing" in page.text and "Pieces sold" in page.text
    page = owner.send("/console/goods/stock", sku="A", place="bestco/bj", quantity="4", reference="D1")
    assert "saved" in page.url and free(console) == {("acme", ""): 5, ("bestco", "bj"): 7}
    page = owner.send("/console/goods/stock", sku="A", place="bestco/nowhere", quantity="4", reference="D2")
    assert page.status == 422 and "nowhere" in page.text
    owner.open("/console/goods/of/p-a")
    page = owner.send("/console/goods/stock", sku="A", place="acme/", quantity="1", reference="D3")
    assert free(console)["acme", ""] == 6


def test_the_core_team_decides_whom_a_sku_comes_from(console: Console, owner: Walker) -> None:
    owner.open("/console/goods/of/p-a")
    page = owner.send("/console/goods/preferred", supplier="")
    assert "preferred" not in page.text
    buy(console, A=1)
    assert free(console) == {("acme", ""): 5, ("bestco", "bj"): 2}
    page = owner.send("/console/goods/preferred", supplier="acme")
    assert "preferred" in page.text
    buy(console, "1002", A=1)
    assert free(console) == {("acme", ""): 4, ("bestco", "bj"): 2}


def test_an_order_changes_hands_and_the_page_says_who_did_it(console: Console, owner: Walker) -> None:
    number = buy(console, A=2)
    page = owner.open(f"/console/orders/{number}")
    assert "Another supplier sends it" in page.text
    page = owner.send(f"/console/orders/{number}/move", to="bestco", why="closed for the week", restock="true")
    assert "acme → bestco · closed for the week · ann" in page.text
    assert free(console) == {("acme", ""): 5, ("bestco", "bj"): 1}
    with console.database.reading() as session:
        assert supply.own_order(session, number, supplier="bestco").lines[0].warehouse == "bj"
        assert supply.stock_discrepancies(session) == []


def test_what_is_accepted_does_not_change_hands(console: Console, owner: Walker) -> None:
    number = buy(console, A=2)
    page = owner.open(f"/console/orders/{number}")
    with console.database.transaction() as session:
        supply.accept(session, number=number, at=NOON)
    page = owner.send(f"/console/orders/{number}/move", to="bestco", why="late")
    assert page.status == 409 and "cannot become moved" in page.text


def test_who_only_reads_decides_nothing(console: Console, owner: Walker) -> None:
    number = buy(console, A=1)
    reader = console.person(name="rob", role="accountant")
    for path, action in (
        ("/console/suppliers/acme", "/console/suppliers/acme/warehouses"),
        ("/console/goods/of/p-a", "/console/goods/preferred"),
        (f"/console/orders/{number}", f"/console/orders/{number}/move"),
    ):
        assert action not in [form.action for form in reader.open(path).forms]


def test_two_suppliers_may_number_their_delivery_notes_alike(console: Console, owner: Walker) -> None:
    for place, quantity in (("", "1"), ("bestco/bj", "4"), ("bestco/bj", "4")):
        owner.open("/console/goods/of/p-a")
        page = owner.send("/console/goods/stock", sku="A", place=place, quantity=quantity, reference="2026-001")
        assert "saved" in page.url, page.text
    assert free(console) == {("acme", ""): 6, ("bestco", "bj"): 7}
