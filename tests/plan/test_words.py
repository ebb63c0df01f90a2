"""The plan in words: everything it says is heard, in both languages, and nothing else."""

import tomllib
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.kernel.i18n import translations
from shared_core.kernel.reader import Reader
from shared_core.plan import Plan
from tests.plan.plans import plans, read, rule

ENGLISH = Reader("en", str)
CHINESE = Reader("zh-CN", translations("zh-CN").gettext)
WITHOUT_EFFECT = {
    "name": "it names the plan; the line above its chapters says it",
    "version": "the same",
    "effective_from": "the same",
    "ranks[].id": "a name inside the file",
    "roles[].id": "a name inside the file",
    "shares[].id": "a name inside the file; an explanation says it",
    "settlement.clawback": "it has one value",
}
"""Keys that the chapters do not say, and why."""
RICH = """
name = "rich"
[join]
required_purchase = { amount = "10", sku = "A" }
starter_kit = { price = "20" }
[[roles]]
id = "role"
name = { zh = "角色", en = "Role" }
min_age = 16
[binding]
by = "click"
rebind = "after_protection"
[invites]
mode = "code"
own_sales_per_code = "100"
[[ranks]]
id = "first"
name = { zh = "一", en = "First" }
[[ranks]]
id = "second"
name = { zh = "二", en = "Second" }
match = "all"
criteria = [{ metric = "fans", at_least = 5 }, { metric = "members", rank = "first", at_least = 2 }]
[[shares]]
id = "seller"
payee = "seller"
rate = "10%"
[[shares]]
id = "inviter"
payee = "inviter"
rate = "12%"
differential = true
[returns]
buyback = { rate = "50%", days = 30 }
[live]
enabled = true
host_min_age = 16
[caps]
period = { at_most = "100" }
"""
CHANGES: Mapping[str, tuple[str, str] | list[tuple[str, str]]] = {
    "join.required_purchase.amount": ('amount = "10"', 'amount = "11"'),
    "join.required_purchase.sku": ('sku = "A"', 'sku = "B"'),
    "join.starter_kit.price": ('price = "20"', 'price = "21"'),
    "join.starter_kit.at_cost": ('price = "20"', 'price = "20", at_cost = false'),
    "join.starter_kit.required": ('price = "20"', 'price = "20", required = true'),
    "roles[].name": ('en = "Role"', 'en = "Part"'),
    "roles[].min_age": ("min_age = 16", "min_age = 17"),
    "binding.by": ('by = "click"', 'by = "nobody"'),
    "binding.rebind": ('rebind = "after_protection"', 'rebind = "always"'),
    "invites.mode": ('mode = "code"', 'mode = "open"'),
    "invites.own_sales_per_code": ('per_code = "100"', 'per_code = "101"'),
    "ranks[].name": ('en = "Second"', 'en = "Next"'),
    "ranks[].match": ('match = "all"', 'match = "any"'),
    "ranks[].criteria[].metric": ('metric = "fans"', 'metric = "repeat_buyers"'),
    "ranks[].criteria[].at_least": ("at_least = 5", "at_least = 6"),
    "ranks[].criteria[].window": ("at_least = 5", 'at_least = 5, window = "month"'),
    "ranks[].criteria[].rank": ('rank = "first"', 'rank = "second"'),
    "ranks[].criteria[].scope": ('rank = "first"', 'rank = "first", scope = "team"'),
    "shares[].payee": ('payee = "seller"', 'payee = "host"'),
    "shares[].rate": ('rate = "10%"', 'rate = "9%"'),
    "shares[].fixed": ('rate = "10%"', 'fixed = "10"'),
    "shares[].ranks": ('payee = "seller"', 'payee = "seller"\nranks = ["second"]'),
    "shares[].channels": ('payee = "seller"', 'payee = "seller"\nchannels = ["live"]'),
    "shares[].brands": ('payee = "seller"', 'payee = "seller"\nbrands = ["x"]'),
    "shares[].categories": ('payee = "seller"', 'payee = "seller"\ncategories = ["x"]'),
    "shares[].products": ('payee = "seller"', 'payee = "seller"\nproducts = ["x"]'),
    "shares[].skus": ('payee = "seller"', 'payee = "seller"\nskus = ["x"]'),
    "shares[].basis": ('payee = "seller"', 'payee = "seller"\nbasis = "margin"'),
    "shares[].at_most": ('payee = "seller"', 'payee = "seller"\nat_most = "5"'),
    "shares[].differential": ("differential = true", "differential = false"),
    "shares[].same_rank_bonus": ("differential = true", 'differential = true\nsame_rank_bonus = "1%"'),
    "shares[].trigger": ('payee = "seller"', 'payee = "seller"\ntrigger = "rank_up"'),
    "caps.period.at_most": ('{ at_most = "100" }', '{ at_most = "101" }'),
    "caps.period.window": ('{ at_most = "100" }', '{ at_most = "100", window = "30 days" }'),
    "returns.buyback.rate": ('rate = "50%"', 'rate = "51%"'),
    "returns.buyback.days": ("days = 30", "days = 31"),
    "live.enabled": ("enabled = true", "enabled = false"),
    "live.host_min_age": ("host_min_age = 16", "host_min_age = 17"),
}
"""What is changed for keys that stand in RICH or inside a list; the others are put in by `another`."""


def spoken(growth: Plan, reader: Reader = ENGLISH) -> str:
    return "\n".join(_lines(plan.describe(growth, reader)))


