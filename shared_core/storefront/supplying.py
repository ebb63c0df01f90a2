"""Where a shop's goods come from: a supply in its own database, or a hub that supplies many shops."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import inspect

from shared_core import audit, catalog, media, migrations, orders, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Away, Conflict, Phrase
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import zero
from shared_core.kernel.settings import Settings, is_private
from shared_core.orders import SUPPLY_CURSOR
from shared_core.storefront.brand import BrandConfig
from shared_core.supply import tenancy
from shared_core.web import health

STORE = "store"
"""The name of the one store of an embedded supply."""
EMBEDDED_FEE_BPS = 0
"""A shop that supplies itself owes itself no platform fee."""
HUB_CURSOR = "hub"
HUB_OFFERS = "hub"

_log = structlog.get_logger()


class SuppliedByHub(Conflict):
    code = "supplied_by_hub"
    message = "The goods come from the hub; what came in is counted there."


@dataclass(frozen=True)
class SupplySide:
    """How this shop reaches its goods. `feeds` are the events to follow, by their cursors; `hub` is None where the
    shop supplies itself.
    """

    gateway: supply.SupplyGateway
    feeds: Mapping[str, supply.SupplyGateway]
    platform_fee_bps: int
    hub: supply.HubGateway | None = None
    offers: str = catalog.OWN_OFFERS
    """Which feed of offers the window shows."""

    @property
    def embedded(self) -> bool:
        """Whether goods are received and parcels sent here."""
        return self.hub is None

    def close(self) -> None:
        if self.hub is not None:
            self.hub.close()


def supply_side(
    database: Database, brand: BrandConfig, brand_dir: Path, settings: Settings, *, any_timeline: bool = False
) -> SupplySide:
    """As brand.toml says. Raises ConfigError where a hub is named that the shop was never connected to.

    `any_timeline`: the hub is asked whatever history it is in.
    """
    own = supply.LocalGateway(
        database, supply.Terms(STORE, currency=brand.shop.currency, platform_fee_bps=EMBEDDED_FEE_BPS)
    )
    if brand.supply.mode == "embedded":
        return SupplySide(own, {SUPPLY_CURSOR: own}, EMBEDDED_FEE_BPS)
    known, names = _connection(database, brand, brand_dir)
    hub = hub_gateway(brand, settings, store=known.store, timeline="" if any_timeline else known.timeline)
    present = supply.Renamed(hub, names) if names else hub
    return SupplySide(
        supply.Handover(own, present),
        {SUPPLY_CURSOR: own, HUB_CURSOR: present},
        known.platform_fee_bps,
        hub,
        HUB_OFFERS,
    )


def hub_gateway(brand: BrandConfig, settings: Settings, *, store: str = "", timeline: str = "") -> supply.HubGateway:
    """The hub that brand.toml names, asked with this shop's key, as `store` and in `timeline` where these are known.

    Raises ConfigError without a key, and where it would travel in the clear.
    """
    key = settings.supply_key.get_secret_value()
    if settings.environment == "production" and not is_private(brand.supply.url):
        raise ConfigError(
            [
                Finding(
                    code="insecure_hub",
                    message=N_("over plain HTTP the hub's key and customers' addresses could be read on the way."),
                    remedy=N_("Reach the hub by https."),
                    key="supply.url",
                )
            ]
        )
    if not tenancy.LOOKS_LIKE_A_KEY.fullmatch(key):
        raise ConfigError(
            [
                Finding(
                    code="no_supply_key",
                    message=N_("the goods come from {url}, and there is no key for it, or it is not a whole one."),
                    remedy=N_("Whoever runs the hub gives you one; write it into .env as SHOP_SUPPLY_KEY=…"),
                    key="SHOP_SUPPLY_KEY",
                    params={"url": brand.supply.url},
                )
            ]
        )
    return supply.HubGateway(supply.HubClient(brand.supply.url, key, store=store, timeline=timeline))


def picture_fetch(brand: BrandConfig, settings: Settings) -> media.Fetch:
    """Gets pictures of other servers: public ones, the shop's hub, and those that the settings name."""
    hub = [] if brand.supply.mode == "embedded" else [brand.supply.url]
    return media.SafeFetch((*settings.media_private_origins, *hub), settings.variable("media_private_origins"))


def review(brand: BrandConfig, brand_dir: Path, settings: Settings) -> Iterator[Finding]:
    """What keeps a shop from its hub; without a migrated database nothing is said of the connection."""
    if brand.supply.mode == "embedded":
        return
    try:
        hub_gateway(brand, settings).close()
    except ConfigError as error:
        yield from error.findings
    if migrations.pending(settings.database_url, brand=brand_dir):
        return
    opened = Database(settings.database_url)
    try:
        _connection(opened, brand, brand_dir)
    except ConfigError as error:
        yield from error.findings
    finally:
        opened.dispose()


def under_way_elsewhere(database: Database, currency: str) -> int:
    """How many unfinished orders have their goods from a hub."""
    own = supply.LocalGateway(database, supply.Terms(STORE, currency=currency))
    with database.reading() as session:
        numbers = orders.under_way(session)
    return sum(not _knows(own, number) for number in numbers)


def _knows(gateway: supply.SupplyGateway, number: str) -> bool:
    try:
        gateway.view(number)
    except supply.UnknownHold:
        return False
    return True


def due_to_hub(hub: supply.HubGateway) -> audit.HubAccount | Phrase:
    """How this shop stands with the hub by the hub's book, or why it cannot be known."""
    try:
        said = hub.me()
    except Away as trouble:
        return Phrase(trouble.message, **trouble.params)
    if said.balance is None:
        return Phrase(N_("the hub's key may not ask what the shop owes"))
    nothing = zero(said.balance.currency)
    received, credited = said.received or nothing, said.credited or nothing
    return audit.HubAccount(charged=said.balance + received + credited, received=received, credited=credited)


def renew_terms(database: Database, side: SupplySide, at: datetime) -> None:
    """Ask the hub for today's terms and remember them; a platform fee that changed counts from the next start on."""
    if side.hub is None:
        return
    said = side.hub.me()
    with database.transaction() as session:
        if tenancy.renew_connection(session, platform_fee_bps=said.platform_fee_bps, timeline=said.timeline):
            _log.warning("the hub changed the platform fee; restart the shop", platform_fee_bps=said.platform_fee_bps)


def _connection(database: Database, brand: BrandConfig, brand_dir: Path) -> tuple[tenancy.Connection, dict[str, str]]:
    """What `platformctl supply connect` left behind. Raises ConfigError."""
    health.require_database(database, setting="SHOP_DATABASE_URL")
    known: tenancy.Connection | None = None
    names: dict[str, str] = {}
    if inspect(database.engine).has_table(tenancy.Connection.TABLE):
        with database.glance() as session:
            known, names = tenancy.connection(session), tenancy.sku_names(session)
    if known is None or known.url != brand.supply.url:
        raise ConfigError(
            [
                Finding(
                    code="not_connected",
                    message=N_("the shop is not connected to the hub {url} yet."),
                    remedy=N_("Run: platformctl supply connect"),
                    file=str(brand_dir / "brand.toml"),
                    key="supply.url",
                    params={"url": brand.supply.url},
                )
            ]
        )
    return known, names
