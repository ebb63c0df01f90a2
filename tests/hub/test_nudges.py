"""The hub tells a store over HTTP, signed; what it is told changes nothing but when it asks."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from shared_core.hub import HubSettings, nudging
from shared_core.hub.hub import Hub
from shared_core.supply import tenancy, wire
from tests.hub.hubs import add

HUB = '[hub]\nname = "Hub"\nlocale = "en"\ncurrency = "CNY"\nzone = "Asia/Shanghai"\n'


class Shop(BaseHTTPRequestHandler):
    """Answers `status` and keeps what it was sent."""

    status = 204
    heard: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        type(self).heard.append((dict(self.headers), body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def shop() -> Iterator[tuple[str, type[Shop]]]:
    kind = type("OneShop", (Shop,), {"heard": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kind
    server.shutdown()
    thread.join()
    server.server_close()


def opened(folder: Path, url: str, **settings: object) -> Hub:
    (folder / "hub.toml").write_text(HUB, "utf-8")
    return Hub.open(folder, HubSettings(database_url=url, _env_file=None, **settings))  # type: ignore[arg-type,call-arg]


def listening(hub: Hub, url: str) -> str:
    add(hub.database, "north")
    with hub.database.transaction() as session:
        return tenancy.tell_at(session, "north", url, secret=nudging.new_secret(), at=datetime.now(UTC))


def said_of(hub: Hub) -> tenancy.WebhookView:
    with hub.database.reading() as session:
        seen = tenancy.webhook_of(session, "north")
    assert seen is not None
    return seen


def test_a_store_is_told_under_the_signature_it_can_check(
    tmp_path: Path, database_url: str, shop: tuple[str, type[Shop]]
) -> None:
    url, kind = shop
    hub = opened(tmp_path, database_url, webhook_private_origins=(url,))
    secret = listening(hub, url + "/api/v1/supply/nudges")
    now = datetime.now(UTC)
    assert nudging.tell_stores(hub, now) == 1
    assert nudging.tell_stores(hub, now) == 0, "there is nothing new"
    [(headers, body)] = kind.heard
    Webhook(secret).verify(body, headers, json_parse=False)
    assert wire.NUDGED.validate_json(body) == wire.Nudged("supply.changed", 0, 0)
    assert said_of(hub).told_at is not None
    hub.database.dispose()


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_store_that_does_not_take_it_is_told_later(
    tmp_path: Path, database_url: str, shop: tuple[str, type[Shop]], status: int
) -> None:
    url, kind = shop
    kind.status = status
    hub = opened(tmp_path, database_url, webhook_private_origins=(url,))
    listening(hub, url)
    assert nudging.tell_stores(hub, datetime.now(UTC)) == 0
    assert (said_of(hub).failures, said_of(hub).error) == (1, f"it answers {status}")
    hub.database.dispose()


def test_a_store_leads_the_hub_to_nobody_inside(
    tmp_path: Path, database_url: str, shop: tuple[str, type[Shop]]
) -> None:
    url, kind = shop
    hub = opened(tmp_path, database_url)
    listening(hub, url)
    assert nudging.tell_stores(hub, datetime.now(UTC)) == 0
    assert kind.heard == [] and "HUB_WEBHOOK_PRIVATE_ORIGINS" in said_of(hub).error
    hub.database.dispose()
