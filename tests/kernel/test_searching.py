"""Words in any script are found in texts, whatever their width and case."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from shared_core.kernel import searching

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def test_case_and_width_do_not_matter() -> None:
    assert searching.words("  ＡＢＣ\u3000红色 abc ") == ["abc", "红色"]
    assert searching.plain("Straße\t\n ﬁne\u3000ｶﾞ") == "strasse fine ガ"
    assert len(searching.words("a b c d e f g h")) == searching.WORDS_MAX


@given(TEXTS)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert searching.plain(searching.plain(text)) == searching.plain(text)


@given(TEXTS, TEXTS, TEXTS)
def test_a_word_is_found_in_whatever_text_it_stands(before: str, text: str, after: str) -> None:
    whole = " ".join(map(searching.plain, (before, text, after)))
    assert all(word in whole for word in searching.words(text))


@given(TEXTS)
def test_there_are_few_words_and_each_once(query: str) -> None:
    found = searching.words(query)
    assert len(found) == len(set(found)) <= searching.WORDS_MAX and all(found)


def test_the_database_sees_what_python_sees(session: Session) -> None:
    """Every character is meant as it stands, none is a pattern."""
    for text in ("苹果 100% \\ _ ' straße \U0001f353", "a", ""):
        for word in ("苹果", "果", "%", "_", "\\", "'", "b", "\U0001f353", "ße 🍓"):
            found = session.scalar(select(searching.holds(literal(text), word)))
            assert bool(found) == (word in text), (text, word)
