"""What a SKU costs in this shop."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared_core.kernel.money import BPS_WHOLE, Money, exponent

PATH_MARK = " > "


class PriceBasis(StrEnum):
    MARKUP = "markup"
    SUGGESTED = "suggested"


class Rounding(StrEnum):
    """Prices are only ever rounded up. The charms need decimals; without them they mean `WHOLE`."""

    NONE = "none"
    WHOLE = "whole"
    NINES = "nines"
    CHARM_90 = ".90"
    CHARM_99 = ".99"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A SKU at the price at which it would be sold. One `supplier` sends its part of an order for `freight`."""

    sku: str
    price: Money
    supply_price: Money | None
    brand: str
    category: str
    product_code: str
    supplier: str = ""
    freight: Money | None = None


class PriceCheck(Protocol):
    """Whether a SKU may be sold at a price: the shop knows by what it pays out of it."""

    @property
    def signature(self) -> str:
        """Differs when two checks may decide differently."""
        ...

    def lists(self, proposed: Proposed) -> bool:
        """Whether the SKU may stand in the window."""
        ...

    def require(self, proposed: Proposed) -> None:
        """Raises an `Invalid` that says why the shop cannot ask this price."""
        ...


@dataclass(frozen=True, slots=True)
class AnyPrice:
    """The check of a shop that shares nothing."""

    signature: str = ""

    def lists(self, proposed: Proposed) -> bool:
        return True

    def require(self, proposed: Proposed) -> None:
        return


@dataclass(frozen=True, slots=True)
class PriceRule:
    """`markup_bps` is added to the supply price under `MARKUP`, and where nothing is suggested.

    Without a markup a SKU for which nothing is suggested has no price. What `check` refuses is not for sale.
    """

    basis: PriceBasis = PriceBasis.SUGGESTED
    markup_bps: int | None = None
    rounding: Rounding = Rounding.NONE
    check: PriceCheck = AnyPrice()

    def __post_init__(self) -> None:
        assert self.markup_bps is None or self.markup_bps >= 0, "a markup is not negative"
        assert self.markup_bps is not None or self.basis is PriceBasis.SUGGESTED, "how much is the markup?"

    @property
    def signature(self) -> str:
        """Differs when two rules may give different prices."""
        return "/".join(str(part) for part in (self.basis, self.markup_bps, self.rounding, self.check.signature))


@dataclass(frozen=True, slots=True)
class OnSale:
    """A SKU in a sale event, at the shop's price. `charged`: the lowest price that was charged before it, if any was.

    `left` pieces are to be had at `price`, of which one customer gets `per_customer_max` (None: any number).
    """

    code: str
    title: str
    price: Money
    supply_price: Money
    charged: Money | None
    starts_at: datetime
    ends_at: datetime
    left: int
    per_customer_max: int | None

    def running(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


def best_sale(ordinary: Money, sales: Iterable[OnSale], *, at: datetime) -> OnSale | None:
    """The running sale with the lowest price, where that is below the ordinary one and there are pieces left."""
    running = [each for each in sales if each.running(at) and each.left > 0 and each.price < ordinary]
    return min(running, key=lambda each: each.price.minor, default=None)


def used_up(ordinary: Money, sales: Iterable[OnSale], *, at: datetime) -> bool:
    """Whether a sale runs at a lower price of which no piece is left."""
    return any(each.running(at) and each.left == 0 and each.price < ordinary for each in sales)


def next_sale(ordinary: Money, sales: Iterable[OnSale], *, at: datetime) -> OnSale | None:
    """The first sale that is still to begin at a lower price."""
    coming = [each for each in sales if at < each.starts_at and each.price < ordinary]
    return min(coming, key=lambda each: each.starts_at, default=None)


def struck_price(ordinary: Money, sale: OnSale) -> Money | None:
    """What may honestly be struck out beside the price of a sale: a price that was charged before, and none above
    what is asked without the sale; None where that is not higher.
    """
    if sale.charged is None:
        return None
    before = min(sale.charged, ordinary)
    return before if before > sale.price else None


def list_price(
    rule: PriceRule, *, supply_price: Money | None, suggested: Money | None, floor: Money | None = None
) -> Money | None:
    """The price by the rule, never below supply price and floor; None where there is nothing to make a price from."""
    if supply_price is None:
        return None
    least = supply_price if floor is None else max(supply_price, floor)
    if rule.basis is PriceBasis.SUGGESTED and suggested is not None:
        return round_up(max(suggested, least), rule.rounding)
    if rule.markup_bps is None:
        return None
    whole = BPS_WHOLE + rule.markup_bps
    marked_up = Money(-(-supply_price.minor * whole // BPS_WHOLE), supply_price.currency)
    return round_up(max(marked_up, least), rule.rounding)


def round_up(price: Money, rounding: Rounding) -> Money:
    """The lowest price of the wanted shape that is not below `price`."""
    unit = 10 ** exponent(price.currency)
    match rounding:
        case Rounding.NONE:
            step, ending = 1, 0
        case Rounding.NINES:
            step, ending = 10, 9
        case Rounding.CHARM_90 if unit >= 100:
            step, ending = unit, unit * 90 // 100
        case Rounding.CHARM_99 if unit >= 100:
            step, ending = unit, unit * 99 // 100
        case _:
            step, ending = unit, 0
    return Money(price.minor + (ending - price.minor) % step, price.currency)


def selling_price(
    *, supply_price: Money | None, by_rule: Money | None, override: Money | None, floor: Money | None = None
) -> Money | None:
    """The shop's own price before the rule's; None, not for sale, without supply price or below that or the floor."""
    price = override if override is not None else by_rule
    if supply_price is None or price is None or price < supply_price:
        return None
    return None if below_floor(price, floor) else price


def below_floor(price: Money, floor: Money | None) -> bool:
    """Whether the supply side does not allow this price."""
    return floor is not None and price < floor


def category_path(category: str, path: Sequence[str]) -> str:
    """A category below the ones that hold it, as it is kept; it always ends with the category itself."""
    names = [each.replace(PATH_MARK.strip(), "/").strip() for each in path if each.strip()]
    if category and (not names or names[-1] != category):
        names.append(category)
    return PATH_MARK.join(names)


def ancestors(path: str) -> list[str]:
    """The path of each category that holds this one, the widest first, itself at the end."""
    names = path.split(PATH_MARK) if path else []
    return [PATH_MARK.join(names[: depth + 1]) for depth in range(len(names))]


def children(counts: Mapping[str, int], below: str) -> dict[str, int]:
    """How many products each category has that stands directly below this one ("": at the top), by path.

    `counts` are products by the path of their own category.
    """
    depth = len(ancestors(below))
    found: dict[str, int] = {}
    for path, count in counts.items():
        line = ancestors(path)
        if len(line) > depth and (not below or line[depth - 1] == below):
            found[line[depth]] = found.get(line[depth], 0) + count
    return dict(sorted(found.items()))
