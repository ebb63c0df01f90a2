"""`platformctl seed`: an owner who can log in, sample goods, and on request a lived-in little network."""

import hashlib
import hmac
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import event

from platformctl import output, sample_goods
from platformctl.failures import NotInProduction
from platformctl.messages import N_, translate
from platformctl.sample_history import DAYS, SampleHistory, TurnedClock
from platformctl.sample_people import MAIL, people
from shared_core import members, storefront
from shared_core.kernel.codes import new_code
from shared_core.kernel.database import Database
from shared_core.kernel.settings import Settings, read_settings

BRAND = Path("brand")
PASSWORD_LENGTH = 14


@dataclass(frozen=True)
class LogIn:
    """Somebody who can log in."""

    role: str
    login: str
    password: str


@dataclass(frozen=True)
class Seeded:
    """What is in the shop now."""

    products: int
    log_ins: list[LogIn]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def seed(*, with_network: bool) -> Seeded:
    """Seed the migrated database of the shop in the current folder; again: nothing changes.

    Raises NotInProduction and ConfigError.
    """
    settings = read_settings()
    if settings.environment == "production":
        raise NotInProduction(setting=settings.variable("environment"))
    now = datetime.now(UTC).replace(microsecond=0)
    password = sample_password(settings)
    clock = TurnedClock(now - timedelta(days=DAYS) if with_network else now)
    shop = storefront.Shop.open(BRAND, settings, clock=clock)
    _hurry(shop.database)
    try:
        products = _plant(shop, password, at=clock.now)
        if with_network:
            folk, hashed = people(shop.plan_at(now), chinese=_is_chinese(shop)), shop.passwords.hash(password)
            history = SampleHistory(shop, clock, start=clock.now, password_hash=hashed, chinese=_is_chinese(shop))
            history.live(folk, until=now)
        with shop.database.transaction() as session:
            sample_goods.plant_sale(session, chinese=_is_chinese(shop), currency=shop.currency, at=now)
        shop.refresh_window(at=now)
    finally:
        shop.close()
    roles = [(N_("owner"), f"owner@{MAIL}")]
    if with_network:
        roles += [
            (N_("leader"), f"leader@{MAIL}"),
            (N_("shopkeeper"), f"keeper1@{MAIL}"),
            (N_("fan"), f"fan1-1@{MAIL}"),
        ]
    return Seeded(products, [LogIn(role, login, password) for role, login in roles])


def sample_password(settings: Settings) -> str:
    """The password of every sample account: the same each time, and known only to who knows the shop's secret."""
    secret = settings.secret_key.get_secret_value() or "without a secret"
    digest = hmac.new(secret.encode(), b"sample accounts", hashlib.sha256).hexdigest()
    return digest[:PASSWORD_LENGTH]


def tell(seeded: Seeded) -> None:
    """For people."""
    output.say("{count} sample products are in the shop.", count=seeded.products)
    output.say("Log-ins:")
    for each in seeded.log_ins:
        print(f"  {translate(each.role):11} {each.login:24} {each.password}")


def _plant(shop: storefront.Shop, password: str, *, at: datetime) -> int:
    """Goods and their listings, and an owner."""
    with shop.database.transaction() as session:
        goods = sample_goods.plant(session, chinese=_is_chinese(shop), currency=shop.currency, at=at)
        login = members.normalise_login(f"owner@{MAIL}")
        if members.credentials(session, login).member_id is None:
            owner_id = members.sign_up(
                session,
                login=login,
                password_hash=shop.passwords.hash(password),
                name="店主" if _is_chinese(shop) else "Owner",
                visitor_id=None,
                code=new_code(),
                policy=shop.plan_book.binding_policy(at),
                at=at,
            )
            members.set_staff_role(session, owner_id, role="owner")
    storefront.Worker(shop).settle()
    return goods.products


def _hurry(database: Database) -> None:
    """Samples need not survive a power cut: SQLite does not wait for the disk while they are written."""
    if database.dialect == "sqlite":
        event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))


def _is_chinese(shop: storefront.Shop) -> bool:
    return shop.brand.shop.locale.lower().startswith("zh")
