"""A supplier order that nobody has accepted is given to another supplier."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money
from shared_core.supply import books, settlement, sourcing
from shared_core.supply.dropshipping import moving
from shared_core.supply.inventory.errors import AlreadySends, CostAbovePrice, NotSentThere
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, discrepancies, gateway, lines, put, yuan
from tests.supply.test_sales import BEGUN, spec
from tests.supply.test_warehouses import BY_BESTCO, shelves, source, warehouse


def move(database: Database, number: str = "o1-1", *, to: str = "bestco", restock: bool = False) -> None:
    with database.transaction() as session:
        supply.move_order(session, number, to=to, reason="late", actor="core:wei", at=NOON, restock=restock)


def owed(database: Database, account: str) -> Money:
    with database.reading() as session:
        return -ledger.balance(session, account, "CNY", book=ledger.HUB)


def to_suppliers(database: Database) -> dict[str, int]:
    names = ("acme", "bestco")
    return {name: owed(database, ledger.accounts.supplier_payable(name)).minor for name in names}


@pytest.fixture
def ordered(database: Database) -> Database:
    """Two pieces of the own supplier's at 36.00; another one has five at 30.00."""
    with database.transaction() as session:
        put(session, "A", units=4)
        source(session, "A", "bestco", 3000)
        sourcing.prefer(session, "A", supplier="acme")
        warehouse(session, "bestco", "bj", region="CN-BJ", A=5)
    shop = gateway(database)
    shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o1", ship_to=HOME, at=NOON)
    return database


def test_the_other_supplier_sends_and_is_paid_and_the_store_owes_the_same(ordered: Database) -> None:
    before = owed(ordered, ledger.accounts.due_store("north"))
    move(ordered)
    assert to_suppliers(ordered) == {"acme": 0, "bestco": 6000}
    assert owed(ordered, ledger.accounts.due_store("north")) == before
    assert owed(ordered, ledger.accounts.supply_margin()) == yuan(2 * 1000)
    assert shelves(ordered, "A") == {("A", "acme", ""): (2, 0, 0), ("A", "bestco", "bj"): (3, 0, 2)}
    assert not discrepancies(ordered)
    with ordered.reading() as session:
        assert supply.orders_of(session, supplier="acme", at=NOON) == ([], False)
        [order], _ = supply.orders_of(session, supplier="bestco", at=NOON)
        assert (order.number, order.lines) == ("o1-1", (supply.PackLine("A", (), 2, warehouse="bj"),))
        [told] = supply.moves_of(session, "o1-1")
        assert (told.before, told.after, told.cost_before, told.cost) == ("acme", "bestco", yuan(7200), yuan(6000))
        assert (told.actor, told.reason) == ("core:wei", "late")


def test_again_is_no_move_and_back_again_is_another_one(ordered: Database) -> None:
    move(ordered, restock=True)
    move(ordered)
    move(ordered, to="acme", restock=True)
    assert to_suppliers(ordered) == {"acme": 7200, "bestco": 0}
    assert shelves(ordered, "A") == {("A", "acme", ""): (2, 0, 2), ("A", "bestco", "bj"): (5, 0, 0)}
    assert not discrepancies(ordered)


def test_what_is_given_back_later_is_taken_off_the_new_supplier(ordered: Database) -> None:
    move(ordered)
    gateway(ordered).withdraw("o1", lines(A=1), withdrawal="r1", restock=True, at=NOON)
    assert to_suppliers(ordered) == {"acme": 0, "bestco": 3000}
    assert shelves(ordered, "A")["A", "bestco", "bj"] == (4, 0, 1)
    assert not discrepancies(ordered)


def test_both_suppliers_find_it_on_their_statements(ordered: Database) -> None:
    move(ordered)
    with ordered.reading() as session:
        for name, amounts in (("acme", [7200, -7200]), ("bestco", [6000])):
            party = settlement.Party(settlement.PartyKind.SUPPLIER, name)
            told = settlement.statement(session, party, "2026-03", zone="Asia/Shanghai", at=NOON)
            assert [each.amount.minor for each in told.lines] == amounts
            assert told.lines[-1].kind is settlement.LineKind.MOVED


def test_who_could_take_it(ordered: Database) -> None:
    with ordered.transaction() as session:
        assert supply.may_take(session, "o1-1") == ["bestco"]
        supply.adjust_stock(
            session,
            sku="A",
            quantity=-4,
            reference="lost",
            at=NOON,
            warehouse_id=sourcing.warehouse_id(session, "bj", supplier="bestco"),
        )
        assert supply.may_take(session, "o1-1") == []


def test_nobody_is_offered_for_an_order_that_cannot_be_moved(ordered: Database) -> None:
    gateway(ordered).withdraw("o1", lines(A=1), withdrawal="r1", restock=True, at=NOON)
    with ordered.reading() as session:
        assert supply.may_take(session, "o1-1") == []
    with pytest.raises(supply.StepRefused):
        move(ordered)


def accepted(session: Session) -> None:
    supply.accept(session, number="o1-1", at=NOON)


def short(session: Session) -> None:
    supply.short_ship(session, number="o1-1", missing=lines(A=1), at=NOON)


