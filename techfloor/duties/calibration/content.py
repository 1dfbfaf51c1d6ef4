"""The canonical content of a calibration, schema 7: what is signed, hashed, printed and attached.

Schema 2 added to schema 1 `amendment` and `supersedes`, both null in a first version. Schema 3 adds what an amendment
changed, `amendment.changes`, and who signed it, `amendment.signed_by`; `corrections` are only those from before the
first signature, and who performed and measured stays who that was in version 1. Schema 4 adds to each point
`tur_reference`, the ratio of its tolerance to U of reference and environment alone; `tur` is still that of the whole
process. Schema 5 adds `transcription`: who typed it in from paper, and when that was begun; null for what was performed
here. Schema 6 adds to each point `risk`, the probability in % that its verdict is wrong, and to the whole `risk`, what
that is in words; null, and "" at the points, where it is not asked for. Schema 7 adds to the procedure `tolerance`, the
one it states itself, and `tolerance_from`: whether the gauge's own card gave a point another one. What was signed under
an older schema stays as it is.

A reading says `by` and `at` who read it and when, also where an amendment corrects what was typed then; who corrected
it, when and from what stands in `amendment.changes`, before the first signature in `corrections`.

It knows no language: what the program says stands in it as a key with its values, what people typed as they typed
it, and the words of a field (pass, as_found, goes) as the code spells them. The paper puts them into words.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from techfloor.duties.calibration import changes
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.bench_lines import GivenReading
from techfloor.duties.calibration.rules import outside as outside_rules
from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules import results, tolerances
from techfloor.duties.calibration.rules.printed import (
    asks_risk,
    error_limit,
    error_shown,
    report_k,
    report_ratio,
    report_risk,
    report_u,
)
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT, DerivedResult, PointResult, RunResult
from techfloor.measures.quantity import plain
from techfloor.places.queries import PlantFacts
from techfloor.records import versions
from techfloor.said import Said, kept, say
from techfloor.store.types import utc_text

SCHEMA = 7
OUTSIDE_TITLE = say("calibration.outside-title")
WITHDRAWAL_TITLE = say("calibration.withdrawal-title")


@dataclass(frozen=True)
class PlantWords:
    """What the plant puts on its certificates."""

    name: str
    address: str
    zone: str
    demo: bool
    title: str
    show_interval: bool
    show_risk: bool = False

    @classmethod
    def of(cls, plant: PlantFacts) -> "PlantWords":
        """Read them from the plant and its profile."""
        return cls(
            plant.name,
            plant.address,
            plant.zone,
            plant.demo,
            plant.profile.text("calibration.document_title"),
            plant.profile.on("calibration.due_date_on_certificate"),
            plant.profile.on("calibration.risk_of_each_result"),
        )


def content(bench: Bench, plant: PlantWords) -> dict[str, Any]:
    """Return a calibration as plain data; the same rows always give the same data."""
    made = _content(bench, plant)
    if bench.amends is not None:
        made["amendment"]["signed_by"] = bench.amender
        made["amendment"]["changes"] = changes.of_amendment(bench, made)
    return made


def _content(bench: Bench, plant: PlantWords) -> dict[str, Any]:
    runs = _runs(bench, with_risk=_asks_risk(bench, plant))
    return {
        "kind": "calibration",
        "schema": SCHEMA,
        "number": bench.record.number,
        "version": bench.record.version,
        **_versions(bench),
        "source": bench.body.source,
        **_of_its_day(bench, plant),
        "procedure": _procedure(bench),
        "standards": _standards(bench),
        "ambient": [
            {"quantity": a.quantity, "value": plain(a.value), "unit": a.unit, "limits": a.limits} for a in bench.ambient
        ],
        "runs": runs,
        "adjusted": bool(bench.body.adjusted),
        "adjustment": bench.body.adjustment,
        "deviations": [*bench.body.deviations, *deviations(bench)],
        "corrections": changes.corrections(bench),
        "outside": bench.body.outside,
        "coverage": coverage(bench),
        "risk": say("calibration.risk") if any(p["risk"] for run in runs for p in run["points"]) else None,
        "performed_at": utc_text(max((g.performed_at for g in bench.given), default=bench.record.performed_at)),
        "recorded_at": utc_text(max((g.recorded_at for g in bench.given), default=bench.record.recorded_at)),
        "late": _late(bench),
        "performed_by": bench.performer,
        "transcription": _transcription(bench),
        "measured_by": list(bench.measurers) if bench.body.source == "in house" else [],
    }


def _of_its_day(bench: Bench, plant: PlantWords) -> dict[str, Any]:
    """Return the plant, the title, the gauge and the interval: in an amendment those of the version before.

    Whatever of it is otherwise today was so on the day of the calibration, and is no mistake in its record; of what the
    gauge is the card counts where who amends said so.
    """
    if bench.former is None:
        return {
            "plant": {"name": plant.name, "address": plant.address, "zone": plant.zone, "demo": plant.demo},
            "title": OUTSIDE_TITLE if bench.body.outside else plant.title,
            "gauge": _gauge(bench),
            "interval": _interval(bench.gauge.interval_months) if plant.show_interval else None,
        }
    was = bench.former.signed
    gauge = was["gauge"] | (bench.body.card or {}) | {"condition": kept(bench.body.condition)}
    if bench.entered_in_error:
        return {"plant": was["plant"], "title": WITHDRAWAL_TITLE, "gauge": gauge, "interval": None}
    return {"plant": was["plant"], "title": was["title"], "gauge": gauge, "interval": was["interval"]}


def _versions(bench: Bench) -> dict[str, Any]:
    """Return what it replaces and why, and what that one had said."""
    facts: dict[str, Any] = dict(versions.facts(bench.amends))
    if bench.former is not None:
        said = {"performed_by": bench.former.performer}
        verdicts = {"as_found": bench.former.body.as_found, "as_left": bench.former.body.as_left}
        facts["supersedes"] = {**facts["supersedes"], **said, **verdicts}
    return facts


def _late(bench: Bench) -> str | None:
    """Return when the last reading that came late was recorded; what a laboratory read does not come late."""
    late = [] if bench.body.outside is not None else [g.recorded_at for g in bench.given if g.late]
    return utc_text(max(late)) if late else None


def _transcription(bench: Bench) -> dict[str, str] | None:
    """Return who typed it in from paper, and when that was begun; an amendment keeps what version 1 says."""
    if bench.former is not None:
        found: dict[str, str] | None = bench.former.signed.get("transcription")
        return found
    return {"by": bench.transcriber, "at": utc_text(bench.record.opened_at)} if bench.transcriber else None


def _asks_risk(bench: Bench, plant: PlantWords) -> bool:
    """Tell whether the risk of each result is said; an amendment says it where the version before did."""
    if bench.former is not None:
        return bool(bench.former.signed.get("risk"))
    return asks_risk(bench.procedure, of_all=plant.show_risk)


def _runs(bench: Bench, *, with_risk: bool) -> list[dict[str, Any]]:
    if bench.entered_in_error:
        return []
    if bench.body.outside is not None:
        return outside_rules.runs(bench.plan, bench.body.outside, with_risk=with_risk)
    runs = (AS_FOUND, AS_LEFT) if bench.body.adjusted else (AS_FOUND,)
    return [_run(bench, bench.run(run), with_risk=with_risk) for run in runs]


def deviations(bench: Bench) -> list[Said]:
    """Return where the work left its procedure: the soak, the room, points that were not measured."""
    if bench.body.source != "in house" or bench.entered_in_error:
        return []
    made = []
    if bench.procedure.soak_minutes and not bench.body.soaked:
        made.append(say("calibration.not-settled", minutes=bench.procedure.soak_minutes))
    made.extend(
        say(
            "calibration.ambient-outside",
            quantity=say("quantity", value=a.quantity),
            value=plain(a.value),
            unit=a.unit,
            limits=a.limits,
        )
        for a in bench.ambient
        if not a.within
    )
    made.extend(
        say(
            "calibration.point-not-measured",
            run=say(f"calibration.{g.facts.run}"),
            point=bench.point(g.facts.point).label,
            reason=kept(g.facts.cannot_measure),
        )
        for g in bench.counting
        if g.facts.cannot_measure
    )
    return made


def _gauge(bench: Bench) -> dict[str, Any]:
    gauge = bench.gauge
    return {
        **gauge.identity,
        "code": gauge.code,
        "place": gauge.place,
        "condition": kept(bench.body.condition),
        "limited_use": gauge.limited_use or None,
    }


def _procedure(bench: Bench) -> dict[str, Any]:
    procedure = bench.procedure
    return {
        "code": procedure.code,
        "version": procedure.version,
        "title": procedure.title,
        "mode": procedure.mode.value,
        "method": procedure.method,
        "preload": procedure.preload,
        "error_unit": procedure.error_unit or procedure.unit,
        "rule": procedure.rule.value,
        "rule_text": procedure.rule_text,
        "verdict_on": procedure.verdict_on,
        "tolerance": procedure.own_tolerance,
        "tolerance_from": tolerances.comes_from(procedure, bench.plan),
        "soaked": bench.body.soaked,
        "soak_minutes": procedure.soak_minutes,
    }


def _standards(bench: Bench) -> list[dict[str, Any]]:
    """Return what it rested on; an amendment says of a standard what the version before said of it."""
    named: dict[int, dict[str, Any]] = {}
    if bench.former is not None:
        ids = (standard.certificate_id for standard in bench.former.standards)
        named = dict(zip(ids, bench.former.signed["standards"], strict=True))
    return [named.get(s.certificate_id) or _standard(s) for s in bench.standards]


def _standard(standard: Any) -> dict[str, Any]:
    return {
        "code": standard.code,
        "name": standard.name,
        "serial": standard.serial,
        "certificate": standard.certificate,
        "laboratory": standard.laboratory,
        "issued": standard.issued.isoformat(),
        "valid_until": standard.valid_until.isoformat(),
        "uncertainty": kept(standard.uncertainty_text),
    }


def _run(bench: Bench, run: RunResult, *, with_risk: bool) -> dict[str, Any]:
    return {
        "run": run.run,
        "verdict": run.verdict,
        "points": [_point(bench, p, with_risk=with_risk) for p in run.points if p.point.role == "point"],
        "entries": [_entry(bench, p) for p in run.points if p.point.role == "entry"],
        "derived": [_derived(d) for d in run.derived],
    }


def _point(bench: Bench, result: PointResult, *, with_risk: bool) -> dict[str, Any]:
    point, procedure = result.point, bench.procedure
    u = "" if result.u is None else report_u(procedure, result.u, result.reference)
    to = "" if procedure.in_percent else u
    return {
        "n": point.n,
        "function": point.function,
        "label": point.label,
        "nominal": point.nominal,
        "unit": point.unit,
        "direction": point.direction,
        "stack": list(point.stack),
        "expected": point.expected,
        "cannot_measure": kept(result.cannot_measure) or None,
        "readings": [_reading(bench, given, result) for given in _given_at(bench, result)],
        "reference": _text(_against(bench, point, _mean(result, "reference", to))),
        "indication": _goes(bench, _mean(result, "indication", to)),
        "difference": _text(results.mean([g.difference for g in _given_at(bench, result)], to)),
        "error": _shown(bench, result.error if procedure.in_percent else _mean(result, "error", to), result.reference),
        "error_unit": procedure.error_unit or point.unit,
        "tolerance": _tolerance(bench, result),
        "u": u,
        "k": "" if result.k is None else report_k(result.k),
        "tur": report_ratio(result.tur),
        "tur_reference": report_ratio(result.tur_reference),
        "guard": report_u(procedure, result.guard, result.reference),
        "risk": report_risk(result.risk) if with_risk else "",
        "verdict": result.verdict,
    }


def _mean(result: PointResult, name: str, u: str) -> Decimal | None:
    """Return a mean over the repeats of a point, rounded once for the paper; None where it has none."""
    return None if getattr(result, name) is None else results.mean([getattr(r, name) for r in result.readings], u)


def _against(bench: Bench, point: PlannedPoint, reference: Decimal | None) -> Decimal | None:
    """Return what it was held against: in a comparison the standard's certified value, not the nominal one."""
    return reference if reference is None else bench.compared_with(point) or reference


