"""What suppliers' systems have sent: the same again under its key is answered as before and does nothing.

The key is written first, in the transaction that does the work, so that both happen or neither: a parallel repetition
waits for it and finds the answer; what is refused takes its key back.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared_core.kernel.database import Base, BigId, insert_or_ignore
from shared_core.supply.models import CODE_LENGTH_MAX
from shared_core.supply.rules import content_hash
from shared_core.supply.tenancy.errors import RequestKeyReused

REQUEST_KEY_LENGTH_MAX = 100
KEPT_FOR = timedelta(days=90)
FORGOTTEN_AT_ONCE_MAX = 1_000


class SupplierRequest(Base):
    """One request that was carried out; `digest` is of what it asked for."""

    __tablename__ = "supply_supplier_request"
    __table_args__ = (UniqueConstraint("supplier", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    key: Mapped[str] = mapped_column(String(REQUEST_KEY_LENGTH_MAX))
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(index=True)


def once(
    session: Session, supplier: str, key: str, asked: object, work: Callable[[], dict[str, Any]], *, at: datetime
) -> dict[str, Any]:
    """The answer of `work`, which is done unless the supplier's `key` has been carried out; both are JSON-able.

    Must be the first thing the transaction does. Raises RequestKeyReused where the key stands for something else.
    """
    digest = content_hash(asked)
    row = {"supplier": supplier, "key": key, "digest": digest, "answer": {}, "at": at}
    own = (SupplierRequest.supplier == supplier, SupplierRequest.key == key)
    if insert_or_ignore(session, SupplierRequest, row, conflict=["supplier", "key"]):
        answer = work()
        session.execute(update(SupplierRequest).where(*own).values(answer=answer))
        return answer
    known = session.scalars(select(SupplierRequest).where(*own)).one()
    if known.digest != digest:
        raise RequestKeyReused(key=key)
    return known.answer


def forget(session: Session, *, at: datetime) -> int:
    """Forget what nobody repeats any more; how many were, `FORGOTTEN_AT_ONCE_MAX` at most."""
    old = select(SupplierRequest.id).where(SupplierRequest.at < at - KEPT_FOR).order_by(SupplierRequest.at)
    ids = session.scalars(old.limit(FORGOTTEN_AT_ONCE_MAX)).all()
    session.execute(delete(SupplierRequest).where(SupplierRequest.id.in_(ids)))
    return len(ids)
