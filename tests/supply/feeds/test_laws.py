"""Laws of reading: what was written is read, and the order of products is of no account."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared_core.supply import feeds
from shared_core.supply.catalogue.feeds import barcodes, own

words = st.text(st.sampled_from("abcXYZ茶杯é 0123'\"_-."), min_size=1, max_size=12).map(
    lambda text: " ".join(text.split())
)
named = words.filter(bool)
prices = st.none() | st.integers(1, 99_999).map(
    lambda minor: f"{minor // 100}.{minor % 100:02}".rstrip("0").rstrip(".")
)
pictures = st.lists(st.integers(1, 9).map(lambda number: f"https://example.com/{number}.jpg"), unique=True, max_size=3)
codes = st.lists(st.integers(1, 999), unique=True, min_size=1, max_size=4)


def with_check_digit(number: int) -> str:
    return f"{number:012}{barcodes.check_digit(f'{number:012}')}"


@st.composite
def products(draw: st.DrawFn) -> list[feeds.FeedProduct]:
    made = []
    for code in draw(codes):
        skus = [f"S-{code}-{number}" for number in range(draw(st.integers(1, 3)))]
        options = draw(st.lists(st.tuples(named, named), max_size=2, unique_by=lambda pair: pair[0]))
        variants = tuple(
            feeds.FeedVariant(
                line=0,
                sku=sku,
                sku_given=False,
                options=tuple(options),
                barcode=draw(st.just("") | st.integers(0, 10**12 - 1).map(with_check_digit)),
                price=draw(prices),
                cost=draw(prices),
                supply_price=draw(prices),
                quantity=draw(st.none() | st.integers(0, 1_000)),
                grams=draw(st.none() | st.integers(1, 1_000_000)),
            )
            for sku in skus
        )
        product = feeds.FeedProduct(
            line=0,
            code=f"p-{code}",
            title=draw(named),
            description="\n".join(draw(st.lists(named, max_size=2))),
            brand=draw(words),
            category=draw(words),
            active=draw(st.booleans()),
            image_urls=tuple(draw(pictures)),
            variants=variants,
        )
        made.append(product)
    return made


def rows_of(product: feeds.FeedProduct) -> list[list[str]]:
    """The product in our own format, a row for each variant."""
    head = {
        "product": product.code,
        "title": product.title,
        "description": product.description,
        "brand": product.brand,
        "category": product.category,
        "images": " ".join(product.image_urls),
        "active": "true" if product.active else "false",
    }
    rows = []
    for variant in product.variants:
        cells = head | {
            "sku": variant.sku,
            "options": "; ".join(f"{name}={value}" for name, value in variant.options),
            "barcode": variant.barcode,
            "price": variant.price or "",
            "cost": variant.cost or "",
            "supply_price": variant.supply_price or "",
            "weight_grams": "" if variant.grams is None else str(variant.grams),
            "quantity": "" if variant.quantity is None else str(variant.quantity),
        }
        rows.append([cells[column] for column in (*own.REQUIRED, *own.OPTIONAL)])
    return rows


def written(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([(*own.REQUIRED, *own.OPTIONAL), *rows])
    return text.getvalue().encode()


def without_lines(feed: feeds.Feed) -> dict[str, feeds.FeedProduct]:
    return {
        product.code: replace(product, line=0, variants=tuple(replace(each, line=0) for each in product.variants))
        for product in feed.products
    }


@given(products())
def test_what_was_written_is_read(made: list[feeds.FeedProduct]) -> None:
    feed = feeds.read(written([row for product in made for row in rows_of(product)]))
    assert (feed.rejected, feed.notes) == ((), ())
    assert without_lines(feed) == {product.code: product for product in made}


@given(products(), st.randoms(use_true_random=False))
def test_the_order_of_products_is_of_no_account(made: list[feeds.FeedProduct], dice: object) -> None:
    """Rows of different products may even be mixed, as long as each product's own stay in their order."""
    places = [number for number, product in enumerate(made) for _ in product.variants]
    dice.shuffle(places)  # type: ignore[attr-defined]
    waiting = [iter(rows_of(product)) for product in made]
    mixed = feeds.read(written([next(waiting[place]) for place in places]))
    in_order = feeds.read(written([row for product in made for row in rows_of(product)]))
    assert without_lines(mixed) == without_lines(in_order)


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_a_digit_that_was_misread_is_seen(number: int, place: int, other: int) -> None:
    right = with_check_digit(number)
    wrong = right[:place] + str((int(right[place]) + other) % 10) + right[place + 1 :]
    assert not barcodes.is_wrong(right)
    assert barcodes.is_wrong(wrong)
