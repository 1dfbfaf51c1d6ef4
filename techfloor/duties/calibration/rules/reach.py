"""How far a check of one value reaches: what of a calibration that failed it would have shown. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from techfloor.duties.calibration.rules.procedure import PlannedPoint
from techfloor.duties.calibration.rules.results import PointResult, RunResult
from techfloor.measures.decision import Verdict
from techfloor.measures.units import UnitError, convert

_OUT = {Verdict.fail, Verdict.conditional_fail}


def failed_functions(run: RunResult, first: str) -> tuple[str, ...]:
    """Return the functions that were out of tolerance, in their order; the first for a computed result of none."""
    names = [result.point.function for result in run.points if result.verdict in _OUT]
    names += [result.rule.function or first for result in run.derived if result.verdict in _OUT]
    return tuple(dict.fromkeys(names))


def unseen(run: RunResult, value: Decimal, unit: str) -> tuple[str, ...]:
    """Return the names of what failed and a check of one value does not show; () where it shows all of it.

    It shows a point that failed where that is the nearest of its function to the value, and every other point as near
    failed, too: where one of them passed, on another way or at another place, the check may have looked at that one.
    It shows no computed result, which takes more than one value.
    """
    names = [
        _name(result.point)
        for result in run.points
        if result.verdict in _OUT and not _shown(result.point, run.points, value, unit)
    ]
    return (*names, *(result.rule.name for result in run.derived if result.verdict in _OUT))


def _shown(point: PlannedPoint, results: Sequence[PointResult], value: Decimal, unit: str) -> bool:
    """Tell whether a point is among the nearest of its function to a value, and all of those failed."""
    same = [each for each in results if each.point.function == point.function and each.point.role == "point"]
    try:
        away = {each.point.n: _away(each.point, value, unit) for each in same}
    except UnitError:
        return False
    least = min(away.values(), default=Decimal(0))
    nearest = {each.point.n: each.verdict in _OUT for each in same if away[each.point.n] == least}
    return point.n in nearest and all(nearest.values())


def _away(point: PlannedPoint, value: Decimal, unit: str) -> Decimal:
    return abs(point.value - (value if unit == point.unit else convert(value, unit, point.unit)))


def _name(point: PlannedPoint) -> str:
    return " ".join(filter(None, (point.label, point.position, point.direction)))
