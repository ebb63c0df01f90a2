"""A supplier's goods with their stock, and the terms on which it sends and takes back: to be read."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from shared_core import supply
from shared_core.hub.portal.orders import PageNumber
from shared_core.hub.portal.words import address_lines, options_text
from shared_core.hub.viewer import HubDep, PortalDep, page
from shared_core.kernel.i18n import N_

HOME = "/portal/goods"
DAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))

router = APIRouter()
Search = Annotated[str, Query(alias="q", max_length=100)]


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
def terms(request: Request, hub: HubDep, viewer: PortalDep) -> HTMLResponse:
    with hub.database.reading() as session:
        promise = supply.promise_of(session, supplier=viewer.supplier)
        back = supply.returns.supplier_terms(session, supplier=viewer.supplier)
    return page(
        request,
        "portal/terms.html",
        promise=promise,
        cut_off=f"{promise.cut_off:%H:%M}" if promise else "",
        days=[DAYS[day - 1] for day in sorted(promise.working_days)] if promise else [],
        back=back,
        address=address_lines(back.address) if back else [],
    )
