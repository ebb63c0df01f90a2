"""The JSON API under /api/v1: every route parses, calls one service and shapes its answer."""

from fastapi import APIRouter

from shared_core.storefront.api import (
    admin_goods,
    admin_orders,
    admin_people,
    cart,
    catalogue,
    me,
    purchases,
    sessions,
    sharing,
)
from shared_core.storefront.problems import responses

__all__ = ["DESCRIPTION", "PREFIX", "router"]

PREFIX = "/api/v1"

DESCRIPTION = """\
Everything the shop's pages do.

**Money** is counted in the currency's smallest unit. **Instants** are UTC. **Errors** are `application/problem+json`
(RFC 9457); `code` is stable, `detail` is in the reader's language (`Accept-Language`, or `?lang`).

**Who you are**: the session cookie that a log-in sets, or the bearer token it returns when asked for one. Visitors are
known by a cookie.

**Idempotency**: writes that move money or stock want an `Idempotency-Key`. The same key again gives the same answer
and does nothing; the same key with another request is refused (422).
"""

router = APIRouter(prefix=PREFIX, responses=responses(403, 413))
for each in (catalogue, sharing, sessions, cart, purchases, me, admin_orders, admin_goods, admin_people):
    router.include_router(each.router)
