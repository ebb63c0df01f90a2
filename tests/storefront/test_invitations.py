"""Joining and inviting over HTTP and on the pages, in a shop whose promoters invite with codes of a quota."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from shared_core import invites, members, plan
from shared_core.kernel.database import Base
from shared_core.kernel.settings import Settings
from shared_core.web import limits
from tests.storefront.conftest import PASSWORD, Clock, Front, buy, close_front, key, open_front, pay
from tests.storefront.walker import Walker, staff_walker, walker

PLAN = """
name = "club"
[join]
how = "invite_code"
[binding]
by = "click"
[invites]
mode = "code"
base = 1
own_sales_per_code = "89"
codes_max = 2
expire_days = 10
[[shares]]
id = "seller"
payee = "seller"
rate = "10%"
"""
AT_ONCE = 50


@pytest.fixture
def brand_dir(brand_dir: Path) -> Path:
    (brand_dir / "plan.toml").write_text(PLAN, encoding="utf-8")
    return brand_dir


def promoter(front: Front, name: str = "Anna") -> TestClient:
    """A member whom the shop lets in."""
    client = front.member(name=name)
    with front.shop.database.transaction() as session:
        invites.let_in(session, _id_of(front, client), at=front.clock())
    return client


def _id_of(front: Front, client: TestClient) -> int:
    with front.shop.database.reading() as session:
        found = members.member_by_code(session, client.get("/api/v1/session").json()["member_code"])
    assert found is not None
    return found


def code_of(client: TestClient) -> str:
    answer = client.post("/api/v1/me/invites", headers=key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def sign_up(client: TestClient, login: str, code: str) -> int:
    body = {"login": login, "password": PASSWORD, "name": "Ben", "invite_code": code}
    return client.post("/api/v1/members", json=body).status_code


def quota(client: TestClient) -> dict[str, int]:
    found = client.get("/api/v1/me/invites").json()["quota"]
    return {name: found[name] for name in ("free", "open", "used", "debt")}


def test_a_code_is_given_out_used_at_sign_up_and_explained(front: Front) -> None:
    anna, ben = promoter(front), front.browser()
    again = key()
    first, second = (anna.post("/api/v1/me/invites", headers=again).json() for _ in range(2))
    assert first == second and first["link"] == f"http://shop.example/join/{first['code']}"
    refused = anna.post("/api/v1/me/invites", headers=key())
    assert (refused.status_code, refused.json()["code"]) == (409, "quota_used_up")
    assert ben.get(f"/join/{first['code']}").headers["location"] == f"/signup?code={first['code']}"
    assert sign_up(ben, "ben@example.com", first["code"]) == 201
    assert ben.get("/api/v1/session").json()["promoter"]
    assert quota(anna) == {"free": 0, "open": 0, "used": 1, "debt": 0}
    [listed] = anna.get("/api/v1/me/invites").json()["codes"]
    assert (listed["state"], listed["used_by"][0], listed["link"]) == ("used", "B", None)
    told = anna.get("/api/v1/me/invites/entries").json()["entries"]
    assert [(each["kind"], each["change"], each["free_after"]) for each in told] == [
        ("used", 0, 0),
        ("issued", -1, 0),
        ("base", 1, 1),
    ]
    assert anna.get(f"/api/v1/me/invites/entries?limit=1&before={'9' * 9}").json()["entries"] == told[:1]


def test_a_bad_code_signs_nobody_up(front: Front) -> None:
    anna, ben = promoter(front), front.browser()
    code = code_of(anna)
    assert sign_up(ben, "ben@example.com", "0000-0000-0000") == 422
    assert not ben.get("/api/v1/session").json()["signed_in"]
    assert sign_up(ben, "ben@example.com", code) == 201
    assert sign_up(front.browser(), "carl@example.com", code) == 409
    assert sign_up(front.browser(), "carl@example.com", "") == 201


def test_a_code_can_be_used_after_signing_up(front: Front) -> None:
    anna, ben, carl = promoter(front), front.member(), front.browser()
    assert not ben.get("/api/v1/session").json()["promoter"]
    body = {"code": code_of(anna)}
    assert carl.post("/api/v1/me/invites/accepted", json=body).status_code == 401
    assert ben.post("/api/v1/me/invites/accepted", json=body).json() == {"joined": True}
    assert ben.post("/api/v1/me/invites/accepted", json=body).json() == {"joined": False}
    assert anna.post("/api/v1/me/invites/accepted", json=body).json()["code"] == "own_invite"


def test_a_code_can_be_taken_back_and_expires_by_itself(front: Front) -> None:
    anna, ben = promoter(front), promoter(front, "Ben")
    issued = anna.post("/api/v1/me/invites", headers=key()).json()
    path = f"/api/v1/me/invites/{issued['number']}"
    assert ben.delete(path).status_code == 404
    assert anna.delete(path).status_code == anna.delete(path).status_code == 200
    assert quota(anna) == {"free": 1, "open": 0, "used": 0, "debt": 0}
    code_of(anna)
    front.pass_days(11)
    assert quota(anna) == {"free": 1, "open": 0, "used": 0, "debt": 0}
    assert [each["state"] for each in anna.get("/api/v1/me/invites").json()["codes"]] == ["expired", "revoked"]


def test_sales_earn_a_code_when_they_can_no_longer_be_returned_and_a_refund_takes_it_back(front: Front) -> None:
    front.stock("A")
    anna, staff, buyer = promoter(front), front.staff(), front.browser()
    buyer.get(anna.post("/api/v1/share-links", json={"about": "/"}).json()["path"])
    front.member(buyer, name="Zoe")
    number = buy(buyer, "A")
    pay(front, staff, number)
    staff.post(
        f"/api/v1/admin/orders/{number}/shipment", json={"carrier": "Local", "tracking_number": "S1"}, headers=key()
    )
    front.settle()
    staff.post(f"/api/v1/admin/orders/{number}/delivery", json={}, headers=key())
    front.settle()
    assert quota(anna)["free"] == 1
    assert anna.get("/api/v1/me/invites").json()["quota"]["to_next"]["amount"] == "89.00"
    front.pass_days(10)
    assert quota(anna)["free"] == 2
    assert anna.get("/api/v1/me/invites").json()["quota"]["full"]
    code_of(anna)
    code_of(anna)
    body = {"reason": "broken", "goods_back": False}
    refunded = staff.post(f"/api/v1/admin/orders/{number}/refunds", json=body, headers=key())
    assert refunded.status_code in (200, 201), refunded.text
    assert quota(anna) == {"free": 0, "open": 2, "used": 0, "debt": 1}


def test_of_fifty_browsers_that_use_the_last_code_one_gets_in(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front.shop.limiter, "_enabled", False)
    anna = promoter(front)
    code, crowd = code_of(anna), [front.member() for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda each: each.post("/api/v1/me/invites/accepted", json={"code": code}), crowd))
    assert sorted(each.status_code for each in answers) == [200, *[409] * (AT_ONCE - 1)]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"invite_code_used"}
    assert sum(each.get("/api/v1/session").json()["promoter"] for each in crowd) == 1
    assert quota(anna) == {"free": 0, "open": 0, "used": 1, "debt": 0}


def test_guessing_codes_is_stopped(front: Front) -> None:
    ben = front.member()
    tries = limits.INVITE_CODE_BY_VIEWER.item.amount
    statuses = [
        ben.post("/api/v1/me/invites/accepted", json={"code": f"0000-0000-{number:04}"}).status_code
        for number in range(tries + 1)
    ]
    assert statuses == [422] * tries + [429]
    by_address = limits.INVITE_CODE_BY_ADDRESS.item.amount - tries
    answers = [sign_up(front.browser(), f"x{number}@example.com", "0000-0000-0000") for number in range(by_address)]
    assert answers[-1] == 429 and sign_up(front.browser(), "y@example.com", "") == 201


def test_no_code_is_kept_in_the_database(front: Front) -> None:
    anna = promoter(front)
    code = code_of(anna)
    with front.shop.database.reading() as session:
        names = [table.name for table in Base.metadata.sorted_tables]
        text_ = repr([session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names])
    assert "invite_code" in names and code not in text_ and code.replace("-", "") not in text_


# --- pages ----------------------------------------------------------------------------------------------------------


def by_hand(front: Front, login: str, name: str) -> Walker:
    person = walker(front)
    person.sign_up(login, name)
    return person


def let_in(front: Front, person: Walker) -> str:
    """Let somebody in at the back office; their public code."""
    owner, code = staff_walker(front), person.client.get("/api/v1/session").json()["member_code"]
    page = owner.open(f"/admin/members/{code}")
    assert "Buys here, and cannot recommend and earn yet." in page.text
    page = owner.send(f"/admin/members/{code}/let-in")
    assert "They can recommend and earn from now on." in page.text and "To begin with" in page.text
    assert not [form for form in page.forms if form.action.endswith("/let-in")]
    return str(code)


def test_a_member_invites_by_hand_and_the_invited_one_signs_up(front: Front) -> None:
    anna = by_hand(front, "anna@example.com", "Anna")
    assert "/me/invites" in anna.page.links if anna.page else False
    page = anna.open("/me/invites")
    assert page.headings[0] == "Invitations" and "Type its code here." in page.text
    public = let_in(front, anna)
    page = anna.open("/me/invites")
    assert "Codes you can give out 1" in page.text and "Every CN¥89.00 you sell to others" in page.text
    page = anna.send("/me/invites")
    assert "Your code is ready to send." in page.text and "not used yet" in page.text
    link = re.search(r'value="(http://shop\.example/join/[0-9A-Z-]+)"', page.html)
    assert link and "<svg" in page.html
    ben = walker(front)
    page = ben.open(link[1])
    code = link[1].rpartition("/")[2]
    assert f'value="{code}"' in page.html
    page = ben.send("/signup", name="Ben", login="ben@example.com", password=PASSWORD, code="0000-0000-0000")
    assert page.status == 422 and "This invite code is not known here." in page.text
    page = ben.send("/signup", name="Ben", login="ben@example.com", password=PASSWORD, code=code)
    assert page.headings[0] == "Hello, Ben"
    page = anna.open("/me/invites")
    assert "Codes you can give out 0" in page.text and "B" in page.text and "used" in page.text
    page = anna.open("/me/invites/why")
    assert f"Used for good: {code}" in page.text and "To begin with" in page.text
    page = staff_walker(front).open(f"/admin/members/{public}")
    assert "Has invited 1 Ben" in page.text and "Used for good" in page.text and code not in page.text


def test_a_customer_uses_a_code_on_their_page(front: Front) -> None:
    anna, ben = promoter(front), by_hand(front, "ben@example.com", "Ben")
    code = code_of(anna)
    assert ben.open(f"/join/{code}").form("/me/invites/accepted", code=code)
    page = ben.send("/me/invites/accepted", code="nonsense")
    assert page.status == 409 and "This invite code is not known here." in page.text
    page = ben.send("/me/invites/accepted", code=code)
    assert "You are in: what you recommend counts from now on." in page.text
    assert not [form for form in ben.open("/me/invites").forms if form.action.endswith("accepted")]


def test_a_code_is_taken_back_on_the_page(front: Front) -> None:
    anna = by_hand(front, "anna@example.com", "Anna")
    let_in(front, anna)
    anna.open("/me/invites")
    page = anna.send("/me/invites")
    action = next(form.action for form in page.forms if form.action.endswith("/revoke"))
    page = anna.send(action)
    assert "The code is yours again." in page.text and "taken back" in page.text
    page = walker(front, language="zh-CN").open("/signup")
    assert "邀请码" in page.text


def test_where_every_members_code_invites_the_form_asks_only_who_brings_one(
    brand_dir: Path, settings: Settings, clock: Clock
) -> None:
    (brand_dir / "plan.toml").write_text(plan.preset("participants"), encoding="utf-8")
    front = open_front(brand_dir, settings, clock)
    anna = by_hand(front, "anna@example.com", "Anna")
    page = anna.open("/me/invites")
    link = re.search(r'value="(http://shop\.example/join/[0-9A-Z]+)"', page.html)
    assert link and "Whoever signs up with it was invited by you." in page.text
    ben = walker(front)
    assert "Invite code" not in ben.open("/signup").text
    ben.open(link[1])
    ben.send("/signup", name="Ben", login="ben@example.com", password=PASSWORD)
    with front.shop.database.reading() as session:
        invited = members.inviters(session, _id_of(front, ben.client), depth_max=1)
    assert invited == [_id_of(front, anna.client)]
    close_front(front)


def test_a_first_completed_order_makes_a_promoter(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    (brand_dir / "plan.toml").write_text('name = "buyers"\n[join]\nhow = "first_order"\n', encoding="utf-8")
    front = open_front(brand_dir, settings, clock)
    front.stock("A")
    client, staff = front.member(), front.staff()
    assert "Your first order makes you one" in client.get("/me/invites").text
    number = buy(client, "A")
    pay(front, staff, number)
    staff.post(
        f"/api/v1/admin/orders/{number}/shipment", json={"carrier": "Local", "tracking_number": "S1"}, headers=key()
    )
    front.settle()
    staff.post(f"/api/v1/admin/orders/{number}/delivery", json={}, headers=key())
    front.settle()
    assert not client.get("/api/v1/session").json()["promoter"]
    front.pass_days(10)
    assert client.get("/api/v1/session").json()["promoter"]
    close_front(front)
