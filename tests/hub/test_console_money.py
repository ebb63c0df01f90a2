"""Money and goods in a hub's console: payments, statements, objections; stock and feeds."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from shared_core import supply
from shared_core.kernel.money import Money
from shared_core.supply import settlement, tenancy
from tests.hub.consoles import Console
from tests.hub.hubs import add, tenant_gateway
from tests.storefront.walker import Page, Walker
from tests.supply.goods import HOME, discrepancies, lines, stocked, where

FEED = b"sku,title,cost,price,quantity\nLAMP-1,Reading lamp,40,89,12\nLAMP-2,Desk lamp,x,99,5\n"
NORTH = settlement.Party(settlement.PartyKind.TENANT, "north")


@pytest.fixture
def bo(console: Console) -> Walker:
    """The accountant; north has bought two pieces for 80.00, and freight of 8.00."""
    stocked(console.database, {"A": 10})
    shop = tenant_gateway(console.database, add(console.database, "north"))
    shop.hold("1001", lines(A=2), customer="c", ttl=timedelta(minutes=5), at=console.clock())
    shop.confirm("1001", ship_to=HOME, at=console.clock(), goods=None)
    return console.person("accountant", "bo")


def owed(console: Console) -> int:
    with console.database.reading() as session:
        return tenancy.tenant_owes(session, "north", "CNY").minor


def pay(walker: Walker, **typed: str) -> Page:
    walker.open("/console/money")
    whole = {"party": "tenant", "code": "north", "amount": "50", "number": "T-1", **typed}
    return walker.send("/console/money", **whole)


def test_a_payment_is_written_down_once_and_taken_back(console: Console, bo: Walker) -> None:
    before = owed(console)
    for _ in range(2):
        page = pay(bo)
    assert page.status == 200 and "· bo" in page.text and owed(console) == before - 5_000
    assert pay(bo, amount="51").status == 422 and owed(console) == before - 5_000
    bo.open("/console/money")
    assert bo.send("/console/money/reverse", why=" ").status == 422
    bo.open("/console/money")
    page = bo.send("/console/money/reverse", why="it bounced")
    assert "taken back it bounced · bo" in page.text and owed(console) == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "1,5x"}, "is not an amount of CNY"),
        ({"amount": "0"}, "more than nothing"),
        ({"code": "nobody"}, "supplies no store nobody"),
        ({"party": "supplier", "code": "nobody"}, "nobody"),
        ({"number": ""}, "transaction number"),
    ],
)
def test_a_payment_that_is_none_is_refused(console: Console, bo: Walker, typed: dict[str, str], said: str) -> None:
    before, page = owed(console), pay(bo, **typed)
    assert page.status == 422 and owed(console) == before
    assert said.lower() in page.text.lower()


def test_suppliers_and_carriers_are_paid_too(console: Console, bo: Walker) -> None:
    pay(bo, party="supplier", code="acme", number="S-1")
    page = pay(bo, party="carrier", code="", number="C-1")
    assert "to a supplier acme" in page.text and "for carriage" in page.text


def test_payments_are_shown_page_by_page(console: Console, bo: Walker) -> None:
    with console.database.transaction() as session:
        for each in range(5):
            amount, at = Money(100 + each, "CNY"), console.clock()
            settlement.record_payment(session, NORTH, amount, number=f"P-{each}", actor="op", at=at)
    with console.database.reading() as session:
        first = settlement.payments_page(session, limit=3)
        second = settlement.payments_page(session, before=first.before, limit=3)
    assert [each.number for each in (*first.payments, *second.payments)] == [f"P-{each}" for each in range(4, -1, -1)]
    assert second.before is None


def test_a_statement_is_read_and_taken_away_as_csv(console: Console, bo: Walker) -> None:
    pay(bo)
    page = bo.open("/console/money/statement?party=tenant&code=north")
    assert page.headings[0].startswith("north · 2026-03") and "not closed yet" in page.text
    assert "CN¥88.00" in page.text and "CN¥38.00" in page.text
    answer = bo.client.get("/console/money/statement.csv?party=tenant&code=north")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(each["kind"], each["balance"]) for each in rows] == [
        ("opening", "0.00"),
        ("charge", "88.00"),
        ("payment", "38.00"),
        ("closing", "38.00"),
    ]
    assert "north-2026-03.csv" in answer.headers["content-disposition"]
    assert bo.open("/console/money/statement?party=supplier&code=acme").status == 200
    assert bo.open("/console/money/statement?party=tenant&code=nobody").status == 404
    assert bo.open("/console/money/statement?party=tenant&code=north&month=1999-01").status == 404
    assert bo.open("/console/money/statement?party=tenant&code=north&month=2026-3").status == 422
    assert bo.open("/console/money/statement?party=tenant&code=north&month=2026-13").status == 404


def test_closed_months_stay_to_be_read(console: Console, bo: Walker) -> None:
    console.clock.now = datetime(2026, 4, 2, tzinfo=UTC)
    with console.database.transaction() as session:
        assert settlement.close_months(session, zone=console.hub.zone, at=console.clock()) == 2
    bo = console.person("accountant", "eve")
    page = bo.open("/console/money/statement?party=tenant&code=north")
    assert page.headings[0].startswith("north · 2026-04")
    page = bo.open("/console/money/statement?party=tenant&code=north&month=2026-03")
    assert "closed" in page.headings[0] and "CN¥88.00" in page.text


def objection(console: Console, number: str = "o-1", minor: int = 500) -> None:
    with console.database.transaction() as session:
        settlement.object_to(
            session,
            "north",
            number=number,
            month="2026-03",
            kind="charge",
            reference="1001",
            amount=Money(minor, "CNY"),
            reason="one piece never came",
            zone=console.hub.zone,
            at=console.clock(),
        )


def test_an_objection_is_answered_and_ended_once(console: Console, bo: Walker) -> None:
    objection(console)
    before = owed(console)
    assert "Objections to answer: 1" in bo.open("/console").text
    page = bo.open("/console/money/objections")
    assert "one piece never came · north" in page.text
    assert bo.send("/console/money/objections", say=" ", decision="accept").status == 409
    bo.open("/console/money/objections")
    page = bo.send("/console/money/objections", say="we ask the carrier", decision="answer")
    assert "we ask the carrier · bo" in page.text and owed(console) == before
    stale = bo.page
    page = bo.send("/console/money/objections", say="it was lost", decision="accept", credit="3")
    assert "credited CN¥3.00" in page.text and owed(console) == before - 300
    bo.page = stale
    assert bo.send("/console/money/objections", say="again", decision="accept").status == 409
    assert owed(console) == before - 300


def test_an_objection_is_rejected_and_credits_nothing(console: Console, bo: Walker) -> None:
    objection(console)
    before = owed(console)
    bo.open("/console/money/objections")
    assert bo.send("/console/money/objections", say="no", decision="accept", credit="9").status == 409
    bo.open("/console/money/objections")
    page = bo.send("/console/money/objections", say="it was signed for", decision="reject")
    assert "rejected" in page.text and owed(console) == before
    assert "No objection here." in bo.open("/console/money/objections").text


def test_objections_are_shown_page_by_page(console: Console, bo: Walker) -> None:
    for each in range(3):
        objection(console, f"o-{each}", 100)
    with console.database.transaction() as session:
        settlement.reject_objection(session, "north", "o-1", text="no", actor="op", at=console.clock())
    with console.database.reading() as session:
        first = settlement.objections_page(session, limit=2)
        rest = settlement.objections_page(session, before=first.before, limit=2)
        still = settlement.objections_page(session, store="north", only_open=True)
        counts = [settlement.count_open_objections(session, store) for store in ("", "north", "south")]
    assert [each.number for each in (*first.objections, *rest.objections)] == ["o-2", "o-1", "o-0"]
    assert rest.before is None and [each.number for each in still.objections] == ["o-2", "o-0"]
    assert counts == [2, 2, 0]


def test_goods_are_found_by_title_brand_code_and_sku(console: Console) -> None:
    stocked(console.database, {"A": 10, "B1": 0, "C_1": 3})
    operator = console.person("operator")
    everything = operator.open("/console/goods").text
    assert all(title in everything for title in ("The A", "The B1", "The C_1"))
    for query, there, gone in (("the a", "The A", "The B1"), ("p-b1", "The B1", "The A"), ("C_1", "The C_1", "The A")):
        text = operator.open(f"/console/goods?q={query}").text
        assert there in text and gone not in text
    assert "The A" not in operator.open("/console/goods?supplier=bestco").text
    assert "No goods here." in operator.open("/console/goods?q=%25").text
    with console.database.reading() as session:
        first = supply.products_page(session, limit=2)
        rest = supply.products_page(session, after=first.after or "", limit=2)
    assert [each.code for each in (*first.products, *rest.products)] == ["p-a", "p-b1", "p-c_1"] and rest.after is None


def test_goods_come_in_once_per_delivery_note(console: Console) -> None:
    stocked(console.database, {"A": 10})
    operator = console.person("operator")
    operator.open("/console/goods/of/p-a")
    for _ in range(2):
        page = operator.send("/console/goods/stock", quantity="5", reference="DN-7")
    assert page.status == 200 and where(console.database, "A") == (15, 15, 0, 0)
    assert operator.send("/console/goods/stock", quantity="6", reference="DN-7").status == 422
    operator.open("/console/goods/of/p-a")
    assert operator.send("/console/goods/stock", quantity="0", reference="DN-8").status == 422
    operator.open("/console/goods/of/p-a")
    assert operator.send("/console/goods/stock", quantity="1", reference=" ").status == 422
    assert where(console.database, "A") == (15, 15, 0, 0) and not discrepancies(console.database)
    assert operator.open("/console/goods/of/nothing").status == 404


def bring(walker: Walker, content: bytes, **typed: str) -> Page:
    page = walker.open("/console/goods/import")
    token = dict(page.form("/console/goods/import").fields)["csrf_token"]
    fields = {"csrf_token": token, "supplier": "acme", "format": "", "ratio": "", **typed}
    answer = walker.client.post("/console/goods/import", data=fields, files={"file": ("feed.csv", content)})
    walker.page = Page(answer)
    return walker.page


def test_a_feed_is_checked_without_a_trace_and_taken_in_as_it_was_checked(console: Console) -> None:
    stocked(console.database, {"A": 1})
    operator = console.person("operator")
    page = bring(operator, FEED, step="check")
    assert page.status == 200 and "Only checked: nothing was changed." in page.text
    assert "line 3 cost is 'x'" in page.text and "LAMP-1" not in operator.open("/console/goods?q=LAMP-1").text
    checked = page.html.split('name="checked" value="')[1].split('"')[0]
    assert bring(operator, FEED + b"LAMP-9,Other,1,2,3\n", step="take", checked=checked).status == 422
    assert bring(operator, FEED, step="take", checked=checked, ratio="50").status == 422
    assert bring(operator, FEED, step="take", checked=checked).status == 200
    assert where(console.database, "LAMP-1") == (12, 12, 0, 0)
    again = bring(operator, FEED, step="take", checked=checked)
    assert again.status == 200 and where(console.database, "LAMP-1") == (12, 12, 0, 0)


@pytest.mark.parametrize(
    ("content", "typed", "said"),
    [
        (b"", {}, "Please choose the file"),
        (b"\x89PNG\r\n", {}, "a picture"),
        (FEED, {"supplier": "nobody"}, "nobody"),
        (FEED, {"format": "no such"}, "no such"),
        (FEED, {"ratio": "half"}, "a percentage"),
        (b"PK\x03\x04 not really", {}, "the archive is damaged"),
    ],
)
def test_a_feed_that_cannot_be_read_is_said_plainly(
    console: Console, content: bytes, typed: dict[str, str], said: str
) -> None:
    stocked(console.database, {"A": 1})
    page = bring(console.person("operator"), content, step="check", **typed)
    assert page.status == 422 and said in page.text


def test_a_feed_that_is_too_large_is_refused(console: Console) -> None:
    stocked(console.database, {"A": 1})
    assert bring(console.person("operator"), b"x" * 20_200_000, step="check").status == 413
    small = console.person("operator", "eve").client.post("/console/staff", content=b"x" * 200_000)
    assert small.status_code == 413
