"""Reading single cells: texts, codes, prices, counts, options, pictures."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from html.parser import HTMLParser

from shared_core.supply.catalogue.feeds import skus
from shared_core.supply.catalogue.feeds.errors import (
    BadCode,
    BadOptions,
    BadSku,
    NotACount,
    NotAFlag,
    NotAPrice,
    NotAWeight,
    PriceNegative,
    PriceTooHigh,
    QuantityNegative,
    QuantityTooHigh,
    TextTooLong,
)
from shared_core.supply.models import CODE_LENGTH_MAX, PRODUCT_CODE_LENGTH_MAX, TEXT_LENGTH_MAX

PRICE_MAX = Decimal(10_000_000)
"""In units of the currency, not in its hundredths."""
QUANTITY_MAX = 1_000_000
GRAMS = {"g": Decimal(1), "kg": Decimal(1_000), "lb": Decimal("453.59237"), "oz": Decimal("28.349523125")}
GRAMS_MAX = 1_000_000
CATEGORY_DEPTH_MAX = 10
URL_LENGTH_MAX = 2_000
SANITISING_ROUNDS_MAX = 4

_PRICE = re.compile(r"\d{1,12}(\.\d{1,6})?")
_WITH_CURRENCY = re.compile(
    r"(?P<before>[-+]?[\d.,]+) ?(?P<last>[A-Z]{3})|(?P<first>[A-Z]{3}) ?(?P<after>[-+]?[\d.,]+)", re.ASCII
)
_WRITTEN = re.compile(r"[¥￥]? ?(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?) ?元?", re.ASCII)
_WEIGHT = re.compile(r"(?P<number>\d{1,7}(\.\d{1,6})?) ?(?P<unit>kg|g|lb|oz)?", re.ASCII)
_COUNT = re.compile(r"[+-]?\d{1,18}")
_CODE = re.compile(r"[\w][\w.~-]*")
_SKU = re.compile(r"[^\s<>]+( [^\s<>]+)*")
_UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)])
_TRUE = {"true", "yes", "1", "active", "是"}
_FALSE = {"false", "no", "0", "draft", "archived", "否"}
_TAG_START = re.compile(r"<+(?=[a-zA-Z/!?])")
_LINE_BREAKS = {"p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
_NOT_SHOWN = {"script", "style", "template", "noscript", "iframe", "object", "svg", "title", "textarea"}


class Cells:
    """The cells of one row, read with errors that name the column."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def raw(self, field: str) -> str:
        return storable(self._cells.get(field.casefold(), ""))

    def text(self, field: str, *, maximum: int) -> str:
        """One line of plain text."""
        value = " ".join(plain_text(self.raw(field)).split())
        if len(value) > maximum:
            raise TextTooLong(field=field, maximum=maximum)
        return value

    def product_code(self, field: str) -> str:
        """A product's code, which is also its address in the shop."""
        value = self._short(field, PRODUCT_CODE_LENGTH_MAX)
        if value and not _CODE.fullmatch(value):
            raise BadCode(field=field, value=value)
        return value

    def code_of_sku(self, field: str) -> str:
        """A product's code made of a SKU, which may have signs that no address has."""
        value = self.sku(field)
        return value if not value or _CODE.fullmatch(value) else skus.derive(value, ())

    def sku(self, field: str) -> str:
        value = self._short(field, CODE_LENGTH_MAX)
        if value and not (_SKU.fullmatch(value) and value.isprintable()):
            raise BadSku(field=field, value=value)
        return value

    def _short(self, field: str, maximum: int) -> str:
        value = self.raw(field)
        if len(value) > maximum:
            raise TextTooLong(field=field, maximum=maximum)
        return value

    def price(self, field: str) -> str | None:
        """A price in units of the currency as plain decimal text, without needless zeros; None when empty or zero."""
        value = self.raw(field)
        if not value:
            return None
        if value.startswith("-") and _PRICE.fullmatch(value[1:]):
            raise PriceNegative(field=field, value=value)
        if not _PRICE.fullmatch(value) or not value.isascii():
            raise NotAPrice(field=field, value=value)
        amount = Decimal(value)
        if amount > PRICE_MAX:
            raise PriceTooHigh(field=field, value=value, maximum=PRICE_MAX)
        return (value.rstrip("0").rstrip(".") if "." in value else value) if amount else None

    def amount(self, field: str) -> tuple[str | None, str]:
        """A price that may have its currency beside it, and that currency's code or "": "105.29 USD"."""
        value = self.raw(field)
        found = _WITH_CURRENCY.fullmatch(value)
        if found is None:
            return self.price(field), ""
        price = Cells({field.casefold(): found["before"] or found["after"]}).price(field)
        return price, found["first"] or found["last"]

    def written_price(self, field: str) -> str | None:
        """A price as people write it into a sheet: "￥1,299.00", "12.5元"."""
        value = self.raw(field)
        found = _WRITTEN.fullmatch(value)
        return Cells({field.casefold(): found[1].replace(",", "") if found else value}).price(field)

    def grams(self, field: str) -> int | None:
        """A weight, "1.2 kg" or a bare number of grams, a begun gram counting as one; None when empty."""
        value = self.raw(field)
        if not value:
            return None
        found = _WEIGHT.fullmatch(value.casefold())
        if found is None:
            raise NotAWeight(field=field, value=value)
        grams = math.ceil(Decimal(found["number"]) * GRAMS[found["unit"] or "g"])
        if grams > GRAMS_MAX:
            raise NotAWeight(field=field, value=value)
        return grams or None

    def count(self, field: str) -> int | None:
        """A number of units; None when empty."""
        value = self.raw(field)
        if not value:
            return None
        if not _COUNT.fullmatch(value) or not value.isascii():
            raise NotACount(field=field, value=value)
        if int(value) < 0:
            raise QuantityNegative(field=field, value=value)
        if int(value) > QUANTITY_MAX:
            raise QuantityTooHigh(field=field, value=value, maximum=QUANTITY_MAX)
        return int(value)

    def flag(self, field: str) -> bool:
        """Yes or no; yes when empty."""
        value = self.raw(field).casefold()
        if value and value not in _TRUE | _FALSE:
            raise NotAFlag(field=field, value=value)
        return value not in _FALSE

    def options(self, field: str) -> tuple[tuple[str, str], ...]:
        """ "Size=M; Colour=Red" as pairs, in the order written."""
        pairs = [part.partition("=") for part in self.raw(field).split(";") if part.strip()]
        if any(not equals or not name.strip() or not value.strip() for name, equals, value in pairs):
            raise BadOptions(field=field, value=self.raw(field))
        return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def storable(text: str) -> str:
    """Without what no database takes: the sign 0, and halves of signs."""
    return text if text.isprintable() else text.translate(_UNSTORABLE)


