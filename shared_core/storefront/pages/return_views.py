"""Returns and boxes of an order as pages show them, to the customer and in the back office."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import orders, supply
from shared_core.kernel.i18n import N_
from shared_core.orders import RefundWhen, ReturnState
from shared_core.storefront.pages import return_words
from shared_core.storefront.pages.page import translate
from shared_core.supply import Remedy, ReturnReason

MAY_SEND = (ReturnState.AUTHORISED, ReturnState.SENT)
ARRIVED = (ReturnState.RECEIVED, ReturnState.SETTLED)


@dataclass(frozen=True)
class Box:
    """`url` is where its carrier tells where it is, or nothing; `pieces` are named only where they are not all."""

    carrier: str
    tracking: str
    url: str
    label: str
    tone: str
    pieces: Sequence[str] = ()


@dataclass(frozen=True)
class Parcel:
    """What one supplier sends: its boxes, the `pieces` that are in none yet, and what never comes."""

    label: str
    tone: str
    pieces: Sequence[str]
    boxes: Sequence[Box]
    short: Sequence[str]


@dataclass(frozen=True)
class Return:
    number: str
    order: str
    label: str
    tone: str
    pieces: Sequence[str]
    reason: str
    wanted: str
    words: str
    answer: str
    said: str
    refused: bool
    """The supply side would not take the request; why is not for the customer to read."""
    money: str
    found: Sequence[str]
    address: Sequence[str]
    send_by: datetime | None
    box: Box | None
    new_box: Box | None
    at: datetime
    asked: bool
    may_send: bool
    may_call_off: bool


@dataclass(frozen=True)
class Returnable:
    line_id: int
    title: str
    most: int


def parcels(request: Request, session: Session, row: orders.Order) -> list[Parcel]:
    """Each supplier's part of the order."""
    titles = {line.sku: line.title for line in orders.lines(session, row.id)}
    boxes = orders.shipments(session, row.id)
    return [
        _parcel(request, each, [box for box in boxes if box.parcel_id == each.id], titles)
        for each in orders.parcels(session, row.id)
    ]


def returns(request: Request, session: Session, row: orders.Order) -> list[Return]:
    titles = {line.sku: line.title for line in orders.lines(session, row.id)}
    return [view(request, row, each, titles) for each in orders.returns_of(session, row.id)]


def returnable(session: Session, row: orders.Order) -> list[Returnable]:
    """The lines of which something can be asked back."""
    left = {line: sum(parcels.values()) for line, parcels in orders.returnable(session, row).items()}
    return [
        Returnable(line.id, f"{line.title}{f' · {line.choice}' if line.choice else ''}", left[line.id])
        for line in orders.lines(session, row.id)
        if left.get(line.id)
    ]


def choices(request: Request) -> dict[str, object]:
    """What the form for a return offers."""
    return {
        "reasons": [(each.value, translate(request, label)) for each, label in return_words.REASONS.items()],
        "remedies": [(each.value, translate(request, label)) for each, label in return_words.REMEDIES.items()],
    }


def view(request: Request, row: orders.Order, found: orders.OrderReturn, titles: Mapping[str, str]) -> Return:
    state = ReturnState(found.state)
    label, tone = return_words.STATES[state]
    new = bool(found.new_tracking)
    return Return(
        number=found.number,
        order=row.number,
        label=translate(request, label),
        tone=tone,
        pieces=[_pieces(titles, sku, count) for _, sku, count in found.lines],
        reason=translate(request, return_words.REASONS[ReturnReason(found.reason)]),
        wanted=translate(request, return_words.REMEDIES[Remedy(found.remedy)]),
        words=found.words,
        answer=found.answer,
        said=found.said,
        refused=found.refusal is not None,
        money=_money(request, found),
        found=_found(request, found, titles),
        address=_address(found.address)
        if found.address and state in (ReturnState.AUTHORISED, ReturnState.SENT)
        else (),
        send_by=found.send_by if state is ReturnState.AUTHORISED else None,
        box=_box(request, found.carrier, found.tracking_number, state in ARRIVED) if found.tracking_number else None,
        new_box=_box(request, found.new_carrier, found.new_tracking, bool(found.new_delivered_at)) if new else None,
        at=found.asked_at,
        asked=state is ReturnState.ASKED,
        may_send=state is ReturnState.AUTHORISED,
        may_call_off=state in orders.MAY_CALL_OFF,
    )


