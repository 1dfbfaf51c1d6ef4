"""The pictures of a gauge study: averages and ranges by appraiser and part, with their limits.

AIAG, Measurement Systems Analysis, 4th edition, chapter III B. A point on a limit is not out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from techfloor.measures.chart_constants import factors
from techfloor.measures.drift import Number, exact_mean
from techfloor.measures.study import Study


@dataclass(frozen=True)
class StudyPoint:
    """What one appraiser read on one part: mean and range of the repeats, and whether each is outside its limits."""

    appraiser: str
    part: str
    readings: tuple[float, ...]
    mean: float
    range: float
    mean_out: bool
    range_out: bool


@dataclass(frozen=True)
class Limits:
    """Centre line and limits at three standard deviations, from the mean range of the repeats."""

    lower: float
    centre: float
    upper: float


@dataclass(frozen=True)
class StudyCharts:
    """All pictures: `points` go by appraiser, then part, as the charts of averages and ranges show them.

    `by_part` gives for each part the mean over all, `by_appraiser` for each appraiser; the lines of the
    interaction plot are the points of one appraiser.
    """

    points: tuple[StudyPoint, ...]
    means: Limits
    ranges: Limits
    by_part: tuple[tuple[str, float], ...]
    by_appraiser: tuple[tuple[str, float], ...]

    @property
    def consistent(self) -> bool:
        """Whether no range is out: appraisers repeat themselves equally well."""
        return not any(point.range_out for point in self.points)

    @property
    def discriminates(self) -> bool:
        """Whether at least half of the averages are out: parts differ by more than repeats do."""
        return 2 * sum(point.mean_out for point in self.points) >= len(self.points)

    def of(self, appraiser: str) -> tuple[StudyPoint, ...]:
        """Give the points of one appraiser, in the order of the parts."""
        return tuple(point for point in self.points if point.appraiser == appraiser)


def study_charts(study: Study) -> StudyCharts:
    """Work out the charts of a study; the limits hold for the means and ranges of `repeats` values."""
    cells = [
        (appraiser, part, [Fraction(value) for value in cell])
        for appraiser, line in zip(study.appraisers, study.readings, strict=True)
        for part, cell in zip(study.parts, line, strict=True)
    ]
    grand = exact_mean([value for _, _, cell in cells for value in cell])
    width = exact_mean([max(cell) - min(cell) for _, _, cell in cells])
    by = factors(study.repeats)
    reach = by.A2 * float(width)
    means = Limits(float(grand) - reach, float(grand), float(grand) + reach)
    ranges = Limits(by.D3 * float(width), float(width), by.D4 * float(width))
    return StudyCharts(
        tuple(_point(appraiser, part, cell, means, ranges) for appraiser, part, cell in cells),
        means,
        ranges,
        tuple((name, _level(column)) for name, column in zip(study.parts, study.by_part, strict=True)),
        tuple((name, _level(line)) for name, line in zip(study.appraisers, study.readings, strict=True)),
    )


def _point(appraiser: str, part: str, cell: Sequence[Fraction], means: Limits, ranges: Limits) -> StudyPoint:
    mean, width = float(exact_mean(cell)), float(max(cell) - min(cell))
    return StudyPoint(
        appraiser, part, tuple(map(float, cell)), mean, width, _is_out(mean, means), _is_out(width, ranges)
    )


def _is_out(value: float, limits: Limits) -> bool:
    return not limits.lower <= value <= limits.upper


def _level(cells: Sequence[Sequence[Number]]) -> float:
    return float(exact_mean([value for cell in cells for value in cell]))
