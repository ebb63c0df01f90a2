"""An earning with all it takes to explain it, and a payout, as the member sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.numbers import format_percent
from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import catalog, orders, rewards
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import BPS_WHOLE, Money, format_money
from shared_core.plan import Plan
from shared_core.rewards import Earning, EarningState, Payout, PayoutState
from shared_core.storefront.pages import plan_words
from shared_core.storefront.pages.page import show_day, translate
from shared_core.storefront.viewer import current


@dataclass(frozen=True)
class EarningView:
    """`story` says in sentences, in the reader's language, how it came about."""

    code: str
    number: str
    title: str
    why: str
    at: datetime
    amount: Money
    state_label: str
    tone: str
    story: Sequence[str]


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


def views(request: Request, session: Session, rows: Sequence[Earning]) -> Sequence[EarningView]:
    """The earnings with what was sold; two queries besides theirs, and one for each order that is disputed."""
    looks = catalog.looks(session, skus={row.sku for row in rows})
    plans = rewards.plans_of(session, rows)
    kept = {row.order_id for row in rows if row.held_minor}
    reasons = {order_id: _dispute_reason(request, session, order_id) for order_id in kept}
    return [
        _view(request, plans.get(row.plan_hash), row, looks.get(row.sku), reasons.get(row.order_id, "")) for row in rows
    ]


def _dispute_reason(request: Request, session: Session, order_id: int) -> str:
    open_ones = [each for each in orders.disputes(session, order_id) if each.state == orders.DisputeState.OPEN]
    return " · ".join(dict.fromkeys(translate(request, orders.DISPUTE_REASONS[each.reason]) for each in open_ones))


def _view(request: Request, rules: Plan | None, row: Earning, look: catalog.Look | None, disputed: str) -> EarningView:
    label, tone = state(request, row)
    title = look.title if look else row.sku
    return EarningView(
        code=row.code,
        number=row.order_number,
        title=title,
        why=why(request, row),
        at=row.quoted_at,
        amount=Money(row.net_minor, row.currency),
        state_label=label,
        tone=tone,
        story=_story(request, rules, row, title, disputed),
    )


def why(request: Request, row: Earning) -> str:
    """What it is earned for."""
    return translate(request, plan_words.PAYEES[row.payee])


def payee(request: Request, row: Earning, names: Mapping[int, str]) -> str:
    """Whose it is, for the back office."""
    return translate(request, rewards.TEAM_FUND) if row.member_id is None else names.get(row.member_id, "")


def state(request: Request, row: Earning) -> tuple[str, str]:
    """What its state is called, and the tone."""
    label, tone = plan_words.KEPT_BACK if row.held_minor else plan_words.EARNINGS[EarningState(row.state)]
    return translate(request, label), tone


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


def _story(request: Request, rules: Plan | None, row: Earning, title: str, disputed: str) -> list[str]:
    """What happened, how the amount follows from it, and how it stands now; `disputed` says why it is kept back."""
    amounts = {
        "base": _money(request, row, row.base_minor),
        "amount": _money(request, row, row.amount_minor),
        "before": _money(request, row, row.uncapped_minor),
        "back": _money(request, row, row.reversed_minor),
        "held": _money(request, row, row.held_minor),
        "why": disputed,
    }
    blanks = {"title": title, "rank": _rank(request, rules, row), "rate": rate(request, row), **amounts}
    sentences = [plan_words.STORIES[row.payee], _arithmetic(row)]
    if rewards.cut_by_period(row):
        sentences.append(N_("It would have been {before}; the plan limits what one person is paid in a period."))
    elif row.uncapped_minor > row.amount_minor:
        sentences.append(N_("It would have been {before}; the plan limits what one sale pays."))
    if row.reversed_minor:
        sentences.append(N_("Of this {back} went back when the customer got money back."))
    if row.held_minor:
        sentences.append(N_("{held} is kept back: the customer's bank disputes the payment ({why})."))
    if row.held_minor < row.net_minor or not row.held_minor:
        sentences.append(_standing(row))
    blanks["day"] = show_day(request, row.matures_at) if row.matures_at else ""
    return [translate(request, each).format(**blanks) for each in sentences]


def _arithmetic(row: Earning) -> str:
    if row.fixed_minor is not None:
        return N_("As {rank} you get {rate}: {amount}.")
    if row.basis == "margin":
        return N_("The shop's margin on it was {base}. As {rank} you get {rate}: {amount}.")
    return N_("The customer paid {base} for it. As {rank} you get {rate}: {amount}.")


def _standing(row: Earning) -> str:
    match EarningState(row.state):
        case EarningState.QUOTED:
            return N_("It counts once the order is paid.")
        case EarningState.PENDING if row.matures_at:
            return N_("It waits until the goods can no longer be returned: it is yours from {day}.")
        case EarningState.PENDING:
            return N_("It waits until the goods have arrived and can no longer be returned.")
        case EarningState.AVAILABLE:
            return N_("The goods can no longer be returned: it is yours, and counts in your balance.")
        case EarningState.VOID if not row.amount_minor:
            return N_("Nothing is left of it: the limit was reached before.")
        case EarningState.VOID:
            return N_("Nothing is left of it: the order was not paid, or all of it was refunded.")


def _money(request: Request, row: Earning, minor: int) -> str:
    return format_money(Money(minor, row.currency), current(request).locale)


def _rank(request: Request, rules: Plan | None, row: Earning) -> str:
    """What the rank was called under the plan of that time."""
    if rules is None or row.rank_then not in rules.places:
        return row.rank_then
    return rules.rank(row.rank_then).name.in_locale(current(request).locale)
