"""One earning in the back office, explained as its payee reads it, with everybody named."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from shared_core import members, rewards
from shared_core.storefront.pages import earning_views, told
from shared_core.storefront.pages.page import page
from shared_core.storefront.viewer import OrdersDep, ReadDep

router = APIRouter()


@router.get("/earnings/{code}")
def explain(
    request: Request, code: Annotated[str, Path(max_length=told.EARNING_CODE_MAX)], session: ReadDep, viewer: OrdersDep
) -> HTMLResponse:
    found = rewards.explain(session, code)
    names = members.names(session, [*rewards.payees([found.earning]), *found.claims.values()])
    return page(
        request,
        "admin/earning.html",
        earning=told.explained(request, found, names=names),
        payee=earning_views.payee(request, found.earning, names),
    )
