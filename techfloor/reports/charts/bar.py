"""The tolerance as a picture, beside a reading."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from techfloor.reports.charts.parts import Scale, Zone, signed


@dataclass(frozen=True)
class BarLimit:
    """A limit on the tolerance bar, with its number."""

    x: float
    label: str


@dataclass(frozen=True)
class ToleranceBar:
    """The tolerance of one reading: zones, limits, and where the reading falls; no marker: no reading yet."""

    width: float
    height: float
    zones: tuple[Zone, ...]
    limits: tuple[BarLimit, ...]
    zero: float | None
    marker: float | None
    marker_label: str
    whisker: tuple[float, float] | None
    beyond: bool


def tolerance_bar(
    lower: Decimal | None,
    upper: Decimal | None,
    *,
    acceptance: tuple[Decimal | None, Decimal | None] | None = None,
    error: Decimal | None = None,
    u: Decimal | None = None,
    width: float = 640,
    height: float = 24,
) -> ToleranceBar:
    """Lay out one tolerance from left to right; `acceptance` are the limits inside the guard band.

    Zones are "fail" outside the limits, "guard" between limit and acceptance, "accept" inside. A reading
    that lies off the bar is pinned to its end, with `beyond` set.
    """
    scale = _bar_scale(lower, upper, error, width)
    accept = acceptance or (lower, upper)
    shown = None if error is None else float(error)
    return ToleranceBar(
        width=width,
        height=height,
        zones=tuple(_bar_zones((lower, upper), accept, scale, height)),
        limits=tuple(BarLimit(scale.at(float(v)), signed(v)) for v in (lower, upper) if v is not None),
        zero=scale.at(0) if scale.low < 0 < scale.high else None,
        marker=None if shown is None else scale.at(shown),
        marker_label="" if error is None else signed(error),
        whisker=None if shown is None or not u else (scale.at(shown - float(u)), scale.at(shown + float(u))),
        beyond=shown is not None and not scale.holds(shown),
    )


def _bar_scale(lower: Decimal | None, upper: Decimal | None, error: Decimal | None, width: float) -> Scale:
    """Show both limits and a sixth of the tolerance outside; a one-sided tolerance reaches back to zero."""
    ends = [float(v) for v in (lower, upper) if v is not None] or [float(error or 0)]
    if len(ends) == 1:
        ends.append(0.0)
    low, high = min(ends), max(ends)
    if low == high:
        low, high = low - 1, high + 1
    room = (high - low) / 6
    return Scale(low - room, high + room, 0, width)


def _bar_zones(
    limits: tuple[Decimal | None, Decimal | None],
    accept: tuple[Decimal | None, Decimal | None],
    scale: Scale,
    height: float,
) -> Iterator[Zone]:
    left, right = 0.0, scale.end
    lower = left if limits[0] is None else scale.at(float(limits[0]))
    upper = right if limits[1] is None else scale.at(float(limits[1]))
    inner_low = lower if accept[0] is None else max(lower, scale.at(float(accept[0])))
    inner_high = upper if accept[1] is None else min(upper, scale.at(float(accept[1])))
    inner_high = max(inner_low, inner_high)
    edges = (left, lower, inner_low, inner_high, upper, right)
    kinds = ("fail", "guard", "accept", "guard", "fail")
    for kind, start, end in zip(kinds, edges, edges[1:], strict=False):
        if end > start:
            yield Zone(start, 0, round(end - start, 1), height, kind)
