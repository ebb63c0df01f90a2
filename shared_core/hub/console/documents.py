"""What suppliers hand in and agree to: looked at, accepted or refused; what is asked of them, and on which terms."""

from collections.abc import Callable, Mapping
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub import vetted
from shared_core.hub.console.acting import attempt
from shared_core.hub.console.suppliers import HOME as SUPPLIERS
from shared_core.hub.console.suppliers import Code, Text, supplier_page
from shared_core.hub.console.typed import day, number, reason
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import HubDep, ReaderDep, SuppliersDep, TermsDep, page, speaks
from shared_core.kernel.calendar import today
from shared_core.supply import vetting
from shared_core.web.going import go

HOME = "/console/documents"
ID_MAX = 2**62
TERMS_BYTES_MAX = 12 * vetting.TERMS_LENGTH_MAX + 100_000
"""Terms in any script as a browser sends them, %XX for each byte, and the form around them."""

router = APIRouter()
_log = structlog.get_logger()
Number = Annotated[int, Path(ge=1, le=ID_MAX)]
Digest = Annotated[str, Query(pattern=r"^([0-9a-f]{64})?$")]


@router.get("/documents")
def listing(request: Request, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    return _listing(request, hub)


@router.post("/documents/asked")
def ask(
    request: Request,
    hub: HubDep,
    viewer: TermsDep,
    asked: Annotated[list[str] | None, Form(max_length=100)] = None,
    warn_days: Text = "",
) -> Response:
    """`asked`: "KIND SECTOR" for each field that was ticked."""
    ticked = frozenset(asked or ())
    wanted = {
        kind: frozenset(each for each in vetting.Sector if f"{kind.value} {each.value}" in ticked)
        for kind in vetting.DocumentKind
    }

    def work(session: Session) -> None:
        asked_of = vetting.Requirements(wanted, number(warn_days))
        vetting.requirements.require(session, asked_of, actor=viewer.actor, at=hub.clock())

    trouble = attempt(request, hub, work)
    return _listing(request, hub, trouble=trouble, status=422) if trouble else go(HOME, done="saved")


@router.get("/documents/terms")
def terms(request: Request, hub: HubDep, viewer: ReaderDep, version: Digest = "") -> HTMLResponse:
    return _terms(request, hub, version=version)


@router.post("/documents/terms", max_body_size=TERMS_BYTES_MAX)
def publish(
    request: Request,
    hub: HubDep,
    viewer: TermsDep,
    words: Annotated[str, Form(max_length=2 * vetting.TERMS_LENGTH_MAX)] = "",
    accept_by: Text = "",
) -> Response:
    """These hold from now on; until the day that is given, suppliers sell without having agreed."""

    def work(session: Session) -> None:
        at = hub.clock()
        vetting.terms.publish(
            session, words, accept_by=day(accept_by), actor=viewer.actor, today=today(at, hub.zone), at=at
        )

    trouble = attempt(request, hub, work)
    if trouble:
        return _terms(request, hub, trouble=trouble, typed={"words": words, "accept_by": accept_by}, status=422)
    return go(f"{HOME}/terms", done="saved")


@router.get("/suppliers/{supplier}/documents/{document}")
def fetch(supplier: Code, document: Number, hub: HubDep, viewer: SuppliersDep) -> FileResponse:
    answer = vetted.file_of(hub, supplier, document)
    _log.info("document fetched", supplier=supplier, document=document, by=viewer.actor)
    return answer


@router.post("/suppliers/{supplier}/documents/{document}/accept")
def accept(request: Request, supplier: Code, document: Number, hub: HubDep, viewer: SuppliersDep) -> Response:
    def work(session: Session) -> None:
        at = hub.clock()
        vetting.documents.accept(session, supplier, document, actor=viewer.actor, today=today(at, hub.zone), at=at)

    return _decided(request, hub, supplier, work)


@router.post("/suppliers/{supplier}/documents/{document}/refuse")
def refuse(
    request: Request, supplier: Code, document: Number, hub: HubDep, viewer: SuppliersDep, why: Text = ""
) -> Response:
    """The supplier reads why."""

    def work(session: Session) -> None:
        vetting.documents.refuse(session, supplier, document, reason=reason(why), actor=viewer.actor, at=hub.clock())

    return _decided(request, hub, supplier, work)


@router.post("/suppliers/{supplier}/sectors")
def declare(
    request: Request,
    supplier: Code,
    hub: HubDep,
    viewer: SuppliersDep,
    sector: Annotated[list[vetting.Sector] | None, Form(max_length=10)] = None,
) -> Response:
    """What it sells, as the hub sees it."""

    def work(session: Session) -> None:
        vetting.requirements.declare(session, supplier, sector or (), actor=viewer.actor, at=hub.clock())

    return _decided(request, hub, supplier, work)


def _decided(request: Request, hub: Hub, supplier: str, work: Callable[[Session], object]) -> Response:
    trouble = attempt(request, hub, work)
    if trouble:
        return supplier_page(request, hub, supplier, trouble=trouble, status=422)
    return go(f"{SUPPLIERS}/{supplier}", done="saved")


def _listing(request: Request, hub: Hub, *, trouble: str = "", status: int = 200) -> HTMLResponse:
    said, day_ = speaks(request), today(hub.clock(), hub.zone)
    with hub.database.reading() as session:
        waiting = vetting.documents.waiting(session)
        suppliers = supply.suppliers(session)
        standings = vetting.documents.standings_of_all(session, today=day_)
        asked = vetting.requirements.requirements(session)
        now = vetting.terms.present(session)
        unagreed = vetting.terms.not_accepted(session)
    names = {each.code: each.name for each in suppliers}
    return page(
        request,
        "console/documents.html",
        status_code=status,
        trouble=trouble,
        waiting=[{"code": code, "name": names[code]} | vetted.handed_in(said, [each])[0] for code, each in waiting],
        lacking=[
            {"code": each.code, "name": each.name, "asked": vetted.asked(said, lacking)}
            for each in suppliers
            if each.state is not supply.SupplierState.ENDED
            and (lacking := {kind: how for kind, how in standings[each.code].items() if how in vetted.WORST_FIRST})
        ],
        sectors=[(each.value, said(vetted.SECTORS[each])) for each in vetting.Sector],
        kinds=[
            (kind.value, said(vetting.KINDS[kind]), {each.value for each in asked.asked_of.get(kind, ())})
            for kind in vetting.DocumentKind
        ],
        warn_days=asked.warn_days,
        terms=now,
        unagreed=len(unagreed),
    )


def _terms(
    request: Request,
    hub: Hub,
    *,
    version: str = "",
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    with hub.database.reading() as session:
        now = vetting.terms.present(session)
        shown = vetting.terms.version(session, version) if version else now
        versions = vetting.terms.versions(session)
        unagreed = vetting.terms.not_accepted(session)
    written = {"words": now.words, "accept_by": ""} if now else {}
    return page(
        request,
        "console/terms.html",
        status_code=status,
        trouble=trouble,
        now=now,
        shown=shown,
        versions=versions,
        unagreed=unagreed,
        form={"words": "", "accept_by": "", **written, **(typed or {})},
        today=today(hub.clock(), hub.zone).isoformat(),
    )
