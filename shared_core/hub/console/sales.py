"""Sale events: planned, looked at before and while they run, changed until they begin, ended early."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console import sale_form
from shared_core.hub.console.acting import OnlyLooking, attempt
from shared_core.hub.console.sale_form import SaleTyped
from shared_core.hub.console.sale_view import SaleShown, in_list, shown
from shared_core.hub.console.typed import percentage, reason
from shared_core.hub.errors import NothingCalled
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import GoodsDep, HubDep, ReaderDep, current, page, speaks
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.i18n import N_
from shared_core.supply import sales
from shared_core.web import forms
from shared_core.web.going import go

HOME = "/console/sales"
PAST_SHOWN_MAX = 50
ALIKE_SHOWN_MAX = 8
FIELDS_MAX = 2_000
"""As many as the form of a sale with all the goods that it may have."""

router = APIRouter()
_log = structlog.get_logger()
Code = Annotated[str, Path(max_length=64)]
Short = Annotated[str, StringConstraints(max_length=200)]


class Sent(BaseModel):
    """The form of a sale as it comes: its fields, and which button was pressed.

    `q` and `percent` name goods to put in, `put` the product of them that was meant; `remove` is a place among the
    goods; `opened` the version of the sale that is changed.
    """

    step: Literal["look", "take"] = "look"
    q: Short = ""
    percent: Short = ""
    put: Short = ""
    remove: Annotated[int, Field(ge=0)] | None = None
    opened: Short = ""
    code: Short = ""
    title: Short = ""
    brand: Short = ""
    preview: Short = ""
    start: Short = ""
    end: Short = ""
    sku: list[Short] = []
    supply_price: list[Short] = []
    retail: list[Short] = []
    quantity: list[Short] = []
    cost: list[Short] = []
    floor: list[Short] = []
    per_customer: list[Short] = []
    per_store: list[Short] = []

    def typed(self, code: str) -> SaleTyped:
        """Raises FormInPieces."""
        amounts = (self.supply_price, self.retail, self.quantity, self.cost, self.floor)
        goods = sale_form.rows(self.sku, *amounts, self.per_customer, self.per_store)
        return SaleTyped(code or self.code, self.title, self.brand, self.preview, self.start, self.end, goods)


@router.get("/sales")
def listing(request: Request, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    said, at = speaks(request), hub.clock()
    with hub.database.reading() as session:
        coming = [in_list(said, each) for each in sales.all_sales(session, at=at, over=False)]
        past = [in_list(said, each) for each in sales.all_sales(session, at=at, over=True, limit=PAST_SHOWN_MAX)]
    return page(
        request,
        "console/sales.html",
        running=[each for each in coming if each.running],
        coming=[each for each in reversed(coming) if not each.running],
        past=past,
        past_max=PAST_SHOWN_MAX if len(past) == PAST_SHOWN_MAX else 0,
    )


@router.get("/sales/new")
def new(request: Request, hub: HubDep, viewer: GoodsDep) -> HTMLResponse:
    return _form(request, hub, SaleTyped())


@router.post("/sales/new", form_limits={"max_fields": FIELDS_MAX})
def plan(request: Request, hub: HubDep, viewer: GoodsDep, sent: Annotated[Sent, Form()]) -> Response:
    return _sent(request, hub, sent)


@router.get("/sales/of/{code}")
def one(request: Request, code: Code, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    return _one(request, hub, code)


@router.get("/sales/of/{code}/change")
def change_form(request: Request, code: Code, hub: HubDep, viewer: GoodsDep) -> HTMLResponse:
    with hub.database.reading() as session:
        told = sales.sale(session, code, at=hub.clock())
    if told.state not in sales.NOT_BEGUN:
        raise sales.SaleBegun(sale=code)
    return _form(request, hub, sale_form.typed_again(told.sale, ZoneInfo(hub.zone)), changed=told)


@router.post("/sales/of/{code}/change", form_limits={"max_fields": FIELDS_MAX})
def change(request: Request, code: Code, hub: HubDep, viewer: GoodsDep, sent: Annotated[Sent, Form()]) -> Response:
    with hub.database.reading() as session:
        told = sales.sale(session, code, at=hub.clock())
    return _sent(request, hub, sent, changed=told)


@router.post("/sales/of/{code}/end")
def end(
    request: Request, code: Code, hub: HubDep, viewer: GoodsDep, why: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """At once and for good; what is held or bought stays."""

    def work(session: Session) -> None:
        sales.withdraw_sale(session, code, actor=viewer.actor, reason=reason(why), at=hub.clock())

    trouble = attempt(request, hub, work)
    if trouble:
        return _one(request, hub, code, trouble=trouble, status=422)
    _log.info("sale ended early", sale=code, by=viewer.actor)
    return go(f"{HOME}/of/{code}", done="saved")


def _sent(request: Request, hub: Hub, sent: Sent, *, changed: sales.SaleReport | None = None) -> Response:
    """What became of a form: goods put in or taken out, the sale looked at, or planned."""
    typed = sent.typed(changed.sale.code if changed else "")
    if sent.remove is not None:
        return _form(request, hub, typed.without(sent.remove), changed=changed)
    if sent.put or sent.q.strip():
        return _put(request, hub, sent, typed, changed)
    currency = changed.sale.currency if changed else hub.currency
    wanted, errors = sale_form.understood(typed, currency=currency, zone=ZoneInfo(hub.zone))
    if wanted is None:
        return _form(request, hub, typed, changed=changed, errors=errors, status=422)
    try:
        looked = _written(request, hub, wanted, opened=sent.opened if changed else None, keep=sent.step == "take")
    except PlatformError as error:
        errors = {sale_form.field_of(error, typed): error}
        return _form(request, hub, typed, changed=changed, errors=errors, status=422)
    if sent.step == "look":
        return _form(request, hub, typed, changed=changed, looked=looked)
    was = {"was": repr(changed.sale)} if changed else {}
    _log.info("sale changed" if changed else "sale planned", sale=wanted.code, by=current(request).actor, **was)
    return go(f"{HOME}/of/{wanted.code}", done="saved")


def _written(request: Request, hub: Hub, wanted: sales.SaleSpec, *, opened: str | None, keep: bool) -> SaleShown:
    """The sale as it is once it is written; without `keep` it leaves no trace. Raises what planning it raises.

    `opened` is the version that is changed; None: it is a new one.
    """
    looked: list[SaleShown] = []
    actor, at = current(request).actor, hub.clock()
    try:
        with hub.database.transaction() as session:
            if opened is None:
                told = sales.add_sale(session, wanted, actor=actor, at=at)
            else:
                told = sales.change_sale(session, wanted, opened=opened, actor=actor, at=at)
            looked.append(shown(session, told, speaks(request)))
            if not keep:
                raise OnlyLooking
    except OnlyLooking:
        pass
    return looked[0]


def _put(request: Request, hub: Hub, sent: Sent, typed: SaleTyped, changed: sales.SaleReport | None) -> HTMLResponse:
    """The form with the goods that were named, else with those whose names are alike, to choose from."""
    name, errors = (sent.put or sent.q).strip(), sale_form.Errors()
    alike: tuple[tuple[str, str], ...] = ()
    currency = changed.sale.currency if changed else hub.currency
    try:
        bps = percentage(sent.percent) if sent.percent.strip() else None
        with hub.database.reading() as session:
            found = supply.goods_called(session, name, currency=currency)
            if not (found or sent.put):
                listed = supply.products_page(session, search=name, limit=ALIKE_SHOWN_MAX).products
                alike = tuple((each.code, each.title) for each in listed if each.active)
        if not (found or alike):
            raise NothingCalled
    except PlatformError as error:
        errors["q" if isinstance(error, NothingCalled) else "percent"] = error
        return _form(request, hub, typed, changed=changed, errors=errors, sent=sent, status=422)
    typed = typed.with_goods(found, bps)
    return _form(request, hub, typed, changed=changed, alike=alike, sent=sent if alike else None)


def _form(
    request: Request,
    hub: Hub,
    typed: SaleTyped,
    *,
    changed: sales.SaleReport | None = None,
    errors: sale_form.Errors | None = None,
    looked: SaleShown | None = None,
    alike: tuple[tuple[str, str], ...] = (),
    sent: Sent | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The form of a sale, with what is wrong, with how it would look, or with goods to choose from."""
    currency = changed.sale.currency if changed else hub.currency
    with hub.database.reading() as session:
        known = supply.goods_of_skus(session, [each.sku for each in typed.goods], currency=currency)
    asked = {"q": sent.q, "percent": sent.percent} if sent is not None else {}
    sentences = {name: _said(request, error) for name, error in (errors or {}).items()}
    return page(
        request,
        "console/sale_form.html",
        status_code=status,
        trouble=sentences.get("", ""),
        form=forms.Form({**typed.values, **asked}, sentences),
        rows=[(each, known.get(each.sku)) for each in typed.goods],
        changed=changed,
        looked=looked,
        alike=alike,
        currency=currency,
        goods_max=sales.GOODS_PER_SALE_MAX,
    )


def _said(request: Request, error: PlatformError) -> str:
    """Beside its field a reason needs neither the field nor the value said again."""
    if isinstance(error, sales.BadSale):
        text = str(forms.shown(error.params["reason"], speaks(request), current(request).locale))
        return speaks(request)(N_("{reason}.")).format(reason=text[:1].upper() + text[1:])
    return forms.sentence(error, translate=speaks(request), locale=current(request).locale)


def _one(request: Request, hub: Hub, code: str, *, trouble: str = "", status: int = 200) -> HTMLResponse:
    """The page of a sale. Raises UnknownSale."""
    with hub.database.reading() as session:
        told = sales.sale(session, code, at=hub.clock())
        looked = shown(session, told, speaks(request))
    return page(request, "console/sale.html", status_code=status, trouble=trouble, sale=looked)
