"""Who in the back office may do what: one table, asked by every page, every route and the menu.

What can send money out of the shop, change what it charges or hand somebody's account to another is the owners'.
"""

from collections.abc import Mapping
from enum import StrEnum


class Right(StrEnum):
    """`orders`: see them, confirm payments, ship, answer. `goods`: see them, take stock in, put on the shelf."""

    ORDERS = "orders"
    GOODS = "goods"
    MEMBERS = "members"
    PRICES = "prices"
    REFUNDS = "refunds"
    PAYOUTS = "payouts"
    BOOKS = "books"
    PLAN = "plan"
    """See what rules of law say of the growth plan."""
    PUBLISH = "publish"
    STAFF = "staff"
    LOG_INS = "log_ins"
    """Hand a member who has no log-in yet the link with which to set one."""


RIGHTS: Mapping[str, frozenset[Right]] = {
    "staff": frozenset({Right.ORDERS, Right.GOODS, Right.MEMBERS, Right.PLAN}),
    "owner": frozenset(Right),
}
"""By staff role."""


def allows(role: str | None, right: str) -> bool:
    """Whether somebody with this staff role (None: a customer) has the right."""
    return role is not None and right in RIGHTS[role]
