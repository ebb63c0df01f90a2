"""What a storefront owed, or was owed to a supplier, month by month: to read, and as CSV."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from shared_core.hub.console import words
from shared_core.hub.console.acting import address
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import HubDep, ReaderDep, page, speaks
from shared_core.kernel.i18n import N_
from shared_core.supply import settlement

HOME = "/console/money/statement"
ENDS = {"opening": N_("owed when it began"), "closing": N_("owed in the end")}

router = APIRouter()
Kind = Literal["tenant", "supplier"]
Code = Annotated[str, Query(max_length=64)]
Month = Annotated[str, Query(pattern=r"^(\d{4}-\d{2})?$")]


@router.get("/money/statement")
def read(request: Request, hub: HubDep, viewer: ReaderDep, party: Kind, code: Code, month: Month = "") -> HTMLResponse:
    """Without a month the one that is not closed yet."""
    whose, months, told = _told(hub, party, code, month)
    said = speaks(request)
    kinds = {**words.LINE, **ENDS}
    return page(
        request,
        "console/statement.html",
        party=whose,
        told=told,
        months=[
            {
                "url": address(HOME, {"party": party, "code": code, "month": each}),
                "month": each,
                "current": each == told.month,
            }
            for each in months
        ],
        rows=[(each, said(kinds[each.kind])) for each in told.rows()],
        csv_url=address(HOME + ".csv", {"party": party, "code": code, "month": told.month}),
    )


@router.get("/money/statement.csv")
def as_csv(hub: HubDep, viewer: ReaderDep, party: Kind, code: Code, month: Month = "") -> Response:
    _, _, told = _told(hub, party, code, month)
    name = quote(f"{code}-{told.month}.csv")
    return Response(
        settlement.statement_csv(told),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _told(hub: Hub, party: Kind, code: str, month: str) -> tuple[settlement.Party, list[str], settlement.Statement]:
    """Raises UnknownTenant, UnknownSupplier, NoStatement."""
    whose, at = settlement.Party(settlement.PartyKind(party), code), hub.clock()
    with hub.database.reading() as session:
        months = settlement.statement_months(session, whose, zone=hub.zone, at=at)
        return whose, months, settlement.statement(session, whose, month or months[0], zone=hub.zone, at=at)
