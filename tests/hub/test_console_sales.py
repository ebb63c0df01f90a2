"""Sale events in a hub's console: planned, looked at, changed, ended early."""

from datetime import UTC, datetime, timedelta

import pytest

from shared_core import supply
from shared_core.supply import sales
from tests.hub.consoles import Console
from tests.hub.hubs import add, tenant_gateway
from tests.storefront.walker import Page, Walker
from tests.supply.goods import HOME, NOON, lines, put, stocked, yuan

HOUR = timedelta(hours=1)
NEW = "/console/sales/new"
TYPED = {"code": "spring", "title": "Spring", "start": "2026-03-03T10:00", "end": "2026-03-05T10:00"}
"""Times on the wall clock of Shanghai, where it is noon of the second."""
ROW = {
    "supply_price": "30",
    "retail": "59",
    "quantity": "5",
    "cost": "25",
    "floor": "",
    "per_customer": "2",
    "per_store": "",
}


@pytest.fixture
def operator(console: Console) -> Walker:
    stocked(console.database, {"A": 9, "AA": 9})
    return console.person("operator", "ben")


def with_a(operator: Walker, path: str = NEW) -> Page:
    """The form with the SKU A in it."""
    operator.open(path)
    return operator.send(path, q="A")


def known(console: Console, at: datetime | None = None) -> list[sales.SaleReport]:
    with console.database.reading() as session:
        return sales.all_sales(session, at=at or console.clock())


def planned(console: Console, code: str = "spring", *, starts: timedelta = HOUR) -> sales.SaleReport:
    goods = sales.SaleGoodsSpec("A", yuan(3000), yuan(5900), 5, cost=yuan(2500), per_customer_max=2, per_store_max=4)
    at = console.clock()
    spec = sales.SaleSpec(code, "Spring", "Own Loom", "CNY", at + starts, at + starts, at + starts + 9 * HOUR, (goods,))
    with console.database.transaction() as session:
        return sales.add_sale(session, spec, actor="ann", at=at)


def test_a_sale_is_looked_at_and_then_planned(console: Console, operator: Walker) -> None:
    page = with_a(operator)
    [form] = [each for each in page.forms if each.action == NEW]
    assert {("sku", "A"), ("supply_price", "40.00"), ("retail", "89.00"), ("quantity", "9")} <= set(form.fields)
    typed = {**TYPED, **ROW, "preview": "2026-03-02T21:00"}
    page = operator.send(NEW, step="look", **typed)
    assert page.status == 200 and "Only looked at: nothing was written down yet." in page.text
    assert "The A" in page.text and "at most 2 for each customer" in page.text and known(console) == []
    page = operator.send(NEW, step="take")
    assert page.url.endswith("/console/sales/of/spring?done=saved") and "planned by ben" in page.text
    [told] = known(console)
    assert told.sale == sales.SaleSpec(
        code="spring",
        title="Spring",
        brand="",
        currency="CNY",
        preview_at=datetime(2026, 3, 2, 13, tzinfo=UTC),
        starts_at=datetime(2026, 3, 3, 2, tzinfo=UTC),
        ends_at=datetime(2026, 3, 5, 2, tzinfo=UTC),
        goods=(sales.SaleGoodsSpec("A", yuan(3000), yuan(5900), 5, cost=yuan(2500), per_customer_max=2),),
    )
    operator.open(NEW)
    operator.send(NEW, q="A")
    assert operator.send(NEW, step="take", **typed).status == 200, "the same again is the same sale"
    assert known(console) == [told]


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"start": ""}, "start", "Choose a day and a time of day"),
        ({"preview": "tomorrow"}, "preview", "Choose a day and a time of day"),
        ({"end": "2026-03-03T10:00"}, "end", "It is shown, begins and ends, in this order."),
        ({"start": "2026-03-01T10:00", "end": "2026-03-01T11:00"}, "end", "The sale would be over already."),
        ({"code": "Spring!"}, "code", "Use small letters, digits and hyphens."),
        ({"title": " "}, "title", "Say what the sale is called."),
        ({"supply_price": "x"}, "supply_price-0", "is not an amount of CNY"),
        ({"retail": "29.99"}, "retail-0", "It is below the supply price 30.00 CNY."),
        ({"floor": "60"}, "floor-0", "It is above the retail price 59.00 CNY."),
        ({"quantity": "0"}, "quantity-0", "Write a number from 1 to 1000000."),
        ({"quantity": "many"}, "quantity-0", "is not a whole number"),
        ({"per_customer": "0"}, "per_customer-0", "Write a number from 1 to 1000000."),
        ({"per_store": "-1"}, "per_store-0", "is not a whole number"),
        ({"cost": ""}, "supply_price-0", "agree on a cost for the sale and write it down"),
        ({"cost": "30.01"}, "supply_price-0", "agree on a cost for the sale and write it down"),
    ],
)
def test_what_is_no_sale_is_refused_beside_its_field_and_stays_typed(
    console: Console, operator: Walker, wrong: dict[str, str], field: str, said: str
) -> None:
    with_a(operator)
    typed = {**TYPED, **ROW, **wrong}
    page = operator.send(NEW, step="take", **typed)
    assert page.status == 422 and known(console) == []
    assert said in page.html.split(f'id="e-{field}"')[1].split("</p>")[0]
    assert set(typed.items()) <= set(page.form(NEW).fields)


