"""What a story ends with: the books of the shop, judged by our own invariants and by beancount."""

import csv
import io
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from tests.stories.driver import StoryShop, until

INVARIANTS = 14


def books_balance(shop: StoryShop) -> None:
    """`platformctl books` ends with 0, and nothing is on its way any more."""

    def nothing_is_on_its_way() -> bool:
        done = shop.command("books", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(done.stdout)
        assert told["balanced"] and len(told["invariants"]) == INVARIANTS
        return not any(each["note"] for each in told["invariants"])

    until(nothing_is_on_its_way, "something never arrived")


def beancount_agrees(shop: StoryShop) -> None:
    """An independent judge reads the journal and finds nothing wrong."""
    journal = shop.folder.parent / "journal.beancount"
    shop.ctl("export", "journal", "--format", "beancount", "--out", journal)
    judged = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", str(journal)], capture_output=True, text=True, check=False
    )
    assert (judged.returncode, judged.stdout + judged.stderr) == (0, "")
    assert " balance " in journal.read_text("utf-8")


def table(shop: StoryShop, name: str) -> list[dict[str, str]]:
    """An exported table."""
    return list(csv.DictReader(io.StringIO(shop.ctl("export", name))))


def balances(shop: StoryShop) -> dict[str, Decimal]:
    """What the exported journal leaves on every account that is not empty; what we have and spend is positive."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in table(shop, "journal"):
        sums[row["source"]] -= Decimal(row["amount"])
        sums[row["destination"]] += Decimal(row["amount"])
    return {account: left for account, left in sums.items() if left}


def sold(shop: StoryShop, sku: str) -> Iterator[dict[str, str]]:
    """The exported order lines of a SKU that were paid for."""
    unpaid = ("draft", "placed", "cancelled", "refused")
    return (row for row in table(shop, "orders") if row["sku"] == sku and row["state"] not in unpaid)
