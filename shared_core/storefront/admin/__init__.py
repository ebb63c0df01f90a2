"""The back office under /admin, for staff: what waits, orders, goods, people, payouts, books, plan, who works here."""

from shared_core.storefront.admin import (
    books,
    disputes,
    earnings,
    goods,
    groups,
    orders,
    overview,
    payouts,
    people,
    person,
    plans,
    receipts,
    staff,
)

PREFIX = "/admin"

routers = tuple(
    part.router
    for part in (
        overview,
        orders,
        receipts,
        groups,
        disputes,
        earnings,
        goods,
        people,
        person,
        payouts,
        books,
        plans,
        staff,
    )
)

__all__ = ["PREFIX", "routers"]
