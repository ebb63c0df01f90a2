"""What is assumed about people and goods. Chances are basis points, lists are samples of which each is as likely."""

from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise

from shared_core.kernel.errors import Invalid
from shared_core.kernel.money import BPS_WHOLE

MEMBERS_MAX = 5_000_000
MONTHS_MAX = 60


class PopulationUnusable(Invalid):
    code = "population_unusable"
    message = "{field} = {value} cannot be simulated: {reason}"


@dataclass(frozen=True, slots=True)
class Article:
    """Something that is sold: price and supply cost in minor units. `weight`: how often it sells, beside others."""

    sku: str
    product: str
    brand: str
    category: str
    price: int
    supply: int
    weight: int


def _assortment() -> tuple[Article, ...]:
    """Twenty articles of four brands from 19.00 to 599.00; a few sell well, most seldom; the margin is 30 to 50 %."""
    brands, categories = ("acorn", "birch", "cedar", "dune"), ("beauty", "clothes", "home", "food", "baby")
    popular = (8_900, 5_900, 12_900, 3_900, 19_900, 6_900, 9_900, 2_900, 29_900, 15_900)
    others = (4_900, 7_900, 1_900, 39_900, 25_900, 11_900, 59_900, 17_900, 22_900, 34_900)
    return tuple(
        Article(
            sku=f"s{number}",
            product=f"p{number}",
            brand=brands[number % len(brands)],
            category=categories[number % len(categories)],
            price=price,
            supply=price * (50 + 5 * (number % 5)) // 100,
            weight=1_000 // (number + 1),
        )
        for number, price in enumerate(popular + others)
    )


@dataclass(frozen=True, slots=True)
class Population:
    """The same people do the same things under every plan: what differs is whom they are bound to and who earns.

    Days are calendar days from `starts` on. Every list of days or pieces is a sample: each entry is as likely.
    """

    members: int = 2_000
    """People who come to the shop in all; visitors, customers and promoters."""
    months: int = 12
    starts: date = date(2026, 1, 1)
    growth_bps: int = 1_000
    """How many more come each month than in the month before; negative: fewer."""
    frozen_from: int | None = None
    """From this day on nobody new comes."""
    linked_bps: int = 8_000
    """How many come by somebody's link; the others find the shop by themselves."""
    share_rate_bps: int = 3_000
    """How many ever share links."""
    share_tail: int = 12
    """How unequally they share: the Pareto exponent in tenths; the lower, the more comes from a few."""
    visits_bps: int = 10_000
    """Links that one person follows later on, on average; 10000 is one."""
    loyal_bps: int = 5_000
    """How many of those are of the person they came by; the others are of anybody who shares."""
    visit_days: tuple[int, ...] = (1, 3, 7, 12, 20, 30, 45, 70, 110, 180)
    """Days from coming to following another link."""
    order_link_bps: int = 5_000
    """How many orders are made on a day on which their buyer follows a link."""
    live_bps: int = 2_000
    """How many orders are made in somebody's live room, where the plan has rooms; who shares more hosts more."""
    brought_bps: int = 5_000
    """How many of those buyers were brought into the room by the person whose link they came by first."""
    sign_up_bps: int = 6_000
    """How many sign up."""
    sign_up_days: tuple[int, ...] = (0, 0, 0, 0, 0, 0, 1, 1, 3, 10)
    """Days from coming to signing up."""
    conversion_bps: int = 5_000
    """How many of those who signed up order at all."""
    first_order_days: tuple[int, ...] = (0, 0, 0, 1, 1, 2, 4, 7, 14, 40)
    """Days from signing up to the first order."""
    repeat_bps: int = 6_500
    """How many order again after any order: so customers of a cohort grow fewer from order to order."""
    gap_days: tuple[int, ...] = (3, 6, 9, 13, 17, 22, 28, 36, 50, 85)
    """Days from one order of a customer to the next."""
    second_line_bps: int = 3_000
    """How many orders hold one article more, and of those again one more, up to three."""
    quantities: tuple[int, ...] = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
    """Pieces of one article in one order."""
    delivery_days: tuple[int, ...] = (1, 2, 2, 3, 3, 3, 4, 4, 5, 7)
    """Days from paying to delivery."""
    refund_bps: int = 800
    """How many orders see a refund."""
    partial_bps: int = 4_000
    """How many of those begin with one piece of the first article; the others give everything back."""
    refund_again_bps: int = 2_500
    """After one piece: how many give the rest back as well, a few days later."""
    refund_days: tuple[int, ...] = (1, 3, 4, 5, 6, 8, 9, 11, 16, 35)
    """Days from paying to the refund: before delivery, in the return window and after it."""
    assortment: tuple[Article, ...] = _assortment()

    def __post_init__(self) -> None:
        """Raises PopulationUnusable."""
        _within("members", self.members, 1, MEMBERS_MAX)
        _within("months", self.months, 1, MONTHS_MAX)
        _within("growth_bps", self.growth_bps, -BPS_WHOLE, 10 * BPS_WHOLE)
        _within("share_tail", self.share_tail, 1, 100)
        _within("visits_bps", self.visits_bps, 0, 100 * BPS_WHOLE)
        _within("starts", self.starts.day, 1, 28)
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name.endswith("_bps") and each.name not in {"growth_bps", "visits_bps"}:
                _within(each.name, value, 0, BPS_WHOLE)
            if each.name.endswith("_days") and (not value or min(value) < 0):
                raise PopulationUnusable(field=each.name, value=value, reason="it lists days, none below 0")
        _within("repeat_bps", self.repeat_bps, 0, 9_900)
        if min(self.gap_days) < 1 or min(self.refund_days) < 1 or not self.assortment or min(self.quantities) < 1:
            raise PopulationUnusable(field="gap_days", value=self.gap_days, reason="an order takes at least a day")

    @property
    def months_begin(self) -> tuple[int, ...]:
        """The days on which a calendar month begins, the first day and the end of the run included."""
        first = self.starts.year * 12 + self.starts.month - 1
        firsts = (date(month // 12, month % 12 + 1, 1) for month in range(first + 1, first + self.months))
        year, month = divmod(first + self.months, 12)
        end = date(year, month + 1, self.starts.day)
        return (0, *((each - self.starts).days for each in firsts), (end - self.starts).days)

    @property
    def days(self) -> int:
        return self.months_begin[-1]

    def arrivals(self) -> tuple[int, ...]:
        """How many people come on each day; as many as `members` in all unless they are frozen."""
        weights: list[int] = []
        rate = 10**12
        for begin, end in pairwise(self.months_begin):
            weights += [rate // (end - begin)] * (end - begin)
            rate = rate * (BPS_WHOLE + self.growth_bps) // BPS_WHOLE
        total, reached, come = max(sum(weights), 1), 0, []
        for weight in weights:
            before, reached = reached, reached + weight
            come.append(self.members * reached // total - self.members * before // total)
        frozen = self.days if self.frozen_from is None else self.frozen_from
        return tuple(count if day < frozen else 0 for day, count in enumerate(come))


def _within(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise PopulationUnusable(field=field, value=value, reason=f"it lies between {least} and {most}")
