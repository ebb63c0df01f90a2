"""History from another platform: who shared to whom, and when.

The rows are decided in the order of time by the rules that decide about links followed here, in memory, and written
in bulk. What is already known, of this history or of any other, stays as it is: importing twice changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among, chunks
from shared_core.kernel.database import lock
from shared_core.kernel.events import announce
from shared_core.kernel.i18n import N_
from shared_core.members.binding_rows import read_bindings, write_bindings
from shared_core.members.bindings import BINDING_LOCK, announce_bindings
from shared_core.members.events import MemberIdentified
from shared_core.members.exports import external_key
from shared_core.members.forest import Forest
from shared_core.members.member_rows import ids_by_key, insert_missing
from shared_core.members.models import BindingHistoryRow, Member
from shared_core.members.rules import NAME_LENGTH_MAX, Binding, BindingPolicy, Outcome

SOURCE_LENGTH_MAX = 40
EXTERNAL_NAME_LENGTH_MAX = 200

REASONS = {
    Outcome.REFUSED_SELF: N_("Nobody can be bound to themselves."),
    Outcome.REFUSED_LOOP: N_("This link would close a loop."),
}
NO_NAME = N_("A name is missing.")
LONG_NAME = N_("A name is too long.")
IN_THE_FUTURE = N_("The time lies in the future.")


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """`sharer` shared a link and `visitor` followed it at `at`; names as the other platform knows them."""

    line: int
    sharer: str
    visitor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that bound nobody, and why (an English sentence that has translations)."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReferralReport:
    """What an import did. Every line is in exactly one of the first four figures or among the unusable ones;
    `rejected` lists the refused and the unusable lines, by line."""

    bound: int
    already_bound: int
    refused_self: int
    refused_loop: int
    unusable: int
    members_created: int
    rejected: list[RejectedLine] = field(default_factory=list)


def import_referrals(
    session: Session,
    rows: Iterable[ReferralRow],
    *,
    source: str,
    policy: BindingPolicy,
    new_code: Callable[[], str],
    at: datetime,
) -> ReferralReport:
    """Take over referral history. Rows may come in any order; equal times are decided in the order given.

    `source` names the other platform: the same name there is the same member here. Members that do not exist are
    created as identified people with a code from `new_code`. Of `policy` only the durations count: whether a link
    binds at once and who may share was the other platform's business.
    """
    assert source and ":" not in source and len(source) <= SOURCE_LENGTH_MAX, "a short name without colon"
    lock(session, BINDING_LOCK)
    usable, rejected = _usable(rows, at=at)
    unusable = len(rejected)
    created, ids = _members(session, usable, source=source, new_code=new_code)
    forest = _known_history(session, ids.values(), created=set(created))
    outcomes: Counter[Outcome] = Counter()
    made: list[tuple[int, Binding]] = []
    for row in usable:
        outcome, binding = forest.claim(
            ids[row.visitor], ids[row.sharer], policy=policy, entitled=True, at=row.at, via="import"
        )
        outcomes[outcome] += 1
        if outcome is Outcome.BOUND and binding is not None:
            made.append((ids[row.visitor], binding))
        elif outcome in REASONS:
            rejected.append(RejectedLine(row.line, REASONS[outcome]))
    for member_id, since in created.items():
        announce(session, MemberIdentified(member_id, since))
    fan_ids = {fan_id for fan_id, _ in made}
    write_bindings(session, made, previous=read_bindings(session, fan_ids - created.keys()))
    announce_bindings(session, made, identified=_identified(session, fan_ids))
    return ReferralReport(
        bound=outcomes[Outcome.BOUND],
        already_bound=outcomes[Outcome.ALREADY_BOUND],
        refused_self=outcomes[Outcome.REFUSED_SELF],
        refused_loop=outcomes[Outcome.REFUSED_LOOP],
        unusable=unusable,
        members_created=len(created),
        rejected=sorted(rejected, key=lambda each: each.line),
    )


def ensure_external_members(
    session: Session, names: Iterable[tuple[str, datetime]], *, source: str, new_code: Callable[[], str]
) -> dict[str, int]:
    """The members whom another platform knows by these names: name -> id.

    Those who do not exist are created, identified since the first instant given with their name.
    """
    created, ids = _external_members(session, names, source=source, new_code=new_code)
    for member_id, since in created.items():
        announce(session, MemberIdentified(member_id, since))
    return ids


def _usable(rows: Iterable[ReferralRow], *, at: datetime) -> tuple[list[ReferralRow], list[RejectedLine]]:
    """The rows that can be decided, oldest first (sorting is stable), and the lines that cannot."""
    usable: list[ReferralRow] = []
    rejected: list[RejectedLine] = []
    for row in rows:
        if not (row.sharer and row.visitor):
            rejected.append(RejectedLine(row.line, NO_NAME))
        elif max(len(row.sharer), len(row.visitor)) > EXTERNAL_NAME_LENGTH_MAX:
            rejected.append(RejectedLine(row.line, LONG_NAME))
        elif row.at > at:
            rejected.append(RejectedLine(row.line, IN_THE_FUTURE))
        else:
            usable.append(row)
    return sorted(usable, key=lambda row: row.at), rejected


def _members(
    session: Session, rows: Sequence[ReferralRow], *, source: str, new_code: Callable[[], str]
) -> tuple[dict[int, datetime], dict[str, int]]:
    names = ((name, row.at) for row in rows for name in (row.sharer, row.visitor))
    return _external_members(session, names, source=source, new_code=new_code)


def _external_members(
    session: Session, names: Iterable[tuple[str, datetime]], *, source: str, new_code: Callable[[], str]
) -> tuple[dict[int, datetime], dict[str, int]]:
    """Who was created (id -> since when), and everybody (name -> id)."""
    first_seen: dict[str, datetime] = {}
    for name, at in names:
        first_seen[name] = min(at, first_seen.get(name, at))
    keys = {external_key(source, name): name for name in first_seen}
    found = ids_by_key(session, keys, key="external_key")
    missing = [
        {
            "code": new_code(),
            "name": name[:NAME_LENGTH_MAX],
            "external_key": key,
            "created_at": first_seen[name],
            "identified_at": first_seen[name],
        }
        for key, name in keys.items()
        if key not in found
    ]
    made = insert_missing(session, missing, key="external_key") if missing else {}
    created = {member_id: first_seen[keys[key]] for key, member_id in made.items()}
    return created, {keys[key]: member_id for key, member_id in (found | made).items()}


def _known_history(session: Session, member_ids: Iterable[int], *, created: set[int]) -> Forest:
    """Everything that ever bound these members or anybody above them; who was created just now has no past."""
    known = set(member_ids)
    told: dict[int, list[Binding]] = {}
    for chunk in chunks(sorted(known - created)):
        _tell(session, told, chunk)
    beyond = {binding.sponsor_id for bindings in told.values() for binding in bindings} - known
    while beyond:
        for chunk in chunks(sorted(beyond)):
            _tell(session, told, chunk)
        known |= beyond
        beyond = {each.sponsor_id for fan_id in beyond for each in told.get(fan_id, ())} - known
    forest = Forest()
    for fan_id, bindings in told.items():
        for binding in sorted(bindings, key=lambda each: each.bound_at):
            forest.add(fan_id, binding)
    return forest


def _tell(session: Session, told: dict[int, list[Binding]], fan_ids: Sequence[int]) -> None:
    """Read the bindings of these fans, those that are over and the newest, into `told`.

    A sponsor who became part of an account is the account.
    """
    over = BindingHistoryRow
    query = (
        select(
            over.fan_id,
            func.coalesce(Member.merged_into_id, over.sponsor_id).label("sponsor_id"),
            over.bound_at,
            over.protected_until,
            over.ended_at,
        )
        .select_from(over)
        .outerjoin(Member, Member.id == over.sponsor_id)
        .where(among(session, over.fan_id, fan_ids))
        .order_by(over.fan_id, over.id)
    )
    for row in session.execute(query):
        binding = Binding(row.sponsor_id, row.bound_at, row.protected_until, row.ended_at)
        told.setdefault(row.fan_id, []).append(binding)
    for fan_id, binding in read_bindings(session, fan_ids).items():
        told.setdefault(fan_id, []).append(binding)


def _identified(session: Session, member_ids: set[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(sorted(member_ids)):
        found.update(
            session.scalars(
                select(Member.id).where(among(session, Member.id, chunk), Member.identified_at.is_not(None))
            )
        )
    return found