def test_a_code_that_another_sale_has_and_goods_that_went_away_are_told_beside_them(
    console: Console, operator: Walker
) -> None:
    planned(console)
    with_a(operator)
    page = operator.send(NEW, step="take", **TYPED, **ROW)
    assert "There is a sale spring already" in page.html.split('id="e-code"')[1].split("</p>")[0]
    page = operator.send(NEW, step="take", **{**TYPED, **ROW, "code": "may", "sku": "gone"})
    assert page.status == 422 and "gone is not on offer." in page.html.split('id="e-supply_price-0"')[1]
    page = operator.send(NEW, step="take", code="may", retail=["59", "60"])
    assert page.status == 422 and "A part of this form is missing." in page.text
    operator.open(NEW)
    page = operator.send(NEW, step="take", **{**TYPED, "code": "may"})
    assert page.status == 422 and "A sale has 1 to 200 SKUs." in page.text
    assert len(known(console)) == 1


def test_goods_are_put_in_by_brand_at_a_part_of_their_prices_and_taken_out(console: Console, operator: Walker) -> None:
    with console.database.transaction() as session:
        put(session, "C", units=3)
        sizes = tuple(supply.VariantSpec(f"S-{n}", cost=yuan(3000), supply_price=yuan(4500)) for n in range(2))
        shirt = supply.ProductSpec("shirt", "Linen shirt", variants=sizes, brand="Own Loom")
        supply.put_product(session, shirt, supplier="acme", at=NOON)
    operator.open(NEW)
    page = operator.send(NEW, q="own loom", percent="70", title="Kept")
    form = page.form(NEW, title="Kept", brand="Own Loom")
    assert [value for name, value in form.fields if name == "sku"] == ["S-0", "S-1"]
    assert {("supply_price", "31.50"), ("cost", "21.00"), ("retail", ""), ("quantity", "")} <= set(form.fields)
    page = operator.send(NEW, q="own loom")
    assert [name for name, _ in page.form(NEW).fields].count("sku") == 2, "nothing is put in twice"
    page = operator.send(NEW, remove="0")
    assert [value for name, value in page.form(NEW).fields if name == "sku"] == ["S-1"]
    page = operator.send(NEW, q="linen")
    assert "Nothing is called exactly that." in page.text and ("put", "shirt") in page.form(NEW).buttons
    page = operator.send(NEW, put="shirt")
    assert [name for name, _ in page.form(NEW).fields].count("sku") == 2
    page = operator.send(NEW, put="gone")
    assert page.status == 422 and "No goods on offer have this" in page.html.split('id="e-q"')[1]
    assert operator.send(NEW, remove="-1").status == 422
    operator.open(NEW)
    page = operator.send(NEW, q="nothing like it")
    assert page.status == 422 and "No goods on offer have this" in page.html.split('id="e-q"')[1]
    page = operator.send(NEW, q="C", percent="170")
    assert page.status == 422 and 'id="e-percent"' in page.html
    assert known(console) == []


def test_what_may_be_a_mistake_is_told_and_not_refused(console: Console, operator: Walker) -> None:
    planned(console, "other", starts=20 * HOUR)
    with_a(operator)
    page = operator.send(NEW, step="look", **{**TYPED, **ROW, "quantity": "50", "retail": "89"})
    assert "A: 50 pieces are left in the sale, and 9 are free in stock." in page.text
    assert "A is also in the sale Spring (other) at the same time." in page.text
    assert "A is not recommended at less than usual." in page.text
    assert operator.send(NEW, step="take").status == 200 and len(known(console)) == 2


