"""Shewhart's control charts: I-MR, X-R, X-s, p, np, c, u, and points against limits that somebody typed.

ISO 7870-2; ASTM MNL 7, part 3; Montgomery, Introduction to Statistical Quality Control, chapters 6 and 7. Limits lie
`width` standard deviations of the point from the centre line, 3 unless asked otherwise. Without a baseline the
limits come from the points themselves (phase I), less those of `left_out`, which are drawn all the same; with one
they are the frozen ones (phase II), whatever else is asked of the estimate. `printed` takes the factors as tables
print them, to agree with what was worked out by hand. All raise DataError, with a sentence, where no chart can come
of the data.
"""

from collections.abc import Collection, Sequence
from fractions import Fraction

from techfloor.measures.chart_data import counts, exact, exact_values, mean_of, root_of, sizes, subgroups, variance_of
from techfloor.measures.chart_parts import (
    Baseline,
    Charts,
    Estimator,
    Family,
    Kind,
    Parameters,
    Place,
    draw,
    even,
    given,
    of_mean,
    of_range,
    of_sd,
    width_of,
)
from techfloor.measures.chart_rules import DEFAULT, LIMITS_ALONE, Rule
from techfloor.measures.chart_sigma import DEVIATIONS, RANGES, between_neighbours, moving_ranges, within
from techfloor.measures.drift import DataError, Number

Groups = Sequence[Sequence[Fraction]]


def x_r_charts(
    groups: Sequence[Sequence[Number]],
    *,
    baseline: Baseline | None = None,
    rules: Collection[Rule] = DEFAULT,
    estimator: Estimator = Estimator.mean_range,
    width: Number = 3,
    left_out: Collection[int] = (),
    printed: bool = False,
) -> Charts:
    """Chart the means and ranges of subgroups (Montgomery 6.2); sizes may differ, each has its own limits.

    Centre: the mean of all values. Sigma: the mean of R/d2(n), or weighted. The ranges are held against their
    limits alone. Above about ten values a range wastes what is known; take X-s.
    """
    return _pair(Family.x_r, subgroups(groups), baseline, rules, _among(estimator, RANGES), width, left_out, printed)


def x_s_charts(
    groups: Sequence[Sequence[Number]],
    *,
    baseline: Baseline | None = None,
    rules: Collection[Rule] = DEFAULT,
    estimator: Estimator = Estimator.mean_sd,
    width: Number = 3,
    left_out: Collection[int] = (),
    printed: bool = False,
) -> Charts:
    """Chart the means and standard deviations of subgroups (Montgomery 6.3); sizes may differ.

    Sigma: the mean of s/c4(n), weighted, or pooled; `pooled_by_size` gives the limits of Montgomery 6.3.2,
    x̿ ± A3(n)·s̄ and B3(n)·s̄, B4(n)·s̄ with the pooled s as s̄.
    """
    return _pair(
        Family.x_s, subgroups(groups), baseline, rules, _among(estimator, DEVIATIONS), width, left_out, printed
    )


def _among(estimator: Estimator, allowed: Collection[Estimator]) -> Estimator:
    if estimator not in allowed:
        raise DataError(f"this chart does not estimate by {estimator.value}")
    return estimator


def _pair(  # noqa: PLR0917 - the arguments of the two charts above
    family: Family,
    groups: Groups,
    baseline: Baseline | None,
    rules: Collection[Rule],
    estimator: Estimator,
    width: Number,
    left_out: Collection[int],
    printed: bool,
) -> Charts:
    numbers = _kept(len(groups), left_out)
    limits, known = _of_baseline(baseline, family, width)
    parameters = known or _of_subgroups([groups[i] for i in numbers], estimator, left_out, printed)
    by_ranges = family is Family.x_r
    means = [of_mean(i, group, parameters, by_ranges=by_ranges) for i, group in enumerate(groups, 1)]
    location = draw(Kind.mean, means, limits, rules, parameters.estimator)
    if by_ranges:
        spreads = [of_range(i, max(g) - min(g), len(g), parameters) for i, g in enumerate(groups, 1)]
    else:
        spreads = [of_sd(i, root_of(variance_of(g)), len(g), parameters) for i, g in enumerate(groups, 1)]
    spread = draw(Kind.range if by_ranges else Kind.sd, spreads, limits, LIMITS_ALONE, parameters.estimator)
    return Charts(family, location, spread, parameters, limits, baseline.id if baseline else None)


def _of_subgroups(groups: Groups, estimator: Estimator, left_out: Collection[int], printed: bool) -> Parameters:
    sigma = within(groups, estimator, printed=printed)
    values = [value for group in groups for value in group]
    return Parameters(
        mean_of(values),
        sigma.value,
        estimator,
        sigma.dof,
        len(groups),
        len(values),
        left_out=tuple(sorted(left_out)),
        printed=printed,
    )


