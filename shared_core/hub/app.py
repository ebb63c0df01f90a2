"""`create_app(folder)`: a hub as a web application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

import shared_core
from shared_core.hub import api, chores
from shared_core.hub.hub import Hub
from shared_core.hub.settings import HubSettings
from shared_core.kernel import i18n
from shared_core.kernel.settings import DEVELOPMENT_KEY, read
from shared_core.web import health, languages, logs, problems
from shared_core.web.edge import Edge
from shared_core.web.openapi import DescribedApi
from shared_core.web.worker import STOP_SECONDS_MAX

OPENAPI_PATH = "/api/v1/openapi.json"
DESCRIPTION = "What storefronts ask of their supply hub. Who calls is known by its key alone (Authorization: Bearer)."
BODY_BYTES_MAX = 128_000
"""A hold of as many lines as there may be, with room to spare."""
LOCALES = ("en", "zh-CN")

_log = structlog.get_logger()


def create_app(
    folder: str | Path = ".",
    *,
    settings: HubSettings | None = None,
    clock: Callable[[], datetime] | None = None,
) -> FastAPI:
    """The hub in `folder`, ready to be served. `clock` (aware, UTC) is for tests.

    Raises ConfigError, naming every fault and its remedy, when hub.toml or the settings cannot be used or the
    database cannot be reached.
    """
    hub = _open(folder, settings, clock)
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
    app.include_router(health.routes(hub.database, hub.schema))
    return app


def run_worker(folder: str | Path = ".", *, settings: HubSettings | None = None) -> None:
    """The background worker as a process of its own, until SIGTERM or SIGINT. Raises ConfigError like `create_app`."""
    hub = _open(folder, settings, None)
    try:
        chores.worker(hub).run_until_signalled()
    finally:
        hub.database.dispose()


class HubFace:
    """How a hub speaks to whoever asks, when something went wrong (`problems.Face`)."""

    def translate(self, request: Request) -> Callable[[str], str]:
        secure = request.app.state.hub.settings.secure
        return i18n.translations(languages.choose(request, LOCALES, secure=secure)).gettext

    def error_page(self, request: Request, problem: problems.Problem) -> Response:
        return Response(f"{problem.title}\n\n{problem.detail}\n", problem.status, media_type="text/plain")


class Application(DescribedApi):
    """The routes of a hub, behind what is the same for all of them."""

    def build_middleware_stack(self) -> ASGIApp:
        settings: HubSettings = self.state.hub.settings
        return Edge(super().build_middleware_stack(), secure=settings.secure, trusted_proxies=settings.trusted_proxies)


def _open(folder: str | Path, settings: HubSettings | None, clock: Callable[[], datetime] | None) -> Hub:
    settings = settings if settings is not None else read(HubSettings)
    hub = Hub.open(Path(folder), settings, clock=clock)
    logs.configure(settings, hub=hub.name)
    health.require_database(hub.database, setting=settings.variable("database_url"))
    return hub


def _operation_id(route: APIRoute) -> str:
    return route.name


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    hub: Hub = app.state.hub
    worker = chores.worker(hub) if hub.settings.worker_inline else None
    if worker:
        worker.start()
    yield
    if worker:
        await run_in_threadpool(worker.stop, seconds_max=STOP_SECONDS_MAX)
    hub.database.dispose()
    _log.info("stopped")
