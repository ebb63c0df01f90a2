"""BMEcat 1.2 and 2005: the catalogues of wholesalers. Each article is a product with one variant.

Of several prices the one for the smallest quantity counts. What the price means tells its type: "nrp" and the gross
ones are a retail price, the net ones what the supplier gets. T_UPDATE_PRICES brings new prices and nothing else.
"""

from collections.abc import Iterator
from decimal import Decimal

from shared_core.supply.catalogue.feeds.cells import Cells
from shared_core.supply.catalogue.feeds.errors import PriceOfMany, RowError, ValueMissing
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedDelta, FeedVariant
from shared_core.supply.catalogue.feeds.xmlfile import Element
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

COLUMNS = Columns(
    code="SUPPLIER_PID", title="DESCRIPTION_SHORT", description="DESCRIPTION_LONG", images="MIME_SOURCE",
    sku="SUPPLIER_PID", barcode="EAN",
)  # fmt: skip
WANTED = frozenset({"CATALOG", "CLASSIFICATION_GROUP", "ARTICLE", "PRODUCT"})
PRICES_ONLY = "T_UPDATE_PRICES"
RETAIL = {"nrp", "gros_list"}
COST = {"net_customer", "net_customer_exp", "net_list"}


def entries(elements: Iterator[Element]) -> Iterator[Entry]:
    """Each article as an entry; the head of the catalogue stands before the articles."""
    catalogue, groups = Element("CATALOG", 0), dict[str, str]()
    for element in elements:
        if element.tag == "CATALOG":
            catalogue = element
        elif element.tag == "CLASSIFICATION_GROUP":
            groups[element.first("CLASSIFICATION_GROUP_ID")] = element.first("CLASSIFICATION_GROUP_NAME")
        else:
            yield _entry(_Article(element), catalogue, groups)


class _Article:
    """An ARTICLE of 1.2 or a PRODUCT of 2005: the same thing under two names."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.kind = element.tag

    def part(self, name: str) -> Element:
        return next(self.element.all(f"{self.kind}_{name}"), Element("", self.element.line))

    @property
    def sku(self) -> str:
        return self.element.first("SUPPLIER_PID") or self.element.first("SUPPLIER_AID")

    def prices(self) -> Iterator[Element]:
        for details in self.element.all(f"{self.kind}_PRICE_DETAILS"):
            yield from details.all(f"{self.kind}_PRICE")


def _entry(article: _Article, catalogue: Element, groups: dict[str, str]) -> Entry:
    entry, details = Entry(line=article.element.line), article.part("DETAILS")
    try:
        cells = Cells({"supplier_pid": article.sku} | {child.tag.casefold(): child.text for child in details.children})
        if not article.sku:
            raise ValueMissing(field="SUPPLIER_PID")
        price, cost, currency = _prices(article, catalogue.first("CURRENCY"))
        if article.element.parent == PRICES_ONLY:
            sku = cells.sku("SUPPLIER_PID")
            entry.delta = FeedDelta(article.element.line, sku, price=price, cost=cost, currency=currency)
            return entry
        entry.code = cells.code_of_sku("SUPPLIER_PID")
        entry.title = cells.text("DESCRIPTION_SHORT", maximum=TITLE_LENGTH_MAX)
        entry.description = cells.raw("DESCRIPTION_LONG")
        entry.brand = cells.text("MANUFACTURER_NAME", maximum=TEXT_LENGTH_MAX)
        entry.category = (_group(article, groups) or cells.raw("KEYWORD"))[:TEXT_LENGTH_MAX]
        entry.image_urls = tuple(_pictures(article.element, catalogue.first("MIME_ROOT")))
        entry.variant = FeedVariant(
            line=article.element.line,
            sku=cells.sku("SUPPLIER_PID"),
            sku_given=False,
            options=(),
            barcode=(cells.raw("EAN") or _gtin(details))[:CODE_LENGTH_MAX],
            price=price,
            cost=cost,
            supply_price=None,
            quantity=None,
            currency=currency,
        )
    except RowError as error:
        entry.refused = error
    return entry


def _prices(article: _Article, currency: str) -> tuple[str | None, str | None, str]:
    """Retail price, cost, and their currency. Raises RowError."""
    of = Cells({"price_quantity": article.part("ORDER_DETAILS").first("PRICE_QUANTITY")}).price("PRICE_QUANTITY")
    found: dict[bool, tuple[Decimal, str | None, str]] = {}
    for price in article.prices():
        kind = price.attributes.get("price_type", "")
        bound = Cells({"lower_bound": price.first("LOWER_BOUND") or "1"}).price("LOWER_BOUND")
        smallest = Decimal(bound or 0)
        is_cost = kind in COST
        if (is_cost or kind in RETAIL) and (is_cost not in found or smallest < found[is_cost][0]):
            found[is_cost] = smallest, _of_one(price, of), price.first("PRICE_CURRENCY") or currency
    nothing = Decimal(0), None, currency
    return found.get(False, nothing)[1], found.get(True, nothing)[1], (found.get(True) or found.get(False, nothing))[2]


def _of_one(price: Element, of: str | None) -> str | None:
    """The price of one unit: the amount times its factor, by the number of units it is for. Raises RowError."""
    cells = Cells({child.tag.casefold(): child.text for child in price.children})
    amount, factor = cells.price("PRICE_AMOUNT"), cells.price("PRICE_FACTOR")
    if amount is None:
        return None
    total, units = Decimal(amount) * Decimal(factor or 1), Decimal(of or 1)
    single = (total / units).quantize(Decimal("0.000001"))
    if single * units != total:
        raise PriceOfMany(field="PRICE_AMOUNT", value=of)
    return Cells({"price_amount": f"{single:f}"}).price("PRICE_AMOUNT")


def _group(article: _Article, groups: dict[str, str]) -> str:
    names = (
        groups.get(features.first("REFERENCE_FEATURE_GROUP_ID"), "")
        for features in article.element.all(f"{article.kind}_FEATURES")
    )
    return next(filter(None, names), "")


def _gtin(details: Element) -> str:
    numbers = details.all("INTERNATIONAL_PID")
    return next((each.text for each in numbers if each.attributes.get("type") in {"gtin", "ean"}), "")


def _pictures(element: Element, root: str) -> Iterator[str]:
    for media in element.all("MIME_INFO"):
        for mime in media.all("MIME"):
            source = mime.first("MIME_SOURCE")
            if mime.first("MIME_TYPE").startswith("image/") and source:
                yield source if source.startswith("http") or not root else f"{root.rstrip('/')}/{source.lstrip('/')}"
