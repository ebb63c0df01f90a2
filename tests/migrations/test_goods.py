"""Goods that a shop had before it was upgraded are found and shown as before."""

from collections.abc import Iterator

import pytest
from alembic import command

from shared_core import catalog, migrations, supply
from shared_core.kernel.database import Database
from tests.catalog.offers import SUGGESTED
from tests.databases import Databases
from tests.supply.goods import HALF_AN_HOUR, NOON, gateway, lines, put, yuan

BEFORE = "core_0020-1"
"""Without texts to look through, and without pictures."""


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    with databases.empty() as address:
        yield address


def test_goods_of_the_release_before_are_found_after_the_upgrade(url: str) -> None:
    migrations.upgrade(url)
    database = Database(url)
    with database.transaction() as session:
        put(session, "TEA-1", units=3)
        mask = supply.VariantSpec("M-1", barcode="4006381333931", cost=yuan(1), suggested=yuan(900))
        spec = supply.ProductSpec("mask", "苹果补水面膜", (mask,), brand="山野", category="Masks")
        supply.put_product(session, spec, supplier="acme", at=NOON)
    catalog.pull(database, gateway(database), rule=SUGGESTED, at=NOON)
    gateway(database).hold("1", lines(**{"TEA-1": 1}), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    with migrations._connection(url) as connection:
        config = migrations._config(None)
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
    assert migrations.upgrade(url)
    with database.reading() as session:
        for words, skus in {"面膜": ["M-1"], "m-1": ["M-1"], "tea": ["TEA-1"], "山野": ["M-1"]}.items():
            assert [each.sku for each in supply.find_goods(session, words)] == skus
            [found] = catalog.products(session, search=words).products
            assert [each.sku for each in found.listings] == skus
        assert [each.sku for each in supply.find_goods(session, "4006381")] == ["M-1"]
        assert catalog.products(session, category="Masks").total == 1
        assert supply.level(session, sku="TEA-1").held == 1
    database.dispose()
