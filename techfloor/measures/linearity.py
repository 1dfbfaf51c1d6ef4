"""Bias of a gauge at one reference value, and how it changes over the range.

AIAG, Measurement Systems Analysis, 4th edition, chapter III B, independent sample and linearity methods.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from techfloor.measures.drift import DataError, Number, exact_mean, fit_line, mean, sd


@dataclass(frozen=True)
class Bias:
    """Mean error at one reference value, with its t test against none.

    `low` and `high` bound the bias; it is `significant` where 0 lies outside them. t and p are None where the
    readings do not scatter; then any bias is significant.
    """

    reference: float
    n: int
    mean: float
    bias: float
    sd: float
    standard_error: float
    t: float | None
    p: float | None
    low: float
    high: float
    significant: bool


def bias(readings: Sequence[Number], reference: Number, confidence: float = 0.95) -> Bias:
    """Compare at least two readings of one part with its reference value. Raises DataError."""
    _refuse_bad_confidence(confidence)
    if len(readings) < 2:
        raise DataError("a bias needs two readings of one part")
    centre = float(exact_mean(readings) - Fraction(reference))
    s = sd(readings)
    error = s / math.sqrt(len(readings))
    half = _t(len(readings) - 1, confidence) * error
    t = centre / error if error else None
    p = None if t is None else _two_sided(t, len(readings) - 1)
    return Bias(
        float(reference),
        len(readings),
        mean(readings),
        centre,
        s,
        error,
        t,
        p,
        centre - half,
        centre + half,
        abs(centre) > half,
    )


def _refuse_bad_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise DataError("a confidence lies between 0 and 1")


def _t(dof: int, confidence: float) -> float:
    from scipy.special import stdtrit  # noqa: PLC0415 - heavy to import

    return float(stdtrit(dof, (1 + confidence) / 2))


def _two_sided(t: float, dof: int) -> float:
    from scipy.special import stdtr  # noqa: PLC0415 - heavy to import

    return 2 * float(stdtr(dof, -abs(t)))


@dataclass(frozen=True)
class Coefficient:
    """Intercept or slope with its t test against 0; t and p are None where nothing scatters."""

    value: float
    standard_error: float
    t: float | None
    p: float | None


class BiasPoint(NamedTuple):
    """One place of the picture: the line of the bias there and the bounds of its mean."""

    x: float
    line: float
    low: float
    high: float


@dataclass(frozen=True)
class Linearity:
    """How the bias changes with the reference value: a line through the errors of all readings.

    `levels` are the biases one by one, `errors` the single points (reference, error) of the picture, `band` the
    line with its bounds. The linearity `holds` where no bias at all lies within the bounds over the whole range,
    not only at the references. `r_squared` is None where all errors are equal.
    """

    intercept: Coefficient
    slope: Coefficient
    residual_sd: float
    dof: int
    r_squared: float | None
    levels: tuple[Bias, ...]
    errors: tuple[tuple[float, float], ...]
    band: tuple[BiasPoint, ...]
    confidence: float
    holds: bool

    @property
    def percent(self) -> float:
        """The linearity in per cent of any process variation: the slope without its sign, times 100."""
        return 100 * abs(self.slope.value)

    def over(self, process_variation: float) -> float:
        """Give the linearity: how much the bias changes over a process that varies by so much."""
        if not process_variation > 0:
            raise DataError("the variation of a process is above 0")
        return abs(self.slope.value) * process_variation


_STEPS = 40


def linearity(levels: Sequence[tuple[Number, Sequence[Number]]], confidence: float = 0.95) -> Linearity:
    """Fit the errors of readings at several references, each (reference value, its readings).

    Raises DataError with fewer than two references, or with fewer than two readings of one.
    """
    _refuse_bad_confidence(confidence)
    if len({Fraction(reference) for reference, _ in levels}) < 2:
        raise DataError("linearity needs two different reference values")
    each = tuple(bias(readings, reference, confidence) for reference, readings in levels)
    xs = [Fraction(reference) for reference, readings in levels for _ in readings]
    ys = [Fraction(value) - Fraction(reference) for reference, readings in levels for value in readings]
    fit = fit_line(xs, ys)
    intercept, slope = (
        _coefficient(value, error, fit.dof) for value, error in zip(fit.coefficients, fit.standard_errors, strict=True)
    )
    centre = exact_mean(xs)
    spread = float(sum(((x - centre) ** 2 for x in xs), Fraction(0)))
    reach = _t(fit.dof, confidence) * fit.residual_sd
    band = _Band(intercept.value, slope.value, float(centre), reach, len(xs), spread)
    low, high = float(min(xs)), float(max(xs))
    return Linearity(
        intercept,
        slope,
        fit.residual_sd,
        fit.dof,
        _share(ys, fit.residual_sd, fit.dof),
        each,
        tuple((float(x), float(y)) for x, y in zip(xs, ys, strict=True)),
        tuple(band.at(low + (high - low) * i / _STEPS) for i in range(_STEPS + 1)),
        confidence,
        band.contains_zero(low, high),
    )


def _coefficient(value: float, error: float, dof: int) -> Coefficient:
    t = value / error if error else None
    return Coefficient(value, error, t, None if t is None else _two_sided(t, dof))


def _share(ys: Sequence[Fraction], residual_sd: float, dof: int) -> float | None:
    level = exact_mean(ys)
    total = float(sum(((y - level) ** 2 for y in ys), Fraction(0)))
    return 1 - dof * residual_sd**2 / total if total else None


@dataclass(frozen=True)
class _Band:
    intercept: float
    slope: float
    centre: float
    reach: float
    n: int
    spread: float

    def at(self, x: float) -> BiasPoint:
        line = self.intercept + self.slope * x
        half = self.reach * math.sqrt(1 / self.n + (x - self.centre) ** 2 / self.spread)
        return BiasPoint(x, line, line - half, line + half)

    def contains_zero(self, low: float, high: float) -> bool:
        """Say whether 0 is within the bounds everywhere: line² - half² is a parabola, whose top may lie inside."""
        places = [low, high]
        bend = self.slope**2 - self.reach**2 / self.spread
        if bend < 0:
            # With u = x - centre: (level + slope·u)² - reach²·(1/n + u²/spread) is highest at -level·slope/bend.
            top = self.centre - (self.intercept + self.slope * self.centre) * self.slope / bend
            places += [top] if low < top < high else []
        return all(point.low <= 0 <= point.high for point in map(self.at, places))
