"""What comes back to a supplier, and what it does with it."""

from typing import Annotated

from fastapi import Query
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console.typed import reason
from shared_core.hub.supplier_api import sent, shown
from shared_core.hub.supplier_api.calls import NUMBER_LENGTH_MAX, OwnReturn, Reader, Writer, section

PER_PAGE = 100

router = section("returns")


@router.get("/returns")
def returns(
    call: Reader,
    state: Annotated[list[supply.ReturnState] | None, Query()] = None,
    before: Annotated[str, Query(max_length=NUMBER_LENGTH_MAX)] = "",
) -> shown.Returns:
    """The newest first; again with `before` for those older than the last one."""
    with call.hub.database.reading() as session:
        if before:
            supply.check_own_return(session, before, supplier=call.supplier)
        found = supply.returns.listed(session, supplier=call.supplier, states=state, before=before, limit=PER_PAGE + 1)
    seen = [shown.returned(each) for each in found[:PER_PAGE]]
    return shown.Returns(returns=seen, before=seen[-1].number if len(found) > PER_PAGE else None)


@router.get("/returns/{number}")
def one_return(number: OwnReturn, call: Reader) -> shown.Return:
    """The return as it is now."""
    with call.hub.database.reading() as session:
        return _seen(session, number)


@router.post("/returns/{number}/authorise")
def authorise(number: OwnReturn, write: Writer, asked: sent.Authorisation) -> shown.Return:
    """The pieces may come back to this address, or to that of the supplier's terms."""

    def work(session: Session) -> shown.Return:
        where = asked.address.address if asked.address else None
        supply.returns.authorise(
            session, number, address=where, send_days=asked.send_days, actor=write.actor, at=write.at
        )
        return _seen(session, number)

    return write.once(asked, shown.Return, work)


@router.post("/returns/{number}/decline")
def decline(number: OwnReturn, write: Writer, asked: sent.Reason) -> shown.Return:
    """Nothing of it may come back."""

    def work(session: Session) -> shown.Return:
        supply.returns.decline(session, number, reason=reason(asked.reason), actor=write.actor, at=write.at)
        return _seen(session, number)

    return write.once(asked, shown.Return, work)


@router.post("/returns/{number}/received")
def received(number: OwnReturn, write: Writer, asked: sent.Nothing) -> shown.Return:
    """The box is here; nobody has looked into it."""

    def work(session: Session) -> shown.Return:
        supply.returns.receive(session, number, actor=write.actor, at=write.at)
        return _seen(session, number)

    return write.once(asked, shown.Return, work)


@router.post("/returns/{number}/inspection")
def inspect(number: OwnReturn, write: Writer, asked: sent.Inspection) -> shown.Return:
    """What was found, piece by piece; that settles it."""

    def work(session: Session) -> shown.Return:
        found = [each.inspected for each in asked.lines]
        supply.returns.inspect(session, number, found, said=asked.said, actor=write.actor, at=write.at)
        return _seen(session, number)

    return write.once(asked, shown.Return, work)


@router.post("/returns/{number}/replacement")
def replace(number: OwnReturn, write: Writer, asked: sent.NewBox) -> shown.Return:
    """The box with new pieces is on its way."""

    def work(session: Session) -> shown.Return:
        supply.returns.ship_new(
            session,
            number,
            carrier=asked.carrier,
            tracking_number=asked.tracking_number,
            actor=write.actor,
            at=write.at,
        )
        return _seen(session, number)

    return write.once(asked, shown.Return, work)


@router.post("/returns/{number}/replacement/delivered")
def replaced(number: OwnReturn, write: Writer, asked: sent.Nothing) -> shown.Return:
    """The customer has the new pieces."""

    def work(session: Session) -> shown.Return:
        supply.returns.deliver_new(session, number, actor=write.actor, at=write.at)
        return _seen(session, number)

    return write.once(asked, shown.Return, work)


def _seen(session: Session, number: str) -> shown.Return:
    session.flush()
    return shown.returned(supply.returns.detail(session, number))
