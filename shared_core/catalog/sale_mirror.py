"""Sale events in the shop window: a mirror of what the supply side shows, at this shop's prices.

The mirror says when a sale begins and ends, so the window is right at any instant, also while the hub is away.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, select, update
from sqlalchemy.orm import Session, join

from shared_core.catalog import rules
from shared_core.catalog.models import Listing, Product, SaleListing, SaleMirror
from shared_core.catalog.rules import OnSale, PriceRule
from shared_core.catalog.views import money, proposed_in_sale
from shared_core.kernel.database import Database, lock
from shared_core.kernel.errors import Invalid
from shared_core.kernel.money import Money
from shared_core.supply import SaleGoods, SaleView, SupplyGateway

CHARGED_WITHIN = timedelta(days=30)
"""The lowest price charged in so many days before a sale is what may be struck out beside its price."""

SALES = join(SaleListing, SaleMirror, SaleMirror.code == SaleListing.sale)
BESIDE = and_(
    SaleListing.sku == Listing.sku, SaleListing.price_minor.is_not(None), SaleMirror.ends_at > bindparam("sales_at")
)
"""For an outer join of listings with `SALES`: those at a price of the shop's that are not over at `sales_at`."""

Charged = Callable[[Session, Collection[str], datetime, datetime], Mapping[str, int]]
"""The lowest price in minor units that was charged for one piece of each SKU, from one instant to before another."""


