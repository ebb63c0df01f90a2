"""Requests that another site makes a browser send, and names another site would like us to take on."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shared_core.kernel.settings import Settings
from tests.security.routes import form_routes, operations
from tests.storefront.conftest import Clock, Front, close_front, key, open_front

FOREIGN = ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})


@pytest.mark.parametrize("foreign", FOREIGN)
def test_no_write_at_all_is_taken_from_another_site(front: Front, foreign: dict[str, str]) -> None:
    staff = bare(front.staff())
    writes = [(method, path) for method, path in operations(front) if method != "GET"]
    assert len(writes) > 20
    for method, path in writes:
        answer = staff.request(method, path, json={}, headers=key() | foreign)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request"), path


@pytest.mark.parametrize("foreign", [*FOREIGN, {}])
def test_no_form_is_taken_from_another_site_or_without_its_token(front: Front, foreign: dict[str, str]) -> None:
    staff = bare(front.staff())
    forms = [path for method, path in form_routes(front) if method == "POST"]
    assert len(forms) > 15
    for path in forms:
        assert staff.post(path, data={"a": "b"}, headers=foreign).status_code == 403, path
        assert staff.post(path, content=b"a=b", headers=foreign | {"Content-Type": "text/plain"}).status_code == 403
    assert staff.get("/api/v1/session").json()["signed_in"]


def test_no_answer_may_be_read_by_another_site(front: Front) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method, path in (("OPTIONS", "/api/v1/orders"), ("GET", "/api/v1/session"), ("GET", "/me")):
        answer = front.member().request(method, path, headers=asked)
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_where_the_shop_knows_its_own_address_no_other_host_vouches(
    brand_dir: Path, database_url: str, clock: Clock
) -> None:
    settings = Settings(
        database_url=database_url, worker_inline=False, base_url="https://shop.example/", _env_file=None
    )
    front = open_front(brand_dir, settings, clock)
    client = bare(front.browser())
    for origin, status in (("https://shop.example", 201), ("http://shop.example", 403), ("https://www.example", 403)):
        headers = {"Origin": origin, "Host": origin.partition("://")[2]}
        assert client.post("/api/v1/share-links", json={}, headers=headers).status_code == status, origin
    close_front(front)


def test_links_and_codes_of_a_shop_with_an_address_ignore_the_host(
    brand_dir: Path, database_url: str, clock: Clock
) -> None:
    settings = Settings(database_url=database_url, worker_inline=False, base_url="https://shop.example", _env_file=None)
    front = open_front(brand_dir, settings, clock)
    member = front.member(bare(front.browser()))
    poisoned = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    made = member.post("/api/v1/share-links", json={}, headers=poisoned | {"Sec-Fetch-Site": "same-origin"})
    assert made.json()["url"].startswith("https://shop.example/s/")
    assert "evil" not in member.get("/share", headers=poisoned).text
    close_front(front)


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/x", "/%5Cevil.example", "/%09/evil.example", "///x"]
)
def test_no_link_of_a_page_leads_to_a_host_named_in_its_path(front: Front, path: str) -> None:
    for client in (front.browser(), front.staff()):
        request = client.build_request("GET", "http://shop.example/", headers={"Accept": "text/html"})
        request.url = request.url.copy_with(raw_path=path.encode())
        page = client.send(request).text
        links = re.findall(r'(?:href|src|action)="([^"]*)"', page)
        assert links
        assert not [link for link in links if re.match(r"[/\\\t]{2}|/[\t\\]|https?:", link)]


@pytest.mark.parametrize(
    "after",
    [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "https://evil.example",
        "/\r\nX: y",
        "javascript:alert(1)",
        "\\/evil.example",
        "/\x00/evil.example",
        "evil.example",
        " //evil.example",
    ],
)
def test_a_log_in_leads_nowhere_else(front: Front, after: str) -> None:
    member = front.member()
    body = {"login": "next@example.com", "password": "three quiet lamps", "name": "Next", "next": after}
    answers = [member.get("/login", params={"next": after}), member.get("/signup", params={"next": after})]
    answers.append(front.browser().post("/signup", data=body))
    answers.append(front.browser().post("/login", data=body))
    for answer in answers:
        target = answer.headers["location"]
        assert answer.status_code == 303
        assert re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", target), target
        assert "x" not in answer.headers


def bare(client: TestClient) -> TestClient:
    """The browser without the Origin header it usually sends."""
    client.headers.pop("Origin", None)
    return client
