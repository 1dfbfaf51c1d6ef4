"""Where the certificate of a standard gives another value than a procedure counts with. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint, Procedure
from techfloor.measures.quantity import plain
from techfloor.measures.tolerance import ToleranceError
from techfloor.measures.units import show_unit
from techfloor.refusals import Refusal

_MATTERS = Decimal("0.1")
"""A deviation under a tenth of the tolerance changes no verdict that U does not."""


@dataclass(frozen=True)
class OffNominal:
    """What a certificate gives for the pieces of a point, where that lies off their nominals and nothing counts it."""

    point: PlannedPoint
    certified: Decimal

    def words(self, standard: str) -> dict[str, str]:
        """Return what sentences about it name."""
        unit = show_unit(self.point.unit)
        nominal, certified = (f"{plain(each)} {unit}" for each in (self.point.value, self.certified))
        return {"standard": standard, "nominal": nominal, "certified": certified}


def off_nominal(
    procedure: Procedure, points: Iterable[PlannedPoint], standard: StandardFacts | None
) -> list[OffNominal]:
    """Return the points whose certified value lies further off the nominal one than U of the certificate.

    Nothing is returned for a procedure that counts it: with a row of its budget ("deviation"), by a comparison, or
    because the reference is read. What is under a tenth of the tolerance is left out.
    """
    counted = any(row.basis == "deviation" for row in procedure.budget)
    if standard is None or counted or procedure.mode is not Mode.apply or not standard.certified:
        return []
    found = (_off(point, standard) for point in points if point.role == "point" and point.nominal)
    return list({each.point.nominal: each for each in found if each is not None}.values())


def _off(point: PlannedPoint, standard: StandardFacts) -> OffNominal | None:
    try:
        pieces = point.stack or tuple(n for n in standard.certified if Decimal(n) == point.value)[:1]
        certified = standard.value_of(pieces, point.value, point.unit)
        u = standard.u_at(pieces, point.value, point.unit) if pieces else None
    except Refusal:
        return None  # a piece that the certificate lacks is refused for itself
    off = abs(certified - point.value)
    return OffNominal(point, certified) if u is not None and off > max(u, _tenth(point)) else None


def _tenth(point: PlannedPoint) -> Decimal:
    try:
        limits = limits_at(point, point.value)
    except ToleranceError:
        return Decimal(0)
    return min((abs(limit) for limit in limits if limit), default=Decimal(0)) * _MATTERS
