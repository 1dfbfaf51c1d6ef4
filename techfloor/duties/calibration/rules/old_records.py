"""Calibrations from before, as a plant's old sheet tells them: what may be said, and what it says of a gauge. Pure.

They are no records: nobody signed them here. What they found counts where intervals and drift are thought over.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from techfloor.duties.calibration.rules.drift import FoundReading, PointKey
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint
from techfloor.equipment.entries import FunctionEntry
from techfloor.measures.quantity import plain
from techfloor.measures.side import EXACT
from techfloor.measures.tolerance import Tolerance, ToleranceError, use_of_tolerance
from techfloor.measures.units import UnitError, convert, show_unit
from techfloor.refusals import Refusal

PASS, FAIL = "pass", "fail"
PREFIX = "OLD-"
MOST_POINTS = 20

Limits = tuple[Decimal | None, Decimal | None]


def number_of(line_id: int) -> str:
    """Return by what a line from the old records is named beside records: OLD-17."""
    return f"{PREFIX}{line_id}"


def is_old(number: str) -> bool:
    """Tell whether a number names a line from the old records."""
    return number.startswith(PREFIX)


def url_of(number: str) -> str:
    """Return the page of a calibration by its number, or of a line from the old records."""
    return f"/calibration/old/{number.removeprefix(PREFIX)}" if is_old(number) else f"/calibration/{number}"


@dataclass(frozen=True)
class OldReading:
    """What was found and left at one point, as typed, in the unit of the function; "" where nothing is told.

    `error`, `reference` and the limits `lower` and `upper` of the error as found are worked out when it is brought in.
    """

    nominal: str
    found: str = ""
    left: str = ""
    function: str = ""
    unit: str = ""
    reference: str = ""
    error: str = ""
    lower: str = ""
    upper: str = ""

    def to_plain(self) -> dict[str, str]:
        """Return plain data for keeping."""
        return asdict(self)

    @property
    def use(self) -> Fraction | None:
        """The share of the tolerance that its error as found uses; None where no limit is known on its side."""
        if not self.error:
            return None
        share = use_of_tolerance(Decimal(self.error), _number(self.lower), _number(self.upper))
        return None if share is None else abs(share)


@dataclass(frozen=True)
class OldEntry:
    """A calibration from before; `counts` where the due day of the gauge is to follow from it."""

    performed_on: date
    certificate: str = ""
    performed_by: str = ""
    as_found: str = ""
    as_left: str = ""
    adjusted: bool | None = None
    worst_error: Decimal | None = None
    unit: str = ""
    readings: tuple[OldReading, ...] = ()
    next_due: date | None = None
    counts: bool = False
    remark: str = ""

    @property
    def went(self) -> str:
        """The verdict with which the gauge went back to use."""
        return self.as_left or self.as_found


def check(entry: OldEntry, today: date) -> None:
    """Refuse what cannot have been; raises Refusal at the field to mend, that of a point with its number behind."""
    if entry.performed_on > today:
        raise Refusal("This day is still to come.", field="performed_on")
    if entry.next_due is not None and entry.next_due < entry.performed_on:
        raise Refusal("It cannot be due before it was calibrated.", field="next_due")
    if entry.counts and not entry.went:
        raise Refusal("It does not say whether the gauge passed. No due day can follow from it.", field="counts")


def check_unit(entry: OldEntry, functions: Iterable[FunctionEntry]) -> None:
    """Refuse a worst error in a unit in which the gauge measures nothing."""
    if entry.worst_error is not None and not any(measured_in(function, entry.unit) for function in functions):
        unit = show_unit(entry.unit)
        raise Refusal(
            "This gauge measures nothing in %(unit)s. Write the unit of its error, or %%.", field="unit", unit=unit
        )


def check_reading(reading: OldReading, functions: Sequence[FunctionEntry]) -> None:
    """Refuse a point without its nominal value or without a reading, and one of what the gauge does not measure."""
    if not reading.nominal:
        raise Refusal("Enter the nominal value of this point.", field="nominal")
    if not reading.found and not reading.left:
        raise Refusal("Enter what was found or left at this point.", field="found")
    if reading.function not in {function.name for function in functions}:
        raise Refusal("This gauge does not measure “%(name)s”.", field="measures", name=reading.function)


def judged(reading: OldReading, function: FunctionEntry, mode: str) -> OldReading:
    """Add the error as found and its limits, from the tolerance that stands on the gauge's card.

    A gauge that is brought to the nominal value is right there, and what was found is the standard's; else the
    nominal value is the reference. What only goes or does not go has no error.
    """
    plain_one = replace(reading, unit=function.unit, reference="", error="", lower="", upper="")
    if not reading.found or mode == Mode.attribute or function.unit == "-":
        return plain_one
    nominal, found = Decimal(reading.nominal), Decimal(reading.found)
    reference, indication = (found, nominal) if mode == Mode.match else (nominal, found)
    lower, upper = _limits_at(function, reference)
    error = EXACT.subtract(indication, reference)
    return replace(
        plain_one, reference=plain(reference), error=plain(error), lower=_written(lower), upper=_written(upper)
    )


def _limits_at(function: FunctionEntry, reference: Decimal) -> Limits:
    try:
        return _tolerance(function).limits(reference, function.high, function.resolution)
    except ToleranceError:
        return None, None


def _tolerance(function: FunctionEntry) -> Tolerance:
    if not function.tolerance or function.unit == "-":
        raise ToleranceError("none is stated")
    return _read_tolerance(function.tolerance, function.unit)


@functools.lru_cache(maxsize=1024)
def _read_tolerance(text: str, unit: str) -> Tolerance:
    return Tolerance.parse(text, unit)


def worst_use(entry: OldEntry, functions: Iterable[FunctionEntry]) -> Fraction | None:
    """Return the worst share of the tolerance as found; None where neither a point nor the worst error tells it."""
    shares = [reading.use for reading in entry.readings]
    if entry.worst_error is not None:
        shares.append(_use_of_worst(entry.worst_error, entry.unit, functions))
    return max((share for share in shares if share is not None), default=None)


def _use_of_worst(error: Decimal, unit: str, functions: Iterable[FunctionEntry]) -> Fraction | None:
    """Return the share that an error somewhere uses: only where it is the same wherever it was found."""
    shares = {_share_of(error, unit, function) for function in functions if measured_in(function, unit)}
    return shares.pop() if len(shares) == 1 else None


def measured_in(function: FunctionEntry, unit: str) -> bool:
    """Tell whether an error in a unit can be one of a function: in its quantity, or in % of what it reads."""
    if unit == "%" and function.unit != "-":
        return True
    try:
        convert(Decimal(0), unit, function.unit, difference=True)
    except UnitError:
        return unit == function.unit
    return True


def _share_of(error: Decimal, unit: str, function: FunctionEntry) -> Fraction | None:
    """Return the share of the tolerance of a function, where that is the same at every value; else None."""
    try:
        tolerance = _tolerance(function)
        if unit == "%" and function.unit != "%":
            limits = tolerance.percent_limits()
            share = None if limits is None else use_of_tolerance(error, *limits)
        else:
            share = _share_of_constant(convert(error, unit, function.unit, difference=True), tolerance, function)
    except (ToleranceError, UnitError):
        return None
    return None if share is None else abs(share)


def _share_of_constant(error: Decimal, tolerance: Tolerance, function: FunctionEntry) -> Fraction | None:
    sides = [side for side in (tolerance.lower, tolerance.upper) if side is not None]
    if tolerance.steps or any(side.percent_of_reading for side in sides):
        return None
    return use_of_tolerance(error, *tolerance.limits(Decimal(0), function.high, function.resolution))


def found_of(
    number: str, entry: OldEntry, readings: Iterable[OldReading], plan: Sequence[PlannedPoint]
) -> list[FoundReading]:
    """Return what was found as the drift of a gauge needs it, at the points of a `plan` where one is the same.

    Without limits the verdict of the whole calibration stands for each point.
    """
    return [
        FoundReading(
            number=number,
            on=entry.performed_on,
            point=_point(reading, plan),
            reference=Decimal(reading.reference),
            error=Decimal(reading.error),
            lower=_number(reading.lower),
            upper=_number(reading.upper),
            verdict="" if reading.lower or reading.upper else entry.as_found,
            adjusted=bool(entry.adjusted),
        )
        for reading in readings
        if reading.error
    ]


def _point(reading: OldReading, plan: Sequence[PlannedPoint]) -> PointKey:
    """Return the one point of the plan that this one is; where none or several could be, a point of its own."""
    alike = [
        point
        for point in plan
        if point.role == "point"
        and point.nominal
        and point.value == Decimal(reading.nominal)
        and point.unit == reading.unit
        and point.function in {"", reading.function}
    ]
    if len(alike) == 1:
        return PointKey.of(alike[0])
    return PointKey(reading.function, reading.nominal, "", "", reading.unit)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _written(value: Decimal | None) -> str:
    return "" if value is None else plain(value)
