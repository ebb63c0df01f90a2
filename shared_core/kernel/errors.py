"""The one tree of expected failures.

    PlatformError
    ├── NotFound          404  what was named does not exist, or is not yours to see
    ├── Conflict          409  the world has moved on; read again and decide anew
    ├── Invalid           422  what was sent cannot be accepted as it is
    └── Forbidden         403  you may not

Rooms subclass these with a `code` and a `message`. A programmer's mistake is an `assert`, never one of these.
"""

from collections.abc import Callable
from typing import ClassVar

Translate = Callable[[str], str]


class PlatformError(Exception):
    """An expected failure: `code` is stable for machines, `message` is the English template and msgid."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: ClassVar[str] = "The request could not be done."

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.message.format(**params))

    def text(self, translate: Translate) -> str:
        """The message in the reader's language."""
        return translate(self.message).format(**self.params)


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
