"""The calibration certificate, made from the canonical content and from nothing else.

It carries what ISO/IEC 17025:2017 asks in 7.8.2 (all reports), 7.8.4 (calibration certificates) and 7.8.6
(statements of conformity). No interval is recommended unless the plant agreed one (7.8.4.3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from techfloor.duties.calibration.report import chart as report_chart
from techfloor.duties.calibration.report import tables
from techfloor.duties.calibration.report.outside import review_sheet
from techfloor.duties.calibration.report.words import (
    SIGNS,
    Words,
    moment,
    sentence,
    title_words,
    with_minus,
)
from techfloor.duties.calibration.rules.printed import report_ratio
from techfloor.duties.calibration.rules.tolerances import FROM_GAUGE
from techfloor.measures.units import show_unit
from techfloor.records.signing import SignatureFacts
from techfloor.records.versions import MEANINGS
from techfloor.records.wording import meaning_words
from techfloor.reports import amendments
from techfloor.reports.issue import IssueFacts
from techfloor.reports.sheets import (
    Fact,
    FactColumn,
    PageWords,
    Remark,
    Sheet,
    SignatureBox,
    Table,
    Tone,
    VerdictBox,
    VerdictLine,
)
from techfloor.reports.words import Translate, in_fours
from techfloor.said import in_words, word

TEMPLATE = "calibration/sheet.html"
_OF_THE_WORK = frozenset({"performed", "transcribed", *MEANINGS.values()})
"""What the signature of who did the work, or amended its record, means; the others are a second look."""


def sheet(
    content: Mapping[str, Any],
    signatures: Sequence[SignatureFacts],
    issue: IssueFacts,
    gettext: Translate = str,
) -> Sheet:
    """Make the sheet of a calibration from its canonical content, of any schema."""
    words = Words(issue.language, ZoneInfo(content["plant"]["zone"]), gettext)
    made = _Certificate(content, signatures, issue, words).sheet()
    return review_sheet(made, content, words) if content.get("outside") else made


def remarks(
    content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, words: Words
) -> list[Remark]:
    """Return what the certificate says below its results, each under its label."""
    return _Certificate(content, signatures, issue, words).remarks()


def performed(content: Mapping[str, Any], issue: IssueFacts, words: Words) -> str:
    """Say when it was performed and by whom, who read the values, and who typed them in from paper."""
    return _Certificate(content, (), issue, words).performed()


@dataclass(frozen=True)
class _Certificate:
    """One certificate in the making."""

    content: Mapping[str, Any]
    signatures: Sequence[SignatureFacts]
    issue: IssueFacts
    words: Words

    @property
    def in_error(self) -> bool:
        """True for the sheet that only says that the version before was entered in error."""
        return amendments.in_error(self.content)

    def _(self, text: str) -> str:
        return self.words.translate(text)

    def sheet(self) -> Sheet:
        """Put the parts together."""
        content, issue = self.content, self.issue
        title, _, qualifier = title_words(content["title"]).partition(" (")
        groups = tables.groups(content)
        chart = report_chart.chart(groups, self.words)
        return Sheet(
            house=content["plant"]["name"],
            title=title,
            qualifier=qualifier.removesuffix(")"),
            subtitle=self._subtitle(),
            number=content["number"],
            version=self._version(),
            language=issue.language,
            demo=self._("DEMO, not a real record") if content["plant"]["demo"] else "",
            verdict=self._verdict(),
            facts=(
                FactColumn(self._("Item"), self._item()),
                FactColumn(self._("How it was calibrated"), self._how()),
            ),
            tables=self._tables(groups),
            chart=chart,
            chart_title=report_chart.chart_title(groups, self.words) if chart else "",
            remarks=tuple(self.remarks()),
            signatures=tuple(self._signature(s) for s in self.signatures),
            verify_url=issue.verify_url,
            verify_code=in_fours(issue.code, "-"),
            trail=self.words.trail(issue.trail_seq, issue.trail_head),
            footer=self._("results relate only to the items calibrated"),
            page_words=PageWords.of(self.words.translate),
            annexes=self._annexes(groups),
            end=self._end(),
            amendment=amendments.box(content, self.signatures, self.words),
        )

    # --- head ---

    def _version(self) -> str:
        text = self._("version %(version)s · issue %(issue)s")
        return text % {"version": self.content["version"], "issue": self.issue.issue_no}

    def _end(self) -> str:
        text = self._("End of record %(number)s, version %(version)s")
        if "certificate" in title_words(self.content["title"]).lower():
            text = self._("End of certificate %(number)s, version %(version)s")
        return text % {"number": self.content["number"], "version": self.content["version"]}

    def _subtitle(self) -> tuple[Fact, ...]:
        gauge = self.content["gauge"]
        dates = self._("Calibrated %(performed)s · issued %(issued)s") % {
            "performed": self.words.day(moment(self.content["performed_at"]), long=True),
            "issued": self.words.day(self.issue.issued_at, long=True),
        }
        return Fact("", gauge["name"], gauge["code"]), Fact("", dates)

    def _verdict(self) -> VerdictBox:
        if self.in_error:
            line = VerdictLine("✕", self._("Entered in error"), Tone.FAIL)
            return VerdictBox((line,), self._("no result of it counts"), Tone.FAIL)
        lines = tuple(line for run in self.content["runs"] for line in self._verdict_lines(run))
        order = (Tone.FAIL, Tone.CAUTION, Tone.PASS)
        worst = min((line.tone for line in lines), key=order.index, default=Tone.CAUTION)
        return VerdictBox(lines, self._rule(), worst)

    def _verdict_lines(self, run: Mapping[str, Any]) -> list[VerdictLine]:
        """Say the verdict of a run, and that it leaves out what was not measured."""
        verdict = run["verdict"] or "incomplete"
        sign, tone = SIGNS[verdict]
        text = f"{self.words.verdict(verdict)} {self.words.run(run['run'])}"
        lines = [VerdictLine(sign, text[0].upper() + text[1:], tone)]
        missing = sum(1 for point in run["points"] if point["cannot_measure"])
        return [*lines, VerdictLine("", self._not_measured(missing), Tone.CAUTION)] if missing else lines

    def _not_measured(self, count: int) -> str:
        if count == 1:
            return self._("1 point not measured")
        return self._("%(count)s points not measured") % {"count": count}

    def _points(self) -> list[Mapping[str, Any]]:
        return [p for run in self.content["runs"] for p in run["points"] if not p["cannot_measure"]]

    def _rule(self) -> str:
        """Name the decision rule; without any uncertainty it says that none was considered."""
        rule: str = self.content["procedure"]["rule_text"]
        if any(p["u"] for p in self._points()):
            return rule
        return self._("%(rule)s, uncertainty not considered") % {"rule": rule}

    # --- facts ---

    def _item(self) -> tuple[Fact, ...]:
        gauge, plant = self.content["gauge"], self.content["plant"]
        kind = ", ".join(part for part in (gauge["kind"], gauge["maker"]) if part)
        owner = ", ".join(part for part in (plant["name"], gauge["place"]) if part)
        return _given(
            Fact(self._("Kind"), kind),
            Fact(self._("Serial"), gauge["serial"]),
            Fact(self._("Range"), with_minus(in_words(gauge["range"]))),
            Fact(self._("Resolution"), gauge["resolution"]),
            Fact(self._("Owner"), owner),
            Fact(self._("Condition"), in_words(gauge["condition"])),
            Fact(self._("Limited use"), gauge["limited_use"] or ""),
        )

    def _how(self) -> tuple[Fact, ...]:
        procedure = self.content["procedure"]
        version = self._("version %(version)s, %(title)s") % procedure
        return _given(
            Fact(self._("Laboratory"), self._laboratory()),
            Fact(self._("Place"), self._("in the rooms of the plant at this address")),
            Fact(self._("Procedure"), version, procedure["code"]),
            Fact(self._("Method"), self._method()),
            *(self._standard(s, n) for n, s in enumerate(self.content["standards"])),
            Fact(self._("Ambient"), "; ".join(self._ambient(a) for a in self.content["ambient"])),
            Fact(self._("Performed"), self.performed()),
        )

    def _method(self) -> str:
        """Say how it was done: the method, what was done before the first reading, and the wait for the room."""
        procedure = self.content["procedure"]
        soak = self._("settled in the room for %(minutes)s minutes") % {"minutes": procedure.get("soak_minutes")}
        parts = [
            procedure["method"].rstrip(". "),
            procedure.get("preload", ""),
            soak if procedure.get("soaked") else "",
        ]
        return "; ".join(part for part in parts if part)

    def _laboratory(self) -> str:
        plant = self.content["plant"]
        return ", ".join(part for part in (plant["name"], plant["address"]) if part)

    def _standard(self, standard: Mapping[str, str], n: int) -> Fact:
        parts = [
            standard["name"],
            standard["serial"] and self._("serial %(serial)s") % standard,
            self._certificate_of(standard),
            standard["valid_until"]
            and self._("valid to %(day)s") % {"day": self.words.calendar_day(standard["valid_until"])},
            standard["uncertainty"] and _together(f"U = {in_words(standard['uncertainty'])}"),
        ]
        label = self._("Standard") if len(self.content["standards"]) == 1 else f"{self._('Standard')} {n + 1}"
        return Fact(label, ", ".join(part for part in parts if part), standard["code"])

    def _certificate_of(self, standard: Mapping[str, str]) -> str:
        if not standard["certificate"]:
            return ""
        text = self._("certificate %(certificate)s") % standard
        laboratory = f" ({standard['laboratory']})" if standard["laboratory"] else ""
        if not standard["issued"]:
            return text + laboratory
        day = self.words.calendar_day(standard["issued"])
        return f"{text}{laboratory} {self._('of %(day)s') % {'day': day}}"

    def _ambient(self, ambient: Mapping[str, str]) -> str:
        limits = f" ({with_minus(ambient['limits'])})" if ambient["limits"] else ""
        name = word(ambient["quantity"], "quantity")
        return f"{name} {with_minus(ambient['value'])} {show_unit(ambient['unit'])}{limits}"

    def performed(self) -> str:
        """Say when it was performed and by whom, who read the values, and when what came late was recorded."""
        signer, measurers = self.content["performed_by"], self.content["measured_by"]
        text = f"{self.words.time(moment(self.content['performed_at']))}, {signer}"
        if measurers not in ([], [signer]):
            text += f"; {self._('measured by %(names)s') % {'names': self.words.names(measurers)}}"
        typist = self.content.get("transcription")
        if typist:
            text += f"; {self._('transcribed from paper by %(name)s') % {'name': typist['by']}}"
        late = self.content.get("late")
        if not late:
            return text
        return f"{text}; {self._('recorded %(time)s') % {'time': self.words.time(moment(late))}}"

    # --- results ---

    def _tables(self, groups: Sequence[tables.Group]) -> tuple[Table, ...]:
        results = [tables.results(g, self.words, self._results_title(g, groups)) for g in groups]
        derived = tables.derived(self.content["runs"], self.words)
        return (*results, *([derived] if derived else []))

    def _results_title(self, group: tables.Group, groups: Sequence[tables.Group]) -> str:
        _ = self._
        title = f"{_('Results')}: {group.function}" if group.function and len(groups) > 1 else _("Results")
        count = tables.repeats([group])
        if count < 2:
            return title
        return _("%(title)s (mean of %(count)s readings; single readings at the end)") % {
            "title": title,
            "count": count,
        }

    def _annexes(self, groups: Sequence[tables.Group]) -> tuple[Table, ...]:
        return tuple(
            tables.single_readings(group, run, self.words)
            for run in (r["run"] for r in self.content["runs"])
            for group in groups
            if tables.repeats([group]) > 1
        ) + tuple(table for run in self.content["runs"] if (table := tables.entries(run, self.words)) is not None)

    # --- remarks ---

    def remarks(self) -> list[Remark]:
        """Return the remarks that say something."""
        _, content = self._, self.content
        if self.in_error:
            return [Remark(_("Authorised"), authorised)] if (authorised := self._authorised()) else []
        deviations = " ".join(sentence(in_words(d)) for d in content["deviations"])
        remarks = [
            Remark(_("Conformity"), self._conformity()),
            Remark(_("Uncertainty"), self._coverage()),
            Remark(_("Risk"), in_words(content.get("risk") or "")),
            Remark(_("Traceability"), self._traceability()),
            Remark(_("Adjustment"), self._adjustment()),
            Remark(_("Deviations"), deviations or _("None from the procedure.")),
            Remark(_("Corrections"), " ".join(self._correction(c) for c in content["corrections"])),
            Remark(_("Next calibration"), sentence(in_words(content["interval"] or ""))),
            Remark(_("Authorised"), self._authorised()),
            Remark(_("Scope"), self._scope()),
        ]
        return [remark for remark in remarks if remark.text]

    def _conformity(self) -> str:
        """Say by which rule, against what, and for which results conformity is stated (7.8.6.2)."""
        _ = self._
        missing = sum(1 for run in self.content["runs"] for p in run["points"] if p["cannot_measure"])
        covered = _("The statement covers every result above.")
        if missing:
            covered = _("The statement covers the measured results above; %(count)s not measured.") % {"count": missing}
        return f"{sentence(f'{self._rule()}; {self._tolerances_from()}')} {covered}"

    def _tolerances_from(self) -> str:
        """Say whose tolerances and rule decided; content before schema 7 does not say where tolerances came from."""
        procedure, words = self.content["procedure"], self._("tolerances and rule from %(code)s version %(version)s")
        if procedure.get("tolerance_from") == FROM_GAUGE:
            words = self._("tolerances from the card of the gauge, rule from %(code)s version %(version)s")
            if procedure["tolerance"]:
                words = self._(
                    "tolerances from the card of the gauge, where %(code)s version %(version)s states %(tolerance)s; "
                    "rule from %(code)s"
                )
        stated = with_minus(procedure.get("tolerance", "")).replace("± ", "±\N{NO-BREAK SPACE}")
        return words % {**procedure, "tolerance": stated}

    def _traceability(self) -> str:
        """Say how the results are traceable (7.8.4.1 c); without U they are not (JCGM 200:2012, 2.41)."""
        if not any(standard["certificate"] for standard in self.content["standards"]):
            return ""
        if self.issue.since:
            since = " ".join(sentence(in_words(said)) for said in self.issue.since)
            return self._("Since this calibration: %(since)s No traceability is claimed through it.") % {"since": since}
        if not any(p["u"] for p in self._points()):
            return self._(
                "The standards used are named above. Without an evaluated uncertainty no metrological traceability of "
                "the results is claimed."
            )
        return self._("The results are metrologically traceable through the certificates of the standards named above.")

    def _coverage(self) -> str:
        """Say what U is, or that none was evaluated (7.8.4.1 a)."""
        if not any(p["u"] for p in self._points()):
            return self._("Measurement uncertainty was not evaluated.") if self._points() else ""
        return " ".join(part for part in (in_words(self.content["coverage"] or ""), self._ratios()) if part)

    def _ratios(self) -> str:
        """Say how often U fits into the tolerance, twice: content before schema 4 does not say it of the reference."""
        whole, reference = (self._span(key) for key in ("tur", "tur_reference"))
        if not reference:
            return ""
        words = self._(
            "The tolerance is %(whole)s times U (TUR), and %(reference)s times U of reference and room alone."
        )
        return words % {"whole": whole, "reference": reference}

    def _span(self, key: str) -> str:
        """Return the smallest and the largest of a number of the points, "" where none has it: 1.7 to 2.5."""
        found = [report_ratio(each) for each in sorted(Decimal(p[key]) for p in self._points() if p.get(key))]
        if not found or found[0] == found[-1]:
            return found[0] if found else ""
        return self._("%(low)s to %(high)s") % {"low": found[0], "high": found[-1]}

    def _adjustment(self) -> str:
        if not self.content["adjusted"]:
            return self._("Not adjusted; the results are as found and as left.")
        return sentence(self.content["adjustment"] or self._("Adjusted"))

    def _correction(self, correction: Mapping[str, str]) -> str:
        return self._("%(what)s: %(before)s corrected to %(after)s (%(reason)s; %(by)s, %(time)s).") % {
            "what": in_words(correction["what"]),
            "before": with_minus(in_words(correction["from"])),
            "after": with_minus(in_words(correction["to"])),
            "reason": in_words(correction["reason"]),
            "by": correction["by"],
            "time": self.words.time(moment(correction["at"])),
        }

    def _authorised(self) -> str:
        """Name who authorised the certificate: the last who signed it without rejecting it."""
        names = [s.printed_name for s in self.signatures if s.meaning != "rejected"]
        if not names:
            return ""
        return self._("Issued on the authority of %(name)s.") % {"name": names[-1]}

    def _scope(self) -> str:
        return self._(
            "The results relate only to the items calibrated. "
            "This certificate may be passed on only whole and unchanged."
        )

    # --- signatures ---

    def _signature(self, signature: SignatureFacts) -> SignatureBox:
        lines = [self.words.to_the_second(signature.signed_at, ZoneInfo(signature.zone)), in_words(signature.method)]
        if signature.meaning not in _OF_THE_WORK:
            lines.extend(self._same_person(signature))
        meaning = meaning_words(signature.meaning, self.words.translate)
        return SignatureBox(meaning, signature.printed_name, tuple(lines))

    def _same_person(self, signature: SignatureFacts) -> list[str]:
        """Say that who looked at it a second time had a hand in it; of an amendment its content names who performed."""
        own = {s.meaning for s in self.signatures if s.signer_id == signature.signer_id}
        amended = bool(self.content.get("amendment"))
        if "performed" in own or (amended and signature.printed_name == self.content["performed_by"]):
            return [self._("same person as performed")]
        return [self._("same person as amended")] if own & set(MEANINGS.values()) else []


def _given(*facts: Fact) -> tuple[Fact, ...]:
    """Keep the facts that say something."""
    return tuple(fact for fact in facts if fact.text or fact.code)


def _together(text: str) -> str:
    """Keep what belongs to a quotient and to an equation on one line: "0.5 L/m", "k = 2"."""
    return text.replace("/", "/\N{WORD JOINER}").replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