OVER = (ReturnState.SETTLED, ReturnState.CANCELLED, ReturnState.EXPIRED)


def _money(request: Request, found: orders.OrderReturn) -> str:
    """What the customer may expect of it."""
    if found.state == ReturnState.SETTLED and found.replaced:
        return translate(request, N_("New ones come, at no charge."))
    if found.refund != RefundWhen.INSPECTED or found.state in OVER:
        return ""
    if found.state == ReturnState.DECLINED:
        return translate(request, N_("No money goes back for it, unless the shop refunds it by hand."))
    if found.state not in (ReturnState.ASKED, ReturnState.REFUSED):
        return translate(request, N_("The money goes back for what is accepted, once it was looked at."))
    return ""


def _found(request: Request, found: orders.OrderReturn, titles: Mapping[str, str]) -> list[str]:
    accepted, refused = N_("{title}: {count} accepted"), N_("{title}: {count} not accepted")
    counts = [
        (words, sku, count)
        for sku, sellable, unsellable, no in found.inspected
        for words, count in ((accepted, sellable + unsellable), (refused, no))
    ]
    return [
        translate(request, words).format(title=titles.get(sku, sku), count=count)
        for words, sku, count in counts
        if count
    ]


def _parcel(
    request: Request, row: orders.Parcel, own: Sequence[orders.ParcelShipment], titles: Mapping[str, str]
) -> Parcel:
    if row.cancelled_at:
        label, tone = N_("not sent"), "bad"
    elif row.delivered_at:
        label, tone = N_("delivered"), "good"
    elif row.shipped_at:
        label, tone = N_("on its way"), "live"
    else:
        label, tone = N_("being packed"), ""
    short = dict(row.lines) if row.cancelled_at and not row.short else {}
    for _, sku, count, _ in row.short:
        short[sku] = short.get(sku, 0) + count
    boxed = Counter[str]()
    for each in own:
        for sku, count in each.lines or row.lines:
            boxed[sku] += count
    coming = [(sku, count - short.get(sku, 0) - boxed[sku]) for sku, count in row.lines]
    packed = row.shipped_at is None and row.cancelled_at is None
    return Parcel(
        label=translate(request, label),
        tone=tone,
        pieces=[_pieces(titles, sku, count) for sku, count in coming if count > 0 and packed],
        boxes=[
            _box(
                request,
                each.carrier,
                each.tracking_number,
                each.delivered_at is not None,
                [_pieces(titles, sku, count) for sku, count in each.lines],
            )
            for each in own
        ],
        short=[_pieces(titles, sku, count) for sku, count in short.items()],
    )


def _box(request: Request, carrier: str, tracking: str, arrived: bool, pieces: Sequence[str] = ()) -> Box:
    label, tone = (N_("delivered"), "good") if arrived else (N_("on its way"), "live")
    return Box(carrier, tracking, supply.tracking_url(carrier, tracking), translate(request, label), tone, pieces)


def _pieces(titles: Mapping[str, str], sku: str, count: int) -> str:
    return f"{titles.get(sku, sku)} × {count}"


def _address(to: Mapping[str, str]) -> list[str]:
    place = " ".join(part for part in (to.get("region"), to.get("city"), to.get("district")) if part)
    lines = (f"{to.get('name', '')} {to.get('phone', '')}", place, to.get("street", ""), to.get("postcode", ""))
    return [line.strip() for line in lines if line.strip()]
