"""Sale events: goods at a price of their own, for a while, until a quantity is used up. Stock is not set apart."""

from shared_core.supply.errors import BadSale, SaleBegun, SaleChanged, SaleTaken, UnknownSale
from shared_core.supply.sales.planning import (
    GOODS_PER_SALE_MAX,
    NOT_BEGUN,
    SaleGoodsSpec,
    SaleOverlap,
    SaleReport,
    SaleSpec,
    add_sale,
    all_sales,
    change_sale,
    overlaps,
    sale,
    withdraw_sale,
)
from shared_core.supply.sales.quota import StorePieces, pieces_by_store
from shared_core.supply.sales.sale_rules import SaleState

__all__ = [
    "GOODS_PER_SALE_MAX",
    "NOT_BEGUN",
    "BadSale",
    "SaleBegun",
    "SaleChanged",
    "SaleGoodsSpec",
    "SaleOverlap",
    "SaleReport",
    "SaleSpec",
    "SaleState",
    "SaleTaken",
    "StorePieces",
    "UnknownSale",
    "add_sale",
    "all_sales",
    "change_sale",
    "overlaps",
    "pieces_by_store",
    "sale",
    "withdraw_sale",
]
