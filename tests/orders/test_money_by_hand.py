"""Money that comes by transfer: no two orders wait for one amount, and no cent of a wallet's statement is lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from shared_core import ledger, orders
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.orders import matching, receipts
from tests.databases import Databases
from tests.worlds import World

CHECKOUTS = 50


def shop(url: str, *, units: int = 200) -> World:
    listeners = Listeners()
    made = World(Database(url, listeners), listeners, match=orders.Match.TAIL)
    made.stock_up("A", units=units)
    return made


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A shop that tells payments apart by their amount."""
    made = shop(database_url)
    yield made
    made.database.dispose()


def expected(world: World, number: str) -> orders.Expectation:
    with world.database.reading() as session:
        found = orders.expectation(session, orders.get(session, number).id)
    assert found is not None
    return found


def order(world: World) -> str:
    return world.place(world.visitor(), [("A", 1)])


def row(world: World, transaction_no: str, minor: int, *, line: int = 2, note: str = "") -> orders.SeenRow:
    return orders.SeenRow(line, transaction_no, world.money(minor), world.now, note=note)


def take_in(world: World, *rows: orders.SeenRow) -> orders.StatementReport:
    with world.transaction() as session:
        report = orders.take_in(session, rows, collector="till", entered_by="staff:1", at=world.now)
    world.settle_down()
    return report


def balance(world: World, address: str) -> int:
    with world.database.reading() as session:
        return ledger.balance(session, address, world.currency).minor


# --- amounts nobody else waits for ---


def test_orders_of_one_price_wait_for_different_amounts(world: World) -> None:
    asked = [expected(world, order(world)) for _ in range(3)]
    assert [(each.amount_minor, each.tail_minor, each.match) for each in asked] == [
        (9899, 1, "tail"),
        (9898, 2, "tail"),
        (9897, 3, "tail"),
    ]


def test_an_amount_is_free_again_a_day_after_its_order_was_paid_or_given_up(world: World) -> None:
    paid, lapsed = order(world), order(world)
    world.pay(paid)
    world.now += timedelta(hours=23)
    with world.transaction() as session:
        orders.lapse_unpaid(session, at=world.now)
    assert expected(world, order(world)).tail_minor == 3
    world.now += timedelta(hours=2)
    assert expected(world, order(world)).tail_minor == 1, "paid 25 hours ago"
    world.now += timedelta(hours=23)
    assert expected(world, order(world)).tail_minor == 2, "lapsed 25 hours ago"
    assert expected(world, lapsed).held_minor is None


def test_without_a_free_tail_the_memo_must_do(world: World) -> None:
    for _ in range(matching.TAILS_MAX):
        order(world)
    last = expected(world, order(world))
    assert (last.match, last.amount_minor, last.tail_minor, last.held_minor) == ("memo", 9900, 0, None)


@pytest.mark.parametrize("match", list(orders.Match))
def test_a_shop_in_yen_or_one_that_asks_for_memos_gives_nothing_away(database_url: str, match: orders.Match) -> None:
    listeners = Listeners()
    currency = "JPY" if match is orders.Match.TAIL else "CNY"
    made = World(Database(database_url, listeners), listeners, currency=currency, match=match)
    made.stock_up("A")
    wanted = expected(made, order(made))
    assert (wanted.match, wanted.amount_minor) == ("memo", 9900)
    made.database.dispose()


def amounts_of_a_rush(world: World) -> list[tuple[int, str]]:
    """Fifty buyers place an order of one price at the same moment."""
    buyers = [world.visitor() for _ in range(CHECKOUTS)]
    names = [world.unique("N") for _ in buyers]
    purchases = [world.purchase(buyer, [("A", 1)]) for buyer in buyers]
    with ThreadPoolExecutor(16) as pool:
        placed = [
            pool.submit(world.counter.place, purchase, number=name, at=world.now)
            for purchase, name in zip(purchases, names, strict=True)
        ]
        numbers = [each.result() for each in placed]
    asked = [expected(world, number) for number in numbers]
    return [(each.amount_minor, each.match) for each in asked]


