"""The back office under /admin, for staff: orders, goods, people, rooms, payouts, books, the plan, who works here."""

from shared_core.storefront.admin import books, goods, orders, overview, payouts, people, plans, rooms, staff

PREFIX = "/admin"

routers = tuple(part.router for part in (overview, orders, goods, people, rooms, payouts, books, plans, staff))

__all__ = ["PREFIX", "routers"]
