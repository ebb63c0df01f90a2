"""Making a plan live from the back office, and what a shop does until then."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from shared_core import members, plan, rewards
from shared_core.kernel.findings import ConfigError
from shared_core.kernel.settings import Settings
from shared_core.storefront import publishing
from shared_core.storefront.models import Publication
from tests.storefront.conftest import Clock, Front, buy, close_front, open_front

BANNER = "This shop is trying out its plan."
BANNER_ZH = "本店的计划正在试运行"
POLICY = """\
[[overrides]]
rule = "CN-PRICE"
persons = ["Li Hua"]
reason = "Not needed."
expires = 2030-01-01
"""
OVERRIDE = """\
[[overrides]]
rule = "{}"
persons = ["A", "B"]
reason = "Two of us have looked at it."
legal_reference = "Opinion 7/2026"
expires = 2026-03-{}
"""


@pytest.fixture
def production(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        worker_inline=False,
        environment="production",
        secret_key="k" * 40,
        base_url="https://shop.example",
        _env_file=None,
    )


@pytest.fixture
def participants(brand_dir: Path) -> Path:
    """A brand folder with the preset that nothing stops."""
    (brand_dir / "plan.toml").write_text(plan.preset("participants"), "utf-8")
    return brand_dir


@pytest.fixture
def live(participants: Path, production: Settings, clock: Clock) -> Iterator[Front]:
    """A production shop with `participants`, not published yet."""
    yield from running(participants, production, clock)


@pytest.fixture
def stopped(brand_dir: Path, production: Settings, clock: Clock) -> Iterator[Front]:
    """A production shop with `fan-lock`, which rules stop."""
    yield from running(brand_dir, production, clock)


def running(brand: Path, settings: Settings, clock: Clock) -> Iterator[Front]:
    front = open_front(brand, settings, clock)
    yield front
    close_front(front)


def browser(front: Front) -> TestClient:
    client = front.browser()
    client.base_url = "https://shop.example"  # production cookies travel over TLS only
    client.headers["Origin"] = "https://shop.example"
    return client


def person(front: Front, role: members.StaffRole | None = None) -> TestClient:
    client = front.member(browser(front))
    if role:
        code = client.get("/api/v1/session").json()["member_code"]
        with front.shop.database.transaction() as session:
            member_id = members.member_by_code(session, code)
            assert member_id is not None
            members.set_staff_role(session, member_id, role=role)
    return client


def rows(front: Front) -> list[Publication]:
    with front.shop.database.reading() as session:
        return list(session.scalars(select(Publication).order_by(Publication.id)))


def publish(client: TestClient) -> dict[str, object]:
    answer = client.post("/api/v1/admin/plan/publication")
    return {"status": answer.status_code, **answer.json()}


# --- publishing -----------------------------------------------------------------------------------------------------


def test_an_owner_publishes_and_everything_about_it_is_kept(live: Front) -> None:
    told = publish(person(live, "owner"))
    assert told["status"] == 200 and told["version"] == "1"
    [row] = rows(live)
    growth = live.shop.plans[0]
    assert (row.name, row.version, row.effective_from) == ("participants", "1", growth.effective_from)
    assert row.content_hash == plan.content_hash(growth) and row.content == plan.canonical(growth)
    assert row.rule_set == plan.rule_set().version and row.report["findings"] == []
    assert {"rule": "X-FREEZE", "needs": "payout_gap_bps"} in row.report["not_evaluated"]
    assert row.overrides == [] and row.valid_until is None
    assert row.published_by.startswith("Ming (staff:") and row.published_at == live.clock()


def test_publishing_again_changes_nothing(live: Front) -> None:
    owner = person(live, "owner")
    assert publish(owner) == publish(owner)
    assert len(rows(live)) == 1


@pytest.mark.parametrize("role", ["staff", None])
def test_only_owners_publish(live: Front, role: members.StaffRole | None) -> None:
    client = person(live, role)
    assert client.post("/api/v1/admin/plan/publication").status_code == 403
    assert client.post("/admin/plan/publication").status_code == 403
    assert rows(live) == []


def test_a_plan_that_rules_stop_is_refused_with_their_ids(stopped: Front) -> None:
    told = publish(person(stopped, "owner"))
    assert (told["status"], told["code"]) == (422, "plan_refused")
    refused = {"CN-TEAM", "CN-CRIM", "CN-RANK-HEAD", "CN-DIRECT", "CN-WX", "CN-BIND"}
    assert set(str(told["params"]["rules"]).split(", ")) == refused  # type: ignore[index]
    assert rows(stopped) == []


def test_the_page_refuses_too_and_says_what_stops_the_plan(stopped: Front) -> None:
    owner = person(stopped, "owner")
    page = owner.post("/admin/plan/publication")
    assert page.status_code == 422 and "It is stopped by: CN-TEAM" in page.text
    assert 'action="/admin/plan/publication"' not in page.text
    assert rows(stopped) == []


def test_the_same_version_with_another_content_is_refused(live: Front, participants: Path, clock: Clock) -> None:
    publish(person(live, "owner"))
    text = plan.preset("participants").replace('rate = "10%"', 'rate = "9%"')
    (participants / "plan.toml").write_text(text, "utf-8")
    changed = open_front(participants, live.shop.settings, clock)
    told = publish(person(changed, "owner"))
    close_front(changed)
    assert (told["status"], told["code"]) == (409, "plan_version_used")


def test_overrides_are_kept_and_end(stopped: Front, brand_dir: Path, clock: Clock, tmp_path: Path) -> None:
    """The core team's file lifts what stops the plan, until the first of its overrides expires."""
    rules = ("CN-TEAM", "CN-CRIM", "CN-RANK-HEAD", "CN-DIRECT", "CN-WX", "CN-BIND")
    core = tmp_path / "core-policy.toml"
    text = "".join(OVERRIDE.format(rule, day) for rule, day in zip(rules, range(10, 16), strict=True))
    core.write_text(text, "utf-8")
    lifted = open_front(brand_dir, stopped.shop.settings.model_copy(update={"policy_file": str(core)}), clock)
    assert publish(person(lifted, "owner"))["status"] == 200
    [row] = rows(lifted)
    assert row.valid_until is not None and row.valid_until.isoformat() == "2026-03-10"
    assert {(each["rule"], each["granted_by"]) for each in row.overrides} == {(rule, "core") for rule in rules}
    assert BANNER not in browser(lifted).get("/?lang=en").text
    clock.pass_by(timedelta(days=9))
    assert BANNER in browser(lifted).get("/?lang=en").text
    close_front(lifted)