def test_fifty_checkouts_at_once_never_get_the_same_amount(world: World) -> None:
    asked = amounts_of_a_rush(world)
    told_by_amount = [minor for minor, match in asked if match == "tail"]
    assert sorted(told_by_amount) == list(range(9870, 9900))
    assert len(asked) - len(told_by_amount) == CHECKOUTS - matching.TAILS_MAX


def test_a_tail_given_twice_is_refused_by_the_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "free_tail", lambda total, taken: 1)
    order(world)
    with pytest.raises(IntegrityError):
        order(world)


# --- the books ---


def test_the_tail_is_the_shops_cost_and_the_deposit_is_the_whole_price(world: World) -> None:
    number = order(world)
    world.pay(number)
    assert balance(world, accounts.clearing("till")) == 9899
    assert balance(world, accounts.discounts()) == 1
    assert balance(world, accounts.customer_deposit()) == -9900
    assert world.broken() == []


@pytest.mark.parametrize("delivered", [False, True])
def test_a_whole_refund_sends_back_what_was_paid_and_no_more(world: World, *, delivered: bool) -> None:
    number = world.sold(world.visitor(), [("A", 1)]) if delivered else order(world)
    if not delivered:
        world.pay(number)
    refund = world.refund(number, freight=True)
    assert balance(world, accounts.refund_payable()) == -9899
    with world.transaction() as session:
        orders.mark_refund_sent(session, refund, evidence="OUT-1", at=world.now)
    assert (balance(world, accounts.clearing("till")), balance(world, accounts.discounts())) == (0, 0)
    assert world.broken() == []


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(parts=st.lists(st.integers(1, 4000), max_size=5))
def test_refunds_in_any_pieces_give_back_at_most_what_was_paid(databases: Databases, parts: list[int]) -> None:
    with databases.fresh() as url:
        world = shop(url)
        order(world)
        number = order(world)
        world.pay(number)
        with world.transaction() as session:
            (line,) = orders.lines(session, orders.get(session, number).id)
        for place, minor in enumerate(parts):
            left = 8900 - sum(parts[:place])
            if 0 < minor <= left:
                wanted = orders.RefundOrder(
                    [orders.RefundItem(line.id, 0, world.money(minor))], reason="asked", actor="s", goods_back=False
                )
                with world.transaction() as session:
                    orders.refund(session, number, wanted, refund_number=world.unique("R"), at=world.now)
            else:
                break
        world.refund(number)
        with world.database.reading() as session:
            made = orders.refunds(session, orders.get(session, number).id)
        assert sum(each.cash_minor for each in made) == 9898
        assert balance(world, accounts.discounts()) == 0
        assert world.broken() == []
        world.database.dispose()


def test_a_refund_of_the_tail_is_noticed(world: World) -> None:
    number = order(world)
    world.pay(number)
    world.refund(number, freight=True)
    with world.transaction() as session:
        session.execute(text("UPDATE order_refund SET tail_minor = 0"))
    assert "I5" in {each.split()[0] for each in world.broken()}


def test_who_pays_the_round_price_has_paid_and_gets_it_back_whole(world: World) -> None:
    number = order(world)
    memo = expected(world, number).memo
    assert take_in(world, row(world, "W1", 9900, note=memo)).matched == [(2, number)]
    assert balance(world, accounts.discounts()) == 0
    world.refund(number, freight=True)
    assert balance(world, accounts.refund_payable()) == -9900
    assert world.broken() == []


# --- what a customer says ---


