"""Sampling by variables, k method: a lot is judged by how many standard deviations lie between mean and limit.

Normal distribution. The sample is smaller than that of a plan by attributes with the same risks. ISO 3951-1 and
ISO 3951-2 (s method and sigma method); MIL-STD-414; Lieberman and Resnikoff (1955) for the estimated fraction.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from techfloor.measures.chances import solve
from techfloor.measures.drift import Number, mean, sd
from techfloor.measures.plan_search import RiskPoint, refuse_bad_points
from techfloor.measures.sampling import SamplingError

_NORMAL = NormalDist()
_LARGEST = 1_000_000


@dataclass(frozen=True)
class VariablesPlan:
    """Measure n items; accept where (limit - mean) / sd is at least k, sd known beforehand or of the sample.

    Raises SamplingError for a sample that has no standard deviation of its own.
    """

    n: int
    k: float
    sigma_known: bool

    def __post_init__(self) -> None:
        """Refuse sizes that the method has no answer for."""
        if self.n < (1 if self.sigma_known else 2):
            raise SamplingError("A plan by variables needs an item, and two where the sample gives the deviation.")
        if not math.isfinite(self.k):
            raise SamplingError("The acceptability constant k is a number.")

    def acceptance(self, p: float) -> float:
        """Give the probability of acceptance at a fraction nonconforming beyond one limit.

        Known sigma: normal; unknown: non-central t with n - 1 degrees of freedom.
        """
        if not 0 <= p <= 1:
            raise SamplingError("A fraction nonconforming lies between 0 and 1.")
        if p in {0, 1}:
            return 1.0 - p
        return _accepts(self.n, self.k, p, self.sigma_known)


def _accepts(n: int, k: float, p: float, sigma_known: bool) -> float:
    apart = -_NORMAL.inv_cdf(p)
    if sigma_known:
        return _NORMAL.cdf(math.sqrt(n) * (apart - k))
    from scipy.special import nctdtr  # noqa: PLC0415 - heavy to import

    return 1 - float(nctdtr(n - 1, math.sqrt(n) * apart, k * math.sqrt(n)))


@dataclass(frozen=True)
class FoundVariablesPlan:
    """The smallest plan that keeps both risks; every k from `k_low` to `k_high` keeps them.

    The plan has k_high, where the producer's risk is exactly the one asked for and the consumer's is smaller.
    """

    plan: VariablesPlan
    k_low: float
    k_high: float
    at_producer: float
    at_consumer: float


def find_variables_plan(producer: RiskPoint, consumer: RiskPoint, sigma_known: bool = False) -> FoundVariablesPlan:
    """Find the smallest n and its k for a producer's and a consumer's risk point. Raises SamplingError."""
    refuse_bad_points(producer, consumer)
    if consumer.p >= 1:
        raise SamplingError("A fraction nonconforming lies between 0 and 1.")
    n = _known_size(producer, consumer) if sigma_known else _unknown_size(producer, consumer)
    plan = VariablesPlan(n, _k_at(n, producer, sigma_known), sigma_known)
    low = _k_at(n, consumer, sigma_known)
    return FoundVariablesPlan(plan, low, plan.k, plan.acceptance(producer.p), plan.acceptance(consumer.p))


def _known_size(producer: RiskPoint, consumer: RiskPoint) -> int:
    apart = _NORMAL.inv_cdf(consumer.p) - _NORMAL.inv_cdf(producer.p)
    risks = _NORMAL.inv_cdf(producer.pa) - _NORMAL.inv_cdf(consumer.pa)
    size = (risks / apart) ** 2
    if size > _LARGEST:
        raise SamplingError("The two qualities are too close for a plan.")
    return max(1, math.ceil(size - 1e-9))


def _unknown_size(producer: RiskPoint, consumer: RiskPoint) -> int:
    def keeps(n: int) -> bool:
        return _accepts(n, _k_at(n, producer, sigma_known=False), consumer.p, sigma_known=False) <= consumer.pa

    return _first(keeps, 2)


def _first(holds: Callable[[int], bool], low: int) -> int:
    high = low
    while not holds(high):
        low, high = high + 1, high * 2
        if high > _LARGEST:
            raise SamplingError("The two qualities are too close for a plan.")
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _k_at(n: int, point: RiskPoint, sigma_known: bool) -> float:
    """Give the k with which a plan accepts a quality exactly as often as its point says."""
    apart = -_NORMAL.inv_cdf(point.p)
    if sigma_known:
        return apart - _NORMAL.inv_cdf(point.pa) / math.sqrt(n)
    reach = 60.0 + abs(apart)
    return solve(lambda k: _accepts(n, k, point.p, sigma_known=False) < point.pa, apart - reach, apart + reach)


@dataclass(frozen=True)
class VariablesVerdict:
    """How a measured sample stands: Q = distance of the limit in standard deviations, to be at least k.

    `q_lower`, `q_upper` and the estimated fractions beyond each limit are None where there is no such limit.
    `margin` is the smaller Q less k; `sd` is the one that was used.
    """

    mean: float
    sd: float
    q_lower: float | None
    q_upper: float | None
    fraction_lower: float | None
    fraction_upper: float | None
    margin: float
    accepted: bool


def judge(
    plan: VariablesPlan,
    values: Sequence[Number],
    lower: Number | None = None,
    upper: Number | None = None,
    sigma: float | None = None,
) -> VariablesVerdict:
    """Judge a sample of n measured items; with two limits each is judged on its own, and both must hold.

    `sigma` is needed where the plan takes it as known. Raises SamplingError.
    """
    if len(values) != plan.n:
        raise SamplingError(f"The plan asks for {plan.n} items, and {len(values)} were measured.")
    if plan.sigma_known and sigma is None:
        raise SamplingError("This plan needs the known standard deviation of the process.")
    return judge_summary(
        plan, mean(values), sigma if sigma is not None and plan.sigma_known else sd(values), lower, upper
    )


def judge_summary(
    plan: VariablesPlan, average: float, deviation: float, lower: Number | None = None, upper: Number | None = None
) -> VariablesVerdict:
    """Judge a sample of which mean and standard deviation are known. Raises SamplingError."""
    if lower is None and upper is None:
        raise SamplingError("A plan by variables needs a specification limit.")
    if lower is not None and upper is not None and not lower < upper:
        raise SamplingError("The lower limit lies below the upper limit.")
    if not deviation > 0:
        raise SamplingError("All measured values are equal: there is no standard deviation to judge by.")
    q_lower = None if lower is None else (average - float(lower)) / deviation
    q_upper = None if upper is None else (float(upper) - average) / deviation
    margin = min(q for q in (q_lower, q_upper) if q is not None) - plan.k
    below, above = (None if q is None else _beyond(q, plan) for q in (q_lower, q_upper))
    return VariablesVerdict(average, deviation, q_lower, q_upper, below, above, margin, margin >= 0)


def _beyond(q: float, plan: VariablesPlan) -> float | None:
    """Estimate the fraction beyond a limit without bias; a sample of two with unknown sigma gives none."""
    if plan.sigma_known:
        return _NORMAL.cdf(-q * math.sqrt(plan.n / (plan.n - 1))) if plan.n > 1 else None
    if plan.n < 3:
        return None
    from scipy.special import betainc  # noqa: PLC0415 - heavy to import

    x = min(1.0, max(0.0, 0.5 - q * math.sqrt(plan.n) / (2 * (plan.n - 1))))
    return float(betainc(plan.n / 2 - 1, plan.n / 2 - 1, x))
