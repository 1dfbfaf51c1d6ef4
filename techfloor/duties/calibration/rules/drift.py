"""How a gauge drifts: its as-found errors at one point over the years, and where the next one is expected. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from techfloor.duties.calibration.rules.deciding import Shared, deciding_use
from techfloor.duties.calibration.rules.procedure import PlannedPoint
from techfloor.measures.drift import prediction_band
from techfloor.measures.quantity import decimals
from techfloor.measures.tolerance import use_of_tolerance

FEWEST = 3
STEPS = 8
_FAILED = {"fail", "conditional fail"}


@dataclass(frozen=True)
class PointKey:
    """A point by what it is, not by its number: another version of the procedure may count differently."""

    function: str
    label: str
    direction: str
    position: str
    unit: str

    @classmethod
    def of(cls, point: PlannedPoint) -> "PointKey":
        """Take from a planned point what makes it the same in every version."""
        return cls(point.function, point.label, point.direction, point.position, point.unit)

    @classmethod
    def read(cls, text: str) -> "PointKey":
        """Read back what `text` wrote."""
        return cls(*json.loads(text))

    @property
    def text(self) -> str:
        """The key as a reading keeps it: a JSON list, so that no two keys are written alike."""
        return json.dumps(astuple(self), ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class FoundReading:
    """One reading as found that counts, in the unit of the reading."""

    number: str
    on: date
    point: PointKey
    reference: Decimal
    error: Decimal
    lower: Decimal | None
    upper: Decimal | None
    verdict: str
    adjusted: bool


@dataclass(frozen=True)
class Found:
    """What one calibration found at a point: the mean error over its repeats, and what it may be."""

    number: str
    on: date
    error: Decimal
    lower: Decimal | None
    upper: Decimal | None
    passed: bool
    adjusted: bool
    used: Fraction | None = None

    @property
    def deciding_use(self) -> Fraction:
        """The share of the tolerance that what decided uses: with several readings the worst of them, or their mean."""
        return self.use if self.used is None else self.used

    @property
    def cuts(self) -> bool:
        """True where a band cannot go on from before to after it: it failed, or the gauge was adjusted."""
        return self.adjusted or not self.passed

    @property
    def use(self) -> Fraction:
        """The share of the tolerance that the error uses, with its sign."""
        return use_of_tolerance(self.error, self.lower, self.upper) or Fraction(0)


@dataclass(frozen=True)
class PointHistory:
    """The calibrations at one point, oldest first; errors and limits in `unit`."""

    point: PointKey
    unit: str
    found: tuple[Found, ...]

    @property
    def drift(self) -> Fraction:
        """How far the error has moved, as a share of the tolerance."""
        uses = [found.use for found in self.found]
        return max(uses) - min(uses)


def histories(readings: Iterable[FoundReading], *, percent: bool) -> list[PointHistory]:
    """Put readings together by point, in the order the points came; errors in % of the reference where `percent`."""
    points: dict[PointKey, dict[str, list[FoundReading]]] = {}
    for reading in readings:
        points.setdefault(reading.point, {}).setdefault(reading.number, []).append(reading)
    return [
        PointHistory(
            point,
            "%" if percent else point.unit,
            tuple(sorted((_found(group, percent=percent) for group in by_number.values()), key=_by_day)),
        )
        for point, by_number in points.items()
    ]


def _by_day(found: Found) -> tuple[date, str]:
    return found.on, found.number


def _found(group: Sequence[FoundReading], *, percent: bool) -> Found:
    first = group[0]
    places = 2 if percent else max(decimals(reading.error) for reading in group) + (len(group) > 1)
    error = _mean([_shown(reading.error, reading.reference, percent=percent) for reading in group])
    lower, upper = (
        None if limit is None else _short(_decimal(_shown(limit, first.reference, percent=percent), max(places, 6)))
        for limit in (first.lower, first.upper)
    )
    return Found(
        number=first.number,
        on=first.on,
        error=_decimal(error, places),
        lower=lower,
        upper=upper,
        passed=_passed(group, error, lower, upper),
        adjusted=first.adjusted,
        used=deciding_use([Shared(each.error, each.lower, each.upper, each.verdict) for each in group]),
    )


def _passed(group: Sequence[FoundReading], error: Fraction, lower: Decimal | None, upper: Decimal | None) -> bool:
    verdicts = [reading.verdict for reading in group if reading.verdict]
    if verdicts:
        return not any(verdict in _FAILED for verdict in verdicts)
    return (lower is None or error >= Fraction(lower)) and (upper is None or error <= Fraction(upper))


def _shown(value: Decimal, reference: Decimal, *, percent: bool) -> Fraction:
    if not percent or not reference:
        return Fraction(value)
    return Fraction(value) / abs(Fraction(reference)) * 100


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _short(value: Decimal) -> Decimal:
    """Leave out the zeros that only came from computing a limit."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _decimal(value: Fraction, places: int) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places))


