"""Two shops, each with its own database and its own prices, over one supply: stock is one truth."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from shared_core import catalog, members, migrations, orders, supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money

now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOME = supply.Address(name="A. Sample", phone="13800000000", street="Sample Road 1", city="Hangzhou")


def open_database(folder: str, name: str) -> Database:
    url = f"sqlite:///{Path(folder) / name}.db"
    migrations.upgrade(url)
    return Database(url)


def open_counter(shop: Database, warehouse: Database, store: str, markup_bps: int) -> orders.Counter:
    """A shop that reaches the goods through its gateway and prices them by its own rule."""
    gateway = supply.LocalGateway(warehouse, supply.Terms(store=store, currency="CNY"))
    rule = catalog.PriceRule(basis=catalog.PriceBasis.MARKUP, markup_bps=markup_bps)
    catalog.pull(shop, gateway, rule=rule, at=now)
    return orders.Counter(
        database=shop,
        gateway=gateway,
        rail=orders.ManualRail("till"),
        freight=orders.FreightRule(orders.Fare(Money(0, "CNY"))),
        currency="CNY",
        return_days=lambda at: 7,
        seller=lambda session, purchase, at: None,
    )


def buy(counter: orders.Counter, number: str, pieces: int) -> str:
    with counter.database.transaction() as session:
        buyer = members.create_visitor(session, token_hash=number, code=number, at=now)
    try:
        counter.place(orders.Purchase(buyer, [("SCARF", pieces)], HOME, checkout_key=number), number=number, at=now)
    except supply.OutOfStock as refusal:
        return str(refusal)
    with counter.database.reading() as session:
        return f"{pieces} for {Money(orders.get(session, number).total_minor, 'CNY')}"


def main(folder: str) -> None:
    warehouse = open_database(folder, "supply")
    with warehouse.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(800, "CNY"), at=now)
        scarf = supply.VariantSpec("SCARF", cost=Money(3600, "CNY"), supply_price=Money(4000, "CNY"))
        supply.put_product(session, supply.ProductSpec("scarf", "Silk scarf", (scarf,)), supplier="acme", at=now)
        supply.receive_stock(session, sku="SCARF", quantity=3, reference="delivery", at=now)
    spring = open_counter(open_database(folder, "spring"), warehouse, "spring", markup_bps=6000)
    autumn = open_counter(open_database(folder, "autumn"), warehouse, "autumn", markup_bps=12_000)
    print("spring sells", buy(spring, "SPRING-0001", 2))
    print("autumn sells", buy(autumn, "AUTUMN-0001", 2))
    print("autumn sells", buy(autumn, "AUTUMN-0002", 1))
    with warehouse.reading() as session:
        left = supply.level(session, sku="SCARF")
        print(f"the supply: {left.free} free, {left.held} held of {left.received}")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        main(folder)
