"""The sheet of a study, from its signed content and from nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _now

from techfloor.duties.gauge_studies import report_tables
from techfloor.duties.gauge_studies.figures import limit_words
from techfloor.duties.gauge_studies.rules import Sort
from techfloor.records.signing import SignatureFacts
from techfloor.reports import amendments, documents
from techfloor.reports.charts import PanelChart
from techfloor.reports.documents import DocumentSheet
from techfloor.reports.issue import IssueFacts
from techfloor.reports.sheets import Fact, FactColumn, Sheet, Tone, VerdictBox, VerdictLine
from techfloor.reports.words import PaperWords
from techfloor.said import in_words, word

_TONES = {"pass": Tone.PASS, "caution": Tone.CAUTION, "fail": Tone.FAIL}


@dataclass(frozen=True)
class StudySheet(DocumentSheet):
    """A sheet of paragraphs, tables and charts."""

    charts: tuple[tuple[str, PanelChart], ...] = ()


def sheet(content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, gettext: Any) -> Sheet:
    """Draw a signed study."""
    words, _ = documents.words_of(content, issue, gettext), gettext
    gauge, verdict = content["gauge"], content["verdict"]
    apart = report_tables.not_counted(content, lambda at: words.time(datetime.fromisoformat(at)), _)
    late = report_tables.late_changes(content, lambda at: words.time(datetime.fromisoformat(at)), _)
    in_error = amendments.in_error(content)
    read = () if in_error else (report_tables.readings(content, _), *((apart,) if apart else ()))
    said = documents.Said(
        title=title(content),
        subtitle=f"{gauge['code']} {gauge['name']}",
        answer="",
        note="",
        facts=facts(content, words, _),
        paragraphs=(
            in_words(verdict["words"]),
            *(_("Changed after all values were in: %(what)s.") % {"what": each} for each in late),
            *(in_words(each) for each in verdict["next"]),
        ),
        tables=(*report_tables.tables(content, _), *read),
    )
    plain = documents.sheet(said, content, signatures, issue, words)
    given = {each.name: getattr(plain, each.name) for each in fields(plain)}
    given["verdict"] = _withdrawn(_) if in_error else _box(content, _)
    return StudySheet(**given, charts=report_tables.charts(content, _))


def title(content: Mapping[str, Any]) -> str:
    """Return what kind of study it is."""
    return f"{_now('Gauge study')}: {word(content['sort'], 'study-sort')}"


def _withdrawn(_: Any) -> VerdictBox:
    line = VerdictLine("✕", _("Entered in error"), Tone.FAIL)
    return VerdictBox((line,), _("no result of it counts"), Tone.FAIL)


def _box(content: Mapping[str, Any], _: Any) -> VerdictBox:
    look = content["verdict"]["look"]
    words = {"pass": _("Acceptable"), "caution": _("With limits"), "fail": _("Not acceptable")}[look]
    line = VerdictLine(report_tables.SIGNS[look], words, _TONES[look])
    return VerdictBox((line,), headline(content, _), _TONES[look])


def headline(content: Mapping[str, Any], _: Any) -> str:
    """Return the figures that decide, in a few words."""
    figures = content["figures"]
    if content["sort"] == Sort.ATTRIBUTE:
        system = figures["system"]
        return str(_("all right on %(count)s of %(n)s parts") % {"count": system["count"], "n": system["n"]})
    if figures["blind"]:
        return str(_("all readings are equal"))
    gauge, ndc = figures["lines"][0], "∞" if figures["ndc"] is None else figures["ndc"]
    if gauge["tolerance_percent"] is not None:
        return str(
            _("%(percent)s %% of the tolerance, ndc %(ndc)s") % {"percent": gauge["tolerance_percent"], "ndc": ndc}
        )
    return str(
        _("%(percent)s %% of the study variation, ndc %(ndc)s") % {"percent": gauge["study_percent"], "ndc": ndc}
    )


def facts(content: Mapping[str, Any], words: PaperWords, _: Any) -> tuple[FactColumn, ...]:
    """Return what was studied, and how."""
    gauge = content["gauge"]
    of_gauge = [
        Fact(_("Gauge"), gauge["name"], gauge["code"]),
        Fact(_("Kind"), gauge["kind"]),
        Fact(_("Serial"), gauge["serial"]),
        Fact(_("Place"), gauge["place"]),
        Fact(_("Function"), gauge["function"]),
        Fact(_("Held"), "; ".join(in_words(each) for each in gauge["held"])),
    ]
    return (
        FactColumn(_("Gauge"), tuple(fact for fact in of_gauge if fact.text)),
        FactColumn(_("Study"), tuple(fact for fact in _design(content, words, _) if fact.text)),
    )


def _design(content: Mapping[str, Any], words: PaperWords, _: Any) -> list[Fact]:
    if amendments.in_error(content):
        return [
            Fact(_("Measured"), content["subject"]),
            Fact(_("Tolerance"), tolerance_words(content, _)),
            _was(content, _),
        ]
    count = _("%(parts)s parts, %(appraisers)s appraisers, %(repeats)s times each, in random order") % {
        "parts": len(content["parts"]),
        "appraisers": sum(each["left"] is None for each in content["appraisers"]),
        "repeats": content["repeats"],
    }
    times = _read_at(content)
    return [
        Fact(_("Measured"), content["subject"]),
        Fact(_("Tolerance"), tolerance_words(content, _)),
        Fact(_("Extent"), count),
        Fact(_("Appraisers"), words.names([each["name"] for each in content["appraisers"] if not each["left"]])),
        Fact(_("Left"), "; ".join(_left(each) for each in content["appraisers"] if each["left"])),
        Fact(_("From"), words.time(min(times))),
        Fact(_("To"), words.time(max(times))),
    ]


def _was(content: Mapping[str, Any], _: Any) -> Fact:
    former = content["supersedes"]
    return Fact(_("Version %(version)s said") % {"version": former["version"]}, in_words(former["verdict"]))


def _read_at(content: Mapping[str, Any]) -> list[datetime]:
    """Return when values were read; what amendments correct was read by nobody then."""
    former = content.get("supersedes")
    last = datetime.fromisoformat(former["performed_at"]) if former else None
    times = [datetime.fromisoformat(row["at"]) for row in content["rows"]]
    return [at for at in times if last is None or at <= last]


def _left(each: Mapping[str, Any]) -> str:
    return f"{each['name']}: {each['left']['why']}"


def tolerance_words(content: Mapping[str, Any], _: Any) -> str:
    """Write what the scatter is compared with."""
    found = content["tolerance"]
    if found is None:
        return "" if content["sort"] == Sort.ATTRIBUTE else str(_("none: judged by the study variation"))
    lower, upper = Decimal(found["lower"]), Decimal(found["upper"])
    limits = limit_words(found["basis"], lower, upper, content["gauge"]["unit"])
    return f"{limits}, {word(found['basis'], 'study-basis')}"


def on_paper(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a signed study says to everybody who holds its paper."""
    return [
        (_now("Document"), title(content)),
        (_now("Gauge"), f"{content['gauge']['code']} {content['gauge']['name']}"),
        (_now("Measured"), content["subject"]),
        (_now("Verdict"), in_words(content["verdict"]["words"])),
    ]
