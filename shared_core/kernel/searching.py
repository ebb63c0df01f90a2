"""Looking for words in texts, in any script, on both databases alike.

A word is looked for as it stands, wherever it stands: Chinese has no blanks between words, so two characters, or one,
are found without knowing where words end. Of 20,000 products that takes tens of milliseconds, see docs/benchmark.md.
"""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

QUERY_LENGTH_MAX = 100
WORDS_MAX = 5


def plain(text: str) -> str:
    """Text as it is looked through: width, case and kinds of blanks do not matter. Doing it twice changes nothing."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.replace("\0", "").split())


def words(query: str) -> list[str]:
    """What must all be found: at most `WORDS_MAX` different words of the first `QUERY_LENGTH_MAX` characters."""
    return list(dict.fromkeys(plain(query[:QUERY_LENGTH_MAX]).split()))[:WORDS_MAX]


def holds(column: ColumnElement[str] | Any, word: str) -> ColumnElement[bool]:
    """Whether the text has the word somewhere; both are `plain`."""
    return _Place(column, word) > 0


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
