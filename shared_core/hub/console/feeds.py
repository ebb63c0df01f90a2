"""A feed is brought in by hand: checked first, without a trace, and taken in once it is the one that was checked.

Of a sheet whose columns nobody knows, or of which several could be meant, is asked first which is which.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse

from shared_core import supply
from shared_core.hub.console import words
from shared_core.hub.console.acting import OnlyLooking
from shared_core.hub.console.typed import percentage
from shared_core.hub.errors import ColumnsMissing, FileMissing, FormInPieces, NotChecked
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import GoodsDep, HubDep, current, page, speaks
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import exponent
from shared_core.supply import feeds
from shared_core.web import forms

HOME = "/console/goods/import"
FEED_BYTES_MAX = 20_000_000
FORM_BYTES_MAX = FEED_BYTES_MAX + 100_000
REMARKS_SHOWN_MAX = 100
GOODS_SHOWN_MAX = 3
COLUMN_LENGTH_MAX = 1_000

router = APIRouter()
Text = Annotated[str, Form(max_length=64)]
Columns = Annotated[list[Annotated[str, Form(max_length=COLUMN_LENGTH_MAX)]] | None, Form()]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to be brought in, and how. `columns` is ours to theirs, as they were chosen; None: they were
    not. Unless they are to `remember`, the next sheet of the supplier asks again.
    """

    content: bytes
    supplier: str
    format: str
    ratio: str
    columns: Mapping[str, str] | None
    remember: bool

    @property
    def typed(self) -> dict[str, str]:
        return {"supplier": self.supplier, "format": self.format, "ratio": self.ratio}

    @property
    def digest(self) -> str:
        """Names exactly this: what was checked under it is what is taken in."""
        said = json.dumps([self.typed, self.columns, self.remember], sort_keys=True)
        return hashlib.sha256(said.encode() + self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Brought:
    """What was read, and what became of it or would."""

    feed: feeds.Feed
    report: supply.ImportReport
    currency: str


@router.get("/goods/import")
def form(request: Request, hub: HubDep, viewer: GoodsDep) -> HTMLResponse:
    return _page(request, hub, {})


@router.post("/goods/import", max_body_size=FORM_BYTES_MAX)
def bring(
    request: Request,
    hub: HubDep,
    viewer: GoodsDep,
    step: Annotated[Literal["check", "columns", "map", "take"], Form()],
    supplier: Text = "",
    format: Text = "",
    ratio: Text = "",
    checked: Text = "",
    ours: Columns = None,
    theirs: Columns = None,
    remember: Text = "",
    file: UploadFile | None = None,
) -> HTMLResponse:
    """`checked` is what was checked: only exactly that is taken in. A plain check forgets what was chosen before."""
    content = file.file.read(FEED_BYTES_MAX + 1) if file is not None else b""
    columns = None if step == "check" or not ours else _paired(ours, theirs or [])
    wanted = Wanted(content, supplier, format, ratio, columns, remember=columns is None or bool(remember))
    try:
        if not content:
            raise FileMissing
        if step == "take" and checked != wanted.digest:
            raise NotChecked
        if step == "columns":
            return _choose(request, hub, wanted)
        brought = _land(hub, wanted, ask=step == "check", dry_run=step != "take")
    except feeds.ColumnsUnknown:
        return _choose(request, hub, wanted)
    except PlatformError as error:
        if columns is not None and content:
            return _choose(request, hub, wanted, error=error)
        return _refused(request, hub, wanted, error)
    if brought is None:
        return _choose(request, hub, wanted)
    return _page(request, hub, wanted.typed, told=_told(request, brought), chosen=wanted, done=step == "take")


def _paired(ours: list[str], theirs: list[str]) -> dict[str, str]:
    """Raises FormInPieces."""
    if len(ours) != len(theirs):
        raise FormInPieces
    return dict(zip(ours, theirs, strict=True))


def _terms(hub: Hub, supplier: str) -> supply.FeedTerms:
    """Raises UnknownSupplier."""
    with hub.database.reading() as session:
        terms = supply.feed_terms(session, supplier=supplier)
    if terms is None:
        raise supply.UnknownSupplier(supplier=supplier)
    return terms


def _land(hub: Hub, wanted: Wanted, *, ask: bool, dry_run: bool) -> Brought | None:
    """Read the feed and write what is new in it; all of it or nothing.

    None, with nothing written, where it is to `ask` and a column could be several. Raises UnknownSupplier,
    FileUnreadable, FeedFormatUnsupported, UnknownColumn, ColumnsMissing, BadPercentage.
    """
    ratio = percentage(wanted.ratio) if wanted.ratio.strip() else None
    terms, columns = _terms(hub, wanted.supplier), wanted.columns
    if columns is not None and not feeds.is_enough({name: column for name, column in columns.items() if column}):
        raise ColumnsMissing
    format = feeds.SHEET if columns is not None else wanted.format or None
    feed = feeds.read(wanted.content, format, columns=columns, remembered=terms.columns, currency=terms.currency)
    if ask and feed.doubtful:
        return None
    kept = feed if wanted.remember else replace(feed, columns=())
    report: list[supply.ImportReport] = []
    try:
        with hub.database.transaction() as session:
            report.append(
                supply.import_products(
                    session, kept, supplier=wanted.supplier, supply_ratio_bps=ratio or None, at=hub.clock()
                )
            )
            if dry_run:
                raise OnlyLooking
    except OnlyLooking:
        pass
    return Brought(feed, report[0], terms.currency)


def _told(request: Request, brought: Brought) -> dict[str, object]:
    said, feed, report = speaks(request), brought.feed, brought.report
    columns = dict(feed.columns)
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
        "columns": [
            *((said(label), columns[ours]) for ours, label in words.COLUMN.items() if columns.get(ours)),
            *([(said(N_("amounts")), said(words.UNIT[columns[feeds.UNIT]]))] if feeds.UNIT in columns else []),
        ],
        "goods": _first(feed),
        "currency": brought.currency,
    }


