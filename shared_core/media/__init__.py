"""Pictures: made safe and small, kept as files by content, brought here from elsewhere; documents, kept for few."""

from shared_core.media.errors import (
    AddressNotPublic,
    BadPictureAddress,
    DocumentTooHeavy,
    NotADocument,
    NotAPicture,
    PictureAway,
    PictureChanged,
    PictureRefused,
    PictureTooHeavy,
    TooManyPixels,
    TooManyRedirects,
)
from shared_core.media.fetching import Fetch, SafeFetch
from shared_core.media.gathering import SourceView, gather, own, retry, sources, want, want_exactly
from shared_core.media.images import Rendered, render
from shared_core.media.models import PictureSource
from shared_core.media.private import DOCUMENT_BYTES_MAX, PrivateFile, PrivateStore, read_document
from shared_core.media.rules import BYTES_MAX, WIDTHS, is_digest
from shared_core.media.store import PictureStore

__all__ = [
    "BYTES_MAX",
    "DOCUMENT_BYTES_MAX",
    "WIDTHS",
    "AddressNotPublic",
    "BadPictureAddress",
    "DocumentTooHeavy",
    "Fetch",
    "NotADocument",
    "NotAPicture",
    "PictureAway",
    "PictureChanged",
    "PictureRefused",
    "PictureSource",
    "PictureStore",
    "PictureTooHeavy",
    "PrivateFile",
    "PrivateStore",
    "Rendered",
    "SafeFetch",
    "SourceView",
    "TooManyPixels",
    "TooManyRedirects",
    "gather",
    "is_digest",
    "own",
    "read_document",
    "render",
    "retry",
    "sources",
    "want",
    "want_exactly",
]
