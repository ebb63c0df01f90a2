"""How somebody becomes a promoter under each plan, and who invited them."""

import pytest
from sqlalchemy.orm import Session

from shared_core import invites, members
from tests.invites.quotas import KEYS, Club, quota_plan
from tests.members import people

OPEN = '[join]\nhow = "invite_code"\n[invites]\nmode = "open"\n'
FIRST_ORDER = '[join]\nhow = "first_order"\n[invites]\nmode = "code"\nbase = 2\n'
SPEND = '[join]\nhow = "spend"\nspend = "100"\n'


def signed_up(club: Club, *, code: str = "", linked: int | None = None, at_visitor: int | None = None) -> int:
    member = people.person(club.session, visitor_id=at_visitor, at=club.at)
    invites.signed_up(club.session, club.plan, member, code=code, keys=KEYS, linked_id=linked, at=club.at)
    return member


def test_without_a_code_one_is_a_customer_and_with_one_a_promoter(session: Session) -> None:
    club = Club(session)
    anna = club.promoter()
    ben, carl = signed_up(club), signed_up(club, code=club.code(anna))
    assert (club.stage(ben), club.stage(carl)) == ("customer", "promoter")
    assert club.inviter(carl) == anna
    assert club.there(anna) == (0, 0, 1)


def test_a_code_can_be_used_later_and_once(session: Session) -> None:
    club = Club(session)
    anna, ben, carl = club.promoter(), club.member(), club.member()
    code = club.code(anna)
    assert club.use(ben, code.lower())
    assert not club.use(ben, code), "the same code again changes nothing"
    with pytest.raises(invites.InviteCodeUsed):
        club.use(carl, code)
    assert (club.stage(ben), club.stage(carl), club.inviter(ben)) == ("promoter", "customer", anna)


def test_what_is_no_code_is_refused(session: Session) -> None:
    club = Club(session)
    anna, ben = club.promoter(), club.member()
    code = members.names(session, [anna])[anna]
    for typed in ("0000-0000-0000", code, "x" * 1_000, "'; --", ""):
        with pytest.raises(invites.InviteCodeUnknown):
            club.use(ben, typed)
    with pytest.raises(members.NotIdentified):
        club.use(club.visitor(), club.code(anna))


def test_ones_own_code_and_a_loop_are_refused_and_spend_nothing(session: Session) -> None:
    club = Club(session)
    anna, ben = club.member(), club.promoter()
    members.join(session, carl := club.member(), inviter_id=anna, at=club.at)
    code = club.code(carl)
    with pytest.raises(members.InviterLoop):
        club.use(anna, code)
    own = club.code(ben)
    with pytest.raises(invites.OwnInvite):
        club.use(ben, own)
    assert club.there(carl) == (0, 1, 0) and club.there(ben) == (0, 1, 0)


def test_who_is_in_already_needs_no_code(session: Session) -> None:
    club = Club(session)
    anna, ben = club.promoter(), club.promoter()
    with pytest.raises(members.AlreadyJoined):
        club.use(ben, club.code(anna))


def test_an_expired_or_revoked_code_is_gone(session: Session) -> None:
    club = Club(session)
    anna, ben, carl = club.promoter(), club.promoter(), club.member()
    late, taken = club.code(anna), club.issue(ben)
    club.revoke(ben, taken.number)
    assert taken.text is not None
    with pytest.raises(invites.InviteCodeExpired):
        club.use(carl, taken.text)
    club.later(days=11)
    with pytest.raises(invites.InviteCodeExpired):
        club.use(carl, late)


def test_where_everybody_invites_a_members_code_or_link_is_an_invitation(session: Session) -> None:
    club = Club(session, quota_plan(OPEN))
    anna, guest = club.promoter(), club.visitor()
    by_link, by_visitors_link = signed_up(club, linked=anna), signed_up(club, linked=guest)
    code = "P" + str(next(people.numbers))
    zoe = members.sign_up(
        session,
        login=members.normalise_login(f"{code}@example.com"),
        password_hash=None,
        name="Zoe",
        visitor_id=None,
        code=code,
        policy=people.FOR_EVER,
        at=club.at,
    )
    with pytest.raises(invites.InviteCodeUnknown):
        signed_up(club, code=code)
    invites.let_in(session, zoe, at=club.at)
    by_code = signed_up(club, code=code.lower())
    assert (club.inviter(by_link), club.inviter(by_code)) == (anna, zoe)
    assert club.stage(by_visitors_link) == "customer"
    with pytest.raises(invites.NoCodesHere):
        club.issue(anna)


