"""Where a browser is sent next."""

from urllib.parse import urlencode

from fastapi.responses import RedirectResponse


def go(path: str, **query: str) -> RedirectResponse:
    """After a form was accepted: look at `path` with GET."""
    address = f"{path}?{urlencode(query)}" if query else path
    return RedirectResponse(address, status_code=303)


def inside(path: str, otherwise: str) -> str:
    """`path` when it leads to a page of this app, else `otherwise`: nobody is sent elsewhere after log-in."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path and "\r" not in path
    return path if safe else otherwise
