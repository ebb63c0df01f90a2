"""A supply hub's folder: made by `platformctl hub init`, and where every other hub command runs."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from platformctl import output, resuming, sample_goods
from platformctl.creation import SECRET_BYTES, move_into_place, refuse_occupied, workplace
from platformctl.failures import NotAHub, NotInProduction, SchemaBehind, few
from platformctl.messages import translate
from platformctl.ports import require_port
from platformctl.serving import GRACE_SECONDS
from shared_core import hub, migrations, supply
from shared_core.kernel import i18n, tomlfile
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money, decimal_text
from shared_core.kernel.settings import read

HUB_TOML = """\
# What this hub says about itself. Tenants, suppliers and goods are in its database.

[hub]
name = {name}
locale = {locale}              # the language of its texts
currency = {currency}               # new tenants are supplied in it, unless told another
zone = {zone}         # whose days and months count
"""

ENVIRONMENT = """\
# Never committed. Every setting may also come from the environment.

# Signs forms. Make one with: openssl rand -hex 32
HUB_SECRET_KEY={secret}

# development or production. Production refuses to start without a secret key and an address.
HUB_ENVIRONMENT=development

# SQLite needs nothing. PostgreSQL: postgresql+psycopg://USER:PASSWORD@HOST/NAME
HUB_DATABASE_URL=sqlite:///hub.db

# Where storefronts reach the hub, like https://hub.example. Production needs it, with https.
HUB_BASE_URL=

# How many proxies in front set X-Forwarded-For.
HUB_TRUSTED_PROXIES=0
"""

README = """\
# {name}

A supply hub: one stock for every storefront that is supplied from here.

    platformctl hub serve --port 8100            # API under /api/v1, described at /api/v1/openapi.json; /console
    platformctl hub staff add NAME --role owner  # who may log in to the console; prints a password that works once
    platformctl hub worker                       # in production a process of its own, with HUB_WORKER_INLINE=false
    platformctl hub import FILE --supplier CODE  # goods of a supplier's feed; --dry-run changes nothing
    platformctl hub sale add FILE.toml           # goods at a price of their own for a while
    platformctl hub tenant add CODE --name NAME  # prints the key of a new storefront, once
    platformctl hub migrate                      # after a newer version was installed

In the storefront: `[supply] mode = "hub"` and `url = …` in brand/brand.toml, the key as SHOP_SUPPLY_KEY in .env, then
`platformctl supply connect`.
"""

IGNORED = ".env\nmedia/\n*.db\n*.db-shm\n*.db-wal\n"


@dataclass(frozen=True)
class HubFolder:
    """A folder with a hub.toml."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> "HubFolder":
        """The hub that `start` is in. Raises NotAHub."""
        start = start.absolute()
        for folder in (start, *start.parents):
            if (folder / hub.CONFIG_FILE).is_file():
                return cls(folder)
        raise NotAHub(folder=start)

    def enter(self) -> None:
        """Go on in this folder."""
        os.chdir(self.root)


def init(destination: Path, *, name: str, locale: str, currency: str, zone: str) -> Path:
    """Make a hub in `destination`, its database included; all of it or nothing.

    Raises FolderNotEmpty, NotAFolder, CannotWrite, and ConfigError for a value that hub.toml does not take.
    """
    destination = destination.absolute()
    refuse_occupied(destination)
    values = {"name": name, "locale": locale, "currency": currency, "zone": zone}
    text = HUB_TOML.format(**{key: json.dumps(value, ensure_ascii=False) for key, value in values.items()})
    tomlfile.loads(text, hub.HubConfig, file=hub.CONFIG_FILE)
    with workplace(destination) as building:
        building.mkdir()
        (building / hub.CONFIG_FILE).write_text(text, "utf-8")
        (building / "README.md").write_text(README.format(name=name), "utf-8")
        (building / ".gitignore").write_text(IGNORED, "utf-8")
        (building / ".env.example").write_text(ENVIRONMENT.format(secret=""), "utf-8")
        private = building / ".env"
        private.touch(mode=0o600)
        private.write_text(ENVIRONMENT.format(secret=secrets.token_hex(SECRET_BYTES)), "utf-8")
        migrations.upgrade(f"sqlite:///{building / 'hub.db'}")
        resuming.begin_timeline(f"sqlite:///{building / 'hub.db'}")
        move_into_place(building, destination)
    return destination


def migrate() -> list[str]:
    """Bring the database of the hub in this folder to the newest schema; what was applied. Raises SchemaUnknown."""
    address = read(hub.HubSettings).database_url
    applied = migrations.upgrade(address)
    resuming.begin_timeline(address)
    return applied


def require_current() -> None:
    """Raises SchemaBehind or SchemaUnknown unless the hub's database is up to date."""
    missing = migrations.pending(read(hub.HubSettings).database_url)
    if missing:
        raise SchemaBehind(names=few(missing), command="platformctl hub migrate")


def seed() -> int:
    """Plant the sample goods in the hub in this folder; how many products. Raises NotInProduction."""
    settings, config = read(hub.HubSettings), hub.load_config()
    if settings.environment == "production":
        raise NotInProduction(setting=settings.variable("environment"))
    database = Database(settings.database_url)
    try:
        with database.transaction() as session:
            chinese = i18n.normalise(config.hub.locale) != i18n.SOURCE_LOCALE
            goods = sample_goods.plant(
                session, chinese=chinese, currency=config.hub.currency, at=datetime.now(UTC).replace(microsecond=0)
            )
    finally:
        database.dispose()
    return goods.products


def find_goods(words: str, *, limit: int) -> list[supply.GoodsFound]:
    """Goods of the hub in this folder, the best first."""
    database = Database(read(hub.HubSettings).database_url)
    try:
        with database.reading() as session:
            return supply.find_goods(session, words, limit=limit)
    finally:
        database.dispose()


def tell_goods(found: list[supply.GoodsFound], *, as_json: bool) -> None:
    """A line for each SKU."""
    if as_json:
        output.say_json([asdict(each) | {"supply_price": _amount(each.supply_price)} for each in found])
        return
    for each in found:
        price = _amount(each.supply_price) or translate("no supply price")
        print(f"{each.sku}  {each.title}  {each.brand}  {price}  × {each.free}  {each.supplier}")
    if not found:
        output.say("No goods were found.")


def _amount(price: Money | None) -> str:
    return f"{decimal_text(price)} {price.currency}" if price else ""


def serve(host: str, port: int) -> None:
    """Serve the hub in this folder until it is stopped. Raises PortInUse and ConfigError."""
    require_port(host, port)
    uvicorn.run(
        hub.create_app(),
        host=host,
        port=port,
        log_config=None,
        proxy_headers=False,  # whom to trust is the hub's own setting
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def work() -> None:
    """Run the background worker until it is stopped. Raises ConfigError."""
    hub.run_worker()