def _lines(chapters: tuple[plan.Chapter, ...]) -> Iterator[str]:
    for each in chapters:
        yield from (each.title, *each.lines, *each.notes)
        yield from (" · ".join(row) for row in (each.table.rows if each.table else ()))


def understood(text: str) -> Plan:
    """Without the contradictions that `check` would find: the words are the schema's matter."""
    return Plan.model_validate(tomllib.loads(text), context={"currency": "CNY"})


def another(key: plan.Key) -> str:
    """A value that is not the default, as TOML."""
    named: Mapping[str, str] = {"true": "false", "false": "true"}
    if key.default in named:
        return named[key.default]
    other = [each for each in key.values if each != key.default and each not in key.default]
    if other and key.default.startswith("["):
        return f'["{other[0]}"]'
    if key.path == "claims.seller":
        return '["lock"]'
    if other:
        return f'"{other[0]}"'
    if key.path in {"binding.lasts"}:
        return '"31 days"'
    if key.path in {"roles[].from_rank", "binding.from_rank"}:
        return '"second"'
    if key.path in {"agreement.licences", "packs.products"}:
        return '["x"]'
    if key.path in {"invites.codes_max"} or key.path.rpartition(".")[2] in _COUNTS:
        return "19"
    return '"7%"' if key.path.startswith("caps.") else '"7"'


_COUNTS = {
    "days", "base", "expire_days", "depth_visible", "protected_days", "record_days", "trade_days", "binding_days",
    "cooling_off_days", "guardian_consent_below", "host_min_age", "min_age",
}  # fmt: skip


def with_key(key: plan.Key) -> str:
    """RICH with one key changed."""
    if key.path in CHANGES:
        before, after = CHANGES[key.path]
        assert RICH.count(before) >= 1, key.path
        return RICH.replace(before, after, 1)
    table, _, name = key.path.rpartition(".")
    line = f"{name} = {another(key)}"
    if not table:
        return RICH.replace('name = "rich"', f'name = "rich"\n{line}', 1)
    header = f"[[{table.removesuffix('[]')}]]" if table.endswith("[]") else f"[{table}]"
    if header in RICH:
        return RICH.replace(header, f"{header}\n{line}", 1)
    return f"{RICH}{header}\n{line}\n"


KEYS = [key for key in plan.reference() if not key.section]


@pytest.mark.parametrize("key", KEYS, ids=[key.path for key in KEYS])
def test_every_key_is_heard(key: plan.Key) -> None:
    """Whoever changes a key hears another plan, in both languages."""
    if key.path in WITHOUT_EFFECT:
        return
    text = with_key(key)
    if key.path == "join.spend":
        text = text.replace("[join]", '[join]\nhow = "spend"')
        assert "CN¥7.00" in spoken(understood(text))
        return
    changed, rich = understood(text), understood(RICH)
    assert changed.model_dump() != rich.model_dump()
    assert spoken(changed) != spoken(rich), "not heard in English"
    if "name" not in key.path:
        assert spoken(changed, CHINESE) != spoken(rich, CHINESE), "not heard in Chinese"


def test_what_is_not_heard_is_known_to_the_schema() -> None:
    assert set(WITHOUT_EFFECT) | set(CHANGES) <= {key.path for key in KEYS}


@given(plans())
def test_any_plan_can_be_told_and_kept(growth: Plan) -> None:
    """No blank stays empty, and what is kept says the same."""
    for reader in (ENGLISH, CHINESE):
        told = spoken(growth, reader)
        assert "{" not in told and "None" not in told
        assert spoken(plan.restore(growth.whole), reader) == told


@given(st.sampled_from([each.name for each in plan.presets()]), st.sampled_from(["CNY", "JPY", "USD"]))
def test_a_kept_plan_is_the_plan(name: str, currency: str) -> None:
    growth = plan.loads(plan.preset(name), currency=currency)
    kept = plan.restore(growth.whole)
    assert (kept.whole, kept.currency, plan.content_hash(kept)) == (growth.whole, currency, plan.content_hash(growth))


def test_a_kept_plan_keeps_what_was_a_default_then() -> None:
    """A later core may have other defaults: what is kept holds every value itself."""
    whole = read(rule("a", rate="10%")).whole
    assert '"days": 7' in whole
    assert plan.restore(whole.replace('"days": 7', '"days": 9')).settlement.days == 9


def test_the_ladder_of_the_interview_reads_as_it_was_told() -> None:
    """10 fans make a shopkeeper; 10 shopkeepers under you, and you rise."""
    told = spoken(plan.loads(plan.preset("fan-lock"), currency="CNY"), CHINESE)
    assert "掌柜 · 10 个粉丝" in told
    assert "金牌掌柜 · 带来 10 位「掌柜」及以上的会员（直属）" in told
    assert "永久有效，其他链接不能改变。" in told


def test_what_a_rule_gives_is_one_sentence() -> None:
    growth = read(
        rule("a", "inviter", brands=("Acme", "Zeta"), channels=("live",), rate="12.5%", at_most="5", differential=True)
        + "[live]\nenabled = true\n"
    )
    assert plan.rule_in_words(growth, ENGLISH, "a") == (
        "Inviter of the seller, in live rooms, brand Acme or Zeta: 12.5% of the price, only the difference to those "
        "below, at most CN¥5.00 on one order line."
    )


def test_numbers_and_days_are_written_for_the_reader() -> None:
    assert ENGLISH.say("{n}", n=1095) == "1,095"
    assert (ENGLISH.both(["A", "B", "C"]), CHINESE.either(["A", "B"])) == ("A, B, and C", "A或B")
