"""What every call begins with: whose key it is, what the key may do, and that a write happens once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import AfterValidator, BaseModel
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.api import Served, the_hub
from shared_core.hub.gate import SupplierRoute
from shared_core.supply import supplier_access
from shared_core.web.going import step_name

PATH = "/supplier/v1"
NUMBER_LENGTH_MAX = 120

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Call:
    """One authenticated call."""

    hub: Served
    caller: supplier_access.keys.SupplierCaller
    at: datetime

    @property
    def supplier(self) -> str:
        return self.caller.supplier


@dataclass(frozen=True)
class Write:
    """A call that does something, under the key that names its intention."""

    call: Call
    key: str
    operation: str

    @property
    def actor(self) -> str:
        return self.call.caller.actor

    @property
    def at(self) -> datetime:
        return self.call.at

    @property
    def supplier(self) -> str:
        return self.call.supplier

    def once(self, asked: BaseModel, answer: type[M], work: Callable[[Session], M]) -> M:
        """Do `work` in a transaction of its own, unless it was done under this key. Raises RequestKeyReused."""
        said = [self.operation, asked.model_dump(mode="json")]
        with self.call.hub.database.transaction() as session:
            known = supplier_access.requests.once(
                session, self.supplier, self.key, said, lambda: work(session).model_dump(mode="json"), at=self.at
            )
        return answer.model_validate(known)


def _call(request: Request, response: Response, hub: Annotated[Served, Depends(the_hub)]) -> Call:
    """Who was let in at the gate."""
    response.headers["Cache-Control"] = "no-store"
    return Call(hub, request.state.caller, request.state.at)


def _reader(call: Annotated[Call, Depends(_call)]) -> Call:
    """Raises ScopeMissing."""
    call.caller.require(supplier_access.keys.SupplierScope.READ)
    return call


def _writer(
    request: Request,
    call: Annotated[Call, Depends(_call)],
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=8,
            max_length=supplier_access.requests.REQUEST_KEY_LENGTH_MAX,
            pattern=r"^[\x21-\x7e]+$",
            description="Names this intention; the same key again returns the first answer and does nothing.",
            examples=["0d9f8a52-6f1c-4f2e-9a3f-0b7f4b0f6f3e"],
        ),
    ],
) -> Write:
    """Raises ScopeMissing."""
    call.caller.require(supplier_access.keys.SupplierScope.WRITE)
    return Write(call, key, f"{request.method} {request.url.path}")


Anybody = Annotated[Call, Depends(_call)]
Reader = Annotated[Call, Depends(_reader)]
Writer = Annotated[Write, Depends(_writer)]
Number = Annotated[str, Path(max_length=3 * NUMBER_LENGTH_MAX), AfterValidator(step_name)]


def _own_order(number: Number, call: Anybody) -> str:
    """Raises UnknownSupplierOrder, for another supplier's as for none."""
    with call.hub.database.reading() as session:
        supply.check_own_order(session, number, supplier=call.supplier)
    return number


def _own_return(number: Number, call: Anybody) -> str:
    """Raises UnknownReturn, for another supplier's as for none."""
    with call.hub.database.reading() as session:
        supply.check_own_return(session, number, supplier=call.supplier)
    return number


OwnOrder = Annotated[str, Depends(_own_order)]
OwnReturn = Annotated[str, Depends(_own_return)]


def section(tag: str) -> APIRouter:
    """Routes behind the gate for suppliers' keys."""
    return APIRouter(tags=[tag], route_class=SupplierRoute)
