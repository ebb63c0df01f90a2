"""Orders of another platform: counted, never paid again."""

import gzip
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shared_core import ledger, members, orders
from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.money import Money
from shared_core.orders.models import Order, OrderLine
from tests.worlds import ZONE, World

HEAD = "order_id,at,customer,sku,quantity,unit_price\n"
UCI = {
    "order_id": "InvoiceNo",
    "at": "InvoiceDate",
    "customer": "CustomerID",
    "sku": "StockCode",
    "unit_price": "UnitPrice",
    "title": "Description",
}


def read(tmp_path: Path, text: str, **options: object) -> orders.HistoryFile:
    path = tmp_path / "orders.csv"
    path.write_text(text, encoding="utf-8")
    return orders.read_history(path, currency="CNY", zone=ZONE, **options)  # type: ignore[arg-type]


def take_in(world: World, lines: list[orders.HistoryLine]) -> orders.HistoryReport:
    with world.transaction() as session:
        return orders.import_history(session, lines, source="old", new_code=lambda: world.unique("c"), at=world.now)


def test_imported_orders_are_complete_and_book_nothing(world: World, tmp_path: Path) -> None:
    history = read(tmp_path, HEAD + "7,2025-01-01T10:00:00,ann,S1,2,9.90\n7,2025-01-01T10:00:00,ann,S2,1,5\n")

    report = take_in(world, history.lines)

    assert (report.orders, report.lines, report.customers) == (1, 2, 1)
    with world.database.reading() as session:
        row = session.scalars(select(Order)).one()
        assert (row.state, row.origin, row.total_minor, row.seller_id) == ("completed", "import", 2480, None)
        assert ledger.trial_balance(session) == {}


def test_nobody_pays_for_an_imported_order(world: World, tmp_path: Path) -> None:
    take_in(world, read(tmp_path, HEAD + "7,2025-01-01T10:00:00,ann,S1,1,9.90\n").lines)
    with world.database.reading() as session:
        row = session.scalars(select(Order)).one()

    with pytest.raises(orders.StepNotAllowed), world.transaction() as session:
        orders.confirm_payment(
            session, row.number, transaction_no="t1", amount=Money(990, "CNY"), entered_by="staff", at=world.now
        )
    with world.database.reading() as session:
        assert ledger.trial_balance(session) == {}


def test_importing_twice_changes_nothing(world: World, tmp_path: Path) -> None:
    history = read(tmp_path, HEAD + "7,2025-01-01T10:00:00,ann,S1,2,9.90\n8,2025-01-02T10:00:00,ben,S2,1,5\n")
    take_in(world, history.lines)

    again = take_in(world, history.lines)

    assert (again.orders, again.known_lines, again.refused) == (0, 2, [])
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 2


