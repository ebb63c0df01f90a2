"""Who may come in, and how many at a time: the key is looked at before a byte of the body is read.

A store or supplier has a part of the hub's turns and no more: one that asks too much keeps the others from nothing.
Wrong keys are counted by address; a key that has been right before is never refused for its neighbours' sake.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from limits import RateLimitItemPerMinute
from starlette.concurrency import run_in_threadpool

from shared_core.kernel.codes import hash_token
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.supply import supplier_access, tenancy
from shared_core.web.limits import Limit, Limiter, client_address
from shared_core.web.loops import PerLoop
from shared_core.web.security import SAFE_METHODS
from shared_core.web.turns import Turns

BEARER = "bearer "
UNKNOWN_KEY_BY_ADDRESS = Limit("unknown key address", RateLimitItemPerMinute(300))
KNOWN_MAX = 10_000
WRITERS: Final = {"sqlite": 4, "postgresql": 16}
"""Write requests that one process works on at once."""
BODY_SECONDS_MAX: Final = 10
READERS: Final = 20
WAITING_MAX: Final = 100
"""Requests of one caller that wait, for reading and for writing; what comes beyond is told to come later."""


class Caller(Protocol):
    """Whoever a key belongs to."""

    @property
    def note_use(self) -> bool: ...

    @property
    def queue(self) -> str: ...


C = TypeVar("C", bound=Caller)


@dataclass(frozen=True)
class Lock(Generic[C]):
    """What one kind of key opens: who has it, raising BadApiKey, and that it was used."""

    authenticate: Callable[..., C]
    note_use: Callable[..., None]


STORES: Final = Lock(tenancy.authenticate, tenancy.note_key_use)
SUPPLIERS: Final = Lock(supplier_access.keys.authenticate, supplier_access.keys.note_use)


class SentTooSlowly(PlatformError):
    code = "sent_too_slowly"
    status = 408
    message = "What was sent did not arrive within {seconds} seconds."


class Gate:
    """The gate of one process to the supply in `database`."""

    def __init__(self, database: Database, *, trusted_proxies: int = 0) -> None:
        self._database, self._trusted_proxies = database, trusted_proxies
        writers = WRITERS[database.dialect]
        self._writing = PerLoop(partial(Turns, writers, each=writers // 2, waiting_max=WAITING_MAX))
        self._reading = PerLoop(partial(Turns, READERS, each=READERS // 2, waiting_max=WAITING_MAX))
        self._limiter = Limiter()
        self._known: dict[str, None] = {}

    async def identify(self, request: Request, lock: Lock[C], *, at: datetime) -> C:
        """Who calls. Raises BadApiKey, TooManyRequests."""
        key = _key(request)
        name = hash_token(key)
        if name not in self._known:
            address = client_address(request, trusted_proxies=self._trusted_proxies)
            self._limiter.spend(UNKNOWN_KEY_BY_ADDRESS, address)
        async with self._reading.here().take(name):
            try:
                caller = await run_in_threadpool(self._authenticate, lock, key, at)
            except tenancy.BadApiKey:
                self._known.pop(name, None)
                raise
        if len(self._known) < KNOWN_MAX:
            self._known[name] = None
        return caller

    @asynccontextmanager
    async def turn(self, caller: Caller, method: str) -> AsyncIterator[None]:
        """A turn of the caller's own, until it is done. Raises TooManyRequests when too many of them wait."""
        turns = self._reading if method in SAFE_METHODS else self._writing
        async with turns.here().take(caller.queue):
            yield

    def _authenticate(self, lock: Lock[C], key: str, at: datetime) -> C:
        with self._database.glance() as session:
            caller = lock.authenticate(session, key, at=at)
        if caller.note_use:
            with self._database.transaction() as session:
                lock.note_use(session, caller, at=at)
        return caller


class KeyedRoute(APIRoute):
    """A route behind the gate; `request.state.caller` is who asks, `request.state.at` when."""

    lock: ClassVar[Lock[Any]] = STORES

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def enter(request: Request) -> Response:
            hub = request.app.state.hub
            at = request.state.at = hub.clock()
            caller = request.state.caller = await hub.gate.identify(request, self.lock, at=at)
            try:
                await asyncio.wait_for(request.body(), BODY_SECONDS_MAX)
            except TimeoutError:
                raise SentTooSlowly(seconds=BODY_SECONDS_MAX) from None
            async with hub.gate.turn(caller, request.method):
                return await answer(request)

        return enter


class SupplierRoute(KeyedRoute):
    """For suppliers' keys; those of stores do not open it."""

    lock = SUPPLIERS


def _key(request: Request) -> str:
    """The key that is sent. Raises BadApiKey where none is."""
    said = request.headers.get("authorization", "")
    if not said.lower().startswith(BEARER):
        raise tenancy.BadApiKey()
    return said[len(BEARER) :].strip()
