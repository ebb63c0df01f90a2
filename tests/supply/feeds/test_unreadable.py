"""Files that are no feed: each is refused as a whole, with file, line and what to do."""

import pytest

from shared_core.kernel.csvfile import FileUnreadable
from shared_core.supply import feeds
from shared_core.supply.catalogue.feeds import detection

HEADER = b"product,title,price\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,amount\na,1\n", "table, line 1: no known feed has the columns name, amount"),
        (b'{"products": []}', "table, line 1: no known feed is JSON like this"),
        (b"<html><p>Not found</p></html>", "table, line 1: no known feed begins with the element html"),
        (b"product,titel,price\n", "there is no column 'title'; did you mean 'titel'?"),
        (b"Handle,Title,Price\n", "there is no column 'Variant Price'; did you mean 'Price'?"),
        (HEADER + b'tea,"Tea,1\n', "table, line 2: a quotation mark is opened and never closed"),
    ],
)
def test_an_unreadable_feed_says_where_and_why(content: bytes, said: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        feeds.read(content)
    assert said in str(refused.value)


def test_a_format_nobody_knows_is_refused() -> None:
    with pytest.raises(feeds.FeedFormatUnsupported, match="Use one of: shopify, woocommerce"):
        feeds.read(HEADER, format="magento")


def test_a_format_that_is_named_must_be_there() -> None:
    with pytest.raises(FileUnreadable, match="there is no column 'Handle'"):
        feeds.read(HEADER, format="shopify")


def test_a_feed_may_be_in_a_chinese_encoding_and_have_semicolons() -> None:
    feed = feeds.read("product;title;price\ntea;龙井茶;12,50\ntea2;龙井茶;12.50\n".encode("gb18030"))

    assert [(each.code, each.title) for each in feed.products] == [("tea2", "龙井茶")]
    assert [each.line for each in feed.rejected] == [2]


def test_a_feed_has_a_size_and_a_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "ROWS_MAX", 2)
    with pytest.raises(FileUnreadable, match="line 4: there are more than 2 rows"):
        feeds.read(HEADER + b"a,A,1\n" * 3)
    monkeypatch.setattr(detection, "BYTES_MAX", 5)
    with pytest.raises(FileUnreadable, match="larger than 5 bytes"):
        feeds.read(HEADER)
