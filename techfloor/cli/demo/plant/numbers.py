"""The numbers of the demo plant's history: what each gauge showed, by a fixed seed and no clock."""

import calendar
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby

from techfloor.cli.demo.shapes import Gauge, Point, Procedure, Standard

SEED = 20261120
FIRST_DAY = date(2023, 12, 22)  # before it, all but the wrench was calibrated on paper
PERCENT_STEP = Decimal("0.01")
# The three differences of the example EA-4/02 S2, in g: their mean is 0.020.
EXAMPLE_S2 = ("0.010", "0.030", "0.020")
# True mean errors of the torque wrench at 20, 60 and 100 N m, in % of the reading: it clicks ever earlier.
WRENCH = {
    date(2023, 11, 20): (0.6, 0.4, 0.3),
    date(2024, 5, 21): (1.0, 0.8, 0.7),
    date(2024, 11, 19): (1.5, 1.3, 1.1),
    date(2025, 5, 20): (1.9, 1.7, 1.6),
    date(2025, 11, 18): (2.5, 2.3, 2.1),
    date(2026, 5, 19): (3.2, 2.9, 2.7),
    date(2026, 11, 18): (4.6, 3.6, 3.3),
}
WRENCH_ADJUSTED = (0.3, 0.1, 0.2)


@dataclass(frozen=True)
class Value:
    """One reading before it has a time: texts as typed, error in the procedure's error unit."""

    point: str
    repeat: int
    reference: str
    indication: str
    difference: str
    error: Decimal
    verdict: str


@dataclass(frozen=True)
class Measured:
    """The readings of a gauge on one day, before anybody made them; `ambient` where the day fixed it."""

    gauge: Gauge
    procedure: Procedure
    day: date
    place: int
    as_found: Sequence[Value]
    as_left: Sequence[Value] = ()
    ambient: tuple[tuple[str, str], ...] = field(default=())


def to_step(number: Decimal | float, step: str) -> Decimal:
    """Round a number to whole steps, keeping the digits of the step."""
    exact = Decimal(step)
    whole = (Decimal(str(number)) / exact).to_integral_value(ROUND_HALF_EVEN)
    return (whole * exact).quantize(exact) + 0


