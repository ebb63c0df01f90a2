"""`create_app(folder)`: a hub as a web application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

import shared_core
from shared_core import members
from shared_core.hub import api, chores, console, pages, portal, supplier_api
from shared_core.hub.hub import Hub
from shared_core.hub.settings import HubSettings
from shared_core.hub.viewer import HubFace, form_binding, the_hub
from shared_core.kernel.settings import DEVELOPMENT_KEY, read
from shared_core.web import health, heap, logs, problems, security
from shared_core.web.edge import Edge
from shared_core.web.openapi import DescribedApi
from shared_core.web.worker import STOP_SECONDS_MAX

OPENAPI_PATH = "/api/v1/openapi.json"
DESCRIPTION = "What storefronts ask of their supply hub. Who calls is known by its key alone (Authorization: Bearer)."
BODY_BYTES_MAX = 128_000
"""A hold of as many lines as there may be, with room to spare."""

_log = structlog.get_logger()


def create_app(
    folder: str | Path = ".",
    *,
    settings: HubSettings | None = None,
    clock: Callable[[], datetime] | None = None,
    passwords: members.Passwords | None = None,
) -> FastAPI:
    """The hub in `folder`, ready to be served. `clock` (aware, UTC) and `passwords` (a cheaper hash) are for tests.

    Raises ConfigError, naming every fault and its remedy, when hub.toml or the settings cannot be used or the
    database cannot be reached.
    """
    hub = _open(folder, settings, clock, passwords)
    if hub.keys[0] == DEVELOPMENT_KEY:
        _log.warning("forms are signed with the development key; set HUB_SECRET_KEY")
    app = Application(
        title=hub.name,
        version=shared_core.__version__,
        description=DESCRIPTION,
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        max_body_size=BODY_BYTES_MAX,
        generate_unique_id_function=_operation_id,
    )
    app.state.hub = hub
    problems.install(app, HubFace())
    app.include_router(api.router, responses=problems.responses(401, 403, 408, 413, 429))
    app.include_router(api.unlocked)
    for router in (supplier_api.router, supplier_api.described):
        app.include_router(router, include_in_schema=False)
    app.include_router(health.routes(hub.database, hub.schema))
    by_turns = [Depends(take_turns, scope="function")]
    app.include_router(pages.router, include_in_schema=False, dependencies=by_turns)
    for part in (console, portal):
        for router in part.routers:
            app.include_router(router, prefix=part.PREFIX, include_in_schema=False, dependencies=by_turns)
    return app


def run_worker(folder: str | Path = ".", *, settings: HubSettings | None = None) -> None:
    """The background worker as a process of its own, until SIGTERM or SIGINT. Raises ConfigError like `create_app`."""
    hub = _open(folder, settings)
    try:
        chores.worker(hub).run_until_signalled()
    finally:
        hub.database.dispose()


async def take_turns(request: Request) -> AsyncIterator[None]:
    """Refuse writes that a foreign page may have caused; let the others take turns until they have committed."""
    if request.method in security.SAFE_METHODS:
        yield
        return
    hub = the_hub(request)
    if not security.proves_same_site(request, own_origin=hub.settings.base_url):
        token = await security.shown_form_token(request)
        security.check_form_token(token, hub.keys, binding=form_binding(request), at=hub.clock())
    async with hub.turns.here():
        yield


class Application(DescribedApi):
    """The routes of a hub, behind what is the same for all of them."""

    def build_middleware_stack(self) -> ASGIApp:
        settings: HubSettings = self.state.hub.settings
        return Edge(super().build_middleware_stack(), secure=settings.secure, trusted_proxies=settings.trusted_proxies)


def _open(
    folder: str | Path,
    settings: HubSettings | None,
    clock: Callable[[], datetime] | None = None,
    passwords: members.Passwords | None = None,
) -> Hub:
    settings = settings if settings is not None else read(HubSettings)
    hub = Hub.open(Path(folder), settings, clock=clock, passwords=passwords)
    logs.configure(settings, hub=hub.name)
    health.require_database(hub.database, setting=settings.variable("database_url"))
    return hub


def _operation_id(route: APIRoute) -> str:
    return route.name


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    heap.settle()
    hub: Hub = app.state.hub
    worker = chores.worker(hub) if hub.settings.worker_inline else None
    if worker:
        worker.start()
    yield
    if worker:
        await run_in_threadpool(worker.stop, seconds_max=STOP_SECONDS_MAX)
    hub.database.dispose()
    _log.info("stopped")
