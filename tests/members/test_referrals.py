"""Importing history from another platform, held against an oracle that knows nothing of ours."""

import csv
import itertools
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.kernel.calendar import add_days
from shared_core.members import BindingPolicy, ReferralReport, ReferralRow
from shared_core.members.models import BindingHistoryRow, Member
from tests.databases import Databases
from tests.members.people import FOR_EVER, NOON, bind, days, heard, opened, visitor

NOW = datetime(2026, 3, 2, tzinfo=UTC)
YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)


def codes() -> Callable[[], str]:
    numbers = itertools.count()
    return lambda: f"C{next(numbers)}"


def referrals(pairs: Iterable[tuple[str, str, datetime]]) -> list[ReferralRow]:
    return [ReferralRow(line, *each) for line, each in enumerate(pairs, 1)]


def take(
    session: Session,
    rows: Iterable[ReferralRow],
    *,
    policy: BindingPolicy = FOR_EVER,
    at: datetime = NOW,
    new_code: Callable[[], str] | None = None,
) -> ReferralReport:
    return members.import_referrals(session, rows, source="old", policy=policy, new_code=new_code or codes(), at=at)


def stored(session: Session, *, at: datetime = NOW) -> dict[str, str]:
    return {row.member: row.sponsor for row in members.export_bindings(session, at=at)}


def then(session: Session, name: str, *, at: datetime) -> str | None:
    """The sponsor's name at a past instant."""
    ids = labels(session)
    sponsor = members.sponsor_then(session, ids[name], at=at) if name in ids else None
    return next((label for label, member in ids.items() if member == sponsor), None)


def labels(session: Session) -> dict[str, int]:
    query = select(Member.external_key, Member.id).where(Member.external_key.is_not(None))
    return {str(key).rpartition(":")[2]: member_id for key, member_id in session.execute(query)}


class Oracle:
    """First link wins, written the slow and obvious way: a dictionary, and a walk with a pocket full of names."""

    def __init__(self, *, days_valid: int | None = None) -> None:
        self.days_valid = days_valid
        self.bound: dict[str, tuple[str, datetime | None]] = {}
        self.told = {"bound": 0, "already_bound": 0, "refused_self": 0, "refused_loop": 0}

    def sponsor(self, name: str, at: datetime) -> str | None:
        sponsor, end = self.bound.get(name, (None, None))
        return None if end is not None and end <= at else sponsor

    def hear(self, sharer: str, fan: str, at: datetime) -> None:
        self.told[self.verdict(sharer, fan, at)] += 1

    def verdict(self, sharer: str, fan: str, at: datetime) -> str:
        if sharer == fan:
            return "refused_self"
        if self.sponsor(fan, at) is not None:
            return "already_bound"
        walker: str | None = sharer
        while walker is not None:
            if walker == fan:
                return "refused_loop"
            walker = self.sponsor(walker, at)
        end = None if self.days_valid is None else add_days(at, self.days_valid, "UTC")
        self.bound[fan] = (sharer, end)
        return "bound"

    def alive(self, at: datetime) -> dict[str, str]:
        return {fan: sponsor for fan in self.bound if (sponsor := self.sponsor(fan, at)) is not None}


def told(rows: Iterable[ReferralRow], *, days_valid: int | None = None) -> Oracle:
    oracle = Oracle(days_valid=days_valid)
    for row in sorted(rows, key=lambda row: row.at):
        oracle.hear(row.sharer, row.visitor, row.at)
    return oracle


def agrees(report: ReferralReport, oracle: Oracle) -> bool:
    return {name: getattr(report, name) for name in oracle.told} == oracle.told


names = st.sampled_from("abcdefg")
instants = st.integers(0, 40).map(lambda hours: YEAR_2000 + timedelta(hours=6 * hours))
histories = st.lists(st.tuples(names, names, instants), max_size=40).map(referrals)


@given(history=histories, valid=st.none() | st.integers(0, 4))
def test_any_history_in_any_order_is_what_the_oracle_says(
    databases: Databases, history: list[ReferralRow], valid: int | None
) -> None:
    with opened(databases) as session:
        report = take(session, history, policy=BindingPolicy(days=valid))

        oracle = told(history, days_valid=valid)
        assert agrees(report, oracle)
        for at in {row.at for row in history} | {NOW}:
            assert {name: sponsor for name in "abcdefg" if (sponsor := then(session, name, at=at)) is not None} == told(
                (row for row in history if row.at <= at), days_valid=valid
            ).alive(at)


@given(
    history=histories,
    valid=st.none() | st.integers(0, 4),
    protected=st.none() | st.integers(0, 2),
    cut=st.integers(0, 40),
)
def test_importing_twice_or_a_longer_history_binds_only_what_is_new(
    databases: Databases, history: list[ReferralRow], valid: int | None, protected: int | None, cut: int
) -> None:
    policy = BindingPolicy(days=valid, protected_days=protected)
    in_order = sorted(history, key=lambda row: row.at)
    new_code = codes()
    with opened(databases) as session:
        first = take(session, in_order[:cut], policy=policy, new_code=new_code)
        longer = take(session, in_order, policy=policy, new_code=new_code)
        rows_before = session.scalar(select(func.count()).select_from(BindingHistoryRow))
        again = take(session, history, policy=policy, new_code=new_code)

        assert (again.bound, again.members_created) == (0, 0)
        assert session.scalar(select(func.count()).select_from(BindingHistoryRow)) == rows_before
    with opened(databases) as session:
        assert take(session, history, policy=policy).bound == first.bound + longer.bound


