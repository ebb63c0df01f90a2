"""What needs doing."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from shared_core.hub.viewer import HubDep, ReaderDep, page

router = APIRouter()


@router.get("")
def overview(request: Request, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    return page(request, "console/overview.html")
