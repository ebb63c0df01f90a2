"""Reading and writing bindings. Nothing is decided here; every binding that ends becomes a row of history."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among, chunks, insert_all
from shared_core.members.models import BindingHistoryRow, BindingRow
from shared_core.members.rules import Binding

# Many rows are written to the bare tables: the ORM's bookkeeping would cost as much again.
BINDINGS = cast(Table, BindingRow.__table__)
HISTORY = cast(Table, BindingHistoryRow.__table__)


def in_force(at: datetime) -> ColumnElement[bool]:
    """The rows of `BindingRow` that are in force at `at`, or begin later."""
    return or_(BindingRow.ends_at.is_(None), BindingRow.ends_at > at)


def read_bindings(session: Session, fan_ids: Iterable[int]) -> dict[int, Binding]:
    """The newest binding of each of these fans, in force or not."""
    found: dict[int, Binding] = {}
    for chunk in chunks(sorted(set(fan_ids))):
        for row in session.execute(BINDING_COLUMNS.where(among(session, BindingRow.fan_id, chunk))):
            found[row.fan_id] = Binding(*row[1:])
    return found


def write_bindings(session: Session, made: Sequence[tuple[int, Binding]], *, previous: Mapping[int, Binding]) -> None:
    """Write what was decided: (fan, binding), in the order of the decisions; a fan may occur more than once.

    `previous`: the bindings that some of these fans have a row of; they become history.
    """
    held = dict(previous)
    history: list[dict[str, Any]] = []
    for fan_id, binding in made:
        if fan_id in held:
            history.append(_over(fan_id, held[fan_id], at=binding.bound_at, reason="taken"))
        held[fan_id] = binding
    added = sorted({fan_id for fan_id, _ in made} - previous.keys())
    insert_all(session, BINDINGS, [_row(fan_id, held[fan_id]) for fan_id in added])
    replaced = sorted({fan_id for fan_id, _ in made} & previous.keys())
    if replaced:
        rows = [{f"new_{key}": value for key, value in _row(fan_id, held[fan_id]).items()} for fan_id in replaced]
        session.connection().execute(_REPLACE, rows)
    insert_all(session, HISTORY, history)


def end_bindings(session: Session, bindings: Mapping[int, Binding], *, reason: str, at: datetime) -> None:
    """Free these fans. `reason` is left, freed or merged."""
    if bindings:
        session.execute(delete(BindingRow).where(among(session, BindingRow.fan_id, sorted(bindings))))
        insert_all(session, HISTORY, [_over(*each, at=at, reason=reason) for each in sorted_items(bindings)])


def move_bindings(session: Session, bindings: Mapping[int, Binding], *, sponsor_id: int, at: datetime) -> None:
    """Put another sponsor in the place of theirs, who turned out to be the same person. They keep their terms."""
    if bindings:
        fans = among(session, BindingRow.fan_id, sorted(bindings))
        session.execute(update(BindingRow).where(fans).values(sponsor_id=sponsor_id))
        insert_all(session, HISTORY, [_over(*each, at=at, reason="moved") for each in sorted_items(bindings)])


def sorted_items(bindings: Mapping[int, Binding]) -> list[tuple[int, Binding]]:
    """By ascending fan, the order in which rows are locked."""
    return sorted(bindings.items(), key=lambda item: item[0])


BINDING_COLUMNS = select(
    BindingRow.fan_id,
    BindingRow.sponsor_id,
    BindingRow.bound_at,
    BindingRow.protected_until,
    BindingRow.ends_at,
    BindingRow.via,
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


def _row(fan_id: int, binding: Binding) -> dict[str, Any]:
    return {
        "fan_id": fan_id,
        "sponsor_id": binding.sponsor_id,
        "bound_at": binding.bound_at,
        "protected_until": binding.protected_until,
        "ends_at": binding.ends_at,
        "via": binding.via,
    }


def _over(fan_id: int, binding: Binding, *, at: datetime, reason: str) -> dict[str, Any]:
    """The row of history of a binding that ends at `at`, unless it had expired before."""
    expired = not binding.outlives(at) and binding.ends_at is not None
    return {
        "fan_id": fan_id,
        "sponsor_id": binding.sponsor_id,
        "bound_at": binding.bound_at,
        "protected_until": binding.protected_until,
        "ended_at": binding.ends_at if expired else at,
        "reason": "expired" if expired else reason,
        "via": binding.via,
    }
