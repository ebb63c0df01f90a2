"""Money that comes by hand, over the pages: the customer's exact amount and claim, staff's statement and answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_core import orders
from shared_core.kernel.findings import ConfigError
from shared_core.kernel.settings import Settings
from shared_core.storefront import collecting, load_brand
from tests.storefront.conftest import BRAND, Clock, Front, buy, close_front, open_front, pay
from tests.storefront.test_pages import order_one
from tests.storefront.walker import Walker, staff_walker, walker

HEAD = "交易时间,交易对方,收/支,金额(元),交易单号,备注\n"


@pytest.fixture
def buyer(front: Front) -> Walker:
    front.stock("A", units=10)
    shopper = walker(front)
    shopper.sign_up("bao@example.com", "Bao")
    return shopper


def statement(staff: Walker, text: str, **fields: str) -> str:
    """Upload a statement as the page's own form does; the text of the answer."""
    page = staff.open("/admin/receipts")
    typed = {**dict(page.form("/admin/receipts/statement").fields), **fields}
    typed.pop("statement", None)
    files = {"statement": ("wechat.csv", text.encode("gb18030"), "text/csv")}
    answer = staff.client.post("/admin/receipts/statement", data=typed, files=files)
    assert answer.status_code in (200, 422), answer.text
    return answer.text


def test_a_customer_says_they_have_paid_and_staff_see_it_first(front: Front, buyer: Walker) -> None:
    staff = staff_walker(front, "staff")
    number = order_one(buyer, "p-a")
    buyer.open(f"/orders/{number}")
    page = buyer.send(f"/orders/{number}/claim", payer="Bao", last4="12")
    assert page.status == 422 and "last four characters" in page.text
    page = buyer.send(f"/orders/{number}/claim", payer="Bao", last4="1234")
    assert "We look for your money first." in page.text and "Waiting for your payment" in page.text
    assert "Customers who say they have paid: 1" in staff.open("/admin").text
    page = staff.open("/admin/receipts")
    assert number in page.text and "paid by Bao" in page.text and "…1234" in page.text
    assert "The customer says it was paid." in staff.open(f"/admin/orders/{number}").text


def test_a_statement_pays_an_order_and_what_is_left_finds_its_order_or_goes_back(front: Front, buyer: Walker) -> None:
    owner = staff_walker(front)
    first, second = order_one(buyer, "p-a"), order_one(buyer, "p-a")
    rows = f"2026-03-02 12:05:00,Bao,收入,¥99.00,W1,{first[-6:]}\n2026-03-02 12:06:00,Bao,收入,¥99.00,W2,\nbad row\n"
    assert "What this statement would do" in statement(owner, HEAD + rows, only_look="true")
    assert owner.open("/admin/receipts").text.count("W2") == 0, "looking changes nothing"
    told = statement(owner, HEAD + rows)
    assert "The statement is taken in" in told and "Line 4" in told
    assert buyer.open(f"/orders/{first}").headings[0] == "Paid. It is being packed"
    page = owner.open("/admin/receipts")
    assert "W2" in page.text and "it could be for several orders" in page.text
    [action] = {form.action for form in page.forms if form.action.endswith("/match")}
    assert "There is no order NOPE." in owner.send(action, number="nope").text
    owner.open("/admin/receipts")
    assert "The payment is confirmed." in owner.send(action, number=second).text
    assert buyer.open(f"/orders/{second}").headings[0] == "Paid. It is being packed"
    statement(owner, HEAD + "2026-03-02 12:07:00,Eve,收入,5.00,W3,\n")
    page = owner.open("/admin/receipts")
    [action] = {form.action for form in page.forms if form.action.endswith("/return")}
    assert "Noted as sent." in owner.send(action, evidence="OUT-1").text
    assert "The books balance." in owner.open("/admin/books").text


def test_staff_without_the_right_to_refund_send_nothing_back(front: Front, buyer: Walker) -> None:
    staff = staff_walker(front, "staff")
    statement(staff, HEAD + "2026-03-02 12:07:00,Eve,收入,5.00,W3,\n")
    page = staff.open("/admin/receipts")
    assert any(form.action.endswith("/match") for form in page.forms)
    assert not any(form.action.endswith("/return") for form in page.forms)


