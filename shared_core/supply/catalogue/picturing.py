"""The pictures of products: noted when a feed names them, brought here afterwards, told with the offers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from shared_core import media
from shared_core.kernel.bulk import among, insert_all
from shared_core.kernel.database import Database
from shared_core.supply.inventory import stock
from shared_core.supply.models import ProductPicture, Variant
from shared_core.supply.views import OfferPicture

Place = tuple[int, str]
"""A picture's row and what is on it."""


def note(session: Session, wanted: Mapping[int, Sequence[Place]]) -> set[int]:
    """Make the pictures of these products what is wanted; the ids of products whose pictures are different now."""
    before: dict[int, list[Place]] = {product_id: [] for product_id in wanted}
    query = select(ProductPicture).where(among(session, ProductPicture.product_id, wanted))
    for row in session.scalars(query.order_by(ProductPicture.place)):
        before[row.product_id].append((row.source_id, row.alt))
    changed = {product_id for product_id, places in wanted.items() if before[product_id] != list(places)}
    if changed:
        session.execute(delete(ProductPicture).where(among(session, ProductPicture.product_id, changed)))
        fresh = [
            {"product_id": product_id, "place": place, "source_id": source_id, "alt": alt}
            for product_id in sorted(changed)
            for place, (source_id, alt) in enumerate(wanted[product_id])
        ]
        insert_all(session, cast(Table, ProductPicture.__table__), fresh)
    return changed


def gather(database: Database, store: media.PictureStore, fetch: media.Fetch, *, at: datetime) -> int:
    """Bring pictures here that are due; how many are kept now. Offers that they belong to are told anew."""
    return media.gather(database, store, fetch, kept=tell, at=at)


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
