"""Agreement beyond chance of judgements by name: Cohen's kappa for two, Fleiss' kappa for several.

Cohen (1960), with the standard errors of Fleiss, Cohen and Everitt (1969); Fleiss (1971), with those of Fleiss, Nee
and Landis (1979). Both are reprinted in Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

from techfloor.measures.drift import DataError

_NORMAL = NormalDist()


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance: 1 complete, 0 as by chance, below 0 less.

    `observed` and `expected` are shares of agreeing pairs. `se` is the standard error of the value, `low` and
    `high` the bounds by it; None where it is not defined. `se_chance` is the one if there were no agreement, z
    and the one-sided p test against that; None where there is no such error.
    """

    value: float
    observed: float
    expected: float
    n: int
    se: float | None
    low: float | None
    high: float | None
    se_chance: float | None
    z: float | None
    p: float | None


def _kappa(
    observed: Fraction, expected: Fraction, n: int, se: float | None, se_chance: float, confidence: float
) -> Kappa:
    value = float((observed - expected) / (1 - expected))
    z = value / se_chance if se_chance else None
    reach = None if se is None else _NORMAL.inv_cdf((1 + confidence) / 2) * se
    return Kappa(
        value,
        float(observed),
        float(expected),
        n,
        se,
        None if reach is None else max(-1.0, value - reach),
        None if reach is None else min(1.0, value + reach),
        se_chance or None,
        z,
        None if z is None else _NORMAL.cdf(-z),
    )


def _refuse_bad_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise DataError("a confidence lies between 0 and 1")


def cohen(one: Sequence[Hashable], other: Sequence[Hashable], confidence: float = 0.95) -> Kappa:
    """Compare two judges who judged the same things, in the same order.

    Raises DataError where there is nothing to compare, or both gave one and the same category to all: then
    agreement by chance is complete, and kappa is not defined.
    """
    _refuse_bad_confidence(confidence)
    if len(one) != len(other) or not one:
        raise DataError("two judges are compared on the same things, one at least")
    n = len(one)
    cells = Counter(zip(one, other, strict=True))
    rows, columns = Counter(one), Counter(other)
    names = list(dict.fromkeys([*one, *other]))
    observed = Fraction(sum(cells[name, name] for name in names), n)
    expected = sum((Fraction(rows[name] * columns[name], n * n) for name in names), Fraction(0))
    if expected == 1:
        raise DataError("kappa needs two categories")
    k = (observed - expected) / (1 - expected)
    return _kappa(
        observed,
        expected,
        n,
        math.sqrt(max(Fraction(0), _variance(cells, rows, columns, k, expected, n))),
        math.sqrt(max(Fraction(0), _chance_variance(rows, columns, expected, n))),
        confidence,
    )


def _variance(
    cells: Counter[tuple[Hashable, Hashable]],
    rows: Counter[Hashable],
    columns: Counter[Hashable],
    k: Fraction,
    expected: Fraction,
    n: int,
) -> Fraction:
    """Give the variance of Cohen's kappa in large samples (Fleiss, Cohen and Everitt 1969)."""
    total = Fraction(0)
    for (one, other), count in cells.items():
        share = Fraction(count, n)
        if one == other:
            total += share * (1 - Fraction(rows[one] + columns[one], n) * (1 - k)) ** 2
        else:
            total += share * (1 - k) ** 2 * Fraction(columns[one] + rows[other], n) ** 2
    return (total - (k - expected * (1 - k)) ** 2) / ((1 - expected) ** 2 * n)


def _chance_variance(rows: Counter[Hashable], columns: Counter[Hashable], expected: Fraction, n: int) -> Fraction:
    """Give the variance if the two judged independently of each other."""
    mixed = sum(
        (Fraction(rows[name] * columns[name] * (rows[name] + columns[name]), n**3) for name in rows), Fraction(0)
    )
    return (expected + expected**2 - mixed) / ((1 - expected) ** 2 * n)


@dataclass(frozen=True)
class CategoryKappa:
    """Agreement on one category against all others; None where nobody, or everybody, gave it."""

    category: Hashable
    share: float
    value: float | None
    se_chance: float
    z: float | None


@dataclass(frozen=True)
class FleissKappa:
    """Agreement of several judgements of each thing, over all categories and on each."""

    overall: Kappa
    categories: tuple[CategoryKappa, ...]


def fleiss(judgements: Sequence[Sequence[Hashable]], confidence: float = 0.95) -> FleissKappa:
    """Compare the judgements of each thing, as many for each; who gave them does not matter.

    The bounds rest on the jackknife over the things. Raises DataError where there are fewer than two judgements
    of a thing, not as many of each, or all of one category.
    """
    _refuse_bad_confidence(confidence)
    sizes = {len(each) for each in judgements}
    if len(sizes) != 1 or min(sizes) < 2:
        raise DataError("agreement needs two judgements of each thing, and as many of each")
    counts = [Counter(each) for each in judgements]
    m = sizes.pop()
    observed, expected = _fleiss_shares(counts, m)
    if expected == 1:
        raise DataError("kappa needs two categories")
    names = list(dict.fromkeys(name for each in judgements for name in each))
    n = len(counts)
    shares = {name: sum((Fraction(count[name]) for count in counts), Fraction(0)) / (n * m) for name in names}
    overall = _kappa(
        observed, expected, n, _jackknife(counts, m), _fleiss_chance(list(shares.values()), n, m), confidence
    )
    return FleissKappa(overall, tuple(_on(name, shares[name], counts, m) for name in names))


def _fleiss_shares(counts: Sequence[Counter[Hashable]], m: int) -> tuple[Fraction, Fraction]:
    n = len(counts)
    agreeing = sum(value * (value - 1) for count in counts for value in count.values())
    totals: Counter[Hashable] = Counter()
    for count in counts:
        totals.update(count)
    by_chance = sum(value * value for value in totals.values())
    return Fraction(agreeing, n * m * (m - 1)), Fraction(by_chance, (n * m) ** 2)


def _jackknife(counts: Sequence[Counter[Hashable]], m: int) -> float | None:
    n = len(counts)
    values = []
    for i in range(n):
        rest = [*counts[:i], *counts[i + 1 :]]
        observed, expected = _fleiss_shares(rest, m) if rest else (Fraction(0), Fraction(1))
        if expected == 1:
            return None
        values.append(float((observed - expected) / (1 - expected)))
    middle = math.fsum(values) / n
    return math.sqrt((n - 1) / n * math.fsum((value - middle) ** 2 for value in values))


def _fleiss_chance(shares: Sequence[Fraction], n: int, m: int) -> float:
    apart = sum((p * (1 - p) for p in shares), Fraction(0))
    skew = sum((p * (1 - p) * (1 - 2 * p) for p in shares), Fraction(0))
    return math.sqrt(max(Fraction(0), 2 * (apart**2 - skew) / (apart**2 * n * m * (m - 1))))


def _on(name: Hashable, share: Fraction, counts: Sequence[Counter[Hashable]], m: int) -> CategoryKappa:
    n = len(counts)
    error = math.sqrt(2 / (n * m * (m - 1)))
    scatter = share * (1 - share)
    if not scatter:
        return CategoryKappa(name, float(share), None, error, None)
    mixed = sum(count[name] * (m - count[name]) for count in counts)
    value = float(1 - Fraction(mixed, n * m * (m - 1)) / scatter)
    return CategoryKappa(name, float(share), value, error, value / error)
