"""The team fund in the back office: what is in it, what came in from which order, and handing it out."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import StringConstraints
from sqlalchemy.orm import Session

from shared_core import members, rewards
from shared_core.kernel.codes import new_code
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, parse_money
from shared_core.rewards import HANDOUT_MEMBERS_MAX, HandoutFound, HandoutState
from shared_core.storefront.admin import acting
from shared_core.storefront.admin.errors import HandoutIncomplete
from shared_core.storefront.pages import earning_views
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import PayoutsDep, ReadDep, ShopDep, current

HOME = "/admin/fund"
EARNINGS_PER_PAGE = 20
HANDOUTS_SHOWN = 20
ROWS = 8
SUGGESTED_MAX = 100
KEY_LENGTH = 20
ID_MAX = 2**62
STATES = {
    HandoutState.PROPOSED: (N_("waits for a second person"), "warn"),
    HandoutState.GIVEN: (N_("handed out"), "good"),
    HandoutState.DROPPED: (N_("dropped"), ""),
}
PROPOSED_BY = N_("entered by {name}")
ENDED_BY = {HandoutState.GIVEN: N_("given by {name}"), HandoutState.DROPPED: N_("dropped by {name}")}

router = APIRouter()
Code = Annotated[str, Path(max_length=32)]
Key = Annotated[str, Form(min_length=4, max_length=KEY_LENGTH, pattern=r"^[0-9A-Z]+$")]
Text = Annotated[str, Form(max_length=200)]
Cells = Annotated[list[Annotated[str, StringConstraints(max_length=60)]], Form(max_length=HANDOUT_MEMBERS_MAX)]


@router.get("/fund")
def fund(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: PayoutsDep,
    before: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    return _page(request, session, shop, before=before)


@router.post("/fund/handouts")
def hand_out(
    request: Request, shop: ShopDep, viewer: PayoutsDep, key: Key, who: Cells, amount: Cells, reason: Text = ""
) -> Response:
    """`key` makes the form one hand-out however often it is sent; empty rows are left out."""
    rows = [row for row in zip_longest(who, amount, fillvalue="") if any(cell.strip() for cell in row)]
    found: list[HandoutFound] = []

    def give(session: Session) -> None:
        found.append(
            rewards.hand_out(
                session,
                _parts(session, rows, shop.currency),
                reason=reason,
                code=key,
                actor=viewer.actor,
                at=shop.clock(),
                two_people_above=shop.brand.two_people_above,
            )
        )

    trouble = acting.attempt(request, shop, give)
    if not trouble:
        return acting.back(HOME, done="handed_out" if found[0].state == HandoutState.GIVEN else "proposed")
    with shop.database.reading() as session:
        return _page(request, session, shop, trouble=trouble, rows=rows, reason=reason, status=422)


@router.post("/fund/handouts/{code}/given")
def give(request: Request, code: Code, shop: ShopDep, viewer: PayoutsDep) -> Response:
    """The second of the two people whom a large hand-out needs."""
    limit = shop.brand.two_people_above
    trouble = acting.attempt(
        request,
        shop,
        lambda session: rewards.give_handout(
            session, code, actor=viewer.actor, at=shop.clock(), two_people_above=limit
        ),
    )
    return _done(request, shop, trouble, "handed_out")


@router.post("/fund/handouts/{code}/dropped")
def drop(request: Request, code: Code, shop: ShopDep, viewer: PayoutsDep) -> Response:
    trouble = acting.attempt(
        request, shop, lambda session: rewards.drop_handout(session, code, actor=viewer.actor, at=shop.clock())
    )
    return _done(request, shop, trouble, "dropped")


def _done(request: Request, shop: Shop, trouble: str, done: str) -> Response:
    if not trouble:
        return acting.back(HOME, done=done)
    with shop.database.reading() as session:
        return _page(request, session, shop, trouble=trouble, status=422)


def _parts(session: Session, rows: Sequence[tuple[str, str]], currency: str) -> dict[int, Money]:
    """Member -> amount. Raises HandoutIncomplete, NobodyCalled, and what an amount may be wrong by."""
    named = [who.strip() if ":" in who else who.strip().upper() for who, _ in rows]
    if not rows or len(set(named)) < len(rows) or not all(who and amount.strip() for who, amount in rows):
        raise HandoutIncomplete
    found = members.find_members(session, named)
    return {found[who]: parse_money(amount, currency) for who, (_, amount) in zip(named, rows, strict=True)}


def _page(
    request: Request,
    session: Session,
    shop: Shop,
    *,
    before: int | None = None,
    trouble: str = "",
    rows: Sequence[tuple[str, str]] = (),
    reason: str = "",
    status: int = 200,
) -> HTMLResponse:
    came_in = rewards.fund_earnings(session, limit=EARNINGS_PER_PAGE + 1, before=before)
    people = members.people(session, at=shop.clock(), limit=SUGGESTED_MAX).people
    pot = rewards.pot(session, shop.currency)
    return page(
        request,
        "admin/fund.html",
        status_code=status,
        trouble=trouble,
        pot=pot,
        in_debt=pot.inside.available.minor < 0,
        can_give=pot.inside.available.minor > 0,
        limit=shop.brand.two_people_above,
        key=new_code(KEY_LENGTH),
        rows=[*rows, *[("", "")] * (ROWS - len(rows))],
        reason=reason,
        suggested=[(each.code, each.name) for each in people if each.joined_at],
        handouts=_handouts(request, session, shop),
        came_in=earning_views.views(request, session, came_in[:EARNINGS_PER_PAGE]),
        listing={
            "previous_url": HOME if before else "",
            "next_url": f"{HOME}?before={came_in[EARNINGS_PER_PAGE - 1].id}"
            if len(came_in) > EARNINGS_PER_PAGE
            else "",
        },
    )


def _handouts(request: Request, session: Session, shop: Shop) -> list[dict[str, object]]:
    """Those that wait first."""
    found = [
        *rewards.handouts(session, waiting=True),
        *(each for each in rewards.handouts(session, limit=HANDOUTS_SHOWN) if each.end),
    ]
    actors = [each.row.actor for each in found] + [each.end.actor for each in found if each.end]
    people = acting.people_of(actors)
    names = members.names(session, [*people.values(), *(member_id for each in found for member_id in each.parts)])
    return [_told(request, shop, each, names) for each in found]


def _told(request: Request, shop: Shop, found: HandoutFound, names: dict[int, str]) -> dict[str, object]:
    row, end = found.row, found.end
    label, tone = STATES[found.state]
    steps = [(PROPOSED_BY, row.actor, row.at)]
    if end is not None:
        steps.append((ENDED_BY[found.state], end.actor, end.at))
    limit, viewer = shop.brand.two_people_above, current(request).actor
    own = limit is not None and rewards.is_ones_own(found.parts, viewer)
    alone = own or (row.actor == viewer and rewards.needs_two(row.amount, limit))
    return {
        "code": row.code,
        "amount": row.amount,
        "reason": row.reason,
        "label": translate(request, label),
        "tone": tone,
        "parts": [(names.get(member_id, ""), part) for member_id, part in found.parts.items()],
        "steps": [(translate(request, text).format(name=acting.named(actor, names)), at) for text, actor, at in steps],
        "waits": end is None,
        "may_give": end is None and not alone,
    }