def test_a_policy_that_cannot_be_read_lifts_nothing(live: Front, participants: Path) -> None:
    (participants / "policy.toml").write_text(POLICY.replace("expires", "expirs"), "utf-8")
    told = publish(person(live, "owner"))
    assert (told["status"], told["code"]) == (500, "config_error")
    assert rows(live) == []


@pytest.fixture
def two_versions(participants: Path, production: Settings, clock: Clock) -> Iterator[Front]:
    """A production shop with a version in force and one that begins on the first of May."""
    later = plan.preset("participants").replace('version = "1"', 'version = "2"').replace("2026-01-01", "2026-05-01")
    (participants / "plans").mkdir()
    (participants / "plans" / "may.toml").write_text(later.replace('rate = "10%"', 'rate = "9%"'), "utf-8")
    yield from running(participants, production, clock)


def test_a_version_to_come_is_published_and_is_live_on_its_day(two_versions: Front, clock: Clock) -> None:
    owner = person(two_versions, "owner")
    page = owner.get("/admin/plan?version=2&lang=en").text
    assert "Not published" in page and 'name="version" value="2026-05-01"' in page
    done = owner.post("/admin/plan/publication", data={"version": "2026-05-01"}, follow_redirects=True)
    assert (done.status_code, done.url.params["version"]) == (200, "2026-05-01")
    assert [row.version for row in rows(two_versions)] == ["2"]
    assert BANNER in browser(two_versions).get("/?lang=en").text  # the one in force is still on trial
    while clock().date() < two_versions.shop.plans[1].effective_from:
        clock.pass_by(timedelta(days=1))
    assert BANNER not in browser(two_versions).get("/?lang=en").text


