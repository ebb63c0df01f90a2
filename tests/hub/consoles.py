"""A running hub to be looked at over HTTP: its clock, its people and their browsers."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from shared_core import hub
from shared_core.hub import Hub, Role, create_app
from shared_core.kernel.database import Database
from tests.storefront.conftest import CHEAP, Clock
from tests.storefront.walker import Page, Walker

PASSWORD = "grey linden tree 47"
ONE_TIME = "ONCE0ONCE0ONCE0X"
HUB_TOML = '[hub]\nname = "Linden Supply"\nlocale = "en"\ncurrency = "CNY"\nzone = "Asia/Shanghai"\n'


@dataclass
class Console:
    """The hub's application. `browser` is somebody new, `person` somebody who is logged in."""

    app: FastAPI
    clock: Clock

    @property
    def hub(self) -> Hub:
        found: Hub = self.app.state.hub
        return found

    @property
    def database(self) -> Database:
        return self.hub.database

    def let_in(self, name: str, role: str, supplier: str | None = None) -> None:
        """Somebody whose password works once."""
        with self.database.transaction() as session:
            hub.accounts.add(
                session,
                name,
                role=Role(role),
                password_hash=CHEAP.hash(ONE_TIME),
                actor="op",
                at=self.clock(),
                supplier=supplier,
            )

    def browser(self) -> Walker:
        return Walker(TestClient(self.app, headers={"Accept": "text/html", "Accept-Language": "en"}))

    def person(self, role: str = "owner", name: str = "", supplier: str | None = None) -> Walker:
        """Somebody with this role, logged in with a password of their own."""
        name = name or f"{role}-one"
        self.let_in(name, role, supplier)
        walker = self.browser()
        page = log_in(walker, name, ONE_TIME, new=PASSWORD)
        assert page.status == 200 and "/login" not in page.url
        return walker


def log_in(walker: Walker, name: str, password: str, new: str = "") -> Page:
    """As a browser does: the form is opened first."""
    walker.open("/login")
    return walker.send("/login", name=name, password=password, **({"new": new} if new else {}))


def open_console(folder: Path, database_url: str) -> Console:
    """A hub of its own in `folder`, over a migrated database."""
    (folder / "hub.toml").write_text(HUB_TOML, "utf-8")
    settings = hub.HubSettings(
        database_url=database_url,
        worker_inline=False,
        media_dir=str(folder / "media"),
        _env_file=None,  # type: ignore[call-arg]
    )
    clock = Clock()
    return Console(create_app(folder, settings=settings, clock=clock, passwords=CHEAP), clock)
