"""Values of one thing in the order they were read, against their limits and against what is usual."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from techfloor.reports.charts.parts import (
    LETTER,
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
    squares,
    value_labels,
)

LARGE_LETTER = LETTER * 1.2
Look = Literal["pass", "fail", "caution"]


@dataclass(frozen=True)
class ControlPoint:
    """One value, as its deviation from what should be shown; `label` names it to who points at it."""

    on: date
    off: Decimal
    look: Look
    label: str


@dataclass(frozen=True)
class UsualLimits:
    """The centre and the limits of three standard deviations, as deviations."""

    centre: float
    lower: float
    upper: float


@dataclass(frozen=True)
class ControlMark:
    """A place on the chart with the name of its value; the table below leads on, a mark is too small for a glove."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class ControlChart:
    """Deviations in their order, with limits and what is usual, ready to draw."""

    width: float
    height: float
    plot: Plot
    zone: Zone | None
    limits: str
    zero: float
    centre: str
    usual: str
    line: str
    passed: str
    cautions: str
    failed: str
    marks: tuple[ControlMark, ...]
    values: tuple[Label, ...]
    days: tuple[Label, ...]


def control_chart(
    points: Sequence[ControlPoint],
    *,
    unit: str,
    lower: Decimal | None = None,
    upper: Decimal | None = None,
    usual: UsualLimits | None = None,
    day_label: Callable[[date], str],
    width: float = 720,
    height: float = 260,
) -> ControlChart:
    """Lay out values side by side in their order; `lower` and `upper` limit the deviation."""
    limits = [v for v in (lower, upper) if v is not None]
    lines = [usual.lower, usual.upper] if usual else []
    low, high = domain([float(v) for v in limits], [*(float(p.off) for p in points), *lines])
    scale = Scale(low, high, height - 26, 14)
    values = value_labels([*limits, Decimal(0), *nice_ticks(low, high, 4)], scale, unit, gap=20)
    plot = Plot(beside(values, LARGE_LETTER), top=14, right=width - 14, bottom=height - 26)
    across = Scale(0, max(len(points) - 1, 1), plot.left + 18, plot.right - 12)
    marks = tuple(ControlMark(across.at(n), scale.at(float(p.off)), p.label) for n, p in enumerate(points))
    looks = [(m.x, m.y, p.look) for m, p in zip(marks, points, strict=True)]
    return ControlChart(
        width=width,
        height=height,
        plot=plot,
        zone=_zone(lower, upper, plot, scale),
        limits=_across([scale.at(float(v)) for v in limits], plot),
        zero=scale.at(0),
        centre=_across([scale.at(usual.centre)], plot) if usual else "",
        usual=_across([scale.at(v) for v in lines], plot),
        line=line_path((m.x, m.y) for m in marks),
        passed=dots(((x, y) for x, y, look in looks if look == "pass"), 4.4),
        cautions=squares(((x, y) for x, y, look in looks if look == "caution"), 5),
        failed=crosses(((x, y) for x, y, look in looks if look == "fail"), 6),
        marks=marks,
        values=tuple(at_edge(values, plot)),
        days=_days(points, across, plot, day_label),
    )


def _across(heights: Sequence[float], plot: Plot) -> str:
    return " ".join(f"M{plot.left:g},{y:g} H{plot.right:g}" for y in heights)


def _zone(lower: Decimal | None, upper: Decimal | None, plot: Plot, scale: Scale) -> Zone | None:
    if lower is None and upper is None:
        return None
    top = plot.top if upper is None else scale.at(float(upper))
    bottom = plot.bottom if lower is None else scale.at(float(lower))
    return Zone(plot.left, top, plot.width, round(bottom - top, 1))


def _days(
    points: Sequence[ControlPoint], across: Scale, plot: Plot, day_label: Callable[[date], str]
) -> tuple[Label, ...]:
    """Name the first value of each day, as many as fit."""
    kept: list[Label] = []
    for n, point in enumerate(points):
        if n and points[n - 1].on == point.on:
            continue
        text = day_label(point.on)
        half = len(text) * LARGE_LETTER / 2 + 4
        x = min(max(across.at(n), plot.left + half), plot.right - half)
        if not kept or x - kept[-1].x >= 2 * half + 6:
            kept.append(Label(round(x, 1), plot.bottom + 18, text))
    return tuple(kept)
