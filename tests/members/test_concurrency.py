"""What several transactions do to the network at the same moment. Every round starts behind a barrier."""

import itertools
import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.members import BindingPolicy, Outcome
from shared_core.members.models import BindingRow, HeadRow, Member
from tests.members.people import FOR_EVER, NOON, bind, chain, days, person, visitor

ROUNDS = 12
Step = Callable[[Session], object]


def at_once(database: Database, steps: Sequence[Step]) -> list[object]:
    """What each step returns, or the refusal it raises; each in a thread and a transaction of its own."""
    gate = threading.Barrier(len(steps))
    results: list[object] = [None] * len(steps)

    def run(number: int) -> None:
        gate.wait()
        try:
            with database.transaction() as session:
                results[number] = steps[number](session)
        except PlatformError as refusal:
            results[number] = refusal

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in results, "a transaction broke"
    return results


def visitors(database: Database, count: int) -> list[int]:
    with database.transaction() as session:
        return [visitor(session) for _ in range(count)]


def binding(fan_id: int, sponsor_id: int, *, policy: BindingPolicy = FOR_EVER) -> Step:
    return lambda session: bind(session, fan_id, sponsor_id, policy=policy)


def above(database: Database) -> dict[int, int]:
    with database.reading() as session:
        return {row.fan_id: row.sponsor_id for row in session.execute(select(BindingRow.fan_id, BindingRow.sponsor_id))}


def has_loop(database: Database) -> bool:
    sponsors = above(database)
    for start in sponsors:
        here: int | None = start
        for _ in sponsors:
            here = sponsors.get(here) if here is not None else None
        if here is not None and here in sponsors:
            return True
    return False


def test_two_who_follow_each_others_link_are_not_bound_to_each_other(database: Database) -> None:
    for _ in range(ROUNDS):
        anna, ben = visitors(database, 2)

        outcomes = at_once(database, [binding(anna, ben), binding(ben, anna)])

        assert sorted(map(str, outcomes)) == ["bound", "refused_loop"]


@pytest.mark.parametrize("size", [3, 4, 6])
def test_links_that_together_would_close_a_ring_leave_it_open(database: Database, size: int) -> None:
    for _ in range(ROUNDS // 2):
        ring = visitors(database, size)
        pairs = [(ring[place], ring[(place + 1) % size]) for place in range(size)]

        outcomes = at_once(database, [binding(*pair) for pair in pairs])

        assert sorted(map(str, outcomes)) == [*["bound"] * (size - 1), "refused_loop"]
    assert not has_loop(database)


def test_two_links_that_share_nobody_do_not_join_two_chains_into_a_ring(database: Database) -> None:
    for _ in range(ROUNDS):
        anna, ben, carl, dora = visitors(database, 4)
        with database.transaction() as session:
            chain(session, anna, ben)
            chain(session, carl, dora)

        outcomes = at_once(database, [binding(ben, carl), binding(dora, anna)])

        assert sorted(map(str, outcomes)) == ["bound", "refused_loop"]


def test_of_many_first_links_one_wins(database: Database) -> None:
    for _ in range(ROUNDS):
        fan, *sponsors = visitors(database, 5)

        outcomes = at_once(database, [binding(fan, sponsor) for sponsor in sponsors])

        assert sorted(map(str, outcomes)) == [*["already_bound"] * 3, "bound"]
        assert above(database)[fan] == sponsors[outcomes.index(Outcome.BOUND)]


def test_an_unprotected_fan_is_taken_once(database: Database) -> None:
    policy = BindingPolicy(days=30, protected_days=0)
    for _ in range(ROUNDS):
        fan, first, *sponsors = visitors(database, 5)
        with database.transaction() as session:
            bind(session, fan, first, policy=policy, at=days(-5))

        outcomes = at_once(database, [binding(fan, sponsor, policy=policy) for sponsor in sponsors])

        assert sorted(map(str, outcomes)) == ["already_bound", "already_bound", "bound"]


def test_who_signs_up_while_being_bound_is_counted_once(database: Database) -> None:
    for number in range(ROUNDS):
        fan, sponsor = visitors(database, 2)

        at_once(database, [binding(fan, sponsor), lambda session, fan=fan: person(session, visitor_id=fan)])

        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(HeadRow)) == number + 1