def chosen(all_points: Sequence[PointHistory], wanted: int | None) -> int | None:
    """Return the place of the point to show: the one asked for, else the one that moved most; None without any."""
    if not all_points:
        return None
    if wanted is not None and 0 <= wanted < len(all_points):
        return wanted
    return max(range(len(all_points)), key=lambda n: (all_points[n].drift, -n))


@dataclass(frozen=True)
class BandPoint:
    """Where an error is expected on one day, with a probability of 95 %."""

    on: date
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Band:
    """Where an error was, or is, expected with a probability of 95 %; `ahead` is False for a look at the newest one.

    `low` and `high` are the ends of the band at its last day, `count` the calibrations it rests on. A `wide` one is
    more than twice as wide as the tolerance: so few values, or so scattered, let expect nothing.
    """

    points: tuple[BandPoint, ...]
    ahead: bool
    low: Decimal
    high: Decimal
    count: int
    wide: bool = False

    def leaves(self, lower: Decimal | None, upper: Decimal | None) -> bool:
        """Tell whether an error that is expected lies outside limits."""
        return (lower is not None and self.low < lower) or (upper is not None and self.high > upper)


def band(history: PointHistory, until: date) -> Band | None:
    """Return the prediction band of a point, from at least three calibrations since it last began anew.

    It begins anew after an adjustment, and after a fail, adjusted or not: what failed is no drift to go on with. It
    reaches ahead to `until`, the next calibration. Where the newest calibration itself adjusted the gauge or failed,
    nothing is known of the time after it: then the band is what could have been expected of the newest one.
    """
    found = list(history.found)
    if not found:
        return None
    newest = found[-1]
    before = found[:-1] if newest.cuts else found
    since = _since_cut(before)
    end = newest.on if newest.cuts else until
    if len({one.on for one in since}) < FEWEST or end <= since[-1].on:
        return None
    return _band(since, end, _places(since), ahead=not newest.cuts)


def _since_cut(found: Sequence[Found]) -> list[Found]:
    """Return the newest stretch that no adjustment and no fail cuts."""
    cut = max((n + 1 for n, one in enumerate(found) if one.cuts), default=0)
    return list(found[cut:])


def _places(found: Sequence[Found]) -> int:
    return max(decimals(one.error) for one in found)


def _band(since: Sequence[Found], end: date, places: int, *, ahead: bool) -> Band:
    start = since[-1].on.toordinal()
    span = end.toordinal() - start
    days = sorted({start + span * step // STEPS for step in range(STEPS + 1)})
    expected = prediction_band([one.on.toordinal() for one in since], [one.error for one in since], days)
    points = tuple(
        BandPoint(date.fromordinal(int(p.x)), _rounded(p.low, places + 2), _rounded(p.high, places + 2))
        for p in expected
    )
    last = expected[-1]
    low, high = _rounded(last.low, places), _rounded(last.high, places)
    return Band(points, ahead, low, high, len(since), _is_wide(high - low, since[-1]))


_WIDEST = 2
"""How many times the span of the tolerance a band may have."""


def _is_wide(width: Decimal, newest: Found) -> bool:
    if newest.lower is None or newest.upper is None or newest.upper == newest.lower:
        return False
    return width > _WIDEST * (newest.upper - newest.lower)


def _rounded(value: float, places: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places))
