"""The accountant: invariants I1-I14 of money, stock and invite codes, each by other rows than it was made of.

`check` reads everything; it is a batch job for `platformctl books`, the back office and the tests, not for a request.
"""

from shared_core.audit.invariants import AskHub, HubAccount, InvariantResult, check, check_hub

__all__ = ["AskHub", "HubAccount", "InvariantResult", "check", "check_hub"]
