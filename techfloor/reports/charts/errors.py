"""Errors of one calibration against their tolerance, as found and as left."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

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
    squares,
    thinned,
    value_labels,
)


@dataclass(frozen=True)
class ErrorPoint:
    """One result of a calibration: its error and what it may be, in one unit; a missing limit is no limit.

    A line joins the results that have the same `line`, such as those of one function.
    """

    label: str
    error: Decimal | None
    lower: Decimal | None = None
    upper: Decimal | None = None
    u: Decimal | None = None
    passed: bool = True
    line: str = ""


@dataclass(frozen=True)
class Series:
    """One run on the error chart: a line through its results, whiskers of ± U, markers, each as one path."""

    line: str
    whiskers: str
    passed: str
    failed: str
    marks: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class LegendEntry:
    """What a mark means: `kind` is "found", "left", "failed" or "whisker", `mark` its path around x = 0."""

    x: float
    kind: str
    mark: str
    label: Label


@dataclass(frozen=True)
class ErrorChart:
    """Errors of a calibration against their tolerance, as found and as left, ready to draw."""

    width: float
    height: float
    plot: Plot
    unit: str
    zones: tuple[Zone, ...]
    limits: str
    zero: float
    values: tuple[Label, ...]
    points: tuple[Label, ...]
    callouts: tuple[Label, ...]
    as_found: Series
    as_left: Series
    legend: tuple[LegendEntry, ...]

    @property
    def empty(self) -> bool:
        """Whether there is no result to draw."""
        return not (self.as_found.marks or self.as_left.marks)


def error_chart(
    as_found: Sequence[ErrorPoint],
    as_left: Sequence[ErrorPoint] = (),
    *,
    unit: str,
    names: tuple[str, str, str, str] = ("as found", "as left", "out of tolerance", "expanded uncertainty U"),
    width: float = 680,
    height: float = 150,
) -> ErrorChart:
    """Lay out the errors of one or two runs in equal slots; the longer run names the slots.

    `names` are the words of the legend, in this order. A result further than three tolerance spans outside is
    pinned to the edge and called out with its number.
    """
    slots = as_found if len(as_found) >= len(as_left) else as_left
    low, high = domain(_limits(slots), [*_reach(as_found), *_reach(as_left)])
    scale = Scale(low, high, start=height - 20, end=22)
    values = value_labels(_values(slots, scale), scale, unit, gap=11)
    plot = Plot(beside(values), top=22, right=width - 10, bottom=height - 20)
    shift = 4.0 if as_found and as_left else 0.0
    found, found_out = _series(as_found, len(slots), plot, scale, -shift, dots)
    left, left_out = _series(as_left, len(slots), plot, scale, shift, squares)
    return ErrorChart(
        width=width,
        height=height,
        plot=plot,
        unit=unit,
        zones=tuple(_zones(slots, plot, scale)),
        limits=_limit_lines(slots, plot, scale),
        zero=scale.at(0),
        values=tuple(at_edge(values, plot)),
        points=thinned(_point_labels(slots, plot), plot),
        callouts=(*found_out, *left_out),
        as_found=found,
        as_left=left,
        legend=_legend((found, left), names, plot),
    )


def _legend(runs: tuple[Series, Series], names: Sequence[str], plot: Plot) -> tuple[LegendEntry, ...]:
    """Explain the marks that occur, from left to right above the plot."""
    found, left = runs
    place = (0.0, 8.0)
    shown = [
        ("found", dots([place]), bool(found.marks)),
        ("left", squares([place]), bool(left.marks)),
        ("failed", crosses([place]), bool(found.failed or left.failed)),
        ("whisker", "M0,2 V14", bool(found.whiskers or left.whiskers)),
    ]
    entries, x = [], plot.left + 4
    for (kind, mark, occurs), name in zip(shown, names, strict=True):
        if occurs:
            label = Label(round(x + 9, 1), 11.5, name, Anchor.START)
            entries.append(LegendEntry(round(x, 1), kind, mark, label))
            x += len(name) * LETTER + 34
    return tuple(entries)


def _limits(points: Iterable[ErrorPoint]) -> list[float]:
    return [float(limit) for p in points for limit in (p.lower, p.upper) if limit is not None]


def _reach(points: Iterable[ErrorPoint]) -> Iterator[float]:
    for point in points:
        if point.error is not None:
            yield float(point.error - (point.u or 0))
            yield float(point.error + (point.u or 0))


def _slot(n: int, count: int, plot: Plot) -> tuple[float, float]:
    """Return the left and right end of slot `n`."""
    return plot.left + plot.width * n / count, plot.left + plot.width * (n + 1) / count


def _middle(n: int, count: int, plot: Plot) -> float:
    return plot.left + plot.width * (n + 0.5) / count


def _same_limits(points: Sequence[ErrorPoint]) -> Iterator[tuple[int, int, ErrorPoint]]:
    """Yield runs of neighbours that share their limits: first slot, slot after the last, one of them."""
    first = 0
    for n in range(1, len(points) + 1):
        here = points[first]
        if n == len(points) or (points[n].lower, points[n].upper) != (here.lower, here.upper):
            yield first, n, here
            first = n


def _zones(points: Sequence[ErrorPoint], plot: Plot, scale: Scale) -> Iterator[Zone]:
    for first, after, point in _same_limits(points):
        if point.lower is None and point.upper is None:
            continue
        top = plot.top if point.upper is None else scale.at(float(point.upper))
        bottom = plot.bottom if point.lower is None else scale.at(float(point.lower))
        left, right = _slot(first, len(points), plot)[0], _slot(after - 1, len(points), plot)[1]
        yield Zone(round(left, 1), top, round(right - left, 1), round(bottom - top, 1))


def _limit_lines(points: Sequence[ErrorPoint], plot: Plot, scale: Scale) -> str:
    strokes = []
    for first, after, point in _same_limits(points):
        left, right = _slot(first, len(points), plot)[0], _slot(after - 1, len(points), plot)[1]
        strokes += [
            f"M{round(left, 1):g},{scale.at(float(limit)):g} H{round(right, 1):g}"
            for limit in (point.upper, point.lower)
            if limit is not None
        ]
    return " ".join(strokes)


def _values(points: Sequence[ErrorPoint], scale: Scale) -> list[Decimal]:
    """Choose the numbers of the value axis: the limits where all points share them, else round numbers."""
    shared = {(p.lower, p.upper) for p in points}
    limits = [limit for limit in shared.pop() if limit is not None] if len(shared) == 1 else []
    return [*limits, Decimal(0)] if limits else [Decimal(0), *nice_ticks(scale.low, scale.high, 4)]


def _point_labels(points: Sequence[ErrorPoint], plot: Plot) -> list[Label]:
    return [
        Label(round(_middle(n, len(points), plot), 1), plot.bottom + 14, point.label) for n, point in enumerate(points)
    ]


def _series(
    points: Sequence[ErrorPoint],
    count: int,
    plot: Plot,
    scale: Scale,
    shift: float,
    draw: Callable[[Iterable[tuple[float, float]]], str],
) -> tuple[Series, list[Label]]:
    """Lay out one run; returns it and the numbers of the results that had to be pinned to the edge."""
    passed: list[tuple[float, float]] = []
    failed: list[tuple[float, float]] = []
    whiskers, callouts = [], []
    lines: dict[str, list[tuple[float, float]]] = {}
    for n, point in enumerate(points):
        if point.error is None:
            continue
        error, u = float(point.error), float(point.u or 0)
        place = (round(_middle(n, count, plot) + shift, 1), scale.at(error))
        (passed if point.passed else failed).append(place)
        lines.setdefault(point.line, []).append(place)
        if u:
            whiskers.append(f"M{place[0]:g},{scale.at(error - u):g} V{scale.at(error + u):g}")
        if not scale.holds(error):
            callouts.append(_callout(place, signed(point.error), plot))
    marks = tuple(sorted(passed + failed))
    joined = " ".join(line_path(sorted(each)) for each in lines.values())
    series = Series(joined, " ".join(whiskers), draw(passed), crosses(failed), marks)
    return series, callouts


def _callout(place: tuple[float, float], text: str, plot: Plot) -> Label:
    """Put `text` beside a mark, on the side where there is room."""
    room = place[0] + 8 + len(text) * LETTER <= plot.right
    y = min(max(place[1] + 3.5, plot.top + 9), plot.bottom - 2)
    return Label(place[0] + 8, y, text, Anchor.START) if room else Label(place[0] - 8, y, text, Anchor.END)
