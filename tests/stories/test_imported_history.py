"""A shop with a past on another platform goes on selling."""

import gzip
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from shared_core import members
from tests.stories.driver import StoryShop, background_worker, served, staged, until
from tests.stories.judging import balances, beancount_agrees, books_balance, table
from tests.stories.people import Person, Staff, money, new_key

REFERRALS = """\
sharer,visitor,at
ann,ben,2025-11-01T08:00:00Z
ben,cy,2025-11-02T08:00:00Z
cy,ann,2025-11-03T08:00:00Z
dee,dee,2025-11-03T09:00:00Z
dee,ben,2025-11-04T08:00:00Z
"""
ORDERS = """\
order_id,at,customer,sku,quantity,unit_price,seller
A-1,2025-11-05T10:00:00Z,ben,OLD-LAMP,20,150.00,
A-1,2025-11-05T10:00:00Z,ben,OLD-CUP,3,19.90,
A-2,2025-11-06T10:00:00Z,eve,OLD-CUP,5,19.90,ann
A-3,2025-11-06T11:00:00Z,cy,OLD-CUP,-1,19.90,
A-4,2025-11-06T12:00:00Z,,OLD-CUP,1,19.90,
A-5,2025-11-07T10:00:00Z,cy,OLD-CUP,1,0,
"""
UCI_COLUMNS = {
    "order_id": "InvoiceNo",
    "at": "InvoiceDate",
    "customer": "CustomerID",
    "sku": "StockCode",
    "unit_price": "UnitPrice",
}
UCI_LINES = 10_000
SHARES = 5_000
WINDOW = timedelta(days=9)


@pytest.fixture
def own_history(shop: StoryShop) -> int:
    """Ann sold for more than 3,000 elsewhere; the order lines that were taken in."""
    place = shop.folder.parent
    (place / "referrals.csv").write_text(REFERRALS, "utf-8")
    (place / "orders.csv").write_text(ORDERS, "utf-8")
    ties = shop.told("import", "referrals", place / "referrals.csv")["counts"]
    assert (ties["bound"], ties["already_bound"], ties["refused_self"], ties["refused_loop"]) == (2, 1, 1, 1)
    past = shop.told("import", "orders", place / "orders.csv")
    assert (past["counts"]["orders"], past["counts"]["lines"], len(past["refused"])) == (2, 3, 3)
    return 3


@pytest.fixture
def real_history(shop: StoryShop, sample_data: Path) -> int:
    """Shares in a social network, and ten thousand order lines of a wholesaler; those that were taken in."""
    shares = shop.folder.parent / "collegemsg.txt"
    shares.write_text(head(sample_data / "referrals" / "collegemsg.txt", SHARES), "utf-8")
    assert shop.told("import", "referrals", shares)["counts"]["bound"] > 100
    source = sample_data / "orders" / "uci-online-retail" / "2010-12_to_2011-10.csv.gz"
    file = shop.folder.parent / "uci.csv"
    file.write_text(head(source, 1 + UCI_LINES), "utf-8")
    columns = [part for ours, theirs in UCI_COLUMNS.items() for part in ("--map", f"{ours}={theirs}")]
    past = shop.told("import", "orders", file, *columns, "--not-goods", "POST", "--source", "uci")
    assert past["counts"]["lines"] + len(past["refused"]) == UCI_LINES
    return int(past["counts"]["lines"])


def head(file: Path, lines: int) -> str:
    """The first lines of a text, packed or not."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as text:
        return "".join(islice(text, lines))


@pytest.fixture(params=["own", "real"])
def lines_imported(request: pytest.FixtureRequest) -> int:
    """How much of a past the shop has."""
    lines: int = request.getfixturevalue(f"{request.param}_history")
    return lines


def test_new_orders_on_top_of_an_imported_history_settle_and_pay_out(shop: StoryShop, lines_imported: int) -> None:
    with ExitStack() as open_things:
        mei, bao, number = sold_today(open_things, shop)
        with staged(shop, later=WINDOW) as stage, Staff.of(stage, shop) as staff:
            mei.move_to(stage)
            until(lambda: bao.move_to(stage).order(number)["state"] == "completed", "the window never closed")
            # 10 % of 129.00, and of 4 x 19.90 less the one that came back
            until(lambda: mei.balance() == (0, 1290 + 597), "the earning never became available")
            code = mei.ask("POST", "/me/payouts", {"amount": money(1887)}, key=new_key(), says=201)["code"]
            assert staff.pay_out(code)["state"] == "paid"
            assert mei.balance() == (0, 0)
    books_balance(shop)
    beancount_agrees(shop)
    left = balances(shop)
    assert (left["assets:bank"], left["expenses:commission"]) == (Decimal("-18.87"), Decimal("18.87"))
    assert left["assets:clearing:till"] == Decimal("129.00") + 3 * Decimal("19.90") + 10
    imported = [row for row in table(shop, "orders") if row["origin"] == "import"]
    assert len(imported) == lines_imported
    assert {(row["state"], row["refunded"]) for row in imported} == {("completed", "0.00")}


def sold_today(open_things: ExitStack, shop: StoryShop) -> tuple[Person, Person, str]:
    """Mei's fan Bao orders; all of it arrives and a part goes back, with a worker process beside the app."""
    with served(shop, worker_inline=False) as server, background_worker(shop), Staff.of(server, shop) as staff:
        mei = open_things.enter_context(Person(server)).sign_up("Mei")
        bao = open_things.enter_context(Person(server)).follow(mei.share()).sign_up("Bao")
        order = bao.buy({"LAMP": 1, "CUP": 4})
        number = str(order["number"])
        staff.confirm(order)
        until(lambda: bao.order(number)["parcels"], "the suppliers were never told")
        staff.ship(number)
        until(lambda: bao.order(number)["state"] == "shipped", "the parcel never left")
        staff.deliver(number)
        until(lambda: bao.order(number)["state"] == "delivered", "the parcel never arrived")
        staff.refund(number, {"CUP": 1})
        assert mei.balance() == (1290 + 597, 0)
        return mei, bao, number


@pytest.mark.usefixtures("own_history")
def test_what_was_sold_elsewhere_counts_for_the_rank_under_which_new_orders_pay(shop: StoryShop) -> None:
    """Ann has no log-in yet; her link, printed long ago, is followed all the same."""
    [code] = [row["code"] for row in table(shop, "members") if row["member"] == "ann"]
    link = members.sign_share_token(
        members.ShareClaims(code=code), purpose="share", audience="shop", keys=(shop.secret,)
    )
    with served(shop) as server, Staff.of(server, shop) as staff, Person(server) as fay:
        order = fay.follow(f"/s/{link}").sign_up("Fay").buy({"LAMP": 1})
        staff.confirm(order)
        until(lambda: fay.order(order["number"])["parcels"], "the suppliers were never told")
    [earning] = table(shop, "earnings")
    # shopkeepers get 12.5 %: 16.125
    assert (earning["member"], earning["rank_then"]) == ("ann", "shopkeeper")
    assert (earning["rate_bps"], earning["amount"]) == ("1250", "16.12")
    books_balance(shop)
