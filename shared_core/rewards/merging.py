"""A visitor turned out to be a known member: what was earned and counted under the visitor is the account's."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.calendar import day_of
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.plan import Plan
from shared_core.rewards import earnings, ladder
from shared_core.rewards.board import LIFETIME, Board
from shared_core.rewards.models import Count, Earning, Payout, Sale, TeamCount, Tie

_MOVED = ("retail_minor", "self_minor", "purchases_minor", "live_minor", "team_minor", "packs")
"""Fans are not among them: those who move are counted anew for the account."""


def merge(session: Session, plan: Plan, *, visitor_id: int, member_id: int, zone: str, at: datetime) -> None:
    """Move money, earnings, sales and counts to the account, and promote it if they allow. Repeating is a no-op."""
    board = Board(session, plan)
    visitor = board.standing(visitor_id)
    if visitor.merged_into_id is not None:
        return
    board.standing(member_id)
    visitor.merged_into_id = member_id
    session.flush()
    others_only = plan.self_purchase.pays != "everybody"
    earnings.disown(session, visitor_id=visitor_id, member_id=member_id, purchases=others_only, at=at)
    _uncount_own(board, visitor_id=visitor_id, member_id=member_id)
    _move_money(session, plan.currency, visitor_id=visitor_id, member_id=member_id, at=at)
    for column in (Earning.member_id, Payout.member_id, Sale.seller_id, Sale.buyer_id):
        moved = update(column.class_).where(column == visitor_id).values({column.key: member_id})
        session.execute(moved, execution_options={"synchronize_session": "fetch"})
    _move_counts(board, visitor_id=visitor_id, member_id=member_id)
    _move_invited(board, visitor_id=visitor_id, member_id=member_id)
    ladder.climb(board, [member_id], day=day_of(at, zone), at=at)
    board.save()


def _move_money(session: Session, currency: str, *, visitor_id: int, member_id: int, at: datetime) -> None:
    moved = []
    for account in (accounts.member_pending, accounts.member_held, accounts.member_available):
        old, new = account(visitor_id), account(member_id)
        ledger.lock_accounts(session, [old, new], currency)
        owed = ledger.owed(session, old, currency).minor
        if owed > 0:
            moved.append(ledger.entry(debit=old, credit=new, amount=Money(owed, currency)))
        elif owed < 0:
            moved.append(ledger.entry(debit=new, credit=old, amount=Money(-owed, currency)))
    ledger.post(session, f"merge:{visitor_id}", moved, at=at, memo=f"visitor {visitor_id} is member {member_id}")


def _uncount_own(board: Board, *, visitor_id: int, member_id: int) -> None:
    """What one of the two bought from the other was not sold to others."""
    pair = (visitor_id, member_id)
    query = select(Sale).where(Sale.seller_id.in_(pair), Sale.buyer_id.in_(pair), Sale.seller_id != Sale.buyer_id)
    for sale in board.session.scalars(query).all():
        goods, live = sale.goods_minor, sale.goods_minor if sale.live else 0
        own = {"self_minor": goods, "retail_minor": -goods, "live_minor": -live, "packs": -sale.packs}
        assert sale.seller_id is not None, "one of the two"
        board.add(sale.seller_id, own, day=sale.day)
    board.save()


def _move_counts(board: Board, *, visitor_id: int, member_id: int) -> None:
    query = select(Count).where(Count.member_id == visitor_id, Count.day != LIFETIME)
    for row in board.session.scalars(query).all():
        board.add(member_id, {each: getattr(row, each) for each in _MOVED}, day=row.day)
    board.session.execute(delete(Count).where(Count.member_id == visitor_id))


def _move_invited(board: Board, *, visitor_id: int, member_id: int) -> None:
    """Members who joined by the visitor's invitation were brought in by the account."""
    mine = (TeamCount.member_id == visitor_id) & (TeamCount.kind == ladder.CODE)
    for row in board.session.scalars(select(TeamCount).where(mine)).all():
        board.add_team(member_id, kind=ladder.CODE, rank=row.rank, direct=row.direct, team=row.team)
    board.session.execute(delete(TeamCount).where(TeamCount.member_id == visitor_id))
    children = (Tie.kind == ladder.CODE) & (Tie.parent_id == visitor_id) & (Tie.child_id != member_id)
    board.session.execute(update(Tie).where(children).values(parent_id=member_id))
    board.session.execute(delete(Tie).where((Tie.parent_id == visitor_id) | (Tie.child_id == visitor_id)))
