"""The portal under /portal, for the people of one supplier: what is to be sent, what comes back, what they are owed."""

from shared_core.hub.portal import documents, goods, orders, packing, receiving, returns, sheets, statements

PREFIX = "/portal"

routers = tuple(part.router for part in (orders, packing, sheets, returns, receiving, statements, goods, documents))

__all__ = ["PREFIX", "routers"]
