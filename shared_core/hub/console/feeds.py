"""A feed is brought in by hand: checked first, without a trace, and taken in once it is the one that was checked."""

import hashlib
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse

from shared_core import supply
from shared_core.hub.console.acting import OnlyLooking
from shared_core.hub.console.typed import percentage
from shared_core.hub.errors import FileMissing, NotChecked
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import GoodsDep, HubDep, current, page, speaks
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.i18n import N_
from shared_core.web import forms

HOME = "/console/goods/import"
FEED_BYTES_MAX = 20_000_000
FORM_BYTES_MAX = FEED_BYTES_MAX + 100_000
REMARKS_SHOWN_MAX = 100

router = APIRouter()
Text = Annotated[str, Form(max_length=64)]


@router.get("/goods/import")
def form(request: Request, hub: HubDep, viewer: GoodsDep) -> HTMLResponse:
    return _page(request, hub, {})


@router.post("/goods/import", max_body_size=FORM_BYTES_MAX)
def bring(
    request: Request,
    hub: HubDep,
    viewer: GoodsDep,
    step: Annotated[Literal["check", "take"], Form()],
    supplier: Text = "",
    format: Text = "",
    ratio: Text = "",
    checked: Text = "",
    file: UploadFile | None = None,
) -> HTMLResponse:
    """`checked` is the hash of what was checked: only exactly that is taken in."""
    typed = {"supplier": supplier, "format": format, "ratio": ratio}
    try:
        content = file.file.read(FEED_BYTES_MAX + 1) if file is not None else b""
        if not content:
            raise FileMissing
        found = hashlib.sha256("|".join((supplier, format, ratio)).encode() + content).hexdigest()
        if step == "take" and checked != found:
            raise NotChecked
        feed, report = _land(hub, content, typed, dry_run=step == "check")
    except PlatformError as error:
        trouble = forms.sentence(error, translate=speaks(request), locale=current(request).locale)
        return _page(request, hub, typed, trouble=trouble, status=422)
    return _page(request, hub, typed, told=_told(request, feed, report), checked=found, done=step == "take")


def _land(
    hub: Hub, content: bytes, typed: dict[str, str], *, dry_run: bool
) -> tuple[supply.feeds.Feed, supply.ImportReport]:
    """Read the feed and write what is new in it; all of it or nothing.

    Raises UnknownSupplier, FileUnreadable, FeedFormatUnsupported, UnknownColumn, BadPercentage.
    """
    ratio = percentage(typed["ratio"]) if typed["ratio"].strip() else None
    with hub.database.reading() as session:
        terms = supply.feed_terms(session, supplier=typed["supplier"])
    if terms is None:
        raise supply.UnknownSupplier(supplier=typed["supplier"])
    feed = supply.feeds.read(content, typed["format"] or None, remembered=terms.columns, currency=terms.currency)
    report: list[supply.ImportReport] = []
    try:
        with hub.database.transaction() as session:
            report.append(
                supply.import_products(
                    session, feed, supplier=typed["supplier"], supply_ratio_bps=ratio or None, at=hub.clock()
                )
            )
            if dry_run:
                raise OnlyLooking
    except OnlyLooking:
        pass
    return feed, report[0]


def _told(request: Request, feed: supply.feeds.Feed, report: supply.ImportReport) -> dict[str, object]:
    said = speaks(request)
    counts = [
        (N_("rows in the file"), feed.rows),
        (N_("products"), report.products),
        (N_("variants"), report.variants),
        (N_("new"), report.created),
        (N_("changed"), report.updated),
        (N_("as they were"), report.unchanged),
        (N_("without a cost, not on offer"), report.without_cost),
        (N_("given a SKU by the rule"), report.skus_given),
        (N_("rows refused"), len(report.rejected)),
    ]
    return {
        "format": feed.format,
        "counts": [(said(label), count) for label, count in counts],
        "refused": [(each.line, each.file, each.text(said)) for each in report.rejected[:REMARKS_SHOWN_MAX]],
        "refused_more": max(0, len(report.rejected) - REMARKS_SHOWN_MAX),
        "noted": [(each.line, each.file, each.text(said)) for each in report.notes[:REMARKS_SHOWN_MAX]],
        "columns": list(feed.columns),
    }


def _page(
    request: Request,
    hub: Hub,
    typed: dict[str, str],
    *,
    trouble: str = "",
    told: dict[str, object] | None = None,
    checked: str = "",
    done: bool = False,
    status: int = 200,
) -> HTMLResponse:
    said = speaks(request)
    with hub.database.reading() as session:
        suppliers = [(each.code, each.name) for each in supply.suppliers(session)]
    return page(
        request,
        "console/import.html",
        status_code=status,
        trouble=trouble,
        form=forms.Form(typed),
        suppliers=suppliers,
        formats=[("", said(N_("told from the file"))), *((each, each) for each in supply.feeds.FORMATS)],
        megabytes=FEED_BYTES_MAX // 1_000_000,
        told=told,
        checked=checked,
        taken=done,
    )
