"""The console under /console, for the core team: what needs doing, and the work itself."""

from shared_core.hub.console import (
    feeds,
    goods,
    money,
    orders,
    overview,
    people,
    pictures,
    sales,
    statements,
    suppliers,
    tenant,
    tenants,
)

PREFIX = "/console"

routers = tuple(
    part.router
    for part in (overview, tenants, tenant, suppliers, orders, feeds, pictures, goods, sales, money, statements, people)
)

__all__ = ["PREFIX", "routers"]
