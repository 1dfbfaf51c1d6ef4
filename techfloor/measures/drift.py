"""Means, standard deviations and least squares, exact until the last step, and the band of a drifting gauge.

Sums are kept as fractions, so that neither large offsets nor high powers cost digits: the certified values of
the NIST StRD data sets come out to the last figure.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

Number = Decimal | Fraction | float | int


class DataError(ValueError):
    """There are too few values, or they do not determine what was asked for."""


def mean(values: Sequence[Number]) -> float:
    """Give the arithmetic mean of at least one value."""
    return float(exact_mean(values))


def exact_mean(values: Sequence[Number]) -> Fraction:
    """Give the mean without rounding."""
    if not values:
        raise DataError("a mean needs a value")
    return sum((Fraction(value) for value in values), Fraction(0)) / len(values)


def sd(values: Sequence[Number]) -> float:
    """Give the sample standard deviation (n - 1) of at least two values, about their own mean."""
    if len(values) < 2:
        raise DataError("a standard deviation needs two values")
    centre = exact_mean(values)
    squares = sum(((Fraction(value) - centre) ** 2 for value in values), Fraction(0))
    return root(squares / (len(values) - 1))


def lag_1(values: Sequence[Number]) -> float:
    """Give the lag-1 autocorrelation coefficient of values that are not all equal."""
    centre = exact_mean(values)
    apart = [Fraction(value) - centre for value in values]
    squares = sum((each * each for each in apart), Fraction(0))
    if not squares:
        raise DataError("the values are all equal")
    pairs = sum((one * other for one, other in pairwise(apart)), Fraction(0))
    return float(pairs / squares)


def root(value: Fraction) -> float:
    """Give the square root of a fraction, also where it is too large or small to divide in floats first."""
    scale = 1 << 120
    return math.isqrt(value.numerator * scale * scale // value.denominator) / scale


@dataclass(frozen=True)
class Fit:
    """A least-squares curve, the sum of coefficient·x**power; `residual_sd` and errors need spare points."""

    powers: tuple[int, ...]
    coefficients: tuple[float, ...]
    standard_errors: tuple[float, ...]
    residual_sd: float
    dof: int


def fit_powers(xs: Sequence[Number], ys: Sequence[Number], powers: Sequence[int]) -> Fit:
    """Fit a sum of powers of x: (0, 1) a line, (1,) a line through the origin, (1, 2) a curve through it.

    Needs more points than powers; raises DataError where the points do not determine the curve.
    """
    if len(xs) != len(ys) or len(xs) <= len(powers):
        raise DataError("a fit needs as many x as y, and more points than terms")
    rows = [[Fraction(x) ** power for power in powers] for x in xs]
    goals = [Fraction(y) for y in ys]
    inverse = _inverse(_products(rows))
    moments = [_dot([row[i] for row in rows], goals) for i in range(len(powers))]
    exact = [_dot(line, moments) for line in inverse]
    left = [goal - _dot(row, exact) for row, goal in zip(rows, goals, strict=True)]
    dof = len(xs) - len(powers)
    variance = _dot(left, left) / dof
    return Fit(
        tuple(powers),
        tuple(map(float, exact)),
        tuple(root(variance * inverse[i][i]) for i in range(len(powers))),
        root(variance),
        dof,
    )


def _dot(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))


def _products(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    columns = list(zip(*rows, strict=True))
    return [[_dot(one, other) for other in columns] for one in columns]


def _inverse(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    """Invert by Gauss and Jordan; exact, so the choice of the pivot does not matter."""
    size = len(matrix)
    work = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = next((r for r in range(i, size) if work[r][i]), None)
        if pivot is None:
            raise DataError("the points do not determine the curve")
        work[i], work[pivot] = work[pivot], work[i]
        work[i] = [value / work[i][i] for value in work[i]]
        for r in range(size):
            if r != i and work[r][i]:
                work[r] = [a - work[r][i] * b for a, b in zip(work[r], work[i], strict=True)]
    return [row[size:] for row in work]


def fit_line(xs: Sequence[Number], ys: Sequence[Number]) -> Fit:
    """Fit intercept and slope with their standard errors; needs three points at two different x."""
    return fit_powers(xs, ys, (0, 1))


class BandPoint(NamedTuple):
    """One place of a drift chart: the line there and where the next value is expected."""

    x: float
    line: float
    low: float
    high: float


def prediction_band(
    xs: Sequence[Number], ys: Sequence[Number], at: Sequence[Number], coverage: float = 0.95
) -> list[BandPoint]:
    """Give the line through as-found errors and the band in which one more value is expected, at each x.

    Student's t with n - 2 degrees of freedom; the band widens away from the middle of the data. Needs three
    points at two different x.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - heavy to import

    fit = fit_line(xs, ys)
    middle, level = exact_mean(xs), exact_mean(ys)
    spread = sum(((Fraction(x) - middle) ** 2 for x in xs), Fraction(0))
    factor = float(stdtrit(fit.dof, (1 + coverage) / 2)) * fit.residual_sd
    band = []
    for x in at:
        apart = Fraction(x) - middle
        line = float(level) + fit.coefficients[1] * float(apart)
        half = factor * math.sqrt(1 + 1 / len(xs) + float(apart * apart / spread))
        band.append(BandPoint(float(x), line, line - half, line + half))
    return band