def test_a_claim_books_nothing_and_is_corrected_by_saying_it_again(world: World) -> None:
    buyer = world.visitor()
    number = world.place(buyer, [("A", 1)])
    for last4 in ("1234", "5678"):
        with world.transaction() as session:
            orders.claim_payment(session, number, buyer_id=buyer, payer="Lin", last4=last4, at=world.now)
    with world.database.reading() as session:
        [(claim, claimed, _)] = orders.payment_claims(session, at=world.now)
    assert (claimed.number, claim.payer, claim.last4, claimed.state) == (number, "Lin", "5678", "placed")
    assert balance(world, accounts.clearing("till")) == 0
    world.pay(number)
    with world.database.reading() as session:
        assert orders.payment_claims(session, at=world.now) == []


def say_paid(world: World, number: str, way: orders.Way = orders.Way.TRANSFER) -> orders.PaymentClaim:
    with world.transaction() as session:
        buyer_id = orders.get(session, number).buyer_id
        return orders.claim_payment(session, number, buyer_id=buyer_id, way=way, at=world.now)


def test_claims_of_given_up_orders_come_last_and_for_a_week_and_every_page_is_reached(world: World) -> None:
    given_up = [order(world) for _ in range(3)]
    for number in given_up:
        with world.transaction() as session:
            orders.cancel(session, number, actor="buyer", at=world.now)
        say_paid(world, number)
    waiting = [order(world) for _ in range(2)]
    for number in waiting:
        say_paid(world, number)

    def listed(after: orders.ClaimPlace | None = None) -> list[str]:
        with world.database.reading() as session:
            page = orders.payment_claims(session, at=world.now, after=after, limit=2)
            return [each.order.number for each in page] + (listed(orders.place(page[-1])) if page else [])

    assert listed() == [*waiting, *given_up]
    world.now += timedelta(days=7)
    assert listed() == waiting
    with world.database.reading() as session:
        assert orders.count_claims(session, at=world.now) == 2


def test_a_red_packet_is_to_be_accepted_in_time_whatever_else_is_said(world: World) -> None:
    number, first = order(world), world.now
    for way in ("transfer", "red_packet", "transfer", "red_packet"):
        said = say_paid(world, number, orders.Way(way))
        assert said.accept_by == (first + timedelta(minutes=10, days=1) if way == "red_packet" else None)
        world.now += timedelta(minutes=10)


def test_nobody_claims_for_another_nor_what_is_paid(world: World) -> None:
    buyer = world.visitor()
    number = world.place(buyer, [("A", 1)])
    with pytest.raises(orders.UnknownOrder), world.transaction() as session:
        orders.claim_payment(session, number, buyer_id=world.visitor(), at=world.now)
    world.pay(number)
    with pytest.raises(orders.StepNotAllowed), world.transaction() as session:
        orders.claim_payment(session, number, buyer_id=buyer, at=world.now)


# --- statements ---


def test_a_statement_pays_the_orders_whose_amounts_it_names(world: World) -> None:
    first, second = order(world), order(world)
    report = take_in(world, row(world, "W1", 9898), row(world, "W2", 9899, line=3), row(world, "W3", 500, line=4))
    assert sorted(report.matched) == [(2, second), (3, first)]
    assert report.unidentified == [(4, orders.Unmatched.NOBODY)]
    assert (world.state(first), world.state(second)) == ("paid", "paid")
    assert balance(world, accounts.unidentified_receipts()) == -500
    assert world.broken() == []


def test_a_memo_in_the_note_finds_an_order_whose_amount_is_not_unique(database_url: str) -> None:
    listeners = Listeners()
    world = World(Database(database_url, listeners), listeners)
    world.stock_up("A")
    first, second = order(world), order(world)
    memo = expected(world, second).memo
    report = take_in(world, row(world, "W1", 9900, note=f"订单 {memo}"), row(world, "W2", 9900, line=3))
    assert report.matched == [(2, second)] and report.unidentified == [(3, orders.Unmatched.SEVERAL)]
    assert (world.state(first), world.state(second)) == ("placed", "paid")
    world.database.dispose()


