"""What a store and the supply side say to each other: offers, sales, holds, supplier orders, returns and events."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from shared_core.kernel.money import Money
from shared_core.kernel.regions import region_of
from shared_core.supply.return_kinds import Bearer, Remedy, ReturnReason, ReturnState


class HoldState(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    EXPIRED = "expired"


class EventKind(StrEnum):
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    PART_SHIPPED = "part_shipped"
    """One of several parcels is on its way. Since protocol 2."""
    PART_DELIVERED = "part_delivered"
    """One of several parcels has arrived. Since protocol 2."""
    SHORT = "short"
    """Some pieces of the supplier order will never come; the rest of it does. Since protocol 2."""
    RETURN_APPROVED = "return_approved"
    """Pieces may be sent back, to the address that the return has. All kinds of news of returns: since protocol 3."""
    RETURN_DECLINED = "return_declined"
    RETURN_EXPIRED = "return_expired"
    RETURN_RECEIVED = "return_received"
    RETURN_SETTLED = "return_settled"
    """Somebody has looked at the pieces: money goes back, or new ones come."""
    RETURN_REPLACED = "return_replaced"
    """A box with new pieces is on its way."""
    RETURN_MADE_GOOD = "return_made_good"
    """The new pieces have arrived."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where goods go; `country` is the two-letter ISO code."""

    name: str
    phone: str
    street: str
    city: str
    region: str = ""
    district: str = ""
    postcode: str = ""
    country: str = "CN"

    def as_json(self) -> dict[str, str]:
        return asdict(self)

    @property
    def where(self) -> str:
        """Its region, by a code of `kernel.regions`; empty where that is not sure."""
        return region_of(self.country, self.region, self.city)

    @classmethod
    def from_json(cls, fields: Mapping[str, str]) -> "Address":
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class OfferPicture:
    """A picture that is kept where the offer comes from: by its content, and what is on it (empty: not told).

    `url` is where to get it; empty where it is here already.
    """

    digest: str
    alt: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class OfferProduct:
    """What the variants of one product share; `description` is plain text.

    `image_urls` (http(s) only) are where its pictures are from, `pictures` those that can be shown, in their order.
    `category_path` are the categories that hold its own, the widest first, and that one at the end.
    """

    code: str
    slug: str
    title: str
    brand: str
    category: str
    description: str
    image_urls: tuple[str, ...]
    pictures: tuple[OfferPicture, ...] = ()
    category_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One SKU on offer. `available` may lag behind while stock is plentiful (more than `rules.LOW_STOCK`).

    Without a `supply_price` it cannot be sold; `suggested` is the retail price the supply side recommends, `floor`
    the lowest it allows. A parcel of its `supplier` with one piece costs the store `freight`, at most. `picture` is the
    digest of the one that shows this SKU alone.
    """

    sku: str
    product: OfferProduct
    options: tuple[tuple[str, str], ...]
    supply_price: Money | None
    suggested: Money | None
    available: int
    active: bool
    supplier: str = ""
    freight: Money | None = None
    picture: str = ""
    floor: Money | None = None
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Offers that changed after the cursor that was asked for; ask again with `cursor` while there is `more`."""

    offers: tuple[Offer, ...]
    cursor: int
    more: bool


@dataclass(frozen=True, slots=True)
class SaleGoods:
    """One SKU at the price of a sale event, as one store sees it.

    `suggested` and `floor` are what the store is recommended and allowed to ask; `left` pieces it can still sell at
    that price, of which one customer gets `per_customer_max` (None: any number).
    """

    sku: str
    supply_price: Money
    suggested: Money
    floor: Money | None
    left: int
    per_customer_max: int | None


@dataclass(frozen=True, slots=True)
class SaleView:
    """A sale event that is shown: sold at its price from `starts_at` on, until before `ends_at`."""

    code: str
    title: str
    brand: str
    starts_at: datetime
    ends_at: datetime
    goods: tuple[SaleGoods, ...]


@dataclass(frozen=True, slots=True)
class HoldLine:
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class HeldLine:
    """`supply_price` is per unit, fixed when the goods were held; confirming later does not change it.

    `sale`: the code of the sale event whose price it is.
    """

    sku: str
    quantity: int
    supply_price: Money
    sale: str = ""


@dataclass(frozen=True, slots=True)
class HeldFreight:
    """What one supplier will charge for sending its part of a hold, whatever it charges for others by then."""

    supplier: str
    freight: Money


@dataclass(frozen=True, slots=True)
class HoldView:
    reference: str
    state: HoldState
    expires_at: datetime
    lines: tuple[HeldLine, ...]
    freights: tuple[HeldFreight, ...] | None = None
    """What each supplier will charge, by code; None from a supply side that does not fix it yet."""
    fee_bps: int | None = None
    """The part of the goods that the platform will take; None like `freights`."""


@dataclass(frozen=True, slots=True)
class SupplierOrderView:
    """What one supplier ships: `supply` and `freight` are what the store owes for it."""

    number: str
    supplier: str
    lines: tuple[HoldLine, ...]
    supply: Money
    freight: Money


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The store now owes `supply` + `freight` + `fee`."""

    reference: str
    supplier_orders: tuple[SupplierOrderView, ...]
    supply: Money
    freight: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The store owes `supply` + `freight` + `fee` less; `lines` are what this withdrawal gave back.

    Of what had left already nothing is given back yet: it is in `returns`, by their numbers.
    """

    withdrawal: str
    reference: str
    lines: tuple[HoldLine, ...]
    supply: Money
    freight: Money
    fee: Money
    returns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was found of the pieces of one SKU that a return is about: they are of one kind each."""

    sku: str
    sellable: int
    unsellable: int
    refused: int


@dataclass(frozen=True, slots=True)
class NewBox:
    """New pieces in place of those of a return."""

    carrier: str
    tracking_number: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReturnView:
    """Pieces of one supplier order that come back, as it stands.

    Once it is settled the store owes `supply` + `freight` + `fee` less, and `inspected` says why; where it is
    `replaced`, new pieces come for those accepted. `send_by` is when it expires unless something was sent to `address`.
    """

    number: str
    reference: str
    supplier_order: str
    state: ReturnState
    reason: ReturnReason
    remedy: Remedy
    lines: tuple[HoldLine, ...]
    supply: Money
    freight: Money
    fee: Money
    said: str = ""
    address: Address | None = None
    send_by: datetime | None = None
    carrier: str = ""
    tracking_number: str = ""
    inspected: tuple[Inspected, ...] = ()
    bearer: Bearer | None = None
    replaced: bool = False
    new_box: NewBox | None = None


@dataclass(frozen=True, slots=True)
class SupplyEvent:
    """Something happened to the goods of the hold `reference`. Only a shipped or delivered parcel has a carrier, and
    none where a supplier order is all on its way, or all there, because the rest of it does not come.

    `lines`: the pieces it tells of, where these are not all of the supplier order. `reason`: why something does not
    come, in the supplier's words.
    """

    id: int
    """Its place in the feed; 0 while it has none."""
    kind: EventKind
    reference: str
    supplier_order: str
    carrier: str
    tracking_number: str
    at: datetime
    lines: tuple[HoldLine, ...] = ()
    reason: str = ""
    return_number: str = ""
    """Of which return it tells; what became of it is asked for with `view_return`."""


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events after the cursor that was asked for, oldest first; none are left when it is empty."""

    events: tuple[SupplyEvent, ...]
    cursor: int
