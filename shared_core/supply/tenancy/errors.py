"""What stores of a hub are refused with."""

from shared_core.kernel.errors import Conflict, Forbidden, Invalid, NotFound, PlatformError


class UnknownTenant(NotFound):
    code = "unknown_tenant"
    message = "The hub supplies no store {tenant}."


class TenantTaken(Conflict):
    code = "tenant_taken"
    message = "The hub supplies a store {tenant} already, on other terms."


class BadTenantCode(Invalid):
    code = "bad_tenant_code"
    message = "{tenant!r} cannot be a store's code; use small letters, digits and hyphens."


class BadTerms(Invalid):
    """`field` is the name of a term."""

    code = "bad_terms"
    message = "{field} cannot be {value}."


class UnknownScope(Invalid):
    code = "unknown_scope"
    message = "{scope!r} is no scope of an API key; there are {known}."


class UnknownApiKey(NotFound):
    code = "unknown_api_key"
    message = "The store {tenant} has no API key {key}."


class UnknownSupplierKey(NotFound):
    code = "unknown_supplier_key"
    message = "The supplier {supplier} has no API key {key}."


class RequestKeyReused(Conflict):
    code = "idempotency_key_reused"
    message = "This idempotency key was already used for another request. Send a new one with what is new."


class BadApiKey(PlatformError):
    """One answer for a key that is wrong, unknown, revoked or expired: whoever guesses learns nothing."""

    code = "bad_api_key"
    status = 401
    message = "This API key is not valid here. Send one as: Authorization: Bearer KEY."


class OtherStore(Conflict):
    """A key was mixed up with that of another store."""

    code = "other_store"
    message = "This API key is not that of the store {store}."


class OtherTimeline(Conflict):
    """The store knows another history than this hub has, see `tenancy.timeline`."""

    code = "other_timeline"
    message = (
        "This hub goes on from a backup, or is another one than the store knows. "
        "In the store's folder, run: platformctl supply resume"
    )


class ScopeMissing(Forbidden):
    code = "scope_missing"
    message = "This API key may not do that; it lacks the scope {scope}."
