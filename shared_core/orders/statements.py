"""A wallet's statement as a file: WeChat's or Alipay's export, or any table with such columns, in Chinese or English.

Lines before the header are passed over. A row that makes no sense is refused with its field and the remedy; money that
went out, and what was closed or taken back before it arrived, is no receipt.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from shared_core.kernel import csvfile
from shared_core.kernel.errors import Phrase, PlatformError
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, parse_money
from shared_core.orders.matching import PAID_BEFORE, PAID_FROM, bare_number
from shared_core.orders.payments import TRANSACTION_NO_LENGTH_MAX
from shared_core.orders.receipts import SeenRow

BYTES_MAX = 20_000_000
ROWS_MAX = 50_000

NAMES: Mapping[str, tuple[str, ...]] = {
    "transaction": (
        "交易单号",
        "交易订单号",
        "交易号",
        "流水号",
        "transaction number",
        "transaction no",
        "transaction",
    ),
    "amount": ("金额(元)", "金额（元）", "金额（元)", "交易金额", "金额", "amount"),
    "time": ("交易时间", "付款时间", "交易创建时间", "时间", "time", "paid at", "date"),
    "direction": ("收/支", "收支", "direction", "in/out"),
    "payer": ("交易对方", "对方", "付款方", "payer", "counterparty", "from"),
    "note": ("备注", "转账备注", "note", "memo", "remark", "message"),
    "goods": ("商品", "商品说明", "商品名称", "description"),
    "state": ("当前状态", "交易状态", "状态", "status", "state"),
}
"""Our names of columns, and what they are called in statements."""
REQUIRED = ("transaction", "amount", "time")

_IN = frozenset({"收入", "收", "in", "income", "credit", "received", ""})
_OUT = frozenset({"支出", "支", "out", "expense", "debit", "sent", "/", "不计收支", "中性交易", "neutral"})
_NEVER_CAME = ("关闭", "退款", "退还", "失败", "撤销", "closed", "refunded", "returned", "failed", "cancelled")
_SEPARATORS = re.compile(r"[/年月]")
_SINGLE = re.compile(r"(?<!\d)(\d)(?!\d)")
_MARKS = {"CNY": re.compile(r"[¥￥\s]|CNY|RMB"), "JPY": re.compile(r"[¥￥\s]|JPY")}
_NO_MARK = re.compile(r"\s")
_YUAN = "元"
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_PARTLY_BACK = re.compile(r"已退款\s*[(（]|partially refunded")


@dataclass(frozen=True)
class Statement:
    """`rows` came in; `refused` make no sense; `passed_over` counts what is no receipt."""

    rows: Sequence[SeenRow]
    refused: Sequence[tuple[int, Phrase]] = field(default_factory=tuple)
    passed_over: int = 0


def read_statement(source: Path | bytes, *, currency: str, zone: str, bytes_max: int = BYTES_MAX) -> Statement:
    """Read a file. Times without a zone are meant in `zone`. Raises csvfile.FileUnreadable for the file as a whole."""
    table = csvfile.read_table(source, bytes_max=bytes_max, rows_max=ROWS_MAX, is_header=_is_header)
    columns = {column.casefold(): column for column in table.columns}
    places = {ours: _place(names, columns, currency) for ours, names in NAMES.items()}
    for ours in REQUIRED:
        if places[ours] is None:
            table.require(NAMES[ours][-1])
    rows: list[SeenRow] = []
    refused: list[tuple[int, Phrase]] = []
    passed_over = 0
    for each in table.rows:
        cells = {ours: each.cells.get(place, "") if place else "" for ours, place in places.items()}
        try:
            row = _row(each.line, cells, currency=currency, zone=zone)
        except _Refused as bad:
            bad.params["column"] = columns[places[bad.ours] or ""]
            refused.append((each.line, Phrase(bad.message, **bad.params)))
            continue
        if row is None:
            passed_over += 1
        else:
            rows.append(row)
    return Statement(rows, refused, passed_over)


class _Refused(Exception):
    """A row that makes no sense: in which of our columns, and why."""

    def __init__(self, ours: str, message: str, **params: object) -> None:
        self.ours, self.message, self.params = ours, message, params
        super().__init__(message)


def _is_header(cells: Sequence[str]) -> bool:
    """The row that names a transaction number and an amount; the lines above are the wallet's own talk."""
    there = {cell.strip().casefold() for cell in cells}
    return not there.isdisjoint(NAMES["transaction"]) or not there.isdisjoint(NAMES["amount"])


def _place(names: Sequence[str], columns: Mapping[str, str], currency: str) -> str | None:
    """The first that is there; amounts in yuan are none of another currency."""
    return next((name for name in names if name in columns and (currency == "CNY" or _YUAN not in name)), None)


def _row(line: int, cells: Mapping[str, str], *, currency: str, zone: str) -> SeenRow | None:
    """The row, None when it is no receipt. Raises _Refused."""
    direction = cells["direction"].casefold()
    if direction in _OUT:
        return None
    if direction not in _IN:
        raise _Refused("direction", N_("{column}: {text!r} is neither in nor out"), text=cells["direction"])
    state = cells["state"].casefold()
    if _PARTLY_BACK.search(state):
        raise _Refused(
            "state", N_("{column}: {text!r}: a part went back; confirm it at its order"), text=cells["state"]
        )
    if any(word in state for word in _NEVER_CAME):
        return None
    amount = _amount(cells["amount"], currency)
    if amount.minor < 0 and not direction:
        return None
    if amount.minor <= 0:
        raise _Refused("amount", N_("{column}: {text!r} is not above zero"), text=cells["amount"])
    number = bare_number(cells["transaction"])
    if not 0 < len(number) <= TRANSACTION_NO_LENGTH_MAX or "e+" in number.casefold():
        raise _Refused(
            "transaction",
            N_("{column}: {text!r} is no transaction number; export again, without opening the file in a spreadsheet"),
            text=number[:TRANSACTION_NO_LENGTH_MAX],
        )
    note = " ".join(text for text in (cells["note"], cells["goods"]) if text and text != "/")
    return SeenRow(line, number, amount, _instant(cells["time"], zone), cells["payer"].strip("/"), note)


def _amount(text: str, currency: str) -> Money:
    try:
        plain = _MARKS.get(currency, _NO_MARK).sub("", text)
        return parse_money(_THOUSANDS.sub("", plain).lstrip("+"), currency)
    except PlatformError as error:
        raise _Refused("amount", N_("{column}: {text!r} is no amount; write it like 12.50"), text=text) from error


def _instant(text: str, zone: str) -> datetime:
    at = _iso(_SEPARATORS.sub("-", text).replace("日", ""))
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(zone))
    if at is None or not PAID_FROM <= at < PAID_BEFORE:
        raise _Refused("time", N_("{column}: {text!r} is no time; write it like 2026-03-02 12:30:00"), text=text)
    return at.astimezone(UTC)


def _iso(text: str) -> datetime | None:
    """The time; days and months may have one digit, as spreadsheets write them. A day alone is none: which order held
    an amount when it was paid may change within a day.
    """
    if ":" not in text:
        return None
    try:
        return datetime.fromisoformat(_SINGLE.sub(r"0\1", text))
    except ValueError:
        return None
