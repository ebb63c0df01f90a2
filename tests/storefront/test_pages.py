"""The pages, walked through by somebody whose browser runs no scripts."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from shared_core import orders, supply
from shared_core.kernel.money import Money
from shared_core.kernel.settings import Settings
from shared_core.storefront.pages.purse import BAR_WIDTH, Purse
from tests.storefront.conftest import Clock, Front, close_front, open_front
from tests.storefront.walker import Walker, staff_walker, walker

HOME_ADDRESS = {
    "name": "Bao",
    "province": "CN-ZJ",
    "phone": "13800138000",
    "city": "Hangzhou",
    "street": "Sample Road 1",
}


def share_link(page_owner: Walker, product: str) -> str:
    """The path of a product's share link, made on its page."""
    page_owner.open(f"/products/{product}")
    page = page_owner.send("/share", having={"product": product})
    found = re.search(r'value="http://shop\.example(/s/[^"]+)"', page.html)
    assert found, page.text
    return found.group(1)


def order_one(buyer: Walker, product: str) -> str:
    """Buy one piece the long way round; the order's number."""
    buyer.open(f"/products/{product}")
    buyer.send("/cart", quantity=1)
    buyer.open("/checkout")
    page = buyer.send("/checkout", **HOME_ADDRESS)
    assert page.status == 200, page.text
    return page.url.rpartition("/")[2]


def test_a_stranger_shares_before_signing_up_and_a_friend_buys(front: Front) -> None:
    front.stock("A")
    stranger, friend = walker(front), walker(front)
    friend.open(share_link(stranger, "p-a"))
    assert friend.page is not None and friend.page.headings[0] == "Lamp A"
    friend.send("/cart", quantity=2)
    assert friend.page is not None and "In your bag." in friend.page.text
    page = friend.open("/checkout")
    assert page.headings[0] == "Welcome back", "who is not signed in is asked to"
    friend.sign_up("bao@example.com", "Bao", after="/checkout")
    assert friend.page is not None and "CN¥188.00" in friend.page.text, "two at 89 and 10 for the carriage"
    page = friend.send("/checkout", **HOME_ADDRESS)
    assert page.headings[0] == "Waiting for your payment"
    assert "CN¥188.00" in page.text and "Lamplight Ltd" in page.text
    assert page.url.rpartition("/")[2][-6:] in page.text, "the memo code"


def test_a_form_sent_twice_is_one_order(front: Front) -> None:
    front.stock("A")
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    buyer.open("/products/p-a")
    buyer.send("/cart", quantity=1)
    checkout = buyer.open("/checkout")
    first = buyer.send("/checkout", **HOME_ADDRESS).url
    buyer.page = checkout
    assert buyer.send("/checkout", **HOME_ADDRESS).url == first
    shown = buyer.open("/orders")
    assert len([link for link in shown.links if re.fullmatch(r"/orders/\w+", link)]) == 1


def test_what_was_typed_is_kept_and_the_fault_stands_beside_its_field(front: Front) -> None:
    front.stock("A")
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    buyer.open("/products/p-a")
    buyer.send("/cart", quantity=1)
    buyer.open("/checkout")
    page = buyer.send("/checkout", **{**HOME_ADDRESS, "phone": "", "street": "Road & <b>1</b>"})
    assert page.status == 422
    assert "The carrier needs a phone number." in page.text
    assert 'value="Road &amp; &lt;b&gt;1&lt;/b&gt;"' in page.html
    assert buyer.send("/checkout", phone="13800138000").headings[0] == "Waiting for your payment"


def test_a_price_that_changed_is_shown_again_and_nothing_is_ordered(front: Front) -> None:
    front.stock("A", price=8900)
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    buyer.open("/products/p-a")
    buyer.send("/cart", quantity=1)
    buyer.open("/checkout")
    page = buyer.send("/checkout", seen=1, **HOME_ADDRESS)
    assert page.status == 409
    assert "CN¥99.00, not CN¥0.01" in page.text
    assert "You have not ordered anything yet." in buyer.open("/orders").text


def test_an_order_can_be_cancelled_while_it_is_unpaid(front: Front) -> None:
    front.stock("A")
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    number = order_one(buyer, "p-a")
    page = buyer.send(f"/orders/{number}/cancel")
    assert page.headings[0] == "This order was cancelled"


