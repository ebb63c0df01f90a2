"""Rooms over HTTP: a host opens one, viewers come, perhaps brought by somebody, and what they buy is shared."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from shared_core import audit, livestream, orders, plan
from shared_core.kernel.settings import Settings
from tests.storefront.conftest import Clock, Front, buy, close_front, key, open_front, pay, purchase
from tests.storefront.walker import Walker, staff_walker, walker

BOT = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}


@pytest.fixture
def studio(brand_dir: Path, settings: Settings, clock: Clock) -> Iterator[Front]:
    """A shop under the preset `live`, with ten lamps at 89.00."""
    (brand_dir / "plan.toml").write_text(plan.preset("live"), encoding="utf-8")
    made = open_front(brand_dir, settings, clock)
    made.stock("A")
    yield made
    close_front(made)


def wanted(front: Front, **other: Any) -> dict[str, Any]:
    ends = (front.clock() + timedelta(days=3)).isoformat()
    return {"title": "Lamps by night", "products": ["p-a"], "ends_at": ends, "old_enough": True} | other


def open_room(front: Front, host: TestClient, **other: Any) -> str:
    answer = host.post("/api/v1/me/rooms", json=wanted(front, **other), headers=key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def share(client: TestClient, about: str) -> str:
    answer = client.post("/api/v1/share-links", json={"about": about})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["path"])


def follow(front: Front, path: str, client: TestClient | None = None) -> TestClient:
    """Follow a link to where it leads."""
    client = client or front.browser()
    answer = client.get(path)
    assert answer.status_code == 303, answer.text
    assert client.get(answer.headers["location"]).status_code == 200
    return client


def arrive(front: Front, staff: TestClient, number: str) -> None:
    """The order is sent and comes."""
    parcel = {"carrier": "Local", "tracking_number": f"SF-{number}"}
    assert staff.post(f"/api/v1/admin/orders/{number}/shipment", json=parcel, headers=key()).status_code == 200
    assert staff.post(f"/api/v1/admin/orders/{number}/delivery", json={}, headers=key()).status_code == 200
    front.settle()


def pending(client: TestClient) -> int:
    return int(client.get("/api/v1/me/balance").json()["pending"]["minor"])


def available(client: TestClient) -> int:
    return int(client.get("/api/v1/me/balance").json()["available"]["minor"])


def earned(client: TestClient, number: str) -> dict[str, int]:
    """What a member earned on an order, by role."""
    rows = client.get("/api/v1/me/earnings").json()["earnings"]
    return {row["payee"]: row["amount"]["minor"] for row in rows if row["order_number"] == number}


def told(client: TestClient, chapter: str) -> list[str]:
    """What a chapter of the explanation of a member's newest earning says."""
    newest = client.get("/api/v1/me/earnings").json()["earnings"][0]["code"]
    chapters = client.get(f"/api/v1/me/earnings/{newest}").json()["told"]
    return next(each["lines"] for each in chapters if each["key"] == chapter)


def stored(front: Front, number: str) -> tuple[str, str | None, set[str]]:
    """The channel of an order, the claim that won, and all claims that were there."""
    with front.shop.database.reading() as session:
        row = orders.get(session, number)
        return row.channel, row.claim, set(row.claims or {})


def broken(front: Front) -> list[str]:
    with front.shop.database.reading() as session:
        return [each.code for each in audit.check(session, at=front.clock()) if not each.ok]


