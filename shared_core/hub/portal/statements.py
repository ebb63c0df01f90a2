"""What a supplier is owed, month by month."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from shared_core.hub.portal.words import LINES
from shared_core.hub.viewer import HubDep, PortalDep, page, speaks
from shared_core.supply import settlement

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"

router = APIRouter()


@router.get("/statements")
def statement(
    request: Request,
    hub: HubDep,
    viewer: PortalDep,
    month: Annotated[str, Query(pattern=rf"^$|{MONTH}")] = "",
) -> HTMLResponse:
    """The present month, unless another is asked for."""
    party, at, said = settlement.Party(settlement.PartyKind.SUPPLIER, viewer.supplier), hub.clock(), speaks(request)
    with hub.database.reading() as session:
        months = settlement.statement_months(session, party, zone=hub.zone, at=at)
        told = settlement.statement(session, party, month or months[0], zone=hub.zone, at=at)
    return page(
        request,
        "portal/statements.html",
        months=months,
        told=told,
        rows=[
            {"at": when, "what": said(LINES[kind]), "reference": reference, "amount": amount, "owed": owed}
            for when, kind, reference, amount, owed in told.rows()
        ],
    )


@router.get("/statements/{month}.csv")
def as_sheet(hub: HubDep, viewer: PortalDep, month: Annotated[str, Path(pattern=MONTH)]) -> Response:
    party = settlement.Party(settlement.PartyKind.SUPPLIER, viewer.supplier)
    with hub.database.reading() as session:
        told = settlement.statement(session, party, month, zone=hub.zone, at=hub.clock())
    headers = {"Content-Disposition": f'attachment; filename="statement-{month}.csv"'}
    return Response(settlement.statement_csv(told), media_type="text/csv; charset=utf-8", headers=headers)
