"""Binding fans to sponsors: one link at a time or many in one transaction, by the same rules.

A fan whose row was made in the same transaction cannot be anybody's sponsor yet, so no loop can close and nobody
needs to wait. Every other decision is made under one lock: two disjoint links may close a loop that neither sees.

Order of locks, the same everywhere: "binding", then rows of members, then rows of bindings by ascending fan.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among, chunks
from shared_core.kernel.database import lock
from shared_core.kernel.events import announce
from shared_core.members.ancestry import bindings_above
from shared_core.members.binding_rows import end_bindings, read_bindings, write_bindings
from shared_core.members.errors import NotBound, UnknownMember
from shared_core.members.events import FanBound, FanLeft
from shared_core.members.first_links import note_first_links, take_first_link
from shared_core.members.forest import Forest
from shared_core.members.heads import Head, count_heads
from shared_core.members.models import Member
from shared_core.members.rules import (
    Binding,
    BindingPolicy,
    Moment,
    Outcome,
    Sponsor,
    binds_at_once,
    may_lock,
    new_binding,
)

BINDING_LOCK = "binding"


@dataclass(frozen=True, slots=True)
class Claim:
    """`fan_id` followed a link of `sponsor_id` at `at`. `fresh`: the fan's row was made in this transaction; `new`: for
    this very link, so that the shop had never seen the fan before."""

    fan_id: int
    sponsor_id: int
    at: datetime
    via: str = "click"
    fresh: bool = False
    new: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a claim, and whose fan the fan is now (None: nobody's)."""

    outcome: Outcome
    sponsor_id: int | None


@dataclass(frozen=True, slots=True)
class _Fan:
    identified: bool = False
    binding: Binding | None = None


def bind(
    session: Session,
    *,
    fan_id: int,
    sponsor_id: int,
    policy: BindingPolicy,
    at: datetime,
    via: str = "click",
    new: bool = False,
) -> Outcome:
    """Follow a link of `sponsor_id` for `fan_id`; `new` as in Claim. Refusals are outcomes, not errors.

    Raises UnknownMember when there is no such fan.
    """
    return bind_many(session, [Claim(fan_id, sponsor_id, at, via, new=new)], policy=policy)[0].outcome


def bind_first_link(
    session: Session, fan_id: int, *, moment: Moment, policy: BindingPolicy, at: datetime
) -> Outcome | None:
    """The policy's moment has come for this fan: let the link they followed first bind, if one is remembered.

    Safe to call at every sign-up and every order; None when the policy names another moment or nothing waits.
    """
    if policy.on != moment or moment == "click":
        return None
    lock(session, BINDING_LOCK)
    link = take_first_link(session, fan_id, at=at)
    if link is None:
        return None
    at_once = replace(policy, on="click", only_new=False, qualified=None)
    return bind(session, fan_id=fan_id, sponsor_id=link.sponsor_id, policy=at_once, at=at, via=moment)


def bind_many(session: Session, claims: Sequence[Claim], *, policy: BindingPolicy) -> list[Answer]:
    """Decide the claims in the given order, in one pass; one answer for each, in the same order.

    Several claims of one fan are decided one after another: at most the first binds, the others name the sponsor
    that is stored. Announces FanBound, and FanCounted where the fan is identified.
    """
    fans = _fans(session, claims)
    undecided = [claim for claim in claims if not _stays(fans[claim.fan_id], claim)]
    sponsors = _sponsors(session, {claim.sponsor_id for claim in undecided})
    entitled = _entitled(session, sponsors.values(), policy)
    forest = _forest(session, undecided, fans, sponsors)
    answers: list[Answer] = []
    made: list[tuple[int, Binding]] = []
    noted: dict[int, Binding] = {}
    for claim in claims:
        sponsor = sponsors.get(claim.sponsor_id)
        may = sponsor is not None and sponsor.member_id in entitled
        answer, binding = _decide(forest, claim, sponsor, fan=fans[claim.fan_id], entitled=may, policy=policy)
        answers.append(answer)
        if answer.outcome is Outcome.BOUND and binding is not None:
            made.append((claim.fan_id, binding))
        elif answer.outcome is Outcome.NOTED and sponsor is not None:
            noted.setdefault(claim.fan_id, new_binding(sponsor.member_id, policy=policy, at=claim.at))
    previous = {fan_id: fan.binding for fan_id, _ in made if (fan := fans[fan_id]).binding is not None}
    write_bindings(session, made, previous=previous)
    note_first_links(session, noted.items())
    announce_bindings(session, made, identified={fan_id for fan_id, fan in fans.items() if fan.identified})
    return answers


def leave(session: Session, fan_id: int, *, at: datetime) -> int:
    """The fan's right to leave: free from `at` on, and the next link binds anew. Returns who was left.

    Raises NotBound when no binding is in force.
    """
    lock(session, BINDING_LOCK)
    binding = read_bindings(session, [fan_id]).get(fan_id)
    if binding is None or not binding.outlives(at):
        raise NotBound
    end_bindings(session, {fan_id: binding}, reason="left", at=at)
    announce(session, FanLeft(fan_id, binding.sponsor_id, at))
    return binding.sponsor_id


