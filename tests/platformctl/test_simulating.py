"""`platformctl simulate`: a report that stands alone, figures for machines, clear refusals."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl import report
from platformctl.report import plots
from platformctl.report.figures import incomes
from shared_core.plan import simulation
from tests.platformctl.conftest import Command
from tests.rewards.shops import preset

FEW = ("--members", "300", "--months", "3", "--seed", "4")
VOID = {"meta", "circle", "line", "rect", "polyline", "polygon"}


class Balanced(HTMLParser):
    """Fails on markup that is not closed in the order in which it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def test_a_report_stands_alone(ctl: Command, place: Path):
    outcome = ctl("simulate", "fan-lock", *FEW, "--compare", "participants", "--compare", "outlet")
    assert outcome.code == 0, outcome.err
    page = (place / "report.html").read_text("utf-8")
    assert "report.html" in outcome.out
    assert not re.search(r"https?:|<script|<link|src=|url\(", page)
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert page.count("<section") == 11
    assert page.count("<svg") == 10


def test_the_report_speaks_both_languages(ctl: Command, place: Path):
    for language, title in (("zh", "停止拉新之后"), ("en", "When recruiting stops")):
        assert ctl("simulate", *FEW, "--lang", language, "--out", f"{language}.html").code == 0
        page = (place / f"{language}.html").read_text("utf-8")
        assert title in page
        assert not re.search(r"\{[a-z_]+\}", page.partition("</style>")[2])


def test_the_same_seed_writes_the_same_page(ctl: Command, place: Path):
    pages = []
    for name, seed in (("a", "4"), ("b", "4"), ("c", "5")):
        ctl("simulate", "--members", "300", "--months", "3", "--seed", seed, "--out", f"{name}.html")
        pages.append((place / f"{name}.html").read_bytes())
    assert pages[0] == pages[1] != pages[2]


def test_machines_get_the_same_figures(ctl: Command, place: Path):
    outcome = ctl("simulate", "fan-lock", *FEW, "--compare", "outlet", "--json")
    told = json.loads(outcome.out)
    assert [each["name"] for each in told["plans"]] == ["fan-lock", "outlet"]
    run = simulation.simulate(preset("fan-lock"), simulation.Population(members=300, months=3), seed=4)
    assert told["plans"][0]["sales"] == list(report.outcome(run).sales)
    assert sum(told["plans"][0]["shares"]) == int((run.daily["shares"] - run.daily["reversed"]).sum())
    assert not (place / "report.html").exists()


def test_a_plan_file_and_a_history_can_be_given(ctl: Command, place: Path):
    (place / "mine.toml").write_text('name = "mine"\n', "utf-8")
    rows = [f"o{n},2026-01-{1 + n % 28:02d},c{n % 7},sku{n % 3},1,{19 + n % 3}.00" for n in range(40)]
    (place / "orders.csv").write_text("\n".join(["order_id,at,customer,sku,quantity,unit_price", *rows]), "utf-8")
    outcome = ctl("simulate", "mine.toml", *FEW, "--orders", "orders.csv", "--json")
    assert outcome.code == 0, outcome.err
    plan = json.loads(outcome.out)["plans"][0]
    assert plan["name"] == "mine"
    assert {name for name, _ in plan["products"]} == {"sku0", "sku1", "sku2"}


def test_in_a_shop_its_own_plan_is_tried_in_its_currency(ctl: Command, place: Path):
    assert ctl("new", "shop", "--preset", "outlet", "--set", "currency=JPY", "--yes").code == 0
    outcome = ctl("simulate", *FEW, "-C", "shop", "--json")
    assert outcome.code == 0, outcome.err
    assert [(each["name"], each["currency"]) for each in json.loads(outcome.out)["plans"]] == [("outlet", "JPY")]


def test_more_growth_means_more_in_the_last_month(ctl: Command):
    def last(growth: str) -> float:
        told = json.loads(ctl("simulate", *FEW, "--growth", growth, "--json").out)["plans"][0]
        return float(told["sales"][-1] / sum(told["sales"]))

    assert last("100") > last("-50")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("nowhere",), 2, "neither a file nor a preset"),
        (("bad.toml",), 1, "bad.toml:2"),
        (("--members", "0"), 2, "members"),
        (("--months", "61"), 2, "months"),
        (("--growth", "-101"), 2, "growth"),
        (("--orders", "empty.csv"), 2, "no line of it can be used"),
        (("--orders", "bad.toml"), 2, "there is no column"),
        (("--members", "10", "--months", "1", "--out", "no/such/folder.html"), 4, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(ctl: Command, place: Path, arguments: tuple[str, ...], code: int, says: str):
    (place / "bad.toml").write_text('name = "bad"\nnmae = "x"\n', "utf-8")
    (place / "empty.csv").write_text("order_id,at,customer,sku,quantity,unit_price\n", "utf-8")
    outcome = ctl("simulate", *arguments)
    assert outcome.code == code
    assert says in outcome.err


def test_incomes_are_described_as_they_are():
    """Nine earn nothing and one everything; then everybody the same."""
    one = incomes(np.array([0] * 9 + [1_000]))
    assert (one.nothing, one.median, one.mean, one.top_tenth, one.gini) == (0.9, 0, 100, 1.0, 0.9)
    assert (one.median_of_earners, one.deciles[-1], one.lorenz[-1]) == (1_000, 1_000, 1.0)
    same = incomes(np.array([70] * 10))
    assert (same.gini, same.top_tenth, same.median) == (0.0, 0.1, 70)
    assert incomes(np.array([], dtype=np.int64)).promoters == 0


def test_a_plot_has_round_ticks_and_holds_what_is_below_zero():
    svg = plots.lines([plots.Series("x", [-3, 7])], xs=["a", "b"], label=lambda value: f"{value:g}", title="A & <b>")
    ticks = [float(text) for text in re.findall(r'text-anchor="end">([-0-9.]+)</text>', svg)]
    assert ticks == [-5, 0, 5, 10]
    assert "A &amp; &lt;b&gt;" in svg
    heights = [float(point.split(",")[1]) for point in re.findall(r'points="([^"]+)"', svg)[0].split()]
    assert plots.HEIGHT - plots.BOTTOM >= heights[0] > heights[1] >= plots.TOP


@given(st.integers(1, 10_000))
def test_an_axis_of_percentages_says_where_its_lines_are(bps: int) -> None:
    svg = plots.lines([plots.Series("x", [0, bps / 10_000])], xs=["a", "b"], label=plots.percent, title="T")
    told = [float(text) for text in re.findall(r'text-anchor="end">([0-9.]+)\s%<', svg)]
    steps = [after - before for before, after in pairwise(told)]
    assert len(told) >= 2 and max(steps) - min(steps) < 1e-9, "the lines stand at even distances, so do their labels"
