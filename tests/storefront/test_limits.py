"""How often somebody may try."""

from pathlib import Path

from shared_core.kernel.settings import Settings
from tests.storefront.conftest import Clock, Front, close_front, open_front

WRONG = {"login": "ada@example.com", "password": "wrong wrong wrong"}


def statuses(front: Front, times: int, **headers: str) -> list[int]:
    client = front.browser(headers=headers)
    return [client.post("/api/v1/session", json=WRONG).status_code for _ in range(times)]


def test_guessing_the_password_of_an_account_is_stopped_and_says_for_how_long(front: Front) -> None:
    assert statuses(front, 10) == [401] * 10
    answer = front.browser().post("/api/v1/session", json=WRONG)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 301
    other = front.browser().post("/api/v1/session", json=WRONG | {"login": "zoe@example.com"})
    assert other.status_code == 401


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
    settings = Settings(database_url=database_url, worker_inline=False, trusted_proxies=1, _env_file=None)
    front = open_front(brand_dir, settings, clock)
    seen = set()
    for number in range(70):
        body = WRONG | {"login": f"m{number}@example.com"}
        headers = {"X-Forwarded-For": f"6.6.6.6, 10.0.0.{number}"}
        seen.add(front.browser().post("/api/v1/session", json=body, headers=headers).status_code)
    assert seen == {401}
    close_front(front)
