"""Money in, for staff: who says they have paid, statements of wallets, what is nobody's yet, who collects."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, Field

from shared_core import orders
from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import MixedCurrencies
from shared_core.storefront import collecting
from shared_core.storefront.api.shapes import Input, Money, MoneyInput, OrderNumber, Output
from shared_core.storefront.idempotency import OnceDep
from shared_core.storefront.viewer import OrdersDep, ReadDep, RefundsDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

ROWS_MAX = 1_000

router = APIRouter(prefix="/admin", tags=["money in"], route_class=AnswerRoute)

ReceiptId = Annotated[int, Path(ge=1, le=2**62)]
TransactionNumber = Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]


class SaidPayment(Output):
    """A customer says they have paid; it books nothing."""

    number: str
    amount: Money
    collector: str
    payer: str
    last4: str
    way: Literal["transfer", "red_packet"]
    at: datetime
    accept_by: datetime | None
    """When a red packet goes back by itself."""


class SaidPayments(Output):
    claims: list[SaidPayment]
    next: str | None
    """Give this as `after` to get the page after; empty on the last one."""


class Receipt(Output):
    """Money that matched no order when it was seen. `outcome`: "matched" or "returned"; empty while it waits."""

    id: int
    amount: Money
    collector: str
    transaction_no: str
    payer: str
    note: str
    why: str
    paid_at: datetime
    outcome: Literal["matched", "returned"] | None


class Receipts(Output):
    receipts: list[Receipt]


class StatementRow(Input):
    transaction_no: TransactionNumber
    amount: MoneyInput
    paid_at: Annotated[AwareDatetime, Field(strict=False, ge=orders.PAID_FROM, lt=orders.PAID_BEFORE)]
    payer: Annotated[str, Field(max_length=80)] = ""
    note: Annotated[str, Field(max_length=200)] = ""


class Statement(Input):
    """Money that came into a collector's wallet. Each transaction number counts once, however often it is sent."""

    collector: Annotated[str, Field(min_length=1, max_length=40)]
    rows: Annotated[list[StatementRow], Field(min_length=1, max_length=ROWS_MAX)]


class Settled(Output):
    transaction_no: str
    order: str
    late: bool
    """The order had been given up: it is supplied after all, or paid back."""


class RefusedRow(Output):
    transaction_no: str
    reason: str


class StatementAnswer(Output):
    """What became of each row."""

    settled: list[Settled]
    unidentified: list[str]
    known: list[str]
    refused: list[RefusedRow]


class Matching(Input):
    number: OrderNumber


class Returning(Input):
    evidence: TransactionNumber
    """The transaction number of the transfer back."""


class Collector(Output):
    """How one collector stands. `in_hand` is what they owe the shop."""

    collector: str
    payments: int
    taken: Money
    sent_back: Money
    in_hand: Money
    oldest_days: int | None
    unidentified: Money
    expected: Money
    claimed_orders: int


class Collectors(Output):
    collectors: list[Collector]


@router.get("/payment-claims", responses=responses(401, 403, 503))
def list_payment_claims(
    session: ReadDep,
    viewer: OrdersDep,
    shop: ShopDep,
    after: Annotated[str, Query(pattern=collecting.CLAIM_PLACE)] = "",
) -> SaidPayments:
    """Customers who say that they have paid and whose money was not seen yet.

    Those of open orders come first, then for a week those of orders given up, the oldest first.
    """
    found, following = collecting.claims(session, at=shop.clock(), after=after)
    shown = [
        SaidPayment(
            number=row.number,
            amount=Money.of_minor(wanted.amount_minor, row.currency),
            collector=wanted.collector,
            payer=claim.payer,
            last4=claim.last4,
            way=orders.Way(claim.way).value,
            at=claim.at,
            accept_by=claim.accept_by,
        )
        for claim, row, wanted in found
    ]
    return SaidPayments(claims=shown, next=following or None)