@dataclass(frozen=True, slots=True)
class ShopSale:
    """A sale as the shop shows it, with the codes of products that have something in it, in the supply side's order."""

    code: str
    title: str
    brand: str
    starts_at: datetime
    ends_at: datetime
    product_codes: tuple[str, ...]

    def running(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class SaleOfListing:
    """What the back office sees of one SKU in a sale: the price by the shop's rule, and the one it is sold at."""

    title: str
    starts_at: datetime
    ends_at: datetime
    supply_price: Money
    wanted: Money | None
    price: Money | None
    left: int


def pull_sales(
    database: Database, gateway: SupplyGateway, *, rule: PriceRule, charged: Charged, at: datetime
) -> tuple[SaleView, ...]:
    """Ask the gateway which sales run or are shown beforehand, and mirror them. Raises what the gateway raises."""
    shown = gateway.sales(at=at)
    with database.glance() as session:
        if not shown and session.scalar(select(SaleMirror.code).limit(1)) is None:
            return shown
    with database.transaction() as session:
        mirror_sales(session, shown, rule=rule, charged=charged, at=at)
    return shown


def mirror_sales(
    session: Session, shown: Sequence[SaleView], *, rule: PriceRule, charged: Charged, at: datetime
) -> None:
    """These are the sales now, and no others; rows in which nothing is new are not written."""
    lock(session, "catalog-sync")
    sales = {row.code: row for row in session.scalars(select(SaleMirror))}
    listings = {(row.sale, row.sku): row for row in session.scalars(select(SaleListing))}
    gone = set(listings)
    for sale in shown:
        row = sales.pop(sale.code, None) or SaleMirror(code=sale.code)
        row.title, row.brand, row.starts_at, row.ends_at = sale.title, sale.brand, sale.starts_at, sale.ends_at
        session.add(row)
        session.flush()
        for listing, product, goods, before in _goods(session, sale, charged, at):
            made = listings.get((sale.code, goods.sku)) or SaleListing(sale=sale.code, sku=goods.sku)
            _write(made, goods, listing, product, rule, before)
            session.add(made)
            gone.discard((sale.code, goods.sku))
    for key in gone:
        session.delete(listings[key])
    session.flush()
    session.execute(delete(SaleMirror).where(SaleMirror.code.in_(sales)))


def _goods(
    session: Session, sale: SaleView, charged: Charged, at: datetime
) -> Iterator[tuple[Listing, Product, SaleGoods, int | None]]:
    """What of the sale the shop has, with the lowest price that was charged for it before."""
    wanted = {goods.sku: goods for goods in sale.goods}
    before = charged(session, wanted, sale.starts_at - CHARGED_WITHIN, min(sale.starts_at, at))
    query = select(Listing, Product).join(Product, Product.id == Listing.product_id)
    for row, product in session.execute(query.where(Listing.sku.in_(wanted))).all():
        if wanted[row.sku].supply_price.currency == row.currency:
            yield row, product, wanted[row.sku], before.get(row.sku)


def _write(
    made: SaleListing, goods: SaleGoods, row: Listing, product: Product, rule: PriceRule, charged_minor: int | None
) -> None:
    price = rules.list_price(rule, supply_price=goods.supply_price, suggested=goods.suggested, floor=goods.floor)
    made.currency, made.supply_price_minor = row.currency, goods.supply_price.minor
    made.suggested_minor = goods.suggested.minor
    made.floor_minor = None if goods.floor is None else goods.floor.minor
    made.charged_minor, made.left, made.per_customer_max = charged_minor, goods.left, goods.per_customer_max
    made.wanted_minor = None if price is None else price.minor
    sound = price is not None and _sound(rule, made, row, product, price)
    made.price_minor = made.wanted_minor if sound else None


def _sound(rule: PriceRule, made: SaleListing, row: Listing, product: Product, price: Money) -> bool:
    """Whether no sale at this price loses money; a shop that only wants warnings takes no such sale either."""
    try:
        rule.check.require(proposed_in_sale(made, row, product, price))
    except Invalid:
        return False
    return True


def note_left(session: Session, *, sale: str, sku: str, left: int) -> None:
    """So few pieces are left at the price of the sale, as the supply side has just said."""
    mine = (SaleListing.sale == sale, SaleListing.sku == sku)
    session.execute(update(SaleListing).where(*mine).values(left=max(left, 0)))


def shop_sales(session: Session, *, at: datetime) -> list[ShopSale]:
    """The sales that run or are still to begin, in which the shop takes part; the first to end first."""
    query = (
        select(SaleMirror, Product.code)
        .join(SaleListing, SaleListing.sale == SaleMirror.code)
        .join(Listing, Listing.sku == SaleListing.sku)
        .join(Product, Product.id == Listing.product_id)
        .where(
            SaleMirror.ends_at > at,
            SaleListing.price_minor.is_not(None),
            Listing.offered,
            ~Listing.unlisted,
            Listing.price_minor > SaleListing.price_minor,
        )
        .order_by(SaleMirror.ends_at, SaleMirror.code, Listing.id)
    )
    found: dict[str, tuple[SaleMirror, dict[str, None]]] = {}
    for row, product_code in session.execute(query):
        found.setdefault(row.code, (row, {}))[1][product_code] = None
    return [
        ShopSale(row.code, row.title, row.brand, row.starts_at, row.ends_at, tuple(codes))
        for row, codes in found.values()
    ]


def on_sale(line: SaleListing, sale: SaleMirror) -> OnSale:
    """One of `SALES`, of those with a price."""
    price = money(line.price_minor, line.currency)
    assert price is not None, "asked for in `BESIDE`"
    return OnSale(
        code=sale.code,
        title=sale.title,
        price=price,
        supply_price=Money(line.supply_price_minor, line.currency),
        charged=money(line.charged_minor, line.currency),
        starts_at=sale.starts_at,
        ends_at=sale.ends_at,
        left=line.left,
        per_customer_max=line.per_customer_max,
    )


def sales_of_listings(session: Session, skus: Collection[str], *, at: datetime) -> dict[str, list[SaleOfListing]]:
    """For the back office: every sale of these SKUs that is not over, whether the shop takes part or not."""
    query = (
        select(SaleListing, SaleMirror)
        .join(SaleMirror, SaleMirror.code == SaleListing.sale)
        .where(SaleListing.sku.in_(skus), SaleMirror.ends_at > at)
        .order_by(SaleMirror.starts_at, SaleMirror.code)
    )
    found: dict[str, list[SaleOfListing]] = {}
    for line, sale in session.execute(query):
        told = SaleOfListing(
            title=sale.title,
            starts_at=sale.starts_at,
            ends_at=sale.ends_at,
            supply_price=Money(line.supply_price_minor, line.currency),
            wanted=money(line.wanted_minor, line.currency),
            price=money(line.price_minor, line.currency),
            left=line.left,
        )
        found.setdefault(line.sku, []).append(told)
    return found
