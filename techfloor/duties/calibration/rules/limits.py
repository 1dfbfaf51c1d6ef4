"""Where the tolerance of a point ends: limits of the error and of the reading. Pure."""

import functools
from decimal import Decimal

from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint, Procedure
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


def typed_step(procedure: Procedure, point: PlannedPoint, name: str) -> Decimal | None:
    """Return the smallest step that a number typed at a point can have; None where nothing tells it.

    `name` is "indication", "difference" or "reference". The step of the gauge is of what the gauge shows. What is read
    off the standard has finer ones: in match those on the gauge's card where they are finer than what it shows itself.
    """
    step = Decimal(point.reads_to) if point.reads_to else None
    if name != "reference" or step is None:
        return step
    finer = procedure.mode is Mode.match and point.resolution and step < Decimal(point.resolution)
    return step if finer else None


def step_of_limits(procedure: Procedure, point: PlannedPoint) -> Decimal:
    """Return the steps in which the limits of a reading are told: those it is typed in, else finer than the gauge's."""
    name = "reference" if procedure.mode is Mode.match else "indication"
    return typed_step(procedure, point, name) or Decimal(point.resolution).scaleb(-2)


def readings_within(procedure: Procedure, point: PlannedPoint) -> tuple[Decimal | None, Decimal | None]:
    """Return the lowest and highest reading inside the tolerance."""
    return tolerances.reading_limits(
        procedure.mode.value,
        point.value,
        _tolerance(point),
        step=step_of_limits(procedure, point),
        full_scale=Decimal(point.full_scale) if point.full_scale else None,
        digit=Decimal(point.resolution) if point.resolution else None,
    )
