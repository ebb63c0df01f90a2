"""The shop starts, shows its pages, and its brand folder is in order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shared_core import migrations
from shared_core.storefront import create_app


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    monkeypatch.setenv("SHOP_DATABASE_URL", url)
    migrations.upgrade(url, brand=Path("brand"))
    with TestClient(create_app("brand")) as started:
        yield started


def test_the_shop_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_the_home_page_is_shown(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


def test_the_api_describes_itself(client: TestClient) -> None:
    assert client.get("/api/v1/openapi.json").json()["paths"]
