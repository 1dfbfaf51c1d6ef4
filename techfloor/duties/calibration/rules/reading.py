"""How a reading becomes a verdict: error, limits, uncertainty, decision rule, likely slips. Pure."""

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.procedure import FIXED, BudgetRow, Mode, PlannedPoint, Procedure
from techfloor.measures import tolerance as tolerances
from techfloor.measures.decision import RULE_VERSION, Decision, Rule, Verdict, decide, tur, verdict_risk
from techfloor.measures.quantity import decimals, plain
from techfloor.measures.repeats import type_a
from techfloor.measures.side import EXACT
from techfloor.measures.tolerance import Tolerance
from techfloor.measures.uncertainty import (
    Budget,
    Component,
    Distribution,
    Origin,
    Per,
    Point,
    evaluate,
    report_round,
    round_to,
)
from techfloor.measures.units import show_unit
from techfloor.refusals import Refusal

GOES, DOES_NOT_GO = "goes", "does not go"
CANNOT = "not measured"
NO_RULE = ""
"""The rule of a reading on which none decided: an entry, an answer of an attribute, a point not measured."""
_HUNDRED = Decimal(100)
_USUAL_K = Decimal(2)
"""The coverage factor of a U that is stated without one, as `decide` takes it."""


@dataclass(frozen=True)
class ReadingEntry:
    """What a technician gave at one place of the plan; numbers not typed in this mode are None."""

    run: str
    point: int
    repeat: int
    indication: Decimal | None = None
    reference: Decimal | None = None
    difference: Decimal | None = None
    goes: bool | None = None
    cannot_measure: str = ""
    note: str = ""
    confirmed_slip: bool = False
    performed_at: datetime | None = None


@dataclass(frozen=True)
class Judged:
    """A reading with everything it was judged by; errors and limits are in the unit of the reading.

    `rule` is the one that decided, or for a mean will; "" where none does.
    """

    reference: Decimal | None
    indication: Decimal | None
    error: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    u: Decimal | None
    k: Decimal | None
    rule: str
    verdict: str


def rule_name(rule: Rule) -> str:
    """Return the rule with its version, as a reading keeps it."""
    return f"{rule.value} v{RULE_VERSION}"


def typed_fields(mode: Mode) -> tuple[str, ...]:
    """Return which of indication, reference, difference and goes are typed in a mode."""
    return {
        Mode.apply: ("indication",),
        Mode.match: ("reference",),
        Mode.both: ("reference", "indication"),
        Mode.comparison: ("difference",),
        Mode.attribute: ("goes",),
    }.get(mode, ())


def values(
    procedure: Procedure, point: PlannedPoint, entry: ReadingEntry, standard: StandardFacts | None
) -> tuple[Decimal | None, Decimal | None]:
    """Return (reference, indication) of an entry; raises Refusal where the number this mode asks for is missing."""
    if point.role == "entry":
        return None, _needed(entry.indication, "indication")
    if procedure.mode is Mode.apply:
        return point.value, _needed(entry.indication, "indication")
    if procedure.mode is Mode.match:
        return _needed(entry.reference, "reference"), point.value
    if procedure.mode is Mode.both:
        return _needed(entry.reference, "reference"), _needed(entry.indication, "indication")
    if procedure.mode is Mode.comparison:
        base = standard.value_of(point.stack, point.value, point.unit) if standard else point.value
        return point.value, base + _needed(entry.difference, "difference")
    raise Refusal("This procedure has no readings.")


def _needed(value: Decimal | None, field: str) -> Decimal:
    if value is None:
        raise Refusal("Enter a number.", field=field)
    return value