def test_nobody_sees_the_order_of_somebody_else(front: Front) -> None:
    front.stock("A")
    buyer, other = walker(front), walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    other.sign_up("eve@example.com", "Eve")
    number = order_one(buyer, "p-a")
    assert other.open(f"/orders/{number}").status == 404
    answer = other.client.post(f"/orders/{number}/cancel", data={"csrf_token": token(other)})
    assert answer.status_code == 404
    assert buyer.open(f"/orders/{number}").headings[0] == "Waiting for your payment"


def test_my_page_shows_rank_earnings_and_why(front: Front) -> None:
    front.stock("A")
    sponsor, fan, staff = walker(front), walker(front), staff_walker(front)
    sponsor.sign_up("mei@example.com", "Mei")
    link = share_link(sponsor, "p-a")
    fan.open(link)
    fan.sign_up("bao@example.com", "Bao")
    assert "1 / 10" in sponsor.open("/me").text, "one fan of the ten that make a shopkeeper"
    for number in range(9):
        other = front.browser()
        other.get(link)
        front.member(other, name=f"Fan {number}")
    assert "You earn on each one you sell CN¥13.35" in sponsor.open("/products/p-a").text
    assert "B**" in sponsor.open("/me/fans").text
    assert "brought you here" in fan.open("/me").text
    number = order_one(fan, "p-a")
    pay(front, staff, number)
    page = sponsor.open("/me/earnings")
    assert number in page.text and "waiting" in page.text and "for selling" in page.text
    assert "You sold Lamp A. The customer paid CN¥89.00 for it." in page.text
    assert "As Shopkeeper you get 15% of the price: CN¥13.35." in page.text
    assert "Waiting for the return period to end CN¥13.35" in page.text and "Earned so far CN¥13.35" in page.text


def test_the_parts_of_a_purse_are_what_was_earned_and_fill_its_bar() -> None:
    waiting, available, requested, paid = (Money(minor, "CNY") for minor in (1, 999, 0, 2000))
    purse = Purse(waiting, Money(0, "CNY"), available, requested, paid)
    assert purse.earned == Money(3000, "CNY")
    assert [each.kind for each in purse.bar] == ["paid", "available", "waiting"], "an empty part is not drawn"
    assert purse.bar[0].start == 0 and purse.bar[-1].start + purse.bar[-1].width == BAR_WIDTH
    assert all(one.start + one.width == next_.start for one, next_ in pairwise(purse.bar))


def test_a_purse_in_debt_has_no_bar() -> None:
    purse = Purse(Money(100, "CNY"), Money(0, "CNY"), Money(-50, "CNY"), Money(0, "CNY"), Money(500, "CNY"))
    assert purse.earned == Money(550, "CNY") and purse.bar == ()


def test_who_is_bound_can_leave(front: Front) -> None:
    front.stock("A")
    sponsor, fan = walker(front), walker(front)
    sponsor.sign_up("mei@example.com", "Mei")
    fan.open(share_link(sponsor, "p-a"))
    fan.sign_up("bao@example.com", "Bao")
    page = fan.open("/me")
    assert "M** brought you here" in page.text
    page = fan.send("/me/leave")
    assert "Nobody at present." in page.text


def test_a_payout_below_the_minimum_is_refused_beside_the_amount(front: Front) -> None:
    member = walker(front)
    member.sign_up("mei@example.com", "Mei")
    page = member.open("/me/payouts")
    answer = member.client.post("/me/payouts", data={"amount": "5000", "key": "K" * 12, "csrf_token": token(member)})
    assert page.status == 200 and answer.status_code in (409, 422)


def test_the_language_follows_the_browser_and_the_switch(front: Front) -> None:
    front.stock("A")
    visitor = walker(front, language="zh-CN,zh;q=0.9,en;q=0.5")
    page = visitor.open("/")
    assert page.language == "zh-CN" and "正在特卖" in page.text
    page = visitor.open("/?lang=en")
    assert page.language == "en" and "In the shop now" in page.text
    assert visitor.open("/products").language == "en", "the choice is remembered"
    visitor.open("/?lang=zh-CN")
    assert visitor.open("/products").language == "zh-CN", "and so is the way back"


def test_without_a_token_a_form_from_an_unknown_place_is_refused(front: Front) -> None:
    front.stock("A")
    visitor = walker(front)
    answer = visitor.client.post("/cart", data={"sku": "A", "quantity": 1})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/nothing-here", "/products/no-such-thing", "/orders/ABCDEFGH12"])
