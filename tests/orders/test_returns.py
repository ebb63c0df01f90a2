"""A customer gives goods back: who decides, what is refunded when, and what the store owes less."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared_core import ledger, orders, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Invalid, PlatformError
from shared_core.kernel.listeners import Listeners
from shared_core.ledger import accounts
from shared_core.orders import RefundWhen, ReturnState, return_desk
from shared_core.supply import Bearer, Inspected, Remedy, ReturnReason
from tests.supply.goods import HOME
from tests.worlds import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    listeners = Listeners()
    lived = World(Database(database_url, listeners), listeners)
    lived.stock_up("A", units=20)
    with lived.transaction() as session:
        [maker] = supply.suppliers(session)
        supply.returns.set_terms(session, supplier=maker.code, terms=supply.returns.ReturnTerms(HOME))
    yield lived
    lived.database.dispose()


def delivered(world: World, pieces: int = 2) -> str:
    number = world.place(world.visitor(), [("A", pieces)])
    world.pay(number)
    with world.transaction() as session:
        supply.ship(session, number=f"{number}-1", carrier="Local", tracking_number=number, at=world.now)
        supply.deliver(session, number=f"{number}-1", at=world.now)
    world.settle_down()
    assert world.state(number) == "delivered"
    return number


def ask(world: World, number: str, pieces: int = 2, **named: Any) -> str:
    how = {"reason": ReturnReason.DAMAGED, "remedy": Remedy.MONEY, "words": "a crack"} | named
    with world.transaction() as session:
        row = orders.get(session, number)
        [line] = orders.lines(session, row.id)
        [asked] = orders.ask_return(session, number, {line.id: pieces}, buyer_id=row.buyer_id, at=world.now, **how)
        return asked.number


def accept(world: World, back: str, when: RefundWhen) -> None:
    with world.transaction() as session:
        orders.accept_return(session, back, refund_when=when, actor="staff:1", at=world.now)
    world.settle_down()


def send(world: World, back: str) -> None:
    with world.transaction() as session:
        orders.note_sent(session, back, carrier="SF", tracking_number="SF1234567890123", at=world.now)
    world.settle_down()


def inspect(world: World, back: str, *counts: int, **named: Any) -> None:
    with world.transaction() as session:
        supply.returns.receive(session, back, actor="ann", at=world.now)
        supply.returns.inspect(session, back, [Inspected("A", *counts)], actor="ann", at=world.now, **named)
    world.settle_down()


def settle_unseen(world: World, back: str) -> None:
    """A return of which nothing can come back is granted."""
    with world.transaction() as session:
        supply.returns.inspect(session, back, [Inspected("A", 0, 1, 0)], actor="ann", at=world.now)
    world.settle_down()


def two_boxes(world: World) -> str:
    """An order of two pieces that are on their way, each in a box of its own."""
    number = world.place(world.visitor(), [("A", 2)])
    world.pay(number)
    with world.transaction() as session:
        for mark in ("x1", "x2"):
            box = {"number": f"{number}-1", "tracking_number": f"{number}{mark}", "at": world.now}
            supply.ship(session, carrier="Local", lines=[supply.HoldLine("A", 1)], **box)
    world.settle_down()
    return number


def stands(world: World, back: str) -> str:
    with world.database.reading() as session:
        return orders.the_return(session, back).state


def owed(world: World) -> int:
    """What the store owes, the same in both books."""
    with world.database.reading() as session:
        mine = sum(
            ledger.owed(session, each, "CNY").minor for each in (accounts.due_hub_supply(), accounts.due_hub_payable())
        )
        assert mine == supply.charged(session, store="store", currency="CNY").minor
        assert supply.stock_discrepancies(session) == []
    assert world.broken() == []
    return mine


def refunded(world: World, number: str) -> int:
    with world.database.reading() as session:
        return orders.get(session, number).refunded_minor


def test_the_money_goes_back_for_what_was_accepted_once_it_was_seen(world: World) -> None:
    number = delivered(world)
    before = owed(world)
    back = ask(world, number)
    assert (back, stands(world, back)) == (f"{number}-R1", "asked")
    accept(world, back, RefundWhen.INSPECTED)
    assert (stands(world, back), refunded(world, number), owed(world)) == ("authorised", 0, before)
    send(world, back)
    assert stands(world, back) == "sent"
    inspect(world, back, 1, 0, 1, said="one was worn")
    assert (stands(world, back), refunded(world, number)) == ("settled", 8_900)
    assert before - owed(world) == 4_000 + 178
    with world.database.reading() as session:
        kept = orders.the_return(session, back)
    assert (kept.inspected, kept.said) == ([["A", 1, 0, 1]], "one was worn")


def test_a_customer_gets_the_money_for_a_spoilt_piece_that_the_shop_bears(world: World) -> None:
    number = delivered(world)
    before = owed(world)
    back = ask(world, number, 1, reason=ReturnReason.NO_REASON)
    accept(world, back, RefundWhen.INSPECTED)
    inspect(world, back, 0, 1, 0)
    assert refunded(world, number) == 8_900 and owed(world) == before


def test_a_shop_that_refunds_at_once_bears_what_is_refused(world: World) -> None:
    number = delivered(world)
    before = owed(world)
    back = ask(world, number)
    accept(world, back, RefundWhen.NOW)
    assert refunded(world, number) == 17_800 and owed(world) == before
    inspect(world, back, 0, 0, 2)
    assert refunded(world, number) == 17_800 and owed(world) == before


def test_new_pieces_come_without_money(world: World) -> None:
    number = delivered(world)
    before = owed(world)
    back = ask(world, number, 1, remedy=Remedy.REPLACEMENT)
    accept(world, back, RefundWhen.NOW)
    inspect(world, back, 0, 1, 0)
    with world.transaction() as session:
        supply.returns.ship_new(session, back, carrier="SF", tracking_number="SF9234567890123", at=world.now)
        supply.returns.deliver_new(session, back, at=world.now)
    world.settle_down()
    with world.database.reading() as session:
        kept = orders.the_return(session, back)
    assert (kept.replaced, kept.new_tracking, kept.new_delivered_at) == (True, "SF9234567890123", world.now)
    assert refunded(world, number) == 0 and owed(world) == before


def test_of_a_replacement_the_customer_gets_the_money_for_what_the_shop_bears(world: World) -> None:
    number = delivered(world, 4)
    back = ask(world, number, 3, remedy=Remedy.REPLACEMENT)
    accept(world, back, RefundWhen.INSPECTED)
    inspect(world, back, 1, 1, 1, bearer=Bearer.STORE)
    with world.database.reading() as session:
        [line] = orders.lines(session, orders.get(session, number).id)
        assert (orders.the_return(session, back).replaced, line.refunded_quantity) == (True, 1)
        [left] = orders.returnable(session, orders.get(session, number)).values()
    assert sum(left.values()) == 2, "the one that was never sent back, and the new one"
    again = ask(world, number, 2)
    accept(world, again, RefundWhen.INSPECTED)
    assert stands(world, again) == "authorised" and world.broken() == []


def test_a_no_that_is_heard_late_changes_nothing_that_was_called_off(world: World) -> None:
    class Refuses:
        def request_return(self, reference: str, *_told: Any, **_named: Any) -> None:
            raise supply.UnknownHold(reference=reference)

    number = delivered(world)
    back = ask(world, number)
    accept(world, back, RefundWhen.INSPECTED)
    with world.transaction() as session:
        found = orders.call_off(session, back, actor="buyer", at=world.now)
    world.settle_down()
    return_desk.request(world.database, Refuses(), found.id, at=world.now)  # type: ignore[arg-type]
    assert stands(world, back) == "cancelled"


REFUSALS = [
    supply.HoldNotConfirmed(reference="AAAA1111"),
    supply.returns.OneSupplierOnly(),
    supply.returns.ReturnPointless(),
    supply.returns.ReturnTooMuch(sku="A", left=1),
    supply.UnknownHold(reference="AAAA1111"),
    supply.UnknownSku(sku="A"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: each.code)
def test_why_the_supply_side_says_no_is_kept_so_that_any_language_can_say_it(
    world: World, refusal: PlatformError
) -> None:
    class Refuses:
        def request_return(self, *_told: Any, **_named: Any) -> None:
            raise refusal

    assert {type(each) for each in REFUSALS} == set(return_desk.REFUSED_BY_SUPPLY)
    number = delivered(world)
    back = ask(world, number)
    with world.transaction() as session:
        found = orders.accept_return(session, back, refund_when=RefundWhen.INSPECTED, actor="staff:1", at=world.now)
    return_desk.request(world.database, Refuses(), found.id, at=world.now)  # type: ignore[arg-type]
    with world.database.reading() as session:
        kept = orders.the_return(session, back)
        assert (kept.state, kept.said) == ("declined", "")
        said = orders.refusal_of(kept)
    assert said is not None and (type(said), said.params) == (type(refusal), refusal.params)


def never_arrived(world: World, remedy: Remedy) -> tuple[str, str]:
    """An order of which one box arrived, and the return of the other."""
    number = two_boxes(world)
    with world.transaction() as session:
        supply.deliver(session, number=f"{number}-1", tracking_number=f"{number}x1", at=world.now)
    world.settle_down()
    assert world.state(number) == "shipped"
    back = ask(world, number, 1, reason=ReturnReason.NEVER_ARRIVED, remedy=remedy)
    accept(world, back, RefundWhen.INSPECTED)
    return number, back


def test_an_order_is_there_once_what_never_arrived_is_paid_back(world: World) -> None:
    number, back = never_arrived(world, Remedy.MONEY)
    settle_unseen(world, back)
    assert (world.state(number), refunded(world, number), world.broken()) == ("delivered", 8_900, [])


def test_an_order_is_there_once_new_pieces_for_what_never_arrived_are(world: World) -> None:
    number, back = never_arrived(world, Remedy.REPLACEMENT)
    with world.transaction() as session:
        supply.returns.inspect(session, back, [Inspected("A", 0, 1, 0)], actor="ann", at=world.now)
        supply.returns.ship_new(session, back, carrier="SF", tracking_number="SF9234567890123", at=world.now)
    world.settle_down()
    assert world.state(number) == "shipped", "nothing is there yet"
    with world.transaction() as session:
        supply.returns.deliver_new(session, back, at=world.now)
    world.settle_down()
    assert (world.state(number), refunded(world, number), world.broken()) == ("delivered", 0, [])


def test_a_box_that_is_said_to_have_arrived_is_waited_for(world: World) -> None:
    number, back = never_arrived(world, Remedy.MONEY)
    with world.transaction() as session:
        supply.returns.inspect(session, back, [Inspected("A", 0, 0, 1)], actor="ann", at=world.now, said="it is there")
    world.settle_down()
    assert world.state(number) == "shipped"
    with world.transaction() as session:
        supply.deliver(session, number=f"{number}-1", at=world.now)
    world.settle_down()
    assert (world.state(number), refunded(world, number)) == ("delivered", 0)


def test_a_box_that_arrives_after_another_was_given_up_is_the_last(world: World) -> None:
    number = two_boxes(world)
    back = ask(world, number, 1, reason=ReturnReason.NEVER_ARRIVED)
    accept(world, back, RefundWhen.INSPECTED)
    settle_unseen(world, back)
    assert world.state(number) == "shipped"
    with world.transaction() as session:
        supply.deliver(session, number=f"{number}-1", tracking_number=f"{number}x1", at=world.now)
    world.settle_down()
    assert (world.state(number), world.broken()) == ("delivered", [])


def test_an_order_of_which_nothing_arrived_is_over(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)
    with world.transaction() as session:
        supply.ship(session, number=f"{number}-1", carrier="Local", tracking_number=number, at=world.now)
    world.settle_down()
    back = ask(world, number, 1, reason=ReturnReason.NEVER_ARRIVED)
    accept(world, back, RefundWhen.INSPECTED)
    settle_unseen(world, back)
    with world.database.reading() as session:
        [found] = supply.supplier_orders(session, references=[number])
    assert (world.state(number), found.state, world.broken()) == ("refunded", "delivered", [])


def test_without_stock_the_money_goes_back_instead(world: World) -> None:
    number = delivered(world)
    with world.transaction() as session:
        supply.adjust_stock(session, sku="A", quantity=-18, reference="burnt", at=world.now)
    back = ask(world, number, 1, remedy=Remedy.REPLACEMENT, reason=ReturnReason.MISSING)
    accept(world, back, RefundWhen.NOW)
    settle_unseen(world, back)
    assert stands(world, back) == "settled" and refunded(world, number) == 8_900
    owed(world)


def test_the_shop_says_no_and_why(world: World) -> None:
    number = delivered(world)
    back = ask(world, number)
    with world.transaction() as session:
        with pytest.raises(Invalid):
            orders.refuse_return(session, back, answer=" ", actor="staff:1", at=world.now)
        orders.refuse_return(session, back, answer="worn", actor="staff:1", at=world.now)
        with pytest.raises(orders.ReturnStepNotAllowed):
            orders.accept_return(session, back, refund_when=RefundWhen.NOW, actor="staff:1", at=world.now)
    assert ask(world, number) == f"{number}-R2", "they may ask again"


def test_a_return_is_called_off_until_it_is_on_its_way(world: World) -> None:
    number = delivered(world)
    first = ask(world, number, 1)
    call_off(world, first)
    second = ask(world, number, 2)
    accept(world, second, RefundWhen.INSPECTED)
    call_off(world, second)
    assert (stands(world, first), stands(world, second)) == ("cancelled", "cancelled")
    third = ask(world, number, 2)
    accept(world, third, RefundWhen.INSPECTED)
    send(world, third)
    with pytest.raises(orders.ReturnStepNotAllowed):
        call_off(world, third)


def test_what_came_back_although_it_was_called_off_is_looked_at(world: World) -> None:
    number = delivered(world)
    back = ask(world, number, 1)
    accept(world, back, RefundWhen.INSPECTED)
    with world.transaction() as session:
        orders.call_off(session, back, actor="buyer", at=world.now)
        supply.returns.receive(session, back, actor="ann", at=world.now)
    world.settle_down()
    assert stands(world, back) == "received"
    with world.transaction() as session:
        supply.returns.inspect(session, back, [Inspected("A", 1, 0, 0)], actor="ann", at=world.now)
    world.settle_down()
    assert refunded(world, number) == 8_900
    owed(world)


def call_off(world: World, back: str) -> None:
    with world.transaction() as session:
        orders.call_off(session, back, actor="buyer", at=world.now)
    world.settle_down()


def test_nobody_gives_back_more_than_they_have(world: World) -> None:
    number = delivered(world)
    ask(world, number, 1)
    with pytest.raises(orders.NothingToReturn):
        ask(world, number, 2)
    world.refund(number, {"A": 1}, goods_back=False)
    with pytest.raises(orders.NothingToReturn):
        ask(world, number, 1)


def test_nothing_comes_back_before_it_has_left(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)
    with pytest.raises(orders.NothingToReturn):
        ask(world, number, 1)


def test_an_order_waits_for_its_return_and_the_window_closes(world: World) -> None:
    number = delivered(world)
    back = ask(world, number, 1)
    world.pass_days(8)
    assert world.state(number) == "delivered"
    with pytest.raises(orders.ReturnWindowClosed):
        ask(world, number, 1, reason=ReturnReason.NO_REASON)
    with world.transaction() as session:
        orders.refuse_return(session, back, answer="worn", actor="staff:1", at=world.now)
    world.pass_days(1)
    assert world.state(number) == "completed"


def test_a_refund_of_goods_that_left_waits_for_the_same_eyes(world: World) -> None:
    number = delivered(world)
    before = owed(world)
    world.refund(number, {"A": 1})
    world.settle_down()
    assert owed(world) == before
    with world.database.reading() as session:
        [begun] = orders.returns_of(session, orders.get(session, number).id)
    assert (begun.state, begun.refund) == (ReturnState.AUTHORISED, RefundWhen.APART)
    inspect(world, begun.number, 1, 0, 0)
    assert before - owed(world) == 4_178 and refunded(world, number) == 8_900


def test_an_order_waits_for_no_return_whose_money_went_back_before(world: World) -> None:
    number = delivered(world)
    accept(world, ask(world, number, 1), RefundWhen.NOW)
    other = delivered(world)
    world.refund(other, {"A": 1})
    world.pass_days(8)
    assert (world.state(number), world.state(other)) == ("completed", "completed")


def forget_to_book(planted: pytest.MonkeyPatch) -> None:
    """The hub says that the store owes less, and the store does not write it down."""
    planted.setattr(return_desk, "book_withdrawal", lambda *told, **named: None)


def pay_for_everything(planted: pytest.MonkeyPatch) -> None:
    """What was refused is paid back as if it had been accepted."""
    planted.setattr(
        return_desk,
        "refunded_pieces",
        lambda found, **_how: {each.sku: each.sellable + each.unsellable + each.refused for each in found},
    )


@pytest.mark.parametrize("bug", [forget_to_book, pay_for_everything], ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(bug: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        test_the_money_goes_back_for_what_was_accepted_once_it_was_seen(world)


def test_goods_refunded_by_hand_after_their_return_ended_are_not_asked_for_again(world: World) -> None:
    number = delivered(world, 2)
    back = ask(world, number, 1)
    accept(world, back, RefundWhen.APART)
    inspect(world, back, 1, 0, 0)
    settled = owed(world)
    world.refund(number, {"A": 1})
    assert owed(world) == settled and world.broken() == [], "the piece is there already"
    world.refund(number, {"A": 1})
    assert world.broken() == [], "the other one is asked back"


def test_a_last_piece_that_never_comes_cancels_nothing_that_was_sent(world: World) -> None:
    number = world.place(world.visitor(), [("A", 2)])
    world.pay(number)
    with world.transaction() as session:
        box = {"number": f"{number}-1", "tracking_number": "x1", "at": world.now}
        supply.ship(session, carrier="Local", lines=[supply.HoldLine("A", 1)], **box)
        supply.deliver(session, **box)
    world.settle_down()
    back = ask(world, number, 1)
    accept(world, back, RefundWhen.INSPECTED)
    inspect(world, back, 1, 0, 0)
    with world.transaction() as session:
        missing = [supply.HoldLine("A", 1)]
        supply.short_ship(session, number=f"{number}-1", missing=missing, at=world.now)
    world.settle_down()
    with world.database.reading() as session:
        row = orders.get(session, number)
        [parcel] = orders.parcels(session, row.id)
        assert (parcel.cancelled_at, row.refunded_freight_minor) == (None, 0)
    assert owed(world) >= 0 and world.broken() == []


def test_a_settled_return_takes_no_other_count_freight_or_remark(world: World) -> None:
    number = delivered(world, 2)
    back = ask(world, number, 1)
    accept(world, back, RefundWhen.INSPECTED)
    inspect(world, back, 1, 0, 0, said="a crack")
    again = [Inspected("A", 1, 0, 0)]
    with world.transaction() as session:
        supply.returns.inspect(session, back, again, actor="ann", at=world.now, said="a crack")
    for other in ({"freight": world.money(1200), "said": "a crack"}, {"said": "two cracks"}):
        with pytest.raises(supply.returns.ReturnStepRefused), world.transaction() as session:
            supply.returns.inspect(session, back, again, actor="ann", at=world.now, **other)
