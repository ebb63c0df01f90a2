"""The daily work in a hub's console: storefronts, suppliers, their orders."""

from datetime import time, timedelta

import pytest

from shared_core import supply
from shared_core.hub.steps import STEPS
from shared_core.supply import tenancy
from tests.hub.consoles import Console
from tests.hub.hubs import tenant_gateway
from tests.storefront.walker import Page, Walker
from tests.supply.goods import HOME, stocked
from tests.supply.papers import in_order


@pytest.fixture
def owner(console: Console) -> Walker:
    return console.person(name="ann")


def add_north(owner: Walker, **terms: str) -> Page:
    owner.open("/console/tenants")
    typed = {"code": "north", "name": "North", "fee": "2.5", "credit": "1000", **terms}
    return owner.send("/console/tenants", having={"code": ""}, **typed)


def buy(console: Console, reference: str = "1001", **pieces: int) -> str:
    """A paid order of the storefront north; the number of its supplier order."""
    with console.database.reading() as session:
        agreed = tenancy.tenant(session, "north").terms
    terms = supply.Terms("north", "CNY", agreed.platform_fee_bps, agreed.limits, tenant=True)
    shop, at = tenant_gateway(console.database, terms), console.clock()
    lines = [supply.HoldLine(sku, count) for sku, count in pieces.items()]
    shop.hold(reference, lines, customer="c", ttl=timedelta(minutes=5), at=at)
    [order] = shop.confirm(reference, ship_to=HOME, at=at, goods=None).supplier_orders
    return f"north.{order.number}"  # the storefront knows it without its own name


def test_a_storefront_is_added_and_its_key_opens_the_api(console: Console, owner: Walker) -> None:
    page = add_north(owner)
    assert page.status == 200 and "The key, shown this once" in page.text
    key = page.html.split('id="secret" readonly value="')[1].split('"')[0]
    told = owner.client.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).json()
    assert (told["store"], told["platform_fee_bps"], told["credit_limit"]["minor"]) == ("north", 250, 100_000)
    assert key not in owner.open("/console/tenants/north").html
    page = add_north(owner)
    assert page.status == 422 and "The hub supplies a store north already" in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"fee": "101"}, "a percentage between 0 and 100"),
        ({"fee": "two"}, "a percentage between 0 and 100"),
        ({"credit": "1e3"}, "is not an amount of CNY"),
        ({"open_holds": "-1"}, "is not a whole number"),
        ({"open_holds": "0"}, "open_holds_max cannot be 0"),
        ({"code": "No Such"}, "No Such"),
    ],
)
def test_terms_that_are_none_are_refused_and_stay_in_the_form(
    console: Console, owner: Walker, typed: dict[str, str], said: str
) -> None:
    owner.open("/console/tenants")
    whole = {"code": "north", "name": "North", "fee": "2", "credit": "", **typed}
    page = owner.send("/console/tenants", having={"code": ""}, **whole)
    assert page.status == 422 and said in page.text
    assert page.form("/console/tenants", code=whole["code"], name="North")
    with console.database.reading() as session:
        assert tenancy.all_tenants(session) == []


def test_terms_are_agreed_anew_and_the_history_says_what_they_were(console: Console, owner: Walker) -> None:
    add_north(owner)
    owner.open("/console/tenants/north")
    page = owner.send("/console/tenants/north/terms", fee="3", credit="")
    assert "other terms · ann" in page.text and "platform fee 2.5% → 3%" in page.text
    assert "credit limit CN¥1,000.00 → no limit" in page.text
    assert owner.send("/console/tenants/north/terms", fee="300").status == 422


def test_a_storefront_is_suspended_with_a_reason_and_taken_back(console: Console, owner: Walker) -> None:
    add_north(owner)
    operator = console.person("operator", "ben")
    operator.open("/console/tenants/north")
    assert operator.send("/console/tenants/north/suspend", why=" ").status == 422
    page = operator.send("/console/tenants/north/suspend", why="unpaid")
    assert "suspended: unpaid · ben" in page.text
    assert "Storefronts that are suspended: 1" in operator.open("/console").text
    operator.open("/console/tenants/north")
    page = operator.send("/console/tenants/north/resume", why="paid")
    assert "orders are taken again: paid · ben" in page.text
    assert "/console/tenants/north/terms" not in [form.action for form in page.forms]


