"""What the pages of a calibration show of it: titles, progress, the strip of the last reading, the grid."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.bench_lines import GivenReading
from techfloor.duties.calibration.report.words import risk_words
from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules import verdicts
from techfloor.duties.calibration.rules.printed import error_limit, error_shown, report_u
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint, Procedure
from techfloor.duties.calibration.rules.reading import CANNOT, Judged
from techfloor.duties.calibration.rules.results import (
    AS_FOUND,
    AS_LEFT,
    Place,
    PointResult,
    ReadingFacts,
    RunResult,
    mean,
)
from techfloor.duties.calibration.views.judged import acceptance_words
from techfloor.measures.quantity import plain, signed
from techfloor.measures.units import is_unit, show_unit
from techfloor.said import begun, in_words

NO_RISKS: Mapping[int, str] = MappingProxyType({})
"""The risks of a run where none is asked for."""
KINDS = {
    "pass": "pass",
    "fail": "fail",
    "conditional pass": "conditional",
    "conditional fail": "conditional",
    "not measured": "caution",
    "incomplete": "waiting",
    "": "waiting",
}


def kind_of(verdict: str) -> str:
    """Return the look of a verdict."""
    return KINDS[verdict]


def point_words(point: PlannedPoint) -> str:
    """Return "50.00 mm outside": the label with the unit behind its number."""
    return with_unit(point.label, point.unit)


_NUMBER_FIRST = re.compile(r"([-\u2212+]?\d+(?:\.\d+)?)(?:\s+(\S+))?")


def with_unit(label: str, unit: str) -> str:
    """Return a point's label with the unit behind its number; one without a number, or with a unit, stays as it is."""
    found = _NUMBER_FIRST.match(label)
    if found is None or not unit or (found[2] and is_unit(found[2])):
        return label
    return f"{found[1]} {show_unit(unit)}{label[found.end(1) :]}"


def run_words(run: str) -> str:
    """Return the words of a run."""
    return str(_("As found") if run == AS_FOUND else _("As left"))


def verdict_words(verdict: str) -> str:
    """Return a verdict as people read it."""
    words: dict[str, str] = {
        "pass": _("Pass"),
        "fail": _("Fail"),
        "conditional pass": _("Conditional pass"),
        "conditional fail": _("Conditional fail"),
        "not measured": _("Not measured"),
        "incomplete": _("Not finished"),
        "": _("Kept"),
    }
    return words[verdict]


def place_title(place: Place, plan: tuple[PlannedPoint, ...], point: PlannedPoint) -> str:
    """Return "As found · point 4 of 6", with the reading where there are several."""
    words: str = _("%(run)s · point %(n)s of %(all)s", run=run_words(place.run), n=place.point, all=len(plan))
    if point.repeats == 1:
        return words
    return str(_("%(words)s · reading %(n)s of %(all)s", words=words, n=place.repeat, all=point.repeats))


@dataclass(frozen=True)
class Step:
    """One bar of the progress line."""

    label: str
    state: str
    url: str = ""


_STEP_STATES = {"fail": "failed", "conditional fail": "failed", "conditional pass": "unsure", CANNOT: "skipped"}


def progress_steps(bench: Bench, place: Place) -> list[Step]:
    """Return a bar for each point of the run under way, in the look of its verdict."""
    steps = []
    for result in bench.run(place.run).points:
        if result.point.n == place.point:
            state = "now"
        else:
            state = _STEP_STATES.get(result.verdict, "done" if result.complete else "todo")
        steps.append(Step(point_words(result.point), state, "" if state == "now" else _newest_url(bench, result)))
    return steps


def _newest_url(bench: Bench, result: PointResult) -> str:
    """Return where the newest reading of a point is changed, '' for a point without one."""
    found = [g.id for g in bench.counting if g.facts in result.readings]
    return f"/calibration/{bench.number}/correct/{found[-1]}" if found else ""


@dataclass(frozen=True)
class Strip:
    """The reading that was just given: what it came to, as it was typed, and where it is corrected."""

    kind: str
    words: str
    result: str
    detail: str
    correct_url: str
    value: str


def strip(bench: Bench, reading_id: int) -> Strip | None:
    """Return the words for a reading of this calibration, None for one that does not count any more."""
    given = next((g for g in bench.counting if g.id == reading_id), None)
    if given is None:
        return None
    point = bench.point(given.facts.point)
    return Strip(
        kind=kind_of(given.facts.verdict),
        words=_reading_words(bench, given),
        result=_result_words(bench, given),
        detail=f"{run_words(given.facts.run)}, {point_words(point)}",
        correct_url=f"/calibration/{bench.number}/correct/{given.id}",
        value=f"{value_text(bench, given)} {show_unit(point.unit)}",
    )


