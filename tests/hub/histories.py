"""Any short history of one store's calls, and what came of it: the same for every kind of gateway."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON

REFERENCES = ("o1", "1042", "群/7 ~%.")
Outcome = Any
SF = "SF1234567890123"
AT_THE_HUB = ("authorise", "receive", "inspect")


@dataclass(frozen=True)
class Step:
    """One call, or one thing that happens at the hub meanwhile."""

    what: str
    reference: str
    quantities: tuple[tuple[str, int], ...] = ()
    goods: int | None = None
    name: str = "w1"
    restock: bool = True


def steps(what: Sequence[str], *, quantity_max: int = 4) -> st.SearchStrategy[list[Step]]:
    step = st.builds(
        Step,
        what=st.sampled_from(what),
        reference=st.sampled_from(REFERENCES),
        quantities=st.dictionaries(st.sampled_from(["A", "B", "Z"]), st.integers(0, quantity_max), max_size=2).map(
            lambda wanted: tuple(sorted(wanted.items()))
        ),
        goods=st.none() | st.integers(0, 20_000),
        name=st.sampled_from(["w1", "退/2"]),
        restock=st.booleans(),
    )
    return st.lists(step, min_size=1, max_size=10)


RETURNS = ("ask back", "ask back", "send back", "keep", "view back")
CALLS = ("hold", "hold", "confirm", "confirm", "withdraw", "withdraw_all", "release", "view", *RETURNS)
ALL = (*CALLS, "events", "ship", "ship", "expire", "authorise", "receive", "inspect", "inspect")


def play(gateway: Any, database: Database, history: Sequence[Step], *, prefix: str = "") -> list[Outcome]:
    """What each step of the history brings; ten minutes pass between two. `prefix`: of the store's names at the hub."""
    return [one(gateway, database, step, minute=10 * turn, prefix=prefix) for turn, step in enumerate(history)]


def one(gateway: Any, database: Database, step: Step, *, minute: int, prefix: str = "") -> Outcome:
    at = NOON + timedelta(minutes=minute)
    lines = [supply.HoldLine(sku, quantity) for sku, quantity in step.quantities]
    reference = step.reference
    try:
        match step.what:
            case "hold":
                return gateway.hold(reference, lines, customer="c", ttl=HALF_AN_HOUR, at=at)
            case "view":
                return gateway.view(reference)
            case "release":
                return gateway.release(reference, at=at)
            case "confirm":
                goods = None if step.goods is None else Money(step.goods, "CNY")
                return gateway.confirm(reference, ship_to=HOME, at=at, goods=goods)
            case "withdraw" | "withdraw_all":
                wanted = None if step.what == "withdraw_all" else lines
                return gateway.withdraw(reference, wanted, withdrawal=step.name, restock=step.restock, at=at)
            case "events":
                return gateway.events()
            case "ask back":
                why = list(supply.ReturnReason)[minute % 5]
                remedy = supply.Remedy.REPLACEMENT if step.restock else supply.Remedy.MONEY
                return gateway.request_return(
                    reference, lines, number=step.name, reason=why, remedy=remedy, words="退", at=at
                )
            case "send back":
                return gateway.ship_return(reference, number=step.name, carrier="SF", tracking_number=SF, at=at)
            case "keep":
                return gateway.cancel_return(reference, number=step.name, at=at)
            case "view back":
                return gateway.view_return(reference, number=step.name)
        with database.transaction() as session:
            if step.what == "expire":
                return supply.expire_holds(session, at=at)
            if step.what in AT_THE_HUB:
                return look(session, f"{prefix}{step.name}", step, at=at)
            number = f"{prefix}{reference}-1"
            shipped = supply.ship(session, number=number, carrier="Local", tracking_number="1", at=at)
            return shipped is not None
    except PlatformError as refusal:
        named = str(refusal)
        return type(refusal), named.replace(prefix, "") if prefix and step.what in ("ship", *AT_THE_HUB) else named


def look(session: Session, number: str, step: Step, *, at: datetime) -> None:
    """What somebody at the hub does with a return, of which the first piece is good and the others are refused."""
    if step.what == "authorise":
        return supply.returns.authorise(session, number, actor="ann", at=at, address=HOME)
    if step.what == "receive":
        return supply.returns.receive(session, number, actor="ann", at=at)
    asked = supply.returns.detail(session, number).returned
    spoilt = not asked.reason.comes_back
    found = [
        supply.Inspected(each.sku, 0 if spoilt else 1, 1 if spoilt else 0, each.quantity - 1) for each in asked.lines
    ]
    return supply.returns.inspect(session, number, found, actor="ann", at=at)
