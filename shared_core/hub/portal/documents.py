"""A supplier's documents: what is asked of it, what it handed in, and what became of that."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import media, supply
from shared_core.hub import vetted
from shared_core.hub.console.acting import attempt
from shared_core.hub.console.typed import day
from shared_core.hub.errors import NoFile
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import HubDep, PortalDep, current, page, speaks
from shared_core.kernel.calendar import today
from shared_core.kernel.errors import PlatformError
from shared_core.supply import vetting
from shared_core.web import forms
from shared_core.web.going import go

HOME = "/portal/documents"
ID_MAX = 2**62
UPLOAD_BYTES_MAX = media.DOCUMENT_BYTES_MAX + 100_000
"""A document as large as one may be, and the form around it."""

router = APIRouter()
Text = Annotated[str, Form(max_length=200)]


@router.get("/documents")
def listing(request: Request, hub: HubDep, viewer: PortalDep) -> HTMLResponse:
    return _page(request, hub, viewer.supplier)


@router.post("/documents", max_body_size=UPLOAD_BYTES_MAX)
def hand_in(
    request: Request,
    hub: HubDep,
    viewer: PortalDep,
    kind: Annotated[vetting.DocumentKind, Form()],
    number: Text = "",
    valid_until: Text = "",
    document: UploadFile | None = None,
) -> Response:
    """Read before the transaction begins: nobody waits for it. Its file is there before the row that names it."""
    try:
        content = document.file.read() if document is not None else b""
        if not content:
            raise NoFile
        made = media.read_document(content)
        until = day(valid_until) if valid_until.strip() else None
    except PlatformError as error:
        trouble = forms.sentence(error, translate=speaks(request), locale=current(request).locale)
    else:
        at = hub.clock()

        def work(session: Session) -> None:
            vetting.documents.hand_in(
                session,
                viewer.supplier,
                kind=kind,
                number=number,
                valid_until=until,
                digest=made.digest,
                suffix=made.suffix,
                actor=viewer.actor,
                today=today(at, hub.zone),
                at=at,
            )
            hub.documents.keep(made)

        trouble = attempt(request, hub, work)
    if trouble:
        typed = {"kind": kind.value, "number": number, "valid_until": valid_until}
        return _page(request, hub, viewer.supplier, trouble=trouble, typed=typed, status=422)
    return go(HOME, done="handed")


@router.get("/documents/{document}")
def fetch(document: Annotated[int, Path(ge=1, le=ID_MAX)], hub: HubDep, viewer: PortalDep) -> FileResponse:
    return vetted.file_of(hub, viewer.supplier, document)


@router.post("/sectors")
def declare(
    request: Request,
    hub: HubDep,
    viewer: PortalDep,
    sector: Annotated[list[vetting.Sector] | None, Form(max_length=10)] = None,
) -> Response:
    """What it sells, as long as nobody relies on that."""

    def work(session: Session) -> None:
        vetting.requirements.declare_own(session, viewer.supplier, sector or (), actor=viewer.actor, at=hub.clock())

    trouble = attempt(request, hub, work)
    return _page(request, hub, viewer.supplier, trouble=trouble, status=409) if trouble else go(HOME, done="saved")


def _page(
    request: Request,
    hub: Hub,
    supplier: str,
    *,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    said = speaks(request)
    with hub.database.reading() as session:
        declared = vetting.requirements.declared(session, supplier)
        standings = vetted.asked_now(session, hub, supplier)
        documents = vetting.documents.documents(session, supplier)
        state = supply.supplier_state(session, supplier=supplier)
    asked_first = [*standings, *(each for each in vetting.DocumentKind if each not in standings)]
    lacking = next((kind.value for kind, how in standings.items() if how not in vetting.DOES), "")
    return page(
        request,
        "portal/documents.html",
        status_code=status,
        trouble=trouble,
        declared=declared,
        may_declare=declared is None or state is supply.SupplierState.APPLIED,
        sectors=vetted.sectors(said, declared.sectors if declared else None),
        asked=vetted.asked(said, standings),
        documents=vetted.handed_in(said, documents),
        kinds=[(each.value, said(vetting.KINDS[each])) for each in asked_first],
        form=forms.Form(typed or {"kind": lacking}),
        megabytes=media.DOCUMENT_BYTES_MAX // 2**20,
    )