def _reading_words(bench: Bench, given: GivenReading) -> str:
    facts = given.facts
    if facts.cannot_measure:
        return str(_("Not measured: %(why)s", why=in_words(facts.cannot_measure)))
    if facts.error is None:
        return str(_("%(value)s kept", value=value_text(bench, given)))
    if not facts.verdict:
        return str(_("kept"))
    return judged_words(bench.procedure, bench.point(facts.point), facts)


def _result_words(bench: Bench, given: GivenReading) -> str:
    """Return what was typed with its unit, in a comparison also what it comes to; "" where the words say it."""
    facts, unit = given.facts, show_unit(bench.point(given.facts.point).unit)
    if facts.cannot_measure or facts.error is None:
        return ""
    typed = f"{value_text(bench, given)} {unit}".strip()
    if given.difference is None or facts.indication is None:
        return typed
    return str(_("difference %(typed)s → %(result)s %(unit)s", typed=typed, result=plain(facts.indication), unit=unit))


def judged_words(procedure: Procedure, point: PlannedPoint, found: ReadingFacts | PointResult | Judged) -> str:
    """Return the verdict on a reading, or a mean, with its error, and how far it lies from which limit."""
    assert found.error is not None
    decided = rules.decision_on(procedure, found.error, found.lower, found.upper, found.u, found.k)
    lower, upper = (
        None if limit is None else Decimal(error_limit(procedure, point, limit, found.reference))
        for limit in (found.lower, found.upper)
    )
    return verdicts.sentence(
        found.verdict,
        error_shown(procedure, found.error, found.reference),
        lower,
        upper,
        show_unit(procedure.error_unit or point.unit),
        guard=error_shown(procedure, decided.guard, found.reference),
        whole_u=found.u is not None and verdicts.is_whole(decided.guard, found.u),
    )


def value_text(bench: Bench, given: GivenReading) -> str:
    """Return what was typed: in words for an attribute, both numbers where two are read, a difference with its sign."""
    facts = given.facts
    if facts.cannot_measure:
        return "–"
    if given.difference is not None:
        return signed(given.difference)
    if bench.procedure.mode is Mode.both and facts.reference is not None and facts.indication is not None:
        reference, indication = plain(facts.reference), plain(facts.indication)
        return str(_("standard %(reference)s, gauge %(indication)s", reference=reference, indication=indication))
    return " ".join(text for text in _typed(bench, given) if text) or "–"


def _typed(bench: Bench, given: GivenReading) -> tuple[str, ...]:
    """Return what was typed, in the columns that `_heads` names."""
    facts, mode = given.facts, bench.procedure.mode
    if mode is Mode.attribute and facts.error is None and bench.point(facts.point).role == "point":
        return ("–" if facts.indication is None else rules.GOES if facts.indication else rules.DOES_NOT_GO,)
    reference = "" if facts.reference is None else plain(facts.reference)
    indication = "" if facts.indication is None else plain(facts.indication)
    if mode is Mode.match:
        return (reference or indication,)
    if mode is Mode.both:
        return reference, indication
    return (indication if given.difference is None else signed(given.difference),)


def _heads(mode: Mode) -> tuple[str, ...]:
    """Return what the columns of typed values are called."""
    return {
        Mode.match: (_("Standard"),),
        Mode.both: (_("Standard"), _("Gauge")),
        Mode.comparison: (_("Difference"),),
    }.get(mode, (_("Reading"),))


@dataclass(frozen=True)
class Overall:
    """What a whole calibration comes to: as left where it was adjusted, else as found."""

    kind: str
    words: str
    detail: str


def overall(found: RunResult, left: RunResult | None) -> Overall:
    """Return the verdict of the run that counts, with how many of its points are out of tolerance."""
    run = left or found
    out = sum(point.verdict in {"fail", "conditional fail"} for point in run.points)
    detail = run_words(run.run)
    if out:
        detail = _("%(run)s: %(out)s of %(all)s points out of tolerance", run=detail, out=out, all=len(run.points))
    elif left and found.failed:
        detail = _("%(run)s. As found it failed.", run=detail)
    return Overall(kind_of(run.verdict), verdict_words(run.verdict), detail)


@dataclass(frozen=True)
class GridCell:
    """One reading in the grid."""

    text: str
    kind: str
    url: str


@dataclass(frozen=True)
class GridRow:
    """One point in the grid; `columns` hold what was typed, under the heads of the grid, a cell for each repeat.

    `against` is the certified value that a comparison adds its difference to.
    """

    n: int
    label: str
    unit: str
    columns: tuple[tuple[GridCell, ...], ...]
    error: str
    tolerance: str
    u: str
    kind: str
    verdict: str
    against: str = ""
    risk: str = ""
    accepted: str = ""
    """The limits that a guard band leaves of the tolerance."""


@dataclass(frozen=True)
class DerivedRow:
    """One derived result."""

    name: str
    value: str
    limit: str
    kind: str
    verdict: str


