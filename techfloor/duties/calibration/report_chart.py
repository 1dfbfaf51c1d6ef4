"""The chart of a calibration: errors against tolerance, point by point."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from techfloor.duties.calibration.report_tables import Group, Line, Point
from techfloor.duties.calibration.report_words import Words, number, with_minus
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
    )


def _short(point: Point) -> str:
    arrow = {"up": " ↑", "down": " ↓"}.get(point["direction"], "")
    return f"{with_minus(point['nominal']) or point['label']}{arrow}"


def _relative(point: ErrorPoint) -> ErrorPoint:
    """Write a point in per cent of its tolerance, each side of its own limit."""
    if point.error is None:
        return replace(point, lower=_hundred(point.lower), upper=_hundred(point.upper), u=None)
    limit = point.upper if point.error >= 0 else point.lower
    other = point.upper if limit is None else limit
    if not other:
        return replace(point, error=None, lower=None, upper=None, u=None)
    share = 100 / abs(other)
    return replace(
        point,
        error=point.error * share,
        u=None if point.u is None else point.u * share,
        lower=_hundred(point.lower),
        upper=_hundred(point.upper),
    )


def _hundred(limit: Decimal | None) -> Decimal | None:
    return None if limit is None else Decimal(100).copy_sign(limit)
