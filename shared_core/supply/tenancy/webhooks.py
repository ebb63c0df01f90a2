"""Where stores want to be told that something happened. Only a nudge: what happened is read from the feeds.

A store that is told need not ask every second. One that cannot be reached loses nothing: it asks by itself, and is
told again later, ever more seldom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.models import FeedCounter, SupplyEventRow
from shared_core.supply.numbering import OFFERS
from shared_core.supply.tenancy import tenants
from shared_core.supply.tenancy.tenant_models import Tenant

URL_LENGTH_MAX = 500
SECRET_LENGTH_MAX = 100
ERROR_LENGTH_MAX = 300
HEARTBEAT = timedelta(minutes=10)
"""So often a store is told although nothing happened, so that it knows it would be told."""
RETRY_FIRST = timedelta(seconds=5)
RETRY_LONGEST = timedelta(hours=1)
AT_ONCE_MAX = 50


class Webhook(Base):
    """`events` and `offers`: how far the feeds went when the store was last told."""

    __tablename__ = "supply_webhook"

    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id), primary_key=True)
    url: Mapped[str] = mapped_column(String(URL_LENGTH_MAX))
    secret: Mapped[str] = mapped_column(String(SECRET_LENGTH_MAX))
    registered_at: Mapped[datetime]
    events: Mapped[int] = mapped_column(BigId, default=0)
    offers: Mapped[int] = mapped_column(BigId, default=0)
    told_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(ERROR_LENGTH_MAX), default="")


@dataclass(frozen=True, slots=True)
class Nudge:
    """What a store is told: how far the feeds go."""

    store: str
    url: str
    secret: str
    events: int
    offers: int


@dataclass(frozen=True, slots=True)
class WebhookView:
    url: str
    told_at: datetime | None
    failures: int
    error: str


def tell_at(session: Session, store: str, url: str, *, secret: str, at: datetime) -> str:
    """The store wants to be told at `url`; the secret with which it is signed.

    It stays the same while the address does; otherwise it is `secret`, a new random one.
    """
    tenant = tenants.locked(session, store)
    row = session.get(Webhook, tenant.id)
    if row is None:
        row = Webhook(tenant_id=tenant.id, url="", secret="", registered_at=at, due_at=at)
        session.add(row)
    if row.url != url:
        row.url, row.secret, row.registered_at = url, secret, at
        row.events = row.offers = row.failures = 0
        row.error, row.told_at, row.due_at = "", None, at
    session.flush()
    return row.secret


def webhook_of(session: Session, store: str) -> WebhookView | None:
    row = session.scalars(select(Webhook).join(Tenant).where(Tenant.code == store)).one_or_none()
    return None if row is None else WebhookView(row.url, row.told_at, row.failures, row.error)


def nudges(session: Session, *, at: datetime) -> list[Nudge]:
    """Whom to tell now: who is behind, or has heard nothing for `HEARTBEAT`; not who failed and may rest yet."""
    rows = session.execute(select(Webhook, Tenant.code).join(Tenant).where(Webhook.due_at <= at)).all()
    if not rows:
        return []
    offers = session.scalar(select(FeedCounter.value).where(FeedCounter.feed == OFFERS)) or 0
    events = _events(session, [code for _, code in rows], after=min(row.events for row, _ in rows))
    wanted = []
    for row, code in rows:
        newest = events.get(code, row.events)
        quiet = row.told_at is None or row.told_at + HEARTBEAT <= at
        if quiet or newest > row.events or offers > row.offers:
            wanted.append(Nudge(code, row.url, row.secret, newest, offers))
    return wanted[:AT_ONCE_MAX]


def note_nudged(session: Session, nudge: Nudge, *, at: datetime, error: str = "") -> None:
    """The store was told, or `error` says why it could not be."""
    row = session.scalars(select(Webhook).join(Tenant).where(Tenant.code == nudge.store)).one()
    if row.url != nudge.url:
        return
    row.error = error[:ERROR_LENGTH_MAX]
    if error:
        row.failures += 1
        row.due_at = at + rest_after(row.failures)
    else:
        row.failures, row.told_at, row.due_at = 0, at, at
        row.events, row.offers = max(row.events, nudge.events), max(row.offers, nudge.offers)
    session.flush()


def rest_after(failures: int) -> timedelta:
    """How long to leave a store alone that could not be reached so many times in a row."""
    doubled: int = 2 ** min(failures - 1, 20)
    return min(RETRY_FIRST * doubled, RETRY_LONGEST)


def _events(session: Session, stores: Sequence[str], *, after: int) -> dict[str, int]:
    query = select(SupplyEventRow.store, func.max(SupplyEventRow.seq)).group_by(SupplyEventRow.store)
    found = session.execute(query.where(SupplyEventRow.store.in_(stores), SupplyEventRow.seq > after))
    return {store: seq for store, seq in found if seq is not None}
