"""What a plan may say and no shop does. Such a plan can be read, linted and simulated; a shop refuses to run it.

A key that a shop neither follows nor refuses states a fact for the rules of law; docs/plan.md lists those.
"""

from collections.abc import Iterator

from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.tomlfile import KeyPath
from shared_core.plan.check import Fault
from shared_core.plan.schema.plan import Plan

UNBUILT: tuple[tuple[KeyPath, object, str, str], ...] = (
    (("join", "fee"), 0, '"0"', N_("no shop takes money for getting in")),
    (("join", "deposit"), 0, '"0"', N_("no shop takes money for getting in")),
    (("join", "subscription"), 0, '"0"', N_("no shop takes money for staying in")),
    (("join", "starter_kit", "required"), False, "false", N_("only join.required_purchase makes goods a condition")),
    (("binding", "fan_details_shown"), False, "false", N_("no shop shows sponsors who their fans are")),
    (("binding", "shared_outside"), False, "false", N_("no shop tells others who is whose fan")),
    (("invites", "buyable"), False, "false", N_("no shop sells invite codes")),
    (("invites", "depth_visible"), 1, "1", N_("members see whom they brought in, and nobody further below")),
    (("returns", "starts"), "delivery", '"delivery"', N_("a shop counts the days from delivery")),
    (("settlement", "rail"), "manual", '"manual"', N_("a shop's payouts are sent by hand")),
    (("funds", "collector"), "store", '"store"', N_("the shop's own account takes the money")),
    (("funds", "split_rail"), "none", '"none"', N_("no shop divides payments at the source")),
    (("live", "simulated_viewers"), False, "false", N_("no shop shows viewers who do not exist")),
    (("disclosure", "price_by_profile"), False, "false", N_("every visitor of a shop sees the same prices")),
)
"""Where a key is, the only value a shop follows, how that is written, and why."""


def unbuilt(plan: Plan) -> list[Fault]:
    """Everything the plan says that no shop does; empty for a plan that a shop can run."""
    keys = [
        _fault(path, written, reason) for path, followed, written, reason in UNBUILT if _said(plan, path) != followed
    ]
    return [*keys, *_shares(plan)]


def _said(plan: Plan, path: KeyPath) -> object:
    """The value at `path`; what is followed, where its section is left out."""
    value: object = plan
    for name in path:
        if value is None:
            return next(followed for other, followed, _, _ in UNBUILT if other == path)
        value = getattr(value, str(name))
    return value


def _fault(path: KeyPath, written: str, reason: str) -> Fault:
    return Fault(
        "unbuilt",
        path,
        N_("No shop can follow this: {reason}."),
        N_("Write {value} or leave it out; a plan that says this can only be linted and simulated."),
        {"reason": Phrase(reason), "value": written},
    )


def _shares(plan: Plan) -> Iterator[Fault]:
    remedy = N_("Remove this share; a plan that holds it can only be linted and simulated.")
    for place, rule in enumerate(plan.shares):
        if rule.trigger != "order":
            told = N_("No shop pays this share: it is due on {trigger}.")
            yield Fault("unbuilt", ("shares", place, "trigger"), told, remedy, {"trigger": rule.trigger})
