"""The back office under /admin, for staff: what waits, orders, goods, people, payouts, the books."""

from fastapi import APIRouter

from shared_core.storefront.admin import books, goods, orders, overview, payouts, people

router = APIRouter(include_in_schema=False)
for _part in (overview, orders, goods, people, payouts, books):
    router.include_router(_part.router, prefix="/admin")

__all__ = ["router"]
