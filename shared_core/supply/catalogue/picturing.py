"""The pictures of products: noted when a feed names them, brought here afterwards, told with the offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from shared_core import media
from shared_core.kernel.bulk import among, insert_all
from shared_core.kernel.database import Database
from shared_core.supply.errors import UnknownPicture, UnknownProduct
from shared_core.supply.inventory import stock
from shared_core.supply.models import TITLE_LENGTH_MAX, Product, ProductPicture, Variant
from shared_core.supply.views import OfferPicture

FIRST_OWN_PLACE = -1_000_000
"""Those of feeds begin at 0."""

Place = tuple[int, str]
"""A picture's row and what is on it."""


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """`own`: put there by hand, so it can be changed by hand."""

    digest: str
    alt: str
    own: bool


def note(session: Session, wanted: Mapping[int, Sequence[Place]]) -> set[int]:
    """Make the pictures that feeds give these products what is wanted; the ids of products where something changed."""
    before: dict[int, list[Place]] = {product_id: [] for product_id in wanted}
    of_feeds = among(session, ProductPicture.product_id, wanted), ~ProductPicture.own
    query = select(ProductPicture).where(*of_feeds)
    for row in session.scalars(query.order_by(ProductPicture.place)):
        before[row.product_id].append((row.source_id, row.alt))
    changed = {product_id for product_id, places in wanted.items() if before[product_id] != list(places)}
    if changed:
        gone = among(session, ProductPicture.product_id, changed), ~ProductPicture.own
        session.execute(delete(ProductPicture).where(*gone))
        fresh = [
            {"product_id": product_id, "place": place, "source_id": source_id, "alt": alt, "own": False}
            for product_id in sorted(changed)
            for place, (source_id, alt) in enumerate(wanted[product_id])
        ]
        insert_all(session, cast(Table, ProductPicture.__table__), fresh)
    return changed


def gather(database: Database, store: media.PictureStore, fetch: media.Fetch, *, at: datetime) -> int:
    """Bring pictures here that are due; how many are kept now. Offers that they belong to are told anew."""
    return media.gather(database, store, fetch, kept=tell, at=at)


def add(session: Session, product: str, digests: Sequence[str], *, alt: str, at: datetime) -> None:
    """Show pictures of the store before those of feeds, behind those that were put there before. Those that the product
    has already stay where they are. Raises UnknownProduct.
    """
    row = _locked(session, product)
    here = select(ProductPicture).where(ProductPicture.product_id == row.id, ProductPicture.own)
    mine = {each.source_id: each for each in session.scalars(here)}
    place = max((each.place for each in mine.values()), default=FIRST_OWN_PLACE - 1)
    for source_id in dict.fromkeys(media.own(session, digest, at=at) for digest in digests):
        if source_id not in mine:
            place += 1
            session.add(
                ProductPicture(
                    product_id=row.id, place=place, source_id=source_id, alt=alt[:TITLE_LENGTH_MAX], own=True
                )
            )
    session.flush()
    _touch(session, row.id)


def remove(session: Session, product: str, digest: str) -> None:
    """Show a picture no more that was put there by hand. Raises UnknownProduct, UnknownPicture."""
    row = _locked(session, product)
    sources = select(media.PictureSource.id).where(media.PictureSource.digest == digest)
    mine = ProductPicture.product_id == row.id, ProductPicture.own, ProductPicture.source_id.in_(sources)
    if not session.scalars(delete(ProductPicture).where(*mine).returning(ProductPicture.place)).all():
        raise UnknownPicture(product=product, digest=digest)
    _touch(session, row.id)


def describe(session: Session, product: str, digest: str, *, alt: str) -> None:
    """Say what is on a picture that was put there by hand. Raises UnknownProduct, UnknownPicture."""
    row = _locked(session, product)
    for each in _own(session, row, digest):
        each.alt = alt[:TITLE_LENGTH_MAX]
    session.flush()
    _touch(session, row.id)


def put_first(session: Session, product: str, digest: str) -> None:
    """Show a picture that was put there by hand before all others. Raises UnknownProduct, UnknownPicture."""
    row = _locked(session, product)
    [each, *_] = _own(session, row, digest)
    first = session.scalar(select(func.min(ProductPicture.place)).where(ProductPicture.product_id == row.id))
    if first is not None and each.place > first:
        each.place = first - 1
    session.flush()
    _touch(session, row.id)


def shown(session: Session, product: str) -> list[ShownPicture]:
    """The product's pictures that are kept here, in their order."""
    query = (
        select(media.PictureSource.digest, ProductPicture.alt, ProductPicture.own)
        .join(media.PictureSource, media.PictureSource.id == ProductPicture.source_id)
        .join(Product, Product.id == ProductPicture.product_id)
        .where(Product.code == product, media.PictureSource.state == "kept")
        .order_by(ProductPicture.place)
    )
    return [ShownPicture(row.digest or "", row.alt, row.own) for row in session.execute(query)]


def _own(session: Session, product: Product, digest: str) -> Sequence[ProductPicture]:
    query = (
        select(ProductPicture)
        .join(media.PictureSource, media.PictureSource.id == ProductPicture.source_id)
        .where(ProductPicture.product_id == product.id, ProductPicture.own, media.PictureSource.digest == digest)
        .order_by(ProductPicture.place)
    )
    found = session.scalars(query).all()
    if not found:
        raise UnknownPicture(product=product.code, digest=digest)
    return found


def _locked(session: Session, code: str) -> Product:
    row = session.scalars(select(Product).where(Product.code == code).with_for_update()).one_or_none()
    if row is None:
        raise UnknownProduct(product=code)
    return row


def _touch(session: Session, product_id: int) -> None:
    stock.touch(session, session.scalars(select(Variant.id).where(Variant.product_id == product_id)).all())


def tell(session: Session, source_ids: Sequence[int]) -> None:
    """Offers of products with these pictures have changed."""
    products = select(ProductPicture.product_id).where(among(session, ProductPicture.source_id, source_ids))
    stock.touch(session, sorted(session.scalars(select(Variant.id).where(Variant.product_id.in_(products)))))


def pictures(session: Session, product_ids: Sequence[int]) -> dict[int, tuple[OfferPicture, ...]]:
    """The pictures of the products that are kept here, in their order, each once. One query."""
    query = (
        select(ProductPicture.product_id, ProductPicture.alt, media.PictureSource.digest)
        .join(media.PictureSource, media.PictureSource.id == ProductPicture.source_id)
        .where(among(session, ProductPicture.product_id, product_ids), media.PictureSource.state == "kept")
        .order_by(ProductPicture.product_id, ProductPicture.place)
    )
    found: dict[int, dict[str, OfferPicture]] = {}
    for row in session.execute(query):
        found.setdefault(row.product_id, {}).setdefault(row.digest, OfferPicture(row.digest, row.alt))
    return {product_id: tuple(each.values()) for product_id, each in found.items()}
