"""A supplier's goods with their stock, and the terms on which it sells, sends and takes back."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub import vetted
from shared_core.hub.console.acting import attempt
from shared_core.hub.hub import Hub
from shared_core.hub.portal.orders import PageNumber
from shared_core.hub.portal.words import address_lines, options_text
from shared_core.hub.viewer import HubDep, PortalDep, page
from shared_core.kernel.i18n import N_
from shared_core.supply import vetting
from shared_core.web.going import go

HOME = "/portal/goods"
TERMS = "/portal/terms"
DAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))

router = APIRouter()
Search = Annotated[str, Query(alias="q", max_length=100)]
Digest = Annotated[str, Form(max_length=64)]
Version = Annotated[str, Query(max_length=64)]


@router.get("/goods")
def goods(request: Request, hub: HubDep, viewer: PortalDep, q: Search = "", number: PageNumber = 1) -> HTMLResponse:
    search = q.strip()
    with hub.database.reading() as session:
        found, more = supply.goods_of(session, supplier=viewer.supplier, search=search, page=number)
    return page(
        request,
        "portal/goods.html",
        search=search,
        goods=[{"one": each, "options": options_text(each.options)} for each in found],
        listing={
            "previous_url": f"{HOME}?{urlencode({'q': search, 'page': number - 1})}" if number > 1 else "",
            "next_url": f"{HOME}?{urlencode({'q': search, 'page': number + 1})}" if more else "",
        },
    )


@router.get("/terms")
def terms(request: Request, hub: HubDep, viewer: PortalDep, version: Version = "") -> HTMLResponse:
    return _terms(request, hub, viewer.supplier, version=version)


@router.post("/terms/accept")
def agree(request: Request, hub: HubDep, viewer: PortalDep, digest: Digest = "") -> Response:
    """To exactly the terms that were read: others are refused."""

    def work(session: Session) -> None:
        vetting.terms.agree(session, viewer.supplier, digest, actor=viewer.actor, at=hub.clock())

    trouble = attempt(request, hub, work)
    if trouble:
        return _terms(request, hub, viewer.supplier, trouble=trouble, status=409)
    return go(TERMS, done="agreed")


def _terms(
    request: Request, hub: Hub, supplier: str, *, version: str = "", trouble: str = "", status: int = 200
) -> HTMLResponse:
    """With an older `version` of the hub's terms, where the supplier once agreed to it. Raises NoTerms."""
    with hub.database.reading() as session:
        promise = supply.promise_of(session, supplier=supplier)
        back = supply.returns.supplier_terms(session, supplier=supplier)
        agreement = vetted.agreement(session, hub, supplier)
        older = vetting.terms.agreed_version(session, supplier, version) if version else None
    return page(
        request,
        "portal/terms.html",
        status_code=status,
        trouble=trouble,
        agreement=agreement,
        older=older,
        promise=promise,
        cut_off=f"{promise.cut_off:%H:%M}" if promise else "",
        days=[DAYS[day - 1] for day in sorted(promise.working_days)] if promise else [],
        back=back,
        address=address_lines(back.address) if back else [],
    )
