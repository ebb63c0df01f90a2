"""The pages people see: server-rendered, usable without scripts, redirecting after every form that was accepted."""

from shared_core.storefront.pages import account, art, bag, browsing, log_ins, mine, ordering, sharing

routers = tuple(part.router for part in (art, browsing, bag, ordering, sharing, account, mine, log_ins))

__all__ = ["routers"]
