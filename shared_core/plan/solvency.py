"""Is it solvent? Proves of every listing that no sale of it can cost the shop more than the customer pays.

A line must carry its supply, its fees and every share. Fees are taken of whole orders and rounded there; a line carries
them rounded up, so that lines which are each solvent make a solvent order, whichever stand together.

Nothing is sampled. What is left of a line, taken before rounding and divided by the pieces, never falls as the pieces
grow: supply, fees and rates grow with them, and what is limited grows less. Rounding moves it by less than one minor
unit for each fee. So a stretch of quantities in which nothing can be worse than what was found is never entered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared_core.kernel.money import BPS_WHOLE, Money
from shared_core.plan.payable import Amounts, Most, Payable, PayableGoods
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.terms import PAYEES, Channel
from shared_core.plan.shares import LineFacts, Parties, Party, Share, share_line

QUANTITY_MAX = 999
PRICE_DOUBLINGS_MAX = 20
"""How often a price is doubled in search of one that is solvent; where that does not help, none is."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A SKU at a price. Both prices are per piece; without a supply price nothing can be proven."""

    sku: str
    price: Money
    supply_price: Money | None
    brand: str = ""
    category: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """What a sale costs beside goods and shares, as parts of what is paid, and how many pieces one line may have."""

    rail_fee_bps: int = 0
    platform_fee_bps: int = 0
    quantity_max: int = QUANTITY_MAX

    def __post_init__(self) -> None:
        assert 0 <= self.rail_fee_bps <= BPS_WHOLE and 0 <= self.platform_fee_bps <= BPS_WHOLE, "a fee is a part"
        assert self.quantity_max >= 1, "a line has at least one piece"

    def rail_fee(self, goods: Money) -> Money:
        """What a line of an order bears of the rail's fee."""
        return Money(_part_up(goods.minor, self.rail_fee_bps), goods.currency)

    def platform_fee(self, goods: Money) -> Money:
        """What a line of an order bears of the supply side's fee."""
        return Money(_part_up(goods.minor, self.platform_fee_bps), goods.currency)

    def left(self, goods: int, supply: int, shares: int) -> int:
        """What is left of a line; all in minor units."""
        return goods - supply - _part_up(goods, self.rail_fee_bps) - _part_up(goods, self.platform_fee_bps) - shares

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


@dataclass(frozen=True, slots=True)
class Proof:
    """`losses`: the worst sale of each SKU that can lose money. `unproven`: SKUs of which no cost is known.

    `tightest`: of all that can be proven, the sale that leaves least.
    """

    losses: tuple[WorstSale, ...]
    unproven: tuple[Offered, ...]
    tightest: WorstSale | None

    @property
    def solvent(self) -> bool:
        """Whether no sale of anything can lose money."""
        return not self.losses and not self.unproven


def prove(plan: Plan, offers: Iterable[Offered], terms: SaleTerms) -> Proof:
    """Every SKU under every combination of ranks, people, channel and quantity."""
    return Prover(plan, terms).prove(offers)


def line_left(goods: Money, supply: Money, shares: Sequence[Share], terms: SaleTerms) -> Money:
    """What is left of one line whose people are known."""
    paid = sum(share.amount.minor for share in shares)
    return Money(terms.left(goods.minor, supply.minor, paid), (goods - supply).currency)


