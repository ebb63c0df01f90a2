"""An earning with all it takes to explain it, and a payout, as the member sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.numbers import format_percent
from fastapi import Request

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import BPS_WHOLE, Money, format_money
from shared_core.plan import Plan
from shared_core.rewards import Earning, EarningState, Payout, PayoutState
from shared_core.storefront.pages import plan_words
from shared_core.storefront.pages.page import show_day, translate
from shared_core.storefront.viewer import current


@dataclass(frozen=True)
class EarningView:
    """`facts` are (name, value) in the reader's language: the whole calculation."""

    title: str
    at: datetime
    amount: Money
    state_label: str
    tone: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class PayoutView:
    """`net` is what is sent after `tax`."""

    number: str
    at: datetime
    amount: Money
    tax: Money
    net: Money
    state_label: str
    tone: str
    note: str
    evidence: str
    open: bool
    name: str = ""


def view(request: Request, rules: Plan, row: Earning) -> EarningView:
    label, tone = plan_words.EARNINGS[EarningState(row.state)]
    return EarningView(
        title=translate(request, N_("Order {number}")).format(number=row.order_number),
        at=row.quoted_at,
        amount=Money(row.net_minor, row.currency),
        state_label=translate(request, label),
        tone=tone,
        facts=[(translate(request, name), value) for name, value in _facts(request, rules, row)],
    )


def payout(request: Request, row: Payout, *, name: str = "") -> PayoutView:
    """`name` is whose it is, for the back office."""
    label, tone = plan_words.PAYOUTS[PayoutState(row.state)]
    tax, net = Money(row.tax_minor, row.currency), Money(row.net_minor, row.currency)
    note = translate(request, N_("{tax} tax withheld, {net} sent")) if tax else ""
    locale = current(request).locale
    return PayoutView(
        number=row.code,
        at=row.requested_at,
        amount=Money(row.gross_minor, row.currency),
        tax=tax,
        net=net,
        state_label=translate(request, label),
        tone=tone,
        note=row.reason or note.format(tax=format_money(tax, locale), net=format_money(net, locale)),
        evidence=row.evidence or "",
        open=row.state == PayoutState.REQUESTED,
        name=name,
    )


def rate(request: Request, row: Earning) -> str:
    """ "12.5 % of the price", or the fixed amount."""
    locale = current(request).locale
    if row.fixed_minor is not None:
        fixed = format_money(Money(row.fixed_minor, row.currency), locale)
        return translate(request, N_("{amount} each")).format(amount=fixed)
    share = format_percent(Decimal(row.rate_bps) / BPS_WHOLE, format="#,##0.##%", locale=locale.replace("-", "_"))
    text = N_("{share} of the margin") if row.basis == "margin" else N_("{share} of the price")
    return translate(request, text).format(share=share)


def _facts(request: Request, rules: Plan, row: Earning) -> list[tuple[str, str]]:
    locale = current(request).locale

    def money(minor: int) -> str:
        return format_money(Money(minor, row.currency), locale)

    rank = rules.rank(row.rank_then).name.in_locale(locale) if row.rank_then in rules.places else row.rank_then
    facts = [
        (N_("What for"), translate(request, plan_words.PAYEES[row.payee])),
        (N_("Item"), row.sku),
        (N_("Counted on"), money(row.base_minor)),
        (N_("Rate"), rate(request, row)),
        (N_("Rank then"), rank),
        (N_("Your share"), money(row.amount_minor)),
    ]
    if row.uncapped_minor > row.amount_minor:
        facts.append((N_("Before the cap"), money(row.uncapped_minor)))
    if row.reversed_minor:
        facts.append((N_("Taken back for refunds"), "−" + money(row.reversed_minor)))
    if row.matures_at and row.state == EarningState.PENDING:
        facts.append((N_("Available from"), show_day(request, row.matures_at)))
    return [*facts, (N_("By the rule"), f"{row.plan_name} {row.plan_version} · {row.rule_id}")]
