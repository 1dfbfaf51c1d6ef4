"""Charts with a memory, for small lasting shifts: EWMA and the tabular CUSUM.

Montgomery, Introduction to Statistical Quality Control, chapter 9; NIST/SEMATECH e-Handbook 6.3.2.3 and 6.3.2.4. Both
take centre and standard deviation of one value from elsewhere: given, or of a phase I (`Charts.parameters`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from techfloor.measures.chart_data import exact, exact_values, root_of
from techfloor.measures.chart_parts import Charts, Estimator, Family, Kind, Parameters, Place, draw, width_of
from techfloor.measures.chart_rules import LIMITS_ALONE, Side
from techfloor.measures.drift import DataError, Number

# Sixty places are exact for the first points of typed data, and keep the thousandth from growing without end.
_KEPT = 10**60


def ewma_chart(
    values: Sequence[Number],
    parameters: Parameters,
    *,
    weight: Number,
    width: Number = 3,
    size: int = 1,
    steady: bool = False,
    baseline: str | None = None,
) -> Charts:
    """Chart the exponentially weighted moving average z = weight·x + (1 - weight)·z, beginning at the centre.

    The variance is exact, sigma²/size·weight/(2 - weight)·(1 - (1 - weight)**2i) at point i, so limits open up;
    `steady` takes those of the long run from the first point on. `values` are single values, or means of `size`.
    """
    share, limits = exact(weight), width_of(width)
    if not 0 < share <= 1:
        raise DataError("the weight of an EWMA lies above 0 and is at most 1")
    variance = _sigma(parameters, size) ** 2 / size * share / (2 - share)
    average, faded, places = parameters.centre, Fraction(1), []
    for number, value in enumerate(exact_values(values), 1):
        average = _rounded(share * value + (1 - share) * average)
        faded = _rounded(faded * (1 - share) ** 2)
        here = variance if steady else variance * (1 - faded)
        places.append(Place(number, average, parameters.centre, here, here, Fraction(size)))
    chart = draw(Kind.ewma, places, limits, LIMITS_ALONE, parameters.estimator)
    return Charts(Family.ewma, chart, None, parameters, limits, baseline)


def _rounded(value: Fraction) -> Fraction:
    return Fraction(round(value * _KEPT), _KEPT)


def _sigma(parameters: Parameters, size: int) -> Fraction:
    if parameters.sigma is None:
        raise DataError("this chart needs the standard deviation of one value")
    if size < 1:
        raise DataError("a subgroup holds one value or more")
    return parameters.sigma


@dataclass(frozen=True)
class CusumPoint:
    """One value with the sums above and below the target, and for how many points each has been above zero."""

    number: int
    value: float
    high: float
    low: float
    high_for: int
    low_for: int


@dataclass(frozen=True)
class Shift:
    """A sum beyond the decision interval: where, on which side, and since which point it has been above zero.

    `level` is the mean since then, as the chart estimates it (Montgomery, equation 9.5).
    """

    at: int
    side: Side
    first: int
    level: float

    @property
    def points(self) -> tuple[int, ...]:
        """The points that the sum is made of."""
        return tuple(range(self.first, self.at + 1))


@dataclass(frozen=True)
class Cusum:
    """A tabular CUSUM; allowance K and decision interval H are in the unit of the values."""

    points: tuple[CusumPoint, ...]
    shifts: tuple[Shift, ...]
    target: float
    allowance: float
    interval: float
    estimator: Estimator
    baseline: str | None = None

    @property
    def in_control(self) -> bool:
        """Whether neither sum went beyond the interval."""
        return not self.shifts


@dataclass(frozen=True)
class _Sum:
    """One side of a CUSUM: the sum, and how many points it has been above zero for."""

    side: Side
    total: Fraction
    above_for: int = 0

    def next(self, apart: Fraction, allowance: Fraction) -> "_Sum":
        total = max(Fraction(0), self.total + self.side * apart - allowance)
        return _Sum(self.side, total, self.above_for + 1 if total else 0)

    def shift(self, number: int, centre: Fraction, allowance: Fraction) -> Shift:
        level = centre + self.side * (allowance + self.total / self.above_for)
        return Shift(number, self.side, number - self.above_for + 1, float(level))


def cusum_chart(
    values: Sequence[Number],
    parameters: Parameters,
    *,
    k: Number,
    h: Number,
    size: int = 1,
    head_start: Number = 0,
    baseline: str | None = None,
) -> Cusum:
    """Sum up how far the values lie from the centre, less an allowance of k, on each side; out above h.

    k and h are in standard deviations of a plotted value, sigma/√size. `head_start` is the share of h at which
    both sums begin (fast initial response: a half; Lucas and Crosier 1982). A sum that equals h is not out. The
    sums go on after a shift: who found its cause begins a new chart.
    """
    unit = _sigma(parameters, size) / root_of(Fraction(size))
    allowance, interval, start = unit * exact(k), unit * exact(h), exact(head_start)
    if allowance < 0 or interval <= 0 or not 0 <= start < 1:
        raise DataError("a CUSUM needs k from 0, h above 0, and a head start from 0 to less than 1")
    high, low = _Sum(Side.above, start * interval), _Sum(Side.below, start * interval)
    points, shifts = [], []
    for number, value in enumerate(exact_values(values), 1):
        apart = value - parameters.centre
        high, low = high.next(apart, allowance), low.next(apart, allowance)
        points.append(
            CusumPoint(number, float(value), float(high.total), float(low.total), high.above_for, low.above_for)
        )
        shifts += [each.shift(number, parameters.centre, allowance) for each in (high, low) if each.total > interval]
    return Cusum(
        tuple(points),
        tuple(shifts),
        float(parameters.centre),
        float(allowance),
        float(interval),
        parameters.estimator,
        baseline,
    )
