"""An outside laboratory's certificate: what it must say, what its results come to, what its review answers. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.printed import limit_shown, report_ratio, report_risk
from techfloor.duties.calibration.rules.procedure import ItemFunction, PlannedPoint
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.measures.decision import Rule, Verdict, decide, tur, worst
from techfloor.measures.quantity import plain
from techfloor.measures.side import EXACT
from techfloor.measures.tolerance import ToleranceError, use_of_tolerance
from techfloor.measures.units import show_unit
from techfloor.refusals import Refusal
from techfloor.said import Said, say

PASS, FAIL = Verdict.pass_.value, Verdict.fail.value
NOT_GIVEN, SAME = "not given", "same as found"
FOUND_CHOICES = (PASS, FAIL, NOT_GIVEN)
LEFT_CHOICES = (SAME, PASS, FAIL)
YES, NO = "yes", "no"
SMALLEST_TUR = Decimal(4)


@dataclass(frozen=True)
class LabResult:
    """One result of the laboratory; `reference` is the value applied, or the nominal size of a fixed gauge.

    `u` is expanded, in the unit of the function.
    """

    function: str
    reference: Decimal
    indication: Decimal
    run: str = AS_FOUND
    u: Decimal | None = None
    k: Decimal | None = None


@dataclass(frozen=True)
class CertificateEntry:
    """What stands on the laboratory's certificate, and the gauge's way there and back."""

    laboratory: str
    certificate: str
    performed: date
    back: date
    as_found: str
    as_left: str = SAME
    accreditation: str = ""
    sent: date | None = None
    rule: str = ""
    uncertainty: str = ""
    method: str = ""
    environment: str = ""
    adjustment: str = ""
    cost: str = ""
    results: tuple[LabResult, ...] = ()


def check_certificate(entry: CertificateEntry, today: date) -> None:
    """Refuse what no certificate can say; raises Refusal at the field to mend."""
    for name, words in (
        ("laboratory", "Enter the laboratory."),
        ("certificate", "Enter the number of the certificate."),
    ):
        if not getattr(entry, name).strip():
            raise Refusal(words, field=name)
    if entry.as_found not in FOUND_CHOICES:
        raise Refusal("Choose what the certificate says of the gauge as found.", field="as_found")
    if entry.as_left not in LEFT_CHOICES:
        raise Refusal("Choose what the certificate says of the gauge as left.", field="as_left")
    _check_days(entry, today)
    _check_results(entry)


def _check_days(entry: CertificateEntry, today: date) -> None:
    if entry.performed > today:
        raise Refusal("This day lies in the future. Enter the day the laboratory calibrated it.", field="performed")
    if entry.back > today:
        raise Refusal("This day lies in the future. Enter the day it came back.", field="back")
    if entry.back < entry.performed:
        raise Refusal("It came back before it was calibrated. Check both days.", field="back")
    if entry.sent is not None and entry.sent > entry.performed:
        raise Refusal("It was calibrated before it was sent. Check both days.", field="performed")


def _check_results(entry: CertificateEntry) -> None:
    places = [(r.run, r.function, r.reference) for r in entry.results]
    if len(places) != len(set(places)):
        raise Refusal("A result stands there twice. Leave one of the two out.", field="results")
    adjusted = entry.as_left != SAME
    if not adjusted and any(run == AS_LEFT for run, _f, _r in places):
        raise Refusal("There are results as left. Say what the certificate says of it as left.", field="as_left")
    if entry.as_found == NOT_GIVEN and not adjusted and not places:
        raise Refusal("The certificate says nothing of the gauge: type its results, or its verdict.", field="as_found")


def planned(functions: Sequence[ItemFunction], results: Iterable[LabResult]) -> tuple[PlannedPoint, ...]:
    """Return the points that results were given for, with the tolerances in force; as found and as left share them."""
    by_name = {function.name: function for function in functions}
    places = dict.fromkeys((result.function, result.reference) for result in results)
    made = []
    for n, (name, reference) in enumerate(places, start=1):
        function = by_name.get(name)
        if function is None:
            raise Refusal("This gauge does not measure “%(name)s”. Choose again.", field="results", name=name)
        made.append(
            PlannedPoint(
                n=n,
                label=plain(reference),
                function=function.name,
                unit=function.unit,
                nominal=plain(reference),
                resolution=function.resolution,
                reads_to=function.reads_to,
                full_scale=function.high,
                tolerance=function.tolerance,
            )
        )
    return tuple(made)


def functions_then(points: Iterable[PlannedPoint], today: Sequence[ItemFunction]) -> tuple[ItemFunction, ...]:
    """Return what a gauge measures, as the points of a calibration have it; what they do not have as it is today."""
    then = {
        p.function: ItemFunction(p.function, p.unit, p.full_scale, p.resolution, p.reads_to, p.tolerance)
        for p in points
    }
    named = {function.name for function in today}
    gone = (function for function in then.values() if function.name not in named)
    return (*(then.get(function.name, function) for function in today), *gone)


@dataclass(frozen=True)
class JudgedResult:
    """A result against the gauge's own tolerance; `tur` is how often U fits into it, None without U or limits."""

    point: PlannedPoint
    result: LabResult
    error: Decimal
    lower: Decimal | None
    upper: Decimal | None
    verdict: str
    tur: Decimal | None


