"""How products and prices look to those who ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared_core.catalog import rules
from shared_core.catalog.models import Listing, Product, SaleListing
from shared_core.catalog.rules import OnSale, Proposed
from shared_core.kernel.money import Money


class ListingState(StrEnum):
    """Why a SKU is, or is not, for sale.

    `UNPRICED`: no supply price, or the price would be below it or below the floor. `UNSOUND`: at its price a sale could
    lose money.
    """

    LISTED = "listed"
    UNLISTED = "unlisted"
    WITHDRAWN = "withdrawn"
    UNPRICED = "unpriced"
    UNSOUND = "unsound"


@dataclass(frozen=True, slots=True)
class ListingView:
    """What the supply says is for the shop's eyes only. `wanted`: the shop's price, whether it can be asked or not.

    In a `sale` that runs, `price`, `supply_price` and `available` are those of the sale, `ordinary` is the price
    without it; `coming` is one that is still to begin. `used_up`: one runs, and no piece is left at its price.
    """

    sku: str
    options: tuple[tuple[str, str], ...]
    state: ListingState
    price: Money | None
    wanted: Money | None
    supply_price: Money | None
    suggested: Money | None
    own_price: bool
    available: int
    picture: str
    """The digest of the picture that shows it alone; empty without one."""
    barcode: str
    floor: Money | None = None
    sale: OnSale | None = None
    ordinary: Money | None = None
    coming: OnSale | None = None
    used_up: bool = False

    @property
    def was(self) -> Money | None:
        """What may be struck out beside the price of the sale."""
        return None if self.sale is None or self.ordinary is None else rules.struck_price(self.ordinary, self.sale)

    @property
    def below_floor(self) -> bool:
        """Whether the supply side does not allow the price the shop wants."""
        return self.wanted is not None and rules.below_floor(self.wanted, self.floor)

    @property
    def label(self) -> str:
        """The options as a customer reads them; empty for a product that comes in one form only."""
        return " / ".join(value for _, value in self.options)

    @property
    def for_sale(self) -> bool:
        return self.state is ListingState.LISTED

    @property
    def sold_out(self) -> bool:
        return self.available == 0


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture by its content; `alt` is what is on it, empty: not told."""

    digest: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class ProductView:
    code: str
    slug: str
    title: str
    brand: str
    category: str
    category_path: str
    description: str
    pictures: tuple[Picture, ...]
    listings: tuple[ListingView, ...]

    @property
    def price_from(self) -> Money | None:
        """The lowest price at which one of its SKUs is for sale."""
        return min((each.price for each in self.listings if each.for_sale and each.price is not None), default=None)

    @property
    def sold_out(self) -> bool:
        return all(each.sold_out for each in self.listings if each.for_sale)


@dataclass(frozen=True, slots=True)
class Shelves:
    """How many products each category (by path) directly below `here` has, and each brand."""

    here: str
    categories: dict[str, int]
    brands: dict[str, int]


