"""Who earns what on one order line. The same function quotes, pays and explains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from shared_core.kernel.money import Money
from shared_core.plan.paying import Paid, Sales, Takers, pay
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import PAYEES, Basis, Channel, Payee
from shared_core.plan.selection import Goods
from shared_core.plan.table import ABSENT, COLUMN, FUND, Numbers, ShareTable, table_of


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a share depends on. `goods_net`: paid for the goods of the line after discounts, without freight."""

    goods_net: Money
    margin: Money
    channel: Channel = "shop"
    brand: str = ""
    category: str = ""
    product: str = ""
    sku: str = ""
    quantity: int = 1

    @property
    def goods(self) -> Goods:
        """What rules can ask about it."""
        return Goods(self.channel, self.brand, self.category, self.product, self.sku)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who took part. `member_id` is None for the team fund."""

    member_id: int | None
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who took part in a sale, and who bought."""

    by_payee: Mapping[Payee, Party]
    buyer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One person's part of one line, with all it takes to explain it.

    `rate_bps` is what was paid: for a differential share the difference. `uncapped` is the amount before limits;
    where one was reached `steps` says of each limit (the rule's own, margin, person, line) what the shares it concerns
    were together before it and what it left of this one, in minor units.
    """

    payee: Payee
    member_id: int | None
    rank: str
    rule_id: str
    basis: Basis
    base: Money
    rate_bps: int
    fixed: Money | None
    uncapped: Money
    amount: Money
    steps: tuple[tuple[int, int], ...] = field(compare=False, default=())


def share_line(plan: Plan, line: LineFacts, parties: Parties) -> list[Share]:
    """Every share on one line, in the order of `PAYEES`. Amounts are positive; together never above the goods paid.

    Shares taken of the margin are together never above the margin.
    """
    return share_lines(plan, [line], parties)[0]


def share_lines(plan: Plan, lines: Sequence[LineFacts], parties: Parties) -> list[list[Share]]:
    """The same for several lines of the same people."""
    return share_sales(plan, [(line, parties) for line in lines])


def share_sales(plan: Plan, sales: Sequence[tuple[LineFacts, Parties]]) -> list[list[Share]]:
    """The same for several lines, each with its own people."""
    assert all(line.goods_net.currency == plan.currency for line, _ in sales), "the plan was read for another currency"
    if not sales:
        return []
    table = table_of(plan)
    steps: list[Numbers] = []
    takers = _takers(table, [parties for _, parties in sales])
    paid = pay(plan, _sales(table, [line for line, _ in sales]), takers, note=steps.append)
    way = _Way(table, takers.members, paid.rules, (paid.uncapped, *steps, paid.amounts))
    return [_shares(table, line, parties, paid, way, row) for row, (line, parties) in enumerate(sales)]


def _sales(table: ShareTable, lines: Sequence[LineFacts]) -> Sales:
    return Sales(
        kind=np.array([table.kind(line.goods) for line in lines], dtype=np.int64),
        goods=np.array([line.goods_net.minor for line in lines], dtype=object),
        margin=np.array([line.margin.minor for line in lines], dtype=object),
        quantity=np.array([line.quantity for line in lines], dtype=object),
    )


def _takers(table: ShareTable, sales: Sequence[Parties]) -> Takers:
    members = np.full((len(sales), len(PAYEES)), ABSENT)
    ranks = np.full_like(members, table.nameless)
    for row, parties in enumerate(sales):
        for payee, party in parties.by_payee.items():
            members[row, COLUMN[payee]] = FUND if party.member_id is None else party.member_id
            ranks[row, COLUMN[payee]] = table.rank(party.rank)
    if table.has_fund:
        members[:, COLUMN["team_fund"]] = FUND
    buyers = [ABSENT if parties.buyer_id is None else parties.buyer_id for parties in sales]
    return Takers(members, ranks, np.array(buyers))


@dataclass(frozen=True, slots=True)
class _Way:
    """The way of the amounts through the limits: `walked` before the first of them and after each."""

    table: ShareTable
    members: Numbers
    rules: Numbers
    walked: Sequence[Numbers]

    def steps(self, row: int, column: int) -> tuple[tuple[int, int], ...]:
        """What each limit concerned together, and what it left of one share; nothing where none was reached."""
        if self.walked[0][row, column] == self.walked[-1][row, column]:
            return ()
        members = self.members[row]
        concerned = (
            np.arange(len(members)) == column,
            self.table.of_margin[self.rules[row]],
            members == members[column],
            np.ones(len(members), dtype=bool),
        )
        steps = zip(concerned, self.walked[:-1], self.walked[1:], strict=True)
        return tuple((int(before[row][whom].sum()), int(after[row, column])) for whom, before, after in steps)


def _shares(table: ShareTable, line: LineFacts, parties: Parties, paid: Paid, way: _Way, row: int) -> list[Share]:
    return [
        _share(table.rules[paid.rules[row, column]], line, parties.by_payee.get(payee, Party(None)), paid, way, row)
        for payee, column in COLUMN.items()
        if paid.amounts[row, column] > 0
    ]


def _share(rule: ShareRule, line: LineFacts, party: Party, paid: Paid, way: _Way, row: int) -> Share:
    currency, column = line.goods_net.currency, COLUMN[rule.payee]
    return Share(
        payee=rule.payee,
        member_id=party.member_id,
        rank=party.rank,
        rule_id=rule.id,
        basis=rule.basis,
        base=line.goods_net if rule.basis == "price" else max(line.margin, Money(0, currency)),
        rate_bps=int(paid.rates[row, column]),
        fixed=None if rule.fixed is None else Money(rule.fixed, currency),
        uncapped=Money(int(paid.uncapped[row, column]), currency),
        amount=Money(int(paid.amounts[row, column]), currency),
        steps=way.steps(row, column),
    )
