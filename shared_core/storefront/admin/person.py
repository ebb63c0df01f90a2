"""One member in the back office: who invited them, whom they invited, and every movement of their invite codes."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import invites, members
from shared_core.storefront.admin import acting
from shared_core.storefront.admin.people import HOME, ID_MAX, Code
from shared_core.storefront.pages import invite_words
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MembersDep, ReadDep, ShopDep

ENTRIES_PER_PAGE = 30
INVITED_SHOWN_MAX = 100

router = APIRouter()


@router.get("/members/{code}")
def person(
    request: Request,
    code: Code,
    shop: ShopDep,
    session: ReadDep,
    viewer: MembersDep,
    before: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    return _page(request, session, shop, code, before=before)


@router.post("/members/{code}/let-in")
def let_in(request: Request, code: Code, shop: ShopDep, viewer: MembersDep) -> Response:
    """Make somebody a promoter whom nobody has invited: so the first ones come in."""

    def make(session: Session) -> None:
        invites.let_in(session, members.find_members(session, [code])[code], at=shop.clock())

    trouble = acting.attempt(request, shop, make)
    if not trouble:
        return acting.back(f"{HOME}/{code}", done="let_in")
    with shop.database.reading() as session:
        return _page(request, session, shop, code, trouble=trouble)


def _page(
    request: Request, session: Session, shop: Shop, code: str, *, before: int | None = None, trouble: str = ""
) -> HTMLResponse:
    at, member_id = shop.clock(), members.find_members(session, [code])[code]
    rules, stage = shop.plan_at(at), members.stage_of(session, member_id)
    invited = members.invited_by(session, member_id, limit=INVITED_SHOWN_MAX)
    inviters, accepted = members.inviters(session, member_id, depth_max=1), invites.acceptance(session, member_id)
    named = members.names(session, [member_id, *inviters, *invited, *([accepted.inviter_id] if accepted else [])])
    rows = invites.entries(session, member_id, limit=ENTRIES_PER_PAGE + 1, before=before)
    issued = invites.codes_of(session, member_id, keys=(), at=at)
    following = rows[ENTRIES_PER_PAGE - 1].id if len(rows) > ENTRIES_PER_PAGE else None
    return page(
        request,
        "admin/member.html",
        status_code=409 if trouble else 200,
        trouble=trouble,
        member=named.get(member_id, ""),
        code=code,
        stage=stage,
        inviter=named.get(inviters[0], "") if inviters else "",
        accepted=named.get(accepted.inviter_id, "") if accepted else "",
        invited=[named.get(each, "") for each in invited],
        standing=invites.standing(session, rules, member_id) if rules.invites.mode == "code" else None,
        entries=[
            invite_words.entry(request, each, currency=shop.currency, texts={}) for each in rows[:ENTRIES_PER_PAGE]
        ],
        codes=[
            {
                "number": each.number,
                "label": translate(request, invite_words.STATES[each.state][0]),
                "tone": invite_words.STATES[each.state][1],
                "at": each.issued_at,
                "used_by": each.used_by,
            }
            for each in issued
        ],
        listing={
            "previous_url": f"{HOME}/{code}" if before else "",
            "next_url": f"{HOME}/{code}?before={following}" if following else "",
        },
    )
