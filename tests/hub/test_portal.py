"""The portal of suppliers: what one sees and does there, and nothing of another's or of the stores' money."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from shared_core import supply
from shared_core.hub import Role
from shared_core.hub.portal import packing
from shared_core.hub.rights import Right
from shared_core.kernel.database import Base
from shared_core.supply import ReturnReason, settlement
from shared_core.web.going import as_step
from tests.hub.consoles import PASSWORD, Console, log_in
from tests.hub.papers import handed_in
from tests.hub.suppliers import BACK, Warehouse
from tests.hub.test_console_people import pages
from tests.hub.test_supplier_api import supplier_key
from tests.security.routes import filled
from tests.storefront.walker import Page, Walker
from tests.supply.goods import gateway
from tests.supply.test_warehouses import source
from tests.supply.test_warehouses import warehouse as warehouse_of

PRIVATE = ("40.00", "¥40", "89.00", "¥89", "The B", "bestco")
"""What the store pays, what its customer is asked for, and what another supplier has a part in."""


@pytest.fixture
def warehouse(console: Console) -> Warehouse:
    return Warehouse(console)


@pytest.fixture
def worker(warehouse: Warehouse) -> Walker:
    return warehouse.worker()


def routes(console: Console) -> list[tuple[str, str]]:
    return [(method, path) for method, path, _ in pages(console) if path.startswith("/portal")]


def open_order(walker: Walker, number: str) -> Page:
    page = walker.open(f"/portal/orders/{number}")
    assert page.status == 200
    return page


def act(walker: Walker, number: str, action: str, **typed: object) -> Page:
    open_order(walker, number)
    return walker.send(f"/portal/orders/{number}/{action}", **typed)


def rows(console: Console) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the supply side and of the books."""
    with console.database.reading() as session:
        tables = [name for name in Base.metadata.tables if name.startswith(("supply_", "ledger_"))]
        return {name: sorted(map(tuple, session.execute(text(f"SELECT * FROM {name}"))), key=str) for name in tables}


# --- whose it is ----------------------------------------------------------------------------------------------------


def test_every_page_of_the_portal_asks_for_its_right(console: Console) -> None:
    found = [asked for _, path, asked in pages(console) if path.startswith("/portal")]
    assert len(found) > 20 and all(asked == {Right.PORTAL} for asked in found)


@pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATOR, Role.ACCOUNTANT])
def test_nobody_of_the_hub_is_in_the_portal(console: Console, role: Role) -> None:
    person = console.person(role)
    for method, path in routes(console):
        path = filled(path, {"number": "x-1"})
        answer = person.client.request(method, path, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
        assert answer.status_code == 403, f"{method} {path}"


def anybodys_body(path: str, sku: str) -> dict[str, object]:
    """What would be taken if the order or return were one's own."""
    counts: dict[str, object] = dict.fromkeys(("inside", "missing", "sellable"), "1")
    counts |= dict.fromkeys(("before", "unsellable", "refused"), "0")
    return {
        **counts,
        "sku": sku,
        "carrier": "Local",
        "tracking": "T9",
        "reason": "x",
        **BACK.as_json(),
        "send_days": "9",
    }


def test_nothing_of_another_supplier_is_seen_or_changed_on_any_route(console: Console, warehouse: Warehouse) -> None:
    """The same requests, for orders and returns in every state, answered as if there were none, and no row changed."""
    mine, theirs, new = (warehouse.order(each, A=1, B=2)[1] for each in ("o1", "o2", "o3"))
    for number, order in (("R1", mine), ("R2", theirs)):
        warehouse.sent_and_delivered(order)
        warehouse.ask_back(order[:2], number, B=1)
    with console.database.transaction() as session:
        supply.returns.receive(session, "R2", actor="op", at=warehouse.now)
    worker, before = warehouse.worker("acme"), rows(console)
    asked = 0
    for method, path in routes(console):
        for number in (mine, theirs, new, "R1", "R2", "none-1"):
            if "{number}" in path:
                asked += 1
                headers = {"Sec-Fetch-Site": "same-origin"}
                body = None if method == "GET" else anybodys_body(path, "B")
                answer = worker.client.request(method, filled(path, {"number": number}), data=body, headers=headers)
                assert answer.status_code == 404, f"{method} {path} {number}: {answer.status_code}"
                assert not any(each in answer.text for each in PRIVATE)
    assert asked > 50 and rows(console) == before


def test_a_sheet_with_orders_of_another_supplier_changes_nothing_of_them(
    console: Console, warehouse: Warehouse, worker: Walker
) -> None:
    warehouse.order("o1", A=1, B=2)
    theirs = warehouse.worker("bestco").client.get("/portal/sheet.csv").content
    before = rows(console)
    page = upload(worker, fill(theirs, **{"o1-2": ("Local", "T1", "")}))
    assert page.status == 422 and "There is no supplier order o1-2." in page.text and rows(console) == before


def test_no_page_tells_prices_of_stores_or_parts_of_others(console: Console, warehouse: Warehouse) -> None:
    number, other = warehouse.order("o1", A=2, B=2)
    warehouse.sent_and_delivered(number)
    warehouse.ask_back("o1", "R1", A=1)
    with console.database.transaction() as session:
        supply.returns.receive(session, "R1", actor="op", at=warehouse.now)
        supply.returns.inspect(session, "R1", [supply.Inspected("A", 1, 0, 0)], actor="op", at=warehouse.now)
    worker, seen = warehouse.worker("acme"), 0
    [document] = handed_in(console, worker, "a")
    for method, path in routes(console):
        if method == "GET":
            number_in_path = "R1" if "returns" in path else number
            values = {"number": number_in_path, "month": "2026-03", "document": str(document)}
            for query in ({}, {"tab": "sent"}, {"tab": "ended"}, {"q": "o1"}):
                answer = worker.client.get(filled(path, values), params=query)
                assert answer.status_code in (200, 422), path
                assert not [each for each in (*PRIVATE, other) if each in answer.text], path
                seen += "o1-1" in answer.text or "R1" in answer.text
    assert seen > 8


def test_the_menu_and_the_way_in_lead_to_the_portal(warehouse: Warehouse, worker: Walker) -> None:
    page = worker.open("/")
    assert page.url.endswith("/portal") and page.headings[0] == "Orders"
    assert "/portal/returns" in page.links and not [each for each in page.links if each.startswith("/console")]
    assert worker.open("/console").status == 403
    assert "/portal" in worker.open("/account").links


def test_an_owner_lets_somebody_of_a_supplier_in(console: Console, warehouse: Warehouse) -> None:
    owner = console.person()
    owner.open("/console/staff")
    assert owner.send("/console/staff", name="wang", role="supplier", supplier="").status == 422
    assert owner.send("/console/staff", name="wang", role="operator", supplier="acme").status == 422
    page = owner.send("/console/staff", name="wang", role="supplier", supplier="acme")
    password = page.html.split('id="secret" readonly value="')[1][:16]
    page = log_in(console.browser(), "wang", password, new=PASSWORD)
    assert page.url.endswith("/portal") and page.headings[0] == "Orders"


def test_pages_of_the_portal_speak_chinese(warehouse: Warehouse, worker: Walker) -> None:
    warehouse.order("o1", A=1)
    assert worker.open("/portal?lang=zh-CN").headings[0] == "订单"
    assert "装箱单" in worker.open("/portal/orders/o1-1/slip").text


# --- orders ---------------------------------------------------------------------------------------------------------


def test_late_orders_are_first_and_marked(console: Console, warehouse: Warehouse) -> None:
    warehouse.order("early-without-a-promise", A=1)
    warehouse.promise()
    warehouse.order("later", A=1)
    console.clock.pass_by(timedelta(days=1))
    warehouse.order("fresh", A=1)
    console.clock.pass_by(timedelta(days=1))
    worker = warehouse.worker()
    page = worker.open("/portal")
    numbers = [each.rpartition("/")[2] for each in page.links if each.startswith("/portal/orders/")]
    assert numbers == ["later-1", "fresh-1", "early-without-a-promise-1"] and page.text.count(" late ") == 1
    assert "New 3" in page.text
    problems = worker.open("/portal?tab=problems")
    assert "later-1" in problems.text and "fresh-1" not in problems.text
    assert "fresh-1" in worker.open("/portal?q=FRESH").text and "fresh-1" not in worker.open("/portal?q=%25").text


def test_orders_are_shown_page_by_page(console: Console, warehouse: Warehouse, worker: Walker) -> None:
    for place in range(51):
        with console.database.transaction() as session:
            supply.receive_stock(session, sku="A", quantity=1, reference=f"more-{place}", at=warehouse.now)
        warehouse.order(f"o{place:02}", A=1)
    first = worker.open("/portal")
    assert "o49-1" in first.text and "o50-1" not in first.text
    second = worker.open("/portal?tab=new&page=2")
    assert "o50-1" in second.text and "o49-1" not in second.text
    assert "/portal?tab=new&page=2" in first.links and "/portal?tab=new&page=1" in second.links


def test_an_order_is_accepted_and_sent_in_two_boxes_and_arrives(warehouse: Warehouse, worker: Walker) -> None:
    [number] = warehouse.order("o1", A=2, A2=1)
    page = act(worker, number, "accept")
    assert "Saved." in page.text and number in worker.open("/portal?tab=to_send").text
    page = act(worker, number, "ship", carrier="顺丰", tracking="sf 1234567890123", inside=["2", "0"])
    assert "SF1234567890123" in page.text and "All sent" not in page.text
    for _ in range(2):  # sent twice: it changes nothing
        assert act(worker, number, "ship", carrier="Local", tracking="T2", inside=["1"]).status == 200 or _
        if not warehouse.seen(number).lines[1].to_send:
            break
    assert [each.to_send for each in warehouse.seen(number).lines] == [0, 0]
    worker.open(f"/portal/orders/{number}")
    worker.send(f"/portal/orders/{number}/deliver", having={"tracking": "T2"})
    page = worker.send(f"/portal/orders/{number}/deliver", having={"tracking": "SF1234567890123"})
    steps = [(each.what, each.actor) for each in warehouse.seen(number).steps]
    assert steps == [
        ("placed", ""),
        *((what, "acme-worker") for what in ("accepted", "part_shipped", "shipped", "part_delivered", "delivered")),
    ]
    assert "All arrived" in page.text and number in worker.open("/portal?tab=sent").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"carrier": "SF", "tracking": "12", "inside": ["1"]}, "its numbers look like SF1234567890123"),
        ({"carrier": "Local", "tracking": "T1", "inside": ["0"]}, "at least one"),
        ({"carrier": "Local", "tracking": "T1", "inside": ["3"]}, "2"),
        ({"carrier": "Local", "tracking": "T1", "inside": ["many"]}, "whole numbers"),
        ({"carrier": "Local", "tracking": "T1", "inside": ["1", "1"]}, "whole numbers"),
        ({"carrier": "Local", "tracking": "T1", "inside": ["1"], "sku": ["B"]}, "B"),
    ],
)
def test_a_box_that_cannot_be_is_refused_and_nothing_changes(
    console: Console, warehouse: Warehouse, worker: Walker, typed: dict[str, object], said: str
) -> None:
    [number] = warehouse.order("o1", A=2)
    before = rows(console)
    page = act(worker, number, "ship", **typed)
    assert page.status == 422 and said in page.text and rows(console) == before


