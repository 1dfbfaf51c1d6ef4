"""The uncertainty of an error at a point, from its budget, and how often it fits into the tolerance. Pure."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.procedure import FIXED, BudgetRow, PlannedPoint, Procedure
from techfloor.measures.decision import tur
from techfloor.measures.repeats import type_a
from techfloor.measures.uncertainty import Budget, Component, Distribution, Origin, Per, Point, evaluate
from techfloor.refusals import Refusal

_HUNDRED = Decimal(100)


def uncertainty_at(
    procedure: Procedure,
    point: PlannedPoint,
    reference: Decimal,
    *,
    standard: StandardFacts | None,
    errors: Sequence[Decimal] = (),
) -> tuple[Decimal, Decimal] | None:
    """Return (U, k) of an error at a point, in the unit of the reading; None for a procedure without a budget.

    Rows: "constant" is in the budget's unit, "percent" in % of the reading; "half resolution" is half a digit of the
    gauge; "certificate" is U of the standard at the point, from its certificate; "deviation" is what the certificate
    shows the pieces off their nominals, at least `value`; "pooled" is the procedure's s of one reading; "repeats" is
    that s until all repeats are in, and after that their own s where that is larger. Where the mean of the repeats
    decides, s counts over the root of their number (JCGM 100:2008, 4.2.3), where each reading does, as it is. In a
    budget in % what gauge and standard give in a unit counts as its share of the reading. Raises Refusal where the
    certificate states no U and the row has no fallback.
    """
    worked = _worked_out(procedure, point, reference, standard=standard, errors=errors)
    return None if worked is None else _expanded(procedure, *worked)


@dataclass(frozen=True)
class Ratios:
    """How often U fits into the tolerance: U of the reference and the room alone, and of the whole process.

    None where no U is known, or a side of the tolerance is open. The test uncertainty ratio of ANSI/NCSL Z540.3.
    """

    reference: Decimal | None = None
    process: Decimal | None = None


def ratios_at(
    procedure: Procedure,
    point: PlannedPoint,
    reference: Decimal,
    *,
    standard: StandardFacts | None,
    errors: Sequence[Decimal] = (),
) -> Ratios:
    """Return both ratios of the tolerance at a point to U there; raises Refusal as `uncertainty_at` does.

    U of reference and environment takes k from its own budget, and never a smaller one than the whole process has:
    beside its ratio theirs must not look better by k alone.
    """
    worked = _worked_out(procedure, point, reference, standard=standard, errors=errors)
    if worked is None:
        return Ratios()
    budget, at, per = worked
    whole, k = _expanded(procedure, budget, at, per)
    known = None
    if _beside_item(budget):
        u, own = _expanded(procedure, budget.only(Origin.standard, Origin.environment), at, per)
        known = u * max(k, own) / own
    return Ratios(*(ratio(limits_at(point, reference), u) for u in (known, whole)))


def ratio(limits: tuple[Decimal | None, Decimal | None], u: Decimal | None) -> Decimal | None:
    """Return how often an expanded uncertainty fits into limits; None without one, or with an open side."""
    return tur(*limits, u, Decimal(1)) if u else None


def _beside_item(budget: Budget) -> bool:
    return any(each.origin is not Origin.item for each in budget.components)


def _worked_out(
    procedure: Procedure,
    point: PlannedPoint,
    reference: Decimal,
    *,
    standard: StandardFacts | None,
    errors: Sequence[Decimal],
) -> tuple[Budget, Point, Decimal] | None:
    """Return the budget at a point, and what takes its unit to that of the reading; None without a budget."""
    if not procedure.budget:
        return None
    scale = _HUNDRED if procedure.budget_unit == "%" else Decimal(1)
    if scale == _HUNDRED and reference == 0:
        return None  # a relative budget says nothing at zero
    size = abs(reference) if scale == _HUNDRED else Decimal(1)
    own = [float(error * scale / size) for error in errors]
    components = tuple(
        _of_standard(row, point, reference, standard, scale / size)
        if row.basis in _OF_STANDARD
        else _component(procedure, row, point.repeats, own)
        for row in procedure.budget
    )
    digit = _shorten(Decimal(point.resolution) * scale / size) if point.resolution else None
    return Budget(components), Point(reference, digit), size / scale


def _expanded(procedure: Procedure, budget: Budget, at: Point, per: Decimal) -> tuple[Decimal, Decimal]:
    """Return (U, k) of a budget in the unit of the reading; k is the procedure's own where that is fixed."""
    found = evaluate(budget, at)
    if procedure.coverage == FIXED:
        k = Decimal(procedure.k)
        return _shorten(Decimal(repr(found.u)) * k * per), k
    return _shorten(Decimal(repr(found.U)) * per), _shorten(Decimal(repr(found.k)))


