"""Pictures that are wanted come here once, or it is said why not."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shared_core import media
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.media import rules
from tests.media.photographs import photograph

GOOD, GONE, SLOW, ODD = (f"https://img.example/{name}" for name in ("good", "gone", "slow", "odd"))


class Answers:
    """Implements `Fetch`: what each address has, or raises."""

    def __init__(self, **known: bytes | PlatformError) -> None:
        self.known = {f"https://img.example/{name}": each for name, each in known.items()}
        self.asked: list[str] = []

    def __call__(self, url: str, /) -> bytes:
        self.asked.append(url)
        answer = self.known[url]
        if isinstance(answer, PlatformError):
            raise answer
        return answer


def want(database: Database, at: datetime, *urls: str) -> None:
    with database.transaction() as session:
        media.want(session, urls, at=at)


def gathered(database: Database, store: media.PictureStore, answers: Answers, at: datetime) -> list[int]:
    told: list[int] = []

    def kept(_session: Session, ids: Sequence[int]) -> None:
        told.extend(ids)

    assert media.gather(database, store, answers, kept=kept, at=at) == len(told)
    return told


def states(database: Database) -> dict[str, tuple[str, str]]:
    with database.reading() as session:
        return {each.url: (each.state, each.problem(str)) for each in media.sources(session)}


def test_what_is_wanted_comes_once_and_what_cannot_says_why(
    database: Database, store: media.PictureStore, at: datetime
) -> None:
    answers = Answers(
        good=photograph(),
        gone=media.PictureRefused(host="img.example", status=404),
        slow=media.PictureAway(host="img.example", reason="no answer", retry_after=1),
        odd=b"<svg/>",
    )
    want(database, at, GOOD, GONE, SLOW, ODD, GOOD)
    want(database, at, GOOD)
    assert len(gathered(database, store, answers, at)) == 1
    assert store.has(media.render(photograph()).digest)
    found = states(database)
    assert {url: state for url, (state, _) in found.items()} == {
        GOOD: "kept", GONE: "failed", SLOW: "waiting", ODD: "failed"
    }  # fmt: skip
    assert "404" in found[GONE][1] and "no answer" in found[SLOW][1] and "JPEG" in found[ODD][1]
    assert gathered(database, store, answers, at) == []
    assert sorted(answers.asked) == sorted([GOOD, GONE, SLOW, ODD])


def test_who_does_not_answer_is_asked_again_ever_more_seldom_and_given_up(
    database: Database, store: media.PictureStore, at: datetime
) -> None:
    answers = Answers(slow=media.PictureAway(host="img.example", reason="no answer", retry_after=1))
    want(database, at, SLOW)
    for _ in range(rules.ATTEMPTS_MAX + 5):
        gathered(database, store, answers, at)
        at += rules.RETRY_LONGEST
    assert len(answers.asked) == rules.ATTEMPTS_MAX
    assert states(database)[SLOW][0] == "failed"
    answers.known[SLOW] = photograph()
    with database.transaction() as session:
        assert media.retry(session, store=store, at=at) == 1
    assert len(gathered(database, store, answers, at)) == 1


def test_it_comes_only_as_it_was_promised(database: Database, store: media.PictureStore, at: datetime) -> None:
    true, other = media.render(photograph("red")), media.render(photograph("blue"))
    with database.transaction() as session:
        media.want_exactly(session, {GOOD: true.digest, ODD: true.digest}, at=at)
    answers = Answers(good=true.files["1600.webp"], odd=other.files["1600.webp"])
    assert len(gathered(database, store, answers, at)) == 1
    assert store.has(true.digest) and not store.has(other.digest)
    assert states(database)[ODD][0] == "failed" and "promised" in states(database)[ODD][1]


def test_what_was_lost_from_the_disk_is_fetched_anew(
    database: Database, store: media.PictureStore, at: datetime
) -> None:
    answers = Answers(good=photograph())
    want(database, at, GOOD)
    gathered(database, store, answers, at)
    store.folder.rename(store.folder.with_name("lost"))
    with database.transaction() as session:
        assert media.retry(session, store=store, at=at) == 1
    assert len(gathered(database, store, answers, at + timedelta(seconds=1))) == 1
    assert store.has(media.render(photograph()).digest)


def test_two_workers_share_the_work(database: Database, store: media.PictureStore, at: datetime) -> None:
    answers = Answers(good=photograph())
    want(database, at, GOOD)
    second: list[int] = []

    def while_asked(url: str, /) -> bytes:
        second.extend(gathered(database, store, answers, at))
        return photograph()

    assert media.gather(database, store, while_asked, kept=lambda *_: None, at=at) == 1
    assert second == [] and answers.asked == []


def test_what_nobody_expected_is_said_and_keeps_no_other_picture_from_coming(
    database: Database, store: media.PictureStore, at: datetime
) -> None:
    class Odd(Answers):
        def __call__(self, url: str, /) -> bytes:
            if url == ODD:
                raise RuntimeError("the decoder tripped")
            return super().__call__(url)

    want(database, at, ODD, GOOD)
    assert len(gathered(database, store, Odd(good=photograph()), at)) == 1
    state, problem = states(database)[ODD]
    assert state == "waiting" and "the decoder tripped" in problem
