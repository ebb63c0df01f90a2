"""The pages people see: server-rendered, usable without scripts, redirecting after every form that was accepted."""

from fastapi import APIRouter

from shared_core.storefront.pages import account, art, bag, browsing, mine, ordering, sharing

router = APIRouter(include_in_schema=False)
for _part in (art, browsing, bag, ordering, sharing, account, mine):
    router.include_router(_part.router)

__all__ = ["router"]
