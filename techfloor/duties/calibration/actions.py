"""The acts of a calibration: start, log a reading, correct it, decide on adjusting, sign, review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from techfloor.duties.calibration import outcome, queries, results, rules, unusual
from techfloor.duties.calibration.content import SCHEMA, PlantWords, content
from techfloor.duties.calibration.drift import PointKey
from techfloor.duties.calibration.models import LOOK_BACK, REVIEW, Ambient, Calibration, Reading, StandardUsed
from techfloor.duties.calibration.procedure import Limit, Mode, PlannedPoint, Procedure, plan
from techfloor.duties.calibration.queries import (
    CLOSED,
    DISCONTINUED,
    IN_PROGRESS,
    KIND,
    PERFORMED,
    REJECTED,
    Bench,
    GaugeFacts,
)
from techfloor.duties.calibration.results import AS_FOUND, AS_LEFT, RunResult
from techfloor.duties.calibration.rules import Judged, ReadingEntry
from techfloor.duties.calibration.standards import Choice, Group, groups
from techfloor.equipment import ledger
from techfloor.measures.due import next_due
from techfloor.measures.quantity import plain, signed
from techfloor.measures.units import show_unit
from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts
from techfloor.records import signing, tasks
from techfloor.records.lifecycle import move
from techfloor.records.models import Measurement, Record
from techfloor.records.numbering import next_number
from techfloor.records.reviewing import barred
from techfloor.refusals import NotFound, Question, Refusal
from techfloor.said import as_text, say
from techfloor.store import db, search

PREFIX = "CAL"
_KEEP = insert(Reading.__table__).returning(Reading.__table__.c.id)  # type: ignore[arg-type]
CORRECTIONS = ("mistyped", "misread the scale", "wrong point")


@dataclass(frozen=True)
class StartEntry:
    """What is given before the first reading."""

    gauge_code: str
    standards: tuple[str, ...]
    ambient: Mapping[str, Decimal] = field(default_factory=dict)
    condition: str = ""
    soaked: bool = False


def start(entry: StartEntry, plant: PlantFacts, *, actor: int, at: datetime) -> str:
    """Open a calibration and give it its number; raises Refusal for a gauge or standard that cannot be used."""
    gauge = queries.gauge_by_code(entry.gauge_code)
    _refuse_start(gauge)
    revision, procedure = queries.procedure_in_force(gauge)
    points = plan(procedure, gauge.item)
    day = at.astimezone(ZoneInfo(plant.zone)).date()
    chosen = _chosen(procedure, entry.standards, day)
    _refuse_incomplete_certificate(procedure, points, chosen)
    record = open_record(gauge, revision.id, plant, actor=actor, at=at)
    db.session.add(
        Calibration(
            record_id=record.id,
            gauge_id=gauge.id,
            source="in house",
            plan=[point.to_plain() for point in points],
            condition=entry.condition.strip(),
            soaked=entry.soaked,
            performed_by=actor,
        )
    )
    db.session.flush()
    _keep_standards(record.id, chosen, at)
    _keep_ambient(record.id, procedure.environment, entry.ambient)
    return record.number


def _refuse_start(gauge: GaugeFacts) -> None:
    if gauge.status in {"lost", "retired", "sent out"}:
        raise Refusal("%(code)s is %(status)s. Change that on its page first.", code=gauge.code, status=gauge.status)
    open_number = queries.open_on_gauge(gauge.id)
    if open_number is not None:
        raise Refusal("%(number)s is in progress on %(code)s. Go on with it.", number=open_number, code=gauge.code)


def _refuse_incomplete_certificate(
    procedure: Procedure, points: Sequence[PlannedPoint], chosen: Sequence[Choice]
) -> None:
    """Refuse at the start, not at a point, a standard whose certificate lacks a piece, or U, that the point needs."""
    standard = chosen[0].ready.facts if chosen and chosen[0].ready else None
    for point in points:
        if point.role == "entry":
            continue
        if standard is not None and procedure.mode is Mode.comparison:
            standard.value_of(point.stack, point.value, point.unit)
        rules.uncertainty_at(procedure, point, point.value, standard=standard)


def _chosen(procedure: Procedure, codes: Sequence[str], day: date) -> list[Choice]:
    """Return one usable standard for each quantity the procedure needs; the first gives the reference values."""
    needed = groups(procedure.standards, day)
    if procedure.standards and not needed:
        raise Refusal("Choose the standard.", field="standard")
    known = {choice.code for group in needed for choice in group.choices}
    for code in codes:
        if code not in known:
            raise Refusal("%(code)s is no standard for this procedure.", field="standard", code=code)
    return [_choose(group, codes, several=len(needed) > 1) for group in needed]


def _choose(group: Group, codes: Sequence[str], *, several: bool) -> Choice:
    found = [choice for choice in group.choices if choice.code in codes]
    if len(found) != 1:
        words = "Choose one standard for %(quantity)s." if several or found else "Choose the standard."
        raise Refusal(words, field=group.field, quantity=group.quantity)
    if found[0].ready is None:
        raise found[0].objections[0].refusal(group.field)
    return found[0]


def open_record(gauge: GaugeFacts, revision_id: int, plant: PlantFacts, *, actor: int, at: datetime) -> Record:
    """Give a new calibration its header and its number, and make it findable."""
    record = Record(
        kind=KIND,
        number=next_number(PREFIX, at, plant.zone),
        state=IN_PROGRESS,
        equipment_id=gauge.id,
        revision_id=revision_id,
        opened_by=actor,
        opened_at=at,
        performed_at=at,
        recorded_at=at,
    )
    db.session.add(record)
    db.session.flush()
    search.put(KIND, record.number, f"{gauge.code} {gauge.name}", f"{gauge.serial} {gauge.place}")
    return record


def _keep_standards(record_id: int, chosen: Sequence[Choice], at: datetime) -> None:
    for choice in chosen:
        assert choice.ready is not None
        standard = choice.ready
        db.session.add(
            StandardUsed(record_id=record_id, standard_id=standard.id, certificate_id=standard.certificate_id)
        )
        db.session.add(
            Measurement(record_id=record_id, gauge_id=standard.id, calibration=standard.certificate, unit="", at=at)
        )
    db.session.flush()


def _keep_ambient(record_id: int, limits: Sequence[Limit], given: Mapping[str, Decimal]) -> None:
    for limit in limits:
        value = given.get(limit.quantity)
        if value is None:
            raise Refusal("Enter the %(quantity)s.", field=limit.quantity, quantity=limit.quantity)
        db.session.add(
            Ambient(
                record_id=record_id,
                quantity=limit.quantity,
                value=value,
                unit=limit.unit,
                limits=limit.text,
                within=limit.holds(value),
            )
        )
    db.session.flush()


@dataclass(frozen=True)
class Logged:
    """A reading that was kept, with what it came to."""

    reading_id: int
    judged: Judged
    bench: Bench


def log_reading(at_bench: Bench | str, entry: ReadingEntry, *, actor: int, at: datetime) -> Logged:
    """Keep one reading with its verdict.

    Raises Refusal for a place that is not planned or has its reading, for a missing number, and for a likely slip
    that was not confirmed.
    """
    bench = open_bench(at_bench)
    point = bench.point(entry.point)
    if not 1 <= entry.repeat <= point.repeats:
        raise NotFound("This point has no such reading.")
    _refuse_other_place(bench, entry)
    return _keep_reading(bench, entry, actor=actor, at=at)


def _refuse_other_place(bench: Bench, entry: ReadingEntry) -> None:
    if any((r.run, r.point, r.repeat) == (entry.run, entry.point, entry.repeat) for r in bench.readings()):
        raise Refusal("This reading is in already. To change it, correct it with a reason.")
    if entry.run == AS_LEFT and not bench.body.adjusted:
        raise Refusal("Say first that the gauge was adjusted.")


def correct_reading(
    at_bench: Bench | str, reading_id: int, entry: ReadingEntry, reason: str, *, actor: int, at: datetime
) -> Logged:
    """Replace a reading that was mistyped or misread; the one replaced stays in the record with the reason."""
    bench = open_bench(at_bench)
    if reason not in CORRECTIONS:
        raise Refusal("Choose why it is corrected.", field="reason")
    before = next((g for g in bench.counting if g.id == reading_id), None)
    if before is None:
        raise NotFound("This reading is not here, or was corrected already.")
    facts = before.facts
    placed = ReadingEntry(
        facts.run,
        facts.point,
        facts.repeat,
        entry.indication,
        entry.reference,
        entry.difference,
        entry.goes,
        entry.cannot_measure,
        entry.note,
        entry.confirmed_slip,
        entry.performed_at,
    )
    return _keep_reading(bench, placed, actor=actor, at=at, corrects=(reading_id, reason))


def _keep_reading(
    bench: Bench, entry: ReadingEntry, *, actor: int, at: datetime, corrects: tuple[int, str] | None = None
) -> Logged:
    point = bench.point(entry.point)
    earlier = [
        r.error
        for r in bench.readings()
        if (r.run, r.point) == (entry.run, entry.point) and r.repeat != entry.repeat and r.error is not None
    ]
    judged = rules.judge(bench.procedure, point, entry, standard=bench.standard, earlier=earlier)
    if not entry.cannot_measure and not entry.confirmed_slip:
        _ask_about_slip(bench, entry, judged)
    values = {
        "record_id": bench.record.id,
        "run": entry.run,
        "point": entry.point,
        "place": PointKey.of(point).text,
        "repeat": entry.repeat,
        "reference": judged.reference,
        "indication": judged.indication,
        "error": judged.error,
        "lower": judged.lower,
        "upper": judged.upper,
        "u": judged.u,
        "k": judged.k,
        "rule": judged.rule,
        "verdict": judged.verdict,
        "cannot_measure": entry.cannot_measure.strip(),
        "note": entry.note.strip(),
        "confirmed_slip": entry.confirmed_slip,
        "corrects_id": corrects[0] if corrects else None,
        "correction": corrects[1] if corrects else "",
        "performed_at": entry.performed_at or at,
        "recorded_at": at,
        "by_id": actor,
    }
    reading_id = db.session.scalars(_KEEP, values).one()
    last = bench.given[-1].id if bench.given else 0
    after = replace(bench, given=(*bench.given, *queries.given_readings(bench.record.id, after=last)))
    failed = after.run(AS_FOUND).failed
    outcome.settle_hold(after, failed, "calibration.reading-corrected", actor=actor, at=at)
    return Logged(reading_id, judged, after)


def _ask_about_slip(bench: Bench, entry: ReadingEntry, judged: Judged) -> None:
    point = bench.point(entry.point)
    typed = "reference" if bench.procedure.mode is Mode.match else "indication"
    value = judged.reference if typed == "reference" else judged.indication
    if value is None or not point.nominal or bench.procedure.mode is Mode.attribute or point.derived == "slope":
        return
    width = judged.upper if judged.upper is not None else judged.lower
    history = queries.earlier_values(bench.gauge.id, point, typed=typed, before=bench.record.id)
    step = Decimal(point.reads_to) if point.reads_to else None
    slip = rules.likely_slip(value, point.value, abs(width) if width is not None else None, step, history)
    if slip is None:
        return
    if slip.seen:
        raise Question(
            "You entered %(value)s; the last %(seen)s were %(low)s to %(high)s. Is this right?",
            field=typed,
            value=plain(value),
            seen=slip.seen,
            low=plain(slip.low),
            high=plain(slip.high),
        )
    raise Question(
        "You entered %(value)s at %(nominal)s. Is this right?", field=typed, value=plain(value), nominal=point.nominal
    )


def decide_adjustment(number: str, adjusted: bool, words: str, *, actor: int, at: datetime) -> Bench:
    """Say whether the gauge was adjusted, and how; as left follows where it was."""
    bench = open_bench(number)
    if results.next_place(bench.plan, bench.readings(), AS_FOUND) is not None:
        raise Refusal("Finish the readings as found first.")
    if adjusted and not words.strip():
        raise Refusal("Enter what was adjusted.", field="words")
    if not adjusted and any(r.run == AS_LEFT for r in bench.readings()):
        raise Refusal("There are readings as left: the gauge was adjusted.")
    before = bench.body.adjusted, bench.body.adjustment
    if before == (adjusted, words.strip()):
        return bench  # the same said again is nothing new for the log
    bench.body.adjusted = adjusted
    bench.body.adjustment = words.strip()
    if adjusted or before[0]:
        event = "adjusted" if adjusted else "not adjusted after all"
        ledger.log(bench.gauge.id, event, words.strip(), actor=actor, at=at, record_id=bench.record.id)
    db.session.flush()
    return bench


def take_over(number: str, *, actor: int, at: datetime) -> None:
    """Go on with a calibration that somebody else has under way: from here it is this person's, who also signs it."""
    bench = open_bench(number)
    if bench.body.performed_by == actor:
        return
    bench.body.performed_by = actor
    words = f"{bench.number}, from {bench.performer}"
    ledger.log(bench.gauge.id, "calibration taken over", words, actor=actor, at=at, record_id=bench.record.id)