@pytest.mark.parametrize(
    ("text", "fields", "said"),
    [
        ("", {}, "Please choose the file of the statement"),
        ("no statement\n", {}, "there is no column"),
        (HEAD, {"collector": "nobody"}, "collects money here"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(
    front: Front, text: str, fields: dict[str, str], said: str
) -> None:
    assert said in statement(staff_walker(front), text, **fields)


def test_a_statement_of_two_megabytes_is_read_and_a_larger_one_is_refused_with_a_sentence(front: Front) -> None:
    staff = staff_walker(front)
    table = HEAD + "2026-03-02 12:07:00,Eve,收入,5.00,W3,\n"
    lines, rest = divmod(collecting.UPLOAD_BYTES_MAX - len(table.encode("gb18030")), 1000)
    talk = ("x" * 999 + "\n") * lines + "x" * (rest - 1) + "\n"
    assert "The statement is taken in" in statement(staff, talk + table)
    assert "it is larger than 2000000 bytes" in statement(staff, "x" + talk + table)


def test_what_customers_say_goes_on_on_a_next_page(
    front: Front, buyer: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "CLAIMS_LISTED_MAX", 1)
    staff = staff_walker(front, "staff")
    first, second = order_one(buyer, "p-a"), order_one(buyer, "p-a")
    for number in (first, second):
        buyer.open(f"/orders/{number}")
        buyer.send(f"/orders/{number}/claim", payer="Bao")
    following = staff.client.get("/api/v1/admin/payment-claims").json()["next"]
    page = staff.open("/admin/receipts")
    assert first in page.text and second not in page.text
    assert f'rel="next" href="/admin/receipts?after={following}"' in staff.client.get("/admin/receipts").text
    page = staff.open(f"/admin/receipts?after={following}")
    assert second in page.text and first not in page.text
    rest = staff.client.get(f"/api/v1/admin/payment-claims?after={following}").json()
    assert ([each["number"] for each in rest["claims"]], rest["next"]) == ([second], None)
    assert "Customers who say they have paid: 2" in staff.open("/admin").text
    assert staff.client.get("/api/v1/admin/payment-claims?after=x").status_code == 422


COLLECTORS = """\
match = "tail"
[[payment.collectors]]
name = "lin"
payee = "Lin"
account = "wx-lin"
[[payment.collectors]]
name = "mei"
payee = "Mei"
open = false
"""


@pytest.fixture
def by_amount(brand_dir: Path, settings: Settings, clock: Clock) -> Iterator[Front]:
    """A shop that tells payments apart by their amounts; Lin collects, Mei no more."""
    (brand_dir / "brand.toml").write_text(BRAND + COLLECTORS, encoding="utf-8")
    made = open_front(brand_dir, settings, clock)
    yield made
    close_front(made)


def test_a_customer_is_asked_for_an_amount_of_their_own_by_who_collects_it(by_amount: Front) -> None:
    by_amount.stock("A", units=10)
    buyer, owner = walker(by_amount), staff_walker(by_amount)
    buyer.sign_up("bao@example.com", "Bao")
    number = order_one(buyer, "p-a")
    page = buyer.open(f"/orders/{number}")
    assert "CN¥98.99" in page.text and "wx-lin" in page.text and "to the last cent" in page.text
    assert "Write this code" not in page.text
    page = owner.open(f"/admin/orders/{number}")
    assert "Look for exactly CN¥98.99 in the account of lin" in page.text
    statement(owner, HEAD + "2026-03-02 12:05:00,Bao,收入,¥98.99,W1,\n", collector="lin")
    assert buyer.open(f"/orders/{number}").headings[0] == "Paid. It is being packed"
    owner.open("/admin/books")
    assert "Saved." in owner.send("/admin/books/handover", amount="98.99", reference="B1", collector="lin").text
    assert "collects money here" in owner_sends_for_nobody(owner)
    assert "The books balance." in owner.open("/admin/books").text


def owner_sends_for_nobody(owner: Walker) -> str:
    owner.open("/admin/books")
    return owner.send("/admin/books/handover", amount="1.00", reference="B2", collector="nobody").text


def test_the_api_says_what_to_pay_and_refunds_no_more_than_was_paid(by_amount: Front) -> None:
    by_amount.stock("A", units=10)
    shopper, owner = by_amount.member(), by_amount.staff()
    number = buy(shopper, "A")
    asked = shopper.get(f"/api/v1/orders/{number}").json()["payment"]
    assert (asked["amount"]["minor"], asked["match"], asked["payee"]) == (9899, "tail", "Lin")
    pay(by_amount, owner, number, minor=9899)
    refund = {"reason": "broken", "goods_back": True}
    answer = owner.post(f"/api/v1/admin/orders/{number}/refunds", json=refund, headers={"Idempotency-Key": "refund-1"})
    assert answer.status_code == 201, answer.text
    told = shopper.get(f"/api/v1/orders/{number}").json()
    assert told["refunded"]["minor"] == 9899 and told["refunds"][0]["amount"]["minor"] == 9899


@pytest.mark.parametrize(
    ("collectors", "said"),
    [
        ('[[payment.collectors]]\nname = "lin"\n[[payment.collectors]]\nname = "lin"\n', "a name of their own"),
        ('[[payment.collectors]]\nname = "lin"\nopen = false\n', "somebody must take new orders"),
        ('[[payment.collectors]]\nname = "Lin 1"\n', "small letters"),
        ('match = "guess"\n', "tail"),
    ],
)
def test_what_brand_toml_says_of_collectors_must_make_sense(brand_dir: Path, collectors: str, said: str) -> None:
    (brand_dir / "brand.toml").write_text(BRAND + collectors, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_brand(brand_dir)
    assert said in " ".join(each.text(str) for each in caught.value.findings)
