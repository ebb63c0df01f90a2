"""One action of the back office: done and told, or refused and said why, with nothing half done."""

from collections.abc import Callable, Iterable, Mapping

from fastapi import Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import current
from shared_core.web import forms
from shared_core.web.going import go

Work = Callable[[Session], object]


def attempt(request: Request, shop: Shop, work: Work) -> str:
    """Do `work` in a transaction of its own. Why it was refused, in the viewer's language; "" when it was done."""
    locale = current(request).locale
    return forms.attempt(shop.database, work, translate=shop.theme.translate(locale), locale=locale)


def back(path: str, *, done: str, **query: str) -> RedirectResponse:
    """To the page from which the action came, saying that it is done."""
    return go(path, done=done, **query)


def people_of(actors: Iterable[str]) -> dict[str, int]:
    """The members behind actors like "staff:7"; who is not a member ("system") is left out."""
    return {each: int(number) for each in actors if (number := each.partition(":")[2]).isdigit()}


def named(actor: str, names: Mapping[int, str]) -> str:
    """What an actor is called; the actor itself where there is no name."""
    found = people_of([actor])
    return names.get(found[actor], "") or actor if found else actor