def test_programs_choose_a_version_by_its_name_or_first_day(two_versions: Front) -> None:
    owner = person(two_versions, "owner")
    told = owner.get("/api/v1/admin/plan", params={"version": "2026-05-01"}).json()
    assert (told["version"], told["effective_from"], told["publication"]) == ("2", "2026-05-01", None)
    published = owner.post("/api/v1/admin/plan/publication", params={"version": "2"})
    assert (published.status_code, published.json()["version"]) == (200, "2")
    assert owner.get("/api/v1/admin/plan").json()["publication"] is None


def test_a_version_that_is_not_there_is_not_found(two_versions: Front) -> None:
    owner = person(two_versions, "owner")
    told = owner.post("/api/v1/admin/plan/publication", params={"version": "3"})
    assert (told.status_code, told.json()["code"]) == (404, "unknown_plan_version")
    for answer in (
        owner.get("/admin/plan?version=3", headers={"Accept": "text/html"}),
        owner.post("/admin/plan/publication", data={"version": "3"}, headers={"Accept": "text/html"}),
    ):
        assert answer.status_code == 404 and "Versions: 1 (2026-01-01), 2 (2026-05-01)" in answer.text
    assert rows(two_versions) == []


def test_a_shop_does_not_start_with_a_version_to_come_that_no_shop_can_follow(two_versions: Front) -> None:
    file = two_versions.shop.brand_dir / "plans" / "may.toml"
    file.write_text(file.read_text("utf-8").replace("[returns]", "[funds]\ncollector = 'hub'\n\n[returns]"), "utf-8")
    with pytest.raises(ConfigError, match=r"may\.toml:\d+: funds\.collector: No shop can follow this"):
        open_front(two_versions.shop.brand_dir, two_versions.shop.settings, two_versions.clock)


def test_a_version_to_come_that_rules_stop_is_refused(two_versions: Front, participants: Path, clock: Clock) -> None:
    later = plan.preset("fan-lock").replace('version = "1"', 'version = "2"').replace("2026-01-01", "2026-05-01")
    (participants / "plans" / "may.toml").write_text(later, "utf-8")
    front = open_front(participants, two_versions.shop.settings, clock)
    owner = person(front, "owner")
    page = owner.post("/admin/plan/publication?lang=en", data={"version": "2"})
    assert page.status_code == 422 and "It is stopped by: CN-TEAM" in page.text
    assert "brand/plans/may.toml:" in page.text and 'action="/admin/plan/publication"' not in page.text
    close_front(front)
    assert rows(two_versions) == []


# --- the report -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "statement"), [("en", "even at two levels"), ("zh-CN", "两级也算")])
def test_the_page_shows_the_report_with_lines_and_sources(stopped: Front, language: str, statement: str) -> None:
    page = person(stopped, "staff").get(f"/admin/plan?lang={language}").text
    assert statement in page and "禁止传销条例 art. 7(3)" in page
    assert "brand/plan.toml:" in page and "X-FREEZE" in page
    for blessing in ("lawful", "合法", "legal"):
        assert blessing not in page


def test_the_report_is_there_for_programs(stopped: Front) -> None:
    told = person(stopped, "staff").get("/api/v1/admin/plan").json()
    assert told["on_trial"] and told["publication"] is None
    assert "CN-TEAM" in told["stopped_by"]
    assert told["report"]["findings"][0]["source"]


