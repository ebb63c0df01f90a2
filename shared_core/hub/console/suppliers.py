"""Suppliers: how each comes aboard, what it promises, its goods and its orders."""

from collections.abc import Callable, Mapping
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub import vetted
from shared_core.hub.console import words
from shared_core.hub.console.acting import attempt
from shared_core.hub.console.tenant import KEY_NAME_LENGTH
from shared_core.hub.console.typed import number, reason, wall_time
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import HubDep, ReaderDep, SuppliersDep, TermsDep, current, page, speaks
from shared_core.kernel.calendar import today
from shared_core.kernel.codes import new_code, new_token
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, parse_money
from shared_core.kernel.regions import PROVINCES, region_name
from shared_core.supply import vetting
from shared_core.web import forms
from shared_core.web.going import go

HOME = "/console/suppliers"
S = supply.SupplierState
STEPS: Mapping[supply.SupplierState, str] = {
    S.DOCUMENTS: N_("Its documents are there"),
    S.TERMS: N_("Terms are agreed"),
    S.FIRST_FEED: N_("Its first goods are in"),
    S.SAMPLE_ORDER: N_("The sample order arrived"),
    S.LIVE: N_("Put its goods on offer"),
    S.SUSPENDED: N_("Suspend"),
    S.ENDED: N_("End it for good"),
}
"""What is said to lead a supplier to a state."""
DAYS: Mapping[int, str] = {
    1: N_("Monday"),
    2: N_("Tuesday"),
    3: N_("Wednesday"),
    4: N_("Thursday"),
    5: N_("Friday"),
    6: N_("Saturday"),
    7: N_("Sunday"),
}

TEMPLATES_LENGTH_MAX = 100_000
NEW_TEMPLATE = """\
[[template]]
supplier = "{supplier}"
code = "standard"
by = "piece"
standard = true

[[template.rule]]
amount = "8"
further_amount = "2"
"""
_UNITS: Mapping[str, str] = {"piece": N_("pcs"), "weight": "g", "parcel": ""}

router = APIRouter()
_log = structlog.get_logger()
Code = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Form(max_length=200)]


