"""Where the pieces of one line of a supplier order are: values in, values out.

Of what was ordered, some are reported short (they will never come), some are withdrawn (the store does not owe for
them), and some are sent. Short pieces are withdrawn by the store once it has heard of them; `short_open` are those of
which it has not. So no piece is counted twice, in whatever order the news and the withdrawals cross.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pieces:
    """`short` counts everything ever reported short, `restocked` what was withdrawn and is on sale again."""

    ordered: int
    withdrawn: int = 0
    restocked: int = 0
    short: int = 0
    short_open: int = 0
    sent: int = 0

    @property
    def coming(self) -> int:
        """Those the customer has or gets."""
        return self.ordered - self.withdrawn - self.short_open

    @property
    def to_send(self) -> int:
        """Those the supplier still has to send; what was withdrawn is taken from these first."""
        return max(self.coming - self.sent, 0)


def report_short(pieces: Pieces, more: int) -> Pieces:
    """`more` of those that were to be sent will never come."""
    assert 0 <= more <= pieces.to_send, "only what is still to be sent can be short"
    return replace(pieces, short=pieces.short + more, short_open=pieces.short_open + more)


def send(pieces: Pieces, quantity: int) -> Pieces:
    """`quantity` more are on their way."""
    assert 0 <= quantity <= pieces.to_send, "only what is still to be sent can be sent"
    return replace(pieces, sent=pieces.sent + quantity)


def withdraw(pieces: Pieces, quantity: int, *, restock: bool) -> Pieces:
    """The store owes for `quantity` fewer. What was reported short does not exist, so it is never on sale again."""
    left = pieces.ordered - pieces.withdrawn
    assert 0 <= quantity <= left, "only what is left can be withdrawn"
    back = min(quantity, left - pieces.short_open) if restock else 0
    return replace(
        pieces,
        withdrawn=pieces.withdrawn + quantity,
        restocked=pieces.restocked + back,
        short_open=max(pieces.short_open - (quantity - back), 0),
    )
