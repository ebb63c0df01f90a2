"""Invites: how somebody becomes a promoter, and the quota of codes with which promoters bring others in.

Above rewards, because sales earn codes and purchases make promoters. Services take a session and never commit.
"""

from shared_core.invites.codes import TYPED_LENGTH_MAX
from shared_core.invites.errors import (
    AlreadyInvited,
    CodeNotOpen,
    InviteCodeExpired,
    InviteCodeUnknown,
    InviteCodeUsed,
    InvitesClosed,
    MayNotInvite,
    NoCodesHere,
    OwnInvite,
    QuotaUsedUp,
    UnknownInvite,
)
from shared_core.invites.exports import EntryExport, export_entries
from shared_core.invites.issuing import Issued, codes_of, expire_due, issue, revoke
from shared_core.invites.joining import accept, acceptance, bought, enrol, let_in, signed_up
from shared_core.invites.models import Acceptance, InviteCode, QuotaEntry
from shared_core.invites.quota import Entry, Standing, balances, entries, may_invite, standing
from shared_core.invites.rules import Balances, CodeState, Kind
from shared_core.invites.wiring import Invites, JoinByPurchase

__all__ = [
    "TYPED_LENGTH_MAX",
    "Acceptance",
    "AlreadyInvited",
    "Balances",
    "CodeNotOpen",
    "CodeState",
    "Entry",
    "EntryExport",
    "InviteCode",
    "InviteCodeExpired",
    "InviteCodeUnknown",
    "InviteCodeUsed",
    "Invites",
    "InvitesClosed",
    "Issued",
    "JoinByPurchase",
    "Kind",
    "MayNotInvite",
    "NoCodesHere",
    "OwnInvite",
    "QuotaEntry",
    "QuotaUsedUp",
    "Standing",
    "UnknownInvite",
    "accept",
    "acceptance",
    "balances",
    "bought",
    "codes_of",
    "enrol",
    "entries",
    "expire_due",
    "export_entries",
    "issue",
    "let_in",
    "may_invite",
    "revoke",
    "signed_up",
    "standing",
]
