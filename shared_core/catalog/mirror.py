"""Following the offers: every change on the supply side becomes a change in the shop window."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shared_core import media
from shared_core.catalog import rules
from shared_core.catalog.errors import SuppliedFromElsewhere
from shared_core.catalog.models import Listing, OfferCursor, Product, SaleListing, SaleMirror, SearchText
from shared_core.catalog.rules import PriceCheck, PriceRule
from shared_core.catalog.views import money, proposed
from shared_core.kernel import bulk
from shared_core.kernel.database import Database, lock
from shared_core.kernel.searching import DESCRIPTION_SEARCHED_MAX, plain
from shared_core.supply import Offer, OfferPage, OfferProduct, SupplyGateway

OWN = "offers"
"""Offers of the supply in the same database; those of a hub are another feed."""
LISTINGS_AT_ONCE = 500
ALT_LENGTH_MAX = 300


@dataclass(frozen=True, slots=True)
class SyncReport:
    """`created` and `updated` listings.

    `unpriced` SKUs are mirrored but cannot be sold: no supply price, a price below it or below the floor, or one at
    which a sale could lose money.
    """

    offers: int = 0
    created: int = 0
    updated: int = 0
    unpriced: tuple[str, ...] = ()

    def __add__(self, other: "SyncReport") -> "SyncReport":
        return SyncReport(
            offers=self.offers + other.offers,
            created=self.created + other.created,
            updated=self.updated + other.updated,
            unpriced=tuple(sorted({*self.unpriced, *other.unpriced})),
        )


def cursor(session: Session, *, feed: str = OWN) -> int:
    """From where to ask the gateway for offers."""
    return session.scalar(select(OfferCursor.value).where(OfferCursor.feed == feed)) or 0


def sync(
    session: Session, page: OfferPage, *, rule: PriceRule, at: datetime, feed: str = OWN, lists: bool = True
) -> SyncReport:
    """Take in one page of offers. A page that is older than what is known already is left aside.

    `lists`: what is new stands in the window at once; otherwise it waits until the shop puts it there.

    When the price rule differs from last time's, every price is made anew. Raises SuppliedFromElsewhere when the
    window shows another feed by now.
    """
    lock(session, "catalog-sync")
    state = session.get(OfferCursor, feed, populate_existing=True)
    if state is None:
        if session.scalar(select(OfferCursor.feed)) is not None:
            raise SuppliedFromElsewhere()
        state = OfferCursor(feed=feed, value=0, rule=rule.signature, synced_at=at)
        session.add(state)
    if state.rule != rule.signature:
        _price_anew(session, rule, at)
    state.rule, state.synced_at = rule.signature, at
    if page.cursor <= state.value:
        session.flush()
        return SyncReport()
    state.value = page.cursor
    _want_pictures(session, page, at)
    products = _mirror_products(session, (offer.product for offer in page.offers))
    report = _mirror_listings(session, page.offers, products, rule, at, lists=lists)
    session.flush()
    _index(session, products.values())
    session.flush()
    return report


def begin_anew(session: Session, *, feed: str, at: datetime) -> None:
    """The window shows this feed from now on: nothing is on offer until it has been asked for."""
    lock(session, "catalog-sync")
    session.execute(delete(OfferCursor))
    session.add(OfferCursor(feed=feed, value=0, rule="", synced_at=at))
    session.execute(delete(SaleListing))
    session.execute(delete(SaleMirror))
    session.execute(update(Listing).values(offered=False))
    session.flush()


def skus(session: Session) -> dict[str, bool]:
    """Every SKU there ever was, and whether it is on offer."""
    return {row.sku: row.offered for row in session.execute(select(Listing.sku, Listing.offered))}


def pull(
    database: Database,
    gateway: SupplyGateway,
    *,
    rule: PriceRule,
    at: datetime,
    feed: str = OWN,
    lists: bool = True,
) -> SyncReport:
    """Ask the gateway until the mirror has all there is; one transaction per page. See `sync`."""
    with database.reading() as session:
        after = cursor(session, feed=feed)
    report, more = SyncReport(), True
    while more:
        page = gateway.offers(after)
        with database.transaction() as session:
            report += sync(session, page, rule=rule, at=at, feed=feed, lists=lists)
        after, more = page.cursor, page.more
    return report


def _want_pictures(session: Session, page: OfferPage, at: datetime) -> None:
    """Have the pictures brought here that are elsewhere, each with the content that was named."""
    offered = [each for offer in page.offers for each in offer.product.pictures]
    media.want_exactly(session, {each.url: each.digest for each in offered if each.url}, at=at)


def _mirror_products(session: Session, products: Iterable[OfferProduct]) -> dict[str, Product]:
    """The products by code."""
    wanted = {product.code: product for product in products}
    rows = {row.code: row for row in session.scalars(select(Product).where(bulk.among(session, Product.code, wanted)))}
    new = {code: Product(code=code) for code in wanted if code not in rows}
    rows |= new
    for code, product in wanted.items():
        row = rows[code]
        row.slug, row.title, row.brand, row.category = product.slug, product.title, product.brand, product.category
        row.description, row.image_urls = product.description, list(product.image_urls)
        row.pictures = [[each.digest, each.alt[:ALT_LENGTH_MAX]] for each in product.pictures]
        row.category_path = rules.category_path(product.category, product.category_path)
        row.search_text = "\n".join(map(plain, (product.title, product.brand, product.category, product.code)))
    bulk.add_all(session, list(new.values()), key="code")
    session.flush()
    return rows


def _index(session: Session, products: Iterable[Product]) -> None:
    """Bring what is looked through up to date, once the listings are there."""
    by_id = {row.id: row for row in products}
    codes: dict[int, list[str]] = {product_id: [] for product_id in by_id}
    theirs = bulk.among(session, Listing.product_id, by_id)
    query = select(Listing.product_id, Listing.sku, Listing.barcode).where(theirs).order_by(Listing.id)
    for each in session.execute(query):
        codes[each.product_id] += [each.sku, each.barcode]
    known = session.scalars(select(SearchText).where(bulk.among(session, SearchText.product_id, by_id)))
    texts = {text.product_id: text for text in known}
    new = {product_id: SearchText(product_id=product_id) for product_id in by_id if product_id not in texts}
    texts |= new
    for product_id, row in by_id.items():
        others = (row.category_path, row.code, row.description[:DESCRIPTION_SEARCHED_MAX])
        texts[product_id].say(title=row.title, brand=row.brand, codes=codes[product_id], others=others)
    bulk.add_all(session, list(new.values()), key="product_id")


def _mirror_listings(
    session: Session,
    offers: tuple[Offer, ...],
    products: dict[str, Product],
    rule: PriceRule,
    at: datetime,
    *,
    lists: bool,
) -> SyncReport:
    wanted = {offer.sku: offer for offer in offers}
    rows = {row.sku: row for row in session.scalars(select(Listing).where(bulk.among(session, Listing.sku, wanted)))}
    new = {sku: Listing(sku=sku, unlisted=not lists) for sku in wanted if sku not in rows}
    rows |= new
    for sku, offer in wanted.items():
        _mirror(rows[sku], offer, products[offer.product.code], rule, at)
    bulk.add_all(session, list(new.values()), key="sku")
    return SyncReport(
        offers=len(wanted),
        created=len(new),
        updated=len(wanted) - len(new),
        unpriced=tuple(sorted(sku for sku, row in rows.items() if row.price_minor is None)),
    )


def _mirror(row: Listing, offer: Offer, product: Product, rule: PriceRule, at: datetime) -> None:
    amount = offer.supply_price or offer.suggested
    row.product_id = product.id
    row.options = [list(pair) for pair in offer.options]
    if amount is not None:
        row.currency = amount.currency
    row.currency = row.currency or ""
    row.supply_price_minor = None if offer.supply_price is None else offer.supply_price.minor
    row.suggested_minor = None if offer.suggested is None else offer.suggested.minor
    row.floor_minor = None if offer.floor is None else offer.floor.minor
    row.available = offer.available
    row.offered = offer.active
    row.supplier, row.freight_minor = offer.supplier, None if offer.freight is None else offer.freight.minor
    row.picture, row.barcode = offer.picture, offer.barcode
    row.changed_at = at
    set_rule_price(row, product, rule)


def set_rule_price(row: Listing, product: Product, rule: PriceRule) -> None:
    """Make the listing's price by this rule, then by what the shop itself wants."""
    by_rule = rules.list_price(
        rule,
        supply_price=money(row.supply_price_minor, row.currency),
        suggested=money(row.suggested_minor, row.currency),
        floor=money(row.floor_minor, row.currency),
    )
    row.rule_minor = None if by_rule is None else by_rule.minor
    set_selling_price(row, product, rule.check)


def set_selling_price(row: Listing, product: Product, check: PriceCheck) -> None:
    """Bring what a customer pays up to date with supply price, rule, override and what the shop could lose."""
    price = rules.selling_price(
        supply_price=money(row.supply_price_minor, row.currency),
        by_rule=money(row.rule_minor, row.currency),
        override=money(row.override_minor, row.currency),
        floor=money(row.floor_minor, row.currency),
    )
    row.unsound = price is not None and not check.lists(proposed(row, product, price))
    row.price_minor = None if price is None or row.unsound else price.minor


def _price_anew(session: Session, rule: PriceRule, at: datetime) -> None:
    last_id = 0
    while True:
        query = select(Listing, Product).join(Product).where(Listing.id > last_id).order_by(Listing.id)
        rows = session.execute(query.limit(LISTINGS_AT_ONCE)).all()
        if not rows:
            return
        for row, product in rows:
            set_rule_price(row, product, rule)
            row.changed_at = at
        session.flush()
        last_id = rows[-1][0].id
