"""The schema's history: one line of core revisions, and a shop's own branch beside it.

Core revisions carry the branch label `core`; a shop keeps its own under `brand/migrations`, labelled `tenant`,
each depending on the core revision it was written against. Both are recorded in one version table.
"""

import logging
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, make_url, text

from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError

__all__ = ["SchemaUnknown", "current", "pending", "revise", "upgrade"]

logging.getLogger("alembic").setLevel(logging.WARNING)  # what was done is told by who asked for it
HERE = Path(__file__).parent
CORE_VERSIONS = HERE / "versions"
CORE_BRANCH = "core"
TENANT_BRANCH = "tenant"
MIGRATION_LOCK = 7_040_001
"""Key of the advisory lock that keeps two processes from migrating one PostgreSQL database at a time."""


class SchemaUnknown(PlatformError):
    """The database was migrated by a newer core, or by a branch whose files are gone."""

    code = "schema_unknown"
    status = 500
    message = "The database is at a revision that this version of the core does not know: {revision}."


def upgrade(url: str, *, brand: Path | None = None) -> list[str]:
    """Bring the database at `url` to the newest schema; returns the revisions that were applied, oldest first.

    `brand` is the shop's brand folder; its `migrations` are applied too. Each revision is one transaction, and
    on PostgreSQL a second process waits. Raises SchemaUnknown.
    """
    with _connection(url) as connection:
        missing = _missing(_heads(connection), brand)
        config = _config(brand)
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            assert broken is None, f"a migration left a dangling reference: {broken}"
        return missing


def current(url: str) -> tuple[str, ...]:
    """The revisions the database at `url` stands at; empty for a new database."""
    with _connection(url) as connection:
        return _heads(connection)


def pending(url: str, *, brand: Path | None = None) -> list[str]:
    """The revisions `upgrade` would apply, oldest first; makes no database that is not there. Raises SchemaUnknown."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite" and not Path(target.database or "").exists():
        return _missing((), brand)
    with _connection(url) as connection:
        return _missing(_heads(connection), brand)


def revise(url: str, message: str, *, brand: Path | None = None) -> Path | None:
    """Write the next revision and return its file; `url` is a migrated database to compare with.

    Without `brand` it is a core revision whose content is worked out from the models; None when there is nothing
    to change. With `brand` it is an empty revision of the shop's own branch, on top of the newest core revision.
    """
    branch, folder = (TENANT_BRANCH, _tenant_versions(brand)) if brand else (CORE_BRANCH, CORE_VERSIONS)
    folder.mkdir(exist_ok=True)
    with _connection(url) as connection:
        config = _config(brand)
        config.attributes.update(connection=connection, compare=brand is None)
        scripts = ScriptDirectory.from_config(config)
        begun = any(branch in script.branch_labels for script in scripts.walk_revisions())
        written = command.revision(
            config,
            message,
            autogenerate=brand is None,
            head=f"{branch}@head" if begun else "base",
            branch_label=None if begun else branch,
            version_path=str(folder),
            depends_on=f"{CORE_BRANCH}@head" if brand else None,
            rev_id=_next_number(scripts, branch),
            process_revision_directives=_unless_empty if brand is None else None,
        )
    return Path(written.path) if isinstance(written, Script) else None


def _unless_empty(_context: object, _revision: object, directives: list[MigrationScript]) -> None:
    """Alembic's hook: write no revision that changes nothing."""
    operations = directives[0].upgrade_ops
    if operations is not None and operations.is_empty():
        directives.clear()


def _next_number(scripts: ScriptDirectory, branch: str) -> str:
    """Readable revision ids: core_0001, core_0002, …, tenant_0001, …"""
    count = sum(1 for script in scripts.walk_revisions() if script.revision.startswith(f"{branch}_"))
    return f"{branch}_{count + 1:04d}"


def _tenant_versions(brand: Path) -> Path:
    return brand / "migrations"


def _config(brand: Path | None) -> Config:
    locations = [str(CORE_VERSIONS)]
    if brand is not None and _tenant_versions(brand).is_dir():
        locations.append(str(_tenant_versions(brand)))
    config = Config(cmd_opts=Namespace(quiet=True))
    options = {"script_location": str(HERE), "path_separator": "newline", "version_locations": "\n".join(locations)}
    for name, value in options.items():
        config.set_main_option(name, value.replace("%", "%%"))
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    """A connection of its own for schema work; serialised on PostgreSQL, references unchecked on SQLite meanwhile.

    (SQLite changes a table by copying it, which a checked reference to the old table would forbid.)
    """
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            else:
                connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
                connection.rollback()
            yield connection
    finally:
        database.dispose()


def _heads(connection: Connection) -> tuple[str, ...]:
    heads = MigrationContext.configure(connection).get_current_heads()
    connection.rollback()
    return tuple(sorted(heads))


def _missing(heads: tuple[str, ...], brand: Path | None) -> list[str]:
    """The revisions above `heads`, oldest first. Raises SchemaUnknown."""
    scripts = ScriptDirectory.from_config(_config(brand))
    if not scripts.get_heads():
        return []
    try:
        missing = list(scripts.iterate_revisions("heads", heads or "base", implicit_base=True))
    except (CommandError, RevisionError) as error:
        raise SchemaUnknown(revision=", ".join(heads)) from error
    return [script.revision for script in reversed(missing)]
