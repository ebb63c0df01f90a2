"""Keys with which the own systems of a hub's suppliers call it."""

from datetime import timedelta

from platformctl.settling import hub_books
from platformctl.tenants import KEY_NAME_LENGTH
from shared_core.kernel.codes import new_code, new_token
from shared_core.supply import supplier_access, tenancy


def add(supplier: str, *, scopes: list[str], days: int | None, actor: str) -> str:
    """One more key, whole for the only time; others stay valid."""
    with hub_books() as (session, at):
        return supplier_access.keys.issue(
            session,
            supplier,
            name=new_code(KEY_NAME_LENGTH),
            secret=new_token(),
            scopes=scopes or supplier_access.keys.ALL_SCOPES,
            expires_at=None if days is None else at + timedelta(days=days),
            actor=actor,
            at=at,
        )


def keys(supplier: str) -> list[tenancy.KeyView]:
    with hub_books() as (session, _):
        return supplier_access.keys.keys(session, supplier)


def revoke(supplier: str, name: str, *, actor: str) -> None:
    with hub_books() as (session, at):
        supplier_access.keys.revoke(session, supplier, name, actor=actor, at=at)
