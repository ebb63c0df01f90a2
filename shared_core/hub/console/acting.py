"""One action of the console: done and told, or refused and said why, with nothing half done."""

from collections.abc import Callable

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core.hub.hub import Hub
from shared_core.hub.viewer import current, speaks
from shared_core.web import forms


def attempt(request: Request, hub: Hub, work: Callable[[Session], object]) -> str:
    """Do `work` in a transaction of its own. Why it was refused, in the viewer's language; "" when it was done."""
    return forms.attempt(hub.database, work, translate=speaks(request), locale=current(request).locale)
