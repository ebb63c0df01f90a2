"""`platformctl books`: the invariants of the shop's books, asked of the room that knows them."""

from datetime import UTC, datetime
from pathlib import Path

from platformctl import output
from platformctl.messages import translate
from shared_core import audit, hub, orders, storefront
from shared_core.kernel import outbox
from shared_core.kernel.database import Database
from shared_core.kernel.money import decimal_text
from shared_core.kernel.settings import read, read_settings

BRAND = Path("brand")


def results() -> list[audit.InvariantResult]:
    """Every invariant that applies to the database of the shop in the current folder."""
    shop = storefront.Shop.open(BRAND, read_settings())
    try:
        with shop.database.reading() as session:
            return storefront.audited(shop, session)
    finally:
        shop.close()


def hub_results() -> list[audit.InvariantResult]:
    """Every invariant that applies to the database of the hub in the current folder."""
    database = Database(read(hub.HubSettings).database_url)
    try:
        with database.reading() as session:
            return audit.check_hub(session)
    finally:
        database.dispose()


def conclude(results: list[audit.InvariantResult], *, as_json: bool) -> bool:
    """Tell them all; whether every one is kept."""
    kept = all(each.ok for each in results)
    if as_json:
        output.say_json({"ok": kept, "balanced": kept, "invariants": [as_dict(each) for each in results]})
    else:
        tell(results)
        output.say("The books are balanced." if kept else "The books are NOT balanced.")
    return kept


def collectors() -> list[orders.Standing]:
    """How everybody stands who collects money by hand for the shop in the current folder."""
    shop = storefront.Shop.open(BRAND, read_settings())
    try:
        with shop.database.reading() as session:
            return storefront.collectors_standing(shop, session)
    finally:
        shop.close()


def standing_as_dict(each: orders.Standing) -> dict[str, object]:
    """For machines; amounts as decimal text."""
    names = [*(f"up_to_{days}_days" for days in orders.AGES), "older"]
    return {
        "collector": each.collector,
        "currency": each.in_hand.currency,
        "payments_seen": each.seen,
        "taken": decimal_text(each.taken),
        "sent_back": decimal_text(each.sent_back),
        "in_hand": decimal_text(each.in_hand),
        "in_hand_by_age": {name: decimal_text(part) for name, part in zip(names, each.ages, strict=True)},
        "oldest_days": each.oldest_days,
        "unidentified": decimal_text(each.unidentified),
        "unidentified_count": each.unidentified_count,
        "unidentified_days": each.unidentified_days,
        "expected": decimal_text(each.expected),
        "expected_count": each.expected_count,
        "claimed_count": each.claimed_count,
    }


def retry_given_up() -> int:
    """Let the worker try again what it gave up to deliver; how many deliveries there were."""
    database = Database(read_settings().database_url)
    try:
        with database.transaction() as session:
            return outbox.retry_parked(session, at=datetime.now(UTC))
    finally:
        database.dispose()


def as_dict(result: audit.InvariantResult) -> dict[str, object]:
    """For machines; texts in English."""
    return {
        "code": result.code,
        "ok": result.ok,
        "title": result.title,
        "faults": [str(each) for each in result.faults],
        "note": str(result.note or ""),
    }


def tell(results: list[audit.InvariantResult]) -> None:
    """A line for each invariant, its faults below it."""
    for each in results:
        note = f" ({each.note.text(translate)})" if each.note else ""
        print(f"{'✓' if each.ok else '✗'} {each.code:4}{translate(each.title)}{note}")
        for fault in each.faults:
            print(f"      {fault.text(translate)}")