def _given_at(bench: Bench, result: PointResult) -> list[GivenReading]:
    places = {(r.run, r.point, r.repeat) for r in result.readings}
    found = [g for g in bench.counting if (g.facts.run, g.facts.point, g.facts.repeat) in places]
    return sorted(found, key=lambda g: g.facts.repeat)


def _reading(bench: Bench, given: GivenReading, result: PointResult) -> dict[str, Any]:
    facts = given.facts
    return {
        "repeat": facts.repeat,
        "reference": _text(_against(bench, result.point, facts.reference)),
        "indication": _goes(bench, facts.indication),
        "difference": _text(given.difference),
        "error": _shown(bench, facts.error, facts.reference),
        "verdict": facts.verdict or result.verdict,
        "at": utc_text(given.performed_at),
        "by": bench.reader(given),
        "note": given.note,
        "corrects": given.correction or None,
    }


def _goes(bench: Bench, indication: Decimal | None) -> str:
    if bench.procedure.mode is not Mode.attribute or indication is None:
        return _text(indication)
    return rules.GOES if indication else rules.DOES_NOT_GO


def _entry(bench: Bench, result: PointResult) -> dict[str, Any]:
    point = result.point
    return {
        "label": point.label,
        "nominal": point.nominal,
        "unit": point.unit,
        "position": point.position,
        "derived": point.derived,
        "cannot_measure": kept(result.cannot_measure) or None,
        "values": [_text(g.facts.indication) for g in _given_at(bench, result)],
    }


