"""Documents of suppliers that were handed in and looked at."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from shared_core.kernel.database import Database
from shared_core.supply import vetting
from shared_core.supply.vetting import DocumentKind, Sector
from tests.supply.goods import NOON

ZONE = "Asia/Shanghai"
TODAY = NOON.date()
DIGEST = "0f" * 32


def hand_in(
    session: Session,
    supplier: str,
    kind: DocumentKind = DocumentKind.BUSINESS_LICENCE,
    *,
    until: date | None = None,
    number: str = "91330100",
    digest: str = DIGEST,
    at: datetime = NOON,
) -> int:
    """The number of the newest document, which waits."""
    vetting.documents.hand_in(
        session,
        supplier,
        kind=kind,
        number=number,
        valid_until=until,
        digest=digest,
        suffix="pdf",
        actor="wang",
        today=at.date(),
        at=at,
    )
    return vetting.documents.documents(session, supplier)[-1].id


def accepted(
    session: Session,
    supplier: str,
    kind: DocumentKind = DocumentKind.BUSINESS_LICENCE,
    *,
    until: date | None = None,
    at: datetime = NOON,
) -> int:
    document = hand_in(session, supplier, kind, until=until, at=at)
    vetting.documents.accept(session, supplier, document, actor="ann", today=at.date(), at=at)
    return document


def in_order(
    database: Database, supplier: str, *sectors: Sector, until: date | None = None, at: datetime = NOON
) -> None:
    """Everything that is asked of whoever sells in these sectors is there and accepted."""
    with database.transaction() as session:
        vetting.requirements.declare(session, supplier, sectors, actor="wang", at=at)
        for kind in vetting.documents.standings_of(session, supplier, today=at.date()):
            accepted(session, supplier, kind, until=until, at=at)
