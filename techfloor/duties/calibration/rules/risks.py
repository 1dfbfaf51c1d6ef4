"""How often a procedure decides wrongly, from how its gauges were found: false accepts and false rejects. Pure.

The global risks of JCGM 106:2012, clause 9, point by point. The prior is how gauges came: their errors as found, as
shares of the tolerance, normally distributed, less what the measurement itself scatters. Points at the same share of
the range, of the same function, place and way, count together: a gauge of 300 mm comes as one of 150 mm does.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from techfloor.duties.calibration.rules.foresight import Foreseen
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.procedure import PlannedPoint, Procedure
from techfloor.measures.decision import Rule
from techfloor.measures.risk import FEWEST, GlobalRisk, Process, Zone, global_risk, process_of
from techfloor.measures.tolerance import ToleranceError

Limits = tuple[Decimal | None, Decimal | None]
_USUAL_K = Decimal(2)


@dataclass(frozen=True)
class Place:
    """Where on a gauge a point lies, in % of the largest point; `nth` tells points apart that lie at the same place."""

    function: str
    position: str
    direction: str
    percent: int
    nth: int


def places(points: Sequence[PlannedPoint]) -> dict[int, Place]:
    """Return the place of each point by its number."""
    measured = [point for point in points if point.role == "point"]
    largest = max((abs(point.value) for point in measured), default=Decimal(0)) or Decimal(1)
    seen: Counter[tuple[str, str, str, int]] = Counter()
    found = {}
    for point in measured:
        where = (point.function, point.position, point.direction, round(point.value / largest * 100))
        found[point.n] = Place(*where, seen[where])
        seen[where] += 1
    return found


@dataclass(frozen=True)
class FoundAt:
    """What one calibration found at a place; error, limits and U in the unit of the reading, the mean of repeats."""

    place: Place
    error: Decimal
    limits: Limits
    u: Decimal
    k: Decimal | None


def limits_now(procedure: Procedure, was: str, point: PlannedPoint, reference: Decimal, judged_by: Limits) -> Limits:
    """Return the limits that a result is held against: those of the procedure as it is looked at.

    `was` is the tolerance that the version behind the result stated. Where the tolerance is that of the gauge's card,
    or still the same, the result keeps the limits it was judged by.
    """
    now = procedure.own_tolerance
    if not now or point.tolerance != was or now == was:
        return judged_by
    try:
        return limits_at(replace(point, tolerance=now), reference)
    except ToleranceError:
        return judged_by


@dataclass(frozen=True)
class PointRisk:
    """The risks of a procedure at one point, from `n` results; `process` in shares of the tolerance.

    Without `risk` there are too few results, or they do not scatter, or U is not known there.
    """

    point: PlannedPoint
    n: int
    process: Process | None = None
    risk: GlobalRisk | None = None

    @property
    def lacking(self) -> int:
        """How many results are still missing."""
        return max(0, FEWEST - self.n)


def point_risks(
    procedure: Procedure, seen: Sequence[Foreseen], points: Sequence[PlannedPoint], found: Iterable[FoundAt]
) -> list[PointRisk]:
    """Return the risks at each point that is foreseen for one gauge; `points` is its whole plan."""
    where = places(points)
    shares: dict[Place, list[tuple[float, float]]] = {}
    for each in found:
        scale = _scale(each.limits)
        if scale is not None:
            shares.setdefault(each.place, []).append(_share(each, *scale))
    return [_point_risk(procedure, each, shares.get(where[each.point.n], [])) for each in seen]


def _scale(limits: Limits) -> tuple[float, float] | None:
    """Return (centre, half-width) of a tolerance; of a one-sided one its limit, None where that is zero or open."""
    lower, upper = (None if limit is None else float(limit) for limit in limits)
    if lower is None or upper is None:
        only = upper if lower is None else lower
        return (0.0, abs(only)) if only else None
    return ((lower + upper) / 2, (upper - lower) / 2) if upper > lower else None


def _share(each: FoundAt, centre: float, half: float) -> tuple[float, float]:
    return (float(each.error) - centre) / half, float(each.u / (each.k or _USUAL_K)) / half


def _point_risk(procedure: Procedure, each: Foreseen, results: Sequence[tuple[float, float]]) -> PointRisk:
    if len(results) < FEWEST:
        return PointRisk(each.point, len(results))
    process, scale = process_of(results), _scale((each.lower, each.upper))
    if process is None or scale is None or not each.u:
        return PointRisk(each.point, len(results), process)
    tolerance = _zone((each.lower, each.upper), *scale)
    accepted = (each.lower, each.upper) if procedure.rule is Rule.four_outcome else each.acceptance
    u = float(each.u / (each.k or _USUAL_K)) / scale[1]
    risk = global_risk(tolerance, _zone(accepted, *scale), process.sd, u, process.mean)
    return PointRisk(each.point, len(results), process, risk)


def _zone(limits: Limits, centre: float, half: float) -> Zone:
    lower, upper = limits
    return Zone(
        -math.inf if lower is None else (float(lower) - centre) / half,
        math.inf if upper is None else (float(upper) - centre) / half,
    )


def worst(risks: Iterable[PointRisk]) -> PointRisk | None:
    """Return the point at which most of what is accepted is out of tolerance; None where no risk is known."""
    known = [each for each in risks if each.risk is not None]
    return max(known, key=lambda each: each.risk.conditional_pfa if each.risk else 0.0, default=None)


def lacking(risks: Sequence[PointRisk]) -> int:
    """Return how many results are missing until the first point has a risk; 0 where one has it, or there is none."""
    return min((each.lacking for each in risks), default=0)
