"""Files that are no feed: each is refused as a whole, with file, line and what to do."""

from pathlib import Path

import pytest

from shared_core.supply import feeds
from shared_core.supply.feeds import table

HEADER = b"product,title,price\n"


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "feed_empty", "feed is empty"),
        (b" \n \n", "feed_empty", "feed is empty"),
        (b"PK\x03\x04rest", "feed_binary", "Excel workbook"),
        (b"\x89PNG\r\n", "feed_binary", "a picture"),
        (HEADER + b"tea,T\0a,1\n", "feed_binary", "binary data"),
        ("product,title,price\n".encode("utf-16"), "feed_encoding", "line 1: the text is not UTF-8"),
        (HEADER + b"tea,Tea,1\n" + "茶,茶,1\n".encode("gb18030"), "feed_encoding", "feed, line 3: the text"),
        (HEADER + b'tea,"Tea,1\n', "feed_malformed", "feed, line 2: this is not well-formed CSV"),
        (HEADER + b"cup,Cup,1\n" + b'tea,"Tea"x,1\n', "feed_malformed", "line 3"),
        (b"name,amount\na,1\n", "feed_format_unknown", "no known feed has the columns name, amount"),
        (b'{"products": []}', "feed_format_unknown", "line 1"),
        (b"product,titel,price\n", "feed_column_missing", "the column title is missing; the nearest is titel"),
        (b"Handle,Title,Price\n", "feed_column_missing", "the column Variant Price is missing; the nearest is Price"),
        (b"product,title,price,Title\n", "feed_column_repeated", "the column Title is there twice"),
    ],
)
def test_an_unreadable_feed_says_where_and_why(content: bytes, code: str, said: str) -> None:
    with pytest.raises(feeds.FeedUnreadable) as refused:
        feeds.read(content)
    assert refused.value.code == code
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(feeds.FeedUnreadable, match="There is no file"):
            feeds.read(path)


def test_the_file_is_named_in_every_message(tmp_path: Path) -> None:
    path = tmp_path / "spring.csv"
    path.write_bytes(HEADER + b'tea,"Tea,1\n')
    with pytest.raises(feeds.FeedUnreadable, match=r"spring\.csv, line 2"):
        feeds.read(path)


def test_a_format_nobody_knows_is_refused() -> None:
    with pytest.raises(feeds.FeedUnreadable, match="Use one of: shopify, own"):
        feeds.read(HEADER, format="magento")


def test_a_format_that_is_named_must_be_there() -> None:
    with pytest.raises(feeds.FeedUnreadable, match="the column Handle is missing"):
        feeds.read(HEADER, format="shopify")


def test_a_feed_has_a_size_and_a_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "FEED_ROWS_MAX", 2)
    with pytest.raises(feeds.FeedUnreadable, match="larger than 2 rows"):
        feeds.read(HEADER + b"a,A,1\n" * 3)
    monkeypatch.setattr(table, "FEED_MEGABYTES_MAX", 0)
    with pytest.raises(feeds.FeedUnreadable, match="larger than 0 MB"):
        feeds.read(HEADER)