def test_pieces_that_never_come_are_reported_once_however_often_the_form_is_sent(
    warehouse: Warehouse, worker: Walker
) -> None:
    [number] = warehouse.order("o1", A=3)
    open_order(worker, number)
    form = worker.page
    for _ in range(2):
        worker.page = form
        page = worker.send(f"/portal/orders/{number}/short", missing=["1"], reason="broken")
        assert page.status == 200
    assert (warehouse.seen(number).lines[0].short, warehouse.seen(number).lines[0].to_send) == (1, 2)
    assert "“broken”" in page.text and number in worker.open("/portal?tab=problems").text
    page = act(worker, number, "short", missing=["1"], reason=" ")
    assert page.status == 422 and "Please say why" in page.text
    act(worker, number, "short", missing=["2"], reason="none left")
    assert warehouse.seen(number).detail.state == "cancelled"


def test_an_order_is_rejected_with_a_reason_that_the_store_hears(warehouse: Warehouse, worker: Walker) -> None:
    [number] = warehouse.order("o1", A=3)
    assert act(worker, number, "reject").status == 422
    assert act(worker, number, "reject", reason="sold out here").status == 200
    [event] = warehouse.store.events().events
    assert (event.kind, event.reason) == ("cancelled", "sold out here")
    assert warehouse.seen(number).steps[-1].actor == "acme-worker"


def test_the_packing_slip_has_the_address_and_the_pieces(warehouse: Warehouse, worker: Walker) -> None:
    [number] = warehouse.order("o1", A=3)
    act(worker, number, "short", missing=["1"], reason="broken")
    page = worker.open(f"/portal/orders/{number}/slip")
    assert page.status == 200 and "Wei Lin" in page.text and "1 Long Lane" in page.text
    assert "The A A 2" in page.text


