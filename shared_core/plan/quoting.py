"""What somebody would earn: the figure beside a price, made by the function that later pays."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from shared_core.kernel.money import Money
from shared_core.plan.schema.plan import Plan
from shared_core.plan.shares import LineFacts, Parties, Share, share_lines

CODE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Quote:
    """`amount`: what the viewer would earn on the line. `code` names exactly this promise.

    `full`: what it is where the limit of a period leaves room for all of it; the code names that.
    """

    code: str
    amount: Money
    full: Money
    shares: tuple[Share, ...]


def quote(plan: Plan, line: LineFacts, parties: Parties, viewer_id: int) -> Quote:
    """The viewer's part of the line. The same plan version, line and people always give the same quote and code."""
    return quotes(plan, [line], parties, viewer_id)[0]


def quotes(
    plan: Plan, lines: Sequence[LineFacts], parties: Parties, viewer_id: int, *, room: Money | None = None
) -> list[Quote]:
    """The same for several lines of the same people, each for itself; `room` is what a period leaves the viewer."""
    found = share_lines(plan, lines, parties)
    own = [[share for share in shares if share.member_id == viewer_id] for shares in found]
    return [_quote(plan, line, shares, viewer_id, room) for line, shares in zip(lines, own, strict=True)]


def quote_code(plan: Plan, line: LineFacts, own: Sequence[Share], viewer_id: int) -> str:
    """Names a promise by its content, so that the paid row can be matched with what was shown without storing it.

    The code of a line paid for equals the code shown beside the price when nothing changed in between: same version,
    goods, price, quantity, rule, rank and amount.
    """
    parts = [
        plan.name,
        plan.version,
        str(viewer_id),
        line.sku,
        str(line.quantity),
        f"{line.goods_net.minor}{line.goods_net.currency}",
    ]
    parts += [f"{share.payee}:{share.rule_id}:{share.rank}:{share.amount.minor}" for share in own]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:CODE_LENGTH]


def _quote(plan: Plan, line: LineFacts, own: Sequence[Share], viewer_id: int, room: Money | None) -> Quote:
    full = Money(sum(share.amount.minor for share in own), plan.currency)
    amount = full if room is None else min(full, room)
    return Quote(quote_code(plan, line, own, viewer_id), amount, full, tuple(own))
