"""Returns, when a share becomes money, how it is paid out, what is withheld."""

from collections.abc import Iterator

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.kernel.reader import Reader
from shared_core.plan.check import percent
from shared_core.plan.schema.plan import Plan
from shared_core.plan.words.chapter import days

_STARTS = {
    "delivery": N_("Goods can be returned without a reason for {days} after delivery."),
    "shipment": N_("Goods can be returned without a reason for {days} after they were sent."),
    "payment": N_("Goods can be returned without a reason for {days} after payment."),
}
_SCHEDULES = {
    "on_request": N_("Payouts are made whenever a member asks."),
    "weekly": N_("Payouts are made once a week."),
    "monthly": N_("Payouts are made once a month."),
}
_RAILS = {
    "manual": N_("The shop sends them by hand."),
    "wechat": N_("They travel by WeChat Pay."),
    "alipay": N_("They travel by Alipay."),
    "stripe": N_("They travel by Stripe."),
    "bank": N_("They travel by bank transfer."),
}
_LABOUR = N_(
    "Tax is withheld from payouts by the rules of the PRC on remuneration for labour, reckoned by calendar month."
)


def returns(plan: Plan, reader: Reader) -> Iterator[str]:
    rules = plan.returns
    if rules.days:
        yield reader.say(_STARTS[rules.starts], days=days(reader, rules.days))
    else:
        yield reader.say(N_("Goods cannot be returned without a reason."))
    if rules.excepted:
        yield reader.say(N_("All goods are of kinds that the law excepts from returns without a reason."))
    if rules.buyback:
        buyback = N_("Members who leave get {rate} of the price of unsold goods back for {days} after buying them.")
        yield reader.say(buyback, rate=percent(rules.buyback.rate), days=days(reader, rules.buyback.days))


def payouts(plan: Plan, reader: Reader) -> Iterator[str]:
    rules = plan.settlement
    when = N_("A share can be taken out {days} after delivery, and not before the time for returns is over.")
    if rules.days == 0:
        when = N_("A share can be taken out after delivery, as soon as the time for returns is over.")
    yield reader.say(when, days=days(reader, rules.days))
    yield reader.say(N_("A refund takes its part of every share back, even when it was paid out already."))
    if rules.payout_min:
        yield reader.say(N_("The smallest payout is {least}."), least=Money(rules.payout_min, plan.currency))
    else:
        yield reader.say(N_("A payout can be as small as one likes."))
    yield reader.say(_SCHEDULES[rules.schedule])
    yield reader.say(_RAILS[rules.rail])
    yield from _tax(plan, reader)


def _tax(plan: Plan, reader: Reader) -> Iterator[str]:
    if plan.tax.withholding == "by_jurisdiction":
        yield reader.say(N_("What is withheld for tax follows from where the members are."))
    yield reader.say(_LABOUR if plan.withholding == "cn-labour" else N_("No tax is withheld from payouts."))
    if plan.tax.reporting == "cn-platform-quarterly":
        yield reader.say(
            N_("Identity and income of those who are paid are reported every quarter to the tax office of the PRC.")
        )
