"""What suppliers' systems are answered. Nothing of it says what a store pays, or which store it is."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel

from shared_core import supply
from shared_core.kernel.money import Money
from shared_core.supply import settlement


class Line(BaseModel):
    sku: str
    quantity: int


class Address(BaseModel):
    name: str
    phone: str
    street: str
    city: str
    region: str
    district: str
    postcode: str
    country: str


class Box(BaseModel):
    """Without `lines`: the whole order."""

    carrier: str
    tracking_number: str
    lines: list[Line]
    shipped_at: datetime
    delivered_at: datetime | None


class Packed(BaseModel):
    """`coming` are sent or will be; `options` as they were when it was bought; `warehouse`: from where, if told."""

    sku: str
    options: list[tuple[str, str]]
    coming: int
    sent: int
    warehouse: str = ""


class Order(BaseModel):
    number: str
    state: str
    placed_at: datetime
    due_at: datetime | None
    late: bool
    ship_to: Address
    lines: list[Packed]
    boxes: list[Box]


class Orders(BaseModel):
    """`cursor` leads on, whether or not there is `more` already."""

    orders: list[Order]
    cursor: int
    more: bool


class Found(BaseModel):
    sku: str
    sellable: int
    unsellable: int
    refused: int


class NewBox(BaseModel):
    carrier: str
    tracking_number: str
    delivered_at: datetime | None


class Return(BaseModel):
    """`words` are the customer's, `said` the supplier's. `replaced`: new pieces are owed, sent or there."""

    number: str
    order: str
    state: str
    reason: str
    remedy: str
    words: str
    said: str
    lines: list[Line]
    address: Address | None
    send_by: datetime | None
    carrier: str
    tracking_number: str
    found: list[Found]
    replaced: bool
    new_box: NewBox | None


class Returns(BaseModel):
    """`before` leads to older ones; null when there are none."""

    returns: list[Return]
    before: str | None


class Goods(BaseModel):
    """`free` can be ordered, `held` wait for payment, `sold` were bought and not given back: of what lies in this
    `warehouse`, or where none was told.
    """

    sku: str
    title: str
    brand: str
    options: list[tuple[str, str]]
    on_offer: bool
    free: int
    held: int
    sold: int
    warehouse: str = ""


class GoodsPage(BaseModel):
    goods: list[Goods]
    more: bool


class Stock(BaseModel):
    goods: list[Goods]


class Amount(BaseModel):
    minor: int
    currency: str


class StatementLine(BaseModel):
    at: datetime
    kind: str
    reference: str
    amount: Amount


class Statement(BaseModel):
    """What is owed to the supplier; a `closed` one never changes."""

    month: str
    since: datetime
    before: datetime
    opening: Amount
    lines: list[StatementLine]
    closing: Amount
    closed: bool


class Months(BaseModel):
    """The newest first: it is not closed yet."""

    months: list[str]


class Me(BaseModel):
    supplier: str
    state: str
    key: str
    scopes: list[str]


def order(detail: supply.SupplierOrderDetail, at: datetime) -> Order:
    return Order(
        number=detail.number,
        state=detail.state,
        placed_at=detail.placed_at,
        due_at=detail.due_at,
        late=detail.is_late(at),
        ship_to=Address(**detail.ship_to.as_json()),
        lines=[
            Packed(
                sku=each.sku,
                options=list(each.options),
                coming=each.quantity,
                sent=each.sent,
                warehouse=each.warehouse,
            )
            for each in detail.lines
        ],
        boxes=[
            Box(
                carrier=each.carrier,
                tracking_number=each.tracking_number,
                lines=_lines(each.lines),
                shipped_at=each.shipped_at,
                delivered_at=each.delivered_at,
            )
            for each in detail.shipments
        ],
    )


def returned(detail: supply.returns.ReturnDetail) -> Return:
    one = detail.returned
    return Return(
        number=one.number,
        order=one.supplier_order,
        state=one.state,
        reason=one.reason,
        remedy=one.remedy,
        words=detail.words,
        said=one.said,
        lines=_lines(one.lines),
        address=Address(**one.address.as_json()) if one.address else None,
        send_by=one.send_by,
        carrier=one.carrier,
        tracking_number=one.tracking_number,
        found=[
            Found(sku=each.sku, sellable=each.sellable, unsellable=each.unsellable, refused=each.refused)
            for each in one.inspected
        ],
        replaced=one.replaced,
        new_box=_new_box(one.new_box),
    )


def goods(found: Iterable[supply.OwnGoods]) -> list[Goods]:
    return [
        Goods(
            sku=each.sku,
            title=each.title,
            brand=each.brand,
            options=list(each.options),
            on_offer=each.on_offer,
            free=each.free,
            held=each.held,
            sold=each.sold,
            warehouse=each.warehouse,
        )
        for each in found
    ]


def statement(told: settlement.Statement) -> Statement:
    return Statement(
        month=told.month,
        since=told.since,
        before=told.before,
        opening=_amount(told.opening),
        lines=[
            StatementLine(at=each.at, kind=each.kind, reference=each.reference, amount=_amount(each.amount))
            for each in told.lines
        ],
        closing=_amount(told.closing),
        closed=told.closed,
    )


def _lines(lines: Sequence[supply.HoldLine]) -> list[Line]:
    return [Line(sku=each.sku, quantity=each.quantity) for each in lines]


def _new_box(box: supply.NewBox | None) -> NewBox | None:
    if box is None:
        return None
    return NewBox(carrier=box.carrier, tracking_number=box.tracking_number, delivered_at=box.delivered_at)


def _amount(money: Money) -> Amount:
    return Amount(minor=money.minor, currency=money.currency)
