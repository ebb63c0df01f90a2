"""The JSON API under /api/v1: every route parses, calls one service and shapes its answer."""

from shared_core.storefront.api import (
    admin_disputes,
    admin_goods,
    admin_orders,
    admin_people,
    admin_plan,
    admin_receipts,
    admin_returns,
    admin_staff,
    cart,
    catalogue,
    group_orders,
    invitations,
    me,
    nudges,
    purchases,
    returns,
    rooms,
    sessions,
    sharing,
    statements,
)

__all__ = ["DESCRIPTION", "PREFIX", "routers"]

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

routers = tuple(
    part.router
    for part in (
        catalogue,
        cart,
        purchases,
        returns,
        sharing,
        sessions,
        me,
        nudges,
        rooms,
        group_orders,
        invitations,
        statements,
        admin_orders,
        admin_disputes,
        admin_returns,
        admin_goods,
        admin_people,
        admin_plan,
        admin_receipts,
        admin_staff,
    )
)
