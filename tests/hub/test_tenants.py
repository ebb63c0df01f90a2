"""The stores of a hub: terms with a history, keys, and how much the unpaid holds of one may take."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.supply import rules, tenancy
from shared_core.supply.errors import CreditUsedUp, HoldLimitReached
from shared_core.supply.tenancy import tenants
from tests.hub.hubs import SECRET, add, key_of, tenant_gateway
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, lines, put, stocked, where, yuan
from tests.supply.test_concurrency import at_once, kinds

LATER = NOON + timedelta(hours=1)


# --- terms ----------------------------------------------------------------------------------------------------------


def test_a_tenant_is_added_once_and_its_terms_keep_their_history(database: Database) -> None:
    add(database, "north", platform_fee_bps=200)
    add(database, "north", platform_fee_bps=200)
    with database.transaction() as session:
        terms = tenancy.TenantTerms(platform_fee_bps=300, store_limits=supply.TenantLimits(credit_limit_minor=0))
        tenancy.set_terms(session, "north", terms, actor="ann", at=LATER)
        tenancy.set_terms(session, "north", terms, actor="ann", at=LATER)
        tenancy.suspend(session, "north", actor="ann", reason="does not pay", at=LATER)
        tenancy.suspend(session, "north", actor="ann", reason="does not pay", at=LATER)
        tenancy.resume(session, "north", actor="bo", reason="has paid", at=LATER)
    with database.reading() as session:
        [only] = tenancy.all_tenants(session)
        assert only == tenancy.tenant(session, "north") and only.terms == terms
        changes = tenancy.tenant_changes(session, "north")
    assert [(each.what, each.actor) for each in changes] == [
        ("added", "op"),
        ("terms", "ann"),
        ("suspended", "ann"),
        ("resumed", "bo"),
    ]
    assert changes[1].details == {"platform_fee_bps": [200, 300], "credit_limit_minor": [None, 0]}
    assert changes[2].details == {"reason": "does not pay"}


@pytest.mark.parametrize(
    ("code", "currency", "terms", "error"),
    [
        ("No Code", "CNY", {}, tenancy.BadTenantCode),
        ("a.b", "CNY", {}, tenancy.BadTenantCode),
        ("n", "XXQ", {}, tenancy.BadTerms),
        ("n", "CNY", {"platform_fee_bps": 10_001}, tenancy.BadTerms),
        ("n", "CNY", {"store_limits": supply.TenantLimits(credit_limit_minor=-1)}, tenancy.BadTerms),
        ("n", "CNY", {"store_limits": supply.TenantLimits(open_holds_max=0)}, tenancy.BadTerms),
        ("n", "CNY", {"limits": supply.HoldLimits(ttl_max=timedelta(0))}, tenancy.BadTerms),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    session: Session, code: str, currency: str, terms: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        agreed = tenancy.TenantTerms(**terms)
        tenancy.add_tenant(session, code, name="N", currency=currency, terms=agreed, actor="op", at=NOON)


def test_a_code_is_taken_by_one_store(database: Database) -> None:
    add(database, "north")
    with pytest.raises(tenancy.TenantTaken):
        add(database, "north", platform_fee_bps=1)
    with pytest.raises(tenancy.UnknownTenant), database.reading() as session:
        tenancy.tenant(session, "south")


def test_a_suspended_store_finishes_what_it_began_and_begins_nothing(database: Database) -> None:
    stocked(database, {"A": 9})
    shop = tenant_gateway(database, add(database, "north"))
    for reference in ("paid", "unpaid", "sold"):
        shop.hold(reference, lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("sold", ship_to=HOME, at=NOON)
    with database.transaction() as session:
        tenancy.suspend(session, "north", actor="op", reason="", at=NOON)
    with pytest.raises(supply.TenantSuspended):
        shop.hold("new", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    assert shop.hold("paid", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON).state == "held"
    shop.confirm("paid", ship_to=HOME, at=NOON)
    shop.release("unpaid", at=NOON)
    shop.withdraw("sold", None, withdrawal="w", restock=True, at=NOON)
    assert len(shop.events().events) == 1
    assert where(database, "A") == (9, 8, 0, 1)
    with database.transaction() as session:
        tenancy.resume(session, "north", actor="op", reason="", at=NOON)
    assert shop.hold("new", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON).state == "held"


# --- limits and credit ----------------------------------------------------------------------------------------------

amounts = st.integers(0, 10)


@given(amounts, amounts, amounts, st.integers(-10, 10), st.integers(1, 10), st.integers(1, 10), st.none() | amounts)
def test_a_hold_passes_exactly_within_all_limits(
    holds: int, units: int, unpaid: int, owed: int, holds_max: int, units_max: int, credit: int | None
) -> None:
    standing = rules.Standing(open_holds=holds, units_of_one_sku=units, open_minor=unpaid, owed_minor=owed)
    within = holds <= holds_max and units <= units_max and (credit is None or owed + unpaid <= credit)
    try:
        rules.check_standing(standing, rules.TenantLimits(holds_max, units_max, credit))
    except (HoldLimitReached, CreditUsedUp):
        assert not within
    else:
        assert within


def refused(
    shop: supply.SupplyGateway, reference: str, error: type[Exception], customer: str = "c", **what: int
) -> Any:
    with pytest.raises(error) as refusal:
        shop.hold(reference, lines(**what), customer=customer, ttl=HALF_AN_HOUR, at=NOON)
    return refusal.value


def test_unpaid_holds_of_one_store_leave_something_to_others(database: Database) -> None:
    stocked(database, {"A": 50, "B": 50})
    shop = tenant_gateway(database, add(database, "north", open_holds_max=3, unpaid_units_per_sku_max=5))
    shop.hold("o1", lines(A=3, B=1), customer="c1", ttl=HALF_AN_HOUR, at=NOON)
    limit = refused(shop, "o2", supply.HoldLimitReached, customer="c2", A=3, B=1)
    assert limit.params == {"limit": "unpaid_units_per_sku_max", "maximum": 5}
    shop.hold("o2", lines(A=2, B=4), customer="c2", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o1", ship_to=HOME, at=NOON)
    shop.hold("o3", lines(A=3), customer="c3", ttl=HALF_AN_HOUR, at=NOON)
    shop.hold("o4", lines(B=1), customer="c4", ttl=HALF_AN_HOUR, at=NOON)
    refused(shop, "o5", supply.HoldLimitReached, customer="c5", B=1)
    shop.release("o2", at=NOON)
    shop.hold("o5", lines(B=1), customer="c5", ttl=HALF_AN_HOUR, at=NOON)
    limit = refused(shop, "o6", supply.HoldLimitReached, customer="c6", B=1)
    assert limit.params == {"limit": "open_holds_max", "maximum": 3}
    other = tenant_gateway(database, add(database, "south", open_holds_max=1))
    assert other.hold("o1", lines(A=40), customer="c1", ttl=HALF_AN_HOUR, at=NOON).state == "held"


def live_on_credit(database: Database) -> None:
    """Credit for three pieces at 40.00 in two parcels at 8.00."""
    stocked(database, {"A": 50})
    shop = tenant_gateway(database, add(database, "north", credit_limit_minor=13_600))
    shop.hold("o1", lines(A=2), customer="c1", ttl=HALF_AN_HOUR, at=NOON)
    refused(shop, "o2", supply.CreditUsedUp, customer="c2", A=2)
    shop.hold("o2", lines(A=1), customer="c2", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o1", ship_to=HOME, at=NOON)  # now 88.00 are owed, 48.00 held
    refused(shop, "o3", supply.CreditUsedUp, customer="c3", A=1)
    shop.release("o2", at=NOON)
    shop.hold("o3", lines(A=1), customer="c3", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o3", ship_to=HOME, at=NOON)  # 136.00: confirming is never refused
    refused(shop, "o4", supply.CreditUsedUp, customer="c4", A=1)
    shop.withdraw("o1", None, withdrawal="w", restock=True, at=NOON)
    assert shop.hold("o4", lines(A=1), customer="c4", ttl=HALF_AN_HOUR, at=NOON).state == "held"


def test_a_store_owes_and_holds_at_most_its_credit(database: Database) -> None:
    live_on_credit(database)


def test_without_credit_a_store_pays_in_advance(database: Database) -> None:
    stocked(database, {"A": 50})
    shop = tenant_gateway(database, add(database, "north", credit_limit_minor=0))
    refused(shop, "o1", supply.CreditUsedUp, A=1)
    with database.transaction() as session:
        due, bank = ledger.accounts.due_store("north"), ledger.accounts.bank()
        paid = [ledger.entry(debit=bank, credit=due, amount=yuan(4_800))]
        ledger.post(session, "paid:1", paid, book=ledger.HUB, at=NOON, memo="in advance")
    assert shop.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON).state == "held"
    refused(shop, "o2", supply.CreditUsedUp, A=1)


def rush_for_the_last_credit(database: Database) -> bool:
    """Twelve customers of a store that has credit for three pieces; whether exactly three get one."""
    stocked(database, {"A": 50})
    shop = tenant_gateway(database, add(database, "north", credit_limit_minor=14_400))
    outcomes = at_once(12, lambda n: shop.hold(f"o{n}", lines(A=1), customer=f"c{n}", ttl=HALF_AN_HOUR, at=NOON))
    return kinds(outcomes) == {"HoldView": 3, "CreditUsedUp": 9} and where(database, "A") == (50, 47, 3, 0)


def test_of_many_holds_at_once_exactly_those_within_the_credit_pass(database: Database) -> None:
    assert rush_for_the_last_credit(database)


def test_without_turns_many_holds_take_the_same_last_credit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time: transactions cannot overlap")
    monkeypatch.setattr(tenants, "locked", lambda session, code: session.query(tenants.Tenant).one())
    assert not rush_for_the_last_credit(database)


def test_a_store_with_a_supply_of_its_own_has_no_row_and_is_asked_for_none(database: Database) -> None:
    with database.transaction() as session:
        put(session, "A", units=3)
    shop = supply.LocalGateway(database, supply.Terms("alone", "CNY"))
    assert shop.hold("o", lines(A=3), customer="c", ttl=HALF_AN_HOUR, at=NOON).state == "held"


# --- keys -----------------------------------------------------------------------------------------------------------


def who(database: Database, key: str, at: Any = NOON) -> tenancy.Caller:
    with database.reading() as session:
        return tenancy.authenticate(session, key, at=at)


def test_a_key_says_whose_it_is_and_what_it_may_do(database: Database) -> None:
    terms = add(database, "north", platform_fee_bps=150)
    key = key_of(database, "north", "K1", scopes=["offers:read", "events:read"])
    caller = who(database, key)
    assert (caller.terms, caller.key) == (terms, "K1")
    caller.require(tenancy.Scope.OFFERS_READ)
    with pytest.raises(tenancy.ScopeMissing):
        caller.require(tenancy.Scope.ORDERS_WRITE)
    with database.reading() as session:
        [shown] = tenancy.keys_of(session, "north")
        assert SECRET not in repr(shown) and shown.scopes == ("events:read", "offers:read")
        assert all(SECRET not in repr(each) for each in tenancy.tenant_changes(session, "north"))


def test_keys_are_changed_over_without_a_gap(database: Database) -> None:
    add(database, "north")
    old = key_of(database, "north", "OLD")
    new = key_of(database, "north", "NEW", expires_at=LATER)
    assert who(database, old).terms == who(database, new).terms
    for _ in range(2):
        with database.transaction() as session:
            tenancy.revoke_key(session, "north", "OLD", actor="op", at=NOON)
    with pytest.raises(tenancy.BadApiKey):
        who(database, old)
    assert who(database, new).key == "NEW"
    with pytest.raises(tenancy.BadApiKey):
        who(database, new, at=LATER)
    with database.reading() as session:
        told = [(each.what, each.details["key"]) for each in tenancy.tenant_changes(session, "north")[1:]]
    assert told == [("key_issued", "OLD"), ("key_issued", "NEW"), ("key_revoked", "OLD")]


@pytest.mark.parametrize("key", ["", "hub_K1", f"hub_K2_{SECRET}", f"hub_K1_{SECRET}x", f"hub_K1_{'t' * 43}", "K1\x00"])
def test_what_is_no_key_opens_nothing(database: Database, key: str) -> None:
    add(database, "north")
    key_of(database, "north", "K1")
    with pytest.raises(tenancy.BadApiKey):
        who(database, key)


def test_only_the_owner_s_keys_are_revoked_and_only_known_scopes_given(database: Database) -> None:
    add(database, "north")
    add(database, "south")
    key = key_of(database, "north", "K1")
    with pytest.raises(tenancy.UnknownApiKey), database.transaction() as session:
        tenancy.revoke_key(session, "south", "K1", actor="op", at=NOON)
    assert who(database, key).terms.store == "north"
    with pytest.raises(tenancy.UnknownScope):
        key_of(database, "north", "K2", scopes=["everything"])


def test_the_last_use_is_noted_now_and_then(database: Database) -> None:
    add(database, "north")
    key = key_of(database, "north", "K1")
    caller = who(database, key)
    assert caller.note_use
    with database.transaction() as session:
        tenancy.note_key_use(session, caller, at=NOON)
    assert not who(database, key, at=NOON + timedelta(minutes=9)).note_use
    assert who(database, key, at=NOON + timedelta(minutes=10)).note_use


# --- planted bugs ---------------------------------------------------------------------------------------------------


def open_holds_cost_nothing(planted: pytest.MonkeyPatch) -> None:
    """Credit counts what is owed and the new hold, not what is held already."""
    check = rules.check_standing

    def forgetful(standing: rules.Standing, limits: rules.TenantLimits) -> None:
        check(rules.Standing(standing.open_holds, standing.units_of_one_sku, 4_000, standing.owed_minor), limits)

    planted.setattr(rules, "check_standing", forgetful)


def debts_are_forgotten(planted: pytest.MonkeyPatch) -> None:
    """Credit counts only what is held: once paid for by customers, goods are free for the store."""
    planted.setattr(tenants, "tenant_owes", lambda session, code, currency: yuan(0))


BUGS = [open_holds_cost_nothing, debts_are_forgotten]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        live_on_credit(database)


def test_a_store_that_pays_late_is_measured_as_if_it_held_anew(database: Database) -> None:
    """An expired hold is no option on yesterday's terms."""
    stocked(database, {"A": 5})
    terms = add(database, "north", credit_limit_minor=10_000)
    shop = tenant_gateway(database, terms)
    for reference in ("o1", "o2", "o3"):
        shop.hold(reference, lines(A=1), customer="c", ttl=timedelta(seconds=1), at=NOON)
        with database.transaction() as session:
            supply.expire_holds(session, at=NOON + timedelta(seconds=1))
    later = NOON + timedelta(hours=1)
    for reference in ("o1", "o2"):
        shop.confirm(reference, ship_to=HOME, at=later)
    with pytest.raises(supply.HoldReleased):
        shop.confirm("o3", ship_to=HOME, at=later)
    with database.transaction() as session:
        tenancy.set_terms(session, "north", tenancy.TenantTerms(), actor="op", at=later)
    with pytest.raises(supply.HoldReleased):
        shop.confirm("o3", ship_to=HOME, at=NOON + timedelta(hours=25))
    with database.transaction() as session:
        tenancy.suspend(session, "north", actor="op", reason="unpaid", at=later)
    with pytest.raises(supply.HoldReleased):
        shop.confirm("o3", ship_to=HOME, at=later)


def test_a_store_cannot_lower_the_platform_fee_by_what_it_says_of_its_sale(database: Database) -> None:
    stocked(database, {"A": 5})
    shop = tenant_gateway(database, add(database, "north", platform_fee_bps=500))
    for reference, goods, fee in (("o1", 0, 200), ("o2", 10_000, 500)):
        shop.hold(reference, lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        assert shop.confirm(reference, ship_to=HOME, at=NOON, goods=yuan(goods)).fee == yuan(fee)
