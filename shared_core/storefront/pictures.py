"""Pictures drawn from a code: the calm art that stands where a product has no photograph.

Everything here is pure: the same code and palette give the same SVG, byte for byte, so the result may
be cached for ever under an address that names both. Floats are fine: nothing here is money.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

WIDTH: Final = 400
HEIGHT: Final = 500
TABLE: Final = 392
MIDDLE: Final = 0.5
LIFT_OF_LIGHT: Final = 0.62
LIFT_OF_DARK: Final = 0.06


@dataclass(frozen=True, slots=True)
class Palette:
    """The four colours of a brand, each `#rrggbb`."""

    paper: str
    ink: str
    primary: str
    accent: str


@dataclass(frozen=True, slots=True)
class Tints:
    """The colours one picture is painted with."""

    ground: str
    table: str
    disc: str
    first: str
    second: str
    third: str
    line: str


class Chance:
    """A stream of small whole numbers that depends on nothing but a code."""

    def __init__(self, code: str) -> None:
        self._bytes = hashlib.sha256(code.encode()).digest()
        self._at = 0

    def below(self, limit: int) -> int:
        """The next number in `0..limit-1`; `limit` is at most 256."""
        value = self._bytes[self._at % len(self._bytes)]
        self._at += 1
        return value % limit

    def between(self, low: int, high: int) -> int:
        """The next number in `low..high`, both included."""
        return low + self.below(high - low + 1)


@lru_cache(maxsize=2048)
def product_art(code: str, palette: Palette) -> str:
    """A 400x500 SVG document for the product called `code`."""
    chance = Chance(code)
    tints = _tints(chance, palette)
    compose = _COMPOSITIONS[chance.below(len(_COMPOSITIONS))]
    return _document(WIDTH, HEIGHT, tints.ground, compose(chance, tints))


@lru_cache(maxsize=64)
def hero_art(name: str, palette: Palette) -> str:
    """A 1600x700 SVG still life for the top of the first page of the shop called `name`."""
    chance = Chance(name)
    deep = mix(palette.primary, palette.ink, 0.35)
    glow = lift(palette.accent, 0.7)
    tints = Tints(
        ground=palette.primary,
        table=deep,
        disc=glow,
        first=mix(palette.primary, palette.paper, 0.78),
        second=mix(palette.accent, palette.ink, 0.15),
        third=mix(palette.primary, palette.paper, 0.45),
        line=mix(palette.primary, palette.ink, 0.55),
    )
    parts = [
        _circle(1190, 285, 230, tints.disc),
        f'<path d="M0 560H1600V700H0Z" fill="{tints.table}"/>',
        _at(960, 90, _vessel(chance.below(3), tints.first, tints.line), 1.2),
        _at(1160, 90, _vessel(3, tints.second, tints.line), 1.2),
        _at(1350, 90, _vessel(4 + chance.below(2), tints.third, tints.line), 1.2),
        _circle(850, 536, 24, glow),
    ]
    return _document(1600, 700, tints.ground, parts)


def icon(palette: Palette) -> str:
    """A 64x64 SVG for the browser tab: the accent's sun over the primary's table."""
    parts = [_circle(32, 30, 17, lift(palette.accent, 0.7)), f'<path d="M0 41H64V64H0Z" fill="{palette.paper}"/>']
    return _document(64, 64, palette.primary, parts)


def raised(paper: str) -> str:
    """The colour of a surface that lies on `paper`: a little lighter, on dark paper as on light."""
    lightness = _oklab(paper)[0]
    return mix(paper, "#ffffff", LIFT_OF_LIGHT if lightness > MIDDLE else LIFT_OF_DARK)


def mix(first: str, second: str, part: float) -> str:
    """`first` with `part` (0..1) of `second`, mixed in OKLab, as `#rrggbb`."""
    pairs = zip(_oklab(first), _oklab(second), strict=True)
    lightness, green_red, blue_yellow = (a + (b - a) * part for a, b in pairs)
    return _hex(lightness, green_red, blue_yellow)


def turn(colour: str, degrees: float) -> str:
    """`colour` with its hue turned, as light and as strong as before where sRGB can show it."""
    lightness, green_red, blue_yellow = _oklab(colour)
    chroma = math.hypot(green_red, blue_yellow)
    hue = math.atan2(blue_yellow, green_red) + math.radians(degrees)
    return _hex(lightness, chroma * math.cos(hue), chroma * math.sin(hue))


def lift(colour: str, least: float) -> str:
    """`colour`, made at least as light as `least` (OKLab, 0..1) and a little stronger when it had to be."""
    lightness, green_red, blue_yellow = _oklab(colour)
    if lightness >= least:
        return colour
    strength = min(1.3, (least / lightness) ** 0.5) if lightness else 1.0
    return _hex(least, green_red * strength, blue_yellow * strength)


def _oklab(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _hex(lightness: float, green_red: float, blue_yellow: float) -> str:
    long = (lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    medium = (lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(_gamma(channel) * 255):02x}" for channel in channels)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    bounded = min(1.0, max(0.0, channel))
    return bounded * 12.92 if bounded <= 0.0031308 else 1.055 * bounded ** (1 / 2.4) - 0.055


def _tints(chance: Chance, palette: Palette) -> Tints:
    """A harmony of near hues: the brand's two colours, softened by its paper."""
    accent = lift(palette.accent, 0.6)
    lead, follow = (palette.primary, accent), (accent, palette.primary)
    main, other = lead if chance.below(2) else follow
    main = turn(main, chance.between(-14, 14))
    other = turn(other, chance.between(-14, 14))
    ground = mix(palette.paper, main, 0.10 + 0.05 * chance.below(4))
    return Tints(
        ground=ground,
        table=mix(ground, main, 0.16),
        disc=mix(palette.paper, other, 0.34 + 0.08 * chance.below(3)),
        first=mix(main, palette.paper, 0.12),
        second=mix(other, palette.paper, 0.30),
        third=mix(mix(main, other, 0.5), palette.paper, 0.55),
        line=mix(main, palette.ink, 0.55),
    )