class Prover:
    """A plan under terms; what it has found out about kinds of goods serves the next SKU."""

    def __init__(self, plan: Plan, terms: SaleTerms) -> None:
        self._plan, self._terms = plan, terms
        self._goods = PayableGoods(plan)

    def prove(self, offers: Iterable[Offered]) -> Proof:
        """See `prove`."""
        known = list(offers)
        priced = [each for each in known if each.supply_price is not None]
        unproven = tuple(each for each in known if each.supply_price is None)
        losses: list[WorstSale] = []
        tightest: WorstSale | None = None
        for least, offered in sorted(((self._at_least(each), each) for each in priced), key=lambda pair: pair[0]):
            if least >= 0 and tightest is not None and tightest.left.minor <= least:
                break
            worst = self.worst_sale(offered)
            if not worst.solvent:
                losses.append(worst)
            if tightest is None or worst.left < tightest.left:
                tightest = worst
        return Proof(tuple(losses), unproven, tightest)

    def worst_sale(self, offered: Offered) -> WorstSale:
        """The sale of this SKU of which least is left. Its supply price must be known."""
        found = [(*_least(line, self._terms.quantity_max), place) for place, line in enumerate(self._lines(offered))]
        _, quantity, place = min(found)
        return self._spelled_out(offered, self._lines(offered)[place], quantity)

    def is_solvent(self, offered: Offered) -> bool:
        """Whether no sale of the SKU loses money; False without a cost."""
        if offered.supply_price is None:
            return False
        return self._at_least(offered) >= 0 or self.worst_sale(offered).solvent

    def price_needed(self, offered: Offered) -> Money | None:
        """A price from which the SKU is solvent, while it would not be for one minor unit less. None: there is none.

        The price it has is returned when it is solvent as it is.
        """
        if self.is_solvent(offered):
            return offered.price
        too_low = offered.price.minor
        enough = max(too_low, offered.supply_price.minor if offered.supply_price else 0, 1)
        for _ in range(PRICE_DOUBLINGS_MAX):
            if self.is_solvent(_at_price(offered, enough)):
                break
            too_low, enough = enough, enough * 2
        else:
            return None
        while enough - too_low > 1:
            between = (too_low + enough) // 2
            if self.is_solvent(_at_price(offered, between)):
                enough = between
            else:
                too_low = between
        return Money(enough, offered.price.currency)

    def _lines(self, offered: Offered) -> list["_Line"]:
        assert offered.supply_price is not None, f"{offered.sku} has no cost"
        kinds = self._goods.kinds(
            brand=offered.brand, category=offered.category, product=offered.product, sku=offered.sku
        )
        return [_Line(kind, offered.price.minor, offered.supply_price.minor, self._terms) for kind in kinds]

    def _at_least(self, offered: Offered) -> int:
        """Quickly: every sale of the SKU leaves this or more; below nothing it says only that one must look closer."""
        exactly = min(line.left_at_least for line in self._lines(offered))
        return self._terms.after_rounding(exactly) if exactly >= 0 else -1

    def _spelled_out(self, offered: Offered, line: "_Line", quantity: int) -> WorstSale:
        assert offered.supply_price is not None
        goods, supply, most = offered.price * quantity, offered.supply_price * quantity, line.most(quantity)
        facts = LineFacts(
            goods_net=goods,
            margin=goods - supply,
            channel=line.kind.goods.channel,
            brand=offered.brand,
            category=offered.category,
            product=offered.product,
            sku=offered.sku,
            quantity=quantity,
        )
        people = {payee: Party(PAYEES.index(payee) + 1, rank) for payee, rank in most.ranks.items() if rank}
        shares = tuple(share_line(self._plan, facts, Parties(people)))
        return WorstSale(
            offered=offered,
            quantity=quantity,
            channel=facts.channel,
            goods=goods,
            supply=supply,
            rail_fee=self._terms.rail_fee(goods),
            platform_fee=self._terms.platform_fee(goods),
            shares=shares,
            left=Money(line.left(quantity)[0], goods.currency),
            bound=sum(share.amount.minor for share in shares) != most.paid,
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """A SKU as one kind of goods, in minor units."""

    kind: Payable
    price: int
    supply_price: int
    terms: SaleTerms

    def most(self, quantity: int) -> Most:
        return self.kind.most(self._amounts(quantity))

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


def _least(line: _Line, quantity_max: int) -> tuple[int, int]:
    """The least that is left of any quantity, and such a quantity. A stretch is split while it could hold less."""
    best = (line.left(1)[0], 1)
    stretches = [(1, quantity_max)]
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


def _part_up(amount: int, bps: int) -> int:
    return -(-amount * bps // BPS_WHOLE)


def _at_price(offered: Offered, minor: int) -> Offered:
    return replace(offered, price=Money(minor, offered.price.currency))