def _kept(how_many: int, left_out: Collection[int]) -> list[int]:
    """Give the places of the points that the estimate uses."""
    if not all(1 <= number <= how_many for number in left_out):
        raise DataError("a point that is left out is named by its number on the chart")
    kept = [i for i in range(how_many) if i + 1 not in left_out]
    if not kept:
        raise DataError("all points are left out")
    return kept


def _of_baseline(baseline: Baseline | None, family: Family, width: Number) -> tuple[Fraction, Parameters | None]:
    """Give the width and the parameters that hold: the frozen ones, where there are some."""
    if baseline is None:
        return width_of(width), None
    if baseline.family is not family:
        raise DataError(f"the limits of {baseline.id} are those of a {baseline.family.value} chart")
    return baseline.width, baseline.parameters


def i_mr_charts(
    values: Sequence[Number],
    *,
    baseline: Baseline | None = None,
    rules: Collection[Rule] = DEFAULT,
    estimator: Estimator = Estimator.moving_range,
    width: Number = 3,
    left_out: Collection[int] = (),
    window: int = 2,
    printed: bool = False,
) -> Charts:
    """Chart single values and their moving ranges (Montgomery 6.4); limits are x̄ ± E2·MR̄ and D3·MR̄, D4·MR̄.

    The moving range of a point is the range of the `window` values that end with it, so that chart begins with
    the point of that number.
    """
    found = exact_values(values, 1 if baseline else 2)
    limits, known = _of_baseline(baseline, Family.i_mr, width)
    parameters = known or _of_single_values(found, window, estimator, left_out, printed)
    sigma = parameters.sigma_at(1)
    singles = [even(i, value, parameters.centre, sigma**2, Fraction(1)) for i, value in enumerate(found, 1)]
    span = parameters.window
    ranges = moving_ranges(found, span) if len(found) >= span else []
    moving = [of_range(i, value, span, parameters) for i, value in enumerate(ranges, span)]
    location = draw(Kind.individuals, singles, limits, rules, parameters.estimator)
    spread = draw(Kind.moving_range, moving, limits, LIMITS_ALONE, parameters.estimator) if moving else None
    return Charts(Family.i_mr, location, spread, parameters, limits, baseline.id if baseline else None)


def _of_single_values(
    values: Sequence[Fraction], window: int, estimator: Estimator, left_out: Collection[int], printed: bool
) -> Parameters:
    """Estimate from the values that are kept, and from the moving ranges that touch none of the others."""
    kept = _kept(len(values), left_out)
    ranges = [
        value
        for first, value in enumerate(moving_ranges(values, window), 1)
        if not set(range(first, first + window)) & set(left_out)
    ]
    if not ranges:
        raise DataError("too few values in a row are kept to have a moving range")
    sigma = between_neighbours(ranges, window, estimator, printed=printed)
    return Parameters(
        mean_of([values[i] for i in kept]),
        sigma.value,
        estimator,
        None if left_out else sigma.dof,
        len(kept),
        len(kept),
        window,
        tuple(sorted(left_out)),
        printed,
    )


def p_chart(
    defectives: Sequence[int],
    samples: int | Sequence[int],
    *,
    baseline: Baseline | None = None,
    rules: Collection[Rule] = DEFAULT,
    width: Number = 3,
    left_out: Collection[int] = (),
) -> Charts:
    """Chart the share of defective pieces; limits step with the size of the sample (Montgomery 7.2).

    p̄ ± width·√(p̄(1 - p̄)/n), held between 0 and 1; p̄ is all defectives by all pieces.
    """
    found, of = _samples(defectives, samples)
    limits, parameters = _counted(Family.p, found, of, baseline, width, left_out)
    p = parameters.centre
    places = [
        Place(i, d / n, p, p * (1 - p) / n, p * (1 - p) / n, n, Fraction(0), Fraction(1))
        for i, (d, n) in enumerate(zip(found, of, strict=True), 1)
    ]
    return _alone(Family.p, Kind.share, places, limits, rules, parameters, baseline)


def np_chart(
    defectives: Sequence[int],
    sample: int,
    *,
    baseline: Baseline | None = None,
    rules: Collection[Rule] = DEFAULT,
    width: Number = 3,
    left_out: Collection[int] = (),
) -> Charts:
    """Chart how many pieces of each sample are defective, all samples of one size (Montgomery 7.2.1)."""
    found, of = _samples(defectives, sample)
    limits, parameters = _counted(Family.np, found, of, baseline, width, left_out)
    p = parameters.centre
    places = [
        Place(i, d, n * p, n * p * (1 - p), n * p * (1 - p), n, Fraction(0), n)
        for i, (d, n) in enumerate(zip(found, of, strict=True), 1)
    ]
    return _alone(Family.np, Kind.defectives, places, limits, rules, parameters, baseline)


