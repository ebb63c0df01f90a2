"""The drawn pictures of a shop: for products without a photograph, for the first page, for the browser tab."""

import hashlib
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from shared_core.storefront import pictures
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.pictures import Palette
from shared_core.storefront.viewer import ShopDep
from shared_core.web.statics import NO_SCRIPTS, PREFIX, cache_rule

DRAWING = "1"
"""Raised when the same code is drawn differently, so that browsers ask anew."""
CODE_LENGTH_MAX = 120
VERSION_LENGTH = 8

router = APIRouter(include_in_schema=False)


def palette(brand: BrandConfig) -> Palette:
    colours = brand.colours
    return Palette(paper=colours.paper, ink=colours.ink, primary=colours.primary, accent=colours.accent)


def version(brand: BrandConfig) -> str:
    """Names everything the drawings depend on besides the code."""
    own = palette(brand)
    content = "|".join((DRAWING, brand.shop.name, own.paper, own.ink, own.primary, own.accent))
    return hashlib.sha256(content.encode()).hexdigest()[:VERSION_LENGTH]


def product_picture(brand: BrandConfig, code: str, image_urls: tuple[str, ...] = ()) -> str:
    """The address of a product's picture: its own file on this server, else the drawn one.

    Pictures on other servers are not shown: their owners would learn who looks at what.
    """
    own = next((url for url in image_urls if url.startswith(PREFIX)), None)
    return own or "/art.svg?" + urlencode({"of": code, "v": version(brand)})


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