def test_a_key_is_changed_over(console: Console, owner: Walker) -> None:
    first = add_north(owner).html.split('id="secret" readonly value="')[1].split('"')[0]
    page = owner.send("/console/tenants/north/keys")
    assert page.html.count("/revoke") == 2
    owner.send(f"/console/tenants/north/keys/{first.split('_')[1]}/revoke")
    assert owner.client.get("/api/v1/me", headers={"Authorization": f"Bearer {first}"}).status_code == 401


def test_a_missing_storefront_supplier_or_order_is_not_found(owner: Walker) -> None:
    for path in ("/console/tenants/nobody", "/console/suppliers/nobody", "/console/orders/nobody-1"):
        assert owner.open(path).status == 404


def test_a_supplier_comes_aboard_step_by_step(console: Console, owner: Walker) -> None:
    owner.open("/console/suppliers")
    page = owner.send("/console/suppliers", code="brook", name="Brook", freight="6", why="met at the fair")
    assert page.headings[0].startswith("Brook") and "applied met at the fair · ann" in page.text
    assert "Suppliers who come aboard: 1" in owner.open("/console").text
    owner.open("/console/suppliers/brook")
    assert owner.send("/console/suppliers/brook/state", to="live", why="at once").status == 409
    in_order(console.database, "brook", at=console.clock())
    for step in ("documents", "terms"):
        owner.open("/console/suppliers/brook")
        assert owner.send("/console/suppliers/brook/state", to=step, why="seen").status == 200
    assert "goods" in owner.send("/console/suppliers/brook/state", to="first_feed", why="seen").text
    page = owner.send("/console/suppliers/brook/state", to="ended", why="no goods came")
    assert "/console/suppliers/brook/state" not in [form.action for form in page.forms]
    owner.open("/console/suppliers")
    assert owner.send("/console/suppliers", code="brook", name="B", freight="1", why="again").status == 422


def test_a_supplier_promises_when_it_sends(console: Console, owner: Walker) -> None:
    stocked(console.database, {"A": 1})
    owner.open("/console/suppliers/acme")
    typed = {"cut_off": "16:30", "ship_days": "1", "day": [1, 2, 3]}
    page = owner.send("/console/suppliers/acme/promise", **typed)
    assert page.status == 200 and "16:30 (Asia/Shanghai)" in page.text
    with console.database.reading() as session:
        kept = supply.promise_of(session, supplier="acme")
    assert kept == supply.Promise(time(16, 30), "Asia/Shanghai", 1, frozenset({1, 2, 3}))
    for wrong in ({"cut_off": "24:00"}, {"ship_days": "99"}, {"day": [9]}, {"day": []}):
        owner.open("/console/suppliers/acme")
        assert owner.send("/console/suppliers/acme/promise", **(typed | wrong)).status == 422
    with console.database.reading() as session:
        assert supply.promise_of(session, supplier="acme") == kept


def test_what_a_supplier_charges_for_sending_is_shown_and_changed(console: Console, owner: Walker) -> None:
    stocked(console.database, {"A": 1, "B": 1})
    page = owner.open("/console/suppliers/acme")
    assert "The same for every parcel" in page.text
    rule = '[[template.rule]]\nregions = ["西藏"]\namount = "20"\n'
    rule += '[[template.rule]]\namount = "6"\nfree_from_pieces = 3\n'
    written = f'[[template]]\nsupplier = "acme"\ncode = "all"\nby = "piece"\nstandard = true\n{rule}'
    page = owner.send("/console/suppliers/acme/freight", templates=written)
    assert page.status == 200 and "Tibet" in page.text and "free from 3 pieces" in page.text
    faulty = [written.replace(*each) for each in (("西藏", "Tibett"), ("acme", "bestco"), ("by", "bye"))]
    for wrong in (*faulty, "["):
        owner.open("/console/suppliers/acme")
        refused = owner.send("/console/suppliers/acme/freight", templates=wrong)
        assert refused.status == 422, refused.text
    with console.database.reading() as session:
        [kept] = supply.freight_templates(session)
    assert (kept.supplier, kept.code, kept.template.rules[1].free_pieces) == ("acme", "all", 3)


