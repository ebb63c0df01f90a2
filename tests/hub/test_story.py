"""A shop with a database of its own over a hub with a database of its own: from the window to the refund."""

from datetime import timedelta

import pytest

from shared_core import catalog, supply
from tests.hub.far import Far
from tests.hub.hubs import add
from tests.supply.goods import discrepancies, where, yuan


def test_an_order_lives_its_whole_life_over_the_wire(far: Far) -> None:
    number = far.shop.place(far.shop.visitor(), [("A", 2)])
    assert where(far.hub, "A") == (10, 8, 2, 0)
    far.shop.pay(number)
    assert where(far.hub, "A") == (10, 8, 0, 2) and far.owes() == (9_156, 9_156)
    far.supplier(number, step="ship")
    assert far.shop.state(number) == "shipped"
    far.supplier(number, step="deliver")
    assert far.shop.state(number) == "delivered"
    far.shop.refund(number, {"A": 1})
    far.shop.settle_down()
    assert where(far.hub, "A") == (10, 8, 0, 2) and far.owes() == (9_156, 9_156), "nobody has seen it yet"
    with far.hub.transaction() as session:
        [back] = [each.returned.number for each in supply.returns.listed(session)]
        supply.returns.receive(session, back, actor="ann", at=far.shop.now)
        supply.returns.inspect(session, back, [supply.Inspected("A", 1, 0, 0)], actor="ann", at=far.shop.now)
    far.shop.settle_down()
    assert where(far.hub, "A") == (10, 9, 0, 1) and far.owes() == (4_978, 4_978)
    assert not discrepancies(far.hub)


def test_a_supplier_s_refusal_reaches_the_customer_s_money(far: Far) -> None:
    number = far.shop.place(far.shop.visitor(), [("A", 1)])
    far.shop.pay(number)
    far.supplier(number, step="cancel")
    assert far.shop.state(number) == "refunded" and far.owes() == (0, 0)


def test_of_two_shops_one_gets_the_last_piece(far: Far) -> None:
    other = supply.Terms("south", "CNY", tenant=True)
    add(far.hub, "south")
    south = supply.TenantGateway(supply.LocalGateway(far.hub, other), other)
    south.hold("N1", [supply.HoldLine("A", 9)], customer="c", ttl=far.shop.counter.hold_ttl, at=far.shop.now)
    with pytest.raises(supply.OutOfStock, match="Only 1 of A"):
        far.shop.place(far.shop.visitor(), [("A", 2)])
    assert far.shop.place(far.shop.visitor(), [("A", 1)])


def test_a_sale_of_the_hub_is_sold_in_the_shop_and_its_pieces_come_back_with_a_refund(far: Far) -> None:
    now = far.shop.now
    goods = supply.sales.SaleGoodsSpec("A", yuan(3000), yuan(5900), 2, cost=yuan(2500))
    with far.hub.transaction() as session:
        wanted = supply.sales.SaleSpec("spring", "Spring", "", "CNY", now, now, now + timedelta(days=30), (goods,))
        supply.sales.add_sale(session, wanted, actor="op", at=now)
    far.shop.show_sales()
    number = far.shop.place(far.shop.visitor(), [("A", 2)])
    far.shop.pay(number)
    assert far.owes() == (2 * 3_000 + 800 + 236, 2 * 3_000 + 800 + 236), "the fee is 2 % of 118.00"
    with pytest.raises(supply.SaleSoldOut):
        far.shop.place(far.shop.visitor(), [("A", 1)])
    with far.shop.transaction() as session:
        assert catalog.price(session, sku="A", at=now).unit_price == yuan(8900), "the window has learned of it"
    far.shop.refund(number, {"A": 1})
    far.shop.settle_down()
    far.shop.show_sales()
    with far.shop.transaction() as session:
        item = catalog.price(session, sku="A", at=now)
    assert (item.unit_price, item.available) == (yuan(5900), 1)
    assert not discrepancies(far.hub)
