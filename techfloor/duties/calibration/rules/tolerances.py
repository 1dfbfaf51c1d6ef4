"""Whose tolerance counts at a point, the gauge's own or that of its procedure. Pure.

What stands on the card of a gauge counts for it; the procedure counts where the card states none (`procedure.plan`).
"""

from collections.abc import Iterable
from dataclasses import replace

from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.procedure import Item, Mode, PlannedPoint, Procedure, plan
from techfloor.measures.tolerance import ToleranceError
from techfloor.refusals import Refusal

FROM_PROCEDURE, FROM_GAUGE = "procedure", "gauge"
_WITHOUT = frozenset({Mode.attribute, Mode.certificate})


def comes_from(procedure: Procedure, points: Iterable[PlannedPoint]) -> str:
    """Return where the tolerances of a plan come from: the card of the gauge, where it gives a point other limits."""
    measured = [point for point in points if point.role == "point" and point.tolerance]
    if procedure.mode in _WITHOUT or not measured:
        return FROM_PROCEDURE
    return FROM_GAUGE if not procedure.own_tolerance or differing(procedure, measured) else FROM_PROCEDURE


def differing(procedure: Procedure, points: Iterable[PlannedPoint]) -> list[PlannedPoint]:
    """Return the points where the card of the gauge and its procedure both state a tolerance, and not the same."""
    if procedure.mode in _WITHOUT or not procedure.own_tolerance:
        return []
    return [point for point in points if point.role == "point" and point.tolerance and _differs(procedure, point)]


def on_its_card(procedure: Procedure, item: Item) -> str:
    """Return the tolerances of a gauge's card that count instead of another one of its procedure, "" without any."""
    try:
        points = plan(procedure, item)
    except Refusal:
        return ""  # that it has no points for this gauge is said elsewhere
    return ", ".join(dict.fromkeys(point.tolerance for point in differing(procedure, points)))


def _differs(procedure: Procedure, point: PlannedPoint) -> bool:
    if point.tolerance == procedure.own_tolerance:
        return False
    try:
        of_procedure = limits_at(replace(point, tolerance=procedure.own_tolerance), point.value)
        return limits_at(point, point.value) != of_procedure
    except ToleranceError:
        return True
