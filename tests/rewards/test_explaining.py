"""An earning explains itself from what was kept with it: rule, steps, claims, promise, refunds, books."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from shared_core import members, orders, plan, rewards
from shared_core.kernel.database import Database
from shared_core.kernel.i18n import translations
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.money import Money
from shared_core.kernel.reader import Reader
from shared_core.plan import LineFacts, Parties, Party
from tests.members import people
from tests.plan.plans import read, rule
from tests.rewards.shops import preset
from tests.worlds import ZONE, World

ENGLISH = Reader("en", str, ZONE)
CHINESE = Reader("zh-CN", translations("zh-CN").gettext, ZONE)


Opening = Callable[..., World]


@pytest.fixture
def opening(database_url: str) -> Iterator[Opening]:
    """Makes shops that run the plans given, with fifty pieces of A at 89.00."""
    with ExitStack() as kept:

        def make(*plans: plan.Plan) -> World:
            listeners = Listeners()
            shop = Database(database_url, listeners)
            kept.callback(shop.dispose)
            world = World(shop, listeners, plans=plans)
            world.stock_up("A", units=50)
            return world

        yield make


@pytest.fixture
def world(opening: Opening) -> World:
    return opening(preset("participants"))


def explained(world: World, number: str, place: int = 1) -> rewards.Explanation:
    with world.database.reading() as session:
        return rewards.explain(session, f"{number}-{place}")


def told(found: rewards.Explanation, reader: Reader = ENGLISH) -> dict[str, str]:
    """Each chapter as one text."""
    return {
        each.key: " ".join((*each.lines, *(" ".join(row) for row in (each.table.rows if each.table else ()))))
        for each in rewards.tell(found, reader)
    }


def test_an_earning_tells_its_rule_its_amount_and_its_promise(world: World):
    """One piece of A at 89.00: 10 % are 8.90."""
    world.claims = {"link": world.visitor(), "lock": world.visitor()}
    found = explained(world, world.place(world.visitor(), [("A", 1)]))
    words = told(found)
    assert words["rule"] == (
        "Seller, as Promoter: 10% of the price. This is the rule seller-promoter of the plan participants, version 1, "
        "in force from January 1, 2026. The order was placed on March 2, 2026; what the plan said that day counts for "
        "it for ever. The rank then was Promoter."
    )
    assert words["amount"] == "1 × CN¥89.00 were paid for Sample A: CN¥89.00. 10% of CN¥89.00 is CN¥8.90."
    assert words["seller"] == (
        "A link led to this order. The buyer was somebody's fan. The plan asks in this order: link, then live room, "
        "then fan. The link decided who is the seller."
    )
    assert words["promise"] == (
        f"Beside the price it said CN¥8.90, promise {found.earning.quote}. This is exactly that promise."
    )
    assert (words["state"], words["books"]) == ("It counts once the order is paid.", "Nothing is booked yet.")


def test_the_promise_is_the_quote_that_the_page_showed(world: World):
    world.seller_id = world.visitor()
    with world.database.reading() as session:
        line = LineFacts(Money(8900, "CNY"), Money(4900, "CNY"), product="p-a", sku="A")
        shown = rewards.quote(session, world.growth, line, viewer_id=world.seller_id, at=world.now)
    found = explained(world, world.place(world.visitor(), [("A", 3)]))
    assert found.working is not None and found.working.shown == plan.Promise(shown.code, 890)
    assert told(found)["promise"] == (
        f"Beside the price it said CN¥8.90 for one piece, promise {shown.code}. The order froze promise "
        f"{found.earning.quote}. 3 pieces were sold. That makes CN¥26.70, as promised."
    )


def test_where_rounding_makes_it_more_than_was_promised_it_says_so(opening: Opening):
    """12.34 % of 89.00 are 10.9826: 10.98 beside the price, but 3 pieces are 32.9478, so 32.94 and not 3 × 10.98."""
    world = opening(read(rule("a", rate="12.34%")))
    world.seller_id = world.visitor()
    words = told(explained(world, world.place(world.visitor(), [("A", 3)])))
    assert words["amount"].endswith("12.34% of CN¥267.00 is 32.9478, rounded down to CN¥32.94.")
    assert words["promise"].endswith("That makes CN¥32.94, as promised.")
    one = told(explained(world, world.place(world.visitor(), [("A", 7)])))
    assert one["promise"].endswith(
        "The same person has CN¥76.87 of this line in all and not CN¥76.86: limits and rounding hold for the line."
    )


def test_the_limit_of_a_period_says_when_and_by_how_much_it_cut(opening: Opening):
    """10 % of 89.00 twice, but 15.00 a month: 8.90, then 6.10, then nothing."""
    world = opening(read(rule("a", rate="10%") + '[caps.period]\nat_most = "15"\n'))
    world.seller_id = world.visitor()
    first, second, third = (world.place(world.visitor(), [("A", 1)]) for _ in range(3))
    limit = "One person is never paid more than CN¥15.00 in a calendar month."
    assert told(explained(world, second))["state"] == (
        f"It counts once the order is paid. {limit} What the limit leaves of it is decided when the order is paid."
    )
    for number in (first, second, third):
        world.pay(number)
    words = told(explained(world, second))
    assert words["amount"].endswith(
        f"10% of CN¥89.00 is CN¥8.90. {limit} When this order was paid, on March 2, 2026, CN¥8.90 of that were used "
        "up: CN¥6.10 of this share are paid."
    )
    assert words["promise"].endswith(
        "This is exactly that promise. What the limit leaves of it is decided when the order is paid."
    )
    nothing = told(explained(world, third))
    assert nothing["state"] == "Nothing is left of it: the limit was reached before."
    assert "CN¥15.00 of that were used up: CN¥0.00 of this share are paid." in nothing["amount"]
    late = world.place(world.visitor(), [("A", 1)])
    assert told(explained(world, late))["promise"].startswith("No figure beside a price promised this.")
    assert world.broken() == []


def test_each_refund_is_told_with_its_formula(world: World):
    """26.70 on 3 × 89.00: after one piece ⌊26.70 × 89 ÷ 267⌋ = 8.90, after two 17.80 in all, after three 26.70."""
    world.seller_id = world.visitor()
    number = world.place(world.visitor(), [("A", 3)])
    world.pay(number)
    first = world.refund(number, {"A": 1})
    world.ship(number)
    world.deliver(number)
    world.pass_days(9)
    second = world.refund(number, {"A": 1})
    found = explained(world, number)
    steps = [
        (each.refund, each.back.minor, each.refunded.minor, each.target.minor, each.taken.minor)
        for each in found.clawbacks
    ]
    assert steps == [(first, 8900, 8900, 890, 890), (second, 8900, 17800, 1780, 890)]
    assert sum(each.taken.minor for each in found.clawbacks) == found.earning.reversed_minor
    words = told(found)
    assert (
        f"{second} March 11, 2026 CN¥89.00 CN¥26.70 × CN¥178.00 ÷ CN¥267.00, rounded down: CN¥17.80" in words["refunds"]
    )
    assert words["state"] == "CN¥8.90 can be taken out since March 11, 2026."
    moved = {reference.partition(":")[0]: sum(each.amount.minor for each in own) for reference, own in found.bookings}
    assert moved == {"alloc": 2670, "claw": 890, "mat": 1780}
    assert [reference.partition(":")[0] for reference, _ in found.bookings] == ["alloc", "claw", "claw", "mat"]


def test_what_waits_says_from_which_day_on_it_is_available(world: World):
    """Delivered on 2 March in Shanghai; seven days later the 9th has to be over."""
    world.seller_id = world.visitor()
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)
    assert "CN¥8.90 wait for the delivery. 7 days after it" in told(explained(world, number))["state"]
    world.ship(number)
    world.deliver(number)
    assert "they can be taken out from March 10, 2026 on" in told(explained(world, number))["state"]
    world.refund(number)
    assert told(explained(world, number))["state"].startswith("Nothing is left of it")


def test_a_difference_says_what_was_reached_below(opening: Opening):
    """Seller 10 %, inviter 12 % by difference: 2 % of 89.00 are 1.78."""
    growth = read(rule("s", rate="10%") + rule("i", "inviter", rate="12%", differential=True))
    world = opening(growth)
    world.seller_id, _ = _invited(world)
    number = world.place(world.visitor(), [("A", 1)])
    words = told(explained(world, number, 2))
    assert "The inviter's own rate is 12%, and 10% was reached below: the difference is 2%." in words["amount"]
    assert words["amount"].endswith("2% of CN¥89.00 is CN¥1.78.")
    assert words["promise"].startswith("No figure beside a price promised this.")


def test_equal_ranks_say_that_a_bonus_is_paid_instead(opening: Opening):
    growth = read(rule("s", rate="10%") + rule("i", "inviter", rate="10%", differential=True, same_rank_bonus="1%"))
    world = opening(growth)
    world.seller_id, _ = _invited(world)
    words = told(explained(world, world.place(world.visitor(), [("A", 1)]), 2))
    assert "own rate is 10%, and 10% was reached below on the same rank: 1% is paid instead." in words["amount"]


def test_a_limit_is_told_with_its_formula(opening: Opening):
    """Half of the margin of 49.00 are 24.50; 5.00 at most."""
    world = opening(read(rule("s", rate="50%", basis="margin", at_most="5")))
    world.seller_id = world.visitor()
    assert told(explained(world, world.place(world.visitor(), [("A", 1)])))["amount"] == (
        "1 × CN¥89.00 were paid for Sample A: CN¥89.00. They cost the shop CN¥40.00; the margin is CN¥49.00. 50% of "
        "CN¥49.00 is CN¥24.50. The rule gives at most CN¥5.00 on one order line: CN¥5.00."
    )


def test_staff_read_who_else_claimed_the_sale(world: World):
    link, lock = world.visitor(), world.visitor()
    world.claims = {"link": link, "lock": lock}
    found = explained(world, world.place(world.visitor(), [("A", 1)]))
    words = {each.key: each.lines for each in rewards.tell(found, ENGLISH, names={link: "Mei", lock: "Bo"})}
    assert words["seller"][:2] == ("The link of Mei led to this order.", "The buyer was a fan of Bo.")
    assert "Mei" not in str(told(found)) and "Bo " not in str(told(found)), "a payee reads nobody's name"


def test_a_recomputation_from_what_was_kept_gives_the_same_shares(opening: Opening):
    growth = read(
        rule("s", rate="33.33%") + rule("i", "inviter", rate="50%", differential=True) + '[caps]\nline = "50%"\n'
    )
    world = opening(growth)
    (world.seller_id, _), buyer = _invited(world), world.visitor()
    number = world.place(buyer, [("A", 3)])
    both = [explained(world, number, place) for place in (1, 2)]
    who = Parties({row.earning.payee: Party(row.earning.member_id, row.earning.rank_then) for row in both}, buyer)  # type: ignore[misc]
    kept, line = both[0].plan, both[0].line
    assert kept is not None
    facts = rewards.line_facts(line, channel=both[0].order.channel, currency="CNY")
    again = plan.share_line(kept, facts, who)
    assert [(each.payee, each.amount.minor, each.rate_bps) for each in again] == [
        (row.earning.payee, row.earning.amount_minor, row.earning.rate_bps) for row in both
    ]
    assert [plan.show_working(kept, facts, who, share, None).cuts for share in again] == [
        row.working.cuts for row in both if row.working
    ]


def test_another_plan_afterwards_changes_no_word(world: World):
    world.seller_id = world.visitor()
    number = world.place(world.visitor(), [("A", 1)])
    before = told(explained(world, number)), told(explained(world, number), CHINESE)
    world.plans = (read(rule("other", rate="1%") + "[settlement]\ndays = 99\n"),)
    world.listeners = Listeners()
    rewards.listeners(world.plans, ZONE).subscribe(world.listeners)
    assert (told(explained(world, number)), told(explained(world, number), CHINESE)) == before


def test_an_earning_older_than_the_keeping_of_plans_says_so(world: World):
    world.seller_id = world.visitor()
    number = world.place(world.visitor(), [("A", 1)])
    with world.transaction() as session:
        row = rewards.explain(session, f"{number}-1").earning
        row.plan_hash, row.working = None, None
        orders.get(session, number).claims = None
    words = told(explained(world, number))
    assert "Its words were not kept" in words["rule"] and "The rank then was promoter." in words["rule"]
    assert words["amount"].endswith("10% of CN¥89.00 is CN¥8.90.")
    assert words["seller"] == "Who else could have claimed the sale was not noted with this order."


def test_a_plan_is_kept_once_for_all_orders_under_it(world: World):
    world.seller_id = world.visitor()
    first, second = (explained(world, world.place(world.visitor(), [("A", 1)])) for _ in range(2))
    assert first.earning.plan_hash == second.earning.plan_hash
    assert first.plan is not None and first.plan.whole == world.growth.whole


def test_nobody_reads_the_explanation_of_somebody_else(world: World):
    world.seller_id = world.visitor()
    number = world.place(world.visitor(), [("A", 1)])
    with world.database.reading() as session, pytest.raises(rewards.UnknownEarning):
        rewards.explain(session, f"{number}-1", member_id=world.seller_id + 1)


def _invited(world: World) -> tuple[int, int]:
    """A member and whoever invited them."""
    with world.transaction() as session:
        member, inviter = people.person(session, at=world.now), people.person(session, at=world.now)
        members.join(session, inviter, inviter_id=None, at=world.now)
        members.join(session, member, inviter_id=inviter, at=world.now)
        return member, inviter
