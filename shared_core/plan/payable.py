"""The most that shares can come to on one line of one kind of goods, over everybody who may take part.

What makes trying every combination of people unnecessary:

- Chains do not touch each other: differences are taken within a chain, so each chain is taken at its own best.
- Somebody is there only with everybody below them; so a chain has the people of one of its beginnings.
- A person with several roles gets no more than several people would: their shares are limited together. The same holds
  for a buyer who would earn. So the people are taken to be different ones, and none of them the buyer.
- Limits only lower. A share is the smallest of a few amounts that grow with the quantity or stay, rounded down; so the
  smallest is taken before rounding.
- A combination of which another pays each person at least as much is never needed.

Amounts before rounding are in ten-thousandths of the minor unit.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from operator import ge

from shared_core.kernel.money import BPS_WHOLE
from shared_core.plan.chains import CHAINS, Due, chain_dues
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import CHANNELS, Channel, Payee
from shared_core.plan.selection import Goods, fits_goods, may_be_paid, specificity

Slope = tuple[int, int, int]
RuleTable = Mapping[tuple[Payee, str], ShareRule | None]
ALWAYS_THERE: frozenset[Payee] = frozenset({"team_fund"})


@dataclass(frozen=True, slots=True)
class Amounts:
    """A line in minor units: paid for the goods, left of that after the supply (not below nothing), pieces."""

    goods: int
    margin: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Pay:
    """What one person gets by one rule. `person_bps` limits what a person gets of the goods; None for a pot."""

    price_bps: int
    margin_bps: int
    fixed: int
    at_most: int | None
    person_bps: int | None

    def exactly(self, line: Amounts) -> int:
        """Before rounding down."""
        amount = line.goods * self.price_bps + line.margin * self.margin_bps + line.quantity * self.fixed * BPS_WHOLE
        if self.at_most is not None:
            amount = min(amount, self.at_most * BPS_WHOLE)
        return amount if self.person_bps is None else min(amount, line.goods * self.person_bps)

    def covers(self, other: "Pay") -> bool:
        """Whether this is at least the other on every line."""
        return (
            self.price_bps >= other.price_bps
            and self.margin_bps >= other.margin_bps
            and self.fixed >= other.fixed
            and (self.at_most is None or (other.at_most is not None and self.at_most >= other.at_most))
            and (self.person_bps is None or self.person_bps == other.person_bps)
        )


@dataclass(frozen=True)
class Combination:
    """People of one chain at these ranks, and what they get."""

    ranks: tuple[tuple[Payee, str], ...]
    pays: tuple[Pay, ...]

    @cached_property
    def slope(self) -> Slope:
        """What they get of the price, of the margin and for each piece, `at_most` left aside."""
        return (
            sum(pay.price_bps if pay.person_bps is None else min(pay.price_bps, pay.person_bps) for pay in self.pays),
            sum(pay.margin_bps for pay in self.pays),
            sum(pay.fixed for pay in self.pays),
        )

    def covers(self, other: "Combination") -> bool:
        """Whether everybody in the other can be matched with somebody here who gets at least as much."""
        if len(self.pays) < len(other.pays):
            return False
        return all(mine.covers(yours) for mine, yours in zip(self.pays, other.pays, strict=False))


@dataclass(frozen=True, slots=True)
class Most:
    """`exactly` before rounding, `paid` after it, and who is there then."""

    exactly: int
    paid: int
    ranks: Mapping[Payee, str]


@dataclass(frozen=True)
class Payable:
    """What can be paid on one kind of goods: for each chain the combinations of which one pays most."""

    goods: Goods
    chains: tuple[tuple[Combination, ...], ...]
    line_bps: int

    def most(self, line: Amounts) -> Most:
        """The highest sum of shares. Only shares of the margin that are together above it could still shrink it."""
        exactly = paid = 0
        ranks: dict[Payee, str] = {}
        for combinations, slopes in zip(self.chains, self._steepest, strict=True):
            found = _most_of_chain(combinations, line, _highest(slopes, line))
            exactly, paid = exactly + found.exactly, paid + found.paid
            ranks |= found.ranks
        limit = line.goods * self.line_bps
        return Most(min(exactly, limit), min(paid, limit // BPS_WHOLE), ranks)

    def ceiling(self, line: Amounts) -> int:
        """Quickly: not below `most(line).exactly`, and in proportion to the line."""
        return min(sum(_highest(slopes, line) for slopes in self._steepest), line.goods * self.line_bps)

    @cached_property
    def _steepest(self) -> tuple[list[Slope], ...]:
        """Of each chain the slopes of combinations that are not below another one everywhere."""
        return tuple(_not_below_another({each.slope for each in combinations}) for combinations in self.chains)


class PayableGoods:
    """The kinds of goods that a plan's rules can tell apart, each reckoned once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._rules = sorted((each for each in plan.shares if each.trigger == "order"), key=specificity)
        self._named = {
            field: {name for rule in self._rules for name in getattr(rule, field)}
            for field in ("brands", "categories", "products", "skus")
        }
        self._channels = _channels(self._rules)
        self._kinds: dict[Goods, tuple[Payable, ...]] = {}
        self._chains: dict[tuple[object, ...], tuple[Combination, ...]] = {}

    def kinds(self, *, brand: str, category: str, product: str, sku: str) -> tuple[Payable, ...]:
        """The goods in every channel that makes a difference."""
        key = Goods(
            brand=brand if brand in self._named["brands"] else "",
            category=category if category in self._named["categories"] else "",
            product=product if product in self._named["products"] else "",
            sku=sku if sku in self._named["skus"] else "",
        )
        if key not in self._kinds:
            self._kinds[key] = tuple(self._in_channels(key))
        return self._kinds[key]

    def _in_channels(self, key: Goods) -> Iterator[Payable]:
        seen: set[tuple[int, ...]] = set()
        for channel in self._channels:
            goods = Goods(channel, key.brand, key.category, key.product, key.sku)
            chains = tuple(self._chain(goods, chain) for chain in CHAINS)
            identity = tuple(map(id, chains))
            if identity not in seen:
                seen.add(identity)
                yield Payable(goods, chains, self._plan.caps.line)

    def _chain(self, goods: Goods, chain: tuple[Payee, ...]) -> tuple[Combination, ...]:
        table = self._table(goods, chain)
        key = (chain, *((rule.id if rule else "") for rule in table.values()))
        if key not in self._chains:
            self._chains[key] = _needed(_combinations(self._plan, chain, table))
        return self._chains[key]

    def _table(self, goods: Goods, chain: Sequence[Payee]) -> RuleTable:
        """The rule of each payee at each rank: the first that fits, in the order of how specific they are."""
        fitting = [rule for rule in self._rules if rule.payee in chain and fits_goods(rule, goods)]
        return {
            (payee, rank): next(
                (
                    rule
                    for rule in fitting
                    if rule.payee == payee
                    and (not rule.ranks or rank in rule.ranks)
                    and may_be_paid(self._plan, payee, rank)
                ),
                None,
            )
            for payee in chain
            for rank in _ranks(self._plan, payee)
        }


