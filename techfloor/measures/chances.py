"""How many nonconforming a sample holds: binomial, Poisson and hypergeometric probabilities, also for large samples."""

import math
from collections.abc import Callable
from enum import StrEnum


class Model(StrEnum):
    """How the count in a sample is distributed.

    Binomial: items of a steady process, or of a lot much larger than the sample (type B curve). Poisson:
    nonconformities per item. Hypergeometric: items of one lot (type A curve), whose nonconforming ones are the
    whole number nearest to p times the lot.
    """

    binomial = "binomial"
    poisson = "Poisson"
    hypergeometric = "hypergeometric"


def binomial(count: int, n: int, p: float) -> float:
    """Give the probability of `count` in n trials of probability p."""
    if count < 0 or count > n:
        return 0.0
    if p in {0.0, 1.0}:
        return float(count == (n if p else 0))
    return math.exp(_log_ways(n, count) + count * math.log(p) + (n - count) * math.log1p(-p))


def poisson(count: int, expected: float) -> float:
    """Give the probability of `count` events where so many are expected."""
    if count < 0 or expected == 0:
        return float(count == 0)
    return math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))


def hypergeometric(count: int, n: int, bad: int, lot: int) -> float:
    """Give the probability of `count` bad items in n drawn from a lot with so many bad ones; exact."""
    if count < max(0, n - (lot - bad)) or count > min(n, bad):
        return 0.0
    return math.comb(bad, count) * math.comb(lot - bad, n - count) / math.comb(lot, n)


def at_most_of_lot(count: int, n: int, bad: int, lot: int) -> float:
    """Give the probability of at most `count` bad items in n drawn from a lot: each term from the one before."""
    first, last = max(0, n - (lot - bad)), min(n, bad, count)
    if last < first:
        return 0.0
    term = _log_ways(bad, first) + _log_ways(lot - bad, n - first) - _log_ways(lot, n)
    terms = [math.exp(term)]
    for i in range(first, last):
        term += math.log((bad - i) * (n - i) / ((i + 1) * (lot - bad - n + i + 1)))
        terms.append(math.exp(term))
    return min(1.0, math.fsum(terms))


def _log_ways(n: int, count: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)


def bad_in(lot: int, p: float) -> int:
    """Give the number of nonconforming items nearest to a fraction of the lot."""
    return round(p * lot)


def solve(is_above: Callable[[float], bool], low: float, high: float) -> float:
    """Halve an interval until it is a point: the place where `is_above` turns from False to True."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (low, middle) if is_above(middle) else (middle, high)
    return (low + high) / 2
