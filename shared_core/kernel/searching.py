"""Looking for words in texts, in any script, on both databases alike.

A word is looked for as it stands, wherever it stands: Chinese has no blanks between words, so two characters, or one,
are found without knowing where words end. Of 20,000 products that takes tens of milliseconds, see docs/benchmark.md.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, bindparam, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

QUERY_LENGTH_MAX = 100
WORDS_MAX = 5
DESCRIPTION_SEARCHED_MAX = 500
"""How many characters of a description are looked through."""


def plain(text: str) -> str:
    """Text as it is looked through: width, case and kinds of blanks do not matter. Doing it twice changes nothing."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.replace("\0", "").split())


def words(query: str) -> list[str]:
    """What must all be found: at most `WORDS_MAX` different words of the first `QUERY_LENGTH_MAX` characters."""
    return list(dict.fromkeys(plain(query[:QUERY_LENGTH_MAX]).split()))[:WORDS_MAX]


def sought(found: Sequence[str]) -> dict[str, str]:
    """The parameters of a statement that looks for so many words, which is made once whatever the words are."""
    beginnings = {f"beginning_{number}": f" {word}" for number, word in enumerate(found)}
    return {f"word_{number}": word for number, word in enumerate(found)} | beginnings


def holds(column: ColumnElement[str] | Any, word: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Whether the text has the word somewhere; both are `plain`."""
    return _Place(column, word) > 0


class SearchColumns:
    """What is looked through of one thing, in a narrow row that is read quickly; all of it `plain`.

    `codes` are what it may be called by, each with a blank before it; `text` is everything else that may be found.
    """

    title: Mapped[str] = mapped_column(Text)
    brand: Mapped[str] = mapped_column(Text)
    codes: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)

    def say(self, *, title: str, brand: str, codes: Iterable[str], others: Iterable[str]) -> None:
        """Make the row what it shall be found by."""
        self.title, self.brand = plain(title), plain(brand)
        self.codes = "".join(f" {plain(code)}" for code in codes if code)
        self.text = plain(" ".join((title, brand, *others)))

    @classmethod
    def matches(cls, count: int) -> list[ColumnElement[bool]]:
        """Each of so many `sought` words is in the text, or begins a code."""
        return [holds(cls.text, word) | holds(cls.codes, beginning) for word, beginning in _words(count)]

    @classmethod
    def rank(cls, count: int) -> ColumnElement[int]:
        """How well the `sought` words fit, 0 is best: in titles and codes before in brands before elsewhere."""
        ranks = [
            case((holds(cls.title, word) | holds(cls.codes, beginning), 0), (holds(cls.brand, word), 1), else_=2)
            for word, beginning in _words(count)
        ]
        return reduce(add, ranks, literal(0))


def _words(count: int) -> list[tuple[ColumnElement[str], ColumnElement[str]]]:
    names = [(f"word_{number}", f"beginning_{number}") for number in range(count)]
    return [(bindparam(word, type_=Text()), bindparam(beginning, type_=Text())) for word, beginning in names]


class _Place(FunctionElement[int]):
    """Where in a text another one is, from 1; 0: nowhere."""

    name = "place"
    type = Integer()
    inherit_cache = True


@compiles(_Place, "sqlite")
def _sqlite(element: _Place, compiler: Any, **named: Any) -> str:
    return f"instr({compiler.process(element.clauses, **named)})"


@compiles(_Place, "postgresql")
def _postgresql(element: _Place, compiler: Any, **named: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **named)})"
