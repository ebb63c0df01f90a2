"""From which shelf each line of an order comes: values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from shared_core.supply.errors import OutOfStock
from shared_core.supply.views import HoldLine

CHOICES_MAX = 10
"""Among this many suppliers, beside those that are needed anyway, the fewest are found by trying every set."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one warehouse of one supplier could give of a SKU. `cost_minor`: of one piece; all in one currency.

    `region`: a code like CN-GD, or empty. A lower `priority` comes first. `warehouse` is empty where the supplier has
    not told which. `delivers`: whether the supplier takes the SKU to where the order goes.
    """

    sku: str
    supplier: str
    warehouse: str
    free: int
    cost_minor: int
    region: str = ""
    priority: int = 0
    delivers: bool = True


@dataclass(frozen=True, slots=True)
class _Line:
    """`shelves`: those that may give all of it, best first."""

    quantity: int
    shelves: tuple[Shelf, ...]

    @property
    def suppliers(self) -> set[str]:
        return {each.supplier for each in self.shelves}

    def shelf(self, suppliers: frozenset[str]) -> Shelf:
        return next(each for each in self.shelves if each.supplier in suppliers)


def route(
    lines: Iterable[HoldLine], shelves: Iterable[Shelf], *, region: str = "", preferred: Mapping[str, str] | None = None
) -> dict[str, Shelf]:
    """One shelf for each SKU, or OutOfStock; one line per SKU, and one shelf per SKU, supplier and warehouse.

    What decides, in this order: who delivers there, the supplier the core team prefers for a SKU (`preferred`), the
    fewest suppliers for the whole order, pieces from the buyer's region, cost, priority, codes. A line is never split:
    all of it is in one parcel.
    """
    chosen = preferred or {}
    of: dict[str, list[Shelf]] = {}
    for each in shelves:
        of.setdefault(each.sku, []).append(each)
    known = {each.sku: _line(each, of.get(each.sku, []), region, chosen.get(each.sku)) for each in lines}
    in_order = [known[sku] for sku in sorted(known)]
    best = min(_fewest(in_order), key=lambda names: _worth(in_order, names, region))
    return {sku: line.shelf(best) for sku, line in known.items()}


def _line(line: HoldLine, shelves: Sequence[Shelf], region: str, preferred: str | None) -> _Line:
    enough = [each for each in shelves if each.free >= line.quantity]
    if not enough:
        raise OutOfStock(sku=line.sku, available=max((each.free for each in shelves), default=0))
    there = [each for each in enough if each.delivers] or enough
    own = [each for each in there if each.supplier == preferred] or there
    in_order = sorted(
        own, key=lambda each: (_away(each, region), each.cost_minor, each.priority, each.supplier, each.warehouse)
    )
    return _Line(line.quantity, tuple(in_order))


def _away(shelf: Shelf, region: str) -> bool:
    return not region or shelf.region != region


def _fewest(lines: Sequence[_Line]) -> list[frozenset[str]]:
    """The smallest sets of suppliers that serve every line; with too many suppliers one that none can leave."""
    needed = frozenset(chain.from_iterable(line.suppliers for line in lines if len(line.suppliers) == 1))
    others = sorted(set(chain.from_iterable(line.suppliers for line in lines)) - needed)
    if len(others) > CHOICES_MAX:
        return [_without_idle(lines, needed, others)]
    for size in range(len(others) + 1):
        sets = [needed | set(more) for more in combinations(others, size)]
        fit = [names for names in sets if _serves(names, lines)]
        if fit:
            return fit
    raise AssertionError("all suppliers together serve every line")


def _without_idle(lines: Sequence[_Line], needed: frozenset[str], others: Sequence[str]) -> frozenset[str]:
    names = needed | set(others)
    for each in reversed(others):
        if _serves(names - {each}, lines):
            names = names - {each}
    return names


def _serves(suppliers: frozenset[str], lines: Sequence[_Line]) -> bool:
    return all(line.suppliers & suppliers for line in lines)


def _worth(lines: Sequence[_Line], suppliers: frozenset[str], region: str) -> tuple[int, int, int, list[str]]:
    """What tells sets of equal size apart, smallest first."""
    taken = [(line.quantity, line.shelf(suppliers)) for line in lines]
    away = sum(quantity for quantity, shelf in taken if _away(shelf, region))
    cost = sum(quantity * shelf.cost_minor for quantity, shelf in taken)
    priority = sum(quantity * shelf.priority for quantity, shelf in taken)
    return away, cost, priority, [shelf.supplier for _, shelf in taken]
