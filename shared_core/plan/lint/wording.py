"""Promises of income in what a shop says: words that give them away, and figures beside a word for income."""

import re
from collections.abc import Iterator, Sequence

from shared_core.kernel.i18n import N_
from shared_core.plan.lint.evidence import Answer, Case, Hit, ShopText

PROMISES = (
    "躺赚",
    "躺着赚",
    "躺着挣",
    "坐着赚",
    "睡后收入",
    "被动收入",
    "管道收入",
    "裂变",
    "拉人头",
    "稳赚",
    "包赚",
    "保底收入",
    "收益保证",
    "保证收益",
    "零风险",
    "无风险",
    "财务自由",
    "财富自由",
    "一夜暴富",
    "月入过万",
    "年入百万",
    "日入千元",
    "人人可赚",
    "guaranteed income",
    "guaranteed earnings",
    "guaranteed profit",
    "passive income",
    "residual income",
    "risk-free income",
    "get rich",
    "financial freedom",
    "unlimited earnings",
    "unlimited income",
    "unlimited earning potential",
    "earn while you sleep",
    "money while you sleep",
    "quit your job",
    "be your own boss",
)
"""Wherever one of these stands, income is promised; case and spaces do not matter."""

_ZH_INCOME = r"(?:收入|收益|赚|挣|提成|佣金|分红|返利|奖金|到手)"
_ZH_PERIOD = r"(?:[每一]?[日天周月年]|每单|轻松)"
_AMOUNT = r"(?:[¥￥$€£]\s?\d[\d,.]*|\d[\d,.]*\s?(?:元|块|万|千|[kK]\b|yuan|CNY|RMB|USD|dollars|euros?|pounds))"
_EN_INCOME = r"(?:earn(?:s|ed|ing|ings)?|income|make|makes|profit|commission|payout)"
FIGURES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_ZH_PERIOD}\s?{_ZH_INCOME}?入?\D{{0,8}}{_AMOUNT}\D{{0,6}}{_ZH_INCOME}",
        rf"{_ZH_PERIOD}[可能就轻松]*(?:{_ZH_INCOME}|入)\D{{0,6}}{_AMOUNT}",
        rf"(?:{_ZH_INCOME}|[日月年]入)[^\d,.。，；;]{{0,6}}{_AMOUNT}",
        rf"{_AMOUNT}[^\d.。；;]{{0,6}}(?:收入|收益|佣金|分红|返利|奖金)",
        rf"\b{_EN_INCOME}\b[^\d.;]{{0,24}}{_AMOUNT}",
        rf"{_AMOUNT}[^\d.;]{{0,16}}\b(?:income|earnings|profit|commission)\b",
        rf"{_AMOUNT}\s?(?:a|per|every|each)\s(?:day|week|month|year)\b",
    )
)
"""A figure so near to a word for income that one reads it as what one will get."""

_PROMISE = re.compile("|".join(re.escape(each).replace(r"\ ", r"\s+") for each in PROMISES), re.IGNORECASE)


def promises(text: str) -> list[str]:
    """The words of a text that promise income, as written."""
    return [found.group(0) for found in _PROMISE.finditer(text)]


def figures(text: str) -> list[str]:
    """The pieces of a text that put a figure beside income, as written."""
    found = {match.span(): match.group(0) for pattern in FIGURES for match in pattern.finditer(text)}
    return [piece for span, piece in sorted(found.items()) if not _inside_another(span, found)]


def _inside_another(span: tuple[int, int], found: dict[tuple[int, int], str]) -> bool:
    return any(other != span and other[0] <= span[0] and span[1] <= other[1] for other in found)


def claim_hits(texts: Sequence[ShopText]) -> Iterator[Hit]:
    """Every promise in the texts, with its line; a promise in words weighs more than a figure."""
    for text in texts:
        for words in promises(text.text):
            yield Hit((), N_("“{words}” promises income"), {"words": words}, severity="block", text=text)
        for words in figures(text.text):
            yield Hit((), N_("“{words}” puts a figure beside income"), {"words": words}, severity="warn", text=text)


def income_claims(case: Case) -> Iterator[Answer]:
    """What a rule about claims answers: it cannot judge texts that it was not shown."""
    if not case.texts:
        yield "shop_texts"
    yield from claim_hits(case.texts)