def test_importing_twice_changes_nothing(world: World) -> None:
    order(world)
    rows = (row(world, "W1", 9899), row(world, "W2", 777, line=3))
    take_in(world, *rows)
    with world.database.reading() as session:
        before = ledger.trial_balance(session)
    report = take_in(world, *rows)
    with world.database.reading() as session:
        assert ledger.trial_balance(session) == before
    assert sorted(report.known) == [2, 3] and not report.matched and not report.unidentified


def test_statements_imported_at_the_same_time_count_once(world: World) -> None:
    order(world)
    rows = (row(world, "W1", 9899), row(world, "W2", 777, line=3))
    with ThreadPoolExecutor(4) as pool:
        reports = [each.result() for each in [pool.submit(take_in, world, *rows) for _ in range(4)]]
    assert sum(len(each.matched) for each in reports) == 1
    assert sum(len(each.unidentified) for each in reports) == 1
    assert balance(world, accounts.clearing("till")) == 9899 + 777
    assert world.broken() == []


def test_what_staff_confirmed_by_hand_is_known_to_the_statement(world: World) -> None:
    world.pay(order(world), transaction_no="W1")
    assert take_in(world, row(world, "W1", 9899)).known == [2]
    assert balance(world, accounts.clearing("till")) == 9899


def test_lines_that_contradict_each_other_or_the_books_are_refused(world: World) -> None:
    take_in(world, row(world, "W1", 500))
    report = take_in(
        world, row(world, "W1", 600), row(world, "W2", 700, line=3), row(world, "W2", 800, line=4), row(world, "W3", 1)
    )
    assert sorted(line for line, _ in report.refused) == [2, 3, 4]
    assert balance(world, accounts.clearing("till")) == 501
    assert world.broken() == []


def test_money_for_an_order_given_up_by_its_buyer_goes_to_the_refund_queue(world: World) -> None:
    number = order(world)
    with world.transaction() as session:
        orders.cancel(session, number, actor="buyer", at=world.now)
    world.settle_down()
    report = take_in(world, row(world, "W1", 9899))
    assert report.late == [(2, number)] and world.state(number) == "refunded"
    assert balance(world, accounts.refund_payable()) == -9899
    assert world.broken() == []


def test_money_that_comes_twice_is_nobodys_and_can_go_back(world: World) -> None:
    number = order(world)
    report = take_in(world, row(world, "W1", 9899), row(world, "W2", 9899, line=3))
    assert report.matched == [(2, number)] and report.unidentified == [(3, orders.Unmatched.SETTLED)]
    with world.database.reading() as session:
        [left] = orders.waiting_receipts(session)
    for _ in range(2):
        with world.transaction() as session:
            orders.give_back(session, left.id, evidence="OUT-1", entered_by="owner", at=world.now)
    assert balance(world, accounts.unidentified_receipts()) == 0
    assert balance(world, accounts.clearing("till")) == 9899
    with pytest.raises(orders.UnknownReceipt), world.transaction() as session:
        orders.assign(session, left.id, order(world), entered_by="staff:1", at=world.now)
    assert world.broken() == []


@pytest.mark.parametrize("refund_first", [True, False])
def test_one_transfer_sends_a_refund_or_a_receipt_back(world: World, *, refund_first: bool) -> None:
    number = order(world)
    take_in(world, row(world, "W1", 9899), row(world, "W2", 9899, line=3))
    refund = world.refund(number, freight=True)
    with world.database.reading() as session:
        [left] = orders.waiting_receipts(session)

    def send(evidence: str) -> None:
        with world.transaction() as session:
            orders.mark_refund_sent(session, refund, evidence=evidence, at=world.now)

    def give_back(evidence: str) -> None:
        with world.transaction() as session:
            orders.give_back(session, left.id, evidence=evidence, entered_by="owner", at=world.now)

    first, second = (send, give_back) if refund_first else (give_back, send)
    first("OUT-1")
    with pytest.raises(orders.EvidenceUsed):
        second("`OUT-1 ")
    second("OUT-2")
    assert balance(world, accounts.clearing("till")) == 0
    assert world.broken() == []


