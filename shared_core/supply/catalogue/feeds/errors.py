"""Why a row of a feed cannot be taken. Each says where it is and what to do about it."""

from dataclasses import dataclass

from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.errors import Invalid, PlatformError, Translate


class FeedFormatUnsupported(Invalid):
    code = "feed_format_unsupported"
    message = "There is no feed format {format}. Use one of: {known}."


class ColumnsUnknown(FileUnreadable):
    """A table of no known format, whose columns are to be said."""

    code = "columns_unknown"


class UnknownUnit(Invalid):
    code = "unknown_unit"
    message = "Amounts cannot be in {value!r}: write major for 12.50, or minor for 1250 in the smallest unit."


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


class NotAWeight(RowError):
    code = "not_a_weight"
    message = "{field} is {value!r}, which is not a weight of up to 1000 kg. Write it like 350 g or 1.2 kg."


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


class ParentMissing(RowError):
    code = "parent_missing"
    message = "{field} is {value!r}, which is in no row of this file. Put it in, or correct the reference."


class NoVariants(RowError):
    code = "no_variants"
    message = "{value} has nothing that can be bought ({field}). Give it a row with a SKU or a price."


class NotShipped(RowError):
    code = "not_shipped"
    message = "{field} is {value!r}: nothing of it is sold here. Leave it out."


class DeletedThere(RowError):
    code = "deleted_there"
    message = "It is deleted in the shop that the file comes from ({field}). Leave it out, or restore it there."


class PriceOfMany(RowError):
    code = "price_of_many"
    message = "{field} is for {value} units and does not divide into a price for one. Write the price of one unit."


class NothingSaid(RowError):
    code = "nothing_said"
    message = "{field} stands alone: the row has neither a price nor a quantity. Fill one in."


class OtherCurrency(RowError):
    code = "other_currency"
    message = "{field} is {value}, but this supplier is paid in {currency}. Give a price in {currency}."


class SkuUnknown(RowError):
    """Of a file that only brings new prices or quantities."""

    code = "sku_unknown"
    message = "{value} is no SKU of this supplier ({field}). Import the product first."


class SkuNotHere(RowError):
    """Of a price list, which may name SKUs of any supplier."""

    code = "sku_not_here"
    message = "There is no SKU {value} ({field}). Import the product first."


class SaleMissing(RowError):
    code = "sale_missing"
    message = "{field} is {value!r}, but there is no such sale. Nothing can be sold in it."


class FlashSaleOver(RowError):
    code = "flash_sale_over"
    message = "The sale {value} ends on {last_day}: none of its sessions is among the days that are planned."


class FlashNotCheaper(RowError):
    code = "flash_not_cheaper"
    message = "{field} {value} is not below the ordinary price {ordinary} of {sku}. Correct one of them."


class FlashBelowSupply(RowError):
    code = "flash_below_supply"
    message = "{field} {value} is below the supply price {supply} of {sku}. Agree on a part of the price for the sale."


class FlashTooFew(RowError):
    code = "flash_too_few"
    message = "{field} is {value}: nothing can be sold. Write at least 1."


class FlashTwice(RowError):
    code = "flash_twice"
    message = "{value} is in this session of the sale already, by another line. Keep one of them."


class BadInstant(RowError):
    code = "bad_instant"
    message = "{field} is {value!r}, which is no day or hour. Write 2026-03-02 or 08:00:00."


class BadList(RowError):
    code = "bad_list"
    message = "{field} is {value!r}, which is no JSON list. Export the table again."


class CostAboveSupplyPrice(RowError):
    code = "cost_above_supply_price"
    message = "{field} {value} is above the supply price {supply_price}. Correct one of them."


class OwnCost(RowError):
    code = "own_cost"
    message = "{sku} is of this supplier itself: its cost comes with its feed. Leave {field} empty."


class CostsDiffer(RowError):
    code = "costs_differ"
    message = "{sku} costs {value} here and {first} on another line. One supplier gets the same from each warehouse."


class SourceWithoutCost(RowError):
    code = "source_without_cost"
    message = "{sku} is of another supplier, and this one has not said yet what it gets for it. Fill in {field}."


class SourceWithoutWarehouse(RowError):
    code = "source_without_warehouse"
    message = "{sku} is of another supplier. Fill in the {field} in which its pieces lie."


class WarehouseUnknown(RowError):
    code = "warehouse_unknown"
    message = "{supplier} has no warehouse {value!r}. Make it first: platformctl hub warehouse put"


class FloorAboveSuggested(RowError):
    code = "floor_above_suggested"
    message = "{field} {value} is above the suggested price {suggested}. Correct one of them."


class TooManyVariants(RowError):
    code = "too_many_variants"
    message = "{value} has more than {maximum} variants. Split the product ({field})."


class ImageLeftOut(RowError):
    """A note, not a refusal: the product is taken without this picture."""

    code = "image_left_out"
    message = "The picture {value!r} is left out: it is no http or https address, or one too many ({field})."


class BarcodeLeftOut(RowError):
    """A note, not a refusal: the variant is taken without it."""

    code = "barcode_left_out"
    message = "{field} {value} is left out: its check digit or length is wrong for an EAN or UPC. Scan it again."


class TextCut(RowError):
    """A note, not a refusal."""

    code = "text_cut"
    message = "{field} is longer than {maximum} characters and was cut."


@dataclass(frozen=True, slots=True)
class RowRemark:
    """What is to be said about the row that starts on `line` of the file, counted from 1.

    `file` is named where a feed has several.
    """

    line: int
    error: PlatformError
    file: str = ""

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
        place = f"{self.file}, line {self.line}" if self.file else f"line {self.line}"
        return f"{place}: {self.error}"
