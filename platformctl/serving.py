"""Running a shop: `dev`, `demo` and `worker`, in this process."""

import importlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

from platformctl import output
from platformctl.messages import translate
from platformctl.ports import require_port
from platformctl.shop import ShopFolder
from shared_core import storefront
from shared_core.kernel.errors import PlatformError

GRACE_SECONDS = 20
WATCHED = ["*.py", "*.toml", "*.html", "*.css", "*.po", ".env"]

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[MutableMapping[str, Any], Any, Send], Awaitable[None]]


def serve(host: str, port: int) -> None:
    """Serve the shop in the current folder until it is stopped. Raises PortInUse and ConfigError."""
    require_port(host, port)
    app = importlib.import_module("app").app
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        proxy_headers=False,  # whom to trust is the shop's own setting
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def serve_watching(shop: ShopFolder, host: str, port: int) -> None:
    """Serve for development: what is edited shows after a reload. Raises PortInUse."""
    require_port(host, port)
    uvicorn.run(
        "platformctl.serving:watched_app",
        factory=True,
        host=host,
        port=port,
        reload=True,
        reload_dirs=[str(shop.root)],
        reload_includes=WATCHED,
        log_level="warning",
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def watched_app() -> AsgiApp:
    """The shop's app, or one page that says why there is none: the next save may mend it."""
    try:
        app: AsgiApp = importlib.import_module("app").app
    except PlatformError as error:
        output.report(error, as_json=False)
        return _fault_page(error.text(translate))
    return app


def work() -> None:
    """Run the background worker until it is stopped. Raises ConfigError."""
    storefront.run_worker("brand")


def _fault_page(text: str) -> AsgiApp:
    async def app(scope: MutableMapping[str, Any], _receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})

    return app
