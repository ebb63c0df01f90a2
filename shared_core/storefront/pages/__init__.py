"""The pages people see: server-rendered, usable without scripts, redirecting after every form that was accepted."""

from shared_core.storefront.pages import account, art, bag, browsing, log_ins, mine, ordering, sharing, told, welcome

routers = tuple(part.router for part in (art, browsing, bag, ordering, sharing, account, mine, told, log_ins, welcome))

__all__ = ["routers"]
