"""Share links: the one GET that writes, and nothing it should not."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shared_core import members, plan
from shared_core.kernel.settings import Settings
from tests.storefront.conftest import Clock, Front, buy, close_front, open_front


def link(client: TestClient, about: str = "/") -> str:
    answer = client.post("/api/v1/share-links", json={"about": about})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["path"])


def tie(client: TestClient) -> object:
    return client.get("/api/v1/me/tie").json()["tie"]


def test_a_visitor_can_share_before_signing_up(front: Front) -> None:
    sharer, fan = front.browser(), front.browser()
    answer = fan.get(link(sharer))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert tie(fan) is not None


def test_the_first_link_wins_and_a_link_can_be_used_again(front: Front) -> None:
    first, second, fan = front.member(name="Ada"), front.member(name="Zoe"), front.browser()
    path = link(first)
    fan.get(path)
    fan.get(link(second))
    fan.get(path)
    assert fan.get("/api/v1/me/tie").json()["tie"]["sponsor_name"].startswith("A")


def test_nobody_becomes_their_own_fan(front: Front) -> None:
    sharer = front.browser()
    assert sharer.get(link(sharer)).status_code == 303
    assert tie(sharer) is None


def test_a_link_leads_to_the_page_it_is_about(front: Front) -> None:
    front.stock("A")
    answer = front.browser().get(link(front.browser(), "/products/p-a"))
    assert answer.headers["location"] == "/products/p-a"


@pytest.mark.parametrize(
    "about", ["//evil.example", "https://evil.example", "/\\evil", "/admin", "/logout", "/s/x", ""]
)
def test_a_link_can_only_lead_to_pages_of_the_shop(front: Front, about: str) -> None:
    answer = front.browser().post("/api/v1/share-links", json={"about": about})
    assert (answer.status_code, answer.json()["code"]) == (422, "cannot_be_shared")


def test_a_foreign_target_in_the_query_is_ignored(front: Front) -> None:
    answer = front.browser().get(link(front.browser()) + "?next=//evil.example")
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("place", [3, 10, 20, -1, -10])
def test_a_tampered_link_is_not_found_and_writes_nothing(front: Front, place: int) -> None:
    path = link(front.browser())
    place = place if place < 0 else place + len("/s/")
    swapped = "A" if path[place] != "A" else "B"
    tampered = path[:place] + swapped + path[place:][1:]
    fan = front.browser()
    answer = fan.get(tampered)
    assert answer.status_code == 404
    assert not fan.cookies


def test_asking_only_for_the_head_binds_nobody(front: Front) -> None:
    fan = front.browser()
    answer = fan.head(link(front.browser()))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert not fan.cookies
    assert tie(fan) is None


def test_an_expired_link_is_gone(front: Front, clock: Clock) -> None:
    shop = front.shop
    claims = members.ShareClaims("0123456789", "/", clock() + timedelta(days=1))
    token = members.sign_share_token(claims, purpose="share", audience="shop", keys=shop.keys)
    clock.pass_by(timedelta(days=2))
    assert front.browser().get(f"/s/{token}").status_code == 410


def test_a_link_of_another_shop_or_for_another_purpose_is_not_found(front: Front) -> None:
    claims = members.ShareClaims("0123456789")
    other_shop = members.sign_share_token(claims, purpose="share", audience="shop", keys=["other"])
    other_purpose = members.sign_share_token(claims, purpose="invite", audience="shop", keys=front.shop.keys)
    assert {front.browser().get(f"/s/{token}").status_code for token in (other_shop, other_purpose)} == {404}


def test_an_old_key_is_good_while_a_new_one_takes_over(
    brand_dir: Path, database_url: str, clock: Clock, front: Front
) -> None:
    path = link(front.browser())
    old, new = front.shop.keys[0], "n" * 40
    settings = Settings(
        database_url=database_url, worker_inline=False, secret_key=new, previous_secret_keys=[old], _env_file=None
    )
    rotated = open_front(brand_dir, settings, clock)
    assert rotated.browser().get(path).status_code == 303
    close_front(rotated)


@pytest.mark.parametrize("agent", ["WhatsApp/2.23", "facebookexternalhit/1.1", "Twitterbot/1.0", "Googlebot/2.1"])
def test_a_link_preview_is_nobodys_fan(front: Front, agent: str) -> None:
    preview = front.browser()
    answer = preview.get(link(front.browser()), headers={"User-Agent": agent})
    assert answer.status_code == 303
    assert not preview.cookies


def test_a_prefetching_browser_is_not_bound(front: Front) -> None:
    fan = front.browser()
    fan.get(link(front.browser()), headers={"Sec-Purpose": "prefetch"})
    assert not fan.cookies


def test_a_plan_that_wants_consent_binds_at_sign_up(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    text = plan.preset("participants").replace("[binding]", "[binding]\nconsent = true", 1)
    (brand_dir / "plan.toml").write_text(text, encoding="utf-8")
    front = open_front(brand_dir, settings, clock)
    sponsor, fan = front.member(), front.browser()
    fan.get(link(sponsor))
    assert tie(fan) is None
    front.member(fan)
    assert tie(fan) is not None
    close_front(front)


def test_a_plan_without_a_network_binds_nobody(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    (brand_dir / "plan.toml").write_text(plan.preset("outlet"), encoding="utf-8")
    front = open_front(brand_dir, settings, clock)
    fan = front.browser()
    assert fan.get(link(front.member())).status_code == 303
    front.member(fan)
    assert tie(fan) is None
    close_front(front)


def test_a_fan_may_leave(front: Front) -> None:
    fan = front.browser()
    fan.get(link(front.member()))
    front.member(fan)
    assert fan.delete("/api/v1/me/tie").status_code == 200
    assert tie(fan) is None
    assert fan.delete("/api/v1/me/tie").json()["code"] == "not_bound"


def test_where_the_plan_says_so_the_last_link_claims_the_sale(
    brand_dir: Path, settings: Settings, clock: Clock
) -> None:
    (brand_dir / "plan.toml").write_text(plan.preset("participants"), encoding="utf-8")
    front = open_front(brand_dir, settings, clock)
    front.stock("A")
    locked, linked, fan = front.member(), front.member(), front.browser()
    fan.get(link(locked))
    front.member(fan)
    fan.get(link(linked))
    buy(fan, "A")
    assert len(linked.get("/api/v1/me/earnings").json()["earnings"]) == 1
    assert locked.get("/api/v1/me/earnings").json()["earnings"] == []
    close_front(front)


def test_a_link_with_a_slash_in_it_is_not_found_and_leads_nowhere_else(front: Front) -> None:
    fan, path = front.browser(), link(front.browser())
    for broken in (path + "/", path + "%2F", path.replace("/s/", "/s/x/")):
        assert fan.get(broken).status_code == 404
    assert tie(fan) is None


@pytest.mark.parametrize("shown", ["a b", "ä", "x" * 65, 'say "hello"'])
def test_a_cookie_that_we_never_made_is_replaced_by_one_of_ours(front: Front, shown: str) -> None:
    path, fan = link(front.member()), front.browser()
    answer = fan.get(path, headers={"Cookie": f"visitor={shown}".encode()})
    assert answer.status_code == 303
    assert len(fan.cookies["visitor"]) == 43
    assert tie(fan) is not None
