"""The acts at the bench: start, log a reading, correct it, decide on adjusting, take over, discontinue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from techfloor.duties.calibration import fitting, outcome, queries, results, rules
from techfloor.duties.calibration.bench import Bench, StandardOnBench, bench_of, given_readings
from techfloor.duties.calibration.drift import PointKey
from techfloor.duties.calibration.earlier import earlier_values
from techfloor.duties.calibration.gauges import GaugeFacts, gauge_by_code, procedure_in_force
from techfloor.duties.calibration.models import Ambient, Calibration, Reading, StandardUsed
from techfloor.duties.calibration.procedure import Limit, Mode, PlannedPoint, Procedure, plan
from techfloor.duties.calibration.queries import DISCONTINUED, IN_PROGRESS, KIND
from techfloor.duties.calibration.results import AS_FOUND, AS_LEFT
from techfloor.duties.calibration.rules import Judged, ReadingEntry
from techfloor.duties.calibration.standards import Group, groups
from techfloor.equipment import ledger
from techfloor.measures.quantity import plain
from techfloor.places.queries import PlantFacts
from techfloor.records.lifecycle import move
from techfloor.records.models import Measurement, Record
from techfloor.records.numbering import next_number
from techfloor.refusals import NotFound, Question, Refusal
from techfloor.said import as_text, say
from techfloor.store import alone, db

PREFIX = "CAL"
_KEEP = insert(Reading.__table__).returning(Reading.__table__.c.id)  # type: ignore[arg-type]
CORRECTIONS = ("mistyped", "misread the scale", "wrong point")
AMBIENT_CORRECTIONS = CORRECTIONS[:2]
"""The one-tap reasons for changing a reading, and a condition of the room, which has no point."""


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
    alone(f"gauge:{entry.gauge_code}")
    gauge = gauge_by_code(entry.gauge_code)
    refuse_away(gauge)
    _refuse_second(gauge)
    revision, procedure = procedure_in_force(gauge)
    points = plan(procedure, gauge.item)
    day = at.astimezone(ZoneInfo(plant.zone)).date()
    chosen = choose_standards(procedure, points, entry.standards, day)
    _refuse_misfit(procedure, gauge, chosen)
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
    keep_standards(record.id, chosen, at)
    _keep_ambient(record, procedure.environment, entry.ambient)
    return record.number


def refuse_away(gauge: GaugeFacts) -> None:
    """Raise Refusal for a gauge that is not here to be calibrated."""
    if gauge.status in {"lost", "retired", "sent out"}:
        raise Refusal("%(code)s is %(status)s. Change that on its page first.", code=gauge.code, status=gauge.status)


def _refuse_second(gauge: GaugeFacts) -> None:
    open_number = queries.open_on_gauge(gauge.id)
    if open_number is not None:
        raise Refusal("%(number)s is in progress on %(code)s. Go on with it.", number=open_number, code=gauge.code)


def _refuse_incomplete_certificate(
    procedure: Procedure, points: Sequence[PlannedPoint], chosen: Sequence[StandardOnBench]
) -> None:
    """Refuse at the start, not at a point, a standard whose certificate lacks a piece, or U, that the point needs."""
    standard = chosen[0].facts if chosen else None
    for point in points:
        if point.role == "entry":
            continue
        if standard is not None and procedure.mode is Mode.comparison:
            standard.value_of(point.stack, point.value, point.unit)
        rules.uncertainty_at(procedure, point, point.value, standard=standard)


def _refuse_misfit(procedure: Procedure, gauge: GaugeFacts, chosen: Sequence[StandardOnBench]) -> None:
    """Refuse a gauge whose procedure does not fit it, or no longer does: either may have changed since."""
    standard = chosen[0].facts if chosen else None
    no = fitting.fit(procedure, gauge.item, standard).objection
    if no is not None:
        raise Refusal(
            "%(procedure)s does not fit %(gauge)s. %(why)s Ask quality to choose another procedure.",
            procedure=procedure.code,
            gauge=gauge.code,
            why=str(no),
        )


def choose_standards(
    procedure: Procedure, points: Sequence[PlannedPoint], codes: Sequence[str], day: date
) -> list[StandardOnBench]:
    """Return one standard for each quantity the procedure needs, usable that day; the first gives the references."""
    needed = groups(procedure.standards, day)
    if procedure.standards and not needed:
        raise Refusal("Choose the standard.", field="standard")
    known = {choice.code for group in needed for choice in group.choices}
    for code in codes:
        if code not in known:
            raise Refusal("%(code)s is no standard for this procedure.", field="standard", code=code)
    chosen = [_choose(group, codes, several=len(needed) > 1) for group in needed]
    _refuse_incomplete_certificate(procedure, points, chosen)
    return chosen


def _choose(group: Group, codes: Sequence[str], *, several: bool) -> StandardOnBench:
    found = [choice for choice in group.choices if choice.code in codes]
    if len(found) != 1:
        words = "Choose one standard for %(quantity)s." if several or found else "Choose the standard."
        raise Refusal(words, field=group.field, quantity=group.quantity)
    if found[0].ready is None:
        raise found[0].objections[0].refusal(group.field)
    return found[0].ready


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
    outcome.make_findable(record.number, gauge)
    return record


def keep_standards(record_id: int, chosen: Sequence[StandardOnBench], at: datetime) -> None:
    """Keep on which standards, under which certificates, a calibration rests."""
    for standard in chosen:
        db.session.add(
            StandardUsed(record_id=record_id, standard_id=standard.id, certificate_id=standard.certificate_id)
        )
        db.session.add(
            Measurement(
                record_id=record_id,
                gauge_id=standard.id,
                calibration=standard.certificate,
                certificate_id=standard.certificate_id,
                unit="",
                at=at,
            )
        )
    db.session.flush()


def _keep_ambient(record: Record, limits: Sequence[Limit], given: Mapping[str, Decimal]) -> None:
    for limit in limits:
        value = given.get(limit.quantity)
        if value is None:
            raise Refusal(
                "Enter the %(quantity)s.", field=limit.quantity, quantity=as_text(say("quantity", value=limit.quantity))
            )
        db.session.add(
            Ambient(
                record_id=record.id,
                quantity=limit.quantity,
                value=value,
                unit=limit.unit,
                limits=limit.text,
                within=limit.holds(value),
                recorded_at=record.opened_at,
                by_id=record.opened_by,
            )
        )
    db.session.flush()


def correct_ambient(
    number: str, ambient_id: int, value: Decimal | None, reason: str, *, actor: int, at: datetime
) -> None:
    """Replace a condition of the room that was mistyped or misread; the one replaced stays, with the reason."""
    bench = open_bench(number, actor)
    if reason not in AMBIENT_CORRECTIONS:
        raise Refusal("Choose why it is changed.", field="reason")
    before = next((a for a in bench.ambient if a.id == ambient_id), None)
    if before is None:
        raise NotFound("This value is not here, or was corrected already.")
    if value is None:
        name = as_text(say("quantity", value=before.quantity))
        raise Refusal("Enter the %(quantity)s.", field="value", quantity=name)
    limit = next(limit for limit in bench.procedure.environment if limit.quantity == before.quantity)
    db.session.add(
        Ambient(
            record_id=bench.record.id,
            quantity=before.quantity,
            value=value,
            unit=before.unit,
            limits=before.limits,
            within=limit.holds(value),
            corrects_id=before.id,
            correction=reason,
            recorded_at=at,
            by_id=actor,
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
    bench = open_bench(at_bench, actor)
    point = bench.point(entry.point)
    if not 1 <= entry.repeat <= point.repeats:
        raise NotFound("This point has no such reading.")
    _refuse_other_place(bench, entry)
    return _keep_reading(bench, entry, actor=actor, at=at)


def _refuse_other_place(bench: Bench, entry: ReadingEntry) -> None:
    if any((r.run, r.point, r.repeat) == (entry.run, entry.point, entry.repeat) for r in bench.readings()):
        raise Refusal("This reading is in already. Change it with a reason.")
    if entry.run == AS_LEFT and not bench.body.adjusted:
        raise Refusal("Say first that the gauge was adjusted.")


def correct_reading(
    at_bench: Bench | str, reading_id: int, entry: ReadingEntry, reason: str, *, actor: int, at: datetime
) -> Logged:
    """Replace a reading that was mistyped or misread; the one replaced stays in the record with the reason."""
    bench = open_bench(at_bench, actor)
    if reason not in CORRECTIONS:
        raise Refusal("Choose why it is changed.", field="reason")
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
        # An amendment says what was read then; otherwise who corrects a reading has just looked again.
        entry.performed_at or (before.performed_at if bench.amends else None),
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
        "difference": entry.difference if bench.compared_with(point) is not None else None,
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
    after = replace(bench, given=(*bench.given, *given_readings(bench.record.id, after=last)))
    runs = (AS_FOUND, AS_LEFT) if bench.body.adjusted else (AS_FOUND,)
    verdicts = [after.run(run).verdict for run in runs]
    outcome.settle_hold(after, verdicts, "calibration.reading-corrected", actor=actor, at=at)
    return Logged(reading_id, judged, after)


def _ask_about_slip(bench: Bench, entry: ReadingEntry, judged: Judged) -> None:
    """Ask about a value far from what is expected, as it was typed: in a comparison about the difference."""
    point = bench.point(entry.point)
    base = bench.compared_with(point) or Decimal(0)
    typed = "difference" if base else "reference" if bench.procedure.mode is Mode.match else "indication"
    value = {"difference": entry.difference, "reference": judged.reference, "indication": judged.indication}[typed]
    if value is None or not point.nominal or bench.procedure.mode is Mode.attribute or point.derived == "slope":
        return
    width = judged.upper if judged.upper is not None else judged.lower
    until, besides = bench.record.performed_at, bench.number
    seen = earlier_values(bench.gauge.id, point, typed=typed, until=until, besides=besides)
    history = [value - base for value in seen]
    step = Decimal(point.reads_to) if point.reads_to else None
    expected = Decimal(0) if base else point.value
    slip = rules.likely_slip(value, expected, abs(width) if width is not None else None, step, history)
    if slip is not None:
        raise _question(slip, typed, point)


def _question(slip: rules.Slip, typed: str, point: PlannedPoint) -> Question:
    value = plain(slip.typed)
    if slip.seen:
        words = "You entered %(value)s; the last %(seen)s were %(low)s to %(high)s. Is this right?"
        return Question(words, field=typed, value=value, seen=slip.seen, low=plain(slip.low), high=plain(slip.high))
    if typed == "difference":
        words = "You entered %(value)s as the difference, unknown minus standard. Is this right?"
        return Question(words, field=typed, value=value)
    return Question(
        "You entered %(value)s at %(nominal)s. Is this right?", field=typed, value=value, nominal=point.nominal
    )


def decide_adjustment(number: str, adjusted: bool, words: str, *, actor: int, at: datetime) -> Bench:
    """Say whether the gauge was adjusted, and how; as left follows where it was."""
    bench = open_bench(number, actor)
    if bench.entered_in_error:
        raise Refusal("It was entered in error: nothing was adjusted.")
    if results.next_place(bench.plan, bench.readings(), AS_FOUND) is not None:
        raise Refusal("Finish the readings as found first.")
    if adjusted and not words.strip():
        raise Refusal("Enter what was adjusted.", field="words")
    before = bench.body.adjusted, bench.body.adjustment
    if before == (adjusted, words.strip()):
        return bench  # the same said again is nothing new for the log
    if bench.left_begun:
        # What was read as left belongs to the adjustment before it: under another one it would say what is not true.
        raise Refusal("There are readings as left of this adjustment. Sign it as it is, or end it, and begin again.")
    bench.body.adjusted = adjusted
    bench.body.adjustment = words.strip()
    if adjusted or before[0]:
        event = "adjusted" if adjusted else "not adjusted after all"
        ledger.log(bench.gauge.id, event, words.strip(), actor=actor, at=at, record_id=bench.record.id)
    db.session.flush()
    return bench


def take_over(number: str, *, actor: int, at: datetime) -> None:
    """Go on with a calibration that somebody else has under way: from here it is this person's, who also signs it."""
    bench = unsigned_bench(number)
    if bench.holder_id == actor:
        return
    hand_to(bench, actor)
    words = as_text(say("calibration.taken-over", number=bench.number, name=bench.holder))
    ledger.log(bench.gauge.id, "calibration taken over", words, actor=actor, at=at, record_id=bench.record.id)


