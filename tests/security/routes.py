"""Everything that can be asked of a shop, read from the running application."""

import re

from fastapi.routing import iter_route_contexts

from tests.storefront.conftest import Front

EXAMPLES = {
    "number": "AAAA1111",
    "sku": "A",
    "code": "AAAA1111",
    "refund": "R1",
    "back": "R1",
    "slug": "x",
    "device_id": "1",
    "document": "1",
    "receipt": "1",
    "month": "2026-01",
}

PICTURE = {"digest": "0" * 64, "width": "480"}


def operations(front: Front, **values: str) -> list[tuple[str, str]]:
    """(method, path) of every operation of the API, with examples or the given values in the path."""
    document = front.browser().get("/api/v1/openapi.json").json()
    return [(method.upper(), filled(path, values)) for path, methods in document["paths"].items() for method in methods]


def form_routes(front: Front, **values: str) -> list[tuple[str, str]]:
    """(method, path) of every page and form of the application."""
    found = []
    for route in iter_route_contexts(front.app.routes):
        path = getattr(route, "path", "")
        if path and not path.startswith("/api/"):
            found += [(method, filled(path, values)) for method in sorted(getattr(route, "methods", None) or ())]
    return found


def filled(path: str, values: dict[str, str]) -> str:
    known = EXAMPLES | {"refund_number": "R1", "dispute": "D1", "path": "x", "token": "x", **PICTURE} | values
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda match: known[match.group(1)], path)
