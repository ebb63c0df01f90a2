"""The team fund: earned like any share, nobody's in person, handed out by the shop, never more than it has."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared_core import ledger, rewards
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Invalid, PlatformError
from shared_core.kernel.money import Money
from shared_core.kernel.reader import Reader
from shared_core.ledger import Posting, accounts, entry
from shared_core.rewards import HandoutState, fund, rules, statements
from tests.plan.plans import read, rule
from tests.rewards.shops import ZONE, Shop

PLAN = read(
    '[settlement]\ndays = 7\n[tax]\nwithholding = "cn-labour"\n'
    + rule("seller", rate="10%")
    + rule("fund", "team_fund", rate="3%")
)


@pytest.fixture
def shop(session: Session) -> Shop:
    return Shop(session, PLAN)


def promoters(shop: Shop, count: int) -> list[int]:
    made = shop.members(count)
    for each in made:
        shop.joins(each)
    return made


def filled(shop: Shop, goods: int = 100_000) -> int:
    """The fund has 3 % of `goods` for good; the order's id."""
    return shop.sale(seller=shop.member(), buyer=shop.member(), goods=goods)


def give(shop: Shop, code: str, actor: str, *, above: int | None = None) -> rewards.HandoutFound:
    limit = None if above is None else Money(above, "CNY")
    return rewards.give_handout(shop.session, code, actor=actor, at=shop.at, two_people_above=limit)


def test_the_fund_s_story(shop: Shop):
    """Two orders of 1,000.00: the fund gets 3 % of each, 30.00, whoever sold; the seller 100.00.

    Before its first order completes, a fifth of it, 200.00, goes back: ⌊30.00 × 200 ÷ 1,000⌋ = 6.00 of the fund's are
    taken back, 24.00 mature. Of them 15.00 go to Ming and 5.00 to Hua; 4.00 stay. Then the whole first order is
    refunded: the other 24.00 are taken back, and the fund has 4.00 - 24.00 = -20.00. Nothing can be handed out. The
    second order, which nobody sold, matures: 30.00 - 20.00 = 10.00 are there, and no more. Ming takes out 15.00 like
    other income.
    """
    seller, buyer = shop.members(2)
    ming, hua = promoters(shop, 2)
    first = shop.place(seller=seller, buyer=buyer, lines=[(100_000, 60_000)])
    shop.pay(first)
    assert (shop.fund(), shop.owed(seller)) == ((3_000, 0), (10_000, 0))
    shop.refund(first, 20_000)
    assert shop.fund() == (2_400, 0)
    shop.deliver(first)
    with pytest.raises(rewards.HandoutAboveFund, match=r"0.00 CNY of the team fund can be handed out, not 1.00 CNY"):
        shop.hand_out({ming: 100})
    shop.later(days=8)
    shop.complete(first)
    assert shop.fund() == (0, 2_400)

    shop.hand_out({ming: 1_500, hua: 500}, "H")
    assert (shop.fund(), shop.owed(ming), shop.owed(hua)) == ((0, 400), (0, 1_500), (0, 500))
    shop.refund(first, 80_000)
    assert shop.fund() == (0, -2_000), "a debt that what comes in nets"
    with pytest.raises(rewards.HandoutAboveFund, match=r"-20.00 CNY"):
        shop.hand_out({hua: 1})

    shop.sale(seller=None, buyer=buyer, goods=100_000)
    assert shop.fund() == (0, 1_000)
    with pytest.raises(rewards.HandoutAboveFund):
        shop.hand_out({hua: 1_001})
    shop.hand_out({hua: 1_000})
    payout = shop.request(ming, 1_500)
    assert (payout.gross_minor, payout.tax_minor) == (1_500, 0)
    assert (shop.fund(), shop.owed(ming), shop.owed(hua)) == ((0, 0), (0, 0), (0, 1_500))
    pot = rewards.pot(shop.session, "CNY")
    assert (pot.inside.total.minor, pot.handed_out.minor) == (0, 3_000)
    assert shop.commission() == 3_000, "the seller's share of the refunded order went back too: 100.00 - 100.00"


def test_what_was_handed_out_is_taxed_like_other_income(shop: Shop):
    """3,000.00 out of the fund, taken out at once: (3,000 - 800) x 20 % = 440.00 are withheld."""
    [ming] = promoters(shop, 1)
    filled(shop, 10_000_000)
    shop.hand_out({ming: 300_000})
    assert shop.request(ming, 300_000).tax_minor == 44_000


