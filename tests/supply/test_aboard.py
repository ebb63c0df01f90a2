"""A supplier comes aboard step by step, is suspended, comes back, and leaves; what it has on offer follows."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Invalid
from shared_core.supply import SupplierState
from shared_core.supply.dropshipping import aboard
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, gateway, lines, yuan
from tests.supply.papers import ZONE, in_order

WAY = (
    SupplierState.DOCUMENTS,
    SupplierState.TERMS,
    SupplierState.FIRST_FEED,
    SupplierState.SAMPLE_ORDER,
    SupplierState.LIVE,
)


def apply(database: Database) -> None:
    with database.transaction() as session:
        supply.apply_supplier(
            session, code="acme", name="Acme", freight=yuan(800), actor="staff:1", reason="wrote to us", at=NOON
        )


def read_feed(database: Database) -> None:
    with database.transaction() as session:
        variant = supply.VariantSpec("A", cost=yuan(3600), supply_price=yuan(4000), suggested=yuan(8900))
        product = supply.ProductSpec(code="p-a", title="The A", variants=(variant,))
        supply.put_product(session, product, supplier="acme", at=NOON)
        supply.receive_stock(session, sku="A", quantity=9, reference="in-A", at=NOON)


def move(database: Database, to: SupplierState, reason: str = "all is well") -> None:
    with database.transaction() as session:
        supply.move_supplier(session, supplier="acme", to=to, actor="staff:2", reason=reason, zone=ZONE, at=NOON)


def on_offer(database: Database) -> bool:
    """What the feed says; a hold must say the same."""
    shop = gateway(database)
    [offer] = shop.offers().offers
    reference = f"try-{shop.offers().cursor}"
    try:
        shop.hold(reference, lines(A=1), customer=reference, ttl=HALF_AN_HOUR, at=NOON)
    except supply.UnknownSku:
        assert not offer.active
    else:
        shop.release(reference, at=NOON)
        assert offer.active
    return offer.active


def live(database: Database) -> None:
    """From the application to the end, with an order that was placed before the supplier was suspended."""
    apply(database)
    in_order(database, "acme")
    read_feed(database)
    for state in WAY:
        assert not on_offer(database)
        move(database, state)
    assert on_offer(database)
    shop = gateway(database)
    for reference in ("paid", "held"):
        shop.hold(reference, lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("paid", ship_to=HOME, at=NOON)
    seen = shop.offers().cursor
    move(database, SupplierState.SUSPENDED, "late for weeks")
    move(database, SupplierState.SUSPENDED, "late for weeks")
    assert [each.active for each in shop.offers(seen).offers] == [False] and not on_offer(database)
    shop.confirm("held", ship_to=HOME, at=NOON)
    with database.transaction() as session:
        supply.ship(session, number="paid-1", carrier="Local", tracking_number="1", at=NOON)
    move(database, SupplierState.LIVE, "mended")
    assert on_offer(database)
    move(database, SupplierState.ENDED, "sells elsewhere")
    assert not on_offer(database)
    with database.transaction() as session:
        supply.ship(session, number="held-1", carrier="Local", tracking_number="2", at=NOON)
        decided = supply.supplier_decisions(session, supplier="acme")
    assert [(each.state, each.actor, each.reason) for each in decided] == [
        (SupplierState.APPLIED, "staff:1", "wrote to us"),
        *((state, "staff:2", "all is well") for state in WAY),
        (SupplierState.SUSPENDED, "staff:2", "late for weeks"),
        (SupplierState.LIVE, "staff:2", "mended"),
        (SupplierState.ENDED, "staff:2", "sells elsewhere"),
    ]


def test_a_supplier_comes_aboard_and_leaves_and_old_orders_are_finished(database: Database) -> None:
    live(database)


def test_no_step_is_skipped_and_who_has_left_does_not_come_back(database: Database) -> None:
    apply(database)
    in_order(database, "acme")
    with pytest.raises(supply.SupplierStepRefused):
        move(database, SupplierState.LIVE)
    for state in WAY[:2]:
        move(database, state)
    with pytest.raises(supply.NoGoodsYet):
        move(database, SupplierState.FIRST_FEED)
    with pytest.raises(Invalid):
        move(database, SupplierState.ENDED, " ")
    move(database, SupplierState.ENDED, "no papers")
    for state in (*WAY, SupplierState.SUSPENDED):
        with pytest.raises(supply.SupplierStepRefused):
            move(database, state)
    with database.reading() as session:
        assert supply.supplier_state(session, supplier="acme") is SupplierState.ENDED


def test_a_name_is_taken_once(database: Database) -> None:
    apply(database)
    with pytest.raises(supply.SupplierTaken):
        apply(database)


@given(st.lists(st.sampled_from(SupplierState), max_size=12))
def test_nobody_is_live_who_has_not_come_all_the_way(wanted: list[SupplierState]) -> None:
    state, been = SupplierState.APPLIED, set()
    for each in wanted:
        if aboard.may_become(state, each):
            state = each
            been.add(each)
    assert SupplierState.LIVE not in been or been.issuperset(WAY)


def its_offers_are_not_told_again(planted: pytest.MonkeyPatch) -> None:
    """Shops go on showing what cannot be bought."""
    planted.setattr(aboard, "stock", SimpleNamespace(touch=lambda session, variants: None))


def a_step_may_be_skipped(planted: pytest.MonkeyPatch) -> None:
    """Whoever applies is live."""
    planted.setattr(aboard, "TRANSITIONS", dict.fromkeys(SupplierState, frozenset(SupplierState)))


@pytest.mark.parametrize(
    ("bug", "killer"),
    [
        (its_offers_are_not_told_again, live),
        (a_step_may_be_skipped, test_no_step_is_skipped_and_who_has_left_does_not_come_back),
    ],
    ids=["its_offers_are_not_told_again", "a_step_may_be_skipped"],
)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None],
    killer: Callable[[Database], None],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        killer(database)
