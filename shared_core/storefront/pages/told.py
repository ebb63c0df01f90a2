"""The plan and an earning in words, as pages show them: for visitors, members and staff alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from shared_core import plan, rewards
from shared_core.kernel.money import Money
from shared_core.kernel.reader import Reader
from shared_core.storefront.pages import earning_views
from shared_core.storefront.pages.page import page
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, ShopDep, ViewerDep, current, the_shop

EARNING_CODE_MAX = 40

router = APIRouter(include_in_schema=False)
EarningCode = Annotated[str, Path(max_length=EARNING_CODE_MAX)]


@dataclass(frozen=True)
class Version:
    """One version of the plan; `line` says since when, in the reader's language."""

    line: str
    stands: plan.Stands
    chapters: tuple[plan.Chapter, ...]


@router.get("/plan")
def plan_page(request: Request, shop: ShopDep, viewer: ViewerDep) -> HTMLResponse:
    """How earning works here, in force, to come and before."""
    return page(request, "plan.html", versions=versions(request, shop))


@router.get("/me/earnings/{code}")
def earning(request: Request, code: EarningCode, session: ReadDep, viewer: MemberDep) -> HTMLResponse:
    """Why one earning is what it is. Raises UnknownEarning for somebody else's."""
    found = rewards.explain(session, code, member_id=viewer.known_id)
    return page(request, "earning.html", earning=explained(request, found))


def explained(
    request: Request, found: rewards.Explanation, *, names: Mapping[int, str] | None = None
) -> dict[str, object]:
    """An earning for a page; `names` of members are for staff."""
    row = found.earning
    label, tone = earning_views.state(request, row)
    return {
        "code": row.code,
        "title": found.line.title or row.sku,
        "number": row.order_number,
        "why": earning_views.why(request, row),
        "amount": Money(row.net_minor, row.currency),
        "at": row.quoted_at,
        "state_label": label,
        "tone": tone,
        "chapters": rewards.tell(found, reader_of(request), names=names),
    }


def versions(request: Request, shop: Shop) -> list[Version]:
    """Every version of the shop's plan: the one in force first, then those to come, then the past ones."""
    reader, today = reader_of(request), shop.clock().astimezone(shop.brand.zone).date()
    ranked = sorted(
        plan.timeline(shop.plans, today), key=lambda each: ("in_force", "coming", "past").index(each.stands)
    )
    return [_version(each, reader) for each in ranked]


def reader_of(request: Request) -> Reader:
    """Who looks at the page."""
    shop, locale = the_shop(request), current(request).locale
    return Reader(locale, shop.theme.translate(locale), shop.brand.shop.zone)


def _version(dated: plan.Dated, reader: Reader) -> Version:
    return Version(plan.version_in_words(dated, reader), dated.stands, plan.describe(dated.plan, reader))
