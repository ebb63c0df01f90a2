"""`platformctl supply connect`: from now on a shop's goods come from the hub that its brand.toml names."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from platformctl import output
from platformctl.failures import BadMapping, NotConnectable, SuppliesItself
from platformctl.messages import N_, translate
from shared_core import catalog, orders, storefront, supply
from shared_core.kernel import csvfile
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Phrase
from shared_core.kernel.settings import read_settings
from shared_core.supply import tenancy

BRAND = Path("brand")
NEEDED = ("offers:read", "orders:write", "events:read")
SHOWN_MAX = 20


@dataclass(frozen=True)
class Connected:
    """`same`, `mapped` and `new` SKUs of the hub; `gone` are SKUs of the shop that the hub does not offer."""

    hub: str
    store: str
    offers: int
    same: int
    mapped: int
    new: int
    gone: tuple[str, ...]
    dry_run: bool

    def as_dict(self) -> dict[str, object]:
        return {"ok": True, **asdict(self)}

    def tell(self) -> None:
        output.say("Connected to {hub} as {store}.", hub=self.hub, store=self.store)
        for count, name in (
            (self.offers, N_("goods on offer")),
            (self.same, N_("known here under the same SKU")),
            (self.mapped, N_("known here under another SKU")),
            (self.new, N_("new here")),
            (len(self.gone), N_("of this shop's own are not on offer there and leave the window")),
        ):
            print(f"{count:>9,}  {translate(name)}")
        for sku in self.gone[:SHOWN_MAX]:
            print(f"  {sku}")
        if len(self.gone) > SHOWN_MAX:
            output.say("  … and {count} more; --json lists them all.", count=len(self.gone) - SHOWN_MAX)
        if self.gone:
            output.say("Goods with another SKU there: write a CSV with the columns ours,theirs and give it as --map.")
        output.say("Orders that are under way are finished by this shop's own supply.")
        if self.dry_run:
            output.say("This was a dry run: nothing was changed.")


def connect(names_file: Path | None, *, dry_run: bool) -> Connected:
    """Ask the hub who we are and what it offers, and take the window over; again at any time.

    Until the connection is written nothing is changed. A window that cannot be filled just then (the hub went away) is
    empty until this is done again, or a restarted worker has filled it.

    Raises SuppliesItself, NotConnectable, BadMapping, ConfigError without a key, and what the hub refuses with.
    """
    brand, settings, at = storefront.load_brand(BRAND), read_settings(), datetime.now(UTC)
    if brand.supply.mode != "hub":
        raise SuppliesItself(file=BRAND / "brand.toml")
    hub = storefront.hub_gateway(brand, settings)
    database = Database(settings.database_url)
    try:
        me = hub.me()
        if me.currency != brand.shop.currency:
            raise NotConnectable(reason=Phrase(_OTHER_CURRENCY, theirs=me.currency, ours=brand.shop.currency))
        lacking = [scope for scope in NEEDED if scope not in me.scopes]
        if lacking:
            raise NotConnectable(reason=Phrase(_LACKING, scopes=", ".join(lacking)))
        offered = _offered(hub)
        with database.reading() as session:
            before = tenancy.connection(session)
        another = _is_another(before, me, database, brand.shop.currency)
        with database.reading() as session:
            ours = catalog.skus(session)
            known = tenancy.sku_names(session)
            names = known if names_file is None else _names(names_file, ours.keys(), offered, known)
        there = offered - set(names.values()) | {mine for mine, theirs in names.items() if theirs in offered}
        found = Connected(
            hub=brand.supply.url,
            store=me.store,
            offers=len(offered),
            same=len(ours.keys() & there - names.keys()),
            mapped=len(ours.keys() & there & names.keys()),
            new=len(there - ours.keys()),
            gone=tuple(sorted(sku for sku, on_offer in ours.items() if on_offer and sku not in there)),
            dry_run=dry_run,
        )
        if dry_run:
            return found
        to = tenancy.Connection(brand.supply.url, me.store, me.currency, me.platform_fee_bps, at, me.timeline)
        with database.transaction() as session:
            tenancy.connect(session, to, names)
            if another:
                orders.follow_anew(session, storefront.HUB_CURSOR)
            catalog.begin_anew(session, feed=storefront.HUB_OFFERS, at=at)
    finally:
        hub.close()
        database.dispose()
    _fill_window(at)
    return found


def _is_another(known: tenancy.Connection | None, me: supply.Me, database: Database, currency: str) -> bool:
    """Whether it is another hub than before. Raises NotConnectable while orders are under way with that one, and
    where it is the same and has forgotten some.
    """
    if known is None or not known.timeline:
        return False
    if known.timeline in (each.code for each in me.timelines):
        if tenancy.lost_since(known.timeline, me.timelines) is not None:
            raise NotConnectable(reason=Phrase(_RESTORED))
        return False
    under_way = storefront.under_way_elsewhere(database, currency)
    if under_way:
        raise NotConnectable(reason=Phrase(_UNDER_WAY, count=under_way, hub=known.url))
    return True


_RESTORED = N_("the hub goes on from a backup; run: platformctl supply resume")
_UNDER_WAY = N_("{count} orders are under way with another hub, {hub}; connect once they are finished")
_OTHER_CURRENCY = N_(
    "the hub supplies this shop in {theirs}, the shop sells in {ours}; ask the hub to supply it in {ours}"
)
_LACKING = N_("its key lacks the scopes {scopes}")


def _offered(hub: supply.HubGateway) -> set[str]:
    """The SKUs that can be sold."""
    skus: set[str] = set()
    after, more = 0, True
    while more:
        page = hub.offers(after)
        skus -= {each.sku for each in page.offers}
        skus |= {each.sku for each in page.offers if each.active}
        after, more = page.cursor, page.more
    return skus


def _names(file: Path, ours: Collection[str], offered: set[str], known: Mapping[str, str]) -> dict[str, str]:
    """What is `known` and the mapping of a file, ours to theirs. Orders may be under way: no name ever changes.

    Raises BadMapping with the first line that cannot be, FileUnreadable.
    """
    names: dict[str, str] = {}
    for line, cells in csvfile.rows(file, required=("ours", "theirs")):
        mine, theirs = cells["ours"], cells["theirs"]
        fault = _fault(mine, theirs, names, ours=ours, offered=offered) or _renamed(mine, theirs, known)
        if fault is not None:
            raise BadMapping(file=file, line=line, reason=fault)
        names[mine] = theirs
    return {**known, **{mine: theirs for mine, theirs in names.items() if mine != theirs}}


def _renamed(mine: str, theirs: str, known: Mapping[str, str]) -> Phrase | None:
    before = known.get(mine, theirs)
    taken = next((other for other, name in known.items() if name == theirs and other != mine), None)
    if before != theirs or taken is not None:
        return Phrase(N_("{sku} is {name} there already, and a name does not change"), sku=taken or mine, name=before)
    return None


def _fault(
    mine: str, theirs: str, names: Mapping[str, str], *, ours: Collection[str], offered: set[str]
) -> Phrase | None:
    if mine not in ours:
        return Phrase(N_("{sku} is not among this shop's goods"), sku=mine)
    if theirs not in offered:
        return Phrase(N_("{sku} is not on offer at the hub"), sku=theirs)
    if mine in names or theirs in names.values():
        return Phrase(N_("{sku} is there twice"), sku=mine if mine in names else theirs)
    return None


def _fill_window(at: datetime) -> None:
    shop = storefront.Shop.open(BRAND, read_settings())
    try:
        shop.refresh_window(at=at)
    finally:
        shop.close()
