"""A member's month: on a page, as a table, over the API, and always what the books say."""

import csv
import io
from datetime import timedelta

import pytest

from tests.storefront.conftest import Front, key
from tests.storefront.test_disputes import opened, order, sponsor
from tests.storefront.walker import Walker, staff_walker, walker

__all__ = ["order", "sponsor"]  # fixtures


def settled(front: Front, number: str) -> None:
    """The order of March arrives and its share can be taken out, still in March."""
    staff = staff_walker(front)
    staff.open(f"/admin/orders/{number}")
    staff.send(f"/admin/orders/{number}/ship", carrier="Local", tracking="SF-1")
    staff.send(f"/admin/orders/{number}/deliver")
    front.pass_days(9)


def test_a_month_begins_with_what_the_one_before_left(front: Front, sponsor: Walker, order: str) -> None:
    settled(front, order)
    sponsor.open("/me/payouts")
    sponsor.send("/me/payouts", amount="10.00")
    opened(front.staff(), order, minor=8900)
    front.clock.pass_by(timedelta(days=20, hours=13))

    march = sponsor.client.get("/api/v1/me/statements/2026-03").json()
    april = sponsor.client.get("/api/v1/me/statements/2026-04").json()

    sums = {name: march[name]["minor"] for name in ("earned", "clawed_back", "paid_out", "tax", "other", "held")}
    assert sums == {"earned": 1335, "clawed_back": 0, "paid_out": -1000, "tax": 0, "other": 0, "held": 1335}
    assert march["opening"]["total"]["minor"] == 0
    assert {name: part["minor"] for name, part in march["closing"].items()} == {
        "pending": 0,
        "held": 1335,
        "available": -1000,
        "total": 335,
    }
    assert [(each["kind"], each["change"]["minor"]) for each in march["lines"]] == [
        ("alloc", 1335),
        ("po", -1000),
        ("hold", 0),
    ]
    assert march["lines"][0]["subject"] == order
    assert april["opening"] == march["closing"] == april["closing"] and april["lines"] == []


def test_the_page_says_it_in_sentences_and_the_table_adds_up(front: Front, sponsor: Walker, order: str) -> None:
    settled(front, order)
    sponsor.open("/me/payouts")
    sponsor.send("/me/payouts", amount="10.00")

    page = sponsor.open("/me/statements")
    assert page.url.endswith("/me/statements/2026-03") and page.headings[0] == "Statement · March 2026"
    assert f"Earned on the order {order}" in page.text and "At the end CN¥3.35" in page.text
    assert "/me/statements/2026-02" in page.links and "/me/statements/2026-04" not in page.links
    assert sponsor.open("/me/statements/2026-02").headings[0] == "Statement · February 2026"
    assert "Nothing happened in this month." in sponsor.page.text if sponsor.page else False

    table = sponsor.client.get("/me/statements/2026-03.csv")
    assert table.headers["content-type"].startswith("text/csv") and "attachment" in table.headers["content-disposition"]
    first, *middle, last = csv.DictReader(io.StringIO(table.text))
    assert (first["kind"], first["balance"], last["kind"], last["balance"]) == ("opening", "0.00", "closing", "3.35")
    assert [(each["kind"], each["change"], each["balance"]) for each in middle] == [
        ("alloc", "13.35", "13.35"),
        ("po", "-10.00", "3.35"),
    ]


def test_the_page_is_chinese_too(front: Front, sponsor: Walker, order: str) -> None:
    page = sponsor.open("/me/statements/2026-03?lang=zh-CN")
    assert page.headings[0] == "对账单 · 2026年3月" and f"订单 {order} 的收益" in page.text


@pytest.mark.parametrize(
    ("month", "status"), [("2026-13", 422), ("2026-3", 422), ("march", 422), ("2030-01", 404), ("1999-01", 422)]
)
def test_a_month_that_is_none_or_has_not_begun_is_refused(
    front: Front, sponsor: Walker, month: str, status: int
) -> None:
    answer = sponsor.client.get(f"/api/v1/me/statements/{month}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert sponsor.client.get(f"/me/statements/{month}").status_code in (404, 422)
    assert sponsor.client.get(f"/me/statements/{month}.csv").status_code in (404, 422)


def test_a_statement_is_its_members_alone(front: Front, sponsor: Walker, order: str) -> None:
    assert front.browser().get("/api/v1/me/statements/2026-03").status_code == 401
    stranger = walker(front)
    stranger.sign_up("eve@example.com", "Eve")
    assert stranger.client.get("/api/v1/me/statements/2026-03", headers=key()).json()["lines"] == []
