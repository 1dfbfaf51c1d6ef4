"""Where the tolerance of a point ends: limits of the error and of the reading. Pure."""

import functools
from decimal import Decimal

from techfloor.duties.calibration.rules.procedure import PlannedPoint, Procedure
from techfloor.measures import tolerance as tolerances
from techfloor.measures.tolerance import Tolerance

_WITH_OFFSET = frozenset({"°C", "C", "°F", "F", "mV"})


def limits_at(point: PlannedPoint, reference: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Return the error limits at a reference value, in the unit of the reading, exact."""
    full_scale = Decimal(point.full_scale) if point.full_scale else None
    digit = Decimal(point.resolution) if point.resolution else None
    return _tolerance(point).limits(reference, full_scale, digit)


def _tolerance(point: PlannedPoint) -> Tolerance:
    return _read_tolerance(point.tolerance, point.unit)


@functools.lru_cache(maxsize=1024)
def _read_tolerance(text: str, unit: str) -> Tolerance:
    return Tolerance.parse(text, unit)


def goes_below_zero(point: PlannedPoint) -> bool:
    """Tell whether a reading there may need a minus: its scale has an offset, or zero is near.

    That is ten tolerances or ten steps of the gauge below the point (`slips`).
    """
    if point.unit in _WITH_OFFSET or point.value < 0:
        return True
    if point.role == "entry" or not point.nominal:
        return bool(point.nominal) and point.value == 0
    lower = limits_at(point, point.value)[0] if point.tolerance else None
    return point.value + 10 * min(lower or 0, -Decimal(point.resolution or 0)) < 0 or point.value == 0


def readings_within(procedure: Procedure, point: PlannedPoint) -> tuple[Decimal | None, Decimal | None]:
    """Return the lowest and highest reading inside the tolerance."""
    return tolerances.reading_limits(
        procedure.mode.value,
        point.value,
        _tolerance(point),
        step=Decimal(point.reads_to or point.resolution),
        full_scale=Decimal(point.full_scale) if point.full_scale else None,
        digit=Decimal(point.resolution) if point.resolution else None,
    )
