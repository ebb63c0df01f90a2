"""Orders under a plan: whose sale it is, what it pays, what refunds take back, what is available when."""

from dataclasses import dataclass

import numpy as np

from shared_core.plan.check import INVITER_PAYEES
from shared_core.plan.paying import PRODUCT_SAFE_BELOW, Sales, Takers, pay
from shared_core.plan.refunds import reversal_targets
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.terms import PAYEES, Payee
from shared_core.plan.selection import Goods
from shared_core.plan.simulation.history import EVERYTHING, Columns, History
from shared_core.plan.simulation.population import PopulationUnusable
from shared_core.plan.table import ABSENT, COLUMN, FUND, Numbers, table_of

PAID: tuple[Payee, ...] = ("seller", "inviter", "second_inviter", "team_fund")
"""Who can be there in a simulated sale: there are no live rooms, so nobody is a host."""
DAILY = (
    "paid", "supply", "refunded", "supply_back", "shares", "network", "reversed", "matured", "taken", "bounties", "fees"
)  # fmt: skip
"""What is kept by day, in minor units. `network`: the shares that do not go to the seller."""


@dataclass(frozen=True, slots=True)
class Wallets:
    """What is owed to each member, and what they have earned as sellers and by others' sales; the last is the fund."""

    pending: Numbers
    available: Numbers
    taken: Numbers
    retail: Numbers
    network: Numbers

    @classmethod
    def of(cls, members: int) -> "Wallets":
        return cls(*(np.zeros(members + 1, dtype=np.int64) for _ in range(5)))