def test_one_login_makes_one_account(database: Database) -> None:
    for number in range(ROUNDS):
        steps: list[Step] = [
            lambda session, name=name, number=number: person(session, name, login=f"same-{number}@example.com")
            for name in ("Anna", "Ben", "Carl")
        ]

        results = at_once(database, steps)

        assert len([result for result in results if isinstance(result, members.LoginTaken)]) == 2


def test_one_cookie_makes_one_visitor(database: Database) -> None:
    for number in range(ROUNDS):
        steps: list[Step] = [
            lambda session, code=code, number=number: members.create_visitor(
                session, token_hash=f"cookie-{number}", code=f"{code}{number}", at=NOON
            )
            for code in "ABCD"
        ]

        assert len(set(at_once(database, steps))) == 1


def test_nobody_is_bound_to_a_visitor_who_is_being_merged(database: Database) -> None:
    for _ in range(ROUNDS):
        with database.transaction() as session:
            anna, guest, old_fan, new_fan = person(session), visitor(session), visitor(session), visitor(session)
            bind(session, old_fan, guest)
            code = session.get_one(Member, guest).code

        def fresh_click(session: Session, code: str = code, fan: int = new_fan) -> object:
            click = members.Click(code, NOON, visitor_token_hash=f"new-{fan}", visitor_code=f"N{fan}")
            return members.record_clicks(session, [click], policy=FOR_EVER)

        def merge(session: Session, guest: int = guest, anna: int = anna) -> object:
            return members.merge_visitor(session, visitor_id=guest, member_id=anna, at=NOON)

        at_once(database, [merge, fresh_click, binding(new_fan, guest)])

        with database.reading() as session:
            signposts = select(Member.id).where(Member.merged_into_id.is_not(None))
            dangling = select(func.count()).select_from(BindingRow).where(BindingRow.sponsor_id.in_(signposts))
            assert session.scalar(dangling) == 0
            assert members.fan_counts(session, anna, at=NOON) == (3, 0)


def test_a_merge_and_a_link_close_no_loop_together(database: Database) -> None:
    for _ in range(ROUNDS):
        with database.transaction() as session:
            anna, guest, fan = person(session), visitor(session), visitor(session)
            bind(session, fan, guest)

        def merge(session: Session, guest: int = guest, anna: int = anna) -> object:
            return members.merge_visitor(session, visitor_id=guest, member_id=anna, at=NOON)

        at_once(database, [merge, binding(anna, fan)])

        assert not has_loop(database)


def test_one_visitor_is_merged_once(database: Database) -> None:
    for _ in range(ROUNDS):
        with database.transaction() as session:
            guest, *people = visitor(session), person(session), person(session)

        results = at_once(
            database,
            [
                lambda session, guest=guest, mine=mine: members.merge_visitor(
                    session, visitor_id=guest, member_id=mine, at=NOON
                )
                for mine in people
            ],
        )

        assert sorted(type(result).__name__ for result in results) == ["AlreadySignedUp", "Merged"]


def test_invitations_close_no_ring(database: Database) -> None:
    for _ in range(ROUNDS):
        with database.transaction() as session:
            ring = [person(session) for _ in range(3)]

        results = at_once(
            database,
            [
                lambda session, pair=pair: members.join(session, pair[0], inviter_id=pair[1], at=NOON)
                for pair in itertools.pairwise([*ring, ring[0]])
            ],
        )

        assert sorted(type(result).__name__ for result in results) == ["InviterLoop", "bool", "bool"]


def test_an_import_and_live_links_close_no_loop_together(database: Database) -> None:
    codes = itertools.count()
    for number in range(ROUNDS // 2):
        with database.transaction() as session:
            ids = members.ensure_external_members(
                session, [("a", days(-9)), ("b", days(-9))], source=f"s{number}", new_code=lambda: f"X{next(codes)}"
            )

        def history(session: Session, number: int = number) -> object:
            rows = [members.ReferralRow(1, "b", "a", days(-1))]
            return members.import_referrals(
                session, rows, source=f"s{number}", policy=FOR_EVER, new_code=lambda: f"X{next(codes)}", at=NOON
            )

        at_once(database, [history, binding(ids["b"], ids["a"])])

        assert not has_loop(database)