def category_path(text: str, mark: str = ">") -> tuple[str, ...]:
    """ "Clothing > Shirts" as its parts, the widest first."""
    names = (" ".join(each.split())[:TEXT_LENGTH_MAX] for each in text.split(mark))
    return tuple(filter(None, names))[:CATEGORY_DEPTH_MAX]


def is_picture(url: str) -> bool:
    """Whether it is an address that a browser can load a picture from: http or https, no spaces, not too long."""
    return re.fullmatch(r"https?://[^\s<>\"']+", url) is not None and len(url) <= URL_LENGTH_MAX


def plain_text(markup: str) -> str:
    """What a reader of the markup sees, line by line. No tag survives, however often it was encoded."""
    if "<" not in markup and "&" not in markup:
        return _lines(markup)
    text = markup
    for _ in range(SANITISING_ROUNDS_MAX):
        shown = _shown(text)
        if shown == text:
            break
        text = shown
    return _TAG_START.sub("", text)


def _shown(markup: str) -> str:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return _lines("".join(reader.parts))


def _lines(text: str) -> str:
    """Without blanks at the edges of lines, and without empty lines."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    """Collects the text that is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def opened(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_SHOWN:
            self._hidden.append(tag)
        elif tag in _LINE_BREAKS:
            self.parts.append("\n")

    def closed(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif tag in _LINE_BREAKS:
            self.parts.append("\n")

    def opened_and_closed(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LINE_BREAKS:
            self.parts.append("\n")

    def read(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)

    handle_starttag = opened  # the names that html.parser calls
    handle_endtag = closed
    handle_startendtag = opened_and_closed
    handle_data = read
