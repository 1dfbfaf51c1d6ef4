"""From the readings of a variable study to its figures and what they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from techfloor.duties.gauge_studies.figures import Facts, Told, figure, percent
from techfloor.measures.anova import AnovaRow, TwoWay
from techfloor.measures.average_range import average_range
from techfloor.measures.because import Because
from techfloor.measures.gauge_study import GaugeResult, Line, Rating, Scale, Source, crossed, rating
from techfloor.measures.study import Study, StudyError, study_of
from techfloor.measures.study_charts import Limits, StudyCharts, study_charts
from techfloor.said import Said, say

NDC = 5
"""The least number of distinct categories (AIAG MSA, 4th edition, chapter II D)."""
_LOOKS = {Rating.good: "pass", Rating.marginal: "caution", Rating.bad: "fail"}

Readings = Mapping[str, Mapping[str, Sequence[Decimal]]]
"""By appraiser and part, in the order of the repeats."""


@dataclass(frozen=True)
class Analysed:
    """The figures as they are kept, and what they come to."""

    facts: Facts
    told: Told


def analyse(readings: Readings, width: Decimal | None) -> Analysed:
    """Work out a study by analysis of variance, and by averages and ranges beside it; `width` is the tolerance.

    A study in which nothing scatters has no figures: the gauge does not tell the parts apart.
    """
    try:
        study = study_of(readings)
    except StudyError:
        if len({value for line in readings.values() for cell in line.values() for value in cell}) > 1:
            raise
        return Analysed({"blind": True}, Told("fail", "studies.verdict.blind", {}, (("studies.next.resolution", {}),)))
    scale = Scale(tolerance=None if width is None else float(width))
    result, charts = crossed(study, scale), study_charts(study)
    told = judge(result, charts)
    facts = {**_anova_facts(result), **_range_facts(study, scale), **_chart_facts(charts)}
    return Analysed({"blind": False, **facts}, told)


# --- what it means ---


def judge(result: GaugeResult, charts: StudyCharts) -> Told:
    """Rate a gauge by its share of the tolerance, else of the study variation, and by its distinct categories."""
    gauge = result.line(Source.gauge)
    by_tolerance = gauge.tolerance_percent is not None
    share = gauge.tolerance_percent if gauge.tolerance_percent is not None else gauge.study_percent
    found = rating(share)
    few = result.ndc is not None and result.ndc < NDC
    key = {Rating.good: "few" if few else "good", Rating.marginal: "marginal", Rating.bad: "bad"}[found]
    return Told(
        look="caution" if key == "few" else _LOOKS[found],
        key=f"studies.verdict.{key}.{'tolerance' if by_tolerance else 'study'}",
        values={"percent": percent(share), "ndc": "∞" if result.ndc is None else result.ndc},
        following=tuple(_following(result, charts, found, few=few)),
    )


def _following(
    result: GaugeResult, charts: StudyCharts, found: Rating, *, few: bool
) -> list[tuple[str, Mapping[str, object]]]:
    steps: list[tuple[str, Mapping[str, object]]] = []
    out = [f"{point.appraiser}, {point.part}" for point in charts.points if point.range_out]
    if out:
        steps.append(("studies.next.ranges", {"where": ", ".join(out)}))
    if found is not Rating.good:
        steps.append((f"studies.next.{_larger(result)}", {}))
    if few:
        steps.append(("studies.next.few", {"least": NDC}))
    if not steps:
        steps.append(("studies.next.nothing", {}))
    return steps


def _larger(result: GaugeResult) -> str:
    repeat, between = result.line(Source.repeatability), result.line(Source.reproducibility)
    if between.variance <= repeat.variance:
        return "repeatability"
    crossing = next((line for line in result.lines if line.source is Source.interaction), None)
    appraiser = result.line(Source.appraiser)
    return "interaction" if crossing is not None and crossing.variance > appraiser.variance else "reproducibility"


# --- the figures ---


def _anova_facts(result: GaugeResult) -> Facts:
    assert isinstance(result.table, TwoWay)
    return {
        "multiplier": f"{result.scale.multiplier:g}",
        "alpha": None if result.alpha is None else f"{result.alpha:g}",
        "table": [_row(row) for row in result.table.rows],
        "reduced": [_row(row) for row in result.reduced.rows] if result.reduced else None,
        "lines": [_line(line) for line in result.lines],
        "ndc": result.ndc,
        "ndc_ratio": figure(result.ndc_ratio, 3),
        "notes": [_note(note) for note in result.notes],
    }


def _note(note: Because) -> Said:
    """Return what a reader must know, as it is kept: the pooling, or else a variance that came out negative."""
    values = dict(note.values)
    if "source" in values:
        return say("studies.note.negative", source=say(f"study-source.{values['source']}"))
    return say("studies.note.pooled", **{name: str(value) for name, value in values.items()})


def _row(row: AnovaRow) -> Facts:
    return {
        "source": str(row.source),
        "df": row.df,
        "ss": figure(row.ss, 5),
        "ms": figure(row.ms, 5),
        "f": figure(row.f, 4),
        "p": None if row.p is None else _chance(row.p),
    }


def _chance(p: float) -> str:
    return "< 0.0001" if p < 0.00005 else f"{p:.4f}"


def _line(line: Line) -> Facts:
    return {
        "source": str(line.source),
        "variance": figure(line.variance),
        "contribution": percent(line.contribution),
        "sd": figure(line.sd),
        "study_variation": figure(line.study_variation),
        "study_percent": percent(line.study_percent),
        "tolerance_percent": percent(line.tolerance_percent),
        "clipped": line.clipped,
        "low": figure(line.interval.low, 3) if line.interval else None,
        "high": figure(line.interval.high, 3) if line.interval else None,
    }


def _range_facts(study: Study, scale: Scale) -> Facts:
    try:
        found = average_range(study, scale)
    except StudyError:
        return {"range": None}
    return {
        "range": {
            "lines": [_line(line) for line in found.result.lines],
            "ndc": found.result.ndc,
            "ndc_ratio": figure(found.result.ndc_ratio, 3),
            "mean_range": figure(found.mean_range),
            "factors": [figure(factor) for factor in (found.k1, found.k2, found.k3)],
        }
    }


def _chart_facts(charts: StudyCharts) -> Facts:
    points = [
        {
            "appraiser": point.appraiser,
            "part": point.part,
            "mean": figure(point.mean, 8),
            "range": figure(point.range, 8),
            "mean_out": point.mean_out,
            "range_out": point.range_out,
        }
        for point in charts.points
    ]
    return {
        "charts": {
            "points": points,
            "means": _limits(charts.means),
            "ranges": _limits(charts.ranges),
            "by_part": [[name, figure(mean, 8)] for name, mean in charts.by_part],
            "by_appraiser": [[name, figure(mean, 8)] for name, mean in charts.by_appraiser],
            "discriminates": charts.discriminates,
            "consistent": charts.consistent,
        }
    }


def _limits(limits: Limits) -> Facts:
    return {"lower": figure(limits.lower, 8), "centre": figure(limits.centre, 8), "upper": figure(limits.upper, 8)}
