"""The people who work at a hub, from the command line: the first owner, and whoever is locked out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from platformctl.messages import N_
from platformctl.settling import hub_books
from shared_core import hub, members

ROLES = {
    hub.Role.OWNER: N_("owner"),
    hub.Role.OPERATOR: N_("operator"),
    hub.Role.ACCOUNTANT: N_("accountant"),
    hub.Role.SUPPLIER: N_("supplier"),
}


@dataclass(frozen=True)
class LetIn:
    """Somebody with a password that works once; it is known only now."""

    name: str
    password: str


def add(name: str, role: str, *, supplier: str | None, actor: str) -> LetIn:
    def work(session: Session, hashed: str, at: datetime) -> str:
        made = hub.accounts.add(
            session, name, role=hub.Role(role), password_hash=hashed, actor=actor, at=at, supplier=supplier
        )
        return made.name

    return _let_in(work)


def give_password(name: str, *, actor: str) -> LetIn:
    def work(session: Session, hashed: str, at: datetime) -> str:
        known = hub.staff.clean_name(name)
        hub.accounts.give_password(session, known, password_hash=hashed, actor=actor, at=at)
        return known

    return _let_in(work)


def set_role(name: str, role: str, *, supplier: str | None, actor: str) -> hub.staff.Person:
    with hub_books() as (session, at):
        known = hub.staff.clean_name(name)
        return hub.staff.set_role(session, known, hub.Role(role), supplier=supplier, actor=actor, at=at)


def leave(name: str, *, actor: str) -> None:
    with hub_books() as (session, at):
        hub.staff.leave(session, hub.staff.clean_name(name), actor=actor, at=at)


def everybody() -> list[hub.staff.Person]:
    with hub_books() as (session, _):
        return hub.staff.everybody(session)


def as_dict(each: hub.staff.Person) -> dict[str, object]:
    """For machines."""
    return {
        "name": each.name,
        "role": each.role.value,
        "supplier": each.supplier,
        "can_log_in": each.ended_at is None and each.one_time_until is None,
        "left_at": each.ended_at,
    }


def _let_in(work: Callable[[Session, str, datetime], str]) -> LetIn:
    """The hash costs time on purpose, so it is made before the transaction begins."""
    password = hub.accounts.one_time_password()
    hashed = members.Passwords().hash(password)
    with hub_books() as (session, at):
        return LetIn(work(session, hashed, at), password)