@router.get("/receipts", responses=responses(401, 403, 503))
def list_receipts(session: ReadDep, viewer: OrdersDep) -> Receipts:
    """Money that is nobody's yet, the oldest first."""
    return Receipts(receipts=[_receipt(each) for each in orders.waiting_receipts(session)])


@router.post("/statements", response_model=StatementAnswer, responses=responses(401, 403, 404, 409, 422, 503))
def take_in_statement(
    body: Statement, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Book money that came in: to its orders, or as nobody's yet. Rows that contradict each other are refused."""

    def take_in() -> StatementAnswer:
        rows = [_row(line, each, shop.currency) for line, each in enumerate(body.rows, start=1)]
        collector, at = collecting.known(shop, session, body.collector), shop.clock()
        report = orders.take_in(session, rows, collector=collector, entered_by=viewer.actor, at=at)
        named = {row.line: row.transaction_no for row in rows}
        told = shop.theme.translate(viewer.locale)

        def refused(line: int, why: Phrase) -> RefusedRow:
            return RefusedRow(transaction_no=named[line], reason=why.text(told))

        return StatementAnswer(
            settled=[
                Settled(transaction_no=named[line], order=number, late=late)
                for late, pairs in ((False, report.matched), (True, report.late))
                for line, number in pairs
            ],
            unidentified=[named[line] for line, _ in report.unidentified],
            known=[named[line] for line in report.known],
            refused=[refused(line, why) for line, why in report.refused],
        )

    return once(take_in, request=body)


@router.post("/receipts/{receipt}/match", response_model=Receipt, responses=responses(401, 403, 404, 409, 422, 503))
def match_receipt(
    receipt: ReceiptId, body: Matching, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """It was for this order, which is paid by it."""

    def match() -> Receipt:
        orders.assign(session, receipt, body.number, entered_by=viewer.actor, at=shop.clock())
        return _receipt(orders.receipt(session, receipt))

    return once(match, request=body)


@router.post("/receipts/{receipt}/return", response_model=Receipt, responses=responses(401, 403, 404, 409, 422, 503))
def return_receipt(
    receipt: ReceiptId, body: Returning, session: SessionDep, viewer: RefundsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """It was sent back to whom it came from."""
    return once(
        lambda: _receipt(
            orders.give_back(session, receipt, evidence=body.evidence, entered_by=viewer.actor, at=shop.clock())
        ),
        request=body,
    )


@router.get("/collectors", responses=responses(401, 403, 503))
def list_collectors(session: ReadDep, viewer: OrdersDep, shop: ShopDep) -> Collectors:
    """Who collects money by hand, and how much of it they have."""
    shown = [
        Collector(
            collector=each.collector,
            payments=each.seen,
            taken=Money.of(each.taken),
            sent_back=Money.of(each.sent_back),
            in_hand=Money.of(each.in_hand),
            oldest_days=each.oldest_days,
            unidentified=Money.of(each.unidentified),
            expected=Money.of(each.expected),
            claimed_orders=each.claimed_count,
        )
        for each in collecting.standings(shop, session)
    ]
    return Collectors(collectors=shown)


def _row(line: int, row: StatementRow, currency: str) -> orders.SeenRow:
    """Raises MixedCurrencies and Invalid."""
    amount = row.amount.value()
    if amount.currency != currency:
        raise MixedCurrencies(left=amount.currency, right=currency)
    if not amount:
        raise Invalid(field="amount", reason=Phrase(N_("the amount is not above zero")))
    return orders.SeenRow(line, orders.transaction_number(row.transaction_no), amount, row.paid_at, row.payer, row.note)


def _receipt(row: orders.Receipt) -> Receipt:
    outcome: Literal["matched", "returned"] | None = None
    if row.outcome is not None:
        outcome = "returned" if row.returned_by else "matched"
    return Receipt(
        id=row.id,
        amount=Money.of_minor(row.amount_minor, row.currency),
        collector=row.collector,
        transaction_no=row.transaction_no,
        payer=row.payer,
        note=row.note,
        why=row.why,
        paid_at=row.paid_at,
        outcome=outcome,
    )
