"""Offers as a supply side would send them, and a rule to price them by."""

import hashlib

from shared_core import catalog, supply
from shared_core.kernel.money import Money

SUGGESTED = catalog.PriceRule(catalog.PriceBasis.SUGGESTED)


def yuan(minor: int) -> Money:
    return Money(minor, "CNY")


def digest_of(text: str) -> str:
    """What could be the name of a picture by its content."""
    return hashlib.sha256(text.encode()).hexdigest()


def offer(
    sku: str,
    *,
    product: str = "",
    title: str = "",
    brand: str = "Own Loom",
    category: str = "Things",
    options: tuple[tuple[str, str], ...] = (),
    cost: int | None = 4000,
    suggested: int | None = 8900,
    available: int = 5,
    active: bool = True,
    floor: int | None = None,
) -> supply.Offer:
    """`cost` is the supply price; the product's code, slug and title default to the SKU's."""
    code = product or f"p-{sku.lower()}"
    urls = (f"https://example.com/{code}.jpg",)
    pictures = (supply.OfferPicture(digest_of(code), f"The {code}, worn"),)
    return supply.Offer(
        sku=sku,
        product=supply.OfferProduct(
            code, code, title or f"The {code}", brand, category, f"About {code}", urls, pictures
        ),
        options=options,
        supply_price=None if cost is None else yuan(cost),
        suggested=None if suggested is None else yuan(suggested),
        available=available,
        active=active,
        floor=None if floor is None else yuan(floor),
    )


def page(*offers: supply.Offer, cursor: int = 1) -> supply.OfferPage:
    return supply.OfferPage(offers, cursor, more=False)
