"""A running shop to be talked to over HTTP: its brand folder, its clock, its staff and its shoppers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from shared_core import members, plan, supply
from shared_core.kernel.money import Money
from shared_core.kernel.settings import Settings
from shared_core.storefront import Shop, Worker, create_app

PASSWORD = "three quiet lamps"
CHEAP = members.Passwords(time_cost=1, memory_kib=8, parallelism=1)
BRAND = """\
[shop]
name = "Lamplight"
locale = "en"
[shipping]
flat = "10.00"
free_over = "200.00"
[payment]
payee = "Lamplight Ltd"
account = "6222 0000"
"""
ADDRESS = {"name": "王小明", "phone": "13800138000", "street": "样例路 1 号", "city": "杭州"}

_numbers = count(1)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


@dataclass
class Front:
    """A shop over HTTP. Each client is another browser."""

    app: FastAPI
    clock: Clock
    clients: list[TestClient] = field(default_factory=list)

    @property
    def shop(self) -> Shop:
        shop: Shop = self.app.state.shop
        return shop

    def browser(self, **options: Any) -> TestClient:
        client = TestClient(self.app, base_url="http://shop.example", follow_redirects=False, **options)
        client.headers["Origin"] = "http://shop.example"
        self.clients.append(client)
        return client

    def member(self, client: TestClient | None = None, *, name: str = "Ming") -> TestClient:
        """A browser whose user has just signed up."""
        client = client or self.browser()
        body = {"login": f"m{next(_numbers)}@example.com", "password": PASSWORD, "name": name}
        answer = client.post("/api/v1/members", json=body)
        assert answer.status_code == 201, answer.text
        return client

    def staff(self, role: members.StaffRole = "owner") -> TestClient:
        """Somebody of the back office; an owner, who may do everything there, unless told otherwise."""
        client = self.member(name="Staff")
        code = client.get("/api/v1/session").json()["member_code"]
        with self.shop.database.transaction() as session:
            member_id = members.member_by_code(session, code)
            assert member_id is not None
            members.set_staff_role(session, member_id, role=role)
        return client

    def stock(
        self,
        sku: str,
        *,
        units: int = 10,
        price: int = 8900,
        supplied: int = 4000,
        options: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """One product with one SKU: the customer pays `price`, the shop `supplied`."""

        def money(minor: int) -> Money:
            return Money(minor, self.shop.currency)

        with self.shop.database.transaction() as session:
            at = self.clock()
            supply.create_supplier(session, code="acme", name="Acme", freight=money(800), at=at)
            variant = supply.VariantSpec(
                sku=sku,
                options=options,
                cost=money(supplied),
                supply_price=money(supplied),
                suggested=money(price),
            )
            product = supply.ProductSpec(code=f"p-{sku.lower()}", title=f"Lamp {sku}", variants=(variant,))
            supply.put_product(session, product, supplier="acme", at=at)
            supply.receive_stock(session, sku=sku, quantity=units, reference=f"in-{sku}", at=at)
        self.settle()

    def settle(self) -> None:
        """Let the background work come to rest."""
        Worker(self.shop).settle()

    def pass_days(self, days: int) -> None:
        self.clock.pass_by(timedelta(days=days))
        self.settle()


def key() -> dict[str, str]:
    """Headers with a new idempotency key."""
    return {"Idempotency-Key": f"test-key-{next(_numbers)}"}


def purchase(sku: str, *, quantity: int = 1, total: int) -> dict[str, Any]:
    """The body of an order of one line, shown at `total`."""
    return {
        "lines": [{"sku": sku, "quantity": quantity}],
        "address": ADDRESS,
        "seen_total": {"minor": total, "currency": "CNY"},
    }


def buy(client: TestClient, sku: str, *, quantity: int = 1, total: int = 9900) -> str:
    """Place an order and return its number."""
    answer = client.post("/api/v1/orders", json=purchase(sku, quantity=quantity, total=total), headers=key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


def pay(front: Front, staff: TestClient, number: str, *, minor: int = 9900) -> None:
    """Staff confirm the payment, and what follows a commit is done."""
    body = {"transaction_no": f"T-{number}", "amount": {"minor": minor, "currency": "CNY"}}
    answer = staff.post(f"/api/v1/admin/orders/{number}/payment", json=body, headers=key())
    assert answer.status_code == 200, answer.text
    front.settle()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def brand_dir(tmp_path: Path) -> Path:
    """A brand folder with the preset that locks fans for ever."""
    folder = tmp_path / "brand"
    folder.mkdir()
    (folder / "brand.toml").write_text(BRAND, encoding="utf-8")
    (folder / "plan.toml").write_text(plan.preset("fan-lock"), encoding="utf-8")
    return folder


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    folder = str(tmp_path / "media")
    return Settings(database_url=database_url, media_dir=folder, worker_inline=False, _env_file=None)  # type: ignore[call-arg]


@pytest.fixture
def front(brand_dir: Path, settings: Settings, clock: Clock) -> Iterator[Front]:
    made = open_front(brand_dir, settings, clock)
    yield made
    close_front(made)


def open_front(brand_dir: Path, settings: Settings, clock: Clock) -> Front:
    return Front(create_app(brand_dir, settings=settings, clock=clock, passwords=CHEAP), clock)


def close_front(front: Front) -> None:
    for client in front.clients:
        client.close()
    front.shop.database.dispose()
