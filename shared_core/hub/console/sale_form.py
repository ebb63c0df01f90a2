"""A sale event as it is typed: read into what the supply side plans, said why not beside the field, typed again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from shared_core import supply
from shared_core.hub.console.typed import number
from shared_core.hub.errors import BadMoment, FormInPieces
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money, decimal_text, parse_money, share_of
from shared_core.supply import sales

_T = TypeVar("_T")
Errors = dict[str, PlatformError]
"""What is wrong, by the name of the field; of the goods on place 3 `retail-3`, "" of the whole."""


@dataclass(frozen=True, slots=True)
class GoodsTyped:
    """One SKU of a sale; what was left empty is as it usually is, or without limit."""

    sku: str
    supply_price: str = ""
    retail: str = ""
    quantity: str = ""
    cost: str = ""
    floor: str = ""
    per_customer: str = ""
    per_store: str = ""


@dataclass(frozen=True, slots=True)
class SaleTyped:
    """Times on the wall clock of the hub; without a `preview` it is shown when it starts."""

    code: str = ""
    title: str = ""
    brand: str = ""
    preview: str = ""
    start: str = ""
    end: str = ""
    goods: tuple[GoodsTyped, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """By the names of the form's fields, without the goods."""
        names = ("code", "title", "brand", "preview", "start", "end")
        return {name: getattr(self, name) for name in names}

    def without(self, place: int) -> "SaleTyped":
        return replace(self, goods=(*self.goods[:place], *self.goods[place + 1 :]))

    def with_goods(self, found: Sequence[supply.ShelfGoods], bps: int | None) -> "SaleTyped":
        """With these SKUs too, as many as are free, at `bps` of their usual prices (None: at those).

        The sale is of their brand where it is of none yet and they are of one.
        """
        there = {each.sku for each in self.goods}
        more = tuple(_usual(each, bps) for each in found if each.sku not in there)
        [brand, *others] = {each.brand for each in found} or {""}
        goods = (*self.goods, *more)[: sales.GOODS_PER_SALE_MAX]
        return replace(self, goods=goods, brand=self.brand or ("" if others else brand))


def rows(*columns: Sequence[str]) -> tuple[GoodsTyped, ...]:
    """The goods of a form, whose fields come column by column. Raises FormInPieces where one is shorter."""
    if len({len(column) for column in columns}) > 1:
        raise FormInPieces
    return tuple(GoodsTyped(*each) for each in zip(*columns, strict=True))


def typed_again(told: sales.SaleSpec, zone: ZoneInfo) -> SaleTyped:
    """A planned sale as somebody would type it."""
    return SaleTyped(
        code=told.code,
        title=told.title,
        brand=told.brand,
        preview=_wall(told.preview_at, zone),
        start=_wall(told.starts_at, zone),
        end=_wall(told.ends_at, zone),
        goods=tuple(
            GoodsTyped(
                sku=each.sku,
                supply_price=_text(each.supply_price),
                retail=_text(each.retail),
                quantity=str(each.quantity),
                cost=_text(each.cost),
                floor=_text(each.floor),
                per_customer=str(each.per_customer_max or ""),
                per_store=str(each.per_store_max or ""),
            )
            for each in told.goods
        ),
    )


def understood(typed: SaleTyped, *, currency: str, zone: ZoneInfo) -> tuple[sales.SaleSpec | None, Errors]:
    """The sale that was typed, else None and everything in it that is no time, amount or number."""
    errors: Errors = {}

    def read(field: str, text: str, how: Callable[[str], _T]) -> _T | None:
        try:
            return how(text)
        except PlatformError as error:
            errors[field] = error
            return None

    start, end = (read(name, getattr(typed, name), lambda text: _moment(text, zone)) for name in ("start", "end"))
    preview = read("preview", typed.preview, lambda text: _moment(text, zone)) if typed.preview.strip() else start
    goods = []
    for place, each in enumerate(typed.goods):
        amounts = {
            name: read(f"{name}-{place}", getattr(each, name), lambda text: parse_money(text, currency))
            for name in ("supply_price", "retail", "cost", "floor")
            if name in ("supply_price", "retail") or getattr(each, name).strip()
        }
        counts = {
            name: read(f"{name}-{place}", getattr(each, name), number)
            for name in ("quantity", "per_customer", "per_store")
            if name == "quantity" or getattr(each, name).strip()
        }
        goods.append((each.sku, amounts, counts))
    if errors or start is None or end is None or preview is None:
        return None, errors
    return sales.SaleSpec(
        code=typed.code.strip(),
        title=typed.title.strip(),
        brand=typed.brand.strip(),
        currency=currency,
        preview_at=preview,
        starts_at=start,
        ends_at=end,
        goods=tuple(_spec(*each) for each in goods),
    ), {}


def field_of(error: PlatformError, typed: SaleTyped) -> str:
    """Beside which field of the form it stands why the supply side refused the sale."""
    skus = [each.sku for each in typed.goods]
    if isinstance(error, sales.SaleTaken):
        return "code"
    if isinstance(error, supply.UnknownSku):
        return f"supply_price-{skus.index(str(error.params['sku']))}"
    if not isinstance(error, sales.BadSale):
        return ""
    sku, _, name = str(error.params["field"]).rpartition(" ")
    if sku in skus:
        return f"{name}-{skus.index(sku)}"
    return name if name in typed.values else "goods"


def _usual(each: supply.ShelfGoods, bps: int | None) -> GoodsTyped:
    def text(amount: Money | None) -> str:
        return _text(amount if amount is None or bps is None else share_of(amount, bps))

    return GoodsTyped(
        sku=each.sku,
        supply_price=text(each.supply_price),
        retail=text(each.suggested),
        quantity=str(each.free or ""),
        cost="" if bps is None else text(each.cost),
    )


def _spec(sku: str, amounts: Mapping[str, Money | None], counts: Mapping[str, int | None]) -> sales.SaleGoodsSpec:
    supply_price, retail, quantity = amounts["supply_price"], amounts["retail"], counts["quantity"]
    assert supply_price is not None and retail is not None and quantity is not None, "read without an error"
    return sales.SaleGoodsSpec(
        sku=sku,
        supply_price=supply_price,
        retail=retail,
        quantity=quantity,
        cost=amounts.get("cost"),
        floor=amounts.get("floor"),
        per_customer_max=counts.get("per_customer"),
        per_store_max=counts.get("per_store"),
    )


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """A day and a time of day on the wall clock of the zone, as an instant in UTC. Raises BadMoment."""
    try:
        read = datetime.fromisoformat(text.strip())
        return (read if read.tzinfo is not None else read.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadMoment from error


def _wall(at: datetime, zone: ZoneInfo) -> str:
    """As browsers write it; with seconds only where there are some."""
    local = at.astimezone(zone).replace(tzinfo=None)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def _text(amount: Money | None) -> str:
    return "" if amount is None else decimal_text(amount)
