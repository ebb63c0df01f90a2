"""`platformctl export`: what the shop knows, as tables its owner can take away."""

import csv
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy.orm import Session

from platformctl.failures import CannotWrite
from shared_core import invites, ledger, members, orders, rewards, storefront
from shared_core.kernel.csvfile import cell
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Phrase
from shared_core.kernel.money import Money
from shared_core.kernel.settings import read_settings

BRAND = Path("brand")

ORDER_COLUMNS = (
    *("order_id", "at", "state", "origin", "customer", "seller", "channel"),
    *("sku", "title", "options", "quantity", "unit_price", "paid", "refunded", "currency"),
)
EARNING_COLUMNS = (
    *("earning", "member", "order_id", "sku", "payee", "rule", "plan_version", "rank_then", "basis", "base"),
    *("rate_bps", "amount", "reversed", "held", "currency", "state", "quoted_at", "matures_at"),
)
INVITE_COLUMNS = ("member", "at", "kind", "codes", "reference", "sales_minor", "plan_version", "number", "used_by")

Row = Iterable[object]


def export(table: str, *, as_beancount: bool, out: Path | None) -> None:
    """Write a table to a file, or to stdout. A file appears whole or not at all. Raises CannotWrite."""
    database = Database(read_settings().database_url)
    try:
        with database.reading() as session, target(out) as file:
            if as_beancount:
                zone = storefront.load_brand(BRAND).shop.zone
                file.writelines(f"{line}\n" for line in ledger.export_beancount(session, zone=zone))
            else:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerows([cell(value) for value in row] for row in TABLES[table](session))
    finally:
        database.dispose()


def _members(session: Session) -> Iterator[Row]:
    yield [field.name for field in fields(members.MemberExport)]
    yield from (astuple(each) for each in members.export_members(session))


def _bindings(session: Session) -> Iterator[Row]:
    yield ["member", "sponsor", "bound_at", "depth"]
    for each in members.export_bindings(session, at=datetime.now(UTC)):
        yield [each.member, each.sponsor, each.bound_at, each.depth]


def _orders(session: Session) -> Iterator[Row]:
    names = members.export_names(session)
    yield ORDER_COLUMNS
    for each in orders.export_orders(session):
        seller = names[each.seller_id] if each.seller_id is not None else ""
        head = [each.order, each.at, each.state, each.origin, names[each.buyer_id], seller, each.channel]
        yield [
            *head,
            each.sku,
            each.title,
            "; ".join(f"{name}={value}" for name, value in each.options),
            each.quantity,
            each.unit_price,
            each.paid,
            each.refunded,
            each.paid.currency,
        ]


def _earnings(session: Session) -> Iterator[Row]:
    names = members.export_names(session)
    yield EARNING_COLUMNS
    for each in _all_earnings(session):
        amounts = (each.base_minor, each.amount_minor, each.reversed_minor, each.held_minor)
        base, amount, back, held = (Money(minor, each.currency) for minor in amounts)
        member = "" if each.member_id is None else names[each.member_id]
        head = [each.code, member, each.order_number, each.sku, each.payee, each.rule_id]
        terms = [each.plan_version, each.rank_then, each.basis, base, each.rate_bps, amount, back, held, each.currency]
        yield [*head, *terms, each.state, each.quoted_at, each.matures_at]


def _all_earnings(session: Session) -> Iterator[rewards.Earning]:
    after = 0
    while page := rewards.all_earnings(session, after=after):
        yield from page
        after = page[-1].id


def _invites(session: Session) -> Iterator[Row]:
    names = members.export_names(session)
    yield INVITE_COLUMNS
    for each in invites.export_entries(session):
        moved = [each.kind, each.codes, each.reference, each.sales_minor, each.plan_version, each.number]
        yield [names[each.member_id], each.at, *moved, names[each.used_by_id] if each.used_by_id else ""]


TABLES: dict[str, Callable[[Session], Iterable[Row]]] = {
    "members": _members,
    "bindings": _bindings,
    "orders": _orders,
    "earnings": _earnings,
    "invites": _invites,
    "journal": ledger.export_csv,
}


@contextmanager
def target(out: Path | None, *, private: bool = False) -> Iterator[TextIO]:
    """Where to write: stdout, or a file that appears whole or not at all; a private one is its owner's to read.

    Raises CannotWrite.
    """
    if out is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    whole = io.StringIO(newline="")
    yield whole
    try:
        beside = out.with_name(f".{out.name}.part")
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600 if private else 0o666)
        beside.write_text(whole.getvalue(), encoding="utf-8", newline="")
        beside.replace(out)
    except OSError as error:
        raise CannotWrite(folder=out, reason=Phrase(error.strerror or str(error))) from error
