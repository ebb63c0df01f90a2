"""Bugs planted in reading and importing feeds; the same file again, or its neighbour, gives each away."""

from collections.abc import Callable

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import feeds
from shared_core.supply.catalogue import deltas, products
from shared_core.supply.catalogue.feeds import barcodes, cells, reading
from shared_core.supply.catalogue.products import Change
from shared_core.supply.inventory import stock
from tests.supply.goods import HALF_AN_HOUR, NOON, gateway

GOODS = (
    "product,title,price,cost,quantity,sku,barcode\n"
    "tea,Tea,10,5,3,T,4006381333931\ncup,Cup,20,9,4,C,\ncup,,20,9,4,C,\npot,Pot,1.10,1,1,P,4006381333932\n"
)
PRICES = "sku,price\nT,11\n"
Plant = Callable[[pytest.MonkeyPatch], None]


def whatever_is_written_counts_as_new(planted: pytest.MonkeyPatch) -> None:
    """The same feed again tells every store of goods that have not changed."""

    def always(row: object, wanted: dict[str, object], keep: object) -> Change:
        for key, value in wanted.items():
            setattr(row, key, value)
        return Change.UPDATED

    planted.setattr(products, "_set", always)


def a_delta_forgets_what_it_does_not_name(planted: pytest.MonkeyPatch) -> None:
    """A list of prices takes the supply price away."""
    original = deltas._set

    def forget(row: products.Variant, prices: deltas.Prices, currency: str) -> Change:
        row.cost_minor = row.supply_price_minor = None
        return original(row, prices, currency)

    planted.setattr(deltas, "_set", forget)


def a_sku_may_be_given_twice(planted: pytest.MonkeyPatch) -> None:
    """The later row wins, and nobody hears of it."""
    planted.setattr(reading.Assembly, "_once", lambda self, sku, entry: None)


def every_barcode_is_right(planted: pytest.MonkeyPatch) -> None:
    """A digit that was misread finds its way to the scanner."""
    planted.setattr(barcodes, "is_wrong", lambda barcode: False)


def a_price_goes_through_binary(planted: pytest.MonkeyPatch) -> None:
    """1.10 is a little more than 1.1, and more than the currency has decimals for."""
    price = cells.Cells.price

    def rough(self: cells.Cells, field: str) -> str | None:
        found = price(self, field)
        return found and f"{float(found) * 1.0000001:.7f}"

    planted.setattr(cells.Cells, "price", rough)


def stock_is_added_instead_of_counted(planted: pytest.MonkeyPatch) -> None:
    """The same figure again brings as many units once more."""

    def add(self: stock._Count, row: supply.StockLevel, said: int) -> None:
        self.stock, self.said, self.change = row, said, said
        row.feed_quantity = None

    planted.setattr(stock._Count, "__init__", add)


BUGS: list[Plant] = [
    whatever_is_written_counts_as_new,
    a_delta_forgets_what_it_does_not_name,
    a_sku_may_be_given_twice,
    every_barcode_is_right,
    a_price_goes_through_binary,
    stock_is_added_instead_of_counted,
]


def check(database: Database) -> None:
    """Goods come in once, a bad row and a bad barcode are named, and a list of prices changes a price."""
    goods = feeds.read(GOODS.encode())
    assert [(each.line, each.reason) for each in goods.rejected] == [(4, "duplicate_sku")]
    assert [(each.line, each.reason) for each in goods.notes] == [(5, "barcode_left_out")]
    bring(database, goods, hour=0)
    seen = gateway(database).offers().cursor
    bring(database, goods, hour=1)
    assert gateway(database).offers(seen).offers == ()
    bring(database, feeds.read(PRICES.encode()), hour=2)
    [told] = gateway(database).offers(seen).offers
    assert (told.sku, told.supply_price, told.suggested) == ("T", Money(500, "CNY"), Money(1100, "CNY"))
    assert {each.sku: each.available for each in gateway(database).offers().offers} == {"T": 3, "C": 4, "P": 1}


def bring(database: Database, feed: feeds.Feed, *, hour: int) -> None:
    with database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(0, "CNY"), at=NOON)
        at = NOON + hour * HALF_AN_HOUR
        report = supply.import_products(session, feed, supplier="acme", supply_ratio_bps=None, at=at)
    assert report.rejected == feed.rejected


def test_without_a_bug_everything_holds(database: Database) -> None:
    check(database)


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_killed(database: Database, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        check(database)
