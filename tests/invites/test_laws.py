"""Any history of sales, refunds and codes against an oracle that keeps no book, and bugs that the laws must see."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import invites, orders
from shared_core.invites import rules
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.plan import Invites
from tests.databases import undone
from tests.invites.quotas import Club

KINDS = ("sell", "refund", "repeat", "issue", "use", "use_again", "revoke", "wait", "expire", "merge")
Step = tuple[str, int]


class LawBroken(AssertionError):
    """A law of the quota does not hold."""


@dataclass
class Oracle:
    """What must be true, from the bare facts: goods sold and refunded, codes and what became of each."""

    plan: Invites
    sold: int = 0
    codes: dict[str, str] = field(default_factory=dict)

    def count(self, state: str) -> int:
        return list(self.codes.values()).count(state)

    def free(self) -> int:
        """Hand codes out one by one, while sales and room allow."""
        per, top = self.plan.own_sales_per_code, self.plan.codes_max
        assert per is not None and top is not None
        free = 0
        while self.count("open") + free < top:
            nth = self.count("open") + self.count("used") + free + 1
            if nth > self.plan.base and self.sold < per * (nth - self.plan.base):
                break
            free += 1
        return free


@dataclass
class History:
    """Runs steps against the services; `happened` counts what really took place."""

    session: Session
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.club = Club(self.session)
        self.anna, self.buyer = self.club.promoter(), self.club.member()
        self.oracle = Oracle(self.club.plan.invites)
        self.sales: list[list[int]] = []
        self.texts: dict[str, str] = {}
        self.ended: dict[str, int] = {}

    def run(self, steps: list[Step]) -> None:
        for kind, which in steps:
            if getattr(self, f"_{kind}")(which):
                self.happened[kind] += 1
            self.check()

    def _sell(self, which: int) -> bool:
        goods = 1 + which * 37 % 25_000
        self.sales.append([self.club.sale(seller=self.anna, buyer=self.buyer, goods=goods), goods])
        self._pass_time()
        self.oracle.sold += goods
        return True

    def _merge(self, which: int) -> bool:
        """A visitor who sold something turns out to be the member."""
        guest, goods = self.club.visitor(), 1 + which % 9_000
        self.club.sale(seller=guest, buyer=self.buyer, goods=goods)
        self._pass_time()
        invites_of_guest = invites.balances(self.session, guest)
        _hold("a visitor has no codes", invites_of_guest == invites.Balances())
        self.club.merged(guest, self.anna)
        self.oracle.sold += goods
        return True

    def _refund(self, which: int) -> bool:
        left = [sale for sale in self.sales if sale[1]]
        if not left:
            return False
        sale = left[which % len(left)]
        part = sale[1] if which % 3 else 1 + which % sale[1]
        self.club.refund(sale[0], part)
        sale[1] -= part
        self.oracle.sold -= part
        return True

    def _repeat(self, which: int) -> bool:
        """What was announced is announced again."""
        if not self.sales:
            return False
        order_id = self.sales[which % len(self.sales)][0]
        self.club.complete(order_id)
        self.club.invites.on_refunded(self.session, orders.OrderRefunded(order_id, 1, self.club.at))
        return True

    def _issue(self, which: int) -> bool:
        allowed = self.oracle.free() > 0
        try:
            issued = self.club.issue(self.anna)
        except invites.QuotaUsedUp:
            _hold("a free code can be given out", not allowed)
            return False
        _hold("no code is given out that is not free", allowed)
        self.oracle.codes[issued.number] = "open"
        self.texts[issued.number] = issued.text or ""
        return True

    def _open(self, which: int) -> str | None:
        fitting = [number for number, state in self.oracle.codes.items() if state == "open"]
        return fitting[which % len(fitting)] if fitting else None

    def _use(self, which: int) -> bool:
        number = self._open(which)
        if number is None:
            return False
        try:
            self.club.use(self.club.member(), self.texts[number])
        except invites.InviteCodeExpired:
            return False
        self.oracle.codes[number] = "used"
        return True

    def _use_again(self, which: int) -> bool:
        ended = [number for number, state in self.oracle.codes.items() if state != "open"]
        if not ended:
            return False
        with pytest.raises(PlatformError):
            self.club.use(self.club.member(), self.texts[ended[which % len(ended)]])
        return True

    def _revoke(self, which: int) -> bool:
        """Any code, in whatever state: only an open one comes back."""
        if not self.oracle.codes:
            return False
        number = list(self.oracle.codes)[which % len(self.oracle.codes)]
        try:
            self.club.revoke(self.anna, number)
        except invites.CodeNotOpen:
            _hold("an open code can be taken back", self.oracle.codes[number] != "open")
            return False
        if self.oracle.codes[number] == "open":
            self.oracle.codes[number] = "returned"
        return True

    def _wait(self, which: int) -> bool:
        self.club.later(days=which % 12)
        return True

    def _expire(self, which: int) -> bool:
        before = {each.number: each.state for each in self._codes()}
        returned = self.club.expire()
        due = [number for number, state in before.items() if state == "expired" and self._is_open(number)]
        _hold("what is past its day comes back once", returned == len(due))
        self.oracle.codes |= dict.fromkeys(due, "returned")
        return returned > 0

    def _is_open(self, number: str) -> bool:
        return self.oracle.codes[number] == "open"

    def _codes(self) -> list[invites.Issued]:
        return list(invites.codes_of(self.session, self.anna, keys=(), at=self.club.at))

    def _pass_time(self) -> None:
        """A sale takes days; the worker has been there meanwhile."""
        self.happened["expire"] += self._expire(0)

    def check(self) -> None:
        kept = invites.balances(self.session, self.anna)
        _hold("used codes are spent for good", kept.used == self.oracle.count("used"))
        _hold("open codes are those given out", kept.open == self.oracle.count("open"))
        _hold("free codes are what the facts say", kept.free == self.oracle.free())
        entries = invites.entries(self.session, self.anna, limit=100)
        _hold("the entries add up", len(entries) == 100 or sum(each.free_change for each in entries) == kept.free)
        _hold("no place is ever below nothing", all(each.free_after >= 0 for each in entries))


def _hold(law: str, holds: bool) -> None:
    if not holds:
        raise LawBroken(law)


def histories() -> st.SearchStrategy[list[Step]]:
    often = st.sampled_from([*KINDS, "sell", "issue", "issue", "use", "refund"])
    return st.lists(st.tuples(often, st.integers(0, 10_000)), min_size=5, max_size=30)


def run(database: Database, steps: list[Step]) -> History:
    """Run a history in a transaction of its own that is then thrown away."""
    with undone(database) as session:
        history = History(session)
        history.run(steps)
    return history


@given(steps=histories())
def test_the_quota_is_what_the_facts_say_after_any_history(database: Database, steps: list[Step]) -> None:
    run(database, steps)


# --- planted bugs: each replaces one rule, and some law must break --------------------------------------------------


def a_refund_takes_back_a_used_code(planted: pytest.MonkeyPatch) -> None:
    """What was given out is not left alone when sales fall: free codes go below nothing."""
    planted.setattr(rules, "due", lambda plan, there, sales: rules.entitled(plan, sales) - there.out)


def a_code_comes_back_twice(planted: pytest.MonkeyPatch) -> None:
    """Taking back a code that had expired returns it again; so does a second look at what is due."""
    times = iter(range(10**6))
    planted.setattr(rules, "is_open", lambda used_at, returned_at: used_at is None)
    planted.setattr(rules, "returned_reference", lambda code_id: f"returned:{code_id}:{next(times)}")


def a_used_code_is_not_spent(planted: pytest.MonkeyPatch) -> None:
    """It goes back to where it came from."""
    back = {**rules.MOVES, rules.Kind.USED: (rules.Place.OPEN, rules.Place.FREE)}
    planted.setattr(rules, "MOVES", back)


def codes_are_earned_without_end(planted: pytest.MonkeyPatch) -> None:
    """What was earned and used does not count against the sales that earned it."""

    def due(plan: Invites, there: invites.Balances, sales: int) -> int:
        return min(rules.entitled(plan, sales), (plan.codes_max or 0) - there.open)

    planted.setattr(rules, "due", due)


def the_base_is_given_again(planted: pytest.MonkeyPatch) -> None:
    """Every settlement gives what a member starts with."""
    settle = rules.settlement

    def again(plan: Invites, moved: dict[rules.Kind, int], sales: int) -> list[rules.Change]:
        return [*settle(plan, moved, sales), rules.Change(rules.Kind.BASE, 1)]

    planted.setattr(rules, "settlement", again)


BUGS = [
    a_refund_takes_back_a_used_code,
    a_code_comes_back_twice,
    a_used_code_is_not_spent,
    codes_are_earned_without_end,
    the_base_is_given_again,
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    bug(monkeypatch)
    with pytest.raises(LawBroken):
        hunt(database, examples=600)


def test_the_hunt_finds_nothing_without_a_bug_and_reaches_every_kind_of_step(database: Database) -> None:
    assert hunt(database, examples=30) == set(KINDS)


def hunt(database: Database, *, examples: int) -> set[str]:
    """Stops at the first broken law without making it smaller; the kinds of step that happened."""
    reached: set[str] = set()

    @settings(max_examples=examples, phases=[Phase.generate], derandomize=True, suppress_health_check=list(HealthCheck))
    @given(steps=histories())
    def look(steps: list[Step]) -> None:
        reached.update(kind for kind, times in run(database, steps).happened.items() if times)

    look()
    return reached
