"""Suppliers' own sheets: columns guessed, said and remembered; cells as a person sees them."""

import datetime

import pytest

from shared_core import supply
from shared_core.kernel.csvfile import FileUnreadable, UnknownColumn
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import feeds
from shared_core.supply.catalogue.feeds import barcodes, mapping, workbook
from tests.supply.feeds import samples
from tests.supply.goods import NOON


def variants(feed: feeds.Feed) -> dict[str, feeds.FeedVariant]:
    return {variant.sku: variant for product in feed.products for variant in product.variants}


def test_a_workbook_is_read_below_its_title() -> None:
    feed = feeds.read(samples.workbook([["Terms", "of use"]], samples.SHEET))
    tea, cup = feed.products
    assert (feed.format, feed.rows, tea.code, tea.title, tea.brand) == ("sheet", 4, "T-100", "龙井茶", "山野")
    assert dict(feed.columns) == {
        "product": "款号", "title": "品名", "sku": "货号", "barcode": "条码", "options": "规格",
        "price": "建议零售价（元）", "cost": "供货价（元）", "quantity": "库存", "brand": "品牌",
    }  # fmt: skip
    small, large = tea.variants
    assert (small.price, small.cost, small.quantity, small.barcode) == ("68", "35.5", 12, "4006381333931")
    assert (small.options, large.options) == ((("规格", "50克"),), (("规格", "100克"),))
    assert (large.price, large.cost, large.quantity) == ("1128", "12.1", 7)
    assert (cup.variants[0].cost, cup.variants[0].price, cup.variants[0].quantity) == ("12", "0.3", None)


def test_what_is_wrong_in_a_sheet_is_named_by_the_sheets_own_words() -> None:
    feed = feeds.read(samples.workbook(samples.SHEET))
    assert [(each.line, each.field, each.reason) for each in feed.rejected] == [(7, "供货价（元）", "not_a_price")]
    assert [(each.line, each.field, each.reason) for each in feed.notes] == [(5, "条码", "barcode_left_out")]


def test_a_sheet_in_gb18030_is_a_sheet_too() -> None:
    text = "货号;品名;供货价;库存\nT-1;龙井;12.5;3\nT-2;毛尖;1,299.00;\n"
    feed = feeds.read(text.encode("gb18030"))
    assert [(each.sku, each.cost, each.quantity) for each in variants(feed).values()] == [
        ("T-1", "12.5", 3),
        ("T-2", "1299", None),
    ]


def test_a_sku_with_signs_that_no_address_has_makes_a_code_without_them() -> None:
    feed = feeds.read(b"sku,name,price\nA 100/2,Tea,5\nA-100-2,Cup,6\n")
    codes = [product.code for product in feed.products]
    assert [product.variants[0].sku for product in feed.products] == ["A 100/2", "A-100-2"]
    assert codes[0].startswith("A-100-2~") and codes[1] == "A-100-2"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12.099999999999999, "12.1"),
        (1e20, "100000000000000000000"),
        (6901234567892.0, "6901234567892"),
        (0.1 + 0.2, "0.3"),
        (True, "true"),
        (datetime.date(2026, 3, 2), "2026-03-02"),
        ("  padded ", "padded"),
    ],
)
def test_a_cell_is_what_a_person_sees(cell: object, text: str) -> None:
    content = samples.workbook([["sku", "name", "price"], ["A", cell, 1]])
    assert feeds.read(content).products[0].title == text


def test_what_was_said_comes_before_what_is_remembered_and_that_before_a_guess() -> None:
    columns = ("货号", "品名", "零售价", "市场价", "VIP")
    assert mapping.choose("f", columns, {}, {})["price"] == "零售价"
    assert mapping.choose("f", columns, {}, {"price": "市场价"})["price"] == "市场价"
    assert mapping.choose("f", columns, {"price": "vip"}, {"price": "市场价"})["price"] == "VIP"
    assert mapping.choose("f", columns, {}, {"price": "gone", "nonsense": "VIP"})["price"] == "零售价"


def test_a_header_is_found_by_what_is_remembered_of_it() -> None:
    text = "某某公司,,\n编码,叫法,钱\nA,Tea,5\n".encode()
    with pytest.raises(FileUnreadable, match="no known feed has the columns 某某公司"):
        feeds.read(text)
    told = {"sku": "编码", "title": "叫法", "cost": "钱"}
    assert feeds.read(text, remembered=told).products == feeds.read(text, columns=told).products != ()


