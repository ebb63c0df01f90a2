"""Keys with which suppliers' own systems call the hub, like those of stores: shown once, kept as a hash, changed over.

A key reads `sup_NAME_SECRET`: none of a store's can be taken for one, and the other way round.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared_core.kernel.codes import hash_token
from shared_core.kernel.database import Base, BigId
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.models import Supplier
from shared_core.supply.tenancy.errors import BadApiKey, ScopeMissing, UnknownScope, UnknownSupplierKey
from shared_core.supply.tenancy.tenant_models import ACTOR_LENGTH_MAX, KeyColumns, KeyView

LOOKS_LIKE_A_KEY = re.compile(r"sup_([0-9A-Za-z]{1,32})_([0-9A-Za-z_-]{20,100})")


class SupplierScope(StrEnum):
    READ = "read"
    WRITE = "write"


ALL_SCOPES = frozenset(SupplierScope)


class SupplierKey(KeyColumns, Base):
    """A key of one supplier."""

    __tablename__ = "supply_supplier_key"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), index=True)
    issued_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    revoked_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX), default="")


@dataclass(frozen=True, slots=True)
class SupplierCaller:
    """Which supplier calls, what its key may do, and whether its use is worth noting down."""

    supplier: str
    scopes: frozenset[SupplierScope]
    key: str
    note_use: bool

    @property
    def queue(self) -> str:
        """With whom it takes turns: nobody but itself."""
        return f"supplier {self.supplier}"

    @property
    def actor(self) -> str:
        """Under which name its work stands in the history of orders."""
        return f"key {self.key}"

    def require(self, scope: SupplierScope) -> None:
        """Raises ScopeMissing."""
        if scope not in self.scopes:
            raise ScopeMissing(scope=scope)


def issue(
    session: Session,
    supplier: str,
    *,
    name: str,
    secret: str,
    scopes: Iterable[str] = ALL_SCOPES,
    expires_at: datetime | None = None,
    actor: str,
    at: datetime,
) -> str:
    """A new key, whole, for the only time. `name` and `secret` are new random codes. UnknownSupplier, UnknownScope."""
    session.add(
        SupplierKey(
            supplier_id=supplier_row(session, supplier).id,
            name=name,
            secret_hash=hash_token(secret),
            scopes=sorted(_scope(each) for each in scopes),
            issued_by=actor,
            issued_at=at,
            expires_at=expires_at,
        )
    )
    key = f"sup_{name}_{secret}"
    assert LOOKS_LIKE_A_KEY.fullmatch(key), "a name of letters and digits, and a long secret"
    return key


def revoke(session: Session, supplier: str, name: str, *, actor: str, at: datetime) -> None:
    """From the next call on the key is worth nothing. Again: no-op. Raises UnknownSupplier, UnknownSupplierKey."""
    own = SupplierKey.supplier_id == supplier_row(session, supplier).id
    key = session.scalars(select(SupplierKey).where(own, SupplierKey.name == name).with_for_update()).one_or_none()
    if key is None:
        raise UnknownSupplierKey(supplier=supplier, key=name)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = at, actor


def keys(session: Session, supplier: str) -> list[KeyView]:
    """A supplier's keys, the oldest first. Raises UnknownSupplier."""
    own = SupplierKey.supplier_id == supplier_row(session, supplier).id
    return [row.view for row in session.scalars(select(SupplierKey).where(own).order_by(SupplierKey.id))]


def authenticate(session: Session, key: str, *, at: datetime) -> SupplierCaller:
    """Whose key this is. One query. Raises BadApiKey."""
    parts = LOOKS_LIKE_A_KEY.fullmatch(key)
    if parts is None:
        raise BadApiKey()
    query = select(SupplierKey, Supplier.code).join(Supplier, Supplier.id == SupplierKey.supplier_id)
    found = session.execute(query.where(SupplierKey.name == parts[1])).one_or_none()
    if found is None:
        raise BadApiKey()
    row, supplier = found
    if not row.opens(parts[2], at=at):
        raise BadApiKey()
    return SupplierCaller(
        supplier=supplier,
        scopes=frozenset(SupplierScope(each) for each in row.scopes if each in ALL_SCOPES),
        key=row.name,
        note_use=row.worth_noting(at),
    )


def note_use(session: Session, caller: SupplierCaller, *, at: datetime) -> None:
    """Write down that the key was used just now."""
    session.execute(update(SupplierKey).where(SupplierKey.name == caller.key).values(last_used_at=at))


def _scope(text: str) -> SupplierScope:
    if text not in ALL_SCOPES:
        raise UnknownScope(scope=text, known=", ".join(SupplierScope))
    return SupplierScope(text)
