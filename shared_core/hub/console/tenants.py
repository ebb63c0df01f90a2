"""The storefronts that the hub supplies: all of them, and one more."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core.hub.console import words
from shared_core.hub.console.acting import attempt, listing_of
from shared_core.hub.console.tenant import issue_key, one_page
from shared_core.hub.console.typed import terms, terms_text
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import HubDep, ReaderDep, TermsDep, page, speaks
from shared_core.kernel.money import Money
from shared_core.supply import tenancy
from shared_core.web import forms

HOME = "/console/tenants"
PER_PAGE = 50

router = APIRouter()
Text = Annotated[str, Form(max_length=200)]


@router.get("/tenants")
def listing(
    request: Request,
    hub: HubDep,
    viewer: ReaderDep,
    q: Annotated[str, Query(max_length=60)] = "",
    after: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    return _page(request, hub, q=q, after=after)


@router.post("/tenants")
def add(
    request: Request,
    hub: HubDep,
    viewer: TermsDep,
    code: Text = "",
    name: Text = "",
    fee: Text = "",
    credit: Text = "",
    open_holds: Text = "",
    unpaid_per_sku: Text = "",
) -> Response:
    """Its first key is shown this one time. A storefront that is supplied already is refused, and gets no key."""
    typed = {
        "code": code,
        "name": name,
        "fee": fee,
        "credit": credit,
        "open_holds": open_holds,
        "unpaid_per_sku": unpaid_per_sku,
    }
    made: list[str] = []

    def work(session: Session) -> None:
        limits = {"open_holds": open_holds, "unpaid_per_sku": unpaid_per_sku}
        agreed = terms(tenancy.TenantTerms(), hub.currency, fee=fee, credit=credit, **limits)
        if any(each.code == code.strip() for each in tenancy.all_tenants(session)):
            raise tenancy.TenantTaken(tenant=code.strip())
        tenancy.add_tenant(
            session,
            code.strip(),
            name=name.strip() or code.strip(),
            currency=hub.currency,
            terms=agreed,
            actor=viewer.actor,
            at=hub.clock(),
        )
        made.append(issue_key(session, code.strip(), actor=viewer.actor, at=hub.clock()))

    trouble = attempt(request, hub, work)
    if trouble:
        return _page(request, hub, trouble=trouble, typed=typed, status=422)
    return one_page(request, hub, code.strip(), key=made[0])


def _page(
    request: Request,
    hub: Hub,
    *,
    q: str = "",
    after: str = "",
    trouble: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    said, wanted = speaks(request), q.strip().casefold()
    with hub.database.reading() as session:
        known = [
            each
            for each in tenancy.all_tenants(session)
            if each.code > after and (wanted in each.code or wanted in each.name.casefold())
        ]
        shown = known[:PER_PAGE]
        owed = {each.code: tenancy.tenant_owes(session, each.code, each.currency) for each in shown}
    return page(
        request,
        "console/tenants.html",
        status_code=status,
        trouble=trouble,
        form=forms.Form(typed or {"code": "", "name": "", **terms_text(tenancy.TenantTerms(), hub.currency)}),
        query=q,
        currency=hub.currency,
        tenants=[
            {
                "code": each.code,
                "name": each.name,
                "state": said(words.TENANT[each.state].label),
                "tone": words.TENANT[each.state].tone,
                "owes": owed[each.code],
                "credit": credit_of(each),
                "fee": each.terms.platform_fee_bps,
            }
            for each in shown
        ],
        listing=listing_of(HOME, {"q": q}, first=not after, after=shown[-1].code if len(known) > PER_PAGE else None),
    )


def credit_of(tenant: tenancy.TenantView) -> Money | None:
    limit = tenant.terms.store_limits.credit_limit_minor
    return None if limit is None else Money(limit, tenant.currency)