def test_a_sale_in_a_room_is_shared_refunded_and_settled(studio: Front) -> None:
    """Preset `live`: seller 8 %, host 10 %, who invited the host 2 %, who brought the viewer 5 %.

    Ivy invited Hua, who hosts. Bao is Lin's fan, and Tao brings him into Hua's room. Bao buys three lamps at 89.00:
    267.00, carriage free. Lin sells by the lock: 21.36; Hua 26.70; Ivy 5.34; Tao 13.35. One lamp goes back, a third
    of everything: 7.12, 8.90, 1.78 and 4.45 are taken back; 14.24, 17.80, 3.56 and 8.90 settle.

    Eve comes by herself and is nobody's fan: the room sells. One lamp: Hua earns 7.12 as the seller and 8.90 as the
    host, Ivy 1.78. Fay came by Zoe's link to the lamp before she looked into the room: Zoe sells and gets 7.12, Hua
    8.90, Ivy 1.78. So Hua gets 17.80 + 16.02 + 8.90 = 42.72 in all, Ivy 3.56 + 1.78 + 1.78 = 7.12. Only Eve's lamp was
    sold live by Hua: 89.00.
    """
    staff, ivy, lin, tao, zoe = studio.staff(), *(studio.member(name=name) for name in ("Ivy", "Lin", "Tao", "Zoe"))
    hua = studio.member(follow(studio, share(ivy, "/")), name="Hua")
    bao = studio.member(follow(studio, share(lin, "/")), name="Bao")
    studio.clock.pass_by(timedelta(days=2))  # the link's day is over, the lock's month is not
    room = open_room(studio, hua)

    follow(studio, share(tao, f"/r/{room}"), bao)
    first = buy(bao, "A", quantity=3, total=26_700)
    pay(studio, staff, first, minor=26_700)
    assert stored(studio, first) == ("live", "lock", {"lock", "room", "traffic"})
    assert [pending(each) for each in (lin, hua, ivy, tao)] == [2_136, 2_670, 534, 1_335]
    line = bao.get(f"/api/v1/orders/{first}").json()["lines"][0]["id"]
    back = {"items": [{"line_id": line, "pieces": 1}], "reason": "broken", "goods_back": True}
    assert staff.post(f"/api/v1/admin/orders/{first}/refunds", json=back, headers=key()).status_code == 201
    studio.settle()
    assert [pending(each) for each in (lin, hua, ivy, tao)] == [1_424, 1_780, 356, 890]

    eve = studio.member(name="Eve")
    assert eve.get(f"/r/{room}").status_code == 200
    second = buy(eve, "A")
    pay(studio, staff, second)
    assert stored(studio, second) == ("live", "room", {"room"})
    assert earned(hua, second) == {"seller": 712, "host": 890}

    fay = studio.member(follow(studio, share(zoe, "/products/p-a")), name="Fay")
    assert fay.get(f"/r/{room}").status_code == 200
    third = buy(fay, "A")
    pay(studio, staff, third)
    assert stored(studio, third) == ("live", "link", {"link", "lock", "room"})
    assert (earned(zoe, third), earned(hua, third)) == ({"seller": 712}, {"host": 890})

    assert (
        told(tao, "seller")[-1]
        == "Who first brought the buyer into the room is paid beside the seller, whoever that is."
    )
    assert told(hua, "seller")[-1] == "The host of the room is paid beside the seller, whoever that is."
    [run] = hua.get("/api/v1/me/rooms").json()["rooms"]
    assert (run["viewers"], run["orders"], run["sold"]["minor"]) == (3, 3, 17_800 + 8_900 + 8_900)
    assert broken(studio) == []
    for number in (first, second, third):
        arrive(studio, staff, number)
    studio.pass_days(9)
    assert [available(each) for each in (lin, hua, ivy, tao, zoe)] == [1_424, 4_272, 712, 890, 712]
    [sold_live] = hua.get("/api/v1/me/rank").json()["criteria"]
    assert (sold_live["metric"], sold_live["reached"]) == ("live_sales", 8_900)
    assert broken(studio) == []


def test_what_is_bought_after_the_room_or_long_after_the_visit_is_not_sold_there(studio: Front) -> None:
    hua, bao, eve = (studio.member(name=name) for name in ("Hua", "Bao", "Eve"))
    room = open_room(studio, hua)
    for each in (bao, eve):
        each.get(f"/r/{room}")
    studio.clock.pass_by(timedelta(hours=24, seconds=1))
    assert stored(studio, buy(eve, "A")) == ("shop", None, set())
    bao.get(f"/r/{room}")
    assert stored(studio, buy(bao, "A"))[:2] == ("live", "room")
    assert hua.post(f"/api/v1/me/rooms/{room}/close").json()["state"] == "over"
    studio.clock.pass_by(timedelta(seconds=1))
    assert stored(studio, buy(bao, "A")) == ("shop", None, set())


def test_goods_that_are_not_on_show_are_not_sold_in_the_room(studio: Front) -> None:
    studio.stock("B")
    hua, bao = studio.member(name="Hua"), studio.member(name="Bao")
    bao.get(f"/r/{open_room(studio, hua)}")
    assert stored(studio, buy(bao, "B"))[0] == "shop"


