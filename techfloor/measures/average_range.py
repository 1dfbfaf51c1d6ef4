"""Gauge R&R by averages and ranges, as it is done by hand, and the short range method.

AIAG, Measurement Systems Analysis, 4th edition, chapter III B and appendix C. The factors K are worked out and not
looked up: K = 1/d2*, d2* = sqrt(d2² + d3²/g) for the mean of g ranges of m values each (Duncan 1974).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from techfloor.measures.because import because
from techfloor.measures.chart_constants import range_mean, range_sd
from techfloor.measures.drift import Number, exact_mean
from techfloor.measures.gauge_study import GaugeResult, Scale, Source, categories, lines_of
from techfloor.measures.study import Study, StudyError


def range_factor(values: int, ranges: int | None = None) -> float:
    """Give d2*: what a mean of so many ranges is divided by to estimate sigma; None ranges: endless, d2 itself.

    With it (mean range / d2*)² is without bias. Raises StudyError for fewer than two values or one range.
    """
    if values < 2 or (ranges is not None and ranges < 1):
        raise StudyError("A range is of two values at least, and a mean of one range.")
    d2 = range_mean(values)
    return d2 if ranges is None else math.sqrt(d2 * d2 + range_sd(values) ** 2 / ranges)


@dataclass(frozen=True)
class AverageRange:
    """The result with what it was worked out from: mean range, spans of the means, and the three factors."""

    result: GaugeResult
    mean_range: float
    appraiser_span: float
    part_span: float
    k1: float
    k2: float
    k3: float


def average_range(study: Study, scale: Scale | None = None) -> AverageRange:
    """Estimate repeatability (EV), appraiser variation (AV) and part variation (PV) from ranges.

    EV = mean range·K1, AV = sqrt((span of appraisers' means·K2)² - EV²/(parts·repeats)), PV = span of parts'
    means·K3. K1 takes the many ranges of a study for endless, as AIAG's form does. AV² below 0 counts as 0. The
    interaction is not told apart; analysis of variance does that. Raises StudyError where nothing scatters.
    """
    appraisers, parts, repeats = study.size
    mean_range = float(exact_mean([_span(cell) for line in study.readings for cell in line]))
    of_appraisers = _span([exact_mean([v for cell in line for v in cell]) for line in study.readings])
    of_parts = _span([exact_mean([v for cell in column for v in cell]) for column in study.by_part])
    k1, k2, k3 = 1 / range_factor(repeats), 1 / range_factor(appraisers, 1), 1 / range_factor(parts, 1)
    repeatability = (mean_range * k1) ** 2
    between = (float(of_appraisers) * k2) ** 2 - repeatability / (parts * repeats)
    part = (float(of_parts) * k3) ** 2
    appraiser = max(0.0, between)
    variances = {
        Source.gauge: repeatability + appraiser,
        Source.repeatability: repeatability,
        Source.appraiser: appraiser,
        Source.part: part,
        Source.total: repeatability + appraiser + part,
    }
    if not variances[Source.total]:
        raise StudyError("Neither ranges nor means differ: the gauge does not tell the parts apart.")
    clipped = frozenset({Source.appraiser}) if between < 0 else frozenset[Source]()
    notes = (because("The variance of %(source)s came out negative and counts as 0.", source=Source.appraiser),)
    ndc, ratio = categories(math.sqrt(part), math.sqrt(variances[Source.gauge]))
    lines = lines_of(variances, scale or Scale(), clipped)
    result = GaugeResult(study, scale or Scale(), lines, ndc, ratio, notes=notes if clipped else ())
    return AverageRange(result, mean_range, float(of_appraisers), float(of_parts), k1, k2, k3)


def _span(values: Sequence[Number]) -> Fraction:
    exact = [Fraction(value) for value in values]
    return max(exact) - min(exact)


@dataclass(frozen=True)
class RangeMethod:
    """A quick look: gauge R&R in one figure, without repeats. `percent` is its share of the process's deviation."""

    mean_range: float
    factor: float
    sd: float
    percent: float | None


def range_method(readings: Sequence[Sequence[Number]], process_sd: float | None = None) -> RangeMethod:
    """Estimate gauge R&R from parts that each appraiser read once, given part by part. Raises StudyError."""
    sizes = {len(each) for each in readings}
    if len(sizes) != 1 or min(sizes) < 2 or len(readings) < 2:
        raise StudyError("The range method needs two parts, each read once by each of two appraisers.")
    if process_sd is not None and not 0 < process_sd < math.inf:
        raise StudyError("The standard deviation of the process is above 0.")
    middle = float(exact_mean([_span(each) for each in readings]))
    factor = range_factor(sizes.pop(), len(readings))
    sd = middle / factor
    return RangeMethod(middle, factor, sd, None if process_sd is None else 100 * sd / process_sd)
