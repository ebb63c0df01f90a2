"""Completed orders as they count for ranks: own sales, purchases, packs, team sales, net of refunds."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import orders
from shared_core.kernel.calendar import day_of
from shared_core.plan import Plan
from shared_core.rewards import ladder
from shared_core.rewards.board import Board
from shared_core.rewards.models import Sale, Tie


def count_sale(session: Session, plan: Plan, order_id: int, *, zone: str, at: datetime) -> None:
    """The order is completed: count it once for buyer, seller and those above, and promote who may rise."""
    if session.get(Sale, order_id) is not None:
        return
    order = orders.order(session, order_id)
    accounts = ladder.accounts_of(session, [order.buyer_id, order.seller_id])
    buyer_id, seller_id = accounts[order.buyer_id], accounts[order.seller_id]
    assert buyer_id is not None, "every order has a buyer"
    goods, packs = _net(session, plan, order_id)
    sale = Sale(
        order_id=order_id,
        seller_id=seller_id,
        buyer_id=buyer_id,
        day=day_of(at, zone),
        live=order.channel == "live",
        by_fan=seller_id is not None and _is_fan(session, buyer_id, seller_id),
        goods_minor=goods,
        packs=packs,
    )
    session.add(sale)
    session.flush()
    board = Board(session, plan)
    concerned = _count(board, sale, goods=goods, packs=packs)
    ladder.climb(board, concerned, day=sale.day, at=at)
    board.save()


def recount_sale(session: Session, plan: Plan, order_id: int) -> None:
    """Goods of a completed order were refunded: they no longer count. Nobody loses a rank for it."""
    sale = session.get(Sale, order_id, with_for_update=True, populate_existing=True)
    if sale is None:
        return
    goods, packs = _net(session, plan, order_id)
    more_goods, more_packs = goods - sale.goods_minor, packs - sale.packs
    sale.goods_minor, sale.packs = goods, packs
    session.flush()
    board = Board(session, plan)
    _count(board, sale, goods=more_goods, packs=more_packs)
    board.save()


def _count(board: Board, sale: Sale, *, goods: int, packs: int) -> Sequence[int]:
    """Add to the counters of everybody in the sale, upwards; whoever may rise for it."""
    board.standing(sale.buyer_id)
    board.add(sale.buyer_id, {"purchases_minor": goods}, day=sale.day)
    concerned = [sale.buyer_id] if any(key.metric == "own_purchases" for key in board.plan.metric_keys) else []
    if sale.seller_id is None:
        return concerned
    above = _above(board, sale.seller_id)
    board.standing(sale.seller_id)
    own = sale.seller_id == sale.buyer_id
    board.add(sale.seller_id, _sold(sale, own, goods, packs), day=sale.day)
    if not own or board.plan.self_purchase.counts:
        for member_id in above:
            board.standing(member_id)
            board.add(member_id, {"team_minor": goods}, day=sale.day)
    return [*concerned, sale.seller_id, *above]


def _sold(sale: Sale, own: bool, goods: int, packs: int) -> dict[str, int]:
    if own:
        return {"self_minor": goods}
    return {"retail_minor": goods, "live_minor": goods if sale.live else 0, "packs": packs}


def _net(session: Session, plan: Plan, order_id: int) -> tuple[int, int]:
    """Goods paid for and not refunded, in minor units, and pieces of packs among them."""
    lines = orders.lines(session, order_id)
    goods = sum(line.goods_net_minor - line.refunded_minor for line in lines)
    packs = [line for line in lines if line.product_code in plan.packs.products]
    return goods, sum(line.quantity - line.refunded_quantity for line in packs)


def _above(board: Board, seller_id: int) -> list[int]:
    """Whose team the seller is in, when the plan counts team sales."""
    if not any(key.metric == "team_sales" for key in board.plan.metric_keys):
        return []
    return ladder.ancestors(board, seller_id, kind=board.plan.invites.inviter_is, depth_max=ladder.TEAM_DEPTH_MAX)


def _is_fan(session: Session, buyer_id: int, seller_id: int) -> bool:
    query = select(Tie.parent_id).where(Tie.kind == ladder.LOCK, Tie.child_id == buyer_id)
    return session.scalar(query) == seller_id
