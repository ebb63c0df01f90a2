"""A supplier's orders as a sheet: filled in and read back, once or many times, and never half of an order."""

import csv
import io
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from importlib import import_module

import pytest
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.database import Database
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, discrepancies, gateway, lines, put

sheets = import_module("shared_core.supply.dropshipping.sheets")
Rows = list[dict[str, str]]
BOX = {"carrier": "顺丰", "tracking": "sf1234567890123"}


@pytest.fixture
def shop(database: Database) -> supply.LocalGateway:
    """o1: three A and one =A (o1-1, acme) and one B (o1-2, bestco); o2: two A (o2-1)."""
    with database.transaction() as session:
        for sku, supplier in (("A", "acme"), ("=A", "acme"), ("B", "bestco")):
            put(session, sku, units=9, supplier=supplier)
    opened = gateway(database)
    for reference, wanted in (("o1", {"A": 3, "=A": 1, "B": 1}), ("o2", {"A": 2})):
        opened.hold(reference, lines(**wanted), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        opened.confirm(reference, ship_to=HOME, at=NOON)
    return opened


def sheet(database: Database, supplier: str = "acme") -> Rows:
    with database.reading() as session:
        text = supply.orders_sheet(session, supplier=supplier).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def take(database: Database, rows: Rows, supplier: str = "acme") -> supply.SheetReport:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    with database.transaction() as session:
        return supply.take_sheet(session, text.getvalue().encode(), supplier=supplier, at=NOON)


def state(database: Database, reference: str) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """State, boxes, and what comes, for each supplier order, the newest first."""
    with database.reading() as session:
        found = supply.supplier_orders(session, references=[reference])
        return [(each.state, len(each.shipments), [(line.sku, line.quantity) for line in each.lines]) for each in found]


def refused(report: supply.SheetReport) -> list[tuple[int, str]]:
    return [(fault.line, fault.error.code) for fault in report.faults]


def filled(database: Database) -> Rows:
    """o1 in one box, one A short; o2 in two boxes of one, its row written twice."""
    equals, first, second = sheet(database)
    one = {**second, "quantity": "1"}
    return [
        {**equals, **BOX},
        {**first, **BOX, "short": "1"},
        {**one, "carrier": "Local", "tracking": "x1"},
        {**one, "carrier": "Local", "tracking": "x2"},
    ]


def test_the_sheet_says_what_is_to_be_sent_and_where(database: Database, shop: supply.LocalGateway) -> None:
    rows = sheet(database)
    assert [(row["order"], row["sku"], row["quantity"], row["short_before"]) for row in rows] == [
        ("o1-1", "'=A", "1", "0"),
        ("o1-1", "A", "3", "0"),
        ("o2-1", "A", "2", "0"),
    ]
    assert (rows[0]["name"], rows[0]["phone"], rows[0]["city"], rows[0]["street"]) == (
        "Wei Lin",
        "13800000000",
        "Hangzhou",
        "1 Long Lane",
    )
    assert [row["order"] for row in sheet(database, "bestco")] == ["o1-2"]


def live(database: Database) -> None:
    rows = filled(database)
    placed = state(database, "o1")
    take(database, [rows[0], rows[1] | {"quantity": "4"}])
    assert state(database, "o1") == placed
    report = take(database, rows)
    assert (report.applied, report.unchanged, report.faults) == (2, 0, ())
    came = [("placed", 0, [("B", 1)]), ("shipped", 1, [("=A", 1), ("A", 2)])]
    assert state(database, "o1") == came and state(database, "o2") == [("shipped", 2, [("A", 2)])]
    again = take(database, rows)
    assert (again.applied, again.unchanged, again.faults) == (0, 2, ())
    assert state(database, "o1") == came and sheet(database) == []
    assert discrepancies(database) == []


def test_a_filled_sheet_is_taken_once_however_often_it_is_read(database: Database, shop: supply.LocalGateway) -> None:
    live(database)
    kinds = [(each.kind.value, each.supplier_order) for each in shop.events().events]
    assert kinds == [("short", "o1-1"), ("shipped", "o1-1"), ("part_shipped", "o2-1"), ("shipped", "o2-1")]


def test_an_untouched_sheet_changes_nothing(database: Database, shop: supply.LocalGateway) -> None:
    assert take(database, sheet(database)) == supply.SheetReport(0, 0, ())


def test_of_an_order_with_a_wrong_row_nothing_is_taken_and_the_other_orders_are(
    database: Database, shop: supply.LocalGateway
) -> None:
    rows = filled(database)
    rows[1] |= {"quantity": "4"}
    before = state(database, "o1")
    report = take(database, rows)
    assert report.applied == 1 and refused(report) == [(2, "not_taken_alone"), (3, "sent_too_much")]
    assert state(database, "o1") == before and state(database, "o2")[0][0] == "shipped"
    assert [each.supplier_order for each in shop.events().events] == ["o2-1", "o2-1"]


def test_what_is_short_twice_in_two_sheets_adds_up(database: Database, shop: supply.LocalGateway) -> None:
    old = [{**sheet(database)[1], "short": "1"}]
    assert take(database, old).applied == 1
    new = [{**sheet(database)[1], "short": "1"}]
    assert new[0]["quantity"] == "2" and new[0]["short_before"] == "1"
    assert take(database, new).applied == 1 and take(database, old).unchanged == 1
    assert state(database, "o1")[1][2] == [("=A", 1), ("A", 1)]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"tracking": ""}, "value_missing"),
        ({"carrier": ""}, "value_missing"),
        ({"tracking": "SF1"}, "bad_tracking_number"),
        ({"carrier": "Local", "tracking": "1.23457E+14"}, "bad_tracking_number"),
        ({"quantity": "-1"}, "not_a_count"),
        ({"quantity": ""}, "value_missing"),
        ({"short": "x"}, "not_a_count"),
        ({"short": "4"}, "short_beyond_row"),
        ({"quantity": "9", "short": "9"}, "short_too_much"),
        ({"sku": "Z"}, "unknown_sku"),
        ({"order": "o9-1"}, "unknown_supplier_order"),
        ({"order": "o1-2"}, "unknown_supplier_order"),
        ({"order": ""}, "value_missing"),
        ({"short_before": ""}, "value_missing"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(
    database: Database, shop: supply.LocalGateway, wrong: dict[str, str], code: str
) -> None:
    row = {**sheet(database)[1], **BOX} | wrong
    assert refused(take(database, [row])) == [(2, code)]
    assert shop.events().events == ()


def test_a_file_without_the_columns_is_refused_as_a_whole(database: Database, shop: supply.LocalGateway) -> None:
    with pytest.raises(FileUnreadable, match="there is no column 'tracking'"):
        take(database, [{name: cell for name, cell in row.items() if name != "tracking"} for row in sheet(database)])


def a_wrong_row_undoes_nothing(planted: pytest.MonkeyPatch) -> None:
    """Half of an order is taken."""
    planted.setattr(Session, "begin_nested", lambda session: nullcontext())


def rows_are_taken_one_by_one(planted: pytest.MonkeyPatch) -> None:
    """Two rows of one box are two boxes with one number."""
    take_order = sheets._take_order

    def each_alone(session, supplier_id, number, rows, *, actor, at):  # type: ignore[no-untyped-def]
        return [take_order(session, supplier_id, number, [row], actor=actor, at=at) for row in rows][-1]

    planted.setattr(sheets, "_take_order", each_alone)


def short_pieces_are_in_the_box_too(planted: pytest.MonkeyPatch) -> None:
    """The quantity of the row is sent, whatever is short of it."""
    boxes = sheets.sheet_rows.boxes
    planted.setattr(sheets.sheet_rows, "boxes", lambda rows: boxes([replace(row, short=0) for row in rows]))


def every_reading_reports_one_more(planted: pytest.MonkeyPatch) -> None:
    """What was reported before the sheet was made is not what counts."""
    in_all = sheets.sheet_rows.short_in_all
    planted.setattr(
        sheets.sheet_rows, "short_in_all", lambda rows: {sku: short + 1 for sku, short in in_all(rows).items()}
    )


BUGS = [
    a_wrong_row_undoes_nothing,
    rows_are_taken_one_by_one,
    short_pieces_are_in_the_box_too,
    every_reading_reports_one_more,
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None],
    database: Database,
    shop: supply.LocalGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, supply.SentTooMuch)):
        live(database)
