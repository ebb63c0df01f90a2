"""What a member has reached and earned, and taking it out."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from shared_core import members, plan, rewards
from shared_core.kernel import money
from shared_core.kernel.codes import new_code
from shared_core.kernel.reader import Reader
from shared_core.storefront.api.explained import Earning, Explanation, earning_of, explanation_of
from shared_core.storefront.api.shapes import Input, Money, MoneyInput, Output
from shared_core.storefront.idempotency import OnceDep
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep
from shared_core.web import limits
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/me", tags=["me"], route_class=AnswerRoute)

Before = Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]


class Criterion(Output):
    """`reached` of `at_least`: a count, or an amount in the smallest unit where `money` is true."""

    metric: str
    window: str
    rank: str | None
    reached: int
    at_least: int
    money: bool


class RankProgress(Output):
    """Where you stand; `next_rank` is empty at the top."""

    rank: str
    rank_name: str
    next_rank: str | None
    next_rank_name: str | None
    criteria: list[Criterion]


class Fan(Output):
    """Names are shortened; a visitor who has not signed up has none."""

    name: str
    identified: bool
    bound_at: datetime
    ends_at: datetime | None


class FanPage(Output):
    fans: list[Fan]
    total: int
    identified: int
    next: int | None


class EarningPage(Output):
    earnings: list[Earning]
    next: int | None


class Balance(Output):
    """`available` is negative while a refund has taken back what was already paid out."""

    pending: Money
    held: Money
    available: Money
    payout_minimum: Money


class PayoutRequest(Input):
    amount: MoneyInput


class Payout(Output):
    """`gross` is taken out, `tax` withheld, `net` sent."""

    code: str
    state: str
    gross: Money
    tax: Money
    net: Money
    requested_at: datetime
    settled_at: datetime | None
    reason: str


class PayoutPage(Output):
    payouts: list[Payout]
    next: int | None


@router.get("/rank", responses=responses(401, 503))
def get_my_rank(session: ReadDep, viewer: MemberDep, shop: ShopDep) -> RankProgress:
    """Your rank and what is missing to the next one."""
    at = shop.clock()
    climb = rewards.climb_of(session, shop.plan_at(at), viewer.known_id, zone=shop.brand.shop.zone, at=at)
    return RankProgress(
        rank=climb.rank.id,
        rank_name=climb.rank.name.in_locale(viewer.locale),
        next_rank=climb.above.id if climb.above else None,
        next_rank_name=climb.above.name.in_locale(viewer.locale) if climb.above else None,
        criteria=[
            Criterion(
                metric=each.metric,
                window=each.window,
                rank=each.rank,
                reached=reached,
                at_least=each.at_least,
                money=each.metric in plan.AMOUNT_METRICS,
            )
            for each, reached in climb.reached
        ],
    )


@router.get("/fans", responses=responses(401, 503))
def list_my_fans(
    session: ReadDep, viewer: MemberDep, shop: ShopDep, after: Before = None, limit: Limit = 20
) -> FanPage:
    """Who is bound to you, the newest first."""
    at = shop.clock()
    page = members.direct_fans(session, viewer.known_id, at=at, after=after, limit=limit)
    total, identified = members.fan_counts(session, viewer.known_id, at=at)
    fans = [
        Fan(name=each.name, identified=each.identified, bound_at=each.bound_at, ends_at=each.ends_at)
        for each in page.fans
    ]
    return FanPage(fans=fans, total=total, identified=identified, next=page.cursor)


@router.get("/earnings", responses=responses(401, 503))
def list_my_earnings(session: ReadDep, viewer: MemberDep, before: Before = None, limit: Limit = 20) -> EarningPage:
    """What you earned, order line by order line, the newest first."""
    rows = rewards.earnings_of(session, viewer.known_id, limit=limit, before=before)
    return EarningPage(earnings=[earning_of(each) for each in rows], next=rows[-1].id if len(rows) == limit else None)


@router.get("/earnings/{code}", responses=responses(401, 404, 503))
def explain_my_earning(
    code: Annotated[str, Path(max_length=40)], session: ReadDep, viewer: MemberDep, shop: ShopDep
) -> Explanation:
    """One earning, explained down to the books."""
    found = rewards.explain(session, code, member_id=viewer.known_id)
    return explanation_of(found, Reader(viewer.locale, shop.theme.translate(viewer.locale), shop.brand.shop.zone))


@router.get("/balance", responses=responses(401, 503))
def get_my_balance(session: ReadDep, viewer: MemberDep, shop: ShopDep) -> Balance:
    """What the shop owes you."""
    wallet = rewards.wallet(session, viewer.known_id, shop.currency)
    least = shop.plan_at(shop.clock()).settlement.payout_min
    return Balance(
        pending=Money.of(wallet.pending),
        held=Money.of(wallet.held),
        available=Money.of(wallet.available),
        payout_minimum=Money.of_minor(least, shop.currency),
    )


@router.get("/payouts", responses=responses(401, 503))
def list_my_payouts(session: ReadDep, viewer: MemberDep, before: Before = None, limit: Limit = 20) -> PayoutPage:
    """What you took out, the newest first."""
    rows = rewards.payouts_of(session, viewer.known_id, limit=limit, before=before)
    return PayoutPage(payouts=[payout_of(each) for each in rows], next=rows[-1].id if len(rows) == limit else None)


@router.post("/payouts", status_code=201, response_model=Payout, responses=responses(401, 409, 422, 429, 503))
def request_payout(
    body: PayoutRequest, session: SessionDep, viewer: MemberDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Take money out of what is available."""
    shop.limiter.spend(limits.PAYOUT_BY_VIEWER, viewer.scope)
    at = shop.clock()

    def ask() -> Payout:
        row = rewards.request_payout(
            session,
            shop.plan_at(at),
            member_id=viewer.known_id,
            amount=_in_currency(body.amount.value(), shop.currency),
            code=new_code(),
            zone=shop.brand.shop.zone,
            at=at,
        )
        return payout_of(row)

    return once(ask, request=body, status=201)


def payout_of(row: rewards.Payout) -> Payout:
    return Payout(
        code=row.code,
        state=row.state,
        gross=Money.of_minor(row.gross_minor, row.currency),
        tax=Money.of_minor(row.tax_minor, row.currency),
        net=Money.of_minor(row.net_minor, row.currency),
        requested_at=row.requested_at,
        settled_at=row.settled_at,
        reason=row.reason,
    )


def _in_currency(amount: money.Money, currency: str) -> money.Money:
    """Raises MixedCurrencies for an amount that is not in the shop's currency."""
    if amount.currency != currency:
        raise money.MixedCurrencies(left=amount.currency, right=currency)
    return amount
