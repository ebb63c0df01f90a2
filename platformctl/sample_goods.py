"""Sample goods for a new shop: plainly samples, of our own invention, in the shop's language and currency."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.kernel.money import Money, exponent
from shared_core.supply import sales

HUNDREDTHS_OF_A_YUAN = {  # one unit of the currency, for roughly equal prices; others: as many units as yuan
    "CNY": 100,
    "EUR": 800,
    "GBP": 900,
    "HKD": 90,
    "JPY": 5,
    "MYR": 160,
    "SGD": 540,
    "TWD": 22,
    "USD": 700,
}
STOCK_REFERENCE = "sample"
LABEL_WHOLE_FROM = 20


@dataclass(frozen=True)
class SampleGoods:
    """What `plant` puts in."""

    suppliers: int
    products: int
    skus: tuple[str, ...]


def plant(session: Session, *, chinese: bool, currency: str, at: datetime) -> SampleGoods:
    """Put suppliers, products and stock in; what is there already stays as it is, stock is received once."""
    content = _read()
    for each in content["suppliers"]:
        freight = _money(each["freight"], currency)
        supply.create_supplier(session, code=each["code"], name=_said(each["name"], chinese), freight=freight, at=at)
    skus: list[str] = []
    for each in content["products"]:
        spec = _spec(each, _said(content["notice"], chinese), chinese=chinese, currency=currency)
        supply.put_product(session, spec, supplier=each["supplier"], at=at)
        for variant in each["variants"]:
            skus.append(variant["sku"])
            if variant["stock"]:
                reference = f"{STOCK_REFERENCE}:{variant['sku']}"
                supply.receive_stock(session, sku=variant["sku"], quantity=variant["stock"], reference=reference, at=at)
    return SampleGoods(len(content["suppliers"]), len(content["products"]), tuple(skus))


def plant_sale(session: Session, *, chinese: bool, currency: str, at: datetime) -> None:
    """Have a sale event of sample goods run from `at` on; one that is there already stays as it is."""
    wanted = _read()["sale"]
    if any(each.sale.code == wanted["code"] for each in sales.all_sales(session, at=at)):
        return
    goods = tuple(
        sales.SaleGoodsSpec(
            sku=each["sku"],
            supply_price=_money(each["cost"], currency),
            retail=_rounded(_money(each["retail"], currency)),
            quantity=each["quantity"],
            cost=_money(each["cost"], currency),
            per_customer_max=each["per_customer"],
        )
        for each in wanted["goods"]
    )
    spec = sales.SaleSpec(
        code=wanted["code"],
        title=_said(wanted["title"], chinese),
        brand=_said(wanted["brand"], chinese),
        currency=currency,
        preview_at=at,
        starts_at=at,
        ends_at=at + timedelta(days=wanted["days"]),
        goods=goods,
    )
    sales.add_sale(session, spec, actor=STOCK_REFERENCE, at=at)


def _read() -> dict[str, Any]:
    return tomllib.loads((files("platformctl") / "samples" / "goods.toml").read_text("utf-8"))


def _spec(product: Mapping[str, Any], notice: str, *, chinese: bool, currency: str) -> supply.ProductSpec:
    option = _said(product["option"], chinese) if "option" in product else ""
    return supply.ProductSpec(
        code=product["code"],
        title=_said(product["title"], chinese),
        brand=_said(product["brand"], chinese),
        category=_said(product["category"], chinese),
        description=f"{_said(product['text'], chinese)}\n\n{notice}",
        variants=tuple(
            supply.VariantSpec(
                sku=each["sku"],
                options=((option, _said(each["value"], chinese)),) if "value" in each else (),
                cost=_money(each["cost"], currency),
                suggested=_rounded(_money(each["suggested"], currency)),
            )
            for each in product["variants"]
        ),
    )


def _money(fen: int, currency: str) -> Money:
    """Hundredths of a yuan in another currency, rounded down; never nothing."""
    digits: int = 10 ** exponent(currency)
    return Money(max(1, fen * digits // HUNDREDTHS_OF_A_YUAN.get(currency, 100)), currency)


def _rounded(price: Money) -> Money:
    """Down to a figure that a shop would write on a label: whole units from twenty on, tenths of one below."""
    unit: int = 10 ** exponent(price.currency)
    step = unit if price.minor >= LABEL_WHOLE_FROM * unit else max(1, unit // 10)
    return Money(max(price.minor - price.minor % step, 1), price.currency)


def _said(words: Mapping[str, str], chinese: bool) -> str:
    return words["zh" if chinese else "en"]