def test_the_last_room_seen_is_the_one_bought_in(studio: Front) -> None:
    hua, mei, bao = (studio.member(name=name) for name in ("Hua", "Mei", "Bao"))
    rooms = [open_room(studio, hua), open_room(studio, mei)]
    for room in [*rooms, rooms[0]]:
        studio.clock.pass_by(timedelta(minutes=1))
        bao.get(f"/r/{room}")
    assert set(earned(hua, buy(bao, "A"))) == {"seller", "host"}


def test_hosts_earn_nothing_on_what_they_buy_in_their_own_room(studio: Front) -> None:
    hua = studio.member(name="Hua")
    hua.get(f"/r/{open_room(studio, hua)}")
    number = buy(hua, "A")
    assert stored(studio, number) == ("shop", None, set()) and earned(hua, number) == {}


def test_a_checkout_sent_again_after_the_room_closed_is_the_same_order(studio: Front) -> None:
    hua, bao, once = studio.member(name="Hua"), studio.member(name="Bao"), key()
    room = open_room(studio, hua)
    bao.get(f"/r/{room}")
    first = bao.post("/api/v1/orders", json=purchase("A", total=9_900), headers=once)
    hua.post(f"/api/v1/me/rooms/{room}/close")
    again = bao.post("/api/v1/orders", json=purchase("A", total=9_900), headers=once)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["number"] == again.json()["number"]


# --- who brought whom ---


def brought(studio: Front, *paths: str, viewer: TestClient) -> set[str]:
    """The claims of an order of somebody who opened these pages one after the other."""
    for path in paths:
        assert viewer.get(path).status_code in (200, 303)
    return stored(studio, buy(viewer, "A"))[2]


def test_the_first_who_brings_a_viewer_into_a_room_is_paid(studio: Front) -> None:
    hua, tao, zoe, bao = (studio.member(name=name) for name in ("Hua", "Tao", "Zoe", "Bao"))
    room = open_room(studio, hua)
    by = [f"/r/{room}?by={share(each, f'/r/{room}').removeprefix('/s/')}" for each in (tao, zoe)]
    for path in (f"/r/{room}", *by):  # coming alone first brings nobody
        bao.get(path)
    number = buy(bao, "A")
    assert (earned(tao, number), earned(zoe, number)) == ({"traffic_referrer": 445}, {})


def test_nobody_is_paid_for_bringing_themselves_nor_a_host_for_viewers(studio: Front) -> None:
    hua, bao, eve = (studio.member(name=name) for name in ("Hua", "Bao", "Eve"))
    room = open_room(studio, hua)
    follow(studio, share(bao, f"/r/{room}"), bao)
    follow(studio, share(hua, f"/r/{room}"), eve)
    for each in (bao, eve):
        assert "traffic" not in stored(studio, buy(each, "A"))[2]


def test_a_link_into_a_room_sells_nothing_but_binds_like_any_other(studio: Front) -> None:
    hua, tao = studio.member(name="Hua"), studio.member(name="Tao")
    room = open_room(studio, hua)
    bao = studio.member(follow(studio, share(tao, f"/r/{room}")), name="Bao")
    number = buy(bao, "A")
    assert stored(studio, number) == ("live", "lock", {"lock", "room", "traffic"})
    assert set(earned(tao, number)) == {"seller", "traffic_referrer"}


def test_a_token_of_another_page_or_a_changed_one_is_refused_and_leaves_no_trace(studio: Front) -> None:
    hua, tao, bao = (studio.member(name=name) for name in ("Hua", "Tao", "Bao"))
    room, other = open_room(studio, hua), open_room(studio, hua)
    token = share(tao, f"/r/{other}").removeprefix("/s/")
    for by, status in ((token, 422), (token[:-3] + "AAA", 404)):
        assert bao.get(f"/r/{room}?by={by}").status_code == status
        assert bao.post(f"/api/v1/rooms/{room}/visits", json={"by": by}).status_code == status
    assert stored(studio, buy(bao, "A"))[0] == "shop"


def test_crawlers_leave_no_trace_and_get_no_cookie(studio: Front) -> None:
    room, crawler = open_room(studio, studio.member(name="Hua")), studio.browser()
    answer = crawler.get(f"/r/{room}", headers=BOT)
    assert answer.status_code == 200 and "Lamps by night" in answer.text and not crawler.cookies


