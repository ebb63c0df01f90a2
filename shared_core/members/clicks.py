"""Following share links in bulk: visitors made and bound, hundreds in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core.members.bindings import Claim, bind_many
from shared_core.members.member_rows import ids_by_key
from shared_core.members.newcomers import Newcomer, bind_newcomers
from shared_core.members.rules import BindingPolicy, Outcome
from shared_core.members.visitors import NewVisitor, ensure_visitors


@dataclass(frozen=True, slots=True)
class Click:
    """Somebody followed the link of the member with the public code `sponsor_code`.

    Either `member_id` (logged in) or `visitor_token_hash` says who; an unknown cookie becomes a visitor whose public
    code is `visitor_code`. `fresh`: the cookie was made for this click, so that nobody has it yet.
    """

    sponsor_code: str
    at: datetime
    visitor_token_hash: str = ""
    visitor_code: str = ""
    fresh: bool = False
    member_id: int | None = None
    locale: str | None = None

    def __post_init__(self) -> None:
        assert self.member_id is not None or (self.visitor_token_hash and self.visitor_code), "who clicked?"


@dataclass(frozen=True, slots=True)
class ClickAnswer:
    """What the click did; `visitor_id` is who clicked, `sponsor_id` whose fan they are now (None: nobody's)."""

    outcome: Outcome
    visitor_id: int
    sponsor_id: int | None


_Placed = tuple[int, Click]


def record_clicks(session: Session, clicks: Sequence[Click], *, policy: BindingPolicy) -> list[ClickAnswer]:
    """One answer for each click, in order. Of several clicks of one visitor exactly one may be told "bound".

    Those who are known come first: deciding about them may need the lock, which is taken before any row.
    """
    shown = {each.visitor_token_hash for each in clicks if not each.fresh} - {""}
    ids = ids_by_key(session, shown, key="visitor_token_hash")
    known: list[_Placed] = []
    unknown: list[_Placed] = []
    for place, click in enumerate(clicks):
        is_known = click.member_id is not None or click.visitor_token_hash in ids
        (known if is_known else unknown).append((place, click))
    answers = _decided(session, known, ids, fresh=set(), new=set(), policy=policy)
    if unknown:
        answers |= _unknown(session, unknown, policy=policy)
    return [answers[place] for place in range(len(clicks))]


def _unknown(session: Session, clicks: Sequence[_Placed], *, policy: BindingPolicy) -> dict[int, ClickAnswer]:
    """Answers to clicks of cookies that had no row, by place; the first click of each is the one that binds."""
    first: dict[str, _Placed] = {}
    for place, click in clicks:
        first.setdefault(click.visitor_token_hash, (place, click))
    newcomers = [
        Newcomer(token_hash, click.visitor_code, click.locale, click.sponsor_code)
        for token_hash, (_, click) in first.items()
    ]
    arrived = bind_newcomers(session, newcomers, policy=policy, at=max(click.at for _, click in clicks))
    answers = {
        first[token_hash][0]: ClickAnswer(Outcome.BOUND, visitor.visitor_id, visitor.sponsor_id)
        for token_hash, visitor in arrived.items()
        if visitor.sponsor_id is not None
    }
    rest = [(place, click) for place, click in clicks if place not in answers]
    if not rest:
        return answers
    ids = {token_hash: visitor.visitor_id for token_hash, visitor in arrived.items()}
    fresh = {visitor.visitor_id for visitor in arrived.values() if visitor.sponsor_id is None}
    missing = [
        NewVisitor(click.visitor_token_hash, click.visitor_code, click.at, click.locale)
        for _, click in rest
        if click.visitor_token_hash not in ids
    ]
    found, made = ensure_visitors(session, missing)
    ids, fresh = ids | found, fresh | made
    new = {place for token_hash, (place, _) in first.items() if ids[token_hash] in fresh}
    return answers | _decided(session, rest, ids, fresh=fresh, new=new, policy=policy)


def _decided(
    session: Session,
    clicks: Sequence[_Placed],
    ids: Mapping[str, int],
    *,
    fresh: set[int],
    new: set[int],
    policy: BindingPolicy,
) -> dict[int, ClickAnswer]:
    """Answers to clicks of people who have a row, by place; `new` are the places of clicks that made it."""
    if not clicks:
        return {}
    sponsors = ids_by_key(session, {click.sponsor_code for _, click in clicks}, key="code")
    fans = [ids[click.visitor_token_hash] if click.member_id is None else click.member_id for _, click in clicks]
    claims = [
        Claim(fan_id, sponsors.get(click.sponsor_code, 0), click.at, fresh=fan_id in fresh, new=place in new)
        for fan_id, (place, click) in zip(fans, clicks, strict=True)
    ]
    decided = bind_many(session, claims, policy=policy)
    return {
        place: ClickAnswer(answer.outcome, fan_id, answer.sponsor_id)
        for (place, _), fan_id, answer in zip(clicks, fans, decided, strict=True)
    }
