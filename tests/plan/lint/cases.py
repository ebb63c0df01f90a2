"""For every rule a plan that it fires on, as small as can be, and the same plan mended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared_core import plan
from shared_core.plan import LintSeverity, Measured, Plan, ShopText

SAFE: dict[str, Any] = {
    "name": "safe",
    "jurisdictions": ["CN"],
    "ranks": [{"id": "member", "name": "Member"}],
    "shares": [{"id": "seller", "payee": "seller", "rate": "10%"}],
    "caps": {"person": "30%", "line": "30%"},
    "tax": {"withholding": "by_jurisdiction", "reporting": "cn-platform-quarterly"},
    "disclosure": {"typical_income": True},
    "agreement": {"cooling_off_days": 20, "licences": ["MY direct sales 1"]},
    "returns": {"buyback": {"rate": "90%", "days": 365}},
}
"""Pays the seller and nobody else; every other key is careful."""

INVITER = {"id": "inviter", "payee": "inviter", "rate": "3%"}
SECOND = {"id": "second", "payee": "second_inviter", "rate": "1%"}
JOINED = {"id": "joined", "payee": "inviter", "fixed": "20", "trigger": "member_joined"}
HOST = {"id": "streamer", "name": "Host", "can_host": True}
EARNER = {"id": "earner", "name": "Earner"}
NOTHING = Measured()
QUIET = (ShopText("brand.toml", 3, "Lamps for quiet evenings"),)
LOUD = (ShopText("brand.toml", 7, "加入我们，躺赚"),)


def made(changes: Mapping[str, Any] | None = None, *, currency: str = "CNY", add: tuple[Any, ...] = ()) -> Plan:
    """SAFE with `changes` laid over its tables and `add` appended to its shares."""
    values = dict(SAFE)
    for key, value in (changes or {}).items():
        both = isinstance(value, dict) and isinstance(values.get(key), dict)
        values[key] = {**values[key], **value} if both else value
    values["shares"] = [*values["shares"], *add]
    return Plan.model_validate(values, context={"currency": currency})


def rising(*criteria: dict[str, Any], match: str = "all") -> list[dict[str, Any]]:
    """A ladder of two rungs."""
    upper = {"id": "upper", "name": "Upper", "match": match, "criteria": list(criteria)}
    return [{"id": "member", "name": "Member"}, upper]


@dataclass(frozen=True)
class Fires:
    """`broken` and the shares in `add` make the rule fire with `severity`; with `mended` instead it is silent.

    `keeps`: the added shares stay, for they are not what is mended.
    """

    rule: str
    severity: LintSeverity
    broken: Mapping[str, Any] = field(default_factory=dict)
    mended: Mapping[str, Any] = field(default_factory=dict)
    add: tuple[Any, ...] = ()
    keeps: bool = False
    measured: Measured = NOTHING
    mended_measured: Measured | None = None
    texts: tuple[ShopText, ...] = QUIET
    currency: str = "CNY"

    @property
    def where(self) -> str:
        """The place the rule holds in; CN for rules that hold everywhere."""
        named = plan.rule_set().rule(self.rule).where
        return named if named in {"US", "EU", "UK", "JP", "MY", "SG"} else "CN"

    def report(self, *, mended: bool = False) -> plan.Report:
        """What the lint says of the broken plan, or of the mended one."""
        changes = self.mended if mended else self.broken
        kept = () if mended and not self.keeps else self.add
        texts = QUIET if mended else self.texts
        measured = self.mended_measured if mended and self.mended_measured else self.measured
        tested = made({"jurisdictions": [self.where], **changes}, currency=self.currency, add=kept)
        return plan.review(tested, measured=measured, copy=texts)


FEE = {"join": {"fee": "99"}}
LIVE = {"enabled": True}
SHORT = {"rate": "90%", "days": 89}
TEAM = {"metric": "members", "rank": "member", "scope": "team", "at_least": 3}
FORTY = {"shares": [{"id": "s", "payee": "seller", "rate": "31%"}], "caps": {"person": "40%", "line": "40%"}}
FIXED = {"shares": [{"id": "s", "payee": "seller", "fixed": "1"}], "funds": {"split_rail": "wechat"}}
FIRES = (
    Fires("CN-ENTRY", "block", FEE),
    Fires("CN-ENTRY", "block", {"join": {"deposit": "1"}}),
    Fires("CN-ENTRY", "block", {"join": {"subscription": "1"}}),
    Fires("CN-ENTRY", "block", {"join": {"required_purchase": {"amount": "398", "sku": "PACK"}}}),
    Fires("CN-ENTRY", "block", {"join": {"starter_kit": {"price": "1", "required": True}}}),
    Fires("CN-ENTRY", "block", {"join": {"how": "spend", "spend": "1"}}, {"join": {"how": "spend"}}),
    Fires("CN-ENTRY", "block", {"join": {"how": "first_order"}}, {"join": {"how": "invite_code"}}),
    Fires(
        "CN-ENTRY",
        "block",
        {
            "ranks": rising({"metric": "own_purchases", "at_least": "399"}),
            "roles": [EARNER, {**EARNER, "id": "upper", "can_invite": True, "from_rank": "upper"}],
        },
        {
            "ranks": rising({"metric": "own_retail_sales", "at_least": "399"}),
            "roles": [EARNER, {**EARNER, "id": "upper", "can_invite": True, "from_rank": "upper"}],
        },
    ),
    Fires("CN-HEAD", "block", add=(JOINED,)),
    Fires("CN-TEAM", "block", add=(INVITER,)),
    Fires("CN-TEAM", "block", {"live": LIVE}, add=({"id": "hi", "payee": "host_inviter", "rate": "1%"},)),
    Fires("CN-TEAM", "block", add=({"id": "fund", "payee": "team_fund", "rate": "1%"},)),
    Fires("CN-CRIM", "block", FEE, {}, add=(INVITER, SECOND), keeps=True),
    Fires(
        "CN-CRIM", "block", {"ranks": rising({"metric": "members", "rank": "member", "scope": "team", "at_least": 3})}
    ),
    Fires("CN-RANK-HEAD", "block", {"ranks": rising({"metric": "fans", "at_least": 10})}),
    Fires("CN-RANK-HEAD", "block", {"ranks": rising({"metric": "members", "rank": "member", "at_least": 10})}),
    Fires(
        "CN-RANK-HEAD",
        "block",
        {"ranks": rising({"metric": "pack_buyers", "at_least": 3}), "packs": {"products": ["p"]}},
        {"ranks": rising({"metric": "packs_sold", "at_least": 3}), "packs": {"products": ["p"]}},
    ),
    Fires(
        "CN-RANK-HEAD",
        "block",
        {**FEE, "ranks": rising({"metric": "packs_sold", "at_least": 3}), "packs": {"products": ["p"]}},
        {"ranks": rising({"metric": "packs_sold", "at_least": 3}), "packs": {"products": ["p"]}},
    ),
    Fires("CN-RANK-TEAM", "block", {"ranks": rising({"metric": "team_sales", "at_least": "1"})}),
    Fires("CN-RANK-BUY", "block", {"ranks": rising({"metric": "own_purchases", "at_least": "1"})}),
    Fires(
        "CN-RANK-BUY",
        "block",
        {"ranks": rising({"metric": "own_sales", "at_least": "1"}), "self_purchase": {"counts": True}},
        {"ranks": rising({"metric": "own_sales", "at_least": "1"})},
    ),
    Fires("CN-INVITE", "override", {"invites": {"mode": "code", "buyable": True}}, {"invites": {"mode": "code"}}),
    Fires(
        "CN-INVITE",
        "override",
        {"invites": {"mode": "code", "own_sales_per_code": "9", "counts_self_purchase": True}},
        {"invites": {"mode": "code", "own_sales_per_code": "9"}},
    ),
    Fires("CN-DIRECT", "override", add=(INVITER,)),
    Fires("CN-DIRECT", "override", add=(JOINED,)),
    Fires("CN-DIRECT", "override", {"join": {"members_hold_stock": True}}),
    Fires(
        "CN-DIRECT",
        "override",
        {"shares": [{"id": "s", "payee": "seller", "rate": "31%"}], "caps": {"person": "31%", "line": "31%"}},
        {"shares": [{"id": "s", "payee": "seller", "rate": "30%"}]},
    ),
    Fires(
        "CN-STACK",
        "warn",
        {
            "surfaces": ["wechat"],
            "shares": [{"id": "s", "payee": "seller", "rate": "31%"}],
            "caps": {"person": "40%", "line": "40%"},
        },
        {"surfaces": ["wechat"]},
    ),
    Fires(
        "CN-STACK",
        "block",
        {
            "funds": {"split_rail": "wechat"},
            "shares": [{"id": "s", "payee": "seller", "fixed": "1"}],
            "caps": {"line": "31%"},
        },
        {"funds": {"split_rail": "wechat"}, "shares": [{"id": "s", "payee": "seller", "fixed": "1"}]},
    ),
    Fires("CN-STACK", "block", measured=Measured(cost_bps=9_000), mended_measured=Measured(cost_bps=8_999)),
    Fires("CN-WX", "override", {"surfaces": ["wechat"]}, {"surfaces": ["wechat"]}, add=(INVITER,)),
    Fires("CN-WX", "block", {"surfaces": ["wechat"]}, {"surfaces": ["wechat"]}, add=(INVITER, SECOND)),
    Fires("CN-WX", "block", {"surfaces": ["wechat"]}, {"surfaces": ["wechat"]}, add=(JOINED,)),
    Fires("CN-MATURE", "block", {"settlement": {"days": 6}}),
    Fires("CN-MATURE", "block", {"returns": {"days": 15}}, {"returns": {"days": 15}, "settlement": {"days": 15}}),
    Fires("CN-MATURE", "block", {"returns": {"starts": "payment"}}),
    Fires("CN-REFUND", "block", {"returns": {"days": 6}}, {"returns": {"days": 6, "excepted": True}}),
    Fires("CN-REFUND", "block", {"returns": {"starts": "shipment"}}),
    Fires("CN-HOST16", "block", {"live": {**LIVE, "host_min_age": 15}}, {"live": {"host_min_age": 15}}),
    Fires(
        "CN-HOST16",
        "block",
        {"live": {**LIVE, "host_min_age": 16, "guardian_consent_below": 16}},
        {"live": {**LIVE, "host_min_age": 16}},
    ),
    Fires("CN-HOST16", "block", {"roles": [{**HOST, "min_age": 15}]}, {"roles": [{**HOST, "min_age": 16}]}),
    Fires("CN-LIVE18", "block", {"live": {**LIVE, "simulated_viewers": True}}, {"live": LIVE}),
    Fires("CN-LIVE18", "block", {"live": LIVE}, {}, add=(INVITER,), keeps=True),
    Fires("CN-LIVE26", "override", {"live": {**LIVE, "record_days": 1_094}}, {"live": {**LIVE, "record_days": 1_095}}),
    Fires("CN-LIVE26", "override", {"live": {**LIVE, "verify_host": False}}, {"live": {"verify_host": False}}),
    Fires("CN-LIVE26", "override", {"live": LIVE, "disclosure": {"operator": False}}, {"live": LIVE}),
    Fires("CN-MINOR", "block", {"roles": [{**EARNER, "min_age": 15}]}, {"roles": [{**EARNER, "min_age": 16}]}),
    Fires(
        "CN-MINOR",
        "block",
        {"roles": [{**EARNER, "min_age": 17, "guardian_consent_below": 17}]},
        {"roles": [{**EARNER, "min_age": 17, "guardian_consent_below": 17, "can_earn": False}]},
    ),
    Fires("CN-ECID", "override", {"roles": [{**EARNER, "identity_required": False}]}, {"roles": [EARNER]}),
    Fires("CN-ECID", "override", {"retention": {"trade_days": 1_094}}),
    Fires("CN-BIND", "override", {"binding": {"notice": False}}, {"binding": {"by": "nobody", "notice": False}}),
    Fires("CN-BIND", "override", {"binding": {"exit": False}}),
    Fires("CN-BIND", "override", {"binding": {"lasts": "forever"}}, {"binding": {"lasts": "forever", "consent": True}}),
    Fires("CN-BINDPII", "block", {"binding": {"fan_details_shown": True}}),
    Fires("CN-BINDPII", "block", {"binding": {"shared_outside": True}}),
    Fires("CN-PRICE", "warn", {"disclosure": {"price_by_profile": True}}),
    Fires("CN-CLAIM", "block", texts=LOUD),
    Fires("CN-CLAIM", "warn", texts=(ShopText("a.html", 1, "每月轻松收入 20000 元"),)),
    Fires("CN-TAX", "override", {"tax": {"withholding": "none"}}),
    Fires("CN-TAX", "override", {"tax": {"reporting": "none"}}),
    Fires(
        "CN-FUNDS",
        "block",
        {"funds": {"collector": "platform"}},
        {"funds": {"collector": "platform", "split_rail": "alipay"}},
    ),
    Fires("US-KOSCOT", "block", FEE, {}, add=(JOINED,), keeps=True),
    Fires("US-LOAD", "block", {"join": {"subscription": "1"}}, {"join": {"fee": "1"}}),
    Fires("US-LOAD", "block", {"ranks": rising({"metric": "own_purchases", "at_least": "1"})}),
    Fires(
        "US-RETAIL",
        "block",
        add=(INVITER,),
        keeps=True,
        measured=Measured(downline_retail_bps=5_000),
        mended_measured=Measured(downline_retail_bps=6_667),
    ),
    Fires(
        "US-RETAIL",
        "warn",
        add=(INVITER,),
        keeps=True,
        measured=Measured(downline_retail_bps=6_666),
        mended_measured=Measured(downline_retail_bps=6_667),
    ),
    Fires(
        "US-RETAIL",
        "warn",
        add=(INVITER,),
        keeps=True,
        measured=Measured(company_retail_bps=7_999),
        mended_measured=Measured(company_retail_bps=8_000),
    ),
    Fires("US-CLAIM", "warn", {"disclosure": {"typical_income": False}}),
    Fires(
        "US-CLAIM",
        "warn",
        {"disclosure": {"typical_income": False}, "shares": [{"id": "fund", "payee": "team_fund", "rate": "1%"}]},
    ),
    Fires("US-CLAIM", "warn", texts=(ShopText("a.html", 1, "Earn $5,000 a month"),)),
    Fires(
        "US-BUYBACK",
        "warn",
        {"join": {"members_hold_stock": True}, "returns": {"buyback": {"rate": "89.99%", "days": 365}}},
        {"join": {"members_hold_stock": True}},
    ),
    *(
        Fires(
            rule,
            "block",
            FEE,
            {},
            add=(INVITER,),
            keeps=True,
            measured=Measured(recruit_income_bps=5_001),
        )
        for rule in ("EU-14", "UK-DMCC")
    ),
    Fires("EU-14", "block", FEE | {"shares": []}, {"shares": []}, add=(JOINED,), keeps=True),
    Fires(
        "UK-TS",
        "override",
        {"join": {"fee": "200.01"}},
        {"join": {"fee": "200"}},
        add=(INVITER,),
        keeps=True,
        currency="GBP",
    ),
    Fires("UK-TS", "override", {"join": {"fee": "1"}}, {}, add=(INVITER,), keeps=True),
    Fires("UK-TS", "override", {"agreement": {"cooling_off_days": 13}}, {}, add=(INVITER,), keeps=True),
    Fires("UK-TS", "override", {"agreement": {"written": False}}, {}, add=(INVITER,), keeps=True),
    Fires("JP-33", "override", FEE, {}, add=(INVITER,), keeps=True),
    Fires("JP-40", "block", FEE | {"agreement": {"cooling_off_days": 19}}, FEE, add=(INVITER,), keeps=True),
    Fires("JP-40", "block", FEE | {"agreement": {"exit": False}}, FEE, add=(INVITER,), keeps=True),
    Fires("JP-40", "block", FEE | {"returns": {"buyback": SHORT}}, FEE, add=(INVITER,), keeps=True),
    Fires("JP-無限", "block", {"shares": []}, {}, add=(JOINED,), keeps=True),
    Fires("MY-SCHED", "block", add=(JOINED,)),
    Fires("MY-SCHED", "block", {"agreement": {"written": False}}),
    Fires("MY-SCHED", "block", FEE),
    Fires("MY-SCHED", "block", {"ranks": rising({"metric": "own_retail_sales", "at_least": "1"})}),
    Fires("MY-SCHED", "block", {"invites": {"mode": "code", "own_sales_per_code": "9"}}, {"invites": {"mode": "code"}}),
    Fires("MY-SCHED", "block", {"join": {"members_hold_stock": True}}),
    Fires("MY-SCHED", "block", {"returns": {"days": 0}}),
    Fires("MY-LIC", "override", {"agreement": {"licences": ["MYSTERY 1", "CN 2"]}}),
    Fires("MY-LIC", "override", {"agreement": {"cooling_off_days": 13}}),
    Fires("SG-EXCL", "block", FEE, {}, add=(INVITER,), keeps=True),
    Fires(
        "SG-EXCL",
        "block",
        {"join": {"starter_kit": {"price": "9", "required": True, "at_cost": False}}},
        {"join": {"starter_kit": {"price": "9", "required": True}}},
        add=(INVITER,),
        keeps=True,
    ),
    Fires("SG-EXCL", "block", {"returns": {"buyback": SHORT | {"days": 59}}}, {}, add=(INVITER,), keeps=True),
    Fires("SG-EXCL", "block", {"self_purchase": {"pays": "everybody"}}, {}, add=(INVITER,), keeps=True),
    Fires("X-SELF", "block", {"self_purchase": {"pays": "everybody"}}, {"self_purchase": {"pays": "nobody"}}),
    Fires(
        "X-SELF",
        "block",
        {"self_purchase": {"counts": True}, "ranks": rising({"metric": "own_sales", "at_least": "1"})},
        {"self_purchase": {"counts": True}, "ranks": rising({"metric": "own_retail_sales", "at_least": "1"})},
    ),
    Fires("X-SELF", "block", {"roles": [{**EARNER, "identity_required": False}]}, {"roles": [EARNER]}),
    Fires(
        "X-CYCLE",
        "block",
        {"retention": {"binding_days": 30}},
        {"retention": {"binding_days": 30}, "binding": {"lasts": "forever", "exit": False}},
    ),
    Fires("X-FREEZE", "override", measured=Measured(payout_gap_bps=501), mended_measured=Measured(payout_gap_bps=500)),
)
