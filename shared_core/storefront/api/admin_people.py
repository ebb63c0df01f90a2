"""Back office: members and the money they take out."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from shared_core import members, rewards
from shared_core.kernel import money
from shared_core.storefront.api.me import Before, Limit, Payout, payout_of
from shared_core.storefront.api.shapes import Input, Output
from shared_core.storefront.idempotency import OnceDep
from shared_core.storefront.viewer import MembersDep, PayoutsDep, ReadDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/admin", tags=["back office: people"], route_class=AnswerRoute)

PayoutCode = Annotated[str, Path(max_length=32)]


class Member(Output):
    code: str
    name: str
    login: str
    rank: str
    """Empty for somebody who has not become a promoter."""
    sponsor_name: str
    fans: int
    staff: str | None
    identified_at: datetime | None
    joined_at: datetime | None


class MemberPage(Output):
    members: list[Member]
    next: int | None


class StaffPayout(Payout):
    member_name: str
    approved_by: str
    """Empty while nobody has; a payout above the shop's limit needs it, by somebody else than who pays."""
    settled_by: str
    needs_two: bool


class StaffPayoutPage(Output):
    payouts: list[StaffPayout]
    next: int | None


class PaidPayout(Input):
    evidence: Annotated[str, Field(min_length=1, max_length=80, examples=["WX20260310-0007"])]
    """The transaction number of the payment; it settles one payout only."""


class FailedPayout(Input):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


@router.get("/members", operation_id="admin_list_members", responses=responses(401, 403, 422, 503))
def list_members(
    session: ReadDep,
    viewer: MembersDep,
    shop: ShopDep,
    search: Annotated[str, Query(max_length=60)] = "",
    after: Before = None,
    limit: Limit = 50,
) -> MemberPage:
    """People who signed up, with rank, sponsor and number of fans."""
    at = shop.clock()
    found = members.people(session, search=search, after=after, limit=limit, at=at)
    ranks = rewards.ranks_of(session, shop.plan_at(at), [each.member_id for each in found.people])
    sponsors = members.names(session, [each.sponsor_id for each in found.people if each.sponsor_id])
    shown = [
        Member(
            code=each.code,
            name=each.name,
            login=each.login,
            rank=ranks[each.member_id] if each.joined_at else "",
            sponsor_name=sponsors.get(each.sponsor_id, "") if each.sponsor_id else "",
            fans=each.fans,
            staff=each.staff_role,
            identified_at=each.identified_at,
            joined_at=each.joined_at,
        )
        for each in found.people
    ]
    return MemberPage(members=shown, next=found.cursor)


@router.get("/payouts", operation_id="admin_list_payouts", responses=responses(401, 403, 503))
def list_payouts(
    session: ReadDep,
    viewer: PayoutsDep,
    shop: ShopDep,
    state: Annotated[Literal["requested", "paid", "failed"] | None, Query()] = None,
    before: Before = None,
    limit: Limit = 50,
) -> StaffPayoutPage:
    """Payouts, the newest first."""
    wanted = None if state is None else rewards.PayoutState(state)
    rows = rewards.list_payouts(session, state=wanted, limit=limit, before=before)
    names = members.names(session, {each.member_id for each in rows})
    steps = rewards.payout_steps(session, [each.id for each in rows])
    shown = [
        StaffPayout(
            **payout_of(each).model_dump(),
            member_name=names.get(each.member_id, ""),
            approved_by=next((step.actor for step in steps[each.id] if step.step == "approved"), ""),
            settled_by=next((step.actor for step in steps[each.id] if step.step in ("paid", "failed")), ""),
            needs_two=rewards.needs_two(money.Money(each.gross_minor, each.currency), shop.brand.two_people_above),
        )
        for each in rows
    ]
    return StaffPayoutPage(payouts=shown, next=rows[-1].id if len(rows) == limit else None)


@router.post("/payouts/{code}/approval", response_model=Payout, responses=responses(401, 403, 404, 409, 503))
def approve_payout(
    code: PayoutCode, session: SessionDep, viewer: PayoutsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The first of the two people whom a large payout needs has looked at it."""
    return once(lambda: payout_of(rewards.approve_payout(session, code, actor=viewer.actor, at=shop.clock())))


@router.post("/payouts/{code}/red-packet", response_model=Payout, responses=responses(401, 403, 404, 409, 422, 503))
def send_red_packet(
    code: PayoutCode, session: SessionDep, viewer: PayoutsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """It was sent as one red packet. Paid once the member has accepted it; it cannot fail within 24 hours."""

    def send() -> Payout:
        limit = shop.brand.two_people_above
        row = rewards.send_red_packet(session, code, actor=viewer.actor, at=shop.clock(), two_people_above=limit)
        return payout_of(row)

    return once(send)


@router.post("/payouts/{code}/paid", response_model=Payout, responses=responses(401, 403, 404, 409, 422, 503))
def mark_payout_paid(
    code: PayoutCode, body: PaidPayout, session: SessionDep, viewer: PayoutsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The money was sent; above the shop's limit somebody else has approved it before."""

    def mark() -> Payout:
        row = rewards.mark_payout_paid(
            session,
            code,
            evidence=body.evidence,
            actor=viewer.actor,
            at=shop.clock(),
            two_people_above=shop.brand.two_people_above,
        )
        return payout_of(row)

    return once(mark, request=body)


@router.post("/payouts/{code}/failed", response_model=Payout, responses=responses(401, 403, 404, 409, 422, 503))
def mark_payout_failed(
    code: PayoutCode, body: FailedPayout, session: SessionDep, viewer: PayoutsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The money could not be sent; it is the member's again."""
    return once(
        lambda: payout_of(
            rewards.mark_payout_failed(session, code, reason=body.reason, actor=viewer.actor, at=shop.clock())
        ),
        request=body,
    )