def _decide(
    forest: Forest, claim: Claim, sponsor: Sponsor | None, *, fan: _Fan, entitled: bool, policy: BindingPolicy
) -> tuple[Answer, Binding | None]:
    welcome = claim.new or not policy.only_new
    sponsor_id = sponsor.member_id if sponsor is not None else claim.sponsor_id
    if binds_at_once(policy, identified=fan.identified):
        outcome, binding = forest.claim(
            claim.fan_id,
            sponsor_id,
            policy=policy,
            entitled=entitled,
            welcome=welcome,
            at=claim.at,
            via=claim.via,
        )
    else:
        outcome, binding = forest.note(claim.fan_id, sponsor_id, entitled=entitled, welcome=welcome, at=claim.at)
    return Answer(outcome, binding.sponsor_id if binding else None), binding


def _entitled(session: Session, sponsors: Iterable[Sponsor], policy: BindingPolicy) -> Collection[int]:
    """Those whose links may bind; one question to whoever knows of ranks, where the policy asks for one."""
    may = {each.member_id for each in sponsors if may_lock(each, policy)}
    return may if policy.qualified is None or not may else policy.qualified(session, may)


def announce_bindings(session: Session, made: Iterable[tuple[int, Binding]], *, identified: Collection[int]) -> None:
    """Tell of new bindings, and count those fans who are identified."""
    heads: list[Head] = []
    for fan_id, binding in made:
        announce(session, FanBound(fan_id, binding.sponsor_id, binding.bound_at))
        if fan_id in identified:
            heads.append(Head(binding.sponsor_id, fan_id, binding.bound_at))
    count_heads(session, heads)


def _fans(session: Session, claims: Sequence[Claim]) -> dict[int, _Fan]:
    """The fans of the claims. Whose binding may change is read again under the lock: it may just have changed."""
    fans = {claim.fan_id: _Fan() for claim in claims if claim.fresh}
    known = {claim.fan_id for claim in claims if not claim.fresh}
    if known:
        fans |= _read_fans(session, known)
        free = {claim.fan_id for claim in claims if not claim.fresh and not _stays(fans[claim.fan_id], claim)}
        if free:
            lock(session, BINDING_LOCK)
            fans |= _read_fans(session, free)
    return fans


def _stays(fan: _Fan, claim: Claim) -> bool:
    return fan.binding is not None and fan.binding.withstands(claim.sponsor_id, at=claim.at)


def _read_fans(session: Session, fan_ids: set[int]) -> dict[int, _Fan]:
    bindings = read_bindings(session, fan_ids)
    fans: dict[int, _Fan] = {}
    for chunk in chunks(sorted(fan_ids)):
        for row in session.execute(select(Member.id, Member.identified_at).where(among(session, Member.id, chunk))):
            fans[row.id] = _Fan(identified=row.identified_at is not None, binding=bindings.get(row.id))
    if len(fans) < len(fan_ids):
        raise UnknownMember
    return fans


def _sponsors(session: Session, member_ids: set[int]) -> dict[int, Sponsor]:
    """Who the links belong to: a visitor who became part of an account stands for that account.

    The rows are held (shared) until the end, so that nobody is merged away between the reading and the binding.
    """
    rows = _read_sponsors(session, member_ids)
    accounts = _read_sponsors(session, {merged for _, merged in rows.values() if merged is not None})
    return {
        member_id: sponsor if merged is None else accounts[merged][0] for member_id, (sponsor, merged) in rows.items()
    }


def _read_sponsors(session: Session, member_ids: set[int]) -> dict[int, tuple[Sponsor, int | None]]:
    columns = (Member.id, Member.identified_at, Member.joined_at, Member.merged_into_id)
    found: dict[int, tuple[Sponsor, int | None]] = {}
    for chunk in chunks(sorted(member_ids)):
        query = select(*columns).where(among(session, Member.id, chunk)).with_for_update(read=True, key_share=True)
        for row in session.execute(query):
            sponsor = Sponsor(row.id, row.identified_at is not None, row.joined_at is not None)
            found[row.id] = (sponsor, row.merged_into_id)
    return found


def _forest(
    session: Session, undecided: Sequence[Claim], fans: dict[int, _Fan], sponsors: dict[int, Sponsor]
) -> Forest:
    """As much of the trees as the decisions can depend on: the fans' own bindings, and all above the sponsors of
    those fans who may have fans themselves."""
    forest = Forest()
    above: dict[int, Binding] = {}
    risky = [claim for claim in undecided if not claim.fresh]
    if risky:
        starts = {sponsors[claim.sponsor_id].member_id for claim in risky if claim.sponsor_id in sponsors}
        above = bindings_above(session, starts, at=min(claim.at for claim in risky))
    own = {fan_id: fan.binding for fan_id, fan in fans.items() if fan.binding is not None}
    for fan_id, binding in (above | own).items():
        forest.add(fan_id, binding)
    return forest
