"""Live rooms, and the facts that a plan states for the law."""

from collections.abc import Iterator

from shared_core.kernel.i18n import N_
from shared_core.kernel.reader import Reader
from shared_core.plan.schema.plan import Plan
from shared_core.plan.words.chapter import days

PLACES = {
    "CN": N_("the PRC"),
    "US": N_("the United States"),
    "EU": N_("the European Union"),
    "UK": N_("the United Kingdom"),
    "JP": N_("Japan"),
    "MY": N_("Malaysia"),
    "SG": N_("Singapore"),
}
SURFACES = {"web": N_("the web"), "wechat": N_("WeChat"), "app": N_("an app")}
_COLLECTORS = {
    "store": N_("Customers pay into the shop's own account."),
    "hub": N_("Customers pay into the account of the supplier's hub."),
    "platform": N_("Customers pay into the platform's account."),
}
_SPLITS = {
    "wechat": N_("WeChat Pay divides payments at the source."),
    "alipay": N_("Alipay divides payments at the source."),
    "stripe": N_("Stripe divides payments at the source."),
}


def live(plan: Plan, reader: Reader) -> Iterator[str]:
    rules = plan.live
    if not rules.enabled:
        yield reader.say(N_("There are no live rooms."))
        return
    yield reader.say(N_("The shop has live rooms. Hosts are at least {age} years old."), age=rules.host_min_age)
    if rules.guardian_consent_below > rules.host_min_age:
        consent = N_("Hosts below {age} need a guardian's consent.")
        yield reader.say(consent, age=rules.guardian_consent_below)
    checked, unchecked = N_("Hosts are verified persons."), N_("Hosts are not verified.")
    yield reader.say(checked if rules.verify_host else unchecked)
    yield reader.say(N_("Broadcasts are kept for {days}."), days=days(reader, rules.record_days))
    if rules.simulated_viewers:
        yield reader.say(N_("Viewers and likes are shown that do not exist."))


def facts(plan: Plan, reader: Reader) -> Iterator[str]:
    """Keys that change nothing in the shop and are read by the rules of law."""
    places = reader.both([reader.say(PLACES[each]) for each in plan.jurisdictions])
    yield reader.say(N_("Customers and members are in: {places}."), places=places)
    surfaces = reader.both([reader.say(SURFACES[each]) for each in plan.surfaces])
    yield reader.say(N_("The shop appears on: {surfaces}."), surfaces=surfaces)
    yield reader.say(_COLLECTORS[plan.funds.collector])
    if plan.funds.split_rail != "none":
        yield reader.say(_SPLITS[plan.funds.split_rail])
    yield from _agreement(plan, reader)
    kept = plan.retention
    yield reader.say(N_("Orders, payments and shares are kept for {days}."), days=days(reader, kept.trade_days))
    yield reader.say(N_("Who was whose fan is kept for {days}."), days=days(reader, kept.binding_days))
    yield from _disclosure(plan, reader)


def _agreement(plan: Plan, reader: Reader) -> Iterator[str]:
    rules = plan.agreement
    written, none = N_("Members get a written contract."), N_("Members get no written contract.")
    yield reader.say(written if rules.written else none)
    if rules.cooling_off_days:
        undo = N_("A new member can undo joining for {days}.")
        yield reader.say(undo, days=days(reader, rules.cooling_off_days))
    else:
        yield reader.say(N_("A new member cannot undo joining."))
    free, bound = N_("Members can leave at any time."), N_("Members cannot leave at any time.")
    yield reader.say(free if rules.exit else bound)
    if rules.licences:
        yield reader.say(N_("Licences of the shop: {licences}."), licences=reader.both(rules.licences))


def _disclosure(plan: Plan, reader: Reader) -> Iterator[str]:
    rules = plan.disclosure
    named, unnamed = N_("Every page names who runs the shop."), N_("Not every page names who runs the shop.")
    yield reader.say(named if rules.operator else unnamed)
    shown, not_shown = (
        N_("The shop shows what members typically earn."),
        N_("The shop does not show what members typically earn."),
    )
    yield reader.say(shown if rules.typical_income else not_shown)
    same, different = N_("Prices are the same for everybody."), N_("Prices depend on who is looking.")
    yield reader.say(different if rules.price_by_profile else same)
