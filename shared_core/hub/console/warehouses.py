"""A supplier's warehouses, made, changed and closed."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console.acting import attempt
from shared_core.hub.console.suppliers import HOME, supplier_page
from shared_core.hub.console.typed import number
from shared_core.hub.viewer import HubDep, SuppliersDep
from shared_core.web.going import go

router = APIRouter()
Text = Annotated[str, Form(max_length=200)]


@router.post("/suppliers/{supplier}/warehouses")
def put(
    request: Request,
    supplier: Annotated[str, Path(max_length=64)],
    hub: HubDep,
    viewer: SuppliersDep,
    code: Annotated[str, Form(max_length=64)] = "",
    name: Text = "",
    region: Annotated[str, Form(max_length=6)] = "",
    priority: Annotated[str, Form(max_length=4)] = "0",
    closed: Annotated[bool, Form()] = False,
) -> Response:
    """One more, or the one with this code otherwise. The same again changes nothing."""
    typed = {"code": code, "name": name, "region": region, "priority": priority}

    def work(session: Session) -> None:
        place = supply.sourcing.Place(code.strip(), name.strip(), region, number(priority), active=not closed)
        supply.sourcing.put_warehouse(session, place, supplier=supplier, at=hub.clock())

    trouble = attempt(request, hub, work)
    if trouble:
        return supplier_page(request, hub, supplier, trouble=trouble, warehouse=typed, status=422)
    return go(f"{HOME}/{supplier}", done="saved")
