"""A hub to call: its interface in a small app on loopback, stores with keys, and a gateway that sets the clock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from shared_core import media, supply
from shared_core.hub import api
from shared_core.hub.gate import Gate
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money
from shared_core.supply import tenancy
from tests.supply.goods import NOON

SECRET = "s" * 43


def app() -> FastAPI:
    """The interface alone; `state.hub` is set by whoever serves it."""
    made = FastAPI()
    made.include_router(api.router)
    made.include_router(api.unlocked)

    @made.exception_handler(PlatformError)
    async def refused(_request: Request, error: PlatformError) -> JSONResponse:
        return _problem(
            error.status, error.code, str(error), {name: _plain(each) for name, each in error.params.items()}
        )

    @made.exception_handler(RequestValidationError)
    async def unreadable(_request: Request, error: RequestValidationError) -> JSONResponse:
        return _problem(422, "bad_request", str(error.errors()[0]["msg"]), {})

    return made


def _problem(status: int, code: str, detail: str, params: dict[str, object]) -> JSONResponse:
    said = {"status": status, "code": code, "detail": detail, "params": params}
    return JSONResponse(said, status_code=status, media_type="application/problem+json")


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    return {"minor": value.minor, "currency": value.currency} if isinstance(value, Money) else str(value)


@dataclass(frozen=True)
class State:
    """What the interface asks of the process it runs in."""

    database: Database
    clock: Callable[[], datetime]
    gate: Gate
    zone: str = "Asia/Shanghai"
    pictures: media.PictureStore = field(default_factory=lambda: media.PictureStore(Path("no-pictures")))


@dataclass
class Served:
    """A server on loopback whose database can be changed from test to test."""

    app: FastAPI
    url: str
    now: list[datetime] = field(default_factory=lambda: [NOON])

    def over(self, database: Database, pictures: media.PictureStore | None = None) -> "Served":
        self.now[0] = NOON
        self.app.state.hub = State(database, lambda: self.now[0], Gate(database))
        if pictures is not None:
            self.app.state.hub = replace(self.app.state.hub, pictures=pictures)
        return self


@contextmanager
def serving() -> Iterator[Served]:
    made = app()
    server = uvicorn.Server(uvicorn.Config(made, host="127.0.0.1", port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the server starts"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(made, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join(10)


def add(database: Database, code: str, **terms: Any) -> supply.Terms:
    """A tenant; `terms` are those of `TenantTerms` or `TenantLimits`."""
    limits = {name: terms.pop(name) for name in list(terms) if name in supply.TenantLimits.__dataclass_fields__}
    agreed = tenancy.TenantTerms(store_limits=supply.TenantLimits(**limits), **terms)
    with database.transaction() as session:
        tenancy.add_tenant(session, code, name=code.title(), currency="CNY", terms=agreed, actor="op", at=NOON)
    return supply.Terms(code, "CNY", agreed.platform_fee_bps, agreed.limits, tenant=True)


def key_of(database: Database, code: str, name: str = "", **wanted: Any) -> str:
    name = name or code.replace("-", "")
    with database.transaction() as session:
        return tenancy.issue_key(session, code, name=name, secret=SECRET, actor="op", at=NOON, **wanted)


def tenant_gateway(database: Database, terms: supply.Terms) -> supply.TenantGateway:
    return supply.TenantGateway(supply.LocalGateway(database, terms), terms)


class AtHub:
    """A gateway to a served hub whose clock shows what the caller says it is."""

    def __init__(self, gateway: supply.HubGateway, served: Served) -> None:
        self.gateway, self.served = gateway, served

    def __getattr__(self, name: str) -> Any:
        called = getattr(self.gateway, name)

        def call(*args: Any, **named: Any) -> Any:
            self.served.now[0] = named.get("at", self.served.now[0])
            return called(*args, **named)

        return call


@contextmanager
def reaching(served: Served, key: str, **named: Any) -> Iterator[Any]:
    """A gateway to the served hub over HTTP."""
    gateway = supply.HubGateway(supply.HubClient(served.url, key, **named))
    try:
        yield AtHub(gateway, served)
    finally:
        gateway.close()