_OF_STANDARD = frozenset({"certificate", "deviation"})


def _of_standard(
    row: BudgetRow, point: PlannedPoint, reference: Decimal, standard: StandardFacts | None, scale: Decimal
) -> Component:
    """Return a row whose value the standard gives; `scale` takes it from the unit of the reading to the budget's."""
    shape, divisor, origin = Distribution(row.distribution), Decimal(row.divisor), Origin(row.origin)
    if row.basis == "deviation":
        least = Decimal(row.value)
        seen = standard.deviation_of(point.stack, point.unit) * scale if standard else least
        return Component(row.component, max(least, seen), shape, divisor, origin)
    u = standard.u_at(point.stack, reference, point.unit) if standard else None
    if u is not None and standard is not None:
        return Component(row.component, _shorten(u * scale), shape, standard.k or divisor, origin)
    if row.fallback:
        return Component(row.component, Decimal(row.fallback), shape, divisor, origin)
    if standard is None:
        raise Refusal("This procedure needs a standard whose certificate states U.", field="standard")
    raise Refusal(
        "The certificate of %(code)s states no U at %(point)s. Add it to the certificate, or choose another standard.",
        field="standard",
        code=standard.code,
        point=" + ".join(point.stack) or point.label,
    )


def _component(procedure: Procedure, row: BudgetRow, repeats: int, own: Sequence[float]) -> Component:
    averaged = repeats if procedure.on_mean else 1
    planned = _planned_component(row, averaged, in_percent=procedure.budget_unit == "%")
    if row.basis == "repeats" and len(own) >= max(repeats, 2):
        seen = type_a(own)
        if seen.s > float(row.value):
            return replace(planned, value=_of_mean(Decimal(repr(seen.s)), averaged), dof=float(seen.dof))
    return planned


@functools.lru_cache(maxsize=1024)
def _planned_component(row: BudgetRow, averaged: int, *, in_percent: bool) -> Component:
    """Return a row of a budget before a point's own repeats are in; `averaged` readings decide together."""
    shape, divisor, origin = Distribution(row.distribution), Decimal(row.divisor), Origin(row.origin)
    if row.basis == "half resolution":
        return Component(row.component, Decimal(1), shape, divisor, origin, Per.half_resolution)
    if row.basis == "percent" and not in_percent:
        return Component(row.component, Decimal(row.value), shape, divisor, origin, Per.percent_of_reading)
    value = Decimal(row.value)
    if row.basis in {"pooled", "repeats"}:
        value = _of_mean(value, averaged)
    return Component(row.component, value, shape, divisor, origin)


def _of_mean(s: Decimal, averaged: int) -> Decimal:
    """Return the standard deviation of a mean of so many readings (JCGM 100:2008, 4.2.3)."""
    return s if averaged == 1 else s / Decimal(math.sqrt(averaged))


def _shorten(value: Decimal) -> Decimal:
    """Keep six significant digits: more than any report prints, and the same on every machine."""
    return value if value == 0 else round(value, 5 - value.adjusted()) + Decimal(0)
