"""A supplier's goods with their stock, counted and taken in many at a time."""

from typing import Annotated

from fastapi import Query
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.supplier_api import sent, shown
from shared_core.hub.supplier_api.calls import Reader, Writer, section

PAGE_MAX = 10_000

router = section("goods")


@router.get("/goods")
def goods(
    call: Reader,
    q: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 1,
) -> shown.GoodsPage:
    """Own SKUs with their stock by warehouse, a hundred at a time; `q`: a part of a SKU or title."""
    with call.hub.database.reading() as session:
        found, more = supply.goods_of(session, supplier=call.supplier, search=q.strip(), page=page)
    return shown.GoodsPage(goods=shown.goods(found), more=more)


@router.post("/goods/counts")
def count(write: Writer, asked: sent.Counts) -> shown.Stock:
    """So many are on the shelf; all of it is taken, or nothing."""

    def work(session: Session) -> shown.Stock:
        counts = [supply.HoldLine(each.sku, each.quantity) for each in asked.counts]
        found = supply.count_goods(
            session, counts, supplier=write.supplier, warehouse=asked.warehouse, reference=write.key, at=write.at
        )
        return shown.Stock(goods=shown.goods(found))

    return write.once(asked, shown.Stock, work)


@router.post("/goods/deliveries")
def take_in(write: Writer, asked: sent.Delivery) -> shown.Stock:
    """So many came in; all of it is taken, or nothing."""

    def work(session: Session) -> shown.Stock:
        came = supply.wire.lines_of(asked.lines)
        found = supply.receive_goods(
            session, came, supplier=write.supplier, warehouse=asked.warehouse, note=asked.note, at=write.at
        )
        return shown.Stock(goods=shown.goods(found))

    return write.once(asked, shown.Stock, work)