def test_a_column_is_read_once() -> None:
    assert mapping.choose("f", ("货号", "品名"), {"product": "货号"}, {}) == {"product": "货号", "title": "品名"}


def test_columns_that_are_not_there_are_refused() -> None:
    table = "编码,叫法,钱\nA,Tea,5\n".encode()
    with pytest.raises(FileUnreadable, match="--map title=NAME"):
        feeds.read(table)
    with pytest.raises(UnknownColumn, match="'titel' is no column of ours"):
        feeds.read(table, columns={"titel": "叫法"})
    with pytest.raises(FileUnreadable, match="there is no column '名'; the columns are: 编码, 叫法, 钱"):
        feeds.read(table, columns={"title": "名"})
    told = feeds.read(table, columns={"sku": "编码", "title": "叫法", "price": "钱"})
    assert (told.products[0].code, told.products[0].variants[0].price) == ("A", "5")


def test_the_columns_of_a_supplier_are_remembered(database: Database) -> None:
    def terms(supplier: str) -> supply.FeedTerms | None:
        with database.reading() as session:
            return supply.feed_terms(session, supplier=supplier)

    def bring(table: str, columns: dict[str, str]) -> feeds.Feed:
        known = terms("acme")
        remembered = known.columns if known else {}
        feed = feeds.read(table.encode(), columns=columns, remembered=remembered)
        with database.transaction() as session:
            supply.create_supplier(session, code="acme", name="Acme", freight=Money(0, "CNY"), at=NOON)
            supply.import_products(session, feed, supplier="acme", supply_ratio_bps=None, at=NOON)
        return feed

    bring("编码,叫法,钱\nA,Tea,5\n", {"sku": "编码", "title": "叫法", "cost": "钱"})
    assert terms("acme") == supply.FeedTerms("CNY", {"sku": "编码", "title": "叫法", "cost": "钱"})
    assert terms("else") is None

    again = bring("叫法,编码,钱\nTea,A,6\n", {})
    assert again.products[0].variants[0].cost == "6"
    bring("编码,叫法,价\nA,Tea,7\n", {"cost": "价"})
    known = terms("acme")
    assert known is not None and known.columns["cost"] == "价"


@pytest.mark.parametrize("barcode", ["4006381333931", "96385074", "036000291452", "10012345678902", "ABC-1", ""])
def test_a_right_barcode_passes(barcode: str) -> None:
    assert not barcodes.is_wrong(barcode)


@pytest.mark.parametrize("barcode", ["4006381333932", "96385075", "036000291453", "12345", "0" * 20])
def test_a_wrong_check_digit_or_length_is_seen(barcode: str) -> None:
    assert barcodes.is_wrong(barcode)


def test_a_sheet_that_claims_rows_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS_MAX", 10_000)
    content = samples.patched(samples.workbook([["sku", "name", "price"], ["A", "Tea", 1]]), b'r="2"', b'r="999999999"')
    with pytest.raises(FileUnreadable, match="there are more than"):
        feeds.read(content)


def test_a_sheet_that_is_wider_than_any_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="line 2: there are more than 256 columns"):
        feeds.read(samples.workbook([["sku", "name", "price"], ["A", "Tea", 1] * 100]))


def test_a_workbook_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "UNPACKED_BYTES_MAX", 1_000_000)
    content = samples.workbook([["sku", "name", "price"], *([["A" * 30_000, "Tea", 1]] * 40)])
    swollen = samples.patched(content, b"</worksheet>", b" " * 2_000_000 + b"</worksheet>")
    assert len(swollen) < 100_000
    with pytest.raises(FileUnreadable, match="larger than 1000000 bytes"):
        feeds.read(swollen)


def test_a_column_that_there_shall_be_none_of_is_not_guessed_and_that_is_remembered(database: Database) -> None:
    content = "货号,品名,成本,零售价\nT-1,龙井,12.5,20\n".encode()
    feed = feeds.read(content, columns={"cost": ""})
    assert dict(feed.columns) == {"sku": "货号", "title": "品名", "price": "零售价", "cost": ""}
    assert variants(feed)["T-1"].cost is None and "cost" in feed.silent
    with database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(0, "CNY"), at=NOON)
        supply.import_products(session, feed, supplier="acme", supply_ratio_bps=None, at=NOON)
    with database.reading() as session:
        terms = supply.feed_terms(session, supplier="acme")
    assert terms is not None and variants(feeds.read(content, remembered=terms.columns))["T-1"].cost is None
    assert variants(feeds.read(content, columns={"cost": "成本"}, remembered=terms.columns))["T-1"].cost == "12.5"


