"""A supplier's orders as a sheet: taken away with what is to be sent, brought back with how it was sent."""

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console.acting import attempt
from shared_core.hub.errors import NoFile
from shared_core.hub.viewer import HubDep, PortalDep, current, page, speaks
from shared_core.web import forms
from shared_core.web.security import BODY_BYTES_MAX

FAULTS_SHOWN_MAX = 100
NAME = "orders"

router = APIRouter()


@router.get("/sheet")
def about(request: Request, hub: HubDep, viewer: PortalDep) -> HTMLResponse:
    return _page(request)


@router.get("/sheet.csv")
def take_away(hub: HubDep, viewer: PortalDep) -> Response:
    with hub.database.reading() as session:
        content = supply.orders_sheet(session, supplier=viewer.supplier)
    name = f"{NAME}-{hub.clock():%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/sheet", max_body_size=BODY_BYTES_MAX)
def bring_back(request: Request, hub: HubDep, viewer: PortalDep, sheet: UploadFile | None = None) -> HTMLResponse:
    """The rows of one order stand together; orders without a fault are taken. The same sheet again changes nothing."""
    content = sheet.file.read() if sheet is not None else b""
    reports: list[supply.SheetReport] = []

    def work(session: Session) -> None:
        if not content:
            raise NoFile
        reports.append(
            supply.take_sheet(session, content, supplier=viewer.supplier, at=hub.clock(), name=NAME, actor=viewer.actor)
        )

    trouble = attempt(request, hub, work)
    if trouble:
        return _page(request, trouble=trouble, status=422)
    return _page(request, report=reports[0], status=422 if reports[0].faults else 200)


def _page(
    request: Request, *, report: supply.SheetReport | None = None, trouble: str = "", status: int = 200
) -> HTMLResponse:
    said, locale = speaks(request), current(request).locale
    faults = report.faults[:FAULTS_SHOWN_MAX] if report else ()
    return page(
        request,
        "portal/sheet.html",
        status_code=status,
        trouble=trouble,
        report=report,
        faults=[(each.line, each.order, forms.sentence(each.error, translate=said, locale=locale)) for each in faults],
        more=len(report.faults) - len(faults) if report else 0,
    )