def test_staff_find_the_order_of_money_that_was_nobodys(world: World) -> None:
    number = order(world)
    early = replace(row(world, "W1", 9899), paid_at=world.now - timedelta(days=2))
    assert take_in(world, early).unidentified == [(2, orders.Unmatched.NOBODY)], "nobody waited for it two days ago"
    with world.database.reading() as session:
        [left] = orders.waiting_receipts(session)
    for _ in range(2):
        with world.transaction() as session:
            orders.assign(session, left.id, number, entered_by="staff:1", at=world.now)
    assert world.state(number) == "paid"
    assert balance(world, accounts.unidentified_receipts()) == 0
    assert world.broken() == []


def test_money_is_sent_back_or_pays_an_order_and_never_both(world: World) -> None:
    """Two people have looked at one receipt and answer it at the same moment."""
    for name in ("W1", "W2", "W3", "W4"):
        number = order(world)
        early = replace(row(world, name, expected(world, number).amount_minor), paid_at=world.now - timedelta(days=2))
        take_in(world, early)
        with world.database.reading() as session:
            [left] = orders.waiting_receipts(session)
        both_looked = Barrier(1 if world.database.engine.dialect.name == "sqlite" else 2)  # it has one writer at a time
        with ThreadPoolExecutor(2) as pool:
            answers = [
                pool.submit(answered, world, left.id, both_looked, orders.give_back, evidence=f"OUT-{name}"),
                pool.submit(answered, world, left.id, both_looked, orders.assign, number=number),
            ]
            assert sorted(each.result() for each in answers) == [False, True]
        assert (world.state(number) == "paid") == answers[1].result()
        assert balance(world, accounts.unidentified_receipts()) == 0
        assert world.broken() == []


def answered(world: World, receipt_id: int, both_looked: Barrier, answer: Callable[..., object], **told: str) -> bool:
    """Whether this answer counted."""
    try:
        with world.transaction() as session:
            orders.receipt(session, receipt_id)
            both_looked.wait()
            answer(session, receipt_id, entered_by="staff:1", at=world.now, **told)
    except (orders.UnknownReceipt, orders.EvidenceUsed):
        return False
    return True


def test_money_in_one_wallet_pays_no_order_of_another(world: World) -> None:
    number = order(world)
    with world.transaction() as session:
        orders.take_in(session, [row(world, "W1", 9899)], collector="mei", entered_by="staff:1", at=world.now)
    assert world.state(number) == "placed"
    with world.database.reading() as session:
        [left] = orders.waiting_receipts(session)
    with pytest.raises(orders.OtherCollector), world.transaction() as session:
        orders.assign(session, left.id, number, entered_by="staff:1", at=world.now)
    assert world.broken() == []


def test_a_statement_imported_for_another_collector_books_nothing_again(world: World) -> None:
    paid, left = row(world, "W1", 9899), row(world, "W2", 500, line=3)
    order(world)
    take_in(world, paid, left)
    with world.transaction() as session:
        report = orders.take_in(session, [paid, left], collector="mei", entered_by="staff:1", at=world.now)
    assert [(line, "booked before for till" in str(why)) for line, why in report.refused] == [(2, True), (3, True)]
    assert balance(world, accounts.clearing("mei")) == 0
    assert world.broken() == []


def test_a_number_that_came_to_another_wallet_is_no_evidence(world: World) -> None:
    with world.transaction() as session:
        orders.take_in(session, [row(world, "W1", 9899)], collector="mei", entered_by="staff:1", at=world.now)
    number = order(world)
    with pytest.raises(orders.OtherCollector):
        world.pay(number, transaction_no="W1")
    assert world.state(number) == "placed"