def discontinue(number: str, reason: str, *, actor: int, at: datetime) -> None:
    """End a calibration that will not be finished; its readings stay, and so does a hold they caused."""
    bench = open_bench(number)
    if not reason.strip():
        raise Refusal("Enter why it is not finished.", field="reason")
    bench.body.deviations = [*bench.body.deviations, say("calibration.discontinued", reason=reason.strip())]
    move(bench.record, DISCONTINUED)
    bench.record.closed_at = at
    ledger.log(
        bench.gauge.id, "calibration discontinued", reason.strip(), actor=actor, at=at, record_id=bench.record.id
    )


def open_bench(at_bench: Bench | str, source: str = "in house") -> Bench:
    """Return a calibration that may still be written to; a page that has just read it hands it in as it is."""
    bench = queries.bench(at_bench) if isinstance(at_bench, str) else at_bench
    if bench.body.source != source:
        raise Refusal(
            "%(number)s is a calibration %(source)s. Open it from its own page.",
            number=bench.number,
            source=bench.body.source,
        )
    if bench.record.content_sha256 is not None:
        raise Refusal("%(number)s is signed. A signed record does not change.", number=bench.number)
    if bench.record.state != IN_PROGRESS:
        raise Refusal("%(number)s was discontinued.", number=bench.number)
    return bench


