"""Counting fans. Only identified people are heads, and each is a head of the same sponsor once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import insert_new
from shared_core.kernel.events import announce_together
from shared_core.members.events import FanCounted
from shared_core.members.models import HeadRow

HEADS = cast(Table, HeadRow.__table__)


@dataclass(frozen=True, slots=True)
class Head:
    """`fan_id` is identified and bound to `sponsor_id`, both since `at`."""

    sponsor_id: int
    fan_id: int
    at: datetime


def count_heads(session: Session, heads: Iterable[Head]) -> None:
    """Count each (sponsor, fan) that was not counted before, and announce it; the first of equal ones counts."""
    first: dict[tuple[int, int], Head] = {}
    for head in heads:
        first.setdefault((head.sponsor_id, head.fan_id), head)
    if not first:
        return
    rows = [{"sponsor_id": pair[0], "fan_id": pair[1], "at": first[pair].at} for pair in sorted(first)]
    made = insert_new(session, HEADS, rows, returning=("sponsor_id", "fan_id"))
    counted = {(row.sponsor_id, row.fan_id) for row in made}
    fans = [FanCounted(*pair, head.at) for pair, head in first.items() if pair in counted]
    announce_together(session, fans)


def head_count(session: Session, sponsor_id: int) -> int:
    """How many identified people were ever counted for this sponsor."""
    query = select(func.count()).select_from(HeadRow).where(HeadRow.sponsor_id == sponsor_id)
    return session.scalar(query) or 0
