"""A little network for the demo: who brought whom, with what they are called.

One leader; eleven shopkeepers who are the leader's fans; fans of each shopkeeper, one too few of the last: enough for
every rung of a ladder that counts heads, and for a rung that somebody is just about to reach.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from shared_core import plan

SHOPKEEPERS = 11
FANS_MIN = 5
FANS_MAX = 12
_FAMILY_NAMES = "林周许沈梁宋唐韩冯董"
_GIVEN_NAMES = ("晓岚", "嘉树", "若溪", "子墨", "思远", "雨桐", "明轩", "静宜", "浩然", "诗涵", "文博")
_FIRST_NAMES = ("Alma", "Boris", "Clara", "Diego", "Elin", "Farid", "Greta", "Hugo", "Irena", "Jonas", "Karin")
_LAST_NAMES = ("Amsel", "Birch", "Corvo", "Dahl", "Eder", "Frost", "Galan", "Holm", "Ilves", "Jansen")
MAIL = "demo.example"


@dataclass(frozen=True)
class Person:
    """Somebody of the sample network; `sponsor` is whose link they followed."""

    key: str
    name: str
    sponsor: str | None

    @property
    def login(self) -> str:
        return f"{self.key}@{MAIL}"


def people(wanted: plan.Plan, *, chinese: bool) -> list[Person]:
    """Everybody, sponsors before their fans."""
    return [Person("leader", _name(0, chinese), None), *_below_the_leader(fans_each(wanted), chinese)]


def fans_each(wanted: plan.Plan) -> int:
    """As many fans as the first rung asks that counts them, within reason."""
    rungs = [criterion.at_least for rank in wanted.ranks for criterion in rank.criteria if criterion.metric == "fans"]
    return max(FANS_MIN, min(FANS_MAX, *rungs)) if rungs else FANS_MIN


def _below_the_leader(fans: int, chinese: bool) -> Iterator[Person]:
    number = 1
    for place in range(1, SHOPKEEPERS + 1):
        keeper = f"keeper{place}"
        yield Person(keeper, _name(number, chinese), "leader")
        number += 1
        for fan in range(1, (fans - 1 if place == SHOPKEEPERS else fans) + 1):
            yield Person(f"fan{place}-{fan}", _name(number, chinese), keeper)
            number += 1


def _name(number: int, chinese: bool) -> str:
    if chinese:
        return _FAMILY_NAMES[number % 10] + _GIVEN_NAMES[number * 7 % 11]
    return f"{_FIRST_NAMES[number * 7 % 11]} {_LAST_NAMES[number % 10]}"
