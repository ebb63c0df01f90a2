"""`platformctl import`: history and goods from elsewhere, all of a file or nothing of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from platformctl import output
from platformctl.messages import translate
from shared_core import members, orders, storefront
from shared_core.kernel.codes import new_code
from shared_core.kernel.database import Database, lost_a_deadlock
from shared_core.kernel.settings import read_settings

BRAND = Path("brand")
CODE_LENGTH = 10
REFUSALS_SHOWN_MAX = 50
NOTES_SHOWN_MAX = 10
REASONS_SHOWN_MAX = 20
TRIES_MAX = 3


class _DryRun(Exception):
    """Leaves the transaction without a commit."""


@dataclass(frozen=True)
class Outcome:
    """What an import did: `counts` by name, and every refused row as (line, reason)."""

    counts: Mapping[str, int]
    refused: list[tuple[int, str]] = field(default_factory=list)
    dry_run: bool = False
    noted: list[tuple[int, str]] = field(default_factory=list)
    """What was taken differently from how it was written."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Which column of the file was read as which of ours, where that had to be found out."""
    format: str = ""
    sales: list[dict[str, object]] = field(default_factory=list)
    """Sale events that lines of flash sales have become."""

    def as_dict(self) -> dict[str, object]:
        told: dict[str, object] = {"ok": True, "dry_run": self.dry_run, "counts": dict(self.counts)}
        if self.format:
            told |= {"format": self.format, "columns": dict(self.columns), "noted": _as_rows(self.noted)}
        if self.sales:
            told["sales"] = self.sales
        return told | {"refused": _as_rows(self.refused)}

    def tell(self) -> None:
        """Counts on stdout; refused rows too, the first ones in full."""
        if self.format:
            output.say("Read as {format}.", format=self.format)
        for ours, theirs in self.columns.items():
            print(f"{ours:>14} ← {theirs or '–'}")
        for name, count in self.counts.items():
            print(f"{count:>9,}  {translate(name.replace('_', ' '))}")
        for sale in self.sales:
            print("  {code}  {title}  {start} – {end}".format(**sale))
        _tell_rows(self.refused, REFUSALS_SHOWN_MAX)
        if self.noted:
            output.say("Taken differently from how it was written:")
            _tell_rows(self.noted, NOTES_SHOWN_MAX)
        if self.dry_run:
            output.say("This was a dry run: nothing was changed.")


def _as_rows(remarks: Iterable[tuple[int, str]]) -> list[dict[str, object]]:
    return [{"line": line, "reason": reason} for line, reason in remarks]


def _tell_rows(remarks: list[tuple[int, str]], shown_max: int) -> None:
    """The first ones in full, the others counted."""
    for line, reason in remarks[:shown_max]:
        output.say("  line {line}: {reason}", line=line, reason=reason)
    more = remarks[shown_max:]
    if more:
        output.say("  … and {count} more; --json lists them all.", count=len(more))
        for reason, count in Counter(reason for _, reason in remarks).most_common(REASONS_SHOWN_MAX):
            if count > 1:
                print(f"{count:>9,}  {reason}")


def import_referrals(file: Path, *, source: str, columns: Mapping[str, str], dry_run: bool) -> Outcome:
    """Who bound whom on another platform. Raises FileUnreadable."""
    shop = storefront.Shop.open(BRAND, read_settings())
    at = shop.clock()

    def take_in(session: Session) -> members.ReferralReport:
        return members.import_referrals(
            session,
            found.rows,
            source=source,
            policy=shop.plan_book.binding_policy(at),
            new_code=lambda: new_code(CODE_LENGTH),
            at=at,
        )

    try:
        with _working("Reading the referrals …"):
            found = members.read_referrals(file, columns=columns, zone=shop.brand.shop.zone)
            report = transact(shop.database, take_in, dry_run=dry_run)
    finally:
        shop.close()
    rejected = sorted([*found.rejected, *report.rejected], key=lambda each: each.line)
    counts = {
        "rows": len(found.rows) + len(found.rejected),
        "bound": report.bound,
        "already_bound": report.already_bound,
        "refused_self": report.refused_self,
        "refused_loop": report.refused_loop,
        "unusable": report.unusable + len(found.rejected),
        "members_created": report.members_created,
    }
    return Outcome(counts, [(each.line, translate(each.reason)) for each in rejected], dry_run)


def import_orders(
    file: Path, *, source: str, columns: Mapping[str, str], not_goods: Iterable[str], dry_run: bool
) -> Outcome:
    """Settled orders of another platform. Raises FileUnreadable."""
    shop = storefront.Shop.open(BRAND, read_settings())
    at = shop.clock()

    def take_in(session: Session) -> orders.HistoryReport:
        return orders.import_history(
            session, history.lines, source=source, new_code=lambda: new_code(CODE_LENGTH), at=at
        )

    try:
        with _working("Reading the orders …"):
            history = orders.read_history(
                file, currency=shop.currency, zone=shop.brand.shop.zone, columns=columns, not_goods=not_goods
            )
            report = transact(shop.database, take_in, dry_run=dry_run)
    finally:
        shop.close()
    refused = sorted([*history.refused, *report.refused], key=lambda each: each.line)
    by_code = Counter(each.code for each in refused)
    counts = {
        "rows": len(history.lines) + len(history.refused),
        "orders": report.orders,
        "lines": report.lines,
        "known_lines": report.known_lines,
        "customers": report.customers,
        **{f"refused_{code}": count for code, count in by_code.most_common()},
    }
    return Outcome(counts, [(each.line, translate(each.reason)) for each in refused], dry_run)


def import_statement(file: Path, *, collector: str, dry_run: bool) -> Outcome:
    """What a wallet says came in. Raises FileUnreadable, UnknownCollector."""
    shop = storefront.Shop.open(BRAND, read_settings())
    try:
        with _working("Reading the statement …"):
            done = storefront.take_in_statement(
                shop, file, collector=collector, entered_by="command line", dry_run=dry_run
            )
    finally:
        shop.close()
    return Outcome(done.counts, [(line, why.text(translate)) for line, why in done.refused], dry_run)


def transact(database: Database, take_in: Callable[[Session], Any], *, dry_run: bool) -> Any:
    """Run the import in one transaction; a dry run leaves no trace. Gives way to a shop at work a few times."""
    for tries_left in reversed(range(TRIES_MAX)):
        try:
            return _once(database, take_in, dry_run=dry_run)
        except OperationalError as error:
            if not tries_left or not lost_a_deadlock(error):
                raise
    raise AssertionError("the last try returns or raises")


def _once(database: Database, take_in: Callable[[Session], Any], *, dry_run: bool) -> Any:
    report = None
    try:
        with database.transaction() as session:
            report = take_in(session)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


@contextmanager
def _working(message: str) -> Iterator[None]:
    """Something moves on a terminal while long work is done."""
    with Console(stderr=True).status(translate(message)):
        yield
