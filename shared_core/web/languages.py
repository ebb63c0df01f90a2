"""Which language to answer in: ?lang, else the cookie, else what the browser asks for, else the app's own."""

from functools import lru_cache

from fastapi import Request

from shared_core.kernel import i18n
from shared_core.web import cookies

ASKED_MAX = 10
HEADER_LENGTH_MAX = 200


def choose(request: Request, offered: tuple[str, ...], *, secure: bool) -> str:
    """One of the languages `offered`, for this request."""
    asked = request.query_params.get("lang") if request.scope["query_string"] else None
    explicit = asked, cookies.read(request, cookies.LANGUAGE, secure=secure)
    wanted = [each for each in explicit if each]
    return match((*wanted, *_accepted(request.headers.get("accept-language", ""))), offered)


@lru_cache(maxsize=1024)
def match(wanted: tuple[str, ...], offered: tuple[str, ...]) -> str:
    """The first wanted language that is offered; the first offered one when none is."""
    by_catalogue = {i18n.normalise(each): each for each in reversed(offered)}
    for each in wanted:
        if _is_english(each) or i18n.normalise(each) != i18n.SOURCE_LOCALE:
            found = by_catalogue.get(i18n.normalise(each))
            if found is not None:
                return found
    return offered[0]


def _is_english(locale: str) -> bool:
    return locale.lower().partition("-")[0].partition("_")[0] == "en"


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first."""
    weighted = []
    for place, part in enumerate(header[:HEADER_LENGTH_MAX].split(",")[:ASKED_MAX]):
        name, _, weight = part.strip().partition(";q=")
        if name and weight not in {"0", "0.0"}:
            weighted.append((weight or "1.0", -place, name))
    return [name for _, _, name in sorted(weighted, reverse=True)]
