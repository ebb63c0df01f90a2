"""Where the pieces of one line of a supplier order are: values in, values out.

Of what was ordered, some are reported short (they will never come), some are withdrawn (the store does not owe for
them), and some are sent. Short pieces are withdrawn by the store once it has heard of them; `short_open` are those of
which it has not. So no piece is counted twice, in whatever order the news and the withdrawals cross.

Only what was not sent can be withdrawn at a word. What was sent comes back by a return: the store owes for it until
somebody has looked at it.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pieces:
    """`short` counts everything ever reported short, `restocked` what was withdrawn and is on sale again.

    Of those sent, `coming_back` are in a return that has not ended, `returned` came back and are withdrawn, `kept` were
    in a return that gave nothing for them. `replaced` were sent once more for nothing, and of the pieces that these
    stand for `exchanged` are on sale again.
    """

    ordered: int
    withdrawn: int = 0
    restocked: int = 0
    short: int = 0
    short_open: int = 0
    sent: int = 0
    coming_back: int = 0
    returned: int = 0
    kept: int = 0
    replaced: int = 0
    exchanged: int = 0

    @property
    def unsent(self) -> int:
        """Those that never left and that the store owes for, the short ones counted in."""
        return self.ordered - self.withdrawn - (self.sent - self.returned)

    @property
    def out(self) -> int:
        """Those that left and can still be asked back."""
        return self.sent - self.coming_back - self.returned - self.kept

    @property
    def coming(self) -> int:
        """Those the customer has or gets."""
        return self.ordered - self.withdrawn - self.short_open

    @property
    def to_send(self) -> int:
        """Those the supplier still has to send."""
        return self.unsent - self.short_open


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
    assert 0 <= quantity <= pieces.unsent, "only what was never sent can be withdrawn"
    back = min(quantity, pieces.to_send) if restock else 0
    return replace(
        pieces,
        withdrawn=pieces.withdrawn + quantity,
        restocked=pieces.restocked + back,
        short_open=max(pieces.short_open - (quantity - back), 0),
    )


def ask_back(pieces: Pieces, quantity: int) -> Pieces:
    """A return of `quantity` begins."""
    assert 0 <= quantity <= pieces.out, "only what was sent can come back"
    return replace(pieces, coming_back=pieces.coming_back + quantity)


def let_be(pieces: Pieces, quantity: int) -> Pieces:
    """A return of `quantity` has ended before anything came of it."""
    return replace(pieces, coming_back=pieces.coming_back - quantity)


def take_back(pieces: Pieces, quantity: int, *, credited: int, sellable: int) -> Pieces:
    """A return of `quantity` has ended: the store owes for `credited` fewer, of which `sellable` are on sale again."""
    assert 0 <= sellable <= credited <= quantity <= pieces.coming_back, "only what came back is credited"
    return replace(
        pieces,
        coming_back=pieces.coming_back - quantity,
        returned=pieces.returned + credited,
        kept=pieces.kept + quantity - credited,
        withdrawn=pieces.withdrawn + credited,
        restocked=pieces.restocked + sellable,
    )


def exchange(pieces: Pieces, quantity: int, *, new: int, sellable: int) -> Pieces:
    """A return of `quantity` has ended: `new` pieces are sent for nothing, `sellable` of the old ones on sale again."""
    assert 0 <= sellable <= new <= quantity <= pieces.coming_back, "only what came back is replaced"
    return replace(
        pieces,
        coming_back=pieces.coming_back - quantity,
        kept=pieces.kept + quantity - new,
        replaced=pieces.replaced + new,
        exchanged=pieces.exchanged + sellable,
    )
