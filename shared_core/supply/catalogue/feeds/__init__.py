"""Product feeds: files from elsewhere, read with patience and without trust."""

from shared_core.supply.catalogue.feeds.barcodes import is_book
from shared_core.supply.catalogue.feeds.detection import FORMATS, SHEET, SheetLook, look, read
from shared_core.supply.catalogue.feeds.errors import (
    ColumnsUnknown,
    FeedFormatUnsupported,
    RowError,
    RowRemark,
    UnknownUnit,
)
from shared_core.supply.catalogue.feeds.mapping import MAJOR, MINOR, UNIT, is_enough
from shared_core.supply.catalogue.feeds.mapping import NAMES as COLUMNS
from shared_core.supply.catalogue.feeds.reading import Feed, FeedDelta, FeedProduct, FeedVariant, FlashLine

__all__ = [
    "COLUMNS",
    "FORMATS",
    "MAJOR",
    "MINOR",
    "SHEET",
    "UNIT",
    "ColumnsUnknown",
    "Feed",
    "FeedDelta",
    "FeedFormatUnsupported",
    "FeedProduct",
    "FeedVariant",
    "FlashLine",
    "RowError",
    "RowRemark",
    "SheetLook",
    "UnknownUnit",
    "is_book",
    "is_enough",
    "look",
    "read",
]
