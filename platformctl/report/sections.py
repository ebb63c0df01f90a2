"""The parts of the report: a heading, a plot, and in plain words how to read it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from platformctl.report import plots
from platformctl.report.figures import DECILES, Outcome, Rung
from platformctl.report.plots import Series, percent

POINTS_MAX = 180
STYLES = "abcd"
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Section:
    """`plot` is markup; the others are text. `wide`: it takes the whole width of the page."""

    heading: str
    plot: str
    reading: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Speech:
    """How this report speaks: the language, and amounts of one currency."""

    translate: Translate
    chinese: bool
    exponent: int

    def amount(self, minor: float) -> str:
        """Whole units of the currency, thousands apart; large ones shortened."""
        value = minor / 10**self.exponent
        if self.chinese and abs(value) >= 10_000:
            return f"{value / 10_000:,.{0 if abs(value) >= 1_000_000 else 1}f}".removesuffix(".0") + " 万"
        if abs(value) >= 1_000_000:
            return f"{value / 1_000_000:,.1f}".removesuffix(".0") + " M"
        return f"{value / 1_000:,.0f} k" if abs(value) >= 10_000 else f"{value:,.0f}"

    def rank(self, rung: Rung) -> str:
        return rung.name_zh if self.chinese else rung.name_en


def sections(one: Outcome, frozen: Outcome, speech: Speech) -> list[Section]:
    """The parts about one plan; `frozen` is the same population without newcomers from the middle on."""
    return [
        _payout(one, speech),
        _money(one, speech),
        _inequality(one, speech),
        _tenths(one, speech),
        _sources(one, speech),
        _ladder(one, speech),
        _cash(one, speech),
        _frozen(one, frozen, speech),
        _products(one, speech),
    ]


def _payout(one: Outcome, speech: Speech) -> Section:
    _ = speech.translate
    kept = [amount / sale if sale else 0.0 for amount, sale in zip(one.margin, one.sales, strict=True)]
    series = [Series(_("to members"), one.payouts, "a"), Series(_("kept by the shop"), kept, "b")]
    return Section(
        _("Where each sale goes"),
        plots.lines(series, xs=_months(one), label=percent, title=_("Where each sale goes")),
        _(
            "Parts of the sales of each month, after refunds. The rest is the supply. A line to the members that "
            "climbs from month to month says that more and more people stand on higher ranks: look whether it ends "
            "below what the shop can bear."
        ),
    )


def _money(one: Outcome, speech: Speech) -> Section:
    _ = speech.translate
    supply = [
        sale - share - kept for sale, share, kept in zip(one.sales, one.shares, one.margin, strict=True)
    ]  # fmt: skip
    series = [
        Series(_("supply"), [max(each, 0) for each in supply], "d"),
        Series(_("members"), one.shares, "a"),
        Series(_("the shop"), one.margin, "b"),
    ]
    return Section(
        _("Sales by month"),
        plots.bars(series, xs=_months(one), label=speech.amount, title=_("Sales by month")),
        _("The height of a bar is what customers paid less what went back to them, divided among those who get it."),
    )


def _inequality(one: Outcome, speech: Speech) -> Section:
    _, incomes = speech.translate, one.incomes
    plot = plots.lorenz(
        [Series("", incomes.lorenz, "a")], title=_("Who earns how much"), x=_("promoters"), y=_("income")
    )  # fmt: skip
    text = _(
        "Promoters stand from left to right, the poorest first; the curve is the part of all income that they have "
        "together. On the straight line everybody would earn the same. Gini {gini}: 0 is that line, 1 means that one "
        "person has all. {nothing} of {promoters} promoters earned nothing; the tenth who earn most have {top} of "
        "everything."
    )
    return Section(
        _("Who earns how much"),
        plot,
        text.format(
            gini=f"{incomes.gini:.2f}",
            nothing=percent(incomes.nothing),
            promoters=f"{incomes.promoters:,}",
            top=percent(incomes.top_tenth),
        ),
    )


def _tenths(one: Outcome, speech: Speech) -> Section:
    _, incomes = speech.translate, one.incomes
    xs = [str(number) for number in range(1, DECILES + 1)]
    plot = plots.bars([Series("", incomes.deciles, "a")], xs=xs, label=speech.amount, title=_("Income by tenths"))
    text = _(
        "Promoters in ten groups of the same size, the poorest first, and what one of the group earned on average over "
        "{months} months. In the middle stands {median}: this, not the mean of {mean}, is what a newcomer can expect. "
        "In the middle of those who earned anything stands {earners}."
    )
    return Section(
        _("Income by tenths"),
        plot,
        text.format(
            months=one.months, median=speech.amount(incomes.median), mean=speech.amount(incomes.mean),
            earners=speech.amount(incomes.median_of_earners),
        ),
    )  # fmt: skip


def _sources(one: Outcome, speech: Speech) -> Section:
    _ = speech.translate
    series = [Series(_("own sales"), one.retail, "a"), Series(_("others' sales and recruiting"), one.network, "c")]
    text = _(
        "Below, what members earned by selling themselves; above, what they earned because somebody whom they brought "
        "in sold something, or because somebody joined: {part} of all. The more of it, the more the plan lives on "
        "recruiting, and the closer a regulator will look."
    )
    return Section(
        _("Selling and recruiting"),
        plots.bars(series, xs=_months(one), label=speech.amount, title=_("Selling and recruiting")),
        text.format(part=percent(one.recruiting)),
    )


def _ladder(one: Outcome, speech: Speech) -> Section:
    _, rungs = speech.translate, one.rungs[1:]
    if not rungs:
        return Section(_("Ranks"), "", _("This plan has one rank, on which everybody stands."))
    series = [
        Series(speech.rank(rung), _thin([each / max(one.members, 1) for each in rung.by_day]), STYLES[place % 4])
        for place, rung in enumerate(rungs)
    ]
    facts = "; ".join(
        _("{rank}: {count} people, half of them within {days} days").format(
            rank=speech.rank(rung), count=f"{rung.reached:,}", days=rung.days
        )
        if rung.days is not None
        else _("{rank}: nobody").format(rank=speech.rank(rung))
        for rung in rungs
    )
    return Section(
        _("Time to a rank"),
        plots.lines(series, xs=_ends(one), label=percent, title=_("Time to a rank")),
        _("How many of all people stand on a rank or above it. From coming to the shop to the rank: {facts}.").format(
            facts=facts
        ),
    )


def _cash(one: Outcome, speech: Speech) -> Section:
    _ = speech.translate
    cash = _thin(one.cash)
    lowest = min(range(len(cash)), key=lambda at: cash[at])
    text = _(
        "Money paid in on its day, less goods (paid when they are ordered), refunds and payouts on theirs. The lowest "
        "point is {lowest}: so much money of one's own it takes. Shares that are not taken out yet are still in the "
        "till, but they are not the shop's."
    )
    return Section(
        _("Money in the till"),
        plots.lines(
            [Series("", cash, "b")], xs=_ends(one), label=speech.amount, title=_("Money in the till"), mark=lowest
        ),
        text.format(lowest=speech.amount(one.lowest_cash)),
    )


def _frozen(one: Outcome, frozen: Outcome, speech: Speech) -> Section:
    _ = speech.translate
    half = one.months // 2
    series = [Series(_("people keep coming"), one.shares, "a"), Series(_("nobody new comes"), frozen.shares, "c", True)]
    text = _(
        "The same people, but from month {month} on nobody new comes. Members' income in the last month is then {part} "
        "of what it is otherwise, and {payout} of sales go to members (otherwise {otherwise}). A plan that is carried "
        "by customers comes down slowly, as they order less often; one that is carried by recruiting collapses."
    )
    return Section(
        _("When recruiting stops"),
        plots.lines(series, xs=_months(one), label=speech.amount, title=_("When recruiting stops")),
        text.format(
            month=half + 1,
            part=percent(frozen.shares[-1] / one.shares[-1] if one.shares[-1] else 0.0),
            payout=percent(frozen.payouts[-1]),
            otherwise=percent(one.payouts[-1]),
        ),
    )


def _products(one: Outcome, speech: Speech) -> Section:
    _ = speech.translate
    text = _(
        "The best-selling products and their parts of all sales. The first has {part}. Where one product carries the "
        "shop, ask what remains of everybody's income when it is sold out; where it is a starter pack, ask who really "
        "uses it."
    )
    return Section(
        _("Dependence on one product"),
        plots.ranking(one.products, label=percent, title=_("Dependence on one product"), style="b"),
        text.format(part=percent(one.products_share)),
    )


def beside(all_of_them: Sequence[Outcome], speech: Speech) -> Section:
    """Several plans for the same people, in a plot and in a table."""
    _ = speech.translate
    rows: list[tuple[str, Callable[[Outcome], str]]] = [
        (_("sales, refunds taken off"), lambda each: speech.amount(sum(each.sales))),
        (_("goes to members"), lambda each: percent(each.payout)),
        (_("stays with the shop"), lambda each: percent(each.margin_rate)),
        (_("income not from own sales"), lambda each: percent(each.recruiting)),
        (_("promoters who earned nothing"), lambda each: percent(each.incomes.nothing)),
        (_("income of the one in the middle"), lambda each: speech.amount(each.incomes.median)),
        (_("the top tenth has"), lambda each: percent(each.incomes.top_tenth)),
        (_("Gini"), lambda each: f"{each.incomes.gini:.2f}"),
        (_("lowest point of the till"), lambda each: speech.amount(each.lowest_cash)),
    ]
    head = "".join(f"<th>{escape(each.name)}</th>" for each in all_of_them)
    body = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(value(each))}</td>' for each in all_of_them)}</tr>"
        for name, value in rows
    )
    table = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    series = [
        Series(each.name, each.shares, STYLES[place % 4], dashed=place > 0) for place, each in enumerate(all_of_them)
    ]
    title = _("Plans side by side")
    plot = plots.lines(series, xs=_months(all_of_them[0]), label=speech.amount, title=title)
    return Section(
        title,
        f'<div class="beside"><div>{plot}</div>{table}</div>',
        _("The same people, the same orders; only the plan differs. The curves are what members earn in each month."),
        wide=True,
    )


def _months(one: Outcome) -> list[str]:
    """Numbers of months; of many only some are shown."""
    every = 1 if one.months <= 12 else -(-one.months // 12)
    return [str(month + 1) if month % every == 0 or month == one.months - 1 else "" for month in range(one.months)]


def _ends(one: Outcome) -> list[str]:
    """The same for what is plotted by day: 0 is the beginning of the first month, 1 its end."""
    return ["0", *_months(one)]


def _thin(values: Sequence[float]) -> list[float]:
    """As many of the values as a plot can show, the first and the last among them."""
    if len(values) <= POINTS_MAX:
        return list(values)
    return [values[round(at * (len(values) - 1) / (POINTS_MAX - 1))] for at in range(POINTS_MAX)]
