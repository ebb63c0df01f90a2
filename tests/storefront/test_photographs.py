"""Photographs of products in the shop: its own, sized for the screen, and never anybody else's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_core import media, supply
from shared_core.kernel.money import Money
from shared_core.kernel.settings import Settings
from shared_core.storefront import chores
from tests.media.photographs import Site, photograph, site
from tests.storefront.conftest import Clock, Front, close_front, open_front


@pytest.fixture
def makers() -> Iterator[Site]:
    with site() as made:
        yield made


@pytest.fixture
def front(brand_dir: Path, settings: Settings, clock: Clock, makers: Site) -> Iterator[Front]:
    made = open_front(brand_dir, settings.model_copy(update={"media_private_origins": [makers.url]}), clock)
    yield made
    close_front(made)


def put_scarf(front: Front, *urls: str, own: str = "", alts: dict[str, str] | None = None) -> None:
    """A scarf in two colours with these pictures; the red one has its `own`."""
    with front.shop.database.transaction() as session:
        at, cost, price = front.clock(), Money(4000, front.shop.currency), Money(8900, front.shop.currency)
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(800, front.shop.currency), at=at)
        variants = tuple(
            supply.VariantSpec(f"S-{colour}", (("Colour", colour),), cost=cost, suggested=price, picture=picture)
            for colour, picture in (("blue", ""), ("red", own))
        )
        scarf = supply.ProductSpec("scarf", "Scarf", variants, image_urls=urls, image_alts=alts or {})
        supply.put_product(session, scarf, supplier="acme", at=at)
    chores.gather_pictures(front.shop, front.clock())
    front.settle()


def test_a_product_shows_all_its_photographs_and_each_variant_its_own(front: Front, makers: Site) -> None:
    first, second = makers.give("/1.jpg", photograph("blue")), makers.give("/2.jpg", photograph("red"))
    put_scarf(front, first, second, own=second, alts={first: "Blue, from the front"})
    page = front.browser().get("/products/scarf").text
    blue, red = (media.render(photograph(colour)).digest for colour in ("blue", "red"))
    gallery = re.search(r'<div class="gallery".*?\n    </div>', page, re.DOTALL)
    assert gallery is not None
    assert re.findall(r'src="/media/(\w+)/960"[^>]* alt="([^"]*)"', gallery[0]) == [
        (blue, "Blue, from the front"),
        (red, "Scarf"),
    ]
    assert re.findall(r'src="/media/(\w+)/480"[^>]*>(\w+)', page)[:1] == [(red, "red")]
    assert makers.url not in page
    assert f"/media/{blue}/480" in front.browser().get("/products").text


def test_a_photograph_is_sent_as_whoever_asks_can_show_it(front: Front, makers: Site) -> None:
    put_scarf(front, makers.give("/1.jpg", photograph()))
    digest, client = media.render(photograph()).digest, front.browser()
    for accepted, kind in (("image/avif,image/webp,*/*", "image/webp"), ("image/png,*/*", "image/jpeg")):
        answer = client.get(f"/media/{digest}/480", headers={"Accept": accepted})
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert (answer.headers["vary"], answer.headers["x-content-type-options"]) == ("Accept", "nosniff")
    for nothing in (f"/media/{'0' * 64}/480", "/media/x/480", f"/media/{digest}/wide", "/media/%2e%2e/480"):
        assert client.get(nothing).status_code in {404, 422}


def test_without_a_photograph_one_is_drawn_and_other_servers_are_never_asked(front: Front, makers: Site) -> None:
    put_scarf(front, makers.give("/broken.jpg", b"<svg/>"), makers.url + "/not-there.jpg")
    for path in ("/products", "/products/scarf"):
        page = front.browser().get(path).text
        assert "/art.svg?of=scarf" in page and "/media/" not in page and makers.url not in page


def test_the_api_names_photographs_at_this_shop(front: Front, makers: Site) -> None:
    put_scarf(front, makers.give("/1.jpg", photograph()), makers.give("/bad.jpg", b"no"))
    digest = media.render(photograph()).digest
    assert front.browser().get("/api/v1/products/scarf").json()["images"] == [f"/media/{digest}/1600"]


def test_a_feed_that_comes_again_asks_nobody_again(front: Front, makers: Site) -> None:
    urls = (makers.give("/1.jpg", photograph("blue")), makers.give("/2.jpg", photograph("red")))
    put_scarf(front, *urls)
    put_scarf(front, *urls)
    assert len(makers.asked) == 2
    put_scarf(front, *reversed(urls))
    first = re.search(r'src="/media/(\w+)/480"', front.browser().get("/products").text)
    assert first is not None and first[1] == media.render(photograph("red")).digest
    assert len(makers.asked) == 2
