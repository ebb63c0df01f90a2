"""Goods to try things on: two suppliers, small products, and a gateway for the store "north"."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
HOME = supply.Address(name="Wei Lin", phone="13800000000", street="1 Long Lane", city="Hangzhou")
TERMS = supply.Terms(store="north", currency="CNY")


def yuan(minor: int) -> Money:
    return Money(minor, "CNY")


def lines(**quantities: int) -> list[supply.HoldLine]:
    return [supply.HoldLine(sku, quantity) for sku, quantity in quantities.items()]


def put(
    session: Session,
    sku: str,
    *,
    supplier: str = "acme",
    units: int = 0,
    cost: int = 3600,
    price: int = 4000,
    freight: int = 800,
) -> None:
    """One product with one SKU, 36.00 to the supplier, 40.00 to the store, 89.00 suggested."""
    supply.create_supplier(session, code=supplier, name=supplier.title(), freight=yuan(freight), at=NOON)
    variant = supply.VariantSpec(sku, cost=yuan(cost), supply_price=yuan(price), suggested=yuan(8900))
    product = supply.ProductSpec(code=f"p-{sku.lower()}", title=f"The {sku}", variants=(variant,))
    supply.put_product(session, product, supplier=supplier, at=NOON)
    if units:
        supply.receive_stock(session, sku=sku, quantity=units, reference=f"in-{sku}", at=NOON)


def stocked(database: Database, units: Mapping[str, int]) -> None:
    """SKUs with so many units each; SKUs that start with B come from another supplier."""
    with database.transaction() as session:
        for sku, quantity in units.items():
            put(session, sku, units=quantity, supplier="bestco" if sku.startswith("B") else "acme")


def gateway(database: Database, terms: supply.Terms = TERMS) -> supply.LocalGateway:
    return supply.LocalGateway(database, terms)


def where(database: Database, sku: str) -> tuple[int, int, int, int]:
    """Received, free, held, sold."""
    with database.reading() as session:
        level = supply.level(session, sku=sku)
    return level.received, level.free, level.held, level.sold


def discrepancies(database: Database) -> list[supply.StockDiscrepancy]:
    with database.reading() as session:
        return supply.stock_discrepancies(session)
