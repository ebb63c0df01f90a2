"""What the pages promise and name: who sells, what is earned, which option was bought, what is wrong with a form."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from shared_core import media, plan, supply
from shared_core.kernel.money import Money
from shared_core.kernel.settings import Settings
from tests.media.photographs import photograph
from tests.storefront.conftest import Clock, Front, close_front, open_front
from tests.storefront.test_pages import HOME_ADDRESS, pay, share_link
from tests.storefront.walker import staff_walker, walker


@pytest.fixture
def outlet(brand_dir: Path, settings: Settings, clock: Clock) -> Iterator[Front]:
    """A shop whose plan pays nobody."""
    (brand_dir / "plan.toml").write_text(plan.preset("outlet"), encoding="utf-8")
    made = open_front(brand_dir, settings, clock)
    yield made
    close_front(made)


def stock_options(front: Front, *, picture: str = "", **prices: int) -> None:
    """A scarf in several sizes, each at its price."""
    with front.shop.database.transaction() as session:
        at, currency = front.clock(), front.shop.currency
        cost = Money(4000, currency)
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(800, currency), at=at)
        sizes = tuple(
            supply.VariantSpec(sku=f"S-{size}", options=(("Size", size),), cost=cost, suggested=Money(minor, currency))
            for size, minor in prices.items()
        )
        pictures = (picture,) if picture else ()
        scarf = supply.ProductSpec(code="scarf", title="Scarf", variants=sizes, image_urls=pictures)
        supply.put_product(session, scarf, supplier="acme", at=at)
        for size in prices:
            supply.receive_stock(session, sku=f"S-{size}", quantity=3, reference=f"in-{size}", at=at)
    front.settle()


def balance_of(text: str) -> list[Decimal]:
    """The three sums at the foot of the books: what the shop has, owes, and what is its own."""
    sides = ("What the shop has", "What it owes", "What is its own")
    found = [re.search(rf"{side} (-?)CN¥([\d,]+\.\d\d)", text) for side in sides]
    assert all(found), text
    return [Decimal(each[1] + each[2].replace(",", "")) for each in found if each]


def test_the_first_page_says_who_sells_and_how_goods_go_back(front: Front) -> None:
    page = walker(front).open("/")
    assert "Sold by Lamplight" in page.text and "Return within 7 days of delivery" in page.text
    assert "You earn your share" in page.text


def test_where_a_plan_pays_nobody_no_page_promises_earnings(outlet: Front) -> None:
    outlet.stock("A")
    visitor = walker(outlet)
    assert "You earn" not in visitor.open("/").text
    assert "Nobody earns on a recommendation here." in visitor.open("/about").text
    visitor.sign_up("bao@example.com", "Bao")
    page = visitor.open("/me")
    assert "/me/earnings" not in page.links and "/me/fans" not in page.links
    assert "Earnings" not in page.text and "Your rank" not in page.text
    assert "/orders" in page.links


def test_a_product_page_is_never_left_with_an_empty_row(front: Front) -> None:
    stock_options(front, small=8900)
    front.stock("B")
    page = walker(front).open("/products/scarf")
    assert "/products/p-b" in page.links and "/products/scarf" not in page.links


def test_what_a_member_earns_is_the_least_where_options_differ(front: Front) -> None:
    stock_options(front, small=8900, large=17800)
    member = walker(front)
    member.sign_up("mei@example.com", "Mei")
    link = share_link(member, "scarf")
    for number in range(10):
        other = front.browser()
        other.get(link)
        front.member(other, name=f"Fan {number}")
    assert "You earn on each one you sell from CN¥13.35" in member.open("/products/scarf").text


def test_the_back_office_and_the_member_see_the_same_share_of_an_order(front: Front) -> None:
    front.stock("A")
    sponsor, fan, staff = walker(front), walker(front), staff_walker(front)
    sponsor.sign_up("mei@example.com", "Mei")
    link = share_link(sponsor, "p-a")
    fan.open(link)
    fan.sign_up("bao@example.com", "Bao")
    for number in range(9):
        other = front.browser()
        other.get(link)
        front.member(other, name=f"Fan {number}")
    fan.open("/products/p-a")
    fan.send("/cart", quantity=2)
    fan.open("/checkout")
    order = fan.send("/checkout", **HOME_ADDRESS).url.rpartition("/")[2]
    desk = f"/admin/orders/{order}"
    assert "Together, after refunds CN¥0.00" in staff.open(desk).text, "nothing is owed on an order that is not paid"
    pay(front, staff, order)
    assert "Together, after refunds CN¥26.70" in staff.open(desk).text, "15 % of 178"
    staff.send(f"{desk}/refund", button=("what", "chosen"), pieces=["1"], reason="one was chipped")
    assert "Together, after refunds CN¥13.35" in staff.open(desk).text
    has, owes, own = balance_of(staff.open("/admin/books").text)
    assert has == owes + own and has == Decimal("188.00")
    mine = sponsor.open("/me/earnings").text
    assert "Waiting for the return period to end CN¥13.35" in mine and "Earned so far CN¥13.35" in mine
    assert "Of this CN¥13.35 went back" in mine


def test_an_order_says_which_option_was_bought_and_shows_its_own_picture(front: Front) -> None:
    stock_options(front, picture="https://acme.example/scarf.jpg", small=8900, large=9900)
    supply.gather_pictures(front.shop.database, front.shop.pictures, lambda _: photograph(), at=front.clock())
    front.settle()
    picture = f"/media/{media.render(photograph()).digest}/480"
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    buyer.open("/products/scarf")
    buyer.send("/cart", sku="S-large", quantity=1)
    buyer.open("/checkout")
    number = buyer.send("/checkout", **HOME_ADDRESS).url.rpartition("/")[2]
    page = buyer.open(f"/orders/{number}")
    assert "large · × 1" in page.text and f'src="{picture}"' in page.html
    assert f'src="{picture}"' in buyer.open("/orders").html


def test_signing_up_names_every_fault_at_once_beside_its_field(front: Front) -> None:
    visitor = walker(front)
    visitor.open("/signup")
    page = visitor.send("/signup", name="", login="??", password="short")
    assert page.status == 422
    assert re.findall(r'<p class="error" id="e-(\w+)">', page.html) == ["name", "login", "password"]
    assert page.html.count(' required aria-invalid="true" aria-describedby="e-') == 3, "screen readers hear it too"
    assert 'value="??"' in page.html and "short" not in page.html, "what was typed stays, but for the password"
    page = visitor.send("/signup", name="Bao", login="bao@example.com", password="three quiet lamps")
    assert page.url.endswith("/me?done=welcome")


def test_the_other_language_shows_the_same_page_and_keeps_what_was_searched(front: Front) -> None:
    front.stock("A")
    visitor = walker(front)
    page = visitor.open("/products?q=lamp&done=added")
    assert "Found for “lamp”" in page.text
    other = [link for link in page.links if "lang=" in link]
    assert other == ["/products?q=lamp&lang=zh-CN"]
    assert "“lamp”" in visitor.open(other[0]).text


def test_a_share_sheet_has_words_to_send_along(front: Front) -> None:
    front.stock("A")
    sharer = walker(front)
    share_link(sharer, "p-a")
    caption = re.search(r'<textarea[^>]*id="caption"[^>]*>([^<]*)</textarea>', sharer.open("/share?product=p-a").html)
    assert caption
    assert re.fullmatch(r"Lamp A · CN¥89\.00\nhttp://shop\.example/s/\S+", caption.group(1)), caption.group(1)
