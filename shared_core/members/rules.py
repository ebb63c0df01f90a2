"""Who is bound to whom: the decision, without a database.

A *fan* is bound to the *sponsor* whose link came first and keeps that binding while it lives. Each fan has at most
one live binding, nobody is bound to themselves, and nobody is bound, over any number of steps, to themselves.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from shared_core.kernel.calendar import add_days

NAME_LENGTH_MAX = 80

Moment = Literal["click", "sign_up", "first_order"]
WhoMayLock = Literal["anyone", "members", "promoters"]
Qualified = Callable[[Any, Collection[int]], Collection[int]]
"""Asked in a session which of these members' links bind now: so rooms above say what this one does not know."""


class Outcome(StrEnum):
    """What became of a link that was followed."""

    BOUND = "bound"
    ALREADY_BOUND = "already_bound"
    NOTED = "noted"
    """The policy binds at a later moment; this link is remembered until then."""
    REFUSED_SELF = "refused_self"
    REFUSED_LOOP = "refused_loop"
    REFUSED_SPONSOR = "refused_sponsor"
    """The person who shared the link does not exist or may not lock fans under this policy."""
    REFUSED_KNOWN = "refused_known"
    """The shop knew the person who followed the link before, and the policy binds newcomers only."""


@dataclass(frozen=True, slots=True)
class BindingPolicy:
    """When links bind, for how long, and whose.

    `days`: the binding lives to the end of that many calendar days in `zone` (None: for ever).
    `protected_days`: for so long no other link can take the fan; afterwards the next link does, even though the
    binding still lives (None: protected for its whole life).
    `only_new` and `qualified` (None: everybody is) are asked when a link is followed, not again where it binds later.
    """

    on: Moment = "click"
    days: int | None = None
    protected_days: int | None = None
    who_may_lock: WhoMayLock = "anyone"
    zone: str = "UTC"
    only_new: bool = False
    qualified: Qualified | None = None

    def __post_init__(self) -> None:
        assert self.days is None or self.days >= 0, "a binding cannot end before it begins"
        assert self.protected_days is None or self.protected_days >= 0, "protection cannot end before it begins"


@dataclass(frozen=True, slots=True)
class Binding:
    """A fan's tie to `sponsor_id`, from `bound_at` until `ends_at` (None: for ever).

    Other links cannot take the fan before `protected_until` (None: as long as the binding lives). `via` says how it
    came about: click, sign_up, first_order, import.
    """

    sponsor_id: int
    bound_at: datetime
    protected_until: datetime | None = None
    ends_at: datetime | None = None
    via: str = "click"

    def outlives(self, at: datetime) -> bool:
        """Whether it is in force at some instant after `at`; an instant before its beginning counts."""
        return self.ends_at is None or self.ends_at > at

    def withstands(self, sponsor_id: int, *, at: datetime) -> bool:
        """Whether a link of `sponsor_id` followed at `at` leaves this binding as it is.

        A binding that began after `at` (another process was quicker, or history is imported late) always does.
        """
        if not self.outlives(at):
            return False
        if self.sponsor_id == sponsor_id or self.bound_at > at or self.protected_until is None:
            return True
        return self.protected_until > at

    def until(self, at: datetime) -> "Binding":
        """The same binding, ended at `at`."""
        return replace(self, ends_at=at)


@dataclass(frozen=True, slots=True)
class Sponsor:
    """What a policy may ask of somebody whose link is followed."""

    member_id: int
    identified: bool
    joined: bool


def new_binding(sponsor_id: int, *, policy: BindingPolicy, at: datetime, via: str = "click") -> Binding:
    """The binding that a link of `sponsor_id` makes at `at`."""
    return Binding(
        sponsor_id,
        bound_at=at,
        protected_until=_days_after(at, policy.protected_days, policy.zone),
        ends_at=_days_after(at, policy.days, policy.zone),
        via=via,
    )


def may_lock(sponsor: Sponsor, policy: BindingPolicy) -> bool:
    """Whether this person's links may bind fans."""
    if policy.who_may_lock == "promoters":
        return sponsor.joined
    return sponsor.identified or policy.who_may_lock == "anyone"


def decide(
    *, fan_id: int, sponsor_id: int, withstood: bool, entitled: bool, welcome: bool, closes_loop: Callable[[], bool]
) -> Outcome:
    """Whether the link binds. `withstood`: a binding of the fan stands in the way; `entitled`: the sponsor may lock;
    `welcome`: the fan may be bound. `closes_loop` is asked last and only when the answer depends on it, because it may
    have to walk far."""
    if fan_id == sponsor_id:
        return Outcome.REFUSED_SELF
    if withstood:
        return Outcome.ALREADY_BOUND
    if not welcome:
        return Outcome.REFUSED_KNOWN
    if not entitled:
        return Outcome.REFUSED_SPONSOR
    return Outcome.REFUSED_LOOP if closes_loop() else Outcome.BOUND


def binds_at_once(policy: BindingPolicy, *, identified: bool) -> bool:
    """Whether a link binds when it is followed; else it is only noted until the policy's moment comes."""
    return policy.on == "click" or (policy.on == "sign_up" and identified)


def _days_after(at: datetime, days: int | None, zone: str) -> datetime | None:
    return None if days is None else add_days(at, days, zone)