def judge(
    procedure: Procedure,
    point: PlannedPoint,
    entry: ReadingEntry,
    *,
    standard: StandardFacts | None,
    earlier: Sequence[Decimal] = (),
) -> Judged:
    """Judge one entry; `earlier` are the errors of this run at this point before it.

    In a procedure that decides on the mean, and at an entry for a derived result, a reading has no verdict of its own.
    """
    if entry.cannot_measure:
        return Judged(None, None, None, None, None, None, None, NO_RULE, CANNOT)
    if procedure.mode is Mode.attribute and point.role == "point":
        return _judge_attribute(point, entry)
    reference, indication = values(procedure, point, entry, standard)
    if point.role == "entry" or reference is None or indication is None:
        return Judged(None, indication, None, None, None, None, None, NO_RULE, "")
    error = EXACT.subtract(indication, reference)
    lower, upper = limits_at(point, reference)
    found = uncertainty_at(procedure, point, reference, standard=standard, errors=[*earlier, error])
    if found is None and procedure.rule is not Rule.simple:
        raise no_uncertainty(procedure, point)
    u, k = found or (None, None)
    verdict = "" if procedure.on_mean else decision_on(procedure, error, lower, upper, u, k).verdict.value
    return Judged(reference, indication, error, lower, upper, u, k, rule_name(procedure.rule), verdict)


def no_uncertainty(procedure: Procedure, point: PlannedPoint) -> Refusal:
    """Return the refusal of a decision rule that needs U at a point where the budget gives none."""
    return Refusal(
        "The rule %(rule)s needs an uncertainty, and %(procedure)s gives none at %(point)s. Ask quality for a budget "
        "in %(unit)s.",
        rule=procedure.rule.value,
        procedure=procedure.code,
        point=point.label,
        unit=show_unit(point.unit),
    )


def _judge_attribute(point: PlannedPoint, entry: ReadingEntry) -> Judged:
    if entry.goes is None:
        raise Refusal("Choose whether it goes.", field="goes")
    right = entry.goes == (point.expected == GOES)
    verdict = Verdict.pass_ if right else Verdict.fail
    indication = Decimal(1 if entry.goes else 0)
    return Judged(None, indication, None, None, None, None, None, NO_RULE, verdict.value)


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


def decision_on(
    procedure: Procedure,
    error: Decimal,
    lower: Decimal | None,
    upper: Decimal | None,
    u: Decimal | None,
    k: Decimal | None,
) -> Decision:
    """Decide by the procedure's rule; `u` is expanded. Without it only simple acceptance can decide: DecisionError."""
    if u is None or k is None:
        return decide(error, lower, upper, rule=procedure.rule)
    return decide(error, lower, upper, u=u / k, k=k, rule=procedure.rule)


def risk_at(
    verdict: Verdict,
    error: Decimal,
    limits: tuple[Decimal | None, Decimal | None],
    u: Decimal | None,
    k: Decimal | None,
) -> float | None:
    """Return the probability that a verdict is wrong; `u` is expanded, None where it or the limits are not known."""
    if u is None or limits == (None, None):
        return None
    lower, upper = (None if limit is None else float(limit) for limit in limits)
    return verdict_risk(verdict, float(error), float(u / (k or _USUAL_K)), lower, upper)


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
    shows the pieces off their nominals, at least `value`; "pooled" is the procedure's s over the root of the repeats;
    "repeats" is the procedure's s until all repeats are in, and after that their own s where that is larger. Raises
    Refusal where the certificate states no U and the row has no fallback.
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
        else _component(row, point, own)
        for row in procedure.budget
    )
    resolution = Decimal(point.resolution) if point.resolution else None
    return Budget(components), Point(reference, resolution), size / scale


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


def _component(row: BudgetRow, point: PlannedPoint, own: Sequence[float]) -> Component:
    planned = _planned_component(row, point.repeats)
    if row.basis == "repeats" and len(own) >= max(point.repeats, 2):
        seen = type_a(own)
        if seen.s > float(row.value):
            return replace(planned, value=Decimal(repr(seen.s)), dof=float(seen.dof))
    return planned


@functools.lru_cache(maxsize=1024)
def _planned_component(row: BudgetRow, repeats: int) -> Component:
    """Return a row of a budget as it counts before a point's own repeats are in."""
    shape, divisor, origin = Distribution(row.distribution), Decimal(row.divisor), Origin(row.origin)
    if row.basis == "half resolution":
        return Component(row.component, Decimal(1), shape, divisor, origin, Per.half_resolution)
    if row.basis == "percent":
        return Component(row.component, Decimal(row.value), shape, divisor, origin, Per.percent_of_reading)
    value = Decimal(row.value)
    if row.basis == "pooled":
        value /= Decimal(math.sqrt(repeats))
    return Component(row.component, value, shape, divisor, origin)


