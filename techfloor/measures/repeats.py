"""Repeated readings: type A uncertainty, pooled standard deviations, repeatability as a budget row."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from techfloor.measures.drift import DataError, Number, mean, sd
from techfloor.measures.uncertainty import Component, Origin


@dataclass(frozen=True)
class TypeA:
    """Mean, standard deviation and standard deviation of the mean of n readings (JCGM 100:2008, 4.2)."""

    mean: float
    s: float
    s_mean: float
    dof: int


def type_a(values: Sequence[Number]) -> TypeA:
    """Evaluate at least two repeated readings."""
    s = sd(values)
    return TypeA(mean(values), s, s / math.sqrt(len(values)), len(values) - 1)


def largest_sd(s: float, count: int, *, alpha: float = 0.01) -> float:
    """Give what the standard deviation of `count` readings exceeds with probability `alpha`, theirs being `s` in truth.

    The one-sided test of a variance against a known one: chi-squared of n - 1 over n - 1.
    """
    from scipy.special import chdtri  # noqa: PLC0415 - heavy to import, and only repeats need it

    return s * math.sqrt(float(chdtri(count - 1, alpha)) / (count - 1))


def pooled_sd(groups: Sequence[Sequence[Number]]) -> tuple[float, int]:
    """Pool the standard deviations of groups of readings: s and its degrees of freedom.

    Each group is weighed by its degrees of freedom; groups of one reading say nothing and are left out.
    """
    useful = [group for group in groups if len(group) > 1]
    dof = sum(len(group) - 1 for group in useful)
    if not dof:
        raise DataError("a pooled standard deviation needs a group of two readings")
    return math.sqrt(sum((len(group) - 1) * sd(group) ** 2 for group in useful) / dof), dof


def repeatability(
    readings: Sequence[Number], repeats: int, pooled_s: float | None = None, pooled_dof: int | None = None
) -> Component:
    """Make the budget row of the mean of `repeats` readings.

    The procedure's pooled s stands in until the last reading is in (and stays, where only one is taken);
    after it the readings speak for themselves. Raises DataError where neither is known.
    """
    if len(readings) >= max(repeats, 2):
        own = type_a(readings)
        return _row(own.s_mean, own.dof)
    if pooled_s is None:
        raise DataError("before the last repeat the procedure's pooled s is needed")
    return _row(pooled_s / math.sqrt(repeats), pooled_dof)


def _row(u: float, dof: int | None) -> Component:
    return Component("repeatability", Decimal(repr(u)), origin=Origin.item, dof=dof)
