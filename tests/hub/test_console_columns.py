"""A supplier's sheet whose columns nobody knows, or several of which could be meant, is brought in by the console."""

import pytest

from shared_core import supply
from tests.hub.consoles import Console
from tests.storefront.walker import FormOnPage, Page, Walker
from tests.supply.feeds import samples
from tests.supply.goods import stocked, where

PATH = "/console/goods/import"
UNKNOWN = b"Price list of May\nArtikel,Bezeichnung,EK netto,UVP,Bestand\nT-1,Green tea,12.50,20,4\nT-2,Cup,7,12,9\n"
SEVERAL = "货号,品名,供货价,零售价,吊牌价,库存\nT-1,龙井,12.5,20,30,4\n".encode()
SAID = {"sku": "Artikel", "title": "Bezeichnung", "cost": "EK netto", "price": "UVP", "quantity": "Bestand"}


@pytest.fixture
def operator(console: Console) -> Walker:
    stocked(console.database, {"A": 1})
    return console.person("operator")


def form_of(page: Page) -> FormOnPage:
    [form] = [each for each in page.forms if each.identity == "feed"]
    return form


def press(walker: Walker, content: bytes, step: str, said: dict[str, str] | None = None, **typed: str) -> Page:
    """The button `step` of the page that is open, with the file chosen again as somebody without scripts does.

    `said` is chosen in the selects of the columns, ours: theirs; "" leaves `typed` away.
    """
    page = walker.page if walker.page and walker.page.url.endswith(PATH) else walker.open(PATH)
    body: dict[str, list[str]] = {}
    ours = [value for name, value in form_of(page).fields if name == "ours"]
    places = iter(ours)
    for name, value in form_of(page).fields:
        if name == "theirs":
            one = next(places)
            value = (said or {}).get(one, value if said is None or one == "amounts_in" else "")
        body.setdefault(name, []).append(value)
    body |= {name: [value] for name, value in typed.items() if value}
    for name in [name for name, value in typed.items() if not value]:
        body.pop(name, None)
    files = {"file": ("sheet.csv", content)}
    answer = walker.client.post(PATH, data={**body, "supplier": ["acme"], "step": [step]}, files=files)
    walker.page = Page(answer)
    return walker.page


def selected(page: Page) -> dict[str, str]:
    fields = form_of(page).fields
    ours = [value for name, value in fields if name == "ours"]
    found = dict(zip(ours, [value for name, value in fields if name == "theirs"], strict=True))
    assert found.pop("amounts_in") in ("major", "minor")
    return found


def remembered(console: Console) -> dict[str, str]:
    with console.database.reading() as session:
        terms = supply.feed_terms(session, supplier="acme")
    assert terms is not None
    return {ours: theirs for ours, theirs in terms.columns.items() if theirs and ours != "amounts_in"}


@pytest.mark.parametrize("as_workbook", [False, True])
def test_a_sheet_nobody_knows_is_asked_about_checked_and_taken_in(
    console: Console, operator: Walker, as_workbook: bool
) -> None:
    rows = [line.split(",") for line in UNKNOWN.decode().splitlines()]
    content = samples.workbook(rows) if as_workbook else UNKNOWN
    page = press(operator, content, "check")
    assert page.status == 200 and "Which column is which?" in page.text and "Green tea" in page.text
    assert set(selected(page)) == set(supply.feeds.COLUMNS) and not any(selected(page).values())
    page = press(operator, content, "map", SAID)
    assert page.status == 200 and "Only checked: nothing was changed." in page.text
    assert "Green tea T-1 20 CNY 12.5 CNY – 4" in page.text and remembered(console) == {}
    page = press(operator, content, "take")
    assert page.status == 200 and "It is taken in." in page.text
    assert where(console.database, "T-1") == (4, 4, 0, 0) and remembered(console) == SAID
    page = press(operator, content.replace(b"12.50", b"13.50"), "check")
    assert "Only checked: nothing was changed." in page.text, "what was said is remembered"


