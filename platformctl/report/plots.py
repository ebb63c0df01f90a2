"""Plots as SVG text. Pure: numbers in, markup out; colours and type come from the page's style sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

WIDTH, HEIGHT = 420, 230
LEFT, RIGHT, TOP, BOTTOM = 52, 10, 12, 24
TICKS = 4
Label = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Series:
    """Values from left to right. `style`: one of a, b, c, d of the style sheet."""

    name: str
    values: Sequence[float]
    style: str = "a"
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where values come to stand."""

    low: float
    high: float

    def y(self, value: float) -> float:
        span = self.high - self.low or 1
        return round(TOP + (self.high - value) / span * (HEIGHT - TOP - BOTTOM), 1)


def lines(series: Sequence[Series], *, xs: Sequence[str], label: Label, title: str, mark: int | None = None) -> str:
    """Curves over time; `xs` are labels spread evenly below, `mark` a value of the first series to point at."""
    frame, ticks = _framed([value for each in series for value in each.values])
    drawn = [_grid(frame, ticks, label), _below(xs)]
    for each in series:
        style = f"line {each.style}" + (" dashed" if each.dashed else "")
        drawn.append(f'<polyline class="{style}" points="{_points(frame, each.values)}"/>')
    if mark is not None:
        values = series[0].values
        drawn.append(f'<circle class="mark" cx="{_x(mark, len(values))}" cy="{frame.y(values[mark])}" r="4"/>')
    return _svg(drawn, title) + _legend(series, kind="line")


def bars(series: Sequence[Series], *, xs: Sequence[str], label: Label, title: str) -> str:
    """Bars over time, one on another."""
    count = len(series[0].values)
    totals = [sum(max(each.values[at], 0) for each in series) for at in range(count)]
    frame, ticks = _framed([*totals, *(value for each in series for value in each.values)])
    width = (WIDTH - LEFT - RIGHT) / max(count, 1)
    drawn = [_grid(frame, ticks, label)]
    for at in range(count):
        reached = 0.0
        for each in series:
            begin, value = (reached if each.values[at] >= 0 else 0.0), each.values[at]
            reached = begin + value if value >= 0 else reached
            top, bottom = frame.y(max(begin, begin + value)), frame.y(min(begin, begin + value))
            drawn.append(
                f'<rect class="bar {each.style}" x="{LEFT + width * (at + 0.15):.1f}" y="{top}" '
                f'width="{width * 0.7:.1f}" height="{bottom - top:.1f}"/>'
            )
    drawn.append(_below(xs, inset=width / 2))
    return _svg(drawn, title) + _legend(series)


def lorenz(curves: Sequence[Series], *, title: str, x: str, y: str) -> str:
    """Curves below the diagonal of equality."""
    frame = _Frame(0.0, 1.0)
    drawn = [_grid(frame, [0.0, 0.25, 0.5, 0.75, 1.0], percent), _below(["0 %", x, "100 %"])]
    drawn.append(f'<polyline class="line rule" points="{_points(frame, [0.0, 1.0])}"/>')
    for each in curves:
        points = _points(frame, each.values)
        end = f"{WIDTH - RIGHT},{frame.y(0)} {LEFT},{frame.y(0)}"
        drawn.append(f'<polygon class="area {each.style}" points="{points} {end}"/>')
        drawn.append(f'<polyline class="line {each.style}" points="{points}"/>')
    drawn.append(f'<text class="axis" x="{LEFT + 6}" y="{TOP + 10}">{escape(y)}</text>')
    return _svg(drawn, title)


def ranking(rows: Sequence[tuple[str, float]], *, label: Label, title: str, style: str = "a") -> str:
    """Horizontal bars, the longest first."""
    step, text = 20, 74
    most = max((value for _, value in rows), default=0) or 1
    drawn = []
    for place, (name, value) in enumerate(rows):
        y, length = place * step, value / most * (WIDTH - text - 60)
        drawn.append(f'<text class="axis" x="{text - 6}" y="{y + 14}" text-anchor="end">{escape(name[:10])}</text>')
        drawn.append(f'<rect class="bar {style}" x="{text}" y="{y + 3}" width="{max(length, 0):.1f}" height="14"/>')
        drawn.append(f'<text class="axis" x="{text + max(length, 0) + 6:.1f}" y="{y + 14}">{label(value)}</text>')
    return _svg(drawn, title, height=max(step * len(rows), step))


def percent(value: float) -> str:
    """A part of one."""
    form = ".0f" if abs(value) >= 0.0995 or value == 0 else ".1f" if abs(value) >= 0.00995 else ".2g"
    return f"{value * 100:{form}}\N{NO-BREAK SPACE}%"


def _framed(values: Sequence[float]) -> tuple[_Frame, list[float]]:
    """A frame with round ticks that holds all values and zero."""
    low, high = min(0.0, *values), max(0.0, *values)
    if low == high:
        high = 1.0
    rough = (high - low) / TICKS
    unit = 10.0 ** floor(log10(rough))
    step = next(each * unit for each in (1, 2, 5, 10) if each * unit >= rough)
    first, last = floor(low / step), -floor(-high / step)
    ticks = [number * step for number in range(first, last + 1)]
    return _Frame(ticks[0], ticks[-1]), ticks


def _grid(frame: _Frame, ticks: Sequence[float], label: Label) -> str:
    drawn = []
    for tick in ticks:
        y = frame.y(tick)
        style = "zero" if tick == 0 else "grid"
        drawn.append(f'<line class="{style}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        drawn.append(f'<text class="axis" x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{escape(label(tick))}</text>')
    return "".join(drawn)


def _below(xs: Sequence[str], inset: float = 0) -> str:
    shown = [(at, text) for at, text in enumerate(xs) if text]
    anchors = {0: "start", len(xs) - 1: "end"} if not inset else {}
    span = WIDTH - LEFT - RIGHT - 2 * inset
    return "".join(
        f'<text class="axis" x="{LEFT + inset + span * at / max(len(xs) - 1, 1):.1f}" y="{HEIGHT - 6}" '
        f'text-anchor="{anchors.get(at, "middle")}">{escape(text)}</text>'
        for at, text in shown
    )


def _points(frame: _Frame, values: Sequence[float]) -> str:
    return " ".join(f"{_x(at, len(values))},{frame.y(value)}" for at, value in enumerate(values))


def _x(at: int, count: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * at / max(count - 1, 1), 1)


def _svg(drawn: Sequence[str], title: str, *, height: int = HEIGHT) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title>{''.join(drawn)}</svg>"
    )


def _legend(series: Sequence[Series], *, kind: str = "") -> str:
    if len(series) < 2:
        return ""
    items = (
        f'<li><i class="{each.style} {kind}{" dashed" if each.dashed else ""}"></i>{escape(each.name)}</li>'
        for each in series
    )
    return f'<ul class="legend">{"".join(items)}</ul>'
