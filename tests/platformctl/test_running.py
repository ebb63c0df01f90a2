"""Commands inside a shop: migrate, seed, books, check, doctor, and which core runs."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

import shared_core
from platformctl import proving
from platformctl import shop as shops
from platformctl.failures import NoShopEnvironment
from shared_core import ledger, plan
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.kernel.outbox import OutboxRow
from tests.databases import Databases
from tests.platformctl.conftest import Command


@pytest.fixture
def database_in_environment(ctl: Command, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty database of the kind under test, which every shop of the test takes for its own."""
    with databases.empty() as url:
        monkeypatch.setenv("SHOP_DATABASE_URL", url)
        yield url


@pytest.fixture
def shop(ctl: Command, place: Path, database_in_environment: str) -> Path:
    """A new shop with an empty database."""
    assert ctl("new", "shop", "--yes", "--set", "locale=en").code == 0
    return place / "shop"


def findings(ctl: Command, *arguments: str | Path) -> dict[str, dict[str, object]]:
    """By code, from the JSON of check or doctor."""
    return {each["code"]: each for each in json.loads(ctl(*arguments, "--json").out)["findings"]}


# --- the database ---------------------------------------------------------------------------------------------------


def test_migrating_twice_changes_nothing(ctl: Command, shop: Path) -> None:
    first = json.loads(ctl("migrate", "-C", shop, "--json").out)
    assert first["applied"][0] == "core_0001"
    assert json.loads(ctl("migrate", "-C", shop, "--json").out)["applied"] == []


def test_a_shop_can_have_migrations_of_its_own(ctl: Command, shop: Path) -> None:
    written = shop / "brand/migrations/tenant_0001_own_table.py"
    outcome = ctl("migrate", "-C", shop, "--revise", "own table")
    assert outcome.code == 0, outcome.err
    assert written.is_file()
    applied, told = outcome.out.splitlines()
    assert applied.startswith("Applied: core_0001")
    assert (told, outcome.err) == (f"Written: {written}", "")
    assert json.loads(ctl("migrate", "-C", shop, "--json").out)["applied"] == ["tenant_0001"]


def test_a_machine_is_told_of_a_migration_in_one_document(ctl: Command, shop: Path) -> None:
    outcome = ctl("migrate", "-C", shop, "--revise", "own table", "--json")
    assert json.loads(outcome.out)["written"].endswith("tenant_0001_own_table.py")


BAD_SETTINGS = {
    "SHOP_LOG_LEVEL=loud": ".env:2: SHOP_LOG_LEVEL",
    "SHOP_TRUSTED_PROXIES=two": ".env:2: SHOP_TRUSTED_PROXIES",
    "SHOP_DATABASE_URL=nowhere": ".env:2: SHOP_DATABASE_URL",
    "SHOP_DATABSE_URL=x": ".env:2: SHOP_DATABSE_URL is not a setting. Did you mean SHOP_DATABASE_URL?",
    "SHOP_BASE_URL=\udcff": ".env:2: the file cannot be read: it is not text in UTF-8.",
}


@pytest.mark.parametrize("command", ["dev", "worker", "migrate", "seed", "books", "check", "doctor", "export"])
def test_a_wrong_setting_is_told_in_a_sentence_by_every_command(
    ctl: Command, shop: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_DATABASE_URL")
    where = [shop] if command == "check" else ["members", "-C", shop] if command == "export" else ["-C", shop]
    for line, said in BAD_SETTINGS.items():
        (shop / ".env").write_bytes(f"# ours\n{line}\n".encode("utf-8", "surrogateescape"))
        outcome = ctl(command, *where)
        assert (outcome.code, said in outcome.err + outcome.out) == (1, True), outcome
        assert "Traceback" not in outcome.err


@pytest.mark.parametrize("command", ["books", "worker"])
def test_a_database_that_is_behind_is_not_used(ctl: Command, shop: Path, command: str) -> None:
    outcome = ctl(command, "-C", shop)
    assert outcome.code == 4
    assert "platformctl migrate" in outcome.err


def test_a_database_whose_folder_is_not_there_is_told_to_people_and_machines(
    ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DATABASE_URL", f"sqlite:///{shop / 'none' / 'shop.db'}")
    told = ctl("migrate", "-C", shop)
    document = json.loads(ctl("migrate", "-C", shop, "--json").out)
    assert (told.code, "the folder of its file is not there or cannot be written" in told.err) == (4, True)
    assert (document["ok"], document["error"]) == (False, "database_unreachable")


def test_ctrl_c_ends_a_running_shop_with_130(ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "platformctl", "dev", "--no-reload", "-C", str(shop), "--port", port]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"LANGUAGE": "en"}) as running:
        assert running.stderr is not None
        assert any("Uvicorn running" in line for line in running.stderr)
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert (running.returncode, "Traceback" in rest) == (130, False)


