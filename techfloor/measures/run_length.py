"""How long charts run before they signal: average run lengths, in control and after a shift.

Shewhart's chart with any rules of zones: an exact Markov chain (Champ and Woodall, Technometrics 29 (1987) 393).
CUSUM and EWMA: the integral equation of the run length (Page, Biometrika 41 (1954) 100; Crowder, Technometrics 29
(1987) 401), solved at Gauss and Legendre's points. Values are normal and independent, sigma is known, and each
length counts the points from a fresh start up to the signal. Shifts are in standard deviations of one value.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Any

from techfloor.measures.chart_rules import AVOIDING, HUGGING, RUNS, Rule
from techfloor.measures.drift import DataError

_NORMAL = NormalDist()
_NO_CHAIN = {Rule.nelson_3, Rule.nelson_4}

State = tuple[int, ...]


@dataclass(frozen=True)
class RunLength:
    """Mean and standard deviation of how many points a chart runs until it signals."""

    mean: float
    sd: float


@dataclass(frozen=True)
class _Track:
    """What a rule remembers: which of the last `of` - 1 points counted, as bits, or how many of them in a row."""

    counts: Callable[[float], bool]
    need: int
    of: int

    def next(self, state: int, place: float) -> int | None:
        """Give the state after a point at this place; None where the rule fires."""
        hit = self.counts(place)
        if self.need == self.of:
            state = state + 1 if hit else 0
            return None if state == self.need else state
        state = state << 1 | hit
        if hit and state.bit_count() >= self.need:
            return None
        return state & ((1 << (self.of - 1)) - 1)


@dataclass(frozen=True)
class _Zone:
    """A stretch of the scale in which all points do the same to every rule, by its middle and its chance."""

    middle: float
    chance: float


def false_alarm_rate(limit: float = 3.0) -> float:
    """Give the chance that a point of a process in control lies beyond the limits, 0.0027 for 3."""
    return 2 * _NORMAL.cdf(-_above_zero(limit))


def shewhart_run_length(rules: Collection[Rule], shift: float = 0.0, *, size: int = 1, limit: float = 3.0) -> RunLength:
    """Give the run length of a chart of means under some rules; rule 1 alone gives 1/p.

    The chain's states are what the rules remember. Nelson 3 and 4 look at values and not at zones, so they have
    no such chain; they raise DataError.
    """
    if not rules or _NO_CHAIN & set(rules):
        raise DataError("run lengths are worked out for rules of zones: all but Nelson 3 and 4, one or more")
    if not math.isfinite(shift) or size < 1:
        raise DataError("a shift is a finite number, and a subgroup holds one value or more")
    tracks = [track for rule in Rule if rule in rules for track in _tracks(rule, _above_zero(limit))]
    zones = _zones(limit, shift * math.sqrt(size))
    return _absorption(*_chain(tracks, zones))


def _above_zero(limit: float) -> float:
    if not 0 < limit < math.inf:
        raise DataError("a limit lies above 0")
    return limit


def _tracks(rule: Rule, limit: float) -> list[_Track]:
    if rule is Rule.nelson_7:
        return [_Track(lambda place: abs(place) < 1, HUGGING, HUGGING)]
    if rule is Rule.nelson_8:
        return [_Track(lambda place: abs(place) > 1, AVOIDING, AVOIDING)]
    run = RUNS[rule]
    beyond = limit if run.beyond is None else run.beyond
    return [
        _Track(lambda place: place > beyond, run.need, run.of),
        _Track(lambda place: -place > beyond, run.need, run.of),
    ]


def _zones(limit: float, shift: float) -> list[_Zone]:
    lines = sorted({0.0, *(side * line for side in (-1, 1) for line in (1.0, 2.0, limit))})
    ends = [-math.inf, *lines, math.inf]
    zones = []
    for low, high in pairwise(ends):
        middle = low + 1 if math.isinf(high) else high - 1 if math.isinf(low) else (low + high) / 2
        zones.append(_Zone(middle, _between(low - shift, high - shift)))
    return zones


def _between(low: float, high: float) -> float:
    """Give the share of a normal distribution, by the tail that keeps its digits."""
    if low > 0:
        return _NORMAL.cdf(-low) - _NORMAL.cdf(-high)
    return _NORMAL.cdf(high) - _NORMAL.cdf(low)


def _chain(tracks: list[_Track], zones: list[_Zone]) -> tuple[int, dict[tuple[int, int], float]]:
    """Walk through all states from the fresh start: how many there are, and the chance of each step."""
    start: State = (0,) * len(tracks)
    places, waiting = {start: 0}, [start]
    steps: dict[tuple[int, int], float] = {}
    while waiting:
        state = waiting.pop()
        for zone in zones:
            after = _step(tracks, state, zone.middle)
            if after is None:
                continue
            if after not in places:
                places[after] = len(places)
                waiting.append(after)
            step = places[state], places[after]
            steps[step] = steps.get(step, 0.0) + zone.chance
    return len(places), steps


def _step(tracks: list[_Track], state: State, place: float) -> State | None:
    after = []
    for track, remembered in zip(tracks, state, strict=True):
        following = track.next(remembered, place)
        if following is None:
            return None
        after.append(following)
    return tuple(after)


def _absorption(states: int, steps: dict[tuple[int, int], float]) -> RunLength:
    """Solve (1 - Q)·L = 1 for the means and (1 - Q)·M = L for the second moment, from the fresh start."""
    import numpy as np  # noqa: PLC0415 - heavy to import
    from scipy.sparse import csc_matrix, identity  # noqa: PLC0415 - heavy to import
    from scipy.sparse.linalg import splu  # noqa: PLC0415 - heavy to import

    rows, columns = zip(*steps, strict=True) if steps else ((), ())
    moves = csc_matrix((list(steps.values()), (rows, columns)), shape=(states, states))
    solved = splu(csc_matrix(identity(states) - moves))
    means = solved.solve(np.ones(states))
    mean = float(means[0])
    variance = 2 * float(solved.solve(means)[0]) - mean - mean * mean
    return RunLength(mean, math.sqrt(max(0.0, variance)))


def cusum_run_length(k: float, h: float, shift: float = 0.0, *, head_start: float = 0.0, sided: int = 2) -> float:
    """Give the average run length of a tabular CUSUM, of both sums together or of the upper one alone.

    k, h and the shift are in standard deviations of a plotted value; `head_start` is the share of h at which the
    sums begin. The two sums are joined as Lucas and Crosier (Technometrics 24 (1982) 199) do.
    """
    if not (0 <= k < math.inf and 0 < h <= 100 and math.isfinite(shift) and 0 <= head_start < 1):
        raise DataError("a CUSUM needs k from 0, h above 0 to 100, and a head start from 0 to less than 1")
    if sided not in {1, 2}:
        raise DataError("a CUSUM has one side or two")
    fresh, upper = _one_sided(k, h, shift, head_start * h)
    if sided == 1:
        return upper
    fresh_low, lower = _one_sided(k, h, -shift, head_start * h)
    return (upper * fresh_low + fresh * lower - fresh * fresh_low) / (fresh + fresh_low)


def _one_sided(k: float, h: float, shift: float, start: float) -> tuple[float, float]:
    """Give the run length of an upper sum from zero, and from its start.

    L(z) = 1 + L(0)·Phi(k - z - shift) + the integral of L(y)·phi(y + k - z - shift) over y from 0 to h.
    """
    import numpy as np  # noqa: PLC0415 - heavy to import
    from scipy.special import ndtr  # noqa: PLC0415 - heavy to import

    points, weights = _points(0.0, h)

    def row(z: Any) -> Any:
        apart = k - shift - np.asarray(z)
        kernel = _density(points[None, :] + apart[:, None]) * weights[None, :]
        return np.concatenate([ndtr(apart)[:, None], kernel], axis=1)

    everywhere = row(np.concatenate([[0.0], points]))
    lengths = np.linalg.solve(np.eye(len(everywhere)) - everywhere, np.ones(len(everywhere)))
    return float(lengths[0]), 1 + float((row([start]) @ lengths)[0])


def _density(z: Any) -> Any:
    import numpy as np  # noqa: PLC0415 - heavy to import

    return np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _points(low: float, high: float, kernel: float = 1.0) -> tuple[Any, Any]:
    """Give the points and weights of Gauss and Legendre, enough for a kernel of this width."""
    import numpy as np  # noqa: PLC0415 - heavy to import

    nodes, weights = np.polynomial.legendre.leggauss(32 + math.ceil(8 * (high - low) / kernel))
    return low + (nodes + 1) * (high - low) / 2, weights * (high - low) / 2


def siegmund_run_length(k: float, h: float, shift: float = 0.0, *, sided: int = 2) -> float:
    """Approximate the run length of a CUSUM in closed form (Siegmund 1985; Montgomery 9.1.4), to a few percent."""
    if not (math.isfinite(k) and h > 0 and math.isfinite(shift)) or sided not in {1, 2}:
        raise DataError("a CUSUM needs a finite k and shift, h above 0, and one side or two")
    sides = [_siegmund(side * shift - k, h + 1.166) for side in (1, -1)[:sided]]
    return 1 / sum(1 / length for length in sides)


def _siegmund(drift: float, height: float) -> float:
    if abs(drift) < 1e-8:
        return height * height
    exponent = -2 * drift * height
    return (math.exp(exponent) - exponent - 1) / (2 * drift * drift)


def ewma_run_length(weight: float, width: float, shift: float = 0.0) -> float:
    """Give the average run length of an EWMA that begins at its centre, with the steady limits of the long run.

    L(z) = 1 + the integral of L(y)·phi((y - (1 - weight)·z)/weight - shift)/weight over y between the limits
    ± width·√(weight/(2 - weight)); width and shift are in standard deviations of a plotted value. Limits that
    open up signal a little earlier. A weight of 1 gives Shewhart's chart.
    """
    import numpy as np  # noqa: PLC0415 - heavy to import

    if not (0.001 <= weight <= 1 and 0 < width <= 10 and math.isfinite(shift)):
        raise DataError("an EWMA needs a weight from 0.001 to 1 and limits above 0 to 10 standard deviations")
    end = width * math.sqrt(weight / (2 - weight))
    points, weights = _points(-end, end, weight)

    def row(z: Any) -> Any:
        apart = (points[None, :] - (1 - weight) * np.asarray(z)[:, None]) / weight - shift
        return _density(apart) * weights[None, :] / weight

    everywhere = row(points)
    lengths = np.linalg.solve(np.eye(len(points)) - everywhere, np.ones(len(points)))
    return 1 + float((row([0.0]) @ lengths)[0])
