"""Being somebody else: planted, stolen and outlived log-ins."""

from datetime import timedelta

from shared_core import members
from shared_core.kernel.codes import hash_token
from tests.storefront.conftest import CHEAP, PASSWORD, Front

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
    code = here.get("/api/v1/session").json()["member_code"]
    with front.shop.database.transaction() as session:
        member_id = members.member_by_code(session, code)
        assert member_id is not None
        kept, new = hash_token(here.cookies["session"]), CHEAP.hash("another quiet lamp")
        members.change_password(session, member_id, password_hash=new, keep_token_hash=kept, at=front.clock())
    assert signed_in(front, here.cookies["session"])
    assert not signed_in(front, there.cookies["session"])
    assert front.browser().post("/api/v1/session", json=login()).status_code == 401


def test_who_is_no_longer_staff_is_out_at_once(front: Front) -> None:
    staff = front.staff()
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