def add_months(day: date, months: int) -> date:
    """Move a day by whole months, to the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _working_day(day: date) -> date:
    return day - timedelta(max(0, day.weekday() - 4))


def tolerance_at(gauge: Gauge, function: str, nominal: Decimal) -> Decimal:
    """Work out how far an error may reach, in the unit of the reading."""
    of = gauge.function(function)
    return of.tolerance.width(nominal, Decimal(of.high), Decimal(of.resolution))


def exact_error(procedure: Procedure, reference: Decimal, indication: Decimal, nominal: Decimal) -> Decimal:
    """Work out the error in the procedure's error unit; a comparison's is against the nominal value."""
    if procedure.mode == "comparison":
        return indication - nominal
    difference = indication - reference
    return difference / reference * 100 if procedure.error_unit == "%" else difference


def verdict(gauge: Gauge, function: str, reference: Decimal, indication: Decimal) -> str:
    """Judge a reading by simple acceptance, on the unrounded error."""
    return "pass" if abs(indication - reference) <= tolerance_at(gauge, function, reference) else "fail"


def _value(
    gauge: Gauge,
    procedure: Procedure,
    point: Point,
    *,
    repeat: int,
    reference: Decimal,
    indication: Decimal,
    difference: str = "",
) -> Value:
    nominal = Decimal(point.nominal)
    against = nominal if procedure.mode == "comparison" else reference
    return Value(
        point=point.label,
        repeat=repeat,
        reference=str(reference),
        indication=str(indication),
        difference=difference,
        error=exact_error(procedure, reference, indication, nominal),
        verdict=verdict(gauge, point.function, against, indication),
    )


def error_text(procedure: Procedure, error: Decimal) -> str:
    """Print an error: percentages to two places, differences with all the digits they have."""
    return str(to_step(error, str(PERCENT_STEP)) if procedure.error_unit == "%" else error + 0)


def mean_text(measured: Measured, error: Decimal) -> str:
    """Print the mean error of a point: of several readings with one digit more than a reading has."""
    if measured.procedure.repeats == 1 or measured.procedure.error_unit == "%":
        return error_text(measured.procedure, error)
    return str(error.quantize(Decimal(measured.gauge.reads_to).scaleb(-1)))


def mean_errors(values: Iterable[Value]) -> dict[str, Decimal]:
    """Give the mean error at each point, in the order of the points."""
    by_point = {label: [v.error for v in group] for label, group in groupby(values, key=lambda v: v.point)}
    return {label: sum(errors, Decimal(0)) / len(errors) for label, errors in by_point.items()}


class History:
    """Draws every number of the history from one stream in a fixed order: each run gives the same."""

    def __init__(
        self, gauges: Sequence[Gauge], procedures: dict[str, Procedure], standards: Sequence[Standard]
    ) -> None:
        self._stream = random.Random(SEED)  # noqa: S311 - invented data, not a secret
        self._gauges = {gauge.code: gauge for gauge in gauges}
        self._procedures = procedures
        self._standards = {standard.code: standard for standard in standards}

    def measured(self) -> list[Measured]:
        """Draw the torque wrench first, then each gauge calibrated in house, then the weight."""
        return [*self._wrench(), *self._in_house(), *self._weights()]

    def _wrench(self) -> list[Measured]:
        gauge = self._gauges["G-011"]
        procedure = self._procedures[gauge.procedure]
        found = []
        for place, (day, errors) in enumerate(WRENCH.items()):
            values = self._releases(gauge, procedure, errors)
            warmth = to_step(self._stream.uniform(21, 24), "0.1")
            humidity = to_step(self._stream.uniform(35, 55), "1")
            last = place == len(WRENCH) - 1
            after = self._releases(gauge, procedure, WRENCH_ADJUSTED) if last else ()
            ambient = (("temperature", str(warmth)), ("humidity", str(humidity)))
            found.append(Measured(gauge, procedure, day, place, values, after, ambient))
        return found

    def _releases(self, gauge: Gauge, procedure: Procedure, errors: Sequence[float]) -> list[Value]:
        values = []
        for point, mean in zip(gauge.points, errors, strict=True):
            for repeat in range(1, procedure.repeats + 1):
                true = float(point.nominal) / (1 + (mean + self._stream.gauss(0, 0.14)) / 100)
                reference, indication = to_step(true, gauge.reads_to), Decimal(point.nominal)
                values.append(
                    _value(gauge, procedure, point, repeat=repeat, reference=reference, indication=indication)
                )
        return values

    def _in_house(self) -> Iterable[Measured]:
        for gauge in self._gauges.values():
            procedure = self._procedures[gauge.procedure]
            if gauge.code != "G-011" and procedure.mode in {"apply", "match", "both"}:
                yield from self._drifting_slowly(gauge, procedure)

    def _drifting_slowly(self, gauge: Gauge, procedure: Procedure) -> Iterable[Measured]:
        days = self._days(gauge)
        base, step = self._stream.uniform(-0.2, 0.2), self._stream.uniform(0, 0.05)
        for place, day in enumerate(days):
            values: list[Value] = []
            for point in gauge.points:
                share = max(-0.75, min(0.75, base + step * place + self._stream.gauss(0, 0.12)))
                values.extend(self._at_point(gauge, procedure, point, share, day))
            yield Measured(gauge, procedure, day, place, values)

    def _days(self, gauge: Gauge) -> list[date]:
        """Go back from the last calibration, each a few days before the next one would have been due."""
        days, day = [], gauge.last_calibrated
        early = min(7, gauge.interval_months + 4)
        while day >= max(FIRST_DAY, gauge.bought):
            days.append(day)
            back = add_months(day, -gauge.interval_months)
            day = _working_day(back + timedelta(self._stream.randint(-3, 0) + early))
        return days[::-1]

    def _at_point(self, gauge: Gauge, procedure: Procedure, point: Point, share: float, day: date) -> Iterable[Value]:
        nominal = Decimal(point.nominal)
        width = tolerance_at(gauge, point.function, nominal) or Decimal(gauge.resolution)
        error = to_step(float(width) * share, gauge.reads_to)
        if not nominal and procedure.unit == "mm":
            error = to_step(0, gauge.reads_to)  # zero is set on the closed jaws
        if procedure.mode == "both":
            yield from self._both_read(gauge, procedure, point, error, day)
            return
        moved = {"match": (nominal - error, nominal), "apply": (nominal, nominal + error)}[procedure.mode]
        reference, indication = (to_step(number, gauge.reads_to) for number in moved)
        yield _value(gauge, procedure, point, repeat=1, reference=reference, indication=indication)

    def _both_read(
        self, gauge: Gauge, procedure: Procedure, point: Point, error: Decimal, day: date
    ) -> Iterable[Value]:
        """Bring the reference near the point and read both; their own stream leaves the main one as it is."""
        stream = random.Random(f"{gauge.code} {day} {point.label}")  # noqa: S311
        standard, nominal = self._standards[procedure.standards[0]], Decimal(point.nominal)
        for repeat in range(1, procedure.repeats + 1):
            short = stream.randint(-9, 0) if nominal else 0
            reference = to_step(nominal + short * Decimal(standard.resolution), standard.resolution)
            spread = stream.gauss(0, 0.0015) * float(nominal) if procedure.repeats > 1 else 0.0
            indication = to_step(float(reference + error) + spread, gauge.reads_to)
            yield _value(gauge, procedure, point, repeat=repeat, reference=reference, indication=indication)

    def _weights(self) -> Iterable[Measured]:
        gauge = self._gauges["G-021"]
        procedure, point = self._procedures[gauge.procedure], gauge.points[0]
        mass = Decimal(self._standards[procedure.standards[0]].values[0].value)
        days = self._days(gauge)
        for place, day in enumerate(days):
            differences = EXAMPLE_S2 if day == days[-1] else _differences(gauge, day)
            values = [
                _value(
                    gauge,
                    procedure,
                    point,
                    repeat=repeat,
                    reference=mass,
                    indication=mass + Decimal(difference),
                    difference=difference,
                )
                for repeat, difference in enumerate(differences, start=1)
            ]
            yield Measured(gauge, procedure, day, place, values)


def _differences(gauge: Gauge, day: date) -> tuple[str, ...]:
    stream = random.Random(f"{gauge.code} {day}")  # noqa: S311 - invented data
    return tuple(str(to_step(0.02 + stream.gauss(0, 0.012), gauge.reads_to)) for _ in EXAMPLE_S2)
