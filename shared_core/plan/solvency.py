"""Is it solvent? Proves of a whole catalogue that no order can cost the shop more than the customer pays.

Every line must carry its supply, its fees and its shares (`selling`), every order its parcels (`parcels`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from shared_core.kernel.money import MINOR_MAX, Money
from shared_core.plan.parcels import WorstOrder, basket_least, worst_order
from shared_core.plan.payable import Most, PayableGoods
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.terms import PAYEES
from shared_core.plan.selling import Line, Offered, SaleTerms, WorstSale, least, pieces_that_count
from shared_core.plan.shares import LineFacts, Parties, Party, Share, share_sales


@dataclass(frozen=True, slots=True)
class Proof:
    """`losses`: the worst sale of each SKU that can lose money. `unproven`: SKUs of which no cost is known.

    `tightest`: of all that can be proven, the sale that leaves least. `freight_losses`: of SKUs whose sales are
    solvent, the worst order of one alone, where its parcel costs more than it leaves. `basket_least`: no order of any
    SKUs leaves less; a bound, which the worst order may stay above. None: nothing can be proven.
    """

    losses: tuple[WorstSale, ...]
    unproven: tuple[Offered, ...]
    tightest: WorstSale | None
    freight_losses: tuple[WorstOrder, ...]
    basket_least: Money | None

    @property
    def solvent(self) -> bool:
        """Whether no order of anything can lose money."""
        of_baskets = self.basket_least is None or self.basket_least.minor >= 0
        return not self.losses and not self.unproven and not self.freight_losses and of_baskets


def prove(plan: Plan, offers: Iterable[Offered], terms: SaleTerms) -> Proof:
    """Every SKU under every combination of ranks, people, channel and quantity."""
    return Prover(plan, terms).prove(offers)


class Prover:
    """A plan under terms; what it has found out about kinds of goods serves the next SKU."""

    def __init__(self, plan: Plan, terms: SaleTerms) -> None:
        self._plan, self._terms = plan, terms
        self._goods = PayableGoods(plan)

    def prove(self, offers: Iterable[Offered]) -> Proof:
        """See `prove`."""
        known = list(offers)
        priced = [(self._at_least(each), each) for each in known if each.supply_price is not None]
        losses, tightest = self._worst_sales(sorted(priced, key=lambda pair: pair[0]))
        lost = {sale.offered.sku for sale in losses}
        dear = [each for left, each in priced if each.sku not in lost and self._order_may_lose(left, each)]
        return Proof(
            losses=losses,
            unproven=tuple(each for each in known if each.supply_price is None),
            tightest=tightest,
            freight_losses=tuple(order for order in map(self.worst_order, dear) if not order.solvent),
            basket_least=None if lost else basket_least(priced, self._terms),
        )

    def _worst_sales(self, priced: Iterable[tuple[int, Offered]]) -> tuple[tuple[WorstSale, ...], WorstSale | None]:
        """Losses, and the tightest of all. What leaves a known amount or more is looked at in that order."""
        losses: list[_Worst] = []
        tightest: _Worst | None = None
        for left, offered in priced:
            if left >= 0 and tightest is not None and tightest.left <= left:
                break
            worst = self._worst(offered)
            if worst.left < 0:
                losses.append(worst)
            if tightest is None or worst.left < tightest.left:
                tightest = worst
        if tightest is None:
            return (), None
        *lost, last = self._spelled_out([*losses, tightest])
        return tuple(lost), last

    def _order_may_lose(self, left: int, offered: Offered) -> bool:
        """Where a sale leaves what its parcel costs and what may be let off, nothing can be lost on its order."""
        costs = (offered.freight, self._terms.let_off)
        return left < sum(each.minor for each in costs if each is not None)

    def worst_sale(self, offered: Offered) -> WorstSale:
        """The sale of this SKU of which least is left. Its supply price must be known."""
        [worst] = self._spelled_out([self._worst(offered)])
        return worst

    def _worst(self, offered: Offered) -> "_Worst":
        pieces_max = pieces_that_count(offered, self._terms)
        best: tuple[int, int, Line] | None = None
        for line in sorted(self._lines(offered), key=lambda each: each.left_at_least):
            lowest = line.left_at_least * (1 if line.left_at_least >= 0 else pieces_max)
            if best is None or self._terms.after_rounding(lowest) < best[0]:
                left, quantity = least(line, 1, pieces_max)
                best = (left, quantity, line) if best is None or left < best[0] else best
        assert best is not None, "goods are sold in some channel"
        left, quantity, line = best
        return _Worst(offered, line, quantity, left)

    def worst_order(self, offered: Offered) -> WorstOrder:
        """The order of this SKU alone of which least is left after its parcel. Its supply price must be known."""
        return min((worst_order(offered, line) for line in self._lines(offered)), key=lambda order: order.left.minor)

    def is_solvent(self, offered: Offered) -> bool:
        """Whether no sale of the SKU loses money; False without a cost."""
        if offered.supply_price is None:
            return False
        return self._at_least(offered) >= 0 or self._worst(offered).left >= 0

    def price_needed(self, offered: Offered) -> Money | None:
        """A price from which the SKU is solvent, while it would not be for one minor unit less. None: there is none.

        The price it has is returned when it is solvent as it is.
        """
        if self.is_solvent(offered):
            return offered.price
        too_low = offered.price.minor
        enough = max(too_low, offered.supply_price.minor if offered.supply_price else 0, 1)
        while not self.is_solvent(_at_price(offered, enough)):
            too_low, enough = enough, enough * 2
            if enough > MINOR_MAX:
                return None
        while enough - too_low > 1:
            between = (too_low + enough) // 2
            if self.is_solvent(_at_price(offered, between)):
                enough = between
            else:
                too_low = between
        return Money(enough, offered.price.currency)

    def _lines(self, offered: Offered) -> list[Line]:
        assert offered.supply_price is not None, f"{offered.sku} has no cost"
        kinds = self._goods.kinds(
            brand=offered.brand, category=offered.category, product=offered.product, sku=offered.sku
        )
        return [Line(kind, offered.price.minor, offered.supply_price.minor, self._terms) for kind in kinds]

    def _at_least(self, offered: Offered) -> int:
        """Quickly: every sale of the SKU leaves this or more; below nothing it says only that one must look closer."""
        exactly = min(line.left_at_least for line in self._lines(offered))
        return self._terms.after_rounding(exactly) if exactly >= 0 else -1

    def _spelled_out(self, found: Sequence["_Worst"]) -> list[WorstSale]:
        """All at once: what people get is reckoned on columns."""
        told = share_sales(self._plan, [(each.facts, each.people) for each in found])
        return [each.spelled_out(shares) for each, shares in zip(found, told, strict=True)]


@dataclass(frozen=True)
class _Worst:
    """The sale of a SKU of which least is left, in minor units, before it is spelled out."""

    offered: Offered
    line: Line
    quantity: int
    left: int

    @cached_property
    def most(self) -> Most:
        return self.line.most(self.quantity)

    @cached_property
    def facts(self) -> LineFacts:
        offered, supply_price = self.offered, self.offered.supply_price
        assert supply_price is not None
        return LineFacts(
            goods_net=offered.price * self.quantity,
            margin=(offered.price - supply_price) * self.quantity,
            channel=self.line.kind.goods.channel,
            brand=offered.brand,
            category=offered.category,
            product=offered.product,
            sku=offered.sku,
            quantity=self.quantity,
        )

    @property
    def people(self) -> Parties:
        """Somebody for everybody who is there at the most."""
        ranked = {payee: rank for payee, rank in self.most.ranks.items() if rank}
        return Parties({payee: Party(PAYEES.index(payee) + 1, rank) for payee, rank in ranked.items()})

    def spelled_out(self, shares: Sequence[Share]) -> WorstSale:
        goods, terms = self.facts.goods_net, self.line.terms
        return WorstSale(
            offered=self.offered,
            quantity=self.quantity,
            channel=self.facts.channel,
            goods=goods,
            supply=goods - self.facts.margin,
            rail_fee=terms.rail_fee(goods),
            platform_fee=terms.platform_fee(goods),
            shares=tuple(shares),
            left=Money(self.left, goods.currency),
            bound=sum(share.amount.minor for share in shares) != self.most.paid,
        )


def _at_price(offered: Offered, minor: int) -> Offered:
    return replace(offered, price=Money(minor, offered.price.currency))
