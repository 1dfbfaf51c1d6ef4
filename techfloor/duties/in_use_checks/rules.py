"""What a check asks for, whether a value is good, and when the next one is due. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from techfloor.clock import WEEKDAYS, midnight
from techfloor.measures.quantity import plain
from techfloor.measures.tolerance import Tolerance, ToleranceError
from techfloor.measures.units import UNITS, canonical, is_unit, show_unit
from techfloor.refusals import Question, Refusal

SCHEMA = 1
MISTYPED = 10
"""A value further off than so many times the limits' span is asked about: it is more likely typed wrong."""
CORRECTIONS = ("mistyped", "misread", "wrong piece", "wrong gauge")
IN_ERROR = ("wrong gauge", "done twice", "only tried")
"""The one-tap reasons why a row should not be there at all."""


SKIPPED = ("not in use", "away", "nothing to apply")
"""The one-tap reasons why a check is skipped that comes less often than every day."""


class Every(StrEnum):
    """How often a gauge is checked."""

    SHIFT = "each shift"
    DAY = "each day"
    WEEK = "each week"
    BEFORE_USE = "before use"


class Applied(StrEnum):
    """What the gauge is held against."""

    STANDARD = "standard"
    PIECE = "check piece"
    FIXED_POINT = "fixed point"


class Outcome(StrEnum):
    """What came of it; a day on which a gauge was not used needs no value, and what was entered in error has none."""

    GOOD = "pass"
    FAIL = "fail"
    NOT_USED = "not used"
    IN_ERROR = "in error"


@dataclass(frozen=True)
class Function:
    """What a gauge measures, as far as a check asks."""

    name: str
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None
    step: Decimal | None = None


@dataclass(frozen=True)
class Check:
    """A check as it is in force; `lower` and `upper` limit what the gauge may show, and lie in its own unit.

    `series` is the version at which what is applied was changed last: values of one series stand on one chart.
    """

    version: int
    series: int
    function: str
    unit: str
    applied: Applied
    code: str
    what: str
    nominal: Decimal
    limits: str
    lower: Decimal | None
    upper: Decimal | None
    every: Every
    words: str
    ended: bool = False

    @property
    def applied_words(self) -> str:
        """What is put on the gauge, with its code."""
        return f"{self.code} {self.what}".strip()

    def shown(self, value: Decimal) -> str:
        """Write a value with its unit."""
        return f"{plain(value)} {show_unit(self.unit)}".strip()

    @property
    def nominal_words(self) -> str:
        """The value that the gauge should show."""
        return self.shown(self.nominal)

    @property
    def limit_words(self) -> str:
        """Between which values the gauge may show it."""
        return limit_words(self.lower, self.upper, self.unit)


def limit_words(lower: Decimal | None, upper: Decimal | None, unit: str) -> str:
    """Write the limits of a value: 199.8 to 200.2 g, ≥ 7.0 pH, ≤ 0.3 °C."""
    shown = show_unit(unit)
    if lower is None:
        return f"≤ {plain(upper)} {shown}" if upper is not None else ""
    return f"≥ {plain(lower)} {shown}" if upper is None else f"{plain(lower)} … {plain(upper)} {shown}"


@dataclass(frozen=True)
class SetUp:
    """A check as quality enters it: `limits` as a tolerance, or `lower` and `upper` as what the gauge may show."""

    function: str
    applied: str
    code: str
    what: str
    nominal: Decimal
    limits: str
    lower: Decimal | None
    upper: Decimal | None
    every: str
    words: str


def body(entry: SetUp, function: Function, before: Check | None) -> dict[str, object]:
    """Return the body of the next version of a check; raises Refusal."""
    _refuse_unfit(entry, function)
    lower, upper = _limits(entry, function)
    made: dict[str, object] = {
        "schema": SCHEMA,
        "function": function.name,
        "unit": function.unit,
        "applied": entry.applied,
        "code": entry.code,
        "what": entry.what,
        "nominal": plain(entry.nominal),
        "limits": entry.limits,
        "lower": None if lower is None else plain(lower),
        "upper": None if upper is None else plain(upper),
        "every": entry.every,
        "words": entry.words,
        "ended": False,
    }
    made["series"] = _series(made, before)
    return made


def _refuse_unfit(entry: SetUp, function: Function) -> None:
    if entry.applied not in set(Applied):
        raise Refusal("Choose what is applied.", field="applied")
    if entry.every not in set(Every):
        raise Refusal("Choose how often.", field="every")
    if not entry.what:
        raise Refusal("Say what is applied, like weight 200 g.", field="what")
    if entry.applied != Applied.FIXED_POINT and not entry.code:
        raise Refusal("Enter the code that stands on it.", field="code")
    below = function.low is not None and entry.nominal < function.low
    if below or (function.high is not None and entry.nominal > function.high):
        raise Refusal("This gauge does not reach %(value)s.", field="nominal", value=plain(entry.nominal))


def alike(one: str, other: str) -> bool:
    """Tell whether two units are of one quantity; of a unit that the table does not know nothing is said."""
    if not is_unit(one) or not is_unit(other):
        return True
    return UNITS[canonical(one)].dimension == UNITS[canonical(other)].dimension


