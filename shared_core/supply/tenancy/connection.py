"""To which hub a shop is connected, on what terms it is supplied there, and which names goods have on each side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.models import CODE_LENGTH_MAX
from shared_core.supply.tenancy import timeline

URL_LENGTH_MAX = 500
SECRET_LENGTH_MAX = 100
THE_ONE = 1


TABLE = "supply_connection"


class SupplyConnection(Base):
    """The hub a shop is supplied by; no row where the shop supplies itself."""

    __tablename__ = TABLE

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    url: Mapped[str] = mapped_column(String(URL_LENGTH_MAX))
    store: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    currency: Mapped[str] = mapped_column(String(3))
    platform_fee_bps: Mapped[int]
    connected_at: Mapped[datetime]
    timeline: Mapped[str] = mapped_column(String(timeline.CODE_LENGTH_MAX), default="", server_default="")
    webhook_secret: Mapped[str] = mapped_column(String(SECRET_LENGTH_MAX), default="", server_default="")
    told_events: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    told_offers: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    told_at: Mapped[datetime | None]


class SkuName(Base):
    """Goods the shop knew under a SKU of its own before: `ours` here is `theirs` at the hub."""

    __tablename__ = "supply_sku_name"

    ours: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), primary_key=True)
    theirs: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)


@dataclass(frozen=True, slots=True)
class Told:
    """What the hub told the shop last: how far its feeds go, and when it said so (None: never)."""

    events: int
    offers: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Connection:
    """A shop's place at a hub. `platform_fee_bps` is what the hub said last; prices must carry it.

    `timeline` is the hub's history that the shop knows, empty while no hub has told of one.
    """

    url: str
    store: str
    currency: str
    platform_fee_bps: int
    connected_at: datetime
    timeline: str = ""

    TABLE: ClassVar[str] = TABLE


def connection(session: Session) -> Connection | None:
    """The hub this shop is connected to, None where it supplies itself."""
    row = session.get(SupplyConnection, THE_ONE)
    if row is None:
        return None
    return Connection(row.url, row.store, row.currency, row.platform_fee_bps, row.connected_at, row.timeline)


def connect(session: Session, to: Connection, names: Mapping[str, str]) -> None:
    """Remember the hub, and by which SKU it knows what `names` has under ours; both take the place of what was."""
    row = session.get(SupplyConnection, THE_ONE)
    if row is None:
        row = SupplyConnection(id=THE_ONE)
        session.add(row)
    row.url, row.store, row.currency = to.url, to.store, to.currency
    row.platform_fee_bps, row.connected_at, row.timeline = to.platform_fee_bps, to.connected_at, to.timeline
    session.execute(delete(SkuName))
    if names:
        session.execute(insert(SkuName), [{"ours": ours, "theirs": theirs} for ours, theirs in names.items()])
    session.flush()


def renew_connection(session: Session, *, platform_fee_bps: int, timeline: str) -> bool:
    """Note what the hub says now; whether the fee is new. A history is noted once: see `follow_timeline`."""
    row = session.get(SupplyConnection, THE_ONE)
    if row is None:
        return False
    row.timeline = row.timeline or timeline
    changed, row.platform_fee_bps = row.platform_fee_bps != platform_fee_bps, platform_fee_bps
    session.flush()
    return changed


def follow_timeline(session: Session, code: str) -> None:
    """The shop knows the hub's new history from now on."""
    row = session.get_one(SupplyConnection, THE_ONE)
    row.timeline = code
    session.flush()


def keep_webhook_secret(session: Session, secret: str) -> None:
    """With which the hub signs what it tells the shop."""
    row = session.get(SupplyConnection, THE_ONE)
    if row is not None and row.webhook_secret != secret:
        row.webhook_secret = secret
        session.flush()


def webhook_secret(session: Session) -> str:
    """Empty where no hub tells the shop anything."""
    row = session.get(SupplyConnection, THE_ONE)
    return "" if row is None else row.webhook_secret


def hear(session: Session, *, events: int, offers: int, at: datetime) -> None:
    """The hub says how far its feeds go."""
    row = session.get(SupplyConnection, THE_ONE)
    if row is not None:
        row.told_events, row.told_offers, row.told_at = max(row.told_events, events), max(row.told_offers, offers), at
        session.flush()


def told(session: Session) -> Told:
    row = session.get(SupplyConnection, THE_ONE)
    return Told(0, 0, None) if row is None else Told(row.told_events, row.told_offers, row.told_at)


def sku_names(session: Session) -> dict[str, str]:
    """Ours to theirs, where they differ."""
    return {row.ours: row.theirs for row in session.scalars(select(SkuName))}
