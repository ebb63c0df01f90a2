"""Two shops made with different answers run side by side, each by its own plan."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.stories.conftest import Kind, Workshop
from tests.stories.driver import Server, StoryShop, served, until
from tests.stories.judging import books_balance
from tests.stories.people import Person, Staff

YEN_GOODS = """\
product,title,brand,category,sku,price,cost,supply_price,quantity
lamp,Desk lamp,Acme,Home,LAMP,1980,900,1200,40
"""
YEN = Kind(
    answers=("name=Stone Harbour", "currency=JPY", "shipping.flat=500", "primary=#23408e"),
    preset="fan-lock",
    goods=YEN_GOODS,
)


@pytest.fixture
def both(workshop: Workshop) -> Iterator[tuple[StoryShop, StoryShop]]:
    """A shop in yuan that pays who sold, and one in yen that pays shopkeepers and who brought them."""
    with workshop.shop() as yuan, workshop.shop(YEN) as yen:
        yuan.edit("brand/plan.toml", 'rate = "10%"', 'rate = "7.5%"')
        yuan.edit("brand/plan.toml", 'at_least = "3000" }', 'at_least = "200" }')
        yen.edit("brand/plan.toml", '{ metric = "fans", at_least = 10 }', '{ metric = "fans", at_least = 2 }')
        for each in (yuan, yen):
            assert each.told("check")["ok"]
        yield yuan, yen


def test_two_shops_side_by_side_behave_by_their_own_plan(both: tuple[StoryShop, StoryShop]) -> None:
    yuan, yen = both
    with ExitStack() as open_things:
        here = open_things.enter_context(served(yuan))
        there = open_things.enter_context(served(yen))
        look_different(open_things, here, there)
        strangers_links_and_log_ins_mean_nothing(open_things, here, there)
        the_seller_earns_alone(open_things, here, yuan)
        shopkeepers_and_their_inviters_earn(open_things, there, yen)
    books_balance(yuan)
    books_balance(yen)


def look_different(open_things: ExitStack, here: Server, there: Server) -> None:
    yuan, yen = (open_things.enter_context(Person(each)) for each in (here, there))
    styles = []
    for person, name, colour, price in (
        (yuan, "Paper Lantern", "#1f5f4a", "129.00"),
        (yen, "Stone Harbour", "#23408e", "1,980"),
    ):
        page = person.page("/products/lamp").text
        assert name in page and price in page
        styles.append(person.browser.get("/theme.css").text)
        assert colour in styles[-1]
    assert styles[0] != styles[1]
    assert "1,980.00" not in yen.page("/products/lamp").text
    amounts = [each.get("/products/lamp")["price_from"] for each in (yuan, yen)]
    assert [(each["minor"], each["amount"], each["currency"]) for each in amounts] == [
        (12900, "129.00", "CNY"),
        (1980, "1980", "JPY"),
    ]


def strangers_links_and_log_ins_mean_nothing(open_things: ExitStack, here: Server, there: Server) -> None:
    """A link or a session of one shop is no link and no session in the other."""
    known = open_things.enter_context(Person(here)).sign_up()
    stranger = open_things.enter_context(Person(there))
    answer = stranger.browser.get(known.share())
    assert (answer.status_code, answer.json()["code"]) == (404, "token_unreadable")
    assert "set-cookie" not in answer.headers
    stranger.browser.cookies.update(known.browser.cookies)
    assert stranger.get("/session") == stranger.get("/session") | {"signed_in": False, "member_code": None}


def the_seller_earns_alone(open_things: ExitStack, server: Server, shop: StoryShop) -> None:
    """7.5 % for who sold, nothing for who brought the seller; the ladder is by own sales."""
    staff = open_things.enter_context(Staff.of(server, shop))
    above, seller, fan = chain(open_things, server, ("Ang", "Bo", "Cai"))
    order = fan.buy({"LAMP": 1})
    assert order["total"]["amount"] == "139.00"
    staff.confirm(order)
    # 7.5 % of 129.00 is 9.675
    assert (seller.balance(), above.balance()) == ((967, 0), (0, 0))
    [criterion] = seller.get("/me/rank")["criteria"]
    assert (criterion["metric"], criterion["at_least"], criterion["money"]) == ("own_retail_sales", 20000, True)
    until(lambda: fan.order(order["number"])["parcels"], "the suppliers were never told")


def shopkeepers_and_their_inviters_earn(open_things: ExitStack, server: Server, shop: StoryShop) -> None:
    """15 % for a shopkeeper and 3 % for the shopkeeper who brought them; two fans make a shopkeeper."""
    staff = open_things.enter_context(Staff.of(server, shop))
    above, seller, fan = chain(open_things, server, ("Aki", "Ben", "Chie"))
    assert seller.get("/me/rank")["rank"] == "fan"
    early = fan.buy({"LAMP": 1})
    chain(open_things, server, ("Dai",), sponsor=seller)
    chain(open_things, server, ("Emi",), sponsor=above)
    assert [each.get("/me/rank")["rank"] for each in (above, seller)] == ["shopkeeper", "shopkeeper"]
    staff.confirm(early)
    assert (seller.balance(), above.balance()) == ((0, 0), (0, 0)), "an order keeps the ranks it was placed under"

    late = fan.buy({"LAMP": 2})
    assert (late["total"]["minor"], late["total"]["amount"]) == (2 * 1980 + 500, "4460")
    staff.confirm(late)
    # 15 % of 3,960 yen is 594, 3 % is 118.8
    assert (seller.balance(), above.balance()) == ((594, 0), (118, 0))
    assert "¥594" in seller.page("/me/earnings").text.replace("\N{FULLWIDTH YEN SIGN}", "¥")
    until(lambda: fan.order(late["number"])["parcels"], "the suppliers were never told")


def chain(
    open_things: ExitStack, server: Server, names: tuple[str, ...], *, sponsor: Person | None = None
) -> list[Person]:
    """People who sign up one by one, each through the link of the one before."""
    found = []
    for name in names:
        person = open_things.enter_context(Person(server))
        if sponsor is not None:
            person.follow(sponsor.share("/products/lamp"))
        sponsor = person.sign_up(name)
        found.append(person)
    return found