def _first(feed: feeds.Feed) -> list[dict[str, object]]:
    """The first goods as they were read, amounts as text: whoever looks sees whether a column was the right one."""
    first: list[tuple[str, feeds.FeedVariant | feeds.FeedDelta]] = [
        *((each.title, each.variants[0]) for each in feed.products[:GOODS_SHOWN_MAX]),
        *(("", each) for each in feed.deltas[:GOODS_SHOWN_MAX]),
    ]
    return [
        {
            "title": title,
            "sku": each.sku,
            "amounts": (each.price, each.cost, each.supply_price),
            "quantity": each.quantity,
        }
        for title, each in first
    ]


def _choose(request: Request, hub: Hub, wanted: Wanted, *, error: PlatformError | None = None) -> HTMLResponse:
    """The form in which it is said which column is which, with what was chosen, else with what is understood."""
    try:
        terms = _terms(hub, wanted.supplier)
        seen = feeds.look(wanted.content, remembered=terms.columns)
    except PlatformError as unreadable:
        return _refused(request, hub, wanted, unreadable)
    said, chosen = speaks(request), seen.understood if wanted.columns is None else wanted.columns
    there = {ours: theirs for ours, theirs in chosen.items() if theirs in seen.columns}
    asked = {
        "names": seen.columns,
        "samples": [[row[name] for name in seen.columns] for row in seen.samples],
        "fields": [
            {
                "ours": ours,
                "label": said(label),
                "theirs": there.get(ours, ""),
                "doubtful": ours in seen.doubtful,
                "first": ours in words.COLUMNS_NEEDED,
            }
            for ours, label in words.COLUMN.items()
        ],
        "more": bool(there.keys() - words.COLUMNS_NEEDED),
        "units": [(unit, said(label)) for unit, label in words.UNIT.items()] if exponent(terms.currency) else [],
        "unit": chosen.get(feeds.UNIT, feeds.MAJOR),
        "remember": wanted.remember,
        "currency": terms.currency,
    }
    trouble = _sentence(request, error) if error is not None else ""
    return _page(request, hub, wanted.typed, asked=asked, trouble=trouble, status=422 if trouble else 200)


def _refused(request: Request, hub: Hub, wanted: Wanted, error: PlatformError) -> HTMLResponse:
    return _page(request, hub, wanted.typed, trouble=_sentence(request, error), status=422)


def _sentence(request: Request, error: PlatformError) -> str:
    return forms.sentence(error, translate=speaks(request), locale=current(request).locale)


def _page(
    request: Request,
    hub: Hub,
    typed: Mapping[str, str],
    *,
    trouble: str = "",
    told: dict[str, object] | None = None,
    asked: dict[str, object] | None = None,
    chosen: Wanted | None = None,
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
        formats=[("", said(N_("told from the file"))), *((each, each) for each in feeds.FORMATS)],
        megabytes=FEED_BYTES_MAX // 1_000_000,
        told=told,
        asked=asked,
        chosen=chosen,
        taken=done,
    )
