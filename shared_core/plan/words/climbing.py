"""The ladder in words: each rung and what it asks for."""

from collections.abc import Iterator, Mapping

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.kernel.reader import Reader
from shared_core.plan.schema.ladder import AMOUNT_METRICS, Criterion, Metric, Rank
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.terms import window_days
from shared_core.plan.words.chapter import Chapter, Table, days

_COUNTS: Mapping[Metric, tuple[str, str]] = {
    "fans": (N_("one fan"), N_("{count} fans")),
    "active_fans": (N_("one fan who bought"), N_("{count} fans who bought")),
    "members": (N_("one member brought in, at {rank} or above"), N_("{count} members brought in, at {rank} or above")),
    "packs_sold": (N_("one pack sold"), N_("{count} packs sold")),
    "pack_buyers": (N_("one buyer of packs"), N_("{count} buyers of packs")),
    "repeat_buyers": (N_("one buyer who came back"), N_("{count} buyers who came back")),
    "own_retail_sales": (N_("{count} of goods sold to others"),) * 2,
    "own_sales": (N_("{count} of goods sold"),) * 2,
    "own_purchases": (N_("{count} of goods bought oneself"),) * 2,
    "team_sales": (N_("{count} of goods sold by oneself and the team"),) * 2,
    "live_sales": (N_("{count} of goods sold in live rooms"),) * 2,
}
"""For one, and for more of them."""


def ladder(plan: Plan, reader: Reader) -> Chapter:
    """Every rung from the lowest up; a sentence instead of the table where there is only one."""
    title = reader.say(N_("The ranks"))
    first, *others = plan.ranks
    lines = [reader.say(N_("Everybody starts as {rank}."), rank=first.name)]
    if not others:
        lines = [reader.say(N_("There is one rank: {rank}."), rank=first.name)]
    rows = tuple((reader.show(each.name), _asks(plan, reader, each)) for each in others)
    head = (reader.say(N_("Rank")), reader.say(N_("What it takes")))
    table = Table(head, rows) if rows else None
    return Chapter("ladder", title, tuple(lines), table, (*_notes(plan, reader),))


def criterion_in_words(plan: Plan, reader: Reader, criterion: Criterion) -> str:
    """ "10 fans", "¥3,000.00 of goods sold to others within 30 days"."""
    counted: object = criterion.at_least
    if criterion.metric in AMOUNT_METRICS:
        counted = Money(criterion.at_least, plan.currency)
    one, more = _COUNTS[criterion.metric]
    rank = plan.rank(criterion.rank).name if criterion.rank else ""
    text = reader.say(one if criterion.at_least == 1 else more, count=counted, rank=rank)
    if criterion.metric == "members":
        text = reader.say(
            N_("{what}, directly") if criterion.scope == "direct" else N_("{what}, anywhere in the team below"),
            what=text,
        )
    if criterion.window == "month":
        return reader.say(N_("{what} in a calendar month"), what=text)
    within = window_days(criterion.window)
    return text if within is None else reader.say(N_("{what} within {days}"), what=text, days=days(reader, within))


def _asks(plan: Plan, reader: Reader, rank: Rank) -> str:
    asked = [criterion_in_words(plan, reader, each) for each in rank.criteria]
    return reader.either(asked) if rank.match == "any" else reader.both(asked)


def _notes(plan: Plan, reader: Reader) -> Iterator[str]:
    if len(plan.ranks) > 1:
        yield reader.say(N_("Whoever reaches a rank has it at once; rungs can be skipped."))
        if plan.ladder.policy == "keep":
            yield reader.say(N_("A rank once reached stays."))
        else:
            yield reader.say(N_("At the end of each month ranks are decided anew by what was reached."))
    if plan.packs.products:
        yield reader.say(N_("Packs are: {products}."), products=reader.both(plan.packs.products))
