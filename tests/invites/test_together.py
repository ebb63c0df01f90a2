"""Many at once, each in a thread and a transaction of its own: one code admits one person, one quota is spent once."""

from collections.abc import Callable, Sequence

from shared_core import invites, members
from shared_core.kernel.database import Database
from tests.invites.quotas import Club
from tests.members.test_concurrency import Step, at_once

AT_ONCE = 50
ROUNDS = 4


def using(code: str) -> Callable[[int], Step]:
    return lambda member: lambda session: Club(session).use(member, code)


def test_of_fifty_who_use_the_last_code_at_once_one_gets_in(database: Database) -> None:
    with database.transaction() as session:
        club = Club(session)
        anna = club.promoter()
        code, crowd = club.code(anna), club.members(AT_ONCE)

    results = at_once(database, [using(code)(member) for member in crowd])

    assert results.count(True) == 1
    assert [type(each) for each in results if each is not True] == [invites.InviteCodeUsed] * (AT_ONCE - 1)
    with database.reading() as session:
        joined = [member for member in crowd if members.stage_of(session, member) == members.Stage.PROMOTER]
        assert joined == [crowd[results.index(True)]]
        assert members.inviters(session, joined[0], depth_max=2) == [anna]
        assert invites.balances(session, anna) == invites.Balances(free=0, open=0, used=1)


def test_of_fifty_who_ask_for_the_last_code_at_once_one_is_given_out(database: Database) -> None:
    with database.transaction() as session:
        anna = Club(session).promoter()

    results = at_once(database, [lambda session: Club(session).issue(anna)] * AT_ONCE)

    assert sorted(type(each).__name__ for each in results) == ["Issued", *["QuotaUsedUp"] * (AT_ONCE - 1)]
    with database.reading() as session:
        assert invites.balances(session, anna) == invites.Balances(free=0, open=1, used=0)


def test_one_key_gives_one_code_however_many_ask_with_it_at_once(database: Database) -> None:
    with database.transaction() as session:
        anna = Club(session).promoter()

    results = at_once(database, [lambda session: Club(session).issue(anna, "same")] * 8)

    assert len({each.number for each in results if isinstance(each, invites.Issued)}) == 1
    assert all(isinstance(each, invites.Issued) for each in results)


def test_a_code_is_used_or_comes_back_never_both(database: Database) -> None:
    for _ in range(ROUNDS):
        with database.transaction() as session:
            club = Club(session)
            anna, ben = club.promoter(), club.member()
            issued = club.issue(anna)

        at_once(database, _ends(anna, ben, issued))

        with database.reading() as session:
            kept = invites.balances(session, anna)
            in_ = members.stage_of(session, ben) == members.Stage.PROMOTER
            assert (kept.free, kept.open, kept.used) == ((0, 0, 1) if in_ else (1, 0, 0))


def _ends(anna: int, ben: int, issued: invites.Issued) -> Sequence[Step]:
    def use(session):  # type: ignore[no-untyped-def]
        return Club(session).use(ben, issued.text or "")

    def revoke(session):  # type: ignore[no-untyped-def]
        Club(session).revoke(anna, issued.number)
        return "revoked"

    def expire(session):  # type: ignore[no-untyped-def]
        club = Club(session)
        club.later(days=12)
        return club.expire() + 1

    return [use, revoke, expire, use]


def test_sales_refunds_and_codes_at_once_leave_the_quota_right(database: Database) -> None:
    """Twelve orders complete while codes are given out and used, and some of the goods are refunded."""
    with database.transaction() as session:
        club = Club(session)
        anna, buyer = club.promoter(), club.member()
        placed = [club.place(seller=anna, buyer=buyer, lines=[(10_000, 1)]) for _ in range(12)]
        code, fresh = club.code(anna), club.member()
        for order in placed:
            club.pay(order)
            club.deliver(order)

    def complete(order: int) -> Step:
        def step(session):  # type: ignore[no-untyped-def]
            club = Club(session)
            club.complete(order)
            return club.refund(order, 10_000) if order % 2 else True

        return step

    at_once(database, [*map(complete, placed), using(code)(fresh), lambda session: Club(session).issue(anna)])

    with database.transaction() as session:
        sold = 10_000 * sum(order % 2 == 0 for order in placed)
        standing = invites.standing(session, Club(session).plan, anna)
        kept = invites.balances(session, anna)
        assert standing.sales_minor == sold == 60_000
        assert (kept.used, kept.free + kept.open) == (1, 3), "codes_max of them wait, the rest once they are used"
        assert standing.free == kept.free
