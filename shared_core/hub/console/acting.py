"""One action of the console: done and told, or refused and said why, with nothing half done."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core.hub.hub import Hub
from shared_core.hub.viewer import current, speaks
from shared_core.web import forms


class OnlyLooking(Exception):
    """Ends a transaction without a trace."""


def attempt(request: Request, hub: Hub, work: Callable[[Session], object]) -> str:
    """Do `work` in a transaction of its own. Why it was refused, in the viewer's language; "" when it was done."""
    return forms.attempt(hub.database, work, translate=speaks(request), locale=current(request).locale)


def listing_of(path: str, chosen: Mapping[str, str], *, first: bool, **cursor: object) -> dict[str, str]:
    """Where the first page and the next one are. `chosen`: what was asked for; `cursor` leads on unless it is None."""
    kept = {name: value for name, value in chosen.items() if value}
    [(name, value)] = cursor.items()
    return {
        "previous_url": "" if first else address(path, kept),
        "next_url": "" if value is None else address(path, {**kept, name: str(value)}),
    }


def address(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