@dataclass(frozen=True, slots=True)
class ProductPage:
    """`total` products match; this is page `page` of `pages`, counted from 1."""

    products: tuple[ProductView, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class PricedItem:
    """Everything that an order line freezes about one SKU; prices are per unit, those of the `sale` where one is named.

    `per_customer_max`: how many pieces one customer gets at the price of the sale; `ordinary`: the price without it.
    """

    sku: str
    product_code: str
    slug: str
    title: str
    options: tuple[tuple[str, str], ...]
    brand: str
    category: str
    pictures: tuple[Picture, ...]
    unit_price: Money
    supply_price: Money
    available: int
    sale: str = ""
    per_customer_max: int | None = None
    ordinary: Money | None = None
    sale_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a SKU looks, whether or not it is still for sale; `label` are its options."""

    slug: str
    title: str
    label: str
    pictures: tuple[Picture, ...]


def money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def product_view(row: Product, listings: Mapping[Listing, Sequence[OnSale]], at: datetime | None) -> ProductView:
    """`listings`: each with the sales it is in."""
    return ProductView(
        code=row.code,
        slug=row.slug,
        title=row.title,
        brand=row.brand,
        category=row.category,
        category_path=row.category_path,
        description=row.description,
        pictures=_pictures(row),
        listings=tuple(_in_sale(listing_view(each), sales, at) for each, sales in listings.items()),
    )


def listing_view(row: Listing) -> ListingView:
    return ListingView(
        sku=row.sku,
        options=_options(row),
        state=_state(row),
        price=money(row.price_minor, row.currency),
        wanted=money(row.wanted_minor, row.currency),
        supply_price=money(row.supply_price_minor, row.currency),
        suggested=money(row.suggested_minor, row.currency),
        own_price=row.override_minor is not None,
        available=row.available,
        picture=row.picture,
        floor=money(row.floor_minor, row.currency),
        barcode=row.barcode,
    )


def _in_sale(view: ListingView, sales: Sequence[OnSale], at: datetime | None) -> ListingView:
    """The listing as it is at `at`, in a sale or before one."""
    if at is None or not sales or view.price is None or not view.for_sale:
        return view
    coming, sale = rules.next_sale(view.price, sales, at=at), rules.best_sale(view.price, sales, at=at)
    if sale is None:
        return replace(view, coming=coming, used_up=rules.used_up(view.price, sales, at=at))
    return replace(
        view,
        price=sale.price,
        supply_price=sale.supply_price,
        available=min(view.available, sale.left),
        sale=sale,
        ordinary=view.price,
        coming=coming,
    )


def look(row: Listing, owner: Product) -> Look:
    label = " / ".join(value for _, value in _options(row))
    return Look(slug=owner.slug, title=owner.title, label=label, pictures=_own_first(row, owner))


def _pictures(row: Product) -> tuple[Picture, ...]:
    return tuple(Picture(digest, alt) for digest, alt in row.pictures)


def _own_first(row: Listing, owner: Product) -> tuple[Picture, ...]:
    """The product's pictures, the one of this SKU in front."""
    return tuple(sorted(_pictures(owner), key=lambda each: each.digest != row.picture))


def _options(row: Listing) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in row.options)


def _state(row: Listing) -> ListingState:
    if row.unlisted:
        return ListingState.UNLISTED
    if not row.offered:
        return ListingState.WITHDRAWN
    if row.unsound:
        return ListingState.UNSOUND
    return ListingState.UNPRICED if row.price_minor is None else ListingState.LISTED


def priced(row: Listing, owner: Product, sales: Sequence[OnSale] = (), at: datetime | None = None) -> PricedItem:
    """What checkout charges at `at`, in the best of the sales that run then."""
    unit_price, supply_price = money(row.price_minor, row.currency), money(row.supply_price_minor, row.currency)
    assert unit_price is not None and supply_price is not None, f"{row.sku} is for sale without a price"
    sale = None if at is None else rules.best_sale(unit_price, sales, at=at)
    item = _priced(row, owner, unit_price, supply_price)
    if sale is None:
        return item
    return replace(
        item,
        unit_price=sale.price,
        supply_price=sale.supply_price,
        available=min(item.available, sale.left),
        sale=sale.code,
        per_customer_max=sale.per_customer_max,
        ordinary=unit_price,
        sale_ends_at=sale.ends_at,
    )


def _priced(row: Listing, owner: Product, unit_price: Money, supply_price: Money) -> PricedItem:
    return PricedItem(
        sku=row.sku,
        product_code=owner.code,
        slug=owner.slug,
        title=owner.title,
        options=_options(row),
        brand=owner.brand,
        category=owner.category,
        pictures=_own_first(row, owner),
        unit_price=unit_price,
        supply_price=supply_price,
        available=row.available,
    )


def proposed(row: Listing, owner: Product, price: Money) -> Proposed:
    return Proposed(
        sku=row.sku,
        price=price,
        supply_price=money(row.supply_price_minor, row.currency),
        brand=owner.brand,
        category=owner.category,
        product_code=owner.code,
        supplier=row.supplier,
        freight=money(row.freight_minor, row.currency),
    )


def proposed_in_sale(line: SaleListing, row: Listing, owner: Product, price: Money) -> Proposed:
    """The SKU at a price in a sale."""
    return replace(proposed(row, owner, price), supply_price=Money(line.supply_price_minor, line.currency))


def proposal(product: ProductView, listing: ListingView) -> Proposed | None:
    """The SKU at the price the shop wants for it; None without that price or without a cost."""
    if listing.wanted is None or listing.supply_price is None:
        return None
    return Proposed(
        sku=listing.sku,
        price=listing.wanted,
        supply_price=listing.supply_price,
        brand=product.brand,
        category=product.category,
        product_code=product.code,
    )