def _document(width: int, height: int, ground: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" preserveAspectRatio="xMidYMid slice">'
        f'<path fill="{ground}" d="M0 0H{width}V{height}H0Z"/>{"".join(parts)}</svg>'
    )


def _circle(x: int, y: int, radius: int, fill: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}"/>'


def _table(top: int, fill: str) -> str:
    return f'<path d="M0 {top}H{WIDTH}V{HEIGHT}H0Z" fill="{fill}"/>'


def _at(left: float, top: float, shape: str, scale: float = 1) -> str:
    return f'<g transform="translate({left:g} {top:g}) scale({scale:g})">{shape}</g>'


_VESSELS: Final = (
    # Standing on y=392, centred on x=0, about 220 high and 120 wide.
    "M-16 172h32v46c0 20 42 34 42 78v74q0 22 -22 22h-72q-22 0 -22 -22v-74c0 -44 42 -58 42 -78z",
    "M-26 190h52c-2 34 40 56 40 112c0 52 -24 90 -44 90h-44c-20 0 -44 -38 -44 -90c0 -56 42 -78 40 -112z",
    "M-44 214h88l10 160q0 18 -18 18h-72q-18 0 -18 -18z",
    "M-86 300h172c0 58 -40 92 -64 92h-44c-24 0 -64 -34 -64 -92z",
    "M-12 130h24v96c34 8 54 30 54 66v82q0 18 -18 18h-96q-18 0 -18 -18v-82c0 -36 20 -58 54 -66z",
    "M-54 262q0 -46 54 -46t54 46v112q0 18 -18 18h-72q-18 0 -18 -18z",
)


def _vessel(which: int, fill: str, line: str) -> str:
    rim = {0: (172, 16), 1: (190, 26), 2: (214, 44), 3: (300, 86), 4: (130, 12)}.get(which)
    mouth = (
        f'<ellipse cx="0" cy="{rim[0]}" rx="{rim[1]}" ry="{max(3, rim[1] // 9)}" fill="{line}" opacity=".55"/>'
        if rim
        else ""
    )
    return f'<path d="{_VESSELS[which]}" fill="{fill}"/>{mouth}'


def _still_life(chance: Chance, tints: Tints) -> list[str]:
    """Two vessels on a table before a disc."""
    tall = (0, 1, 4)[chance.below(3)]
    low = (2, 3, 5)[chance.below(3)]
    lean = 1 if chance.below(2) else -1
    return [
        _circle(200 - lean * 40, chance.between(150, 190), chance.between(90, 120), tints.disc),
        _table(360, tints.table),
        _at(200 - lean * 58, 0, _vessel(tall, tints.first, tints.line)),
        _at(200 + lean * 62, 92, _vessel(low, tints.second, tints.line), 0.8),
    ]


def _one_vessel(chance: Chance, tints: Tints) -> list[str]:
    """One vessel in an arch."""
    half = chance.between(118, 140)
    which = chance.below(len(_VESSELS))
    return [
        f'<path d="M{200 - half} {TABLE}V230a{half} {half} 0 0 1 {2 * half} 0V{TABLE}Z" fill="{tints.disc}"/>',
        _table(TABLE, tints.table),
        _at(200, 0, _vessel(which, tints.first, tints.line)),
    ]


