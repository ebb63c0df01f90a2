"""The team fund in the back office: seen with what came in, handed out by form, by two people above the limit."""

from pathlib import Path

import pytest

from shared_core import plan
from tests.plan.plans import rule
from tests.storefront.conftest import BRAND, Front
from tests.storefront.test_disputes import order, sponsor
from tests.storefront.test_statements import settled
from tests.storefront.walker import Walker, staff_walker, walker

__all__ = ["order", "sponsor"]  # fixtures

HAND_OUT = "/admin/fund/handouts"


@pytest.fixture
def brand_dir(brand_dir: Path) -> Path:
    """The team fund gets a tenth of what is paid; the shop asks for two people above 5.00."""
    fund = rule("fund", "team_fund", rate="10%")
    (brand_dir / "plan.toml").write_text(f"{plan.preset('fan-lock')}\n{fund}", encoding="utf-8")
    (brand_dir / "brand.toml").write_text(f'{BRAND}[payouts]\ntwo_people_above = "5.00"\n', encoding="utf-8")
    return brand_dir


def code_of(person: Walker) -> str:
    return str(person.client.get("/api/v1/session").json()["member_code"])


def balance(person: Walker) -> int:
    return int(person.client.get("/api/v1/me/balance").json()["available"]["minor"])


def test_what_came_in_is_shown_with_its_order_and_explained(front: Front, sponsor: Walker, order: str) -> None:
    owner = staff_walker(front)
    page = owner.open("/admin/fund")
    assert "Waiting for the return period to end CN¥8.90" in page.text and f"/admin/orders/{order}" in page.links
    assert not [form for form in page.forms if form.action == HAND_OUT], "nothing can be handed out yet"
    [code] = {link for link in page.links if link.startswith("/admin/earnings/")}
    page = owner.open(code)
    assert "Team fund" in page.text and "liabilities:fund:pending" in page.text
    assert "Team fund" in owner.open(f"/admin/orders/{order}").text
    page = owner.open("/admin/books")
    assert "/admin/fund" in page.links and "In the team fund CN¥8.90" in page.text


def test_it_is_handed_out_to_members_who_read_why(front: Front, sponsor: Walker, order: str) -> None:
    settled(front, order)
    before, other = balance(sponsor), walker(front)
    other.sign_up("hua@example.com", "Hua")
    owner = staff_walker(front)
    owner.open("/admin/fund")
    typed = {"who": [code_of(sponsor), f" {code_of(other).lower()} ", ""], "amount": ["3.00", "2.00", ""]}
    page = owner.send(HAND_OUT, **typed, reason="Trained the new ones")
    assert "It is handed out." in page.text and "Can be handed out CN¥3.90" in page.text
    assert (balance(sponsor), balance(other)) == (before + 300, 200)
    assert "From the team fund: Trained the new ones" in other.open("/me/statements").text
    month = other.client.get("/api/v1/me/statements/2026-03").json()
    assert (month["team_fund"]["minor"], month["closing"]["available"]["minor"]) == (200, 200)
    assert "The books balance." in owner.open("/admin/books").text


def test_the_same_form_sent_twice_is_one_hand_out(front: Front, sponsor: Walker, order: str) -> None:
    settled(front, order)
    before = balance(sponsor)
    owner = staff_walker(front)
    form = owner.open("/admin/fund").form(HAND_OUT)
    body = dict(form.fields) | {"who": code_of(sponsor), "amount": "3.00", "reason": "why"}
    for _ in range(2):
        assert "It is handed out." in owner.client.post(HAND_OUT, data=body, follow_redirects=True).text
    assert balance(sponsor) == before + 300


def test_a_large_one_waits_for_somebody_else(front: Front, sponsor: Walker, order: str) -> None:
    settled(front, order)
    before = balance(sponsor)
    first, second = staff_walker(front), staff_walker(front)
    first.open("/admin/fund")
    page = first.send(HAND_OUT, who=code_of(sponsor), amount="5.01", reason="why")
    assert "Somebody else has to hand it out." in page.text and balance(sponsor) == before
    assert not [form for form in page.forms if form.action.endswith("/given")]
    [given] = [form.action for form in second.open("/admin/fund").forms if form.action.endswith("/given")]
    answer = first.client.post(given, data=dict(page.forms[0].fields), follow_redirects=True)
    assert answer.status_code == 422 and "somebody else has to give it" in answer.text
    page = second.send(given)
    assert "given by " in page.text and balance(sponsor) == before + 501


def test_what_waits_can_be_dropped(front: Front, sponsor: Walker, order: str) -> None:
    settled(front, order)
    owner = staff_walker(front)
    owner.open("/admin/fund")
    page = owner.send(HAND_OUT, who=code_of(sponsor), amount="5.01", reason="why")
    [dropped] = [form.action for form in page.forms if form.action.endswith("/dropped")]
    assert "dropped by " in owner.send(dropped).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"who": "NOBODY", "amount": "1", "reason": "why"}, "is nobody here"),
        ({"who": "{code}", "amount": "one", "reason": "why"}, "is not an amount"),
        ({"who": "{code}", "amount": "-1", "reason": "why"}, "everybody named gets something"),
        ({"who": "{code}", "amount": "", "reason": "why"}, "each member once, with an amount"),
        ({"who": ["{code}", "{code}"], "amount": ["1", "2"], "reason": "why"}, "each member once, with an amount"),
        ({"who": "{code}", "amount": "1", "reason": " "}, "why it is handed out"),
        ({"who": "{code}", "amount": "8.91", "reason": "why"}, "8.90 of the team fund can be handed out"),
    ],
)
def test_bad_input_is_said_and_kept_in_the_form(
    front: Front, sponsor: Walker, order: str, typed: dict[str, str | list[str]], said: str
) -> None:
    settled(front, order)
    before, code = balance(sponsor), code_of(sponsor)
    owner = staff_walker(front)
    owner.open("/admin/fund")
    filled = {
        name: [each.format(code=code) for each in value] if isinstance(value, list) else value.format(code=code)
        for name, value in typed.items()
    }
    page = owner.send(HAND_OUT, **filled)
    assert page.status == 422 and said in page.text
    assert ("reason", typed["reason"]) in page.form(HAND_OUT).fields
    assert balance(sponsor) == before


def test_who_may_not_pay_out_does_not_see_it(front: Front) -> None:
    assert staff_walker(front, "staff").open("/admin/fund").status == 403
