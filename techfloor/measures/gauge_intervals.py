"""Confidence intervals for sums of mean squares: the modified large sample method.

Graybill and Wang (1980) for sums, Ting et al. (1990) where one mean square is taken off, as Burdick, Borror and
Montgomery (2003) use them for gauge studies. Of one mean square alone it is the exact interval by chi-square.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from techfloor.measures.anova import AnovaRow
from techfloor.measures.drift import DataError


@dataclass(frozen=True)
class Term:
    """A mean square with its weight in a variance; a negative weight takes it off."""

    weight: float
    row: AnovaRow

    @property
    def value(self) -> float:
        """What it adds."""
        return self.weight * self.row.ms


@dataclass(frozen=True)
class Interval:
    """The bounds of a variance at a two-sided confidence; a bound below 0 is 0."""

    low: float
    high: float
    confidence: float


def interval_of(terms: Sequence[Term], confidence: float = 0.95) -> Interval:
    """Bound a sum of terms, of which the last may be negative where there are two. Raises DataError."""
    if not 0 < confidence < 1:
        raise DataError("a confidence lies between 0 and 1")
    centre = sum(term.value for term in terms)
    if any(term.weight < 0 for term in terms):
        plus, minus = terms
        down, up = _difference(plus, minus, confidence)
    else:
        down = math.sqrt(sum((_below(term, confidence) * term.value) ** 2 for term in terms))
        up = math.sqrt(sum((_above(term, confidence) * term.value) ** 2 for term in terms))
    return Interval(max(0.0, centre - down), max(0.0, centre + up), confidence)


def _below(term: Term, confidence: float) -> float:
    from scipy.special import chdtri  # noqa: PLC0415 - heavy to import

    return 1 - term.row.df / float(chdtri(term.row.df, (1 - confidence) / 2))


def _above(term: Term, confidence: float) -> float:
    from scipy.special import chdtri  # noqa: PLC0415 - heavy to import

    return term.row.df / float(chdtri(term.row.df, (1 + confidence) / 2)) - 1


def _difference(plus: Term, minus: Term, confidence: float) -> tuple[float, float]:
    """Give how far below and above the difference of two terms the bounds lie (Ting et al.)."""
    from scipy.special import fdtri  # noqa: PLC0415 - heavy to import

    one, other = plus.value, -minus.value
    reach = []
    for p, left, right in (
        ((1 + confidence) / 2, _below(plus, confidence), _above(minus, confidence)),
        ((1 - confidence) / 2, _above(plus, confidence), _below(minus, confidence)),
    ):
        f = float(fdtri(plus.row.df, minus.row.df, p))
        crossing = ((f - 1) ** 2 - left**2 * f**2 - right**2) / f
        squared = (left * one) ** 2 + (right * other) ** 2 + crossing * one * other
        reach.append(math.sqrt(max(0.0, squared)))
    return reach[0], reach[1]