def _derived(result: DerivedResult) -> dict[str, Any]:
    return {
        "name": result.rule.name,
        "value": _text(result.value),
        "unit": result.rule.unit,
        "limit": result.limit,
        "verdict": result.verdict,
    }


def _tolerance(bench: Bench, result: PointResult) -> dict[str, str]:
    at = result.point.value if result.reference is None else result.reference
    lower, upper = (
        "" if limit is None else error_limit(bench.procedure, result.point, limit, at)
        for limit in (result.lower, result.upper)
    )
    return {"lower": lower, "upper": upper, "text": result.point.tolerance}


def _shown(bench: Bench, error: Decimal | None, reference: Decimal | None) -> str:
    return "" if error is None else plain(error_shown(bench.procedure, error, reference))


def _text(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def _interval(months: int) -> Said:
    return say("calibration.one-month" if months == 1 else "calibration.months", months=months)


def coverage(bench: Bench) -> Said | None:
    """Say about coverage what EA-4/02 asks for, of the k that is printed; None where no uncertainty is stated."""
    if not bench.procedure.budget or bench.entered_in_error:
        return None
    runs = (AS_FOUND, AS_LEFT) if bench.body.adjusted else (AS_FOUND,)
    factors = {report_k(p.k) for run in runs for p in bench.run(run).points if p.k is not None and p.u is not None}
    if not factors:
        return None
    if len(factors) != 1:
        return say("calibration.coverage-at-points")
    return say("calibration.coverage", k=factors.pop())


def content_shown(bench: Bench, plant: PlantFacts) -> dict[str, Any]:
    """Return the content as it would be signed now, for the page that asks to check it."""
    return content(bench, PlantWords.of(plant))
