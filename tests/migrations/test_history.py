"""The schema's history: the newest revision equals the models, a shop's own branch rides along."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from shared_core import migrations
from shared_core.kernel.database import Database
from shared_core.migrations import tables
from tests.databases import Databases


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    """Address of a database without any table."""
    with databases.empty() as url:
        yield url


OWN_TABLE = '    op.create_table("brand_gift", sa.Column("id", sa.Integer(), primary_key=True))'


def write_tenant_revision(brand: Path, url: str) -> None:
    path = migrations.revise(url, "own table", brand=brand)
    body = path.read_text("utf-8").replace(
        'Apply."""\n    pass',
        'Apply."""\n    op.create_table("brand_gift", sa.Column("id", sa.Integer(), primary_key=True))',
    )
    path.write_text(body, "utf-8")


def test_the_newest_revision_holds_exactly_the_tables_of_the_models(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    database = Database(empty_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata()) == []
    database.dispose()


def test_upgrading_twice_changes_nothing(empty_url: str) -> None:
    applied = migrations.upgrade(empty_url)
    assert applied[0] == "core_0001"
    assert migrations.pending(empty_url) == []
    assert migrations.upgrade(empty_url) == []
    assert migrations.current(empty_url) == (applied[-1],)


def test_a_new_database_lacks_every_revision(empty_url: str) -> None:
    assert migrations.current(empty_url) == ()
    assert migrations.pending(empty_url)[0] == "core_0001"


def test_two_processes_migrate_one_after_the_other(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        pytest.skip("only a server database has several processes that start at once")
    with ThreadPoolExecutor(3) as several:
        applied = list(several.map(lambda _: migrations.upgrade(empty_url), range(3)))
    assert sorted(map(bool, applied)) == [False, False, True]


def test_asking_makes_no_database(tmp_path: Path) -> None:
    assert migrations.pending(f"sqlite:///{tmp_path / 'none.db'}")[0] == "core_0001"
    assert list(tmp_path.iterdir()) == []


def test_a_shop_has_a_branch_of_its_own(empty_url: str, tmp_path: Path) -> None:
    migrations.upgrade(empty_url)
    write_tenant_revision(tmp_path, empty_url)
    assert migrations.pending(empty_url, brand=tmp_path) == ["tenant_0001"]
    assert migrations.upgrade(empty_url, brand=tmp_path) == ["tenant_0001"]
    assert migrations.pending(empty_url, brand=tmp_path) == []
    database = Database(empty_url)
    assert inspect(database.engine).has_table("brand_gift")
    database.dispose()


def test_a_second_own_revision_follows_the_first(empty_url: str, tmp_path: Path) -> None:
    migrations.upgrade(empty_url)
    write_tenant_revision(tmp_path, empty_url)
    migrations.upgrade(empty_url, brand=tmp_path)
    assert migrations.revise(empty_url, "more", brand=tmp_path).name.startswith("tenant_0002")


def test_a_database_from_the_future_is_refused(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    database = Database(empty_url)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'core_9999'"))
    database.dispose()
    with pytest.raises(migrations.SchemaUnknown, match="core_9999"):
        migrations.upgrade(empty_url)


def test_a_failing_revision_leaves_the_database_as_it_was(empty_url: str, tmp_path: Path) -> None:
    migrations.upgrade(empty_url)
    write_tenant_revision(tmp_path, empty_url)
    path = next((tmp_path / "migrations").glob("tenant_*.py"))
    path.write_text(
        path.read_text("utf-8").replace("def downgrade", '    raise ValueError("stop")\n\n\ndef downgrade', 1)
    )
    with pytest.raises(ValueError, match="stop"):
        migrations.upgrade(empty_url, brand=tmp_path)
    assert migrations.pending(empty_url, brand=tmp_path) == ["tenant_0001"]
    database = Database(empty_url)
    assert not inspect(database.engine).has_table("brand_gift")
    database.dispose()
