"""The quota of a member: what earns codes, what spends them, what comes back, told entry by entry."""

import pytest
from sqlalchemy.orm import Session

from shared_core import invites, members
from tests.invites.quotas import BY_CODE, KEYS, Club, quota_plan


def test_own_sales_earn_codes_when_they_are_completed(session: Session) -> None:
    club = Club(session)
    anna, buyer = club.promoter(), club.member()
    order = club.place(seller=anna, buyer=buyer, lines=[(15_000, 1)])
    club.pay(order)
    club.deliver(order)
    assert club.there(anna) == (1, 0, 0)
    club.complete(order)
    club.complete(order)
    club.sale(seller=anna, buyer=buyer, goods=4_999)
    assert club.there(anna) == (2, 0, 0), "199.99 earn one"
    club.sale(seller=anna, buyer=buyer, goods=1)
    assert club.story(anna) == [("base", 1), ("earned", 1), ("earned", 1)]


def test_what_one_buys_earns_nothing_unless_the_plan_counts_it(session: Session) -> None:
    club = Club(session)
    anna = club.promoter()
    club.sale(seller=anna, buyer=anna, goods=50_000)
    club.sale(seller=None, buyer=anna, goods=50_000)
    assert club.there(anna) == (1, 0, 0)


def test_what_one_buys_earns_where_the_plan_counts_it(session: Session) -> None:
    club = Club(session, quota_plan(BY_CODE + "counts_self_purchase = true\n"))
    anna = club.promoter()
    club.sale(seller=None, buyer=anna, goods=10_000)
    assert club.there(anna) == (2, 0, 0)


def test_sales_from_before_count_when_somebody_joins(session: Session) -> None:
    club = Club(session)
    anna, buyer = club.member(), club.member()
    club.sale(seller=anna, buyer=buyer, goods=10_000)
    assert club.story(anna) == []
    invites.let_in(session, anna, at=club.at)
    assert club.story(anna) == [("base", 1), ("earned", 1)]


def test_a_code_given_out_is_spent_when_used_and_for_good(session: Session) -> None:
    club = Club(session)
    anna, ben = club.promoter(), club.member()
    issued = club.issue(anna)
    assert club.there(anna) == (0, 1, 0)
    with pytest.raises(invites.QuotaUsedUp):
        club.issue(anna)
    club.use(ben, issued.text or "")
    with pytest.raises(invites.CodeNotOpen):
        club.revoke(anna, issued.number)
    club.later(days=30)
    assert club.expire() == 0
    assert club.there(anna) == (0, 0, 1)
    assert club.story(anna) == [("base", 1), ("issued", 1), ("used", 1)]


def test_asking_twice_with_one_key_gives_one_code(session: Session) -> None:
    club = Club(session)
    anna, buyer = club.promoter(), club.member()
    club.sale(seller=anna, buyer=buyer, goods=20_000)
    first, again, other = club.issue(anna, "same"), club.issue(anna, "same"), club.issue(anna, "other")
    assert first == again and first.text != other.text
    assert club.there(anna) == (1, 2, 0)


def test_an_unused_code_comes_back_once(session: Session) -> None:
    club = Club(session)
    anna, ben = club.promoter(), club.promoter()
    expiring, revoked = club.issue(anna), club.issue(ben)
    club.revoke(ben, revoked.number)
    club.revoke(ben, revoked.number)
    club.later(days=10)
    assert club.expire() == 0, "the tenth day counts whole"
    club.later(days=1)
    assert (club.expire(), club.expire()) == (1, 0)
    with pytest.raises(invites.CodeNotOpen):
        club.revoke(anna, expiring.number)
    assert club.there(anna) == club.there(ben) == (1, 0, 0)
    assert club.story(anna) == [("base", 1), ("issued", 1), ("expired", 1)]
    states = [each.state for each in invites.codes_of(session, anna, keys=KEYS, at=club.at)]
    assert states == [invites.CodeState.EXPIRED]


def test_nobody_takes_back_a_code_of_somebody_else(session: Session) -> None:
    club = Club(session)
    anna, ben = club.promoter(), club.promoter()
    with pytest.raises(invites.UnknownInvite):
        club.revoke(ben, club.issue(anna).number)


def test_a_refund_takes_back_what_is_free_and_leaves_the_rest_as_a_debt(session: Session) -> None:
    club = Club(session)
    anna, buyer = club.promoter(), club.member()
    order = club.sale(seller=anna, buyer=buyer, goods=20_000)
    club.use(club.member(), club.code(anna))
    given = club.code(anna)
    assert club.there(anna) == (1, 1, 1)
    club.refund(order, 20_000)
    assert club.there(anna) == (0, 1, 1), "neither the used code nor the one given out is touched"
    standing = invites.standing(session, club.plan, anna)
    assert (standing.debt, standing.sales_to_next) == (1, 20_000)
    club.sale(seller=anna, buyer=buyer, goods=10_000)
    assert club.there(anna) == (0, 1, 1), "the first code earned anew makes up for the debt"
    assert club.use(club.member(), given), "a code given out stays good"
    club.sale(seller=anna, buyer=buyer, goods=10_000)
    assert club.there(anna) == (1, 0, 2)
    assert club.story(anna)[-3:] == [("taken_back", 1), ("used", 1), ("earned", 1)]


