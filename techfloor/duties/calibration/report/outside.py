"""The review of an outside laboratory's certificate as a sheet: in the frame of a certificate, with its own body."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from techfloor.duties.calibration.report.words import Words, sentence
from techfloor.measures.decision import Verdict, worst
from techfloor.reports.sheets import Cell, Column, Fact, FactColumn, Remark, Row, Sheet, Table, Tone

HASH_SHOWN = 16


def review_sheet(frame: Sheet, content: Mapping[str, Any], words: Words) -> Sheet:
    """Put what an outside laboratory stated, and how it was checked, into the `frame` made from the same content."""
    _, outside = words.translate, content["outside"]
    kept = {_("Next calibration"), _("Authorised")}
    return replace(
        frame,
        facts=(frame.facts[0], FactColumn(_("The laboratory's certificate"), _paper(outside, words))),
        tables=(*frame.tables, _checks(outside["checks"], words)),
        chart=None,  # the drawing is the laboratory's to make; without it the review stays on one page
        chart_title="",
        remarks=(*_remarks(content, words), *(r for r in frame.remarks if r.label in kept), _scope(words)),
        footer=_("the certificate of the laboratory stays the record of its results"),
        end=_("End of review %(number)s, version %(version)s")
        % {"number": content["number"], "version": content["version"]},
    )


def _paper(outside: Mapping[str, Any], words: Words) -> tuple[Fact, ...]:
    _ = words.translate
    facts = (
        Fact(_("Laboratory"), outside["laboratory"]),
        Fact(_("Accreditation"), outside["accreditation"]),
        Fact(_("Certificate"), "", outside["certificate"]),
        Fact(_("Calibrated"), _day(outside["performed"], words)),
        Fact(_("Sent, back"), " – ".join(_day(outside[name], words) for name in ("sent", "back") if outside[name])),
        Fact(_("Method"), outside["method"]),
        Fact(_("Conditions"), outside["environment"]),
        *(Fact(_("File"), _file(each, words)) for each in outside["files"]),
    )
    return tuple(fact for fact in facts if fact.text or fact.code)


def _day(day: str, words: Words) -> str:
    return words.calendar_day(day)


def _file(file: Mapping[str, Any], words: Words) -> str:
    text = words.translate("%(name)s (SHA-256 %(hash)s…)")
    return text % {"name": file["name"], "hash": file["sha256"][:HASH_SHOWN]}


def _checks(checks: Sequence[Mapping[str, str]], words: Words) -> Table:
    _ = words.translate
    return Table(
        title=_("Checks of the certificate"),
        columns=(Column(_("Check")), Column(_("Answer"))),
        rows=tuple(_check(each, words) for each in checks),
    )


def _check(check: Mapping[str, str], words: Words) -> Row:
    _ = words.translate
    what = Cell(check["check"][:1].upper() + check["check"][1:], note=check["note"])
    if check["answer"] == "yes":
        return Row((what, Cell(_("yes"), Tone.PASS, "✓")))
    return Row((what, Cell(_("no"), Tone.CAUTION, "✕")))


def _remarks(content: Mapping[str, Any], words: Words) -> tuple[Remark, ...]:
    _, outside = words.translate, content["outside"]
    stated = _("The laboratory states: as found %(found)s, as left %(left)s.") % {
        "found": _stated(outside["as_found"], words),
        "left": _stated(outside["as_left"], words),
    }
    rule = sentence(_("Its rule: %(rule)s") % {"rule": outside["rule"]}) if outside["rule"] else ""
    against = _("The results above are judged against the tolerance of the gauge by simple acceptance.")
    otherwise = _otherwise(content, words)
    accepted = _("No result was typed: the results were accepted by review, as they stand on the certificate.")
    remarks = (
        Remark(_("Conformity"), " ".join(part for part in (stated, rule, *otherwise) if part)),
        Remark(_("Results"), against if outside["results"] else accepted),
        Remark(_("Uncertainty"), sentence(outside["uncertainty"])),
        Remark(_("Adjustment"), sentence(outside["adjustment"])),
    )
    return tuple(remark for remark in remarks if remark.text)


def _otherwise(content: Mapping[str, Any], words: Words) -> list[str]:
    """Say of each run where the results above come to another verdict than the laboratory states."""
    _, made = words.translate, []
    for run in content["runs"]:
        reached = [Verdict(point["verdict"]) for point in run["points"] if point["verdict"]]
        stated = content["outside"][run["run"]]
        if reached and stated in {"pass", "fail"} and worst(reached).value != stated:
            text = _("The results above come to %(verdict)s %(run)s all the same.")
            made.append(text % {"verdict": _stated(worst(reached).value, words), "run": words.run(run["run"])})
    return made


def _stated(word: str, words: Words) -> str:
    _ = words.translate
    return {
        "pass": _("pass"),
        "fail": _("fail"),
        "not given": _("not given"),
        "same as found": _("same as found"),
    }[word]


def _scope(words: Words) -> Remark:
    _ = words.translate
    return Remark(_("Scope"), _("This sheet records the review. It does not replace the laboratory's certificate."))
