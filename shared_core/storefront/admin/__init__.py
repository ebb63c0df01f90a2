"""The back office under /admin, for staff: what waits, orders, goods, people, money, plan, who works here."""

from shared_core.storefront.admin import (
    books,
    disputes,
    earnings,
    fund,
    goods,
    groups,
    orders,
    overview,
    payouts,
    people,
    person,
    plans,
    receipts,
    returns,
    rooms,
    staff,
)

PREFIX = "/admin"

routers = tuple(
    part.router
    for part in (
        overview,
        orders,
        returns,
        receipts,
        groups,
        disputes,
        earnings,
        goods,
        people,
        person,
        rooms,
        payouts,
        fund,
        books,
        plans,
        staff,
    )
)

__all__ = ["PREFIX", "routers"]
