"""The paper of a version of a procedure, drawn from its signed content and from nothing else."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from techfloor.duties.calibration.queries.records import PROCEDURE
from techfloor.duties.calibration.report.words import limit_pair, with_minus
from techfloor.duties.calibration.rules.foresight import WITHOUT_NUMBERS, by_itself, every_set
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.points import called, of_full_scale
from techfloor.duties.calibration.rules.printed import error_limit
from techfloor.duties.calibration.rules.procedure import BudgetRow, Item, Mode, Procedure, plan, read_procedure
from techfloor.duties.calibration.wording import BOXES, MODES, RULES
from techfloor.measures.decision import Rule
from techfloor.measures.tolerance import ToleranceError
from techfloor.measures.units import show_unit
from techfloor.records.signing import SignatureFacts
from techfloor.refusals import Refusal
from techfloor.reports import documents
from techfloor.reports.issue import IssueFacts
from techfloor.reports.paper import Paper
from techfloor.reports.sheets import Align, Cell, Column, Fact, FactColumn, Row, Sheet, Table
from techfloor.said import begun, word
from techfloor.web.show import day


def sheet(content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, gettext: Any) -> Sheet:
    """Draw a version of a procedure."""
    words = documents.words_of(content, issue, gettext)
    procedure = read_procedure(content["number"], content["version"], content["title"], content["body"])
    said = documents.Said(
        title=content["title"],
        subtitle=gettext("Calibration procedure"),
        answer=gettext("Version %(version)s") % {"version": content["version"]},
        note=gettext("in force from %(day)s") % {"day": words.calendar_day(content["effective_from"])},
        facts=(
            FactColumn(gettext("What it does"), tuple(_measuring(procedure))),
            FactColumn(gettext("How it is decided"), tuple(_deciding(procedure, content))),
        ),
        paragraphs=tuple(_paragraphs(procedure)),
        tables=tuple(_tables(procedure)),
    )
    return documents.sheet(said, content, signatures, issue, words)


PAPER = Paper(PROCEDURE, sheet, documents.TEMPLATE)


def _measuring(procedure: Procedure) -> list[Fact]:
    found = [
        (_("Read"), str(MODES[procedure.mode.value])),
        (str(BOXES["tolerance"]), with_minus(procedure.tolerance)),
        (_("Standards"), ", ".join(procedure.standards)),
        (str(BOXES["repeats"]), str(procedure.repeats) if procedure.repeats > 1 else ""),
        (str(BOXES["soak_minutes"]), str(procedure.soak_minutes) if procedure.soak_minutes else ""),
        *((begun(word(limit.quantity, "quantity")), limit.text) for limit in procedure.environment),
    ]
    return [Fact(name, value) for name, value in found if value]


def _deciding(procedure: Procedure, content: Mapping[str, Any]) -> list[Fact]:
    rule, numbers = str(RULES[procedure.rule.value]), procedure.mode not in WITHOUT_NUMBERS
    same = procedure.rule_text.partition(":")[0] == rule.partition(":")[0]
    found = [
        (str(BOXES["rule"]), rule if numbers else _without_numbers(procedure)),
        (_("In words"), procedure.rule_text if numbers and not same else ""),
        (_("What decides"), _("the mean of the repeats") if procedure.on_mean else ""),
        (str(BOXES["min_tur"]), procedure.min_tur if procedure.budget else ""),
        (_("Accepted"), _accepted(procedure)),
        (str(BOXES["change"]), content["change"]),
        (_("Written by"), ", ".join(content.get("written_by", ()))),
    ]
    return [Fact(name, value) for name, value in found if value]


def _without_numbers(procedure: Procedure) -> str:
    return _("each check comes out as expected") if procedure.mode is Mode.attribute else ""


def _accepted(procedure: Procedure) -> str:
    """Say what is accepted, where the limits of the error are not themselves what is."""
    if procedure.mode in WITHOUT_NUMBERS or procedure.rule in {Rule.simple, Rule.four_outcome}:
        return ""
    return str(_("the limits less the guard band, which follows from U at each gauge and stands on its certificate"))


def _paragraphs(procedure: Procedure) -> list[str]:
    said = [line for line in procedure.method.splitlines() if line.strip()]
    if procedure.preload:
        said.append(_("First: %(words)s", words=procedure.preload))
    return [*said, *(f"• {check}" for check in procedure.checks), *([procedure.tur_flag] if procedure.tur_flag else [])]


def _tables(procedure: Procedure) -> list[Table]:
    sets = (procedure.body or {}).get("point_set", ())
    made = [
        _points(procedure, row, item)
        for row, item in zip(sets, every_set(procedure, by_itself(procedure)), strict=False)
    ]
    if procedure.budget:
        made.append(_budget(procedure))
    if procedure.derived:
        made.append(_derived(procedure))
    return made


def _points(procedure: Procedure, row: Mapping[str, Any], item: Item) -> Table:
    """Lay out a set of points; a column that would be empty all the way down is left out."""
    unit = show_unit(procedure.error_unit or procedure.unit)
    limits = _limits(procedure, item) or [""] * len(row["points"])
    names, values = _each(row, point_name), _each(row, _nominal)
    own = show_unit(procedure.unit) if names == values else ""
    columns = (
        (Column(_("Point"), own), names),
        (Column(_("Value"), show_unit(procedure.unit), Align.END, code=True), [] if names == values else values),
        (Column(_("Expected")), _each(row, lambda point: word(point.get("expected", ""), "goes"))),
        (Column(_("Approached")), _each(row, lambda point: word(point.get("direction", ""), "direction"))),
        (Column(_("Function")), _each(row, lambda point: point.get("function", ""))),
        (Column(_("At")), _each(row, lambda point: point.get("position", ""))),
        (Column(_("Pieces")), _each(row, lambda point: " + ".join(point.get("stack", ())))),
        (Column(_("Limits of the error"), unit, Align.END, code=True), limits),
    )
    shown = [(column, texts) for column, texts in columns if any(texts)]
    return Table(
        title=_("Points: %(name)s", name=row["key"]) if row["key"] else _("Points"),
        columns=tuple(column for column, _texts in shown),
        rows=tuple(Row(tuple(Cell(texts[n]) for _column, texts in shown)) for n in range(len(row["points"]))),
    )


def _each(row: Mapping[str, Any], write: Callable[[Mapping[str, Any]], str]) -> list[str]:
    return [write(point) for point in row["points"]]


def _nominal(point: Mapping[str, Any]) -> str:
    """Write the value of a point; a check has none."""
    return with_minus(point_value(point)) if "percent" in point or point.get("nominal") else ""


def point_name(point: Mapping[str, Any]) -> str:
    """Return what a point is called, without the way to it: its own name, else its value."""
    label, way = str(point["label"]), str(point.get("direction", ""))
    if way and label == called(str(point.get("nominal", "")), point):
        label = label.removesuffix(way).rstrip()
    return with_minus(label) if label else point_value(point)


def _limits(procedure: Procedure, item: Item) -> list[str]:
    """Write the limits of the error at each point; none where they are those of each gauge."""
    if procedure.mode in WITHOUT_NUMBERS or not procedure.own_tolerance:
        return []
    try:
        points = [point for point in plan(procedure, item) if point.role == "point"]
        pairs = [(point, limits_at(point, point.value)) for point in points]
    except (Refusal, ToleranceError):
        return []  # points in % of a range, or a tolerance of full scale: they are those of each gauge
    return [
        limit_pair(*("" if limit is None else error_limit(procedure, point, limit, point.value) for limit in both))
        for point, both in pairs
    ]


def point_value(point: Mapping[str, Any]) -> str:
    """Return the value of a point as it is written: 25.00, 50 % of range, goes."""
    if of_full_scale(point):
        return str(_("%(share)s %% of full scale", share=point["percent"]))
    if "percent" in point:
        return str(_("%(share)s %% of range", share=point["percent"]))
    return str(point.get("nominal") or word(point.get("expected", ""), "goes"))


def _budget(procedure: Procedure) -> Table:
    return Table(
        title=_("Uncertainty budget, %(unit)s", unit=show_unit(procedure.budget_unit)),
        columns=(
            Column(_("Component")),
            Column(_("Evaluated from")),
            Column(_("Value"), "", Align.END, code=True),
            Column(_("Distribution")),
            Column(_("Divisor"), "", Align.END, code=True),
            Column(_("From")),
        ),
        rows=tuple(Row(tuple(Cell(text) for text in _of_budget(row))) for row in procedure.budget),
    )


def _of_budget(row: BudgetRow) -> tuple[str, ...]:
    value = "" if row.basis in {"half resolution", "certificate"} else row.value
    return (
        row.component,
        word(row.basis, "basis"),
        value,
        word(row.distribution, "distribution"),
        row.divisor,
        word(row.origin, "origin"),
    )


def _derived(procedure: Procedure) -> Table:
    return Table(
        title=_("Computed results"),
        columns=(Column(_("Result")), Column(_("Limit"))),
        rows=tuple(Row((Cell(rule.name), Cell(rule.text))) for rule in procedure.derived),
    )


def on_paper(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (name, value) of what a signed content says to everybody who holds the paper."""
    return [
        (_("Document"), str(content["title"])),
        (_("Version"), str(content["version"])),
        (_("In force from"), day(date.fromisoformat(content["effective_from"]))),
    ]
