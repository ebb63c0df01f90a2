"""Money between the hub, its storefronts and its suppliers: what was paid, and who says that a statement is wrong."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console import words
from shared_core.hub.console.acting import attempt, listing_of
from shared_core.hub.console.typed import reason
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import HubDep, MoneyDep, ReaderDep, page, speaks
from shared_core.kernel.money import parse_money
from shared_core.supply import settlement, tenancy
from shared_core.web import forms
from shared_core.web.going import go

HOME = "/console/money"
OBJECTIONS = HOME + "/objections"
ID_MAX = 2**62

router = APIRouter()
Text = Annotated[str, Form(max_length=200)]
Before = Annotated[int | None, Query(ge=1, le=ID_MAX)]


@router.get("/money")
def payments(request: Request, hub: HubDep, viewer: ReaderDep, before: Before = None) -> HTMLResponse:
    return _payments(request, hub, before=before)


@router.post("/money")
def record(
    request: Request,
    hub: HubDep,
    viewer: MoneyDep,
    party: Annotated[Literal["tenant", "supplier", "carrier"], Form()],
    code: Text = "",
    amount: Text = "",
    number: Text = "",
) -> Response:
    """A number stands for one payment: the same again changes nothing."""
    typed = {"party": party, "code": code, "amount": amount, "number": number}

    def work(session: Session) -> None:
        whom = settlement.Party(settlement.PartyKind(party), "" if party == "carrier" else code.strip())
        paid = parse_money(amount, settlement.currency_of(session, whom) or hub.currency)
        settlement.record_payment(session, whom, paid, number=number.strip(), actor=viewer.actor, at=hub.clock())

    trouble = attempt(request, hub, work)
    if trouble:
        return _payments(request, hub, trouble=trouble, typed=typed, status=422)
    return go(HOME, done="saved")


@router.post("/money/reverse")
def reverse(request: Request, hub: HubDep, viewer: MoneyDep, number: Text = "", why: Text = "") -> Response:
    """It bounced, or was mistyped; the number is free again."""

    def work(session: Session) -> None:
        settlement.reverse_payment(session, number, reason=reason(why), actor=viewer.actor, at=hub.clock())

    trouble = attempt(request, hub, work)
    return _payments(request, hub, trouble=trouble, status=422) if trouble else go(HOME, done="saved")


@router.get("/money/objections")
def objections(
    request: Request,
    hub: HubDep,
    viewer: ReaderDep,
    store: Annotated[str, Query(max_length=64)] = "",
    show: Literal["open", "all"] = "open",
    before: Before = None,
) -> HTMLResponse:
    return _objections(request, hub, store=store, show=show, before=before)


@router.post("/money/objections")
def decide(
    request: Request,
    hub: HubDep,
    viewer: MoneyDep,
    store: Text,
    number: Text,
    decision: Annotated[Literal["answer", "accept", "reject"], Form()],
    say: Text = "",
    credit: Text = "",
) -> Response:
    """Answer as often as it takes; accept or reject once. No amount: all of it is credited."""

    def work(session: Session) -> None:
        text, actor, at = reason(say), viewer.actor, hub.clock()
        if decision == "accept":
            given = parse_money(credit, tenancy.tenant(session, store).currency) if credit.strip() else None
            settlement.accept_objection(session, store, number, text=text, actor=actor, at=at, credit=given)
        else:
            step = settlement.answer_objection if decision == "answer" else settlement.reject_objection
            step(session, store, number, text=text, actor=actor, at=at)

    trouble = attempt(request, hub, work)
    if trouble:
        return _objections(request, hub, trouble=trouble, typed={"number": number, "say": say}, status=409)
    return go(OBJECTIONS, done="saved", show="open" if decision == "answer" else "all")


def _payments(
    request: Request,
    hub: Hub,
    *,
    before: int | None = None,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    said = speaks(request)
    with hub.database.reading() as session:
        found = settlement.payments_page(session, before=before)
        tenants = [each.code for each in tenancy.all_tenants(session)]
        suppliers = [each.code for each in supply.suppliers(session)]
        waiting = settlement.count_open_objections(session)
    return page(
        request,
        "console/money.html",
        status_code=status,
        trouble=trouble,
        form=forms.Form(typed or {"party": "tenant"}),
        kinds=[(kind.value, said(label)) for kind, label in words.PARTY.items()],
        parties=[("tenant", tenants), ("supplier", suppliers)],
        codes=sorted({*tenants, *suppliers}),
        waiting=waiting,
        payments=[(each, said(words.PARTY[each.party.kind])) for each in found.payments],
        listing=listing_of(HOME, {}, first=before is None, before=found.before),
    )


def _objections(
    request: Request,
    hub: Hub,
    *,
    store: str = "",
    show: str = "open",
    before: int | None = None,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    said = speaks(request)
    with hub.database.reading() as session:
        found = settlement.objections_page(session, store=store, only_open=show == "open", before=before)
    return page(
        request,
        "console/objections.html",
        status_code=status,
        trouble=trouble,
        store=store,
        show=show,
        typed=typed or {"number": "", "say": ""},
        objections=[
            {
                "store": each.store,
                "number": each.number,
                "month": each.month,
                "what": said(words.LINE[each.kind]),
                "reference": each.reference,
                "amount": each.amount,
                "credit": each.credit,
                "ended": each.ended,
                "state": said(words.OBJECTION[each.state].label),
                "tone": words.OBJECTION[each.state].tone,
                "steps": each.steps,
            }
            for each in found.objections
        ],
        listing=listing_of(OBJECTIONS, {"store": store, "show": show}, first=before is None, before=found.before),
    )
