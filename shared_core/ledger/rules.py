"""What a booking is, decided without a database."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared_core.kernel.errors import Invalid
from shared_core.kernel.money import Money

STORE = "store"
HUB = "hub"
KINDS = ("assets", "liabilities", "income", "expenses")
POSTINGS_MAX = 500
_ADDRESS = re.compile(r"(assets|liabilities|income|expenses)(:[a-z0-9][a-z0-9-]*){1,4}")


class UnknownAccount(Invalid):
    code = "unknown_account"
    message = "{address!r} is not an account address."


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount` moves out of `source` and into `destination`. There is no way to write one that does not balance."""

    source: str
    destination: str
    amount: Money

    def __post_init__(self) -> None:
        assert self.amount.minor >= 0, "an amount moves forward; swap the ends to move it back"
        assert self.source != self.destination, f"{self.source} cannot pay itself"
        for address in (self.source, self.destination):
            if not _ADDRESS.fullmatch(address):
                raise UnknownAccount(address=address)


def entry(*, debit: str, credit: str, amount: Money) -> Posting:
    """A posting in accountants' words: credit what gives, debit what receives."""
    return Posting(source=credit, destination=debit, amount=amount)


def effective(postings: Sequence[Posting]) -> list[Posting]:
    """Postings that move something. Splitting money may rightly leave somebody nothing."""
    assert len(postings) <= POSTINGS_MAX, "too many postings in one transaction"
    return [posting for posting in postings if posting.amount]


def reversed_postings(postings: Sequence[Posting]) -> list[Posting]:
    """The postings that undo these."""
    return [Posting(each.destination, each.source, each.amount) for each in reversed(postings)]


def content_hash(postings: Iterable[Posting]) -> str:
    """Binds a reference to what it booked, so that the same reference cannot mean two things. Order does not matter."""
    rows = sorted([each.source, each.destination, each.amount.currency, each.amount.minor] for each in postings)
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def net_changes(postings: Iterable[Posting]) -> dict[tuple[str, str], int]:
    """Change of each (address, currency) in minor units, debits positive. Sums to zero per currency."""
    changes: dict[tuple[str, str], int] = {}
    for each in postings:
        for address, sign in ((each.destination, 1), (each.source, -1)):
            key = (address, each.amount.currency)
            changes[key] = changes.get(key, 0) + sign * each.amount.minor
    return changes
