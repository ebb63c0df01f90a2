"""Bringing things in and taking them out, as a partner does it."""

import csv
import gzip
import io
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared_core import members
from tests.databases import Databases
from tests.platformctl.conftest import Command

PRODUCTS = """\
Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price
mug,Mug,<b>Warm</b>,Sample,Kitchen,Size,Small,MUG-S,5,12.00
mug,,,,,,Large,,7,15.00
bowl,Bowl,,Sample,Kitchen,Title,Default Title,BOWL,-3,20.00
"""
REFERRALS = "sharer,visitor,at\nann,ben,2026-01-01T00:00:00Z\nben,ann,2026-01-02T00:00:00Z\ncy,cy,1767312000\n"
REFERRALS += "cy,ann,2026-01-04\nann,ben,2026-01-05\n"
ORDERS = (
    "order_id,at,customer,sku,quantity,unit_price\n1,2026-01-06,ben,MUG-S,2,12.00\n2,2026-01-06,dee,MUG-S,-1,12.00\n"
)


@pytest.fixture
def shop(ctl: Command, place: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A migrated shop that locks for ever, in yuan, on the kind of database under test."""
    made = ctl("new", "shop", "--yes", "--preset", "fan-lock", "--set", "currency=CNY", "--set", "locale=zh-CN")
    assert made.code == 0, made.err
    with databases.empty() as url:
        monkeypatch.setenv("SHOP_DATABASE_URL", url)
        assert ctl("migrate", "-C", "shop").code == 0
        yield place / "shop"


def write(shop: Path, name: str, text: str) -> Path:
    path = shop.parent / name
    path.write_text(text, encoding="utf-8")
    return path


def imported(ctl: Command, what: str, file: Path, *options: str) -> dict[str, dict[str, int]]:
    ended = ctl("import", what, file, "-C", "shop", "--json", *options)
    assert ended.code == 0, ended.err + ended.out
    answer: dict[str, dict[str, int]] = json.loads(ended.out)
    return answer


def table(ctl: Command, name: str) -> list[dict[str, str]]:
    ended = ctl("export", name, "-C", "shop")
    assert ended.code == 0, ended.err
    return list(csv.DictReader(io.StringIO(ended.out)))


def test_a_feed_is_taken_in_once_and_bad_rows_are_listed(ctl: Command, shop: Path) -> None:
    feed = write(shop, "feed.csv", PRODUCTS)

    first = imported(ctl, "products", feed, "--supply-ratio", "60%")
    again = imported(ctl, "products", feed, "--supply-ratio", "60%")

    assert first["counts"]["created"] == first["counts"]["variants"] == 2
    assert (first["counts"]["skus_given_by_rule"], first["counts"]["refused"]) == (1, 1)
    assert first["refused"][0]["line"] == 4  # type: ignore[index]
    assert (again["counts"]["created"], again["counts"]["updated"], again["counts"]["unchanged"]) == (0, 0, 2)


def test_goods_without_a_cost_stay_unlisted_and_the_summary_says_so(ctl: Command, shop: Path) -> None:
    answer = imported(ctl, "products", write(shop, "feed.csv", PRODUCTS))

    assert answer["counts"]["without_cost_and_unlisted"] == 2


def test_a_dry_run_says_what_would_happen_and_changes_nothing(ctl: Command, shop: Path) -> None:
    file = write(shop, "referrals.csv", REFERRALS)

    answer = imported(ctl, "referrals", file, "--dry-run")

    assert answer["counts"]["bound"] == 2
    assert table(ctl, "bindings") == []


def test_referrals_bind_by_the_first_link_and_close_no_loop(ctl: Command, shop: Path) -> None:
    file = write(shop, "referrals.csv", REFERRALS)

    first = imported(ctl, "referrals", file)["counts"]
    again = imported(ctl, "referrals", file)["counts"]

    assert (first["bound"], first["already_bound"], first["members_created"]) == (2, 1, 3)
    assert (first["refused_loop"], first["refused_self"]) == (1, 1)
    assert (again["bound"], again["members_created"]) == (0, 0)
    bound = {row["member"]: (row["sponsor"], row["depth"]) for row in table(ctl, "bindings")}
    assert bound == {"ben": ("ann", "2"), "ann": ("cy", "1")}


@pytest.mark.parametrize("times, code", [(2, 0), (3, 4)])
def test_an_import_that_lost_a_deadlock_to_the_shop_is_tried_again(
    ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch, times: int, code: int
) -> None:
    """What was done up to then is gone with the transaction, and done anew; after the third time it is said."""
    real, lost = members.import_referrals, itertools.count(1)

    def losing(session: Session, *given: Any, **named: Any) -> members.ReferralReport:
        report = real(session, *given, **named)
        if next(lost) <= times:
            raise OperationalError("", {}, psycopg.errors.DeadlockDetected("deadlock detected"))
        return report

    monkeypatch.setattr(members, "import_referrals", losing)
    file = write(shop, "shares.csv", REFERRALS)
    ended = ctl("import", "referrals", file, "-C", "shop", "--json")
    assert ended.code == code, ended.err
    assert len(table(ctl, "bindings")) == (2 if code == 0 else 0)


def test_settled_orders_belong_to_whom_the_customer_was_bound_to_and_pay_nobody(ctl: Command, shop: Path) -> None:
    imported(ctl, "referrals", write(shop, "referrals.csv", REFERRALS))
    file = write(shop, "orders.csv", ORDERS)

    first = imported(ctl, "orders", file)["counts"]
    again = imported(ctl, "orders", file)["counts"]

    assert (first["orders"], first["refused_returned"]) == (1, 1)
    assert (again["orders"], again["known_lines"]) == (0, 1)
    (row,) = table(ctl, "orders")
    assert (row["customer"], row["seller"], row["origin"], row["paid"]) == ("ben", "ann", "import", "24.00")
    assert table(ctl, "journal") == table(ctl, "earnings") == table(ctl, "invites") == []
    assert ctl("books", "-C", "shop").code == 0


def test_columns_are_mapped_by_name(ctl: Command, shop: Path) -> None:
    file = write(shop, "orders.csv", ORDERS.replace("order_id", "InvoiceNo"))

    assert ctl("import", "orders", file, "-C", "shop").code == 2
    assert imported(ctl, "orders", file, "--map", "order_id=InvoiceNo")["counts"]["orders"] == 1


@pytest.mark.parametrize(
    ("what", "content", "said"),
    [
        ("products", b"\x89PNG\r\n\x1a\n\0\0", "feed"),
        ("products", b"one,two\n1,2\n", "feed"),
        ("referrals", b"one,two,three\n1,2,3\n", "sharer"),
        ("orders", b"one,two\n1,2\n", "order_id"),
        ("orders", b"\xff\xfe\x00\x01", "orders"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_in_a_sentence(
    ctl: Command, shop: Path, what: str, content: bytes, said: str
) -> None:
    file = shop.parent / f"{what if what != 'products' else 'feed'}.csv"
    file.write_bytes(content)

    ended = ctl("import", what, file, "-C", "shop")

    assert ended.code == 2
    assert file.name in ended.err and said in ended.err
    assert "Traceback" not in ended.err


def test_a_file_that_is_not_there_is_a_usage_error(ctl: Command, shop: Path) -> None:
    assert ctl("import", "orders", "nowhere.csv", "-C", "shop").code == 2


SHEET = "编码,叫法,条码,供货价,库存\nA,茶,4006381333932,12.5,3\nB,杯,,8,2\n"


def test_a_suppliers_sheet_is_shown_as_it_was_understood(ctl: Command, shop: Path) -> None:
    file = write(shop, "sheet.csv", SHEET)
    named = ("--map", "sku=编码", "--map", "title=叫法", "--supplier", "hill")

    shown = ctl("import", "products", file, "-C", "shop", *named, "--dry-run")

    assert shown.code == 0
    for said in ("Read as sheet.", "sku ← 编码", "cost ← 供货价", "line 2: 条码 4006381333932 is left out", "dry run"):
        assert said in shown.out + shown.err
    assert imported(ctl, "products", file, *named)["columns"]["title"] == "叫法"
    again = imported(ctl, "products", file, "--supplier", "hill")
    assert (again["format"], again["counts"]["unchanged"], len(again["noted"])) == ("sheet", 2, 1)


def test_a_list_of_stock_changes_stock_and_names_what_nobody_knows(ctl: Command, shop: Path) -> None:
    imported(ctl, "products", write(shop, "goods.csv", "sku,name,cost,stock\nA,Tea,12.5,3\nB,Cup,8,2\n"))

    told = imported(ctl, "products", write(shop, "stock.csv", "sku,stock\nA,9\nB,2\nC,1\n"))

    assert (told["counts"]["updated"], told["counts"]["unchanged"]) == (1, 1)
    assert [(each["line"], each["reason"][:16]) for each in told["refused"]] == [(4, "C is no SKU of t")]


@pytest.mark.parametrize("ratio", ["0%", "101%", "a lot", "5.555%", "0.7"])
def test_an_impossible_supply_ratio_is_refused(ctl: Command, shop: Path, ratio: str) -> None:
    ended = ctl("import", "products", write(shop, "f.csv", PRODUCTS), "-C", "shop", "--supply-ratio", ratio)

    assert ended.code == 2
    assert ratio in ended.err


def test_an_export_appears_whole_at_its_place(ctl: Command, shop: Path, tmp_path: Path) -> None:
    imported(ctl, "referrals", write(shop, "referrals.csv", REFERRALS))

    assert ctl("export", "members", "-C", "shop", "--out", tmp_path / "members.csv").code == 0
    assert ctl("export", "members", "-C", "shop", "--out", tmp_path / "no" / "members.csv").code == 4

    written = io.StringIO((tmp_path / "members.csv").read_text(encoding="utf-8"))
    names = {row["member"] for row in csv.DictReader(written)}
    assert names == {"ann", "ben", "cy"}


def test_a_name_that_a_spreadsheet_would_run_is_defused(ctl: Command, shop: Path) -> None:
    evil = "sharer,visitor,at\n=cmd()|x,ben,2026-01-01\n"
    imported(ctl, "referrals", write(shop, "referrals.csv", evil))

    assert "'=cmd()|x" in {row["member"] for row in table(ctl, "members")}


def test_only_the_journal_is_written_for_beancount(ctl: Command, shop: Path) -> None:
    assert ctl("export", "orders", "-C", "shop", "--format", "beancount").code == 2


def test_beancount_agrees_with_the_books_of_a_lived_in_shop(ctl: Command, shop: Path, tmp_path: Path) -> None:
    assert ctl("seed", "--demo", "-C", "shop").code == 0
    journal = tmp_path / "journal.beancount"

    assert ctl("export", "journal", "-C", "shop", "--format", "beancount", "--out", journal).code == 0
    judged = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", str(journal)], capture_output=True, text=True, check=False
    )

    assert (judged.returncode, judged.stdout + judged.stderr) == (0, "")
    assert journal.read_text(encoding="utf-8").count(" * ") > 20


# --- real data -------------------------------------------------------------------------------------------------------


def oracle(lines: list[tuple[str, str, int]]) -> dict[str, str]:
    """First link wins, nobody is bound to themselves or below themselves; the plainest way to say so."""
    sponsor: dict[str, str] = {}
    for sharer, visitor, _ in sorted(lines, key=lambda line: line[2]):
        above, here = {sharer}, sharer
        while here in sponsor:
            here = sponsor[here]
            above.add(here)
        if visitor not in sponsor and visitor not in above:
            sponsor[visitor] = sharer
    return sponsor


def test_sixty_thousand_real_shares_bind_like_an_independent_oracle(
    ctl: Command, shop: Path, sample_data: Path
) -> None:
    file = sample_data / "referrals" / "collegemsg.txt"
    words = [line.split() for line in file.read_text().splitlines()]
    expected = oracle([(sharer, visitor, int(at)) for sharer, visitor, at in words])

    first = imported(ctl, "referrals", file)["counts"]
    before = ctl("export", "bindings", "-C", "shop").out
    again = imported(ctl, "referrals", file)["counts"]

    assert first["bound"] == len(expected)
    assert (again["bound"], again["members_created"]) == (0, 0)
    assert ctl("export", "bindings", "-C", "shop").out == before
    assert {row["member"]: row["sponsor"] for row in csv.DictReader(io.StringIO(before))} == expected


@pytest.mark.parametrize(
    ("name", "variants", "refused"),
    [
        ("shopify/apparel.csv", 22, {}),
        ("macrozheng", 96, {"sale_missing": 16, "deleted_there": 18, "nothing_said": 30}),
    ],
)
def test_real_feeds_are_taken_in_with_their_counts(
    ctl: Command, shop: Path, sample_data: Path, name: str, variants: int, refused: dict[str, int]
) -> None:
    file = sample_data / "feeds" / name
    told = imported(ctl, "products", file, "--supply-ratio", "60%", "--dry-run")["counts"]
    first = imported(ctl, "products", file, "--supply-ratio", "60%")["counts"]
    again = imported(ctl, "products", file, "--supply-ratio", "60%")["counts"]

    assert told == first
    assert first["created"] == first["variants"] == variants == again["unchanged"]
    assert {reason: first[f"refused_{reason}"] for reason in refused} == refused


def test_ten_thousand_real_order_lines_are_taken_in_or_refused_by_reason(
    ctl: Command, shop: Path, sample_data: Path
) -> None:
    source = sample_data / "orders" / "uci-online-retail" / "2010-12_to_2011-10.csv.gz"
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        file = write(shop, "uci.csv", "".join(line for _, line in zip(range(10_001), lines, strict=False)))
    names = ("order_id=InvoiceNo", "at=InvoiceDate", "customer=CustomerID", "sku=StockCode", "unit_price=UnitPrice")
    options = [part for name in names for part in ("--map", name)] + ["--not-goods", "POST", "--source", "uci"]

    first = imported(ctl, "orders", file, *options)
    again = imported(ctl, "orders", file, *options)["counts"]

    counts = first["counts"]
    assert counts["rows"] == 10_000 == counts["lines"] + len(first["refused"])
    assert (again["orders"], again["known_lines"]) == (0, counts["lines"])
    assert {"refused_no_customer", "refused_returned", "refused_duplicate", "refused_not_goods"} <= counts.keys()
    assert ctl("books", "-C", "shop").code == 0


STATEMENT = (
    "时间,收/支,金额,交易单号\n2026-03-02 12:30,收入,12.00,W1\n2026-03-02 12:31,支出,3.00,W2\n昨天,收入,5.00,W3\n"
)


def test_a_wallets_statement_is_booked_once_and_stands_with_who_collected_it(ctl: Command, shop: Path) -> None:
    file = write(shop, "wechat.csv", STATEMENT)
    expected = {"rows": 3, "matched": 0, "late": 0, "unidentified": 1, "already_known": 0, "not_received": 1}
    for options in (("--dry-run",), ()):
        assert imported(ctl, "statement", file, *options)["counts"] == {**expected, "refused": 1}
    again = imported(ctl, "statement", file)
    assert again["counts"] == {**expected, "unidentified": 0, "already_known": 1, "refused": 1}
    assert [each["line"] for each in again["refused"]] == [4]
    [till] = json.loads(ctl("collectors", "-C", "shop", "--json").out)["collectors"]
    assert (till["collector"], till["in_hand"], till["unidentified_count"]) == ("till", "12.00", 1)
    assert "till: 12.00 CNY" in ctl("collectors", "-C", "shop").out
    assert ctl("books", "-C", "shop").code == 0


def test_nobody_collects_who_is_not_named(ctl: Command, shop: Path) -> None:
    ended = ctl("import", "statement", write(shop, "wechat.csv", STATEMENT), "-C", "shop", "--collector", "lin")
    assert ended.code != 0 and "'lin'" in ended.err and "till" in ended.err