def c_chart(
    defects: Sequence[int],
    *,
    baseline: Baseline | None = None,
    rules: Collection[Rule] = DEFAULT,
    width: Number = 3,
    left_out: Collection[int] = (),
) -> Charts:
    """Chart defects of units of one size: c̄ ± width·√c̄ (Montgomery 7.3)."""
    found = counts(defects)
    of = sizes(1, len(found), whole=True)
    limits, parameters = _counted(Family.c, found, of, baseline, width, left_out)
    return _alone(Family.c, Kind.defects, _rates(found, of, parameters.centre), limits, rules, parameters, baseline)


def u_chart(
    defects: Sequence[int],
    units: Number | Sequence[Number],
    *,
    baseline: Baseline | None = None,
    rules: Collection[Rule] = DEFAULT,
    width: Number = 3,
    left_out: Collection[int] = (),
) -> Charts:
    """Chart defects by unit; limits step with how many units were looked at: ū ± width·√(ū/n) (Montgomery 7.3)."""
    found = counts(defects)
    of = sizes(units, len(found), whole=False)
    limits, parameters = _counted(Family.u, found, of, baseline, width, left_out)
    return _alone(Family.u, Kind.rate, _rates(found, of, parameters.centre), limits, rules, parameters, baseline)


def limits_chart(
    values: Sequence[Number],
    lower: Number | None,
    upper: Number | None,
    *,
    centre: Number | None = None,
    rules: Collection[Rule] = LIMITS_ALONE,
) -> Charts:
    """Chart single values against typed limits, one of which may be missing; the centre is half-way unless given.

    The zones of the other rules are thirds of the way to each limit; a side without a limit has none.
    """
    found = exact_values(values)
    low, high = (None if end is None else exact(end) for end in (lower, upper))
    middle = _middle(low, high, None if centre is None else exact(centre))
    up = None if high is None else ((high - middle) / 3) ** 2
    down = None if low is None else ((middle - low) / 3) ** 2
    places = [Place(i, value, middle, up, down, Fraction(1)) for i, value in enumerate(found, 1)]
    return _alone(Family.limits, Kind.individuals, places, Fraction(3), rules, given(middle), None)


def _middle(low: Fraction | None, high: Fraction | None, centre: Fraction | None) -> Fraction:
    if centre is None:
        if low is None or high is None:
            raise DataError("a chart with one limit needs a centre")
        centre = (low + high) / 2
    if (low is not None and low >= centre) or (high is not None and high <= centre):
        raise DataError("the lower limit lies below the centre and the upper limit above it")
    return centre


def _samples(defectives: Sequence[int], samples: int | Sequence[int]) -> tuple[Sequence[Fraction], Sequence[Fraction]]:
    found = counts(defectives)
    of = sizes(samples, len(found), whole=True)
    if any(d > n for d, n in zip(found, of, strict=True)):
        raise DataError("a sample has no more defective pieces than pieces")
    return found, of


def _rates(found: Sequence[Fraction], of: Sequence[Fraction], u: Fraction) -> list[Place]:
    pairs = enumerate(zip(found, of, strict=True), 1)
    return [Place(i, count / n, u, u / n, u / n, n, least=Fraction(0)) for i, (count, n) in pairs]


def _counted(
    family: Family,
    found: Sequence[Fraction],
    of: Sequence[Fraction],
    baseline: Baseline | None,
    width: Number,
    left_out: Collection[int],
) -> tuple[Fraction, Parameters]:
    """Give the width and the parameters of a chart of counts: all that was counted by all it was counted in."""
    kept = _kept(len(found), left_out)
    limits, known = _of_baseline(baseline, family, width)
    if known is None:
        pieces = sum((of[i] for i in kept), Fraction(0))
        share = sum((found[i] for i in kept), Fraction(0)) / pieces
        estimator = Estimator.binomial if family in {Family.p, Family.np} else Estimator.poisson
        of_what = pieces.numerator if pieces.denominator == 1 else float(pieces)
        known = Parameters(share, None, estimator, None, len(kept), of_what, left_out=tuple(sorted(left_out)))
    binomial = family in {Family.p, Family.np}
    if known.centre <= 0 or (binomial and known.centre >= 1):
        raise DataError("where nothing was counted, or everything, there are no limits; gather more samples")
    return limits, known


def _alone(  # noqa: PLR0917 - what every single chart has
    family: Family,
    kind: Kind,
    places: Sequence[Place],
    width: Fraction,
    rules: Collection[Rule],
    parameters: Parameters,
    baseline: Baseline | None,
) -> Charts:
    location = draw(kind, places, width, rules, parameters.estimator)
    return Charts(family, location, None, parameters, width, baseline.id if baseline else None)