def _stem(chance: Chance, tints: Tints) -> list[str]:
    """A vase with a stem of round leaves."""
    lean = chance.between(-26, 26)
    leaves = [
        f'<ellipse cx="{200 + lean * step / 4 + side * 27:g}" cy="{262 - step * 42}" rx="31" ry="14" '
        f'transform="rotate({-side * 32} {200 + lean * step / 4 + side * 27:g} {262 - step * 42})" fill="{fill}"/>'
        for step, side, fill in ((0, 1, tints.third), (1, -1, tints.second), (2, 1, tints.second), (3, -1, tints.third))
    ]
    return [
        _circle(200 + lean * 3, 190, 132, tints.disc),
        _table(TABLE, tints.table),
        f'<path d="M200 300Q{200 + lean / 2:g} 200 {200 + lean} 96" fill="none" stroke="{tints.line}"'
        ' stroke-width="3"/>',
        *leaves,
        _at(200, 118, _vessel((1, 2, 5)[chance.below(3)], tints.first, tints.line), 0.7),
    ]


def _stones(chance: Chance, tints: Tints) -> list[str]:
    """Stones, one upon the other."""
    fills = (tints.first, tints.second, tints.third, tints.second)
    parts = [_table(TABLE, tints.table)]
    if chance.below(2):
        parts.insert(0, _circle(chance.between(110, 290), chance.between(110, 170), chance.between(56, 92), tints.disc))
    floor = float(TABLE)
    for number in range(chance.between(3, 4)):
        half_height = 46 - number * 7
        half_width = 118 - number * 21 + chance.between(-8, 8)
        centre = 200 + chance.between(-14, 14)
        floor -= half_height
        parts.append(
            f'<ellipse cx="{centre}" cy="{floor:g}" rx="{half_width}" ry="{half_height}" fill="{fills[number]}"/>'
        )
        floor -= half_height - 5
    return parts


def _arcs(chance: Chance, tints: Tints) -> list[str]:
    """Arches within arches."""
    base = chance.between(372, 400)
    fills = (tints.first, tints.second, tints.disc, tints.third, tints.ground)
    rings = [
        f'<path d="M{200 - half} {base}a{half} {half} 0 0 1 {2 * half} 0Z" fill="{fill}"/>'
        for half, fill in zip((164, 131, 98, 65, 34), fills, strict=True)
    ]
    return [*rings, _circle(chance.between(84, 316), 112, 30, tints.second)]


def _hills(chance: Chance, tints: Tints) -> list[str]:
    """A low sun over three hills."""
    parts = [_circle(chance.between(110, 290), chance.between(140, 200), 76, tints.second)]
    for top, fill in ((250, tints.disc), (318, tints.third), (390, tints.first)):
        left, right = chance.between(-46, 46), chance.between(-46, 46)
        parts.append(
            f'<path d="M0 {top + left}C130 {top - 70} 270 {top + 70} 400 {top + right}V500H0Z" fill="{fill}"/>'
        )
    return parts


def _tiles(chance: Chance, tints: Tints) -> list[str]:
    """Quarter discs on a quiet grid."""
    fills = (tints.first, tints.second, tints.disc, tints.third)
    quarter = (
        "M0 0h110a110 110 0 0 1 -110 110z",
        "M110 0v110a110 110 0 0 1 -110 -110z",
        "M0 0a110 110 0 0 1 110 110h-110z",
        "M0 110a110 110 0 0 1 110 -110v110z",
        "M55 0a55 55 0 0 1 0 110a55 55 0 0 1 0 -110z",
    )
    return [
        _at(
            90 + column * 110, 85 + row * 110, f'<path d="{quarter[chance.below(5)]}" fill="{fills[chance.below(4)]}"/>'
        )
        for row in range(3)
        for column in range(2)
    ]


def _folds(chance: Chance, tints: Tints) -> list[str]:
    """A cloth that hangs in folds."""
    fills = (tints.second, tints.disc, tints.first, tints.third)
    start = chance.below(4)
    parts = []
    for number in range(4):
        left = 70 + number * 65
        fall = chance.between(330, 410)
        fill = fills[(start + number) % 4]
        parts.append(f'<path d="M{left} 92h65V{fall}q-32 26 -65 0Z" fill="{fill}"/>')
    return [*parts, f'<path d="M48 84h304v10H48z" fill="{tints.line}"/>']


_COMPOSITIONS: Final[tuple[Callable[[Chance, Tints], list[str]], ...]] = (
    _still_life,
    _one_vessel,
    _stem,
    _stones,
    _still_life,
    _arcs,
    _hills,
    _one_vessel,
    _tiles,
    _stem,
    _folds,
)
