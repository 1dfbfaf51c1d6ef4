"""The paper of an interval change, drawn from its signed content and from nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from techfloor.duties.calibration.queries.records import INTERVAL
from techfloor.duties.calibration.report.words import sentence
from techfloor.duties.calibration.wording import METHODS
from techfloor.records.signing import SignatureFacts
from techfloor.reports import documents
from techfloor.reports.issue import IssueFacts
from techfloor.reports.paper import Paper
from techfloor.reports.sheets import Align, Cell, Column, Fact, FactColumn, Row, Sheet, Table
from techfloor.said import in_words


def sheet(content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, gettext: Any) -> Sheet:
    """Draw an interval change."""
    words = documents.words_of(content, issue, gettext)
    gauge = content["gauge"]
    said = documents.Said(
        title=f"{gauge['code']} {gauge['name']}",
        subtitle=gettext("Change of a calibration interval"),
        answer=gettext("%(months)s months") % {"months": content["to_months"]},
        note=gettext("before %(months)s months") % {"months": content["from_months"]},
        facts=(
            FactColumn(gettext("The gauge"), tuple(_gauge(content, words, gettext))),
            FactColumn(gettext("Why"), tuple(_why(content, gettext))),
        ),
        tables=(_rests_on(content, words, gettext),) if content["rests_on"] else (),
    )
    return documents.sheet(said, content, signatures, issue, words)


PAPER = Paper(INTERVAL, sheet, documents.TEMPLATE)


def _gauge(content: Mapping[str, Any], words: Any, gettext: Any) -> list[Fact]:
    found = [
        (gettext("Serial"), content["gauge"]["serial"]),
        (gettext("Due before"), words.calendar_day(content["due_before"]) if content["due_before"] else ""),
        (gettext("Due now"), words.calendar_day(content["due_after"]) if content["due_after"] else ""),
        (gettext("Why then"), sentence(in_words(said)) if (said := content.get("due_said")) else ""),
    ]
    return [Fact(name, value) for name, value in found if value]


def _why(content: Mapping[str, Any], gettext: Any) -> list[Fact]:
    proposed = content["proposed_months"]
    found = [
        (gettext("Method"), str(METHODS[content["method"]])),
        (gettext("Proposed"), gettext("%(months)s months") % {"months": proposed} if proposed else ""),
        (gettext("From the results"), sentence(in_words(content["reason"])) if content["reason"] else ""),
        (gettext("In words"), content["words"]),
    ]
    return [Fact(name, value) for name, value in found if value]


def _rests_on(content: Mapping[str, Any], words: Any, gettext: Any) -> Table:
    return Table(
        title=gettext("As found"),
        columns=(
            Column(gettext("Calibration"), code=True),
            Column(gettext("Day")),
            Column(gettext("Verdict")),
            Column(gettext("Share of the tolerance"), "%", Align.END, code=True),
        ),
        rows=tuple(
            Row(
                (
                    Cell(each["number"]),
                    Cell(words.calendar_day(each["on"])),
                    Cell(gettext("Pass") if each["passed"] else gettext("Fail")),
                    Cell(each["use"] or "–"),
                )
            )
            for each in content["rests_on"]
        ),
    )


def on_paper(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (name, value) of what a signed content says to everybody who holds the paper."""
    return [
        (_("Document"), _("Change of a calibration interval")),
        (_("Gauge"), f"{content['gauge']['code']} {content['gauge']['name']}"),
        (_("Interval"), _("%(months)s months", months=content["to_months"])),
    ]
