"""What staff see around an order: parcels to send, money promised back, who earns on it, who bought and sold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import members, orders, rewards, supply
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, zero
from shared_core.orders import DisputeState
from shared_core.rewards import EarningState
from shared_core.storefront.admin import acting
from shared_core.storefront.pages import earning_views, plan_words, words
from shared_core.storefront.pages.page import translate
from shared_core.storefront.shop import Shop

SUPPLIER_STATES = {
    "placed": (N_("to be sent"), "warn"),
    "accepted": (N_("to be sent"), "warn"),
    "shipped": (N_("on its way"), "live"),
    "delivered": (N_("delivered"), "good"),
    "cancelled": (N_("not sent"), "bad"),
}
"""Label and tone."""


@dataclass(frozen=True)
class Parcel:
    number: str
    supplier: str
    summary: str
    carrier: str
    tracking: str
    state_label: str
    tone: str
    can_ship: bool
    can_deliver: bool


@dataclass(frozen=True)
class Share:
    code: str
    name: str
    why: str
    amount: Money
    state_label: str
    tone: str
    counts: bool
    """Whether it is owed: not before the order is paid, and not when nothing is left of it."""


@dataclass(frozen=True)
class Promise:
    """Money promised back; `sent_at` is empty until it was sent."""

    number: str
    amount: Money
    reason: str
    at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class Claimed:
    """A dispute: `who` opened and, when it is over, ended it."""

    number: str
    amount: Money
    fee: Money
    reason: str
    reference: str
    at: datetime
    who: str
    state_label: str
    tone: str
    open: bool
    note: str


def around(request: Request, session: Session, shop: Shop, row: orders.Order) -> dict[str, object]:
    """The rest of the order's page, by name."""
    shares = _shares(request, session, row)
    disputes = orders.disputes(session, row.id)
    people = [row.buyer_id, *([row.seller_id] if row.seller_id else [])]
    people += acting.people_of(actor for each in disputes for actor in (each.opened_by, each.ended_by)).values()
    names = members.names(session, people)
    return {
        "parcels": _parcels(request, session, row),
        "to_look_at": {
            each.returned.number: each.returned for each in supply.returns.listed(session, references=[row.number])
        },
        "refusals": _refusals(request, session, row),
        "shares": shares,
        "shares_total": sum((each.amount for each in shares if each.counts), zero(row.currency)),
        "refunds": [
            Promise(
                each.number,
                Money(each.cash_minor, row.currency),
                translate(request, words.REASONS.get(each.reason, each.reason)),
                each.at,
                each.sent_at,
            )
            for each in orders.refunds(session, row.id)
        ],
        "disputes": [_claimed(request, row, each, names) for each in disputes],
        "dispute_reasons": [(key, translate(request, label)) for key, label in orders.DISPUTE_REASONS.items()],
        "requests": [each for each in orders.refund_requests(session, row.id) if each.answered_at is None],
        "customer": names.get(row.buyer_id) or str(row.address.get("name", "")),
        "seller": names.get(row.seller_id, "") if row.seller_id else "",
        "entered": _entry(session, row),
        "supply_pending": row.state in orders.SOLD and row.supply_state == "none",
        "unsent": not any(each.shipped_at for each in orders.parcels(session, row.id)),
    }


def _refusals(request: Request, session: Session, row: orders.Order) -> dict[str, str]:
    """Why the supply side would not take returns, by their numbers; customers are only told that it would not."""
    found = {each.number: orders.refusal_of(each) for each in orders.returns_of(session, row.id)}
    return {number: why.text(partial(translate, request)) for number, why in found.items() if why}


def _entry(session: Session, row: orders.Order) -> dict[str, str] | None:
    """Who entered the order for its buyer, and from which group."""
    made = orders.entry(session, row.id)
    if made is None:
        return None
    return {"by": members.names(session, [made.entered_by]).get(made.entered_by, ""), "group": made.group_name}


def _claimed(request: Request, row: orders.Order, made: orders.Dispute, names: Mapping[int, str]) -> Claimed:
    label, tone = words.DISPUTES[DisputeState(made.state)]
    actors = [each for each in (made.opened_by, made.ended_by) if each]
    return Claimed(
        number=made.number,
        amount=Money(made.amount_minor, row.currency),
        fee=Money(made.fee_minor, row.currency),
        reason=translate(request, orders.DISPUTE_REASONS[made.reason]),
        reference=made.reference,
        at=made.opened_at,
        who=" · ".join(acting.named(each, names) for each in actors),
        state_label=translate(request, label),
        tone=tone,
        open=made.state == DisputeState.OPEN,
        note=made.note,
    )


def _parcels(request: Request, session: Session, row: orders.Order) -> Sequence[Parcel]:
    titles = {line.sku: line.title for line in orders.lines(session, row.id)}
    suppliers = {each.code: each.name for each in supply.suppliers(session)}
    own = supply.supplier_orders(session, references=[row.number])
    numbers = {each.number for each in own}
    elsewhere = [each for each in orders.parcels(session, row.id) if each.supplier_order not in numbers]
    return [*(_from_hub(request, each, titles) for each in elsewhere)] + [
        Parcel(
            number=each.number,
            supplier=suppliers.get(each.supplier, each.supplier),
            summary=", ".join(_packed(titles.get(line.sku, line.sku), line) for line in each.lines),
            carrier=" · ".join(dict.fromkeys(sent.carrier for sent in each.shipments)),
            tracking=" · ".join(sent.tracking_number for sent in each.shipments),
            state_label=translate(request, SUPPLIER_STATES[each.state][0]),
            tone=SUPPLIER_STATES[each.state][1],
            can_ship=each.state in ("placed", "accepted") and bool(each.lines),
            can_deliver=each.state == "shipped",
        )
        for each in own
    ]


def _from_hub(request: Request, row: orders.Parcel, titles: Mapping[str, str]) -> Parcel:
    """A parcel that a hub's supplier sends: the shop hears what becomes of it."""
    state = "placed"
    if row.cancelled_at is not None:
        state = "cancelled"
    elif row.delivered_at is not None:
        state = "delivered"
    elif row.shipped_at is not None:
        state = "shipped"
    return Parcel(
        number=row.supplier_order,
        supplier=row.supplier,
        summary=", ".join(f"{titles.get(sku, sku)} × {quantity}" for sku, quantity in row.lines),
        carrier=row.carrier,
        tracking=row.tracking_number,
        state_label=translate(request, SUPPLIER_STATES[state][0]),
        tone=SUPPLIER_STATES[state][1],
        can_ship=False,
        can_deliver=False,
    )


def _packed(title: str, line: supply.PackLine) -> str:
    choice = " / ".join(value for _, value in line.options)
    return f"{title}{f' · {choice}' if choice else ''} × {line.quantity}"


def _shares(request: Request, session: Session, row: orders.Order) -> Sequence[Share]:
    earned = rewards.earnings_on(session, row.id)
    names = members.names(session, rewards.payees(earned))
    shares = []
    for each in earned:
        label, tone = plan_words.KEPT_BACK if each.held_minor else plan_words.EARNINGS[EarningState(each.state)]
        why = f"{translate(request, plan_words.PAYEES[each.payee])} · {earning_views.rate(request, each)}"
        amount = Money(each.net_minor, each.currency)
        counts = each.state in (EarningState.PENDING, EarningState.AVAILABLE)
        shares.append(
            Share(
                each.code,
                earning_views.payee(request, each, names),
                why,
                amount,
                translate(request, label),
                tone,
                counts,
            )
        )
    return shares
