"""The console under /console, for the core team: what needs doing, and the work itself."""

from shared_core.hub.console import (
    documents,
    feeds,
    goods,
    money,
    orders,
    overview,
    people,
    pictures,
    statements,
    suppliers,
    tenant,
    tenants,
)

PREFIX = "/console"

routers = tuple(
    part.router
    for part in (
        overview,
        tenants,
        tenant,
        suppliers,
        documents,
        orders,
        feeds,
        pictures,
        goods,
        money,
        statements,
        people,
    )
)

__all__ = ["PREFIX", "routers"]
