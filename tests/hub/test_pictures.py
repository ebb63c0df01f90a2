"""Pictures travel from a supplier's server over the hub to the shop, and stay there when the others are away."""

import hashlib
from pathlib import Path

import httpx2

from shared_core import catalog, media, supply
from shared_core.kernel.database import Database
from tests.catalog.offers import SUGGESTED
from tests.databases import Databases
from tests.hub.hubs import Served, add, key_of, reaching
from tests.media.photographs import photograph, site
from tests.supply.goods import NOON, put, yuan


def with_pictures(database: Database, *urls: str, own: str = "", alt: str = "") -> None:
    with database.transaction() as session:
        put(session, "A")
        variant = supply.VariantSpec("A", cost=yuan(3600), supply_price=yuan(4000), suggested=yuan(8900), picture=own)
        product = supply.ProductSpec(
            "p-a", "The A", (variant,), image_urls=urls, image_alts={urls[0]: alt} if alt else {}
        )
        supply.put_product(session, product, supplier="acme", at=NOON)


def shown(database: Database) -> catalog.ProductView:
    with database.reading() as session:
        return catalog.product(session, slug="p-a")


def test_a_shop_shows_the_hub_s_pictures_when_the_hub_is_away(
    server: Served, databases: Databases, tmp_path: Path
) -> None:
    there, here = media.PictureStore(tmp_path / "hub"), media.PictureStore(tmp_path / "shop")
    with databases.fresh() as hub_url, databases.fresh() as shop_url, site() as makers:
        hub, shop = Database(hub_url), Database(shop_url)
        first = makers.give("/1.png", photograph("red", (700, 900), "PNG"))
        with_pictures(hub, first, makers.give("/2.jpg", photograph("green")), own=first, alt="From the front")
        server.over(hub, there)
        add(hub, "north")
        with reaching(server, key_of(hub, "north")) as gateway:
            catalog.pull(shop, gateway, rule=SUGGESTED, at=NOON)
            assert shown(shop).pictures == ()
            assert supply.gather_pictures(hub, there, media.SafeFetch((makers.url,)), at=NOON) == 2
            catalog.pull(shop, gateway, rule=SUGGESTED, at=NOON)
            assert supply.gather_pictures(shop, here, media.SafeFetch((server.url,)), at=NOON) == 2
            with shop.reading() as session:
                assert {each.url.rpartition("/")[0] for each in media.sources(session)} == {
                    f"{server.url}/api/v1/media"
                }
        hub.dispose()
        view = shown(shop)
        assert [each.alt for each in view.pictures] == ["From the front", ""]
        assert view.listings[0].picture == view.pictures[0].digest
        assert all(here.has(each.digest) and there.has(each.digest) for each in view.pictures)
        shop.dispose()


def test_the_hub_gives_pictures_to_everybody_for_ever(server: Served, database: Database, tmp_path: Path) -> None:
    store = media.PictureStore(tmp_path / "hub")
    with site() as makers:
        with_pictures(database, makers.give("/1.jpg", photograph()))
        supply.gather_pictures(database, store, media.SafeFetch((makers.url,)), at=NOON)
    server.over(database, store)
    [digest] = [each.name for each in (tmp_path / "hub").glob("??/*")]
    with httpx2.Client(base_url=f"{server.url}/api/v1/media/", trust_env=False) as anybody:
        answer = anybody.get(digest)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert "immutable" in answer.headers["cache-control"]
        assert hashlib.sha256(answer.content).hexdigest() == digest
        assert [anybody.get(each).status_code for each in ("0" * 64, "..", "%2e%2e%2fhub.db")] == [404, 404, 404]
