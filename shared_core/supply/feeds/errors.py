"""Why a row of a feed cannot be taken. Each says where it is and what to do about it."""

from dataclasses import dataclass

from shared_core.kernel.errors import Invalid, PlatformError, Translate


class FeedFormatUnsupported(Invalid):
    code = "feed_format_unsupported"
    message = "There is no feed format {format}. Use one of: {known}."


class RowError(Invalid):
    """One row cannot be taken; the others can. Every one has a `field`."""

    code = "row_refused"
    message = "{field} cannot be read."

    @property
    def field(self) -> str:
        return str(self.params["field"])


class RaggedRow(RowError):
    code = "row_ragged"
    message = "{found} fields where the header has {expected}. Put texts with commas or line breaks in quotes."


class ValueMissing(RowError):
    code = "value_missing"
    message = "{field} is empty. Fill it in."


class TextTooLong(RowError):
    code = "text_too_long"
    message = "{field} is longer than {maximum} characters. Shorten it."


class BadCode(RowError):
    code = "bad_code"
    message = "{field} cannot be {value!r}. Use letters, digits, hyphens, dots and underscores, without spaces."


class BadSku(RowError):
    code = "bad_sku"
    message = "{field} cannot be {value!r}. Use letters, digits and signs, with single blanks at most."


class NotAPrice(RowError):
    code = "not_a_price"
    message = "{field} is {value!r}, which is not a price. Write it like 12.50, without sign, currency or separators."


class PriceNegative(RowError):
    code = "price_negative"
    message = "{field} is {value}. A price is not negative."


class PriceTooHigh(RowError):
    code = "price_too_high"
    message = "{field} is {value}; {maximum} is the most that is believed. Check the decimal point."


class PriceTooFine(RowError):
    code = "price_too_fine"
    message = "{field} is {value}, which has more decimals than {currency}. Round it."


class NotACount(RowError):
    code = "not_a_count"
    message = "{field} is {value!r}, which is not a whole number. Write it like 12."


class QuantityNegative(RowError):
    code = "quantity_negative"
    message = "{field} is {value}. There are never fewer than 0 units."


class QuantityTooHigh(RowError):
    code = "quantity_too_high"
    message = "{field} is {value}; {maximum} is the most that is believed. Check the number."


class NotAFlag(RowError):
    code = "not_a_flag"
    message = "{field} is {value!r}. Write true or false."


class BadOptions(RowError):
    code = "bad_options"
    message = "{field} is {value!r}. Write options like Size=M; Colour=Red."


class DuplicateSku(RowError):
    code = "duplicate_sku"
    message = "{value} is on line {first} already. Give each variant a SKU of its own."


class CostAboveSupplyPrice(RowError):
    code = "cost_above_supply_price"
    message = "{field} {value} is above the supply price {supply_price}. Correct one of them."


class TooManyVariants(RowError):
    code = "too_many_variants"
    message = "{value} has more than {maximum} variants. Split the product ({field})."


class ImageLeftOut(RowError):
    """A note, not a refusal: the product is taken without this picture."""

    code = "image_left_out"
    message = "The picture {value!r} is left out: it is no http or https address, or one too many ({field})."


class TextCut(RowError):
    """A note, not a refusal."""

    code = "text_cut"
    message = "{field} is longer than {maximum} characters and was cut."


@dataclass(frozen=True, slots=True)
class RowRemark:
    """What is to be said about the row that starts on `line` of the file, counted from 1."""

    line: int
    error: PlatformError

    @property
    def field(self) -> str:
        return str(self.error.params.get("field", ""))

    @property
    def reason(self) -> str:
        """A stable word for machines."""
        return self.error.code

    def text(self, translate: Translate) -> str:
        return self.error.text(translate)

    def __str__(self) -> str:
        return f"line {self.line}: {self.error}"
