"""What may be refused in this room."""

from shared_core.kernel.errors import Conflict, Forbidden, Invalid, NotFound, PlatformError


class InviteCodeUnknown(Invalid):
    code = "invite_code_unknown"
    message = "This invite code is not known here. Look at it once more, or ask who gave it to you."


class InviteCodeUsed(Conflict):
    code = "invite_code_used"
    message = "This invite code has been used already. Ask who gave it to you for another one."


class InviteCodeExpired(PlatformError):
    code = "invite_code_expired"
    status = 410
    message = "This invite code is no longer good. Ask who gave it to you for another one."


class OwnInvite(Conflict):
    code = "own_invite"
    message = "This code is your own; give it to somebody else."


class AlreadyInvited(Conflict):
    code = "already_invited"
    message = "You have used an invite code already."


class InvitesClosed(Conflict):
    code = "invites_closed"
    message = "Nobody needs an invite code in this shop."


class NoCodesHere(Conflict):
    code = "no_codes_here"
    message = "There is no quota of invite codes in this shop."


class MayNotInvite(Forbidden):
    code = "may_not_invite"
    message = "You may not invite others yet."


class QuotaUsedUp(Conflict):
    code = "quota_used_up"
    message = "You have no invite code left to give out."


class UnknownInvite(NotFound):
    code = "unknown_invite"
    message = "There is no such invite code of yours."


class CodeNotOpen(Conflict):
    code = "code_not_open"
    message = "This invite code has been used or has come back already."
