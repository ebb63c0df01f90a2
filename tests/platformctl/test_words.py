"""A Chinese reader meets no English sentence: not in a finding, not in a reason inside it, not in a refused row."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from platformctl import messages
from shared_core import members, plan, storefront
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.settings import review_settings
from shared_core.orders.history import REASONS
from shared_core.supply import feeds
from tests.plan.plans import rule
from tests.plan.spoiling import spoilt
from tests.platformctl.conftest import Command

ROOT = Path(__file__).parents[2]
CALLS = {"Finding", "Fault"}
BRAND = (ROOT / "examples" / "corner_shop" / "brand" / "brand.toml").read_text("utf-8")
LIVE = "[live]\nenabled = true\n"
MIXED = rule("a", rate="10%") + rule("b", "inviter", rate="12%", basis="margin", differential=True)
GENEROUS = rule("a", rate="95%") + rule("h", "host", channels=("live",), rate="41%")
PLANS = {
    "duplicate_id": rule("a", rate="1%") + rule("a", "inviter", rate="1%"),
    "unknown_rank": rule("a", ranks=("nobody",), rate="1%"),
    "same_conditions": rule("a", rate="1%") + rule("b", rate="2%"),
    "rate_above_cap": "[caps]\nperson = '1%'\n" + rule("a", rate="2%"),
    "second_inviter_without_inviter": rule("a", "second_inviter", rate="1%"),
    "dead_share": rule("a", "host", channels=("live",), rate="1%"),
    "mixed_differences": MIXED,
    "shares_above_price": LIVE + "[caps]\nperson = '100%'\n" + GENEROUS,
    "tax_currency": "[tax]\nwithholding = 'cn-labour'\n",
    "fund_with_rank": rule("a", "team_fund", ranks=("one",), rate="1%"),
    "first_rank_has_criteria": "[[ranks]]\nid = 'one'\nname = 'One'\ncriteria = [{ metric = 'fans', at_least = 1 }]\n",
    "rank_without_criteria": "[[ranks]]\nid = 'one'\nname = 'One'\n[[ranks]]\nid = 'two'\nname = 'Two'\n",
}
RANKS = "[[ranks]]\nid = 'one'\nname = 'One'\n"
UPPER = "[[ranks]]\nid = '{id}'\nname = 'Upper'\ncriteria = [{criterion}]\n"
UNREACHABLE = (
    "{ metric = 'members', rank = 'two', at_least = 1 }",
    "{ metric = 'packs_sold', at_least = 1 }",
    "{ metric = 'live_sales', at_least = '1' }",
)
MARK = "\n\n@hookimpl\ndef "
HOOKS = f"from shared_core.storefront import hookimpl{MARK}on_order_payed(event): ...{MARK}"


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Chinese machine."""
    monkeypatch.setenv("LANGUAGE", "zh_CN")


