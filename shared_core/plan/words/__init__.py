"""The plan in words: what it says, as sentences that can be read aloud, and nothing it does not say."""

from shared_core.kernel.i18n import N_
from shared_core.kernel.reader import Reader
from shared_core.plan.schema.plan import Plan
from shared_core.plan.words import climbing, duties, network, settling, sharing
from shared_core.plan.words.chapter import SEPARATOR, Chapter, Table
from shared_core.plan.words.dating import version_in_words
from shared_core.plan.words.sharing import period_in_words, rule_in_words

__all__ = ["SEPARATOR", "Chapter", "Table", "describe", "period_in_words", "rule_in_words", "version_in_words"]


def describe(plan: Plan, reader: Reader) -> tuple[Chapter, ...]:
    """The whole plan, chapter by chapter. Every key that is not at its default is heard in it."""
    return (
        Chapter("join", reader.say(N_("Becoming a member")), (*network.joining(plan, reader),)),
        Chapter("binding", reader.say(N_("Whose fan one becomes")), (*network.binding(plan, reader),)),
        Chapter("claims", reader.say(N_("Who is the seller")), (*network.claims(plan, reader),)),
        Chapter("invites", reader.say(N_("Inviting others")), (*network.inviting(plan, reader),)),
        climbing.ladder(plan, reader),
        sharing.shares(plan, reader),
        Chapter("own", reader.say(N_("Own purchases")), (*sharing.own_purchases(plan, reader),)),
        Chapter("returns", reader.say(N_("Returns")), (*settling.returns(plan, reader),)),
        Chapter("settlement", reader.say(N_("When earned money can be taken out")), (*settling.payouts(plan, reader),)),
        Chapter("live", reader.say(N_("Live rooms")), (*duties.live(plan, reader),)),
        Chapter("facts", reader.say(N_("What the shop states for the law")), (*duties.facts(plan, reader),)),
    )
