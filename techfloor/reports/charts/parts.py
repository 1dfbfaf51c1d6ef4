"""What all charts share: a plot, a scale, round numbers, labels that do not touch, markers as one path."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import StrEnum

LETTER = 5.6
"""Width that one letter of a chart's 10-unit labels takes, in chart units; a little generous."""

FAR = 3.0
"""Tolerance spans a value may lie outside the limits before it is pinned to the edge of the chart."""


class Anchor(StrEnum):
    """Which end of a text stands on its x, in SVG's own words."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True)
class Label:
    """A text at a place."""

    x: float
    y: float
    text: str
    anchor: Anchor = Anchor.MIDDLE


@dataclass(frozen=True)
class Zone:
    """A filled stretch of the chart."""

    x: float
    y: float
    width: float
    height: float
    kind: str = "accept"


@dataclass(frozen=True)
class Plot:
    """The part of a chart's box in which values are drawn."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Width of the plot, in chart units."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height of the plot, in chart units."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Scale:
    """A straight line from values to coordinates; what lies outside is pinned to the nearer end."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Coordinate of `value`."""
        held = min(max(value, self.low), self.high)
        share = (held - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def holds(self, value: float) -> bool:
        """Whether `value` lies on the scale without being pinned."""
        return self.low <= value <= self.high


MOST_TICKS = 100
_DIGITS = 700
"""A float has up to 309 digits before its point and 324 behind it."""


def nice_ticks(low: float, high: float, about: int = 5) -> tuple[Decimal, ...]:
    """Return round numbers, 1, 2 or 5 times a power of ten apart, from `low` to `high`: `about` so many."""
    if not high > low:
        return (Decimal(repr(low)),)
    rough = (high - low) / max(about, 1)
    power = math.floor(math.log10(rough))
    steps = [Decimal(m).scaleb(p) for m, p in ((1, power), (2, power), (5, power), (1, power + 1))]
    step = next((s for s in steps if float(s) >= rough * 0.999), steps[-1])
    first, last = math.ceil(low / float(step) - 1e-9), math.floor(high / float(step) + 1e-9)
    if last - first > MOST_TICKS:  # the numbers lie closer together than a float can tell
        return (Decimal(repr(low)), Decimal(repr(high)))
    with localcontext(prec=_DIGITS):
        return tuple((step * n).quantize(min(step, Decimal(1))) for n in range(first, last + 1))


def signed(value: Decimal) -> str:
    """Write `value` in plain digits with its sign: +0.10, 0, −0.10."""
    if not value:
        return "0"
    return f"{value:+f}".replace("-", "−")


def domain(limits: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """Choose the ends of a value axis: limits and zero always, values unless absurdly far outside."""
    base = [0.0, *limits]
    low, high = min(base), max(base)
    span = high - low
    if span > 0:
        values = [min(max(v, low - FAR * span), high + FAR * span) for v in values]
    low, high = min([low, *values]), max([high, *values])
    if low == high:
        low, high = low - 1, high + 1
    room = (high - low) * 0.08
    return low - room, high + room


def value_labels(numbers: Iterable[Decimal], scale: Scale, unit: str, gap: float) -> tuple[Label, ...]:
    """Write the numbers of a value axis, earlier ones first: a later one closer than `gap` is left out."""
    kept: list[Label] = []
    for number in numbers:
        y = scale.at(float(number))
        if all(abs(y + 3.5 - other.y) >= gap for other in kept):
            kept.append(Label(0, y + 3.5, f"{signed(number)} {unit}".strip() if number else "0", Anchor.END))
    return tuple(kept)


def beside(labels: Iterable[Label], letter: float = LETTER) -> float:
    """Return where a plot may begin so that its value labels fit to the left of it."""
    return round(max((len(label.text) for label in labels), default=0) * letter + 12, 1)


def at_edge(labels: Iterable[Label], plot: Plot) -> Iterator[Label]:
    """Move value labels to the left edge of their plot."""
    return (replace(label, x=plot.left - 8) for label in labels)


def thinned(labels: Sequence[Label], plot: Plot) -> tuple[Label, ...]:
    """Keep every n-th label of a horizontal axis so that their texts do not touch."""
    if not labels:
        return ()
    longest = max(len(label.text) for label in labels) * LETTER + 6
    room = plot.width / len(labels)
    every = max(1, math.ceil(longest / room))
    return tuple(labels[::every])


def line_path(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{'L' if n else 'M'}{x:g},{y:g}" for n, (x, y) in enumerate(places))


def dots(places: Iterable[tuple[float, float]], radius: float = 3.2) -> str:
    turn = f"a{radius:g},{radius:g} 0 1,0"
    return " ".join(f"M{x - radius:g},{y:g} {turn} {2 * radius:g},0 {turn} {-2 * radius:g},0z" for x, y in places)


def squares(places: Iterable[tuple[float, float]], half: float = 3) -> str:
    side = 2 * half
    return " ".join(
        f"M{round(x - half, 1):g},{round(y - half, 1):g} h{side:g} v{side:g} h{-side:g}z" for x, y in places
    )


def crosses(places: Iterable[tuple[float, float]], half: float = 4) -> str:
    side = 2 * half
    return " ".join(
        f"M{round(x - half, 1):g},{round(y - half, 1):g} l{side:g},{side:g} m0,{-side:g} l{-side:g},{side:g}"
        for x, y in places
    )
