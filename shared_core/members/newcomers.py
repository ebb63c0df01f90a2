"""Visitors who have never been here, made and bound in one statement of PostgreSQL: most clicks of a campaign.

Nobody can be the fan of somebody who did not exist a moment ago, so no loop can close and nothing needs a lock. What
the statement leaves open (a visitor who is there after all, the link of nobody, of somebody who may not lock, or of
a visitor who is part of an account by now) is decided in bindings.py like everything else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, bindparam, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from shared_core.kernel.events import announce
from shared_core.members.binding_rows import BINDINGS
from shared_core.members.events import FanBound
from shared_core.members.member_rows import MEMBERS, ids_by_key
from shared_core.members.rules import BindingPolicy, Qualified, WhoMayLock, new_binding


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A cookie that nobody knows yet, the public code its row gets, and whose link was followed."""

    token_hash: str
    code: str
    locale: str | None
    sponsor_code: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A visitor's new row, and whose fan they are; None when that is still to be decided."""

    visitor_id: int
    sponsor_id: int | None


def bind_newcomers(
    session: Session, newcomers: Sequence[Newcomer], *, policy: BindingPolicy, at: datetime
) -> Mapping[str, Arrived]:
    """Make and bind what can be bound at once: token hash -> row. Cookies that have a row by now are left out.

    All are bound at one instant, `at`. Nothing happens on other databases, or when the policy does not bind clicks.
    """
    if not newcomers or policy.on != "click" or session.get_bind().dialect.name != "postgresql":
        return {}
    terms = new_binding(0, policy=policy, at=at)
    sharers = {each.sponsor_code for each in newcomers}
    in_order = sorted(newcomers, key=lambda each: each.token_hash)
    rows = session.execute(
        _statement(policy.who_may_lock),
        {
            "tokens": [each.token_hash for each in in_order],
            "codes": [each.code for each in in_order],
            "locales": [each.locale for each in in_order],
            "links": [each.sponsor_code for each in in_order],
            "sharers": sorted(sharers if policy.qualified is None else _qualified(session, sharers, policy.qualified)),
            "at": at,
            "protected_until": terms.protected_until,
            "ends_at": terms.ends_at,
            "via": terms.via,
        },
    ).all()
    for _, visitor_id, sponsor_id in rows:
        if sponsor_id is not None:
            announce(session, FanBound(visitor_id, sponsor_id, at))
    return {token_hash: Arrived(visitor_id, sponsor_id) for token_hash, visitor_id, sponsor_id in rows}


def _qualified(session: Session, codes: set[str], qualified: Qualified) -> set[str]:
    """Those of the public codes whose members' links bind."""
    ids = ids_by_key(session, codes, key="code")
    found = qualified(session, set(ids.values()))
    return {code for code, member_id in ids.items() if member_id in found}


@lru_cache(maxsize=8)
def _statement(who: WhoMayLock) -> Select[Any]:
    """Whoever shared is held (shared) until the end, so that nobody is merged away while being bound to."""
    link = _links()
    row = MEMBERS.c
    new_row = select(link.c.code, literal(""), link.c.token_hash, link.c.locale, _given("at", row.created_at)).order_by(
        link.c.token_hash
    )
    made = (
        insert(MEMBERS)
        .from_select(["code", "name", "visitor_token_hash", "locale", "created_at"], new_row)
        .on_conflict_do_nothing(
            index_elements=[row.visitor_token_hash], index_where=row.visitor_token_hash.is_not(None)
        )
        .returning(row.id, row.visitor_token_hash)
        .cte("made")
    )
    sharer = (
        select(row.id, row.code)
        .where(row.code == any_(_array("sharers", row.code)), row.merged_into_id.is_(None), _may_lock(who))
        .with_for_update(read=True, key_share=True)
        .cte("sharer")
    )
    terms = [_given(name, BINDINGS.c[name]) for name in ("protected_until", "ends_at", "via")]
    tie = (
        select(made.c.id, sharer.c.id, _given("at", BINDINGS.c.bound_at), *terms)
        .join(link, link.c.token_hash == made.c.visitor_token_hash)
        .join(sharer, sharer.c.code == link.c.sponsor_code)
    )
    bound = (
        insert(BINDINGS)
        .from_select(["fan_id", "sponsor_id", "bound_at", "protected_until", "ends_at", "via"], tie)
        .returning(BINDINGS.c.fan_id, BINDINGS.c.sponsor_id)
        .cte("bound")
    )
    told = select(made.c.visitor_token_hash, made.c.id, bound.c.sponsor_id)
    return told.select_from(made.outerjoin(bound, bound.c.fan_id == made.c.id))


def _may_lock(who: WhoMayLock) -> ColumnElement[bool]:
    """`rules.may_lock`, said to the database."""
    if who == "promoters":
        return MEMBERS.c.joined_at.is_not(None)
    return true() if who == "anyone" else MEMBERS.c.identified_at.is_not(None)


def _links() -> Any:
    row = MEMBERS.c
    columns = ("token_hash", "code", "locale", "sponsor_code")
    arrays = (
        _array("tokens", row.visitor_token_hash),
        _array("codes", row.code),
        _array("locales", row.locale),
        _array("links", row.code),
    )
    source = func.unnest(*arrays).table_valued(*columns).render_derived()
    return select(*(source.c[name] for name in columns)).cte("link")


def _array(name: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(column.type, dimensions=1))


def _given(name: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return bindparam(name, type_=column.type)
