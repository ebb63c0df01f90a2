"""What was measured: figures with the ratio, the goal and the verdict, as a table and as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Goal:
    """`ratio` figures are held against it by their ratio, others by their value."""

    sense: str
    """"at least" or "at most"."""
    bound: float
    of_ratio: bool = False
    stretch: bool = False
    """A goal to be proud of; missing it is no fault."""

    def met(self, value: float) -> bool:
        return value >= self.bound if self.sense == "at least" else value <= self.bound

    def __str__(self) -> str:
        sign = "≥" if self.sense == "at least" else "≤"
        return f"{'stretch ' if self.stretch else ''}{sign} {self.bound:g}"


@dataclass(frozen=True)
class Figure:
    """The median of one measurement. `spread`: the smallest and largest of its repeats."""

    name: str
    value: float
    unit: str
    spread: tuple[float, float]
    ratio: float | None = None
    ratio_to: str = ""
    goal: Goal | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """None when there is no goal."""
        if self.goal is None:
            return None
        held = self.ratio if self.goal.of_ratio else self.value
        return held is not None and self.goal.met(held)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self) | {"met": self.met}


def figure(
    name: str,
    values: Sequence[float],
    unit: str,
    *,
    baseline: Sequence[float] = (),
    to: str = "",
    goal: Goal | None = None,
    note: str = "",
) -> Figure:
    """The median of `values`; with a `baseline` measured beside each of them, the median of their ratios."""
    ratios = [value / base for value, base in zip(values, baseline, strict=True)] if baseline else []
    return Figure(
        name=name,
        value=median(values),
        unit=unit,
        spread=(min(values), max(values)),
        ratio=median(ratios) if ratios else None,
        ratio_to=to,
        goal=goal,
        note=note,
    )


def short(value: float) -> str:
    """Three figures that say something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}".rstrip("0").rstrip(".") if value >= 1 else f"{value:.3g}"


def table(figures: Iterable[Figure]) -> str:
    """A Markdown table."""
    lines = [
        "| what | figure | spread | ratio | to | goal | met | of it |",
        "|---|---:|---:|---:|---|---|---|---|",
    ]
    for each in figures:
        verdict = {None: "", True: "yes", False: "NO"}[each.met]
        ratio = "" if each.ratio is None else short(each.ratio)
        spread = f"{short(each.spread[0])} - {short(each.spread[1])}" if each.spread[0] != each.spread[1] else ""
        value = short(each.value) + ("" if each.unit.startswith("/") else " ") + each.unit
        cells = [each.name, value, spread, ratio, each.ratio_to, str(each.goal or ""), verdict, each.note]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