def test_texts_of_the_brand_are_read(live: Front, participants: Path) -> None:
    (participants / "theme" / "templates").mkdir(parents=True)
    (participants / "theme" / "templates" / "about.html").write_text("<p>躺赚</p>", "utf-8")
    told = publish(person(live, "owner"))
    assert (told["status"], told["params"]) == (422, {"rules": "CN-CLAIM"})


# --- the trial ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/products", "/cart", "/login", "/nowhere"])
def test_every_page_of_a_trial_says_so(live: Front, path: str) -> None:
    client = browser(live)
    accept = {"Accept": "text/html"}
    assert client.get(f"{path}?lang=en", headers=accept).text.count(BANNER) == 1
    assert client.get(f"{path}?lang=zh-CN", headers=accept).text.count(BANNER_ZH) == 1


def test_the_back_office_of_a_trial_says_so(live: Front) -> None:
    staff = person(live, "staff")
    for path in ("/admin", "/admin/plan", "/admin/orders"):
        assert BANNER in staff.get(f"{path}?lang=en").text


def test_no_theme_takes_the_banner_away(participants: Path, production: Settings, clock: Clock) -> None:
    own = participants / "theme" / "templates" / "parts"
    own.mkdir(parents=True)
    (own / "trial.html").write_text("", "utf-8")
    (own.parent / "home.html").write_text("<html><body class=mine>Mine</body></html>", "utf-8")
    front = open_front(participants, production, clock)
    page = browser(front).get("/?lang=en").text
    close_front(front)
    assert page.startswith("<html><body class=mine><aside") and BANNER in page and "Mine" in page


def test_publishing_ends_the_banner_at_once(live: Front) -> None:
    owner = person(live, "owner")
    assert BANNER in owner.get("/?lang=en").text
    answer = owner.post("/admin/plan/publication", follow_redirects=True)
    assert answer.status_code == 200 and "The plan is published." in answer.text
    assert BANNER not in owner.get("/?lang=en").text


def test_a_publication_by_another_process_ends_the_banner_soon(live: Front, clock: Clock) -> None:
    client = browser(live)
    assert BANNER in client.get("/?lang=en").text
    shop = live.shop
    report = publishing.review(shop.plans[0], shop.brand_dir)
    with shop.database.transaction() as session:
        decided = plan.decide(report, shop=plan.NOBODY, core=plan.NOBODY, today=clock().date())
        publishing.publish(session, shop.plans[0], report, decided, by="another", at=clock())
    clock.pass_by(timedelta(seconds=10))
    assert BANNER not in client.get("/?lang=en").text


def test_development_runs_any_plan_without_a_banner(front: Front) -> None:
    assert BANNER not in front.browser().get("/?lang=en").text


def test_while_the_database_is_away_the_last_answer_holds(live: Front, clock: Clock) -> None:
    watch = live.shop.trial
    assert watch.on_trial(clock())
    publish(person(live, "owner"))
    assert not watch.on_trial(clock())

    def away(*_: object) -> bool:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    broken = dataclasses.replace(watch, gate=away)
    clock.pass_by(timedelta(minutes=1))
    assert not broken.on_trial(clock())
    assert dataclasses.replace(watch, gate=away, _trial=True, _asked_at=None).on_trial(clock())


def test_a_trial_refuses_shares_above_its_limits_and_shows_why(live: Front) -> None:
    dear = 20 * plan.TRIAL_MONTH_MINOR_MAX
    live.stock("A", price=dear)
    owner, seller = person(live, "owner"), person(live)
    link = seller.post("/api/v1/share-links", json={}).json()["url"]
    follower = browser(live)
    assert follower.get("/s/" + link.rpartition("/s/")[2], follow_redirects=True).status_code == 200
    buy(live.member(follower), "A", total=dear)
    with live.shop.database.reading() as session:
        [refused] = rewards.refused_shares(session)
    assert (refused.reason, refused.amount_minor) == ("month", dear // 10)
    page = owner.get("/admin/plan?lang=en").text
    assert "a member earns at most CN¥1,000.00 a month" in page or "at most 1000.00 CNY a month" in page
