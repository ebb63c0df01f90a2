"""What every answer carries, and which writes are refused."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shared_core.kernel.findings import ConfigError
from shared_core.kernel.settings import Settings
from tests.storefront.conftest import PASSWORD, Clock, Front, close_front, open_front

FORM_PAGE = """\
from fastapi import Request
from fastapi.responses import PlainTextResponse
from shared_core.storefront import hookimpl
from shared_core.storefront.viewer import ViewerDep, render

@hookimpl
def routes(router):
    @router.get("/form")
    def form(request: Request, viewer: ViewerDep):
        return render(request, "form.html")

    @router.post("/form")
    def submit(viewer: ViewerDep):
        return PlainTextResponse("done")
"""


@pytest.fixture
def brand_with_form(brand_dir: Path) -> Path:
    """A shop whose hooks add a page with a form that shows its token and its nonce."""
    (brand_dir / "hooks.py").write_text(FORM_PAGE)
    templates = brand_dir / "theme" / "templates"
    templates.mkdir(parents=True)
    (templates / "form.html").write_text("{{ csrf_token }}|{{ nonce }}")
    return brand_dir


def plain(front: Front) -> TestClient:
    """A client that says nothing about where its requests come from."""
    client = front.browser()
    del client.headers["Origin"]
    return client


def test_every_answer_carries_the_headers_that_keep_it_where_it_belongs(front: Front) -> None:
    for path in ("/api/v1/products", "/healthz", "/theme.css", "/api/v1/nothing", "/nothing"):
        headers = front.browser().get(path).headers
        policy = headers["content-security-policy"]
        assert "object-src 'none'" in policy and "base-uri 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_answers_are_not_kept_by_anybody(front: Front) -> None:
    assert front.browser().get("/api/v1/session").headers["cache-control"] == "no-store"


def test_an_inline_script_runs_only_with_the_nonce_of_its_own_answer(
    brand_with_form: Path, settings: Settings, clock: Clock
) -> None:
    front = open_front(brand_with_form, settings, clock)
    first, second = front.browser().get("/form"), front.browser().get("/form")
    nonce = first.text.partition("|")[2]
    assert f"'nonce-{nonce}'" in first.headers["content-security-policy"]
    assert nonce not in second.text
    close_front(front)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_write_from_another_site_is_refused(front: Front, site: str) -> None:
    client = plain(front)
    answer = client.post("/api/v1/share-links", json={}, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://shop.example.evil", "http://shop.example:1"]
)
def test_a_write_with_a_foreign_origin_is_refused(front: Front, origin: str) -> None:
    answer = plain(front).post("/api/v1/share-links", json={}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


def test_a_foreign_origin_is_refused_for_every_method(front: Front) -> None:
    evil = {"Origin": "https://evil.example"}
    assert plain(front).put("/api/v1/cart/lines/A", json={"quantity": 0}, headers=evil).status_code == 403
    assert plain(front).delete("/api/v1/session", headers=evil).status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://shop.example"}])
def test_a_write_from_the_shops_own_page_is_accepted(front: Front, headers: dict[str, str]) -> None:
    assert plain(front).post("/api/v1/share-links", json={}, headers=headers).status_code == 201


def test_a_program_that_sends_json_needs_no_origin(front: Front) -> None:
    assert plain(front).post("/api/v1/share-links", json={}).status_code == 201


def test_a_form_without_an_origin_needs_its_token(brand_with_form: Path, settings: Settings, clock: Clock) -> None:
    front = open_front(brand_with_form, settings, clock)
    client = plain(front)
    assert client.post("/form", data={"a": "b"}).status_code == 403
    token = client.get("/form").text.partition("|")[0]
    assert client.post("/form", data={"csrf_token": token}).text == "done"
    assert client.post("/form", data={"a": "b"}, headers={"X-CSRF-Token": token}).text == "done"
    assert client.post("/form", content=b"x", headers={"Content-Type": "text/plain"}).status_code == 403
    assert client.post("/form", data={"csrf_token": token + "x"}).status_code == 403
    clock.pass_by(timedelta(days=2))
    assert client.post("/form", data={"csrf_token": token}).status_code == 403
    close_front(front)


def test_a_client_that_proves_nothing_is_told_what_is_missing(front: Front) -> None:
    client = front.member()
    del client.headers["Origin"]
    answer = client.post("/logout")
    assert (answer.status_code, answer.json()["code"]) == (403, "same_site_unproven")
    assert "Origin" in answer.json()["detail"]
    assert client.post("/logout", headers={"X-CSRF-Token": "old"}).json()["code"] == "form_expired"


def test_a_form_token_is_worthless_in_another_session(brand_with_form: Path, settings: Settings, clock: Clock) -> None:
    front = open_front(brand_with_form, settings, clock)
    mine, theirs = front.member(), front.member()
    for client in (mine, theirs):
        del client.headers["Origin"]
    token = mine.get("/form").text.partition("|")[0]
    assert theirs.post("/form", data={"csrf_token": token}).json()["code"] == "form_expired"
    assert mine.post("/form", data={"csrf_token": token}).status_code == 200
    close_front(front)


def test_looking_around_leaves_no_cookie(front: Front) -> None:
    client = front.browser()
    for path in ("/api/v1/products", "/api/v1/cart", "/api/v1/session", "/theme.css"):
        client.get(path)
    assert not client.cookies


def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites(front: Front) -> None:
    answer = front.browser().post("/api/v1/share-links", json={})
    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith("visitor=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_over_tls_cookies_are_bound_to_the_host(brand_dir: Path, database_url: str, clock: Clock) -> None:
    settings = Settings(
        database_url=database_url,
        worker_inline=False,
        environment="production",
        secret_key="k" * 40,
        base_url="https://shop.example",
        _env_file=None,
    )
    front = open_front(brand_dir, settings, clock)
    answer = front.browser().post("/api/v1/share-links", json={}, headers={"Origin": "https://shop.example"})
    assert answer.json()["url"].startswith("https://shop.example/s/")
    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-visitor=") and "Secure" in cookie
    assert "max-age=" in answer.headers["strict-transport-security"]
    close_front(front)


def test_plain_http_promises_no_tls(front: Front) -> None:
    assert "strict-transport-security" not in front.browser().get("/healthz").headers


@pytest.mark.parametrize(
    ("secret", "address", "codes"),
    [
        ("short", "", ["no_secret_key", "no_base_url"]),
        ("k" * 40, "http://shop.example", ["insecure_base_url"]),
        ("k" * 40, "https://shop.example/shop", ["bad_base_url"]),
        ("k" * 40, "shop.example", ["bad_base_url"]),
        ("k" * 40, "https://ann@shop.example", ["bad_base_url"]),
    ],
)
def test_production_refuses_to_start_without_a_secret_and_a_safe_address(
    brand_dir: Path, database_url: str, clock: Clock, secret: str, address: str, codes: list[str]
) -> None:
    settings = Settings(
        database_url=database_url, environment="production", secret_key=secret, base_url=address, _env_file=None
    )
    with pytest.raises(ConfigError) as caught:
        open_front(brand_dir, settings, clock)
    assert [finding.code for finding in caught.value.findings] == codes


@pytest.mark.parametrize("address", ["https://shop.example", "https://shop.example:8443/", "http://localhost:8000"])
def test_production_starts_where_nobody_can_listen_in(
    brand_dir: Path, database_url: str, clock: Clock, address: str
) -> None:
    settings = Settings(
        database_url=database_url,
        worker_inline=False,
        environment="production",
        secret_key="k" * 40,
        base_url=address,
        _env_file=None,
    )
    front = open_front(brand_dir, settings, clock)
    assert front.browser().get("/readyz").status_code == 200
    close_front(front)


def test_a_log_in_makes_a_new_token_and_a_log_out_kills_it(front: Front) -> None:
    client = front.browser()
    body = {"login": "ada@example.com", "password": PASSWORD, "name": "Ada"}
    client.post("/api/v1/members", json=body)
    first = client.cookies["session"]
    client.post("/api/v1/session", json={"login": "ada@example.com", "password": PASSWORD})
    second = client.cookies["session"]
    assert first != second
    thief = front.browser()
    thief.cookies.set("session", first)
    assert not thief.get("/api/v1/session").json()["signed_in"]
    client.delete("/api/v1/session")
    thief.cookies.set("session", second)
    assert not thief.get("/api/v1/session").json()["signed_in"]


def test_devices_can_be_seen_and_logged_out(front: Front) -> None:
    here = front.browser()
    here.post("/api/v1/members", json={"login": "ada@example.com", "password": PASSWORD, "name": "Ada"})
    there = front.browser(headers={"User-Agent": "Old phone"})
    there.post("/api/v1/session", json={"login": "ada@example.com", "password": PASSWORD})
    devices = here.get("/api/v1/devices").json()["devices"]
    assert (devices[0]["device"], devices[0]["current"], len(devices)) == ("Old phone", False, 2)
    assert here.delete(f"/api/v1/devices/{devices[0]['id']}").status_code == 200
    assert there.get("/api/v1/devices").status_code == 401
    assert front.member().delete(f"/api/v1/devices/{devices[1]['id']}").status_code == 404


def test_a_program_logs_in_with_a_token_and_needs_no_cookie(front: Front) -> None:
    body = {"login": "ada@example.com", "password": PASSWORD, "name": "Ada", "as_token": True}
    answer = plain(front).post("/api/v1/members", json=body)
    assert "set-cookie" not in answer.headers
    token = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert plain(front).get("/api/v1/session", headers=token).json()["signed_in"]
    assert not plain(front).get("/api/v1/session", headers={"Authorization": "Bearer x"}).json()["signed_in"]


@pytest.mark.parametrize("login", ["ada@example.com", "nobody@example.com", "not a login"])
def test_a_wrong_password_and_an_unknown_account_are_answered_alike(front: Front, login: str) -> None:
    front.browser().post("/api/v1/members", json={"login": "ada@example.com", "password": PASSWORD, "name": "Ada"})
    answer = front.browser().post("/api/v1/session", json={"login": login, "password": "wrong wrong wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


@pytest.mark.parametrize(
    "path", ["/.git/HEAD", "/docs", "/redoc", "/openapi.json", "/static/../shop.py", "/static/%2e%2e/shop.py"]
)
def test_nothing_is_served_that_is_not_meant_to_be(front: Front, path: str) -> None:
    assert front.browser().get(path).status_code == 404


def test_headers_that_claim_to_be_somebody_are_ignored(front: Front) -> None:
    claims = {"X-User-Id": "1", "X-Forwarded-User": "owner", "X-Forwarded-Host": "evil.example"}
    assert front.browser().get("/api/v1/admin/orders", headers=claims).status_code == 401
    made = front.browser().post("/api/v1/share-links", json={}, headers=claims).json()
    assert made["url"].startswith("http://shop.example/")


def test_fields_that_are_not_asked_for_are_refused(front: Front) -> None:
    body = {"login": "ada@example.com", "password": PASSWORD, "name": "Ada", "staff": "owner"}
    answer = front.browser().post("/api/v1/members", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "where": "body.staff",
        "code": "extra_forbidden",
        "message": "Extra inputs are not permitted",
    }
