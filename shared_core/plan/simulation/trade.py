"""Orders under a plan: whose sale it is, what it pays, what refunds take back, what is available when."""

from dataclasses import dataclass

import numpy as np

from shared_core.plan.paying import PRODUCT_SAFE_BELOW, Sales, Takers, pay
from shared_core.plan.periods import within_period
from shared_core.plan.refunds import reversal_targets
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.terms import PAYEES, Channel, Payee
from shared_core.plan.selection import Goods
from shared_core.plan.simulation.counts import Window
from shared_core.plan.simulation.history import EVERYTHING, Columns, History
from shared_core.plan.simulation.population import PopulationUnusable
from shared_core.plan.table import ABSENT, COLUMN, FUND, Flags, Numbers, table_of

DAILY = (
    "paid", "supply", "refunded", "supply_back", "shares", "network", "reversed", "matured", "taken", "bounties", "fees"
)  # fmt: skip
"""What is kept by day, in minor units. `network`: the shares of those who took no part in the sale."""
CHANNELS: tuple[Channel, ...] = ("shop", "live")
NOBODY = 2
"""Rows at the end of an array by member that ABSENT and FUND find, and no member."""
TOOK_PART: frozenset[Payee] = frozenset({"seller", "host", "traffic_referrer"})


@dataclass(frozen=True, slots=True)
class Wallets:
    """What is owed to each member, and what they have earned by taking part in sales (retail) and by others' sales; the
    last is the fund.
    """

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
        kind = table_of(plan).kind
        self._kind = np.array(
            [[kind(Goods(where, one.brand, one.category, one.product, one.sku)) for one in goods] for where in CHANNELS]
        )
        paid = {rule.payee for rule in plan.shares if rule.trigger == "order"}
        self.payees: tuple[Payee, ...] = ("seller", *(each for each in PAYEES if each in paid and each != "seller"))
        """Who can earn by an order, the seller first."""
        self._network = np.array([each not in TOOK_PART for each in self.payees])
        self._goods = np.zeros(len(lines["order"]), dtype=np.int64)
        self._gone = np.zeros(len(lines["order"]), dtype=np.int16)
        self._shares = np.zeros((len(self.payees), len(lines["order"])), dtype=np.int64)
        self.takers = np.full((len(self.payees), len(orders["day"])), ABSENT, dtype=np.int32)
        self.live = np.zeros(len(orders["day"]), dtype=bool)
        self.matured = np.zeros(len(orders["day"]), dtype=bool)
        completes = orders["delivered"].astype(np.int32) + plan.returns.days + 1
        self.completions = ByDay(completes)
        self.maturities = ByDay(np.maximum(completes, orders["delivered"] + plan.settlement.days + 1))
        self._refunds = ByDay(history.refunds["day"])
        self.wallets = Wallets.of(len(history.people["came"]))
        cap = plan.caps.period
        self._paid = None if cap is None else Window.over(cap.window, len(history.people["came"]) + NOBODY)
        """What everybody was paid in the period of the plan's limit."""
        self.daily: Columns = {name: np.zeros(history.population.days, dtype=np.int64) for name in DAILY}

    @property
    def seller(self) -> Numbers:
        """Whose sale each order is, ABSENT for nobody's."""
        sellers: Numbers = self.takers[0]
        return sellers

    def place(self, day: int, orders: Numbers, takers: Numbers, places: Numbers, live: Flags) -> None:
        """Orders are placed and paid: who earns what is decided for ever. `takers` and `places`: [payee, order]."""
        self.takers[:, orders], self.live[orders] = takers, live
        lines, which = self.lines_of(orders)
        article = self.history.lines["article"][lines]
        quantity = self.history.lines["quantity"][lines].astype(np.int64)
        goods, supply = self._price[article] * quantity, self._supply[article] * quantity
        self._goods[lines] = goods
        self._book(day, paid=goods, supply=supply)
        sold = (takers != ABSENT).any(axis=0)[which]
        lines, which, buyers = lines[sold], which[sold], self.history.orders["buyer"][orders][which[sold]]
        kind = self._kind[live[which].astype(np.int8), article[sold]]
        sales = Sales(kind, goods[sold], (goods - supply)[sold], quantity[sold])
        amounts = pay(self.plan, sales, self._all_payees(takers[:, which], places[:, which], buyers)).amounts
        shares = np.stack([amounts[:, COLUMN[payee]] for payee in self.payees])
        shares = self._shares[:, lines] = self._within_period(day, takers[:, which], shares)
        self._book(day, shares=shares, network=shares[self._network])
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

    def turn(self, day: int, month_began: int) -> None:
        """A new day: what was paid before the period of the plan's limit leaves room again."""
        if self._paid is not None:
            self._paid.turn(day, month_began)

    def _within_period(self, day: int, takers: Numbers, shares: Numbers) -> Numbers:
        """What the limit of a period leaves of shares paid today, [payee, line]: one line after another."""
        cap = self.plan.caps.period
        if cap is None or self._paid is None:
            return shares
        whose, wanted = takers.T.ravel(), shares.T.ravel()
        paid = within_period(whose, wanted, cap.at_most - self._paid.total[whose])
        self._paid.add(whose, paid, np.full(len(paid), day))
        return paid.reshape(shares.T.shape).T

    def _take_back(self, day: int, orders: Numbers, lines: Numbers, before: Numbers, after: Numbers) -> None:
        goods = self._goods[lines]
        shares = self._shares[:, lines]
        less = reversal_targets(shares, after, goods) - reversal_targets(shares, before, goods)
        takers, matured = self.takers[:, orders], self.matured[orders]
        self._owe(self.wallets.available, takers[:, matured], -less[:, matured])
        self._owe(self.wallets.pending, takers[:, ~matured], -less[:, ~matured])
        self._book(day, reversed=less, network=-less[self._network])

    def _reversed(self, lines: Numbers, gone: Numbers) -> Numbers:
        goods, quantity = self._goods[lines], self.history.lines["quantity"][lines]
        return reversal_targets(self._shares[:, lines], goods * gone // quantity, goods)

    def _owe(self, wallet: Numbers, takers: Numbers, amounts: Numbers, *, earned: bool = True) -> None:
        """Owe each taker an amount, [payee, line]; the team fund is the last of the wallets."""
        np.add.at(wallet, np.where(takers == FUND, ABSENT, takers), amounts)
        if earned:
            network, takers = self._network, np.where(takers == FUND, ABSENT, takers)
            np.add.at(self.wallets.retail, takers[~network], amounts[~network])
            np.add.at(self.wallets.network, takers[network], amounts[network])

    def _all_payees(self, takers: Numbers, places: Numbers, buyers: Numbers) -> Takers:
        """Those who can be there, in the columns of all payees."""
        members = np.full((takers.shape[1], len(PAYEES)), ABSENT, dtype=np.int64)
        ranks = np.zeros_like(members)
        for row, payee in enumerate(self.payees):
            members[:, COLUMN[payee]], ranks[:, COLUMN[payee]] = takers[row], places[row]
        return Takers(members, ranks, buyers.astype(np.int64))

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


def _sums(which: Numbers, amounts: Numbers, count: int) -> Numbers:
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, which, amounts)
    return total
