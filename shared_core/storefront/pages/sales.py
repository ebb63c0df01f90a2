"""Sale events: what runs and until when, what is to come, one sale on its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from babel.dates import format_datetime
from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from shared_core import catalog
from shared_core.kernel.errors import NotFound
from shared_core.storefront.pages import goods, ties
from shared_core.storefront.pages.page import page
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ReadDep, ShopDep, ViewerDep, current
from shared_core.storefront.who import Viewer

CODE_LENGTH_MAX = 64
SHOWN_AT_HOME = 3
GOODS_AT_HOME = 4

router = APIRouter(include_in_schema=False)


class SaleOver(NotFound):
    code = "sale_over"
    message = "This sale is over, or there is none. What is in the shop now is on its first page."


@dataclass(frozen=True)
class Countdown:
    """Until `at`, in `words` on the shop's clock for pages without scripts. `now` is the server's."""

    at: datetime
    now: datetime
    words: str

    @property
    def seconds(self) -> int:
        return max(int((self.at - self.now).total_seconds()), 0)


@dataclass(frozen=True)
class Shown:
    """A sale on a page. `until` is its end, or its beginning while it does not run."""

    code: str
    title: str
    brand: str
    running: bool
    until: Countdown
    products: tuple[goods.Card, ...]
    more: bool


@router.get("/sales/{code}")
def sale(
    request: Request,
    code: Annotated[str, Path(max_length=CODE_LENGTH_MAX)],
    shop: ShopDep,
    session: ReadDep,
    viewer: ViewerDep,
) -> HTMLResponse:
    for each in catalog.shop_sales(session, at=shop.clock()):
        if each.code == code:
            shown = _shown(request, session, shop, viewer, each, len(each.product_codes))
            return page(request, "sale.html", sale=shown, pays=ties.pays(shop))
    raise SaleOver


def at_home(request: Request, session: Session, shop: Shop, viewer: Viewer) -> list[Shown]:
    """The first sales, with a few of their goods each; those that run come first."""
    at = shop.clock()
    found = sorted(catalog.shop_sales(session, at=at), key=lambda each: not each.running(at))
    return [_shown(request, session, shop, viewer, each, GOODS_AT_HOME) for each in found[:SHOWN_AT_HOME]]


def countdown(request: Request, shop: Shop, at: datetime) -> Countdown:
    locale = current(request).locale.replace("-", "_")
    words = format_datetime(at.astimezone(shop.brand.zone), "short", locale=locale)
    return Countdown(at, shop.clock(), words)


def _shown(request: Request, session: Session, shop: Shop, viewer: Viewer, sale: catalog.ShopSale, most: int) -> Shown:
    at = shop.clock()
    running = sale.running(at)
    views = catalog.products_by_code(session, sale.product_codes[:most], at=at)
    return Shown(
        code=sale.code,
        title=sale.title,
        brand=sale.brand,
        running=running,
        until=countdown(request, shop, sale.ends_at if running else sale.starts_at),
        products=tuple(goods.cards(session, shop, viewer, views)),
        more=len(sale.product_codes) > most,
    )
