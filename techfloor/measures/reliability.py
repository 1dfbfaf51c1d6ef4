"""Reliability of equipment: time between failures, time to repair, availability, failure rate.

MTBF and MTTR are those of ISO 22400-2:2014; the bounds are those of MIL-HDBK-338B, for failures that come at a
constant rate. Times are exact; the bounds and the probability to survive are statistics, so floats.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from techfloor.measures.amounts import Exact, amount, ratio, total
from techfloor.measures.drift import DataError


@dataclass(frozen=True)
class Life:
    """How long something ran; censored (not `failed`) where the watch ended first: its time counts, no failure does."""

    time: Exact
    failed: bool = True

    def __post_init__(self) -> None:
        """Keep an exact amount."""
        object.__setattr__(self, "time", amount(self.time, "an operating time"))


@dataclass(frozen=True)
class Reliability:
    """What the watched times say; None where the denominator is zero, which is shown as n/a.

    `mtbf` is operating time over failures, `mttr` repair time over repairs, `failure_rate` failures over operating
    time, `availability` is MTBF / (MTBF + MTTR), 1 where nothing failed. `censored` times are in `operating` alone.
    """

    operating: Fraction
    failures: int
    censored: int
    mtbf: Fraction | None
    failure_rate: Fraction | None
    mttr: Fraction | None
    availability: Fraction | None


def reliability(lives: Iterable[Life], repairs: Sequence[Exact] = ()) -> Reliability:
    """Work out the figures from the times that equipment ran and from how long each repair took.

    Without repairs there is no MTTR, and an availability only where nothing failed.
    """
    lives = list(lives)
    operating, failures = total(Fraction(each.time) for each in lives), sum(each.failed for each in lives)
    mending = total(amount(each, "a repair time") for each in repairs)
    mtbf = ratio(operating, Fraction(failures))
    mttr = ratio(mending, Fraction(len(repairs)))
    available = None if mtbf is None or mttr is None else ratio(mtbf, mtbf + mttr)
    if not failures and operating:
        available = Fraction(1)
    return Reliability(
        operating, failures, len(lives) - failures, mtbf, ratio(Fraction(failures), operating), mttr, available
    )


def survival(time: Exact, mtbf: Exact) -> float:
    """Give the probability to run `time` without a failure at a constant failure rate, exp(-t/MTBF)."""
    rate = ratio(amount(time, "time"), amount(mtbf, "MTBF"))
    if rate is None:
        raise DataError("an MTBF is greater than zero")
    return math.exp(-rate)


def mtbf_bounds(
    operating: Exact, failures: int, confidence: float = 0.90, *, ended_by_failure: bool = False
) -> tuple[float, float]:
    """Give the two-sided bounds of the MTBF, 2T/χ², the upper one infinite where nothing failed.

    A watch that ended at a set time has 2r + 2 degrees of freedom below, one that ended with its last failure 2r.
    Raises DataError where no time was watched.
    """
    watched = float(amount(operating, "an operating time"))
    if not watched or failures < 0 or not 0 < confidence < 1 or (ended_by_failure and not failures):
        raise DataError("bounds need an operating time, the count of failures and a confidence between 0 and 1")
    from scipy.special import chdtri  # noqa: PLC0415 - heavy to import, and only bounds need it

    tail = (1 - confidence) / 2
    lower = 2 * watched / chdtri(2 * failures + (0 if ended_by_failure else 2), tail)
    upper = 2 * watched / chdtri(2 * failures, 1 - tail) if failures else math.inf
    return float(lower), float(upper)