@router.get("/suppliers")
def listing(request: Request, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    return _listing(request, hub)


@router.post("/suppliers")
def apply(
    request: Request,
    hub: HubDep,
    viewer: SuppliersDep,
    code: Text = "",
    name: Text = "",
    freight: Text = "",
    why: Text = "",
) -> Response:
    """A brand asks to be sold here; nothing of it is on offer until it is live."""
    typed = {"code": code, "name": name, "freight": freight, "why": why}

    def work(session: Session) -> None:
        supply.apply_supplier(
            session,
            code=code.strip(),
            name=name.strip() or code.strip(),
            freight=parse_money(freight, hub.currency),
            actor=viewer.actor,
            reason=reason(why),
            at=hub.clock(),
        )

    trouble = attempt(request, hub, work)
    if trouble:
        return _listing(request, hub, trouble=trouble, typed=typed, status=422)
    return go(f"{HOME}/{code.strip()}", done="saved")


@router.get("/suppliers/{supplier}")
def one(request: Request, supplier: Code, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    return supplier_page(request, hub, supplier)


@router.post("/suppliers/{supplier}/state")
def move(
    request: Request,
    supplier: Code,
    hub: HubDep,
    viewer: SuppliersDep,
    to: Annotated[supply.SupplierState, Form()],
    why: Text = "",
) -> Response:
    def work(session: Session) -> None:
        supply.move_supplier(
            session, supplier=supplier, to=to, actor=viewer.actor, reason=reason(why), zone=hub.zone, at=hub.clock()
        )

    trouble = attempt(request, hub, work)
    if trouble:
        return supplier_page(request, hub, supplier, trouble=trouble, step={"to": to, "why": why}, status=409)
    return go(f"{HOME}/{supplier}", done="saved")


@router.post("/suppliers/{supplier}/promise")
def promise(
    request: Request,
    supplier: Code,
    hub: HubDep,
    viewer: SuppliersDep,
    cut_off: Text = "",
    ship_days: Text = "",
    day: Annotated[list[int] | None, Form(max_length=7)] = None,
) -> Response:
    """Until when it sends what is ordered from now on; the wall clock is the hub's."""

    def work(session: Session) -> None:
        agreed = supply.Promise(
            cut_off=wall_time(cut_off), zone=hub.zone, ship_days=number(ship_days), working_days=frozenset(day or ())
        )
        supply.set_promise(session, supplier=supplier, promise=agreed)

    trouble = attempt(request, hub, work)
    if trouble:
        return supplier_page(request, hub, supplier, trouble=trouble, status=422)
    _log.info("supplier promises", supplier=supplier, cut_off=cut_off, ship_days=ship_days, days=day, by=viewer.actor)
    return go(f"{HOME}/{supplier}", done="saved")


@router.post("/suppliers/{supplier}/freight")
def freight(
    request: Request,
    supplier: Code,
    hub: HubDep,
    viewer: SuppliersDep,
    templates: Annotated[str, Form(max_length=TEMPLATES_LENGTH_MAX)] = "",
) -> Response:
    """What it charges for sending from now on; what is held keeps its freight."""
    written = templates.replace("\r\n", "\n")
    trouble = attempt(request, hub, lambda session: supply.put_freight(session, written, only=supplier))
    if trouble:
        return supplier_page(request, hub, supplier, trouble=trouble, written=written, status=422)
    _log.info("freight templates", supplier=supplier, by=viewer.actor)
    return go(f"{HOME}/{supplier}", done="saved")


@router.post("/suppliers/{supplier}/keys")
def new_key(
    request: Request, supplier: Code, hub: HubDep, viewer: TermsDep, scope: Annotated[str, Form(max_length=16)] = ""
) -> HTMLResponse:
    """For its own system; shown this one time. Without a scope it may do all."""
    keys, made = supply.supplier_access.keys, list[str]()
    trouble = attempt(
        request,
        hub,
        lambda session: made.append(
            keys.issue(
                session,
                supplier,
                name=new_code(KEY_NAME_LENGTH),
                secret=new_token(),
                scopes=[scope] if scope else keys.ALL_SCOPES,
                actor=viewer.actor,
                at=hub.clock(),
            )
        ),
    )
    return supplier_page(request, hub, supplier, trouble=trouble, status=422 if trouble else 200, key="".join(made))


@router.post("/suppliers/{supplier}/keys/{name}/revoke")
def revoke_key(
    request: Request, supplier: Code, name: Annotated[str, Path(max_length=32)], hub: HubDep, viewer: TermsDep
) -> Response:
    trouble = attempt(
        request,
        hub,
        lambda session: supply.supplier_access.keys.revoke(session, supplier, name, actor=viewer.actor, at=hub.clock()),
    )
    if trouble:
        return supplier_page(request, hub, supplier, trouble=trouble, status=404)
    return go(f"{HOME}/{supplier}", done="saved")


def _listing(
    request: Request,
    hub: Hub,
    *,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    said, at = speaks(request), hub.clock()
    with hub.database.reading() as session:
        found = supply.suppliers(session)
        standings = vetting.documents.standings_of_all(session, today=today(at, hub.zone))
        late = {each.code: supply.count_supplier_orders(session, supplier=each.code, late_at=at) for each in found}
    return page(
        request,
        "console/suppliers.html",
        status_code=status,
        trouble=trouble,
        form=forms.Form(typed or {"freight": "0"}),
        currency=hub.currency,
        suppliers=[
            {
                "code": each.code,
                "name": each.name,
                "state": said(words.SUPPLIER[each.state].label),
                "tone": words.SUPPLIER[each.state].tone,
                "freight": each.freight,
                "late": late[each.code],
                "documents": None if each.state is S.ENDED else vetted.worst(said, standings[each.code]),
            }
            for each in found
        ],
    )


def supplier_page(
    request: Request,
    hub: Hub,
    code: str,
    *,
    trouble: str = "",
    written: str = "",
    step: Mapping[str, str] | None = None,
    key: str = "",
    warehouse: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The page of a supplier; with a `key` that was just made. Raises UnknownSupplier."""
    said, at = speaks(request), hub.clock()
    with hub.database.reading() as session:
        state = supply.supplier_state(session, supplier=code)
        [found] = [each for each in supply.suppliers(session) if each.code == code]
        promised = supply.promise_of(session, supplier=code)
        decisions = _decided(said, session, code)
        to_send = supply.count_supplier_orders(session, states=supply.TO_SEND, supplier=code)
        late = supply.count_supplier_orders(session, supplier=code, late_at=at)
        goods = supply.products_page(session, supplier=code, limit=1).products
        templates = supply.freight_templates(session, supplier=code)
        keys = supply.supplier_access.keys.keys(session, code)
        warehouses = supply.sourcing.warehouses(session, supplier=code)
        vetting_ = _vetting(said, session, hub, code)
    return page(
        request,
        "console/supplier.html",
        status_code=status,
        trouble=trouble,
        supplier=found,
        state=said(words.SUPPLIER[state].label),
        tone=words.SUPPLIER[state].tone,
        steps=[(each.value, said(STEPS[each])) for each in S if supply.may_become(state, each)],
        promise=_promised(said, promised),
        days=[(day, said(label), promised is None or day in promised.working_days) for day, label in DAYS.items()],
        decisions=decisions,
        to_send=to_send,
        late=late,
        has_goods=bool(goods),
        freight_open=bool(written),
        step_typed=step or {"to": "", "why": ""},
        written=written or supply.freight_toml(templates) or NEW_TEMPLATE.format(supplier=code),
        templates=[_template(said, current(request).locale, each) for each in templates],
        keys=[(each, each.revoked_at is None and (each.expires_at is None or each.expires_at > at)) for each in keys],
        key=key,
        warehouses=warehouses,
        warehouse_typed=warehouse or {"code": "", "name": "", "region": "", "priority": "0"},
        warehouse_open=warehouse is not None,
        regions=[(each, region_name(each, current(request).locale)) for each in PROVINCES],
        **vetting_,
    )


def _decided(said: Callable[[str], str], session: Session, code: str) -> list[dict[str, object]]:
    """The newest first."""
    return [
        {
            "at": each.at,
            "actor": each.actor,
            "state": said(words.SUPPLIER[each.state].label),
            "reason": said(each.reason),
        }
        for each in reversed(supply.supplier_decisions(session, supplier=code))
    ]


def _vetting(said: Callable[[str], str], session: Session, hub: Hub, code: str) -> dict[str, object]:
    """What it handed in and agreed to."""
    declared = vetting.requirements.declared(session, code)
    standings = vetted.asked_now(session, hub, code)
    return {
        "declared": declared,
        "sectors": vetted.sectors(said, declared.sectors if declared else None),
        "asked": vetted.asked(said, standings),
        "documents": vetted.handed_in(said, vetting.documents.documents(session, code)),
        "agreement": vetted.agreement(session, hub, code),
    }


def _template(said: Callable[[str], str], locale: str, view: supply.FreightTemplateView) -> dict[str, object]:
    def named(codes: frozenset[str]) -> list[str]:
        return [region_name(code, locale) for code in sorted(codes)]

    return {
        "name": view.name or view.code,
        "code": view.code,
        "standard": view.standard,
        "products": len(view.products),
        "unit": said(_UNITS[view.template.charged_by]),
        "excluded": named(view.template.excluded),
        "rules": [
            {
                "where": named(rule.regions),
                "first": rule.first_units,
                "amount": Money(rule.first_minor, view.currency),
                "further": rule.further_units,
                "further_amount": Money(rule.further_minor, view.currency) if rule.further_minor else None,
                "free_pieces": rule.free_pieces,
                "free": None if rule.free_minor is None else Money(rule.free_minor, view.currency),
            }
            for rule in view.template.rules
        ],
    }


def _promised(said: Callable[[str], str], promise: supply.Promise | None) -> dict[str, object] | None:
    if promise is None:
        return None
    return {
        "cut_off": f"{promise.cut_off:%H:%M}",
        "zone": promise.zone,
        "ship_days": promise.ship_days,
        "days": [said(DAYS[each]) for each in sorted(promise.working_days)],
    }