def judge(points: Sequence[PlannedPoint], results: Iterable[LabResult]) -> list[JudgedResult]:
    """Judge each result by simple acceptance against the tolerance of the gauge."""
    place = {(p.function, Decimal(p.nominal)): p for p in points}
    return [_judged(place[result.function, result.reference], result) for result in results]


def _judged(point: PlannedPoint, result: LabResult) -> JudgedResult:
    error = EXACT.subtract(result.indication, result.reference)
    lower, upper = _limits(point, result.reference)
    if lower is None and upper is None:
        return JudgedResult(point, result, error, None, None, "", None)
    verdict = decide(error, lower, upper, rule=Rule.simple).verdict.value
    ratio = tur(lower, upper, result.u, Decimal(1)) if result.u else None
    return JudgedResult(point, result, error, lower, upper, verdict, ratio)


def _limits(point: PlannedPoint, reference: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Return the error limits; none where the gauge's tolerance is words, which only the laboratory can judge."""
    try:
        return limits_at(point, reference)
    except ToleranceError:
        return None, None


def run_verdict(stated: str, judged: Sequence[JudgedResult], run: str) -> str:
    """Return the verdict of a run, "" where nothing is said of it.

    The harder of what the laboratory states and what its results are against the gauge's own tolerance, which may
    be tighter than the one the laboratory knew.
    """
    reached = [Verdict(j.verdict) for j in judged if j.result.run == run and j.verdict]
    if stated in {PASS, FAIL}:
        reached.append(Verdict(stated))
    return worst(reached).value if reached else ""


@dataclass(frozen=True)
class CheckAnswer:
    """The answer to one check of the procedure: yes, no, or not given yet; a no says why it is accepted or not."""

    check: str
    answer: str = ""
    note: str = ""


@dataclass(frozen=True)
class SmallRatio:
    """The result whose U fits least often into its tolerance, where that is less than a procedure asks for."""

    point: str
    ratio: str
    least: str


def small_ratio(judged: Iterable[JudgedResult], min_tur: str) -> SmallRatio | None:
    """Return the smallest TUR of the results where it is below the least one, that of the procedure or four."""
    least = Decimal(min_tur) if min_tur else SMALLEST_TUR
    known = [(j.tur, j) for j in judged if j.tur is not None]
    smallest, worst_one = min(known, key=lambda pair: pair[0], default=(least, None))
    if worst_one is None or smallest >= least:
        return None
    point = f"{worst_one.point.label} {show_unit(worst_one.point.unit)}".strip()
    return SmallRatio(point, report_ratio(smallest), plain(least))


_OF_U = re.compile(r"\bTUR\b")


def check_answers(answers: Sequence[CheckAnswer], small: SmallRatio | None = None) -> None:
    """Refuse checks that are open, a no without a note, and a yes to the TUR without one where a `small` one says no.

    The field is `answer_n` or `note_n`, counted from 0.
    """
    for n, given in enumerate(answers):
        if given.answer not in {YES, NO}:
            raise Refusal("Answer “%(check)s”.", field=f"answer_{n}", check=given.check)
        if given.answer == NO and not given.note.strip():
            raise Refusal("Say what it means for “%(check)s”.", field=f"note_{n}", check=given.check)
        if small is not None and _OF_U.search(given.check) and not given.note.strip():
            raise Refusal(
                "At %(point)s the TUR is %(ratio)s, below %(least)s. Say in the note why it is accepted.",
                field=f"note_{n}",
                point=small.point,
                ratio=small.ratio,
                least=small.least,
            )


def contradictions(entry: CertificateEntry, judged: Sequence[JudgedResult]) -> list[tuple[str, str, str]]:
    """Return (run, verdict stated, verdict of its results) where a laboratory states another one than they come to."""
    stated = [(AS_FOUND, entry.as_found), (AS_LEFT, entry.as_left)]
    found = ((run, word, run_verdict("", judged, run)) for run, word in stated if word in {PASS, FAIL})
    return [each for each in found if each[2] and each[2] != each[1]]


def exceptions(
    as_found: str,
    as_left: str,
    answers: Iterable[CheckAnswer],
    *,
    first_use: bool,
    small: SmallRatio | None = None,
    otherwise: Iterable[tuple[str, str, str]] = (),
) -> list[Said]:
    """Return why a second person must look; empty for a clean certificate. `otherwise` are its contradictions."""
    made = []
    if as_found == FAIL:
        made.append(say("calibration.failed-as-found"))
    if not as_found:
        made.append(say("calibration.not-given"))
    if as_left == FAIL:
        made.append(say("calibration.failed-as-left"))
    made.extend(contradiction_said(*each) for each in otherwise)
    if small is not None:
        made.append(say("calibration.small-tur", point=small.point, ratio=small.ratio, least=small.least))
    made.extend(say("calibration.answered-no", check=given.check) for given in answers if given.answer == NO)
    if first_use:
        made.append(say("calibration.first-use"))
    return made


def contradiction_said(run: str, stated: str, computed: str) -> Said:
    """Say that a laboratory states another verdict than its results come to."""
    named = (say(f"calibration.verdict.{word}") for word in (stated, computed))
    return say("calibration.stated-otherwise", run=say(f"calibration.{run}"), stated=next(named), computed=next(named))


def worst_result(judged: Sequence[JudgedResult], run: str) -> JudgedResult | None:
    """Return the result that uses most of its tolerance."""
    return max((j for j in judged if j.result.run == run), key=_use, default=None)


def _use(judged: JudgedResult) -> Fraction:
    return abs(use_of_tolerance(judged.error, judged.lower, judged.upper) or Fraction(0))


# --- how it is kept, and what is signed ---


def to_plain(entry: CertificateEntry) -> dict[str, Any]:
    """Return the certificate as plain data, every number as typed."""
    return {
        "laboratory": entry.laboratory.strip(),
        "accreditation": entry.accreditation.strip(),
        "certificate": entry.certificate.strip(),
        "sent": entry.sent.isoformat() if entry.sent else "",
        "performed": entry.performed.isoformat(),
        "back": entry.back.isoformat(),
        "as_found": entry.as_found,
        "as_left": entry.as_left,
        "rule": entry.rule.strip(),
        "uncertainty": entry.uncertainty.strip(),
        "method": entry.method.strip(),
        "environment": entry.environment.strip(),
        "adjustment": entry.adjustment.strip(),
        "cost": entry.cost.strip(),
        "results": [_result_to_plain(result) for result in entry.results],
    }


def _result_to_plain(result: LabResult) -> dict[str, str]:
    return {
        "function": result.function,
        "run": result.run,
        "reference": plain(result.reference),
        "indication": plain(result.indication),
        "u": "" if result.u is None else plain(result.u),
        "k": "" if result.k is None else plain(result.k),
    }


def from_plain(data: Mapping[str, Any]) -> CertificateEntry:
    """Read back what `to_plain` kept."""
    given = {field.name: data[field.name] for field in fields(CertificateEntry)}
    for name in ("performed", "back", "sent"):
        given[name] = date.fromisoformat(given[name]) if given[name] else None
    given["results"] = tuple(_result_from_plain(row) for row in given["results"])
    return CertificateEntry(**given)


def _result_from_plain(row: Mapping[str, str]) -> LabResult:
    return LabResult(
        row["function"],
        Decimal(row["reference"]),
        Decimal(row["indication"]),
        row["run"],
        Decimal(row["u"]) if row["u"] else None,
        Decimal(row["k"]) if row["k"] else None,
    )


def answers_of(data: Mapping[str, Any], checks: Sequence[str]) -> tuple[CheckAnswer, ...]:
    """Return the answers kept so far, one for each check of the procedure."""
    kept = {row["check"]: row for row in data.get("checks", ())}
    return tuple(
        CheckAnswer(check, kept[check]["answer"], kept[check]["note"]) if check in kept else CheckAnswer(check)
        for check in checks
    )


def answers_to_plain(answers: Iterable[CheckAnswer]) -> list[dict[str, str]]:
    """Return the answers as plain data."""
    return [{"check": a.check, "answer": a.answer, "note": a.note.strip()} for a in answers]


def runs(points: Sequence[PlannedPoint], data: Mapping[str, Any], *, with_risk: bool = False) -> list[dict[str, Any]]:
    """Return the runs of the canonical content: as found and, where the laboratory adjusted, as left."""
    entry = from_plain(data)
    judged = judge(points, entry.results)
    stated = [(AS_FOUND, entry.as_found)]
    if entry.as_left != SAME:
        stated.append((AS_LEFT, entry.as_left))
    made = []
    for run, word in stated:
        verdict = run_verdict(word, judged, run)
        if verdict:
            results = [_content_point(j, with_risk=with_risk) for j in judged if j.result.run == run]
            made.append({"run": run, "verdict": verdict, "points": results, "entries": [], "derived": []})
    return made


def _risk(judged: JudgedResult) -> float | None:
    """Return the probability that a verdict is wrong, by the U that the laboratory states."""
    if not judged.verdict:
        return None
    limits, result = (judged.lower, judged.upper), judged.result
    return rules.risk_at(Verdict(judged.verdict), judged.error, limits, result.u, result.k)


def _content_point(judged: JudgedResult, *, with_risk: bool) -> dict[str, Any]:
    point, result = judged.point, judged.result
    return {
        "n": point.n,
        "function": point.function,
        "label": point.label,
        "nominal": point.nominal,
        "unit": point.unit,
        "direction": "",
        "stack": [],
        "expected": "",
        "cannot_measure": None,
        "readings": [],
        "reference": plain(result.reference),
        "indication": plain(result.indication),
        "error": plain(judged.error),
        "error_unit": point.unit,
        "tolerance": {
            "lower": "" if judged.lower is None else limit_shown(judged.lower, point),
            "upper": "" if judged.upper is None else limit_shown(judged.upper, point),
            "text": point.tolerance,
        },
        "u": "" if result.u is None else plain(result.u),
        "k": "" if result.k is None else plain(result.k),
        "tur": report_ratio(judged.tur),
        "tur_reference": "",
        "guard": "",
        "risk": report_risk(_risk(judged)) if with_risk else "",
        "verdict": judged.verdict,
    }
