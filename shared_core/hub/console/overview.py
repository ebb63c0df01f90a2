"""What needs doing at the hub, and whether its books add up."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from shared_core import audit, supply
from shared_core.hub.viewer import HubDep, ReaderDep, page, speaks
from shared_core.kernel.calendar import today
from shared_core.kernel.i18n import N_
from shared_core.supply import settlement, tenancy, vetting

COMING_ABOARD = frozenset(supply.SupplierState) - {
    supply.SupplierState.LIVE,
    supply.SupplierState.SUSPENDED,
    supply.SupplierState.ENDED,
}
ABOARD = frozenset({supply.SupplierState.LIVE, supply.SupplierState.SUSPENDED})
EXPIRES = {vetting.Standing.EXPIRING, vetting.Standing.EXPIRED}
router = APIRouter()


@router.get("")
def overview(request: Request, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    said, at = speaks(request), hub.clock()
    with hub.database.reading() as session:
        placed = supply.count_supplier_orders(session, states=("placed",))
        accepted = supply.count_supplier_orders(session, states=("accepted",))
        late = supply.count_supplier_orders(session, late_at=at)
        tenants = tenancy.all_tenants(session)
        aboard = supply.suppliers(session)
        standings = vetting.documents.standings_of_all(session, today=today(at, hub.zone))
        papers = len(vetting.documents.waiting(session))
        objections = settlement.count_open_objections(session)
    coming = [each for each in aboard if each.state in COMING_ABOARD]
    expiring = [each for each in aboard if each.state in ABOARD and EXPIRES & set(standings[each.code].values())]
    suspended = sum(each.state is tenancy.TenantState.SUSPENDED for each in tenants)
    figures = [
        ("/console/orders?show=placed", N_("Not accepted yet"), placed),
        ("/console/orders?show=accepted", N_("To be sent"), accepted),
        ("/console/orders?show=late", N_("Late"), late),
        ("/console/tenants", N_("Storefronts"), len(tenants)),
    ]
    todo = [
        ("alert", "/console/orders?show=late", N_("Supplier orders that are late: {count}"), late),
        ("book", "/console/money/objections", N_("Objections to answer: {count}"), objections),
        ("store", "/console/tenants", N_("Storefronts that are suspended: {count}"), suspended),
        ("book", "/console/documents", N_("Documents to look at: {count}"), papers),
        ("alert", "/console/documents", N_("Suppliers whose documents expire or have expired: {count}"), len(expiring)),
        ("truck", "/console/suppliers", N_("Suppliers who come aboard: {count}"), len(coming)),
    ]
    return page(
        request,
        "console/overview.html",
        figures=[{"url": url, "label": said(label), "text": str(number)} for url, label, number in figures],
        todo=[
            {"icon": icon, "url": url, "text": said(text).format(count=number)}
            for icon, url, text, number in todo
            if number
        ],
    )


@router.get("/books")
def books(request: Request, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    """Whether money, stock and statements add up, each by other rows than it was made of. Reads everything."""
    said = speaks(request)
    with hub.database.reading() as session:
        results = audit.check_hub(session)
    checks = [
        {"code": each.code, "ok": each.ok, "title": said(each.title), "detail": each.detail(said)} for each in results
    ]
    return page(request, "console/books.html", checks=checks, broken=sum(not each.ok for each in results))
