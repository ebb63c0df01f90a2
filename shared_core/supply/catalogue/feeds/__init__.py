"""Product feeds: files from elsewhere, read with patience and without trust."""

from shared_core.supply.catalogue.feeds.barcodes import is_book
from shared_core.supply.catalogue.feeds.detection import FORMATS, read
from shared_core.supply.catalogue.feeds.errors import FeedFormatUnsupported, RowError, RowRemark
from shared_core.supply.catalogue.feeds.reading import Feed, FeedDelta, FeedProduct, FeedVariant, FlashLine

__all__ = [
    "FORMATS",
    "Feed",
    "FeedDelta",
    "FeedFormatUnsupported",
    "FeedProduct",
    "FeedVariant",
    "FlashLine",
    "RowError",
    "RowRemark",
    "is_book",
    "read",
]
