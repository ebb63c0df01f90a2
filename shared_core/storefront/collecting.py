"""Money that comes by hand, for the back office and the command line: statements, collectors, and how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from shared_core import orders
from shared_core.kernel.errors import Phrase
from shared_core.storefront.shop import Shop

UPLOAD_BYTES_MAX = 2_000_000
"""The largest statement a page takes; the command line reads files of up to 20 MB."""
CLAIM_PLACE = r"^([01]-[0-9]{1,18})?$"
"""Where a page of claims goes on: whether the last one's order was given up, and its id."""


@dataclass(frozen=True)
class TakenIn:
    """What an import of a statement did, or would do. `refused` are rows with what to mend, by line."""

    counts: dict[str, int]
    refused: list[tuple[int, Phrase]]
    dry_run: bool


class _DryRun(Exception):
    """Leaves the transaction without a commit."""


def names(shop: Shop, session: Session) -> list[str]:
    """Every collector: those of brand.toml first, then whoever else has ever collected."""
    return orders.collectors(session, [each.name for each in shop.brand.payment.everybody])


def standings(shop: Shop, session: Session) -> list[orders.Standing]:
    """How every collector stands now."""
    return orders.standings(
        session,
        named=[each.name for each in shop.brand.payment.everybody],
        currency=shop.currency,
        zone=shop.brand.shop.zone,
        at=shop.clock(),
    )


def known(shop: Shop, session: Session, name: str) -> str:
    """The collector's name. Raises UnknownCollector."""
    there = names(shop, session)
    if name not in there:
        raise orders.UnknownCollector(name=name, known=", ".join(there))
    return name


def claims(session: Session, *, at: datetime, after: str) -> tuple[Sequence[orders.Claimed], str]:
    """One page of what customers say, and what to give as `after` for the next; empty on the last page and the first.

    `after` is as CLAIM_PLACE says.
    """
    given_up, _, claim_id = after.partition("-")
    start = orders.ClaimPlace(bool(int(given_up)), int(claim_id)) if after else None
    found = orders.payment_claims(session, at=at, after=start, limit=orders.CLAIMS_LISTED_MAX + 1)
    shown = found[: orders.CLAIMS_LISTED_MAX]
    if len(shown) == len(found):
        return shown, ""
    last = orders.place(shown[-1])
    return shown, f"{int(last.given_up)}-{last.claim_id}"


def take_in(shop: Shop, source: Path | bytes, *, collector: str, entered_by: str, dry_run: bool) -> TakenIn:
    """Import a wallet's statement, in one transaction of its own. The same again changes nothing.

    Raises FileUnreadable and UnknownCollector.
    """
    zone = shop.brand.shop.zone
    if isinstance(source, bytes):
        read = orders.read_statement(source, currency=shop.currency, zone=zone, bytes_max=UPLOAD_BYTES_MAX)
    else:
        read = orders.read_statement(source, currency=shop.currency, zone=zone)
    report = orders.StatementReport()
    try:
        with shop.database.transaction() as session:
            report = orders.take_in(
                session,
                read.rows,
                collector=known(shop, session, collector),
                entered_by=entered_by,
                at=shop.clock(),
            )
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    refused = sorted([*read.refused, *report.refused], key=lambda each: each[0])
    counts = {
        "rows": len(read.rows) + len(read.refused) + read.passed_over,
        "matched": len(report.matched),
        "late": len(report.late),
        "unidentified": len(report.unidentified),
        "already_known": len(report.known),
        "not_received": read.passed_over,
        "refused": len(refused),
    }
    return TakenIn(counts, refused, dry_run)
