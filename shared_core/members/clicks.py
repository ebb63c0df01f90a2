"""Following share links in bulk: visitors made and bound, hundreds in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core.members.bindings import Claim, bind_many
from shared_core.members.member_rows import ids_by_key
from shared_core.members.rules import BindingPolicy, Outcome
from shared_core.members.visitors import NewVisitor, ensure_visitors


@dataclass(frozen=True, slots=True)
class Click:
    """Somebody followed the link of the member with the public code `sponsor_code`.

    Either `member_id` (logged in) or `visitor_token_hash` says who; an unknown cookie becomes a visitor whose public
    code is `visitor_code`.
    """

    sponsor_code: str
    at: datetime
    visitor_token_hash: str = ""
    visitor_code: str = ""
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


def record_clicks(session: Session, clicks: Sequence[Click], *, policy: BindingPolicy) -> list[ClickAnswer]:
    """One answer for each click, in order. Of several clicks of one visitor exactly one may be told "bound"."""
    ids, fresh = ensure_visitors(
        session,
        [
            NewVisitor(click.visitor_token_hash, click.visitor_code, click.at, click.locale)
            for click in clicks
            if click.member_id is None
        ],
    )
    sponsors = ids_by_key(session, [click.sponsor_code for click in clicks], key="code")
    fans = [ids[click.visitor_token_hash] if click.member_id is None else click.member_id for click in clicks]
    claims = [
        Claim(fan_id, sponsors.get(click.sponsor_code, 0), click.at, fresh=fan_id in fresh)
        for click, fan_id in zip(clicks, fans, strict=True)
    ]
    answers = bind_many(session, claims, policy=policy)
    return [
        ClickAnswer(answer.outcome, fan_id, answer.sponsor_id) for answer, fan_id in zip(answers, fans, strict=True)
    ]
