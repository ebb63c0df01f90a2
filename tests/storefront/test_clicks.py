"""Many share-link clicks at once: every client is told the truth, and only one is told "bound"."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from sqlalchemy import event

from shared_core import members
from shared_core.kernel.database import Database
from shared_core.members import BindingPolicy, Click, ClickAnswer, Outcome
from shared_core.storefront.clicks import ClickBatcher, ClicksPaused

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FOR_EVER = BindingPolicy()
TASKS = 64

T = TypeVar("T")


@pytest.fixture
def second_database(database_url: str) -> Iterator[Database]:
    """The same database as another process sees it."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def sponsors(database: Database) -> dict[int, str]:
    """Seven visitors whose links are followed: id -> public code."""
    with database.transaction() as session:
        return {
            members.create_visitor(session, token_hash=f"sponsor-{number}", code=f"S{number}", at=AT): f"S{number}"
            for number in range(7)
        }


def click(visitor: str, sponsor_code: str, *, code: str) -> Click:
    return Click(sponsor_code=sponsor_code, at=AT, visitor_token_hash=visitor, visitor_code=code)


def clicks(sponsors: dict[int, str], *, visitors: int, total: int, seed: int) -> list[Click]:
    """Clicks of few visitors on many links, most of them repeated."""
    dice = random.Random(seed)
    codes = list(sponsors.values())
    return [
        click(f"visitor-{dice.randrange(visitors)}", dice.choice(codes), code=f"C{seed}-{number}")
        for number in range(total)
    ]


async def follow(
    batcher: ClickBatcher, each: Click, *, policy: BindingPolicy = FOR_EVER
) -> ClickAnswer | BaseException:
    return (await asyncio.gather(batcher.click(each, policy=policy), return_exceptions=True))[0]


async def follow_all(batcher: ClickBatcher, wanted: Sequence[Click]) -> list[ClickAnswer | BaseException]:
    """64 clients who each follow one link after the other."""
    answers: list[ClickAnswer | BaseException | None] = [None] * len(wanted)
    numbers = iter(range(len(wanted)))

    async def client() -> None:
        for number in numbers:
            answers[number] = await follow(batcher, wanted[number])

    await asyncio.gather(*(client() for _ in range(TASKS)))
    assert None not in answers
    return [answer for answer in answers if answer is not None]


def with_batcher(database: Database, story: Callable[[ClickBatcher], Awaitable[T]]) -> T:
    async def run() -> T:
        batcher = ClickBatcher(database)
        try:
            return await story(batcher)
        finally:
            await batcher.stop()

    return asyncio.run(run())


def stored(database: Database) -> dict[int, int]:
    """fan -> sponsor."""
    with database.reading() as session:
        return {row.fan_id: row.sponsor_id for row in members.export_bindings(session, at=AT)}


def check_every_answer(database: Database, answers: Sequence[ClickAnswer | BaseException]) -> None:
    """Exactly one client per fan was told "bound"; everybody was told the sponsor that is stored."""
    told = [answer for answer in answers if isinstance(answer, ClickAnswer)]
    bindings = stored(database)
    assert {answer.outcome for answer in told} <= {Outcome.BOUND, Outcome.ALREADY_BOUND}
    bound = Counter(answer.visitor_id for answer in told if answer.outcome is Outcome.BOUND)
    assert bound == Counter(bindings.keys())
    assert all(bindings[answer.visitor_id] == answer.sponsor_id for answer in told)


def test_sixty_four_clients_are_told_the_truth(database: Database, sponsors: dict[int, str]) -> None:
    wanted = clicks(sponsors, visitors=97, total=2560, seed=1)

    answers = with_batcher(database, lambda batcher: follow_all(batcher, wanted))

    check_every_answer(database, answers)
    assert len(stored(database)) == 97
    visitor_ids = {}
    for each, answer in zip(wanted, answers, strict=True):
        assert isinstance(answer, ClickAnswer)
        assert visitor_ids.setdefault(each.visitor_token_hash, answer.visitor_id) == answer.visitor_id


def test_of_many_clicks_of_one_visitor_in_one_transaction_one_is_bound(
    database: Database, sponsors: dict[int, str]
) -> None:
    codes = list(sponsors.values())
    wanted = [click("me", codes[number % 7], code=f"C{number}") for number in range(200)]

    async def all_at_once(batcher: ClickBatcher) -> list[ClickAnswer | BaseException]:
        return await asyncio.gather(*(follow(batcher, each) for each in wanted))

    answers = with_batcher(database, all_at_once)

    check_every_answer(database, answers)
    assert [answer.outcome for answer in answers if isinstance(answer, ClickAnswer)] == [
        Outcome.BOUND,
        *[Outcome.ALREADY_BOUND] * 199,
    ]


