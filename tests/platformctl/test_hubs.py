"""A hub by the command line: making it, whom it supplies, and a shop that is connected to it."""

import csv
import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import select, text

from shared_core import catalog, hub, media, supply
from shared_core.catalog.models import Listing
from shared_core.kernel.calendar import month_of
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import tenancy
from shared_core.supply.models import Variant
from tests.databases import Databases
from tests.media.photographs import photograph
from tests.platformctl.conftest import Command

FEEDS = Path(__file__).parents[1] / "data" / "feeds"

pytestmark = pytest.mark.usefixtures("own_variables")


@pytest.fixture
def own_variables(ctl: Command, monkeypatch: pytest.MonkeyPatch, databases: Databases) -> Iterator[None]:
    """Both databases are named in the environment, as in production."""
    with databases.empty() as of_hub, databases.empty() as of_shop:
        monkeypatch.setenv("HUB_DATABASE_URL", of_hub)
        monkeypatch.setenv("SHOP_DATABASE_URL", of_shop)
        yield


@pytest.fixture
def made(ctl: Command, place: Path) -> Path:
    assert ctl("hub", "init", "hub", "--name", "Sample hub", "--locale", "en").code == 0
    assert ctl("hub", "migrate", "-C", place / "hub").code == 0
    return place / "hub"


def test_a_hub_is_made_whole_or_not_at_all(ctl: Command, place: Path) -> None:
    told = json.loads(ctl("hub", "init", "my-hub", "--json").out)
    folder = place / "my-hub"
    assert told == {"ok": True, "folder": str(folder)}
    assert {each.name for each in folder.iterdir()} == {
        ".env",
        ".env.example",
        ".gitignore",
        "README.md",
        "hub.db",
        "hub.toml",
    }
    assert (folder / ".env").stat().st_mode & 0o077 == 0
    assert hub.load_config(folder).hub.name == "my-hub"
    secret = [line for line in (folder / ".env").read_text().splitlines() if line.startswith("HUB_SECRET_KEY=")]
    assert len(secret[0]) > len("HUB_SECRET_KEY=") + 32 and secret[0] not in (folder / ".env.example").read_text()

    again = ctl("hub", "init", "my-hub")
    assert (again.code, "is not empty" in again.err) == (3, True)
    wrong = ctl("hub", "init", "other", "--currency", "QQQ")
    assert (wrong.code, "hub.toml:6: hub.currency" in wrong.err) == (1, True), wrong.err
    assert not (place / "other").exists()


@pytest.mark.parametrize("command", [("serve",), ("migrate",), ("books",), ("tenant", "list"), ("seed",)])
def test_outside_a_hub_it_is_said_how_to_make_one(ctl: Command, command: tuple[str, ...]) -> None:
    said = ctl("hub", *command)
    assert (said.code, "platformctl hub init my-hub" in said.err) == (2, True)


def test_a_hub_that_is_not_migrated_says_so(ctl: Command, place: Path) -> None:
    assert ctl("hub", "init", "hub").code == 0
    said = ctl("hub", "tenant", "list", "-C", place / "hub")
    assert (said.code, "Run: platformctl hub migrate" in said.err) == (4, True)


