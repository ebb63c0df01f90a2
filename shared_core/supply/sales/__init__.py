"""Sale events: goods at a price of their own, for a while, until a quantity is used up. Stock is not set apart."""

from shared_core.supply.errors import BadSale, SaleTaken, UnknownSale
from shared_core.supply.sales.planning import (
    SaleGoodsSpec,
    SaleReport,
    SaleSpec,
    add_sale,
    all_sales,
    sale,
    withdraw_sale,
)
from shared_core.supply.sales.sale_rules import SaleState

__all__ = [
    "BadSale",
    "SaleGoodsSpec",
    "SaleReport",
    "SaleSpec",
    "SaleState",
    "SaleTaken",
    "UnknownSale",
    "add_sale",
    "all_sales",
    "sale",
    "withdraw_sale",
]
