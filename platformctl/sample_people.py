"""A little network for the demo: who brought whom and when, with what they are called.

One leader; eleven shopkeepers who are the leader's fans; fans of each shopkeeper, one too few of the last: enough for
every rung of a ladder that counts heads, and for a rung that somebody is just about to reach. A ladder that counts
heads is climbed early; otherwise people keep coming until the end, so that locks of some weeks are still in force.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from shared_core import plan

SHOPKEEPERS = 11
SHOPKEEPER_EVERY_DAYS = 3
FANS_MIN = 5
FANS_MAX = 12
GATHERING_DAYS = 60
GATHERING_DAYS_WHERE_HEADS_COUNT = 14
LAST_SIGN_UP_DAY = 68
_FAMILY_NAMES = "林周许沈梁宋唐韩冯董"
_GIVEN_NAMES = ("晓岚", "嘉树", "若溪", "子墨", "思远", "雨桐", "明轩", "静宜", "浩然", "诗涵", "文博")
_FIRST_NAMES = ("Alma", "Boris", "Clara", "Diego", "Elin", "Farid", "Greta", "Hugo", "Irena", "Jonas", "Karin")
_LAST_NAMES = ("Amsel", "Birch", "Corvo", "Dahl", "Eder", "Frost", "Galan", "Holm", "Ilves", "Jansen")
MAIL = "demo.example"


@dataclass(frozen=True)
class Person:
    """Somebody of the sample network; `sponsor` is whose link they followed, `day` when they signed up."""

    key: str
    name: str
    sponsor: str | None
    day: int

    @property
    def login(self) -> str:
        return f"{self.key}@{MAIL}"


def people(wanted: plan.Plan, *, chinese: bool) -> list[Person]:
    """Everybody, in the order in which they signed up, so sponsors before their fans."""
    everybody = [Person("leader", _name(0, chinese), None, 0), *_below_the_leader(wanted, chinese)]
    return sorted(everybody, key=lambda person: person.day)


def fans_each(wanted: plan.Plan) -> int:
    """As many fans as the first rung asks that counts them, within reason."""
    return max(FANS_MIN, min(FANS_MAX, *rungs)) if (rungs := _rungs_of_heads(wanted)) else FANS_MIN


def _rungs_of_heads(wanted: plan.Plan) -> list[int]:
    return [criterion.at_least for rank in wanted.ranks for criterion in rank.criteria if criterion.metric == "fans"]


def _below_the_leader(wanted: plan.Plan, chinese: bool) -> Iterator[Person]:
    fans = fans_each(wanted)
    gathering = GATHERING_DAYS_WHERE_HEADS_COUNT if _rungs_of_heads(wanted) else GATHERING_DAYS
    number = 1
    for place in range(1, SHOPKEEPERS + 1):
        keeper, day = f"keeper{place}", 1 + SHOPKEEPER_EVERY_DAYS * (place - 1)
        yield Person(keeper, _name(number, chinese), "leader", day)
        number += 1
        for fan in range(1, (fans - 1 if place == SHOPKEEPERS else fans) + 1):
            came = min(day + 2 + gathering * (fan - 1) // fans, LAST_SIGN_UP_DAY)
            yield Person(f"fan{place}-{fan}", _name(number, chinese), keeper, came)
            number += 1


def _name(number: int, chinese: bool) -> str:
    given = (number * 7 + number // 11) % 11
    if chinese:
        return _FAMILY_NAMES[number % 10] + _GIVEN_NAMES[given]
    return f"{_FIRST_NAMES[given]} {_LAST_NAMES[number % 10]}"
