"""What storefronts object to on their statements: said in the shop, decided at the hub, booked in both."""

from collections.abc import Callable
from pathlib import Path

from platformctl import output
from platformctl.failures import BadAnswer, SuppliesItself
from platformctl.messages import N_, translate
from platformctl.settling import BRAND, KINDS, amount_of, hub_books, shop_books
from shared_core import storefront, supply
from shared_core.kernel.money import decimal_text
from shared_core.kernel.settings import read_settings
from shared_core.supply import settlement, tenancy

STATES = {
    settlement.ObjectionState.OPEN: N_("open"),
    settlement.ObjectionState.ANSWERED: N_("answered"),
    settlement.ObjectionState.ACCEPTED: N_("accepted"),
    settlement.ObjectionState.REJECTED: N_("rejected"),
}


def object_to(
    reference: str, *, month: str, kind: str, amount: str, number: str, reason: str
) -> settlement.ObjectionView:
    """Tell the hub that a line of its statement is wrong; by all of it where no amount is given.

    Raises SuppliesItself, BadAnswer, NoStatement, UnknownLine, and what the hub refuses with.
    """
    gateway = _gateway()
    try:
        said = gateway.statement(month)
        lines = [each for each in said.lines if (each.kind, each.reference) == (kind, reference)]
        if not lines:
            raise settlement.UnknownLine(month=month, kind=kind, reference=reference)
        line = lines[0]
        wrong = amount_of(amount, line.amount.currency) if amount else max(line.amount, -line.amount)
        number = number or f"{kind}-{reference}"
        if wrong.minor <= 0:
            raise BadAnswer(key="--amount", value=amount, reason=translate(N_("it must be more than nothing")))
        return gateway.object_to(number, month=month, line=line, amount=wrong, reason=reason)
    finally:
        gateway.close()


def hear() -> tuple[list[settlement.ObjectionView], int]:
    """What came of this shop's objections; what was credited is booked, how many of them only now."""
    gateway = _gateway()
    try:
        told = gateway.objections()
    finally:
        gateway.close()
    with shop_books() as (session, at):
        return told, settlement.book_credits(session, told, at=at)


def of_all() -> list[settlement.ObjectionView]:
    """Every objection of the hub in this folder."""
    with hub_books() as (session, _):
        return settlement.objections(session)


def answer(store: str, number: str, *, text: str, actor: str) -> settlement.ObjectionView:
    return _decide(settlement.answer_objection, store, number, text=text, actor=actor)


def reject(store: str, number: str, *, text: str, actor: str) -> settlement.ObjectionView:
    return _decide(settlement.reject_objection, store, number, text=text, actor=actor)


def accept(store: str, number: str, *, credit: str, text: str, actor: str) -> settlement.ObjectionView:
    """Credit it; all that was objected to where no amount is given. Raises BadAnswer."""
    with hub_books() as (session, at):
        given = amount_of(credit, tenancy.tenant(session, store).currency) if credit else None
        return settlement.accept_objection(session, store, number, text=text, actor=actor, at=at, credit=given)


def as_dict(each: settlement.ObjectionView) -> dict[str, object]:
    """For machines; amounts as decimal text."""
    return {
        "ok": True,
        "store": each.store,
        "number": each.number,
        "month": each.month,
        "kind": each.kind,
        "reference": each.reference,
        "amount": decimal_text(each.amount),
        "currency": each.amount.currency,
        "state": each.state.value,
        "credit": decimal_text(each.credit),
        "steps": [
            {"state": step.state.value, "text": step.text, "by": step.actor, "at": step.at} for step in each.steps
        ],
    }


def tell(each: settlement.ObjectionView) -> None:
    """One objection, and below it what was said."""
    line = f"{each.month}  {translate(KINDS[settlement.LineKind(each.kind)])} {each.reference}"
    print(f"{each.store}  {each.number}  {line}  {each.amount}  {translate(STATES[each.state])}")
    if each.credit:
        output.say("    credited: {credit}", credit=each.credit)
    for step in each.steps:
        print(f"    {step.at.date().isoformat()}  {step.actor}: {step.text}")


def _decide(
    decision: Callable[..., settlement.ObjectionView], store: str, number: str, *, text: str, actor: str
) -> settlement.ObjectionView:
    with hub_books() as (session, at):
        return decision(session, store, number, text=text, actor=actor, at=at)


def _gateway() -> supply.HubGateway:
    brand = storefront.load_brand(BRAND)
    if brand.supply.mode != "hub":
        raise SuppliesItself(file=Path(BRAND) / "brand.toml")
    return storefront.hub_gateway(brand, read_settings())
