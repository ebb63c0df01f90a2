"""Decisions of the supply side: values in, values out."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shared_core.kernel.money import Money, share_of
from shared_core.supply.errors import BadQuantity, CreditUsedUp, HoldLimitReached, NothingToHold
from shared_core.supply.gateway import HoldLimits
from shared_core.supply.views import HoldLine


class SupplierState(StrEnum):
    """How far a supplier has come; each step of coming aboard is reached once what it names is there."""

    APPLIED = "applied"
    DOCUMENTS = "documents"
    TERMS = "terms"
    FIRST_FEED = "first_feed"
    SAMPLE_ORDER = "sample_order"
    LIVE = "live"
    SUSPENDED = "suspended"
    ENDED = "ended"


LOW_STOCK = 20
"""With this many free units or fewer every change is told to the stores; above it the figure they see may lag."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Minor units of one currency; None: not said."""

    supply: int | None = None
    suggested: int | None = None
    floor: int | None = None


def prices_of_tier(own: Prices, listed: Prices, *, cost: int | None) -> Prices:
    """What a variant costs stores of a tier: as their list says, else as the variant does.

    A supply price is never below what the supplier gets, and there is none while that is not known.
    """
    supply = own.supply
    if cost is not None and listed.supply is not None:
        supply = max(listed.supply, cost)
    suggested = own.suggested if listed.suggested is None else listed.suggested
    return Prices(supply, suggested, own.floor if listed.floor is None else listed.floor)


def content_hash(content: object) -> str:
    """What binds a reference to what it was used for. `content` is JSON-able; key order does not matter."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def merge_lines(lines: Iterable[HoldLine]) -> list[HoldLine]:
    """One line per SKU, sorted by SKU. Refuses quantities below one: BadQuantity."""
    quantities: dict[str, int] = {}
    for line in lines:
        if type(line.quantity) is not int or line.quantity < 1:
            raise BadQuantity(sku=line.sku)
        quantities[line.sku] = quantities.get(line.sku, 0) + line.quantity
    return [HoldLine(sku, quantity) for sku, quantity in sorted(quantities.items())]


def lines_to_hold(lines: Sequence[HoldLine], *, ttl: timedelta, limits: HoldLimits) -> list[HoldLine]:
    """The lines merged, once they keep within the limits: NothingToHold, BadQuantity, HoldLimitReached."""
    assert ttl > timedelta(0), "a hold lasts for a while"
    merged = merge_lines(lines)
    if not merged:
        raise NothingToHold
    if len(merged) > limits.lines_per_hold_max:
        raise HoldLimitReached(limit="lines_per_hold_max", maximum=limits.lines_per_hold_max)
    if max(line.quantity for line in merged) > limits.quantity_per_line_max:
        raise HoldLimitReached(limit="quantity_per_line_max", maximum=limits.quantity_per_line_max)
    if ttl > limits.ttl_max:
        raise HoldLimitReached(limit="ttl_max", maximum=limits.ttl_max)
    return merged


@dataclass(frozen=True, slots=True)
class TenantLimits:
    """What all unpaid holds of one store may keep from the other stores of a hub, and what it may come to owe.

    `credit_limit_minor`: None for no limit; with 0 the store pays in advance.
    """

    open_holds_max: int = 2_000
    unpaid_units_per_sku_max: int = 1_000
    credit_limit_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a store stands with a new hold counted in: its open holds, the most units it keeps of one SKU of the new
    hold, the supply value of its open holds, and what it owes already; negative when it has paid in advance.
    """

    open_holds: int
    units_of_one_sku: int
    open_minor: int
    owed_minor: int


def check_standing(standing: Standing, limits: TenantLimits) -> None:
    """Raises HoldLimitReached, CreditUsedUp."""
    if standing.open_holds > limits.open_holds_max:
        raise HoldLimitReached(limit="open_holds_max", maximum=limits.open_holds_max)
    if standing.units_of_one_sku > limits.unpaid_units_per_sku_max:
        raise HoldLimitReached(limit="unpaid_units_per_sku_max", maximum=limits.unpaid_units_per_sku_max)
    limit = limits.credit_limit_minor
    if limit is not None and standing.owed_minor + standing.open_minor > limit:
        raise CreditUsedUp()


def platform_fee(*, goods: Money | None, supply: Money, fee_bps: int) -> Money:
    """The fee on what the customer paid for the goods or, where that was not told, on the supply prices."""
    return share_of(goods if goods is not None else supply, fee_bps)


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """What decides how much of a platform fee has been given back; all in minor units of one currency."""

    fee_minor: int
    returned_minor: int
    supply_minor: int
    withdrawn_minor: int
    all_withdrawn: bool


def fee_to_return(facts: FeeFacts) -> int:
    """What is still to be given back: the withdrawn part of the supply, cumulative and rounded down.

    When everything is withdrawn all of the fee goes back, also where the goods cost nothing.
    """
    if facts.all_withdrawn:
        return facts.fee_minor - facts.returned_minor
    if facts.supply_minor == 0:
        return 0
    return facts.fee_minor * facts.withdrawn_minor // facts.supply_minor - facts.returned_minor


def freight_goes_back(*, shipped: bool, already: bool, left: int) -> bool:
    """Freight is given back once, when nothing is `left` of a supplier order that was never shipped."""
    return not shipped and not already and left == 0
