"""What a measured shop holds: a thousand products, promoters who share, customers who are logged in, an owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from shared_core import members, supply
from shared_core.kernel.codes import hash_token, new_token
from shared_core.kernel.money import Money
from shared_core.storefront import Shop, Worker, publishing
from tests.bench.servers import Site

PRODUCTS = 1_000
UNITS_EACH = 1_000_000
PRICE_MINOR = 8_900
SUPPLIED_MINOR = 4_000
TOTAL_MINOR = 9_900
"""One piece and its freight."""
PROMOTERS = 200
CATEGORIES = 12
SESSION_LIFE = timedelta(days=30)
AT_ONCE = 100
AUDIENCE = "shop"


@dataclass(frozen=True)
class Filled:
    """`links`: paths of share links; `customers`: their session tokens; `staff`: the token of one of the staff."""

    skus: tuple[str, ...]
    slugs: tuple[str, ...]
    links: tuple[str, ...]
    customers: tuple[str, ...]
    staff: str


def sku_of(number: int) -> str:
    return f"SKU-{number:04d}"


def promoter_code(number: int) -> str:
    return f"PROM{number:05d}"


def fill(site: Site, *, customers: int) -> Filled:
    """Fill an empty site. The customers are fans of the promoters, so that their orders pay shares."""
    with opened(site) as shop:
        _publish(shop)
        _stock_up(shop)
        promoters = _promote(shop)
        staff = _staff(shop)
        tokens = _customers(shop, promoters, customers)
        links = tuple(_link(shop, number) for number in range(PROMOTERS))
    analyse(site)
    numbers = range(PRODUCTS)
    slugs = tuple(f"p-{number:04d}" for number in numbers)
    return Filled(tuple(map(sku_of, numbers)), slugs, links, tokens, staff)


def analyse(site: Site) -> None:
    """Let PostgreSQL plan by what the tables hold now, as it does by itself within a minute."""
    if site.kind == "postgres":
        with opened(site) as shop, shop.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


@contextmanager
def opened(site: Site) -> Iterator[Shop]:
    """The site's rooms in this process."""
    passwords = members.Passwords(time_cost=1, memory_kib=8, parallelism=1)
    shop = Shop.open(site.folder / "brand", site.settings, passwords=passwords)
    try:
        yield shop
    finally:
        shop.database.dispose()


def _publish(shop: Shop) -> None:
    """A plan on trial would refuse most of the shares."""
    growth, at = shop.plans[0], datetime.now(UTC)
    report = publishing.review(growth, shop.brand_dir)
    decided = publishing.decision(report, shop.brand_dir, shop.settings, zone=shop.brand.shop.zone, at=at)
    with shop.database.transaction() as session:
        publishing.publish(session, growth, report, decided, by="the benchmark", at=at)


def _stock_up(shop: Shop) -> None:
    at = datetime.now(UTC)
    with shop.database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(800, shop.currency), at=at)
    for start in range(0, PRODUCTS, AT_ONCE):
        with shop.database.transaction() as session:
            for number in range(start, start + AT_ONCE):
                _put(session, number, shop.currency, at=at)
    Worker(shop).settle()


def _put(session: Session, number: int, currency: str, *, at: datetime) -> None:
    sku, supplied = sku_of(number), Money(SUPPLIED_MINOR, currency)
    variant = supply.VariantSpec(
        sku=sku, cost=supplied, supply_price=supplied, suggested=Money(PRICE_MINOR, currency), options=()
    )
    product = supply.ProductSpec(
        code=f"p-{number:04d}",
        title=f"Sample lamp number {number}",
        category=f"Category {number % CATEGORIES}",
        brand="Lamplight",
        description="A lamp that stands on a table and gives light. " * 6,
        variants=(variant,),
    )
    supply.put_product(session, product, supplier="acme", at=at)
    supply.receive_stock(session, sku=sku, quantity=UNITS_EACH, reference=f"in-{sku}", at=at)


def _sign_up(shop: Shop, session: Session, *, code: str, name: str, at: datetime) -> int:
    return members.sign_up(
        session,
        login=members.normalise_login(f"{code.lower()}@bench.example"),
        password_hash="cannot be logged in with",
        name=name,
        visitor_id=None,
        code=code,
        policy=shop.plan_book.binding_policy(at),
        at=at,
    )


def _promote(shop: Shop) -> list[int]:
    at, made = datetime.now(UTC), []
    with shop.database.transaction() as session:
        for number in range(PROMOTERS):
            member_id = _sign_up(shop, session, code=promoter_code(number), name="Promoter", at=at)
            shop.plan_book.enrol(session, member_id, invited_by=None, at=at)
            made.append(member_id)
    return made


def _staff(shop: Shop) -> str:
    at = datetime.now(UTC)
    with shop.database.transaction() as session:
        member_id = _sign_up(shop, session, code="STAFF", name="Staff", at=at)
        members.set_staff_role(session, member_id, role="owner")
        return _log_in(session, member_id, at=at)


def _customers(shop: Shop, promoters: list[int], count: int) -> tuple[str, ...]:
    at = datetime.now(UTC)
    policy, tokens = shop.plan_book.binding_policy(at), []
    for start in range(0, count, AT_ONCE):
        with shop.database.transaction() as session:
            for number in range(start, min(start + AT_ONCE, count)):
                member_id = _sign_up(shop, session, code=f"CUST{number:05d}", name="Customer", at=at)
                sponsor_id = promoters[number % len(promoters)]
                members.bind(session, fan_id=member_id, sponsor_id=sponsor_id, policy=policy, at=at)
                tokens.append(_log_in(session, member_id, at=at))
    return tuple(tokens)


def _log_in(session: Session, member_id: int, *, at: datetime) -> str:
    token = new_token()
    members.start_session(
        session, member_id, token_hash=hash_token(token), device="bench", expires_at=at + SESSION_LIFE, at=at
    )
    return token


def _link(shop: Shop, number: int) -> str:
    claims = members.ShareClaims(code=promoter_code(number), about=f"/products/p-{number:04d}")
    return "/s/" + members.sign_share_token(claims, purpose="share", audience=AUDIENCE, keys=shop.keys)