# --- sheets ---------------------------------------------------------------------------------------------------------


def fill(sheet: bytes, **orders: tuple[str, str, str]) -> bytes:
    """The sheet with (carrier, tracking, short) of these orders filled in."""
    table = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
    for row in table:
        row["carrier"], row["tracking"], row["short"] = orders.get(row["order"], ("", "", ""))
    text_ = io.StringIO()
    writer = csv.DictWriter(text_, table[0].keys())
    writer.writeheader()
    writer.writerows(table)
    return text_.getvalue().encode("utf-8-sig")


def upload(walker: Walker, content: bytes) -> Page:
    token = walker.open("/portal/sheet").form("/portal/sheet").fields[0][1]
    return Page(walker.client.post("/portal/sheet", data={"csrf_token": token}, files={"sheet": ("s.csv", content)}))


def test_a_sheet_goes_out_and_comes_back(warehouse: Warehouse, worker: Walker) -> None:
    good, bad, untouched = (warehouse.order(f"o{place}", A=2, B=1)[0] for place in (1, 2, 3))
    sheet = worker.client.get("/portal/sheet.csv")
    assert sheet.headers["content-type"].startswith("text/csv") and b"o1-2" not in sheet.content
    filled_in = fill(sheet.content, **{good: ("Local", "T1", "1"), bad: ("SF", "12", "")})
    page = upload(worker, filled_in)
    assert page.status == 422 and "orders that moved on 1" in page.text and "Line 3" in page.text
    assert warehouse.seen(good).detail.state == "shipped" and warehouse.seen(bad).detail.state == "placed"
    assert {each.actor for each in warehouse.seen(good).steps[1:]} == {"acme-worker"}
    assert warehouse.seen(untouched).detail.state == "placed"
    again = upload(worker, filled_in)
    assert "orders that moved on 0" in again.text and "nothing new 1" in again.text


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "Choose a file"), (b"a,b\r\n1,2\r\n", "column"), (b"PK\x03\x04", "")]
)
def test_a_file_that_is_no_sheet_is_refused(
    console: Console, warehouse: Warehouse, worker: Walker, content: bytes, said: str
) -> None:
    warehouse.order("o1", A=2)
    before = rows(console)
    page = upload(worker, content)
    assert page.status == 422 and said in page.text and rows(console) == before


def test_a_large_sheet_is_read_and_a_larger_one_refused(warehouse: Warehouse, worker: Walker) -> None:
    warehouse.order("o1", A=2)
    sheet = worker.client.get("/portal/sheet.csv").content
    head, row = sheet.splitlines()[:2]
    page = upload(worker, b"\r\n".join([head, *[row] * 3000]))
    assert page.status == 200 and "rows not taken 0" in page.text
    assert upload(worker, sheet + b"x" * 2_200_000).status in (400, 413)


# --- returns --------------------------------------------------------------------------------------------------------


@pytest.fixture
def back(warehouse: Warehouse) -> Iterator[str]:
    """A return of two A, asked for by a customer who wants new ones."""
    [number] = warehouse.order("o1", A=3)
    warehouse.sent_and_delivered(number)
    warehouse.ask_back("o1", "north:R1", remedy="replacement", A=2)
    yield f"/portal/returns/{quote('north:R1', safe='')}"


def state(warehouse: Warehouse) -> supply.ReturnView:
    with warehouse.console.database.reading() as session:
        return supply.returns.detail(session, "north:R1").returned


def form_to(walker: Walker, address: str, action: str) -> str:
    """The action of the form as it stands on the page."""
    page = walker.open(address)
    return next(each.action for each in page.forms if each.action.endswith(action))


