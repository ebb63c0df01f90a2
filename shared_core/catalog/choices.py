"""What the shop itself decides about a SKU."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.catalog.errors import NoSupplyPrice, NotListed, PriceBelowFloor, PriceBelowSupply
from shared_core.catalog.mirror import set_selling_price
from shared_core.catalog.models import Listing, Product
from shared_core.catalog.rules import AnyPrice, PriceCheck, below_floor
from shared_core.catalog.views import money, proposed
from shared_core.kernel.money import Money

ANY_PRICE = AnyPrice()


def set_price(session: Session, *, sku: str, price: Money | None, at: datetime, check: PriceCheck = ANY_PRICE) -> None:
    """The shop's own price for a SKU; None goes back to the price rule.

    Raises NotListed, NoSupplyPrice, PriceBelowSupply, PriceBelowFloor, MixedCurrencies, and what `check` says of a
    price of its own. When supply price or floor later rise, the SKU is not for sale while its price is below one of
    them or `check` refuses it.
    """
    row = _row(session, sku)
    product = session.get_one(Product, row.product_id)
    supply_price = money(row.supply_price_minor, row.currency)
    if price is not None:
        if supply_price is None:
            raise NoSupplyPrice(sku=sku)
        if price < supply_price:
            raise PriceBelowSupply(sku=sku, price=price, supply_price=supply_price)
        floor = money(row.floor_minor, row.currency)
        if below_floor(price, floor):
            raise PriceBelowFloor(sku=sku, price=price, floor=floor)
        check.require(proposed(row, product, price))
    row.override_minor = None if price is None else price.minor
    row.changed_at = at
    set_selling_price(row, product, check)
    session.flush()


def unlist(session: Session, *, sku: str, at: datetime) -> None:
    """Take a SKU out of the window, whatever the supply side offers. Raises NotListed."""
    _choose(session, sku, unlisted=True, at=at)


def relist(session: Session, *, sku: str, at: datetime) -> None:
    """Put a SKU back into the window. Raises NotListed."""
    _choose(session, sku, unlisted=False, at=at)


def _choose(session: Session, sku: str, *, unlisted: bool, at: datetime) -> None:
    row = _row(session, sku)
    row.unlisted, row.changed_at = unlisted, at
    session.flush()


def _row(session: Session, sku: str) -> Listing:
    row = session.scalars(select(Listing).where(Listing.sku == sku).with_for_update()).one_or_none()
    if row is None:
        raise NotListed(sku=sku)
    return row
