"""Returns as the people who run the supply see them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.supply.dropshipping import returning
from shared_core.supply.dropshipping.return_models import ReturnRow, ReturnStep
from shared_core.supply.errors import UnknownReturn
from shared_core.supply.models import StockHold, Supplier, SupplierOrder
from shared_core.supply.return_kinds import ReturnState
from shared_core.supply.views import ReturnView

RETURNS_SHOWN_MAX = 200


@dataclass(frozen=True, slots=True)
class ReturnStepView:
    state: ReturnState
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReturnDetail:
    """`words` are the customer's."""

    returned: ReturnView
    store: str
    supplier: str
    words: str
    steps: tuple[ReturnStepView, ...]


def listed(
    session: Session,
    *,
    supplier: str | None = None,
    states: Collection[ReturnState] | None = None,
    references: Collection[str] | None = None,
    before: str = "",
    limit: int = RETURNS_SHOWN_MAX,
) -> list[ReturnDetail]:
    """The newest first: of this supplier, in these states, of these holds; only those older than `before`, a number."""
    query = (
        select(ReturnRow, StockHold.store, Supplier.code)
        .join(SupplierOrder, SupplierOrder.id == ReturnRow.supplier_order_id)
        .join(StockHold, StockHold.id == SupplierOrder.hold_id)
        .join(Supplier, Supplier.id == SupplierOrder.supplier_id)
        .order_by(ReturnRow.id.desc())
        .limit(min(limit, RETURNS_SHOWN_MAX))
    )
    if supplier is not None:
        query = query.where(Supplier.code == supplier)
    if states is not None:
        query = query.where(ReturnRow.state.in_(states))
    if references is not None:
        query = query.where(StockHold.reference.in_(references))
    if before:
        query = query.where(ReturnRow.id < select(ReturnRow.id).where(ReturnRow.number == before).scalar_subquery())
    return [_detail(session, row, store, code) for row, store, code in session.execute(query)]


def detail(session: Session, number: str) -> ReturnDetail:
    """One return by its number at the supply. Raises UnknownReturn."""
    query = (
        select(ReturnRow, StockHold.store, Supplier.code)
        .join(SupplierOrder, SupplierOrder.id == ReturnRow.supplier_order_id)
        .join(StockHold, StockHold.id == SupplierOrder.hold_id)
        .join(Supplier, Supplier.id == SupplierOrder.supplier_id)
        .where(ReturnRow.number == number)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise UnknownReturn(number=number)
    return _detail(session, *found)


def _detail(session: Session, row: ReturnRow, store: str, supplier: str) -> ReturnDetail:
    steps = session.scalars(select(ReturnStep).where(ReturnStep.return_id == row.id).order_by(ReturnStep.id))
    return ReturnDetail(
        returned=returning.view(session, row),
        store=store,
        supplier=supplier,
        words=row.words,
        steps=tuple(ReturnStepView(ReturnState(each.state), each.actor, each.at) for each in steps),
    )
