"""Whether the repeats of a calibration scatter more than its budget counts on. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from techfloor.duties.calibration.rules.procedure import Procedure
from techfloor.duties.calibration.rules.results import PointResult
from techfloor.measures.repeats import largest_sd, type_a

_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Scatter:
    """A point whose repeats scatter by `seen`, where the budget counts on `allowed`; both in the budget's unit."""

    point: str
    seen: float
    allowed: Decimal


def scatters_more(procedure: Procedure, results: Iterable[PointResult]) -> Scatter | None:
    """Return the first point whose s is not that of the budget with 99 % confidence; None where all agree.

    Only a pooled s is asked: where the budget takes the repeats' own s, the larger of both counts already.
    """
    rows = [row for row in procedure.budget if row.basis == "pooled"]
    s = max((Decimal(row.value) / Decimal(row.divisor) for row in rows), default=Decimal(0))
    if not s:
        return None
    for result in results:
        errors = [_in_budget(procedure, r.error, r.reference) for r in result.readings if r.error is not None]
        if len(errors) > 1 and (seen := type_a(errors).s) > largest_sd(float(s), len(errors)):
            return Scatter(result.point.label, seen, s)
    return None


def _in_budget(procedure: Procedure, error: Decimal, reference: Decimal | None) -> Decimal:
    if procedure.budget_unit != "%" or not reference:
        return error
    return error / abs(reference) * _HUNDRED


def two_digits(seen: float) -> str:
    """Return a standard deviation as it is said."""
    return format(round(Decimal(repr(seen)), 1 - math.floor(math.log10(seen))), "f")
