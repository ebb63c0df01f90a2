"""What suppliers promise, kept; the rule is in `promises`."""

from collections.abc import Collection, Mapping
from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_or_ignore
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.dropshipping.promises import Promise
from shared_core.supply.models import SupplierPromise


def set_promise(session: Session, *, supplier: str, promise: Promise) -> None:
    """From now on; orders that were placed keep the instant they were due at. Raises UnknownSupplier."""
    row = supplier_row(session, supplier)
    values = {
        "cut_off_minute": promise.cut_off.hour * 60 + promise.cut_off.minute,
        "zone": promise.zone,
        "working_days": "".join(map(str, sorted(promise.working_days))),
        "ship_days": promise.ship_days,
    }
    if not insert_or_ignore(session, SupplierPromise, {"supplier_id": row.id, **values}, conflict=["supplier_id"]):
        known = session.get_one(SupplierPromise, row.id, populate_existing=True)
        for name, value in values.items():
            setattr(known, name, value)
    session.flush()


def promise_of(session: Session, *, supplier: str) -> Promise | None:
    """What the supplier promises now. Raises UnknownSupplier."""
    row = supplier_row(session, supplier)
    return promises_of(session, [row.id]).get(row.id)


def promises_of(session: Session, supplier_ids: Collection[int]) -> Mapping[int, Promise]:
    """By the supplier's id; those who promise nothing are left out."""
    query = select(SupplierPromise).where(SupplierPromise.supplier_id.in_(supplier_ids))
    return {
        row.supplier_id: Promise(
            cut_off=time(*divmod(row.cut_off_minute, 60)),
            zone=row.zone,
            ship_days=row.ship_days,
            working_days=frozenset(map(int, row.working_days)),
        )
        for row in session.scalars(query)
    }
