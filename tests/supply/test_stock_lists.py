"""A supplier's stock list: what lies where, of its own goods and of others it sends too."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared_core import supply
from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.database import Database
from shared_core.supply import sourcing
from tests.supply.goods import NOON, discrepancies, stocked
from tests.supply.test_warehouses import shelves

LIST = "sku,warehouse,quantity,cost\nA,,4,\nA,gz,6,\nB,gz,9,30.00\n"


@pytest.fixture
def goods(database: Database) -> Database:
    stocked(database, {"A": 1, "B": 2})
    with database.transaction() as session:
        sourcing.put_warehouse(session, sourcing.Place("gz", region="CN-GD"), supplier="acme", at=NOON)
    return database


def take(database: Database, text: str, *, minutes: int = 0) -> supply.StockListReport:
    with database.transaction() as session:
        at = NOON + timedelta(minutes=minutes)
        return supply.put_stock(session, text.encode(), supplier="acme", at=at)


def test_shelves_are_counted_and_offers_made_and_again_nothing_changes(goods: Database) -> None:
    assert take(goods, LIST) == supply.StockListReport(3, counted=3, offered=1, unchanged=0, rejected=())
    assert shelves(goods, "A", "B") == {
        ("A", "acme", ""): (4, 0, 0),
        ("A", "acme", "gz"): (6, 0, 0),
        ("B", "bestco", ""): (2, 0, 0),
        ("B", "acme", "gz"): (9, 0, 0),
    }
    assert take(goods, LIST, minutes=1) == supply.StockListReport(3, counted=0, offered=0, unchanged=3, rejected=())
    report = take(goods, "sku,warehouse,quantity\nB,gz,8\n", minutes=2)
    assert (report.counted, report.offered) == (1, 0)
    assert not discrepancies(goods)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,gz,6,30.00", "is of this supplier itself"),
        ("B,,6,30.00", "Fill in the warehouse"),
        ("B,gz,6,", "Fill in cost"),
        ("B,gz,6,40.01", "40.01"),
        ("B,gz,6,1.001", "1.001"),
        ("A,sh,6,", "has no warehouse 'sh'"),
        ("X,gz,6,", "X"),
        ("A,gz,-1,", "-1"),
        ("A,gz,,", "quantity is empty"),
        ("A,gz", "2 fields"),
    ],
)
def test_a_row_that_cannot_be_is_told_and_the_others_count(goods: Database, row: str, said: str) -> None:
    report = take(goods, f"sku,warehouse,quantity,cost\n{row}\nA,,4,\n")
    [remark] = report.rejected
    assert (remark.line, said in remark.text(str)) == (2, True), remark.text(str)
    assert report.counted == 1 and shelves(goods, "A")["A", "acme", ""] == (4, 0, 0)


def test_one_shelf_and_one_cost_count_once(goods: Database) -> None:
    with goods.transaction() as session:
        sourcing.put_warehouse(session, sourcing.Place("sh"), supplier="acme", at=NOON)
    report = take(goods, LIST + "A,gz,7,\nB,sh,1,29.00\n")
    assert [(each.line, each.reason) for each in report.rejected] == [(5, "duplicate_sku"), (6, "costs_differ")]


def test_a_file_without_the_columns_is_refused(goods: Database, tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_text("sku,pieces\nA,4\n")
    with pytest.raises(FileUnreadable) as refused, goods.transaction() as session:
        supply.put_stock(session, tmp_path / "stock.csv", supplier="acme", at=NOON)
    assert "quantity" in str(refused.value)
