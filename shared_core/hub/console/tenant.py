"""One storefront: its terms and what they were, what it owes, its keys; suspended and taken back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console import words
from shared_core.hub.console.acting import attempt
from shared_core.hub.console.typed import percentage_text, reason, terms, terms_text
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import HubDep, PauseDep, ReaderDep, TermsDep, current, page, speaks
from shared_core.kernel.codes import new_code, new_token
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, format_money
from shared_core.supply import settlement, tenancy
from shared_core.web import forms
from shared_core.web.going import go

KEY_NAME_LENGTH = 8
CHANGES: Mapping[str, str] = {
    "added": N_("supplied from now on"),
    "terms": N_("other terms"),
    "suspended": N_("suspended: {reason}"),
    "resumed": N_("orders are taken again: {reason}"),
    "key_issued": N_("key {key} given out"),
    "key_revoked": N_("key {key} revoked"),
}
NO_LIMIT = N_("no limit")

router = APIRouter()
Store = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Form(max_length=200)]


@router.get("/tenants/{store}")
def one(request: Request, store: Store, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    return one_page(request, hub, store)


@router.post("/tenants/{store}/terms")
def agree(
    request: Request,
    store: Store,
    hub: HubDep,
    viewer: TermsDep,
    fee: Text = "",
    credit: Text = "",
    open_holds: Text = "",
    unpaid_per_sku: Text = "",
) -> Response:
    """From now on; what is held already keeps its terms."""
    typed = {"fee": fee, "credit": credit, "open_holds": open_holds, "unpaid_per_sku": unpaid_per_sku}

    def work(session: Session) -> None:
        now = tenancy.tenant(session, store)
        tenancy.set_terms(session, store, terms(now.terms, now.currency, **typed), actor=viewer.actor, at=hub.clock())

    return _done(request, hub, store, work, typed=typed)


@router.post("/tenants/{store}/suspend")
def suspend(request: Request, store: Store, hub: HubDep, viewer: PauseDep, why: Text = "") -> Response:
    return _done(
        request,
        hub,
        store,
        lambda session: tenancy.suspend(session, store, actor=viewer.actor, reason=reason(why), at=hub.clock()),
    )


@router.post("/tenants/{store}/resume")
def resume(request: Request, store: Store, hub: HubDep, viewer: PauseDep, why: Text = "") -> Response:
    return _done(
        request,
        hub,
        store,
        lambda session: tenancy.resume(session, store, actor=viewer.actor, reason=reason(why), at=hub.clock()),
    )


@router.post("/tenants/{store}/keys")
def new_key(request: Request, store: Store, hub: HubDep, viewer: TermsDep) -> HTMLResponse:
    """One more, to change over to; shown this one time."""
    made: list[str] = []
    trouble = attempt(
        request,
        hub,
        lambda session: made.append(issue_key(session, store, actor=viewer.actor, at=hub.clock())),
    )
    return one_page(request, hub, store, trouble=trouble, status=409 if trouble else 200, key="".join(made))


@router.post("/tenants/{store}/keys/{name}/revoke")
def revoke_key(
    request: Request, store: Store, name: Annotated[str, Path(max_length=32)], hub: HubDep, viewer: TermsDep
) -> Response:
    return _done(
        request,
        hub,
        store,
        lambda session: tenancy.revoke_key(session, store, name, actor=viewer.actor, at=hub.clock()),
    )


def issue_key(session: Session, store: str, *, actor: str, at: datetime) -> str:
    """A key that may do all a storefront does; whole for the only time."""
    name, secret = new_code(KEY_NAME_LENGTH), new_token()
    return tenancy.issue_key(session, store, name=name, secret=secret, actor=actor, at=at)


def one_page(
    request: Request,
    hub: Hub,
    store: str,
    *,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    key: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The page of a tenant; with a `key` that was just made. Raises UnknownTenant."""
    said, at = speaks(request), hub.clock()
    with hub.database.reading() as session:
        found = tenancy.tenant(session, store)
        owes = tenancy.tenant_owes(session, store, found.currency)
        keys = tenancy.keys_of(session, store)
        changes = tenancy.tenant_changes(session, store)
        objections = settlement.count_open_objections(session, store)
        late = supply.count_supplier_orders(session, store=store, late_at=at)
    limit = found.terms.store_limits.credit_limit_minor
    return page(
        request,
        "console/tenant.html",
        status_code=status,
        trouble=trouble,
        tenant=found,
        state=said(words.TENANT[found.state].label),
        tone=words.TENANT[found.state].tone,
        suspended=found.state is tenancy.TenantState.SUSPENDED,
        owes=owes,
        credit=None if limit is None else Money(limit, found.currency),
        form=forms.Form(typed or terms_text(found.terms, found.currency)),
        keys=[(each, each.revoked_at is None and (each.expires_at is None or each.expires_at > at)) for each in keys],
        key=key,
        changes=[
            {
                "at": each.at,
                "actor": each.actor,
                "text": _told(said, each),
                "terms": _terms_told(request, each.details, found.currency) if each.what in ("added", "terms") else [],
            }
            for each in reversed(changes)
        ],
        objections=objections,
        late=late,
    )


def _done(
    request: Request,
    hub: Hub,
    store: str,
    work: Callable[[Session], object],
    *,
    typed: Mapping[str, str] | None = None,
) -> Response:
    trouble = attempt(request, hub, work)
    if trouble:
        return one_page(request, hub, store, trouble=trouble, typed=typed, status=422)
    return go(f"/console/tenants/{store}", done="saved")


def _told(said: Callable[[str], str], change: tenancy.ChangeView) -> str:
    known = {"reason": change.details.get("reason", ""), "key": change.details.get("key", "")}
    return said(CHANGES.get(change.what, change.what)).format(**known)


def _terms_told(request: Request, details: Mapping[str, Any], currency: str) -> list[dict[str, str]]:
    """What each term was and is; a new tenant's terms were nothing before."""
    said = speaks(request)
    rows = []
    for name, value in details.items():
        if name in words.TERM:
            values = value if isinstance(value, list) else [value]
            shown = [_term(request, name, each, currency) for each in values]
            rows.append(
                {"name": said(words.TERM[name]), "before": shown[0] if len(shown) > 1 else "", "now": shown[-1]}
            )
    return rows


def _term(request: Request, name: str, value: Any, currency: str) -> str:
    if value is None:
        return speaks(request)(NO_LIMIT)
    if name == "platform_fee_bps":
        return percentage_text(value) + "%"
    if name == "credit_limit_minor":
        return format_money(Money(value, currency), current(request).locale)
    return str(value)
