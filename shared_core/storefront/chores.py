"""What falls due by time, or by what the supply side reports. Each chore is idempotent and bounded."""

from collections.abc import Callable
from datetime import datetime, timedelta

from shared_core import invites, orders, rewards, supply
from shared_core.kernel import outbox
from shared_core.storefront import nudges, supplying
from shared_core.storefront.shop import Shop
from shared_core.supply import tenancy
from shared_core.web.worker import Chore

OFTEN = timedelta(seconds=1)
NOW_AND_THEN = timedelta(seconds=10)
SELDOM = timedelta(hours=1)
REVIEWED_AT_ONCE = 200


def deliver_outbox(shop: Shop, at: datetime) -> int:
    return outbox.deliver(shop.database, at=at)


def follow_supply(shop: Shop, at: datetime) -> int:
    if shop.supply_side.embedded:
        return shop.desk.follow()
    told = _told(shop)
    return shop.asking_events.ask(told.at, told.events, at, shop.desk.follow)


def renew_terms(shop: Shop, at: datetime) -> int:
    supplying.renew_terms(shop.database, shop.supply_side, at)
    if shop.supply_side.hub is not None:
        nudges.listen(shop.database, shop.supply_side.hub, shop.settings.base_url)
    return 0


def refresh_window(shop: Shop, at: datetime) -> int:
    return shop.refresh_window(at=at).offers if shop.supply_side.embedded else 0


def follow_offers(shop: Shop, at: datetime) -> int:
    """The window of a shop that is supplied by a hub."""
    if shop.supply_side.embedded:
        return 0
    told = _told(shop)
    return shop.asking_offers.ask(told.at, told.offers, at, lambda: shop.refresh_window(at=at).offers)


def _told(shop: Shop) -> tenancy.Told:
    with shop.database.glance() as session:
        return tenancy.told(session)


def gather_pictures(shop: Shop, at: datetime) -> int:
    return supply.gather_pictures(shop.database, shop.pictures, shop.fetch, at=at)


def _sweep(service: Callable[..., int]) -> Callable[[Shop, datetime], int]:
    """A service that takes what is due, in one transaction."""

    def sweep(shop: Shop, at: datetime) -> int:
        with shop.database.transaction() as session:
            return service(session, at=at)

    return sweep


def review_ranks(shop: Shop, at: datetime) -> int:
    """Where the ladder requalifies: decide ranks by last month. Repeating decides the same."""
    after: int | None = 0
    while after is not None:
        with shop.database.transaction() as session:
            seen = rewards.review(
                session, shop.plan_at(at), zone=shop.brand.shop.zone, at=at, after=after, limit=REVIEWED_AT_ONCE
            )
        after = seen or None
    return 0


def expire_invites(shop: Shop, at: datetime) -> int:
    """Codes past their day go back to the quota they came from, one issuer in each transaction."""
    returned = 0
    while True:
        with shop.database.transaction() as session:
            found = invites.expire_due(session, shop.plan_at(at), at=at)
        returned += found
        if not found:
            return returned


CHORES: tuple[Chore[Shop], ...] = (
    Chore("deliver outbox", deliver_outbox, OFTEN),
    Chore("follow supply", follow_supply, OFTEN),
    Chore("refresh window", refresh_window, NOW_AND_THEN),
    Chore("follow offers", follow_offers, OFTEN),
    Chore("give up drafts", _sweep(orders.give_up_drafts), NOW_AND_THEN),
    Chore("lapse unpaid orders", _sweep(orders.lapse_unpaid), NOW_AND_THEN),
    Chore("expire holds", _sweep(supply.expire_holds), NOW_AND_THEN),
    Chore("expire returns", _sweep(supply.returns.expire), SELDOM),
    Chore("complete orders", _sweep(orders.complete_due), NOW_AND_THEN),
    Chore("expire invites", expire_invites, NOW_AND_THEN),
    Chore("renew terms of supply", renew_terms, SELDOM),
    Chore("gather pictures", gather_pictures, OFTEN, aside=True),
    Chore("review ranks", review_ranks, SELDOM),
    Chore("mature earnings", _sweep(rewards.mature_due), NOW_AND_THEN),
)
