"""One SKU at its price: what a sale of it leaves to the shop at least, whoever takes part and however many are sold.

A line must carry its supply, its fees and every share. Fees are taken of whole orders and rounded there; a line carries
them rounded up, so that lines which are each solvent make a solvent order, whichever stand together.

Nothing is sampled. What is left of a line, taken before rounding and divided by the pieces, never falls as the pieces
grow: supply, fees and rates grow with them, and what is limited grows less. Rounding moves it by less than one minor
unit for each fee. So a stretch of quantities in which nothing can be worse than what was found is never entered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared_core.kernel.money import BPS_WHOLE, MINOR_MAX, Money
from shared_core.plan.payable import Amounts, Most, Payable
from shared_core.plan.schema.terms import Channel
from shared_core.plan.shares import Share

QUANTITY_MAX = 999
LINES_MAX = 50


@dataclass(frozen=True, slots=True)
class Offered:
    """A SKU at a price. Both prices are per piece; without a supply price nothing can be proven.

    `freight` is what each parcel of its supplier costs the shop, nothing if it is not told.
    """

    sku: str
    price: Money
    supply_price: Money | None
    brand: str = ""
    category: str = ""
    product: str = ""
    supplier: str = ""
    freight: Money | None = None


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """What a sale costs beside goods and shares, as parts of what is paid, and how much one order may hold.

    The customer pays `freight_charged` for an order, and nothing from `free_over` on. `let_off`: by how much less than
    its total an order may be paid, at most.
    """

    rail_fee_bps: int = 0
    platform_fee_bps: int = 0
    quantity_max: int = QUANTITY_MAX
    lines_max: int = LINES_MAX
    freight_charged: Money | None = None
    free_over: Money | None = None
    let_off: Money | None = None

    def __post_init__(self) -> None:
        assert 0 <= self.rail_fee_bps <= BPS_WHOLE and 0 <= self.platform_fee_bps <= BPS_WHOLE, "a fee is a part"
        assert self.quantity_max >= 1 and self.lines_max >= 1, "an order has at least one piece"

    def rail_fee(self, goods: Money) -> Money:
        """What a line of an order bears of the rail's fee."""
        return Money(part_up(goods.minor, self.rail_fee_bps), goods.currency)

    def platform_fee(self, goods: Money) -> Money:
        """What a line of an order bears of the supply side's fee."""
        return Money(part_up(goods.minor, self.platform_fee_bps), goods.currency)

    @property
    def freight_kept(self) -> int:
        """What is left of the freight charged for an order after the rail's fee, in minor units."""
        charged = 0 if self.freight_charged is None else self.freight_charged.minor
        return charged - part_up(charged, self.rail_fee_bps)

    def left(self, goods: int, supply: int, shares: int) -> int:
        """What is left of a line; all in minor units."""
        return goods - supply - part_up(goods, self.rail_fee_bps) - part_up(goods, self.platform_fee_bps) - shares

    def left_exactly(self, goods: int, supply: int, shares_exactly: int) -> int:
        """The same before rounding, in ten-thousandths of a minor unit."""
        return (goods - supply) * BPS_WHOLE - goods * (self.rail_fee_bps + self.platform_fee_bps) - shares_exactly

    def after_rounding(self, left_exactly: int) -> int:
        """No less than this is left in minor units: rounding only takes from the shop where a fee is rounded up."""
        fees = bool(self.rail_fee_bps) + bool(self.platform_fee_bps)
        return -(-(left_exactly - fees * (BPS_WHOLE - 1)) // BPS_WHOLE)


@dataclass(frozen=True, slots=True)
class WorstSale:
    """The sale of one SKU of which least is left. The people of `shares` are numbered; they are an example.

    `left` is exact, unless `bound`: shares that a limit shrinks lose to rounding, so a few minor units more may be
    left than `left` says, never less.
    """

    offered: Offered
    quantity: int
    channel: Channel
    goods: Money
    supply: Money
    rail_fee: Money
    platform_fee: Money
    shares: tuple[Share, ...]
    left: Money
    bound: bool

    @property
    def solvent(self) -> bool:
        return self.left.minor >= 0


def line_left(goods: Money, supply: Money, shares: Sequence[Share], terms: SaleTerms) -> Money:
    """What is left of one line whose people are known."""
    paid = sum(share.amount.minor for share in shares)
    return Money(terms.left(goods.minor, supply.minor, paid), (goods - supply).currency)


@dataclass(frozen=True, slots=True)
class Line:
    """A SKU as one kind of goods, in minor units. What was reckoned of a quantity is kept."""

    kind: Payable
    price: int
    supply_price: int
    terms: SaleTerms
    _reckoned: dict[int, Most] = field(default_factory=dict, compare=False, repr=False)

    def most(self, quantity: int) -> Most:
        """What is paid at most on so many pieces."""
        if quantity not in self._reckoned:
            self._reckoned[quantity] = self.kind.most(self._amounts(quantity))
        return self._reckoned[quantity]

    def left(self, quantity: int) -> tuple[int, int]:
        """The least that is left of so many pieces, after and before rounding.

        Before rounding and divided by the quantity it never falls as the quantity grows.
        """
        goods, supply, most = self.price * quantity, self.supply_price * quantity, self.most(quantity)
        terms = self.terms
        return terms.left(goods, supply, most.paid), terms.left_exactly(goods, supply, most.exactly)

    @property
    def left_at_least(self) -> int:
        """Quickly: before rounding no less is left of one piece, nor of several unless it is below nothing."""
        return self.terms.left_exactly(self.price, self.supply_price, self.kind.ceiling(self._amounts(1)))

    def _amounts(self, quantity: int) -> Amounts:
        return Amounts(self.price * quantity, max(self.price - self.supply_price, 0) * quantity, quantity)


def pieces_that_count(offered: Offered, terms: SaleTerms) -> int:
    """How many pieces one line may have: no more than an amount of money can say the price of."""
    dearest = max(offered.price.minor, offered.supply_price.minor if offered.supply_price else 0, 1)
    return max(1, min(terms.quantity_max, MINOR_MAX // dearest))


def least(line: Line, fewest: int, most: int) -> tuple[int, int]:
    """The least that is left of any of these quantities, and which. A stretch is split while it could hold less."""
    best = (line.left(fewest)[0], fewest)
    stretches = [(fewest, most)]
    while stretches:
        first, last = stretches.pop()
        if first > last:
            continue
        left, exactly = line.left(first)
        best = min(best, (left, first), (line.left(last)[0], last))
        nearest = first + 1 if exactly >= 0 else last - 1
        if line.terms.after_rounding(exactly * nearest // first) < best[0]:
            middle = (first + last) // 2
            stretches += [(first + 1, middle), (middle + 1, last - 1)]
    return best


def part_up(amount: int, bps: int) -> int:
    """So many ten-thousandths, rounded up."""
    return -(-amount * bps // BPS_WHOLE)
