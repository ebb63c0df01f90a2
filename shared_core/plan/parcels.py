"""Whether orders carry their parcels: one for each supplier, while the customer pays for one carriage or for none."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared_core.kernel.money import Money
from shared_core.plan.selling import Line, Offered, SaleTerms, least, pieces_that_count


@dataclass(frozen=True, slots=True)
class WorstOrder:
    """The order of one SKU alone of which least is left after its parcel and what may be let off of it.

    `left_of_line` is before any freight.

    Exact, unless shares are shrunk on that line: then, as in `WorstSale`, no less is left than `left` says.
    """

    offered: Offered
    quantity: int
    left_of_line: Money
    freight_kept: Money
    freight: Money
    let_off: Money
    left: Money

    @property
    def solvent(self) -> bool:
        return self.left.minor >= 0


def worst_order(offered: Offered, line: Line) -> WorstOrder:
    """Up to the quantity from which carriage is free, and from there on."""
    terms, currency = line.terms, offered.price.currency
    free_from, pieces_max = _free_from(offered, terms), pieces_that_count(offered, terms)
    tried: list[tuple[int, int, int]] = []
    for fewest, most, kept in (
        (1, min(free_from - 1, pieces_max), terms.freight_kept),
        (free_from, pieces_max, 0),
    ):
        if fewest <= most:
            left, quantity = least(line, fewest, most)
            tried.append((left + kept, quantity, kept))
    left, quantity, kept = min(tried)
    freight, let_off = offered.freight or Money(0, currency), terms.let_off or Money(0, currency)
    return WorstOrder(
        offered=offered,
        quantity=quantity,
        left_of_line=Money(left - kept, currency),
        freight_kept=Money(kept, currency),
        freight=freight,
        let_off=let_off,
        left=Money(left, currency) - freight - let_off,
    )


def basket_least(priced: Iterable[tuple[int, Offered]], terms: SaleTerms) -> Money | None:
    """No order of these goods leaves less; each is solvent and comes with what every sale of it leaves at least.

    Of each supplier the line that leaves least is taken, and the supplier is left out where it would add something.
    An order that travels free is worth `free_over`; so it leaves at least the poorest goods' part of that amount, less
    every supplier's parcel. The better of the two bounds counts. What may be let off goes off. None without goods.
    """
    goods = [(max(at_least, 0), each) for at_least, each in priced]
    if not goods:
        return None
    freights = {each.supplier: each.freight.minor if each.freight else 0 for _, each in goods}
    left: dict[str, int] = {}
    for at_least, each in goods:
        left[each.supplier] = min(at_least, left.get(each.supplier, at_least))
    after_parcels = sorted(left[supplier] - freights[supplier] for supplier in left)
    worst = (
        sum(each for each in after_parcels[: terms.lines_max] if each < 0) if after_parcels[0] < 0 else after_parcels[0]
    )
    let_off = terms.let_off or Money(0, goods[0][1].price.currency)
    if terms.free_over is None:
        return Money(terms.freight_kept + worst, let_off.currency) - let_off
    parts = [max(at_least - 1, 0) * terms.free_over.minor // max(each.price.minor, 1) for at_least, each in goods]
    free = max(worst, min(parts) - sum(freights.values()))
    return Money(min(terms.freight_kept + worst, free), let_off.currency) - let_off


def _free_from(offered: Offered, terms: SaleTerms) -> int:
    """The number of pieces from which carriage is free; above the highest there may be when it never is."""
    if terms.free_over is None:
        return terms.quantity_max + 1
    if offered.price.minor == 0:
        return 1 if terms.free_over.minor == 0 else terms.quantity_max + 1
    return max(1, -(-terms.free_over.minor // offered.price.minor))
