"""The sheet of a month of checks, from its signed content and from nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _now

from techfloor.duties.in_use_checks.content import counted
from techfloor.duties.in_use_checks.rules import Outcome
from techfloor.measures.units import show_unit
from techfloor.records.signing import SignatureFacts
from techfloor.reports import documents
from techfloor.reports.issue import IssueFacts
from techfloor.reports.sheets import Align, Cell, Column, Fact, FactColumn, Row, Sheet, Table, Tone
from techfloor.reports.words import PaperWords
from techfloor.said import in_words, word

SIGNS = {Outcome.GOOD: "✓", Outcome.FAIL: "✗", Outcome.NOT_USED: "–", Outcome.IN_ERROR: "–"}
_TONES = {Outcome.GOOD: Tone.PASS, Outcome.FAIL: Tone.FAIL, Outcome.NOT_USED: Tone.PLAIN, Outcome.IN_ERROR: Tone.PLAIN}


def sheet(content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, gettext: Any) -> Sheet:
    """Draw a reviewed month."""
    words, _ = documents.words_of(content, issue, gettext), gettext
    count, outside = counted(dict(content))
    gauge = content["gauge"]
    said = documents.Said(
        title=_("Checks in use, %(month)s") % {"month": month_words(content["month"])},
        subtitle=f"{gauge['code']} {gauge['name']}",
        answer=_("%(count)s checks") % {"count": count},
        note=_("%(outside)s outside their limits, %(missing)s missing")
        % {"outside": outside, "missing": len(content["missing"])},
        facts=(_gauge(gauge, _), *_checks(content["checks"], words, _)),
        paragraphs=_missing(content["missing"], words, _),
        tables=(_rows(content["rows"], words, _),),
    )
    return documents.sheet(said, content, signatures, issue, words)


def month_words(month: str) -> str:
    """Write a month as 11/2026: the same in every language."""
    year, number = month.split("-")
    return f"{number}/{year}"


def _gauge(gauge: Mapping[str, str], _: Any) -> FactColumn:
    facts = [
        Fact(_("Gauge"), gauge["name"], gauge["code"]),
        Fact(_("Kind"), gauge["kind"]),
        Fact(_("Serial"), gauge["serial"]),
        Fact(_("Place"), gauge["place"]),
    ]
    return FactColumn(_("Gauge"), tuple(fact for fact in facts if fact.text))


def _checks(checks: Sequence[Mapping[str, Any]], words: PaperWords, _: Any) -> list[FactColumn]:
    return [_check(each, words, _) for each in checks if not each["ended"]]


def _check(check: Mapping[str, Any], words: PaperWords, _: Any) -> FactColumn:
    title = _("Check, version %(version)s from %(day)s") % {
        "version": check["version"],
        "day": words.calendar_day(check["from"]),
    }
    facts = [
        Fact(_("Function"), check["function"]),
        Fact(_("Applied"), check["applied"]),
        Fact(_("Should show"), check["nominal"]),
        Fact(_("Limits"), check["limits"]),
        Fact(_("How often"), word(check["every"], "every")),
    ]
    return FactColumn(title, tuple(facts))


def _missing(missing: Sequence[Mapping[str, str]], words: PaperWords, _: Any) -> tuple[str, ...]:
    if not missing:
        return (_("No check is missing."),)
    days = [" ".join(part for part in (words.calendar_day(each["day"]), each["shift"]) if part) for each in missing]
    return (_("Missing, and not said to be out of use: %(days)s.") % {"days": ", ".join(days)},)


def _rows(rows: Sequence[Mapping[str, Any]], words: PaperWords, _: Any) -> Table:
    columns = (
        Column(_("Time")),
        Column(_("Value"), align=Align.END),
        Column(_("Limits")),
        Column(_("Verdict")),
        Column(_("By")),
        Column(_("Remark")),
    )
    drawn = tuple(_row(each, words, _) for each in rows)
    return Table(
        _("Every value as it was given"), columns, drawn, _("A value that was corrected stays and counts no more.")
    )


def _row(row: Mapping[str, Any], words: PaperWords, _: Any) -> Row:
    outcome = Outcome(row["outcome"])
    tone = _TONES[outcome] if row["counts"] else Tone.PLAIN
    verdict = word(outcome, "check-outcome") if row["counts"] else _("counts no more")
    cells = (
        Cell(words.time(datetime.fromisoformat(row["at"]))),
        Cell(value_words(row)),
        Cell(row["limits"]),
        Cell(verdict, tone, SIGNS[outcome] if row["counts"] else ""),
        Cell(row["by"], note=row["device"]),
        Cell(remarks(row, _)),
    )
    return Row(cells, tone if outcome is Outcome.FAIL and row["counts"] else Tone.PLAIN)


def value_words(row: Mapping[str, Any]) -> str:
    """Write the value of a row with its unit; a dash for a day out of use."""
    return f"{row['value']} {show_unit(row['unit'])}" if row["value"] is not None else "–"


def remarks(row: Mapping[str, Any], _: Any) -> str:
    """Say what else there is to a row: second try, correction, caution, certificate."""
    said = [_("second try")] if row["second_try"] else []
    if row["correction"]:
        said.append(_("corrected: %(why)s") % {"why": word(row["correction"], "check-correction").lower()})
    said.extend(in_words(each) for each in row["caution"])
    if row["certificate"]:
        said.append(_("certificate %(number)s") % {"number": row["certificate"]})
    return "; ".join(said)


def on_paper(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a reviewed month says to everybody who holds its paper."""
    count, outside = counted(dict(content))
    return [
        (_now("Document"), _now("Checks in use")),
        (_now("Gauge"), f"{content['gauge']['code']} {content['gauge']['name']}"),
        (_now("Month"), month_words(content["month"])),
        (_now("Checks"), _now("%(count)s, %(outside)s of them outside their limits", count=count, outside=outside)),
        (_now("Missing"), str(len(content["missing"]))),
    ]