def test_what_shall_not_be_remembered_is_asked_again(console: Console, operator: Walker) -> None:
    press(operator, UNKNOWN, "check")
    press(operator, UNKNOWN, "map", SAID, remember="")
    assert press(operator, UNKNOWN, "take").status == 200 and where(console.database, "T-2") == (9, 9, 0, 0)
    assert remembered(console) == {} and "Which column is which?" in press(operator, UNKNOWN, "check").text


def test_too_few_columns_are_refused_and_what_was_chosen_stays(console: Console, operator: Walker) -> None:
    press(operator, UNKNOWN, "check")
    few = {"title": "Bezeichnung", "cost": "EK netto"}
    page = press(operator, UNKNOWN, "map", few)
    assert page.status == 422 and "Choose at least a column for the title" in page.text
    assert {ours: theirs for ours, theirs in selected(page).items() if theirs} == few
    stock = {"sku": "Artikel", "quantity": "Bestand"}
    page = press(operator, UNKNOWN, "map", stock)
    assert page.status == 200 and "T-1 is no SKU of this supplier" in page.text


def test_where_several_columns_could_be_meant_it_is_asked_which(console: Console, operator: Walker) -> None:
    page = press(operator, SEVERAL, "check")
    assert "several could be meant" in page.text and page.html.count("several could be meant") == 1
    assert selected(page)["price"] == "零售价" and selected(page)["cost"] == "供货价"
    page = press(operator, SEVERAL, "map", {**selected(page), "price": "吊牌价", "quantity": ""})
    assert "龙井 T-1 30 CNY 12.5 CNY – –" in page.text
    press(operator, SEVERAL, "take")
    assert where(console.database, "T-1") == (0, 0, 0, 0), "the stock was left aside"
    page = press(operator, SEVERAL, "check")
    assert "龙井 T-1 30 CNY 12.5 CNY – –" in page.text, "and stays so"


def test_columns_that_were_understood_can_be_chosen_all_the_same(console: Console, operator: Walker) -> None:
    content = "货号,品名,供货价,零售价,备注价\nT-1,龙井,12.5,20,30\n".encode()
    page = press(operator, content, "check")
    assert "Only checked: nothing was changed." in page.text
    page = press(operator, content, "columns")
    assert selected(page)["price"] == "零售价"
    page = press(operator, content, "map", {**selected(page), "price": "备注价"})
    assert "龙井 T-1 30 CNY 12.5 CNY" in page.text
    page = press(operator, content, "columns")
    assert selected(page)["price"] == "备注价", "what was chosen is there again"


def test_amounts_in_the_smallest_unit_are_told_so_once(console: Console, operator: Walker) -> None:
    content = b"Artikel,Bezeichnung,EK netto\nT-1,Green tea,1250\n"
    press(operator, content, "check")
    said = {"sku": "Artikel", "title": "Bezeichnung", "cost": "EK netto", "amounts_in": "minor"}
    page = press(operator, content, "map", said)
    assert "Green tea T-1 – 12.5 CNY" in page.text and "in the smallest unit" in page.text
    press(operator, content, "take")
    page = press(operator, content.replace(b"1250", b"1300"), "check")
    assert "Green tea T-1 – 13 CNY" in page.text


def test_only_what_was_checked_with_these_columns_is_taken_in(console: Console, operator: Walker) -> None:
    press(operator, UNKNOWN, "check")
    page = press(operator, UNKNOWN, "map", SAID)
    swapped = {**SAID, "cost": "UVP", "price": "EK netto"}
    page = press(operator, UNKNOWN, "take", swapped)
    assert page.status == 422 and "This is not what was checked." in page.text
    assert {ours: theirs for ours, theirs in selected(page).items() if theirs} == swapped
    with console.database.reading() as session:
        assert supply.products_page(session, search="T-1").products == ()


def test_another_file_is_asked_about_on_its_own(console: Console, operator: Walker) -> None:
    press(operator, UNKNOWN, "check")
    page = press(operator, SEVERAL, "map", SAID)
    assert page.status == 422 and "there is no column 'Bezeichnung'" in page.text
    assert not any(selected(page).values()), "none of them is in this file"
    page = press(operator, b"\x89PNG\r\n", "map", SAID)
    assert page.status == 422 and "a picture" in page.text
    page = press(operator, b"<rss/>", "columns")
    assert page.status == 422 and "only of a single table" in page.text
