"""The drawn pictures of a shop: for products without a photograph, for the first page, for the browser tab."""

import hashlib
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from shared_core import catalog
from shared_core.storefront import photographs, pictures
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.pictures import Palette
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ShopDep
from shared_core.web.files import NO_SCRIPTS
from shared_core.web.statics import cache_rule

DRAWING = "1"
"""Raised when the same code is drawn differently, so that browsers ask anew."""
CODE_LENGTH_MAX = 120
VERSION_LENGTH = 8
CARD_WIDTH, PAGE_WIDTH = 480, 960
"""A card on a telephone, sharp; the whole screen of one."""

router = APIRouter(include_in_schema=False)


def palette(brand: BrandConfig) -> Palette:
    colours = brand.colours
    return Palette(paper=colours.paper, ink=colours.ink, primary=colours.primary, accent=colours.accent)


def version(brand: BrandConfig) -> str:
    """Names everything the drawings depend on besides the code."""
    own = palette(brand)
    content = "|".join((DRAWING, brand.shop.name, own.paper, own.ink, own.primary, own.accent))
    return hashlib.sha256(content.encode()).hexdigest()[:VERSION_LENGTH]


def product_picture(shop: Shop, code: str, pictures: Iterable[catalog.Picture] = (), *, width: int = CARD_WIDTH) -> str:
    """The address of a product's first picture that is kept here, else of the drawn one.

    Pictures on other servers are not shown: their owners would learn who looks at what.
    """
    first = next(iter(photographs.kept(shop, pictures)), None)
    drawn = "/art.svg?" + urlencode({"of": code, "v": version(shop.brand)})
    return drawn if first is None else photographs.address(first.digest, width)


def hero_picture(brand: BrandConfig) -> str:
    return "/hero.svg?" + urlencode({"v": version(brand)})


@router.get("/art.svg")
def drawn_product(request: Request, shop: ShopDep, of: Annotated[str, Query(max_length=CODE_LENGTH_MAX)]) -> Response:
    return _svg(request, shop.brand, pictures.product_art(of, palette(shop.brand)))


@router.get("/hero.svg")
def drawn_hero(request: Request, shop: ShopDep) -> Response:
    return _svg(request, shop.brand, pictures.hero_art(shop.brand.shop.name, palette(shop.brand)))


@router.get("/icon.svg")
def drawn_icon(request: Request, shop: ShopDep) -> Response:
    return _svg(request, shop.brand, pictures.icon(palette(shop.brand)))


def _svg(request: Request, brand: BrandConfig, drawing: str) -> Response:
    headers = {"Cache-Control": cache_rule(request, version(brand)), "Content-Security-Policy": NO_SCRIPTS}
    return Response(drawing, media_type="image/svg+xml", headers=headers)
