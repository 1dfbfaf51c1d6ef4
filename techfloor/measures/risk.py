"""Risks of a whole process: how often a decision rule accepts a bad gauge or rejects a good one.

Normal process, normal measurement without bias, as in JCGM 106:2012 clause 9 and ANSI/NCSL Z540.3.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()
_FAR = 9.0


@dataclass(frozen=True)
class GlobalRisk:
    """Share of all gauges accepted though bad, rejected though good, and bad among the accepted ones."""

    pfa: float
    pfr: float
    conditional_pfa: float


@dataclass(frozen=True)
class Zone:
    """An interval of true values or of results; ends may be infinite."""

    lower: float
    upper: float

    def share(self, centre: float, sd: float) -> float:
        """Give how much of a normal distribution lies inside."""
        return max(0.0, _NORMAL.cdf((self.upper - centre) / sd) - _NORMAL.cdf((self.lower - centre) / sd))


def global_risk(
    tolerance: Zone, acceptance: Zone, process_sd: float, u: float, process_mean: float = 0.0
) -> GlobalRisk:
    """Integrate over the process: who is accepted, and how many of them lie outside the tolerance.

    All in one unit; both standard deviations above zero. Estimate the process from no fewer than 20 as-found
    records, or the answer is a guess.
    """
    if process_sd <= 0 or u <= 0:
        raise ValueError("the process and the measurement both scatter")

    def accepted_and(inside: bool) -> Callable[[float], float]:
        def density(z: float) -> float:
            accepted = acceptance.share(process_mean + process_sd * z, u)
            weight = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
            return weight * (1 - accepted if inside else accepted)

        return density

    low = max(-_FAR, min(_FAR, (tolerance.lower - process_mean) / process_sd))
    high = max(-_FAR, min(_FAR, (tolerance.upper - process_mean) / process_sd))
    pfa = _integral(accepted_and(inside=False), -_FAR, low) + _integral(accepted_and(inside=False), high, _FAR)
    pfr = _integral(accepted_and(inside=True), low, high)
    accepted = acceptance.share(process_mean, math.hypot(process_sd, u))
    return GlobalRisk(pfa, pfr, pfa / accepted if accepted else 0.0)


def _integral(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.integrate import quad  # noqa: PLC0415 - heavy to import

    if low >= high:
        return 0.0
    middle = (low + high) / 2
    return sum(float(quad(function, a, b, epsabs=1e-12, limit=200)[0]) for a, b in ((low, middle), (middle, high)))


def process_sd_for(in_tolerance: float, half_width: float) -> float:
    """Give the standard deviation of a centred process of which this share lies within ± half_width."""
    return half_width / _NORMAL.inv_cdf((1 + in_tolerance) / 2)


def worst_case_pfa(tur: float, multiplier: float = 0.0) -> float:
    """Give the highest share of false accepts that any centred process can reach.

    The tolerance is ± L, U95 = L / TUR with k = 2, and results are accepted within ± (L - M·U95).
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - heavy to import

    expanded = 1 / tur
    acceptance = Zone(-1 + multiplier * expanded, 1 - multiplier * expanded)

    def escaped(log_sd: float) -> float:
        return -global_risk(Zone(-1, 1), acceptance, math.exp(log_sd), expanded / 2).pfa

    found = minimize_scalar(escaped, bounds=(math.log(0.05), math.log(20)), method="bounded")
    return -float(found.fun)
