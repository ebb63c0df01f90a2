"""How a share came about, step by step: what is kept with an earning, so that nothing has to be reckoned again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from shared_core.kernel.money import BPS_WHOLE, Money
from shared_core.plan.chains import CHAINS
from shared_core.plan.quoting import Quote, quotes
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import Payee
from shared_core.plan.selection import rule_for
from shared_core.plan.shares import LineFacts, Parties, Share

Limit = Literal["rule", "margin", "person", "line", "period"]
"""What made an amount smaller: the rule's own `at_most`, the margin there is, `caps.person`, `caps.line`; and last,
when the order was paid, `caps.period`."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A limit that was reached: `together` of the concerned shares became `most`, and of this one `left` was left.

    All in minor units. Of a period `together` is what the person was paid in it before, without this share.
    """

    limit: Limit
    most: int
    together: int
    left: int


@dataclass(frozen=True, slots=True)
class Promise:
    """The figure beside the price: what one piece sold in the shop would bring the seller, and its code."""

    code: str
    minor: int


@dataclass(frozen=True, slots=True)
class PeriodLimit:
    """`caps.period` as it was when the order was placed; `at_most` in minor units."""

    at_most: int
    window: str


@dataclass(frozen=True, slots=True)
class Working:
    """`reached_bps`: with a differential rule the highest rate reached below. `shown` is None for who is no seller.

    `period`: the limit that decides when the order is paid; None where there is none, and for the team fund.
    """

    reached_bps: int | None
    cuts: tuple[Cut, ...]
    shown: Promise | None
    period: PeriodLimit | None = None

    def as_dict(self) -> dict[str, Any]:
        """For keeping; see `of`."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Working":
        """What was kept, perhaps by a core that knew no limits of periods."""
        shown, period = kept["shown"], kept.get("period")
        return cls(
            reached_bps=kept["reached_bps"],
            cuts=tuple(Cut(**each) for each in kept["cuts"]),
            shown=None if shown is None else Promise(**shown),
            period=None if period is None else PeriodLimit(**period),
        )

    @property
    def period_cut(self) -> Cut | None:
        """What the limit of a period made of the share; None while the order is not paid, and where it left all."""
        return next((cut for cut in self.cuts if cut.limit == "period"), None)

    def cut_by_period(self, *, paid_before: int, left: int) -> "Working":
        """The same once the order was paid and the limit of the period left so much of the share."""
        assert self.period is not None, "only a limit cuts"
        cut = Cut("period", self.period.at_most, paid_before, left)
        return replace(self, cuts=(*self.cuts, cut))


def show_working(plan: Plan, line: LineFacts, parties: Parties, share: Share, shown: Promise | None) -> Working:
    """Everything about a share that its amount and its rate do not say."""
    rule = next(each for each in plan.shares if each.id == share.rule_id)
    reached = _reached_below(plan, line, parties, share.payee) if rule.differential else None
    return Working(reached, cuts(plan, rule, line, share), shown, _period(plan, share))


def promises(
    plan: Plan, lines: Sequence[LineFacts], parties: Parties, *, room: Money | None = None
) -> list[Promise | None]:
    """What was said beside the price of each line to the seller: of one piece in the shop, with no buyer known.

    `room` is what a period left the seller then.
    """
    seller = parties.by_payee.get("seller")
    if seller is None or seller.member_id is None:
        return [None] * len(lines)
    found = quotes(plan, [_one_piece(line) for line in lines], Parties(parties.by_payee), seller.member_id, room=room)
    return [_promise(each) for each in found]


def cuts(plan: Plan, rule: ShareRule, line: LineFacts, share: Share) -> tuple[Cut, ...]:
    """The limits of the line that made the share smaller, in the order in which they were applied."""
    if not share.steps:
        return ()
    goods = line.goods_net.minor
    most: tuple[tuple[Limit, int], ...] = (
        ("rule", rule.at_most or 0),
        ("margin", max(line.margin.minor, 0)),
        ("person", goods * plan.caps.person // BPS_WHOLE),
        ("line", goods * plan.caps.line // BPS_WHOLE),
    )
    before, found = share.uncapped.minor, []
    for (limit, at_most), (together, left) in zip(most, share.steps, strict=True):
        if left < before:
            found.append(Cut(limit, at_most, together, left))
        before = left
    return tuple(found)


def _period(plan: Plan, share: Share) -> PeriodLimit | None:
    cap = plan.caps.period
    return None if cap is None or share.member_id is None else PeriodLimit(cap.at_most, cap.window)


def _reached_below(plan: Plan, line: LineFacts, parties: Parties, payee: Payee) -> int:
    """The highest rate below somebody in their chain, of people who take part."""
    chain = next(each for each in CHAINS if payee in each)
    below = [each for each in chain[: chain.index(payee)] if each in parties.by_payee]
    rules = [rule_for(plan, line.goods, each, parties.by_payee[each].rank) for each in below]
    return max((rule.rate or 0 for rule in rules if rule is not None), default=0)


def _one_piece(line: LineFacts) -> LineFacts:
    """The line as it stands beside a price. Prices are per piece, so a line divides evenly."""
    return LineFacts(
        goods_net=Money(line.goods_net.minor // line.quantity, line.goods_net.currency),
        margin=Money(line.margin.minor // line.quantity, line.margin.currency),
        brand=line.brand,
        category=line.category,
        product=line.product,
        sku=line.sku,
    )


def _promise(quote: Quote) -> Promise | None:
    return Promise(quote.code, quote.amount.minor) if quote.amount else None
