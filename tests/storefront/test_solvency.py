"""No sale may lose money: guards at the window, at the price tag and at the counter."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from shared_core import orders, rewards, supply
from shared_core.kernel.settings import Settings
from tests.storefront.conftest import BRAND, Clock, Front, close_front, key, open_front, purchase
from tests.storefront.test_main_way import follow, share
from tests.storefront.walker import staff_walker

WHAT_IS_LEFT = 7_700
"""Of 100.00 after the 23 % of the plan's best case."""


def state_of(front: Front, sku: str) -> str:
    found = front.staff().get("/api/v1/admin/products", params={"search": sku}).json()["products"]
    return str(found[0]["listings"][0]["state"])


def test_goods_whose_sale_could_lose_money_are_not_listed(front: Front) -> None:
    front.stock("SAFE", price=10_000, supplied=WHAT_IS_LEFT)
    front.stock("DEAR", price=10_000, supplied=WHAT_IS_LEFT + 1)
    assert (state_of(front, "SAFE"), state_of(front, "DEAR")) == ("listed", "unsound")
    assert front.browser().get("/api/v1/products/p-dear").status_code == 404


def test_the_back_office_says_why_goods_are_not_listed(front: Front) -> None:
    front.stock("DEAR", price=10_000, supplied=8_000)
    page = staff_walker(front).open("/admin/products")
    assert "could lose" in page.text and "CN¥103.90" in page.text


def test_the_back_office_shows_what_each_rank_would_earn(front: Front) -> None:
    front.stock("A", price=8_900, supplied=4_000)
    page = staff_walker(front).open("/admin/products")
    assert "A seller earns Shopkeeper CN¥13.35 · Senior shopkeeper CN¥16.02" in " ".join(page.text.split())


def test_a_price_at_which_a_sale_could_lose_money_is_refused_with_the_worst_case(front: Front) -> None:
    front.stock("A", price=8_900, supplied=4_000)
    staff = front.staff()
    answer = staff.put("/api/v1/admin/listings/A/price", json={"price": {"minor": 5_000, "currency": "CNY"}})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "price_at_loss")
    told = problem["params"]
    assert told["quantity"] == 999
    assert told["people"] == "seller senior seller-senior 8991.00, inviter senior inviter-senior 2497.50"
    assert told["left"]["minor"] == 999 * (5_000 - 4_000) - 899_100 - 249_750 == -149_850
    assert told["needed"]["minor"] == 5_195
    safe = staff.put("/api/v1/admin/listings/A/price", json={"price": {"minor": 5_195, "currency": "CNY"}})
    assert safe.status_code == 200 and safe.json()["price"]["minor"] == 5_195
    assert "could lose" in _set_price(front, "A", "51.94")


def _set_price(front: Front, sku: str, price: str) -> str:
    staff = staff_walker(front)
    staff.open("/admin/products")
    page = staff.send("/admin/products/price", sku=sku, price=price)
    assert page.status == 422
    return str(page.text)


def test_a_supply_price_that_rises_takes_the_goods_off(front: Front) -> None:
    front.stock("A", price=10_000, supplied=7_000)
    assert state_of(front, "A") == "listed"
    front.stock("A", price=10_000, supplied=7_900)
    assert state_of(front, "A") == "unsound"


@pytest.fixture
def warned(brand_dir: Path, settings: Settings, clock: Clock) -> Iterator[Front]:
    """A shop that only wants to be warned."""
    (brand_dir / "brand.toml").write_text(BRAND + '[pricing]\nunsound = "warn"\n', encoding="utf-8")
    made = open_front(brand_dir, settings, clock)
    yield made
    close_front(made)


def test_a_shop_that_only_wants_a_warning_keeps_the_goods_in_the_window(warned: Front) -> None:
    warned.stock("DEAR", price=10_000, supplied=8_000)
    assert state_of(warned, "DEAR") == "listed"


def test_a_loss_with_the_people_who_really_take_part_is_refused_at_the_counter(warned: Front) -> None:
    """A shopkeeper's 15 % leave 85.00 for a supply of 85.01; without a seller the same sale goes through."""
    warned.stock("DEAR", price=10_000, supplied=8_501)
    shopkeeper, lucky = warned.member(), warned.member()
    for _ in range(10):
        warned.member(follow(warned, share(shopkeeper)))
    buyer = warned.member(follow(warned, share(shopkeeper)))
    answer = buyer.post("/api/v1/orders", json=purchase("DEAR", total=11_000), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (404, "sale_at_loss")
    assert "85.01" not in answer.text and "8501" not in answer.text
    with warned.shop.database.reading() as session:
        row = session.scalars(select(orders.Order)).one()
        assert (row.state, row.seller_id is None) == (orders.State.REFUSED, False)
        assert supply.level(session, sku="DEAR").held == 0
        assert rewards.earnings_on(session, row.id) == []
    assert lucky.post("/api/v1/orders", json=purchase("DEAR", total=11_000), headers=key()).status_code == 201
