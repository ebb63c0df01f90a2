"""Products as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared_core import catalog, media, supply
from shared_core.kernel.money import Money
from shared_core.storefront import photographs
from shared_core.storefront.pages import art, earning
from shared_core.storefront.shop import Shop
from shared_core.storefront.who import Viewer


@dataclass(frozen=True)
class Card:
    """A product among others. `price` is the lowest, `earn` what the viewer would get of it, `available` in pieces.

    `sku` is empty where there are several to choose from.
    """

    slug: str
    title: str
    brand: str
    price: Money
    several_prices: bool
    earn: Money | None
    available: int
    picture: str
    large_picture: str
    sku: str
    on_sale: bool = False
    was: Money | None = None
    coming: Money | None = None
    """What it costs in a sale that is still to begin."""
    used_up: bool = False
    """No piece is left at the price of the sale that runs."""


@dataclass(frozen=True)
class Variant:
    sku: str
    label: str
    price: Money
    available: int
    picture: str
    """The one that shows it alone; empty without one."""
    barcode: str

    @property
    def is_book(self) -> bool:
        """Whether its barcode is an ISBN."""
        return supply.feeds.is_book(self.barcode)


@dataclass(frozen=True)
class Photograph:
    """A picture of a product; `alt` is what is on it, for whoever cannot see it."""

    small: str
    medium: str
    large: str
    alt: str


@dataclass(frozen=True)
class Detail:
    """A product on its own page; `chosen` is the SKU that is ticked when the page opens.

    `photographs` are all that are here; without any, `picture` is drawn.
    """

    slug: str
    title: str
    brand: str
    description: str
    price: Money
    several_prices: bool
    earn: Money | None
    """The least that one of its SKUs brings."""
    several_earns: bool
    available: int
    few_left: bool
    variants: tuple[Variant, ...]
    chosen: str
    picture: str
    photographs: tuple[Photograph, ...]
    sale: catalog.OnSale | None = None
    was: Money | None = None
    coming: catalog.OnSale | None = None
    used_up: bool = False


def cards(
    session: Session,
    shop: Shop,
    viewer: Viewer,
    products: Iterable[catalog.ProductView],
    *,
    host_id: int | None = None,
) -> list[Card]:
    """Cards of the products that have a price; `host_id` says in whose room."""
    shown = [each for each in products if each.price_from is not None]
    offered = [(each, _cheapest(each)) for each in shown]
    earns = earning.per_piece(session, shop, viewer, offered, host_id=host_id)
    return [_card(shop, each, earns.get(_cheapest(each).sku)) for each in shown]


def detail(session: Session, shop: Shop, viewer: Viewer, product: catalog.ProductView, *, few: int) -> Detail:
    """The product's page; the cheapest SKU that can be had is ticked."""
    variants = tuple(_variant(shop, each) for each in product.listings if each.for_sale)
    can_be_had = [each for each in variants if each.available] or list(variants)
    cheapest, available = _cheapest(product), sum(each.available for each in variants)
    offered = [(product, each) for each in product.listings if each.for_sale]
    earns = sorted(earning.per_piece(session, shop, viewer, offered).values(), key=lambda each: each.minor)
    return Detail(
        slug=product.slug,
        title=product.title,
        brand=product.brand,
        description=product.description,
        price=_price(cheapest),
        several_prices=_several_prices(product),
        earn=earns[0] if earns else None,
        several_earns=len(set(earns)) > 1 or 0 < len(earns) < len(offered),
        available=available,
        few_left=available <= few,
        variants=variants,
        chosen=min(can_be_had, key=lambda each: each.price.minor).sku,
        picture=art.product_picture(shop, product.code, product.pictures, width=art.PAGE_WIDTH),
        photographs=tuple(_photograph(each, product.title) for each in photographs.kept(shop, product.pictures)),
        sale=cheapest.sale,
        was=cheapest.was,
        coming=cheapest.coming,
        used_up=cheapest.used_up,
    )


def _photograph(picture: catalog.Picture, title: str) -> Photograph:
    small, medium, large = (photographs.address(picture.digest, width) for width in media.WIDTHS)
    return Photograph(small, medium, large, picture.alt or title)


def _card(shop: Shop, product: catalog.ProductView, earn: Money | None) -> Card:
    skus = [each.sku for each in product.listings if each.for_sale]
    cheapest = _cheapest(product)
    return Card(
        slug=product.slug,
        title=product.title,
        brand=product.brand,
        price=_price(_cheapest(product)),
        several_prices=_several_prices(product),
        earn=earn,
        available=sum(each.available for each in product.listings if each.for_sale),
        picture=art.product_picture(shop, product.code, product.pictures),
        large_picture=art.product_picture(shop, product.code, product.pictures, width=art.PAGE_WIDTH),
        sku=skus[0] if len(skus) == 1 else "",
        on_sale=cheapest.sale is not None,
        was=cheapest.was,
        coming=None if cheapest.sale or not cheapest.coming else cheapest.coming.price,
        used_up=cheapest.used_up,
    )


def _variant(shop: Shop, listing: catalog.ListingView) -> Variant:
    seen = listing.picture and shop.pictures.has(listing.picture)
    own = photographs.address(listing.picture, art.CARD_WIDTH) if seen else ""
    return Variant(listing.sku, listing.label or listing.sku, _price(listing), listing.available, own, listing.barcode)


def _cheapest(product: catalog.ProductView) -> catalog.ListingView:
    return min((each for each in product.listings if each.for_sale), key=lambda each: _price(each).minor)


def _several_prices(product: catalog.ProductView) -> bool:
    return len({_price(each).minor for each in product.listings if each.for_sale}) > 1


def _price(listing: catalog.ListingView) -> Money:
    assert listing.price is not None, f"{listing.sku} is for sale without a price"
    return listing.price
