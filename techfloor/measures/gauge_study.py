"""Gauge R&R by analysis of variance: how much of the scatter is the gauge, the appraisers, the parts.

AIAG, Measurement Systems Analysis, 4th edition, chapter III B; Burdick, Borror and Montgomery (2003) for the
intervals.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from techfloor.measures.anova import AnovaRow, Nested, TwoWay, nested, two_way
from techfloor.measures.because import Because, because
from techfloor.measures.gauge_intervals import Interval, Term, interval_of
from techfloor.measures.study import Study, StudyError

# The factor of the number of distinct categories as AIAG prints it: about the square root of 2.
_NDC = 1.41


class Source(StrEnum):
    """Where scatter comes from."""

    gauge = "gauge R&R"
    repeatability = "repeatability"
    reproducibility = "reproducibility"
    appraiser = "appraiser"
    interaction = "appraiser x part"
    part = "part to part"
    total = "total"


class Rating(StrEnum):
    """What AIAG says of a gauge by its share of the study variation or of the tolerance."""

    good = "acceptable"
    marginal = "may be acceptable for some uses"
    bad = "not acceptable"


def rating(percent: float) -> Rating:
    """Rate a percentage: below 10 acceptable, above 30 not (AIAG MSA, 4th edition, chapter II D)."""
    if percent < 10:
        return Rating.good
    return Rating.marginal if percent <= 30 else Rating.bad


@dataclass(frozen=True)
class Line:
    """One line of the result; percentages of the variance add up, those of the standard deviation do not.

    `study_variation` is multiplier·sd; `study_percent` is its share of the total, `tolerance_percent` of the width
    of the tolerance and `process_percent` of multiplier times the known standard deviation of the process, both
    None where that is not known. `clipped`: the estimate came out negative and counts as 0. `interval` bounds
    the variance.
    """

    source: Source
    variance: float
    contribution: float
    sd: float
    study_variation: float
    study_percent: float
    tolerance_percent: float | None
    process_percent: float | None
    clipped: bool = False
    interval: Interval | None = None


@dataclass(frozen=True)
class Scale:
    """What the scatter is compared with, printed with the result.

    `multiplier`: standard deviations in the study variation, 6 (99.73 % of a normal distribution) or 5.15 (99 %).
    `tolerance`: width from lower to upper limit. `process_sd`: the process's own, where it is known.
    """

    multiplier: float = 6.0
    tolerance: float | None = None
    process_sd: float | None = None

    def __post_init__(self) -> None:
        """Refuse what nothing can be compared with."""
        if not all(value is None or 0 < value < math.inf for value in vars(self).values()):
            raise StudyError("The multiplier, the width of the tolerance and a standard deviation are above 0.")


def lines_of(
    variances: Mapping[Source, float],
    scale: Scale,
    clipped: frozenset[Source] = frozenset(),
    intervals: Mapping[Source, Interval] | None = None,
) -> tuple[Line, ...]:
    """Put variances into lines; all shares are of the one called total."""
    total = variances[Source.total]
    width = scale.multiplier

    def line(source: Source, variance: float) -> Line:
        sd = math.sqrt(variance)
        return Line(
            source,
            variance,
            100 * variance / total,
            sd,
            width * sd,
            100 * sd / math.sqrt(total),
            None if scale.tolerance is None else 100 * width * sd / scale.tolerance,
            None if scale.process_sd is None else 100 * sd / scale.process_sd,
            source in clipped,
            (intervals or {}).get(source),
        )

    return tuple(line(source, variance) for source, variance in variances.items())


@dataclass(frozen=True)
class GaugeResult:
    """What a study says of a gauge.

    `table` is the full analysis and `reduced` the one without interaction where it was pooled (its p above
    `alpha`). `ndc` is the number of distinct categories, truncated, at least 1; `ndc_ratio` the same before
    truncation: None and infinite for a gauge without scatter. `notes` say what a reader must know.
    """

    study: Study
    scale: Scale
    lines: tuple[Line, ...]
    ndc: int | None
    ndc_ratio: float
    table: TwoWay | Nested | None = None
    reduced: TwoWay | None = None
    alpha: float | None = None
    notes: tuple[Because, ...] = ()

    @property
    def pooled(self) -> bool:
        """Whether the interaction was put to the repeatability."""
        return self.reduced is not None

    def line(self, source: Source) -> Line:
        """Give one line; raises StudyError where this kind of study has none."""
        found = next((line for line in self.lines if line.source is source), None)
        if found is None:
            raise StudyError(f"This study has no line for {source}.")
        return found


def categories(part_sd: float, gauge_sd: float) -> tuple[int | None, float]:
    """Give the number of distinct categories, truncated and at least 1, and the ratio it came from.

    None and infinite for a gauge that does not scatter at all.
    """
    if not gauge_sd:
        return None, math.inf
    ratio = _NDC * part_sd / gauge_sd
    return max(1, math.floor(ratio)), ratio


@dataclass(frozen=True)
class _Solved:
    """Components as they came out, also negative ones; what is bounded as terms; the words about both."""

    raw: dict[Source, float]
    terms: dict[Source, list[Term]]
    notes: tuple[Because, ...] = ()


def crossed(
    study: Study, scale: Scale | None = None, alpha: float | None = 0.05, confidence: float = 0.95
) -> GaugeResult:
    """Analyse a study in which every appraiser read every part.

    The interaction is pooled with the repeatability where its p is above `alpha` (0.05; AIAG's form uses 0.25;
    None never pools). Negative variances count as 0, and are named. The intervals are those of the modified
    large sample method. Raises StudyError.
    """
    if alpha is not None and not 0 <= alpha <= 1:
        raise StudyError("The pooling alpha lies between 0 and 1.")
    full = two_way(study.by_part, ("part", "appraiser"))
    assert full.interaction is not None
    pools = alpha is not None and (full.interaction.p is None or full.interaction.p > alpha)
    used = full.pooled() if pools else full
    solved = replace(_components(used, study), notes=_pooling_notes(full.interaction, alpha, pools))
    found = _result(study, scale or Scale(), solved, confidence)
    return replace(found, table=full, reduced=used if pools else None, alpha=alpha)


def _components(table: TwoWay, study: Study) -> _Solved:
    """Solve the expected mean squares (AIAG MSA, appendix A): components, and gauge and part as terms."""
    o, p, r = study.size
    error, crossing = table.error, table.interaction
    base = crossing or error
    raw = {Source.repeatability: error.ms, Source.appraiser: (table.second.ms - base.ms) / (p * r)}
    gauge = [Term(1 / (p * r), table.second), Term(1 - 1 / (p * r), error)]
    if crossing is not None:
        raw[Source.interaction] = (crossing.ms - error.ms) / r
        gauge = [Term(1 / (p * r), table.second), Term((p - 1) / (p * r), crossing), Term((r - 1) / r, error)]
    raw[Source.part] = (table.first.ms - base.ms) / (o * r)
    part = [Term(1 / (o * r), table.first), Term(-1 / (o * r), base)]
    return _Solved(raw, {Source.repeatability: [Term(1, error)], Source.gauge: gauge, Source.part: part})


def _pooling_notes(crossing: AnovaRow, alpha: float | None, pools: bool) -> tuple[Because, ...]:
    if pools and crossing.p is not None:
        sentence = "The interaction (p = %(p)s) is above the pooling alpha of %(alpha)s and counts as repeatability."
        return (because(sentence, p=f"{crossing.p:.3f}", alpha=alpha),)
    return ()


def nested_study(study: Study, scale: Scale | None = None, confidence: float = 0.95) -> GaugeResult:
    """Analyse a study in which each appraiser read parts of their own, as destructive tests need.

    Parts of one batch stand for one part that is read again, so their scatter counts as the gauge's.
    """
    table = nested(study.readings, ("appraiser", "part"))
    _, p, r = study.size
    raw = {
        Source.repeatability: table.error.ms,
        Source.appraiser: (table.first.ms - table.second.ms) / (p * r),
        Source.part: (table.second.ms - table.error.ms) / r,
    }
    terms = {
        Source.repeatability: [Term(1, table.error)],
        Source.part: [Term(1 / r, table.second), Term(-1 / r, table.error)],
    }
    return replace(_result(study, scale or Scale(), _Solved(raw, terms), confidence), table=table)


def _result(study: Study, scale: Scale, solved: _Solved, confidence: float) -> GaugeResult:
    raw = solved.raw
    clipped = frozenset(source for source, value in raw.items() if value < 0)
    found = {source: max(0.0, value) for source, value in raw.items()}
    reproducibility = found[Source.appraiser] + found.get(Source.interaction, 0.0)
    gauge = found[Source.repeatability] + reproducibility
    variances = {
        Source.gauge: gauge,
        Source.repeatability: found[Source.repeatability],
        Source.reproducibility: reproducibility,
        Source.appraiser: found[Source.appraiser],
        **({Source.interaction: found[Source.interaction]} if Source.interaction in found else {}),
        Source.part: found[Source.part],
        Source.total: gauge + found[Source.part],
    }
    intervals = {source: interval_of(term, confidence) for source, term in solved.terms.items()}
    negative = "The variance of %(source)s came out negative and counts as 0."
    notes = (*solved.notes, *(because(negative, source=source) for source in raw if source in clipped))
    ndc, ratio = categories(math.sqrt(found[Source.part]), math.sqrt(gauge))
    lines = lines_of(variances, scale, clipped, intervals)
    return GaugeResult(study, scale, lines, ndc, ratio, notes=notes)