def emptied(session: Session) -> None:
    place = sourcing.warehouse_id(session, "bj", supplier="bestco")
    supply.adjust_stock(session, sku="A", quantity=-4, reference="lost", at=NOON, warehouse_id=place)


def dropped(session: Session) -> None:
    sourcing.drop_source(session, "A", supplier="bestco")


@pytest.mark.parametrize(
    ("first", "refusal"),
    [
        (accepted, supply.StepRefused),
        (short, supply.StepRefused),
        (emptied, supply.OutOfStock),
        (dropped, supply.OutOfStock),
    ],
    ids=["accepted", "short", "too few", "no longer offered"],
)
def test_what_cannot_be_moved_stays_as_it_is(
    ordered: Database, first: Callable[[Session], None], refusal: type[PlatformError]
) -> None:
    with ordered.transaction() as session:
        first(session)
    before = shelves(ordered, "A")
    with pytest.raises(refusal):
        move(ordered)
    assert shelves(ordered, "A") == before
    assert to_suppliers(ordered) == {"acme": 7200, "bestco": 0}


def test_nothing_goes_to_who_would_be_dearer_than_the_store_pays_or_sends_already(database: Database) -> None:
    with database.transaction() as session:
        put(session, "A", units=4, price=4000)
        put(session, "B", units=4, supplier="bestco", freight=500)
        source(session, "A", "bestco", 4000)
        warehouse(session, "bestco", "bj", A=5)
        sourcing.prefer(session, "A", supplier="acme")
    shop = gateway(database)
    for number, wanted in (("o1", lines(A=1)), ("o2", lines(A=1, B=1))):
        shop.hold(number, wanted, customer=number, ttl=HALF_AN_HOUR, at=NOON)
        shop.confirm(number, ship_to=HOME, at=NOON)
    with pytest.raises(AlreadySends):
        move(database, "o2-1")
    with database.transaction() as session:
        put(session, "A", price=5000)
        sourcing.put_source(session, "A", supplier="bestco", cost=yuan(4500), at=NOON)
    with pytest.raises(CostAbovePrice):
        move(database, "o1-1")


def pay_both(planted: pytest.MonkeyPatch) -> None:
    """The former supplier is still paid."""
    real = books.move_order

    def kept(session: Session, move: str, *, before: tuple[str, Money], **rest: object) -> None:
        real(session, move, before=(before[0], yuan(0)), **rest)  # type: ignore[arg-type]

    planted.setattr(moving.books, "move_order", kept)


def leave_the_pieces(planted: pytest.MonkeyPatch) -> None:
    """The order changes hands, and its pieces stay where they were."""
    planted.setattr(moving, "_move_pieces", lambda *_, **__: None)


@pytest.mark.parametrize("bug", [pay_both, leave_the_pieces], ids=lambda each: each.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], ordered: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        test_the_other_supplier_sends_and_is_paid_and_the_store_owes_the_same(ordered)


def suspended(session: Session, name: str) -> None:
    to = supply.SupplierState.SUSPENDED
    supply.move_supplier(session, supplier=name, to=to, actor="core", reason="late", zone="Asia/Shanghai", at=NOON)


@pytest.mark.parametrize("name", ["bestco", "acme"])
def test_nothing_goes_to_a_supplier_who_is_suspended(ordered: Database, name: str) -> None:
    """Nor back to the product's own one."""
    if name == "acme":
        move(ordered)
    with ordered.transaction() as session:
        suspended(session, name)
        assert supply.may_take(session, "o1-1") == []
    before = shelves(ordered, "A")
    with pytest.raises(supply.OutOfStock):
        move(ordered, to=name)
    assert shelves(ordered, "A") == before


def test_nothing_goes_to_who_does_not_deliver_there(ordered: Database, tmp_path: Path) -> None:
    shop = gateway(ordered)
    for number, region in (("far", "CN-XJ"), ("near", "CN-BJ")):
        shop.hold(number, lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON, region=region)
        shop.confirm(number, ship_to=HOME, at=NOON)
    (tmp_path / "freight.toml").write_text(BY_BESTCO)
    with ordered.transaction() as session:
        supply.put_freight(session, tmp_path / "freight.toml")
        assert supply.may_take(session, "far-1") == []
        assert supply.may_take(session, "near-1") == ["bestco"]
    with pytest.raises(NotSentThere):
        move(ordered, "far-1")
    move(ordered, "near-1")


def test_back_at_the_supplier_who_granted_a_sale_it_is_paid_what_it_granted(ordered: Database) -> None:
    with ordered.transaction() as session:
        supply.sales.add_sale(session, spec(), actor="ann", at=NOON)
        sourcing.put_source(session, "A", supplier="bestco", cost=yuan(2800), at=NOON)
    shop = gateway(ordered)
    shop.hold("o2", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=BEGUN, sales={"A": "spring"})
    shop.confirm("o2", ship_to=HOME, at=BEGUN)
    before = to_suppliers(ordered)
    move(ordered, "o2-1", restock=True)
    assert to_suppliers(ordered) == {"acme": before["acme"] - 2500, "bestco": 2800}
    with ordered.transaction() as session:
        assert supply.may_take(session, "o2-1") == ["acme"]
    move(ordered, "o2-1", to="acme", restock=True)
    assert to_suppliers(ordered) == before
    assert not discrepancies(ordered)
