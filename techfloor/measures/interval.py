"""Calibration intervals from as-found results: staircase, RP-1 method A3, and when lengthening is earned.

Sources: ILAC-G24 method 1; NCSLI RP-1 method A3; Clopper and Pearson for the bounds.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class A3:
    """What method A3 says: the new interval in days, and the test of the observed reliability behind it.

    `rejection` is the confidence with which the target is rejected; `lower` and `upper` bound the observed
    reliability at the chosen confidence. `changed` is False where the target is not rejected, or where a
    longer interval is not earned yet.
    """

    interval: float
    observed: float
    rejection: float
    lower: float
    upper: float
    changed: bool


def staircase(days: int, in_tolerance: bool, *, longer: float = 1.1, shorter: float = 0.55, shortest: int = 30) -> int:
    """Give the next interval: a little longer after a pass, much shorter after a fail (whole days)."""
    if longer < 1 or not 0 < shorter <= 1:
        raise ValueError("a pass never shortens and a fail never lengthens")
    return max(shortest, math.floor(days * (longer if in_tolerance else shorter) + 0.5))


def method_a3(
    in_tolerance: int,
    n: int,
    days: float,
    target: float,
    *,
    max_change: float = 2.0,
    confidence: float = 0.5,
    earned_confidence: float = 0.95,
) -> A3:
    """Test the observed reliability against the target, and change the interval where it is rejected.

    The new interval is days·10^(C·(observed - target)), C the rejection confidence, held within a factor of
    `max_change`. Lengthening also needs the Clopper-Pearson lower bound at `earned_confidence` to reach the
    target: a few passes prove little.
    """
    _refuse_bad_counts(in_tolerance, n)
    observed = in_tolerance / n
    rejection = rejection_confidence(in_tolerance, n, target)
    lower = clopper_pearson_lower(in_tolerance, n, (1 + confidence) / 2)
    upper = clopper_pearson_upper(in_tolerance, n, (1 + confidence) / 2)
    earned = observed < target or lengthening_is_earned(in_tolerance, n, target, earned_confidence)
    changed = rejection > confidence and earned
    factor = 10 ** (rejection * (observed - target)) if changed else 1.0
    factor = min(max_change, max(1 / max_change, factor))
    return A3(days * factor, observed, rejection, lower, upper, changed)


def _refuse_bad_counts(in_tolerance: int, n: int) -> None:
    if n < 1 or not 0 <= in_tolerance <= n:
        raise ValueError("results in tolerance are counted from 0 to n, and n is 1 or more")


def rejection_confidence(in_tolerance: int, n: int, target: float) -> float:
    """Give the two-sided confidence with which the count speaks against the target, from 0 to 1."""
    tail = at_most(in_tolerance, n, target) if in_tolerance / n < target else 1 - at_most(in_tolerance - 1, n, target)
    return max(0.0, 1 - 2 * tail)


def lengthening_is_earned(in_tolerance: int, n: int, target: float, confidence: float = 0.95) -> bool:
    """Say whether the reliability reaches the target even at its lower confidence bound."""
    return clopper_pearson_lower(in_tolerance, n, confidence) >= target


def fewest_to_earn(target: float, confidence: float = 0.95) -> int:
    """Give how many results, all in tolerance, first show that the reliability reaches the target.

    The lower Clopper-Pearson bound of n of n is (1 - confidence)^(1/n). Raises ValueError for a target not between 0
    and 1.
    """
    if not 0 < target < 1:
        raise ValueError("a target reliability lies between 0 and 1")
    n = math.ceil(math.log(1 - confidence) / math.log(target) - 1e-9)
    return max(n, 1)


def at_most(count: int, n: int, share: float) -> float:
    """Give the binomial probability of at most `count` successes in n, by the beta distribution: any n will do."""
    from scipy.special import betainc  # noqa: PLC0415 - heavy to import

    if count < 0 or count >= n:
        return float(count >= n)
    return float(betainc(n - count, count + 1, 1 - share))


def clopper_pearson_lower(successes: int, n: int, confidence: float) -> float:
    """Give the one-sided lower bound of a share: 0 where there is no success."""
    _refuse_bad_counts(successes, n)
    if successes == 0:
        return 0.0
    return _beta_quantile(successes, n - successes + 1, 1 - confidence)


def clopper_pearson_upper(successes: int, n: int, confidence: float) -> float:
    """Give the one-sided upper bound of a share: 1 where there is no failure."""
    _refuse_bad_counts(successes, n)
    if successes == n:
        return 1.0
    return _beta_quantile(successes + 1, n - successes, confidence)


def _beta_quantile(a: int, b: int, share: float) -> float:
    from scipy.special import betaincinv  # noqa: PLC0415 - heavy to import

    return float(betaincinv(a, b, share))
