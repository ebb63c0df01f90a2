"""The library alone, without a web server: a sale, its split, the members' shares, and books that sum to zero."""

from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory

from shared_core import catalog, ledger, members, migrations, orders, plan, rewards, supply
from shared_core.kernel import outbox
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.money import Money

now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
growth_plan = plan.loads(plan.preset("participants"), currency="CNY")
listeners = Listeners()
rewards.listeners([growth_plan], "Asia/Shanghai").subscribe(listeners)
folder = TemporaryDirectory()
url = f"sqlite:///{folder.name}/shop.db"
migrations.upgrade(url)
database = Database(url, listeners)
gateway = supply.LocalGateway(database, supply.Terms(store="store", currency="CNY", platform_fee_bps=200))
desk = orders.SupplyDesk(database, gateway, clock=lambda: now, zone="Asia/Shanghai")
desk.subscribe(listeners)

with database.transaction() as session:  # goods: the supplier gets 36.00, the store pays 40.00, the customer 89.00
    supply.create_supplier(session, code="acme", name="Acme", freight=Money(800, "CNY"), at=now)
    scarf = supply.VariantSpec(
        "SCARF", cost=Money(3600, "CNY"), supply_price=Money(4000, "CNY"), suggested=Money(8900, "CNY")
    )
    supply.put_product(session, supply.ProductSpec("scarf", "Silk scarf", (scarf,)), supplier="acme", at=now)
    supply.receive_stock(session, sku="SCARF", quantity=10, reference="first delivery", at=now)
    seller = members.create_visitor(session, token_hash="seller", code="SELLER", at=now)
    buyer = members.create_visitor(session, token_hash="buyer", code="BUYER", at=now)
catalog.pull(database, gateway, rule=catalog.PriceRule(basis=catalog.PriceBasis.SUGGESTED), at=now)

counter = orders.Counter(
    database=database,
    gateway=gateway,
    rail=orders.ManualRail("till"),
    freight=orders.FreightRule(orders.Fare(Money(1000, "CNY"))),
    currency="CNY",
    return_days=lambda at: growth_plan.returns.days,
    seller=lambda session, purchase, at: orders.Seller(seller, "link"),
)
home = supply.Address(name="A. Sample", phone="13800000000", street="Sample Road 1", city="Hangzhou")
number = counter.place(orders.Purchase(buyer, [("SCARF", 1)], home, checkout_key="1"), number="N0001", at=now)

with database.transaction() as session:
    paid = Money(orders.get(session, number).total_minor, "CNY")
    orders.confirm_payment(session, number, transaction_no="T1", amount=paid, entered_by="owner", at=now)
outbox.deliver(database, at=now)

with database.transaction() as session:
    for parcel in orders.parcels(session, orders.get(session, number).id):
        supply.ship(session, number=parcel.supplier_order, carrier="Local", tracking_number="SF1", at=now)
        supply.deliver(session, number=parcel.supplier_order, at=now)
desk.follow()

now += timedelta(days=10)  # the return window has closed
with database.transaction() as session:
    orders.complete_due(session, at=now)
    rewards.mature_due(session, at=now)

with database.reading() as session:
    for book in (ledger.STORE, ledger.HUB):
        print(f"\n{book}")
        for (account, currency), minor in ledger.trial_balance(session, book=book).items():
            if minor:
                print(f"  {account:36} {Money(minor, currency)!s:>14}")
        print(f"  {'sum':36} {sum(ledger.trial_balance(session, book=book).values()):>10}")
