"""The chart of a calibration: errors against tolerance, point by point."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from techfloor.duties.calibration.report.tables import Group, Line, Point
from techfloor.duties.calibration.report.words import Words, number, with_minus
from techfloor.measures.tolerance import BEYOND_ZERO, use_of_tolerance
from techfloor.reports.charts import ErrorChart, ErrorPoint, error_chart


def chart(group_list: Sequence[Group], words: Words) -> ErrorChart | None:
    """Draw errors against tolerance; points of several units share a chart in per cent of their tolerance."""
    _ = words.translate
    one = len({g.error_unit for g in group_list}) == 1
    lines = [line for g in group_list for line in g.lines]
    drawn = error_chart(
        _series(lines, "as_found", relative=not one),
        _series(lines, "as_left", relative=not one),
        unit=group_list[0].error_unit if one and group_list else "%",
        names=(_("as found"), _("as left"), _("out of tolerance"), _("expanded uncertainty U")),
    )
    return None if drawn.empty else drawn


def chart_title(group_list: Sequence[Group], words: Words) -> str:
    """Say what the chart shows and in which unit."""
    _ = words.translate
    if len({g.error_unit for g in group_list}) > 1:
        return _("Error in per cent of the tolerance, by point")
    units = {g.unit for g in group_list}
    if len(units) > 1:
        return _("Error in %(error)s, by point") % {"error": group_list[0].error_unit}
    return _("Error in %(error)s, by point in %(unit)s") % {
        "error": group_list[0].error_unit,
        "unit": group_list[0].unit,
    }


def _series(lines: Sequence[Line], run: str, *, relative: bool) -> list[ErrorPoint]:
    if all(line.of(run) is None for line in lines):
        return []
    points = [_chart_point(line, run) for line in lines]
    return [_relative(p) for p in points] if relative else points


def _chart_point(line: Line, run: str) -> ErrorPoint:
    point = line.of(run)
    tolerance = line.point["tolerance"] or {"lower": None, "upper": None}
    measured = point is not None and not point["cannot_measure"]
    return ErrorPoint(
        label=_short(line.point),
        error=number(point["error"]) if point is not None and measured else None,
        lower=number(tolerance["lower"]),
        upper=number(tolerance["upper"]),
        u=number(point["u"]) if point is not None and measured else None,
        passed=point is None or point["verdict"] != "fail",
        line=line.point["function"],
    )


def _short(point: Point) -> str:
    arrow = {"up": " ↑", "down": " ↓"}.get(point["direction"], "")
    return f"{with_minus(point['nominal']) or point['label']}{arrow}"


_WELL_OUTSIDE = Fraction(2)
"""Where an error is drawn that lies beyond a limit of zero, as a share of the tolerance."""


def _relative(point: ErrorPoint) -> ErrorPoint:
    """Write a point in per cent of its tolerance, each side of its own limit, an open side of the other one."""
    drawn = replace(point, lower=_hundred(point.lower, -1), upper=_hundred(point.upper, 1), u=None)
    if point.error is None:
        return drawn
    low = -point.upper if point.lower is None and point.upper is not None else point.lower
    high = -point.lower if point.upper is None and point.lower is not None else point.upper
    used = use_of_tolerance(point.error, low, high)
    limit = high if point.error >= 0 else low
    u = 100 * point.u / abs(limit) if point.u is not None and limit else None
    return replace(drawn, error=None if used is None else _per_cent(used), u=u)


def _per_cent(used: Fraction) -> Decimal:
    drawn = used if abs(used) < BEYOND_ZERO else _WELL_OUTSIDE if used > 0 else -_WELL_OUTSIDE
    return Decimal(repr(float(100 * drawn)))


def _hundred(limit: Decimal | None, side: int) -> Decimal | None:
    return None if limit is None else Decimal(100).copy_sign(limit or Decimal(side))
