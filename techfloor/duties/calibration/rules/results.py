"""What the readings of a calibration add up to: points, derived results, runs, and what comes next. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.budget import ratio, ratios_at, uncertainty_at
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.procedure import DerivedRule, Mode, PlannedPoint, Procedure
from techfloor.duties.calibration.rules.reading import CANNOT
from techfloor.measures import derived as derived_results
from techfloor.measures.decision import Verdict, worst
from techfloor.measures.quantity import decimals, plain
from techfloor.measures.side import EXACT
from techfloor.measures.tolerance import use_of_tolerance
from techfloor.said import Said, say

AS_FOUND, AS_LEFT = "as_found", "as_left"
INCOMPLETE = "incomplete"
LATE = timedelta(minutes=2)
"""From this difference between the work and its entry on, a reading was entered late: longer than the way takes."""


@dataclass(frozen=True)
class ReadingFacts:
    """A reading that counts: the newest at its place."""

    run: str
    point: int
    repeat: int
    reference: Decimal | None
    indication: Decimal | None
    error: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    u: Decimal | None
    k: Decimal | None
    verdict: str
    cannot_measure: str = ""


@dataclass(frozen=True)
class PointResult:
    """What a point came to; numbers are in the unit of the reading, means over the repeats."""

    point: PlannedPoint
    readings: tuple[ReadingFacts, ...]
    verdict: str
    reference: Decimal | None = None
    indication: Decimal | None = None
    error: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    u: Decimal | None = None
    k: Decimal | None = None
    guard: Decimal = Decimal(0)
    tur: Decimal | None = None
    tur_reference: Decimal | None = None
    cannot_measure: str = ""

    @property
    def complete(self) -> bool:
        """True when every repeat is in, or the point could not be measured."""
        return bool(self.cannot_measure) or len(self.readings) >= self.point.repeats

    @property
    def deciding(self) -> "ReadingFacts | PointResult":
        """What the verdict rests on: the worst single reading, or this mean where no reading has a verdict."""
        judged = [r for r in self.readings if r.verdict and r.error is not None]
        return max(judged, key=_use, default=self)

    @property
    def use_of_tolerance(self) -> Fraction:
        """How much of its tolerance the deciding error uses, to tell which point is the worst."""
        return _use(self.deciding)

    @property
    def risk(self) -> float | None:
        """The probability that the verdict is wrong, of the result that it rests on; None where U is not known."""
        found = self.deciding
        if not found.verdict or found.cannot_measure or found.error is None:
            return None
        return rules.risk_at(Verdict(found.verdict), found.error, (found.lower, found.upper), found.u, found.k)


def _use(result: ReadingFacts | PointResult) -> Fraction:
    if result.error is None:
        return Fraction(0)
    return abs(use_of_tolerance(result.error, result.lower, result.upper) or Fraction(0))


@dataclass(frozen=True)
class DerivedResult:
    """A derived result; `value` is rounded as it is printed, None where a point it needs could not be measured."""

    rule: DerivedRule
    value: Decimal | None
    limit: str
    verdict: str


@dataclass(frozen=True)
class RunResult:
    """As found, or as left: its points, its derived results, and their worst verdict."""

    run: str
    points: tuple[PointResult, ...]
    derived: tuple[DerivedResult, ...]
    verdict: str

    @property
    def complete(self) -> bool:
        """True when nothing is left to measure."""
        return all(point.complete for point in self.points)

    @property
    def worst_point(self) -> PointResult | None:
        """The measured point that uses most of its tolerance."""
        measured = [p for p in self.points if p.error is not None]
        return max(measured, key=lambda p: p.use_of_tolerance, default=None)

    @property
    def failed(self) -> bool:
        """True when it is out of tolerance: a fail, or a conditional one."""
        return self.verdict in {Verdict.fail, Verdict.conditional_fail}


def run_result(
    procedure: Procedure,
    planned: Sequence[PlannedPoint],
    readings: Iterable[ReadingFacts],
    run: str,
    standard: StandardFacts | None,
) -> RunResult:
    """Add up the readings of one run."""
    at: dict[int, list[ReadingFacts]] = {}
    for reading in readings:
        if reading.run == run:
            at.setdefault(reading.point, []).append(reading)
    points = tuple(
        point_result(procedure, point, sorted(at.get(point.n, []), key=lambda r: r.repeat), standard)
        for point in planned
    )
    derived = tuple(_derived(rule, points) for rule in procedure.derived)
    return RunResult(run, points, derived, _run_verdict(points, derived))


def _run_verdict(points: Sequence[PointResult], derived: Sequence[DerivedResult]) -> str:
    verdicts = [p.verdict for p in points if p.point.role == "point"] + [d.verdict for d in derived]
    reached = [Verdict(v) for v in verdicts if v and v != CANNOT]
    if Verdict.fail in reached:
        return Verdict.fail.value  # a failed point fails the run, whatever is still to come
    if not all(p.complete for p in points) or not reached:
        return INCOMPLETE
    return worst(reached).value


def point_result(
    procedure: Procedure,
    point: PlannedPoint,
    readings: Sequence[ReadingFacts],
    standard: StandardFacts | None,
) -> PointResult:
    """Add up the repeats at one point."""
    given = tuple(readings)
    cannot = next((r.cannot_measure for r in given if r.cannot_measure), "")
    if cannot:
        lower, upper = _limits_stated(procedure, point)
        return PointResult(point, given, CANNOT, lower=lower, upper=upper, cannot_measure=cannot)
    if not given:
        return PointResult(point, given, "")
    if procedure.mode is Mode.attribute or point.role == "entry":
        reached = [Verdict(r.verdict) for r in given if r.verdict]
        goes = mean([r.indication for r in given])
        return PointResult(point, given, worst(reached).value if reached else "", indication=goes)
    return _measured(procedure, point, given, standard)


def _limits_stated(procedure: Procedure, point: PlannedPoint) -> tuple[Decimal | None, Decimal | None]:
    """Return the limits at the nominal value of a point that could not be measured: they hold there all the same."""
    if procedure.mode is Mode.attribute or point.role == "entry" or not point.tolerance:
        return None, None
    return limits_at(point, point.value)


def _measured(
    procedure: Procedure, point: PlannedPoint, given: tuple[ReadingFacts, ...], standard: StandardFacts | None
) -> PointResult:
    reference, indication = mean([r.reference for r in given]), mean([r.indication for r in given])
    errors = [r.error for r in given if r.error is not None]
    assert reference is not None
    exact = _mean_error(procedure, given, reference)
    lower, upper = limits_at(point, reference)
    found = uncertainty_at(procedure, point, reference, standard=standard, errors=errors)
    u, k = found or (given[-1].u, given[-1].k)  # without a budget: as an outside laboratory stated them
    decided = rules.decision_on(procedure, exact, lower, upper, u, k)
    if procedure.on_mean:
        verdict = decided.verdict.value if len(given) >= point.repeats else ""
    else:
        verdict = worst(Verdict(r.verdict) for r in given).value
    ratios = ratios_at(procedure, point, reference, standard=standard, errors=errors)
    return PointResult(
        point,
        given,
        verdict,
        reference,
        indication,
        exact if procedure.in_percent else mean(errors),
        lower,
        upper,
        u,
        k,
        decided.guard,
        tur=ratio((lower, upper), u),
        tur_reference=ratios.reference,
    )


def _mean_error(procedure: Procedure, given: Sequence[ReadingFacts], reference: Decimal) -> Decimal:
    """Return the mean of the errors unrounded, in the unit of the reading, as it is decided on.

    Where errors are reported in % it is the mean of the relative errors, each to its own reference, at the mean one.
    """
    pairs = [
        (Fraction(r.error), Fraction(r.reference)) for r in given if r.error is not None and r.reference is not None
    ]
    exact = sum((error for error, _at in pairs), Fraction(0)) / len(pairs)
    if procedure.in_percent and all(at for _error, at in pairs):
        shares = sum((error / abs(at) for error, at in pairs), Fraction(0)) / len(pairs)
        exact = shares * abs(Fraction(reference))
    return EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def mean(numbers: Sequence[Decimal | None], u: str = "") -> Decimal | None:
    """Return the exact mean, rounded once: to one more place than was typed, or to the last digit of U as printed.

    To U where that is the coarser one (JCGM 100:2008, 7.2.6).
    """
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    if len(known) == 1:
        return known[0]
    exact = sum((Fraction(number) for number in known), Fraction(0)) / len(known)
    places = max(decimals(number) for number in known) + 1
    if u:
        places = min(places, decimals(Decimal(u)))
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1).scaleb(-places))


def _derived(rule: DerivedRule, points: Sequence[PointResult]) -> DerivedResult:
    value = _derived_value(rule, points)
    low, high = _derived_limits(rule, points)
    limit = rule.text or " to ".join(plain(x) for x in (low, high) if x is not None)
    if value is None:
        return DerivedResult(rule, None, limit, "")
    inside = (low is None or value >= low) and (high is None or value <= high)
    verdict = Verdict.pass_ if inside else Verdict.fail
    return DerivedResult(rule, _printed(value, points, rule), limit, verdict.value)


def _printed(value: Decimal, points: Sequence[PointResult], rule: DerivedRule) -> Decimal:
    if rule.unit == "%":
        return value.quantize(Decimal("0.1"))
    steps = [Decimal(p.point.reads_to) for p in points if p.point.unit == rule.unit and p.point.reads_to]
    place = min(steps, default=Decimal("0.001"))
    return value.quantize(Decimal(1).scaleb(place.adjusted() - (1 if rule.kind == "repeatability" else 0)))


def _derived_limits(rule: DerivedRule, points: Sequence[PointResult]) -> tuple[Decimal | None, Decimal | None]:
    low = Decimal(rule.low) if rule.low else None
    high = Decimal(rule.high) if rule.high else None
    if rule.of_tolerance:
        widths = [p.upper for p in points if p.upper is not None] or [Decimal(0)]
        share = Fraction(rule.of_tolerance) * Fraction(max(widths))
        high = Decimal(share.numerator) / Decimal(share.denominator)
    return low, high


def _derived_value(rule: DerivedRule, points: Sequence[PointResult]) -> Decimal | None:
    own = [p for p in points if p.point.derived == rule.kind]
    if rule.kind == "offset":
        own = [p for p in points if p.point.derived in {"slope", "offset"}]
    if rule.kind == "hysteresis":
        return _hysteresis(points)
    if not own or not all(p.complete and not p.cannot_measure for p in own):
        return None
    return _COMPUTED[rule.kind](own)


def _hysteresis(points: Sequence[PointResult]) -> Decimal | None:
    main = [p for p in points if p.point.role == "point"]
    if not all(p.complete for p in main):
        return None
    usable = [(p.point.value, p.point.direction, p.error) for p in main if p.error is not None]
    ways = {(value, way) for value, way, _ in usable}
    if not any((value, "down") in ways for value, way in ways if way == "up"):
        return None
    return derived_results.hysteresis((value, way, error) for value, way, error in usable if error is not None)


def _typed(point: PointResult) -> list[Decimal]:
    return [r.indication for r in point.readings if r.indication is not None]


def _repeatability(own: Sequence[PointResult]) -> Decimal:
    numbers = [value for point in own for value in _typed(point)]
    return Decimal(repr(derived_results.repeatability_sd(numbers)))


def _corner_load(own: Sequence[PointResult]) -> Decimal:
    centre = next(value for point in own if point.point.position == "centre" for value in _typed(point))
    corners = [value for point in own if point.point.position != "centre" for value in _typed(point)]
    return derived_results.corner_load(centre, corners)


def _slope(own: Sequence[PointResult]) -> derived_results.ElectrodeSlope:
    return derived_results.electrode_slope([(p.point.value, value) for p in own for value in _typed(p)])


_COMPUTED: dict[str, Callable[[Sequence[PointResult]], Decimal]] = {
    "repeatability": _repeatability,
    "corner_load": _corner_load,
    "slope": lambda own: _slope(own).percent,
    "offset": lambda own: _slope(own).offset_mv,
}


@dataclass(frozen=True)
class Place:
    """A place of the plan to be filled: a run, a point, a repeat."""

    run: str
    point: int
    repeat: int


def next_place(planned: Sequence[PlannedPoint], readings: Iterable[ReadingFacts], run: str) -> Place | None:
    """Return the first place of `run` that has no reading, None when the run is complete."""
    given: dict[int, set[int]] = {}
    skipped: set[int] = set()
    for reading in readings:
        if reading.run == run:
            given.setdefault(reading.point, set()).add(reading.repeat)
            if reading.cannot_measure:
                skipped.add(reading.point)
    for point in planned:
        if point.n in skipped:
            continue
        for repeat in range(1, point.repeats + 1):
            if repeat not in given.get(point.n, set()):
                return Place(run, point.n, repeat)
    return None


@dataclass(frozen=True)
class Course:
    """Where a calibration stands: the run under way, the next place, and whether it can be checked and signed."""

    stage: str  # reading | adjust | check
    place: Place | None = None


def course(
    planned: Sequence[PlannedPoint], readings: Sequence[ReadingFacts], found: RunResult, adjusted: bool | None
) -> Course:
    """Return what comes next: readings as found, the question about adjusting after a fail, as left, the check."""
    place = next_place(planned, readings, AS_FOUND)
    if place is not None:
        return Course("reading", place)
    if adjusted is None and found.failed:
        return Course("adjust")
    if adjusted:
        place = next_place(planned, readings, AS_LEFT)
        if place is not None:
            return Course("reading", place)
    return Course("check")


def exceptions(found: RunResult, left: RunResult | None, facts: Mapping[str, bool], *, corrections: int) -> list[Said]:
    """Return why a second person must look; empty for a clean pass.

    `facts` has the keys of what else happened: ambient outside its limits, a slip that was confirmed, a late entry, the
    first use of a procedure's version.
    """
    runs = [run for run in (found, left) if run is not None]
    made = []
    if found.failed:
        made.append(say("calibration.failed-as-found"))
    if left is not None and left.failed:
        made.append(say("calibration.failed-as-left"))
    if any(v.startswith("conditional") for run in runs for v in (run.verdict, *(p.verdict for p in run.points))):
        made.append(say("calibration.conditional"))
    if any(p.cannot_measure for run in runs for p in run.points):
        made.append(say("calibration.not-measured"))
    if corrections:
        made.append(say("calibration.corrected"))
    made.extend(say(key) for key, happened in facts.items() if happened)
    return made
