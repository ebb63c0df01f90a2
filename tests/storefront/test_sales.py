"""Sale events in a shop: what is shown, what is charged, and what is said when the price is gone."""

from datetime import timedelta
from typing import Any

import pytest

from shared_core import orders, supply
from shared_core.kernel.money import Money
from tests.storefront.conftest import Front, key, pay, purchase
from tests.storefront.walker import staff_walker, walker

HOUR = timedelta(hours=1)
ORDINARY, SALE = 8_900, 5_900


def plan_sale(
    front: Front, *skus: str, quantity: int = 5, supplied: int = 3_000, begins: int = 0, **limits: Any
) -> None:
    """From `begins` hours on for two hours, shown at once: 59.00 instead of 89.00."""

    def money(minor: int) -> Money:
        return Money(minor, front.shop.currency)

    at = front.clock()
    starts = at + begins * HOUR
    goods = tuple(
        supply.sales.SaleGoodsSpec(sku, money(supplied), money(SALE), quantity, cost=money(2_000), **limits)
        for sku in skus
    )
    wanted = supply.sales.SaleSpec(
        "spring", "Spring sale", "Own Loom", front.shop.currency, at, starts, starts + 2 * HOUR, goods
    )
    with front.shop.database.transaction() as session:
        supply.sales.add_sale(session, wanted, actor="ann", at=at)
    front.settle()


def asked(front: Front, sku: str = "A") -> int:
    """What the shop asks for the SKU now."""
    [variant] = front.browser().get(f"/api/v1/products/p-{sku.lower()}").json()["variants"]
    return int(variant["price"]["minor"])


def order(buyer: Any, goods_minor: int, pieces: int = 1) -> Any:
    """An order of A whose buyer was shown this price, with delivery for 10.00."""
    total = goods_minor * pieces + 1_000
    return buyer.post("/api/v1/orders", json=purchase("A", quantity=pieces, total=total), headers=key())


def sold(front: Front, number: str) -> orders.OrderLine:
    with front.shop.database.reading() as session:
        [line] = orders.lines(session, orders.get(session, number).id)
        return line


