"""A visitor turns out to be somebody we know."""

import pytest
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.members import BindingPolicy, FanBound, FanCounted, Outcome, VisitorMerged
from tests.members.people import NOON, THIRTY_DAYS, bind, days, heard, person, visitor


def merge(session: Session, visitor_id: int, member_id: int, *, day: int = 1) -> members.Merged:
    return members.merge_visitor(session, visitor_id=visitor_id, member_id=member_id, at=days(day))


def test_an_account_without_a_binding_takes_over_the_visitors(session: Session) -> None:
    sponsor, guest, anna = visitor(session), visitor(session), person(session)
    bind(session, guest, sponsor, policy=THIRTY_DAYS)
    promised = members.tie_of(session, guest, at=NOON)

    with heard(session) as told:
        merged = merge(session, guest, anna)

    assert merged.binding_taken
    assert members.tie_of(session, anna, at=days(1)) == promised
    assert members.sponsor_of(session, guest, at=days(1)) is None
    assert told == [
        FanBound(anna, sponsor, days(1)),
        FanCounted(sponsor, anna, days(1)),
        VisitorMerged(guest, anna, days(1)),
    ]


def test_an_accounts_own_binding_is_never_overwritten(session: Session) -> None:
    mine, other, guest, anna = visitor(session), visitor(session), visitor(session), person(session)
    bind(session, anna, mine)
    bind(session, guest, other)

    assert not merge(session, guest, anna).binding_taken

    assert members.sponsor_of(session, anna, at=days(1)) == mine


def test_where_only_newcomers_are_bound_an_older_account_takes_over_no_link(session: Session) -> None:
    sponsor, anna = visitor(session), person(session)
    late = visitor(session, at=days(1))
    bind(session, late, sponsor, at=days(1))
    merged = members.merge_visitor(session, visitor_id=late, member_id=anna, at=days(2), only_new=True)
    assert not merged.binding_taken and members.sponsor_of(session, anna, at=days(2)) is None


def test_where_only_newcomers_are_bound_an_account_made_after_the_link_takes_it_over(session: Session) -> None:
    sponsor, early = visitor(session), visitor(session)
    bind(session, early, sponsor)
    anna = person(session, at=days(1))
    merged = members.merge_visitor(session, visitor_id=early, member_id=anna, at=days(2), only_new=True)
    assert merged.binding_taken and members.sponsor_of(session, anna, at=days(2)) == sponsor


def test_the_visitors_fans_become_the_accounts_fans(session: Session) -> None:
    guest, anna, reader, buyer = visitor(session), person(session), visitor(session), person(session)
    bind(session, reader, guest)
    bind(session, buyer, guest)

    with heard(session) as told:
        merged = merge(session, guest, anna)

    assert (merged.fans_moved, merged.fans_freed) == (2, 0)
    assert members.sponsor_of(session, reader, at=days(1)) == anna
    assert FanCounted(anna, buyer, days(1)) in told
    assert FanCounted(anna, reader, days(1)) not in told
    assert members.sponsor_then(session, buyer, at=NOON) == anna


def test_links_shared_before_go_on_working_for_the_account(session: Session) -> None:
    guest, anna = visitor(session), person(session)
    merge(session, guest, anna)
    fan = visitor(session)

    assert bind(session, fan, guest, at=days(2)) == Outcome.BOUND

    assert members.sponsor_of(session, fan, at=days(2)) == anna


def test_an_account_that_followed_its_own_link_is_set_free(session: Session) -> None:
    guest, anna = visitor(session), person(session)
    bind(session, anna, guest)

    merged = merge(session, guest, anna)

    assert (merged.fans_moved, merged.fans_freed) == (0, 1)
    assert members.sponsor_of(session, anna, at=days(1)) is None


def test_a_visitor_who_followed_the_accounts_own_link_binds_it_to_nobody(session: Session) -> None:
    guest, anna = visitor(session), person(session)
    bind(session, guest, anna)

    assert not merge(session, guest, anna).binding_taken

    assert members.sponsor_of(session, anna, at=days(1)) is None


def test_a_fan_above_the_account_is_set_free_rather_than_closing_a_loop(session: Session) -> None:
    guest, anna, above, top = visitor(session), person(session), visitor(session), visitor(session)
    bind(session, anna, above)
    bind(session, above, top)
    bind(session, top, guest)

    merged = merge(session, guest, anna)

    assert (merged.fans_moved, merged.fans_freed) == (0, 1)
    assert members.upline(session, anna, depth_max=9, at=days(1)) == [above, top]


def test_a_binding_below_the_account_is_not_taken_over(session: Session) -> None:
    guest, anna, below = visitor(session), person(session), visitor(session)
    bind(session, below, anna)
    bind(session, guest, below)

    assert not merge(session, guest, anna).binding_taken

    assert members.upline(session, below, depth_max=9, at=days(1)) == [anna]


def test_whom_the_visitor_invited_the_account_invited(session: Session) -> None:
    guest, anna, ben = visitor(session), person(session), person(session)
    members.join(session, ben, inviter_id=guest, at=NOON)
    members.join(session, anna, inviter_id=ben, at=NOON)
    carl = person(session)
    members.join(session, carl, inviter_id=guest, at=NOON)

    merge(session, guest, anna)

    assert members.inviters(session, carl, depth_max=9) == [anna, ben]
    assert members.inviters(session, anna, depth_max=9) == [ben]


def test_a_first_link_that_waits_comes_along(session: Session) -> None:
    policy = BindingPolicy(on="first_order")
    sponsor, guest, anna = visitor(session), visitor(session), person(session)
    bind(session, guest, sponsor, policy=policy)

    merge(session, guest, anna)

    outcome = members.bind_first_link(session, anna, moment="first_order", policy=policy, at=days(2))
    assert outcome == Outcome.BOUND


def test_only_visitors_are_merged_and_only_into_accounts(session: Session) -> None:
    guest, other, anna, ben = visitor(session), visitor(session), person(session), person(session)

    with pytest.raises(members.AlreadySignedUp):
        merge(session, ben, anna)
    with pytest.raises(members.NotIdentified):
        merge(session, guest, other)
    merge(session, guest, anna)
    with pytest.raises(members.AlreadySignedUp):
        merge(session, guest, ben)


def test_logging_in_merges_the_visitor_of_the_device(session: Session) -> None:
    passwords = members.Passwords(time_cost=1, memory_kib=8, parallelism=1)
    login = members.normalise_login("anna@example.com")
    anna = person(session, login=login.value, password_hash=passwords.hash("horse battery"))
    guest = visitor(session)
    proven = passwords.verify(members.credentials(session, login), "horse battery")

    logged_in = members.log_in(
        session, proven, visitor_id=guest, token_hash="t", device="", expires_at=days(9), at=days(1)
    )

    assert logged_in.merged == members.Merged(guest, anna, binding_taken=False, fans_moved=0, fans_freed=0)
