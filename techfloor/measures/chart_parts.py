"""What a control chart is: points with their limits, the signals, and the frozen limits of phase I.

A page or a sheet draws from these alone: every number it shows stands here, and whether a point is out is said by
the signals, never found again by comparing the floats.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from techfloor.measures.chart_constants import Factors, table
from techfloor.measures.chart_data import exact, mean_of, root_of
from techfloor.measures.chart_rules import Course, Rule, Signal, signals
from techfloor.measures.drift import DataError, Number

ENOUGH_SUBGROUPS = 20


class Kind(StrEnum):
    """What the points of one chart are."""

    individuals = "I"
    moving_range = "MR"
    mean = "X̄"
    range = "R"
    sd = "s"
    share = "p"
    defectives = "np"
    defects = "c"
    rate = "u"
    ewma = "EWMA"


class Family(StrEnum):
    """A chart, or the pair of charts that belong together."""

    i_mr = "I-MR"
    x_r = "X-R"
    x_s = "X-s"
    p = "p"
    np = "np"
    c = "c"
    u = "u"
    ewma = "EWMA"
    limits = "typed limits"


class Estimator(StrEnum):
    """How the standard deviation of one value was found; it is named on every chart."""

    mean_range = "R̄/d2"
    weighted_range = "weighted R/d2"
    mean_sd = "s̄/c4"
    weighted_sd = "weighted s/c4"
    pooled_sd = "pooled s/c4"
    pooled_by_size = "pooled s, c4 of each subgroup"
    moving_range = "MR̄/d2"
    median_moving_range = "median MR/d4"
    binomial = "binomial"
    poisson = "Poisson"
    given = "given"


@dataclass(frozen=True)
class Parameters:
    """What the limits are made of: centre and standard deviation of one value, and what they stand on.

    `centre` is a mean, a share or a count for each unit. `sigma` is None where the centre gives it (p, np, c, u),
    `dof` its degrees of freedom, None where they are not known. Counts are of what the estimate used (values, pieces,
    or units); subgroups that were left out of it are named by their number. `printed` says that rounded factors were
    taken. `str` and `Fraction` write centre and sigma down and read them again, exactly.
    """

    centre: Fraction
    sigma: Fraction | None
    estimator: Estimator
    dof: float | None = None
    subgroups: int = 0
    values: float = 0
    window: int = 2
    left_out: tuple[int, ...] = ()
    printed: bool = False

    @property
    def is_firm(self) -> bool:
        """Whether the estimate stands on 20 subgroups or more (Montgomery 6.2.1), or was given."""
        return self.estimator is Estimator.given or self.subgroups >= ENOUGH_SUBGROUPS

    def sigma_at(self, size: int) -> Fraction:
        """Give the standard deviation of one value as the limits of a subgroup of this size take it."""
        assert self.sigma is not None
        if self.estimator is Estimator.pooled_by_size:
            return self.sigma / exact(self.factors(size).c4)
        return self.sigma

    def factors(self, size: int) -> Factors:
        """Give the factors that the limits of a subgroup of this size take."""
        return table(printed=self.printed)(size)


def given(centre: Number, sigma: Number | None = None) -> Parameters:
    """Take centre and standard deviation as known: a target, or a process that was studied before."""
    known = None if sigma is None else exact(sigma)
    if known is not None and known <= 0:
        raise DataError("a standard deviation is above 0")
    return Parameters(exact(centre), known, Estimator.given, dof=math.inf)


@dataclass(frozen=True)
class ChartPoint:
    """One point with its own limits; a limit is None where there is none on that side.

    `number` counts subgroups from 1, `size` is how many values, pieces or units it stands for, `sigmas` how far it
    lies from the centre in standard deviations of its own, upwards positive.
    """

    number: int
    value: float
    lower: float | None
    centre: float
    upper: float | None
    size: float
    sigmas: float


@dataclass(frozen=True)
class Limits:
    """The limits of one chart at one size."""

    kind: Kind
    size: float
    lower: float | None
    centre: float
    upper: float | None


@dataclass(frozen=True)
class Chart:
    """One chart, ready to be drawn: points, signals, the rules that were asked and the limits' width in sigma."""

    kind: Kind
    points: tuple[ChartPoint, ...]
    signals: tuple[Signal, ...]
    rules: tuple[Rule, ...]
    width: float
    estimator: Estimator

    @property
    def in_control(self) -> bool:
        """Whether no rule fired."""
        return not self.signals

    @property
    def signalled(self) -> tuple[int, ...]:
        """The numbers of the points at which a rule fired."""
        return tuple(sorted({signal.at for signal in self.signals}))

    @property
    def beyond_limits(self) -> tuple[int, ...]:
        """The numbers of the points beyond a limit."""
        rules = {Rule.nelson_1, Rule.western_1}
        return tuple(sorted({signal.at for signal in self.signals if signal.rule in rules}))

    @property
    def limits(self) -> Limits:
        """The limits at the size that most points have, where the last point of that size stands."""
        sizes = Counter(point.size for point in self.points)
        usual = max(self.points, key=lambda point: (sizes[point.size], point.number))
        return Limits(self.kind, usual.size, usual.lower, usual.centre, usual.upper)


@dataclass(frozen=True)
class Baseline:
    """The limits of phase I, frozen under an id: what later points are held against.

    `limits` are those of each chart at its usual size; at other sizes they follow from the parameters.
    """

    id: str
    family: Family
    parameters: Parameters
    width: Fraction
    limits: tuple[Limits, ...]


