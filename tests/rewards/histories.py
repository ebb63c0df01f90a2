"""Any history of a small shop: steps that either happen or are skipped, and the laws that hold after each.

Laws are named like the invariants of the books (I1, I4, I5, I6, I7, I9). They look only at ledger and rows, never at
what the code under test believes.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import ledger, orders, rewards
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money, allocate
from shared_core.rewards import EarningState, HandoutState, PayoutState
from tests.plan.plans import read, rule
from tests.rewards.shops import Shop

PLAN = read(
    '[settlement]\ndays = 9\n[tax]\nwithholding = "cn-labour"\n'
    + rule("seller", rate="12.5%")
    + rule("inviter", "inviter", rate="33.33%")
    + rule("second", "second_inviter", fixed="7")
    + rule("fund", "team_fund", rate="3.33%")
)
PEOPLE = 4
LARGE = 5_000
"""Above it a hand-out needs two people."""
Step = tuple[str, int, int]
KINDS = (
    "place",
    "pay",
    "deliver",
    "complete",
    "refund",
    "refund_rest",
    "cancel",
    "pay_again",
    "refund_again",
    "dispute",
    "end_dispute",
    "wait",
    "sweep",
    "take",
    "take_all",
    "paid",
    "failed",
    "hand",
    "hand_all",
    "hand_again",
    "give",
    "drop",
)


class LawBroken(AssertionError):
    """A law of the books does not hold."""


def uniform() -> st.SearchStrategy[list[Step]]:
    """Steps of every kind in any order."""
    number = st.integers(0, 10_000)
    return st.lists(st.tuples(st.sampled_from(KINDS), number, number), min_size=10, max_size=40)


@st.composite
def lifecycles(draw: st.DrawFn) -> list[Step]:
    """Sales that come through to the payout, with other steps now and then between, and refunds afterwards."""
    number = st.integers(0, 10_000)
    aside = st.sampled_from(["cancel", "refund", "pay_again", "refund_again", "take", "dispute", "end_dispute"])
    late = st.sampled_from(
        [
            *("refund", "refund_rest", "take", "take", "take_all", "paid", "failed"),
            *("dispute", "end_dispute", "end_dispute", "hand", "hand_all", "hand_all", "hand_again", "give", "drop"),
        ]
    )
    days = st.sampled_from([3, 7, 11])
    steps: list[Step] = []
    for order in range(draw(st.integers(1, 3))):
        steps.append(("place", order, draw(number)))
        for kind in ("pay", "deliver", "wait", "complete", "wait", "sweep", "take", "take_all", "hand"):
            if draw(st.integers(0, 3)) == 0:
                steps.append((draw(aside), order, draw(number)))
            steps.append((kind, order, draw(days)))
        steps += [(kind, order, draw(number)) for kind in draw(st.lists(late, min_size=1, max_size=5))]
    return steps


@dataclass
class History:
    """Runs steps against the services; `happened` counts what really took place."""

    session: Session
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.shop = Shop(self.session, PLAN)
        self.people = self.shop.members(PEOPLE)
        for member, inviter in zip(self.people, [*self.people[1:], None], strict=True):
            self.shop.joins(member, inviter)
        self.buyer = self.shop.member()
        self.order_ids: list[int] = []
        self.states: dict[int, str] = {}
        self.lines: dict[int, orders.OrderLine] = {}
        self.refunds: list[tuple[int, int]] = []
        self.payouts: list[str] = []
        self.disputes: dict[int, tuple[int, int]] = {}
        """(order, amount) of the open ones."""
        self.handouts: list[str] = []

    def run(self, steps: list[Step]) -> None:
        for kind, which, amount in steps:
            if getattr(self, f"_{kind}")(which, amount):
                self.happened[kind] += 1
                self.check()

    # --- steps: each says whether it happened ---

    def _place(self, which: int, amount: int) -> bool:
        dear = (1 + amount * 9_973 % 9_000_000, amount % 300)  # up to 90,000.00: taxed when it is taken out
        cheap = (1 + which * 89 % 900, 1)
        order_id = self.shop.place(
            seller=self.people[which % PEOPLE], buyer=self.buyer, lines=[dear, cheap][: 1 + which % 2]
        )
        self.order_ids.append(order_id)
        self.lines |= {line.id: line for line in orders.lines(self.session, order_id)}
        self.states[order_id] = "placed"
        return True

    def _order(self, which: int, *states: str) -> int | None:
        """One of the orders in one of these states, preferring the `which`-th of all."""
        fitting = [each for each in self.order_ids if self.states[each] in states]
        if not fitting:
            return None
        wanted = self.order_ids[which % len(self.order_ids)]
        return wanted if wanted in fitting else fitting[which % len(fitting)]

    def _moved(self, which: int, former: tuple[str, ...], state: str) -> int | None:
        order_id = self._order(which, *former)
        if order_id is not None:
            self.states[order_id] = state
        return order_id

    def _pay(self, which: int, amount: int) -> bool:
        order_id = self._moved(which, ("placed", "cancelled"), "paid")
        if order_id is not None:
            self.shop.pay(order_id)
        return order_id is not None

    def _deliver(self, which: int, amount: int) -> bool:
        order_id = self._moved(which, ("paid",), "delivered")
        if order_id is not None:
            self.shop.deliver(order_id)
        return order_id is not None

    def _complete(self, which: int, amount: int) -> bool:
        order_id = self._moved(which, ("delivered",), "completed")
        if order_id is not None:
            self.shop.complete(order_id)
        return order_id is not None

    def _cancel(self, which: int, amount: int) -> bool:
        order_id = self._moved(which, ("placed",), "cancelled")
        if order_id is not None:
            self.shop.cancel(order_id)
        return order_id is not None

    def _pay_again(self, which: int, amount: int) -> bool:
        order_id = self._order(which, "paid", "delivered", "completed")
        if order_id is not None:
            self.shop.pay(order_id)
        return order_id is not None

    def _refund(self, which: int, amount: int) -> bool:
        return self._give_back(which, lambda left: 1 + amount * left // 10_001)

    def _refund_rest(self, which: int, amount: int) -> bool:
        return self._give_back(which, lambda left: left)

    def _give_back(self, which: int, part) -> bool:  # type: ignore[no-untyped-def]
        order_id = self._order(which, "paid", "delivered", "completed")
        if order_id is None:
            return False
        lines = orders.lines(self.session, order_id)
        line = lines[which % len(lines)]
        left = line.goods_net_minor - line.refunded_minor
        if left == 0:
            return False
        self.refunds.append((order_id, self.shop.refund(order_id, min(part(left), left), line=which % len(lines))))
        return True

    def _refund_again(self, which: int, amount: int) -> bool:
        if not self.refunds:
            return False
        order_id, refund_id = self.refunds[which % len(self.refunds)]
        self.shop.rewards.on_refunded(self.session, orders.OrderRefunded(order_id, refund_id, self.shop.at))
        return True

    def _dispute(self, which: int, amount: int) -> bool:
        """Of any size up to what was paid, even of what was refunded before."""
        order_id = self._order(which, "paid", "delivered", "completed")
        if order_id is None:
            return False
        paid = sum(line.goods_net_minor for line in orders.lines(self.session, order_id))
        taken = 1 + amount * (paid - 1) // 10_000
        self.disputes[self.shop.dispute(order_id, taken)] = (order_id, taken)
        return True

    def _end_dispute(self, which: int, amount: int) -> bool:
        if not self.disputes:
            return False
        dispute_id = list(self.disputes)[which % len(self.disputes)]
        del self.disputes[dispute_id]
        self.shop.end_dispute(dispute_id, ("lost", "won", "lost", "withdrawn", "expired")[amount % 5])
        return True

    def _wait(self, which: int, amount: int) -> bool:
        self.shop.later(days=1 + amount % 12)
        return True

    def _sweep(self, which: int, amount: int) -> bool:
        return rewards.mature_due(self.session, at=self.shop.at) > 0

    def _take(self, which: int, amount: int) -> bool:
        return self._ask(self.people[which % PEOPLE], amount)

    def _take_all(self, which: int, amount: int) -> bool:
        """Everything a member has; of a member in debt as much as the debt."""
        asked = [self._ask(member, abs(self.shop.owed(member)[1])) for member in self.people]
        return any(asked)

    def _ask(self, member: int, amount: int) -> bool:
        try:
            self.payouts.append(self.shop.request(member, amount).code)
        except PlatformError:
            return False
        if self.shop.owed(member)[1] < 0:
            raise LawBroken("I9: a payout left or deepened a debt")
        return True

    def _paid(self, which: int, amount: int) -> bool:
        return self._settle(which, lambda code: rewards.mark_payout_paid(
            self.session, code, evidence=f"tx-{code}", actor="staff:1", at=self.shop.at
        ))  # fmt: skip

    def _failed(self, which: int, amount: int) -> bool:
        return self._settle(which, lambda code: rewards.mark_payout_failed(
            self.session, code, reason="expired", actor="staff:1", at=self.shop.at
        ))  # fmt: skip

    def _hand(self, which: int, amount: int) -> bool:
        """A part of what there is, to two members; a large one waits for a second person."""
        part = 1 + amount * abs(self.shop.fund()[1]) // 10_001
        return self._hand_out({self.people[which % PEOPLE]: part, self.people[(which + 1) % PEOPLE]: 1})

    def _hand_all(self, which: int, amount: int) -> bool:
        """All that the fund has; of a fund in debt as much as the debt."""
        return self._hand_out({self.people[which % PEOPLE]: abs(self.shop.fund()[1])})

    def _hand_out(self, parts: dict[int, int], code: str | None = None) -> bool:
        code = code or f"H{len(self.handouts)}"
        try:
            self.shop.hand_out(parts, code=code, two_people_above=LARGE)
        except PlatformError:
            return False
        self.handouts.append(code)
        self._fund_owes_nothing()
        return True

    def _fund_owes_nothing(self) -> None:
        if self.shop.fund()[1] < 0:
            raise LawBroken("I9: a hand-out left or deepened a debt")

    def _hand_again(self, which: int, amount: int) -> bool:
        if not self.handouts:
            return False
        code = self.handouts[which % len(self.handouts)]
        [known] = [each for each in rewards.handouts(self.session) if each.row.code == code]
        parts = {member: part.minor for member, part in known.parts.items()}
        self.shop.hand_out(parts, code=code, two_people_above=LARGE)
        return True

    def _give(self, which: int, amount: int) -> bool:
        return self._end_handout(which, rewards.give_handout)

    def _drop(self, which: int, amount: int) -> bool:
        return self._end_handout(which, rewards.drop_handout)

    def _end_handout(self, which: int, end) -> bool:  # type: ignore[no-untyped-def]
        if not self.handouts:
            return False
        try:
            end(self.session, self.handouts[which % len(self.handouts)], actor="staff:2", at=self.shop.at)
        except PlatformError:
            return False
        return True

    def _settle(self, which: int, settle) -> bool:  # type: ignore[no-untyped-def]
        if not self.payouts:
            return False
        settle(self.payouts.pop(which % len(self.payouts)))
        return True

    # --- laws ---

    def check(self) -> None:
        """Raises LawBroken, naming the first law that does not hold."""
        self.session.flush()
        balances = {address: minor for (address, _), minor in ledger.trial_balance(self.session).items()}
        owed = {address: -minor for address, minor in balances.items()}
        rows = list(rewards.all_earnings(self.session, limit=10_000))
        payouts = rewards.list_payouts(self.session)
        _hold("I1: the book sums to zero", sum(balances.values()) == 0)
        _no_debts(owed)
        self._reversals(rows)
        _commission(rows, payouts, owed)
        handouts = rewards.handouts(self.session)
        _payees(rows, payouts, handouts, owed)
        live = sum(each.tax_minor for each in payouts if each.state != PayoutState.FAILED)
        _hold("I7: tax withheld is that of the live payouts", owed.get("liabilities:tax-withheld:cn", 0) == live)

    def _reversals(self, rows: list[rewards.Earning]) -> None:
        for row in rows:
            line = self.lines[row.line_id]
            booked = row.booked_at is not None
            target = row.amount_minor * line.refunded_minor // line.goods_net_minor if booked else 0
            _hold("I5: what was taken back is exactly the refunded part", row.reversed_minor == target)
            claimed = line.refunded_minor + self._disputed(row.order_id).get(row.line_id, 0)
            together = row.amount_minor * claimed // line.goods_net_minor if booked else 0
            _hold("I5: what is kept back is exactly the disputed part", row.held_minor == together - target)

    def _disputed(self, order_id: int) -> dict[int, int]:
        """What open disputes claim of each line: their sum, in proportion to what refunds left of the lines."""
        claimed = sum(amount for each, amount in self.disputes.values() if each == order_id)
        lines = [each for each in self.lines.values() if each.order_id == order_id]
        left = [line.goods_net_minor - line.refunded_minor for line in lines]
        if claimed == 0 or sum(left) == 0:
            return {}
        parts = allocate(Money(min(claimed, sum(left)), self.shop.currency), left)
        return {line.id: part.minor for line, part in zip(lines, parts, strict=True)}


def _hold(law: str, holds: bool) -> None:
    if not holds:
        raise LawBroken(law)


def _no_debts(owed: dict[str, int]) -> None:
    strict = [minor for address, minor in owed.items() if address.endswith((":pending", ":held"))]
    strict += [minor for address, minor in owed.items() if address.startswith("liabilities:payout")]
    _hold("I4: pending and held money and payouts in flight are never negative", min(strict, default=0) >= 0)


def _commission(rows: list[rewards.Earning], payouts: list[rewards.Payout], owed: dict[str, int]) -> None:
    cost = sum(row.net_minor for row in rows if row.booked_at is not None)
    _hold("I6: commission is what is booked less what was taken back", -owed.get("expenses:commission", 0) == cost)
    paid = sum(each.net_minor for each in payouts if each.state == PayoutState.PAID)
    held = sum(minor for address, minor in owed.items() if address.startswith("liabilities:"))
    _hold("I6: commission is pending, kept back, available, in flight, withheld or paid", cost == held + paid)


def _payees(
    rows: list[rewards.Earning],
    payouts: Sequence[rewards.Payout],
    handouts: Sequence[rewards.HandoutFound],
    owed: dict[str, int],
) -> None:
    """Of every member, and of the team fund (None)."""
    pending: dict[int | None, int] = defaultdict(int)
    available: dict[int | None, int] = defaultdict(int)
    held: dict[int | None, int] = defaultdict(int)
    for row in rows:
        held[row.member_id] += row.held_minor
        if row.matured_at is not None:
            available[row.member_id] += row.net_minor - row.held_minor
        elif row.booked_at is not None and row.state != EarningState.VOID:
            pending[row.member_id] += row.net_minor - row.held_minor
    for each in payouts:
        if each.state != PayoutState.FAILED:
            available[each.member_id] -= each.gross_minor
    for given in handouts:
        for member_id, part in given.parts.items() if given.state == HandoutState.GIVEN else ():
            available[member_id] += part.minor
            available[None] -= part.minor
    for kind, expected in (("pending", pending), ("available", available), ("held", held)):
        for payee in {None, *expected}:
            there = owed.get("liabilities:" + (f"member:{payee}:{kind}" if payee else f"fund:{kind}"), 0)
            _hold(f"I8: what a payee has {kind} is what their earnings and hand-outs say", there == expected[payee])
