"""`create_app("brand")`: the whole of a shop's own app.py."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

import shared_core
from shared_core import members
from shared_core.kernel.settings import DEVELOPMENT_KEY, Settings, read_settings
from shared_core.storefront import admin, api, pages, share_links, statics
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ShopDep, ShopFace, form_binding
from shared_core.storefront.worker import Worker
from shared_core.web import health, heap, logs, problems, security
from shared_core.web.edge import Edge
from shared_core.web.openapi import DescribedApi
from shared_core.web.worker import STOP_SECONDS_MAX

PLACING = frozenset({"/checkout", "/me/group", "/api/v1/orders", "/api/v1/me/group-orders"})
"""Where orders are placed, which waits for the supply side to hold the goods."""
OPENAPI_PATH = "/api/v1/openapi.json"

_log = structlog.get_logger()


def create_app(
    brand_dir: str | Path = "brand",
    *,
    settings: Settings | None = None,
    clock: Callable[[], datetime] | None = None,
    passwords: members.Passwords | None = None,
) -> FastAPI:
    """The shop in `brand_dir`, ready to be served.

    `clock` (aware, UTC) and `passwords` (a cheaper hash) are for tests. Raises ConfigError, naming every fault and
    its remedy, when the brand, the plan or the settings cannot be used or the database cannot be reached.
    """
    settings = settings if settings is not None else read_settings()
    shop = Shop.open(Path(brand_dir), settings, clock=clock, passwords=passwords)
    logs.configure(settings, shop=shop.brand.shop.name)
    health.require_database(shop.database, setting="SHOP_DATABASE_URL")
    if shop.keys[0] == DEVELOPMENT_KEY:
        _log.warning("links and forms are signed with the development key; set SHOP_SECRET_KEY")
    app = _application(shop)
    app.state.shop = shop
    problems.install(app, ShopFace())
    _add_routes(app, shop)
    return app


def run_worker(brand_dir: str | Path = "brand", *, settings: Settings | None = None) -> None:
    """The background worker as a process of its own, until SIGTERM or SIGINT. Raises ConfigError like `create_app`."""
    settings = settings if settings is not None else read_settings()
    shop = Shop.open(Path(brand_dir), settings)
    logs.configure(settings, shop=shop.brand.shop.name)
    health.require_database(shop.database, setting="SHOP_DATABASE_URL")
    try:
        Worker(shop).run_until_signalled()
    finally:
        shop.close()


async def guard_writes(request: Request, shop: ShopDep) -> AsyncIterator[None]:
    """Refuse writes that a foreign page may have caused; let the others take turns until they have committed."""
    if request.method in security.SAFE_METHODS:
        yield
        return
    if not security.proves_same_site(request, own_origin=shop.settings.base_url):
        token = await security.shown_form_token(request)
        security.check_form_token(token, shop.keys, binding=form_binding(request), at=shop.clock())
    waits_for_hub = not shop.supply_side.embedded and request.url.path in PLACING
    turns = shop.checkouts if waits_for_hub else shop.turns
    async with turns.here():
        yield


GUARDED = Depends(guard_writes, scope="function")


class Application(DescribedApi):
    """The routes of a shop, behind what is the same for all of them."""

    def build_middleware_stack(self) -> ASGIApp:
        shop: Shop = self.state.shop
        links = share_links.ShareLinks(super().build_middleware_stack())
        return Edge(links, secure=shop.secure, trusted_proxies=shop.settings.trusted_proxies)


def _application(shop: Shop) -> FastAPI:
    return Application(
        title=shop.brand.shop.name,
        version=shared_core.__version__,
        description=api.DESCRIPTION,
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        max_body_size=security.BODY_BYTES_MAX,
        generate_unique_id_function=_operation_id,
        dependencies=[GUARDED],
    )


def _operation_id(route: APIRoute) -> str:
    return route.name


def _add_routes(app: FastAPI, shop: Shop) -> None:
    app.router.routes.extend(_core_routes())
    app.include_router(health.routes(shop.database, shop.schema))
    own = APIRouter()
    shop.hooks.call.routes(router=own)
    app.include_router(own)


@cache
def _core_routes() -> list[BaseRoute]:
    """What every shop has, put together once in a process: to read all the signatures is slow.

    Routes are tried in order: the busiest first. Each router is included by itself, or it would be tried twice.
    """
    core = APIRouter(
        dependencies=[GUARDED],
        generate_unique_id_function=_operation_id,
        max_body_size=security.BODY_BYTES_MAX,
    )
    for router in (share_links.router, statics.router):
        core.include_router(router)
    for router in api.routers:
        core.include_router(router, prefix=api.PREFIX, responses=problems.responses(403, 413))
    for router in pages.routers:
        core.include_router(router, include_in_schema=False)
    for router in admin.routers:
        core.include_router(router, prefix=admin.PREFIX, include_in_schema=False)
    return core.routes


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    heap.settle()
    shop: Shop = app.state.shop
    worker = Worker(shop) if shop.settings.worker_inline else None
    if worker:
        worker.start()
    yield
    await shop.clicks.here().stop()
    if worker:
        await run_in_threadpool(worker.stop, seconds_max=STOP_SECONDS_MAX)
    shop.close()
    _log.info("stopped")