def _limits(entry: SetUp, function: Function) -> tuple[Decimal | None, Decimal | None]:
    typed = entry.lower is not None or entry.upper is not None
    if bool(entry.limits) == typed:
        raise Refusal("Enter the limits once: as a tolerance, or as lowest and highest value.", field="limits")
    lower, upper = (entry.lower, entry.upper) if typed else _of_tolerance(entry, function)
    if (lower is not None and lower > entry.nominal) or (upper is not None and upper < entry.nominal):
        field = "lower" if typed else "limits"
        raise Refusal("%(value)s does not lie within these limits.", field=field, value=plain(entry.nominal))
    return lower, upper


def _of_tolerance(entry: SetUp, function: Function) -> tuple[Decimal | None, Decimal | None]:
    try:
        found = Tolerance.parse(entry.limits, function.unit).limits(entry.nominal, function.high, function.step)
    except ToleranceError:
        raise Refusal("Write the tolerance like ± 0.2 %(unit)s.", field="limits", unit=show_unit(function.unit))
    low, high = found
    return None if low is None else entry.nominal + low, None if high is None else entry.nominal + high


def _series(made: Mapping[str, object], before: Check | None) -> int:
    """Return the version that began the series: the former one's while the same is applied at the same function."""
    if before is None:
        return 1
    now = (made["function"], made["unit"], made["code"], made["what"], made["nominal"])
    then = (before.function, before.unit, before.code, before.what, plain(before.nominal))
    return before.series if now == then and not before.ended else before.version + 1


def read(version: int, kept: Mapping[str, Any]) -> Check:
    """Return a check from the body of its version."""
    lower, upper = (None if kept[end] is None else Decimal(kept[end]) for end in ("lower", "upper"))
    return Check(
        version=version,
        series=int(kept["series"]),
        function=str(kept["function"]),
        unit=str(kept["unit"]),
        applied=Applied(kept["applied"]),
        code=str(kept["code"]),
        what=str(kept["what"]),
        nominal=Decimal(kept["nominal"]),
        limits=str(kept["limits"]),
        lower=lower,
        upper=upper,
        every=Every(kept["every"]),
        words=str(kept["words"]),
        ended=bool(kept["ended"]),
    )


DONE = (Outcome.GOOD, Outcome.NOT_USED)
"""What leaves nothing to be done in a stretch of time."""


def outcome(value: Decimal, lower: Decimal | None, upper: Decimal | None) -> Outcome:
    """Judge a value; one exactly on a limit is good."""
    good = (lower is None or value >= lower) and (upper is None or value <= upper)
    return Outcome.GOOD if good else Outcome.FAIL


def ask_about(value: Decimal, check: Check) -> None:
    """Raise Question for a value so far off that it is more likely typed wrong."""
    off = max(abs(end - check.nominal) for end in (check.lower, check.upper) if end is not None)
    if off and abs(value - check.nominal) > MISTYPED * off:
        raise Question("Is %(value)s right? It is far off. Read it once more.", field="value", value=check.shown(value))


# --- when ---


class Shift(Protocol):
    """A shift of the plant, on its own clock."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def starts(self) -> time:
        """When it begins."""

    @property
    def days(self) -> frozenset[str]:
        """The days of the week on which it begins."""


@dataclass(frozen=True)
class Slot:
    """A stretch of time in which one check is wanted; `name` is that of the shift."""

    begins: datetime
    ends: datetime
    day: date
    name: str = ""


def slots(every: Every, first: date, last: date, zone: str, shifts: Sequence[Shift]) -> list[Slot]:
    """Return the stretches that begin on these days; a plant without shifts works every day.

    A week runs from Monday to Sunday. Before use, a check is wanted in each shift in which the gauge is used, and
    nobody knows which those are.
    """
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if every is Every.WEEK:
        return [_of_days(day, 7, zone) for day in days if day.weekday() == 0]
    if every is Every.DAY or not shifts:
        return [_of_days(day, 1, zone) for day in days if _works(day, shifts)]
    later = [last + timedelta(days=n) for n in range(1, 9)]
    starts = sorted(
        (datetime.combine(day, shift.starts, ZoneInfo(zone)).astimezone(UTC), day, shift.name)
        for day in [*days, *later]
        for shift in shifts
        if WEEKDAYS[day.weekday()] in shift.days
    )
    return [Slot(start, end, day, name) for (start, day, name), (end, *_) in pairwise(starts) if day <= last]


def _of_days(day: date, count: int, zone: str) -> Slot:
    return Slot(midnight(day, zone), midnight(day + timedelta(days=count), zone), day)


def _works(day: date, shifts: Sequence[Shift]) -> bool:
    return not shifts or any(WEEKDAYS[day.weekday()] in shift.days for shift in shifts)


def next_day(every: Every, done: datetime, zone: str, shifts: Sequence[Shift]) -> date:
    """Return the day on which a check is due after one that was done."""
    return _next(every, done, zone, shifts).day


def asks_why(every: Every) -> bool:
    """Tell whether skipping a check asks why: of one that comes every day the day out of use says enough."""
    return every is Every.WEEK


def is_due(every: Every, done: datetime | None, now: datetime, zone: str, shifts: Sequence[Shift]) -> bool:
    """Tell whether a check is due now; one that was never done is."""
    return done is None or _next(every, done, zone, shifts).begins <= now


def _next(every: Every, done: datetime, zone: str, shifts: Sequence[Shift]) -> Slot:
    day = done.astimezone(ZoneInfo(zone)).date()
    ahead = slots(every, day, day + timedelta(days=9), zone, shifts)
    return next((slot for slot in ahead if slot.begins > done), _of_days(day + timedelta(days=1), 1, zone))
