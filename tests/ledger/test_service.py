"""The books, on a real database."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.ledger import Posting, accounts


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def sale(minor: int = 9900) -> list[Posting]:
    return [Posting(accounts.customer_deposit(), accounts.clearing("manual"), cny(minor))]


def test_a_booking_moves_money_from_source_to_destination(session: Session, at: datetime) -> None:
    assert ledger.post(session, "cap:1", sale(), at=at)

    assert ledger.balance(session, accounts.clearing("manual"), "CNY") == cny(9900)
    assert ledger.owed(session, accounts.customer_deposit(), "CNY") == cny(9900)


def test_the_same_booking_again_changes_nothing(session: Session, at: datetime) -> None:
    ledger.post(session, "cap:1", sale(), at=at)

    assert not ledger.post(session, "cap:1", sale(), at=at + timedelta(hours=1))
    assert ledger.balance(session, accounts.clearing("manual"), "CNY") == cny(9900)


def test_a_reference_cannot_mean_two_things(session: Session, at: datetime) -> None:
    ledger.post(session, "cap:1", sale(), at=at)

    with pytest.raises(ledger.ReferenceReused):
        ledger.post(session, "cap:1", sale(9901), at=at)


def test_a_booking_of_nothing_leaves_no_trace(session: Session, at: datetime) -> None:
    assert not ledger.post(session, "cap:1", sale(0), at=at)
    assert ledger.posted(session, "cap:1") == []


def test_the_two_books_are_apart(session: Session, at: datetime) -> None:
    ledger.post(session, "cap:1", sale(), at=at)
    ledger.post(session, "cap:1", sale(5), at=at, book=ledger.HUB)

    assert ledger.balance(session, accounts.clearing("manual"), "CNY", book=ledger.HUB) == cny(5)
    assert sum(ledger.trial_balance(session).values()) == 0


def test_a_reversal_restores_the_accounts_and_keeps_the_history(session: Session, at: datetime) -> None:
    ledger.post(session, "cap:1", sale(), at=at)
    ledger.reverse(session, "cap:1", reversal_reference="cap:1:reversed", at=at)

    assert set(ledger.trial_balance(session).values()) == {0}
    assert len(ledger.posted(session, "cap:1")) == 1


def test_what_is_held_is_settled_or_voided_but_never_both(session: Session, at: datetime) -> None:
    pending, available = accounts.member_pending(7), accounts.member_available(7)
    ledger.hold(session, "h", charged=accounts.commission(), held=pending, amount=cny(100), at=at)
    ledger.void(session, "v", held=pending, charged=accounts.commission(), amount=cny(30), at=at)
    ledger.settle(session, "s", held=pending, owed_in=available, amount=cny(70), at=at)

    assert not ledger.settle(session, "s", held=pending, owed_in=available, amount=cny(70), at=at)
    with pytest.raises(ledger.HeldTooLittle):
        ledger.settle(session, "s2", held=pending, owed_in=available, amount=cny(1), at=at)
    assert ledger.owed(session, available, "CNY") == cny(70)
    assert ledger.balance(session, accounts.commission(), "CNY") == cny(70)


def test_a_statement_runs_from_the_balance_before_it(session: Session, at: datetime) -> None:
    for day in range(3):
        ledger.post(session, f"cap:{day}", sale(100), at=at + timedelta(days=day), memo=f"day {day}")

    lines = ledger.statement(
        session, accounts.clearing("manual"), "CNY", since=at + timedelta(days=1), until=at + timedelta(days=3)
    )

    assert [(line.reference, line.change, line.balance) for line in lines] == [
        ("cap:1", cny(100), cny(200)),
        ("cap:2", cny(100), cny(300)),
    ]


def test_a_row_changed_behind_the_books_back_is_noticed(session: Session, at: datetime) -> None:
    ledger.post(session, "cap:1", sale(), at=at)
    ledger.post(session, "cap:2", sale(), at=at)
    assert ledger.misfits(session) == []

    session.execute(
        text("UPDATE ledger_posting SET amount_minor = 9901 WHERE id = (SELECT MIN(id) FROM ledger_posting)")
    )
    session.expire_all()

    assert ledger.misfits(session) == ["cap:1"]


def test_fifty_threads_with_one_reference_book_once(database: Database, at: datetime) -> None:
    def book(_: int) -> bool:
        with database.transaction() as session:
            return ledger.post(session, "cap:1", sale(), at=at)

    with ThreadPoolExecutor(20) as pool:
        booked = list(pool.map(book, range(50)))

    assert booked.count(True) == 1
    with database.reading() as session:
        assert ledger.balance(session, accounts.clearing("manual"), "CNY") == cny(9900)


def test_threads_that_open_the_same_accounts_do_not_wait_in_a_circle(database: Database, at: datetime) -> None:
    ends = [accounts.member_pending(1), accounts.member_pending(2)]

    def book(number: int) -> bool:
        source, destination = ends if number % 2 else reversed(ends)
        with database.transaction() as session:
            return ledger.post(session, f"t:{number}", [Posting(source, destination, cny(1))], at=at)

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(book, range(60)))


def test_beancount_agrees_with_our_books(session: Session, at: datetime, tmp_path: Path) -> None:
    ledger.post(session, "cap:1", sale(), at=at, memo='paid "in full"')
    ledger.post(session, "alloc:1", [Posting(accounts.member_pending(7), accounts.commission(), cny(1335))], at=at)
    yen = [Posting(accounts.customer_deposit(), accounts.clearing("manual"), Money(5000, "JPY"))]
    ledger.post(session, "cap:2", yen, at=at)
    journal = tmp_path / "journal.beancount"
    journal.write_text("\n".join(ledger.export_beancount(session)) + "\n")

    judged = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", str(journal)], capture_output=True, text=True, check=False
    )

    assert (judged.returncode, judged.stdout + judged.stderr) == (0, "")


def test_beancount_refuses_a_journal_with_a_changed_amount(session: Session, at: datetime, tmp_path: Path) -> None:
    ledger.post(session, "cap:1", sale(), at=at)
    journal = tmp_path / "journal.beancount"
    journal.write_text("\n".join(ledger.export_beancount(session)).replace("  99.00 CNY", "  98.00 CNY", 1) + "\n")

    judged = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", str(journal)], check=False, capture_output=True
    )

    assert judged.returncode != 0
