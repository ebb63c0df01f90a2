"""What goes over the wire between a shop and its hub; docs/hub-api.md is the contract.

Questions are read strictly: what the hub does not know it refuses. Answers are the gateway's own values, and are read
tolerantly: fields that a newer hub adds are left aside. A name in a path may hold any character, so it is written
with letters, digits, "-" and "_" alone; everything else is "~" and two hex digits for each byte of UTF-8. (Percent
signs will not do: servers and proxies undo them before they look at the path.)
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import MINOR_MAX, MixedCurrencies, Money
from shared_core.ledger import ReferenceReused
from shared_core.supply import errors
from shared_core.supply.models import CODE_LENGTH_MAX, REFERENCE_LENGTH_MAX
from shared_core.supply.return_kinds import Remedy, ReturnReason
from shared_core.supply.settlement import errors as settling
from shared_core.supply.settlement.objections import ObjectionView
from shared_core.supply.settlement.statement_rules import Statement
from shared_core.supply.tenancy.timeline import Timeline
from shared_core.supply.views import (
    Address,
    Confirmation,
    EventKind,
    EventPage,
    HoldLine,
    HoldView,
    OfferPage,
    ReturnView,
    SaleView,
    Withdrawal,
)

PROTOCOL = 4
"""The protocol this version speaks, as a hub and as a shop. It counts up when the other side has to know."""
OLDEST_SHOP = 1
"""A hub serves shops that speak this protocol or a later one: those of up to two releases behind."""
OLDEST_HUB = 1
"""A shop uses hubs that speak this protocol or a later one."""
RETURNS_SINCE = 3
"""The protocol from which on a shop asks for returns; what an older one withdraws of shipped goods becomes one too."""
SINCE: Mapping[EventKind, int] = {
    **dict.fromkeys((EventKind.PART_SHIPPED, EventKind.PART_DELIVERED, EventKind.SHORT), 2),
    **{kind: RETURNS_SINCE for kind in EventKind if kind.name.startswith("RETURN_")},
}
"""The protocol from which on a shop understands a kind of event; all others it always has."""
SALES_SINCE = 3
"""The protocol from which on a hub tells of sale events, and holds may be at their prices."""
NUDGES_SINCE = 3
"""The protocol from which on a hub tells stores that something happened."""
REGIONS_SINCE = 4
"""The protocol from which on a hold may say where its goods go, and says what their freight costs."""
PROTOCOL_HEADER = "Supply-Protocol"
STORE_HEADER = "Supply-Store"
"""Whom the caller takes itself for; a hub refuses a key of another store."""
TIMELINE_HEADER = "Supply-Timeline"
"""The hub's history that the caller knows; a hub refuses who knows another."""
PATH = "/api/v1"
WIRE_LINES_MAX = 1_000
WIRE_TEXT_MAX = 500
WIRE_QUANTITY_MAX = 10**9
SECONDS_MAX = 10**9

_PLAIN = re.compile(r"[A-Za-z0-9_-]")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9_-]|~[0-9A-Fa-f]{2})+")


