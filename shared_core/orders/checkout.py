"""The counter: a cart becomes an order whose goods are held.

Three short transactions, because the gateway takes no session: commit a draft, hold the goods, commit the order. Each
may be repeated. A client that lost the answer sends the same checkout key again and gets the same order; a draft
whose process was killed is finished by the client's next try or given up by `lifecycle.give_up_drafts`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared_core import catalog, supply
from shared_core.kernel.database import Database, insert_new
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.events import announce
from shared_core.kernel.money import Money, zero
from shared_core.orders import carts, reads
from shared_core.orders.entries import Entered, note_entry
from shared_core.orders.errors import (
    BadQuantity,
    CartEmpty,
    CheckoutKeyReused,
    CheckoutLapsed,
    FareDiffers,
    PriceChanged,
    TooManyLines,
)
from shared_core.orders.events import OrderPlaced
from shared_core.orders.models import Order, OrderLine
from shared_core.orders.payments import PaymentRail, expect
from shared_core.orders.rules import LINES_MAX, QUANTITY_MAX, FreightRule, State, request_hash
from shared_core.orders.steps import move

HOLD_TTL = timedelta(minutes=30)
ENTERED_TTL = timedelta(hours=24)
"""How long goods are kept for a buyer who must be told of the order first."""
DRAFT_LIFE = timedelta(minutes=30)
"""How long a checkout can be tried again at the prices it first saw."""
OPEN_TO_TRY = (State.DRAFT, State.REFUSED)
UNCERTAIN = (supply.SupplyUnavailable, supply.HubRefused)
"""The goods may be held all the same."""
SALE_GONE = (supply.SaleSoldOut, supply.SaleNotRunning)
"""The price that was shown is no more."""
NEW_CHECKOUT = (CheckoutLapsed, *SALE_GONE, supply.SaleLimitReached, supply.NotDelivered)
"""With these the prices or the address of the draft do not hold: only a checkout with a new key can succeed."""
SYSTEM = "system"


@dataclass(frozen=True)
class Seller:
    """Who sells an order, by which claim ("link", "room", "lock", "own"); `claims` are all there were, by claim."""

    member_id: int
    claim: str
    claims: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class InRoom:
    """The room in which a purchase is made: its code, its host, who brought the buyer there (None: nobody)."""

    code: str
    host_id: int
    referrer_id: int | None


@dataclass(frozen=True)
class Purchase:
    """What a buyer asks for. `seen_total` is the total they were shown; another one is refused, never charged."""

    buyer_id: int
    lines: Sequence[tuple[str, int]]
    """(SKU, pieces)"""
    address: supply.Address
    checkout_key: str
    channel: str = "shop"
    note: str = ""
    seen_total: Money | None = None
    claims: Mapping[str, int] | None = None
    """Members who claim the sale, by claim, as the shell saw them: {"link": 7}."""
    entered: Entered | None = None
    """None: the buyer does it."""

    @property
    def actor(self) -> str:
        return "buyer" if self.entered is None else f"member:{self.entered.by}"

    @property
    def holder(self) -> str:
        """In whose name the goods are held."""
        return str(self.buyer_id) if self.entered is None else self.entered.holder

    @property
    def origin_key(self) -> str:
        """Where it comes from, for telling whether a checkout asks for the same again."""
        return self.channel if self.entered is None else f"{self.channel} {self.entered.by} {self.entered.group}"


@dataclass(frozen=True)
class Quote:
    """What a purchase costs now."""

    lines: tuple[tuple[catalog.PricedItem, int], ...]
    goods: Money
    freight: Money

    @property
    def total(self) -> Money:
        return self.goods + self.freight


@dataclass(frozen=True)
class _Draft:
    """`paid`: what the buyer pays for the goods of each SKU, in minor units; `sales`: in which sale event."""

    number: str
    state: State
    paid: Mapping[str, int]
    sales: Mapping[str, str]


def nowhere(_session: Session, _purchase: Purchase, _at: datetime) -> InRoom | None:
    """For a shop without rooms."""
    return None


@dataclass(frozen=True)
class Counter:
    """Where purchases become orders. `room` says in which one; `seller` decides among claims by the plan."""

    database: Database
    gateway: supply.SupplyGateway
    rail: PaymentRail
    freight: FreightRule
    currency: str
    return_days: Callable[[datetime], int]
    seller: Callable[[Session, Purchase, datetime], Seller | None]
    room: Callable[[Session, Purchase, datetime], InRoom | None] = nowhere
    hold_ttl: timedelta = HOLD_TTL
    entered_ttl: timedelta = ENTERED_TTL

    def quote(self, session: Session, lines: Sequence[tuple[str, int]], *, at: datetime, region: str = "") -> Quote:
        """Price the lines as they are at `at`. Raises CartEmpty, TooManyLines, BadQuantity, catalog.NotListed."""
        _check_lines(lines)
        return self.quote_at(catalog.prices(session, skus=[sku for sku, _ in lines], at=at), lines, region=region)

    def quote_at(
        self, prices: Mapping[str, catalog.PricedItem], lines: Sequence[tuple[str, int]], *, region: str = ""
    ) -> Quote:
        """The cost of lines whose prices are known, sent to this region."""
        goods = sum((prices[sku].unit_price * pieces for sku, pieces in lines), zero(self.currency))
        freight = self.freight.fare(region).charge(goods)
        return Quote(tuple((prices[sku], pieces) for sku, pieces in lines), goods, freight)

    def place(self, purchase: Purchase, *, number: str, at: datetime) -> str:
        """Place the order and return its number: `number`, or that of the order this checkout key already made.

        Raises what `quote` raises, and OutOfStock, NotDelivered, SaleSoldOut, SaleNotRunning, SaleLimitReached,
        PriceChanged, FareDiffers, CheckoutKeyReused, HoldLimitReached, TooManyUnpaid, and what a listener of
        OrderPlaced refuses with; nothing is held then. With SupplyUnavailable or HubRefused nobody knows: the order
        stays a draft, which this checkout key finishes or `give_up_drafts` releases.
        """
        with self.database.transaction() as session:
            draft = self._draft(session, purchase, number=number, at=at)
        number = draft.number
        if draft.state not in OPEN_TO_TRY:
            return number
        lines = [supply.HoldLine(sku, pieces) for sku, pieces in purchase.lines]
        try:
            ttl = self.hold_ttl if purchase.entered is None else self.entered_ttl
            held = self.gateway.hold(
                number,
                lines,
                customer=purchase.holder,
                ttl=ttl,
                at=at,
                sales=draft.sales,
                region=purchase.address.where,
            )
            if held.state is supply.HoldState.RELEASED:
                raise CheckoutLapsed()
            self._sell(number, purchase, held, draft.paid, at=at)
        except UNCERTAIN:
            raise
        except PlatformError as refusal:
            self._refuse(draft, refusal, at=at)
            raise
        return number

    def _sell(
        self, number: str, purchase: Purchase, held: supply.HoldView, paid: Mapping[str, int], *, at: datetime
    ) -> None:
        """Turn the hold into a placed order. When that is refused, by us or by a listener, the goods go back first."""
        try:
            _check_supply(held, paid)
            with self.database.transaction() as session:
                self._finish(session, number, purchase, held, at=at)
        except PlatformError:
            self.gateway.release(number, at=at)
            raise

    def _draft(self, session: Session, purchase: Purchase, *, number: str, at: datetime) -> "_Draft":
        """The draft of this checkout, written now or by an earlier try."""
        digest = request_hash(purchase.lines, purchase.address.as_json(), purchase.origin_key, purchase.note)
        known = _by_key(session, purchase)
        if known is None:
            region = purchase.address.where
            if region in self.freight.excluded:
                raise supply.NotDelivered(skus=", ".join(sku for sku, _ in purchase.lines), region=region)
            quote = self.quote(session, purchase.lines, at=at, region=region)
            if purchase.seen_total is not None and purchase.seen_total != quote.total:
                usual = quote.goods + self.freight.usual.charge(quote.goods)
                differs = FareDiffers if purchase.seen_total == usual else PriceChanged
                raise differs(now=quote.total, seen=purchase.seen_total, freight=quote.freight)
            if self._write(session, purchase, quote, digest, number=number, at=at):
                paid = {item.sku: item.unit_price.minor * n for item, n in quote.lines}
                return _Draft(number, State.DRAFT, paid, {item.sku: item.sale for item, _ in quote.lines if item.sale})
            known = _by_key(session, purchase)
        assert known is not None, "it was there before, or written beside us just now"
        if known.request_hash != digest:
            raise CheckoutKeyReused()
        if known.state in OPEN_TO_TRY and at > known.written_at + DRAFT_LIFE:
            raise CheckoutLapsed()
        if known.state == State.REFUSED:
            self._draft_again(session, known.number, at=at)
        lines = reads.lines(session, known.id)
        paid = {line.sku: line.goods_net_minor for line in lines}
        return _Draft(known.number, State(known.state), paid, {line.sku: line.sale for line in lines if line.sale})

    def _draft_again(self, session: Session, number: str, *, at: datetime) -> None:
        """A refused order that is tried again may hold goods from now on; only a draft is sure to give them back."""
        row = reads.locked(session, number)
        if row.state == State.REFUSED:
            move(session, row, State.DRAFT, actor=SYSTEM, at=at, reason="tried again")

    def _write(
        self, session: Session, purchase: Purchase, quote: Quote, digest: str, *, number: str, at: datetime
    ) -> bool:
        """Write the draft; False when a parallel try of the same checkout has just done so."""
        room = self.room(session, purchase, at)
        if room is not None:
            claims = {**(purchase.claims or {}), "room": room.host_id}
            purchase = replace(purchase, channel="live", claims=claims)
        seller = self.seller(session, purchase, at)
        values = {
            "number": number,
            "buyer_id": purchase.buyer_id,
            "seller_id": seller.member_id if seller else None,
            "claim": seller.claim if seller else None,
            "claims": _claims(seller, room) or None,
            "room": room.code if room else None,
            "origin": "shop",
            "channel": purchase.channel,
            "currency": self.currency,
            "state": State.DRAFT,
            "goods_minor": quote.goods.minor,
            "freight_minor": quote.freight.minor,
            "total_minor": quote.total.minor,
            "refunded_minor": 0,
            "refunded_freight_minor": 0,
            "address": purchase.address.as_json(),
            "note": purchase.note,
            "checkout_key": purchase.checkout_key,
            "request_hash": digest,
            "return_days": self.return_days(at),
            "supply_state": "none",
            "supply_minor": 0,
            "written_at": at,
        }
        order_id = insert_new(session, Order, values, conflict=["buyer_id", "checkout_key"])
        if order_id is None:
            return False
        session.add_all(_line(order_id, price, pieces) for price, pieces in quote.lines)
        if purchase.entered is not None:
            note_entry(session, order_id, purchase.entered)
        return True

    def _refuse(self, draft: _Draft, refusal: PlatformError, *, at: datetime) -> None:
        with self.database.transaction() as session:
            if isinstance(refusal, SALE_GONE):
                sku, left = str(refusal.params["sku"]), int(str(refusal.params.get("available", 0)))
                catalog.note_left(session, sale=draft.sales.get(sku, ""), sku=sku, left=left)
            row = reads.locked(session, draft.number)
            if row.state == State.DRAFT:
                move(session, row, State.REFUSED, actor=SYSTEM, at=at, reason=refusal.code)

    def _finish(
        self, session: Session, number: str, purchase: Purchase, held: supply.HoldView, *, at: datetime
    ) -> None:
        row = reads.locked(session, number)
        if row.state == State.REFUSED:  # given up while the supply side answered: the goods are going back
            raise CheckoutLapsed()
        if row.state != State.DRAFT:
            return
        move(session, row, State.PLACED, actor=purchase.actor, at=at)
        row.placed_at, row.due_at, row.return_days = at, held.expires_at, self.return_days(at)
        costs = {line.sku: line.supply_price.minor for line in held.lines}
        for line in reads.lines(session, row.id):
            line.supply_minor = costs[line.sku] * line.quantity
        expect(session, row, self.rail, at=at)
        if purchase.entered is None:
            carts.empty_cart(session, purchase.buyer_id, [sku for sku, _ in purchase.lines])
        announce(session, OrderPlaced(row.id, at))


def _check_supply(held: supply.HoldView, paid: Mapping[str, int]) -> None:
    """Supply prices are fixed by the hold; where one has risen above what the buyer pays, nothing is sold."""
    for line in held.lines:
        if line.supply_price.minor * line.quantity > paid[line.sku]:
            raise catalog.NotListed(sku=line.sku)


def _check_lines(lines: Sequence[tuple[str, int]]) -> None:
    if not lines:
        raise CartEmpty()
    if len(lines) > LINES_MAX or len({sku for sku, _ in lines}) < len(lines):
        raise TooManyLines(maximum=LINES_MAX)
    for sku, pieces in lines:
        if not 1 <= pieces <= QUANTITY_MAX:
            raise BadQuantity(sku=sku, maximum=QUANTITY_MAX)


_BY_KEY = select(Order).where(Order.buyer_id == bindparam("buyer_id"), Order.checkout_key == bindparam("key"))


def _by_key(session: Session, purchase: Purchase) -> Order | None:
    return session.scalars(_BY_KEY, {"buyer_id": purchase.buyer_id, "key": purchase.checkout_key}).one_or_none()


def _claims(seller: Seller | None, room: InRoom | None) -> dict[str, int]:
    """Who claims the order; a room counts whether or not it made the seller."""
    claims = dict(seller.claims) if seller else {}
    if room is not None:
        claims["room"] = room.host_id
        if room.referrer_id is not None:
            claims["traffic"] = room.referrer_id
    return claims


def _line(order_id: int, price: catalog.PricedItem, pieces: int) -> OrderLine:
    return OrderLine(
        order_id=order_id,
        sku=price.sku,
        product_code=price.product_code,
        title=price.title,
        brand=price.brand,
        category=price.category,
        options=[list(pair) for pair in price.options],
        quantity=pieces,
        unit_minor=price.unit_price.minor,
        goods_net_minor=price.unit_price.minor * pieces,
        supply_minor=price.supply_price.minor * pieces,
        sale=price.sale,
    )
