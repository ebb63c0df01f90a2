"""A form as it goes back to whoever filled it in: what was typed, and what is wrong with it, by field; what a form
asks for, done or refused with nothing half done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from shared_core.kernel.database import Database
from shared_core.kernel.errors import Phrase, PlatformError
from shared_core.kernel.money import Money, format_money

WHOLE_FORM = ""
"""Where an error stands that belongs to no single field."""


@dataclass(frozen=True)
class Form:
    """`values` and `errors` by field name; errors are sentences in the reader's language."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def sentence(error: PlatformError, *, translate: Callable[[str], str], locale: str) -> str:
    """What went wrong, in the reader's language, with amounts as they read them."""
    filled = {name: shown(value, translate, locale) for name, value in error.params.items()}
    return translate(error.message).format(**filled)


def refused(
    error: PlatformError,
    values: Mapping[str, str],
    fields: Mapping[type[PlatformError], str],
    *,
    translate: Callable[[str], str],
    locale: str,
) -> Form:
    """The form again, with `error` beside its field (`fields` names it by class; else it heads the form)."""
    where = next((name for kind, name in fields.items() if isinstance(error, kind)), WHOLE_FORM)
    return Form(values, {where: sentence(error, translate=translate, locale=locale)})


def attempt(
    database: Database, work: Callable[[Session], object], *, translate: Callable[[str], str], locale: str
) -> str:
    """Do `work` in a transaction of its own. Why it was refused, in the reader's language; "" when it was done."""
    try:
        with database.transaction() as session:
            work(session)
    except PlatformError as error:
        return sentence(error, translate=translate, locale=locale)
    return ""


def shown(value: object, translate: Callable[[str], str], locale: str) -> object:
    """A part of a message as the reader reads it."""
    if isinstance(value, Money):
        return format_money(value, locale)
    if isinstance(value, Phrase):
        return value.text(translate)
    return translate(value.value) if isinstance(value, StrEnum) else value