def preview(bench: Bench, plant: PlantFacts) -> signing.Content:
    """Return the content as it would be signed now: what the check page shows is what is hashed."""
    return signing.canonical(content(bench, PlantWords.of(plant)), SCHEMA)


def sign_performed(number: str, proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Bench:
    """Fix the content under the performer's signature, and let the gauge go where its verdict sends it."""
    record = signing.locked(queries.record_row(number).id)
    bench = open_bench(number)
    found = bench.run(AS_FOUND)
    stage = results.course(bench.plan, bench.readings(), found, bench.body.adjusted).stage
    if stage != "check":
        raise Refusal("This calibration is not finished. Go on with the next point.")
    if proof.person_id != bench.body.performed_by:
        raise Refusal("%(name)s performed this and signs it.", name=bench.performer)
    fixed = preview(bench, plant)
    left = bench.run(AS_LEFT) if bench.body.adjusted else None
    _keep_outcome(bench, found, left, plant)
    signing.fix_content(record, fixed, shown_sha256)
    signing.sign(record, "performed", proof, shown_sha256=fixed.sha256)
    outcome.after_performed(bench, plant, proof)
    return bench


def _keep_outcome(bench: Bench, found: RunResult, left: RunResult | None, plant: PlantFacts) -> None:
    body = bench.body
    body.adjusted = bool(body.adjusted)
    body.as_found, body.as_left = found.verdict, left.verdict if left else ""
    body.worst_found, body.worst_left = worst_words(bench, found), worst_words(bench, left)
    body.exceptions = unusual.exceptions(bench)
    moment = max((g.performed_at for g in bench.given), default=bench.record.performed_at)
    bench.record.performed_at = moment
    if outcome.returns(body):
        body.next_due = next_due(
            moment.astimezone(ZoneInfo(plant.zone)).date(),
            bench.gauge.interval_months,
            plant.profile.text("calibration.due_day"),
        )
    db.session.flush()


def worst_words(bench: Bench, run: RunResult | None) -> str:
    """Return the error that uses most of its tolerance, as lists show it."""
    point = run.worst_point if run else None
    if point is None or point.error is None:
        return ""
    shown = rules.error_shown(bench.procedure, point.error, point.reference)
    return f"{signed(shown)} {show_unit(bench.procedure.error_unit or point.point.unit)}"


def review(number: str, proof: Proof, plant: PlantFacts, *, accepted: bool, remark: str, shown_sha256: str) -> Bench:
    """Sign as reviewed, or reject with a remark; an accepted pass as left returns a held gauge to use."""
    record = signing.locked(queries.record_row(number).id)
    if record.state != PERFORMED:
        raise Refusal("%(number)s does not wait for a review.", number=number)
    bench = queries.bench(number)
    if not accepted and not remark.strip():
        raise Refusal("Enter what is wrong with it.", field="remark")
    # Where the profile lets one person be both, this is a second look all the same: a page and a signature of its own.
    signing.sign(
        record,
        "reviewed" if accepted else "rejected",
        proof,
        shown_sha256=shown_sha256,
        other_than=reviewers_barred(bench, plant),
        remark=remark.strip(),
    )
    move(record, CLOSED if accepted else REJECTED)
    record.closed_at = proof.at
    tasks.finish(record.id, REVIEW, by=proof.person_id, at=proof.at, outcome=record.state)
    if accepted:
        outcome.accept(bench, proof)
    else:
        outcome.reject(bench, proof, remark)
    db.session.flush()
    return bench


def review_clean(chosen: Sequence[tuple[str, str]], proof: Proof, plant: PlantFacts) -> None:
    """Sign several clean calibrations as reviewed with one secret; each gets a signature of its own.

    Raises Refusal for one with an exception: it is reviewed by itself.
    """
    for number, shown_sha256 in chosen:
        if queries.bench(number).body.exceptions:
            raise Refusal("%(number)s has something unusual. Review it by itself.", number=number)
        review(number, proof, plant, accepted=True, remark="", shown_sha256=shown_sha256)


def reviewers_barred(bench: Bench, plant: PlantFacts) -> frozenset[int]:
    """Return who may not review: whoever had a hand in it, where the plant asks for a second person."""
    return barred(plant, {bench.body.performed_by, bench.record.opened_by, *(given.by_id for given in bench.given)})


def close_look_back(number: str, affected: str, looked: str, *, actor: int, at: datetime) -> None:
    """End the look-back of a calibration with what was looked at and whether work was affected."""
    record = queries.record_row(number)
    if not tasks.is_open(record.id, LOOK_BACK):
        raise Refusal("No look-back is open for %(number)s.", number=number)
    if affected not in {"unaffected", "affected"}:
        raise Refusal("Choose what came out.", field="outcome")
    if not looked.strip():
        raise Refusal("Enter what you looked at.", field="looked")
    words = as_text(say("calibration.looked-back", outcome=say(f"calibration.{affected}"), looked=looked.strip()))
    tasks.finish(record.id, LOOK_BACK, by=actor, at=at, outcome=words)
