"""Who at the hub may do what: one table, asked by every page, every form and the menu.

What gives somebody access or changes what they are charged is the owners'. Money is booked by those who do not ship,
and what is shipped is reported by those who do not book.
"""

from collections.abc import Mapping
from enum import StrEnum

from shared_core.kernel.i18n import N_


class Role(StrEnum):
    OWNER = "owner"
    OPERATOR = "operator"
    ACCOUNTANT = "accountant"
    SUPPLIER = "supplier"
    """Somebody who works for one supplier: the portal is theirs, and nothing of the console."""


class Right(StrEnum):
    READ = "read"
    """Look at every page of the console but the staff's."""
    PAUSE = "pause"
    """Suspend tenants and take their orders again."""
    TERMS = "terms"
    """Add tenants, agree on terms with them, give out keys."""
    SUPPLIERS = "suppliers"
    ORDERS = "orders"
    GOODS = "goods"
    MONEY = "money"
    """Write payments down, answer objections."""
    STAFF = "staff"
    PORTAL = "portal"
    """Do the work of one's own supplier."""


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right) - {Right.PORTAL},
    Role.OPERATOR: frozenset({Right.READ, Right.PAUSE, Right.SUPPLIERS, Right.ORDERS, Right.GOODS}),
    Role.ACCOUNTANT: frozenset({Right.READ, Right.MONEY}),
    Role.SUPPLIER: frozenset({Right.PORTAL}),
}

ROLE_NAMES: Mapping[Role, str] = {
    Role.OWNER: N_("hub owner"),
    Role.OPERATOR: N_("operator"),
    Role.ACCOUNTANT: N_("accountant"),
    Role.SUPPLIER: N_("supplier"),
}
