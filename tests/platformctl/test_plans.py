"""plan check, show and publish: what stops a plan, who answers for it, what is live, what it says."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_core import plan
from tests.databases import Databases
from tests.platformctl.conftest import Command

OVERRIDE = """\
[[overrides]]
rule = "{rule}"
persons = {persons}
reason = "We have looked at it."
legal_reference = "Opinion 7/2026"
expires = {expires}
"""
STOPPING = ("CN-TEAM", "CN-CRIM", "CN-RANK-HEAD", "CN-DIRECT", "CN-WX", "CN-BIND")


@pytest.fixture
def database(ctl: Command, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty database, which the shop takes for its own."""
    with databases.empty() as url:
        monkeypatch.setenv("SHOP_DATABASE_URL", url)
        yield url


@pytest.fixture
def shop(ctl: Command, place: Path, database: str) -> Path:
    """A new shop in yuan with the preset that nothing stops, and a migrated database."""
    assert ctl("new", "shop", "--yes", "--set", "currency=CNY").code == 0
    assert ctl("migrate", "-C", place / "shop").code == 0
    return place / "shop"


@pytest.fixture
def stopped(shop: Path) -> Path:
    """The same with a plan that rules stop."""
    (shop / "brand/plan.toml").write_text(plan.preset("fan-lock"), "utf-8")
    return shop


def overrides(*rules: str, persons: str = '["A", "B"]', expires: str = "2999-01-01") -> str:
    return "\n".join(OVERRIDE.format(rule=rule, persons=persons, expires=expires) for rule in rules)


