"""What a plan that was never published may do with real customers: a little, so that it can be tried."""

from shared_core.kernel.i18n import N_

TRIAL_MEMBERS_MAX = 50
"""Members who can earn anything."""
TRIAL_MONTH_MINOR_MAX = 100_000
"""What one member can earn in a calendar month, in the smallest unit of the currency: 1,000.00 yuan, 100,000 yen."""

TRIAL_MEMBERS = N_("The plan is on trial, and {limit} members earn already.")
TRIAL_MONTH = N_("The plan is on trial, and a member earns at most {limit} a month.")
TRIAL_REASONS = {"members": TRIAL_MEMBERS, "month": TRIAL_MONTH}
"""Why a share was refused: the code that is kept, and what is said."""


def trial_refusal(*, earns_already: bool, earners: int, month_minor: int, amount_minor: int) -> str | None:
    """The reason not to make an earning of `amount_minor`; None when it is within the limits.

    `earners`: members who earn; `month_minor`: what the member earned this month so far.
    """
    if not earns_already and earners >= TRIAL_MEMBERS_MAX:
        return "members"
    return "month" if month_minor + amount_minor > TRIAL_MONTH_MINOR_MAX else None
