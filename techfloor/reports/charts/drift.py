"""Drift of a gauge: the worst as-found error of each calibration over the years."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from techfloor.reports.charts.parts import (
    LETTER,
    Anchor,
    Label,
    Plot,
    Scale,
    Zone,
    at_edge,
    beside,
    crosses,
    domain,
    dots,
    line_path,
    nice_ticks,
    signed,
    value_labels,
)

LARGE_LETTER = LETTER * 1.2
"""This chart's labels are 12 units high: it stands alone on a screen."""


@dataclass(frozen=True)
class DriftPoint:
    """The worst as-found error of one calibration, and the page of its record."""

    on: date
    error: Decimal
    passed: bool
    url: str
    label: str


@dataclass(frozen=True)
class BandPoint:
    """One day of a prediction band: the errors between which the next result is expected."""

    on: date
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class DriftMark:
    """A place on the drift chart that leads to a record."""

    x: float
    y: float
    url: str
    label: str
    passed: bool


@dataclass(frozen=True)
class DriftChart:
    """As-found errors over the years against the tolerance, with a prediction band, ready to draw."""

    width: float
    height: float
    plot: Plot
    zone: Zone | None
    limits: str
    zero: float
    band: str
    line: str
    alarm: str
    passed: str
    failed: str
    marks: tuple[DriftMark, ...]
    values: tuple[Label, ...]
    days: tuple[Label, ...]
    callouts: tuple[Label, ...]


def month_and_year(day: date) -> str:
    """Write `day` as month and year, short, without a language: 11/26."""
    return f"{day:%m}/{day:%y}"


def drift_chart(
    history: Sequence[DriftPoint],
    *,
    unit: str,
    lower: Decimal | None = None,
    upper: Decimal | None = None,
    band: Sequence[BandPoint] = (),
    day_label: Callable[[date], str] = month_and_year,
    width: float = 720,
    height: float = 260,
) -> DriftChart:
    """Lay out the calibrations of one gauge in date order; `day_label` writes the days of the axis."""
    history = sorted(history, key=lambda point: point.on)
    scale = _drift_scale(history, band, (lower, upper), height - 26, 14)
    shown = [v for v in (lower, upper) if v is not None and scale.holds(float(v))]
    numbers = [*shown, Decimal(0), *nice_ticks(scale.low, scale.high, 4)]
    values = value_labels(numbers, scale, unit, gap=20)
    plot = Plot(beside(values, LARGE_LETTER), top=14, right=width - 14, bottom=height - 26)
    days = _day_scale([p.on for p in history] + [b.on for b in band], plot)
    marks = tuple(
        DriftMark(days.at(p.on.toordinal()), scale.at(float(p.error)), p.url, p.label, p.passed) for p in history
    )
    return DriftChart(
        width=width,
        height=height,
        plot=plot,
        zone=_drift_zone(lower, upper, plot, scale),
        limits=" ".join(f"M{plot.left:g},{scale.at(float(v)):g} H{plot.right:g}" for v in shown),
        zero=scale.at(0),
        band=_band(band, days, scale),
        line=_steps(marks, alarm=False),
        alarm=_steps(marks, alarm=True),
        passed=dots(((m.x, m.y) for m in marks if m.passed), 4.4),
        failed=crosses(((m.x, m.y) for m in marks if not m.passed), 6),
        marks=marks,
        values=tuple(at_edge(values, plot)),
        days=_day_labels([p.on for p in history], days, plot, day_label),
        callouts=tuple(
            _number_beside(m, signed(p.error), plot) for m, p in zip(marks, history, strict=True) if not p.passed
        ),
    )


def _drift_scale(
    history: Sequence[DriftPoint],
    band: Sequence[BandPoint],
    limits: tuple[Decimal | None, Decimal | None],
    bottom: float,
    top: float,
) -> Scale:
    """Choose the value axis; a limit on the side where nothing happens is left out: the drift stays large."""
    values = [float(p.error) for p in history] + [float(v) for b in band for v in (b.low, b.high)]
    lower, upper = (None if v is None else float(v) for v in limits)
    above = max([0.0, *values])
    below = min([0.0, *values])
    kept = []
    if upper is not None and (above > 0 or below == 0 or upper < 0):
        kept.append(upper)
    if lower is not None and (-below > above * 0.1 or lower > 0 or not kept):
        kept.append(lower)
    low, high = domain(kept, values)
    return Scale(low, high, bottom, top)


def _day_scale(days: Sequence[date], plot: Plot) -> Scale:
    inset = 34
    if not days:
        return Scale(0, 1, plot.left + inset, plot.right - inset)
    first, last = min(days).toordinal(), max(days).toordinal()
    if first == last:
        first, last = first - 1, last + 1
    return Scale(first, last, plot.left + inset, plot.right - 8)


def _drift_zone(lower: Decimal | None, upper: Decimal | None, plot: Plot, scale: Scale) -> Zone | None:
    if lower is None and upper is None:
        return None
    top = plot.top if upper is None else scale.at(float(upper))
    bottom = plot.bottom if lower is None else scale.at(float(lower))
    return Zone(plot.left, top, plot.width, round(bottom - top, 1))


def _band(band: Sequence[BandPoint], days: Scale, scale: Scale) -> str:
    if len(band) < 2:
        return ""
    upper = [(days.at(b.on.toordinal()), scale.at(float(b.high))) for b in band]
    lower = [(days.at(b.on.toordinal()), scale.at(float(b.low))) for b in reversed(band)]
    return line_path(upper + lower) + "z"


def _steps(marks: Sequence[DriftMark], *, alarm: bool) -> str:
    """Join neighbours; the steps that lead to a failed calibration are drawn apart, as an alarm."""
    return " ".join(f"M{a.x:g},{a.y:g} L{b.x:g},{b.y:g}" for a, b in pairwise(marks) if b.passed != alarm)


def _day_labels(days: Sequence[date], scale: Scale, plot: Plot, day_label: Callable[[date], str]) -> tuple[Label, ...]:
    """Name as many of the calibrations' own days as fit; a day is dropped rather than crowded."""
    kept: list[Label] = []
    for day in sorted(set(days)):
        text = day_label(day)
        half = len(text) * LARGE_LETTER / 2 + 4
        x = min(max(scale.at(day.toordinal()), plot.left + half), plot.right - half)
        if not kept or x - kept[-1].x >= 2 * half + 6:
            kept.append(Label(round(x, 1), plot.bottom + 18, text))
    return tuple(kept)


def _number_beside(mark: DriftMark, text: str, plot: Plot) -> Label:
    """Put the number of a failed calibration to the left of its mark, where the line comes from below."""
    room = mark.x - 12 - len(text) * LARGE_LETTER >= plot.left
    return (
        Label(mark.x - 12, mark.y - 4, text, Anchor.END) if room else Label(mark.x + 12, mark.y - 4, text, Anchor.START)
    )
