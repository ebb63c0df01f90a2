"""Who may log in to a hub, how, and what they may do there."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from shared_core import hub, supply
from shared_core.hub import Role
from shared_core.hub.accounts import SESSION_LIFE
from shared_core.hub.errors import LastHubOwner
from shared_core.hub.rights import RIGHTS, Right
from shared_core.hub.viewer import Holder
from shared_core.kernel.money import Money
from shared_core.web import cookies, limits, security
from shared_core.web.problems import API_PREFIXES
from tests.hub.consoles import ONE_TIME, PASSWORD, Console, log_in
from tests.security.routes import filled
from tests.storefront.walker import Walker

DOCUMENT = Path(__file__).parents[2] / "docs" / "hub.md"
OPEN = {"/", "/login", "/logout", "/healthz", "/readyz", "/static/{path:path}", "/api/v1/openapi.json"}
"""For everybody; the API asks for a key."""
IN_PATHS = {"number": "x-1", "name": "ann", "store": "north", "supplier": "acme", "month": "2026-03", "party": "tenant"}
PREFIXES = ("/console", "/portal")
OF_EVERY_PERSON = {"/account", "/account/password", "/account/devices/{device_id}/end"}


def holders(dependant: Dependant) -> Iterator[Holder]:
    if isinstance(dependant.call, Holder):
        yield dependant.call
    for each in dependant.dependencies:
        yield from holders(each)


def pages(console: Console) -> list[tuple[str, str, set[Right]]]:
    """(method, path, the rights it asks for) of everything that is no API."""
    found = []
    for route in iter_route_contexts(console.app.routes):
        path = getattr(route, "path", "") or ""
        if not path.startswith(API_PREFIXES):
            dependant = getattr(route, "dependant", None)
            asked = {each.right for each in holders(dependant)} if dependant else set()
            found += [(method, path, asked) for method in sorted(getattr(route, "methods", None) or ())]
    return found


def test_every_page_names_one_right_or_is_known_to_need_none(console: Console) -> None:
    found = pages(console)
    inside = [each for each in found if each[1].startswith(PREFIXES)]
    assert len(inside) > 25 and [each for each in inside if len(each[2]) != 1] == []
    assert {path for _, path, _ in found if not path.startswith(PREFIXES)} <= OPEN | OF_EVERY_PERSON


@pytest.mark.parametrize("role", list(Role))
def test_who_lacks_a_right_is_refused_and_who_has_it_is_not(console: Console, role: Role) -> None:
    with console.database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(0, "CNY"), at=console.clock())
    person = console.person(role, supplier="acme" if role is Role.SUPPLIER else None)
    for method, path, asked in pages(console):
        if path.startswith("/console"):
            [right] = asked
            answer = person.client.request(
                method, filled(path, IN_PATHS), headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
            )
            refused = answer.status_code == 403 and "Ask an owner of the hub." in answer.text
            assert refused == (right not in RIGHTS[role]), f"{role} {method} {path}: {answer.status_code}"


def test_the_documented_rights_are_the_rights() -> None:
    table = DOCUMENT.read_text("utf-8").split("<!-- rights:")[1].split("<!-- end of rights -->")[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\| (yes|no) \| (yes|no) \| (yes|no) \|$", table, re.MULTILINE)
    roles = (Role.OPERATOR, Role.ACCOUNTANT, Role.OWNER)
    said = {right: [each == "yes" for each in given] for right, *given in rows}
    assert said == {right.value: [right in RIGHTS[role] for role in roles] for right in Right}
    assert RIGHTS[Role.SUPPLIER] == {Right.PORTAL}


def test_who_is_not_logged_in_is_led_to_the_log_in_and_back(console: Console) -> None:
    console.let_in("ann", "owner")
    stranger = console.browser()
    page = stranger.open("/console/staff")
    assert page.url.endswith("/login?next=%2Fconsole%2Fstaff")
    page = stranger.send("/login", name="Ann", password=ONE_TIME, new=PASSWORD)
    assert page.url.endswith("/console/staff") and page.headings[0] == "Staff"
    assert console.browser().open("/login?next=//evil.example/x").status == 200
    again = console.browser()
    again.open("/login?next=//evil.example/x")
    assert again.send("/login", name="ann", password=PASSWORD).url.endswith("/console")


def test_every_page_of_the_console_asks_who_is_there(console: Console) -> None:
    stranger = TestClient(console.app, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"})
    for method, path, asked in pages(console):
        if asked or path in OF_EVERY_PERSON:
            answer = stranger.request(method, filled(path, IN_PATHS), follow_redirects=False)
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login"), path


def test_a_one_time_password_opens_nothing_until_it_is_replaced(console: Console) -> None:
    console.let_in("ann", "owner")
    walker = console.browser()
    page = log_in(walker, "ann", ONE_TIME)
    assert page.status == 403 and "This password works once" in page.text
    assert cookies.HUB_SESSION not in walker.client.cookies
    page = walker.send("/login", password=ONE_TIME, new=ONE_TIME)
    assert page.status == 422 and "other than the present one" in page.text
    page = walker.send("/login", password=ONE_TIME, new="short")
    assert page.status == 422
    assert walker.send("/login", password=ONE_TIME, new=PASSWORD).url.endswith("/console")
    assert log_in(console.browser(), "ann", ONE_TIME, new=PASSWORD + "!").status == 401
    assert log_in(console.browser(), "ann", PASSWORD).url.endswith("/console")


def test_a_one_time_password_dies_unused_after_three_days(console: Console) -> None:
    console.let_in("ann", "owner")
    console.clock.pass_by(timedelta(days=3))
    assert log_in(console.browser(), "ann", ONE_TIME, new=PASSWORD).status == 401


def test_an_unknown_name_is_refused_like_a_wrong_password(console: Console) -> None:
    console.let_in("ann", "owner")
    known, unknown = (log_in(console.browser(), name, "wrong") for name in ("ann", "bob"))
    assert (known.status, known.text.replace("ann", "")) == (unknown.status, unknown.text.replace("bob", ""))
    assert log_in(console.browser(), "no such name", "wrong").status == 401


def test_guessing_a_password_is_stopped(console: Console) -> None:
    console.let_in("ann", "owner")
    most = limits.LOGIN_BY_ACCOUNT_AND_PLACE.item.amount
    taken = [log_in(console.browser(), "ann", "wrong").status for _ in range(most + 1)]
    assert taken == [401] * most + [429]


def test_a_session_ends_by_itself_and_by_logging_out(console: Console) -> None:
    owner = console.person()
    token = owner.client.cookies[cookies.HUB_SESSION]
    owner.open("/console")
    assert owner.send("/logout").url.endswith("/login")
    stolen = TestClient(console.app, cookies={cookies.HUB_SESSION: token}, headers={"Accept": "text/html"})
    assert stolen.get("/console", follow_redirects=False).status_code == 303
    late = console.browser()
    assert log_in(late, "owner-one", PASSWORD).status == 200
    console.clock.pass_by(SESSION_LIFE)
    assert late.open("/console").url.startswith("http://testserver/login")


def test_a_new_password_logs_the_other_devices_out(console: Console) -> None:
    here, there = console.person(), console.browser()
    log_in(there, "owner-one", PASSWORD)
    here.open("/account")
    assert here.send("/account/password", old="wrong", new=PASSWORD + "!").status == 422
    page = here.send("/account/password", old=PASSWORD, new=PASSWORD + "!")
    assert "Your other devices are logged out." in page.text
    assert "/login" in there.open("/console").url and here.open("/console").status == 200


def test_a_device_is_logged_out_by_its_owner_only(console: Console) -> None:
    ann, ben = console.person(name="ann"), console.person("operator", "ben")
    log_in(other := console.browser(), "ann", PASSWORD)
    page = ann.open("/account")
    action = next(form.action for form in page.forms if form.action.startswith("/account/devices/"))
    token = page.forms[0].fields[0][1]
    assert ben.client.post(action, data={"csrf_token": token}).status_code == 403
    foreign = ben.client.post(action, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
    assert foreign.status_code == 404 and other.open("/console").status == 200
    assert "Logged out there." in ann.send(action).text
    assert "/login" in other.open("/console").url


def test_a_form_of_another_site_or_of_another_session_is_refused(console: Console) -> None:
    owner, ben = console.person(), console.person("operator", "ben")
    token = owner.open("/console/staff").forms[0].fields[0][1]
    cross = owner.client.post("/console/staff/ben/leave", headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403
    without = owner.client.post("/console/staff/ben/leave")
    assert without.status_code == 403
    others = console.person(name="eve").client.post("/console/staff/ben/leave", data={"csrf_token": token})
    assert others.status_code == 403
    console.clock.pass_by(timedelta(seconds=security.FORM_TOKEN_SECONDS // 4))
    assert ben.open("/console").status == 200


def test_an_owner_lets_somebody_in_and_sees_them_off(console: Console) -> None:
    owner = console.person(name="ann")
    owner.open("/console/staff")
    page = owner.send("/console/staff", name="Ben", role="operator")
    assert "One-time password of ben, shown this once" in page.text
    password = page.html.split('id="secret" readonly value="')[1][:16]
    ben = console.browser()
    assert log_in(ben, "ben", password, new=PASSWORD).url.endswith("/console")
    assert owner.send("/console/staff", name="ben", role="owner").status == 422
    assert owner.send("/console/staff", name="a b", role="owner").status == 422
    owner.open("/console/staff")
    owner.send("/console/staff/ben/role", role="accountant")
    assert ben.open("/console/staff").status == 403
    page = owner.send("/console/staff/ben/leave")
    assert "They cannot log in any more." in page.text and "ben has left · ann" in page.text
    assert "/login" in ben.open("/console").url
    assert log_in(console.browser(), "ben", PASSWORD).status == 401


def test_the_last_owner_stays(console: Console) -> None:
    owner = console.person(name="ann")
    console.let_in("ben", "owner")
    console.clock.pass_by(timedelta(days=3))
    log_in(owner, "ann", PASSWORD)
    owner.open("/console/staff")
    for action, typed in (("role", {"role": "operator"}), ("leave", {})):
        page = owner.send(f"/console/staff/ann/{action}", **typed)
        assert page.status == 409 and "at least one owner who can log in" in page.text
    with console.database.transaction() as session, pytest.raises(LastHubOwner):
        hub.staff.leave(session, "ann", actor="op", at=console.clock())


def test_the_menu_shows_what_one_may_do(console: Console) -> None:
    for role, there in (("owner", True), ("accountant", False)):
        assert ("/console/staff" in console.person(role).open("/console").links) == there


def test_pages_carry_the_content_policy_and_are_not_kept(console: Console) -> None:
    answer = console.person().client.get("/console")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store" and answer.headers["x-frame-options"] == "DENY"


def test_pages_speak_both_languages(console: Console) -> None:
    owner: Walker = console.person()
    assert owner.open("/console/staff?lang=zh-CN").language == "zh-CN"
    assert owner.open("/console/staff").headings[0] == "人员"


def test_a_missing_page_is_said_in_the_hub_s_own_face(console: Console) -> None:
    page = console.browser().open("/nowhere")
    assert page.status == 404 and page.headings[0] == "This page is not here" and "/login" in page.links
