"""A real browser in front of a real server. Without one the tests are skipped; in CI they fail, naming what lacks."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

from tests.storefront.conftest import Front, brand_dir, clock, front, settings

__all__ = ["brand_dir", "clock", "front", "settings"]

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REMEDY = "no Chromium found: apt-get install chromium fonts-noto-cjk, or set CHROMIUM to its path"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
PATIENCE_MS = 15_000


@dataclass
class Visit:
    """One browser window and everything that went wrong in it."""

    page: Page
    origin: str
    troubles: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", self._on_request)
        self.page.on("response", self._on_response)

    def open(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        return self.page

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.foreign.append(request.url)

    def _on_response(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status} {response.url}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one module's tests: while it runs, Playwright keeps an event loop in this thread."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        if os.environ.get("CI"):
            pytest.fail(REMEDY)
        pytest.skip(REMEDY)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def origin(front: Front) -> Iterator[str]:
    """The shop behind a port of its own."""
    with served(front.app) as address:
        yield address


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of an app behind a port of its own."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        threading.Event().wait(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def phone(browser: Browser, origin: str) -> Iterator[Visit]:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", is_mobile=True, has_touch=True)
    yield _visit(context, origin)
    context.close()


@pytest.fixture
def desk(browser: Browser, origin: str) -> Iterator[Visit]:
    context = browser.new_context(viewport=DESK, locale="en-GB")
    yield _visit(context, origin)
    context.close()


@pytest.fixture
def plain(browser: Browser, origin: str) -> Iterator[Visit]:
    """A browser that runs no scripts."""
    context = browser.new_context(viewport=PHONE, locale="en-GB", java_script_enabled=False)
    yield _visit(context, origin)
    context.close()


def _visit(context: BrowserContext, origin: str) -> Visit:
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(context.new_page(), origin)
    visit.watch()
    return visit
