"""The books, readable: do the invariants hold, and where is the money."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import ledger, orders, rewards
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, parse_money
from shared_core.storefront import collecting
from shared_core.storefront.admin import acting
from shared_core.storefront.admin.errors import HandoverIncomplete
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop, audited
from shared_core.storefront.viewer import BooksDep, ShopDep

GROUPS: Mapping[str, str] = {
    "assets:clearing": N_("Taken in, not yet handed over"),
    "assets:bank": N_("At the bank"),
    "assets:dispute-receivable": N_("Disputed, with customers' banks"),
    "liabilities:customer-deposit": N_("Paid by customers, not yet delivered"),
    "liabilities:unidentified-receipts": N_("Received, nobody's yet"),
    "liabilities:refund-payable": N_("Promised back to customers"),
    "liabilities:member": N_("Owed to members"),
    "liabilities:fund": N_("In the team fund"),
    "liabilities:payout": N_("Payouts on their way"),
    "liabilities:tax-withheld": N_("Tax withheld"),
    "liabilities:hub": N_("Owed for goods"),
    "income": N_("Income"),
    "expenses": N_("Costs"),
}
"""Accounts by what their address begins with; the first that fits."""

SIDES: Mapping[str, tuple[str, ...]] = {
    N_("What the shop has"): ("assets",),
    N_("What it owes"): ("liabilities",),
    N_("What is its own"): ("income", "expenses"),
}
"""The three sides of the balance: the first is always the sum of the other two."""

router = APIRouter()
Text = Annotated[str, Form(max_length=60)]


@router.get("/books")
def books(request: Request, shop: ShopDep, viewer: BooksDep) -> HTMLResponse:
    with shop.database.reading() as session:  # rows are streamed
        return _page(request, session, shop)


@router.post("/books/handover")
def hand_over(
    request: Request,
    shop: ShopDep,
    viewer: BooksDep,
    amount: Text = "",
    reference: Text = "",
    collector: Text = "",
) -> Response:
    """Money left a collector's wallet for the bank; the same transaction number again changes nothing."""

    def note(session: Session) -> None:
        moved = parse_money(amount, shop.currency)
        if moved.minor <= 0 or not reference.strip():
            raise HandoverIncomplete
        whose = collecting.known(shop, session, collector or shop.brand.payment.everybody[0].name)
        orders.hand_over(session, collector=whose, amount=moved, reference=reference.strip(), at=shop.clock())

    trouble = acting.attempt(request, shop, note)
    if not trouble:
        return acting.back("/admin/books", done="saved")
    with shop.database.reading() as session:
        typed = {"amount": amount, "reference": reference, "collector": collector}
        return _page(request, session, shop, trouble=trouble, typed=typed, status=422)


def _page(
    request: Request,
    session: Session,
    shop: Shop,
    *,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    said = partial(translate, request)
    checks = [
        {"code": each.code, "ok": each.ok, "title": translate(request, each.title), "detail": each.detail(said)}
        for each in audited(shop, session)
    ]
    broken = sum(not each["ok"] for each in checks)
    shown = {"checks": checks, "broken": broken, "balanced": broken == 0}
    return page(
        request,
        "admin/books.html",
        status_code=status,
        trouble=trouble,
        has_fund=_has_fund(session, shop),
        typed=typed or {"amount": "", "reference": "", "collector": ""},
        collectors=collecting.names(shop, session),
        books={**shown, "balances": _balances(request, session, shop)},
    )


def _has_fund(session: Session, shop: Shop) -> bool:
    """Whether a plan of the shop pays a team fund, or one did."""
    pays = any(rule.payee == "team_fund" for each in shop.plans for rule in each.shares)
    return pays or bool(rewards.fund_earnings(session, limit=1))


def _balances(request: Request, session: Session, shop: Shop) -> Sequence[Mapping[str, object]]:
    """Each side with its groups: positive for what we have, what we owe and what came in, negative for what it cost."""
    totals = dict.fromkeys(GROUPS, 0)
    for (address, currency), minor in ledger.trial_balance(session).items():
        group = next((prefix for prefix in GROUPS if address.startswith(prefix)), None)
        if group is not None and currency == shop.currency:
            totals[group] += minor if group.startswith("assets") else -minor
    sides = []
    for title, prefixes in SIDES.items():
        own = {group: minor for group, minor in totals.items() if group.startswith(prefixes)}
        groups = [
            {"label": translate(request, GROUPS[group]), "amount": Money(minor, shop.currency)}
            for group, minor in own.items()
        ]
        total = Money(sum(own.values()), shop.currency)
        sides.append({"title": translate(request, title), "groups": groups, "total": total})
    return sides