def hand_to(bench: Bench, person_id: int) -> None:
    """Let a person have a calibration under way, or the amendment of one: who performed that stays who it was."""
    if bench.amends is None:
        bench.body.performed_by = person_id
    else:
        bench.body.amended_by = person_id


def discontinue(number: str, reason: str, *, actor: int, at: datetime) -> None:
    """End a calibration that will not be finished; its readings stay, and so does a hold they caused.

    Of an amendment nothing stays: the version before stands as it did.
    """
    bench = _amendment_or_open(number, actor)
    if not reason.strip():
        raise Refusal("Enter why it is not finished.", field="reason")
    bench.body.deviations = [*bench.body.deviations, say("calibration.discontinued", reason=reason.strip())]
    move(bench.record, DISCONTINUED)
    bench.record.closed_at = at
    if bench.amends is not None:
        outcome.lift_of_amendment(bench, "calibration.amendment-discontinued", actor=actor, at=at)
    event = "calibration discontinued" if bench.amends is None else "amendment discontinued"
    ledger.log(bench.gauge.id, event, reason.strip(), actor=actor, at=at, record_id=bench.record.id)


def _amendment_or_open(number: str, actor: int) -> Bench:
    """Return a calibration that this person has under way, an amendment also of an outside one."""
    bench = bench_of(number)
    return _theirs(unsigned_bench(bench, bench.body.source if bench.amends else "in house"), actor)


def open_bench(at_bench: Bench | str, actor: int) -> Bench:
    """Return a calibration in house that this person has under way; raises Refusal for everybody else."""
    return _theirs(unsigned_bench(at_bench), actor)


def _theirs(bench: Bench, actor: int) -> Bench:
    if bench.holder_id != actor:
        raise Refusal("%(name)s has this calibration under way. Take it over first.", name=bench.holder)
    return bench


def unsigned_bench(at_bench: Bench | str, source: str = "in house") -> Bench:
    """Return a calibration that may still be written to; a page that has just read it hands it in as it is."""
    bench = bench_of(at_bench) if isinstance(at_bench, str) else at_bench
    if bench.body.source != source and not bench.entered_in_error:
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
