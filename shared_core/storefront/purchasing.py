"""The cart at today's prices, and placing an order: the same steps for the API and the pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import catalog, orders, supply
from shared_core.kernel.codes import new_code
from shared_core.kernel.money import Money
from shared_core.storefront import share_links
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import current, the_shop
from shared_core.web import limits


@dataclass(frozen=True)
class CartView:
    """A cart at today's prices. `lines`: SKU, pieces, and the item, or None where it is not for sale any more.

    `quote` is of the lines that are for sale; None when there are none.
    """

    lines: tuple[tuple[str, int, catalog.PricedItem | None], ...]
    quote: orders.Quote | None

    @property
    def for_sale(self) -> list[tuple[str, int]]:
        """What an order of this cart can hold."""
        return [(sku, pieces) for sku, pieces, item in self.lines if item is not None]


def view_cart(session: Session, shop: Shop, member_id: int | None, *, region: str = "") -> CartView:
    """The cart of a member, sent to this region; empty for somebody never seen."""
    held = [] if member_id is None else [(each.sku, each.quantity) for each in orders.cart(session, member_id)]
    items = catalog.for_sale(session, skus=[sku for sku, _ in held], at=shop.clock()) if held else {}
    lines = tuple((sku, pieces, items.get(sku)) for sku, pieces in held)
    buyable = [(sku, pieces) for sku, pieces in held if sku in items]
    return CartView(lines, shop.counter.quote_at(items, buyable, region=region) if buyable else None)


def place(
    request: Request,
    *,
    lines: Sequence[tuple[str, int]],
    address: supply.Address,
    seen_total: Money,
    checkout_key: str,
    note: str = "",
    channel: str = "shop",
) -> str:
    """The number of the order that this checkout key made, now or before.

    Opens its own short transactions, so it must be called without one. Raises what `orders.Counter.place` raises,
    and TooManyRequests.
    """
    shop, viewer = the_shop(request), current(request)
    shop.limiter.spend(limits.CHECKOUT_BY_VIEWER, viewer.scope)
    with shop.database.glance() as session:
        link = share_links.link_claim(request, session)
    purchase = orders.Purchase(
        buyer_id=viewer.known_id,
        lines=lines,
        address=address,
        checkout_key=checkout_key,
        channel=channel,
        note=note,
        seen_total=seen_total,
        claims={} if link is None else {"link": link},
    )
    return shop.counter.place(purchase, number=new_code(), at=shop.clock())
