"""The documents of suppliers: handed in, looked at, replaced, and what of them lacks."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shared_core.kernel.errors import Invalid, Phrase, Translate
from shared_core.kernel.i18n import N_
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.models import TEXT_LENGTH_MAX, Supplier
from shared_core.supply.vetting.errors import (
    BadDocument,
    DocumentDecided,
    DocumentExpired,
    DocumentsLacking,
    SectorsUndeclared,
    TooManyDocuments,
    UnknownDocument,
)
from shared_core.supply.vetting.requirements import declared, locked_supplier, requirements
from shared_core.supply.vetting.rules import (
    DOES,
    DocumentKind,
    DocumentState,
    Paper,
    Sector,
    Standing,
    expired,
    standings,
)
from shared_core.supply.vetting.vetting_models import (
    NUMBER_LENGTH_MAX,
    DocumentDecision,
    SupplierDeclaration,
    SupplierDocument,
)

DOCUMENTS_PER_DAY_MAX = 30
KINDS: Mapping[DocumentKind, str] = {
    DocumentKind.BUSINESS_LICENCE: N_("Business licence"),
    DocumentKind.BRAND_AUTHORISATION: N_("Trademark or brand authorisation"),
    DocumentKind.FOOD_PERMIT: N_("Food permit"),
    DocumentKind.COSMETICS_PERMIT: N_("Cosmetics permit or filing"),
    DocumentKind.MEDICAL_PERMIT: N_("Medical device permit or filing"),
    DocumentKind.PRODUCT_SAFETY: N_("Product safety certificate"),
}
STANDINGS: Mapping[Standing, str] = {
    Standing.GOOD: N_("in order"),
    Standing.EXPIRING: N_("expires soon"),
    Standing.WAITING: N_("not looked at yet"),
    Standing.REFUSED: N_("turned down"),
    Standing.EXPIRED: N_("expired"),
    Standing.MISSING: N_("missing"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    state: DocumentState
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """`decisions` the oldest first; its file is `digest` with `suffix`."""

    id: int
    kind: DocumentKind
    number: str
    valid_until: date | None
    state: DocumentState
    digest: str
    suffix: str
    actor: str
    at: datetime
    decisions: tuple[Decision, ...]

    @property
    def paper(self) -> Paper:
        return Paper(self.kind, self.state, self.valid_until)


def hand_in(
    session: Session,
    supplier: str,
    *,
    kind: DocumentKind,
    number: str,
    valid_until: date | None,
    digest: str,
    suffix: str,
    actor: str,
    today: date,
    at: datetime,
) -> None:
    """A document to be looked at; it takes the place of one of its kind that waits.

    The same again: no-op, unless it was refused in the meantime.
    Raises UnknownSupplier, BadDocument, DocumentExpired, TooManyDocuments.
    """
    row, number = locked_supplier(session, supplier), number.strip()
    if not 1 <= len(number) <= NUMBER_LENGTH_MAX:
        raise BadDocument(most=NUMBER_LENGTH_MAX)
    if valid_until is not None and expired(valid_until, today=today):
        raise DocumentExpired(day=valid_until.isoformat())
    own = _newest_first(row).where(SupplierDocument.kind == kind)
    newest = session.scalars(own.limit(1)).first()
    same = newest is not None and (newest.number, newest.valid_until, newest.digest) == (number, valid_until, digest)
    if newest is not None and same and newest.state != DocumentState.REFUSED:
        return
    lately = (SupplierDocument.supplier_id == row.id, SupplierDocument.at > at - timedelta(days=1))
    if session.scalars(select(func.count()).where(*lately)).one() >= DOCUMENTS_PER_DAY_MAX:
        raise TooManyDocuments(maximum=DOCUMENTS_PER_DAY_MAX)
    if newest is not None and newest.state == DocumentState.WAITING:
        newest.state = DocumentState.REPLACED
        session.flush()
    session.add(
        SupplierDocument(
            supplier_id=row.id,
            kind=kind,
            number=number,
            valid_until=valid_until,
            digest=digest,
            suffix=suffix,
            state=DocumentState.WAITING,
            actor=actor,
            at=at,
        )
    )
    session.flush()


def accept(session: Session, supplier: str, document: int, *, actor: str, today: date, at: datetime) -> None:
    """It is what it should be. Again: no-op. Raises UnknownDocument, DocumentDecided, DocumentExpired."""
    row = _open(session, supplier, document)
    if row.valid_until is not None and expired(row.valid_until, today=today):
        raise DocumentExpired(day=row.valid_until.isoformat())
    _decide(session, row, DocumentState.ACCEPTED, reason="", actor=actor, at=at)


def refuse(session: Session, supplier: str, document: int, *, reason: str, actor: str, at: datetime) -> None:
    """It does not do, or no longer. Again: no-op. Raises UnknownDocument, DocumentDecided, Invalid."""
    row = _open(session, supplier, document)
    if not 1 <= len(reason.strip()) <= TEXT_LENGTH_MAX:
        said = Phrase(N_("write between 1 and {most} characters"), most=TEXT_LENGTH_MAX)
        raise Invalid(field="reason", reason=said)
    _decide(session, row, DocumentState.REFUSED, reason=reason.strip(), actor=actor, at=at)


def one(session: Session, supplier: str, document: int) -> Document:
    """One of the supplier's own. Raises UnknownDocument, also for another supplier's."""
    return _viewed(session, [_own(session, supplier, document)])[0]


def documents(session: Session, supplier: str) -> list[Document]:
    """All that it ever handed in, the oldest first. Raises UnknownSupplier."""
    own = SupplierDocument.supplier_id == supplier_row(session, supplier).id
    return _viewed(session, list(session.scalars(select(SupplierDocument).where(own).order_by(SupplierDocument.id))))


def standings_of(session: Session, supplier: str, *, today: date) -> dict[DocumentKind, Standing]:
    """How it is with each document that is asked of the supplier. Raises UnknownSupplier."""
    said = declared(session, supplier)
    sectors: frozenset[Sector] = said.sectors if said else frozenset()
    papers = [each.paper for each in documents(session, supplier)]
    return standings(requirements(session), sectors, papers, today=today)


def standings_of_all(session: Session, *, today: date) -> dict[str, dict[DocumentKind, Standing]]:
    """The same of every supplier, by code."""
    asked, sectors = requirements(session), dict[int, list[str]]()
    papers: defaultdict[int, list[Paper]] = defaultdict(list)
    for said in session.scalars(select(SupplierDeclaration).order_by(SupplierDeclaration.id)):
        sectors[said.supplier_id] = said.sectors
    columns = (
        SupplierDocument.supplier_id,
        SupplierDocument.kind,
        SupplierDocument.state,
        SupplierDocument.valid_until,
    )
    for owner, kind, state, until in session.execute(select(*columns).order_by(SupplierDocument.id)):
        papers[owner].append(Paper(DocumentKind(kind), DocumentState(state), until))
    return {
        code: standings(asked, [Sector(each) for each in sectors.get(id_, ())], papers[id_], today=today)
        for id_, code in session.execute(select(Supplier.id, Supplier.code).order_by(Supplier.code))
    }


def waiting(session: Session) -> list[tuple[str, Document]]:
    """What nobody has looked at yet, by supplier; what waits longest first."""
    query = select(SupplierDocument, Supplier.code).join(Supplier, Supplier.id == SupplierDocument.supplier_id)
    found = session.execute(query.where(SupplierDocument.state == DocumentState.WAITING).order_by(SupplierDocument.id))
    rows = [(row, code) for row, code in found]
    return list(zip([code for _, code in rows], _viewed(session, [row for row, _ in rows]), strict=True))


def check(session: Session, supplier: str, *, today: date) -> None:
    """Whether everything that is asked for is there and in order. Raises SectorsUndeclared, DocumentsLacking."""
    if not requirements(session).asked_of:
        return
    if declared(session, supplier) is None:
        raise SectorsUndeclared(supplier=supplier)
    lacking = {kind: how for kind, how in standings_of(session, supplier, today=today).items() if how not in DOES}
    if lacking:
        raise DocumentsLacking(supplier=supplier, kinds=Lacking(lacking))


class Lacking(Phrase):
    """Documents and what is wrong with each, in the reader's language."""

    def __init__(self, lacking: Mapping[DocumentKind, Standing]) -> None:
        super().__init__("")
        self.lacking = lacking

    def text(self, translate: Translate) -> str:
        return ", ".join(
            f"{translate(KINDS[kind])} ({translate(STANDINGS[how])})" for kind, how in self.lacking.items()
        )


