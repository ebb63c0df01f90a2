"""What a feed says, whatever its format, and how rows become products with variants."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time

from shared_core.supply.catalogue.feeds import barcodes, skus
from shared_core.supply.catalogue.feeds.cells import is_picture, plain_text
from shared_core.supply.catalogue.feeds.errors import (
    BarcodeLeftOut,
    DuplicateSku,
    ImageLeftOut,
    NoVariants,
    RowError,
    RowRemark,
    TextCut,
    TooManyVariants,
    ValueMissing,
)

DESCRIPTION_LENGTH_MAX = 20_000
IMAGES_PER_PRODUCT_MAX = 50
VARIANTS_PER_PRODUCT_MAX = 2_000


@dataclass(frozen=True, slots=True)
class FeedVariant:
    """Prices are decimal text in units of a currency; None is "not said".

    `currency` is "" where the file names none: it is then the one that the supplier is paid in. `file` is "" where the
    feed is one file. `picture` is the address of the one that shows this variant alone, one of its product's.
    """

    line: int
    sku: str
    sku_given: bool
    options: tuple[tuple[str, str], ...]
    barcode: str
    price: str | None
    cost: str | None
    supply_price: str | None
    quantity: int | None
    currency: str = ""
    file: str = ""
    picture: str = ""
    grams: int | None = None


@dataclass(frozen=True, slots=True)
class FeedDelta:
    """New prices or a new count of a SKU that is known; what is None stays as it is."""

    line: int
    sku: str
    price: str | None = None
    cost: str | None = None
    supply_price: str | None = None
    quantity: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class FlashLine:
    """A product in a sale of limited time, as the other platform has it: `per_customer` is the most one may buy."""

    line: int
    code: str
    """Of its sale and the session within it."""
    sale: str
    product: str
    price: str
    quantity: int
    per_customer: int | None
    first_day: date
    last_day: date
    from_hour: time
    to_hour: time


@dataclass(frozen=True, slots=True)
class FeedProduct:
    line: int
    code: str
    title: str
    description: str
    brand: str
    category: str
    active: bool
    image_urls: tuple[str, ...]
    variants: tuple[FeedVariant, ...]
    image_alts: Mapping[str, str] = field(default_factory=dict)
    category_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """`rejected` rows are not among the products; `notes` tell what was taken differently from how it was written.

    `deltas` change SKUs that are known. `columns` is which column of the file was read as which of ours, where that
    had to be found out; "" where none was to be. `doubtful` are those of ours that could have been read from others of
    the file's as well. `silent` are our columns that a sheet does not have, so that
    it says nothing of them. `flash_lines` are told; sales of limited time do not come in with products.
    """

    file: str
    format: str
    rows: int
    products: tuple[FeedProduct, ...]
    rejected: tuple[RowRemark, ...]
    notes: tuple[RowRemark, ...]
    deltas: tuple[FeedDelta, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    doubtful: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    flash_lines: tuple[FlashLine, ...] = ()

    @property
    def variants(self) -> int:
        return sum(len(product.variants) for product in self.products)

    @property
    def skus_given(self) -> int:
        """How many variants had no SKU and were given one by the rule in `skus`."""
        return sum(variant.sku_given for product in self.products for variant in product.variants)


@dataclass(slots=True)
class Columns:
    """What a format calls the things that messages must name."""

    code: str
    title: str
    description: str
    images: str
    sku: str
    barcode: str = "barcode"


@dataclass(slots=True)
class Entry:
    """One row, read: what it says of its product, and the variant it holds, if any; or a delta, and nothing else.

    `category_path` are the categories that hold its own, the widest first. `image_alts`: what is on a picture, by its
    address. `refused` is why the row as such, or its variant, cannot be taken.
    """

    line: int
    code: str = ""
    title: str = ""
    description: str = ""
    brand: str = ""
    category: str = ""
    category_path: tuple[str, ...] = ()
    active: bool = True
    image_urls: tuple[str, ...] = ()
    image_alts: dict[str, str] = field(default_factory=dict)
    variant: FeedVariant | None = None
    delta: FeedDelta | None = None
    refused: RowError | None = None
    file: str = ""


@dataclass(slots=True)
class _Draft:
    first: Entry
    lost: bool = False
    images: list[str] = field(default_factory=list)
    alts: dict[str, str] = field(default_factory=dict)
    variants: list[FeedVariant] = field(default_factory=list)


class Assembly:
    """Rows of one feed on their way to products: rows with one code belong together, wherever they stand."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.rejected: list[RowRemark] = []
        self.notes: list[RowRemark] = []
        self.deltas: list[FeedDelta] = []
        self._drafts: dict[str, _Draft] = {}
        self._lines: dict[str, tuple[str, int]] = {}

    def add(self, entry: Entry) -> None:
        """Take one row in, or say why not."""
        try:
            if entry.delta is not None:
                self._once(entry.delta.sku, entry)
                self.deltas.append(entry.delta)
                return
            draft = self._draft(entry)
            self._add_images(draft, entry)
            if entry.refused is not None:
                raise entry.refused
            if entry.variant is not None:
                self._add_variant(draft, entry, entry.variant)
        except RowError as error:
            if entry.code in self._drafts:
                self._drafts[entry.code].lost = True
            self.rejected.append(RowRemark(entry.line, error, entry.file))

    def products(self) -> Iterable[FeedProduct]:
        """Products with at least one variant. One without any is refused, unless its variants were already."""
        for code, draft in self._drafts.items():
            if not draft.variants and not draft.lost:
                error = NoVariants(field=self.columns.code, value=code)
                self.rejected.append(RowRemark(draft.first.line, error, draft.first.file))
            path = draft.first.category_path
            if draft.variants:
                yield FeedProduct(
                    line=draft.first.line,
                    code=code,
                    title=draft.first.title,
                    description=self._description(draft.first),
                    brand=draft.first.brand,
                    category=draft.first.category,
                    category_path=path if path != (draft.first.category,) else (),
                    active=draft.first.active,
                    image_urls=tuple(draft.images),
                    variants=tuple(draft.variants),
                    image_alts={url: draft.alts[url] for url in draft.images if url in draft.alts},
                )

    def _draft(self, entry: Entry) -> _Draft:
        known = self._drafts.get(entry.code)
        if known is not None:
            return known
        if not entry.code:
            raise entry.refused or ValueMissing(field=self.columns.code)
        if not entry.title:
            raise entry.refused or ValueMissing(field=self.columns.title)
        self._drafts[entry.code] = _Draft(entry)
        return self._drafts[entry.code]

    def _add_images(self, draft: _Draft, entry: Entry) -> None:
        for url, alt in entry.image_alts.items():
            draft.alts.setdefault(url, alt)
        for url in entry.image_urls:
            if url in draft.images:
                continue
            if is_picture(url) and len(draft.images) < IMAGES_PER_PRODUCT_MAX:
                draft.images.append(url)
            else:
                self._note(entry, ImageLeftOut(value=url, field=self.columns.images))

    def _add_variant(self, draft: _Draft, entry: Entry, variant: FeedVariant) -> None:
        if not variant.sku:
            sku = skus.derive(draft.first.code, variant.options)
            variant = replace(variant, sku=sku, sku_given=True)
        self._once(variant.sku, entry)
        barcode = barcodes.normalised(variant.barcode)
        if barcodes.is_wrong(barcode):
            self._note(entry, BarcodeLeftOut(field=self.columns.barcode, value=variant.barcode))
            barcode = ""
        variant = replace(variant, barcode=barcode)
        if variant.picture not in draft.images:
            variant = replace(variant, picture="")
        if len(draft.variants) >= VARIANTS_PER_PRODUCT_MAX:
            code = draft.first.code
            raise TooManyVariants(field=self.columns.code, value=code, maximum=VARIANTS_PER_PRODUCT_MAX)
        draft.variants.append(replace(variant, file=entry.file) if entry.file else variant)

    def _once(self, sku: str, entry: Entry) -> None:
        first = self._lines.setdefault(sku, (entry.file, entry.line))
        if first != (entry.file, entry.line):
            raise DuplicateSku(field=self.columns.sku, value=sku, first=first[1])

    def _note(self, entry: Entry, error: RowError) -> None:
        self.notes.append(RowRemark(entry.line, error, entry.file))

    def _description(self, entry: Entry) -> str:
        text = plain_text(entry.description)
        if len(text) > DESCRIPTION_LENGTH_MAX:
            self._note(entry, TextCut(field=self.columns.description, maximum=DESCRIPTION_LENGTH_MAX))
        return text[:DESCRIPTION_LENGTH_MAX]