def test_one_statement_for_two_collectors_at_once_counts_once(world: World) -> None:
    paid, left = row(world, "W1", 9899), row(world, "W2", 500, line=3)
    order(world)

    def import_for(collector: str) -> orders.StatementReport:
        with world.transaction() as session:
            return orders.take_in(session, [paid, left], collector=collector, entered_by="staff:1", at=world.now)

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(import_for, ["till", "mei", "till", "mei"]))
    world.settle_down()
    assert sum(len(each.matched) + len(each.unidentified) for each in reports) == 2
    assert balance(world, accounts.clearing("till")) + balance(world, accounts.clearing("mei")) == 9899 + 500
    assert world.broken() == []


@pytest.mark.parametrize("typed", ["`W1", " 'W1\t", "\u200bW1\ufeff", "Ｗ１", "“W1”", "\u00a0W1\r\n"])
def test_a_number_typed_as_it_was_copied_is_the_statements_number(world: World, typed: str) -> None:
    world.pay(order(world), transaction_no=typed)
    assert take_in(world, row(world, "W1", 9899)).known == [2]
    with pytest.raises(orders.EvidenceUsed):
        world.pay(order(world), transaction_no="W1")


@given(st.text(max_size=90))
def test_a_bare_number_stays_as_it_is_and_shows_what_it_is(text: str) -> None:
    bare = matching.bare_number(text)
    assert matching.bare_number(bare) == bare == bare.strip()
    assert bare.isprintable()
    assert matching.bare_number(f"`{text}\t ") == bare


def test_money_goes_to_who_held_the_amount_when_it_was_paid_whenever_it_is_imported(world: World) -> None:
    old = order(world)
    paid = row(world, "W1", 9899)
    world.pass_days(1)
    world.pass_days(2)
    new = order(world)
    assert expected(world, new).amount_minor == expected(world, old).amount_minor
    assert take_in(world, paid).late == [(2, old)]
    assert world.state(new) == "placed"


# --- laws ---

MINORS = (9899, 9898, 9897, 9000)
statement = st.lists(st.tuples(st.integers(0, 8), st.sampled_from(MINORS)), max_size=12)


@pytest.mark.parametrize("late_first", [True, False])
def test_late_money_of_a_memo_does_not_take_its_amount_anew(world: World, *, late_first: bool) -> None:
    """A waits for 99.00 by memo, all tails being taken, and lapses. Two days later B waits for 99.00 by amount."""
    world.stock_up("X", units=10, price=8_901)
    for _ in range(30):
        order(world)
    memo = order(world)
    late = row(world, "W1", 9_900, note=expected(world, memo).memo)
    world.now += timedelta(hours=1)
    world.pass_days(0)
    world.pass_days(2)
    unique = world.place(world.visitor(), [("X", 1)])
    assert (expected(world, memo).match, expected(world, unique).amount_minor) == (orders.Match.MEMO, 9_900)
    paid = row(world, "W2", 9_900)

    for each in (late, paid) if late_first else (paid, late):
        take_in(world, each)

    assert (world.state(memo), world.state(unique)) == ("paid", "paid")
    assert world.broken() == []


def books_after(databases: Databases, files: list[list[tuple[int, int]]]) -> dict[tuple[str, str], int]:
    """The trial balance of a shop with three open orders once these statements were taken in."""
    with databases.fresh() as url:
        world = shop(url)
        for _ in range(3):
            order(world)
        for each in files:
            take_in(world, *[row(world, f"W{name}", minor, line=at) for at, (name, minor) in enumerate(each, 2)])
        assert world.broken() == []
        with world.database.reading() as session:
            found = ledger.trial_balance(session)
            seen = sum(session.scalars(select(orders.Receipt.amount_minor).where(orders.Receipt.outcome.is_(None))))
            seen += sum(session.scalars(select(orders.Evidence.amount_minor)))
        assert found.get((accounts.clearing("till"), "CNY"), 0) == seen
        world.database.dispose()
    return {key: minor for key, minor in found.items() if minor}


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(told=statement, data=st.data())
def test_order_duplicates_and_holes_in_statements_do_not_matter(
    databases: Databases, told: list[tuple[int, int]], data: st.DataObject
) -> None:
    """One amount for each transaction number; files overlap, repeat, leave out and shuffle, and all rows come once."""
    rows = list({name: (name, minor) for name, minor in told}.values())
    shuffled = data.draw(st.permutations(rows))
    first = data.draw(st.lists(st.sampled_from(rows), max_size=8)) if rows else []

    assert books_after(databases, [rows]) == books_after(databases, [first, shuffled, [*shuffled, *first]])


