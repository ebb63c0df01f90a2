"""A town: a shop of one preset, talked to over HTTP, with the people of its story."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from shared_core import audit, members, plan, supply
from shared_core.kernel.money import Money
from shared_core.kernel.settings import Settings
from shared_core.web import cookies
from tests import journals
from tests.storefront.conftest import Clock, Front, close_front, open_front
from tests.stories.people import PASSWORD, Person, Staff, money, new_key

BRAND = """\
[shop]
name = "Sample shop"
locale = "en"
currency = "{currency}"
[shipping]
flat = "0"
"""


class Townsman(Person):
    """Somebody with a browser at a shop in this process. A visitor until they sign up."""

    def __init__(self, front: Front) -> None:
        self.front, self.browser = front, front.browser()
        self.login = ""
        self.followed_at: datetime | None = None

    def sign_up(self, name: str = "Ming") -> Self:
        self.login = f"{name.lower()}@example.com"
        self.ask("POST", "/members", {"login": self.login, "password": PASSWORD, "name": name}, says=201)
        return self

    def follow(self, link: str) -> Self:
        self.followed_at = self.front.clock()
        return super().follow(link)

    def let_time_pass(self) -> None:
        """Cookies and log-ins end after a while; the browser's own clock does not know of the shop's."""
        age = timedelta.max if self.followed_at is None else self.front.clock() - self.followed_at
        if age > timedelta(seconds=cookies.LINK_SECONDS):
            self.browser.cookies.delete(cookies.LINK)
        if self.login:
            self.log_in(self.login, PASSWORD)

    def rank(self) -> str:
        return str(self.get("/me/rank")["rank"])

    def earned(self) -> list[tuple[str, int]]:
        """Payee and amount in minor units of every earning, the oldest first."""
        rows = self.get("/me/earnings?limit=100")["earnings"]
        return [(each["payee"], each["amount"]["minor"]) for each in reversed(rows)]

    def take_out(self, minor: int) -> Any:
        amount = money(minor, self.front.shop.currency)
        return self.ask("POST", "/me/payouts", {"amount": amount}, key=new_key(), says=201)


class Townstaff(Townsman, Staff):
    """Who runs the shop."""


@dataclass
class Town:
    """The shop and who runs it."""

    front: Front
    people: list[Townsman] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.staff = Townstaff(self.front).sign_up("Staff")
        self.people.append(self.staff)
        with self.front.shop.database.transaction() as session:
            found = members.member_by_code(session, self.staff.get("/session")["member_code"])
            assert found is not None
            members.set_staff_role(session, found, role="owner")

    def stock(self, sku: str, price: int, supplied: int, *, category: str = "", units: int = 1000) -> None:
        """One product, its code the SKU in small letters, at minor units."""
        currency, at = self.front.shop.currency, self.front.clock()
        cost = Money(supplied, currency)
        variant = supply.VariantSpec(sku=sku, cost=cost, supply_price=cost, suggested=Money(price, currency))
        product = supply.ProductSpec(code=sku.lower(), title=f"Sample {sku}", category=category, variants=(variant,))
        with self.front.shop.database.transaction() as session:
            supply.create_supplier(session, code="sample", name="Sample supplier", freight=Money(0, currency), at=at)
            supply.put_product(session, product, supplier="sample", at=at)
            supply.receive_stock(session, sku=sku, quantity=units, reference=f"in-{sku}", at=at)
        self.front.settle()

    def member(self, name: str, *, by: Townsman | None = None) -> Townsman:
        """Somebody who signed up, led here by a link of `by`."""
        made = Townsman(self.front)
        self.people.append(made)
        return (made.follow(by.share()) if by else made).sign_up(name)

    def sold(self, buyer: Person, wanted: Mapping[str, int]) -> str:
        """An order that was paid and arrived; its number."""
        order = buyer.buy(wanted)
        number = str(order["number"])
        self.staff.confirm(order)
        self.front.settle()
        self.staff.ship(number)
        self.staff.deliver(number)
        self.front.settle()
        return number

    def completed(self, buyer: Person, wanted: Mapping[str, int]) -> str:
        """An order that nobody can give back any more."""
        number = self.sold(buyer, wanted)
        self.pass_days(self.front.shop.plan_at(self.front.clock()).returns.days + 1)
        return number

    def refund(self, number: str, pieces: Mapping[str, int]) -> None:
        self.staff.refund(number, pieces)
        self.front.settle()

    def pass_days(self, days: int) -> None:
        """Day after day, as the background work sees them."""
        for _ in range(days):
            self.front.pass_days(1)
        for person in self.people:
            person.let_time_pass()

    def books_hold(self) -> None:
        with self.front.shop.database.reading() as session:
            broken = [each.code for each in audit.check(session, at=self.front.clock()) if not each.ok]
            assert broken + journals.faults(session, self.front.shop.brand.shop.zone) == []


OpenTown = Callable[..., Town]


@pytest.fixture
def settings(database_url: str) -> Settings:
    """A whole town comes from one address."""
    return Settings(database_url=database_url, worker_inline=False, rate_limits=False, _env_file=None)  # type: ignore[call-arg]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_town(tmp_path: Path, settings: Settings, clock: Clock) -> Iterator[OpenTown]:
    """Opens a town under the preset of this name, or under its nearest variant that may go live.

    It sells LAMP at 100.00, for which the shop pays 60.00; freight is free.
    """
    with ExitStack() as closing:

        def opened(preset: str, *, publishable: bool = False, currency: str = "CNY") -> Town:
            folder = tmp_path / preset
            folder.mkdir()
            text = plan.publishable(preset) if publishable else plan.preset(preset)
            (folder / "brand.toml").write_text(BRAND.format(currency=currency), encoding="utf-8")
            (folder / "plan.toml").write_text(text, encoding="utf-8")
            front = open_front(folder, settings, clock)
            closing.callback(close_front, front)
            town = Town(front)
            town.stock("LAMP", price=10_000, supplied=6_000)
            return town

        yield opened
