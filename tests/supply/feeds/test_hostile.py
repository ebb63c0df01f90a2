"""Files made to harm, or harmed on the way: refused in a sentence, or read; never a traceback."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.errors import PlatformError
from shared_core.supply import feeds
from shared_core.supply.catalogue.feeds import detection
from tests.supply.feeds import samples

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">%s]>
<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>&z;</g:id></item></channel></rss>"""
LOOK_OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>&x;</g:id></item></channel></rss>"""
NESTED = b"".join(b'<!ENTITY %c "&%c;&%c;">' % (letter, letter - 1, letter - 1) for letter in range(98, 123))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LAUGHS % NESTED, "it declares entities"),
        (LOOK_OUTSIDE, "it declares entities"),
        (b"<BMECAT>" + b"<A>" * 60, "more than 50 deep"),
        (b"<BMECAT><ARTICLE></BMECAT>", "not well-formed XML"),
        (b"<?xml version='1.0' encoding='klingon'?><BMECAT/>", "its encoding is not understood"),
        (b"<rss><channel/></rss>", "begins with the element rss"),
        (b"[" * 100_000 + b"product.productvariant", "not well-formed JSON"),
        (b'[{"model": "product.productvariant"', "not well-formed JSON"),
        (gzip.compress(samples.EVERY["google"])[:100], "the archive is damaged"),
        (b"PK\x03\x04 and nothing else", "the archive is damaged"),
        (samples.workbook(samples.SHEET)[:3000], "the archive is damaged"),
        (samples.patched(samples.workbook(samples.SHEET), b"<sheetData>", b"<sheetDate>"), "the workbook is damaged"),
        (samples.workbook([]), "it is empty"),
        (samples.archive({"readme.txt": "hello\n"}), "the goods themselves are in another table"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_made_to_harm_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        feeds.read(content)
    assert said in str(refused.value)


def test_what_swells_when_unpacked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "BYTES_MAX", 10_000)
    for packed in (gzip.compress(b"a" * 1_000_000), samples.archive({"a.csv": "a" * 1_000_000})):
        assert len(packed) < 10_000
        with pytest.raises(FileUnreadable, match="larger than 10000 bytes"):
            feeds.read(packed)


def test_an_archive_of_very_many_files_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="more than 100 files"):
        feeds.read(samples.archive({f"{number}.csv": "a\n" for number in range(101)}))


@st.composite
def harmed(draw: st.DrawFn) -> bytes:
    """A feed from which something was cut, or into which something was put."""
    content = samples.EVERY[draw(st.sampled_from(sorted(samples.EVERY)))]
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(len(content), start + 60)))
    filling = draw(st.sampled_from([b"", b"\0", b'"', b",", b"\n", b"<", b"]", b"-1", b"\xff\xfe", b"9" * 30, b"[]"]))
    return content[:start] + filling + content[end:]


@given(harmed())
def test_whatever_happens_to_a_file_there_are_findings_and_no_traceback(content: bytes) -> None:
    try:
        feed = feeds.read(content)
    except PlatformError as refused:
        assert str(refused)
        return
    taken = [variant for product in feed.products for variant in product.variants]
    assert len({variant.sku for variant in taken}) == len(taken)
    assert all(remark.field and remark.line > 0 and str(remark) for remark in (*feed.rejected, *feed.notes))
    for variant in (*taken, *feed.deltas):
        prices = (variant.price, variant.cost, variant.supply_price)
        assert all(price is None or not price.startswith("-") for price in prices)
        assert variant.quantity is None or variant.quantity >= 0