def test_what_a_visitor_saw_is_the_accounts_when_they_log_in(studio: Front) -> None:
    hua, tao = studio.member(name="Hua"), studio.member(name="Tao")
    room, visitor = open_room(studio, hua), studio.browser()
    follow(studio, share(tao, f"/r/{room}"), visitor)
    body = {"login": "bao@example.com", "password": "three quiet lamps", "name": "Bao"}
    bao = studio.browser()
    assert bao.post("/api/v1/members", json=body).status_code == 201
    assert visitor.post("/api/v1/session", json={key: body[key] for key in ("login", "password")}).status_code < 300
    number = buy(bao, "A")
    assert earned(tao, number)["traffic_referrer"] == 445


def host_and_their_other_device(front: Front) -> tuple[TestClient, TestClient, TestClient, Callable[[], None]]:
    """Hua, who hosts; Bao, brought into the room from Hua's other device; that device; and how it logs in as Hua."""
    body = {"login": "hua@example.com", "password": "three quiet lamps", "name": "Hua"}
    hua, bao, device = front.browser(), front.member(name="Bao"), front.browser()
    assert hua.post("/api/v1/members", json=body).status_code == 201
    room = open_room(front, hua)
    device.get(f"/r/{room}")
    follow(front, share(device, f"/r/{room}"), bao)

    def log_in() -> None:
        answer = device.post("/api/v1/session", json={key: body[key] for key in ("login", "password")})
        assert answer.status_code < 300

    return hua, bao, device, log_in


def test_a_visitor_who_turns_out_to_be_the_host_was_no_viewer_and_brought_nobody(studio: Front) -> None:
    _, bao, device, log_in = host_and_their_other_device(studio)
    log_in()
    assert "traffic" not in stored(studio, buy(bao, "A"))[2]
    assert stored(studio, buy(device, "A"))[0] == "shop"


def test_what_a_host_earned_as_a_visitor_in_their_own_room_comes_to_nothing(studio: Front) -> None:
    """Hua brings Bao as a stranger: 8.90 and, as the room sells, 7.12 are hers; 4.45 for bringing Bao are nobody's."""
    hua, bao, _, log_in = host_and_their_other_device(studio)
    number = buy(bao, "A")
    pay(studio, studio.staff(), number)
    assert "traffic" in stored(studio, number)[2]
    log_in()
    studio.settle()
    assert pending(hua) == 890 + 712
    assert broken(studio) == []