def test_orders_are_found_by_state_lateness_storefront_and_supplier(console: Console, owner: Walker) -> None:
    add_north(owner)
    stocked(console.database, {"A": 50})
    with console.database.transaction() as session:
        promise = supply.Promise(cut_off=time(16), zone="Asia/Shanghai", ship_days=0)
        [who] = supply.suppliers(session)
        supply.set_promise(session, supplier=who.code, promise=promise)
    first, second = buy(console, "1001", A=1), buy(console, "1002", A=1)
    assert first in owner.open("/console/orders").text and second in owner.open("/console/orders").text
    assert first not in owner.open("/console/orders?show=late").text
    console.clock.pass_by(timedelta(days=3))
    owner = console.person(name="eve")
    assert first in owner.open("/console/orders?show=late").text
    assert "Supplier orders that are late: 2" in owner.open("/console").text
    assert (
        first in owner.open("/console/orders?q=1001").text and second not in owner.open("/console/orders?q=1001").text
    )
    assert first in owner.open(f"/console/orders?supplier={who.code}&store=north").text
    assert "No orders here." in owner.open("/console/orders?store=south").text
    assert "No orders here." in owner.open("/console/orders?show=delivered").text
    assert owner.open("/console/orders?show=everything").status == 422


def test_orders_are_shown_page_by_page(console: Console, owner: Walker) -> None:
    add_north(owner)
    stocked(console.database, {"A": 50})
    numbers = [buy(console, str(2000 + each), A=1) for each in range(5)]
    with console.database.reading() as session:
        seen, before = [], None
        while True:
            found = supply.supplier_order_page(session, before=before, limit=2)
            seen += [each.number for each in found.orders]
            before = found.before
            if before is None:
                break
    assert seen == numbers[::-1]


def test_an_order_is_accepted_sent_in_boxes_and_delivered(console: Console, owner: Walker) -> None:
    add_north(owner)
    stocked(console.database, {"A": 50})
    number = buy(console, A=3)
    path = f"/console/orders/{number}"
    owner.open(path)
    assert owner.send(path + "/accept").status == 200
    box = {"carrier": "SF", "tracking_number": "SF1234567890123"}
    assert owner.send(path + "/ship", count="9", **box).status == 409
    assert owner.send(path + "/ship", count="1", **(box | {"tracking_number": "12"})).status == 409
    assert owner.send(path + "/ship", count="0", **box).status == 409
    page = owner.send(path + "/ship", count="2", **box)
    assert "A box was sent SF SF1234567890123 · 2 × A · ann" in page.text
    page = owner.send(path + "/short", count="1", why="damaged in the store")
    assert "Some pieces never come 1 × A · damaged in the store" in page.text
    page = owner.send(path + "/deliver")
    assert "delivered" in page.headings[0] and not [each for each in page.forms if each.action.endswith("/ship")]


def test_an_order_of_which_something_comes_back_can_still_be_seen(console: Console, owner: Walker) -> None:
    assert set(STEPS) >= set(supply.EventKind), "whatever happens to an order can be said"
    add_north(owner)
    stocked(console.database, {"A": 50})
    number = buy(console, A=1)
    north = tenant_gateway(console.database, supply.Terms("north", "CNY", tenant=True))
    with console.database.transaction() as session:
        supply.ship(session, number=number, carrier="Local", tracking_number="1", at=console.clock())
        supply.deliver(session, number=number, at=console.clock())
    asked = {"reason": supply.ReturnReason.DAMAGED, "remedy": supply.Remedy.MONEY, "words": "", "at": console.clock()}
    back = north.request_return("1001", [supply.HoldLine("A", 1)], number="R1", **asked)
    with console.database.transaction() as session:
        supply.returns.decline(session, "north.R1", reason="worn", actor="bo", at=console.clock())
    page = owner.open(f"/console/orders/{number}")
    assert page.status == 200 and "A return was declined" in page.text and back.state == "requested"


def test_the_same_report_of_missing_pieces_twice_changes_nothing(console: Console, owner: Walker) -> None:
    add_north(owner)
    stocked(console.database, {"A": 50})
    number = buy(console, A=3)
    path = f"/console/orders/{number}"
    page = owner.open(path)
    for _ in range(2):
        owner.page = page
        assert owner.send(path + "/short", count="1", why="damaged").status == 200
    with console.database.reading() as session:
        [line] = supply.supplier_order_story(session, number).lines
    assert (line.short, line.to_send) == (1, 2)


def test_an_order_that_cannot_come_is_cancelled_with_a_reason(console: Console, owner: Walker) -> None:
    add_north(owner)
    stocked(console.database, {"A": 50})
    number = buy(console, A=1)
    path = f"/console/orders/{number}"
    owner.open(path)
    assert owner.send(path + "/cancel", why="").status == 409
    page = owner.send(path + "/cancel", why="burnt down")
    assert "cancelled" in page.headings[0] and "burnt down" in page.text


def test_the_books_are_proved_on_demand(console: Console, owner: Walker) -> None:
    add_north(owner)
    assert "The books balance." in owner.open("/console/books").text