def english(text: str) -> list[str]:
    """Three plain words in a row are prose; what stands in quotes, paths and names is not ours."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|\S*[/\\@_:=]\S*", "·", text)
    return re.findall(r"[a-z]{2,}(?: [a-z]{2,}){2,}", bare)


def told(load: "object") -> list[Finding]:
    try:
        load()  # type: ignore[operator]
    except ConfigError as error:
        return error.findings
    return []


def check(findings: list[Finding]) -> set[str]:
    """Every finding is Chinese; their codes."""
    for each in findings:
        assert english(each.text(messages.translate)) == [], each.text(messages.translate)
    return {each.code for each in findings}


def test_prose_is_seen_and_names_are_not() -> None:
    assert english("没有 text in quotes 了") == ["text in quotes"]
    assert english("请写 'one of these' 或 brand/theme/assets, platformctl check") == []


# --- the source ---


def test_every_message_of_a_finding_is_marked_for_the_catalogue() -> None:
    unmarked = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in ("shared_core", "platformctl")
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {*CALLS, "Phrase", "replace"}
        for text in prose_of(node)
        if english(text)
    ]
    assert unmarked == []


def prose_of(call: ast.Call) -> Iterator[str]:
    """Texts written into the call that are not inside N_(…)."""
    waiting: list[ast.AST] = [*call.args, *(each.value for each in call.keywords)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"N_", "Phrase", *CALLS}:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        waiting += ast.iter_child_nodes(node)


def test_a_message_that_is_not_marked_would_be_seen() -> None:
    call = ast.parse("Finding('x', f'there is {no} way out of here', N_('Mark this one.'))", mode="eval").body
    assert isinstance(call, ast.Call)
    assert [text for text in prose_of(call) if english(text)] == [" way out of here"]


# --- what is written wrongly ---


@pytest.mark.parametrize("name", [each.name for each in plan.presets()])
def test_whatever_is_written_into_a_plan_the_fault_is_told_in_chinese(name: str) -> None:
    codes: set[str] = set()
    for text in spoilt(plan.preset(name)):
        codes |= check(told(lambda text=text: plan.loads(text, currency="CNY")))
    assert {"bad_value", "missing_key", "not_toml", "unknown_key"} <= codes


def test_whatever_is_written_into_a_brand_the_fault_is_told_in_chinese(tmp_path: Path) -> None:
    codes: set[str] = set()
    for each in spoilt(BRAND):
        (tmp_path / "brand.toml").write_text(each, "utf-8")
        codes |= check(told(lambda: storefront.load_brand(tmp_path)))
    assert {"bad_value", "not_toml", "unknown_key"} <= codes


@pytest.mark.parametrize("code", PLANS)
def test_every_contradiction_in_a_plan_is_told_in_chinese(code: str) -> None:
    currency = "USD" if code == "tax_currency" else "CNY"
    ranks = "" if "[[ranks]]" in PLANS[code] else RANKS
    text = 'name = "a"\n' + PLANS[code] + ranks
    assert code in check(told(lambda: plan.loads(text, currency=currency)))


@pytest.mark.parametrize("criterion", UNREACHABLE)
def test_why_nobody_reaches_a_rank_is_told_in_chinese(criterion: str) -> None:
    two = 'name = "a"\n' + RANKS + UPPER.format(id="two", criterion=criterion)
    assert "unreachable_rank" in check(told(lambda: plan.loads(two, currency="CNY")))
    skipped = two.replace(criterion, "{ metric = 'fans', at_least = 2 }") + UPPER.format(
        id="three", criterion="{ metric = 'fans', at_least = 1 }"
    )
    assert "skipped_rank" in check(told(lambda: plan.loads(skipped, currency="CNY")))


@pytest.mark.parametrize("second", ["on_order_paid(evnt): ...", "xyzzy(): ..."])
def test_hooks_that_are_none_are_told_in_chinese(tmp_path: Path, second: str) -> None:
    (tmp_path / "hooks.py").write_text(HOOKS + second)
    found = told(lambda: storefront.Hooks.load(tmp_path))
    assert (len(found), check(found)) == (2, {"bad_hook"})


@pytest.mark.parametrize("content", [b"SHOP_LOG_LEVEL=loud\nSHOP_LOG_JSON\nSHOP_X=1\nSHOP_LOG_LEVL=1\n", b"\xff"])
def test_settings_are_told_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(content)
    assert check(review_settings()) in ({"bad_setting", "bad_line", "unknown_setting"}, {"unreadable"})


# --- rows of files ---


def test_reasons_for_refused_rows_are_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("a b soon\na b\na b 999999999999999\n")
    (tmp_path / "s.csv").write_text("sharer,visitor,at\na,,1\n")
    reasons = [
        *(each.reason for name in "rs" for each in members.read_referrals(tmp_path / f"{name}.csv").rejected),
        *REASONS.values(),
    ]
    assert [each for each in reasons if english(messages.translate(each))] == []


def test_reasons_for_refused_goods_are_told_in_chinese() -> None:
    feed = feeds.read((ROOT / "tests/data/feeds/own_bad_rows.csv").read_bytes())
    other = feeds.read((ROOT / "tests/data/feeds/shopify_bad_rows.csv").read_bytes())
    remarks = [*feed.rejected, *feed.notes, *other.rejected, *other.notes]
    assert len({each.reason for each in remarks}) > 5
    assert [each.text(messages.translate) for each in remarks if english(each.text(messages.translate))] == []


NO_TABLES = (b"", b"PK\x03\x04", b"a,b\n\0", b"a,b\n\xff\xff", b'a,b\n"1', b"a,A\n", b"a,b\n1,2\n")


def test_a_file_that_cannot_be_read_is_told_in_chinese(
    ctl: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, goods = tmp_path / "shop", tmp_path / "goods.csv"
    assert (ctl("new", shop, "--yes").code, ctl("migrate", "-C", shop).code) == (0, 0)
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    for content in NO_TABLES:
        goods.write_bytes(content)
        for what in ("products", "orders"):
            outcome = ctl("import", what, goods, "-C", shop)
            assert (outcome.code, english(outcome.err + outcome.out)) == (2, []), (content, outcome)
