"""The suite's own ground: every test starts with an empty database of the kind under test."""

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from shared_core.kernel.database import Database
from tests.conftest import database_kind


def test_a_fresh_database_has_tables_and_is_of_the_kind_under_test(database: Database) -> None:
    assert inspect(database.engine).get_table_names()
    assert database.dialect.startswith(database_kind())


def test_nothing_of_a_session_outlives_its_test(database: Database, session: Session) -> None:
    assert session.get_bind() is database.engine
    session.execute(text("CREATE TABLE left_over (id INTEGER)"))


def test_one_test_does_not_see_what_another_left(database: Database) -> None:
    assert "left_over" not in inspect(database.engine).get_table_names()