def test_a_database_that_is_down_is_told_in_one_sentence(
    ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    outcome = ctl("migrate", "-C", shop)
    assert outcome.code == 4
    assert "The database cannot be used" in outcome.err
    assert "Traceback" not in outcome.err
    assert findings(ctl, "doctor", "-C", shop)["database_unreachable"]["severity"] == "error"


def test_seeding_gives_goods_and_an_owner_and_again_changes_nothing(ctl: Command, shop: Path) -> None:
    first = json.loads(ctl("seed", "-C", shop, "--json").out)
    assert first["products"] > 5
    assert [each["role"] for each in first["log_ins"]] == ["owner"]
    assert json.loads(ctl("seed", "-C", shop, "--json").out) == first


def test_samples_are_kept_out_of_production(ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_ENVIRONMENT", "production")
    outcome = ctl("seed", "-C", shop)
    assert outcome.code == 3
    assert "production" in outcome.err


# --- a lived-in shop ------------------------------------------------------------------------------------------------

STATES = {"cancelled", "completed", "delivered", "paid", "placed", "refunded", "shipped"}


@pytest.mark.parametrize("preset", [each.name for each in plan.presets()])
def test_a_lived_in_shop_has_every_kind_of_order_and_balanced_books(
    ctl: Command, database_in_environment: str, preset: str
) -> None:
    assert ctl("new", "shop", "--yes", "--preset", preset, "--set", "currency=JPY").code == 0
    seeded = ctl("seed", "-C", "shop", "--demo")
    assert seeded.code == 0, seeded.err
    database = Database(database_in_environment)
    with database.reading() as session:
        states = set(session.scalars(text("SELECT DISTINCT state FROM order_order")))
        ranks = set(session.scalars(text("SELECT DISTINCT rank FROM reward_standing")))
    database.dispose()
    assert states == STATES
    assert len(ranks) >= (3 if preset in ("participants", "fan-lock") else 1)
    books = json.loads(ctl("books", "-C", "shop", "--json").out)
    assert books["balanced"], books
    if preset == "outlet":
        assert ctl("seed", "-C", "shop", "--demo").out == seeded.out


def test_broken_books_end_with_1(ctl: Command, shop: Path, database_in_environment: str) -> None:
    ctl("migrate", "-C", shop)
    database = Database(database_in_environment)
    with database.transaction() as session:
        paid = [ledger.entry(debit=ledger.accounts.bank(), credit=ledger.accounts.sales(), amount=Money(5, "CNY"))]
        ledger.post(session, "test:1", paid, at=datetime(2026, 3, 2, tzinfo=UTC))
        session.execute(text("UPDATE ledger_posting SET amount_minor = amount_minor + 1"))
    database.dispose()
    outcome = ctl("books", "-C", shop)
    assert outcome.code == 1
    assert "NOT balanced" in outcome.out


def test_a_delivery_given_up_is_told_and_can_be_tried_again(
    ctl: Command, shop: Path, database_in_environment: str
) -> None:
    ctl("migrate", "-C", shop)
    database = Database(database_in_environment)
    long_ago = datetime(2026, 3, 2, tzinfo=UTC)
    given_up = OutboxRow(subscriber="x", payload={}, written_at=long_ago, due_at=long_ago, attempts=10, error="gone")
    with database.transaction() as session:
        session.add(given_up)
    database.dispose()
    told = ctl("books", "-C", shop)
    assert (told.code, "was given up: gone" in told.out) == (1, True)
    again = ctl("books", "-C", shop, "--retry")
    assert (again.code, "1 deliveries" in again.err) == (0, True)


# --- check and doctor -----------------------------------------------------------------------------------------------


def test_a_new_shop_has_nothing_to_complain_about_but_its_trader_and_its_account(ctl: Command, shop: Path) -> None:
    outcome = ctl("check", shop, "--json")
    assert outcome.code == 0
    told = {each["code"] for each in json.loads(outcome.out)["findings"]}
    assert told == {"no_trader", "no_payee", "rules_of_law", "CN-TAX"}, "in dollars nothing is withheld for the PRC"


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")


def test_faults_are_named_with_file_line_and_remedy(ctl: Command, shop: Path) -> None:
    edit(shop / "brand/brand.toml", 'tagline = ""', 'tagline = ""\ncurency = "CNY"')
    edit(shop / "brand/plan.toml", 'version = "1"', "version = 1")
    outcome = ctl("check", shop)
    assert outcome.code == 1
    assert "brand.toml:6" in outcome.out
    assert "'currency'" in outcome.out
    assert "plan.toml" in outcome.out
    assert "Traceback" not in outcome.err


def test_rules_of_law_are_told_with_file_and_line_and_stop_nothing_here(ctl: Command, shop: Path) -> None:
    (shop / "brand/plan.toml").write_text(plan.preset("fan-lock"), "utf-8")
    edit(shop / "brand/brand.toml", 'tagline = ""', 'tagline = "躺赚"')
    page = shop / "brand/theme/templates/home.html"
    page.write_text("<h1>Hello</h1>\n<p>Earn $5,000 a month</p>\n", "utf-8")
    (shop / "brand/locale/zh_CN.po").write_text('msgid ""\nmsgstr ""\n\nmsgid "Shop"\nmsgstr "管道收入"\n', "utf-8")
    outcome = ctl("check", shop, "--json")
    told = [each for each in json.loads(outcome.out)["findings"] if each["code"].startswith("CN-")]
    assert outcome.code == 0
    assert {"CN-TEAM", "CN-CRIM", "CN-WX"} < {each["code"] for each in told}
    assert {each["severity"] for each in told} == {"warning"}
    claims = {(Path(each["file"]).name, each["line"]) for each in told if each["code"] == "CN-CLAIM"}
    assert claims == {("brand.toml", 5), ("home.html", 2), ("zh_CN.po", 4)}


def test_rules_of_law_are_told_in_the_language_of_the_machine(
    ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "brand/plan.toml").write_text(plan.preset("fan-lock"), "utf-8")
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert "是团队计酬，两级也算。 (inviter 得 3%（规则 inviter-shopkeeper），招募层数 1)" in ctl("check", shop).out


def test_goods_that_could_lose_money_at_the_prices_in_the_database_are_named(
    ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ctl("seed", "-C", shop).code == 0
    assert "price_at_loss" not in findings(ctl, "check", shop)
    edit(shop / "brand/brand.toml", 'fee = "0%"', 'fee = "30%"')
    monkeypatch.setattr(proving, "TOLD_MAX", 2)
    outcome = ctl("check", shop)
    assert outcome.code == 1
    assert outcome.out.count("could lose") == 3 and "more SKUs could lose money" in outcome.out
    told = findings(ctl, "check", shop)["price_at_loss"]
    assert (told["severity"], str(told["remedy"]).startswith("Ask ")) == ("error", True)
    edit(shop / "brand/brand.toml", 'fee = "30%"', 'fee = "80%"')
    told = findings(ctl, "check", shop)["price_at_loss"]
    assert told["remedy"] == "No price makes it safe: lower shares or fees."
    edit(shop / "brand/brand.toml", 'unsound = "unlist"', 'unsound = "warn"')
    assert findings(ctl, "check", shop)["price_at_loss"]["severity"] == "warning"
    assert ctl("check", shop).code == 0


def test_parcels_that_cost_more_than_an_order_leaves_are_warned_of(
    ctl: Command, shop: Path, database_in_environment: str
) -> None:
    assert ctl("seed", "-C", shop).code == 0
    database = Database(database_in_environment)
    with database.transaction() as session:
        session.execute(text("UPDATE catalog_listing SET freight_minor = 900000"))
    database.dispose()
    told = findings(ctl, "check", shop)
    assert told["freight_at_loss"]["severity"] == "warning"
    assert "its parcel costs 9000.00 USD" in str(told["freight_at_loss"]["message"])


def test_edited_and_missing_files_of_the_platform_are_warned_of(ctl: Command, shop: Path) -> None:
    (shop / "Dockerfile").write_text("FROM scratch\n")
    (shop / "compose.yaml").unlink()
    (shop / "app.py").write_bytes((shop / "app.py").read_bytes().replace(b"\n", b"\r\n"))
    (shop / "brand/hooks.py").write_text('"""Mine."""\n')
    outcome = ctl("check", shop, "--json")
    told = {(each["code"], each["file"]) for each in json.loads(outcome.out)["findings"]}
    assert outcome.code == 0
    assert ("platform_file_changed", "Dockerfile") in told
    assert ("platform_file_missing", "compose.yaml") in told
    assert not {file for _, file in told} & {"app.py", "brand/hooks.py"}


def test_hooks_that_fail_or_are_misspelt_are_found_before_the_start(ctl: Command, shop: Path) -> None:
    (shop / "brand/hooks.py").write_text("1 / 0\n")
    assert "ZeroDivisionError" in str(findings(ctl, "check", shop)["hooks_fail"]["message"])
    misspelt = "from shared_core.storefront import hookimpl\n\n\n@hookimpl\ndef on_order_payed(event):\n    pass\n"
    (shop / "brand/hooks.py").write_text(misspelt)
    assert "bad_hook" in findings(ctl, "check", shop)


def test_a_lost_answers_file_and_a_bad_setting_are_errors(
    ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / ".copier-answers.yml").unlink()
    monkeypatch.setenv("SHOP_ENVIRONMENT", "prod")
    told = findings(ctl, "check", shop)
    assert told["answers_missing"]["severity"] == "error"
    assert told["bad_setting"]["key"] == "SHOP_ENVIRONMENT"


def test_the_doctor_finds_a_machine_ready(ctl: Command, shop: Path) -> None:
    ctl("migrate", "-C", shop)
    outcome = ctl("doctor", "-C", shop, "--json", "--port", "59123")
    document = json.loads(outcome.out)
    assert outcome.code == 0
    assert {each["code"] for each in document["findings"]} == {"python", "git", "core", "database", "port"}


def test_the_doctor_names_what_is_missing(ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(shop / ".env", "SHOP_SECRET_KEY=", "SHOP_SECRET_KEY=\nOLD=")
    edit(shop / "pyproject.toml", f"=={shared_core.__version__}", "==99.0")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    told = findings(ctl, "doctor", "-C", shop)
    expected = {"migrations_pending", "core_mismatch", "no_secret_key", "uv_mirror"}
    assert expected <= set(told)
    assert told["migrations_pending"]["remedy"] == "Run: platformctl migrate"


def test_a_production_shop_without_an_address_is_found_before_the_start(
    ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_ENVIRONMENT", "production")
    for command in (("check", shop), ("doctor", "-C", shop, "--only", "settings")):
        assert findings(ctl, *command)["no_base_url"]["severity"] == "error"
        monkeypatch.setenv("SHOP_BASE_URL", "http://shop.example")
        assert findings(ctl, *command)["insecure_base_url"]["key"] == "SHOP_BASE_URL"
        monkeypatch.delenv("SHOP_BASE_URL")


def test_the_doctor_examines_only_what_is_asked(ctl: Command, shop: Path) -> None:
    assert set(findings(ctl, "doctor", "-C", shop, "--only", "git")) == {"git"}
    outcome = ctl("doctor", "--only", "gti")
    assert outcome.code == 2


def test_the_doctor_works_outside_a_shop(ctl: Command) -> None:
    assert {"python", "git", "core"} <= set(findings(ctl, "doctor"))


# --- which core runs ------------------------------------------------------------------------------------------------


def test_a_shop_that_wants_another_core_is_refused_and_told_what_to_do(ctl: Command, shop: Path) -> None:
    edit(shop / "pyproject.toml", f"=={shared_core.__version__}", "==99.0")
    for command in (("migrate", "-C", shop), ("check", shop), ("seed", "-C", shop), ("dev", "-C", shop)):
        outcome = ctl(*command)
        assert outcome.code == 4
        assert "99.0" in outcome.err
        assert "pip install -r requirements.txt" in outcome.err


def test_a_shop_with_an_environment_of_its_own_is_run_there(
    ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = shop / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (shop / ".venv/lib/python3.11/site-packages/platformctl").mkdir(parents=True)
    run: list[tuple[Path, list[str]]] = []

    def instead(program: Path, command: list[str], _environment: object) -> None:
        run.append((program, command))
        raise SystemExit(0)

    monkeypatch.setattr(os, "execve", instead)
    ctl("migrate", "-C", shop)
    assert run == [(python, [str(python), "-m", "platformctl", "migrate", "-C", str(shop)])]


def test_an_environment_without_the_core_does_not_count(shop: Path) -> None:
    (shop / ".venv" / "bin").mkdir(parents=True)
    (shop / ".venv" / "bin" / "python").symlink_to(sys.executable)
    assert shops.ShopFolder.find(shop).python is None


def test_a_shop_is_found_from_any_folder_inside_it(shop: Path) -> None:
    assert shops.ShopFolder.find(shop / "brand" / "theme").root == shop


def test_reentering_happens_once(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shops.REENTERED, "1")
    edit(shop / "pyproject.toml", f"=={shared_core.__version__}", "==99.0")
    with pytest.raises(NoShopEnvironment):
        shops.enter(shops.ShopFolder.find(shop))
