"""What a feed says, whatever its format, and how rows become products with variants."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from shared_core.supply.feeds import skus
from shared_core.supply.feeds.cells import is_picture, plain_text
from shared_core.supply.feeds.errors import (
    DuplicateSku,
    ImageLeftOut,
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
    """Prices are decimal text in units of the currency that the supplier is paid in; None is "not said"."""

    line: int
    sku: str
    sku_given: bool
    options: tuple[tuple[str, str], ...]
    barcode: str
    price: str | None
    cost: str | None
    supply_price: str | None
    quantity: int | None


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


@dataclass(frozen=True, slots=True)
class Feed:
    """`rejected` rows are not among the products; `notes` tell what was taken differently from how it was written."""

    file: str
    format: str
    rows: int
    products: tuple[FeedProduct, ...]
    rejected: tuple[RowRemark, ...]
    notes: tuple[RowRemark, ...]

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


@dataclass(slots=True)
class Entry:
    """One row, read: what it says of its product, and the variant it holds, if any.

    `refused` is why the row as such, or its variant, cannot be taken.
    """

    line: int
    code: str = ""
    title: str = ""
    description: str = ""
    brand: str = ""
    category: str = ""
    active: bool = True
    image_urls: tuple[str, ...] = ()
    variant: FeedVariant | None = None
    refused: RowError | None = None


@dataclass(slots=True)
class _Draft:
    first: Entry
    images: list[str] = field(default_factory=list)
    variants: list[FeedVariant] = field(default_factory=list)


class Assembly:
    """Rows of one feed on their way to products: rows with one code belong together, wherever they stand."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.rejected: list[RowRemark] = []
        self.notes: list[RowRemark] = []
        self._drafts: dict[str, _Draft] = {}
        self._lines: dict[str, int] = {}

    def add(self, entry: Entry) -> None:
        """Take one row in, or say why not."""
        try:
            draft = self._draft(entry)
            self._add_images(draft, entry)
            if entry.refused is not None:
                raise entry.refused
            if entry.variant is not None:
                self._add_variant(draft, entry.variant)
        except RowError as error:
            self.rejected.append(RowRemark(entry.line, error))

    def products(self) -> Iterable[FeedProduct]:
        """Products with at least one variant."""
        for code, draft in self._drafts.items():
            if draft.variants:
                yield FeedProduct(
                    line=draft.first.line,
                    code=code,
                    title=draft.first.title,
                    description=self._description(draft.first),
                    brand=draft.first.brand,
                    category=draft.first.category,
                    active=draft.first.active,
                    image_urls=tuple(draft.images),
                    variants=tuple(draft.variants),
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
        for url in entry.image_urls:
            if url in draft.images:
                continue
            if is_picture(url) and len(draft.images) < IMAGES_PER_PRODUCT_MAX:
                draft.images.append(url)
            else:
                self.notes.append(RowRemark(entry.line, ImageLeftOut(value=url, field=self.columns.images)))

    def _add_variant(self, draft: _Draft, variant: FeedVariant) -> None:
        if not variant.sku:
            sku = skus.derive(draft.first.code, variant.options)
            variant = replace(variant, sku=sku, sku_given=True)
        first = self._lines.setdefault(variant.sku, variant.line)
        if first != variant.line:
            raise DuplicateSku(field=self.columns.sku, value=variant.sku, first=first)
        if len(draft.variants) >= VARIANTS_PER_PRODUCT_MAX:
            code = draft.first.code
            raise TooManyVariants(field=self.columns.code, value=code, maximum=VARIANTS_PER_PRODUCT_MAX)
        draft.variants.append(variant)

    def _description(self, entry: Entry) -> str:
        text = plain_text(entry.description)
        if len(text) > DESCRIPTION_LENGTH_MAX:
            error = TextCut(field=self.columns.description, maximum=DESCRIPTION_LENGTH_MAX)
            self.notes.append(RowRemark(entry.line, error))
        return text[:DESCRIPTION_LENGTH_MAX]