def test_ties_are_decided_in_the_order_of_the_file(session: Session) -> None:
    take(session, referrals([("anna", "fan", NOON), ("ben", "fan", NOON)]), at=NOON)

    assert stored(session) == {"fan": "anna"}


def test_a_refused_link_leaves_the_visitor_free_for_the_next_one(session: Session) -> None:
    history = [("a", "b", days(-9)), ("b", "a", days(-8)), ("a", "a", days(-7)), ("c", "a", days(-6))]

    report = take(session, referrals(history), at=NOON)

    assert stored(session) == {"b": "a", "a": "c"}
    assert (report.bound, report.refused_loop, report.refused_self) == (2, 1, 1)
    assert [(each.line, each.reason) for each in report.rejected] == [
        (2, "This link would close a loop."),
        (3, "Nobody can be bound to themselves."),
    ]


def test_imported_people_are_heads_once(session: Session) -> None:
    history = referrals([("anna", "fan", days(-2)), ("ben", "fan", days(-1))])

    with heard(session) as events:
        take(session, history, at=NOON)
        take(session, history, at=NOON)

    kinds = [type(event).__name__ for event in events]
    assert kinds == ["MemberIdentified", "MemberIdentified", "MemberIdentified", "FanBound", "FanCounted"]
    assert events[-1].at == days(-2)


def test_lines_without_a_name_or_from_the_future_are_listed(session: Session) -> None:
    history = referrals([("", "fan", NOON), ("anna", "fan", days(9)), ("anna", "x" * 300, NOON)])

    report = take(session, history, at=NOON)

    assert (report.unusable, report.members_created, report.bound) == (3, 0, 0)
    assert [each.line for each in report.rejected] == [1, 2, 3]


def test_the_same_name_on_two_platforms_is_two_people(session: Session) -> None:
    history = referrals([("anna", "fan", days(-1))])
    new_code = codes()
    for source in ("old", "older"):
        report = members.import_referrals(session, history, source=source, policy=FOR_EVER, new_code=new_code, at=NOON)
        assert report.members_created == 2


def test_what_was_bound_here_is_not_touched_by_history(session: Session) -> None:
    new_code = codes()
    ids = members.ensure_external_members(session, [("fan", NOON), ("anna", NOON)], source="old", new_code=new_code)
    ben = visitor(session)
    bind(session, ids["fan"], ben)
    bind(session, ben, ids["anna"])

    report = take(
        session, referrals([("anna", "fan", days(-9)), ("fan", "anna", days(-8))]), at=NOON, new_code=new_code
    )

    assert (report.already_bound, report.refused_loop) == (1, 1)
    assert members.sponsor_of(session, ids["fan"], at=NOON) == ben


@pytest.mark.parametrize("name", ["collegemsg.txt", "bitcoin-alpha.csv"])
def test_real_history_is_what_the_oracle_says(session: Session, sample_data: Path, name: str) -> None:
    columns = {"sharer": "source", "visitor": "target", "at": "timestamp"}
    file = members.read_referrals(sample_data / "referrals" / name, columns=columns)
    new_code = codes()

    report = take(session, file.rows, new_code=new_code)
    again = take(session, file.rows, new_code=new_code)

    oracle = plainly_read(sample_data / "referrals" / name)
    assert agrees(report, oracle)
    assert report.refused_loop > 0
    assert stored(session) == oracle.alive(NOW)
    assert (again.bound, again.members_created) == (0, 0)
    assert again.already_bound + again.refused_loop + again.refused_self == len(file.rows)


def plainly_read(path: Path) -> Oracle:
    """The oracle's own reading of the two real files."""
    if path.suffix == ".txt":
        lines = [line.split() for line in path.read_text().splitlines()]
        pairs = [(int(at), sharer, fan) for sharer, fan, at in lines]
    else:
        with path.open() as opened:
            pairs = [(int(row["timestamp"]), row["source"], row["target"]) for row in csv.DictReader(opened)]
    oracle = Oracle()
    for seconds, sharer, fan in sorted(pairs, key=lambda pair: pair[0]):
        oracle.hear(sharer, fan, datetime.fromtimestamp(seconds, UTC))
    return oracle


def test_a_very_long_line_of_people_is_bound_in_any_order(session: Session) -> None:
    size = 15_000
    pairs = [(str(number), str(number + 1), YEAR_2000) for number in range(size)]
    random.Random(7).shuffle(pairs)

    report = take(session, referrals([*pairs, (str(size), "0", YEAR_2000)]))

    assert (report.bound, report.refused_loop, report.members_created) == (size, 1, size + 1)
    assert max(row.depth for row in members.export_bindings(session, at=NOW)) == size