def test_a_return_is_authorised_received_inspected_and_replaced(
    warehouse: Warehouse, worker: Walker, back: str
) -> None:
    assert "north:R1" in worker.open("/portal/returns").text
    page = worker.open(back)
    assert "“the lid is cracked”" in page.text and "wants new ones" in page.text
    page = worker.send(form_to(worker, back, "/authorise"), name="Desk")
    assert page.status == 422 and "Write down where the pieces go" in page.text
    fields = BACK.as_json() | {"send_days": "9"}
    page = worker.send(form_to(worker, back, "/authorise"), **fields)
    assert page.status == 200 and "9 Dock Road" in page.text and state(warehouse).address == BACK
    worker.send(form_to(worker, back, "/received"))
    page = worker.send(form_to(worker, back, "/inspected"), sellable=["1"], unsellable=["0"], refused=["0"])
    assert page.status == 422 and state(warehouse).state == "received"
    free = warehouse_free(warehouse)
    page = worker.send(
        form_to(worker, back, "/inspected"), sellable=["1"], unsellable=["0"], refused=["1"], said="one is fine"
    )
    assert page.status == 200 and "1 to sell again, 0 not, 1 refused" in page.text
    assert warehouse_free(warehouse) == free  # one back, one new one gone
    page = worker.send(form_to(worker, back, "/replacement"), carrier="Local", tracking="N1")
    assert "N1" in page.text
    page = worker.send(form_to(worker, back, "/replacement/delivered"))
    new = state(warehouse).new_box
    assert new is not None and new.delivered_at is not None
    with warehouse.console.database.reading() as session:
        steps = supply.returns.detail(session, "north:R1").steps
    assert [(each.state, each.actor) for each in steps[1:]] == [
        (each, "acme-worker") for each in ("authorised", "received", "settled")
    ]
    assert ("return_made_good", "acme-worker") in [(each.what, each.actor) for each in warehouse.seen("o1-1").steps]


def warehouse_free(warehouse: Warehouse) -> int:
    with warehouse.console.database.reading() as session:
        return supply.level(session, sku="A").free


def test_a_return_is_declined_with_a_reason(warehouse: Warehouse, worker: Walker, back: str) -> None:
    assert worker.send(form_to(worker, back, "/decline")).status == 422
    page = worker.send(form_to(worker, back, "/decline"), reason="worn for months")
    assert page.status == 200 and state(warehouse).said == "worn for months"
    assert "north:R1" in worker.open("/portal/returns?tab=ended").text


def test_what_never_arrived_is_settled_without_a_box(warehouse: Warehouse, worker: Walker) -> None:
    [number] = warehouse.order("o1", A=2)
    warehouse.sent_and_delivered(number)
    warehouse.ask_back("o1", "north:R1", ReturnReason.NEVER_ARRIVED, A=2)
    address = "/portal/returns/north%3AR1"
    page = worker.open(address)
    assert not [each for each in page.forms if each.action.endswith(("/authorise", "/received"))]
    page = worker.send(form_to(worker, address, "/inspected"))
    assert page.status == 200 and state(warehouse).state == "settled"


# --- months, goods, terms -------------------------------------------------------------------------------------------


def test_the_month_says_what_is_owed_on_the_page_and_in_the_sheet(console: Console, warehouse: Warehouse) -> None:
    warehouse.order("o1", A=2, B=1)
    page = warehouse.worker().open("/portal/statements")
    assert page.status == 200 and "Owed to you: CN¥72.00" in page.text and "so far" in page.text
    console.clock.pass_by(timedelta(days=31))
    with console.database.transaction() as session:
        settlement.close_months(session, zone=console.hub.zone, at=console.clock())
    warehouse.order("o2", A=1)
    log_in(worker := console.browser(), "acme-worker", PASSWORD)
    page = worker.open("/portal/statements?month=2026-03")
    assert "closed" in page.text and "CN¥72.00" in page.text and "o2" not in page.text
    assert worker.open("/portal/statements").text.count("CN¥108.00") > 0
    sheet = list(csv.DictReader(io.StringIO(worker.client.get("/portal/statements/2026-03.csv").text)))
    assert [(row["kind"], row["reference"], row["balance"]) for row in sheet] == [
        ("opening", "", "0.00"),
        ("charge", "o1", "72.00"),
        ("closing", "", "72.00"),
    ]
    assert worker.open("/portal/statements?month=2025-01").status == 404


def test_goods_are_the_supplier_s_own_with_their_stock(warehouse: Warehouse, worker: Walker) -> None:
    warehouse.order("o1", A=2)
    page = worker.open("/portal/goods")
    assert "The A A 48 0 2 on offer" in page.text and "The A2" in page.text and "The B" not in page.text
    page = worker.open("/portal/goods?q=a2")
    assert "The A2" in page.text and "The A A" not in page.text
    assert "No goods here." in worker.open("/portal/goods?q=zzz").text


