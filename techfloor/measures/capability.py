"""Capability: how the spread of a process compares with its specification, always with n and an interval.

Cp, Cpu, Cpl and Cpk take the standard deviation within subgroups, Pp, Ppu, Ppl and Ppk the overall one
(NIST/SEMATECH e-Handbook 6.1.6; Montgomery chapter 8; ISO 22514-2). A process whose chart signals has no capability,
only performance. Values are taken as normal.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from statistics import NormalDist

from techfloor.measures.chart_data import exact, exact_values
from techfloor.measures.chart_parts import Charts
from techfloor.measures.drift import DataError, Number, mean, sd
from techfloor.measures.estimates import Interval, chi_square_factors

FEW = 30
"""Below this many values an index is shown as uncertain."""

_NORMAL = NormalDist()


class Word(StrEnum):
    """What an index may be called."""

    capability = "capability"
    performance = "performance"


class Method(StrEnum):
    """Where the interval of an index comes from."""

    chi_square = "chi-square (NIST e-Handbook 6.1.6; Montgomery, equation 8.19)"
    bissell = "normal approximation (Bissell 1990; NIST e-Handbook 6.1.6; Montgomery, equation 8.21)"
    boyles = "chi-square approximation (Boyles 1991)"


@dataclass(frozen=True)
class Spec:
    """A specification; one side may be missing, the target is half-way unless given."""

    lower: Number | None
    upper: Number | None
    target: Number | None = None

    def __post_init__(self) -> None:
        """Refuse a specification that nothing can meet."""
        low, high = self.ends
        if low is None and high is None:
            raise DataError("a specification has a lower limit, an upper one, or both")
        if low is not None and high is not None and low >= high:
            raise DataError("the lower limit of a specification lies below the upper one")

    @property
    def ends(self) -> tuple[Fraction | None, Fraction | None]:
        """Both limits, exact."""
        return (
            None if self.lower is None else exact(self.lower),
            None if self.upper is None else exact(self.upper),
        )


@dataclass(frozen=True)
class Index:
    """One index; interval and method are None where n or the degrees of freedom are not known."""

    name: str
    value: float
    interval: Interval | None = None
    method: Method | None = None


@dataclass(frozen=True)
class Indices:
    """The indices of one standard deviation, and the share of all pieces that it expects outside.

    `p` is Cp or Pp, `pu`, `pl` and `pk` its companions; with one limit `p`, the other side, `pm` and `k` are None.
    `k` is how far the mean lies from the middle, in halves of the specification (NIST 6.1.6).
    """

    sigma: float
    dof: float | None
    p: Index | None
    pu: Index | None
    pl: Index | None
    pk: Index
    pm: Index | None
    k: float | None
    below: float
    above: float

    @property
    def outside(self) -> float:
        """The share expected outside, on both sides."""
        return self.below + self.above


@dataclass(frozen=True)
class Capability:
    """What a page or a sheet says of a process: indices with n, and what they may be called.

    `within` is None where the chart signals: what is not in control has no capability. `few` marks n below 30.
    Counts of values outside are exact: a value on a limit is inside.
    """

    word: Word
    n: int
    few: bool
    mean: float
    within: Indices | None
    overall: Indices
    counted_below: int
    counted_above: int


def capability(values: Sequence[Number], spec: Spec, charts: Charts, confidence: float = 0.95) -> Capability:
    """Judge a process by all its values and its charts of measured values (I-MR, X-R, X-s).

    The standard deviation within comes from the parameters of the charts, with their degrees of freedom. Cpm is
    given once, with the overall standard deviation.
    """
    if charts.parameters.sigma is None:
        raise DataError("capability is worked out from measured values; chart them as I-MR, X-R or X-s")
    found, n = exact_values(values, 2), len(values)
    overall = indices(spec, mean(found), _scatter(found), n=n, dof=n - 1, confidence=confidence, letter="P")
    within = None
    if charts.in_control:
        parameters = charts.parameters
        sigma = float(charts.parameters.sigma)
        within = replace(indices(spec, mean(found), sigma, n=n, dof=parameters.dof, confidence=confidence), pm=None)
    low, high = spec.ends
    return Capability(
        word=Word.capability if within else Word.performance,
        n=n,
        few=n < FEW,
        mean=mean(found),
        within=within,
        overall=overall,
        counted_below=sum(low is not None and value < low for value in found),
        counted_above=sum(high is not None and value > high for value in found),
    )


def _scatter(values: Sequence[Fraction]) -> float:
    s = sd(values)
    if not s:
        raise DataError("the values do not scatter, so there is no index; check the resolution of the gauge")
    return s


def indices(
    spec: Spec,
    centre: float,
    sigma: float,
    *,
    n: int | None = None,
    dof: float | None = None,
    confidence: float = 0.95,
    letter: str = "C",
) -> Indices:
    """Work out all indices of a mean and a standard deviation; intervals need n and the degrees of freedom."""
    if not (0 < sigma < math.inf and math.isfinite(centre)):
        raise DataError("an index needs a finite mean and a standard deviation above 0")
    if n is not None and n < 2:
        raise DataError("an index needs two values or more")
    if dof is not None and not dof > 0:
        raise DataError("an interval needs degrees of freedom above 0")
    if not 0 < confidence < 1:
        raise DataError("a confidence lies between 0 and 1")
    low, high = (None if end is None else float(end) for end in spec.ends)
    sample = _Sample(letter, centre, sigma, n, dof, confidence)
    pu = None if high is None else sample.one_sided("pu", (high - centre) / (3 * sigma))
    pl = None if low is None else sample.one_sided("pl", (centre - low) / (3 * sigma))
    p = pm = k = None
    if low is not None and high is not None:
        p = sample.potential(high - low)
        pm = sample.about_target(high - low, (low + high) / 2 if spec.target is None else float(exact(spec.target)))
        k = abs(centre - (low + high) / 2) / ((high - low) / 2)
    return Indices(
        sigma=sigma,
        dof=dof,
        p=p,
        pu=pu,
        pl=pl,
        pk=sample.one_sided("pk", min(side.value for side in (pu, pl) if side)),
        pm=pm,
        k=k,
        below=0.0 if low is None else _NORMAL.cdf((low - centre) / sigma),
        above=0.0 if high is None else _NORMAL.cdf((centre - high) / sigma),
    )


@dataclass(frozen=True)
class _Sample:
    """What an index is worked out from, and what its interval needs."""

    letter: str
    centre: float
    sigma: float
    n: int | None
    dof: float | None
    confidence: float

    def potential(self, room: float) -> Index:
        """Cp, the room between the limits by six standard deviations: its interval is that of s."""
        return self._by_chi_square(self.letter + "p", room / (6 * self.sigma), self.dof, Method.chi_square)

    def one_sided(self, name: str, value: float) -> Index:
        """Cpu, Cpl, Cpk: value ± z·√(1/(9n) + value²/(2·dof))."""
        if self.n is None or self.dof is None:
            return Index(self.letter + name, value)
        z = _NORMAL.inv_cdf((1 + self.confidence) / 2)
        half = z * math.sqrt(1 / (9 * self.n) + value * value / (2 * self.dof))
        interval = Interval(value, value - half, value + half, self.confidence)
        return Index(self.letter + name, value, interval, Method.bissell)

    def about_target(self, room: float, target: float) -> Index:
        """Cpm = (USL - LSL)/(6·√(s² + (mean - target)²)); Boyles' degrees of freedom for its interval."""
        off = ((self.centre - target) / self.sigma) ** 2
        dof = None if self.n is None else self.n * (1 + off) ** 2 / (1 + 2 * off)
        return self._by_chi_square("Cpm", room / (6 * self.sigma * math.sqrt(1 + off)), dof, Method.boyles)

    def _by_chi_square(self, name: str, value: float, dof: float | None, method: Method) -> Index:
        if self.n is None or dof is None:
            return Index(name, value)
        low, high = chi_square_factors(dof, self.confidence)
        return Index(name, value, Interval(value, value * low, value * high, self.confidence), method)