def test_an_order_imported_before_with_other_lines_is_refused_and_stays(world: World, tmp_path: Path) -> None:
    take_in(world, read(tmp_path, HEAD + "7,2025-01-01T10:00:00,ann,S1,2,9.90\n").lines)

    report = take_in(world, read(tmp_path, HEAD + "7,2025-01-01T10:00:00,ann,S1,3,9.90\n").lines)

    assert report.refused_by_code == {"changed": 1}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",2025-01-01,ann,S1,2,9.90", "no_order_id"),
        ("7,2025-01-01,,S1,2,9.90", "no_customer"),
        ("7,2025-01-01,ann,,2,9.90", "no_sku"),
        ("7,2025-01-01,ann,POST,2,9.90", "not_goods"),
        ("7,yesterday,ann,S1,2,9.90", "bad_time"),
        ("7,2025-01-01,ann,S1,two,9.90", "bad_quantity"),
        ("7,2025-01-01,ann,S1,0,9.90", "bad_quantity"),
        ("7,2025-01-01,ann,S1,1.5,9.90", "bad_quantity"),
        ("7,2025-01-01,ann,S1,99999999999999999999,9.90", "bad_quantity"),
        ("7,2025-01-01,ann,S1,-2,9.90", "returned"),
        ("7,2025-01-01,ann,S1,2,0", "bad_price"),
        ("7,2025-01-01,ann,S1,2,-1", "bad_price"),
        ("7,2025-01-01,ann,S1,2,NaN", "bad_price"),
        ("7,2025-01-01,ann,S1,2", "bad_price"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_by_name(tmp_path: Path, row: str, code: str) -> None:
    history = read(tmp_path, HEAD + row + "\n", not_goods=["POST"])

    assert [(each.line, each.code) for each in history.refused] == [(2, code)]
    assert history.lines == []


def test_lines_of_another_customer_or_currency_or_repeated_are_refused(world: World, tmp_path: Path) -> None:
    text = "order_id,at,customer,sku,quantity,unit_price,currency\n"
    text += "7,2025-01-01,ann,S1,1,5,CNY\n7,2025-01-01,ann,S1,1,5,CNY\n"
    text += "7,2025-01-01,ben,S2,1,5,\n8,2025-01-01,cy,S2,1,5,USD\n"
    history = read(tmp_path, text)

    report = take_in(world, history.lines)

    assert [each.code for each in history.refused] == ["duplicate", "wrong_currency"]
    assert [(each.line, each.code) for each in report.refused] == [(4, "other_customer")]


def test_the_seller_is_whom_the_customer_was_bound_to_at_that_time(world: World, tmp_path: Path) -> None:
    seen = [
        members.ReferralRow(1, "sam", "ann", world.now.replace(year=2024)),
    ]
    with world.transaction() as session:
        members.import_referrals(
            session,
            seen,
            source="old",
            policy=members.BindingPolicy(),
            new_code=lambda: world.unique("c"),
            at=world.now,
        )
    rows = HEAD + "1,2023-01-01,ann,S1,1,5\n2,2025-01-01,ann,S1,1,5\n"

    take_in(world, read(tmp_path, rows).lines)

    with world.database.reading() as session:
        sellers = session.execute(select(Order.claim, Order.seller_id).order_by(Order.placed_at)).all()
    assert [claim for claim, _ in sellers] == [None, "lock"]
    assert sellers[1][1] is not None


def test_others_hear_of_imported_orders_as_completed(world: World, tmp_path: Path) -> None:
    heard: list[int] = []
    world.listeners.listen(orders.OrderCompleted, lambda session, event: heard.append(event.order_id))

    take_in(world, read(tmp_path, HEAD + "1,2023-01-01,ann,S1,1,5\n2,2025-01-01,ann,S1,1,5\n").lines)

    assert len(heard) == 2


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", 'order_id,at,customer,sku,quantity,unit_price\n"7,x'])
def test_a_file_that_makes_no_sense_names_itself_and_the_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        read(tmp_path, text)

    assert "orders.csv" in str(caught.value)


def test_ten_thousand_real_order_lines_are_imported_or_refused_by_reason(
    world: World, tmp_path: Path, sample_data: Path
) -> None:
    path = tmp_path / "uci.csv"
    with gzip.open(sample_data / "orders" / "uci-online-retail" / "2010-12_to_2011-10.csv.gz", "rt") as source:
        path.write_text("".join(line for _, line in zip(range(10_001), source, strict=False)), encoding="utf-8")
    history = orders.read_history(
        path, currency="GBP", zone="Europe/London", columns=UCI, not_goods=["POST", "D", "M", "C2", "BANK CHARGES"]
    )

    first = take_in(world, history.lines)
    second = take_in(world, history.lines)

    assert first.lines + len(first.refused) + len(history.refused) == 10_000
    assert (second.orders, second.lines, second.known_lines) == (0, 0, first.lines)
    codes = {each.code for each in history.refused}
    assert {"no_customer", "returned", "duplicate", "not_goods"} <= codes
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OrderLine)) == first.lines
        assert session.scalar(select(func.sum(OrderLine.goods_net_minor))) == sum(
            line.unit.minor * line.quantity for line in history.lines
        )


def test_nothing_of_an_import_stays_when_a_listener_refuses(database_url: str, tmp_path: Path) -> None:
    class Broken(Exception):
        pass

    def refuse(session: object, event: object) -> None:
        raise Broken

    listeners = Listeners()
    listeners.listen(orders.OrderCompleted, refuse)
    world = World(Database(database_url, listeners), listeners)
    with pytest.raises(Broken):
        take_in(world, read(tmp_path, HEAD + "1,2023-01-01,ann,S1,1,5\n").lines)

    with world.database.reading() as session:
        assert session.scalars(select(Order)).all() == []
    world.database.dispose()
