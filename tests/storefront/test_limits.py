"""How often somebody may try."""

from pathlib import Path

from fastapi.testclient import TestClient

from shared_core.kernel.settings import Settings
from shared_core.web import limits
from tests.storefront.conftest import PASSWORD, Clock, Front, close_front, open_front

ADA = {"login": "ada@example.com", "password": PASSWORD}
WRONG = ADA | {"password": "wrong wrong wrong"}


def behind_a_proxy(brand_dir: Path, database_url: str, clock: Clock) -> Front:
    """A shop that is told the addresses of its callers, and has the member Ada."""
    settings = Settings(database_url=database_url, worker_inline=False, trusted_proxies=1, _env_file=None)
    front = open_front(brand_dir, settings, clock)
    at(front, "10.9.9.9").post("/api/v1/members", json=ADA | {"name": "Ada"})
    return front


def at(front: Front, address: str) -> TestClient:
    """A new browser at an address."""
    return front.browser(headers={"X-Forwarded-For": f"6.6.6.6, {address}"})


def attempts(client: TestClient, times: int) -> list[int]:
    return [client.post("/api/v1/session", json=WRONG).status_code for _ in range(times)]


def guess_from_everywhere(front: Front) -> None:
    """Wrong passwords for Ada, each from another address, until no more are taken."""
    most = limits.LOGIN_BY_ACCOUNT.item.amount
    taken = [attempts(at(front, f"10.0.0.{number}"), 1)[0] for number in range(most + 1)]
    assert taken[0] == 401 and taken[-1] == 429


def test_guessing_the_password_of_an_account_is_stopped_and_says_for_how_long(front: Front) -> None:
    assert attempts(front.browser(), 10) == [401] * 10
    answer = front.browser().post("/api/v1/session", json=WRONG)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 901
    other = front.browser().post("/api/v1/session", json=WRONG | {"login": "zoe@example.com"})
    assert other.status_code == 401


def test_who_guesses_at_one_address_keeps_nobody_out_at_another(
    brand_dir: Path, database_url: str, clock: Clock
) -> None:
    front = behind_a_proxy(brand_dir, database_url, clock)
    assert attempts(at(front, "10.0.0.1"), 11)[-1] == 429
    assert at(front, "10.0.0.1").post("/api/v1/session", json=ADA).status_code == 429
    assert at(front, "10.0.0.2").post("/api/v1/session", json=ADA).status_code == 201
    close_front(front)


def test_who_guesses_from_everywhere_is_stopped_and_keeps_no_known_device_out(
    brand_dir: Path, database_url: str, clock: Clock
) -> None:
    front = behind_a_proxy(brand_dir, database_url, clock)
    hers, elsewhere = at(front, "10.1.0.1"), at(front, "10.1.0.2")
    assert hers.post("/api/v1/session", json=ADA).status_code == 201
    hers.delete("/api/v1/session")
    guess_from_everywhere(front)
    assert elsewhere.post("/api/v1/session", json=ADA).status_code == 429
    hers.headers["X-Forwarded-For"] = "6.6.6.6, 10.2.0.3"
    assert hers.post("/api/v1/session", json=ADA).status_code == 201, "she is on the move with a known device"
    close_front(front)


def test_a_known_device_is_known_for_its_own_account_and_guesses_no_faster(
    brand_dir: Path, database_url: str, clock: Clock
) -> None:
    front = behind_a_proxy(brand_dir, database_url, clock)
    thief, hers = at(front, "10.1.0.1"), at(front, "10.1.0.2")
    thief.post("/api/v1/members", json=ADA | {"login": "eve@example.com", "name": "Eve"})
    assert hers.post("/api/v1/session", json=ADA).status_code == 201
    mark = hers.cookies["device"]
    guess_from_everywhere(front)
    assert attempts(thief, 1) == [429], "known, but as Eve's"
    for forged in (mark[:-1], mark + "x", "x.y", "x" * 5000):
        stranger = at(front, "10.1.0.3")
        stranger.cookies.set("device", forged)
        assert attempts(stranger, 1) == [429]
    stolen = at(front, "10.1.0.4")
    stolen.cookies.set("device", mark)
    assert attempts(stolen, 11) == [401] * 10 + [429]
    close_front(front)


def test_a_right_password_takes_back_the_wrong_ones_before_it(front: Front) -> None:
    front.browser().post("/api/v1/members", json=ADA | {"name": "Ada"})
    for _ in range(3):
        assert attempts(front.browser(), 9) == [401] * 9
        assert front.browser().post("/api/v1/session", json=ADA).status_code == 201


def test_guessing_from_one_address_is_stopped_whatever_address_it_claims(front: Front) -> None:
    seen = set()
    for number in range(70):
        body = WRONG | {"login": f"m{number}@example.com"}
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        seen.add(front.browser().post("/api/v1/session", json=body, headers=headers).status_code)
    assert seen == {401, 429}


def test_an_address_counts_where_a_proxy_of_ours_vouches_for_it(
    brand_dir: Path, database_url: str, clock: Clock
) -> None:
    front = behind_a_proxy(brand_dir, database_url, clock)
    seen = set()
    for number in range(70):
        body = WRONG | {"login": f"m{number}@example.com"}
        seen.add(at(front, f"10.0.0.{number}").post("/api/v1/session", json=body).status_code)
    assert seen == {401}
    close_front(front)
