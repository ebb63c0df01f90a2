"""How suppliers' own systems are let in: keys, and what was sent under which name, so that it happens once."""

from shared_core.supply.supplier_access import keys, requests

__all__ = ["keys", "requests"]
