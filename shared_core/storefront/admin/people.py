"""Members in the back office: who they are, what rank they have, whose fans they are."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from shared_core import members, rewards
from shared_core.kernel.i18n import N_
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.viewer import MembersDep, ReadDep, ShopDep

PEOPLE_PER_PAGE = 30
ID_MAX = 2**62
ROLES = {"owner": N_("owner"), "staff": N_("staff")}

router = APIRouter()


@router.get("/members")
def listing(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: MembersDep,
    q: Annotated[str, Query(max_length=60)] = "",
    after: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    rules, at = shop.plan_at(shop.clock()), shop.clock()
    found = members.people(session, search=q, after=after, limit=PEOPLE_PER_PAGE, at=at)
    ranks = rewards.ranks_of(session, rules, [each.member_id for each in found.people])
    sponsors = members.names(session, [each.sponsor_id for each in found.people if each.sponsor_id])
    return page(
        request,
        "admin/members.html",
        members=[
            {
                "name": each.name,
                "code": each.code,
                "login": each.login,
                "rank": rules.rank(ranks[each.member_id]).name.in_locale(viewer.locale) if each.joined_at else "",
                "sponsor": sponsors.get(each.sponsor_id, "") if each.sponsor_id else "",
                "fans": each.fans,
                "since": each.identified_at,
                "role": translate(request, ROLES[each.staff_role]) if each.staff_role else "",
            }
            for each in found.people
        ],
        listing={
            "query": q,
            "previous_url": "/admin/members?" + urlencode({"q": q}) if after else "",
            "next_url": "/admin/members?" + urlencode({"q": q, "after": found.cursor}) if found.cursor else "",
        },
    )
