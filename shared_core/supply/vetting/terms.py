"""The terms on which suppliers sell: which text, from when on, and who agreed to exactly that."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_or_ignore
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.models import Supplier
from shared_core.supply.rules import SupplierState
from shared_core.supply.vetting.errors import BadTerms, NoTerms, TermsChanged, TermsNotAccepted, TermsTooSoon
from shared_core.supply.vetting.rules import TERMS_LENGTH_MAX, terms_digest, terms_hold
from shared_core.supply.vetting.vetting_models import SupplierTerms, TermsAcceptance


@dataclass(frozen=True, slots=True)
class TermsVersion:
    """`digest` names the text; until the end of `accept_by` suppliers sell without having accepted it."""

    digest: str
    words: str
    accept_by: date
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who of a supplier accepted the text `digest`, and when."""

    digest: str
    actor: str
    at: datetime


def publish(session: Session, words: str, *, accept_by: date, actor: str, today: date, at: datetime) -> str:
    """These are the terms from now on; the digest of their text. The same again: no-op.

    The same text with another day moves the day; who accepted it need not again. Raises BadTerms, TermsTooSoon.
    """
    text = "\n".join(line.rstrip() for line in words.splitlines()).strip()
    if not 1 <= len(text) <= TERMS_LENGTH_MAX:
        raise BadTerms(most=TERMS_LENGTH_MAX)
    if accept_by < today:
        raise TermsTooSoon(day=accept_by.isoformat())
    digest, now = terms_digest(text), present(session)
    if now is None or (now.digest, now.accept_by) != (digest, accept_by):
        session.add(SupplierTerms(digest=digest, words=text, accept_by=accept_by, actor=actor, at=at))
        session.flush()
    return digest


def present(session: Session) -> TermsVersion | None:
    """The terms that hold now; None: there are none in writing."""
    row = session.scalars(select(SupplierTerms).order_by(SupplierTerms.id.desc()).limit(1)).first()
    return None if row is None else _version(row)


def versions(session: Session) -> list[TermsVersion]:
    """All that ever held, the newest first."""
    return [_version(row) for row in session.scalars(select(SupplierTerms).order_by(SupplierTerms.id.desc()))]


def version(session: Session, digest: str) -> TermsVersion:
    """One of them, as it was last put. Raises NoTerms."""
    query = select(SupplierTerms).where(SupplierTerms.digest == digest).order_by(SupplierTerms.id.desc())
    row = session.scalars(query.limit(1)).first()
    if row is None:
        raise NoTerms
    return _version(row)


def agreed_version(session: Session, supplier: str, digest: str) -> TermsVersion:
    """One to which the supplier agreed. Raises UnknownSupplier, NoTerms."""
    if not accepted(session, supplier, digest):
        raise NoTerms
    return version(session, digest)


def agree(session: Session, supplier: str, digest: str, *, actor: str, at: datetime) -> None:
    """`actor` agrees for the supplier to the terms with this digest, which they have read. Again: no-op.

    Raises UnknownSupplier, NoTerms, TermsChanged.
    """
    now = present(session)
    if now is None:
        raise NoTerms
    if now.digest != digest:
        raise TermsChanged
    row = {"supplier_id": supplier_row(session, supplier).id, "digest": digest, "actor": actor, "at": at}
    insert_or_ignore(session, TermsAcceptance, row, conflict=["supplier_id", "digest"])


def acceptances(session: Session, supplier: str) -> list[Acceptance]:
    """To what the supplier agreed, the oldest first. Raises UnknownSupplier."""
    own = TermsAcceptance.supplier_id == supplier_row(session, supplier).id
    found = session.scalars(select(TermsAcceptance).where(own).order_by(TermsAcceptance.id))
    return [Acceptance(each.digest, each.actor, each.at) for each in found]


def accepted(session: Session, supplier: str, digest: str) -> bool:
    return any(each.digest == digest for each in acceptances(session, supplier))


def check_accepted(session: Session, supplier: str) -> None:
    """Whether the supplier agreed to the present terms, where there are any. Raises TermsNotAccepted."""
    now = present(session)
    if now is not None and not accepted(session, supplier, now.digest):
        raise TermsNotAccepted(supplier=supplier)


def check_may_sell(session: Session, supplier: str, *, today: date) -> None:
    """Like `check_accepted`, but until the day that was given. Raises TermsNotAccepted."""
    now = present(session)
    if now is None:
        return
    agreed = accepted(session, supplier, now.digest)
    if not terms_hold(accepted=agreed, accept_by=now.accept_by, today=today):
        raise TermsNotAccepted(supplier=supplier)


def not_accepted(session: Session) -> list[str]:
    """Suppliers that are live and have not agreed to the present terms, by code."""
    now = present(session)
    if now is None:
        return []
    agreed = exists().where(TermsAcceptance.supplier_id == Supplier.id, TermsAcceptance.digest == now.digest)
    live = select(Supplier.code).where(Supplier.state == SupplierState.LIVE, ~agreed)
    return list(session.scalars(live.order_by(Supplier.code)))


def _version(row: SupplierTerms) -> TermsVersion:
    return TermsVersion(row.digest, row.words, row.accept_by, row.actor, row.at)
