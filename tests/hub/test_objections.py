"""A store objects to a line of its statement: answered, credited in both books, or refused, and never twice."""

import pytest
from sqlalchemy import text

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.ledger import accounts
from shared_core.supply import settlement
from tests.databases import Databases
from tests.hub.hubs import Served, add, key_of, reaching, tenant_gateway
from tests.hub.test_payments import broken, owes
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, lines, stocked, yuan
from tests.supply.test_concurrency import at_once, kinds

ZONE, MONTH = "Asia/Shanghai", "2026-03"


@pytest.fixture
def hub(database: Database) -> Database:
    """The store "north" owes 48.00 for its order o1."""
    stocked(database, {"A": 20})
    shop = tenant_gateway(database, add(database, "north"))
    shop.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o1", ship_to=HOME, at=NOON)
    return database


def object_to(hub: Database, minor: int = 4_800, number: str = "n1", **other: str) -> settlement.ObjectionView:
    line = {"month": MONTH, "kind": "charge", "reference": "o1", "reason": "never came", **other}
    with hub.transaction() as session:
        return settlement.object_to(session, "north", number=number, amount=yuan(minor), zone=ZONE, at=NOON, **line)


def accept(hub: Database, minor: int | None = None, number: str = "n1") -> settlement.ObjectionView:
    credit = None if minor is None else yuan(minor)
    with hub.transaction() as session:
        return settlement.accept_objection(session, "north", number, text="sorry", actor="ann", at=NOON, credit=credit)


def test_what_is_accepted_is_owed_no_longer_and_is_a_line(hub: Database) -> None:
    object_to(hub)
    with hub.transaction() as session:
        settlement.answer_objection(session, "north", "n1", text="we are looking", actor="bo", at=NOON)
    assert owes(hub) == 4_800
    ended = accept(hub, 3_000)
    assert [(each.state.value, each.text, each.actor) for each in ended.steps] == [
        ("open", "never came", "north"),
        ("answered", "we are looking", "bo"),
        ("accepted", "sorry", "ann"),
    ]
    assert owes(hub) == 1_800 and broken(hub) == []
    with hub.reading() as session:
        told = settlement.statement(
            session, settlement.Party(settlement.PartyKind.TENANT, "north"), MONTH, zone=ZONE, at=NOON
        )
    assert [(each.kind.value, each.reference, each.amount.minor) for each in told.lines][-1] == ("credit", "n1", -3_000)


def test_an_objection_ends_once(hub: Database) -> None:
    object_to(hub)
    accept(hub)
    with pytest.raises(settlement.ObjectionEnded):
        accept(hub)
    with pytest.raises(settlement.ObjectionEnded), hub.transaction() as session:
        settlement.reject_objection(session, "north", "n1", text="no", actor="ann", at=NOON)
    assert owes(hub) == 0 and broken(hub) == []


def test_the_same_objection_again_is_the_same(hub: Database) -> None:
    assert object_to(hub) == object_to(hub)
    with pytest.raises(settlement.ObjectionTaken):
        object_to(hub, 4_700)


def test_of_a_line_no_more_is_objected_to_than_it_is(hub: Database) -> None:
    object_to(hub, 3_000)
    with pytest.raises(settlement.BadObjection, match=r"18\.00"):
        object_to(hub, 1_801, "n2")
    accept(hub, 1_000)
    object_to(hub, 3_800, "n2")
    with hub.transaction() as session:
        settlement.reject_objection(session, "north", "n2", text="it came", actor="ann", at=NOON)
    object_to(hub, 3_800, "n3")
    with pytest.raises(settlement.BadObjection):
        accept(hub, 3_801, "n3")
    assert owes(hub) == 3_800 and broken(hub) == []


def test_what_is_not_on_the_statement_cannot_be_objected_to(hub: Database) -> None:
    for other in ({"reference": "o2"}, {"kind": "payment"}, {"kind": "nonsense"}):
        with pytest.raises(settlement.UnknownLine):
            object_to(hub, **other)
    with pytest.raises(settlement.NoStatement):
        object_to(hub, month="2026-02")
    with pytest.raises(settlement.BadObjection):
        object_to(hub, 0)
    with pytest.raises(settlement.UnknownObjection):
        accept(hub)
    with pytest.raises(supply.TextTooLong):
        object_to(hub, reason="x" * 201)


def test_of_two_decisions_at_once_one_counts(hub: Database) -> None:
    object_to(hub)
    assert kinds(at_once(2, lambda _: accept(hub))) == {"ObjectionView": 1, "ObjectionEnded": 1}
    assert owes(hub) == 0 and broken(hub) == []


def test_a_credit_that_was_changed_is_seen(hub: Database) -> None:
    object_to(hub)
    accept(hub, 1_000)
    with hub.transaction() as session:
        session.execute(text("UPDATE supply_objection SET credit_minor = credit_minor + 1"))
    assert "I3" in broken(hub)


def test_the_store_books_what_its_hub_has_credited(hub: Database, databases: Databases, server: Served) -> None:
    with databases.fresh() as url, reaching(server.over(hub), key_of(hub, "north")) as gateway:
        [line] = gateway.statement(MONTH).lines
        gateway.object_to("n/1", month=MONTH, line=line, amount=yuan(4_800), reason="从未到货")
        accept(hub, 800, "n/1")
        shop = Database(url)
        for new in (1, 0):
            with shop.transaction() as session:
                assert settlement.book_credits(session, gateway.objections(), at=NOON) == new
        with shop.reading() as session:
            assert ledger.balance(session, accounts.hub_credits(), "CNY") == yuan(800)
            found = {
                each.kind.value: each.verdict.value for each in settlement.compare(session, gateway.statement(MONTH))
            }
        assert found == {"charge": "missing", "credit": "same"}
        shop.dispose()
        me = gateway.me()
        assert (me.balance, me.credited) == (yuan(4_000), yuan(800))
