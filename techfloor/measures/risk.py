"""Risks of a whole process: how often a decision rule accepts a bad gauge or rejects a good one.

Normal process, normal measurement without bias, as in JCGM 106:2012 clause 9 and ANSI/NCSL Z540.3.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, fmean

_NORMAL = NormalDist()
_FAR = 9.0
FEWEST = 20
"""So many results as found let the process be estimated; the risks of fewer would be a guess."""


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
    ends = (end + step * u for end in (acceptance.lower, acceptance.upper) for step in (-_FAR, 0, _FAR))
    steep = [(end - process_mean) / process_sd for end in ends]
    wrong = accepted_and(inside=False)
    pfa = _integral(wrong, -_FAR, low, steep) + _integral(wrong, high, _FAR, steep)
    pfr = _integral(accepted_and(inside=True), low, high, steep)
    accepted = acceptance.share(process_mean, math.hypot(process_sd, u))
    return GlobalRisk(pfa, pfr, pfa / accepted if accepted else 0.0)


def _integral(function: Callable[[float], float], low: float, high: float, steep: Sequence[float]) -> float:
    """Integrate piece by piece: where U is small, acceptance changes so steeply that one piece would step over it."""
    from scipy.integrate import quad  # noqa: PLC0415 - heavy to import

    if low >= high:
        return 0.0
    ends = sorted({low, (low + high) / 2, high, *(end for end in steep if low < end < high)})
    return sum(float(quad(function, a, b, epsabs=1e-12, limit=200)[0]) for a, b in pairwise(ends))


@dataclass(frozen=True)
class Process:
    """How gauges come: the centre and the scatter of their true errors, estimated from `n` results as found.

    `parted` is False where the results scatter no more than their uncertainty lets expect: then `sd` is the whole
    scatter, which the true errors do not exceed.
    """

    n: int
    mean: float
    sd: float
    parted: bool


def process_of(results: Sequence[tuple[float, float]]) -> Process | None:
    """Estimate the process from (error, standard uncertainty) of results; None where they do not scatter at all.

    The errors scatter by the process and by the measurement together, so the mean square of u is taken off their
    variance (JCGM 106:2012, clause 9: results are the sum of both). Needs at least FEWEST results, else ValueError.
    """
    if len(results) < FEWEST:
        raise ValueError(f"a process is estimated from at least {FEWEST} results")
    centre = fmean(error for error, _u in results)
    whole = sum((error - centre) ** 2 for error, _u in results) / (len(results) - 1)
    own = whole - fmean(u * u for _error, u in results)
    if whole <= 0:
        return None
    return Process(len(results), centre, math.sqrt(own if own > 0 else whole), own > 0)


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
