"""Sale events of the hub in the current folder: read from a file, told, withdrawn."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from platformctl import output
from platformctl.failures import BadAnswer
from platformctl.messages import N_, translate
from platformctl.settling import hub_books
from shared_core import hub
from shared_core.kernel import tomlfile
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money, decimal_text, parse_money
from shared_core.supply import sales

STATES = {
    sales.SaleState.PLANNED: N_("planned"),
    sales.SaleState.PREVIEW: N_("shown"),
    sales.SaleState.RUNNING: N_("running"),
    sales.SaleState.ENDED: N_("ended"),
    sales.SaleState.WITHDRAWN: N_("withdrawn"),
}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Sale(_Table):
    """Times without an offset are on the wall clock of the hub's zone."""

    code: str
    title: str
    brand: str = ""
    preview: datetime | None = None
    start: datetime
    end: datetime


class _Goods(_Table):
    """Amounts as decimal text."""

    sku: str
    supply_price: str
    retail: str
    quantity: int
    cost: str = ""
    floor: str = ""
    per_customer: int | None = None
    per_store: int | None = None


class SaleFile(_Table):
    sale: _Sale
    goods: list[_Goods] = Field(min_length=1)


def add(file: Path, *, actor: str) -> sales.SaleReport:
    """Plan the sale that the file describes. Raises ConfigError, BadAnswer, BadSale, UnknownSku, SaleTaken."""
    read, config = tomlfile.load(file, SaleFile), hub.load_config().hub
    wanted = _spec(read, currency=config.currency, zone=ZoneInfo(config.zone))
    with hub_books() as (session, at):
        return sales.add_sale(session, wanted, actor=actor, at=at)


def every() -> list[sales.SaleReport]:
    with hub_books() as (session, at):
        return sales.all_sales(session, at=at)


def one(code: str) -> sales.SaleReport:
    with hub_books() as (session, at):
        return sales.sale(session, code, at=at)


def withdraw(code: str, *, reason: str, actor: str) -> sales.SaleReport:
    with hub_books() as (session, at):
        return sales.withdraw_sale(session, code, actor=actor, reason=reason, at=at)


def as_dict(report: sales.SaleReport) -> dict[str, object]:
    """For machines; instants in UTC, amounts as decimal text."""
    told = report.sale
    return {
        "ok": True,
        "code": told.code,
        "title": told.title,
        "brand": told.brand,
        "currency": told.currency,
        "state": report.state.value,
        "preview": told.preview_at.isoformat(),
        "start": told.starts_at.isoformat(),
        "end": told.ends_at.isoformat(),
        "by": report.added_by,
        "reason": report.reason,
        "goods": [
            {
                "sku": each.sku,
                "supply_price": decimal_text(each.supply_price),
                "retail": decimal_text(each.retail),
                "cost": None if each.cost is None else decimal_text(each.cost),
                "floor": None if each.floor is None else decimal_text(each.floor),
                "quantity": each.quantity,
                "taken": report.taken[each.sku],
                "per_customer": each.per_customer_max,
                "per_store": each.per_store_max,
            }
            for each in told.goods
        ],
    }


def tell(report: sales.SaleReport, *, goods: bool) -> None:
    """One sale in a line, with its times on the hub's wall clock; and its goods."""
    told, zone = report.sale, ZoneInfo(hub.load_config().hub.zone)
    start, end = (each.astimezone(zone).strftime("%Y-%m-%d %H:%M") for each in (told.starts_at, told.ends_at))
    print(f"{told.code}  {told.title}  {translate(STATES[report.state])}  {start} – {end}")
    if report.reason:
        print(f"    {report.reason}")
    if not goods:
        return
    for each in told.goods:
        output.say(
            "    {sku}: supply {supply}, retail {retail}; {taken} of {quantity} are held or sold",
            sku=each.sku,
            supply=decimal_text(each.supply_price),
            retail=decimal_text(each.retail),
            taken=report.taken[each.sku],
            quantity=each.quantity,
        )


def _spec(read: SaleFile, *, currency: str, zone: ZoneInfo) -> sales.SaleSpec:
    start = _instant(read.sale.start, zone)
    return sales.SaleSpec(
        code=read.sale.code,
        title=read.sale.title,
        brand=read.sale.brand,
        currency=currency,
        preview_at=start if read.sale.preview is None else _instant(read.sale.preview, zone),
        starts_at=start,
        ends_at=_instant(read.sale.end, zone),
        goods=tuple(_goods(each, currency) for each in read.goods),
    )


def _goods(each: _Goods, currency: str) -> sales.SaleGoodsSpec:
    return sales.SaleGoodsSpec(
        sku=each.sku,
        supply_price=_money(each, "supply_price", currency),
        retail=_money(each, "retail", currency),
        quantity=each.quantity,
        cost=_money(each, "cost", currency) if each.cost else None,
        floor=_money(each, "floor", currency) if each.floor else None,
        per_customer_max=each.per_customer,
        per_store_max=each.per_store,
    )


def _money(each: _Goods, name: str, currency: str) -> Money:
    text = str(getattr(each, name))
    try:
        return parse_money(text, currency)
    except PlatformError as error:
        raise BadAnswer(key=f"{each.sku} {name}", value=text, reason=error.text(translate)) from error


def _instant(at: datetime, zone: ZoneInfo) -> datetime:
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
