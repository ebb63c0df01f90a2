"""What falls due by time in a hub. Each chore is idempotent and bounded."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub import nudging
from shared_core.hub.hub import Hub
from shared_core.kernel import outbox
from shared_core.supply import settlement, supplier_access
from shared_core.web.worker import Chore, Worker

OFTEN = timedelta(seconds=1)
NOW_AND_THEN = timedelta(seconds=10)
SELDOM = timedelta(minutes=10)
SWEEPS_MAX = 50


def deliver_outbox(hub: Hub, at: datetime) -> int:
    return outbox.deliver(hub.database, at=at)


def expire_holds(hub: Hub, at: datetime) -> int:
    return _some_after_another(hub, lambda session: supply.expire_holds(session, at=at))


def gather_pictures(hub: Hub, at: datetime) -> int:
    return supply.gather_pictures(hub.database, hub.pictures, hub.fetch, at=at)


def expire_returns(hub: Hub, at: datetime) -> int:
    with hub.database.transaction() as session:
        return supply.returns.expire(session, at=at)


def close_months(hub: Hub, at: datetime) -> int:
    with hub.database.transaction() as session:
        return settlement.close_months(session, zone=hub.zone, at=at)


def suspend_unagreed(hub: Hub, at: datetime) -> int:
    return _some_after_another(hub, lambda session: supply.suspend_unagreed(session, zone=hub.zone, at=at))


def forget_requests(hub: Hub, at: datetime) -> int:
    with hub.database.transaction() as session:
        return supplier_access.requests.forget(session, at=at)


CHORES: tuple[Chore[Hub], ...] = (
    Chore("deliver outbox", deliver_outbox, OFTEN),
    Chore("expire holds", expire_holds, NOW_AND_THEN),
    Chore("expire returns", expire_returns, SELDOM),
    Chore("close months", close_months, SELDOM),
    Chore("suspend who let new terms pass", suspend_unagreed, SELDOM),
    Chore("forget requests of suppliers", forget_requests, SELDOM),
    Chore("tell stores", nudging.tell_stores, OFTEN, aside=True),
    Chore("gather pictures", gather_pictures, OFTEN, aside=True),
)


def worker(hub: Hub) -> Worker[Hub]:
    """Does the hub's chores."""
    return Worker(hub, CHORES, clock=hub.clock, hub=hub.name)


def _some_after_another(hub: Hub, work: Callable[[Session], int]) -> int:
    """A transaction for some of them after another, so that nobody waits long for the goods."""
    done = 0
    for _ in range(SWEEPS_MAX):
        with hub.database.transaction() as session:
            found = work(session)
        done += found
        if not found:
            break
    return done
