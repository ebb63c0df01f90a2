"""Settled orders of another platform: they count for ranks and insights, move no money and pay nobody again."""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.kernel import csvfile
from shared_core.kernel.events import announce
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import MINOR_MAX, BadAmount, Money, parse_money
from shared_core.orders import rules
from shared_core.orders.events import OrderCompleted
from shared_core.orders.models import Order, OrderLine, OrderStep
from shared_core.orders.rules import State

REQUIRED = ("order_id", "at", "customer", "sku", "quantity", "unit_price")
OPTIONAL = ("seller", "currency", "title")
PIECES_MAX = 1_000_000
NAME_LENGTH_MAX = 64
ORDERS_PER_INSERT = 500

REASONS = {
    "no_order_id": N_("the order has no id, or one longer than 64 characters"),
    "no_customer": N_("the line has no customer"),
    "no_sku": N_("the line has no SKU, or one longer than 64 characters"),
    "not_goods": N_("the code was named as no goods"),
    "bad_time": N_("the time is not ISO 8601"),
    "future": N_("the time lies in the future"),
    "bad_quantity": N_("the quantity is not a whole number of at most a million"),
    "returned": N_("a negative quantity is a return, not a sale"),
    "bad_price": N_("the price is not an amount above zero"),
    "wrong_currency": N_("the currency is not the shop's"),
    "duplicate": N_("the same line stands in the order already"),
    "other_customer": N_("the order belongs to another customer"),
    "changed": N_("the order was imported before with other lines"),
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One sold line, names as the other platform knows them; `unit` is the price paid per piece."""

    line: int
    order_id: str
    at: datetime
    customer: str
    sku: str
    quantity: int
    unit: Money
    seller: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was left out; `code` is a key of `REASONS`."""

    line: int
    code: str

    @property
    def reason(self) -> str:
        return REASONS[self.code]


@dataclass(frozen=True)
class HistoryReport:
    """Every line of the file is imported, known already, or refused."""

    orders: int = 0
    lines: int = 0
    known_lines: int = 0
    customers: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def refused_by_code(self) -> dict[str, int]:
        return dict(Counter(each.code for each in self.refused))


@dataclass(frozen=True)
class HistoryFile:
    lines: list[HistoryLine]
    refused: list[Refused]


def read_history(
    path: Path, *, currency: str, zone: str, columns: Mapping[str, str] | None = None, not_goods: Iterable[str] = ()
) -> HistoryFile:
    """Read a CSV of order lines. Bad lines are refused one by one; a file that makes no sense raises FileUnreadable.

    `not_goods` are codes that stand for postage, fees and the like. Times without a zone are meant in `zone`.
    """
    found, refused, seen = [], [], set()
    excluded = set(not_goods)
    for number, cells in csvfile.rows(path, required=REQUIRED, optional=OPTIONAL, columns=columns):
        key = tuple(cells.values())
        try:
            if key in seen:
                raise _Refusal("duplicate")
            seen.add(key)
            found.append(_line(number, cells, currency=currency, zone=zone, not_goods=excluded))
        except _Refusal as refusal:
            refused.append(Refused(number, refusal.code))
    return HistoryFile(found, refused)


def import_history(
    session: Session,
    lines: Iterable[HistoryLine],
    *,
    source: str,
    new_code: Callable[[], str],
    at: datetime,
) -> HistoryReport:
    """Write completed orders. Importing the same again changes nothing.

    `source` names the other platform: the same order id there is the same order here. Without a seller an order
    belongs to the member its customer was bound to at the time. Customers and sellers who do not exist are created.
    """
    by_order, refused = _by_order(lines, at=at)
    known = _known(session, source, by_order)
    fresh: dict[str, list[HistoryLine]] = {}
    known_lines = 0
    for order_id, lot in by_order.items():
        digest = known.get(_number(source, order_id))
        if digest is None:
            fresh[order_id] = lot
        elif digest == _digest(lot):
            known_lines += len(lot)
        else:
            refused += [Refused(line.line, "changed") for line in lot]
    _write(session, fresh, source=source, new_code=new_code)
    return HistoryReport(
        orders=len(fresh),
        lines=sum(len(lot) for lot in fresh.values()),
        known_lines=known_lines,
        customers=len({lot[0].customer for lot in fresh.values()}),
        refused=sorted(refused, key=lambda each: each.line),
    )


def _by_order(lines: Iterable[HistoryLine], *, at: datetime) -> tuple[dict[str, list[HistoryLine]], list[Refused]]:
    """Lines of each order in the order of the file, and those that fit into none."""
    by_order: dict[str, list[HistoryLine]] = {}
    refused = []
    for line in lines:
        lot = by_order.get(line.order_id)
        if line.at > at:
            refused.append(Refused(line.line, "future"))
        elif lot is not None and lot[0].customer != line.customer:
            refused.append(Refused(line.line, "other_customer"))
        else:
            by_order.setdefault(line.order_id, []).append(line)
    return by_order, refused


class _Refusal(ValueError):
    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(REASONS[code])


def _line(number: int, cells: Mapping[str, str], *, currency: str, zone: str, not_goods: set[str]) -> HistoryLine:
    if not 0 < len(cells["order_id"]) <= NAME_LENGTH_MAX:
        raise _Refusal("no_order_id")
    if not cells["customer"]:
        raise _Refusal("no_customer")
    if not 0 < len(cells["sku"]) <= NAME_LENGTH_MAX:
        raise _Refusal("no_sku")
    if cells["sku"] in not_goods:
        raise _Refusal("not_goods")
    if cells.get("currency") and cells["currency"].upper() != currency:
        raise _Refusal("wrong_currency")
    return HistoryLine(
        line=number,
        order_id=cells["order_id"],
        at=_instant(cells["at"], zone),
        customer=cells["customer"],
        sku=cells["sku"],
        quantity=_pieces(cells["quantity"]),
        unit=_price(cells["unit_price"], currency),
        seller=cells.get("seller", ""),
        title=cells.get("title", ""),
    )


def _instant(text: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _Refusal("bad_time") from error
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _pieces(text: str) -> int:
    digits = text.removeprefix("-").removesuffix(".0")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > len(str(PIECES_MAX)):
        raise _Refusal("bad_quantity")
    if text.startswith("-"):
        raise _Refusal("returned")
    pieces = int(digits)
    if not 1 <= pieces <= PIECES_MAX:
        raise _Refusal("bad_quantity")
    return pieces


def _price(text: str, currency: str) -> Money:
    try:
        price = parse_money(text, currency)
    except BadAmount as error:
        raise _Refusal("bad_price") from error
    if price.minor <= 0 or price.minor > MINOR_MAX // PIECES_MAX:
        raise _Refusal("bad_price")
    return price


def _number(source: str, order_id: str) -> str:
    """The number of an imported order: the same for the same order of the same platform."""
    digest = hashlib.sha256(f"{source}\0{order_id}".encode()).digest()
    return "H" + base64.b32encode(digest)[:20].decode()


def _digest(lot: list[HistoryLine]) -> str:
    content = [(f"{line.sku}@{line.unit.minor}", line.quantity) for line in lot]
    return rules.request_hash(content, {}, "import", lot[0].customer)


def _known(session: Session, source: str, order_ids: Iterable[str]) -> dict[str, str]:
    numbers = [_number(source, order_id) for order_id in order_ids]
    found: dict[str, str] = {}
    for start in range(0, len(numbers), ORDERS_PER_INSERT):
        some = numbers[start : start + ORDERS_PER_INSERT]
        rows = session.execute(select(Order.number, Order.request_hash).where(Order.number.in_(some)))
        found.update((number, digest) for number, digest in rows)
    return found


def _write(
    session: Session, fresh: Mapping[str, list[HistoryLine]], *, source: str, new_code: Callable[[], str]
) -> None:
    names = [(name, lot[0].at) for lot in fresh.values() for name in (lot[0].customer, lot[0].seller) if name]
    ids = members.ensure_external_members(session, names, source=source, new_code=new_code)
    lots = sorted(fresh.items(), key=lambda item: item[1][0].at)
    for start in range(0, len(lots), ORDERS_PER_INSERT):
        _write_some(session, lots[start : start + ORDERS_PER_INSERT], ids, source=source)


def _write_some(
    session: Session, lots: list[tuple[str, list[HistoryLine]]], ids: Mapping[str, int], *, source: str
) -> None:
    rows = [_order_row(session, order_id, lot, ids, source=source) for order_id, lot in lots]
    made = session.execute(insert(Order).returning(Order.id, Order.number), rows)
    order_ids = {number: row_id for row_id, number in made}
    numbered = [(order_ids[_number(source, order_id)], lot) for order_id, lot in lots]
    session.execute(insert(OrderLine), [_line_row(row_id, line) for row_id, lot in numbered for line in lot])
    done = [
        {"order_id": row_id, "state": State.COMPLETED, "actor": "import", "reason": source, "at": lot[0].at}
        for row_id, lot in numbered
    ]
    session.execute(insert(OrderStep), done)
    for row_id, lot in numbered:
        announce(session, OrderCompleted(row_id, lot[0].at))


def _order_row(
    session: Session, order_id: str, lot: list[HistoryLine], ids: Mapping[str, int], *, source: str
) -> dict[str, object]:
    first, buyer_id = lot[0], ids[lot[0].customer]
    seller_id = ids[first.seller] if first.seller else members.sponsor_then(session, buyer_id, at=first.at)
    goods = sum(line.unit.minor * line.quantity for line in lot)
    return {
        "number": _number(source, order_id),
        "buyer_id": buyer_id,
        "seller_id": seller_id,
        "claim": None if seller_id is None else "link" if first.seller else "lock",
        "origin": "import",
        "channel": "import",
        "currency": first.unit.currency,
        "state": State.COMPLETED,
        "goods_minor": goods,
        "freight_minor": 0,
        "total_minor": goods,
        "refunded_minor": 0,
        "refunded_freight_minor": 0,
        "address": {},
        "note": "",
        "checkout_key": f"import:{source}:{order_id}"[:80],
        "request_hash": _digest(lot),
        "return_days": 0,
        "supply_state": "none",
        "supply_minor": 0,
        "written_at": first.at,
        "placed_at": first.at,
        "paid_at": first.at,
        "delivered_at": first.at,
    }


def _line_row(order_id: int, line: HistoryLine) -> dict[str, object]:
    return {
        "order_id": order_id,
        "sku": line.sku,
        "product_code": line.sku,
        "title": line.title or line.sku,
        "brand": "",
        "category": "",
        "quantity": line.quantity,
        "unit_minor": line.unit.minor,
        "goods_net_minor": line.unit.minor * line.quantity,
        "supply_minor": 0,
        "refunded_quantity": 0,
        "refunded_minor": 0,
    }