def test_a_sale_that_has_not_begun_is_changed(console: Console, operator: Walker) -> None:
    planned(console)
    page = operator.open("/console/sales/of/spring")
    assert "/console/sales/of/spring/change" in page.links
    path = "/console/sales/of/spring/change"
    page = operator.open(path)
    assert {("start", "2026-03-02T13:00"), ("cost", "25.00"), ("per_store", "4")} <= set(page.form(path).fields)
    page = operator.send(path, step="take", title="May", retail="49", code="other")
    assert page.url.endswith("/console/sales/of/spring?done=saved") and "planned by ben" in page.text
    [told] = known(console)
    assert (told.sale.title, told.sale.goods[0].retail, told.added_by) == ("May", yuan(4900), "ben")


def test_two_people_do_not_change_a_sale_over_each_other(console: Console, operator: Walker) -> None:
    planned(console)
    path = "/console/sales/of/spring/change"
    owner = console.person("owner", "eve")
    owner.open(path)
    operator.open(path)
    assert operator.send(path, step="take", title="May").status == 200
    page = owner.send(path, step="take", title="June")
    assert page.status == 422 and "Somebody has changed the sale spring meanwhile." in page.text
    assert known(console)[0].sale.title == "May"


def test_a_sale_that_has_begun_is_only_ended(console: Console, operator: Walker) -> None:
    planned(console)
    path = "/console/sales/of/spring"
    operator.open(path + "/change")
    console.clock.pass_by(2 * HOUR)
    page = operator.send(path + "/change", step="take", title="May")
    assert page.status == 422 and "The sale spring has begun or is over" in page.text
    assert operator.open(path + "/change").status == 409
    page = operator.open(path)
    assert path + "/change" not in page.links
    assert operator.send(path + "/end", why=" ").status == 422 and known(console)[0].state == "running"
    page = operator.send(path + "/end", why="a wrong price")
    assert "Ended early by ben" in page.text and "a wrong price" in page.text
    assert path + "/end" not in [each.action for each in page.forms]
    assert known(console)[0].state == "withdrawn"


def test_a_sale_shows_what_is_held_and_sold_of_each_sku_and_by_whom(console: Console, operator: Walker) -> None:
    planned(console, starts=-HOUR)
    shop, at = tenant_gateway(console.database, add(console.database, "north")), console.clock()
    for reference, pieces in (("1", 2), ("2", 1)):
        asked = {"customer": reference, "ttl": HOUR, "at": at, "sales": {"A": "spring"}}
        shop.hold(reference, lines(A=pieces), **asked)
    shop.confirm("2", ship_to=HOME, at=at, goods=None)
    reader = console.person("accountant", "ann")
    page = reader.open("/console/sales/of/spring")
    assert "3 / 5" in page.text and "2 / 5" in page.text and "north 2 1" in page.text
    assert "2 for each customer 4 for each storefront" in page.text
    assert [each.action for each in page.forms if "/sales/" in each.action] == []
    assert "3 of 5 gone" in reader.open("/console/sales").text


def test_sales_are_listed_by_whether_they_run_are_coming_or_over(console: Console, operator: Walker) -> None:
    assert "No sale event yet." in operator.open("/console/sales").text
    for code, starts in (("past", -20 * HOUR), ("now", -HOUR), ("soon", HOUR), ("later", 5 * HOUR)):
        with console.database.transaction() as session:
            goods = (sales.SaleGoodsSpec("A", yuan(3000), yuan(5900), 5, cost=yuan(2500)),)
            begins = console.clock() + starts
            spec = sales.SaleSpec(code, f"The {code}", "", "CNY", begins, begins, begins + 9 * HOUR, goods)
            sales.add_sale(session, spec, actor="ann", at=console.clock() - 30 * HOUR)
    page = operator.open("/console/sales")
    assert page.headings == ["Sale events", "Running", "Coming up", "Over"]
    places = [page.text.index(f"The {code}") for code in ("now", "soon", "later", "past")]
    assert places == sorted(places)


def test_a_sale_that_there_is_not_is_not_found(operator: Walker) -> None:
    for path in ("", "/change"):
        assert operator.open(f"/console/sales/of/nothing{path}").status == 404


def test_the_form_takes_as_many_goods_as_a_sale_may_have(console: Console, operator: Walker) -> None:
    with console.database.transaction() as session:
        sizes = tuple(
            supply.VariantSpec(f"S-{n}", cost=yuan(3000), supply_price=yuan(4500), suggested=yuan(9900))
            for n in range(sales.GOODS_PER_SALE_MAX)
        )
        supply.put_product(session, supply.ProductSpec("many", "Many", variants=sizes), supplier="acme", at=NOON)
    operator.open(NEW)
    operator.send(NEW, q="many", percent="80")
    quantities = ["1"] * sales.GOODS_PER_SALE_MAX
    assert operator.send(NEW, step="take", quantity=quantities, **TYPED).status == 200
    assert len(known(console)[0].sale.goods) == sales.GOODS_PER_SALE_MAX
