"""The back office under /admin, for staff: what waits, orders, goods, people, payouts, the books."""

from shared_core.storefront.admin import books, goods, orders, overview, payouts, people

PREFIX = "/admin"

routers = tuple(part.router for part in (overview, orders, goods, people, payouts, books))

__all__ = ["PREFIX", "routers"]
