"""A sale event as the console shows it: its goods with what is gone of each, and how storefronts will see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console import words
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.supply import sales

NOTES_SHOWN_MAX = 10
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class SaleListed:
    """One sale in a list; `gone` are the pieces that are held or sold, of `pieces`."""

    code: str
    title: str
    brand: str
    state: str
    tone: str
    starts_at: datetime
    ends_at: datetime
    skus: int
    pieces: int
    gone: int
    running: bool


@dataclass(frozen=True, slots=True)
class GoodsShown:
    """`usual` is the SKU as it is on the shelf; None where it has gone from there."""

    spec: sales.SaleGoodsSpec
    usual: supply.ShelfGoods | None
    held: int
    sold: int

    @property
    def left(self) -> int:
        return self.spec.quantity - self.held - self.sold


@dataclass(frozen=True, slots=True)
class CardShown:
    """A product as it stands in a storefront, at the recommended price; `several`: its SKUs have several."""

    title: str
    brand: str
    picture: str
    price: Money
    several: bool
    per_customer_max: int | None


@dataclass(frozen=True, slots=True)
class SaleShown:
    """`stores`: name, pieces held, pieces sold. `notes`: what is allowed and may be a mistake."""

    report: sales.SaleReport
    listed: SaleListed
    goods: tuple[GoodsShown, ...]
    stores: tuple[tuple[str, int, int], ...]
    cards: tuple[CardShown, ...]
    notes: tuple[str, ...]
    notes_more: int

    @property
    def may_change(self) -> bool:
        return self.report.state in sales.NOT_BEGUN

    @property
    def may_end(self) -> bool:
        return self.may_change or self.listed.running


def in_list(said: Translate, told: sales.SaleReport) -> SaleListed:
    spec, state = told.sale, words.SALE[told.state]
    return SaleListed(
        code=spec.code,
        title=spec.title,
        brand=spec.brand,
        state=said(state.label),
        tone=state.tone,
        starts_at=spec.starts_at,
        ends_at=spec.ends_at,
        skus=len(spec.goods),
        pieces=sum(each.quantity for each in spec.goods),
        gone=sum(told.taken.values()),
        running=told.state is sales.SaleState.RUNNING,
    )


def shown(session: Session, told: sales.SaleReport, said: Translate) -> SaleShown:
    spec = told.sale
    pieces = sales.pieces_by_store(session, spec.code)
    usual = supply.goods_of_skus(session, [each.sku for each in spec.goods], currency=spec.currency)
    goods = tuple(
        GoodsShown(
            spec=each,
            usual=usual.get(each.sku),
            held=sum(of.held for of in pieces if of.sku == each.sku),
            sold=sum(of.sold for of in pieces if of.sku == each.sku),
        )
        for each in spec.goods
    )
    over = told.state in (sales.SaleState.ENDED, sales.SaleState.WITHDRAWN)
    notes = [] if over else [*_as_dear(goods, said), *_too_few(goods, said), *_overlaps(session, spec, said)]
    return SaleShown(
        report=told,
        listed=in_list(said, told),
        goods=goods,
        stores=tuple(_by_store(pieces)),
        cards=tuple(_card(spec, [*each]) for _, each in groupby(_on_shelf(goods), key=lambda each: each[1].product)),
        notes=tuple(notes[:NOTES_SHOWN_MAX]),
        notes_more=max(0, len(notes) - NOTES_SHOWN_MAX),
    )


def _by_store(pieces: Sequence[sales.StorePieces]) -> list[tuple[str, int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for each in pieces:
        held, sold = found.get(each.store, (0, 0))
        found[each.store] = held + each.held, sold + each.sold
    return [(store, held, sold) for store, (held, sold) in found.items()]


def _on_shelf(goods: Sequence[GoodsShown]) -> list[tuple[sales.SaleGoodsSpec, supply.ShelfGoods]]:
    """Product by product, in the order of their first SKUs."""
    there = [(each.spec, each.usual) for each in goods if each.usual is not None]
    order: Mapping[str, int] = {usual.product: -place for place, (_, usual) in enumerate(reversed(there))}
    return sorted(there, key=lambda each: order[each[1].product])


def _card(spec: sales.SaleSpec, goods: Sequence[tuple[sales.SaleGoodsSpec, supply.ShelfGoods]]) -> CardShown:
    _, usual = goods[0]
    prices = {each.retail.minor for each, _ in goods}
    limits = [each.per_customer_max for each, _ in goods if each.per_customer_max is not None]
    return CardShown(
        title=usual.title,
        brand=usual.brand,
        picture=usual.picture,
        price=Money(min(prices), spec.currency),
        several=len(prices) > 1,
        per_customer_max=min(limits, default=None),
    )


def _as_dear(goods: Sequence[GoodsShown], said: Translate) -> list[str]:
    text = said(N_("{sku} is not recommended at less than usual. Storefronts leave out what is no cheaper in a sale."))
    usual = [(each.spec, each.usual.suggested) for each in goods if each.usual is not None]
    return [text.format(sku=spec.sku) for spec, price in usual if price is not None and spec.retail >= price]


def _too_few(goods: Sequence[GoodsShown], said: Translate) -> list[str]:
    """Pieces are a limit and no stock of their own: there may be fewer in the end."""
    text = said(N_("{sku}: {left} pieces are left in the sale, and {free} are free in stock."))
    return [
        text.format(sku=each.spec.sku, left=each.left, free=each.usual.free)
        for each in goods
        if each.usual is not None and each.usual.free < each.left
    ]


def _overlaps(session: Session, spec: sales.SaleSpec, said: Translate) -> list[str]:
    text = said(N_("{sku} is also in the sale {title} ({code}) at the same time."))
    return [text.format(sku=each.sku, title=each.title, code=each.sale) for each in sales.overlaps(session, spec)]