@dataclass(frozen=True)
class Charts:
    """A chart, or the pair of charts of location and spread, with the parameters behind their limits.

    `baseline` is the id of the frozen limits; None while the limits come from these points themselves (phase I).
    """

    family: Family
    location: Chart
    spread: Chart | None
    parameters: Parameters
    width: Fraction
    baseline: str | None = None

    @property
    def in_control(self) -> bool:
        """Whether no rule fired on any chart."""
        return self.location.in_control and (self.spread is None or self.spread.in_control)

    @property
    def drawn(self) -> tuple[Chart, ...]:
        """The charts in the order they are drawn."""
        return (self.location,) if self.spread is None else (self.location, self.spread)


def freeze(baseline: str, charts: Charts) -> Baseline:
    """Freeze the limits of phase I under an id; limits that are frozen already keep theirs."""
    _refuse_no_id(baseline)
    if charts.baseline is not None:
        raise DataError(f"these limits are frozen already, as {charts.baseline}")
    if charts.family in {Family.ewma, Family.limits}:
        raise DataError("limits are frozen on a chart that works them out of its points")
    limits = tuple(chart.limits for chart in charts.drawn)
    return Baseline(baseline, charts.family, charts.parameters, charts.width, limits)


def _refuse_no_id(baseline: str) -> None:
    if not baseline.strip():
        raise DataError("frozen limits need an id")


def known(baseline: str, family: Family, parameters: Parameters, width: Number = 3) -> Baseline:
    """Make a baseline from known parameters, without points of phase I; measured values need a known sigma."""
    _refuse_no_id(baseline)
    if parameters.sigma is None and family in {Family.i_mr, Family.x_r, Family.x_s}:
        raise DataError("this chart needs the standard deviation of one value")
    return Baseline(baseline, family, parameters, width_of(width), ())


def width_of(width: Number) -> Fraction:
    """Give the width of limits in standard deviations; above zero."""
    found = exact(width)
    if found <= 0:
        raise DataError("limits lie more than 0 standard deviations from the centre line")
    return found


@dataclass(frozen=True)
class Place:
    """One point before it is drawn, exact: value, centre, variance on each side, and where limits end.

    `up` and `down` are the variances above and below; None stands for a side without a limit.
    """

    number: int
    value: Fraction
    centre: Fraction
    up: Fraction | None
    down: Fraction | None
    size: Fraction
    least: Fraction | None = None
    most: Fraction | None = None

    @property
    def height(self) -> Fraction:
        """How far the value lies from the centre: ±z², 0 on a side without a limit."""
        apart = self.value - self.centre
        variance = self.up if apart > 0 else self.down
        if not variance:
            return Fraction(0)
        return apart * abs(apart) / variance

    def drawn(self, width: Fraction) -> ChartPoint:
        """Work out the limits in floats, to be shown."""
        lower = None if self.down is None else self.centre - width * root_of(self.down)
        upper = None if self.up is None else self.centre + width * root_of(self.up)
        if lower is not None and self.least is not None:
            lower = max(lower, self.least)
        if upper is not None and self.most is not None:
            upper = min(upper, self.most)
        return ChartPoint(
            self.number,
            float(self.value),
            None if lower is None else float(lower),
            float(self.centre),
            None if upper is None else float(upper),
            float(self.size),
            math.copysign(float(root_of(abs(self.height))), self.height),
        )


def draw(kind: Kind, places: Sequence[Place], width: Fraction, rules: Collection[Rule], estimator: Estimator) -> Chart:
    """Make the chart of some points: their limits and the signals of the chosen rules."""
    course = Course(
        tuple(place.number for place in places),
        tuple(place.value for place in places),
        tuple(place.height for place in places),
        width,
    )
    points = tuple(place.drawn(width) for place in places)
    chosen = tuple(rule for rule in Rule if rule in rules)
    return Chart(kind, points, signals(course, rules), chosen, float(width), estimator)


def even(number: int, value: Fraction, centre: Fraction, variance: Fraction, size: Fraction) -> Place:
    """Make a point whose limits lie equally far on both sides."""
    return Place(number, value, centre, variance, variance, size)


def of_mean(number: int, group: Sequence[Fraction], parameters: Parameters, *, by_ranges: bool) -> Place:
    """Make the point of a mean of n values; printed factors take A2 or A3 for 3/√n."""
    n = len(group)
    variance = parameters.sigma_at(n) ** 2 / n
    if parameters.printed:
        row = parameters.factors(n)
        factor = exact(row.A2) * exact(row.d2) if by_ranges else exact(row.A3) * exact(row.c4)
        variance = (factor * parameters.sigma_at(n) / 3) ** 2
    return even(number, mean_of(group), parameters.centre, variance, Fraction(n))


def of_range(number: int, value: Fraction, n: int, parameters: Parameters) -> Place:
    """Make the point of a range of n values: its mean is d2·sigma, D4 stands three deviations above it."""
    row = parameters.factors(n)
    return _of_spread(number, value, n, exact(row.d2) * parameters.sigma_at(n), row.D4)


def of_sd(number: int, value: Fraction, n: int, parameters: Parameters) -> Place:
    """Make the point of a standard deviation of n values: its mean is c4·sigma, B4 stands three deviations above."""
    row = parameters.factors(n)
    return _of_spread(number, value, n, exact(row.c4) * parameters.sigma_at(n), row.B4)


def _of_spread(number: int, value: Fraction, n: int, centre: Fraction, upper: float) -> Place:
    variance = ((exact(upper) - 1) / 3 * centre) ** 2
    return Place(number, value, centre, variance, variance, Fraction(n), least=Fraction(0))
