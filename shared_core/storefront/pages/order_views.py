"""Orders as pages show them, to the customer and in the back office."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import catalog, orders
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.orders import State
from shared_core.storefront.pages import art, return_views, words
from shared_core.storefront.pages.page import translate
from shared_core.storefront.shop import Shop

PICTURES_MAX = 3
"""Pictures beside an order in a list."""


@dataclass(frozen=True)
class Line:
    id: int
    sku: str
    title: str
    options: str
    quantity: int
    total: Money
    picture: str
    refunded_quantity: int
    refunded: Money

    @property
    def refundable(self) -> int:
        """Pieces that can still be given back."""
        return self.quantity - self.refunded_quantity


@dataclass(frozen=True)
class Step:
    """`state` is the class in the timeline: done, now, todo or lost."""

    label: str
    state: str
    at: datetime | None


@dataclass(frozen=True)
class Summary:
    """An order in a list, with the pictures of its first goods."""

    number: str
    placed_at: datetime
    total: Money
    summary: str
    state_label: str
    tone: str
    pictures: Sequence[str]
    customer: str = ""


@dataclass(frozen=True)
class OrderView:
    number: str
    state: State
    state_label: str
    headline: str
    tone: str
    placed_at: datetime
    lines: Sequence[Line]
    goods: Money
    freight: Money
    total: Money
    refunded: Money
    steps: Sequence[Step]
    parcels: Sequence[return_views.Parcel]
    returns: Sequence[return_views.Return]
    address: Sequence[str]
    tail: Money
    """What the shop lets the customer off so that the amount is unique."""

    @property
    def to_pay(self) -> Money:
        return self.total - self.tail

    @property
    def kept(self) -> Money:
        """What the customer pays in the end."""
        return self.to_pay - min(self.refunded, self.to_pay)

    @property
    def can_cancel(self) -> bool:
        return self.state is State.PLACED

    @property
    def can_ask_back(self) -> bool:
        """Whether the customer may still ask for their money."""
        return self.state in orders.SOLD and self.state is not State.COMPLETED


def view(request: Request, session: Session, shop: Shop, row: orders.Order) -> OrderView:
    state = State(row.state)
    said = words.ORDER[state]
    lines = orders.lines(session, row.id)
    looks = catalog.looks(session, skus=[each.sku for each in lines])
    tail = _tail(session, row)
    return OrderView(
        number=row.number,
        state=state,
        state_label=translate(request, said.label),
        headline=translate(request, said.headline),
        tone=said.tone,
        placed_at=row.placed_at or row.written_at,
        lines=[_line(shop, each, row.currency, looks.get(each.sku)) for each in lines],
        goods=Money(row.goods_minor, row.currency),
        freight=Money(row.freight_minor, row.currency),
        total=Money(row.total_minor, row.currency),
        refunded=Money(min(row.refunded_minor, row.total_minor - tail.minor), row.currency),
        steps=timeline(request, state, orders.steps(session, row.id)),
        parcels=return_views.parcels(request, session, row),
        returns=return_views.returns(request, session, row),
        address=_address(row),
        tail=tail,
    )


def summaries(
    request: Request, session: Session, shop: Shop, rows: Sequence[orders.Order], customers: Mapping[int, str]
) -> Sequence[Summary]:
    """Orders of a list; reads the lines of each. `customers` are names by the buyer's id, else the address has one."""
    lines = [orders.lines(session, row.id) for row in rows]
    shown = [each[:PICTURES_MAX] for each in lines]
    looks = catalog.looks(session, skus={line.sku for each in shown for line in each})
    return [
        _summary(
            request,
            row,
            every,
            pictures=[_picture(shop, line, looks.get(line.sku)) for line in first],
            customer=customers.get(row.buyer_id) or str(row.address.get("name", "")),
        )
        for row, every, first in zip(rows, lines, shown, strict=True)
    ]


def _summary(
    request: Request,
    row: orders.Order,
    lines: Sequence[orders.OrderLine],
    *,
    pictures: Sequence[str],
    customer: str,
) -> Summary:
    said = words.ORDER[State(row.state)]
    pieces = sum(line.quantity for line in lines)
    first = f"{lines[0].title} × {lines[0].quantity}" if lines else ""
    rest = pieces - lines[0].quantity if lines else 0
    return Summary(
        number=row.number,
        placed_at=row.placed_at or row.written_at,
        total=Money(row.total_minor, row.currency),
        summary=first + (translate(request, N_(" and {count} more")).format(count=rest) if rest else ""),
        state_label=translate(request, said.label),
        tone=said.tone,
        pictures=pictures,
        customer=customer,
    )


def _tail(session: Session, row: orders.Order) -> Money:
    expected = orders.expectation(session, row.id)
    return Money(expected.tail_minor if expected else 0, row.currency)


def timeline(request: Request, state: State, happened: Iterable[orders.OrderStep]) -> list[Step]:
    """What happened, and what is still to come if all goes well."""
    first: dict[State, orders.OrderStep] = {}
    for each in happened:
        first.setdefault(State(each.state), each)
    if state not in words.MILESTONES:
        return [_past(request, State(each.state), each) for each in first.values() if each.state != State.DRAFT]
    milestones = list(words.MILESTONES)
    reached = milestones.index(state)
    steps = []
    for place, milestone in enumerate(milestones):
        mark = "done" if place <= reached else "now" if place == reached + 1 else "todo"
        step = first.get(milestone)
        steps.append(Step(translate(request, words.MILESTONES[milestone]), mark, step.at if step else None))
    return steps


def _past(request: Request, state: State, step: orders.OrderStep) -> Step:
    label = words.MILESTONES.get(state) or words.ORDER[state].label
    why = words.REASONS.get(step.reason, step.reason)
    text = translate(request, label) + (f" ({translate(request, why)})" if why else "")
    return Step(text, "done" if state in words.MILESTONES else "lost", step.at)


def _picture(shop: Shop, row: orders.OrderLine, look: catalog.Look | None) -> str:
    return art.product_picture(shop, row.product_code, look.pictures if look else ())


def _line(shop: Shop, row: orders.OrderLine, currency: str, look: catalog.Look | None) -> Line:
    return Line(
        id=row.id,
        sku=row.sku,
        title=row.title,
        options=row.choice,
        quantity=row.quantity,
        total=Money(row.goods_net_minor, currency),
        picture=_picture(shop, row, look),
        refunded_quantity=row.refunded_quantity,
        refunded=Money(row.refunded_minor, currency),
    )


def _address(row: orders.Order) -> list[str]:
    to = row.address
    place = " ".join(part for part in (to.get("region"), to.get("city"), to.get("district")) if part)
    lines = (f"{to.get('name', '')} {to.get('phone', '')}", place, to.get("street", ""), to.get("postcode", ""))
    return [line.strip() for line in lines if line.strip()]