def test_a_code_that_comes_back_into_a_debt_is_swallowed(session: Session) -> None:
    club = Club(session)
    anna, buyer = club.promoter(), club.member()
    order = club.sale(seller=anna, buyer=buyer, goods=10_000)
    club.issue(anna)
    club.issue(anna)
    club.refund(order, 10_000)
    club.later(days=11)
    assert club.expire() == 2
    assert club.there(anna) == (1, 0, 0)
    assert club.story(anna)[-3:] == [("expired", 1), ("taken_back", 1), ("expired", 1)]


def test_what_codes_max_holds_back_comes_when_a_code_is_used(session: Session) -> None:
    club = Club(session)
    anna, buyer = club.promoter(), club.member()
    club.sale(seller=anna, buyer=buyer, goods=100_000)
    assert club.there(anna) == (3, 0, 0)
    codes = [club.code(anna) for _ in range(3)]
    assert invites.standing(session, club.plan, anna).full
    with pytest.raises(invites.QuotaUsedUp):
        club.issue(anna)
    club.use(club.member(), codes[0])
    assert club.there(anna) == (1, 2, 1)


def test_the_sales_of_a_visitor_who_logs_in_earn_for_the_account(session: Session) -> None:
    club = Club(session)
    anna, guest, buyer = club.promoter(), club.visitor(), club.member()
    club.sale(seller=guest, buyer=buyer, goods=10_000)
    late = club.place(seller=guest, buyer=buyer, lines=[(10_000, 1)])
    club.sale(seller=guest, buyer=anna, goods=90_000)
    members.merge_visitor(session, visitor_id=guest, member_id=anna, at=club.at)
    assert club.there(anna) == (2, 0, 0), "what the account bought from its own disguise was not sold to others"
    club.complete(late)
    assert club.story(anna) == [("base", 1), ("earned", 1), ("earned", 1)]


def test_every_entry_says_why_and_what_was_left(session: Session) -> None:
    club = Club(session)
    anna, buyer = club.promoter(), club.member()
    order = club.sale(seller=anna, buyer=buyer, goods=10_000)
    issued = club.issue(anna)
    club.refund(order, 10_000)
    told = [
        (each.kind, each.free_change, each.free_after, each.sales_minor, each.number)
        for each in reversed(invites.entries(session, anna))
    ]
    assert told == [
        ("base", 1, 1, 0, None),
        ("earned", 1, 2, 10_000, None),
        ("issued", -1, 1, 10_000, issued.number),
        ("taken_back", -1, 0, 0, None),
    ]
    newest = invites.entries(session, anna, limit=1)[0]
    assert next(each.id for each in invites.entries(session, anna, before=newest.id)) < newest.id
    exported = list(invites.export_entries(session))
    assert [(each.member_id, each.kind) for each in exported] == [(anna, kind) for kind, *_ in told]


def test_a_changed_plan_counts_when_the_next_code_is_asked_for(session: Session) -> None:
    club = Club(session)
    anna = club.promoter()
    club.plan = quota_plan(BY_CODE.replace("base = 1", "base = 3"))
    assert invites.standing(session, club.plan, anna).free == 3
    club.issue(anna)
    assert club.there(anna) == (2, 1, 0)


def test_only_a_rank_whose_role_invites_gives_codes_out(session: Session) -> None:
    ranks = '[[ranks]]\nid = "new"\nname = "New"\n[[ranks]]\nid = "old"\nname = "Old"\n'
    ranks += 'criteria = [{ metric = "own_retail_sales", at_least = "100" }]\n'
    roles = '[[roles]]\nid = "teacher"\nname = "Teacher"\nfrom_rank = "old"\ncan_invite = true\n'
    club = Club(session, quota_plan(BY_CODE + roles + ranks))
    anna, buyer = club.promoter(), club.member()
    with pytest.raises(invites.MayNotInvite):
        club.issue(anna)
    club.sale(seller=anna, buyer=buyer, goods=10_000)
    assert club.issue(anna).text
    with pytest.raises(invites.MayNotInvite):
        club.issue(buyer)


def test_a_copy_of_the_database_shows_no_code(session: Session) -> None:
    club = Club(session)
    anna = club.promoter()
    issued = club.issue(anna)
    assert invites.codes_of(session, anna, keys=("another key",), at=club.at)[0].text is None
    assert invites.codes_of(session, anna, keys=("a new key", *KEYS), at=club.at)[0].text == issued.text
