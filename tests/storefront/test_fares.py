"""What delivery costs a customer, by where they live."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_core import orders
from shared_core.kernel.money import Money
from shared_core.kernel.settings import Settings
from shared_core.storefront.solvency import sale_terms
from tests.storefront.conftest import ADDRESS, Clock, Front, close_front, key, open_front, purchase
from tests.storefront.test_pages import HOME_ADDRESS, walker

FARES = """
[shipping]
flat = "8"
free_over = "150"
excluded = ["TW"]
[[shipping.region]]
regions = ["西藏", "新疆"]
flat = "20"
"""
TIBET = HOME_ADDRESS | {"province": "CN-XZ", "city": "拉萨"}


@pytest.fixture
def front(brand_dir: Path, settings: Settings, clock: Clock) -> Iterator[Front]:
    file = brand_dir / "brand.toml"
    written = file.read_text(encoding="utf-8").split("[shipping]")[0]
    file.write_text(written + FARES, encoding="utf-8")
    made = open_front(brand_dir, settings, clock)
    made.stock("A")
    yield made
    close_front(made)


def freight_of(front: Front, number: str) -> int:
    with front.shop.database.reading() as session:
        return orders.get(session, number).freight_minor


def test_a_far_region_pays_its_own_fare_once_it_was_seen(front: Front) -> None:
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    buyer.open("/products/p-a")
    assert "CN¥8.00" in buyer.send("/cart").text
    page = buyer.open("/checkout")
    assert "To Tibet, Xinjiang: CN¥20.00" in page.text and "Nothing is sent to" in page.text
    told = buyer.send("/checkout", **TIBET)
    assert told.status == 409 and "Delivery to where you want it costs CN¥20.00, so the total is CN¥109.00" in told.text
    assert "Order and pay CN¥109.00" in told.text
    number = buyer.send("/checkout", **TIBET).url.rpartition("/")[2]
    assert freight_of(front, number) == 2000
    buyer.open("/products/p-a")
    buyer.send("/cart")
    assert "Order and pay CN¥109.00" in buyer.open("/checkout").text, "the last address is known"


def test_far_goods_never_travel_free_and_near_ones_do(front: Front) -> None:
    buyer = front.member()
    far = purchase("A", quantity=2, total=17800) | {"address": ADDRESS | {"region": "新疆", "city": "喀什"}}
    told = buyer.post("/api/v1/orders", json=far, headers=key())
    assert (told.status_code, told.json()["code"]) == (409, "price_changed")
    far["seen_total"]["minor"] = 19800
    number = buyer.post("/api/v1/orders", json=far, headers=key()).json()["number"]
    near = buyer.post("/api/v1/orders", json=purchase("A", quantity=2, total=17800), headers=key()).json()["number"]
    assert (freight_of(front, number), freight_of(front, near)) == (2000, 0)


def test_a_cart_is_told_with_the_freight_to_a_region(front: Front) -> None:
    buyer = front.member()
    buyer.put("/api/v1/cart/lines/A", json={"quantity": 1})
    asked = [buyer.get("/api/v1/cart", params=where).json()["freight"]["minor"] for where in ({}, {"region": "CN-XZ"})]
    assert asked == [800, 2000]


def test_nothing_is_sold_to_where_nothing_is_sent(front: Front) -> None:
    buyer = front.member()
    there = purchase("A", total=9700) | {"address": ADDRESS | {"country": "TW", "region": "", "city": "Taipei"}}
    told = buyer.post("/api/v1/orders", json=there, headers=key())
    assert (told.status_code, told.json()["code"]) == (422, "not_delivered")


def test_the_proof_counts_on_what_everybody_pays(front: Front) -> None:
    terms = sale_terms(front.shop.brand, platform_fee_bps=0)
    assert (terms.freight_charged, terms.free_over) == (Money(800, "CNY"), Money(15000, "CNY"))
