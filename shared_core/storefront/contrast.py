"""Can people read it? The contrast of two colours by WCAG 2.2."""

from decimal import Decimal

READABLE = Decimal("4.5")
"""WCAG 2.2 AA for text of normal size (success criterion 1.4.3)."""

_LINEAR_BELOW = Decimal("0.04045")
_WEIGHTS = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))
_GLARE = Decimal("0.05")


def contrast(one: str, other: str) -> Decimal:
    """The ratio between 1 (same) and 21 (black on white) of two colours "#rrggbb"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + _GLARE) / (dark + _GLARE)


def luminance(colour: str) -> Decimal:
    """Relative luminance between 0 and 1."""
    channels = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return sum((w * _linear(c) for w, c in zip(_WEIGHTS, channels, strict=True)), start=Decimal(0))


def readable_on(background: str, *candidates: str) -> str:
    """The candidate that reads best on `background`; black or white always passes, so give one of them too."""
    return max(candidates, key=lambda colour: contrast(colour, background))


def _linear(channel: int) -> Decimal:
    share = Decimal(channel) / 255
    if share <= _LINEAR_BELOW:
        return share / Decimal("12.92")
    return ((share + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
