"""Where a browser is sent next."""

import re
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse


def go(path: str, **query: str) -> RedirectResponse:
    """After a form was accepted: look at `path` with GET."""
    address = f"{path}?{urlencode(query)}" if query else path
    return RedirectResponse(address, status_code=303)


def inside(path: str, otherwise: str) -> str:
    """`path` when it leads to a page of this app, else `otherwise`: nobody is sent elsewhere after log-in."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path and "\r" not in path
    return path if safe else otherwise


def own_path(request: Request) -> str:
    """The path of this page, fit for a link: it begins with one slash, so that it never names another host."""
    return "/" + quote(request.scope["path"].lstrip("/"))


def in_language(request: Request, locale: str) -> str:
    """This page in another language: what was searched or chosen stays, what was said at its top does not."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("lang", "done")]
    return f"{own_path(request)}?{urlencode([*kept, ('lang', locale)])}"


def as_step(name: str) -> str:
    """One step of a page's address that stands for `name`, whatever is in it; `step_name` reads it."""
    dots = "." if set(name) == {"."} else ""
    return quote(re.sub(f"[~/%{dots}]", lambda found: f"~{ord(found[0]):02X}", name), safe="")


def step_name(step: str) -> str:
    """The name that a step stands for, once its percent signs are read, by the server or by a proxy before it."""
    return re.sub("~(7E|2F|25|2E)", lambda found: chr(int(found[1], 16)), step)
