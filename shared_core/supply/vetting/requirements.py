"""What is asked of suppliers, and what each of them says it sells."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.models import Supplier
from shared_core.supply.rules import SupplierState
from shared_core.supply.vetting.errors import BadRequirements, DeclarationClosed
from shared_core.supply.vetting.rules import REQUIRED, WARN_DAYS_MAX, DocumentKind, Requirements, Sector
from shared_core.supply.vetting.vetting_models import DocumentRules, SupplierDeclaration


@dataclass(frozen=True, slots=True)
class Declared:
    """What a supplier sells, as `actor` said it."""

    sectors: frozenset[Sector]
    actor: str
    at: datetime


def requirements(session: Session) -> Requirements:
    """What is asked now."""
    row = session.scalars(select(DocumentRules).order_by(DocumentRules.id.desc()).limit(1)).first()
    if row is None:
        return REQUIRED
    asked = {DocumentKind(kind): frozenset(map(Sector, sectors)) for kind, sectors in row.asked_of.items()}
    return Requirements(asked, row.warn_days)


def require(session: Session, wanted: Requirements, *, actor: str, at: datetime) -> None:
    """Ask this from now on; who sells already goes on. Nothing new: no-op. Raises BadRequirements."""
    if not 0 <= wanted.warn_days <= WARN_DAYS_MAX:
        raise BadRequirements(most=WARN_DAYS_MAX)
    asked = {kind: frozenset(sectors) for kind, sectors in wanted.asked_of.items() if sectors}
    if requirements(session) == Requirements(asked, wanted.warn_days):
        return
    written = {kind.value: sorted(each.value for each in sectors) for kind, sectors in sorted(asked.items())}
    session.add(DocumentRules(asked_of=written, warn_days=wanted.warn_days, actor=actor, at=at))
    session.flush()


def declared(session: Session, supplier: str) -> Declared | None:
    """None: nobody has said. Raises UnknownSupplier."""
    row = session.scalars(
        select(SupplierDeclaration)
        .where(SupplierDeclaration.supplier_id == supplier_row(session, supplier).id)
        .order_by(SupplierDeclaration.id.desc())
        .limit(1)
    ).first()
    return None if row is None else Declared(frozenset(map(Sector, row.sectors)), row.actor, row.at)


def declare(session: Session, supplier: str, sectors: Collection[Sector], *, actor: str, at: datetime) -> None:
    """It sells goods of these sectors. The same again: no-op. Raises UnknownSupplier."""
    wanted = frozenset(sectors) - {Sector.ANYTHING}
    row, known = locked_supplier(session, supplier), declared(session, supplier)
    if known is None or known.sectors != wanted:
        session.add(SupplierDeclaration(supplier_id=row.id, sectors=sorted(wanted), actor=actor, at=at))
        session.flush()


def declare_own(session: Session, supplier: str, sectors: Collection[Sector], *, actor: str, at: datetime) -> None:
    """Like `declare`, by the supplier itself, as long as nobody relies on it. Raises DeclarationClosed."""
    row = locked_supplier(session, supplier)
    if row.state != SupplierState.APPLIED and declared(session, supplier) is not None:
        raise DeclarationClosed
    declare(session, supplier, sectors, actor=actor, at=at)


def locked_supplier(session: Session, code: str) -> Supplier:
    """The supplier, whose documents and steps nobody else changes until the commit. Raises UnknownSupplier."""
    supplier_row(session, code)
    query = select(Supplier).where(Supplier.code == code).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
