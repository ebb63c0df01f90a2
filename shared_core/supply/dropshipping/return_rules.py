"""What a return may become, and what comes of it: values in, values out.

requested ──▶ authorised ──▶ sent ──▶ received ──▶ settled
    │             ├──▶ expired
    │             └──▶ cancelled
    └──▶ declined, cancelled; received, where it simply came; settled, where nothing can come back
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared_core.supply.errors import BadInspection, BadReturnTerms, NothingCameBack
from shared_core.supply.return_kinds import Bearer, Remedy, ReturnReason, ReturnState
from shared_core.supply.views import Address, HoldLine, Inspected

S = ReturnState
TRANSITIONS: Mapping[ReturnState, frozenset[ReturnState]] = {
    S.REQUESTED: frozenset({S.AUTHORISED, S.DECLINED, S.CANCELLED, S.RECEIVED}),
    S.AUTHORISED: frozenset({S.SENT, S.RECEIVED, S.EXPIRED, S.CANCELLED}),
    S.SENT: frozenset({S.RECEIVED}),
    S.RECEIVED: frozenset({S.SETTLED}),
    S.SETTLED: frozenset(),
    S.DECLINED: frozenset(),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
}
UNSENT: Mapping[ReturnState, frozenset[ReturnState]] = {S.REQUESTED: frozenset({S.SETTLED, S.DECLINED, S.CANCELLED})}
"""The way of pieces of which nothing can come back."""
ENDED = frozenset({S.SETTLED, S.DECLINED, S.CANCELLED, S.EXPIRED})
DAYS_MAX = 365


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    """Where a supplier takes goods back. What is authorised expires unless it is sent within `send_days`.

    An `automatic` supplier authorises every return for a fault, and others up to `no_reason_days` after delivery; the
    rest is decided by hand.
    """

    address: Address
    send_days: int = 14
    no_reason_days: int = 10
    automatic: bool = True

    def __post_init__(self) -> None:
        if not (1 <= self.send_days <= DAYS_MAX and 0 <= self.no_reason_days <= DAYS_MAX):
            raise BadReturnTerms(maximum=DAYS_MAX)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one SKU: `credited` pieces the store owes no longer, `new` ones sent for nothing, `sellable` on sale again."""

    sku: str
    pieces: int
    credited: int
    new: int
    sellable: int


def may_become(state: ReturnState, wanted: ReturnState, *, comes_back: bool) -> bool:
    steps = TRANSITIONS if comes_back else UNSENT
    return wanted in steps.get(state, frozenset())


def authorised_at_once(
    terms: ReturnTerms | None, *, reason: ReturnReason, delivered_at: datetime | None, at: datetime
) -> bool:
    """Whether nobody has to look at the request first. What has not arrived yet is within every window."""
    if terms is None or not terms.automatic or not reason.comes_back:
        return False
    if reason.at_fault is Bearer.SUPPLIER or delivered_at is None:
        return True
    return at <= delivered_at + timedelta(days=terms.no_reason_days)


def inspected(lines: Sequence[HoldLine], found: Sequence[Inspected], *, comes_back: bool) -> tuple[Inspected, ...]:
    """What was found, once it says of every piece one thing. Raises BadInspection, NothingCameBack."""
    by_sku = {each.sku: each for each in found}
    for line in lines:
        each = by_sku.get(line.sku)
        counts = (each.sellable, each.unsellable, each.refused) if each else ()
        if sum(counts) != line.quantity or any(count < 0 for count in counts):
            raise BadInspection(sku=line.sku, pieces=line.quantity)
        if each and each.sellable and not comes_back:
            raise NothingCameBack(sku=line.sku)
    if len(found) != len(lines) or set(by_sku) - {line.sku for line in lines}:
        stray = next((each.sku for each in found if each.sku not in {line.sku for line in lines}), found[0].sku)
        raise BadInspection(sku=stray, pieces=0)
    return tuple(by_sku[line.sku] for line in lines)


def outcomes(found: Sequence[Inspected], *, bearer: Bearer, remedy: Remedy) -> list[Outcome]:
    """What comes of each SKU. What cannot be sold again and the store bears is as if it had been refused, but stays."""
    result = []
    for each in found:
        accepted = each.sellable + (each.unsellable if bearer is Bearer.SUPPLIER else 0)
        new = accepted if remedy is Remedy.REPLACEMENT else 0
        pieces = each.sellable + each.unsellable + each.refused
        result.append(Outcome(each.sku, pieces, credited=accepted - new, new=new, sellable=each.sellable))
    return result
