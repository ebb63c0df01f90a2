"""The back office under /admin, for staff: what waits, orders, goods, people, payouts, books, plan, who works here."""

from shared_core.storefront.admin import books, goods, orders, overview, payouts, people, plans, receipts, staff

PREFIX = "/admin"

routers = tuple(part.router for part in (overview, orders, receipts, goods, people, payouts, books, plans, staff))

__all__ = ["PREFIX", "routers"]
