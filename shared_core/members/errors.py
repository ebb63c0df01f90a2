"""What may be refused in this room."""

from shared_core.kernel.errors import Conflict, Forbidden, Invalid, NotFound, PlatformError


class UnknownMember(NotFound):
    code = "unknown_member"
    message = "This member was not found."


class NobodyCalled(NotFound):
    code = "unknown_member"
    message = "{key} is nobody here; name members by public code, or as SOURCE:NAME from an import."


class CanLogIn(Conflict):
    code = "can_log_in"
    message = "This member can log in already."


class LoginTaken(Conflict):
    code = "login_taken"
    message = "There is already an account with this phone number or e-mail address."


class AlreadySignedUp(Conflict):
    code = "already_signed_up"
    message = "You already have an account."


class AlreadyJoined(Conflict):
    code = "already_joined"
    message = "This member has already joined by another invitation."


class InviterLoop(Conflict):
    code = "inviter_loop"
    message = "This invitation would make a member invite themselves, directly or through others."


class NotBound(Conflict):
    code = "not_bound"
    message = "You are not bound to anybody."


class LastOwner(Conflict):
    code = "last_owner"
    message = "A shop needs at least one owner who can log in."


class LoginUnreadable(Invalid):
    code = "login_unreadable"
    message = "Please enter a mobile number or an e-mail address."


class NameUnusable(Invalid):
    code = "name_unusable"
    message = "A name has between 1 and {length_max} characters."


class PasswordTooShort(Invalid):
    code = "password_too_short"
    message = "The password needs at least {length_min} characters."


class PasswordTooLong(Invalid):
    code = "password_too_long"
    message = "The password may have at most {length_max} characters."


class PasswordTooCommon(Invalid):
    code = "password_too_common"
    message = "This password is too easy to guess; please choose another one."


class WrongPassword(Invalid):
    code = "wrong_password"
    message = "The present password is not right."


class NotIdentified(Forbidden):
    code = "not_identified"
    message = "Please sign up first."


class WrongCredentials(PlatformError):
    code = "wrong_credentials"
    status = 401
    message = "The login or the password is not right."


class TokenUnreadable(PlatformError):
    code = "token_unreadable"
    status = 404
    message = "This link is not complete or not from this shop."


class TokenExpired(PlatformError):
    code = "token_expired"
    status = 410
    message = "This link has expired."


class AccessLinkDead(PlatformError):
    code = "access_link_dead"
    status = 410
    message = "This link was used before, taken back, or is too old. Ask the shop for a new one."
