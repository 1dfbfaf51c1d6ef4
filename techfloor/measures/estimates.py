"""What a sample says of the mean and the standard deviation behind it: intervals and Student's t.

NIST/SEMATECH e-Handbook 1.3.5.2 (mean), 1.3.5.8 (standard deviation), 7.2.2 (test of a mean). Values are normal and
independent.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from techfloor.measures.drift import DataError, Number, mean, sd
from techfloor.measures.uncertainty import t_factor


@dataclass(frozen=True)
class Interval:
    """An estimate with the interval that holds the true value with this confidence."""

    value: float
    low: float
    high: float
    confidence: float


@dataclass(frozen=True)
class TTest:
    """Student's t of a mean against a value, its degrees of freedom, and the two-sided chance of one as large."""

    t: float
    dof: int
    p: float


def mean_interval(values: Sequence[Number], confidence: float = 0.95) -> Interval:
    """Give the mean of at least two values with its interval."""
    return mean_interval_of(len(values), mean(values), sd(values), confidence)


def mean_interval_of(n: int, centre: float, s: float, confidence: float = 0.95) -> Interval:
    """Give the interval of a mean from n, mean and sample standard deviation: mean ± t·s/√n."""
    _refuse_bad_sample(n, centre, s)
    half = t_factor(n - 1, _share(confidence)) * s / math.sqrt(n)
    return Interval(centre, centre - half, centre + half, confidence)


def sd_interval_of(n: int, s: float, confidence: float = 0.95) -> Interval:
    """Give the interval of a standard deviation: s·√((n - 1)/χ²) with the two tails of chi-square."""
    _refuse_bad_sample(n, 0.0, s)
    low, high = chi_square_factors(n - 1, confidence)
    return Interval(s, s / high, s / low, confidence)


def chi_square_factors(dof: float, confidence: float = 0.95) -> tuple[float, float]:
    """Give √(χ²/dof) at both ends of the interval: what s lies between, in units of the true value."""
    from scipy.special import gammaincinv  # noqa: PLC0415 - heavy to import

    if math.isinf(dof):
        return 1.0, 1.0
    tail = (1 - _share(confidence)) / 2
    low, high = (2 * float(gammaincinv(dof / 2, share)) for share in (tail, 1 - tail))
    return math.sqrt(low / dof), math.sqrt(high / dof)


def t_test_of(n: int, centre: float, s: float, against: float) -> TTest:
    """Hold the mean of n values against a value: t = (mean - value)·√n/s."""
    from scipy.special import stdtr  # noqa: PLC0415 - heavy to import

    _refuse_bad_sample(n, centre, s)
    if not s:
        raise DataError("the values do not scatter, so there is nothing to test against")
    t = (centre - against) * math.sqrt(n) / s
    return TTest(t, n - 1, 2 * float(stdtr(n - 1, -abs(t))))


def _refuse_bad_sample(n: int, centre: float, s: float) -> None:
    if n < 2:
        raise DataError("an interval needs two values or more")
    if not (math.isfinite(centre) and math.isfinite(s) and s >= 0):
        raise DataError("a mean is a finite number, and a standard deviation one from 0")


def _share(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise DataError("a confidence lies between 0 and 1")
    return confidence
