"""Above the shop's limit one person approves a payout and another notes it as paid."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shared_core.kernel.findings import ConfigError
from shared_core.storefront import load_brand
from tests.storefront.conftest import BRAND, Front, key
from tests.storefront.test_disputes import order, sponsor
from tests.storefront.test_statements import settled
from tests.storefront.walker import Walker, staff_walker

__all__ = ["order", "sponsor"]  # fixtures


@pytest.fixture
def brand_dir(brand_dir: Path) -> Path:
    """The shop asks for two people above 10.00."""
    (brand_dir / "brand.toml").write_text(f'{BRAND}[payouts]\ntwo_people_above = "10.00"\n', encoding="utf-8")
    return brand_dir


def asked(front: Front, sponsor: Walker, order: str, amount: str) -> str:
    """The code of a payout that the sponsor has asked for."""
    if sponsor.client.get("/api/v1/me/balance").json()["available"]["minor"] == 0:
        settled(front, order)
    sponsor.open("/me/payouts")
    sponsor.send("/me/payouts", amount=amount)
    return str(sponsor.client.get("/api/v1/me/payouts").json()["payouts"][0]["code"])


def act(staff: TestClient, code: str, step: str, **body: str) -> tuple[int, str]:
    answer = staff.post(f"/api/v1/admin/payouts/{code}/{step}", json=body or None, headers=key())
    return answer.status_code, answer.json().get("code", "")


def test_a_large_payout_needs_two_different_people_and_names_both(front: Front, sponsor: Walker, order: str) -> None:
    code = asked(front, sponsor, order, "10.01")
    first, second = front.staff(), front.staff()

    assert act(first, code, "paid", evidence="WX-1") == (409, "payout_needs_approval")
    assert act(first, code, "approval")[0] == 200
    assert act(first, code, "paid", evidence="WX-1") == (409, "payout_by_same_person")
    assert act(second, code, "paid", evidence="WX-1")[0] == 200

    [row] = first.get("/api/v1/admin/payouts").json()["payouts"]
    assert row["needs_two"] and row["approved_by"].startswith("staff:") and row["settled_by"].startswith("staff:")
    assert row["approved_by"] != row["settled_by"]


def test_a_small_payout_needs_one(front: Front, sponsor: Walker, order: str) -> None:
    code = asked(front, sponsor, order, "10.00")
    assert act(front.staff(), code, "paid", evidence="WX-1")[0] == 200


def test_anybody_may_note_a_large_payout_as_failed(front: Front, sponsor: Walker, order: str) -> None:
    code = asked(front, sponsor, order, "13.35")
    assert act(front.staff(), code, "failed", reason="no such account")[0] == 200
    assert sponsor.client.get("/api/v1/me/balance").json()["available"]["minor"] == 1335
    assert act(front.staff(), code, "approval") == (409, "payout_settled")


def test_the_page_asks_the_first_person_to_approve_and_shows_who_did(front: Front, sponsor: Walker, order: str) -> None:
    code = asked(front, sponsor, order, "13.35")
    first, second = staff_walker(front), staff_walker(front)
    page = first.open("/admin/payouts")
    assert not [form for form in page.forms if form.action.endswith("/paid")], "not before it is approved"
    page = first.send(f"/admin/payouts/{code}/approval")
    assert "The payout is approved." in page.text and "approved by " in page.text
    page = first.send(f"/admin/payouts/{code}/paid", evidence="WX-1")
    assert page.status == 422 and "somebody else has to note it as paid" in page.text
    second.open("/admin/payouts")
    page = second.send(f"/admin/payouts/{code}/paid", evidence="WX-1")
    assert "The payout is noted as paid." in page.text and "noted as paid by " in page.text
    assert "The books balance." in second.open("/admin/books").text


@pytest.mark.parametrize("wrong", ["five", "-1", "1.001"])
def test_a_limit_that_is_no_amount_is_named(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "brand.toml").write_text(f'{BRAND}[payouts]\ntwo_people_above = "{wrong}"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="two_people_above"):
        load_brand(tmp_path)
