"""A shop with a database of its own over a hub with a database of its own: from the window to the refund."""

import pytest

from shared_core import supply
from tests.hub.far import Far
from tests.hub.hubs import add
from tests.supply.goods import discrepancies, where


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
