"""What a supplier is owed, month by month."""

from typing import Annotated

from fastapi import Path, Response

from shared_core.hub.supplier_api import shown
from shared_core.hub.supplier_api.calls import Call, Reader, section
from shared_core.supply import settlement

Month = Annotated[str, Path(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]

router = section("statements")


@router.get("/statements")
def months(call: Reader) -> shown.Months:
    """Of which months there is one."""
    with call.hub.database.reading() as session:
        found = settlement.statement_months(session, _party(call), zone=call.hub.zone, at=call.at)
    return shown.Months(months=found)


@router.get("/statements/{month}.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def statement_sheet(month: Month, call: Reader) -> Response:
    """The month as CSV."""
    headers = {"Content-Disposition": f'attachment; filename="statement-{month}.csv"', "Cache-Control": "no-store"}
    sheet = settlement.statement_csv(_told(month, call))
    return Response(sheet, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/statements/{month}")
def statement(month: Month, call: Reader) -> shown.Statement:
    """A month of the hub's calendar: closed, or as far as it is known."""
    return shown.statement(_told(month, call))


def _told(month: str, call: Call) -> settlement.Statement:
    with call.hub.database.reading() as session:
        return settlement.statement(session, _party(call), month, zone=call.hub.zone, at=call.at)


def _party(call: Call) -> settlement.Party:
    return settlement.Party(settlement.PartyKind.SUPPLIER, call.supplier)
