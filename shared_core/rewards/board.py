"""What counts for ranks, as one transaction sees it: read once, added up in memory, written in one go by `save`.

So a hundred thousand fans of an import cost a few statements, by the same code that counts a single one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among, chunks
from shared_core.kernel.database import Base, insert_or_ignore
from shared_core.plan import Plan
from shared_core.rewards.models import Count, Standing, TeamCount, Tie

LIFETIME = ""
COUNTERS = ("fans", "retail_minor", "self_minor", "purchases_minor", "live_minor", "team_minor", "packs")
Team = tuple[str, str]
"""A kind of tie, and a rank."""


class Board:
    """Standings, ties and counters under one plan.

    Whoever adds to a member's counters holds the member's standing locked; what is locked changes only here, and so
    may be remembered.
    """

    def __init__(self, session: Session, plan: Plan) -> None:
        self.session, self.plan = session, plan
        self._standings: dict[int, Standing] = {}
        self._parents: dict[tuple[str, int], int | None] = {}
        self._tied: set[tuple[str, int]] = set()
        self._sums: dict[tuple[int, str, str], Counter[str]] = {}
        self._added: dict[int, dict[str, Counter[str]]] = defaultdict(dict)
        self._teams: dict[int, dict[Team, tuple[int, int]]] = {}
        self._teams_added: dict[int, dict[Team, tuple[int, int]]] = defaultdict(dict)

    def read_ahead(self, member_ids: Iterable[int], *, kind: str) -> None:
        """Lock the standings of many members, and read what counting fans and invitations will ask of them."""
        for some in chunks(sorted(set(member_ids))):
            missing = set(some) - self._lock(some)
            for member_id in sorted(missing):
                self._make(member_id)
            self._lock(sorted(missing))
            ties = select(Tie.child_id, Tie.parent_id).where(Tie.kind == kind, among(self.session, Tie.child_id, some))
            self._parents |= {(kind, each): None for each in some}
            self._parents |= {(kind, row.child_id): row.parent_id for row in self.session.execute(ties)}
            self._read_lifetimes(some)
            self._read_teams(some)

    def standing(self, member_id: int) -> Standing:
        """The member's standing, made at the first rank where there is none; others wait until we are done."""
        if member_id not in self._standings and not self._lock([member_id]):
            self._make(member_id)
            self._lock([member_id])
        return self._standings[member_id]

    def _lock(self, member_ids: Sequence[int]) -> set[int]:
        query = select(Standing).where(among(self.session, Standing.member_id, member_ids)).order_by(Standing.member_id)
        rows = self.session.scalars(query.with_for_update(), execution_options={"populate_existing": True})
        found = {row.member_id: row for row in rows}
        self._standings |= found
        return set(found)

    def _make(self, member_id: int) -> None:
        fresh = {"member_id": member_id, "rank": self.plan.first_rank}
        insert_or_ignore(self.session, Standing, fresh, conflict=["member_id"])

    # --- ties ---

    def parent(self, kind: str, child_id: int) -> int | None:
        """Who brought the member in."""
        key = (kind, child_id)
        if key not in self._parents:
            query = select(Tie.parent_id).where(Tie.kind == kind, Tie.child_id == child_id)
            self._parents[key] = self.session.scalar(query)
        return self._parents[key]

    def tie(self, kind: str, child_id: int, parent_id: int) -> None:
        """From now on the member was brought in by `parent_id`."""
        self._parents[kind, child_id] = parent_id
        self._tied.add((kind, child_id))

    # --- counters ---

    def add(self, member_id: int, changes: Mapping[str, int], *, day: str) -> None:
        """Add to the counters of a day and of the lifetime; `changes` may be negative (a refund)."""
        changes = {counter: change for counter, change in changes.items() if change}
        for each in (day, LIFETIME) if changes else ():
            self._added[member_id].setdefault(each, Counter()).update(changes)

    def add_team(self, member_id: int, *, kind: str, rank: str, direct: int, team: int) -> None:
        """Add to how many members at `rank` a member has brought in."""
        if direct or team:
            mine = self._teams_added[member_id]
            mine[kind, rank] = _both(mine.get((kind, rank), (0, 0)), (direct, team))

    def sums(self, member_id: int, first: str, last: str) -> Mapping[str, int]:
        """The member's counters over the days from `first` to `last`; from LIFETIME to LIFETIME over all."""
        key = (member_id, first, last)
        if key not in self._sums:
            columns = [func.coalesce(func.sum(getattr(Count, counter)), 0) for counter in COUNTERS]
            days = Count.day.between(first, last)
            row = self.session.execute(select(*columns).where(Count.member_id == member_id, days)).one()
            self._sums[key] = Counter({name: int(value) for name, value in zip(COUNTERS, row, strict=True)})
        total = self._sums[key].copy()
        for day, changes in self._added.get(member_id, {}).items():
            if first <= day <= last:
                total.update(changes)
        return total

    def team(self, member_id: int, *, kind: str) -> dict[str, tuple[int, int]]:
        """Rank -> (direct, team): members at that rank or above below this one."""
        if member_id not in self._teams:
            self._read_teams([member_id])
        counted = dict(self._teams[member_id])
        for key, more in self._teams_added.get(member_id, {}).items():
            counted[key] = _both(counted.get(key, (0, 0)), more)
        return {rank: numbers for (each, rank), numbers in counted.items() if each == kind}

    def _read_lifetimes(self, member_ids: Sequence[int]) -> None:
        self._sums |= {(each, LIFETIME, LIFETIME): Counter() for each in member_ids}
        columns = [getattr(Count, counter) for counter in COUNTERS]
        query = select(Count.member_id, *columns).where(Count.day == LIFETIME)
        for row in self.session.execute(query.where(among(self.session, Count.member_id, member_ids))):
            self._sums[row.member_id, LIFETIME, LIFETIME].update(dict(zip(COUNTERS, row[1:], strict=True)))

    def _read_teams(self, member_ids: Sequence[int]) -> None:
        self._teams |= {each: {} for each in member_ids}
        query = select(TeamCount.member_id, TeamCount.kind, TeamCount.rank, TeamCount.direct, TeamCount.team)
        for row in self.session.execute(query.where(among(self.session, TeamCount.member_id, member_ids))):
            self._teams[row.member_id][row.kind, row.rank] = (row.direct, row.team)

    # --- writing ---

    def save(self) -> None:
        """Write down what was added and tied; the locks stay until the transaction ends."""
        self._write(Tie, [
            {"kind": kind, "child_id": child_id, "parent_id": self._parents[kind, child_id]}
            for kind, child_id in sorted(self._tied)
        ], replace=("parent_id",))  # fmt: skip
        self._write(Count, [
            dict.fromkeys(COUNTERS, 0) | {"member_id": member_id, "day": day} | changes
            for member_id, days in sorted(self._added.items())
            for day, changes in sorted(days.items())
        ], add=COUNTERS)  # fmt: skip
        self._write(TeamCount, [
            {"member_id": member_id, "kind": kind, "rank": rank, "direct": direct, "team": team}
            for member_id, teams in sorted(self._teams_added.items())
            for (kind, rank), (direct, team) in sorted(teams.items())
        ], add=("direct", "team"))  # fmt: skip
        for written in (self._tied, self._added, self._sums, self._teams_added, self._teams):
            written.clear()

    def _write(
        self, model: type[Base], rows: list[dict[str, Any]], *, add: Sequence[str] = (), replace: Sequence[str] = ()
    ) -> None:
        """Insert the rows; of one that is there `add` columns grow by the row's and `replace` columns become it."""
        if not rows:
            return
        table = cast(Table, model.__table__)
        dialect = sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql
        statement = dialect.insert(table)
        new = {name: table.c[name] + statement.excluded[name] for name in add}
        new |= {name: statement.excluded[name] for name in replace}
        key = [column.name for column in table.primary_key]
        self.session.execute(statement.on_conflict_do_update(index_elements=key, set_=new), rows)


def _both(some: tuple[int, int], more: tuple[int, int]) -> tuple[int, int]:
    return some[0] + more[0], some[1] + more[1]
