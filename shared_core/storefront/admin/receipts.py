"""Money in: who says they have paid, what came in and is nobody's, statements of wallets, who collects."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import members, orders
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.storefront import collecting
from shared_core.storefront.admin import acting
from shared_core.storefront.admin.errors import NoStatement
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import OrdersDep, ReadDep, RefundsDep, ShopDep, current
from shared_core.web.forms import sentence

ID_MAX = 2**62
REFUSED_SHOWN_MAX = 50
COUNTS: Mapping[str, str] = {
    "matched": N_("paid orders"),
    "late": N_("paid orders that had been given up"),
    "unidentified": N_("nobody's yet"),
    "already_known": N_("known before"),
    "not_received": N_("no money in"),
    "refused": N_("not understood"),
}

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=ID_MAX)]
After = Annotated[str, Query(pattern=collecting.CLAIM_PLACE)]
Text = Annotated[str, Form(max_length=80)]


@router.get("/receipts")
def receipts(request: Request, shop: ShopDep, session: ReadDep, viewer: OrdersDep, after: After = "") -> HTMLResponse:
    return _page(request, session, shop, after=after)


@router.post("/receipts/statement")
def take_in(
    request: Request,
    shop: ShopDep,
    viewer: OrdersDep,
    statement: UploadFile | None = None,
    collector: Text = "",
    only_look: Annotated[bool, Form()] = False,
) -> Response:
    """A wallet's statement; each transaction number counts once, however often it is sent."""
    try:
        content = statement.file.read() if statement is not None else b""
        if not content:
            raise NoStatement
        done = collecting.take_in(shop, content, collector=collector, entered_by=viewer.actor, dry_run=only_look)
    except PlatformError as error:
        locale = current(request).locale
        trouble = sentence(error, translate=shop.theme.translate(locale), locale=locale)
        with shop.database.reading() as session:
            return _page(request, session, shop, trouble=trouble, collector=collector, status=422)
    with shop.database.reading() as session:
        return _page(request, session, shop, done=done, collector=collector)


@router.post("/receipts/{receipt}/match")
def match(request: Request, receipt: Id, shop: ShopDep, viewer: OrdersDep, number: Text = "") -> Response:
    """Staff know whose money it is."""

    def assign(session: Session) -> None:
        orders.assign(session, receipt, number.strip().upper(), entered_by=viewer.actor, at=shop.clock())

    return _answer(request, shop, acting.attempt(request, shop, assign), "confirmed")


@router.post("/receipts/{receipt}/return")
def give_back(request: Request, receipt: Id, shop: ShopDep, viewer: RefundsDep, evidence: Text = "") -> Response:
    """The money went back to who sent it."""

    def back(session: Session) -> None:
        orders.give_back(session, receipt, evidence=evidence, entered_by=viewer.actor, at=shop.clock())

    return _answer(request, shop, acting.attempt(request, shop, back), "sent")


def _answer(request: Request, shop: Shop, trouble: str, done: str) -> Response:
    if not trouble:
        return acting.back("/admin/receipts", done=done)
    with shop.database.reading() as session:
        return _page(request, session, shop, trouble=trouble, status=422)


def _page(
    request: Request,
    session: Session,
    shop: Shop,
    *,
    trouble: str = "",
    done: collecting.TakenIn | None = None,
    collector: str = "",
    after: str = "",
    status: int = 200,
) -> HTMLResponse:
    said, following = collecting.claims(session, at=shop.clock(), after=after)
    standings = collecting.standings(shop, session)
    return page(
        request,
        "admin/receipts.html",
        status_code=status,
        trouble=trouble,
        claims=_claims(session, said, at=shop.clock()),
        first_url="/admin/receipts" if after else "",
        next_url=f"/admin/receipts?after={following}" if following else "",
        unidentified=[_nobodys(request, each, at=shop.clock()) for each in orders.waiting_receipts(session)],
        standings=standings,
        collectors=[each.collector for each in standings],
        chosen=collector,
        ages=_ages(request),
        done=None if done is None else _done(request, done),
    )


def _claims(session: Session, said: Sequence[orders.Claimed], *, at: datetime) -> Sequence[dict[str, object]]:
    names = members.names(session, [row.buyer_id for _, row, _ in said])
    return [
        {
            "number": row.number,
            "customer": names.get(row.buyer_id) or str(row.address.get("name", "")),
            "amount": Money(wanted.amount_minor, row.currency),
            "memo": wanted.memo if wanted.match == orders.Match.MEMO else "",
            "collector": wanted.collector,
            "payer": claim.payer,
            "last4": claim.last4,
            "at": claim.at,
            "accept_by": claim.accept_by,
            "went_back": claim.accept_by is not None and claim.accept_by <= at,
            "late": row.state == orders.State.CANCELLED,
        }
        for claim, row, wanted in said
    ]


def _nobodys(request: Request, row: orders.Receipt, *, at: datetime) -> dict[str, object]:
    return {
        "id": row.id,
        "amount": Money(row.amount_minor, row.currency),
        "transaction": row.transaction_no,
        "payer": row.payer,
        "note": row.note,
        "collector": row.collector,
        "paid_at": row.paid_at,
        "why": translate(request, row.why),
        "days": max((at - row.paid_at).days, 0),
    }


def _ages(request: Request) -> Sequence[str]:
    firsts = (0, *(days + 1 for days in orders.AGES))
    spans = [*(f"{first}–{last}" for first, last in zip(firsts, orders.AGES, strict=False)), f"> {orders.AGES[-1]}"]
    return [translate(request, N_("{days} days")).format(days=span) for span in spans]


def _done(request: Request, done: collecting.TakenIn) -> dict[str, object]:
    said = partial(translate, request)
    counted = [(said(label), done.counts[name]) for name, label in COUNTS.items() if done.counts[name]]
    return {
        "dry_run": done.dry_run,
        "counts": counted,
        "refused": [(line, why.text(said)) for line, why in done.refused[:REFUSED_SHOWN_MAX]],
        "more": max(len(done.refused) - REFUSED_SHOWN_MAX, 0),
    }