def test_the_price_of_a_sale_begins_and_ends_by_the_clock_alone(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    plan_sale(front, "A", begins=1)
    assert asked(front) == ORDINARY
    front.clock.pass_by(HOUR)  # nothing runs in between
    assert asked(front) == SALE
    front.clock.pass_by(2 * HOUR)
    assert asked(front) == ORDINARY


def test_an_order_in_a_sale_is_charged_at_its_price_on_both_sides(front: Front) -> None:
    front.stock("A", price=ORDINARY, supplied=4_000)
    plan_sale(front, "A")
    buyer = front.member()
    placed = order(buyer, SALE, 2)
    assert placed.status_code == 201, placed.text
    line = sold(front, placed.json()["number"])
    assert (line.unit_minor, line.supply_minor, line.sale) == (SALE, 2 * 3_000, "spring")


def test_the_end_of_a_sale_between_page_and_order_is_told_and_never_charged(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    plan_sale(front, "A")
    buyer = front.member()
    front.clock.pass_by(2 * HOUR)
    told = order(buyer, SALE)
    assert (told.status_code, told.json()["code"]) == (409, "price_changed")
    assert order(buyer, ORDINARY).status_code == 201


def test_pieces_that_are_gone_meanwhile_are_told_and_the_ordinary_price_is_shown(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    plan_sale(front, "A", quantity=1)
    other = supply.LocalGateway(front.shop.database, supply.Terms("other", front.shop.currency))
    other.hold("x", [supply.HoldLine("A", 1)], customer="c", ttl=HOUR, at=front.clock(), sales={"A": "spring"})
    assert asked(front) == SALE, "the window has not heard of it"
    buyer = front.member()
    told = order(buyer, SALE)
    assert (told.status_code, told.json()["code"]) == (409, "sale_sold_out")
    assert asked(front) == ORDINARY
    assert "gone at the sale price" in walker(front).open("/sales/spring").html
    line = sold(front, order(buyer, ORDINARY).json()["number"])
    assert (line.unit_minor, line.sale) == (ORDINARY, "")


def test_a_withdrawn_sale_is_over_at_the_next_order(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    plan_sale(front, "A")
    with front.shop.database.transaction() as session:
        supply.sales.withdraw_sale(session, "spring", actor="ann", reason="wrong price", at=front.clock())
    told = order(front.member(), SALE)
    assert (told.status_code, told.json()["code"]) == (409, "sale_not_running")
    assert asked(front) == ORDINARY


def test_one_customer_gets_no_more_than_the_limit_over_several_orders(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    plan_sale(front, "A", per_customer_max=2)
    buyer = front.member()
    assert [order(buyer, SALE).status_code for _ in range(2)] == [201, 201]
    told = order(buyer, SALE)
    assert (told.status_code, told.json()["code"]) == (409, "sale_limit_reached")
    assert order(front.member(), SALE).status_code == 201


def test_a_sale_at_which_the_shop_could_lose_money_is_not_taken_and_the_back_office_says_why(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    plan_sale(front, "A", supplied=5_500)
    assert asked(front) == ORDINARY
    page = " ".join(staff_walker(front).open("/admin/products").text.split())
    assert "Spring sale" in page and "Not in your window:" in page and "could lose" in page
    assert "Spring sale" not in walker(front).open("/").html
    assert walker(front).open("/sales/spring").status == 404


def test_pages_show_the_sale_its_end_and_no_struck_price_that_nobody_paid(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    front.stock("B", price=ORDINARY)
    plan_sale(front, "A", "B", per_customer_max=3)
    for path in ("/", "/sales/spring", "/products/p-a"):
        text = walker(front).open(path).html
        assert "Spring sale" in text and "CN¥59.00" in text and 'data-countdown="7200"' in text, path
        assert "<s " not in text, f"{path}: nobody ever paid another price"
    assert "at most 3 for each customer" in walker(front).open("/products/p-a").html


def test_only_the_lowest_price_that_was_paid_is_struck_out(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    front.stock("B", price=ORDINARY)
    number = order(front.member(), ORDINARY).json()["number"]
    pay(front, front.staff(), number)
    front.clock.pass_by(HOUR)
    plan_sale(front, "A", "B")
    assert 'class="was num"' in walker(front).open("/products/p-a").html
    assert "CN¥89.00" in walker(front).open("/products/p-a").html
    assert "<s " not in walker(front).open("/products/p-b").html.split("You may also like")[0]


def test_a_sale_to_come_is_shown_and_sold_at_the_ordinary_price(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    plan_sale(front, "A", begins=3)
    page = walker(front).open("/products/p-a").html
    assert "soon CN¥59.00" in page and "Starts in" in page and "CN¥89.00" in page
    assert order(front.member(), ORDINARY).status_code == 201


def test_the_window_keeps_the_sale_while_its_supply_is_away(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    front.stock("A", price=ORDINARY)
    plan_sale(front, "A")

    def away(*_: object, **__: object) -> None:
        raise supply.SupplyUnavailable(retry_after=5)

    monkeypatch.setattr(supply.LocalGateway, "sales", away)
    monkeypatch.setattr(supply.LocalGateway, "offers", away)
    with pytest.raises(supply.SupplyUnavailable):
        front.shop.refresh_window(at=front.clock())
    assert asked(front) == SALE
    assert "Spring sale" in walker(front).open("/sales/spring").html


def test_the_checkout_page_says_that_the_price_is_gone_and_sells_at_the_ordinary_one(front: Front) -> None:
    front.stock("A", price=ORDINARY)
    plan_sale(front, "A")
    shopper = walker(front)
    shopper.sign_up("wei@example.com", "Wei")
    shopper.open("/products/p-a")
    shopper.send("/cart", sku="A", quantity="1")
    page = shopper.open("/checkout")
    assert "CN¥59.00" in page.text
    with front.shop.database.transaction() as session:
        supply.sales.withdraw_sale(session, "spring", actor="ann", reason="wrong price", at=front.clock())
    filled = {
        "name": "Wei",
        "phone": "13800000000",
        "street": "1 Long Lane",
        "city": "Hangzhou",
        "region": "浙江",
        "country": "CN",
    }
    told = shopper.send("/checkout", **filled)
    assert told.status == 409 and "Look at the price again" in told.text and "CN¥89.00" in told.text
    assert shopper.send("/checkout", **filled).status == 200
