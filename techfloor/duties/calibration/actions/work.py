"""The acts at the bench: log a reading, correct it, decide on adjusting, take over, discontinue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import insert

from techfloor.duties.calibration.actions import holding, outcome
from techfloor.duties.calibration.models import Ambient, Reading
from techfloor.duties.calibration.queries.bench import Bench, bench_of
from techfloor.duties.calibration.queries.bench_lines import given_readings
from techfloor.duties.calibration.queries.earlier import earlier_values
from techfloor.duties.calibration.queries.records import DISCONTINUED, IN_PROGRESS
from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules import results
from techfloor.duties.calibration.rules.drift import PointKey
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint
from techfloor.duties.calibration.rules.reading import Judged, ReadingEntry
from techfloor.duties.calibration.rules.repeats import beyond_range, off_its_repeats
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT, ReadingFacts
from techfloor.duties.calibration.rules.slips import Slip, likely_slip
from techfloor.equipment import ledger
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.records.lifecycle import move
from techfloor.refusals import NotFound, Question, Refusal
from techfloor.said import as_text, say
from techfloor.store import db
from techfloor.store.types import utc_text

_KEEP = insert(Reading.__table__).returning(Reading.__table__.c.id)  # type: ignore[arg-type]
CORRECTIONS = ("mistyped", "misread the scale", "wrong point")
AMBIENT_CORRECTIONS = CORRECTIONS[:2]
"""The one-tap reasons for changing a reading, and a condition of the room, which has no point."""


def correct_ambient(
    number: str,
    ambient_id: int,
    value: Decimal | None,
    reason: str,
    *,
    actor: int,
    at: datetime,
    confirmed: bool = False,
) -> None:
    """Replace a condition of the room that was mistyped or misread; the one replaced stays, with the reason.

    Raises Question for a value outside the limits that was not confirmed, as the start does.
    """
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
    if not confirmed and not limit.holds(value):
        raise Question(
            "%(value)s is outside %(limits)s. Is this right?",
            field="value",
            value=f"{plain(value)} {show_unit(limit.unit)}",
            limits=limit.text,
        )
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
    if (bench.amends is not None or bench.transcriber) and entry.performed_at is None:
        # What an amendment adds, or a paper says, was read on the day of the calibration, and is entered late.
        entry = replace(entry, performed_at=bench.record.performed_at)
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
        entry.performed_at or (before.performed_at if bench.amends or bench.transcriber else None),
    )
    return _keep_reading(bench, placed, actor=actor, at=at, corrects=(reading_id, reason))


def _keep_reading(
    bench: Bench, entry: ReadingEntry, *, actor: int, at: datetime, corrects: tuple[int, str] | None = None
) -> Logged:
    point = bench.point(entry.point)
    repeats = [r for r in bench.readings() if (r.run, r.point) == (entry.run, entry.point) and r.repeat != entry.repeat]
    earlier = [r.error for r in repeats if r.error is not None]
    judged = rules.judge(bench.procedure, point, entry, standard=bench.standard, earlier=earlier)
    if not entry.cannot_measure:
        _ask_about_range(bench, entry)
    if not entry.cannot_measure and not entry.confirmed_slip:
        _ask_about_slip(bench, entry, judged)
        _ask_about_repeats(bench, entry, judged, repeats)
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
        "by_id": bench.body.performed_by if bench.transcriber else actor,
    }
    reading_id = db.session.scalars(_KEEP, values).one()
    last = bench.given[-1].id if bench.given else 0
    after = replace(bench, given=(*bench.given, *given_readings(bench.record.id, after=last)))
    runs = (AS_FOUND, AS_LEFT) if bench.body.adjusted else (AS_FOUND,)
    verdicts = [after.run(run).verdict for run in runs]
    holding.settle_hold(after, verdicts, "calibration.reading-corrected", actor=actor, at=at)
    return Logged(reading_id, judged, after)


def _ask_about_range(bench: Bench, entry: ReadingEntry) -> None:
    """Ask about what a gauge can hardly have shown; a yes to it needs a note that says how it came about."""
    point, value = bench.point(entry.point), entry.indication
    function = bench.gauge.item.function(point.function) if value is not None else None
    if value is None or function is None or not beyond_range(bench.procedure, point, value, function):
        return
    if not entry.confirmed_slip:
        raise Question(
            "%(value)s %(unit)s is outside the range of this gauge, %(low)s to %(high)s %(unit)s. Is this right?",
            field="indication",
            value=plain(value),
            low=function.low or "0",
            high=function.high,
            unit=show_unit(point.unit),
        )
    if not entry.note.strip():
        raise Question("Enter how a value outside the range of this gauge came about.", field="note")


def _ask_about_slip(bench: Bench, entry: ReadingEntry, judged: Judged) -> None:
    """Ask about a value far from what is expected, as it was typed: in a comparison about the difference."""
    point = bench.point(entry.point)
    base = bench.compared_with(point) or Decimal(0)
    typed, value = _as_typed(bench, entry, judged)
    if value is None or not point.nominal or bench.procedure.mode is Mode.attribute or point.derived == "slope":
        return
    width = judged.upper if judged.upper is not None else judged.lower
    until, besides = bench.record.performed_at, bench.number
    seen = earlier_values(bench.gauge.id, point, typed=typed, until=until, besides=besides)
    history = [value - base for value in seen]
    step = Decimal(point.reads_to) if point.reads_to else None
    expected = Decimal(0) if base else point.value
    others = () if base else {each.value for each in bench.plan if each.nominal and each.function == point.function}
    slip = likely_slip(value, expected, abs(width) if width is not None else None, step, history, others)
    if slip is not None:
        raise _question(slip, typed, point)


def _as_typed(bench: Bench, entry: ReadingEntry, judged: Judged) -> tuple[str, Decimal | None]:
    """Return the box of a reading, and what was typed there."""
    if bench.compared_with(bench.point(entry.point)):
        return "difference", entry.difference
    if bench.procedure.mode is Mode.match:
        return "reference", judged.reference
    return "indication", judged.indication


def _ask_about_repeats(bench: Bench, entry: ReadingEntry, judged: Judged, repeats: Sequence[ReadingFacts]) -> None:
    """Ask about a value further from the other readings of its point than they scatter."""
    point = bench.point(entry.point)
    if bench.procedure.mode is Mode.attribute and point.role == "point":
        return
    others = [r.indication if judged.error is None else r.error for r in repeats]
    known = [each for each in others if each is not None]
    apart = off_its_repeats(bench.procedure, point, judged, known)
    typed, value = _as_typed(bench, entry, judged)
    if apart is None or value is None:
        return
    words = "You entered %(value)s, %(apart)s away from the other readings of this point. Is this right?"
    raise Question(words, field=typed, value=plain(value), apart=plain(apart))


def _question(slip: Slip, typed: str, point: PlannedPoint) -> Question:
    value = plain(slip.typed)
    if slip.other is not None:
        words = "You entered %(value)s at %(nominal)s: that is the value of another point. Is this right?"
        return Question(words, field=typed, value=value, nominal=point.nominal)
    if slip.seen > 1 and slip.low == slip.high:
        words = "You entered %(value)s; the last %(seen)s were all %(low)s. Is this right?"
        return Question(words, field=typed, value=value, seen=slip.seen, low=plain(slip.low))
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
    if bench.amends is not None:
        for what, was, now in zip(("adjusted", "adjustment"), before, (adjusted, words.strip()), strict=True):
            if (was or "") != (now or ""):
                _keep_change(bench, what, was, now, bench.amends.reason, at)
    bench.body.adjusted = adjusted
    bench.body.adjustment = words.strip()
    if adjusted or before[0]:
        event = "adjusted" if adjusted else "not adjusted after all"
        ledger.log(bench.gauge.id, event, words.strip(), actor=actor, at=at, record_id=bench.record.id)
    db.session.flush()
    return bench


@dataclass(frozen=True)
class WordsEntry:
    """The words of a calibration: its condition as it is kept, whether it had settled, what was adjusted; why now."""

    condition: str
    soaked: bool
    adjustment: str = ""
    reason: str = ""


def change_words(number: str, entry: WordsEntry, *, actor: int, at: datetime) -> None:
    """Put the words of a calibration right while it is under way.

    Raises Refusal for a change without its reason; what nobody had said yet is said without one, but for an amendment.
    """
    bench = open_bench(number, actor)
    body = bench.body
    if bench.entered_in_error:
        raise Refusal("It was entered in error: nothing of it is said in other words.")
    now: dict[str, object] = {"condition": entry.condition}
    if bench.procedure.soak_minutes:
        now["soaked"] = entry.soaked
    if bench.amends is not None and body.adjusted:
        if not entry.adjustment:
            raise Refusal("Enter what was adjusted.", field="adjustment")
        now["adjustment"] = entry.adjustment
    before = {what: getattr(body, what) for what in now}
    changed = [what for what in now if now[what] != before[what]]
    said = [what for what in changed if bench.amends is not None or before[what] != ""]
    if said and not entry.reason:
        raise Refusal("Enter why it is changed.", field="reason")
    for what in said:
        _keep_change(bench, what, before[what], now[what], entry.reason, at)
    for what in changed:
        setattr(body, what, now[what])
    db.session.flush()


def _keep_change(bench: Bench, what: str, before: object, now: object, reason: str, at: datetime) -> None:
    made = {"what": what, "from": before, "to": now, "reason": reason, "by": bench.holder, "at": utc_text(at)}
    bench.body.reworded = [*bench.body.reworded, made]


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
    if bench.amends is not None:
        bench.body.amended_by = person_id
    elif bench.transcriber:
        bench.record.transcribed_by = person_id
    else:
        bench.body.performed_by = person_id


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
