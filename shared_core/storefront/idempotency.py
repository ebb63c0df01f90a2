"""A write that moves money or stock may be sent any number of times and happens once.

The client names its intention with a key. The key is inserted first, in the transaction that does the work, so that
both happen or neither: a parallel duplicate waits for the insert and then finds the answer; a failure takes the key
back with everything else. Keys are never forgotten.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Generic, TypeVar, cast

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_or_ignore
from shared_core.kernel.errors import Invalid
from shared_core.storefront.models import KEY_LENGTH_MAX, IdempotencyRow
from shared_core.storefront.viewer import MemberDep, SessionDep, ShopDep

REPLAYED_HEADER = "Idempotency-Replayed"

M = TypeVar("M", bound=BaseModel)

KeyHeader = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=KEY_LENGTH_MAX,
        pattern=r"^[\x21-\x7e]+$",
        description="Names this intention; the same key again returns the first answer and does nothing.",
        examples=["0d9f8a52-6f1c-4f2e-9a3f-0b7f4b0f6f3e"],
    ),
]


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    message = "This idempotency key was already used for another request."


@dataclass(frozen=True)
class Intention:
    """What a client wants to happen once: `operation` with this `request`, under `key`, for the viewer `scope`."""

    scope: str
    key: str
    operation: str
    request: object = None

    @property
    def request_hash(self) -> str:
        body = self.request.model_dump(mode="json") if isinstance(self.request, BaseModel) else self.request
        text = json.dumps([self.operation, body], sort_keys=True, ensure_ascii=False, default=str)
        return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Answer(Generic[M]):
    """What was answered the first time; `replayed` when that was not now."""

    status: int
    body: dict[str, Any]
    replayed: bool

    def response(self) -> JSONResponse:
        headers = {REPLAYED_HEADER: "true"} if self.replayed else None
        return JSONResponse(self.body, status_code=self.status, headers=headers)


def once(
    session: Session, intention: Intention, work: Callable[[], M], *, status: int = 200, at: datetime
) -> Answer[M]:
    """Do `work` in this transaction unless the intention was carried out before; either way its answer.

    Must be the first thing the transaction does. Raises KeyReused when the key stands for another request.
    """
    if not _claim(session, intention, at=at):
        return _stored(session, intention)
    return _keep(session, intention, work(), status=status)


class Once:
    """`once` for the operation, key and signed-in viewer of a request."""

    def __init__(self, session: Session, *, scope: str, key: str, operation: str, at: datetime) -> None:
        self._session = session
        self._scope = scope
        self._key = key
        self._operation = operation
        self._at = at

    def __call__(self, work: Callable[[], BaseModel], *, request: object = None, status: int = 200) -> JSONResponse:
        """Do `work` unless this key did it before; the answer either way. `request` is what the key is bound to."""
        intention = Intention(self._scope, self._key, self._operation, request)
        return once(self._session, intention, work, status=status, at=self._at).response()


async def once_of_request(
    request: Request, session: SessionDep, viewer: MemberDep, key: KeyHeader, shop: ShopDep
) -> Once:
    """The operation is the route with the values of its path."""
    operation = f"{request.method} {request.url.path}"
    return Once(session, scope=viewer.scope, key=key, operation=operation, at=shop.clock())


OnceDep = Annotated[Once, Depends(once_of_request, scope="function")]


def _claim(session: Session, intention: Intention, *, at: datetime) -> bool:
    """Insert the key; False when it is there already (a concurrent owner is waited for)."""
    return insert_or_ignore(
        session,
        IdempotencyRow,
        {
            "scope": intention.scope,
            "key": intention.key,
            "request_hash": intention.request_hash,
            "written_at": at,
        },
        conflict=["scope", "key"],
    )


def _row(session: Session, intention: Intention) -> IdempotencyRow:
    query = select(IdempotencyRow).where(IdempotencyRow.scope == intention.scope, IdempotencyRow.key == intention.key)
    row = session.scalars(query).one()
    if row.request_hash != intention.request_hash:
        raise KeyReused
    return row


def _stored(session: Session, intention: Intention) -> Answer[M]:
    row = _row(session, intention)
    assert row.status is not None and row.body is not None, "a key is committed together with its answer"
    return Answer(row.status, row.body, replayed=True)


def _keep(session: Session, intention: Intention, answer: M, *, status: int) -> Answer[M]:
    body = answer.model_dump(mode="json")
    session.execute(_KEPT, {"of": intention.scope, "under": intention.key, "status": status, "body": body})
    return Answer(status, body, replayed=False)


_KEYS = cast(Table, IdempotencyRow.__table__)
_KEPT = update(_KEYS).where(_KEYS.c.scope == bindparam("of"), _KEYS.c.key == bindparam("under"))