def test_two_processes_agree(database: Database, second_database: Database, sponsors: dict[int, str]) -> None:
    answers: list[ClickAnswer | BaseException] = []
    gate = threading.Barrier(2)

    def process(mine: Database, seed: int) -> None:
        wanted = clicks(sponsors, visitors=300, total=1500, seed=seed)
        gate.wait()
        answers.extend(with_batcher(mine, lambda batcher: follow_all(batcher, wanted)))

    threads = [threading.Thread(target=process, args=pair) for pair in ((database, 1), (second_database, 2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([answer for answer in answers if isinstance(answer, ClickAnswer)]) == 3000, answers[0]
    check_every_answer(database, answers)


def test_visitors_who_follow_each_others_links_close_no_loop(
    database: Database, second_database: Database, sponsors: dict[int, str]
) -> None:
    """Rows that exist may be sponsors already: these clicks are decided under the lock."""
    codes = list(sponsors.values())
    known = [f"sponsor-{number}" for number in range(7)]
    answers: list[ClickAnswer | BaseException] = []

    def process(mine: Database, seed: int) -> None:
        dice = random.Random(seed)
        wanted = [click(dice.choice(known), dice.choice(codes), code=f"C{seed}-{number}") for number in range(300)]
        answers.extend(with_batcher(mine, lambda batcher: follow_all(batcher, wanted)))

    threads = [threading.Thread(target=process, args=pair) for pair in ((database, 1), (second_database, 2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    told = [answer for answer in answers if isinstance(answer, ClickAnswer)]
    assert len(told) == 600
    above = stored(database)
    for fan_id in above:
        here: int | None = fan_id
        for _ in range(7):
            here = above.get(here) if here is not None else None
        assert here is None, "somebody is above themselves"
    bound = Counter(answer.visitor_id for answer in told if answer.outcome is Outcome.BOUND)
    assert bound == Counter(above.keys())


def test_a_click_that_cannot_be_recorded_fails_alone(database: Database, sponsors: dict[int, str]) -> None:
    code = next(iter(sponsors.values()))
    good = [click(f"visitor-{number}", code, code=f"C{number}") for number in range(50)]
    nobody = Click(sponsor_code=code, at=AT, member_id=10**9)
    twin = click("another", code, code=code)  # a public code that is taken

    async def all_at_once(batcher: ClickBatcher) -> list[ClickAnswer | BaseException]:
        wanted = [*good[:20], nobody, *good[20:], twin]
        return await asyncio.gather(*(follow(batcher, each) for each in wanted))

    answers = with_batcher(database, all_at_once)

    failed = [number for number, answer in enumerate(answers) if isinstance(answer, BaseException)]
    assert failed == [20, 51]
    assert isinstance(answers[20], members.UnknownMember)
    check_every_answer(database, answers)
    assert len(stored(database)) == 50


def test_stopping_answers_everybody_who_waits(database: Database, sponsors: dict[int, str]) -> None:
    wanted = clicks(sponsors, visitors=200, total=200, seed=3)

    async def stop_while_they_wait() -> list[ClickAnswer | BaseException]:
        batcher = ClickBatcher(database, batch_max=20)
        waiting = [asyncio.create_task(batcher.click(each, policy=FOR_EVER)) for each in wanted]
        await asyncio.sleep(0)
        await batcher.stop()
        assert len(stored(database)) == len({each.visitor_token_hash for each in wanted})
        with pytest.raises(ClicksPaused):
            await batcher.click(wanted[0], policy=FOR_EVER)
        return await asyncio.gather(*waiting, return_exceptions=True)

    answers = asyncio.run(stop_while_they_wait())

    assert not any(isinstance(answer, BaseException) for answer in answers)
    check_every_answer(database, answers)


def test_clicks_that_arrive_together_share_a_transaction(database: Database, sponsors: dict[int, str]) -> None:
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    code = next(iter(sponsors.values()))

    async def all_at_once(batcher: ClickBatcher) -> None:
        wanted = [click(f"visitor-{number}", code, code=f"C{number}") for number in range(1000)]
        await asyncio.gather(*(follow(batcher, each) for each in wanted))

    with_batcher(database, all_at_once)

    assert len(commits) == 2
    assert len(stored(database)) == 1000


def test_a_client_who_goes_away_loses_nothing_for_the_others(database: Database, sponsors: dict[int, str]) -> None:
    wanted = clicks(sponsors, visitors=40, total=40, seed=4)

    async def one_goes_away(batcher: ClickBatcher) -> list[ClickAnswer | BaseException]:
        tasks = [asyncio.create_task(batcher.click(each, policy=FOR_EVER)) for each in wanted]
        await asyncio.sleep(0)
        tasks[0].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = with_batcher(database, one_goes_away)

    assert [isinstance(answer, ClickAnswer) for answer in answers] == [False, *[True] * 39]


def test_every_client_is_told_when_the_database_is_away() -> None:
    away = Database("sqlite:////nowhere/at/all.sqlite3")

    async def all_at_once(batcher: ClickBatcher) -> list[ClickAnswer | BaseException]:
        wanted = [click(f"visitor-{number}", "S0", code=f"C{number}") for number in range(100)]
        return await asyncio.gather(*(follow(batcher, each) for each in wanted))

    answers = with_batcher(away, all_at_once)

    assert {type(answer).__name__ for answer in answers} == {"OperationalError"}


def test_links_of_nobody_and_ones_own_bind_nobody_but_make_a_visitor(
    database: Database, sponsors: dict[int, str]
) -> None:
    async def story(batcher: ClickBatcher) -> list[ClickAnswer]:
        return [
            await batcher.click(click("me", "NOBODY", code="ME"), policy=FOR_EVER),
            await batcher.click(click("me", "ME", code="unused"), policy=FOR_EVER),
        ]

    first, second = with_batcher(database, story)

    assert (first.outcome, second.outcome) == (Outcome.REFUSED_SPONSOR, Outcome.REFUSED_SELF)
    assert first.visitor_id == second.visitor_id
    assert stored(database) == {}


def test_clicks_under_two_policies_in_one_transaction_follow_their_own(
    database: Database, sponsors: dict[int, str]
) -> None:
    code = next(iter(sponsors.values()))

    async def story(batcher: ClickBatcher) -> list[ClickAnswer | BaseException]:
        return await asyncio.gather(
            follow(batcher, click("a", code, code="A")),
            follow(batcher, click("b", code, code="B"), policy=BindingPolicy(on="first_order")),
        )

    answers = with_batcher(database, story)

    assert [answer.outcome for answer in answers if isinstance(answer, ClickAnswer)] == [
        Outcome.BOUND,
        Outcome.NOTED,
    ]
