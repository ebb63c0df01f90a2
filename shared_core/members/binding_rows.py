"""Reading and writing bindings. Nothing is decided here; every change leaves a row of history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from shared_core.members.bulk import among, chunks, insert_all
from shared_core.members.models import BindingHistoryRow, BindingRow
from shared_core.members.rules import Binding

# Many rows are written to the bare tables: the ORM's bookkeeping would cost as much again.
BINDINGS = cast(Table, BindingRow.__table__)
HISTORY = cast(Table, BindingHistoryRow.__table__)


@dataclass(frozen=True, slots=True)
class Change:
    """A binding that was decided, to be written. `kind` is bound or moved; a move happened at `at`."""

    fan_id: int
    binding: Binding
    via: str
    kind: str = "bound"
    at: datetime | None = None


def in_force(at: datetime) -> ColumnElement[bool]:
    """The rows of `BindingRow` that are in force at `at`, or begin later."""
    return or_(BindingRow.ends_at.is_(None), BindingRow.ends_at > at)


def read_bindings(session: Session, fan_ids: Iterable[int]) -> dict[int, Binding]:
    """The newest binding of each of these fans, in force or not."""
    found: dict[int, Binding] = {}
    for chunk in chunks(sorted(set(fan_ids))):
        for row in session.execute(_COLUMNS.where(among(session, BindingRow.fan_id, chunk))):
            found[row.fan_id] = Binding(row.sponsor_id, row.bound_at, row.protected_until, row.ends_at)
    return found


def write_bindings(session: Session, changes: Sequence[Change], *, replaced: Iterable[int]) -> None:
    """Make these the fans' bindings. `replaced`: the fans that already have a row, dead or past its protection.

    Where a fan occurs more than once, the last change is the binding and all of them are history.
    """
    if not changes:
        return
    existing = set(replaced)
    newest = {change.fan_id: change for change in changes}
    added = [_row(newest[fan_id]) for fan_id in sorted(newest.keys() - existing)]
    insert_all(session, BINDINGS, added)
    changed = [{f"new_{key}": value for key, value in _row(newest[fan_id]).items()} for fan_id in sorted(existing)]
    if changed:
        session.connection().execute(_REPLACE, changed)
    insert_all(session, HISTORY, [_history(change) for change in changes])


def end_bindings(session: Session, sponsors: Mapping[int, int], *, kind: str, at: datetime, via: str) -> None:
    """Free these fans (fan -> the sponsor they are freed from). `kind` is left, merged or freed."""
    if not sponsors:
        return
    session.execute(update(BindingRow).where(among(session, BindingRow.fan_id, sorted(sponsors))).values(ends_at=at))
    freed = [
        {
            "fan_id": fan_id,
            "sponsor_id": sponsor_id,
            "kind": kind,
            "at": at,
            "protected_until": None,
            "ends_at": at,
            "via": via,
        }
        for fan_id, sponsor_id in sorted(sponsors.items())
    ]
    insert_all(session, HISTORY, freed)


_COLUMNS = select(
    BindingRow.fan_id, BindingRow.sponsor_id, BindingRow.bound_at, BindingRow.protected_until, BindingRow.ends_at
)
_REPLACE = (
    update(BindingRow)
    .where(BindingRow.fan_id == bindparam("new_fan_id"))
    .values(
        sponsor_id=bindparam("new_sponsor_id"),
        bound_at=bindparam("new_bound_at"),
        protected_until=bindparam("new_protected_until"),
        ends_at=bindparam("new_ends_at"),
        via=bindparam("new_via"),
    )
)


def _row(change: Change) -> dict[str, Any]:
    return {
        "fan_id": change.fan_id,
        "sponsor_id": change.binding.sponsor_id,
        "bound_at": change.binding.bound_at,
        "protected_until": change.binding.protected_until,
        "ends_at": change.binding.ends_at,
        "via": change.via,
    }


def _history(change: Change) -> dict[str, Any]:
    row = _row(change)
    bound_at = row.pop("bound_at")
    row["at"] = bound_at if change.at is None else change.at
    row["kind"] = change.kind
    return row
