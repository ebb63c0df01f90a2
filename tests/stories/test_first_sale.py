"""From a share link to money in the pocket, and back again when goods are returned."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.stories import judging
from tests.stories.driver import Stage, StoryShop, staged, until
from tests.stories.people import Person, Staff, money, new_key

REPEATS = 8
SECOND_FEED = """\
product,title,brand,category,sku,price,cost,supply_price,quantity
oolong,Oolong tea,Birch,Tea,OOLONG,33.30,18,20,30
"""


@pytest.fixture
def stage(shop: StoryShop) -> Iterator[Stage]:
    """The shop, with goods of a second supplier."""
    feed = shop.folder.parent / "birch.csv"
    feed.write_text(SECOND_FEED, "utf-8")
    shop.ctl("import", "products", feed, "--supplier", "birch")
    with staged(shop) as started:
        yield started


def test_a_click_becomes_a_fan_a_customer_a_sale_and_a_payout(shop: StoryShop, stage: Stage) -> None:
    with ExitStack() as browsers:
        staff = browsers.enter_context(Staff.of(stage, shop))
        mei, bao = (browsers.enter_context(Person(stage)) for _ in range(2))
        mei.sign_up("Mei")
        bao.follow(mei.share("/products/lamp"))
        assert bao.get("/session")["signed_in"] is False
        assert bao.get("/me/tie")["tie"]["sponsor_name"].startswith("M")
        assert "Desk lamp" in bao.page("/products/lamp").text
        bao.sign_up("Bao")
        assert bao.get("/me/tie")["tie"]["sponsor_name"].startswith("M")

        number = bought_and_delivered(stage, bao, staff)
        # 10 % of 2 x 129.00 and of 3 x 33.30, each line rounded down
        assert mei.balance() == (2580 + 999, 0)

        staff.refund(number, {"OOLONG": 1})
        assert mei.balance() == (2580 + 666, 0)
        stage.let_pass(timedelta(days=6))
        stage.sweep()
        assert mei.balance() == (2580 + 666, 0)
        stage.let_pass(timedelta(days=3))
        until(lambda: bao.order(number)["state"] == "completed", "the return window never closed")
        until(lambda: mei.balance() == (0, 3246), "the earning never became available")

        paid_out_once(mei, staff, 3246)
        staff.refund(number, {"OOLONG": 1})
        assert mei.balance() == (0, -333)
        refused = mei.send("POST", "/me/payouts", {"amount": money(1000)}, key=new_key())
        assert (refused.status_code, refused.json()["code"]) == (409, "payout_above_available")

    judging.books_balance(shop)
    judging.beancount_agrees(shop)
    left = judging.balances(shop)
    members = {account: amount for account, amount in left.items() if account.startswith("liabilities:member:")}
    assert list(members.values()) == [Decimal("3.33")]
    assert left["assets:clearing:till"] == Decimal("367.90") - 2 * Decimal("33.30")
    assert left["assets:bank"] == Decimal("-32.46")
    assert left["expenses:commission"] == Decimal("32.46") - Decimal("3.33")
    # nobody has looked at what came back, so it is still owed for
    assert -left["liabilities:hub:supply"] == 2 * 72 + Decimal(3 * 20)
    assert not {"liabilities:customer-deposit", "liabilities:refund-payable"} & left.keys()


def bought_and_delivered(stage: Stage, bao: Person, staff: Staff) -> str:
    """An order of goods from two suppliers, up to the customer's door; its number."""
    order = bao.buy({"LAMP": 2, "OOLONG": 3})
    number = str(order["number"])
    assert (order["state"], order["total"]["amount"]) == ("placed", "367.90")
    assert order["payment"]["amount"]["minor"] == 36790
    staff.confirm(order)
    until(lambda: len(bao.order(number)["parcels"]) == 2, "the suppliers were never told")
    staff.ship(number)
    until(lambda: bao.order(number)["state"] == "shipped", "the parcels never left")
    staff.deliver(number)
    until(lambda: bao.order(number)["state"] == "delivered", "the parcels never arrived")
    assert bao.states(number) == ["placed", "paid", "shipped", "delivered"]
    return number


def paid_out_once(mei: Person, staff: Staff, available: int) -> None:
    """Mei takes out everything, tapping many times."""
    for minor, code in ((available + 1, "payout_above_available"), (500, "payout_below_minimum")):
        assert mei.send("POST", "/me/payouts", {"amount": money(minor)}, key=new_key()).json()["code"] == code
    key, body = new_key(), {"amount": money(available)}
    with ThreadPoolExecutor(REPEATS) as taps:
        asked = list(taps.map(lambda _: mei.ask("POST", "/me/payouts", body, key=key, says=201), range(REPEATS)))
    [code] = {each["code"] for each in asked}
    assert mei.balance() == (0, 0)
    assert staff.pay_out(code)["state"] == "paid"
    assert staff.pay_out(code)["state"] == "paid"
    assert [each["state"] for each in mei.get("/me/payouts")["payouts"]] == ["paid"]