def test_a_page_that_is_not_there_says_so_in_the_shops_clothes(front: Front, path: str) -> None:
    visitor = walker(front)
    visitor.sign_up("bao@example.com", "Bao")
    page = visitor.open(path)
    assert page.status == 404
    assert "Lamplight" in page.text and "To the shop" in page.text


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_after_logging_in_nobody_is_sent_to_another_site(front: Front, where: str) -> None:
    visitor = walker(front)
    visitor.open(f"/signup?next={where}")
    page = visitor.send("/signup", name="Bao", login="bao@example.com", password="three quiet lamps", next=where)
    assert page.url == "http://shop.example/me"


def test_texts_of_suppliers_and_members_are_never_markup(front: Front) -> None:
    front.stock("A")
    visitor = walker(front)
    page = visitor.sign_up("bao@example.com", "<script>alert(1)</script>")
    assert "<script>alert" not in page.html
    page = visitor.open('/products?q="><script>alert(1)</script>')
    assert "<script>alert" not in page.html


def test_pictures_are_drawn_here_and_kept_for_ever_under_their_version(front: Front) -> None:
    front.stock("A")
    visitor = walker(front)
    page = visitor.open("/")
    addresses = re.findall(r'src="(/art\.svg[^"]+)"', page.html)
    answer = visitor.client.get(addresses[0].replace("&amp;", "&"))
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "immutable" in answer.headers["cache-control"]
    assert not re.findall(r'src="https?://', page.html)


def pay(front: Front, staff: Walker, number: str) -> None:
    """Staff find the money; what follows a commit is done."""
    staff.open(f"/admin/orders/{number}")
    page = staff.send(f"/admin/orders/{number}/payment", transaction=f"T-{number}")
    assert "The payment is confirmed." in page.text, page.text
    front.settle()


def token(who: Walker) -> str:
    """A form token of this browser."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', who.open("/").html)
    assert found
    return found.group(1)


def test_a_theme_changes_one_block_and_keeps_the_rest(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    own = brand_dir / "theme" / "templates"
    own.mkdir(parents=True)
    hero = '{% extends "core:home.html" %}{% block hero %}<p>Lanterns since 1911, {{ _("Shop") }}</p>{% endblock %}'
    (own / "home.html").write_text(hero, encoding="utf-8")
    front = open_front(brand_dir, settings, clock)
    front.stock("A")
    page = walker(front).open("/")
    assert "Lanterns since 1911, Shop" in page.text and "Lamp A" in page.text and "Pass it on" in page.text
    close_front(front)


def test_when_the_database_is_away_a_page_says_so_and_a_broken_link_does_too(front: Front) -> None:
    visitor = walker(front)
    assert visitor.open("/s/not-a-token").headings[0] == "This page is not here"
    with front.shop.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE catalog_listing")
    page = visitor.open("/")
    assert page.status == 503
    assert page.headings[0] == "The shop is resting for a moment"


def test_goods_that_are_not_sent_there_are_told_before_any_money(front: Front) -> None:
    front.stock("A")
    rule = 'excluded = ["浙江"]\n[[template.rule]]\namount = "8"\n'
    with front.shop.database.transaction() as session:
        [supplier] = supply.suppliers(session)
        head = f'[[template]]\nsupplier = "{supplier.code}"\ncode = "all"\nby = "parcel"\nstandard = true\n'
        supply.put_freight(session, head + rule)
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    buyer.open("/products/p-a")
    buyer.send("/cart")
    buyer.open("/checkout")
    refused = buyer.send("/checkout", **HOME_ADDRESS)
    assert refused.status == 422 and "A: this cannot be sent to where you want it." in refused.text
    placed = buyer.send("/checkout", **{**HOME_ADDRESS, "province": "CN-SH"})
    assert placed.status == 200 and placed.headings[0] == "Waiting for your payment"


def test_the_province_is_chosen_in_china_and_asked_for_where_it_is_not_sure(front: Front) -> None:
    front.stock("A")
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    buyer.open("/products/p-a")
    buyer.send("/cart")
    buyer.open("/checkout")
    asked = buyer.send("/checkout", **{**HOME_ADDRESS, "province": ""})
    assert asked.status == 422 and "Which province?" in asked.text
    number = buyer.send("/checkout", **HOME_ADDRESS).url.rpartition("/")[2]
    with front.shop.database.reading() as session:
        assert supply.Address.from_json(orders.get(session, number).address).region == "浙江省"
    buyer.open("/products/p-a")
    buyer.send("/cart")
    assert '<option value="CN-ZJ" selected>' in buyer.open("/checkout").html
