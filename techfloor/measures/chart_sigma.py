"""How the standard deviation of one value is estimated from within subgroups, and what it is worth.

Unweighted means of R/d2(n) and s/c4(n) are the estimates of ASTM MNL 7 (for subgroups of one size, R̄/d2 and s̄/c4);
the weighted ones have the least variance where sizes differ (Burr, Journal of Quality Technology 1 (1969) 163).
Degrees of freedom make the spread of s that of a chi-square with the same relative standard deviation (Patnaik's
approximation): dof = 1/(2·cv²); they are exact for pooled standard deviations.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist, median

from techfloor.measures.chart_constants import Factors, sd_mean, table
from techfloor.measures.chart_data import exact, mean_of, root_of, variance_of
from techfloor.measures.chart_parts import Estimator
from techfloor.measures.drift import DataError

RANGES = (Estimator.mean_range, Estimator.weighted_range)
DEVIATIONS = (Estimator.mean_sd, Estimator.weighted_sd, Estimator.pooled_sd, Estimator.pooled_by_size)
MOVING = (Estimator.moving_range, Estimator.median_moving_range)

D4_MEDIAN = math.sqrt(2) * NormalDist().inv_cdf(0.75)
"""The median range of two standard normal values, 0.954."""

# The covariance of two moving ranges that share a value, for sigma 1: their differences correlate by -1/2.
_NEIGHBOURS = 4 / math.pi * (math.sqrt(3) / 2 + math.pi / 12 - 1)


@dataclass(frozen=True)
class Sigma:
    """An estimated standard deviation with its degrees of freedom, None where they are not known."""

    value: Fraction
    dof: float | None


def within(groups: Sequence[Sequence[Fraction]], estimator: Estimator, *, printed: bool = False) -> Sigma:
    """Estimate the standard deviation within subgroups, by factors unrounded or as printed."""
    of_size = table(printed=printed)
    if estimator in RANGES:
        spreads = [(max(group) - min(group), of_size(len(group))) for group in groups]
        parts = [(spread, exact(row.d2), (row.d3 / row.d2) ** 2) for spread, row in spreads]
        return _averaged(parts, weighted=estimator is Estimator.weighted_range)
    if estimator in {Estimator.mean_sd, Estimator.weighted_sd}:
        parts = [(root_of(variance_of(group)), *_of_c4(of_size(len(group)))) for group in groups]
        return _averaged(parts, weighted=estimator is Estimator.weighted_sd)
    if estimator in DEVIATIONS:
        return _pooled(groups, corrected=estimator is Estimator.pooled_sd)
    raise DataError(f"subgroups give no {estimator.value}")


def _of_c4(row: Factors) -> tuple[Fraction, float]:
    return exact(row.c4), (1 - row.c4**2) / row.c4**2


def _averaged(parts: Sequence[tuple[Fraction, Fraction, float]], *, weighted: bool) -> Sigma:
    """Average unbiased estimates: spread, what it is divided by, and its relative variance."""
    weights = [exact(1 / cv2) if weighted else Fraction(1) for _, _, cv2 in parts]
    total = sum(weights, Fraction(0))
    value = sum((w * spread / by for w, (spread, by, _) in zip(weights, parts, strict=True)), Fraction(0)) / total
    cv2 = sum(float(w / total) ** 2 * each for w, (_, _, each) in zip(weights, parts, strict=True))
    return Sigma(_scattered(value), 1 / (2 * cv2))


def _pooled(groups: Sequence[Sequence[Fraction]], *, corrected: bool) -> Sigma:
    """Pool variances by their degrees of freedom (Montgomery 6.3.2); corrected by c4 of all of them or not."""
    dof = sum(len(group) - 1 for group in groups)
    value = root_of(sum(((len(group) - 1) * variance_of(group) for group in groups), Fraction(0)) / dof)
    return Sigma(_scattered(value / exact(sd_mean(dof + 1)) if corrected else value), float(dof))


def moving_ranges(values: Sequence[Fraction], window: int) -> list[Fraction]:
    """Give the range of each `window` values in a row: one less than there are values, for a window of two."""
    if window < 2 or len(values) < window:
        raise DataError("moving ranges need a window of two values or more, and as many values")
    stretches = [values[i : i + window] for i in range(len(values) - window + 1)]
    return [max(stretch) - min(stretch) for stretch in stretches]


def between_neighbours(
    ranges: Sequence[Fraction], window: int, estimator: Estimator, *, printed: bool = False
) -> Sigma:
    """Estimate the standard deviation of single values from their moving ranges.

    The degrees of freedom of MR̄/d2 allow for neighbours that share a value; a little over 0.6 for each value.
    """
    if estimator is Estimator.median_moving_range and window == 2:
        return Sigma(_scattered(median(ranges) / exact(D4_MEDIAN)), None)
    if estimator is not Estimator.moving_range:
        raise DataError(f"single values give no {estimator.value}, or not with this window")
    row, m = table(printed=printed)(window), len(ranges)
    value = _scattered(mean_of(ranges) / exact(row.d2))
    if window != 2:
        return Sigma(value, None)
    variance = (m * row.d3**2 + 2 * (m - 1) * _NEIGHBOURS) / m**2
    return Sigma(value, row.d2**2 / (2 * variance))


def _scattered(value: Fraction) -> Fraction:
    """Keep the seventeen figures of a float: an estimate has no more, and it is written down and read again."""
    if not value:
        raise DataError("the values do not scatter, so there are no limits; check the resolution of the gauge")
    return exact(float(value))