def test_terms_say_what_was_promised(console: Console, warehouse: Warehouse, worker: Walker) -> None:
    assert "Nothing was promised" in worker.open("/portal/terms").text
    warehouse.promise()
    with console.database.transaction() as session:
        supply.returns.set_terms(session, supplier="acme", terms=supply.returns.ReturnTerms(BACK))
    page = worker.open("/portal/terms")
    assert "16:00" in page.text and "1 working day more" in page.text and "9 Dock Road" in page.text


def test_a_suspended_supplier_finishes_its_orders(console: Console, warehouse: Warehouse, worker: Walker) -> None:
    [number] = warehouse.order("o1", A=2)
    with console.database.transaction() as session:
        supply.move_supplier(
            session,
            supplier="acme",
            to=supply.SupplierState.SUSPENDED,
            actor="op",
            reason="late",
            zone=console.hub.zone,
            at=warehouse.now,
        )
    assert act(worker, number, "ship", carrier="Local", tracking="T1", inside=["2"]).status == 200


def test_who_was_a_moment_slower_than_a_move_does_nothing_to_the_order(
    console: Console, warehouse: Warehouse, worker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    [number] = warehouse.order("o1", A=2)
    with console.database.transaction() as session:
        source(session, "A", "second", 3000)
        warehouse_of(session, "second", "gz", A=5)
    quick = packing.attempt

    def after_the_move(*args: Any) -> str:
        with console.database.transaction() as session:
            supply.move_order(session, number, to="second", reason="late", actor="core", at=warehouse.now)
        return quick(*args)

    monkeypatch.setattr(packing, "attempt", after_the_move)
    assert act(worker, number, "accept").status == 404
    assert warehouse.seen(number, "second").detail.state == "placed"


def test_the_store_hears_what_was_done_and_not_by_whom(warehouse: Warehouse, worker: Walker) -> None:
    [number] = warehouse.order("o1", A=2)
    act(worker, number, "ship", carrier="Local", tracking="T1", inside=["2"])
    [event] = gateway(warehouse.console.database).events().events
    assert event.kind == "shipped" and "acme-worker" not in repr(event)


def test_a_form_of_another_site_is_refused_on_every_route(console: Console, warehouse: Warehouse) -> None:
    number, *_ = warehouse.order("o1", A=1)
    worker, before, asked = warehouse.worker(), rows(console), 0
    for method, path in routes(console):
        if method == "POST":
            asked += 1
            for headers in ({"Sec-Fetch-Site": "cross-site"}, {}):
                body = anybodys_body(path, "A")
                answer = worker.client.post(filled(path, {"number": number}), data=body, headers=headers)
                assert answer.status_code == 403, path
    assert asked > 10 and rows(console) == before


# --- what stores call things ----------------------------------------------------------------------------------------

STRANGE = ("a/b", "a/../b", "100%", "50%2F", "a?b=1", "a#b", "a b", "样例/1", "~2F", "a~7Eb", "a;b&c")


@pytest.mark.parametrize("reference", STRANGE)
def test_whatever_a_store_calls_it_its_page_is_found_and_works(
    console: Console, warehouse: Warehouse, worker: Walker, reference: str
) -> None:
    [number] = warehouse.order(reference, A=2)
    owner = console.person()
    for walker, home in ((owner, "/console"), (worker, "/portal")):
        listed = walker.open("/console/orders" if walker is owner else home)
        [link] = [each for each in listed.links if each.startswith(f"{home}/orders/")]
        page = walker.open(link)
        assert page.status == 200 and number in page.text
    sent = worker.send(form_to(worker, link, "/accept"))
    assert sent.status == 200 and number in sent.text
    box = {"carrier": "Local", "tracking_number": "X1", "tracking": "X1"}
    done = owner.send(form_to(owner, f"/console{link.removeprefix('/portal')}", "/ship"), count="2", **box)
    assert done.status == 200 and "X1" in done.text
    warehouse.ask_back(reference, reference, A=1)
    [link] = [each for each in worker.open("/portal/returns").links if each.startswith("/portal/returns/")]
    assert worker.open(link).status == 200
    assert worker.send(form_to(worker, link, "/decline"), why="no", reason="no", said="no").status == 200
    api = TestClient(console.app, headers={"Authorization": f"Bearer {supplier_key(console, 'acme')}"})
    assert api.get(f"/supplier/v1/orders/{as_step(number)}").json()["number"] == number
