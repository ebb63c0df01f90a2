"""The shop window follows the offers."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from shared_core import catalog, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Invalid
from tests.catalog.offers import SUGGESTED, digest_of, offer, page, yuan
from tests.supply.goods import NOON, gateway, put, stocked


def test_offers_become_products_with_prices(session: Session, at: datetime) -> None:
    shirt = offer("S-M", product="shirt", options=(("Size", "M"),))
    report = catalog.sync(session, page(shirt, offer("S-L", product="shirt"), offer("TEA")), rule=SUGGESTED, at=at)
    assert report == catalog.SyncReport(offers=3, created=3, updated=0, unpriced=())
    view = catalog.product(session, slug="shirt")
    assert [(each.sku, each.price, each.label) for each in view.listings] == [
        ("S-M", yuan(8900), "M"),
        ("S-L", yuan(8900), ""),
    ]
    assert view.pictures == (catalog.Picture(digest_of("shirt"), "The shirt, worn"),)


def test_a_sku_without_supply_price_is_never_listed(session: Session, at: datetime) -> None:
    report = catalog.sync(session, page(offer("GIFT", cost=None)), rule=SUGGESTED, at=at)
    assert report.unpriced == ("GIFT",)
    assert catalog.products(session).total == 0
    with pytest.raises(catalog.NotListed):
        catalog.price(session, sku="GIFT")
    with pytest.raises(catalog.NoSupplyPrice):
        catalog.set_price(session, sku="GIFT", price=yuan(100), at=at)
    assert catalog.listing(session, sku="GIFT").state is catalog.ListingState.UNPRICED


def test_a_change_of_the_offer_is_a_change_of_the_listing(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A")), rule=SUGGESTED, at=at)
    dearer = offer("A", suggested=9900, available=0, title="Renamed")
    report = catalog.sync(session, page(dearer, cursor=2), rule=SUGGESTED, at=at)
    assert (report.created, report.updated) == (0, 1)
    item = catalog.price(session, sku="A")
    assert (item.unit_price, item.available, item.title) == (yuan(9900), 0, "Renamed")


def test_an_old_page_changes_nothing(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A", suggested=9900), cursor=5), rule=SUGGESTED, at=at)
    stale = catalog.sync(session, page(offer("A", suggested=1), cursor=4), rule=SUGGESTED, at=at)
    assert stale == catalog.SyncReport()
    assert catalog.cursor(session) == 5
    assert catalog.price(session, sku="A").unit_price == yuan(9900)


def test_what_is_no_longer_offered_is_no_longer_for_sale(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A")), rule=SUGGESTED, at=at)
    catalog.sync(session, page(offer("A", active=False), cursor=2), rule=SUGGESTED, at=at)
    with pytest.raises(catalog.NotListed):
        catalog.price(session, sku="A")
    assert catalog.listing(session, sku="A").state is catalog.ListingState.WITHDRAWN


def test_another_rule_prices_everything_anew(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A"), offer("B"), cursor=2), rule=SUGGESTED, at=at)
    catalog.set_price(session, sku="B", price=yuan(7000), at=at)
    markup = catalog.PriceRule(catalog.PriceBasis.MARKUP, markup_bps=5000)
    catalog.sync(session, supply.OfferPage((), 2, False), rule=markup, at=at)
    assert catalog.price(session, sku="A").unit_price == yuan(6000)
    assert catalog.price(session, sku="B").unit_price == yuan(7000)


def test_a_supply_price_above_the_shops_own_price_takes_the_sku_off(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A")), rule=SUGGESTED, at=at)
    catalog.set_price(session, sku="A", price=yuan(5000), at=at)
    report = catalog.sync(session, page(offer("A", cost=5001), cursor=2), rule=SUGGESTED, at=at)
    assert report.unpriced == ("A",)
    with pytest.raises(catalog.NotListed):
        catalog.price(session, sku="A")
    catalog.set_price(session, sku="A", price=None, at=at)
    assert catalog.price(session, sku="A").unit_price == yuan(8900)


def test_pulling_reads_the_feed_page_by_page_to_its_end(database: Database) -> None:
    stocked(database, {f"A{number}": 1 for number in range(5)})

    class SmallPages(supply.LocalGateway):
        def offers(self, after: int = 0, limit: int = 2) -> supply.OfferPage:
            return super().offers(after, limit=2)

    shop = SmallPages(database, gateway(database).terms)
    report = catalog.pull(database, shop, rule=SUGGESTED, at=NOON)
    assert (report.offers, report.created) == (5, 5)
    assert catalog.pull(database, shop, rule=SUGGESTED, at=NOON) == catalog.SyncReport()
    with database.transaction() as session:
        put(session, "A3", price=4400)
    assert catalog.pull(database, shop, rule=SUGGESTED, at=NOON).updated == 1
    with database.reading() as session:
        assert catalog.price(session, sku="A3").supply_price == yuan(4400)


def test_the_last_unit_held_is_sold_out_in_the_window(database: Database) -> None:
    stocked(database, {"A": 1})
    shop = gateway(database)
    catalog.pull(database, shop, rule=SUGGESTED, at=NOON)
    shop.hold("o1", [supply.HoldLine("A", 1)], customer="c", ttl=timedelta(minutes=5), at=NOON)
    catalog.pull(database, shop, rule=SUGGESTED, at=NOON)
    with database.reading() as session:
        assert catalog.product(session, slug="p-a").sold_out


def test_a_product_that_changes_its_address_is_found_at_the_new_one(session: Session, at: datetime) -> None:
    first = offer("A")
    catalog.sync(session, page(first), rule=SUGGESTED, at=at)
    moved = replace(first, product=replace(first.product, slug="new-place"))
    catalog.sync(session, page(moved, cursor=2), rule=SUGGESTED, at=at)
    assert catalog.product(session, slug="new-place").code == "p-a"
    with pytest.raises(catalog.UnknownProduct):
        catalog.product(session, slug="p-a")


@dataclass(frozen=True)
class AtLeast:
    """A check that wants so much above the supply price."""

    above: int

    @property
    def signature(self) -> str:
        return f"at-least-{self.above}"

    def lists(self, proposed: catalog.Proposed) -> bool:
        assert proposed.supply_price is not None
        return proposed.price.minor >= proposed.supply_price.minor + self.above

    def require(self, proposed: catalog.Proposed) -> None:
        if not self.lists(proposed):
            raise Invalid(field="price", reason="too low")


def checked(above: int) -> catalog.PriceRule:
    return catalog.PriceRule(catalog.PriceBasis.SUGGESTED, check=AtLeast(above))


def test_what_the_check_refuses_is_mirrored_but_not_for_sale(session: Session, at: datetime) -> None:
    report = catalog.sync(session, page(offer("A"), offer("B", cost=8000)), rule=checked(2000), at=at)
    assert report.unpriced == ("B",)
    seen = catalog.listing(session, sku="B")
    assert (seen.state, seen.price, seen.wanted) == (catalog.ListingState.UNSOUND, None, yuan(8900))
    assert list(catalog.for_sale(session, skus=["A", "B"])) == ["A"]


def test_a_supply_price_that_rises_takes_a_listing_off_and_one_that_falls_puts_it_back(
    session: Session, at: datetime
) -> None:
    for cursor, cost, state in ((1, 4000, "listed"), (2, 8000, "unsound"), (3, 6900, "listed")):
        catalog.sync(session, page(offer("A", cost=cost), cursor=cursor), rule=checked(2000), at=at)
        assert catalog.listing(session, sku="A").state == state


def test_another_check_judges_every_listing_anew(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A"), offer("B", cost=8000)), rule=checked(500), at=at)
    catalog.sync(session, supply.OfferPage((), 1, False), rule=checked(2000), at=at)
    assert [catalog.listing(session, sku=sku).state for sku in "AB"] == ["listed", "unsound"]


def test_an_own_price_must_pass_the_check(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A")), rule=checked(2000), at=at)
    with pytest.raises(Invalid):
        catalog.set_price(session, sku="A", price=yuan(5999), at=at, check=AtLeast(2000))
    catalog.set_price(session, sku="A", price=yuan(6000), at=at, check=AtLeast(2000))
    assert catalog.price(session, sku="A").unit_price == yuan(6000)


def test_proposals_are_what_would_be_for_sale(session: Session, at: datetime) -> None:
    offers = (offer("A"), offer("B", cost=8000), offer("C", active=False), offer("D", cost=None))
    catalog.sync(session, page(*offers), rule=checked(2000), at=at)
    catalog.unlist(session, sku="A", at=at)
    assert [(each.sku, each.price, each.supply_price) for each in catalog.proposals(session)] == [
        ("B", yuan(8900), yuan(8000)),
        ("D", yuan(8900), None),
    ]


def test_a_rule_s_price_is_lifted_to_the_floor(session: Session, at: datetime) -> None:
    markup = catalog.PriceRule(catalog.PriceBasis.MARKUP, markup_bps=1000, rounding=catalog.Rounding.CHARM_90)
    offers = page(offer("A", floor=6000), offer("B", suggested=None, floor=4400), offer("C", cost=4000))
    catalog.sync(session, offers, rule=markup, at=at)
    asked = {sku: catalog.price(session, sku=sku).unit_price for sku in "ABC"}
    assert asked == {"A": yuan(6090), "B": yuan(4490), "C": yuan(4490)}


def test_a_price_of_its_own_below_the_floor_is_refused_and_leaves_the_window_when_the_floor_rises(
    session: Session, at: datetime
) -> None:
    catalog.sync(session, page(offer("A", floor=6000)), rule=SUGGESTED, at=at)
    with pytest.raises(catalog.PriceBelowFloor) as refused:
        catalog.set_price(session, sku="A", price=yuan(5999), at=at)
    assert refused.value.params["floor"] == yuan(6000)
    catalog.set_price(session, sku="A", price=yuan(6000), at=at)
    assert catalog.price(session, sku="A").unit_price == yuan(6000)
    catalog.sync(session, page(offer("A", floor=6100), cursor=2), rule=SUGGESTED, at=at)
    listing = catalog.listing(session, sku="A")
    assert (listing.state, listing.below_floor) == (catalog.ListingState.UNPRICED, True)
    with pytest.raises(catalog.NotListed):
        catalog.price(session, sku="A")


# --- sales ----------------------------------------------------------------------------------------------------------

HOUR = timedelta(hours=1)


def sale(code: str, *goods: supply.SaleGoods, begins: datetime, hours: int = 2) -> supply.SaleView:
    return supply.SaleView(code, code.title(), "", begins, begins + hours * HOUR, goods)


def goods(
    sku: str, suggested: int, *, supplied: int = 3000, left: int = 5, floor: int | None = None
) -> supply.SaleGoods:
    return supply.SaleGoods(sku, yuan(supplied), yuan(suggested), None if floor is None else yuan(floor), left, None)


def shown(session: Session, *sales: supply.SaleView, at: datetime, charged: dict[str, int] | None = None) -> None:
    catalog.mirror_sales(session, sales, rule=SUGGESTED, charged=lambda *_: charged or {}, at=at)


def asked(session: Session, at: datetime, sku: str = "A") -> int:
    return catalog.price(session, sku=sku, at=at).unit_price.minor


def test_the_lowest_running_sale_with_pieces_left_is_asked(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A")), rule=SUGGESTED, at=at)
    first, second = sale("one", goods("A", 6000), begins=at), sale("two", goods("A", 5000, left=0), begins=at)
    third = sale("three", goods("A", 5500), begins=at + HOUR)
    shown(session, first, second, third, at=at)
    assert [asked(session, at + n * HOUR) for n in range(4)] == [6000, 5500, 5500, 8900]
    shown(session, second, at=at)
    assert asked(session, at) == 8900
    shown(session, sale("two", goods("A", 5000, left=3), begins=at), at=at)
    item = catalog.price(session, sku="A", at=at)
    assert (item.unit_price, item.supply_price, item.available, item.sale) == (yuan(5000), yuan(3000), 3, "two")
    catalog.note_left(session, sale="two", sku="A", left=0)
    assert asked(session, at) == 8900
    shown(session, at=at)
    assert catalog.shop_sales(session, at=at) == []


def test_a_sale_is_taken_where_it_is_lower_than_the_shop_s_own_price(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A"), offer("B")), rule=SUGGESTED, at=at)
    catalog.set_price(session, sku="A", price=yuan(5800), at=at)
    shown(session, sale("one", goods("A", 5900), goods("B", 5000, floor=5500), begins=at), at=at)
    assert (asked(session, at, "A"), asked(session, at, "B")) == (5800, 5500)
    assert [each.product_codes for each in catalog.shop_sales(session, at=at)] == [("p-b",)]


def test_what_is_struck_out_was_charged_and_is_never_above_the_ordinary_price(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A"), offer("B"), offer("C"), offer("D")), rule=SUGGESTED, at=at)
    wanted = sale("one", *(goods(sku, 5900) for sku in "ABCD"), begins=at)
    shown(session, wanted, at=at, charged={"A": 8000, "B": 9900, "C": 5900})
    views = {each.sku: each for view in catalog.newest(session, limit=9, at=at) for each in view.listings}
    assert {sku: view.was for sku, view in views.items()} == {"A": yuan(8000), "B": yuan(8900), "C": None, "D": None}


def test_another_supply_begins_without_the_sales_of_the_former(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("A")), rule=SUGGESTED, at=at)
    shown(session, sale("one", goods("A", 5900), begins=at), at=at)
    catalog.begin_anew(session, feed="hub", at=at)
    assert catalog.sales_of_listings(session, ["A"], at=at) == {}


def test_goods_that_are_chosen_wait_until_the_shop_puts_them_in_the_window(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("OLD")), rule=SUGGESTED, at=at)
    both = page(offer("OLD", suggested=9900), offer("NEW"), cursor=2)
    catalog.sync(session, both, rule=SUGGESTED, at=at, lists=False)
    assert [each.code for each in catalog.products(session).products] == ["p-old"]
    resting = catalog.products(session, hidden=True, resting=True).products
    assert [(each.code, each.listings[0].wanted is not None) for each in resting] == [("p-new", True)]
    catalog.relist(session, sku="NEW", at=at)
    assert sorted(each.code for each in catalog.products(session).products) == ["p-new", "p-old"]
    assert catalog.products(session, hidden=True, resting=True).products == ()
