"""What is written down, and what never is."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from shared_core.kernel.settings import Settings
from tests.storefront.conftest import PASSWORD, Clock, Front, close_front, open_front


@pytest.fixture
def logged(brand_dir: Path, database_url: str, clock: Clock, capfd: pytest.CaptureFixture[str]) -> Iterator[Front]:
    """A shop that writes its log as in production."""
    settings = Settings(
        database_url=database_url, worker_inline=False, log_json=True, secret_key="k" * 40, _env_file=None
    )
    front = open_front(brand_dir, settings, clock)
    yield front
    close_front(front)


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]


def test_a_request_is_one_line_with_its_id_its_route_and_its_shop(
    logged: Front, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = logged.browser().get("/api/v1/products/none")
    [line] = [each for each in lines(capfd) if each["event"] == "request"]
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/products/{slug}", 404)
    assert line["shop"] == "Lamplight"
    assert line["timestamp"].endswith("Z")


def test_neither_tokens_nor_passwords_nor_people_are_in_the_log(
    logged: Front, capfd: pytest.CaptureFixture[str]
) -> None:
    client = logged.browser()
    path = client.post("/api/v1/share-links", json={}).json()["path"]
    logged.browser().get(path)
    body = {"login": "ada@example.com", "password": PASSWORD, "name": "Ada Lovelace"}
    client.post("/api/v1/members", json=body)
    client.post("/api/v1/session", json=body | {"password": "wrong wrong"})
    written = capfd.readouterr().err
    assert "/s/{token}" in written
    for secret in (path.removeprefix("/s/"), PASSWORD, "ada@example.com", "Lovelace", client.cookies["session"]):
        assert secret not in written


def test_values_under_telling_names_are_struck_out_at_any_depth(
    logged: Front, capfd: pytest.CaptureFixture[str]
) -> None:
    structlog.get_logger().info("told", order="N1", password="x1", details={"phone": "x2", "sku": "A"}, token="")
    [line] = lines(capfd)
    assert line["password"] == line["details"]["phone"] == "[removed]"
    assert (line["order"], line["details"]["sku"], line["token"]) == ("N1", "A", "")


def test_what_libraries_log_has_the_same_shape(logged: Front, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("some.library").warning("odd %s", "thing")
    [line] = lines(capfd)
    assert (line["event"], line["level"], line["shop"]) == ("odd thing", "warning", "Lamplight")


def test_a_line_cannot_be_forged_by_what_a_client_sends(logged: Front, capfd: pytest.CaptureFixture[str]) -> None:
    forged = 'x"}\n{"event": "forged'
    logged.browser().get("/api/v1/products/" + forged.replace("\n", "%0A"), headers={"X-Request-ID": "forged-id-1"})
    found = lines(capfd)
    assert [each["event"] for each in found] == ["request"]
    assert found[0]["request_id"] != "forged-id-1"


def test_the_first_look_at_the_schema_is_told_once_in_our_words(
    logged: Front, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert logged.browser().get("/readyz").status_code == 200
    told = [line for line in capfd.readouterr().err.splitlines() if "Context impl" in line or "up to date" in line]
    assert [("database is up to date" in line) for line in told] == [True]


def test_health_checks_do_not_fill_the_log(logged: Front, capfd: pytest.CaptureFixture[str]) -> None:
    logged.browser().get("/healthz")
    assert lines(capfd) == []
