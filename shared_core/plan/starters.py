"""Plans a partner can start from."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from shared_core.kernel.errors import NotFound

DEFAULT = "participants"
_FOLDER = files("shared_core.plan") / "presets"
_VARIANTS = _FOLDER / "publishable"


class UnknownPreset(NotFound):
    code = "unknown_preset"
    message = "There is no preset {name!r}. Presets: {known}."


@dataclass(frozen=True, slots=True)
class PresetInfo:
    """A preset's name and one line about it, zh and en."""

    name: str
    summary_zh: str
    summary_en: str


_PRESETS = (
    PresetInfo(
        "participants",
        "只有参与这一单的人有收益：卖家、主播、引流者；锁粉 30 天，可查看、可退出。",
        "Only those who took part in a sale earn: seller, host, traffic referrer. Fans are bound for 30 days.",
    ),
    PresetInfo(
        "fan-lock",
        "一键锁粉，终身绑定；10 个粉丝成为掌柜，直属 10 个掌柜再晋升；邀请人参与分润。",
        "One click binds for ever; 10 fans make a shopkeeper, 10 shopkeepers the next rank; inviters share.",
    ),
    PresetInfo(
        "invite-quota",
        "邀请码是名额，用本人零售额去换，用掉就没有了；卖货有收益，邀请来的掌柜卖货也有收益。",
        "Invitations are a quota that own retail sales earn; a used one is spent for good; inviters share.",
    ),
    PresetInfo(
        "gift-pack",
        "买 398 礼包成为店主；礼包人数和销售额决定等级与分润比例。",
        "A 398 pack makes a shop owner; buyers of packs and sales together decide rank and rate.",
    ),
    PresetInfo(
        "membership",
        "累计消费满 398 元成为会员，自购省钱、分享赚钱；等级每月按近 90 天的零售额重新评定。",
        "Purchases of 398 make a member, who pays less and earns when recommending; ranks are decided anew monthly.",
    ),
    PresetInfo(
        "affiliate",
        "推广者发链接，30 天内的购买有佣金，最后一次点击算数；没有层级。",
        "A commission on purchases within 30 days of the last click; no levels, nobody recruits.",
    ),
    PresetInfo(
        "pilot",
        "最小测试：几位同事各带一个群，谁的链接卖出谁有收益；没有锁粉，没有等级。",
        "The smallest test: a few colleagues with chat groups; whose link sold earns. No fans, no ranks.",
    ),
    PresetInfo(
        "outlet",
        "品牌特卖，没有分销网络，没有等级，没有分润。",
        "Brand off-price sale without any network: no fans, no ranks, no shares.",
    ),
)


def presets() -> list[PresetInfo]:
    """All presets, the default first."""
    return list(_PRESETS)


def preset(name: str) -> str:
    """The commented TOML text of a preset. Raises UnknownPreset."""
    if name not in {each.name for each in _PRESETS}:
        raise UnknownPreset(name=name, known=", ".join(each.name for each in _PRESETS))
    text = (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["name"] == name, f"the preset {name} calls itself something else"
    return text


def publishable(name: str) -> str:
    """The nearest variant of a preset that no rule stops where it was written for; the preset where nothing does.

    Raises UnknownPreset.
    """
    own = preset(name)
    variant = _VARIANTS / f"{name}.toml"
    return variant.read_text(encoding="utf-8") if variant.is_file() else own
