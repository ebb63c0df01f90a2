"""Carts: what a visitor or customer means to buy. A cart promises nothing; prices are read anew at checkout."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_or_ignore
from shared_core.orders.errors import BadQuantity, TooManyLines
from shared_core.orders.models import CartLine
from shared_core.orders.rules import LINES_MAX, QUANTITY_MAX

_LINES = cast(Table, CartLine.__table__)
_CART = select(CartLine).where(CartLine.buyer_id == bindparam("buyer_id")).order_by(CartLine.id)
_COUNT = select(func.count()).where(CartLine.buyer_id == bindparam("buyer_id"))
_PIECES = select(func.coalesce(func.sum(CartLine.quantity), 0)).where(CartLine.buyer_id == bindparam("buyer_id"))
_TAKEN = delete(_LINES).where(
    _LINES.c.buyer_id == bindparam("buyer_id"), _LINES.c.sku.in_(bindparam("skus", expanding=True))
)


def cart(session: Session, buyer_id: int) -> Sequence[CartLine]:
    """The buyer's lines in the order they were added."""
    return session.scalars(_CART, {"buyer_id": buyer_id}).all()


def cart_count(session: Session, buyer_id: int) -> int:
    """Pieces in the cart."""
    return session.scalar(_PIECES, {"buyer_id": buyer_id}) or 0


def put_in_cart(session: Session, *, buyer_id: int, sku: str, quantity: int, at: datetime) -> None:
    """Set how many pieces of `sku` the cart holds; 0 takes the line out. Raises BadQuantity, TooManyLines.

    What it raises must roll the transaction back: the line may be written already.
    """
    if not 0 <= quantity <= QUANTITY_MAX:
        raise BadQuantity(sku=sku, maximum=QUANTITY_MAX)
    mine = (CartLine.buyer_id == buyer_id) & (CartLine.sku == sku)
    if quantity == 0:
        session.execute(delete(CartLine).where(mine))
        return
    row = {"buyer_id": buyer_id, "sku": sku, "quantity": quantity, "added_at": at}
    if not insert_or_ignore(session, CartLine, row, conflict=["buyer_id", "sku"]):
        found = session.execute(update(CartLine).where(mine).values(quantity=quantity).returning(CartLine.id)).all()
        if not found:  # an order took the line out of the cart meanwhile
            insert_or_ignore(session, CartLine, row, conflict=["buyer_id", "sku"])
    elif (session.scalar(_COUNT, {"buyer_id": buyer_id}) or 0) > LINES_MAX:
        raise TooManyLines(maximum=LINES_MAX)


def add_to_cart(session: Session, *, buyer_id: int, sku: str, quantity: int, at: datetime) -> None:
    """Put `quantity` more pieces in. Raises BadQuantity, TooManyLines."""
    there = session.scalar(select(CartLine.quantity).where(CartLine.buyer_id == buyer_id, CartLine.sku == sku)) or 0
    put_in_cart(session, buyer_id=buyer_id, sku=sku, quantity=there + quantity, at=at)


def hand_over_cart(session: Session, *, from_id: int, to_id: int) -> None:
    """A visitor logged in: their cart becomes the account's, unless the account has one of its own."""
    if cart(session, to_id):
        session.execute(delete(CartLine).where(CartLine.buyer_id == from_id))
    else:
        session.execute(update(CartLine).where(CartLine.buyer_id == from_id).values(buyer_id=to_id))


def empty_cart(session: Session, buyer_id: int, skus: Sequence[str]) -> None:
    session.connection().execute(_TAKEN, {"buyer_id": buyer_id, "skus": list(skus)})
