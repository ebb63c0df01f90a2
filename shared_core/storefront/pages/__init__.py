"""The pages people see: server-rendered, usable without scripts, redirecting after every form that was accepted."""

from shared_core.storefront.pages import (
    account,
    art,
    bag,
    browsing,
    group,
    invitations,
    log_ins,
    mine,
    order_links,
    ordering,
    returning,
    rooms,
    sales,
    sharing,
    statements,
    told,
    welcome,
)

routers = tuple(
    part.router
    for part in (
        art,
        browsing,
        sales,
        bag,
        ordering,
        order_links,
        returning,
        sharing,
        rooms,
        account,
        mine,
        group,
        invitations,
        statements,
        told,
        log_ins,
        welcome,
    )
)

__all__ = ["routers"]
