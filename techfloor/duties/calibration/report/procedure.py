"""The paper of a version of a procedure, drawn from its signed content and from nothing else."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from techfloor.duties.calibration.queries.records import PROCEDURE
from techfloor.duties.calibration.report.words import with_minus
from techfloor.duties.calibration.rules.procedure import BudgetRow, Procedure, read_procedure
from techfloor.duties.calibration.wording import BOXES, MODES, RULES
from techfloor.measures.units import show_unit
from techfloor.records.signing import SignatureFacts
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
    found = [
        (str(BOXES["rule"]), str(RULES[procedure.rule.value])),
        (_("In words"), procedure.rule_text),
        (_("What decides"), _("the mean of the repeats") if procedure.on_mean else ""),
        (str(BOXES["min_tur"]), procedure.min_tur if procedure.budget else ""),
        (str(BOXES["change"]), content["change"]),
    ]
    return [Fact(name, value) for name, value in found if value]


def _paragraphs(procedure: Procedure) -> list[str]:
    said = [line for line in procedure.method.splitlines() if line.strip()]
    if procedure.preload:
        said.append(_("First: %(words)s", words=procedure.preload))
    return [*said, *(f"• {check}" for check in procedure.checks), *([procedure.tur_flag] if procedure.tur_flag else [])]


def _tables(procedure: Procedure) -> list[Table]:
    made = [_points(row) for row in (procedure.body or {}).get("point_set", ())]
    if procedure.budget:
        made.append(_budget(procedure))
    if procedure.derived:
        made.append(_derived(procedure))
    return made


def _points(row: Mapping[str, Any]) -> Table:
    return Table(
        title=_("Points: %(name)s", name=row["key"]) if row["key"] else _("Points"),
        columns=(
            Column(_("Point")),
            Column(_("Value"), "", Align.END, code=True),
            Column(_("Function")),
            Column(_("Pieces")),
        ),
        rows=tuple(
            Row(
                (
                    Cell(point["label"]),
                    Cell(with_minus(point_value(point))),
                    Cell(point.get("function", "")),
                    Cell(" + ".join(point.get("stack", ()))),
                )
            )
            for point in row["points"]
        ),
    )


def point_value(point: Mapping[str, Any]) -> str:
    """Return the value of a point as it is written: 25.00, 50 % of range, goes."""
    if "percent" in point:
        return str(_("%(share)s %% of range", share=point["percent"]))
    return str(point.get("nominal") or word(point.get("expected", ""), "goes"))


def _budget(procedure: Procedure) -> Table:
    return Table(
        title=_("Uncertainty budget, %(unit)s", unit=show_unit(procedure.budget_unit)),
        columns=(
            Column(_("Component")),
            Column(_("Counts")),
            Column(_("Value"), "", Align.END, code=True),
            Column(_("Shape")),
            Column(_("Divisor"), "", Align.END, code=True),
            Column(_("From")),
        ),
        rows=tuple(Row(tuple(Cell(text) for text in _of_budget(row))) for row in procedure.budget),
    )


def _of_budget(row: BudgetRow) -> tuple[str, ...]:
    value = "" if row.basis in {"half resolution", "certificate"} else row.value
    return (row.component, word(row.basis, "basis"), value, row.distribution, row.divisor, word(row.origin, "origin"))


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