def test_a_port_in_use_is_named(ctl: Command, made: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = ctl("hub", "serve", "-C", made, "--port", str(taken.getsockname()[1]))
    assert (said.code, "Choose another one with --port" in said.err) == (4, True)


def test_storefronts_are_added_changed_and_stopped(ctl: Command, made: Path) -> None:
    first = json.loads(ctl("hub", "tenant", "add", "north", "--fee", "2%", "--credit", "500", "-C", made, "--json").out)
    assert (first["platform_fee_bps"], first["credit_limit"], first["state"]) == (200, "500.00", "active")
    assert first["key"].startswith("hub_")
    again = ctl("hub", "tenant", "add", "north", "--fee", "2%", "--credit", "500", "-C", made, "--json")
    assert json.loads(again.out)["key"] is None, "a key is shown once"
    other = ctl("hub", "tenant", "add", "north", "--fee", "3%", "-C", made)
    assert (other.code, "on other terms" in other.err) == (3, True)

    changed = json.loads(ctl("hub", "tenant", "terms", "north", "--credit", "none", "-C", made, "--json").out)
    assert (changed["platform_fee_bps"], changed["credit_limit"]) == (200, None)
    assert ctl("hub", "tenant", "suspend", "north", "--reason", "unpaid", "--by", "op", "-C", made).code == 0
    assert (
        "north can place orders again." in ctl("hub", "tenant", "resume", "north", "--reason", "paid", "-C", made).out
    )
    [listed] = json.loads(ctl("hub", "tenant", "list", "-C", made, "--json").out)
    assert (listed["code"], listed["owes"]) == ("north", "0.00")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", "North!"), 2, "small letters"),
        (("add", "east", "--credit", "lots"), 2, "credit"),
        (("add", "east", "--fee", "300%"), 2, "between 0 and 100"),
        (("terms", "nobody", "--fee", "1%"), 2, "nobody"),
        (("suspend", "nobody", "--reason", "x"), 2, "nobody"),
        (("key", "new", "nobody"), 2, "nobody"),
        (("key", "revoke", "nobody", "K"), 2, "nobody"),
        (("key", "list", "nobody"), 2, "nobody"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    ctl: Command, made: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    refused = ctl("hub", "tenant", *arguments, "-C", made)
    assert (refused.code, said in refused.err) == (code, True), refused.err


def test_a_price_list_is_tried_taken_and_agreed_on(ctl: Command, made: Path, place: Path) -> None:
    assert ctl("hub", "seed", "-C", made).code == 0
    opened = Database(os.environ["HUB_DATABASE_URL"])
    with opened.reading() as session:
        sku = session.scalars(select(Variant.sku).order_by(Variant.id)).first()
    opened.dispose()
    (place / "gold.csv").write_text(f"sku,supply_price,suggested,floor\n{sku},,999,900\nNONE,1,,\n", "utf-8")
    prices = ("hub", "prices", "gold", str(place / "gold.csv"), "-C", str(made), "--json")
    unknown = ctl("hub", "tenant", "add", "north", "--tier", "gold", "-C", made)
    assert (unknown.code, "platformctl hub prices gold FILE" in unknown.err) == (2, True)
    tried = json.loads(ctl(*prices, "--dry-run").out)
    assert (tried["dry_run"], tried["counts"]["created"], tried["refused"][0]["line"]) == (True, 1, 3)
    assert json.loads(ctl(*prices).out)["counts"]["created"] == 1
    assert json.loads(ctl(*prices).out)["counts"]["unchanged"] == 1
    assert ctl("hub", "tenant", "add", "north", "-C", made).code == 0
    changed = ctl("hub", "tenant", "terms", "north", "--tier", "gold", "-C", made)
    assert (changed.code, "price list gold" in changed.out) == (0, True)


def test_keys_are_changed_over(ctl: Command, made: Path) -> None:
    assert ctl("hub", "tenant", "add", "north", "-C", made).code == 0
    new = json.loads(ctl("hub", "tenant", "key", "new", "north", "--scope", "offers:read", "-C", made, "--json").out)
    [old, reader] = json.loads(ctl("hub", "tenant", "key", "list", "north", "-C", made, "--json").out)
    assert reader["name"] in new["key"] and reader["scopes"] == ["offers:read"]
    assert ctl("hub", "tenant", "key", "revoke", "north", old["name"], "-C", made).code == 0
    [old, _] = json.loads(ctl("hub", "tenant", "key", "list", "north", "-C", made, "--json").out)
    assert old["revoked_at"] is not None
    wrong = ctl("hub", "tenant", "key", "new", "north", "--scope", "everything", "-C", made)
    assert (wrong.code, "offers:read" in wrong.err) == (2, True)


def test_keys_of_suppliers_are_changed_over(ctl: Command, made: Path) -> None:
    assert ctl("hub", "seed", "-C", made).code == 0
    goods = json.loads(ctl("hub", "goods", "-C", made, "--json").out)
    key = ("hub", "supplier", "key")
    code = goods[0]["supplier"]
    new = json.loads(ctl(*key, "add", code, "--scope", "read", "--days", "3", "-C", made, "--json").out)
    assert ctl(*key, "add", code, "-C", made).out.count("sup_") == 1
    [first, second] = json.loads(ctl(*key, "list", code, "-C", made, "--json").out)
    assert first["name"] in new["key"] and (first["scopes"], second["scopes"]) == (["read"], ["read", "write"])
    assert ctl(*key, "revoke", code, first["name"], "-C", made).code == 0
    assert "revoked" in ctl(*key, "list", code, "-C", made).out
    wrong = ctl(*key, "add", code, "--scope", "all", "-C", made)
    assert (wrong.code, "read, write" in wrong.err) == (2, True)
    assert ctl(*key, "add", "nobody", "-C", made).code != 0


def test_flash_sales_of_a_feed_are_shown_then_planned_once(ctl: Command, made: Path, place: Path) -> None:
    mall = place / "mall"
    shutil.copytree(FEEDS / "mall", mall)
    today = datetime.now(UTC).date()
    sales = f"id,title,start_date,end_date\n14,Singles day,{today},{today + timedelta(days=30)}\n"
    (mall / "sales.csv").write_text(sales, "utf-8")
    ask = ("hub", "import", mall, "--supplier", "acme", "--supply-ratio", "60%", "-C", made)
    aside = json.loads(ctl(*ask, "--dry-run", "--json").out)["counts"]
    assert aside["flash_lines_left_aside"] == 1
    tried = json.loads(ctl(*ask, "--flash-days", "3", "--dry-run", "--json").out)
    assert len(tried["sales"]) == tried["counts"]["sales_planned"] >= 2
    assert tried["sales"][0]["goods"] == [{"sku": "P-GOLD", "retail": "2999.00", "quantity": 100}]
    assert ctl("hub", "sale", "list", "-C", made, "--json").out.strip() == "[]"
    first = ctl(*ask, "--flash-days", "3")
    assert "flash-14-1-" in first.out and "there is no such sale" in first.out
    again = json.loads(ctl(*ask, "--flash-days", "3", "--json").out)["counts"]
    assert (again["sales_planned"], again["sales_unchanged"]) == (0, len(tried["sales"]))
    listed = json.loads(ctl("hub", "sale", "list", "-C", made, "--json").out)
    assert {each["code"] for each in listed} == {each["code"] for each in tried["sales"]}


def test_the_hub_pays_and_takes_back_and_tells_a_month_in_every_form(ctl: Command, made: Path, place: Path) -> None:
    assert ctl("hub", "tenant", "add", "north", "-C", made).code == 0
    assert ctl("hub", "seed", "-C", made).code == 0
    for number, amount in (("=1+1", "12.50"), ("T2", "3")):
        paid = ctl("hub", "payment", "received", "north", amount, "--number", number, "-C", made)
        assert (paid.code, number in paid.out) == (0, True)
    assert ctl("hub", "payment", "carrier", "8", "--number", "C1", "-C", made).code == 0
    back = json.loads(ctl("hub", "payment", "reverse", "T2", "--reason", "bounced", "-C", made, "--json").out)
    assert back["reversed"]["reason"] == "bounced"
    listed = json.loads(ctl("hub", "payment", "list", "-C", made, "--json").out)
    assert [(each["number"], each["reversed"] is None) for each in listed] == [
        ("=1+1", True),
        ("T2", False),
        ("C1", True),
    ]
    month = month_of(datetime.now(UTC), "Asia/Shanghai")

    def told(form: str) -> str:
        out = place / f"north.{form}"
        done = ctl("hub", "statement", "north", "--month", month, "--format", form, "--out", out, "-C", made)
        assert done.code == 0, done.err
        return out.read_text("utf-8")

    rows = list(csv.reader(told("csv").splitlines()))
    assert rows[0] == ["month", "at", "kind", "reference", "amount", "balance", "currency"]
    assert [(row[2], row[3], row[4], row[5]) for row in rows[1:]] == [
        ("opening", "", "", "0.00"),
        ("payment", "'=1+1", "-12.50", "-12.50"),
        ("payment", "T2", "-3.00", "-15.50"),
        ("reversal", "T2", "3.00", "-12.50"),
        ("closing", "", "", "-12.50"),
    ]
    document = json.loads(told("json"))
    assert (document["closing"], len(document["lines"]), document["closed"]) == ("-12.50", 3, False)
    assert "<td>payment taken back</td><td>T2</td>" in told("html") and "-12.50" in told("text")
    for arguments, code, said in (
        (("north", "--month", "2020-01"), 2, "no statement for 2020-01"),
        (("nobody", "--month", month), 2, "nobody"),
        (("north", "--supplier", "--month", month), 2, "north"),
    ):
        refused = ctl("hub", "statement", *arguments, "-C", made)
        assert (refused.code, said in refused.err) == (code, True), refused.err
    wrong = ctl("hub", "payment", "received", "north", "lots", "--number", "T3", "-C", made)
    assert (wrong.code, "amount" in wrong.err) == (2, True)


# --- a shop is connected --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Two:
    """A hub that is served at `url`, with sample goods, and a shop beside it with the same samples of its own."""

    hub: Path
    shop: Path
    url: str
    key: str

    def window(self) -> dict[str, bool]:
        """What the shop's window has on offer."""
        database = Database(_variable("SHOP_DATABASE_URL"))
        try:
            with database.reading() as session:
                return catalog.skus(session)
        finally:
            database.dispose()

    def name_the_hub(self) -> None:
        path = self.shop / "brand" / "brand.toml"
        text = path.read_text("utf-8")
        [mode] = [line for line in text.splitlines() if line.startswith('mode = "embedded"')]
        path.write_text(text.replace(mode, f'mode = "hub"\nurl = "{self.url}"'), "utf-8")

    def give_key(self, key: str) -> None:
        with (self.shop / ".env").open("a", encoding="utf-8") as environment:
            environment.write(f"SHOP_SUPPLY_KEY={key}\n")


def _findings(ctl: Command, shop: Path) -> list[str]:
    return [each["code"] for each in json.loads(ctl("check", shop, "--json").out)["findings"]]


def _variable(name: str) -> str:
    return os.environ[name]


@pytest.fixture
def two(ctl: Command, made: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    assert ctl("hub", "seed", "-C", made).code == 0
    key = json.loads(ctl("hub", "tenant", "add", "north", "--fee", "2%", "-C", made, "--json").out)["key"]
    assert ctl("new", "shop", "--yes", "--set", "locale=en", "--set", "currency=CNY").code == 0
    assert ctl("migrate", "-C", place / "shop").code == 0
    assert ctl("seed", "-C", place / "shop").code == 0
    monkeypatch.chdir(made)
    server = uvicorn.Server(uvicorn.Config(hub.create_app(), host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the hub starts"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Two(made, place / "shop", f"http://127.0.0.1:{port}", key)
    server.should_exit = True
    thread.join(20)


def test_a_shop_is_connected_and_keeps_what_it_had(ctl: Command, two: Two) -> None:
    alone = ctl("supply", "connect", "-C", two.shop)
    assert (alone.code, "supplies itself" in alone.err) == (2, True)

    two.name_the_hub()
    [keyless] = [each for each in _findings(ctl, two.shop) if each == "no_supply_key"]
    without_key = ctl("supply", "connect", "-C", two.shop)
    assert (without_key.code, "SHOP_SUPPLY_KEY" in without_key.err) == (1, True), without_key.err
    two.give_key(two.key)
    assert "not_connected" in _findings(ctl, two.shop) and keyless not in _findings(ctl, two.shop)
    unconnected = ctl("books", "-C", two.shop)
    assert (unconnected.code, "platformctl supply connect" in unconnected.err) == (1, True)

    before = two.window()
    tried = json.loads(ctl("supply", "connect", "--dry-run", "-C", two.shop, "--json").out)
    assert (tried["store"], tried["new"], tried["gone"]) == ("north", 0, [])
    assert two.window() == before
    done = json.loads(ctl("supply", "connect", "-C", two.shop, "--json").out)
    assert done == tried | {"dry_run": False}
    assert two.window() == before
    assert not {"not_connected", "no_supply_key"} & set(_findings(ctl, two.shop))
    assert ctl("supply", "connect", "-C", two.shop).code == 0, "again at any time"
    assert ctl("books", "-C", two.shop).code == 0


def test_a_shop_goes_on_with_a_hub_that_was_restored_from_a_backup(ctl: Command, two: Two) -> None:
    two.name_the_hub()
    two.give_key(two.key)
    assert ctl("hub", "migrate", "-C", two.hub).code == 0, "the hub has a history"
    assert ctl("supply", "connect", "-C", two.shop).code == 0
    unharmed = ctl("supply", "resume", "-C", two.shop)
    assert (unharmed.code, "forgotten nothing" in unharmed.out) == (0, True), unharmed.err

    assert ctl("hub", "restored", "--by", "ann", "-C", two.hub).code == 0
    told = ctl("books", "-C", two.shop)
    assert "supply resume" in told.out + told.err, "what the hub says cannot be known"
    refused = ctl("supply", "connect", "-C", two.shop)
    assert (refused.code, "supply resume" in refused.err) == (3, True), refused.err
    done = json.loads(ctl("supply", "resume", "-C", two.shop, "--json").out)
    assert (done["ok"], done["orders"], done["since"] is not None) == (True, 0, True)
    assert ctl("supply", "connect", "-C", two.shop).code == ctl("books", "-C", two.shop).code == 0

    hub = Database(_variable("HUB_DATABASE_URL"))
    try:
        with hub.transaction() as session:
            session.execute(text("DELETE FROM supply_timeline"))
    finally:
        hub.dispose()
    assert ctl("hub", "migrate", "-C", two.hub).code == 0
    another = ctl("supply", "resume", "-C", two.shop)
    assert (another.code, "another hub" in another.err) == (3, True), another.err
    assert ctl("supply", "connect", "-C", two.shop).code == 0, "no order is under way with the one before"


def test_a_payment_is_written_down_on_both_sides_and_compared(ctl: Command, two: Two) -> None:
    two.name_the_hub()
    two.give_key(two.key)
    assert ctl("supply", "connect", "-C", two.shop).code == 0
    month = month_of(datetime.now(UTC), "Asia/Shanghai")

    def seen() -> tuple[int, list[tuple[str, str | None, str]]]:
        said = ctl("supply", "statement", "--month", month, "-C", two.shop, "--json")
        lines = json.loads(said.out)["lines"]
        return said.code, [(each["theirs"], each["ours"], each["verdict"]) for each in lines]

    assert seen() == (0, [])
    got = ctl("hub", "payment", "received", "north", "1250", "--number", "T1", "--by", "ann", "-C", two.hub, "--json")
    assert json.loads(got.out)["amount"] == "1250.00"
    assert seen() == (1, [("-1250.00", None, "missing")])
    words = ctl("supply", "statement", "--month", month, "-C", two.shop)
    assert "T1" in words.out and "0 of 1" in words.out
    assert ctl("supply", "pay", "1205", "--number", "T1", "-C", two.shop).code == 0
    assert seen() == (1, [("-1250.00", "-1205.00", "different")])
    books = ctl("books", "-C", two.shop)
    assert (books.code, "paid the hub 1205.00 CNY, the hub has received 1250.00 CNY" in books.out) == (0, True)
    taken = ctl("supply", "pay", "1250", "--number", "T1", "-C", two.shop)
    assert (taken.code, "another payment" in taken.err) == (3, True)
    assert ctl("supply", "unpay", "T1", "--reason", "mistyped", "-C", two.shop).code == 0
    assert ctl("supply", "pay", "1250", "--number", "T1", "-C", two.shop).code == 0
    assert seen() == (0, [("-1250.00", "-1250.00", "same")])
    assert "has received" not in ctl("books", "-C", two.shop).out
    assert ctl("hub", "books", "-C", two.hub).code == 0

    line = ("supply", "object", "T1", "--month", month, "--kind", "payment", "-C", two.shop)
    made = json.loads(ctl(*line, "--reason", "it was more", "--amount", "50", "--json").out)
    assert (made["number"], made["state"], made["amount"]) == ("payment-T1", "open", "50.00")
    at_hub = ("north", "payment-T1", "-C", two.hub)
    assert ctl("hub", "objection", "answer", *at_hub, "--say", "we ask the bank").code == 0
    assert "we ask the bank" in ctl("supply", "objections", "-C", two.shop).out
    accepted = ctl("hub", "objection", "accept", *at_hub, "--credit", "20", "--say", "the bank's fee", "--json")
    assert json.loads(accepted.out)["credit"] == "20.00"
    assert ctl("hub", "objection", "reject", *at_hub, "--say", "no").code == 3
    assert "credited 20.00 CNY, 0.00 CNY of it is booked" in ctl("books", "-C", two.shop).out
    assert "Credits booked: 1" in ctl("supply", "objections", "-C", two.shop).out
    assert "Credits booked" not in ctl("supply", "objections", "-C", two.shop).out
    [listed] = json.loads(ctl("hub", "objection", "list", "-C", two.hub, "--json").out)
    assert [step["state"] for step in listed["steps"]] == ["open", "answered", "accepted"]
    assert seen()[0] == 0 and "is booked" not in ctl("books", "-C", two.shop).out
    assert ctl("hub", "books", "-C", two.hub).code == 0
    unknown = ctl("supply", "object", "T9", "--month", month, "--reason", "x", "-C", two.shop)
    assert (unknown.code, "no line charge T9" in unknown.err) == (2, True), unknown.err


def test_goods_that_have_another_name_there_keep_their_listing(ctl: Command, two: Two, place: Path) -> None:
    two.name_the_hub()
    two.give_key(two.key)
    database = Database(_variable("HUB_DATABASE_URL"))
    ours, theirs = sorted(two.window())[:2]
    names = place / "names.csv"
    for content, line, said in (
        (f"ours,theirs\n{ours},NOWHERE\n", 2, "is not on offer at the hub"),
        (f"ours,theirs\nNOTHING,{theirs}\n", 2, "is not among this shop's goods"),
        (f"ours,theirs\n{ours},{theirs}\n{ours},{ours}\n", 3, "is there twice"),
    ):
        names.write_text(content)
        wrong = ctl("supply", "connect", "--map", names, "-C", two.shop)
        assert (wrong.code, f"line {line}" in wrong.err, said in wrong.err) == (2, True, True), wrong.err
    names.write_text(f"ours,theirs\n{ours},{theirs}\n{theirs},{ours}\n")
    done = json.loads(ctl("supply", "connect", "--map", names, "-C", two.shop, "--json").out)
    assert (done["mapped"], done["new"], done["gone"]) == (2, 0, [])
    names.write_text(f"ours,theirs\n{ours},{ours}\n")
    renamed = ctl("supply", "connect", "--map", names, "-C", two.shop)
    assert (renamed.code, "a name does not change" in renamed.err) == (2, True), renamed.err
    shop = Database(_variable("SHOP_DATABASE_URL"))
    try:
        with shop.reading() as session:
            assert tenancy.sku_names(session) == {ours: theirs, theirs: ours}
            both = select(Listing).where(Listing.sku.in_([ours, theirs]))
            mirrored = {each.sku: each.available for each in session.scalars(both)}
        with database.reading() as session:
            assert mirrored == {
                ours: supply.level(session, sku=theirs).free,
                theirs: supply.level(session, sku=ours).free,
            }
    finally:
        shop.dispose()
        database.dispose()


def test_a_hub_that_is_away_wants_no_such_key_or_has_another_currency_is_told_apart(
    ctl: Command, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.name_the_hub()
    two.give_key("hub_AAAAAAAA_" + "s" * 43)
    refused = ctl("supply", "connect", "-C", two.shop)
    assert (refused.code, "API key is not valid" in refused.err) == (4, True), refused.err
    yen = json.loads(ctl("hub", "tenant", "add", "yen", "--currency", "JPY", "-C", two.hub, "--json").out)["key"]
    monkeypatch.setenv("SHOP_SUPPLY_KEY", yen)
    other = ctl("supply", "connect", "-C", two.shop)
    assert (other.code, "in JPY" in other.err) == (3, True), other.err
    scoped = ctl("hub", "tenant", "key", "new", "north", "--scope", "offers:read", "-C", two.hub, "--json")
    monkeypatch.setenv("SHOP_SUPPLY_KEY", json.loads(scoped.out)["key"])
    lacking = ctl("supply", "connect", "-C", two.shop)
    assert (lacking.code, "orders:write" in lacking.err) == (3, True), lacking.err
    brand = two.shop / "brand" / "brand.toml"
    brand.write_text(brand.read_text("utf-8").replace(two.url, "http://127.0.0.1:9"), "utf-8")
    away = ctl("supply", "connect", "-C", two.shop)
    assert (away.code, "try again" in away.err) == (4, True), away.err


def test_the_first_owner_is_let_in_by_the_command_line(ctl: Command, made: Path) -> None:
    told = json.loads(ctl("hub", "staff", "add", "Ann", "--role", "owner", "--json", "-C", made).out)
    assert told["name"] == "ann" and len(told["one_time_password"]) == 16
    assert ctl("hub", "staff", "add", "ann", "--role", "operator", "-C", made).code == 3
    assert ctl("hub", "staff", "add", "bo", "--role", "supplier", "-C", made).code == 2
    listed = json.loads(ctl("hub", "staff", "list", "--json", "-C", made).out)
    assert [(each["name"], each["role"], each["can_log_in"]) for each in listed] == [("ann", "owner", False)]
    assert ctl("hub", "staff", "leave", "ann", "-C", made).code == 3  # the last owner
    assert ctl("hub", "staff", "add", "bo", "--role", "owner", "-C", made).code == 0
    assert ctl("hub", "staff", "role", "ann", "--role", "accountant", "-C", made).code == 0
    again = json.loads(ctl("hub", "staff", "password", "ann", "--json", "-C", made).out)
    assert again["one_time_password"] != told["one_time_password"]
    assert ctl("hub", "staff", "leave", "ann", "-C", made).code == 0
    listed = json.loads(ctl("hub", "staff", "list", "--json", "-C", made).out)
    assert [(each["name"], each["role"], each["left_at"] is None) for each in listed] == [
        ("bo", "owner", True),
        ("ann", "accountant", False),
    ]


def test_a_hub_finds_its_goods_and_says_which_pictures_it_lacks(ctl: Command, made: Path) -> None:
    feed = made / "goods.csv"
    picture = "http://127.0.0.1:9/mask.jpg"
    feed.write_text(
        f"product,title,price,cost,images,sku\nmask,苹果补水面膜,9,4,{picture},M-1\ncup,Cup,5,2,,C-1\n", "utf-8"
    )
    assert ctl("hub", "import", feed, "--supplier", "acme", "-C", made).code == 0
    assert [each["sku"] for each in json.loads(ctl("hub", "goods", "面膜", "-C", made, "--json").out)] == ["M-1"]
    assert "C-1  Cup" in ctl("hub", "goods", "c-", "-C", made).out
    assert "No goods were found." in ctl("hub", "goods", "nothing", "-C", made).out
    [waiting] = json.loads(ctl("hub", "media", "list", "-C", made, "--json").out)
    assert (waiting["url"], waiting["state"], waiting["problem"]) == (picture, "waiting", "")

    database = Database(_variable("HUB_DATABASE_URL"))
    store = media.PictureStore(made / "media")
    supply.gather_pictures(database, store, media.SafeFetch(setting="HUB_X"), at=datetime.now(UTC))
    database.dispose()
    told = ctl("hub", "media", "list", "--state", "failed", "-C", made).out
    assert picture in told and "not on the public internet" in told and "HUB_X" in told
    assert "Asked for again: 1." in ctl("hub", "media", "retry", "-C", made).out
    assert json.loads(ctl("hub", "media", "retry", "-C", made, "--json").out) == {"ok": True, "again": 0}
    assert "No pictures" in ctl("hub", "media", "list", "--state", "kept", "-C", made).out


def test_pictures_of_ones_own_are_added_all_or_none_and_stay_when_the_feed_comes_again(
    ctl: Command, made: Path
) -> None:
    feed, good, bad = made / "goods.csv", made / "front.png", made / "bad.jpg"
    feed.write_text("product,title,price,cost\ncup,Cup,5,2\n", "utf-8")
    good.write_bytes(photograph("red", format="PNG"))
    bad.write_text("<svg/>")
    assert ctl("hub", "import", feed, "--supplier", "acme", "-C", made).code == 0
    refused = ctl("hub", "media", "add", "cup", good, bad, "-C", made)
    assert refused.code != 0 and "bad.jpg" in refused.err and "JPEG" in refused.err
    assert "no product" in ctl("hub", "media", "add", "nothing", good, "-C", made).err

    def shown() -> list[supply.OfferPicture]:
        database = Database(_variable("HUB_DATABASE_URL"))
        [offer] = supply.LocalGateway(database, supply.Terms("north", currency="CNY")).offers().offers
        database.dispose()
        return list(offer.product.pictures)

    assert shown() == []
    for _ in range(2):
        added = ctl("hub", "media", "add", "cup", good, "--alt", "A red cup", "-C", made, "--json")
        assert ctl("hub", "import", feed, "--supplier", "acme", "-C", made).code == 0
        [digest] = json.loads(added.out)["digests"]
        assert shown() == [supply.OfferPicture(digest, "A red cup")]
    assert ctl("hub", "media", "remove", "cup", digest, "-C", made).code == 0
    assert shown() == []
    assert "put there by hand" in ctl("hub", "media", "remove", "cup", digest, "-C", made).err


def test_a_shop_says_which_pictures_it_lacks(ctl: Command, place: Path) -> None:
    assert ctl("new", "shop", "--yes", "--set", "locale=en", "--set", "currency=CNY").code == 0
    shop = place / "shop"
    assert ctl("migrate", "-C", shop).code == 0
    feed = place / "goods.csv"
    feed.write_text("product,title,price,cost,images\ncup,Cup,5,2,https://img.invalid/a.jpg\n", "utf-8")
    assert ctl("import", "products", feed, "-C", shop).code == 0
    assert "https://img.invalid/a.jpg" in ctl("media", "list", "-C", shop).out
    assert json.loads(ctl("media", "retry", "-C", shop, "--json").out) == {"ok": True, "again": 0}


SALE = """\
[sale]
code = "spring"
title = "Spring sale"
start = 2030-03-01T10:00:00
end = 2030-03-04T10:00:00

[[goods]]
sku = "SAMPLE-TOTE"
supply_price = "50.00"
retail = "89.00"
cost = "45.00"
quantity = 20
per_customer = 2
"""


def test_a_sale_is_planned_shown_and_withdrawn(ctl: Command, made: Path, place: Path) -> None:
    assert ctl("hub", "seed", "-C", made).code == 0
    assert "platformctl hub sale add FILE" in ctl("hub", "sale", "list", "-C", made).out
    (place / "spring.toml").write_text(SALE, "utf-8")
    add = ("hub", "sale", "add", str(place / "spring.toml"), "-C", str(made), "--by", "ann", "--json")
    told = json.loads(ctl(*add).out)
    assert (told["state"], told["start"], told["by"]) == ("planned", "2030-03-01T02:00:00+00:00", "ann")
    assert told["goods"][0]["taken"] == 0 and json.loads(ctl(*add).out) == told
    shown = ctl("hub", "sale", "show", "spring", "-C", made).out
    assert "2030-03-01 10:00" in shown and "0 of 20 are held or sold" in shown
    withdrawn = ctl("hub", "sale", "withdraw", "spring", "--reason", "wrong price", "-C", made, "--json")
    assert json.loads(withdrawn.out)["reason"] == "wrong price"
    [listed] = json.loads(ctl("hub", "sale", "list", "-C", made, "--json").out)
    assert listed["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ('title = "Spring sale"', 'titel = "Spring sale"', 1, "spring.toml:3"),
        ("end = 2030-03-04T10:00:00", "end = 2030-02-04T10:00:00", 2, "in this order"),
        ('"SAMPLE-TOTE"', '"NONE"', 2, "NONE is not on offer"),
        ('retail = "89.00"', 'retail = "lots"', 2, "SAMPLE-TOTE retail"),
        ('retail = "89.00"', 'retail = "49.00"', 2, "below the supply price"),
        ('cost = "45.00"', "", 2, "agree on a cost"),
    ],
)
def test_a_sale_that_cannot_be_is_refused_in_a_sentence(
    ctl: Command, made: Path, place: Path, old: str, new: str, code: int, said: str
) -> None:
    assert ctl("hub", "seed", "-C", made).code == 0
    (place / "spring.toml").write_text(SALE.replace(old, new), "utf-8")
    refused = ctl("hub", "sale", "add", place / "spring.toml", "-C", made)
    assert (refused.code, said in refused.err) == (code, True), refused.err
    assert json.loads(ctl("hub", "sale", "list", "-C", made, "--json").out) == []


def test_freight_templates_are_tried_taken_told_and_dropped(ctl: Command, made: Path, place: Path) -> None:
    assert ctl("hub", "seed", "-C", made).code == 0
    opened = Database(os.environ["HUB_DATABASE_URL"])
    with opened.reading() as session:
        supplier = supply.suppliers(session)[0].code
    opened.dispose()
    file = place / "freight.toml"
    rule = '[[template.rule]]\nregions = ["西藏"]\namount = "20"\n[[template.rule]]\namount = "6"\n'
    file.write_text(
        f'[[template]]\nsupplier = "{supplier}"\ncode = "all"\nby = "parcel"\nstandard = true\n{rule}', "utf-8"
    )
    take = ("hub", "freight", "import", str(file), "-C", str(made), "--json")
    assert json.loads(ctl(*take, "--dry-run").out)["counts"] == {"created": 1, "updated": 0, "unchanged": 0}
    assert "No supplier" in ctl("hub", "freight", "list", "-C", made).out
    assert json.loads(ctl(*take).out)["counts"]["created"] == 1
    assert json.loads(ctl(*take).out)["counts"]["unchanged"] == 1
    told = ctl("hub", "freight", "list", "--supplier", supplier, "-C", made)
    assert (told.code, "CN-XZ: 1 → 20.00" in told.out) == (0, True), told.out
    [listed] = json.loads(ctl("hub", "freight", "list", "-C", made, "--json").out)
    assert (listed["code"], listed["rules"][0]["regions"]) == ("all", ["CN-XZ"])
    file.write_text(file.read_text("utf-8").replace("西藏", "Tibett"), "utf-8")
    wrong = ctl(*take)
    assert wrong.code != 0 and "Tibett" in wrong.out + wrong.err and "freight.toml:7" in wrong.out + wrong.err
    assert ctl("hub", "freight", "drop", supplier, "all", "-C", made).code == 0
    gone = ctl("hub", "freight", "drop", supplier, "all", "-C", made)
    assert gone.code != 0 and "all" in gone.err


def test_warehouses_stock_lists_and_who_sends_what(ctl: Command, made: Path, place: Path) -> None:
    assert ctl("hub", "seed", "-C", made).code == 0
    opened = Database(os.environ["HUB_DATABASE_URL"])
    with opened.transaction() as session:
        supplier = supply.suppliers(session)[0].code
        currency = supply.sourcing.currency_of(session, supplier)
        supply.create_supplier(session, code="other", name="Other", freight=Money(0, currency), at=datetime.now(UTC))
    opened.dispose()
    put = ("hub", "warehouse", "put", "other", "gz", "--region", "CN-GD", "-C", str(made))
    assert ctl(*put).code == 0
    wrong = ctl("hub", "warehouse", "put", "other", "sh", "--region", "CN-ZZ", "-C", made)
    assert wrong.code == 2 and "CN-ZZ" in wrong.err
    (place / "stock.csv").write_text("sku,warehouse,quantity,cost\nSAMPLE-TOTE,gz,7,1.00\nNONE,gz,1,1\n", "utf-8")
    take = ("hub", "stock", "other", str(place / "stock.csv"), "-C", str(made), "--json")
    tried = json.loads(ctl(*take, "--dry-run").out)
    assert tried["counts"] | {} == json.loads(ctl(*take).out)["counts"]
    assert (tried["counts"]["counted"], tried["counts"]["refused"], tried["refused"][0]["line"]) == (1, 1, 3)
    told = ctl("hub", "source", "list", "SAMPLE-TOTE", "-C", made)
    assert (told.code, "other  gz  CN-GD  1.00" in told.out) == (0, True), told.out
    assert "1 SKUs, 7 free" in ctl("hub", "warehouse", "list", "-C", made).out
    assert ctl("hub", "source", "prefer", "SAMPLE-TOTE", "other", "-C", made).code == 0
    listed = json.loads(ctl("hub", "source", "list", "SAMPLE-TOTE", "-C", made, "--json").out)
    assert [(each["supplier"], each["preferred"]) for each in listed] == [(supplier, False), ("other", True)]
    own = ctl("hub", "source", "put", "SAMPLE-TOTE", supplier, "1", "-C", made)
    assert own.code != 0 and "its price comes with its feed" in own.err
    assert ctl("hub", "source", "drop", "SAMPLE-TOTE", "other", "-C", made).code == 0
    assert ctl("hub", "warehouse", "region", supplier, "CN-ZJ", "-C", made).code == 0
    moved = ctl("hub", "source", "move", "none-1", "other", "--reason", "late", "-C", made)
    assert moved.code != 0 and "none-1" in moved.err
