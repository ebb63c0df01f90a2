"""The console under /console, for the core team: what needs doing, and the work itself."""

from shared_core.hub.console import overview, people

PREFIX = "/console"

routers = tuple(part.router for part in (overview, people))

__all__ = ["PREFIX", "routers"]
