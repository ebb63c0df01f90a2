"""Photographs of products that are kept here, and where a browser gets them."""

from collections.abc import Iterable

from shared_core import catalog
from shared_core.storefront.shop import Shop


def kept(shop: Shop, pictures: Iterable[catalog.Picture]) -> list[catalog.Picture]:
    """Those of the pictures that are here: those of a hub come after the offers that name them."""
    return [each for each in pictures if shop.pictures.has(each.digest)]


def address(digest: str, width: int) -> str:
    """Where a picture is that is kept here."""
    return f"/media/{digest}/{width}"