def _shorten(value: Decimal) -> Decimal:
    """Keep six significant digits: more than any report prints, and the same on every machine."""
    return value if value == 0 else round(value, 5 - value.adjusted()) + Decimal(0)


def error_shown(procedure: Procedure, error: Decimal, reference: Decimal | None) -> Decimal:
    """Return an error as the procedure reports it: in its unit as read, or in % of the reference to two places."""
    if not procedure.in_percent or not reference:
        return error
    return _decimal(Fraction(error) / abs(Fraction(reference)) * 100, 2)


def _decimal(value: Fraction, places: int) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places))


def report_u(procedure: Procedure, u: Decimal, reference: Decimal | None) -> str:
    """Return U as it is printed: one or two significant digits, in the error's unit."""
    shown = u if not procedure.in_percent or not reference else u / abs(reference) * _HUNDRED
    return plain(report_round(shown, procedure.significant_digits))


def mean_shown(mean: Decimal, u: str) -> Decimal:
    """Return a mean of repeats rounded to the last digit of U as printed (JCGM 100:2008, 7.2.6); never lengthened."""
    return round_to(mean, Decimal(u)) if u and decimals(mean) > decimals(Decimal(u)) else mean


def limit_shown(limit: Decimal, point: PlannedPoint) -> str:
    """Return a limit with as many decimals as its tolerance is stated to, or the gauge is read to: "0.10"."""
    steps = [text.rpartition(".")[2] for text in (point.reads_to, point.resolution) if "." in text]
    stated = re.findall(r"\d+\.(\d+)", point.tolerance)
    places = max((len(digits) for digits in (*steps, *stated)), default=0)
    short = limit.normalize() + 0
    return plain(short if decimals(short) >= places else short.quantize(Decimal(1).scaleb(-places)))


def error_limit(procedure: Procedure, point: PlannedPoint, limit: Decimal, reference: Decimal | None) -> str:
    """Return a limit of the error as it is printed: in the unit of the error, with the decimals it is stated to."""
    if procedure.in_percent:
        return plain(error_shown(procedure, limit, reference).normalize() + 0)
    return limit_shown(limit, point)


def report_k(k: Decimal) -> str:
    """Return k as it is printed: "2", or to two places where it is no whole number, "1.83"."""
    shown = round(k, 2)
    return plain(Decimal(int(shown))) if shown == int(shown) else plain(shown)


def asks_risk(procedure: Procedure, *, of_all: bool) -> bool:
    """Tell whether risks are said: the rule of a procedure rests on them, or the plant asks for those `of_all`."""
    return procedure.rule is Rule.pfa or of_all


def report_risk(risk: float | None) -> str:
    """Return a risk in % as it is kept and printed: to two places under 1 %, else to one; "" where there is none."""
    if risk is None:
        return ""
    share = Decimal(repr(risk)) * _HUNDRED
    return plain(round(share, 2 if share < 1 else 1))


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


@dataclass(frozen=True)
class Slip:
    """A value that looks mistyped, and what it was compared with."""

    typed: Decimal
    low: Decimal
    high: Decimal
    seen: int


def likely_slip(
    value: Decimal,
    expected: Decimal,
    half_width: Decimal | None,
    step: Decimal | None,
    history: Sequence[Decimal],
) -> Slip | None:
    """Return a question when a value lies far outside what earlier ones, or the nominal, let expect.

    Far is ten times the tolerance beyond them, or a tenth of the value where that is more: a moved decimal
    point and a swapped digit go further, a gauge out of tolerance does not.
    """
    seen = list(history)
    low, high = (min(seen), max(seen)) if seen else (expected, expected)
    room = max(10 * (half_width or Decimal(0)), abs(expected) / 10, 10 * (step or Decimal(0)))
    if low - room <= value <= high + room:
        return None
    return Slip(value, low, high, len(seen))
