"""How much of its tolerance a point used: of what its verdict rests on, one rule for every list and page. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from techfloor.measures.tolerance import use_of_tolerance


class Shared(NamedTuple):
    """A reading at a point: its error, the limits of it, and its own verdict, "" where the mean decides."""

    error: Decimal
    lower: Decimal | None
    upper: Decimal | None
    verdict: str


def deciding_use(rows: Sequence[Shared]) -> Fraction | None:
    """Return the use of what decides, with its sign: the worst reading's, or the mean's where no reading has a verdict.

    The use of a mean is the mean of the shares of its readings, each of its own limit: a tolerance in % of the reading
    is another at each of them. None where there is no limit on that side.
    """
    if any(row.verdict for row in rows):
        used = [use_of_tolerance(row.error, row.lower, row.upper) for row in rows]
        return max((each for each in used if each is not None), key=abs, default=None)
    mean = _mean([row.error for row in rows])
    limits = [row.upper if mean >= 0 else row.lower for row in rows]
    if any(limit is None for limit in limits):
        return None
    known = [abs(Fraction(limit)) for limit in limits if limit is not None]
    if all(known):
        return sum((Fraction(row.error) / limit for row, limit in zip(rows, known, strict=True)), Fraction(0)) / len(
            rows
        )
    return use_of_tolerance(mean, _mean_of([row.lower for row in rows]), _mean_of([row.upper for row in rows]))


def _mean(values: Sequence[Decimal]) -> Fraction:
    return sum((Fraction(value) for value in values), Fraction(0)) / len(values)


def _mean_of(limits: Sequence[Decimal | None]) -> Fraction | None:
    known = [limit for limit in limits if limit is not None]
    return _mean(known) if len(known) == len(limits) else None
