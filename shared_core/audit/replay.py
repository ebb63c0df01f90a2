"""The journal played from its first row, apart from the sums the database makes."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_

OUT = ("po:", "fund:")
"""Begins the references of bookings that need something available: payouts, and hand-outs of the team fund."""
AVAILABLE = ":available"


@dataclass
class Replay:
    """Balances by (address, currency), debits positive, and what was noticed on the way."""

    balances: dict[tuple[str, str], int] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)
    overdrawing_payouts: list[Phrase] = field(default_factory=list)
    _moved: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def balance(self, address: str, currency: str) -> int:
        return self.balances.get((address, currency), 0)

    def total(self, prefix: str, currency: str) -> int:
        """The sum of all accounts below `prefix`."""
        return sum(
            minor for (address, each), minor in self.balances.items() if each == currency and address.startswith(prefix)
        )

    def moved(self, kind: str) -> dict[tuple[str, str], int]:
        """What bookings whose reference starts with `kind` changed, by (address, currency)."""
        return {(address, currency): minor for (each, address, currency), minor in self._moved.items() if each == kind}

    def play(self, row: ledger.JournalRow) -> None:
        kind = row.reference.split(":", 1)[0] + ":"
        for address, change in ((row.destination, row.amount.minor), (row.source, -row.amount.minor)):
            key = (address, row.amount.currency)
            self.balances[key] = self.balances.get(key, 0) + change
            moved = (kind, *key)
            self._moved[moved] = self._moved.get(moved, 0) + change
        self.references.add(row.reference)
        if row.reference.startswith(OUT) and row.destination.endswith(AVAILABLE):
            debt = self.balances[row.destination, row.amount.currency]
            if debt > 0:
                left = N_("{reference} left {address} {debt} in debt")
                self.overdrawing_payouts.append(
                    Phrase(left, reference=row.reference, address=row.destination, debt=debt)
                )


def replay(session: Session, book: str) -> Replay:
    """Play the whole book."""
    played = Replay()
    for row in ledger.journal(session, book=book):
        played.play(row)
    return played
