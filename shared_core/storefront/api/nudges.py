"""The hub tells the shop that something happened."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from shared_core.storefront import nudges
from shared_core.storefront.viewer import ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(tags=["supply"], route_class=AnswerRoute)


@router.post(nudges.PATH, status_code=204, responses=responses(403))
async def nudge(request: Request, shop: ShopDep) -> None:
    """Signed as Standard Webhooks has it, with the secret the hub gave. Only its own hub knows that."""
    body = await request.body()
    await run_in_threadpool(nudges.take_in, shop.database, body, request.headers, at=shop.clock())
