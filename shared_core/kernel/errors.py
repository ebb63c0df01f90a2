"""The one tree of expected failures.

    PlatformError
    ├── NotFound          404  what was named does not exist, or is not yours to see
    ├── Conflict          409  the world has moved on; read again and decide anew
    ├── Invalid           422  what was sent cannot be accepted as it is
    ├── Forbidden         403  you may not
    └── Away              503  somebody we need does not answer; the same again later may well work

Rooms subclass these with a `code` and a `message`. A programmer's mistake is an `assert`, never one of these.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar

Translate = Callable[[str], str]


class Phrase:
    """Prose that is a part of a message, such as its reason: an English template that is translated with it."""

    def __init__(self, message: str, **params: object) -> None:
        self.message = message
        self.params = params

    def text(self, translate: Translate) -> str:
        return fill(self.message, self.params, translate)

    def __str__(self) -> str:
        return self.text(str)


def fill(message: str, params: Mapping[str, object], translate: Translate) -> str:
    """The message in the reader's language, with everything filled in."""
    said = translate(message)
    if not params:
        return said
    filled = {key: each.text(translate) if isinstance(each, Phrase) else each for key, each in params.items()}
    return said.format(**filled)


class PlatformError(Exception):
    """An expected failure: `code` is stable for machines, `message` is the English template and msgid."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: ClassVar[str] = "The request could not be done."

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.text(str))

    def text(self, translate: Translate) -> str:
        """The message in the reader's language."""
        return fill(self.message, self.params, translate)


class NotFound(PlatformError):
    code = "not_found"
    status = 404
    message = "{what} was not found."


class Conflict(PlatformError):
    code = "conflict"
    status = 409
    message = "This was changed by somebody else in the meantime."


class Invalid(PlatformError):
    code = "invalid"
    status = 422
    message = "{field} cannot be accepted: {reason}"


class Forbidden(PlatformError):
    code = "forbidden"
    status = 403
    message = "You are not allowed to do this."


class Away(PlatformError):
    code = "away"
    status = 503
    message = "This cannot be done at the moment. Please try again in {retry_after} seconds."