def test_a_dispute_keeps_the_fund_s_part_back_until_it_is_decided(shop: Shop):
    [ming] = promoters(shop, 1)
    order = filled(shop)
    dispute = shop.dispute(order, 50_000)
    wallet = rewards.wallet(shop.session, None, "CNY")
    assert (wallet.held.minor, wallet.available.minor) == (1_500, 1_500)
    with pytest.raises(rewards.HandoutAboveFund):
        shop.hand_out({ming: 1_501})
    shop.end_dispute(dispute, "won")
    shop.hand_out({ming: 3_000})


def test_a_statement_tells_what_came_out_of_the_fund_and_why(shop: Shop):
    [ming] = promoters(shop, 1)
    filled(shop)
    shop.hand_out({ming: 700}, "H", reason=" trained\n the new ones ")
    told = rewards.statement(shop.session, ming, "2026-03", currency="CNY", zone=ZONE, at=shop.at)
    assert told.total(rewards.Entry.TEAM_FUND).minor == told.closing.available.minor == 700
    [line] = told.lines
    assert (line.kind, line.subject, line.memo) == ("fund", "H", "trained the new ones")


def test_the_same_code_is_one_hand_out(shop: Shop):
    ming, hua = promoters(shop, 2)
    filled(shop)
    first = shop.hand_out({ming: 1_000}, "H")
    assert shop.hand_out({ming: 1_000}, "H").row is first.row
    assert give(shop, "H", "staff:902").state == HandoutState.GIVEN
    assert (shop.fund(), shop.owed(ming)) == ((0, 2_000), (0, 1_000))
    for others in ({ming: 999}, {hua: 1_000}, {ming: 1_000, hua: 1}):
        with pytest.raises(rewards.HandoutCodeReused):
            shop.hand_out(others, "H")
    with pytest.raises(rewards.HandoutCodeReused):
        shop.hand_out({ming: 1_000}, "H", reason="another one")


def test_a_large_hand_out_needs_two_people_and_both_are_on_record(shop: Shop):
    """The limit is of all members together: 10.01 to two of them is above 10.00."""
    ming, hua = promoters(shop, 2)
    filled(shop)
    proposed = shop.hand_out({ming: 500, hua: 501}, "H", actor="staff:901", two_people_above=1_000)
    assert (proposed.state, shop.fund()) == (HandoutState.PROPOSED, (0, 3_000)), "nothing has moved"
    assert [each.row.code for each in rewards.handouts(shop.session, waiting=True)] == ["H"]
    with pytest.raises(rewards.HandoutBySamePerson, match=r"H, which is above 10.00 CNY"):
        give(shop, "H", "staff:901", above=1_000)
    given = give(shop, "H", "staff:902", above=1_000)
    assert given.end is not None and (given.row.actor, given.end.actor) == ("staff:901", "staff:902")
    assert rewards.handouts(shop.session, waiting=True) == []
    give(shop, "H", "staff:903", above=1_000)
    assert (shop.fund(), shop.owed(ming), shop.owed(hua)) == ((0, 1_999), (0, 500), (0, 501))
    with pytest.raises(rewards.HandoutEnded):
        rewards.drop_handout(shop.session, "H", actor="staff:901", at=shop.at)


def test_a_hand_out_of_the_limit_needs_one(shop: Shop):
    [ming] = promoters(shop, 1)
    filled(shop)
    assert shop.hand_out({ming: 1_000}, two_people_above=1_000).state == HandoutState.GIVEN


def test_nobody_hands_anything_to_themselves_where_two_people_are_needed(shop: Shop):
    """However small the part: slices below the limit would add up."""
    [ming, hua] = promoters(shop, 2)
    filled(shop)
    own = shop.hand_out({ming: 1, hua: 1}, "H", actor=f"staff:{ming}", two_people_above=1_000)
    assert own.state == HandoutState.PROPOSED
    for actor in (f"staff:{ming}", f"staff:{hua}"):
        with pytest.raises(rewards.HandoutToOneself):
            give(shop, "H", actor, above=1_000)
    assert give(shop, "H", "staff:99", above=1_000).state == HandoutState.GIVEN
    assert shop.hand_out({ming: 1}, "I", actor=f"staff:{ming}").state == HandoutState.GIVEN, "alone, without a limit"