def test_a_closed_shop_takes_no_code(session: Session) -> None:
    club = Club(session, quota_plan('[invites]\nmode = "closed"\n'))
    with pytest.raises(invites.InvitesClosed):
        club.use(club.member(), "0000-0000-0000")


def test_where_only_codes_invite_a_link_names_no_inviter(session: Session) -> None:
    club = Club(session, quota_plan('[invites]\nmode = "code"\nbase = 1\n'))
    anna = club.promoter()
    ben = signed_up(club, linked=anna)
    people.bind(session, carl := club.member(), anna, at=club.at)
    invites.enrol(session, club.plan, carl, invited_by=None, at=club.at)
    dora = signed_up(club, code=club.code(anna), linked=ben)
    assert [club.stage(each) for each in (ben, carl, dora)] == ["promoter"] * 3
    assert [club.inviter(each) for each in (ben, carl, dora)] == [None, None, anna]


def test_where_the_lock_decides_a_code_lets_in_and_the_sponsor_is_the_inviter(session: Session) -> None:
    club = Club(
        session, quota_plan('[join]\nhow = "invite_code"\n[invites]\nmode = "code"\nbase = 1\ninviter_is = "lock"\n')
    )
    anna, sponsor, ben = club.promoter(), club.member(), club.member()
    people.bind(session, ben, sponsor, at=club.at)
    assert club.use(ben, club.code(anna))
    assert club.inviter(ben) == sponsor and club.there(anna) == (0, 0, 1)


def test_a_first_completed_order_makes_a_promoter_invited_by_whom_they_said(session: Session) -> None:
    club = Club(session, quota_plan(FIRST_ORDER))
    anna, ben = club.promoter(), club.member()
    assert not club.use(ben, club.code(anna)), "the code names who invites, the order lets in"
    assert club.there(anna) == (1, 0, 1)
    order = club.place(seller=None, buyer=ben)
    club.pay(order)
    club.deliver(order)
    assert not invites.bought(session, club.plan, ben, at=club.at)
    club.complete(order)
    assert invites.bought(session, club.plan, ben, at=club.at)
    assert not invites.bought(session, club.plan, ben, at=club.at)
    assert (club.stage(ben), club.inviter(ben)) == ("promoter", anna)
    with pytest.raises(invites.AlreadyInvited):
        club.use(ben, club.code(anna))


def test_purchases_net_of_refunds_make_a_promoter_from_the_threshold_on(session: Session) -> None:
    club = Club(session, quota_plan(SPEND))
    ben = club.member()
    order = club.sale(seller=None, buyer=ben, goods=6_000)
    club.refund(order, 1)
    club.sale(seller=None, buyer=ben, goods=4_000)
    assert not invites.bought(session, club.plan, ben, at=club.at), "99.99 of 100.00"
    club.sale(seller=None, buyer=ben, goods=1)
    assert invites.bought(session, club.plan, ben, at=club.at)


def test_a_visitors_purchases_count_when_they_sign_up(session: Session) -> None:
    club = Club(session, quota_plan(SPEND))
    guest = club.visitor()
    club.sale(seller=None, buyer=guest, goods=10_000)
    assert not invites.bought(session, club.plan, guest, at=club.at)
    assert club.stage(signed_up(club, at_visitor=guest)) == "promoter"


def test_the_shop_lets_the_first_ones_in(session: Session) -> None:
    club = Club(session)
    anna = club.member()
    assert invites.let_in(session, anna, at=club.at) and not invites.let_in(session, anna, at=club.at)
    assert club.story(anna) == [("base", 1)]
    with pytest.raises(members.NotIdentified):
        invites.let_in(session, club.visitor(), at=club.at)
