"""Who sends what, and from where, in the hub in the current folder."""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from platformctl import output
from platformctl.importing import Outcome, transact
from platformctl.messages import translate
from platformctl.settling import amount_of, hub_books
from shared_core import hub, supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import decimal_text
from shared_core.kernel.settings import read
from shared_core.supply import sourcing


def put_stock(supplier: str, file: Path, *, dry_run: bool) -> Outcome:
    """Take the list in. Raises FileUnreadable, UnknownSupplier."""
    database = Database(read(hub.HubSettings).database_url)
    at = datetime.now(UTC)
    try:
        report: supply.StockListReport = transact(
            database, lambda session: supply.put_stock(session, file, supplier=supplier, at=at), dry_run=dry_run
        )
    finally:
        database.dispose()
    counts = {
        "rows": report.rows,
        "counted": report.counted,
        "offered": report.offered,
        "unchanged": report.unchanged,
        "refused": len(report.rejected),
    }
    reasons = Counter(each.reason for each in report.rejected)
    counts |= {f"refused_{reason}": count for reason, count in reasons.most_common()}
    return Outcome(counts, [(each.line, each.text(translate)) for each in report.rejected], dry_run)


def put_warehouse(supplier: str, code: str, *, name: str, region: str, priority: int, active: bool) -> None:
    with hub_books() as (session, at):
        place = sourcing.Place(code, name, region, priority, active)
        sourcing.put_warehouse(session, place, supplier=supplier, at=at)


def set_region(supplier: str, region: str) -> None:
    with hub_books() as (session, _):
        sourcing.set_region(session, region, supplier=supplier)


def warehouses(supplier: str) -> list[sourcing.WarehouseView]:
    with hub_books() as (session, _):
        return sourcing.warehouses(session, supplier=supplier)


def shelves(sku: str) -> list[sourcing.ShelfView]:
    """Raises UnknownSku."""
    with hub_books() as (session, _):
        supply.level(session, sku=sku)
        return sourcing.shelves_of(session, [sku])


def put_source(sku: str, supplier: str, cost: str) -> None:
    """Raises BadAnswer, and see `sourcing.put_source`."""
    with hub_books() as (session, at):
        amount = amount_of(cost, sourcing.currency_of(session, supplier))
        sourcing.put_source(session, sku, supplier=supplier, cost=amount, at=at)


def drop_source(sku: str, supplier: str) -> None:
    with hub_books() as (session, _):
        sourcing.drop_source(session, sku, supplier=supplier)


def prefer(sku: str, supplier: str) -> None:
    with hub_books() as (session, _):
        sourcing.prefer(session, sku, supplier=supplier)


def move(number: str, supplier: str, *, reason: str, restock: bool, actor: str) -> None:
    with hub_books() as (session, at):
        supply.move_order(session, number, to=supplier, reason=reason, restock=restock, actor=actor, at=at)


def tell_warehouses(found: list[sourcing.WarehouseView], *, as_json: bool) -> None:
    if as_json:
        output.say_json([asdict(each) for each in found])
        return
    for each in found:
        place = each.place
        state = "" if place.active else translate("closed")
        pieces = translate("{skus} SKUs, {free} free, {held} held, {sold} sold").format(
            skus=each.skus, free=each.free, held=each.held, sold=each.sold
        )
        print("  ".join(filter(None, (each.supplier, place.code, place.name, place.region, state, pieces))))
    if not found:
        output.say("There is no warehouse.")


def tell_shelves(found: list[sourcing.ShelfView], *, as_json: bool) -> None:
    if as_json:
        output.say_json([asdict(each) | {"cost": None if each.cost is None else _amount(each)} for each in found])
        return
    for each in found:
        notes = [
            each.warehouse or translate("no warehouse"),
            each.region,
            "" if each.cost is None else f"{decimal_text(each.cost)} {each.cost.currency}",
            translate("own supplier") if each.own else "",
            translate("preferred") if each.preferred else "",
            "" if each.open else translate("closed"),
            translate("{free} free, {held} held, {sold} sold").format(free=each.free, held=each.held, sold=each.sold),
        ]
        print("  ".join([each.supplier, *filter(None, notes)]))


def _amount(each: sourcing.ShelfView) -> dict[str, str]:
    assert each.cost is not None, "only asked of a cost that is there"
    return {"amount": decimal_text(each.cost), "currency": each.cost.currency}
