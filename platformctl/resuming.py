"""A hub goes on from a backup, and its shops after it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from platformctl import output
from platformctl.failures import NotConnectable, SuppliesItself
from platformctl.messages import N_, translate
from shared_core import catalog, hub, orders, storefront
from shared_core.kernel.codes import new_code
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Phrase
from shared_core.kernel.settings import read, read_settings
from shared_core.supply import tenancy

BRAND = Path("brand")
UNSAID_SHOWN_MAX = 20


def begin_timeline(database_url: str) -> None:
    """The first history of a hub that has none."""
    database = Database(database_url)
    try:
        with database.transaction() as session:
            tenancy.begin_timeline(session, new_code(), actor="platformctl", at=datetime.now(UTC))
    finally:
        database.dispose()


def restored(*, by: str) -> tenancy.Timeline:
    """The database of the hub in this folder was put back from a backup: a new history begins."""
    database = Database(read(hub.HubSettings).database_url)
    try:
        with database.transaction() as session:
            return tenancy.go_on_from_backup(session, new_code(), actor=by, at=datetime.now(UTC))
    finally:
        database.dispose()


@dataclass(frozen=True)
class Resumed:
    """What was said again since `since`; None where the hub has forgotten nothing. `ok`: the shop goes on with it."""

    since: datetime | None
    said: orders.SaidAgain
    ok: bool

    def as_dict(self) -> dict[str, object]:
        return {
            "ok": self.ok,
            "since": None if self.since is None else self.since.isoformat(),
            "orders": self.said.orders,
            "forgotten": self.said.new,
            "effects": self.said.effects,
            "unsaid": [{"order": each.order, "reason": each.reason.text(translate)} for each in self.said.unsaid],
        }

    def tell(self) -> None:
        if self.since is None:
            output.say("The hub has forgotten nothing that this shop knows.")
            return
        output.say("The hub goes on from {since}.", since=self.since.isoformat(timespec="seconds"))
        for count, name in (
            (self.said.orders, N_("orders it knows now")),
            (self.said.new, N_("of them it had forgotten")),
            (self.said.effects, N_("times goods are given back once more, in the background")),
        ):
            print(f"{count:>9,}  {translate(name)}")
        for each in self.said.unsaid[:UNSAID_SHOWN_MAX]:
            print(f"  {each.order}: {each.reason.text(translate)}")
        if len(self.said.unsaid) > UNSAID_SHOWN_MAX:
            more = len(self.said.unsaid) - UNSAID_SHOWN_MAX
            output.say("  … and {count} more; --json lists them all.", count=more)
        if self.ok:
            output.say("Restart the shop's processes.")
        else:
            output.say("Put these right with whoever runs the hub and run this again, or go on without them: --anyway")


def resume(*, anyway: bool) -> Resumed:
    """Say again to the hub what it forgot, and know its new history from now on; again at any time.

    While something cannot be said again the shop stays as it is, and the hub refuses it; not `anyway`.

    Raises SuppliesItself, NotConnectable where it is another hub, ConfigError, and what says that nobody answers.
    """
    brand, settings, at = storefront.load_brand(BRAND), read_settings(), datetime.now(UTC)
    if brand.supply.mode != "hub":
        raise SuppliesItself(file=BRAND / "brand.toml")
    database = Database(settings.database_url)
    side = storefront.supply_side(database, brand, BRAND, settings, any_timeline=True)
    try:
        assert side.hub is not None, "a hub is named, so there is one"
        me = side.hub.me()
        with database.reading() as session:
            known = tenancy.connection(session)
        assert known is not None, "without a connection there is no supply side"
        since = lost_since(known.timeline, me.timelines)
        desk = orders.SupplyDesk(database, side.gateway, clock=lambda: datetime.now(UTC), zone=brand.shop.zone)
        said = orders.SaidAgain(0, 0, 0, ())
        if since is not None:
            said = orders.say_again(desk, since=since, currency=brand.shop.currency)
        ok = anyway or not said.unsaid
        if ok and since is not None:
            with database.transaction() as session:
                tenancy.follow_timeline(session, me.timeline)
                catalog.begin_anew(session, feed=storefront.HUB_OFFERS, at=at)
    finally:
        side.close()
        database.dispose()
    return Resumed(since, said, ok)


def lost_since(known: str, told: tuple[tenancy.Timeline, ...]) -> datetime | None:
    """See `tenancy.lost_since`; a shop that knew of no history has lost nothing. Raises NotConnectable."""
    try:
        return tenancy.lost_since(known, told) if known else None
    except LookupError:
        raise NotConnectable(reason=Phrase(N_("another hub answers at this address"))) from None