class Trade:
    """The orders of a history. Every amount is in minor units, 64 bits wide."""

    def __init__(self, plan: Plan, history: History) -> None:
        self.plan, self.history = plan, history
        orders, lines, goods = history.orders, history.lines, history.population.assortment
        self._price = np.array([each.price for each in goods], dtype=np.int64)
        self._supply = np.array([each.supply for each in goods], dtype=np.int64)
        if int(self._price.max()) * int(max(history.population.quantities)) >= PRODUCT_SAFE_BELOW:
            raise PopulationUnusable(field="assortment", value=int(self._price.max()), reason="the price is too high")
        self._is_pack = np.array([each.product in plan.packs.products for each in goods])
        self._kind = np.array(
            [table_of(plan).kind(Goods("shop", each.brand, each.category, each.product, each.sku)) for each in goods]
        )
        self._has_fund = table_of(plan).has_fund
        self._goods = np.zeros(len(lines["order"]), dtype=np.int64)
        self._gone = np.zeros(len(lines["order"]), dtype=np.int16)
        self._shares = np.zeros((len(PAID), len(lines["order"])), dtype=np.int64)
        self.takers = np.full((len(PAID), len(orders["day"])), ABSENT, dtype=np.int32)
        self.matured = np.zeros(len(orders["day"]), dtype=bool)
        completes = orders["delivered"].astype(np.int32) + plan.returns.days + 1
        self.completions = ByDay(completes)
        self.maturities = ByDay(np.maximum(completes, orders["delivered"] + plan.settlement.days + 1))
        self._refunds = ByDay(history.refunds["day"])
        self.wallets = Wallets.of(len(history.people["came"]))
        self.daily: Columns = {name: np.zeros(history.population.days, dtype=np.int64) for name in DAILY}

    @property
    def seller(self) -> Numbers:
        """Whose sale each order is, ABSENT for nobody's."""
        sellers: Numbers = self.takers[0]
        return sellers

    def place(self, day: int, orders: Numbers, takers: Numbers, places: Numbers) -> None:
        """Orders are placed and paid: who earns what is decided for ever. `takers` and `places`: [payee, order]."""
        self.takers[:, orders] = takers
        lines, which = self.lines_of(orders)
        article = self.history.lines["article"][lines]
        quantity = self.history.lines["quantity"][lines].astype(np.int64)
        goods, supply = self._price[article] * quantity, self._supply[article] * quantity
        self._goods[lines] = goods
        self._book(day, paid=goods, supply=supply)
        shared = (takers[:, which] != ABSENT).any(axis=0)  # the fund gets its part whoever sold, even if nobody did
        lines, which, buyers = lines[shared], which[shared], self.history.orders["buyer"][orders][which[shared]]
        sales = Sales(self._kind[article[shared]], goods[shared], (goods - supply)[shared], quantity[shared])
        amounts = pay(self.plan, sales, _all_payees(takers[:, which], places[:, which], buyers)).amounts
        for row, payee in enumerate(PAID):
            self._shares[row, lines] = amounts[:, COLUMN[payee]]
        shares = self._shares[:, lines]
        self._book(day, shares=shares, network=shares[1:])
        self._owe(self.wallets.pending, takers[:, which], shares)

    def refund(self, day: int) -> tuple[Numbers, Numbers, Numbers]:
        """Give back what goes back today; (order, goods, packs) that no longer count."""
        rows = self._refunds.on(day)
        orders, kind = self.history.refunds["order"][rows], self.history.refunds["kind"][rows]
        lines, which = self.lines_of(orders)
        quantity = self.history.lines["quantity"][lines]
        whole = kind[which] == EVERYTHING
        first = lines == self.history.orders["first_line"][orders][which]
        before = self._gone[lines]
        after = np.where(whole, quantity, before + first)
        self._gone[lines] = after
        article, goods = self.history.lines["article"][lines], self._goods[lines]
        back = goods * after // quantity - goods * before // quantity
        self._book(day, refunded=back, supply_back=self._supply[article] * (after - before))
        self._take_back(day, orders[which], lines, goods * before // quantity, goods * after // quantity)
        packs = np.where(self._is_pack[article], after - before, 0)
        return orders, _sums(which, back, len(orders)), _sums(which, packs, len(orders))

    def complete(self, day: int) -> tuple[Numbers, Numbers, Numbers]:
        """The return window of these orders has closed; (order, goods, packs) that now count."""
        orders = self.completions.on(day)
        lines, which = self.lines_of(orders)
        quantity, article = self.history.lines["quantity"][lines], self.history.lines["article"][lines]
        left = quantity - self._gone[lines]
        goods = self._goods[lines] - self._goods[lines] * self._gone[lines] // quantity
        kept = _sums(which, left, len(orders)) > 0
        packs = _sums(which, np.where(self._is_pack[article], left, 0), len(orders))
        return orders[kept], _sums(which, goods, len(orders))[kept], packs[kept]

    def mature(self, day: int) -> None:
        """What is left of these orders' shares can be taken out from today on."""
        orders = self.maturities.on(day)
        lines, which = self.lines_of(orders)
        left = self._shares[:, lines] - self._reversed(lines, self._gone[lines])
        self._owe(self.wallets.pending, self.takers[:, orders][:, which], -left, earned=False)
        self._owe(self.wallets.available, self.takers[:, orders][:, which], left, earned=False)
        self._book(day, matured=left)
        self.matured[orders] = True

    def pay_out(self, day: int) -> None:
        """Everybody takes what is available, from the plan's minimum on; nobody takes the fund."""
        wallets = self.wallets
        enough = wallets.available >= max(self.plan.settlement.payout_min, 1)
        enough[-1] = False
        amounts = np.where(enough, wallets.available, 0)
        wallets.available[:] -= amounts
        wallets.taken[:] += amounts
        self._book(day, taken=amounts)

    def give(self, day: int, members: Numbers, amounts: Numbers) -> None:
        """A bounty for bringing somebody in: nobody bought anything for it."""
        np.add.at(self.wallets.available, members, amounts)
        np.add.at(self.wallets.network, members, amounts)
        self._book(day, bounties=amounts)

    def charge(self, day: int, amount: int) -> None:
        """Fees that new members paid."""
        self.daily["fees"][day] += amount

    def lines_of(self, orders: Numbers) -> tuple[Numbers, Numbers]:
        """The lines of these orders, and the place in `orders` of each line's order."""
        counts = self.history.orders["lines"][orders].astype(np.int64)
        which = np.repeat(np.arange(len(orders)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.history.orders["first_line"][orders][which] + within, which

    def goods_by_article(self) -> Numbers:
        """What each article brought in, before refunds."""
        sold = np.zeros(len(self._price), dtype=np.int64)
        np.add.at(sold, self.history.lines["article"], self._goods)
        return sold

    def uplines_paid(self) -> bool:
        """Whether anybody above the seller earns."""
        return any(rule.payee in INVITER_PAYEES for rule in self.plan.shares)

    def fund(self) -> int:
        """Who takes the team fund's shares, ABSENT when the plan has none."""
        return FUND if self._has_fund else ABSENT

    def _take_back(self, day: int, orders: Numbers, lines: Numbers, before: Numbers, after: Numbers) -> None:
        goods = self._goods[lines]
        shares = self._shares[:, lines]
        less = reversal_targets(shares, after, goods) - reversal_targets(shares, before, goods)
        takers, matured = self.takers[:, orders], self.matured[orders]
        self._owe(self.wallets.available, takers[:, matured], -less[:, matured])
        self._owe(self.wallets.pending, takers[:, ~matured], -less[:, ~matured])
        self._book(day, reversed=less, network=-less[1:])

    def _reversed(self, lines: Numbers, gone: Numbers) -> Numbers:
        goods, quantity = self._goods[lines], self.history.lines["quantity"][lines]
        return reversal_targets(self._shares[:, lines], goods * gone // quantity, goods)

    def _owe(self, wallet: Numbers, takers: Numbers, amounts: Numbers, *, earned: bool = True) -> None:
        """Owe each taker an amount, [payee, line]; the team fund is the last of the wallets."""
        np.add.at(wallet, np.where(takers == FUND, ABSENT, takers), amounts)
        if earned:
            np.add.at(self.wallets.retail, takers[0], amounts[0])
            np.add.at(self.wallets.network, np.where(takers[1:] == FUND, ABSENT, takers[1:]), amounts[1:])

    def _book(self, day: int, **amounts: Numbers) -> None:
        for name, each in amounts.items():
            self.daily[name][day] += each.sum()


class ByDay:
    """Rows found by their day, in the order of their numbers."""

    def __init__(self, days: Numbers) -> None:
        self._order = np.argsort(days, kind="stable").astype(np.int32)
        self._bounds = np.r_[0, np.cumsum(np.bincount(days))] if len(days) else np.zeros(1, dtype=np.int64)

    def on(self, day: int) -> Numbers:
        if day + 1 >= len(self._bounds):
            return self._order[:0]
        return self._order[self._bounds[day] : self._bounds[day + 1]]


def _all_payees(takers: Numbers, places: Numbers, buyers: Numbers) -> Takers:
    """Those who can be there, in the columns of all payees."""
    members = np.full((takers.shape[1], len(PAYEES)), ABSENT, dtype=np.int64)
    ranks = np.zeros_like(members)
    for row, payee in enumerate(PAID):
        members[:, COLUMN[payee]], ranks[:, COLUMN[payee]] = takers[row], places[row]
    return Takers(members, ranks, buyers.astype(np.int64))


def _sums(which: Numbers, amounts: Numbers, count: int) -> Numbers:
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, which, amounts)
    return total
