"""Goods of a feed, into a shop's own supply or into a hub; all of a file or nothing of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session

from platformctl.importing import BRAND, Outcome, transact
from platformctl.messages import translate
from shared_core import hub, storefront, supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money, decimal_text
from shared_core.kernel.settings import read, read_settings


@dataclass(frozen=True)
class Feeding:
    """What somebody wants to be taken in: `format` None is told from the content, `columns` are ours to the file's."""

    file: Path
    format: str | None
    supplier: str
    columns: Mapping[str, str]
    supply_ratio_bps: int | None
    dry_run: bool
    flash_days: int = 0
    """For how many days flash sales become sale events; only a hub has those."""
    actor: str = ""


def into_shop(wanted: Feeding) -> Outcome:
    """Into the embedded supply and the shop window. Raises FileUnreadable, UnknownColumn, SuppliedByHub."""
    shop = storefront.Shop.open(BRAND, read_settings())
    at = shop.clock()
    try:
        if not shop.supply_side.embedded:
            raise storefront.SuppliedByHub
        with _Bar() as bar:
            told = _land(
                shop.database, wanted, currency=shop.currency, ratio_bps=shop.brand.supply.ratio, at=at, bar=bar
            )
            if not wanted.dry_run:
                bar.listing()
                shop.refresh_window(at=at)
    finally:
        shop.close()
    return told


def into_hub(wanted: Feeding) -> Outcome:
    """Into the hub in the current folder; its shops hear of it. Raises FileUnreadable, UnknownColumn."""
    config, database = hub.load_config().hub, Database(read(hub.HubSettings).database_url)
    try:
        with _Bar() as bar:
            return _land(
                database,
                wanted,
                currency=config.currency,
                ratio_bps=None,
                at=datetime.now(UTC),
                bar=bar,
                zone=config.zone,
            )
    finally:
        database.dispose()


def _land(
    database: Database,
    wanted: Feeding,
    *,
    currency: str,
    ratio_bps: int | None,
    at: datetime,
    bar: "_Bar",
    zone: str = "",
) -> Outcome:
    """Read the feed and write what is new in it. `currency`: of a supplier who is new; `zone`: of a hub's days."""
    ratio_bps = ratio_bps if wanted.supply_ratio_bps is None else wanted.supply_ratio_bps
    with database.reading() as session:
        terms = supply.feed_terms(session, supplier=wanted.supplier)
    feed = supply.feeds.read(
        wanted.file,
        wanted.format,
        columns=wanted.columns,
        remembered=terms.columns if terms else {},
        currency=terms.currency if terms else currency,
    )

    def take_in(session: Session) -> tuple[supply.ImportReport, supply.FlashReport | None]:
        code = wanted.supplier
        if terms is None:
            supply.create_supplier(session, code=code, name=code, freight=Money(0, currency), at=at)
        report = supply.import_products(
            session, feed, supplier=code, supply_ratio_bps=ratio_bps, at=at, progress=bar.products
        )
        if not (wanted.flash_days and feed.flash_lines):
            return report, None
        flash = supply.plan_flash_sales(
            session,
            feed,
            supplier=code,
            supply_ratio_bps=ratio_bps,
            days=wanted.flash_days,
            zone=zone,
            actor=wanted.actor,
            at=at,
        )
        return report, flash

    report, flash = transact(database, take_in, dry_run=wanted.dry_run)
    told = _told(feed, report, dry_run=wanted.dry_run)
    return told if flash is None else _with_sales(told, flash, ZoneInfo(zone))


def _told(feed: supply.feeds.Feed, report: supply.ImportReport, *, dry_run: bool) -> Outcome:
    counts = {
        "rows": feed.rows,
        "products": report.products,
        "variants": report.variants,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skus_given_by_rule": report.skus_given,
        "without_cost_and_unlisted": report.without_cost,
        "refused": len(report.rejected),
        **_by_reason("refused", report.rejected),
        **_by_reason("noted", report.notes),
    }
    if feed.flash_lines:
        counts["flash_lines_left_aside"] = len(feed.flash_lines)
    return Outcome(
        counts,
        [(each.line, _text(each)) for each in report.rejected],
        dry_run,
        noted=[(each.line, _text(each)) for each in report.notes],
        columns=dict(feed.columns),
        format=feed.format,
    )


def _with_sales(told: Outcome, flash: supply.FlashReport, zone: ZoneInfo) -> Outcome:
    """The same with the sale events that lines of flash sales have become."""
    aside = {"flash_lines_left_aside": 0, "sales_planned": len(flash.planned), "sales_unchanged": len(flash.unchanged)}
    refused = {"flash_lines_refused": len(flash.refused), **_by_reason("refused", flash.refused)}
    return replace(
        told,
        counts={**told.counts, **aside, **refused},
        refused=[*told.refused, *((each.line, _text(each)) for each in flash.refused)],
        sales=[_sale(each, zone) for each in (*flash.planned, *flash.unchanged)],
    )


def _sale(report: supply.sales.SaleReport, zone: ZoneInfo) -> dict[str, object]:
    one = report.sale
    start, end = (each.astimezone(zone).isoformat(timespec="minutes") for each in (one.starts_at, one.ends_at))
    goods = [{"sku": each.sku, "retail": decimal_text(each.retail), "quantity": each.quantity} for each in one.goods]
    return {"code": one.code, "title": one.title, "start": start, "end": end, "goods": goods}


def _by_reason(what: str, remarks: Iterable[supply.feeds.RowRemark]) -> dict[str, int]:
    counted = Counter(each.reason for each in remarks).most_common()
    return {f"{what}_{reason}": count for reason, count in counted}


def _text(remark: supply.feeds.RowRemark) -> str:
    """With the file's name where a feed has several."""
    text = remark.text(translate)
    return f"{remark.file}: {text}" if remark.file else text


class _Bar:
    """How far an import of products is, on a terminal."""

    def __enter__(self) -> Self:
        console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task(translate("Reading the feed …"), total=None)
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def products(self, done: int, total: int) -> None:
        self._progress.update(self._task, description=translate("Importing"), completed=done, total=total)

    def listing(self) -> None:
        self._progress.remove_task(self._task)
        self._task = self._progress.add_task(translate("Listing in the shop window …"), total=None)