def _newest_first(row: Supplier) -> Select[SupplierDocument]:
    return select(SupplierDocument).where(SupplierDocument.supplier_id == row.id).order_by(SupplierDocument.id.desc())


def _own(session: Session, supplier: str, document: int) -> SupplierDocument:
    query = select(SupplierDocument).join(Supplier, Supplier.id == SupplierDocument.supplier_id)
    row = session.scalars(query.where(SupplierDocument.id == document, Supplier.code == supplier)).one_or_none()
    if row is None:
        raise UnknownDocument(supplier=supplier, document=document)
    return row


def _open(session: Session, supplier: str, document: int) -> SupplierDocument:
    """One that may be decided on, while nobody else does."""
    locked_supplier(session, supplier)
    row = _own(session, supplier, document)
    if row.state == DocumentState.REPLACED:
        raise DocumentDecided
    return row


def _decide(
    session: Session, row: SupplierDocument, state: DocumentState, *, reason: str, actor: str, at: datetime
) -> None:
    if row.state == state:
        return
    row.state = state
    session.add(DocumentDecision(document_id=row.id, state=state, reason=reason, actor=actor, at=at))
    session.flush()


def _viewed(session: Session, rows: list[SupplierDocument]) -> list[Document]:
    said: defaultdict[int, list[Decision]] = defaultdict(list)
    query = select(DocumentDecision).where(DocumentDecision.document_id.in_([each.id for each in rows]))
    for each in session.scalars(query.order_by(DocumentDecision.id)):
        said[each.document_id].append(Decision(DocumentState(each.state), each.reason, each.actor, each.at))
    return [
        Document(
            id=row.id,
            kind=DocumentKind(row.kind),
            number=row.number,
            valid_until=row.valid_until,
            state=DocumentState(row.state),
            digest=row.digest,
            suffix=row.suffix,
            actor=row.actor,
            at=row.at,
            decisions=tuple(said[row.id]),
        )
        for row in rows
    ]
