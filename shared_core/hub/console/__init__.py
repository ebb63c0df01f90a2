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
    sales,
    statements,
    suppliers,
    tenant,
    tenants,
    warehouses,
)

PREFIX = "/console"

_PARTS = (
    overview,
    tenants,
    tenant,
    suppliers,
    warehouses,
    documents,
    orders,
    feeds,
    pictures,
    goods,
    sales,
    money,
    statements,
    people,
)

routers = tuple(part.router for part in _PARTS)

__all__ = ["PREFIX", "routers"]
