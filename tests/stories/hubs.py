"""A supply hub as its core team has it, and shops that are supplied from it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared_core import audit, members, orders, storefront, supply
from shared_core.kernel.codes import hash_token, new_code, new_token
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.kernel.settings import Settings
from shared_core.supply import tenancy
from tests.databases import Databases
from tests.stories.driver import HOST, Server, StoryShop, free_port, platformctl, running, succeeded, until

CURRENCY = "CNY"


@dataclass(frozen=True)
class StoryHub(StoryShop):
    """A hub in `folder` with the database at `url`; `port` is its for the whole story, served or not."""

    port: int = 0

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in super().environment.items() if not name.startswith("SHOP_")}
        return own | {"HUB_DATABASE_URL": self.url}

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @contextmanager
    def served(self) -> Iterator[Server]:
        """`platformctl hub serve`."""
        command = [sys.executable, "-m", "platformctl", "hub", "serve", "--port", str(self.port)]
        with running(self, command) as (process, log):
            server = Server(process, self.port, log)
            server.wait_until_ready()
            yield server
            stopped(server)

    def stock_up(self, sku: str, units: int) -> None:
        """So many units of one SKU of one supplier came in."""
        database, at = Database(self.url), datetime.now(UTC)
        try:
            with database.transaction() as session:
                supply.create_supplier(session, code="acme", name="Acme", freight=Money(800, CURRENCY), at=at)
                variant = supply.VariantSpec(
                    sku=sku, options=(), cost=Money(4_000, CURRENCY), suggested=Money(9_900, CURRENCY)
                )
                spec = supply.ProductSpec(code=sku.lower(), title=f"Sample {sku.lower()}", variants=(variant,))
                supply.put_product(session, spec, supplier="acme", at=at)
                supply.receive_stock(session, sku=sku, quantity=units, reference=f"in-{sku}", at=at)
        finally:
            database.dispose()

    def add(self, code: str) -> str:
        """Supply one more store; its key."""
        database, at = Database(self.url), datetime.now(UTC)
        try:
            with database.transaction() as session:
                terms = tenancy.TenantTerms()
                tenancy.add_tenant(session, code, name=code, currency=CURRENCY, terms=terms, actor="story", at=at)
                return tenancy.issue_key(session, code, name=new_code(8), secret=new_token(), actor="story", at=at)
        finally:
            database.dispose()

    def supplier_orders(self, sku: str) -> list[supply.SupplierOrderDetail]:
        """Those that send this SKU."""
        database = Database(self.url)
        try:
            with database.reading() as session:
                found = supply.supplier_orders(session)
        finally:
            database.dispose()
        return [each for each in found if any(line.sku == sku for line in each.lines)]


@contextmanager
def hub_of(databases: Databases, folder: Path) -> Iterator[StoryHub]:
    """A hub with nothing in it."""
    with databases.fresh() as url:
        made = StoryHub(folder / "hub", url, folder / "cache", port=free_port())
        succeeded(platformctl(folder, made.environment, "hub", "init", made.folder, "--name", "Sample hub"))
        yield made


def connect(shop: StoryShop, hub: StoryHub, code: str) -> None:
    """Have the hub supply the shop: a tenant, two lines in brand.toml, a key in .env, and the command."""
    key = hub.add(code)
    text = (shop.folder / "brand" / "brand.toml").read_text("utf-8")
    [mode] = [line for line in text.splitlines() if line.startswith('mode = "embedded"')]
    shop.edit("brand/brand.toml", mode, f'mode = "hub"\nurl = "{hub.address}"')
    with (shop.folder / ".env").open("a", encoding="utf-8") as environment:
        environment.write(f"SHOP_SUPPLY_KEY={key}\n")
    shop.ctl("supply", "connect")


def customers(shop: StoryShop, count: int) -> list[str]:
    """Log-ins (session tokens) of new customers."""
    at = datetime.now(UTC)
    brand = storefront.load_brand(shop.folder / "brand")
    database, tokens = Database(shop.url), []
    policy = members.BindingPolicy(on="click", days=None, protected_days=None, zone=brand.shop.zone)
    try:
        with database.transaction() as session:
            for number in range(count):
                member_id = members.sign_up(
                    session,
                    login=members.normalise_login(f"c{number}@example.com"),
                    password_hash="cannot be logged in with",
                    name=f"Customer {number}",
                    visitor_id=None,
                    code=f"CUST{number:04d}",
                    policy=policy,
                    at=at,
                )
                tokens.append(new_token())
                members.start_session(
                    session,
                    member_id,
                    token_hash=hash_token(tokens[-1]),
                    device="story",
                    expires_at=at + timedelta(days=1),
                    at=at,
                )
    finally:
        database.dispose()
    return tokens


@contextmanager
def rooms_of(shop: StoryShop) -> Iterator[storefront.Shop]:
    """The rooms of a connected shop, in this process."""
    settings = Settings(database_url=shop.url, _env_file=shop.folder / ".env")  # type: ignore[call-arg]
    opened = storefront.Shop.open(shop.folder / "brand", settings)
    try:
        yield opened
    finally:
        opened.close()


def paid_orders(shop: storefront.Shop, sku: str) -> set[str]:
    """Numbers of orders of this SKU whose money came."""
    with shop.database.reading() as session:
        rows = [each for each in orders.export_orders(session) if each.sku == sku]
    return {each.order for each in rows if each.state == "paid"}


def all_books_balance(hub: StoryHub, shops: list[storefront.Shop]) -> None:
    """Once nothing is on its way: the invariants of each shop, the hub's word among them, and the hub's own."""
    for shop in shops:
        until(lambda: _balances(shop), "something never arrived")  # noqa: B023 - used within this turn only
    database = Database(hub.url)
    try:
        with database.reading() as session:
            assert [each for each in audit.check_hub(session) if not each.ok] == []
    finally:
        database.dispose()


def _balances(shop: storefront.Shop) -> bool:
    with shop.database.reading() as session:
        results = storefront.audited(shop, session)
    assert [each for each in results if not each.ok] == []
    return not any(each.note for each in results)


def stopped(server: Server) -> None:
    """The process has ended, however it was asked to."""
    if server.process.poll() is None:
        server.stop()
    until(lambda: server.process.poll() is not None, "the hub does not stop")
