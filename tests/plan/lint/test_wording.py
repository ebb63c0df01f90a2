"""Promises of income are found in both languages, and honest words are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.plan import ShopText
from shared_core.plan.lint.wording import PROMISES, claim_hits, figures, promises
from tests.plan.lint.cases import made

PROMISING = [
    "加入我们，躺赚不是梦",
    "打造你的管道收入",
    "裂变式增长",
    "GUARANTEED  income for everybody",
    "Passive Income from day one",
]
BOASTING = [
    "每月收入 20000 元",
    "月入3万",
    "轻松赚 ¥5,000",
    "日赚500元",
    "佣金高达 800 元",
    "一年 100000 元收入",
    "Earn $5,000 a month",
    "earnings up to 300 USD",
    "$2,000 per week",
]
HONEST = [
    "",
    "满 99 元包邮",
    "这件衣服 299 元",
    "卖出一件，卖家得 10%",
    "周三上新，30 件",
    "赚来的每一分都写得清楚",
    "Free delivery over $99",
    "Make 3 wishes",
    "Delivered in 3 days",
    "You earn 10% of what you sell",
    "The lamp costs $40",
    "收入按月结算",
]


@pytest.mark.parametrize("text", PROMISING)
def test_a_promise_is_found(text: str):
    assert promises(text)


@pytest.mark.parametrize("text", BOASTING)
def test_a_figure_beside_income_is_found(text: str):
    assert figures(text)


@pytest.mark.parametrize("text", HONEST)
def test_honest_words_are_left_alone(text: str):
    assert promises(text) == [] and figures(text) == []


@given(st.sampled_from(PROMISES), st.text(max_size=20), st.text(max_size=20))
def test_a_promise_is_found_wherever_it_stands(words: str, before: str, after: str):
    found = promises(f"{before} {words.upper()} {after}")
    assert any("".join(each.split()).casefold() == "".join(words.split()).casefold() for each in found)


@given(st.text(alphabet="甲乙丙丁 ,.\n", max_size=60))
def test_texts_without_words_for_income_say_nothing(text: str):
    assert promises(text) == figures(text) == []


@given(st.lists(st.sampled_from([*PROMISING, *BOASTING, *HONEST]), max_size=6))
def test_every_text_answers_for_itself(texts: list[str]):
    numbered = [ShopText("page.html", line, text) for line, text in enumerate(texts, 1)]
    together = [(hit.text.line, hit.fact) for hit in claim_hits(numbered) if hit.text]
    assert together == [(t.line, hit.fact) for t in numbered for hit in claim_hits([t])]


def test_words_weigh_more_than_figures_in_the_prc():
    texts = [ShopText("a.html", 4, "躺赚"), ShopText("a.html", 9, "月入3万")]
    found = plan.review(made(), copy=texts).findings
    assert [(each.rule.id, each.severity, each.place) for each in found] == [
        ("CN-CLAIM", "block", "a.html:4"),
        ("CN-CLAIM", "warn", "a.html:9"),
    ]


def test_claims_are_not_evaluated_without_texts():
    assert "CN-CLAIM" in {each.rule.id for each in plan.review(made()).unasked}
    assert "CN-CLAIM" not in {each.rule.id for each in plan.review(made(), copy=[ShopText("a", 1, "")]).unasked}