# --- questions ------------------------------------------------------------------------------------------------------


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Code = Annotated[str, Field(max_length=CODE_LENGTH_MAX, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Field(max_length=WIRE_TEXT_MAX, pattern=r"^[^\x00]*$")]


class LineSent(_Question):
    """Quantities below one are the gateway's to refuse."""

    sku: Code
    quantity: Annotated[int, Field(ge=-WIRE_QUANTITY_MAX, le=WIRE_QUANTITY_MAX)]


Lines = Annotated[list[LineSent], Field(max_length=WIRE_LINES_MAX)]


class MoneySent(_Question):
    minor: Annotated[int, Field(ge=0, le=MINOR_MAX)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

    @property
    def money(self) -> Money:
        return Money(self.minor, self.currency)


class AddressSent(_Question):
    name: Text
    phone: Text
    street: Text
    city: Text
    region: Text = ""
    district: Text = ""
    postcode: Text = ""
    country: Text = "CN"

    @property
    def address(self) -> Address:
        return Address(**self.model_dump())


class HoldAsked(_Question):
    """PUT /holds/{reference}; `sales` is SKU to sale. Older hubs know neither it nor `region`: not sent where empty."""

    lines: Lines
    customer: Annotated[str, Field(max_length=REFERENCE_LENGTH_MAX, pattern=r"^[^\x00]*$")]
    ttl_seconds: Annotated[int, Field(ge=1, le=SECONDS_MAX)]
    sales: dict[Code, Code] = Field({}, max_length=WIRE_LINES_MAX, exclude_if=lambda sales: not sales)
    region: Annotated[str, Field(max_length=CODE_LENGTH_MAX, pattern=r"^[^\x00]*$")] = Field(
        "", exclude_if=lambda region: not region
    )


class ConfirmationAsked(_Question):
    """POST /holds/{reference}/confirmation"""

    ship_to: AddressSent
    goods: MoneySent | None = None


class WithdrawalAsked(_Question):
    """PUT /holds/{reference}/withdrawals/{withdrawal}; `lines` null: all that are left."""

    lines: Lines | None
    restock: bool


class ReturnAsked(_Question):
    """PUT /holds/{reference}/returns/{number}"""

    lines: Lines
    reason: Annotated[ReturnReason, Field(strict=False)]
    remedy: Annotated[Remedy, Field(strict=False)]
    words: Text = ""


class ParcelSent(_Question):
    """PUT /holds/{reference}/returns/{number}/parcel"""

    carrier: Text
    tracking_number: Text


class Nothing(_Question):
    """PUT /holds/{reference}/returns/{number}/cancellation"""


class ObjectionAsked(_Question):
    """PUT /objections/{number}; `kind` and `reference` are those of the line."""

    month: Text
    kind: Text
    reference: Text
    amount: MoneySent
    reason: Text


class WebhookAsked(_Question):
    """PUT /webhook"""

    url: Annotated[str, Field(max_length=WIRE_TEXT_MAX, pattern=r"^https?://[^\s\x00]+$")]


def lines_sent(lines: Sequence[HoldLine]) -> list[LineSent]:
    return [LineSent(sku=line.sku, quantity=line.quantity) for line in lines]


def lines_of(sent: Sequence[LineSent]) -> list[HoldLine]:
    return [HoldLine(line.sku, line.quantity) for line in sent]


def whole_seconds(duration: timedelta) -> int:
    """A begun second counts."""
    return -(-duration // timedelta(seconds=1))


# --- answers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Me:
    """GET /me: who the key belongs to, on what terms, and what the hub speaks.

    `balance` is what the store owes, negative when it has paid in advance; None without the scope `statement:read`.
    """

    store: str
    name: str
    currency: str
    state: str
    platform_fee_bps: int
    credit_limit: Money | None
    balance: Money | None
    scopes: tuple[str, ...]
    protocol: int
    oldest_protocol: int
    received: Money | None = None
    """What the hub has received of the store; None like `balance`, and from hubs that cannot tell."""
    credited: Money | None = None
    """What the hub has credited for objections; None like `received`."""
    timelines: tuple[Timeline, ...] = ()
    """The hub's histories, the one that counts last."""

    @property
    def timeline(self) -> str:
        return self.timelines[-1].code if self.timelines else ""


@dataclass(frozen=True, slots=True)
class SalesShown:
    """GET /sales"""

    sales: tuple[SaleView, ...]


@dataclass(frozen=True, slots=True)
class WebhookMade:
    """PUT /webhook: `secret` signs what is sent there, as Standard Webhooks has it."""

    secret: str


@dataclass(frozen=True, slots=True)
class Nudged:
    """What a nudge says: how far the store's feeds go by now. A shop reads them; it believes no more than this."""

    type: str
    events: int
    offers: int


NUDGE = "supply.changed"
NUDGED: TypeAdapter[Nudged] = TypeAdapter(Nudged)
WEBHOOK: TypeAdapter[WebhookMade] = TypeAdapter(WebhookMade)
OFFERS: TypeAdapter[OfferPage] = TypeAdapter(OfferPage)
SALES: TypeAdapter[SalesShown] = TypeAdapter(SalesShown)
HOLD: TypeAdapter[HoldView] = TypeAdapter(HoldView)
CONFIRMATION: TypeAdapter[Confirmation] = TypeAdapter(Confirmation)
WITHDRAWAL: TypeAdapter[Withdrawal] = TypeAdapter(Withdrawal)
RETURN: TypeAdapter[ReturnView] = TypeAdapter(ReturnView)
EVENTS: TypeAdapter[EventPage] = TypeAdapter(EventPage)
ME: TypeAdapter[Me] = TypeAdapter(Me)
STATEMENT: TypeAdapter[Statement] = TypeAdapter(Statement)
OBJECTION: TypeAdapter[ObjectionView] = TypeAdapter(ObjectionView)
OBJECTIONS: TypeAdapter[list[ObjectionView]] = TypeAdapter(list[ObjectionView])


def understood(page: EventPage, *, after: int, protocol: int) -> EventPage:
    """The events up to the first one a shop of this protocol would not know: it hears of that, and of all that
    follow, once it is upgraded. To leave one out would lose it for ever.
    """
    known = tuple(takewhile(lambda each: SINCE.get(each.kind, 1) <= protocol, page.events))
    return page if known == page.events else EventPage(known, known[-1].id if known else after)


# --- refusals -------------------------------------------------------------------------------------------------------

REFUSALS: Mapping[str, type[PlatformError]] = {
    each.code: each
    for each in (
        settling.BadObjection,
        errors.BadQuantity,
        errors.BadReference,
        errors.BadRegion,
        errors.BadTrackingNumber,
        settling.BadTransactionNumber,
        errors.CreditUsedUp,
        errors.HoldConfirmed,
        errors.HoldLimitReached,
        errors.HoldNotConfirmed,
        errors.HoldReleased,
        settling.NoStatement,
        errors.NotDelivered,
        errors.NothingToHold,
        settling.ObjectionTaken,
        errors.OneSupplierOnly,
        errors.OutOfStock,
        errors.ReturnPointless,
        errors.ReturnStepRefused,
        errors.ReturnTooMuch,
        errors.SaleLimitReached,
        errors.SaleNotRunning,
        errors.SaleSoldOut,
        errors.TenantSuspended,
        errors.TextTooLong,
        errors.UnknownHold,
        settling.UnknownLine,
        errors.UnknownReturn,
        errors.UnknownSku,
        errors.WithdrawnTooMuch,
        MixedCurrencies,
        ReferenceReused,
    )
}
"""What a shop hears from its hub as if the supply were its own."""


def refusal(problem: Mapping[str, Any]) -> PlatformError | None:
    """The error a problem+json document tells of; None when it is none of those a shop knows."""
    kind, params = REFUSALS.get(str(problem.get("code"))), problem.get("params")
    if kind is None or not isinstance(params, Mapping):
        return None
    try:
        return kind(**{str(name): _param(value) for name, value in params.items()})
    except (KeyError, IndexError, TypeError, ValueError):  # a parameter its message needs is not there
        return None


def _param(value: object) -> object:
    if isinstance(value, Mapping) and set(value) == {"minor", "currency"}:
        return Money(int(value["minor"]), str(value["currency"]))
    return value


# --- names in paths -------------------------------------------------------------------------------------------------


def segment(name: str) -> str:
    """A name as one segment of a path: "a/1.2" is "a~2F1~2E2"."""
    return "".join(each if _PLAIN.fullmatch(each) else _bytes(each) for each in name)


def name_in(text: str) -> str:
    """The name that a segment of a path stands for. Raises BadReference."""
    if not _SEGMENT.fullmatch(text):
        raise errors.BadReference(maximum=REFERENCE_LENGTH_MAX)
    try:
        return re.sub(rb"~(..)", lambda byte: bytes.fromhex(byte[1].decode()), text.encode()).decode()
    except UnicodeDecodeError:
        raise errors.BadReference(maximum=REFERENCE_LENGTH_MAX) from None


def _bytes(character: str) -> str:
    return "".join(f"~{byte:02X}" for byte in character.encode())