def _channels(rules: Sequence[ShareRule]) -> list[Channel]:
    """The channels that rules name, and one that none names."""
    named = {channel for rule in rules for channel in rule.channels}
    return [*(each for each in CHANNELS if each in named), *[each for each in CHANNELS if each not in named][:1]]


def _ranks(plan: Plan, payee: Payee) -> Iterable[str]:
    return ("",) if payee in ALWAYS_THERE else plan.places


def _combinations(plan: Plan, chain: tuple[Payee, ...], table: RuleTable) -> Iterator[Combination]:
    """Everybody who may be there. Ranks that fall under the same rules are tried once, unless equal ranks matter."""
    equal_ranks_matter = any(rule is not None and rule.same_rank_bonus for rule in table.values())
    choices = []
    for payee in chain:
        ranks = {rank: table[payee, rank] for rank in _ranks(plan, payee)}
        by_rule = {rule.id if rule else "": rank for rank, rule in ranks.items()}
        choices.append(tuple(ranks) if equal_ranks_matter else tuple(by_rule.values()))
    shortest = 1 if chain[0] in ALWAYS_THERE else 0
    for length in range(shortest, len(chain) + 1):
        for chosen in product(*choices[:length]):
            ranks_there = dict(zip(chain, chosen, strict=False))
            found = chain_dues(chain, ranks_there, lambda payee, rank: table[payee, rank])
            pays = sorted((_pay(plan, due) for due in found), key=_size, reverse=True)
            yield Combination(tuple(ranks_there.items()), tuple(each for each in pays if any(_size(each))))


def _pay(plan: Plan, due: Due) -> Pay:
    of_price = due.rule.basis == "price"
    person = None if due.payee in ALWAYS_THERE else plan.caps.person
    return Pay(
        price_bps=due.rate_bps if of_price else 0,
        margin_bps=0 if of_price else due.rate_bps,
        fixed=due.rule.fixed or 0,
        at_most=due.rule.at_most,
        person_bps=person,
    )


def _needed(combinations: Iterable[Combination]) -> tuple[Combination, ...]:
    """Those that no other one covers; first those that pay most, to the fewest: they lose least to rounding."""
    front: list[Combination] = []
    for each in sorted(combinations, key=lambda one: (one.slope, -len(one.pays)), reverse=True):
        if not any(kept.covers(each) for kept in front):
            front = [*(kept for kept in front if not each.covers(kept)), each]
    return tuple(front)


def _most_of_chain(combinations: Sequence[Combination], line: Amounts, ceiling: int) -> Most:
    """The best of a chain; nothing is above `ceiling`, so the search ends where that is reached.

    A combination whose own ceiling adds nothing is passed over.
    """
    exactly, best, ranks = 0, -1, combinations[0].ranks
    for each in combinations:
        highest = _highest((each.slope,), line)
        if highest <= exactly and highest // BPS_WHOLE <= best:
            continue
        amounts = [pay.exactly(line) for pay in each.pays]
        exactly, paid = max(exactly, sum(amounts)), sum(amount // BPS_WHOLE for amount in amounts)
        if paid > best:
            best, ranks = paid, each.ranks
        if exactly == ceiling and best == ceiling // BPS_WHOLE:
            break
    return Most(exactly, best, dict(ranks))


def _not_below_another(slopes: Collection[Slope]) -> list[Slope]:
    return [slope for slope in slopes if not any(other != slope and all(map(ge, other, slope)) for other in slopes)]


def _highest(slopes: Iterable[Slope], line: Amounts) -> int:
    goods, margin, pieces = line.goods, line.margin, line.quantity * BPS_WHOLE
    return max(goods * price + margin * part + pieces * fixed for price, part, fixed in slopes)


def _size(pay: Pay) -> Slope:
    return pay.price_bps, pay.margin_bps, pay.fixed