@pytest.mark.parametrize(
    ("header", "said", "remembered", "expected"),
    [
        ("货号,品名,零售价", {}, {}, set()),
        ("货号,品名,零售价,吊牌价", {}, {}, {"price"}),
        ("货号,品名,零售价,吊牌价", {"price": "吊牌价"}, {}, set()),
        ("货号,品名,零售价,吊牌价", {}, {"price": "零售价"}, set()),
        ("货号,品名,零售价,吊牌价", {}, {"price": "gone"}, {"price"}),
        ("货号,品名,零售价,吊牌价,库存", {"price": ""}, {}, set()),
        ("货号,品名,零售价,吊牌价", {"supply_price": "吊牌价"}, {}, set()),
        ("货号,品名,库存(甲仓),库存(乙仓),ean,upc", {}, {}, {"quantity", "barcode"}),
    ],
)
def test_several_columns_that_could_be_meant_are_told(
    header: str, said: dict[str, str], remembered: dict[str, str], expected: set[str]
) -> None:
    assert mapping.doubtful(header.split(","), said, remembered) == expected
    assert feeds.read(header.encode() + b"\n", columns=said, remembered=remembered).doubtful == expected


def test_a_sheet_that_nobody_knows_is_looked_at_below_its_title() -> None:
    rows = [["Price list of May"], ["Artikel", "Bezeichnung", "", "EK netto", "UVP"]]
    rows += [[f"T-{n}", "Tea", "", str(n), str(n)] for n in range(30)]
    said = {"sku": "Artikel", "title": "Bezeichnung", "cost": "EK netto"}
    for content in (samples.workbook(rows), "\n".join(map(",".join, rows)).encode()):
        with pytest.raises(feeds.ColumnsUnknown):
            feeds.read(content)
        seen = feeds.look(content)
        assert (seen.columns, seen.doubtful) == (("Artikel", "Bezeichnung", "EK netto", "UVP"), set())
        assert seen.understood == {"amounts_in": "major"}
        assert [each["EK netto"] for each in seen.samples] == ["0", "1", "2"]
        assert variants(feeds.read(content, feeds.SHEET, columns=said))["T-3"].cost == "3"
        assert feeds.look(content, remembered=said).understood == {**said, "amounts_in": "major"}


@pytest.mark.parametrize("content", [b"<rss/>", b"[]", b"\xef\xbb\xbf{}"])
def test_what_is_no_table_has_no_columns_to_say(content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        feeds.look(content)


def test_amounts_in_the_smallest_unit_are_read_as_such_and_that_is_remembered(database: Database) -> None:
    content = "货号,品名,成本,零售价\nT-1,龙井,1250,￥2,000\nT-2,毛尖,5,12.5\n".replace("￥2,000", '"￥2,000"').encode()
    feed = feeds.read(content, columns={"amounts_in": "minor"}, currency="CNY")
    assert [(each.cost, each.price) for each in variants(feed).values()] == [("12.5", "20"), ("0.05", "0.125")]
    yen = feeds.read(content, columns={"amounts_in": "minor"}, currency="JPY")
    assert variants(yen)["T-1"].cost == "1250", "there is nothing smaller than a yen"
    with database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(0, "CNY"), at=NOON)
        report = supply.import_products(session, feed, supplier="acme", supply_ratio_bps=None, at=NOON)
        terms = supply.feed_terms(session, supplier="acme")
    assert [each.reason for each in report.rejected] == ["price_too_fine"] and terms is not None
    again = feeds.read(content, remembered=terms.columns, currency="CNY")
    assert variants(again)["T-1"].cost == "12.5" and ("amounts_in", "minor") in again.columns
    back = feeds.read(content, columns={"amounts_in": "major"}, remembered=terms.columns, currency="CNY")
    assert variants(back)["T-1"].cost == "1250"


def test_amounts_in_a_unit_that_is_none_are_refused() -> None:
    with pytest.raises(feeds.UnknownUnit):
        feeds.read(b"sku,name,price\nA,Tea,5\n", columns={"amounts_in": "cents"})
