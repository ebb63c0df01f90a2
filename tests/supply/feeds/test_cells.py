"""Single cells, and the rule for missing SKUs: laws rather than examples."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.supply.catalogue.feeds.cells import Cells, is_picture, plain_text
from shared_core.supply.catalogue.feeds.errors import NotAWeight, RowError
from shared_core.supply.catalogue.feeds.skus import derive
from shared_core.supply.models import CODE_LENGTH_MAX

PIECES = ["<", ">", "script", "</", "/>", "&lt;", "&amp;lt;", "&#60;", "svg", " on=", '"', "'", "a", " ", "<!--", "]]>"]
TAG = re.compile(r"<[a-zA-Z/!?]")


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_no_tag_survives(markup: str) -> None:
    assert not TAG.search(plain_text(markup))


@given(st.text(max_size=60))
def test_plain_text_stays_as_it_is(text: str) -> None:
    once = plain_text(text)
    assert plain_text(once) == once


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("a < b and c > d", "a < b and c > d"),
        ("<script>alert(1)</script>Left", "Left"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Left", "Left"),
        ("&amp;lt;img src=x onerror=alert(1)&amp;gt;Left", "Left"),
        ("<style>p { color: red }</style>", ""),
        ("<svg><script>alert(1)</script></svg>Left", "Left"),
        ("<scr<script>ipt>alert(1)</script>", "ipt>alert(1)"),
        ("春<br>夏", "春\n夏"),
    ],
)
def test_markup_becomes_what_a_reader_sees(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [("12.50", "12.5"), ("12", "12"), ("0012", "0012"), ("5000.00", "5000"), ("", None), ("0", None), ("0.00", None)],
)
def test_a_price_is_plain_decimal_text(written: str, read: str | None) -> None:
    assert Cells({"price": written}).price("price") == read


@pytest.mark.parametrize(
    "written", ["NaN", "Infinity", "1e5", "1,000", "$5", "5 EUR", "-1", "+1", "1.", ".5", "１２", "10000001", "0x10"]
)
def test_what_is_no_price_is_refused(written: str) -> None:
    with pytest.raises(RowError) as refused:
        Cells({"price": written}).price("price")
    assert refused.value.field == "price"


@pytest.mark.parametrize("written", ["1.5", "NaN", "-1", "1000001", "1e3", "٣", "many"])
def test_what_is_no_quantity_is_refused(written: str) -> None:
    with pytest.raises(RowError):
        Cells({"n": written}).count("n")


@pytest.mark.parametrize("sku", ["A  B", "A\tB", "<A>", "A\u200bB", "A" * 65])
def test_what_is_no_sku_is_refused(sku: str) -> None:
    with pytest.raises(RowError):
        Cells({"sku": sku}).sku("sku")


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.com/a.jpg?v=1", True),
        ("http://example.com/a.jpg", True),
        ("javascript:alert(1)", False),
        ("data:image/png;base64,AAAA", False),
        ("//example.com/a.jpg", False),
        ("https://example.com/a b.jpg", False),
        ('https://example.com/"onload=x', False),
        ("https://example.com/" + "x" * 2000, False),
    ],
)
def test_only_addresses_of_the_web_are_pictures(url: str, good: bool) -> None:
    assert is_picture(url) is good


# --- the rule for missing SKUs ---

VALUES = st.text(min_size=1, max_size=12)
OPTIONS = st.lists(st.tuples(VALUES, VALUES), max_size=3)
CODES = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True)


@given(CODES, OPTIONS)
def test_a_given_sku_is_stable_and_a_sku(code: str, options: list[tuple[str, str]]) -> None:
    sku = derive(code, options)
    assert sku == derive(code, options)
    assert 0 < len(sku) <= CODE_LENGTH_MAX
    assert Cells({"sku": sku}).sku("sku") == sku


@given(CODES, OPTIONS, OPTIONS)
def test_other_options_get_another_sku(
    code: str, options: list[tuple[str, str]], others: list[tuple[str, str]]
) -> None:
    said, also = ([value.lower() for _, value in each] for each in (options, others))
    if said != also:
        assert derive(code, options) != derive(code, others)


def test_a_given_sku_can_be_read() -> None:
    assert derive("classic-top", [("Size", "Small")]) == "CLASSIC-TOP.SMALL"
    assert re.fullmatch(r"MUG\.~[0-9A-F]{8}", derive("mug", [("颜色", "红")]))
    assert re.fullmatch(r"MUG\.SEA-BLUE~[0-9A-F]{8}", derive("mug", [("Colour", "Sea / blue")]))


@pytest.mark.parametrize(
    ("written", "grams"),
    [("350", 350), ("1.2 kg", 1_200), ("0.5g", 1), ("2lb", 908), ("1 OZ", 29), ("", None), ("0", None)],
)
def test_weights_are_whole_grams(written: str, grams: int | None) -> None:
    assert Cells({"w": written}).grams("w") == grams


@pytest.mark.parametrize("written", ["-1", "heavy", "1,2 kg", "1001 kg", "1 t"])
def test_what_is_no_weight_is_refused(written: str) -> None:
    with pytest.raises(NotAWeight):
        Cells({"w": written}).grams("w")
