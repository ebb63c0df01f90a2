"""Being somebody else: planted, stolen and outlived log-ins."""

from datetime import timedelta

from shared_core import members
from tests.storefront.conftest import PASSWORD, Front

BODY = {"login": "ada@example.com", "password": PASSWORD, "name": "Ada"}


def test_signing_up_anew_ends_the_session_before(front: Front) -> None:
    client = front.member()
    first = client.cookies["session"]
    assert client.post("/api/v1/members", json=BODY).status_code == 201
    assert client.cookies["session"] != first
    assert not signed_in(front, first)
    assert signed_in(front, client.cookies["session"])


def test_a_token_that_was_planted_never_becomes_a_log_in(front: Front) -> None:
    for path in ("/api/v1/members", "/api/v1/session"):
        client = front.browser()
        for name in ("session", "visitor"):
            client.cookies.set(name, "planted", domain="shop.example")
        assert client.post(path, json=BODY if path.endswith("members") else login()).status_code == 201
        assert not signed_in(front, "planted")
        thief = front.browser()
        thief.cookies.set("visitor", "planted")
        assert thief.get("/api/v1/session").json()["member_code"] is None


def test_the_cookie_of_a_visitor_is_worthless_once_they_signed_up(front: Front) -> None:
    front.stock("A")
    client = front.browser()
    client.put("/api/v1/cart/lines/A", json={"quantity": 1})
    stolen = client.cookies["visitor"]
    client.post("/api/v1/members", json=BODY)
    thief = front.browser()
    thief.cookies.set("visitor", stolen)
    assert thief.get("/api/v1/cart").json()["lines"] == []
    assert thief.get("/api/v1/session").json()["member_code"] is None
    assert client.get("/api/v1/cart").json()["lines"] != []


def test_a_new_password_ends_every_session_but_the_one_that_asked(front: Front) -> None:
    here, there = front.member(), front.browser()
    here.post("/api/v1/members", json=BODY)
    there.post("/api/v1/session", json=login())
    new = {"old": PASSWORD, "new": "another quiet lamp"}
    assert front.browser().put("/api/v1/password", json=new).status_code == 401
    wrong = here.put("/api/v1/password", json=new | {"old": "a guess at it"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_password")
    assert here.put("/api/v1/password", json=new | {"new": "short"}).json()["code"] == "password_too_short"
    assert signed_in(front, there.cookies["session"])
    assert here.put("/api/v1/password", json=new).status_code == 200
    assert signed_in(front, here.cookies["session"])
    assert not signed_in(front, there.cookies["session"])
    assert front.browser().post("/api/v1/session", json=login()).status_code == 401


def test_the_old_password_cannot_be_guessed_on_a_device_left_open(front: Front) -> None:
    client = front.member()
    guess = {"old": "a guess at it", "new": "another quiet lamp"}
    tried = [client.put("/api/v1/password", json=guess).status_code for _ in range(11)]
    assert tried == [422] * 10 + [429]
    assert client.post("/me/log-ins/password", data=guess).status_code == 429
    assert front.member().put("/api/v1/password", json=guess).status_code == 422


def test_one_can_log_out_everywhere_else(front: Front) -> None:
    here, others, stranger = front.browser(), [front.browser() for _ in range(2)], front.member()
    here.post("/api/v1/members", json=BODY)
    for each in others:
        each.post("/api/v1/session", json=login())
    assert here.delete("/api/v1/devices").json() == {"devices": 2}
    assert signed_in(front, here.cookies["session"]) and signed_in(front, stranger.cookies["session"])
    assert not any(signed_in(front, each.cookies["session"]) for each in others)


def test_who_is_no_longer_staff_is_out_at_once(front: Front) -> None:
    staff = front.staff("staff")
    code = staff.get("/api/v1/session").json()["member_code"]
    with front.shop.database.transaction() as session:
        member_id = members.member_by_code(session, code)
        assert member_id is not None
        members.set_staff_role(session, member_id, role=None)
    assert staff.get("/admin").status_code == 403
    assert staff.get("/api/v1/admin/orders").status_code == 403


def test_a_session_ends_by_itself(front: Front) -> None:
    client = front.member()
    front.clock.pass_by(timedelta(days=30, seconds=1))
    assert not signed_in(front, client.cookies["session"])


def test_a_password_is_the_same_however_its_characters_are_written(front: Front) -> None:
    wide = "ｔｈｒｅｅ　ｑｕｉｅｔ　ｌａｍｐｓ"
    assert front.browser().post("/api/v1/members", json=BODY | {"password": wide}).status_code == 201
    for password in (wide, PASSWORD):
        assert front.browser().post("/api/v1/session", json=login() | {"password": password}).status_code == 201


def login() -> dict[str, str]:
    return {"login": BODY["login"], "password": BODY["password"]}


def signed_in(front: Front, token: str) -> bool:
    client = front.browser()
    client.cookies.set("session", token)
    return bool(client.get("/api/v1/session").json()["signed_in"])
