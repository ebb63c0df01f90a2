"""What the shop itself decides about a SKU."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.catalog.errors import NoSupplyPrice, NotListed, PriceBelowSupply
from shared_core.catalog.mirror import set_selling_price
from shared_core.catalog.models import Listing
from shared_core.catalog.views import money
from shared_core.kernel.money import Money


def set_price(session: Session, *, sku: str, price: Money | None, at: datetime) -> None:
    """The shop's own price for a SKU; None goes back to the price rule.

    Raises NotListed, NoSupplyPrice, PriceBelowSupply, MixedCurrencies. When the supply price later rises above it,
    the SKU is not for sale until one of the two changes.
    """
    row = _row(session, sku)
    supply_price = money(row.supply_price_minor, row.currency)
    if price is not None:
        if supply_price is None:
            raise NoSupplyPrice(sku=sku)
        if price < supply_price:
            raise PriceBelowSupply(sku=sku, price=price, supply_price=supply_price)
    row.override_minor = None if price is None else price.minor
    row.changed_at = at
    set_selling_price(row)
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
