"""Returns at a hub: who asks, where goods may go, what was found of them."""

from collections.abc import Callable, Sequence

from platformctl import output
from platformctl.failures import BadAnswer
from platformctl.messages import N_, translate
from platformctl.settling import amount_of, hub_books
from shared_core import supply
from shared_core.kernel.money import decimal_text
from shared_core.supply import Bearer, Inspected, ReturnState

OPEN = (ReturnState.REQUESTED, ReturnState.AUTHORISED, ReturnState.SENT, ReturnState.RECEIVED)
STATES = {
    ReturnState.REQUESTED: N_("to be decided"),
    ReturnState.AUTHORISED: N_("may be sent"),
    ReturnState.SENT: N_("on its way"),
    ReturnState.RECEIVED: N_("to be looked at"),
    ReturnState.SETTLED: N_("settled"),
    ReturnState.DECLINED: N_("declined"),
    ReturnState.CANCELLED: N_("called off"),
    ReturnState.EXPIRED: N_("not sent in time"),
}


def listed(*, supplier: str, every: bool) -> list[supply.returns.ReturnDetail]:
    """Open ones, or all; of one supplier, where one is named."""
    with hub_books() as (session, _):
        return supply.returns.listed(session, supplier=supplier or None, states=None if every else OPEN)


def one(number: str) -> supply.returns.ReturnDetail:
    with hub_books() as (session, _):
        return supply.returns.detail(session, number)


def set_terms(supplier: str, terms: supply.returns.ReturnTerms) -> None:
    with hub_books() as (session, _):
        supply.returns.set_terms(session, supplier=supplier, terms=terms)


def authorise(number: str, *, actor: str) -> supply.returns.ReturnDetail:
    """To the address of the supplier's terms."""
    return _step(supply.returns.authorise, number, actor=actor)


def decline(number: str, *, reason: str, actor: str) -> supply.returns.ReturnDetail:
    return _step(supply.returns.decline, number, reason=reason, actor=actor)


def receive(number: str, *, actor: str) -> supply.returns.ReturnDetail:
    return _step(supply.returns.receive, number, actor=actor)


def inspect(
    number: str, counts: Sequence[str], *, said: str, bearer: str, freight: str, actor: str
) -> supply.returns.ReturnDetail:
    """`counts` are like "SKU=1,0,1". Raises BadAnswer, and what the supply refuses with."""
    found = [_counted(each) for each in counts]
    with hub_books() as (session, at):
        currency = supply.returns.detail(session, number).returned.supply.currency
        supply.returns.inspect(
            session,
            number,
            found,
            said=said,
            bearer=Bearer(bearer) if bearer else None,
            freight=amount_of(freight, currency) if freight else None,
            actor=actor,
            at=at,
        )
        return supply.returns.detail(session, number)


def replace(number: str, *, carrier: str, tracking: str, actor: str) -> supply.returns.ReturnDetail:
    return _step(supply.returns.ship_new, number, carrier=carrier, tracking_number=tracking, actor=actor)


def made_good(number: str, *, actor: str) -> supply.returns.ReturnDetail:
    return _step(supply.returns.deliver_new, number, actor=actor)


def as_dict(each: supply.returns.ReturnDetail) -> dict[str, object]:
    """For machines; amounts as decimal text."""
    back = each.returned
    return {
        "ok": True,
        "number": back.number,
        "store": each.store,
        "supplier": each.supplier,
        "supplier_order": back.supplier_order,
        "state": back.state.value,
        "reason": back.reason.value,
        "remedy": back.remedy.value,
        "words": each.words,
        "said": back.said,
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in back.lines],
        "tracking": f"{back.carrier} {back.tracking_number}".strip(),
        "send_by": back.send_by.isoformat() if back.send_by else None,
        "inspected": [
            {"sku": f.sku, "sellable": f.sellable, "unsellable": f.unsellable, "refused": f.refused}
            for f in back.inspected
        ],
        "replaced": back.replaced,
        "owed_less": decimal_text(back.supply + back.freight + back.fee),
        "currency": back.supply.currency,
        "steps": [{"state": s.state.value, "actor": s.actor, "at": s.at.isoformat()} for s in each.steps],
    }


def tell(each: supply.returns.ReturnDetail) -> None:
    """One return in a line, and what was written to it below."""
    back = each.returned
    pieces = ", ".join(f"{line.sku} × {line.quantity}" for line in back.lines)
    output.say(
        "{number}  {state}  {pieces}  ({reason}, {supplier})",
        number=back.number,
        state=translate(STATES[back.state]),
        pieces=pieces,
        reason=back.reason.value,
        supplier=each.supplier,
    )
    for text in (each.words, back.said, f"{back.carrier} {back.tracking_number}".strip()):
        if text:
            output.say("    {text}", text=text)


def _step(step: Callable[..., None], number: str, **named: str) -> supply.returns.ReturnDetail:
    with hub_books() as (session, at):
        step(session, number, at=at, **named)
        return supply.returns.detail(session, number)


def _counted(said: str) -> Inspected:
    sku, _, counts = said.rpartition("=")
    parts = counts.split(",")
    if not sku or len(parts) != 3 or not all(part.isdecimal() and part.isascii() for part in parts):
        reason = translate(N_("write SKU=SELLABLE,UNSELLABLE,REFUSED, such as A-1=1,0,1"))
        raise BadAnswer(key="FOUND", value=said, reason=reason)
    sellable, unsellable, refused = (int(part) for part in parts)
    return Inspected(sku, sellable, unsellable, refused)
