"""The shell of a hub: the HTTP interface through which many stores reach one supply."""

from shared_core.hub.api import Hub, router

__all__ = ["Hub", "router"]
