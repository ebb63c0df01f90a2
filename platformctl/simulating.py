"""`platformctl simulate`: invented people live under a plan, and a report says what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from platformctl import output, report
from platformctl.failures import BadAnswer, CannotWrite, NoSuchPlan
from platformctl.messages import N_, translate, translator
from platformctl.report.sections import Speech
from platformctl.shop import ShopFolder
from shared_core import orders, plan, storefront
from shared_core.kernel.money import BPS_WHOLE, exponent
from shared_core.plan import Plan, simulation

CURRENCY, ZONE = "CNY", "Asia/Shanghai"
"""Where no shop says otherwise."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for. `plan` and `compare`: names of presets or files; "" the shop's own plan."""

    plan: str
    compare: Sequence[str]
    members: int
    months: int
    growth_percent: int
    seed: int
    history: Path | None


@dataclass(frozen=True)
class Trial:
    """What came of it: the plan, the same without newcomers from the middle on, and the plans beside it."""

    one: report.Outcome
    frozen: report.Outcome
    others: list[report.Outcome]
    population: simulation.Population
    seed: int

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "ok": True,
            "seed": self.seed,
            "plans": [each.as_dict() for each in (self.one, *self.others)],
            "frozen": {"shares": self.frozen.shares, "payout": self.frozen.payout},
        }

    def write(self, out: Path, *, chinese: bool) -> None:
        """The report, over whatever stands in its place. Raises CannotWrite."""
        speech = Speech(translator("zh-CN" if chinese else "en"), chinese, exponent(self.one.currency))
        page = report.render(
            self.one, self.frozen, self.others, population=self.population, seed=self.seed, speech=speech
        )
        try:
            out.write_text(page, encoding="utf-8")
        except OSError as error:
            raise CannotWrite(folder=out, reason=error.strerror or error) from error

    def tell(self, out: Path) -> None:
        """The main figures in words."""
        for each in (self.one, *self.others):
            output.say(
                "{name}: {payout:.1%} of sales go to members, {margin:.1%} stay with the shop; {nothing:.0%} of "
                "{promoters} promoters earned nothing.",
                name=each.name,
                payout=each.payout,
                margin=each.margin_rate,
                nothing=each.incomes.nothing,
                promoters=each.incomes.promoters,
            )
        output.say("The report: {out}", out=out)


def simulate(wanted: Wanted, shop: ShopFolder | None) -> Trial:
    """Run everything that the report compares. Raises NoSuchPlan, ConfigError, PopulationUnusable, FileUnreadable."""
    currency, zone = _habits(shop)
    plans = [_plan(name, shop, currency) for name in (wanted.plan, *wanted.compare)]
    population = simulation.Population(
        members=wanted.members, months=wanted.months, growth_bps=wanted.growth_percent * BPS_WHOLE // 100
    )
    if wanted.history is not None:
        population = _fitted(population, wanted.history, currency=currency, zone=zone)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(translate("Living under the plan"), total=population.days * (len(plans) + 1))
        history = simulation.draw(population, seed=wanted.seed)
        outcomes = [_outcome(each, history, progress, bar) for each in plans]
        half = population.months_begin[population.months // 2]
        stopped = simulation.draw(replace(population, frozen_from=half), seed=wanted.seed)
        frozen = _outcome(plans[0], stopped, progress, bar)
    return Trial(outcomes[0], frozen, outcomes[1:], population, wanted.seed)


def _outcome(rules: Plan, history: simulation.History, progress: Progress, bar: TaskID) -> report.Outcome:
    return report.outcome(simulation.live(rules, history, each_day=lambda day: progress.advance(bar)))


def _habits(shop: ShopFolder | None) -> tuple[str, str]:
    """The currency and the time zone of the shop."""
    if shop is None:
        return CURRENCY, ZONE
    brand = storefront.load_brand(shop.brand)
    return brand.shop.currency, brand.shop.zone


def _plan(name: str, shop: ShopFolder | None, currency: str) -> Plan:
    """A preset, a file, or the shop's own plan. Raises NoSuchPlan, ConfigError."""
    known = [each.name for each in plan.presets()]
    if not name:
        own = None if shop is None else shop.brand / "plan.toml"
        return plan.loads(plan.preset(plan.DEFAULT), currency=currency) if own is None else _file(own, currency)
    if name in known:
        return plan.loads(plan.preset(name), currency=currency)
    if not Path(name).is_file():
        raise NoSuchPlan(plan=name, known=", ".join(known))
    return _file(Path(name), currency)


def _file(path: Path, currency: str) -> Plan:
    return plan.load(path, currency=currency)


def _fitted(population: simulation.Population, path: Path, *, currency: str, zone: str) -> simulation.Population:
    """The population, with habits like those of the customers in an order history."""
    read = orders.read_history(path, currency=currency, zone=zone)
    if not read.lines:
        raise BadAnswer(key="--orders", value=path, reason=translate(N_("no line of it can be used")))
    returned = sum(each.code == "returned" for each in read.refused)
    bought = [
        simulation.Bought(line.order_id, line.at.date(), line.customer, line.sku, line.quantity, line.unit.minor)
        for line in read.lines
    ]
    return simulation.fit(bought, population, returned_lines=returned or None)
