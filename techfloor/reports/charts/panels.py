"""Values in groups beside each other, such as readings by part or averages by appraiser, with limits across all."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from techfloor.reports.charts.parts import (
    LETTER,
    Anchor,
    Label,
    Plot,
    Scale,
    crosses,
    dots,
    line_path,
    nice_ticks,
    thinned,
)

_LETTER = LETTER * 1.2
_FOOT, _HEAD, _END = 26, 30, 14


@dataclass(frozen=True)
class Place:
    """One place of a panel: its label, its values, their mean, and whether that lies outside the limits."""

    label: str
    values: tuple[float, ...]
    mean: float
    out: bool = False


@dataclass(frozen=True)
class Panel:
    """Places beside each other under one heading; their means are joined by a line."""

    title: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class PanelLimits:
    """The centre line and the limits across all panels."""

    lower: float
    centre: float
    upper: float


@dataclass(frozen=True)
class PanelChart:
    """Panels ready to draw: `values` as small dots, `means` as marks on a line, those out as crosses."""

    width: float
    height: float
    plot: Plot
    between: str
    limits: str
    centre: str
    lines: tuple[str, ...]
    values: str
    means: str
    out: str
    numbers: tuple[Label, ...]
    places: tuple[Label, ...]
    titles: tuple[Label, ...]
    named: tuple[Label, ...]


def panel_chart(
    panels: Sequence[Panel],
    *,
    unit: str,
    limits: PanelLimits | None = None,
    names: tuple[str, str, str] = ("", "", ""),
    width: float = 720,
    height: float = 240,
) -> PanelChart:
    """Lay out panels from left to right on one scale; `names` are those of lower limit, centre and upper limit."""
    lines = [limits.lower, limits.centre, limits.upper] if limits else []
    scale = Scale(*_ends(panels, lines), height - _FOOT, _HEAD)
    numbers = _numbers(scale, unit)
    named = _named(lines, names, scale)
    left = round(max(len(label.text) for label in numbers) * _LETTER + 12, 1)
    right = width - max([_END, *(len(label.text) * _LETTER + 10 for label in named)])
    plot = Plot(left, _HEAD, round(right, 1), height - _FOOT)
    boxes = _boxes(panels, plot)
    spots = [_spots(panel, box, scale) for panel, box in zip(panels, boxes, strict=True)]
    flat = [(place, x) for panel, box in zip(panels, boxes, strict=True) for place, x in _across(panel, box)]
    return PanelChart(
        width=width,
        height=height,
        plot=plot,
        between=" ".join(f"M{box.left:g},{plot.top:g} V{plot.bottom:g}" for box in boxes[1:]),
        limits=_level([lines[0], lines[2]] if limits else [], scale, plot),
        centre=_level([lines[1]] if limits else [], scale, plot),
        lines=tuple(line_path(each) for each in spots),
        values=dots(((x, scale.at(v)) for place, x in flat if len(place.values) > 1 for v in place.values), 2.2),
        means=dots(((x, scale.at(place.mean)) for place, x in flat if not place.out), 4),
        out=crosses(((x, scale.at(place.mean)) for place, x in flat if place.out), 5),
        numbers=tuple(Label(left - 8, label.y, label.text, Anchor.END) for label in numbers),
        places=tuple(label for panel, box in zip(panels, boxes, strict=True) for label in _labels(panel, box)),
        titles=tuple(
            Label(round((box.left + box.right) / 2, 1), _HEAD - 12, panel.title)
            for panel, box in zip(panels, boxes, strict=True)
            if panel.title
        ),
        named=tuple(Label(plot.right + 6, label.y, label.text, Anchor.START) for label in named),
    )


def _ends(panels: Sequence[Panel], lines: Sequence[float]) -> tuple[float, float]:
    every = [*lines, *(v for panel in panels for place in panel.places for v in (*place.values, place.mean))]
    low, high = min(every), max(every)
    room = (high - low) * 0.08 or abs(high) * 0.05 or 1
    return low - room, high + room


def _numbers(scale: Scale, unit: str) -> list[Label]:
    ticks = nice_ticks(scale.low, scale.high, 4)
    return [Label(0, scale.at(float(tick)) + 4, _written(tick, unit), Anchor.END) for tick in ticks]


def _written(number: Decimal, unit: str) -> str:
    return f"{number:f} {unit}".strip().replace("-", "−")


def _named(lines: Sequence[float], names: Sequence[str], scale: Scale) -> list[Label]:
    """Write the names of the limits; one too close to the one before is left out."""
    kept: list[Label] = []
    for line, name in zip(lines, names, strict=False):
        y = scale.at(line) + 4
        if name and all(abs(y - other.y) >= 13 for other in kept):
            kept.append(Label(0, y, name, Anchor.START))
    return kept


def _boxes(panels: Sequence[Panel], plot: Plot) -> list[Plot]:
    """Share the width by the number of places."""
    total, left, found = sum(len(panel.places) for panel in panels), plot.left, []
    for panel in panels:
        right = round(left + plot.width * len(panel.places) / total, 1)
        found.append(Plot(left, plot.top, right, plot.bottom))
        left = right
    return found


def _across(panel: Panel, box: Plot) -> list[tuple[Place, float]]:
    step = box.width / len(panel.places)
    return [(place, round(box.left + (n + 0.5) * step, 1)) for n, place in enumerate(panel.places)]


def _spots(panel: Panel, box: Plot, scale: Scale) -> list[tuple[float, float]]:
    return [(x, scale.at(place.mean)) for place, x in _across(panel, box)]


def _level(lines: Sequence[float], scale: Scale, plot: Plot) -> str:
    return " ".join(f"M{plot.left:g},{scale.at(line):g} H{plot.right:g}" for line in lines)


def _labels(panel: Panel, box: Plot) -> tuple[Label, ...]:
    return thinned([Label(x, box.bottom + 18, place.label) for place, x in _across(panel, box)], box)