# --- opening and closing ---


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"old_enough": False}, 422, "age_not_declared"),
        ({"title": "  "}, 422, "bad_room_title"),
        ({"ends_at": "2026-03-02T03:00:00Z"}, 422, "bad_room_times"),
        ({"ends_at": "2026-03-09T04:00:00Z"}, 422, "bad_room_times"),
        ({"starts_at": "2027-03-02T04:00:00Z", "ends_at": "2027-03-02T05:00:00Z"}, 422, "bad_room_times"),
        ({"products": ["p-a", "p-a"]}, 422, "goods_not_for_sale"),
        ({"products": ["p-none"]}, 422, "goods_not_for_sale"),
        ({"starts_at": "9999-12-31T23:00:00Z", "ends_at": "9999-12-31T23:59:00Z"}, 422, "bad_room_times"),
        ({"ends_at": "2026-03-02T05:00:00"}, 422, "bad_request"),
    ],
)
def test_a_room_that_cannot_be_is_refused(studio: Front, other: dict[str, Any], status: int, code: str) -> None:
    host = studio.member()
    answer = host.post("/api/v1/me/rooms", json=wanted(studio, **other), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert host.get("/api/v1/me/rooms").json() == {"rooms": []}


def test_the_same_key_opens_one_room_and_there_are_not_many_at_a_time(studio: Front) -> None:
    host, once = studio.member(), key()
    codes = {host.post("/api/v1/me/rooms", json=wanted(studio), headers=once).json()["code"] for _ in range(2)}
    assert len(codes) == 1
    for _ in range(4):
        open_room(studio, host)
    answer = host.post("/api/v1/me/rooms", json=wanted(studio), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_rooms")
    host.post(f"/api/v1/me/rooms/{codes.pop()}/close")
    open_room(studio, host)


def test_a_host_closes_only_their_own_room(studio: Front) -> None:
    hua, mei = studio.member(name="Hua"), studio.member(name="Mei")
    room = open_room(studio, hua)
    assert mei.post(f"/api/v1/me/rooms/{room}/close").status_code == 404
    assert hua.get("/api/v1/me/rooms").json()["rooms"][0]["state"] == "open"


def test_where_the_plan_has_no_rooms_nobody_opens_one(front: Front) -> None:
    front.stock("A")
    answer = front.member().post("/api/v1/me/rooms", json=wanted(front), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (403, "no_rooms")


def test_only_who_has_the_role_hosts(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    text = plan.preset("live").replace("can_host = true", 'can_host = true\nfrom_rank = "star"')
    (brand_dir / "plan.toml").write_text(text, encoding="utf-8")
    front = open_front(brand_dir, settings, clock)
    front.stock("A")
    answer = front.member().post("/api/v1/me/rooms", json=wanted(front), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (403, "may_not_host")
    close_front(front)


# --- pages ---


def test_a_host_opens_a_room_on_the_page_and_a_visitor_buys_from_its_shelf(studio: Front) -> None:
    host, visitor, staff = walker(studio), walker(studio), staff_walker(studio)
    host.sign_up("hua@example.com", "Hua")
    page = host.open("/me/rooms")
    assert "Earn CN¥8.90" in page.text, "what the host is sure of: 10 % of 89.00"
    page = host.send("/me/rooms", title="Lamps by night", product=["p-a"], old_enough="true")
    assert page.status == 200 and "The room is made." in page.text
    [path] = {link for link in page.links if link.startswith("/r/")}
    page = visitor.open(path)
    assert page.headings[0] == "Lamps by night" and "Hosted by Hua" in page.text
    visitor.send("/cart", having={"sku": "A"})
    assert visitor.page is not None and "In your bag." in visitor.page.text
    code = path.removeprefix("/r/")
    shown = staff.open("/admin/rooms")
    assert "Lamps by night" in shown.text and "Hua" in shown.text
    assert "The room is closed." in staff.send(f"/admin/rooms/{code}/close").text
    assert "over" in visitor.open(path).text
    assert not [form for form in host.open("/me/rooms").forms if form.action.endswith("/close")]


def test_a_form_that_is_refused_keeps_what_was_typed(studio: Front) -> None:
    host = walker(studio)
    host.sign_up("hua@example.com", "Hua")
    host.open("/me/rooms")
    page = host.send("/me/rooms", title="Lamps by night", product=["p-a"], old_enough="true", ends="soon")
    assert page.status == 422 and 'value="Lamps by night"' in page.html and "A room ends in the future" in page.text
    page = host.send("/me/rooms", title="Lamps", product=[], old_enough="true", ends="0001-01-01T00:00")
    assert page.status == 422 and "A room ends in the future" in page.text
    page = host.send("/me/rooms", title="Lamps", product=[], old_enough="true", ends="2026-03-03T04:00")
    assert page.status == 422 and "Choose 1 to" in page.text


def test_a_viewer_who_promotes_sees_what_bringing_a_friend_earns_and_gets_a_link(studio: Front) -> None:
    room, tao = open_room(studio, studio.member(name="Hua")), walker(studio)
    tao.sign_up("tao@example.com", "Tao")
    assert "Earn CN¥4.45" in tao.open(f"/r/{room}").text, "5 % of 89.00"
    page = tao.send("/share", having={"room": room})
    assert page.status == 200 and "Lamps by night" in page.text and "/s/" in page.html


def test_an_unknown_room_is_not_found(studio: Front) -> None:
    for path in ("/r/NONE", "/api/v1/rooms/NONE"):
        assert studio.browser().get(path).status_code == 404
    assert studio.browser().post("/api/v1/rooms/NONE/visits", json={}).status_code == 404


def test_the_api_shows_a_room_and_leaves_no_trace(studio: Front) -> None:
    room, looking = open_room(studio, studio.member(name="Hua")), studio.browser()
    shown = looking.get(f"/api/v1/rooms/{room}").json()
    assert (shown["host_name"], shown["state"], shown["products"][0]["slug"]) == ("Hua", "open", "p-a")
    assert not looking.cookies
    assert looking.post(f"/api/v1/rooms/{room}/visits", json={}).json() == {"ok": True}


# --- planted bugs: each is seen by one of the tests above ---


def precedence_is_swapped(planted: pytest.MonkeyPatch) -> None:
    """The last claim of the plan wins."""
    choose = plan.choose_seller

    def swapped(rules: plan.Plan, claims: Any) -> Any:
        turned = rules.claims.model_copy(update={"seller": rules.claims.seller[::-1]})
        return choose(rules.model_copy(update={"claims": turned}), claims)

    planted.setattr(plan, "choose_seller", swapped)


def a_host_is_paid_for_bringing_viewers(planted: pytest.MonkeyPatch) -> None:
    """Only the viewer is asked."""
    planted.setattr(livestream.rules, "may_refer", lambda who, *, viewer_id, host_id: who != viewer_id)


def a_room_never_ends(planted: pytest.MonkeyPatch) -> None:
    """Once open, always open."""
    planted.setattr(livestream.models, "state_of", lambda **times: livestream.RoomState.OPEN)


def a_visit_counts_for_ever(planted: pytest.MonkeyPatch) -> None:
    """Nobody asks when."""
    planted.setattr(livestream.rules, "VISIT_COUNTS_FOR", timedelta(days=365))


def everything_is_on_show(planted: pytest.MonkeyPatch) -> None:
    """What is bought need not be shown in the room."""
    planted.setattr(livestream.visits, "codes_of", lambda session, room_id: ["p-a", "p-b"])


@pytest.mark.parametrize(
    ("bug", "killer"),
    [
        (precedence_is_swapped, test_a_sale_in_a_room_is_shared_refunded_and_settled),
        (
            a_host_is_paid_for_bringing_viewers,
            test_nobody_is_paid_for_bringing_themselves_nor_a_host_for_viewers,
        ),
        (a_room_never_ends, test_what_is_bought_after_the_room_or_long_after_the_visit_is_not_sold_there),
        (a_visit_counts_for_ever, test_what_is_bought_after_the_room_or_long_after_the_visit_is_not_sold_there),
        (everything_is_on_show, test_goods_that_are_not_on_show_are_not_sold_in_the_room),
    ],
    ids=lambda each: each.__name__,
)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None],
    killer: Callable[[Front], None],
    studio: Front,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        killer(studio)


def on_show(client: TestClient, code: str) -> list[str]:
    return [each["slug"] for each in client.get(f"/api/v1/rooms/{code}").json()["products"]]


def test_a_host_puts_goods_on_show_with_one_tap_and_takes_them_out(studio: Front) -> None:
    studio.stock("B")
    host = studio.member()
    code = open_room(studio, host)
    tapping = Walker(host)
    del host.headers["Origin"]
    host.headers["Accept"] = "text/html"
    action = f"/me/rooms/{code}/goods"
    tapping.open("/products/p-b")
    assert "It is on show in your room." in tapping.send(action).text
    assert on_show(host, code) == ["p-a", "p-b"]
    tapping.open(f"/r/{code}")
    assert "no longer on show" in tapping.send(action, having={"product": "p-a"}).text
    assert on_show(host, code) == ["p-b"]
    assert action not in studio.browser().get("/products/p-b").text


def test_goods_are_chosen_by_the_host_alone_while_the_room_is_not_over(studio: Front) -> None:
    host, other = studio.member(), studio.member(name="Zoe")
    code = open_room(studio, host)
    path = f"/api/v1/me/rooms/{code}/goods/p-a"
    assert [host.put(path).status_code, host.delete(path).status_code, host.delete(path).status_code] == [200] * 3
    assert [other.put(path).status_code, other.delete(path).status_code] == [404, 404]
    assert host.put(f"/api/v1/me/rooms/{code}/goods/nothing").status_code == 422
    studio.clock.pass_by(timedelta(days=4))
    assert host.put(path).json()["code"] == "room_over"


def test_a_room_shows_so_many_goods_and_no_more(studio: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.stock("B")
    host = studio.member()
    code = open_room(studio, host)
    monkeypatch.setattr(livestream.rules, "GOODS_MAX", 1)
    assert host.put(f"/api/v1/me/rooms/{code}/goods/p-b").json()["code"] == "too_many_goods"