def test_a_row_booked_twice_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "_booked", lambda session, number: None)
    take_in(world, row(world, "W1", 500))
    with pytest.raises(IntegrityError):
        take_in(world, row(world, "W1", 500))


def test_money_without_its_receipt_is_noticed(world: World) -> None:
    take_in(world, row(world, "W1", 500))
    with world.transaction() as session:
        session.execute(text("UPDATE order_receipt SET amount_minor = amount_minor + 1"))
    assert "I2" in {each.split()[0] for each in world.broken()}


# --- collectors ---


def test_a_collector_owes_what_came_in_less_what_went_on(world: World) -> None:
    order(world)
    take_in(world, row(world, "W1", 9899), row(world, "W2", 500, line=3))
    world.now += timedelta(days=10)
    take_in(world, row(world, "W3", 700))
    with world.transaction() as session:
        orders.hand_over(session, collector="till", amount=Money(10000, "CNY"), reference="B1", at=world.now)
    with world.database.reading() as session:
        [each] = orders.standings(session, named=["till"], currency="CNY", zone="Asia/Shanghai", at=world.now)
    assert (each.in_hand.minor, each.oldest_days, each.seen) == (1099, 10, 3)
    assert [part.minor for part in each.ages] == [700, 0, 399, 0]
    assert (each.unidentified.minor, each.unidentified_count, each.unidentified_days) == (1200, 2, 10)
    assert world.broken() == []


def test_each_order_is_collected_by_one_of_the_collectors() -> None:
    rail = orders.ManualRail(("lin", "mei"))
    asked = {rail.request(f"N{number}", Money(1, "CNY")).collector for number in range(40)}
    assert asked == {"lin", "mei"}
    assert rail.request("N1", Money(1, "CNY")) == rail.request("N1", Money(1, "CNY"))


# --- disputes ---


@pytest.mark.parametrize("delivered", [False, True])
def test_a_dispute_takes_what_was_paid_and_the_tail_goes_with_the_last_of_it(world: World, delivered: bool) -> None:
    """98.99 paid of 99.00: the bank can claim no more than that, and when it is lost nothing is left to refund."""
    number = order(world)
    world.pay(number)
    if delivered:
        world.ship(number)
        world.deliver(number)
    with pytest.raises(orders.DisputeTooMuch):
        world.dispute(number, 9900)
    dispute = world.dispute(number, 9899, fee=0)
    with pytest.raises(orders.OrderDisputed):
        world.refund(number, {"A": 1})

    world.end_dispute(dispute, "lost")

    assert world.state(number) == "refunded"
    assert balance(world, accounts.clearing("till")) == balance(world, accounts.discounts()) == 0
    assert balance(world, accounts.chargeback_loss()) == (9900 if delivered else 0)
    assert world.broken() == []


def test_a_dispute_of_a_part_leaves_the_tail_for_the_rest(world: World) -> None:
    """50.00 of 98.99 are lost; of the last 49.00 only 48.99 are sent."""
    number = order(world)
    world.pay(number)
    world.end_dispute(world.dispute(number, 5000, fee=0), "lost")
    refund = world.refund(number)
    with world.transaction() as session:
        orders.mark_refund_sent(session, refund, evidence="back", at=world.now)
    assert balance(world, accounts.clearing("till")) == balance(world, accounts.discounts()) == 0
    assert world.broken() == []
    with world.database.reading() as session:
        [standing] = orders.standings(session, named=["till"], currency="CNY", zone="UTC", at=world.now)
    assert standing.sent_back.minor == 4899
