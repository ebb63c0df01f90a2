"""What is found, in which order and on which page, is what reading every product one by one would find."""

from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import catalog
from shared_core.kernel.database import Database
from shared_core.kernel.searching import plain
from tests.catalog.offers import SUGGESTED, offer, page
from tests.databases import undone
from tests.supply.goods import NOON

WORDS = ["茶", "红茶", "茶杯", "Tea", "teapot", "e", "ＣＵＰ", "100%", "nowhere"]
BRANDS = ["山野", "Tea House", "x"]
CATEGORIES = ["Tea", "Cups", "茶"]


@dataclass(frozen=True)
class Sku:
    """`state`: "shown", "unlisted" (by the shop), "withdrawn" (by the supply side) or "unpriced"."""

    code: str
    state: str


@dataclass(frozen=True)
class Goods:
    title: str
    brand: str
    category: str
    description: str
    skus: tuple[Sku, ...]


@dataclass(frozen=True)
class Question:
    search: str
    brand: str | None
    category: str | None
    hidden: bool
    resting: bool
    page: int
    per_page: int


def texts(most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS), min_size=1, max_size=most).map(" ".join)


STATES = st.sampled_from(["shown", "shown", "shown", "unlisted", "withdrawn", "unpriced"])
CODES = st.sampled_from(["tea", "e", "茶", "T"])
SKUS = st.lists(st.tuples(CODES, STATES), min_size=1, max_size=2)
GOODS = st.lists(
    st.tuples(texts(1), st.sampled_from(BRANDS), st.sampled_from(CATEGORIES), texts(2), SKUS), min_size=4, max_size=8
).map(
    lambda rows: [
        Goods(
            title, brand, category, text, tuple(Sku(f"{code}-{n}-{m}", state) for m, (code, state) in enumerate(skus))
        )
        for n, (title, brand, category, text, skus) in enumerate(rows)
    ]
)
QUESTIONS = st.builds(
    Question,
    search=st.sampled_from(["", "e-1", "tea-2-0", "-0", "茶", "tea", "x", "e"]) | texts(2),
    brand=st.sampled_from([None, None, *BRANDS]),
    category=st.sampled_from([None, None, *CATEGORIES]),
    hidden=st.booleans(),
    resting=st.sampled_from([False, False, True]),
    page=st.integers(1, 4),
    per_page=st.integers(1, 4),
)


def put(session: Session, goods: list[Goods]) -> None:
    offers = []
    for number, each in enumerate(goods):
        for sku in each.skus:
            cost = None if sku.state == "unpriced" else 4000
            made = offer(sku.code, product=f"g{number}", title=each.title, brand=each.brand, category=each.category)
            product = replace(made.product, description=each.description)
            made = replace(made, product=product, active=sku.state != "withdrawn")
            offers.append(made if cost else replace(made, supply_price=None))
    catalog.sync(session, page(*offers), rule=SUGGESTED, at=NOON)
    for each in goods:
        for sku in each.skus:
            if sku.state == "unlisted":
                catalog.unlist(session, sku=sku.code, at=NOON)


def fit(number: int, each: Goods, word: str) -> int | None:
    """How well a word fits: 0 is best, None: not at all."""
    everywhere = (each.title, each.brand, each.category, f"g{number}", each.description)
    begins = any(plain(sku.code).startswith(word) for sku in each.skus)
    if not begins and word not in plain(" ".join(everywhere)):
        return None
    return 0 if begins or word in plain(each.title) else 1 if word in plain(each.brand) else 2


def read_one_by_one(goods: list[Goods], asked: Question) -> list[str]:
    """Codes of all products that should be found, in order."""
    found = []
    for number, each in enumerate(goods):
        states = {sku.state for sku in each.skus}
        ranks = [fit(number, each, word) for word in set(plain(asked.search).split())]
        if (
            (asked.hidden or "shown" in states)
            and (not asked.resting or "unlisted" in states)
            and asked.brand in (None, each.brand)
            and asked.category in (None, each.category)
            and None not in ranks
        ):
            found.append((sum(rank or 0 for rank in ranks), -number))
    return [f"g{-newest}" for _, newest in sorted(found)]


@given(GOODS, QUESTIONS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_a_page_is_what_reading_every_product_would_give(
    database: Database, goods: list[Goods], asked: Question
) -> None:
    all_codes = read_one_by_one(goods, asked)
    pages = max(1, -(-len(all_codes) // asked.per_page))
    shown = min(asked.page, pages)
    with undone(database) as session:
        put(session, goods)
        found = catalog.products(
            session,
            search=asked.search,
            brand=asked.brand,
            category=asked.category,
            hidden=asked.hidden,
            resting=asked.resting,
            page=asked.page,
            per_page=asked.per_page,
        )
    assert (found.total, found.pages, found.page) == (len(all_codes), pages, shown)
    assert [each.code for each in found.products] == all_codes[(shown - 1) * asked.per_page : shown * asked.per_page]
