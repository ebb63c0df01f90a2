"""The feed of offers: every SKU of one currency, again each time it has changed."""

from collections.abc import Mapping

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.media import PictureSource
from shared_core.supply.catalogue import picturing
from shared_core.supply.gateway import OFFERS_PER_PAGE_MAX, Terms
from shared_core.supply.inventory import shelves
from shared_core.supply.models import OfferPlace, Product, Supplier, Variant
from shared_core.supply.price_models import TierPrice
from shared_core.supply.rules import Prices, SupplierState, prices_of_tier
from shared_core.supply.views import Offer, OfferPage, OfferPicture, OfferProduct


def page(session: Session, *, terms: Terms, after: int, limit: int) -> OfferPage:
    """Numbered offers after the cursor, in the order of their last change, at the prices of the store's tier."""
    size = min(limit, OFFERS_PER_PAGE_MAX)
    query = (
        select(Variant, Product, Supplier, TierPrice, OfferPlace.seq, PictureSource.digest)
        .join(Product, Product.id == Variant.product_id)
        .join(Supplier, Supplier.id == Product.supplier_id)
        .join(OfferPlace, OfferPlace.variant_id == Variant.id)
        .outerjoin(PictureSource, (PictureSource.id == Variant.picture_id) & (PictureSource.state == "kept"))
        .outerjoin(TierPrice, and_(TierPrice.variant_id == Variant.id, TierPrice.tier == terms.tier))
        .where(Supplier.currency == terms.currency, OfferPlace.seq > after)
        .order_by(OfferPlace.seq)
        .limit(size + 1)
    )
    rows = session.execute(query).all()
    shown = rows[:size]
    pictures = picturing.pictures(session, sorted({row.Product.id for row in shown}))
    prices = {row.Variant.id: _prices(row.Variant, row.TierPrice) for row in shown}
    best = shelves.best(session, {variant_id: each.supply for variant_id, each in prices.items()})
    return OfferPage(
        offers=tuple(
            _offer(row, terms.currency, prices[row.Variant.id], best.get(row.Variant.id, shelves.Best()), pictures)
            for row in shown
        ),
        cursor=shown[-1].seq if shown else after,
        more=len(rows) > size,
    )


def _prices(variant: Variant, tier: TierPrice | None) -> Prices:
    listed = Prices() if tier is None else Prices(tier.supply_price_minor, tier.suggested_minor, tier.floor_minor)
    own = Prices(variant.supply_price_minor, variant.suggested_minor)
    return prices_of_tier(own, listed, cost=variant.cost_minor)


def _offer(
    row: Row[Variant, Product, Supplier, TierPrice | None, int, str | None],
    currency: str,
    prices: Prices,
    best: shelves.Best,
    pictures: Mapping[int, tuple[OfferPicture, ...]],
) -> Offer:
    variant, product, supplier, _, _, picture = row
    return Offer(
        sku=variant.sku,
        product=OfferProduct(
            code=product.code,
            slug=product.slug,
            title=product.title,
            brand=product.brand,
            category=product.category,
            description=product.description,
            image_urls=tuple(product.image_urls),
            pictures=pictures.get(product.id, ()),
            category_path=tuple(product.category_path),
        ),
        options=tuple((name, value) for name, value in variant.options),
        supply_price=_money(prices.supply, currency),
        suggested=_money(prices.suggested, currency),
        available=best.available,
        active=variant.active and product.active and supplier.state == SupplierState.LIVE,
        supplier=supplier.code,
        freight=Money(best.parcel_minor, currency),
        picture=picture or "",
        floor=_money(prices.floor, currency),
        barcode=variant.barcode,
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
