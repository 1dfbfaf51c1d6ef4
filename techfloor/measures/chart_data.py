"""The values that charts are made of: read as exact numbers, and refused where no chart can come of them.

A point exactly on a limit is not out, so charts compare fractions. A float counts as the decimal number it prints
as: 10.3 is 103/10.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

from techfloor.measures.drift import DataError, Number

_SCALE = 1 << 120


def exact(value: Number) -> Fraction:
    """Give a finite number as a fraction."""
    if isinstance(value, float):
        value = float(value)  # a float of another library prints its type, too
        if not math.isfinite(value):
            raise DataError("a chart needs finite numbers")
        return Fraction(repr(value))
    try:
        return Fraction(value)
    except (ValueError, OverflowError) as error:
        raise DataError("a chart needs finite numbers") from error


def exact_values(values: Sequence[Number], at_least: int = 1) -> tuple[Fraction, ...]:
    """Give all values as fractions, no fewer than asked for."""
    if len(values) < at_least:
        raise DataError(f"this chart needs {at_least} values or more")
    return tuple(exact(value) for value in values)


def subgroups(groups: Sequence[Sequence[Number]]) -> tuple[tuple[Fraction, ...], ...]:
    """Give all subgroups as fractions; each holds two values or more, single values go on a chart of their own."""
    if not groups:
        raise DataError("a chart needs a subgroup")
    if any(len(group) < 2 for group in groups):
        raise DataError("a subgroup holds two values or more; single values go on an I-MR chart")
    return tuple(exact_values(group) for group in groups)


def counts(values: Sequence[int]) -> tuple[Fraction, ...]:
    """Give counts as fractions: whole numbers from 0."""
    found = exact_values(values)
    if any(each < 0 or each.denominator != 1 for each in found):
        raise DataError("a count is a whole number from 0")
    return found


def sizes(given: Number | Sequence[Number], how_many: int, *, whole: bool) -> tuple[Fraction, ...]:
    """Give one size for each count, from one size for all or from a list; above zero."""
    found = exact_values(given) if isinstance(given, Sequence) else (exact(given),) * how_many
    if len(found) != how_many:
        raise DataError("there are as many sizes as counts")
    if any(each <= 0 or (whole and each.denominator != 1) for each in found):
        raise DataError("a sample is a whole number above 0" if whole else "a size is above 0")
    return found


def mean_of(values: Sequence[Fraction]) -> Fraction:
    """Give the mean without rounding."""
    return sum(values, Fraction(0)) / len(values)


def variance_of(values: Sequence[Fraction]) -> Fraction:
    """Give the sample variance (n - 1) without rounding."""
    centre = mean_of(values)
    return sum(((value - centre) ** 2 for value in values), Fraction(0)) / (len(values) - 1)


def root_of(square: Fraction) -> Fraction:
    """Give a square root: exact where there is one, else to 36 figures after the point."""
    top, bottom = math.isqrt(square.numerator), math.isqrt(square.denominator)
    if top * top == square.numerator and bottom * bottom == square.denominator:
        return Fraction(top, bottom)
    return Fraction(math.isqrt(square.numerator * _SCALE * _SCALE // square.denominator), _SCALE)
