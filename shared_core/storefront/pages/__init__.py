"""The pages people see: server-rendered, usable without scripts, redirecting after every form that was accepted."""

from shared_core.storefront.pages import (
    account,
    art,
    bag,
    browsing,
    invitations,
    log_ins,
    mine,
    ordering,
    sharing,
    statements,
    told,
    welcome,
)

routers = tuple(
    part.router
    for part in (art, browsing, bag, ordering, sharing, account, mine, invitations, statements, told, log_ins, welcome)
)

__all__ = ["routers"]