@dataclass(frozen=True)
class Grid:
    """All points of a run, as the desk shows them."""

    run: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[GridRow, ...]
    derived: tuple[DerivedRow, ...]
    error_head: str
    risk_words: str = ""

    @property
    def with_risk(self) -> bool:
        """True where the risk of each result is said."""
        return any(row.risk for row in self.rows)


def grid(bench: Bench, run: str, risks: Mapping[int, str] = NO_RISKS) -> Grid:
    """Return a run as a table; the verdicts of readings that are in may show, those to come stay empty.

    `risks` has, by the number of the point, the risk in % that the content of the record says.
    """
    result = bench.run(run)
    error = _("From nominal") if bench.procedure.mode is Mode.comparison else _("Error")
    if any(p.error is not None and len(p.readings) > 1 for p in result.points):
        error = _("%(error)s, mean", error=error)
    return Grid(
        run=run,
        title=run_words(run),
        heads=_heads(bench.procedure.mode),
        rows=tuple(_row(bench, p, risks.get(p.point.n, "")) for p in result.points),
        derived=tuple(
            DerivedRow(
                begun(d.rule.name),
                "–" if d.value is None else f"{plain(d.value)} {show_unit(d.rule.unit)}",
                d.limit,
                kind_of(d.verdict),
                verdict_words(d.verdict) if d.verdict else "",
            )
            for d in result.derived
        ),
        error_head=f"{error} {show_unit(bench.procedure.error_unit or bench.procedure.unit)}".strip(),
    )


def grids(bench: Bench, content: Mapping[str, Any]) -> list[Grid]:
    """Return the runs of a calibration as tables; of one that was entered in error those that count no more.

    `content` is what is, or would be, signed: it says the risks where they are asked for, explained under the last run.
    """
    shown, said = bench, content
    if bench.entered_in_error and bench.former:
        shown, said = bench.former, bench.former.signed
    if not shown.plan:
        return []
    risks = {run["run"]: {p["n"]: risk_words(p.get("risk", "")) for p in run["points"]} for run in said["runs"]}
    runs = (AS_FOUND, AS_LEFT) if shown.body.adjusted else (AS_FOUND,)
    made = [grid(shown, run, risks.get(run, NO_RISKS)) for run in runs]
    return [*made[:-1], replace(made[-1], risk_words=in_words(said.get("risk") or ""))]


def _row(bench: Bench, result: PointResult, risk: str) -> GridRow:
    point = result.point
    cells = [_cells(bench, result, repeat) for repeat in range(1, point.repeats + 1)]
    against = bench.compared_with(point)
    return GridRow(
        n=point.n,
        label=point_words(point),
        unit=show_unit(point.unit),
        columns=tuple(zip(*cells, strict=True)),
        error=_error(bench, result),
        tolerance=point.tolerance if point.role == "point" else "",
        u="" if result.u is None else report_u(bench.procedure, result.u, result.reference),
        kind=kind_of(result.verdict),
        verdict=verdict_words(result.verdict) if result.verdict else "",
        against="" if against is None else f"{plain(against)} {show_unit(point.unit)}",
        risk=risk,
        accepted=_accepted(bench, result),
    )


def _accepted(bench: Bench, result: PointResult) -> str:
    words = acceptance_words(
        bench.procedure, result.point, (result.lower, result.upper), result.guard, result.reference
    )
    return f"{words} {show_unit(bench.procedure.error_unit or result.point.unit)}".strip() if words else ""


def _error(bench: Bench, result: PointResult) -> str:
    if result.error is None:
        return ""
    if bench.procedure.in_percent:
        return signed(error_shown(bench.procedure, result.error, result.reference))
    u = "" if result.u is None else report_u(bench.procedure, result.u, result.reference)
    shown = mean([r.error for r in result.readings], u)
    return "" if shown is None else signed(shown)


def _cells(bench: Bench, result: PointResult, repeat: int) -> tuple[GridCell, ...]:
    counted = {(g.facts.run, g.facts.point, g.facts.repeat): g for g in bench.counting}
    runs = {r.run for r in result.readings} or {AS_FOUND}
    given = next((counted[k] for run in runs if (k := (run, result.point.n, repeat)) in counted), None)
    if given is None or all(r.repeat != repeat for r in result.readings):
        return tuple(GridCell("", "", "") for _head in _heads(bench.procedure.mode))
    url = f"/calibration/{bench.number}/correct/{given.id}"
    return tuple(GridCell(text, given.facts.verdict, url) for text in _in_columns(bench, given))


def _in_columns(bench: Bench, given: GivenReading) -> tuple[str, ...]:
    """Return a text for each head of the grid; what could not be measured is a dash in the last."""
    heads = _heads(bench.procedure.mode)
    typed = ("–",) if given.facts.cannot_measure else _typed(bench, given)
    return (*[""] * (len(heads) - len(typed)), *typed)
