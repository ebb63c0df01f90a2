"""One story through every room below: link, order, parcel, refund, settled share, payout; money worked by hand."""

import pytest
from sqlalchemy.orm import Session

from shared_core import ledger, orders, rewards
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.ledger import accounts
from tests.rewards.shops import preset
from tests.worlds import World


@pytest.fixture
def world(database: Database) -> World:
    listeners = Listeners()
    opened = Database(str(database.engine.url.render_as_string(hide_password=False)), listeners)
    made = World(opened, listeners, plans=(preset("participants"),))
    made.stock_up("A")
    return made


def owed(session: Session, member: int) -> tuple[int, int]:
    wallet = rewards.wallet(session, member, "CNY")
    return wallet.pending.minor, wallet.available.minor


def test_a_sale_is_settled_and_paid_out(world: World):
    """Three pieces of A at 89.00 are 267.00; the promoter's 10 % are 26.70.

    One piece goes back before delivery: 8.90 are taken back, 17.80 stay pending. Eight days after delivery they are
    available. They are taken out: below 800.00 a month nothing is withheld.
    """
    seller, buyer = world.visitor(), world.visitor()
    world.seller_id = seller
    number = world.place(buyer, [("A", 3)])
    world.pay(number)
    with world.transaction() as session:
        assert owed(session, seller) == (2_670, 0)
    world.refund(number, {"A": 1})
    with world.transaction() as session:
        assert owed(session, seller) == (1_780, 0)
    world.ship(number)
    world.deliver(number)
    world.pass_days(9)
    with world.transaction() as session:
        assert orders.get(session, number).state == orders.State.COMPLETED
        assert owed(session, seller) == (0, 1_780)
    world.pay_out(world.ask_payout(seller, 1_780))
    with world.transaction() as session:
        assert owed(session, seller) == (0, 0)
        assert ledger.balance(session, accounts.commission(), "CNY").minor == 1_780
        assert sum(ledger.trial_balance(session).values()) == 0
    world.database.dispose()
