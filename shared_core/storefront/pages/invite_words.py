"""Invite codes in words: what state one is in, what moved the quota, what earns the next one, how one gets in."""

from collections.abc import Callable, Mapping

from fastapi import Request

from shared_core.invites import CodeState, Entry, Kind, Standing
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, format_money
from shared_core.plan import Plan
from shared_core.storefront.pages.page import translate
from shared_core.storefront.viewer import current

STATES: Mapping[CodeState, tuple[str, str]] = {
    CodeState.OPEN: (N_("not used yet"), "live"),
    CodeState.USED: (N_("used"), "good"),
    CodeState.EXPIRED: (N_("expired, came back"), ""),
    CodeState.REVOKED: (N_("taken back"), ""),
}
"""Label and tone."""

ENTRIES: Mapping[Kind, str] = {
    Kind.BASE: N_("To begin with"),
    Kind.EARNED: N_("Earned: own sales stand at {sales}"),
    Kind.TAKEN_BACK: N_("Taken back: own sales stand at {sales} after returns"),
    Kind.ISSUED: N_("Given out: {code}"),
    Kind.USED: N_("Used for good: {code}"),
    Kind.EXPIRED: N_("Nobody used it, so it came back: {code}"),
    Kind.REVOKED: N_("You took it back: {code}"),
}

WAYS_IN: Mapping[str, str] = {
    "invite_code": N_("An invitation of a member makes you one who can recommend and earn. Type its code here."),
    "first_order": N_("Your first order makes you one who can recommend and earn, once it can no longer be returned."),
    "spend": N_("Whoever has bought for {spend} here can recommend and earn. What can be returned does not count."),
    "sign_up": N_("Whoever signs up can recommend and earn."),
}


def entry(request: Request, found: Entry, *, currency: str, texts: Mapping[str, str]) -> dict[str, object]:
    """One line of the quota's book; `texts`: number of a code -> the code."""
    sales = format_money(Money(found.sales_minor, currency), current(request).locale)
    code = texts.get(found.number or "", "")
    return {
        "said": translate(request, ENTRIES[found.kind]).format(sales=sales, code=code or found.number),
        "change": f"{found.free_change:+d}".replace("-", "−") if found.free_change else "",
        "after": found.free_after,
        "at": found.at,
    }


def quota_rules(request: Request, rules: Plan, standing: Standing, *, money: Callable[[int], str]) -> list[str]:
    """How many codes there are to give out, and what earns the next one; one sentence each."""
    invites, said = rules.invites, []

    def say(message: str, **blanks: object) -> None:
        said.append(translate(request, message).format(**blanks))

    if standing.debt:
        say(N_("Still to be made up for, because goods you sold were returned: {count}."),
            count=standing.debt)  # fmt: skip
    if invites.own_sales_per_code:
        say(N_("Every {amount} you sell to others earns one code, once the goods can no longer be returned."),
            amount=money(invites.own_sales_per_code))  # fmt: skip
    if standing.full:
        say(N_("You have as many unused codes as one may have ({count}). The next one comes when one is used."),
            count=invites.codes_max)  # fmt: skip
    elif invites.codes_max is not None:
        say(N_("At most {count} codes can wait unused."), count=invites.codes_max)
    say(N_("A code nobody uses within {days} days comes back to you; a used one is spent."), days=invites.expire_days)
    return said


def way_in(request: Request, rules: Plan, *, invited: bool) -> str:
    """How somebody who is no promoter yet becomes one."""
    if invited and rules.join.how == "invite_code":
        return ""
    spend = format_money(Money(rules.join.spend, rules.currency), current(request).locale)
    return translate(request, WAYS_IN[rules.join.how]).format(spend=spend)
