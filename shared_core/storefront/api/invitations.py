"""Bringing others in: the quota of invite codes, the codes given out, and using one."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field

from shared_core import invites
from shared_core.storefront import accounts, invitations
from shared_core.storefront.api.me import Before, Limit
from shared_core.storefront.api.shapes import Done, Input, Money, Output
from shared_core.storefront.idempotency import KeyHeader
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/me/invites", tags=["invitations"], route_class=AnswerRoute)

Number = Annotated[str, Path(max_length=16)]


class Quota(Output):
    """Codes you may still give out (`free`), gave out (`open`) and that were used; and what earns the next one.

    `debt`: codes given out whose sales were refunded since. `to_next` is empty where no sale earns another code.
    """

    free: int
    open: int
    used: int
    debt: int
    full: bool
    own_sales: Money
    to_next: Money | None


class InviteCode(Output):
    """`number` names it here. `code` is what you give away, empty when the shop can no longer show it."""

    number: str
    code: str | None
    link: str | None
    state: str
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    used_by: str
    """The shortened name of who used it."""


class Invites(Output):
    """`mode`: nobody invites ("closed"), everybody by their own code ("open"), or with codes of a quota ("code")."""

    mode: str
    may_invite: bool
    own_link: str | None
    quota: Quota | None
    codes: list[InviteCode]
    next: int | None


class QuotaEntry(Output):
    """`change` of your free codes, and how many they were after it. `sales` are your own net sales then."""

    kind: str
    codes: int
    change: int
    free_after: int
    sales: Money
    plan_version: str
    reference: str
    code_number: str | None
    at: datetime


class QuotaEntryPage(Output):
    entries: list[QuotaEntry]
    next: int | None


class UsedInvite(Input):
    code: Annotated[str, Field(min_length=1, max_length=invites.TYPED_LENGTH_MAX, examples=["7K3M-9Q2X-PA8D"])]


class Joined(Output):
    """Whether the code made you a promoter now; else it names who invited you, for when you become one."""

    joined: bool


@router.get("", responses=responses(401, 503))
def list_my_invites(
    request: Request, session: ReadDep, viewer: MemberDep, shop: ShopDep, before: Before = None, limit: Limit = 20
) -> Invites:
    """What you may give out and what you have given out, the newest first."""
    at, rules = shop.clock(), shop.plan_at(shop.clock())
    found = invites.codes_of(session, viewer.known_id, keys=shop.keys, at=at, limit=limit, before=before)
    own = invitations.own_code(session, shop, viewer)
    standing = invites.standing(session, rules, viewer.known_id) if rules.invites.mode == "code" else None
    return Invites(
        mode=rules.invites.mode,
        may_invite=invites.may_invite(session, rules, viewer.known_id),
        own_link=invitations.link_of(request, own) if own else None,
        quota=_quota(standing, shop) if standing else None,
        codes=[_code(request, each) for each in found],
        next=found[-1].id if len(found) == limit else None,
    )


@router.post("", status_code=201, responses=responses(401, 403, 409, 422, 429, 503))
def issue_invite(request: Request, session: SessionDep, viewer: MemberDep, key: KeyHeader) -> InviteCode:
    """Give out one code. The same key again gives the same code."""
    return _code(request, invitations.issue(request, session, key=key))


@router.get("/entries", responses=responses(401, 503))
def explain_my_invites(
    session: ReadDep, viewer: MemberDep, shop: ShopDep, before: Before = None, limit: Limit = 20
) -> QuotaEntryPage:
    """Why you have as many codes as you have: everything that ever moved them, the newest first."""
    rows = invites.entries(session, viewer.known_id, limit=limit, before=before)
    shown = [
        QuotaEntry(
            kind=each.kind,
            codes=each.codes,
            change=each.free_change,
            free_after=each.free_after,
            sales=Money.of_minor(each.sales_minor, shop.currency),
            plan_version=each.plan_version,
            reference=each.reference,
            code_number=each.number,
            at=each.at,
        )
        for each in rows
    ]
    return QuotaEntryPage(entries=shown, next=rows[-1].id if len(rows) == limit else None)


@router.post("/accepted", responses=responses(401, 403, 409, 410, 422, 429, 503))
def use_invite(body: UsedInvite, request: Request, session: SessionDep, viewer: MemberDep) -> Joined:
    """Use an invite code somebody gave you; it is spent."""
    return Joined(joined=accounts.accept_invite(request, session, body.code))


@router.delete("/{number}", responses=responses(401, 404, 409, 503))
def revoke_invite(number: Number, session: SessionDep, viewer: MemberDep, shop: ShopDep) -> Done:
    """Take a code back that nobody has used; you may give it out anew."""
    at = shop.clock()
    invites.revoke(session, shop.plan_at(at), viewer.known_id, number, at=at)
    return Done()


def _quota(standing: invites.Standing, shop: Shop) -> Quota:
    missing = standing.sales_to_next
    return Quota(
        free=standing.free,
        open=standing.open,
        used=standing.used,
        debt=standing.debt,
        full=standing.full,
        own_sales=Money.of_minor(standing.sales_minor, shop.currency),
        to_next=None if missing is None else Money.of_minor(missing, shop.currency),
    )


def _code(request: Request, issued: invites.Issued) -> InviteCode:
    is_open = issued.text is not None and issued.state == invites.CodeState.OPEN
    return InviteCode(
        number=issued.number,
        code=issued.text,
        link=invitations.link_of(request, issued.text) if is_open and issued.text else None,
        state=issued.state,
        issued_at=issued.issued_at,
        expires_at=issued.expires_at,
        ended_at=issued.ended_at,
        used_by=issued.used_by,
    )
