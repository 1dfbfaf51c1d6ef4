"""Whether a reading can be: of one kind with the other readings of its point, within the range of its gauge. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from techfloor.duties.calibration.rules.procedure import ItemFunction, Mode, PlannedPoint, Procedure
from techfloor.duties.calibration.rules.reading import Judged

_HUNDRED = Decimal(100)
_SCATTER = 6
"""So many pooled standard deviations apart, two repeats are not of one kind: three each way."""
_STEPS_APART = 5


def off_its_repeats(
    procedure: Procedure, point: PlannedPoint, judged: Judged, earlier: Sequence[Decimal]
) -> Decimal | None:
    """Return how far a reading lies from the nearest of its repeats, where that is further than they scatter.

    `earlier` are their errors, or their indications at an entry. They scatter as the pooled s of the budget says; where
    there is none, up to half of the tolerance.
    """
    value = judged.indication if judged.error is None else judged.error
    if value is None or not earlier:
        return None
    apart = min(abs(value - each) for each in earlier)
    step = Decimal(point.reads_to or point.resolution or 0)
    s = _pooled_s(procedure, judged.reference)
    widths = [abs(limit) for limit in (judged.lower, judged.upper) if limit is not None]
    room = _SCATTER * s if s else max(widths, default=2 * step * _STEPS_APART)
    return apart if apart > max(room, _STEPS_APART * step) else None


def _pooled_s(procedure: Procedure, reference: Decimal | None) -> Decimal:
    """Return the largest s of repeats that the budget states, in the unit of the reading; 0 without one."""
    rows = [row for row in procedure.budget if row.basis in {"pooled", "repeats"}]
    s = max((Decimal(row.value) / Decimal(row.divisor) for row in rows), default=Decimal(0))
    return s * abs(reference or Decimal(0)) / _HUNDRED if procedure.budget_unit == "%" else s


_BEYOND = Decimal("0.1")
"""A gauge that reads too much shows a little more than its range: a tenth of it."""


def beyond_range(procedure: Procedure, point: PlannedPoint, indication: Decimal, function: ItemFunction) -> bool:
    """Tell whether a gauge cannot have shown a value: it lies far outside the range of its function."""
    if procedure.mode not in {Mode.apply, Mode.both} or function.unit != point.unit or not function.high:
        return False
    low, high = Decimal(function.low or 0), Decimal(function.high)
    room = (high - low) * _BEYOND
    return high > low and not low - room <= indication <= high + room