def live(ctl: Command, shop: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(ctl("plan", "show", "--published", "-C", shop, "--json").out)
    return found


def test_a_plan_that_nothing_stops_goes_live(ctl: Command, shop: Path) -> None:
    checked = ctl("plan", "check", "-C", shop)
    assert (checked.code, "No rule fired, rule set v1" in checked.out) == (0, True)
    assert "Not evaluated: X-FREEZE" in checked.out
    assert live(ctl, shop)["live"] is False
    assert "not live; in production a trial" in ctl("plan", "show", "--published", "-C", shop).out
    published = ctl("plan", "publish", "-C", shop, "--by", "Li Hua")
    assert (published.code, "version 1, is live" in published.out) == (0, True)
    told = live(ctl, shop)
    assert told["live"] is True
    assert [each["published_by"] for each in told["published"]] == ["Li Hua"]  # type: ignore[attr-defined]
    assert "Li Hua" in ctl("plan", "show", "--published", "-C", shop).out


def test_publishing_twice_is_publishing_once(ctl: Command, shop: Path) -> None:
    assert ctl("plan", "publish", "-C", shop).code == ctl("plan", "publish", "-C", shop).code == 0
    assert len(live(ctl, shop)["published"]) == 1  # type: ignore[arg-type]


def test_an_edit_is_not_live_and_needs_a_new_version(ctl: Command, shop: Path) -> None:
    assert ctl("plan", "publish", "-C", shop).code == 0
    file = shop / "brand/plan.toml"
    file.write_text(file.read_text("utf-8").replace('rate = "10%"', 'rate = "9%"'), "utf-8")
    assert live(ctl, shop)["live"] is False
    refused = ctl("plan", "publish", "-C", shop)
    assert (refused.code, "Give the change a new version" in refused.err) == (3, True)
    file.write_text(file.read_text("utf-8").replace('version = "1"', 'version = "2"'), "utf-8")
    assert ctl("plan", "publish", "-C", shop).code == 0
    assert [each["version"] for each in live(ctl, shop)["published"]] == ["2", "1"]  # type: ignore[attr-defined]


def test_a_plan_that_rules_stop_is_refused_with_their_ids(ctl: Command, stopped: Path) -> None:
    outcome = ctl("plan", "publish", "-C", stopped)
    assert outcome.code == 1
    assert all(f"Stopped by {rule}: nobody answers for it." in outcome.out for rule in STOPPING)
    assert "It is stopped by: CN-TEAM, CN-CRIM" in outcome.err
    assert live(ctl, stopped)["published"] == []
    as_json = ctl("plan", "publish", "-C", stopped, "--json")
    assert (as_json.code, json.loads(as_json.out)["error"]) == (1, "plan_refused")


def test_check_ends_as_publishing_would(ctl: Command, stopped: Path) -> None:
    outcome = ctl("plan", "check", "-C", stopped, "--json")
    told = json.loads(outcome.out)
    assert (outcome.code, told["ok"]) == (1, False)
    assert {each["rule"] for each in told["stopped_by"]} == set(STOPPING)
    assert "brand/plan.toml:" in ctl("plan", "check", "-C", stopped).out


def test_the_shops_policy_lifts_overrides_and_the_core_teams_the_rest(
    ctl: Command, stopped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = stopped / "brand/policy.toml"
    policy.write_text(overrides(*STOPPING, persons='["Li Hua"]'), "utf-8")
    still = json.loads(ctl("plan", "check", "-C", stopped, "--json").out)
    assert {each["rule"] for each in still["stopped_by"]} == {"CN-TEAM", "CN-CRIM", "CN-RANK-HEAD"}
    assert "a shop's own policy cannot lift" in ctl("plan", "check", "-C", stopped).out
    core = tmp_path / "core.toml"
    core.write_text(overrides("CN-TEAM", "CN-CRIM", "CN-RANK-HEAD"), "utf-8")
    monkeypatch.setenv("SHOP_POLICY_FILE", str(core))
    assert "CN-DIRECT: Li Hua answer for it until 2999-01-01." in ctl("plan", "check", "-C", stopped).out
    assert ctl("plan", "publish", "-C", stopped).code == 0
    [row] = live(ctl, stopped)["published"]  # type: ignore[misc]
    assert row["valid_until"] == "2999-01-01" and len(row["overrides"]) == len(STOPPING)


def test_an_expired_override_lifts_nothing(ctl: Command, stopped: Path) -> None:
    (stopped / "brand/policy.toml").write_text(overrides("CN-BIND", expires="2020-01-01"), "utf-8")
    assert "Stopped by CN-BIND: the override expired on 2020-01-01." in ctl("plan", "check", "-C", stopped).out


def test_a_misspelt_policy_is_refused_with_line_and_nearest_name(ctl: Command, stopped: Path) -> None:
    (stopped / "brand/policy.toml").write_text(overrides("CN-BIND").replace("reason", "reson"), "utf-8")
    outcome = ctl("plan", "publish", "-C", stopped)
    assert outcome.code == 1
    assert "policy.toml:4" in outcome.err and "'reason'" in outcome.err


def test_promises_in_the_shops_texts_stop_it_too(ctl: Command, shop: Path) -> None:
    (shop / "brand/theme/templates/about.html").write_text("<p>\n躺赚</p>\n", "utf-8")
    outcome = ctl("plan", "publish", "-C", shop)
    assert outcome.code == 1
    assert "brand/theme/templates/about.html:2" in outcome.out


@pytest.mark.parametrize("name", [each.name for each in plan.presets()])
def test_the_publishable_variant_of_every_preset_is_published(ctl: Command, shop: Path, name: str) -> None:
    printed = ctl("plan", "show", "--publishable", name)
    assert printed.code == 0
    (shop / "brand/plan.toml").write_text(printed.out, "utf-8")
    assert ctl("plan", "publish", "-C", shop).code == 0
    assert live(ctl, shop)["live"] is True


def test_the_report_speaks_chinese_on_a_chinese_machine(
    ctl: Command, stopped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    told = ctl("plan", "check", "-C", stopped).out
    assert "上线按下线的销售业绩获得报酬" in told and "没有人为此负责" in told


# --- the plan read aloud ---


def add_version(shop: Path, *, day: str = "2999-01-01", version: str = "2", rate: str = "9%") -> Path:
    """Another version beside the plan of the shop."""
    text = (shop / "brand/plan.toml").read_text("utf-8")
    text = text.replace('version = "1"', f'version = "{version}"').replace("2026-01-01", day).replace("10%", rate)
    (shop / "brand/plans").mkdir(exist_ok=True)
    file = shop / "brand/plans/next.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_plan_of_a_shop_is_told_in_sentences_with_every_version(ctl: Command, shop: Path, place: Path) -> None:
    add_version(shop)
    told = ctl("plan", "show", shop)
    assert told.code == 0, told.err
    assert told.out.splitlines()[:2] == [
        "participants, version 1: in force since January 1, 2026.",
        "participants, version 2: comes into force on January 1, 2999.",
    ]
    assert "  Seller, as Promoter: 10% of the price" in told.out and "9%" not in told.out
    assert ctl("plan", "show", "-C", shop).out == told.out
    chinese = ctl("plan", "show", shop, "--locale", "zh")
    assert "卖家，身为「推广者」：价格的 10%" in chinese.out
    document = json.loads(ctl("plan", "show", shop, "--json").out)
    assert [(each["version"], each["stands"]) for each in document["versions"]] == [("1", "in_force"), ("2", "coming")]
    assert "9%" in str(document["versions"][1]["chapters"])


def test_a_file_and_a_preset_are_told_without_a_shop(ctl: Command, place: Path) -> None:
    (place / "mine.toml").write_text(plan.preset("fan-lock"), "utf-8")
    told = ctl("plan", "show", "mine.toml")
    assert (told.code, "Shopkeeper: 10 fans" in told.out) == (0, True)
    assert ctl("plan", "show", "fan-lock").out == told.out
    missing = ctl("plan", "show", "nothing.toml")
    assert (missing.code, "neither a file nor a preset" in missing.err) == (2, True)
    (place / "mine.toml").write_text('name = "x"\n[join]\nhow = "singup"\n', "utf-8")
    refused = ctl("plan", "show", "mine.toml")
    assert (refused.code, "mine.toml:3: join.how" in refused.err) == (1, True)


def test_versions_that_cannot_stand_beside_each_other_are_named_by_check(ctl: Command, shop: Path) -> None:
    add_version(shop, day="2026-01-01", version="1")
    refused = ctl("check", shop)
    assert refused.code == 1
    assert "next.toml:12: effective_from: " in refused.out and "begins on 2026-01-01, too." in refused.out
    assert "is called version 1, too." in refused.out and "Give each version its own day." in refused.out


def test_a_plan_that_has_not_begun_is_named_by_check_and_by_the_shop(ctl: Command, shop: Path) -> None:
    file = shop / "brand/plan.toml"
    former = file.read_text("utf-8")
    file.write_text(former.replace("2026-01-01", "2999-01-01").replace('version = "1"', 'version = "2"'), "utf-8")
    refused = ctl("check", shop)
    assert refused.code == 1
    assert "plan.toml:12: effective_from: No version of the plan is in force today" in refused.out
    assert "Keep the former version in brand/plans/" in refused.out
    (shop / "brand/plans").mkdir()
    (shop / "brand/plans/2026.toml").write_text(former, "utf-8")
    assert "No version of the plan is in force" not in ctl("check", shop).out


def test_a_rank_that_the_next_version_lost_is_named_by_check(ctl: Command, shop: Path) -> None:
    later = add_version(shop)
    later.write_text(later.read_text("utf-8").replace('"gold"', '"golden"'), "utf-8")
    assert "the rank 'gold' of version 1 is gone: whoever holds it falls to 'promoter'." in ctl("check", shop).out


def test_a_version_to_come_is_published_before_its_day(ctl: Command, shop: Path) -> None:
    former = (shop / "brand/plan.toml").read_text("utf-8")
    assert ctl("plan", "publish", "-C", shop).code == 0
    (shop / "brand/plans").mkdir()
    (shop / "brand/plans/2026.toml").write_text(former, "utf-8")
    later = former.replace("2026-01-01", "2999-01-01").replace('version = "1"', 'version = "2"')
    (shop / "brand/plan.toml").write_text(later, "utf-8")
    assert ctl("plan", "publish", "-C", shop).code == 0
    assert [each["version"] for each in live(ctl, shop)["published"]] == ["2", "1"]  # type: ignore[attr-defined]


def test_check_asks_the_rules_of_law_of_every_version_and_names_file_and_line(ctl: Command, shop: Path) -> None:
    later = add_version(shop)
    promising = later.read_text("utf-8").replace('zh = "推广者"', 'zh = "躺赚"').replace("exit = true", "exit = false")
    later.write_text(promising, "utf-8")
    lines = [number for number, line in enumerate(promising.splitlines(), start=1) if "躺赚" in line]
    told = ctl("check", shop).out
    for line in lines:
        assert f"brand/plans/next.toml:{line}: " in told
    assert "brand/plans/next.toml:" in told and "[CN-CLAIM]" in told and "[CN-BIND]" in told
    assert "[CN-BIND]" not in "".join(line for line in told.splitlines() if "brand/plan.toml" in line)
    assert told.count("[rules_of_law]") == 2


def test_what_is_wrong_under_every_version_is_said_once(ctl: Command, shop: Path) -> None:
    add_version(shop)
    (shop / "brand/theme/templates/about.html").write_text("<p>躺赚</p>", "utf-8")
    assert ctl("check", shop).out.count("brand/theme/templates/about.html:1") == 1


@pytest.mark.parametrize("chosen", ["2", "2999-01-01"])
def test_a_version_of_the_folder_is_published_before_its_day(ctl: Command, shop: Path, chosen: str) -> None:
    add_version(shop)
    done = ctl("plan", "publish", "-C", shop, "--version", chosen)
    assert (done.code, "version 2, is published and comes into force on 2999-01-01" in done.out) == (0, True)
    told = live(ctl, shop)
    assert told["live"] is False
    assert [(each["version"], each["live"]) for each in told["versions"]] == [("1", False), ("2", True)]  # type: ignore[attr-defined]
    assert "version 2: live" in ctl("plan", "show", "--published", "-C", shop).out


def test_a_chosen_version_that_rules_stop_is_refused_with_their_ids(ctl: Command, shop: Path) -> None:
    file = add_version(shop)
    text = plan.preset("fan-lock").replace('version = "1"', 'version = "2"').replace("2026-01-01", "2999-01-01")
    file.write_text(text, "utf-8")
    assert ctl("plan", "check", "-C", shop).code == 0
    checked = ctl("plan", "check", "-C", shop, "--version", "2")
    assert (checked.code, "brand/plans/next.toml:" in checked.out) == (1, True)
    refused = ctl("plan", "publish", "-C", shop, "--version", "2")
    assert (refused.code, "It is stopped by: CN-TEAM, CN-CRIM" in refused.err) == (1, True)
    assert live(ctl, shop)["published"] == []


def test_a_version_that_is_not_there_is_refused_with_those_that_are(ctl: Command, shop: Path) -> None:
    add_version(shop)
    refused = ctl("plan", "publish", "-C", shop, "--version", "3")
    assert refused.code == 2
    assert refused.err.strip() == "There is no version '3' of the plan. Versions: 1 (2026-01-01), 2 (2999-01-01)."


def test_what_no_shop_does_is_named_by_check_and_not_published(ctl: Command, shop: Path) -> None:
    file = shop / "brand/plan.toml"
    file.write_text(file.read_text("utf-8").replace('starts = "delivery"', 'starts = "payment"'), "utf-8")
    lines = file.read_text("utf-8").splitlines()
    place = f"plan.toml:{lines.index(next(each for each in lines if 'starts' in each)) + 1}: returns.starts: "
    for refused in (ctl("check", shop), ctl("plan", "publish", "-C", shop)):
        assert refused.code == 1
        assert place in refused.out + refused.err and 'Write "delivery" or leave it out' in refused.out + refused.err
    assert live(ctl, shop)["published"] == []


def test_what_no_shop_did_hinders_no_version_that_is_past(ctl: Command, shop: Path) -> None:
    former = add_version(shop, day="2025-01-01", version="0")
    former.write_text(former.read_text("utf-8").replace('starts = "delivery"', 'starts = "payment"'), "utf-8")
    assert "[unbuilt]" not in ctl("check", shop).out


def test_an_earning_of_the_demo_is_explained(ctl: Command, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ctl("seed", "--demo", "-C", shop).code == 0
    rows = list(csv.DictReader(io.StringIO(ctl("export", "earnings", "-C", shop).out)))
    code = rows[0]["earning"]
    told = ctl("explain", code, shop)
    assert told.code == 0, told.err
    assert told.out.startswith(code) and "By which rule" in told.out and "In the books" in told.out
    document = json.loads(ctl("explain", code, shop, "--json").out)
    assert (document["earning"]["code"], document["plan_version"]) == (code, "1")
    assert "按哪条规则" in ctl("explain", code, shop, "--locale", "zh").out
    missing = ctl("explain", "NOPE-1", shop)
    assert (missing.code, missing.err.strip()) == (2, "There is no earning NOPE-1.")