def test_what_was_proposed_and_dropped_moves_nothing(shop: Shop):
    [ming] = promoters(shop, 1)
    filled(shop)
    shop.hand_out({ming: 1_001}, "H", two_people_above=1_000)
    for _ in range(2):
        dropped = rewards.drop_handout(shop.session, "H", actor="staff:901", at=shop.at)
        assert dropped.state == HandoutState.DROPPED
    with pytest.raises(rewards.HandoutEnded):
        give(shop, "H", "staff:902", above=1_000)
    assert shop.fund() == (0, 3_000)
    with pytest.raises(rewards.UnknownHandout):
        give(shop, "X", "staff:902")


def test_what_went_out_in_the_meantime_is_missing_when_the_second_person_gives(shop: Shop):
    [ming] = promoters(shop, 1)
    filled(shop)
    shop.hand_out({ming: 2_500}, "H", two_people_above=1_000)
    shop.hand_out({ming: 1_000})
    with pytest.raises(rewards.HandoutAboveFund, match=r"20.00 CNY of the team fund can be handed out, not 25.00"):
        give(shop, "H", "staff:902", above=1_000)


@pytest.mark.parametrize(
    ("parts", "reason", "field"),
    [
        ({}, "why", "parts"),
        ({1: 5}, "  ", "reason"),
        ({1: 5}, "x" * 201, "reason"),
        ({1: 0}, "why", "amount"),
        ({1: 10, 2: -5}, "why", "amount"),
        ({10**9: 5}, "why", "members"),
        (dict.fromkeys(range(1, 52), 1), "why", "parts"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(shop: Shop, parts: Mapping[int, int], reason: str, field: str):
    filled(shop)
    with pytest.raises(Invalid) as refused:
        if parts:
            shop.hand_out(parts, reason=reason)
        else:
            rewards.hand_out(shop.session, {}, reason=reason, code="H", actor="staff:901", at=shop.at)
    assert refused.value.params["field"] == field
    assert rewards.handouts(shop.session) == []


def test_only_who_has_joined_gets_something(shop: Shop):
    filled(shop)
    for nobody in (shop.member(), shop.visitor()):
        with pytest.raises(Invalid, match="only promoters"):
            shop.hand_out({nobody: 100})


def test_an_earning_of_the_fund_explains_itself(shop: Shop):
    order = filled(shop)
    shop.refund(order, 10_000)
    [row] = [each for each in rewards.earnings_on(shop.session, order) if each.member_id is None]
    assert [each.code for each in rewards.fund_earnings(shop.session)] == [row.code]
    found = rewards.explain(shop.session, row.code)
    moved = {reference.partition(":")[0]: [each.amount.minor for each in own] for reference, own in found.bookings}
    assert moved == {"alloc": [3_000], "mat": [3_000], "claw": [300]}
    told = {chapter.key: chapter.lines for chapter in rewards.tell(found, Reader("en", str, ZONE))}
    assert "Team fund" in told["rule"][0] and not any("rank" in line for line in told["rule"])
    assert told["state"] == ("CN¥27.00 are the team fund's for good and can be handed out.",)
    with pytest.raises(rewards.UnknownEarning):
        rewards.explain(shop.session, row.code, member_id=shop.member())


def test_a_trial_limits_the_fund_like_somebody_who_earns(session: Session):
    shop = Shop(session, PLAN)
    shop.rewards = rewards.listeners([PLAN], ZONE, on_trial=lambda session, plan, at: True)
    for _ in range(2):
        shop.place(seller=None, buyer=shop.member(), lines=[(4_000_000, 1)])
    refused = rewards.refused_shares(session)
    assert [(each.member_id, each.payee, each.reason) for each in refused][:1] == [(None, "team_fund", "month")]


def at_once(database: Database, work: Callable[[Session, int], object], times: int = 8) -> list[str]:
    """What became of the same work, done by several at the same moment."""

    def one(number: int) -> str:
        try:
            with database.transaction() as session:
                work(session, number)
        except PlatformError as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(times) as crowd:
        return sorted(crowd.map(one, range(times)))


def test_eight_at_once_never_hand_out_more_than_there_is(database: Database):
    """30.00 are there, each wants 10.00: three get it."""
    with database.transaction() as session:
        shop = Shop(session, PLAN)
        [ming] = promoters(shop, 1)
        filled(shop)
        at = shop.at

    def hand(session: Session, number: int) -> None:
        mine = Shop(session, PLAN)
        mine.at = at
        mine.hand_out({ming: 1_000}, f"H{number}")

    assert at_once(database, hand) == ["done"] * 3 + ["handout_above_fund"] * 5
    with database.reading() as session:
        assert Shop(session, PLAN).fund() == (0, 0)


def test_two_people_giving_the_same_hand_out_at_once_give_it_once(database: Database):
    with database.transaction() as session:
        shop = Shop(session, PLAN)
        [ming] = promoters(shop, 1)
        filled(shop)
        shop.hand_out({ming: 1_000}, "H", two_people_above=100)

    def second(session: Session, number: int) -> None:
        give(Shop(session, PLAN), "H", f"staff:{number + 2}", above=100)

    assert at_once(database, second) == ["done"] * 8
    with database.reading() as session:
        shop = Shop(session, PLAN)
        assert (shop.fund(), shop.owed(ming)) == ((0, 2_000), (0, 1_000))


def test_a_refund_and_a_hand_out_at_once_leave_no_debt_that_a_hand_out_made(database: Database):
    """Whoever comes second sees the first: the fund ends at 0.00 without a hand-out, or at -30.00 with one before."""
    with database.transaction() as session:
        shop = Shop(session, PLAN)
        [ming] = promoters(shop, 1)
        order, at = filled(shop), shop.at

    def either(session: Session, number: int) -> None:
        mine = Shop(session, PLAN)
        mine.at = at
        if number == 0:
            mine.refund(order, 100_000)
        else:
            mine.hand_out({ming: 3_000}, "H")

    answers = at_once(database, either, times=2)
    with database.reading() as session:
        shop = Shop(session, PLAN)
        given = int(session.scalar(select(func.count()).select_from(rewards.HandoutEnd)) or 0)
        assert answers == (["done", "done"] if given else ["done", "handout_above_fund"])
        assert shop.fund() == (0, -3_000 * given)


# --- planted bugs ---------------------------------------------------------------------------------------------------


def one_person_hands_out_anything(planted: pytest.MonkeyPatch) -> None:
    """The limit is not asked."""
    planted.setattr(rules, "needs_two", lambda gross, limit: False)


def whoever_proposed_may_give(planted: pytest.MonkeyPatch) -> None:
    """One person counts for two."""
    planted.setattr(rules, "may_settle", lambda gross, limit, approved_by, actor: True)


def what_is_given_is_not_looked_at_again(planted: pytest.MonkeyPatch) -> None:
    """The second person gives what the fund no longer has."""
    planted.setattr(fund, "_require_enough", lambda session, asked: None)


def the_fund_stays_full(planted: pytest.MonkeyPatch) -> None:
    """What members get is a cost of its own and the fund keeps its money."""

    def anew(parts: Mapping[int, Money]) -> list[Posting]:
        cost = accounts.commission()
        return [entry(debit=cost, credit=accounts.member_available(each), amount=part) for each, part in parts.items()]

    planted.setattr(rules, "handout_postings", anew)


def a_statement_takes_the_fund_for_something_else(planted: pytest.MonkeyPatch) -> None:
    """Nobody can tell it from what a visitor brought along."""
    sort = statements.entry_of

    def other(row: ledger.JournalRow, own: tuple[str, ...]) -> statements.Entry:
        found = sort(row, own)
        return statements.Entry.OTHER if found == statements.Entry.TEAM_FUND else found

    planted.setattr(statements, "entry_of", other)


KILLED_BY: list[tuple[Callable[[pytest.MonkeyPatch], None], Callable[[Shop], None]]] = [
    (one_person_hands_out_anything, test_a_large_hand_out_needs_two_people_and_both_are_on_record),
    (whoever_proposed_may_give, test_a_large_hand_out_needs_two_people_and_both_are_on_record),
    (
        what_is_given_is_not_looked_at_again,
        test_what_went_out_in_the_meantime_is_missing_when_the_second_person_gives,
    ),
    (the_fund_stays_full, test_the_fund_s_story),
    (a_statement_takes_the_fund_for_something_else, test_a_statement_tells_what_came_out_of_the_fund_and_why),
]


@pytest.mark.parametrize(("bug", "test"), KILLED_BY, ids=[bug.__name__ for bug, _ in KILLED_BY])
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None],
    test: Callable[[Shop], None],
    monkeypatch: pytest.MonkeyPatch,
    shop: Shop,
):
    bug(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError, PlatformError, pytest.fail.Exception)):
        test(shop)
